// SPDX-License-Identifier: Apache-2.0

// FactSchema: one fact of a process or of its container, with every name it has. The JSON of
// events, filters, recordings and the text of tests all walk these tables, so a fact that is added
// here is in all four. The names are published formats: never change one, add one. Constant at
// compile time.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

namespace wirehound {

/// How a fact is stored in its struct.
enum class FactKind : std::uint8_t {
  kInt32,
  kUint32,
  kUint64,
  kString,  ///< wirehound_string
  kFlag,    ///< uint32 that is 0 or 1
};

/// Where in the JSON of an event a fact stands (docs/output.md). Facts of one part stand there in
/// the order of the table.
enum class JsonPart : std::uint8_t {
  kNone,
  kStart,       ///< before the processor
  kProcess,     ///< from there to the objects of the container
  kContainer,   ///< in the object "container", when it is known
  kKubernetes,  ///< in the object "kubernetes", when it is known
  kEntities,    ///< right before the arguments
};

struct FactSchema {
  std::string_view name;  ///< of the member of the struct, and in the text of tests
  FactKind kind;
  std::size_t offset;
  std::string_view recorded;  ///< in recordings
  JsonPart part = JsonPart::kNone;
  std::string_view json = {};  ///< "executable.path" is the key "path" of the object "executable"
  /// In filters: names with a blank between them, of which the first is shown. None: filters cannot
  /// ask for it.
  std::string_view filters = {};
  /// Whether filters take 0 for a value, of every process that is known: 0 is a user, and a parent.
  /// Otherwise 0 means that the fact is not known, as an empty text always does.
  bool has_zero = false;

  /// The value in `owner`, the struct that the table is of.
  template <typename Value>
  const Value& In(const void* owner) const {
    return *reinterpret_cast<const Value*>(static_cast<const char*>(owner) + offset);
  }
  template <typename Value>
  Value& In(void* owner) const {
    return *reinterpret_cast<Value*>(static_cast<char*>(owner) + offset);
  }
};

/// Of wirehound_process.
inline constexpr auto kProcessFacts = [] {
  using enum FactKind;
  using enum JsonPart;
  using Owner = wirehound_process;
  return std::to_array<FactSchema>({
      {"thread_start_time_ns", kUint64, offsetof(Owner, thread_start_time_ns), "threadStartTime",
       kStart, "threadStartTime"},
      {"start_time_ns", kUint64, offsetof(Owner, start_time_ns), "startTime"},
      {"pid", kInt32, offsetof(Owner, pid), "pid", kProcess, "processId", "pid p processId", true},
      {"cgroup_id", kUint64, offsetof(Owner, cgroup_id), "cgroupId", kProcess, "cgroupId",
       "cgroupId"},
      {"tid", kInt32, offsetof(Owner, tid), "tid", kProcess, "threadId", "tid threadId", true},
      {"parent_pid", kInt32, offsetof(Owner, parent_pid), "parentPid", kProcess, "parentProcessId",
       "ppid parentProcessId", true},
      {"host_pid", kInt32, offsetof(Owner, host_pid), "hostPid", kProcess, "hostProcessId",
       "hostPid hostProcessId", true},
      {"host_tid", kInt32, offsetof(Owner, host_tid), "hostTid", kProcess, "hostThreadId",
       "hostTid hostThreadId", true},
      {"host_parent_pid", kInt32, offsetof(Owner, host_parent_pid), "hostParentPid", kProcess,
       "hostParentProcessId", "hostPpid hostParentProcessId", true},
      {"uid", kUint32, offsetof(Owner, uid), "uid", kProcess, "userId", "uid userId", true},
      {"gid", kUint32, offsetof(Owner, gid), "gid", kNone, "", "gid groupId", true},
      {"mount_namespace", kUint32, offsetof(Owner, mount_namespace), "mountNamespace", kProcess,
       "mountNamespace", "mntns mountNamespace"},
      {"pid_namespace", kUint32, offsetof(Owner, pid_namespace), "pidNamespace", kProcess,
       "pidNamespace", "pidns pidNamespace"},
      {"comm", kString, offsetof(Owner, comm), "comm", kProcess, "processName", "comm processName"},
      {"executable", kString, offsetof(Owner, executable), "executable", kProcess,
       "executable.path", "executable exec exe bin binary"},
      {"host_name", kString, offsetof(Owner, host_name), "hostName", kProcess, "hostName",
       "uts hostName"},
      {"container_id", kString, offsetof(Owner, container_id), "containerId", kProcess,
       "containerId", "containerId"},
      {"thread_entity_id", kUint32, offsetof(Owner, thread_entity_id), "threadEntityId", kEntities,
       "threadEntityId", "threadEntityId"},
      {"process_entity_id", kUint32, offsetof(Owner, process_entity_id), "processEntityId",
       kEntities, "processEntityId", "processEntityId"},
      {"parent_entity_id", kUint32, offsetof(Owner, parent_entity_id), "parentEntityId", kEntities,
       "parentEntityId", "parentEntityId"},
  });
}();

/// Of wirehound_container_info. JSON and filters take the id from the process: it is known there
/// before anything else of the container is.
inline constexpr auto kContainerFacts = [] {
  using enum FactKind;
  using enum JsonPart;
  using Owner = wirehound_container_info;
  return std::to_array<FactSchema>({
      {"id", kString, offsetof(Owner, id), "id"},
      {"cgroup_id", kUint64, offsetof(Owner, cgroup_id), "cgroupId"},
      {"runtime", kString, offsetof(Owner, runtime), "runtime", kNone, "", "containerRuntime"},
      {"name", kString, offsetof(Owner, name), "name", kContainer, "name", "containerName"},
      {"image", kString, offsetof(Owner, image), "image", kContainer, "image", "containerImage"},
      {"image_digest", kString, offsetof(Owner, image_digest), "imageDigest", kContainer,
       "imageDigest", "containerImageDigest"},
      {"pod_name", kString, offsetof(Owner, pod_name), "podName", kKubernetes, "podName",
       "podName"},
      {"pod_namespace", kString, offsetof(Owner, pod_namespace), "podNamespace", kKubernetes,
       "podNamespace", "podNamespace"},
      {"pod_uid", kString, offsetof(Owner, pod_uid), "podUid", kKubernetes, "podUID",
       "podUid podUID"},
      {"is_pod_sandbox", kFlag, offsetof(Owner, is_pod_sandbox), "isPodSandbox", kKubernetes,
       "podSandbox"},
  });
}();

}  // namespace wirehound
