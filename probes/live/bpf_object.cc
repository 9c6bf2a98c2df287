// SPDX-License-Identifier: Apache-2.0

#include "probes/live/bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/system_error.h"
#include "base/unique_fd.h"

namespace wirehound {
namespace {

constexpr std::string_view kLogBegin = "-- BEGIN PROG LOAD LOG --";
constexpr std::string_view kLogSummary = "processed ";

// Where Print writes. libbpf has one print function per process and passes it no context, so this
// is a global; thread_local, so that another thread's messages do not get mixed in.
thread_local std::string* print_target = nullptr;

int Print(libbpf_print_level level, const char* format, va_list arguments) {
  if (print_target == nullptr || level != LIBBPF_WARN) {
    return 0;
  }
  va_list again;
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, arguments);
  if (size > 0) {
    std::string text(static_cast<std::size_t>(size) + 1, '\0');
    std::vsnprintf(text.data(), text.size(), format, again);
    text.pop_back();
    *print_target += text;
  }
  va_end(again);
  return 0;
}

// Collects the warnings that libbpf prints on this thread during the object's lifetime.
class PrintCapture {
 public:
  PrintCapture() {
    print_target = &text_;
    previous_ = libbpf_set_print(Print);
  }
  ~PrintCapture() {
    libbpf_set_print(previous_);
    print_target = nullptr;
  }
  PrintCapture(const PrintCapture&) = delete;
  PrintCapture& operator=(const PrintCapture&) = delete;

  bool HasVerifierLog() const { return text_.find(kLogBegin) != std::string::npos; }

  // The verifier's last line before its summary, which is the reason for a refusal; without a
  // verifier log, the first line that libbpf printed.
  std::string LastLine() const {
    std::string_view text = text_;
    const std::size_t log = text.find(kLogBegin);
    if (log == std::string_view::npos) {
      return std::string(WithoutPrefix(text.substr(0, text.find('\n'))));
    }
    text.remove_prefix(log + kLogBegin.size());
    text = text.substr(0, text.find("-- END PROG LOAD LOG --"));
    std::string_view last;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (line.substr(0, kLogSummary.size()) == kLogSummary) {
        break;
      }
      if (!line.empty()) {
        last = line;
      }
    }
    return std::string(last);
  }

 private:
  static std::string_view WithoutPrefix(std::string_view line) {
    constexpr std::string_view kPrefix = "libbpf: ";
    return line.substr(0, kPrefix.size()) == kPrefix ? line.substr(kPrefix.size()) : line;
  }

  std::string text_;
  libbpf_print_fn_t previous_ = nullptr;
};

Error Refusal(int error, const PrintCapture& printed) {
  // Without privileges libbpf prints long guesses about memory limits: EPERM says enough.
  const std::string line =
      error == EPERM && !printed.HasVerifierLog() ? std::string() : printed.LastLine();
  // EACCES is the verifier's verdict on a program; missing privileges are EPERM.
  std::string text = error == EACCES ? "refused by the verifier" : ErrnoText(error);
  if (!line.empty()) {
    text += " (" + line + ")";
  }
  return Error(error == EPERM ? ErrorCode::kNotPermitted : ErrorCode::kUnsupported,
               std::move(text));
}

bool IsSettings(const bpf_map* map) {
  return bpf_map__is_internal(map) &&
         std::string_view(bpf_map__name(map)).find(".rodata") != std::string_view::npos &&
         bpf_map__value_size(map) == sizeof(wirehound_settings);
}

// The descriptor of the same map in the first object. Negative when this is the first object or no
// other object has the map.
int SharedMap(const bpf_map* map, const BpfLoad& load) {
  return load.maps != nullptr ? load.maps->map_fd(bpf_map__name(map)) : -1;
}

