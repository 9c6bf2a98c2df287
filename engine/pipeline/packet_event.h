// SPDX-License-Identifier: Apache-2.0

// PacketEvent: the one event object of a packet event, made at start and filled again for each
// record: most of it points to places that never move. Dispatch thread.

#pragma once

#include <array>
#include <cstdint>

#include "decoders/packet_decoder.h"
#include "engine/catalogue/catalogue.h"
#include "engine/dispatch/event.h"

namespace wirehound {

class PacketEvent {
 public:
  /// `message` is what the event's last field shows. It and `packet` must outlive this.
  PacketEvent(const EventDefinition& definition, bool wanted, const Packet& packet,
              const void* message);
  PacketEvent(const PacketEvent&) = delete;
  PacketEvent& operator=(const PacketEvent&) = delete;

  /// Whether anybody wants events of this kind.
  bool wanted() const { return wanted_; }

  /// The event for the packet as it stands; `shared` is what all events of the record have alike.
  const Event& Fill(const wirehound_event& shared);

 private:
  static constexpr std::size_t kMaxFields = 6;

  const Packet& packet_;
  bool wanted_;
  bool has_ports_ = false;
  std::array<wirehound_field, kMaxFields> fields_{};
  Event event_;
};

}  // namespace wirehound
