// SPDX-License-Identifier: Apache-2.0

// RecordedFacts: the facts in the comments of a recording, collected while its blocks are read.
// Comments count only in a section that says it is a recording. They are untrusted input: bounded,
// and a malformed one ends the file with the reason. Dispatch thread.

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
  /// Call it after the last comment of the block, which may continue until here.
  Status EndBlock();

  /// Whether the section is one of a recording.
  bool is_recording() const { return is_recording_; }

  /// The facts of the interface whose block has just ended.
  const RecordedInterface& interface() const { return interface_; }

  /// Sets the members that the block of this packet gave; the others are as of a packet without an
  /// owner. Its process is valid until the next block.
  void Complete(Record& record);

  /// Whether the block held something other than a packet, for Deliver to hand on.
  bool has_aside() const { return !std::holds_alternative<std::monostate>(aside_); }
  void Deliver(RecordSink& sink) const;

  const wirehound_process* FindOwner(std::uint64_t owner_id);

  /// From now on processes show what `containers` knows of theirs. It must outlive this.
  void UseContainers(ContainerDirectory& containers) { containers_ = &containers; }

  /// The recorded system, once a section has described it.
  const std::optional<SystemFacts>& system() const { return system_; }
  /// Records that were missing already when this was recorded.
  std::uint64_t lost() const { return lost_; }

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
  std::string_view pending_;  // a comment that the next one may continue
  std::string joined_;        // the comment joined with its continuation
  Record packet_;
  RecordedInterface interface_;
  Aside aside_;
  RecentMap<std::uint64_t, RecordedProcess> owners_{kMaxOwners};
  ContainerDirectory* containers_ = nullptr;  // null: processes show ids alone
  std::optional<SystemFacts> system_;
  std::uint64_t lost_ = 0;
};

}  // namespace wirehound
