// SPDX-License-Identifier: Apache-2.0

// BaseEvent: the one event object of a base event, made at start and filled again each time: most
// of it points to places that never move. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/catalogue/catalogue.h"
#include "engine/event/event.h"
#include "engine/event/event_context.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// When an event happens.
struct EventTime {
  std::uint64_t timestamp_ns = 0;  ///< stream time, Unix epoch
  std::uint64_t sequence = 0;      ///< of the record that causes it, from 1
};

class BaseEvent {
 public:
  /// Fields named after addressing (src, dst, src_port, dst_port, metadata) show `metadata`, which
  /// must outlive this. The others are bound through field().
  BaseEvent(const Catalogue& catalogue, const Plan& plan, BaseEventId id,
            const wirehound_packet_metadata& metadata);
  BaseEvent(const BaseEvent&) = delete;
  BaseEvent& operator=(const BaseEvent&) = delete;

  /// Whether anybody wants events of this kind.
  bool wanted() const { return wanted_; }

  /// Another plan says who wants what.
  void SetPlan(const Plan& plan);

  /// The value of a field, to be bound once or set before each Fill. For start: compares names.
  wirehound_value& field(std::string_view name);

  /// The event with the values its fields have now. Valid until the next Fill.
  const Event& Fill(const EventTime& time, const EventContext& context);

 private:
  static constexpr std::size_t kMaxFields = 16;

  const wirehound_packet_metadata& metadata_;
  bool wanted_;
  int src_port_;  // places of the fields that are copied, -1 for none
  int dst_port_;
  std::array<wirehound_field, kMaxFields> fields_{};
  Event event_;
};

}  // namespace wirehound
