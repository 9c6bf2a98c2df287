// SPDX-License-Identifier: Apache-2.0

#include "probes/host/container_id.h"

#include <algorithm>

namespace wirehound {
namespace {

constexpr std::string_view kUnifiedLine = "0::";
// What the kernel appends to the path of a removed group that still has processes.
constexpr std::string_view kDeleted = " (deleted)";
constexpr std::string_view kGarden = "garden";

struct Prefix {
  std::string_view text;
  std::string_view runtime;
};

constexpr Prefix kPrefixes[] = {
    {"docker-", "docker"}, {"cri-containerd-", "containerd"}, {"nerdctl-", "containerd"},
    {"crio-", "crio"},     {"libpod-payload-", "podman"},     {"libpod-", "podman"},
};

// Where a bare id names the group, the name of the parent group may tell the runtime.
constexpr Prefix kParents[] = {
    {"docker", "docker"},
    {"actions_job", "docker"},
    {"libpod_parent", "podman"},
};

struct Named {
  std::string_view id;
  std::string_view runtime;
};

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsBareId(std::string_view text) {
  return text.size() == kContainerIdSize && std::all_of(text.begin(), text.end(), IsHex);
}

// Behind a known prefix an id may be shorter than 64 digits or have dashes: the prefix already
// shows that the group is a container's.
bool IsIdBehindPrefix(std::string_view text) {
  const auto fits = [](char c) { return IsHex(c) || c == '-'; };
  return text.size() >= kMinContainerIdSize && text.size() <= kContainerIdSize &&
         IsHex(text.front()) && std::all_of(text.begin(), text.end(), fits);
}

// Garden's ids: eight digits, then four groups of four, with dashes between them.
bool IsGardenId(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxx";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(),
                    [](char c, char form) { return form == 'x' ? IsHex(c) : c == form; });
}

std::string_view WithoutSuffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

// "docker-<id>.scope", "crio-<id>"
std::optional<Named> FromPrefix(std::string_view part) {
  part = WithoutSuffix(part, ".scope");
  for (const Prefix& prefix : kPrefixes) {
    if (part.starts_with(prefix.text) && IsIdBehindPrefix(part.substr(prefix.text.size()))) {
      return Named{part.substr(prefix.text.size()), prefix.runtime};
    }
  }
  return std::nullopt;
}

// "kubepods-…slice:cri-containerd:<id>": systemd's notation "slice:prefix:name", which the cgroupfs
// driver took for a plain name.
std::optional<Named> FromColons(std::string_view part) {
  const std::size_t last = part.rfind(':');
  if (last == std::string_view::npos || !IsBareId(part.substr(last + 1))) {
    return std::nullopt;
  }
  const std::string_view before = part.substr(0, last);
  std::string prefix(before.substr(before.rfind(':') + 1));
  prefix += '-';
  for (const Prefix& known : kPrefixes) {
    if (known.text == prefix) {
      return Named{part.substr(last + 1), known.runtime};
    }
  }
  return std::nullopt;
}

std::optional<Named> FromBareId(std::string_view part, std::string_view parent) {
  if (!IsBareId(part)) {
    return std::nullopt;
  }
  for (const Prefix& known : kParents) {
    if (known.text == parent) {
      return Named{part, known.runtime};
    }
  }
  return Named{part, ""};
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The path without its last part and the slash before it.
std::string_view ParentOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::optional<Named> NamedBy(std::string_view path) {
  const std::string_view part = LastPart(path);
  if (std::optional<Named> named = FromPrefix(part)) {
    return named;
  }
  if (std::optional<Named> named = FromColons(part)) {
    return named;
  }
  const std::string_view parent = LastPart(ParentOf(path));
  if (parent == kGarden && IsGardenId(part)) {
    return Named{part, kGarden};
  }
  return FromBareId(part, parent);
}

// The path of the outermost group that this container names. Runtimes nest groups of one container:
// Podman's "/machine.slice/libpod-<id>.scope/libpod-payload-<id>".
std::string_view OutermostOf(std::string_view path, std::string_view id) {
  std::string_view outermost = path;
  for (std::string_view at = ParentOf(path); !at.empty(); at = ParentOf(at)) {
    const std::optional<Named> named = NamedBy(at);
    if (named && named->id == id) {
      outermost = at;
    }
  }
  return outermost;
}

// The UID in "pod<uid>" or "kubepods-burstable-pod<uid>.slice". It is a UUID, of static pods a hash
// without dashes. systemd's names have underscores where the UUID has dashes.
std::string PodUidOf(std::string_view part) {
  constexpr std::size_t kMinUid = 32;
  constexpr std::size_t kMaxUid = 36;
  const std::size_t start = part.rfind("pod");
  if (start == std::string_view::npos || (start > 0 && part[start - 1] != '-')) {
    return {};
  }
  std::string uid(part.substr(start + 3));
  const auto end = std::find_if(uid.begin(), uid.end(),
                                [](char c) { return !IsHex(c) && c != '-' && c != '_'; });
  uid.erase(end, uid.end());
  std::replace(uid.begin(), uid.end(), '_', '-');
  return uid.size() >= kMinUid && uid.size() <= kMaxUid ? uid : std::string();
}

std::string InnermostPod(std::string_view path) {
  if (path.find("kubepods") == std::string_view::npos) {
    return {};
  }
  for (std::string_view at = path; !at.empty(); at = ParentOf(at)) {
    if (std::string uid = PodUidOf(LastPart(at)); !uid.empty()) {
      return uid;
    }
  }
  return {};
}

// A line is "hierarchy:controllers:path"; the path itself may have colons.
std::string_view PathOfLine(std::string_view line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
  return second == std::string_view::npos ? std::string_view() : line.substr(second + 1);
}

std::string_view NextLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

std::optional<ContainerName> ContainerFromCgroupPath(std::string_view path) {
  path = WithoutSuffix(path, kDeleted);
  for (std::string_view at = path; !at.empty(); at = ParentOf(at)) {
    const std::optional<Named> named = NamedBy(at);
    if (!named) {
      continue;
    }
    const std::string_view cgroup = OutermostOf(at, named->id);
    return ContainerName{std::string(named->id), named->runtime, std::string(cgroup),
                         InnermostPod(cgroup)};
  }
  return std::nullopt;
}

std::optional<ContainerName> ContainerFromCgroupFile(std::string_view text) {
  if (std::optional<ContainerName> name =
          ContainerFromCgroupPath(UnifiedPathFromCgroupFile(text))) {
    return name;
  }
  while (!text.empty()) {
    const std::string_view line = NextLine(text);
    if (std::optional<ContainerName> name = ContainerFromCgroupPath(PathOfLine(line))) {
      return name;
    }
  }
  return std::nullopt;
}

std::string_view UnifiedPathFromCgroupFile(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = NextLine(text);
    if (line.starts_with(kUnifiedLine)) {
      return line.substr(kUnifiedLine.size());
    }
  }
  return {};
}

}  // namespace wirehound
