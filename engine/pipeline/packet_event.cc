// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/packet_event.h"

#include <string_view>

namespace wirehound {

namespace {

// Where the ports stand among the fields of an event that has them.
constexpr std::size_t kSrcPort = 2;
constexpr std::size_t kDstPort = 3;

// What a field points to for good; null for one that is copied per packet.
const void* PlaceOf(std::string_view field, const Packet& packet, const void* message) {
  if (field == "src") {
    return &packet.metadata.src_ip;
  }
  if (field == "dst") {
    return &packet.metadata.dst_ip;
  }
  if (field == "metadata") {
    return &packet.metadata;
  }
  return field == "src_port" || field == "dst_port" ? nullptr : message;
}

}  // namespace

PacketEvent::PacketEvent(const EventDefinition& definition, bool wanted, const Packet& packet,
                         const void* message)
    : packet_(packet), wanted_(wanted), has_ports_(definition.FieldIndex("src_port") >= 0) {
  for (std::size_t i = 0; i < definition.fields.size(); ++i) {
    const EventField& field = definition.fields[i];
    fields_[i].type = field.type;
    fields_[i].value.message = PlaceOf(field.name, packet, message);
  }
  event_.definition = &definition;
}

const Event& PacketEvent::Fill(const wirehound_event& shared) {
  const EventDefinition& definition = *event_.definition;
  event_.view = shared;
  event_.view.event_id = definition.id;
  event_.view.schema_major = definition.version.major;
  event_.view.schema_minor = definition.version.minor;
  event_.view.fields = fields_.data();
  event_.view.field_count = static_cast<std::uint32_t>(definition.fields.size());
  event_.view.name = {definition.name.data(), definition.name.size()};
  if (has_ports_) {
    fields_[kSrcPort].value.unsigned_integer = packet_.metadata.src_port;
    fields_[kDstPort].value.unsigned_integer = packet_.metadata.dst_port;
  }
  return event_;
}

}  // namespace wirehound
