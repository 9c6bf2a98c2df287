// SPDX-License-Identifier: Apache-2.0

// BaseEvent: the event object of one kind of base event. The pipeline makes it at start and fills
// it again for each event, so emitting one allocates nothing: most of its fields point to
// structures that stay where they are. Dispatch thread.

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
  std::uint64_t sequence = 0;      ///< of the record or gap that causes it, from 1
};

class BaseEvent {
 public:
  /// Fields named after addressing (src, dst, src_port, dst_port, metadata) show `metadata`, which
  /// must outlive this. The others are bound through field().
  BaseEvent(const Catalogue& catalogue, const Plan& plan, BaseEventId id,
            const wirehound_packet_metadata& metadata);
  BaseEvent(const BaseEvent&) = delete;
  BaseEvent& operator=(const BaseEvent&) = delete;

  /// Whether the plan needs events of this kind, for a detector or an output.
  bool wanted() const { return wanted_; }

  /// From here on `plan` decides whether the event is wanted.
  void SetPlan(const Plan& plan);

  /// The value of a field, to be bound once or set before each Fill. Compares names, so call it at
  /// start only.
  wirehound_value& field(std::string_view name);

  /// The event with the values its fields have now. Valid until the next Fill.
  const Event& Fill(const EventTime& time, const EventContext& context);

 private:
  static constexpr std::size_t kMaxFields = 16;

  const wirehound_packet_metadata& metadata_;
  bool wanted_;
  int src_port_;  // indices of the fields that Fill copies, -1 for none
  int dst_port_;
  std::array<wirehound_field, kMaxFields> fields_{};
  Event event_;
};

}  // namespace wirehound
