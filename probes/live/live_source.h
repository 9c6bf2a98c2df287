// SPDX-License-Identifier: Apache-2.0

// LiveSource: the source of packets of this machine. BPF programs capture them in the kernel, with
// the process that sent or received each, and write them into one ring buffer. No thread of its
// own.
//
// It sees the packets of one control group and the groups below it, and never blocks or changes
// one. Dispatch thread.

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

/// Where the owner of a sent packet comes from.
enum class EgressOwner : std::uint8_t {
  kBest,        ///< the sending task, where this kernel can tell; else the socket's owner
  kSocketOnly,  ///< the socket's owner: the process that used it last before this packet
};

struct LiveOptions {
  /// Directory of the version 2 control group to watch; "" for the root group, the whole machine.
  std::string cgroup;
  CapturePlan plan;
  /// Size of the ring buffer: a power of two, at least a page.
  std::uint32_t ring_bytes = 8u << 20;
  EgressOwner egress_owner = EgressOwner::kBest;
  ProcessWatch processes = ProcessWatch::kOff;
  HookChoice hook_choice = HookChoice::kBest;
  /// Borrowed for `Open`, which does not try these hooks and adds those that the kernel refuses.
  /// For a process that opens several sources: each try takes a while.
  HookRefusals* refusals = nullptr;
};

/// The process pointers of its records are valid during OnRecord only.
///
/// poll_fd() is readable when records wait. While records flow, a timer wakes the reader instead of
/// each record, so a record waits at most about kMaxDelayNs before it becomes readable. Counters()
/// accounts for every packet that the hooks saw: Seen() is the sum of its lines and of the packets
/// still in the ring. After Stop and a read to the end the ring is empty.
class LiveSource : public Source {
 public:
  static constexpr std::uint64_t kMaxDelayNs = 2'000'000;

  /// Loads and attaches the hooks. Refusals of hooks that are not mandatory are no error, but stand
  /// in hooks(). Errors: kNotPermitted without privileges, kInvalidInput for a directory that is
  /// not a control group or a bad ring size, kUnsupported for a kernel that refuses a mandatory
  /// hook or a build without BPF programs.
  static Result<std::unique_ptr<LiveSource>> Open(const LiveOptions& options);

  /// Stops capturing (Source::Stop). Waits for the programs that are running, so from its return on
  /// the counters of the programs are final. May take tens of milliseconds.
  void Stop() override = 0;

  /// Whether the present privileges allow reading the programs' counters. If not, these are 0 in
  /// Counters, Seen and Notes.
  virtual bool CanReadMaps() const = 0;

  /// The report of each hook, in the order of the table.
  virtual const std::vector<HookReport>& hooks() const = 0;
};

}  // namespace wirehound
