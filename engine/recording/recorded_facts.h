// SPDX-License-Identifier: Apache-2.0

// RecordedFacts: what the comments of a recording tell, taken in while its blocks are read. Only a
// section that says it is a recording is believed; in all others comments mean nothing. Comments
// are input like any other: bounded, and what does not read ends the file with the reason.
// Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <wirehound/result.h>

#include "base/recent_map.h"
#include "engine/recording/facts_json.h"
#include "engine/recording/facts_line.h"
#include "probes/capture/record.h"

namespace wirehound {

class RecordedFacts {
 public:
  /// Owners that are remembered, as many as when capturing live.
  static constexpr std::size_t kMaxOwners = 32768;

  /// Where a comment stands.
  enum class Place : std::uint8_t { kSection, kInterface, kPacket, kStatistics };

  /// Begins a block. A section begins as one that is no recording.
  void BeginBlock(Place place);
  /// A comment of the block, which must be of a section that is a recording, or begin a section.
  Status TakeComment(std::string_view comment);
  /// All comments of the block were taken. The last one may only now be whole.
  Status EndBlock();

  /// Whether the section is one of a recording.
  bool is_recording() const { return is_recording_; }

  /// What was said of the interface whose block has just ended.
  const RecordedInterface& interface() const { return interface_; }

  /// Sets what the block of this packet said of it; what it did not say as of a packet nobody knows
  /// about. Its process is valid until the next block.
  void Complete(Record& record);

  /// Whether the block told something that is no packet; then Deliver hands it on.
  bool has_aside() const { return !std::holds_alternative<std::monostate>(aside_); }
  void Deliver(RecordSink& sink) const;

  const wirehound_process* FindOwner(std::uint64_t owner_id);

  /// From now on processes show what `containers` knows of theirs. It must outlive this.
  void UseContainers(ContainerDirectory& containers) { containers_ = &containers; }

  /// The system that was recorded, once a section has told.
  const std::optional<SystemFacts>& system() const { return system_; }
  /// Records that were missing already when this was recorded.
  std::uint64_t lost() const { return lost_; }
  /// Packets whose owner the recording does not describe, as when packets were taken out of it.
  std::uint64_t owners_missing() const { return owners_missing_; }

 private:
  using Aside =
      std::variant<std::monostate, RecordedNotice, RecordedContainer, RecordedGap, std::uint64_t>;

  Status TakeFacts(std::string_view text);
  Status TakeSectionFacts(std::string_view word, std::string_view facts);
  Status TakePacketFacts(std::string_view word, std::string_view facts);
  Status TakeAside(std::string_view word, std::string_view facts);
  template <typename Facts>
  Status Keep(Result<Facts> facts, Aside& place);

  Place place_ = Place::kSection;
  bool is_recording_ = false;
  std::string_view pending_;  // the comment that may go on in the next one
  std::string joined_;        // when it did
  Record packet_;
  RecordedInterface interface_;
  Aside aside_;
  RecentMap<std::uint64_t, RecordedProcess> owners_{kMaxOwners};
  ContainerDirectory* containers_ = nullptr;  // null: processes show ids alone
  std::optional<SystemFacts> system_;
  std::uint64_t lost_ = 0;
  std::uint64_t owners_missing_ = 0;
};

}  // namespace wirehound
