// SPDX-License-Identifier: Apache-2.0

// Source: where records come from. The live ring buffer, a capture file and a vector in a test
// all look alike to the engine. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "probes/capture/capture_plan.h"
#include "probes/capture/record.h"

namespace wirehound {

class ContainerDirectory;

/// One line of a source's account. Every record a source knows of is in exactly one of them.
struct SourceCounter {
  enum class Kind : std::uint8_t {
    kDelivered,  ///< handed to the sink
    kFiltered,   ///< left out on purpose: nothing selected needs it
    kLost,       ///< wanted, and not delivered
  };
  Kind kind;
  std::string name;  ///< stable, snake_case: "ring_full"
  std::uint64_t count = 0;
};

/// A number that is good to know and in no sum: how often a packet came without an owner, say.
struct SourceNote {
  std::string_view name;  ///< stable, snake_case; static text
  std::uint64_t count = 0;
};

/// Whether the sink is told of processes that begin, run another program, or end.
enum class ProcessTelling : std::uint8_t { kOff, kOn };

/// What a read left behind.
enum class SourceState : std::uint8_t {
  kMore,  ///< more records can be read at once
  kIdle,  ///< nothing now; wait for poll_fd to become readable
  kEnd,   ///< nothing will ever come again
};

class Source {
 public:
  virtual ~Source() = default;

  /// A descriptor that becomes readable when records wait, or -1 when reading never has to wait.
  virtual int poll_fd() const = 0;

  /// Hands about `max_records` records to `sink`, in stream order (a source that cannot stop
  /// inside a batch may hand over more). An error means that what came before it was delivered
  /// and nothing more will come.
  virtual Result<SourceState> Read(RecordSink& sink, std::size_t max_records) = 0;

  /// The process a record named by its owner id, nullptr when it is not known any more. Valid until
  /// the next Read or, within one, until the sink returns.
  virtual const wirehound_process* FindOwner(std::uint64_t /*owner_id*/) { return nullptr; }

  /// From the next record on, the processes of records show what `containers`, which must outlive
  /// the source, knows of their containers. Who does not call this sees ids alone.
  virtual void UseContainers(ContainerDirectory& /*containers*/) {}

  /// Captures what this plan asks for from the next packet on. A file has what it has.
  virtual void SetPlan(const CapturePlan& /*plan*/) {}

  /// From now on the sink is told of processes as they come and go, or not any more. False: this
  /// source does not watch processes; a recording tells what it holds.
  virtual bool SetProcesses(ProcessTelling /*processes*/) { return false; }

  /// Takes no more records. Read still hands over what was taken before, and then says kEnd.
  virtual void Stop() = 0;

  /// The account so far, read when asked for; cheap enough for a summary, not for the hot path.
  virtual std::vector<SourceCounter> Counters() const = 0;

  /// How many packets it counted before anything else, if it did: the sum of its counters.
  virtual std::optional<std::uint64_t> Seen() const { return std::nullopt; }

  /// Numbers outside the account.
  virtual std::vector<SourceNote> Notes() const { return {}; }
};

}  // namespace wirehound
