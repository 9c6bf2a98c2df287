// SPDX-License-Identifier: Apache-2.0

// LiveSource: packets of this machine, captured in the kernel, with the process that sent or
// received each. One ring buffer, no thread of its own.
//
// Attached to one control group and everything below it. Packets always pass. Dispatch thread.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "probes/capture/capture_plan.h"
#include "probes/capture/source.h"
#include "probes/live/hooks.h"

namespace wirehound {

/// How the owner of a packet that leaves is learnt.
enum class EgressOwner : std::uint8_t {
  kBest,        ///< from the sending task where this kernel can tell, else from the socket
  kSocketOnly,  ///< from the socket: who touched it last before this packet
};

struct LiveOptions {
  /// Directory of the version 2 control group to watch; "" is the root: the whole machine.
  std::string cgroup;
  CapturePlan plan;
  /// Size of the ring buffer: a power of two and a multiple of the page size.
  std::uint32_t ring_bytes = 8u << 20;
  EgressOwner egress_owner = EgressOwner::kBest;
  ProcessTelling processes = ProcessTelling::kOff;
  HookChoice hook_choice = HookChoice::kBest;
  /// Borrowed for `Open`: hooks that another source of this process found refused are not tried
  /// again, and what is refused is added. Trying one takes a while.
  HookRefusals* refusals = nullptr;
};

/// The source `Open` returns. Process pointers of its records are valid during OnRecord only.
///
/// poll_fd() is readable when records wait. While records flow the kernel does not wake the reader
/// for each: a timer does, so a record waits at most about kMaxDelayNs before it becomes readable.
/// Counters() accounts for every packet the hooks saw: Seen() is the sum of its lines and of what
/// is still in the ring, which after Stop and a read to the end is nothing.
class LiveSource : public Source {
 public:
  static constexpr std::uint64_t kMaxDelayNs = 2'000'000;

  /// Loads and attaches. A hook that is not mandatory and is refused is noted in hooks(), not an
  /// error. Errors: kNotPermitted without privileges, kInvalidInput for a directory that is not a
  /// control group or a bad ring size, kUnsupported for a kernel or a build without the means.
  static Result<std::unique_ptr<LiveSource>> Open(const LiveOptions& options);

  /// Stops capturing (Source::Stop). Once this returns no packet is half-way: the counters close.
  /// May take tens of milliseconds.
  void Stop() override = 0;

  /// Whether the counters can be read with the privileges there are now. Where not, Counters, Seen
  /// and Notes tell nothing.
  virtual bool CanReadMaps() const = 0;

  /// How each hook fared, in the order of the table.
  virtual const std::vector<HookReport>& hooks() const = 0;
};

}  // namespace wirehound
