// SPDX-License-Identifier: Apache-2.0

// A PROCESS record as the programs write it, for tests.

#pragma once

#include <algorithm>
#include <string_view>

#include "probes/bpf/wire.h"

namespace wirehound {

inline wirehound_wire_process ProcessFacts(__u64 owner_id, std::string_view comm = "curl",
                                           std::string_view path = "/usr/bin/curl") {
  wirehound_wire_process facts = {};
  facts.header = {.version = WIREHOUND_WIRE_VERSION,
                  .type = WIREHOUND_WIRE_PROCESS,
                  .header_size = sizeof(facts),
                  .total_size = sizeof(facts)};
  facts.owner_id = owner_id;
  facts.start_time_ns = 1000;
  facts.thread_start_time_ns = 2000;
  facts.parent_start_time_ns = 500;
  facts.cgroup_id = 77;
  facts.host_pid = 100;
  facts.host_tid = 101;
  facts.host_parent_pid = 50;
  facts.pid = 10;
  facts.tid = 11;
  facts.parent_pid = 5;
  facts.uid = 1000;
  facts.gid = 1001;
  facts.mount_namespace = 4026531841u;
  facts.pid_namespace = 4026531836u;
  facts.path_offset = static_cast<__u16>(WIREHOUND_WIRE_PATH_SIZE - path.size());
  facts.path_size = static_cast<__u16>(path.size());
  std::copy(comm.begin(), comm.end(), facts.comm);
  std::copy(path.begin(), path.end(), facts.path + facts.path_offset);
  constexpr std::string_view kHost = "box";
  std::copy(kHost.begin(), kHost.end(), facts.host_name);
  return facts;
}

}  // namespace wirehound
