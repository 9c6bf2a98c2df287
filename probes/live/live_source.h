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

/// Whether the sink is told of processes that begin, run another program, or end.
enum class ProcessTelling : std::uint8_t { kOff, kOn };

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

/// A number that is good to know and in no sum: how often a packet came without an owner, say.
struct LiveNote {
  std::string_view name;  ///< stable, snake_case; static text
  std::uint64_t count = 0;
};

/// The source `Open` returns. Process pointers of its records are valid during OnRecord only.
///
/// poll_fd() is readable when records wait. While records flow the kernel does not wake the reader
/// for each: a timer does, so a record waits at most about kMaxDelayNs before it becomes readable.
/// Counters() accounts for every packet the hooks saw: Seen() is the sum of its lines and of what
/// is still in the ring, which after Detach and a read to the end is nothing.
class LiveSource : public Source {
 public:
  static constexpr std::uint64_t kMaxDelayNs = 2'000'000;

  /// Loads and attaches. A hook that is not mandatory and is refused is noted in hooks(), not an
  /// error. Errors: kNotPermitted without privileges, kInvalidInput for a directory that is not a
  /// control group or a bad ring size, kUnsupported for a kernel or a build without the means.
  static Result<std::unique_ptr<LiveSource>> Open(const LiveOptions& options);

  /// Captures what this plan asks for from the next packet on. What is in the ring stays there.
  virtual void SetPlan(const CapturePlan& plan) = 0;

  /// From now on the sink is told of processes of the group, or not any more. What is lost of it is
  /// no packet, and counted among the Notes.
  virtual void SetProcesses(ProcessTelling processes) = 0;

  /// Stops capturing. What is in the ring can still be read; after it Read() says kEnd. Once this
  /// returns no packet is half-way: the counters close. May take tens of milliseconds.
  virtual void Detach() = 0;

  /// How many packets the hooks saw.
  virtual std::uint64_t Seen() const = 0;

  /// Whether the counters can be read with the privileges there are now. Where not, Counters, Seen
  /// and Notes tell nothing.
  virtual bool CanReadMaps() const = 0;

  /// How each hook fared, in the order of the table.
  virtual const std::vector<HookReport>& hooks() const = 0;

  /// Numbers outside the account: packets without a full socket, without an owner, and so on.
  virtual std::vector<LiveNote> Notes() const = 0;
};

}  // namespace wirehound