// Sets up the maps before the kernel creates them: the settings are written into the read-only
// data, maps that the first object has are shared, the ring gets its size. Returns an errno, 0 for
// success.
int PrepareMaps(bpf_object* object, const BpfLoad& load) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    int failed = 0;
    if (IsSettings(map)) {
      failed = bpf_map__set_initial_value(map, load.settings, sizeof(*load.settings));
    } else if (bpf_map__is_internal(map)) {
      continue;
    } else if (const int shared = SharedMap(map, load); shared >= 0) {
      failed = bpf_map__reuse_fd(map, shared);
    } else if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF) {
      failed = bpf_map__set_max_entries(map, load.ring_bytes);
    }
    if (failed != 0) {
      return -failed;
    }
  }
  return 0;
}

// The programs of these names, in this order, and a null pointer for a name that is missing. All
// other programs of the object stay unloaded.
std::vector<bpf_program*> SelectPrograms(bpf_object* object, std::span<const char* const> names) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) { bpf_program__set_autoload(program, false); }
  std::vector<bpf_program*> selected;
  for (const char* name : names) {
    selected.push_back(bpf_object__find_program_by_name(object, name));
    if (selected.back() != nullptr) {
      bpf_program__set_autoload(selected.back(), true);
    }
  }
  return selected;
}

}  // namespace

void BpfObject::Close::operator()(bpf_object* object) const { bpf_object__close(object); }

Result<std::vector<BpfObject>> BpfObject::Load(const BpfLoad& load) {
  PrintCapture printed;
  bpf_object_open_opts options = {};
  options.sz = sizeof(options);
  options.btf_custom_path = load.kernel_types;
  const Handle object(bpf_object__open_mem(load.elf.data(), load.elf.size(), &options), Close());
  if (!object) {
    return Refusal(errno, printed);
  }
  std::vector<BpfObject> loaded;
  for (bpf_program* program : SelectPrograms(object.get(), load.programs)) {
    if (program == nullptr) {
      return Error("a program that is not in its object");
    }
    loaded.push_back(BpfObject(object, program));
  }
  // Before the load, which creates the maps that are not shared and freezes the settings.
  if (const int error = PrepareMaps(object.get(), load); error != 0) {
    return Refusal(error, printed);
  }
  if (const int failed = bpf_object__load(object.get()); failed != 0) {
    return Refusal(-failed, printed);
  }
  return loaded;
}

int BpfObject::map_fd(const char* name) const {
  return bpf_object__find_map_fd_by_name(object_.get(), name);
}

Status BpfObject::RunIterator() const {
  PrintCapture printed;
  const std::unique_ptr<bpf_link, int (*)(bpf_link*)> link(
      bpf_program__attach_iter(program_, nullptr), bpf_link__destroy);
  if (!link) {
    return Refusal(errno, printed);
  }
  const UniqueFd run(bpf_iter_create(bpf_link__fd(link.get())));
  if (!run) {
    return Refusal(errno, printed);
  }
  // The program writes no output, but the kernel runs it only while we read.
  std::array<char, 64> text;
  ssize_t size = 0;
  do {
    size = read(run.get(), text.data(), text.size());
  } while (size > 0 || (size < 0 && (errno == EINTR || errno == EAGAIN)));
  return size == 0 ? Status() : Status(SystemError("read the iterator", errno));
}

void BpfLink::Destroy::operator()(bpf_link* link) const { bpf_link__destroy(link); }

Result<BpfLink> BpfLink::AttachCgroup(const BpfObject& object, int cgroup_fd) {
  PrintCapture printed;
  bpf_link* link = bpf_program__attach_cgroup(object.program(), cgroup_fd);
  if (link == nullptr) {
    return Refusal(errno, printed);
  }
  return BpfLink(link);
}

Result<BpfLink> BpfLink::AttachTracing(const BpfObject& object) {
  PrintCapture printed;
  bpf_link* link = bpf_program__attach(object.program());
  if (link == nullptr) {
    return Refusal(errno, printed);
  }
  return BpfLink(link);
}

}  // namespace wirehound
