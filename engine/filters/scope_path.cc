// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/scope_path.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "engine/filters/filter_clause.h"
#include "engine/text/closest_name.h"
#include "probes/capture/record.h"

namespace wirehound {

namespace {

constexpr std::size_t kMaxNames = 5;

struct ScopeField {
  std::array<std::string_view, kMaxNames> names;  // the first is the one to show
  PathRoot root;
  std::size_t offset;
  ValueType type;
};

std::string_view OwnerText(std::uint64_t source, TextBuffer& /*scratch*/) {
  return OwnerSourceText(static_cast<std::uint32_t>(source));
}

constexpr ValueType Present(ValueType type) {
  type.empty_is_absent = true;
  return type;
}

constexpr ValueType kId = SignedType(Storage::kInt32, 0, std::numeric_limits<std::int32_t>::max());
constexpr ValueType kNumber32 =
    UnsignedType(Storage::kUint32, std::numeric_limits<std::uint32_t>::max());
constexpr ValueType kNumber64 =
    UnsignedType(Storage::kUint64, std::numeric_limits<std::uint64_t>::max());
constexpr ValueType kText = {
    .comparison = Comparison::kText, .storage = Storage::kString, .empty_is_absent = true};
constexpr ValueType kOwner = {.comparison = Comparison::kNumberText,
                              .storage = Storage::kUint32,
                              .text = OwnerText,
                              .text_count = WIREHOUND_OWNER_KERNEL + 1};
constexpr ValueType kTree = {.comparison = Comparison::kTree, .storage = Storage::kProcess};
constexpr ValueType kContainer = {
    .comparison = Comparison::kContainer, .storage = Storage::kContainer, .empty_is_absent = true};

// Numbers of a process are there when the process is known: 0 is a user, and a parent.
using enum PathRoot;
constexpr ScopeField kFields[] = {
    {{"uid", "userId"}, kKnownProcess, offsetof(wirehound_process, uid), kNumber32},
    {{"gid", "groupId"}, kKnownProcess, offsetof(wirehound_process, gid), kNumber32},
    {{"pid", "p", "processId"}, kKnownProcess, offsetof(wirehound_process, pid), kId},
    {{"tid", "threadId"}, kKnownProcess, offsetof(wirehound_process, tid), kId},
    {{"ppid", "parentProcessId"}, kKnownProcess, offsetof(wirehound_process, parent_pid), kId},
    {{"hostPid", "hostProcessId"}, kKnownProcess, offsetof(wirehound_process, host_pid), kId},
    {{"hostTid", "hostThreadId"}, kKnownProcess, offsetof(wirehound_process, host_tid), kId},
    {{"hostPpid", "hostParentProcessId"},
     kKnownProcess,
     offsetof(wirehound_process, host_parent_pid),
     kId},
    {{"tree"}, kKnownProcess, 0, kTree},
    {{"comm", "processName"}, kProcess, offsetof(wirehound_process, comm), kText},
    {{"executable", "exec", "exe", "bin", "binary"},
     kProcess,
     offsetof(wirehound_process, executable),
     kText},
    {{"mntns", "mountNamespace"},
     kProcess,
     offsetof(wirehound_process, mount_namespace),
     Present(kNumber32)},
    {{"pidns", "pidNamespace"},
     kProcess,
     offsetof(wirehound_process, pid_namespace),
     Present(kNumber32)},
    {{"uts", "hostName"}, kProcess, offsetof(wirehound_process, host_name), kText},
    {{"cgroupId"}, kProcess, offsetof(wirehound_process, cgroup_id), Present(kNumber64)},
    {{"container"}, kProcess, 0, kContainer},
    {{"containerId"}, kProcess, offsetof(wirehound_process, container_id), kText},
    {{"processEntityId"},
     kProcess,
     offsetof(wirehound_process, process_entity_id),
     Present(kNumber32)},
    {{"threadEntityId"},
     kProcess,
     offsetof(wirehound_process, thread_entity_id),
     Present(kNumber32)},
    {{"parentEntityId"},
     kProcess,
     offsetof(wirehound_process, parent_entity_id),
     Present(kNumber32)},
    {{"syscall"}, kEvent, offsetof(wirehound_event, syscall), kText},
    {{"cpu", "processorId"}, kEvent, offsetof(wirehound_event, cpu), kNumber32},
    {{"timestamp"}, kEvent, offsetof(wirehound_event, timestamp_ns), kNumber64},
    {{"owner"}, kEvent, offsetof(wirehound_event, owner_source), kOwner},
};

// What is known of the container of the process. All of it is text.
struct ContainerField {
  std::array<std::string_view, kMaxNames> names;
  std::size_t offset;
};

constexpr ContainerField kContainerFields[] = {
    {{"containerName"}, offsetof(wirehound_container_info, name)},
    {{"containerImage"}, offsetof(wirehound_container_info, image)},
    {{"containerImageDigest"}, offsetof(wirehound_container_info, image_digest)},
    {{"containerRuntime"}, offsetof(wirehound_container_info, runtime)},
    {{"podName"}, offsetof(wirehound_container_info, pod_name)},
    {{"podNamespace"}, offsetof(wirehound_container_info, pod_namespace)},
    {{"podUid", "podUID"}, offsetof(wirehound_container_info, pod_uid)},
};

const void* ContainerOf(const void* process) {
  return static_cast<const wirehound_process*>(process)->container;
}

// What other programs know and this one does not yet.
constexpr std::string_view kLater[] = {"follow", "podSandbox"};

template <typename Field>
bool HasName(const Field& field, std::string_view name) {
  return !name.empty() &&
         std::find(field.names.begin(), field.names.end(), name) != field.names.end();
}

template <typename Field, std::size_t kCount>
void AddNames(const Field (&fields)[kCount], std::vector<std::string>& names) {
  for (const Field& field : fields) {
    for (const std::string_view name : field.names) {
      if (!name.empty()) {
        names.emplace_back(name);
      }
    }
  }
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names(std::begin(kOnHostWords), std::end(kOnHostWords));
  AddNames(kFields, names);
  AddNames(kContainerFields, names);
  return names;
}

FieldPath PathOf(const ContainerField& field) {
  FieldPath path;
  path.name = field.names[0];
  path.root = PathRoot::kProcess;
  path.steps.push_back({.kind = PathStep::Kind::kLocate, .locate = ContainerOf});
  path.steps.push_back({.kind = PathStep::Kind::kOffset, .offset = field.offset});
  path.type = kText;
  return path;
}

Error UnknownName(std::string_view name) {
  if (std::find(std::begin(kLater), std::end(kLater), name) != std::end(kLater)) {
    return BadWord(name, "is not available in this version");
  }
  const std::string hint = DidYouMean(name, AllNames());
  if (!hint.empty()) {
    return BadWord(name, "no such scope; " + hint);
  }
  std::string text = "no such scope; expected one of host, not-container";
  for (const std::string& known : ScopeFieldNames()) {
    text += ", " + known;
  }
  return BadWord(name, text);
}

}  // namespace

Result<FieldPath> ResolveScopeField(std::string_view name) {
  const auto* field = std::find_if(std::begin(kFields), std::end(kFields),
                                   [name](const ScopeField& f) { return HasName(f, name); });
  if (field == std::end(kFields)) {
    const auto* of_container =
        std::find_if(std::begin(kContainerFields), std::end(kContainerFields),
                     [name](const ContainerField& f) { return HasName(f, name); });
    return of_container == std::end(kContainerFields) ? Result<FieldPath>(UnknownName(name))
                                                      : PathOf(*of_container);
  }
  FieldPath path;
  path.name = field->names[0];
  path.root = field->root;
  path.steps.push_back({.kind = PathStep::Kind::kOffset, .offset = field->offset});
  path.type = field->type;
  return path;
}

std::vector<std::string> ScopeFieldNames() {
  std::vector<std::string> names;
  for (const ScopeField& field : kFields) {
    names.emplace_back(field.names[0]);
  }
  for (const ContainerField& field : kContainerFields) {
    names.emplace_back(field.names[0]);
  }
  return names;
}

bool IsContainerWord(std::string_view word) {
  return word == kInContainerWord || std::find(std::begin(kOnHostWords), std::end(kOnHostWords),
                                               word) != std::end(kOnHostWords);
}

}  // namespace wirehound
