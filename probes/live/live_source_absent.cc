// SPDX-License-Identifier: Apache-2.0

// The live source of a build without BPF programs: Open fails and says so, there are no hooks.
// Links without libbpf.

#include "probes/live/live_source.h"

namespace wirehound {

Result<std::unique_ptr<LiveSource>> LiveSource::Open(const LiveOptions&) {
  return Error(ErrorCode::kUnsupported,
               "live capture: this build has none; build with WIREHOUND_BUILD_PROBES=ON, or read "
               "a capture file with --read");
}

std::vector<HookReport> ProbeHooks(HookChoice /*choice*/) { return {}; }

std::vector<KnownHook> KnownHooks() { return {}; }

}  // namespace wirehound
