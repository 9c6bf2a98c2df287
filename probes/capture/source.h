// SPDX-License-Identifier: Apache-2.0

// Source: the interface through which the engine reads records. The live ring buffer, a capture
// file and a vector in a test implement it. Dispatch thread.

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

/// One line of a source's account. The source counts every record it knows of in exactly one line.
struct SourceCounter {
  enum class Kind : std::uint8_t {
    kDelivered,  ///< handed to the sink
    kFiltered,   ///< left out on purpose: the plan does not ask for it
    kLost,       ///< wanted, and not delivered
  };
  Kind kind;
  std::string name;  ///< stable, snake_case: "ring_full"
  std::uint64_t count = 0;
};

/// A number outside the account, such as "no_owner": packets without a known owner.
struct SourceNote {
  std::string_view name;  ///< stable, snake_case; static text
  std::uint64_t count = 0;
};

/// Whether the source watches processes: with kOn it calls RecordSink::OnProcess when a process
/// begins, runs another program, or ends.
enum class ProcessWatch : std::uint8_t { kOff, kOn };

/// What the caller can do after a read.
enum class SourceState : std::uint8_t {
  kMore,  ///< read again at once: more records wait
  kIdle,  ///< nothing now; wait for poll_fd to become readable
  kEnd,   ///< stop: no record will follow
};

class Source {
 public:
  virtual ~Source() = default;

  /// A descriptor that becomes readable when records wait, or -1 when reading never has to wait.
  virtual int poll_fd() const = 0;

  /// Hands about `max_records` records to `sink`, in stream order. A source that cannot stop inside
  /// a batch may hand over more. After an error no record follows; those before it were delivered.
  virtual Result<SourceState> Read(RecordSink& sink, std::size_t max_records) = 0;

  /// The process behind Record::owner_id, nullptr when the source has forgotten it. Borrowed: valid
  /// until the next Read or, inside a Read, until the sink returns.
  virtual const wirehound_process* FindOwner(std::uint64_t /*owner_id*/) { return nullptr; }

  /// Makes the processes of later records point to the facts that `containers` has of their
  /// containers. Without this call they carry container ids alone. `containers` must outlive the
  /// source.
  virtual void UseContainers(ContainerDirectory& /*containers*/) {}

  /// Captures by this plan from the next packet on; the scope in it is ignored. Records taken
  /// before stay. Does nothing for a file, whose packets are fixed.
  virtual void SetPlan(const CapturePlan& /*plan*/) {}

  /// Starts or stops watching processes. A lost notice is no packet: the source counts it in Notes,
  /// not in the account. Returns false when this source cannot watch processes. A recording returns
  /// false, and gives the notices it holds in any case.
  virtual bool WatchProcesses(ProcessWatch /*processes*/) { return false; }

  /// Stops capturing. Records captured before can still be read; after the last of them Read()
  /// returns kEnd.
  virtual void Stop() = 0;

  /// The account so far. Collected at each call: cheap enough for a summary, not for the hot path.
  virtual std::vector<SourceCounter> Counters() const = 0;

  /// How many packets the source saw, where it counts that apart from the account.
  virtual std::optional<std::uint64_t> Seen() const { return std::nullopt; }

  /// Numbers outside the account, such as packets without a full socket or without an owner.
  virtual std::vector<SourceNote> Notes() const { return {}; }
};

}  // namespace wirehound
