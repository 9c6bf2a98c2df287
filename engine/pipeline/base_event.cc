// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/base_event.h"

namespace wirehound {

BaseEvent::BaseEvent(const Catalogue& catalogue, const Plan& plan, BaseEventId id,
                     const wirehound_packet_metadata& metadata)
    : metadata_(metadata), wanted_(plan.needed.count(id) != 0) {
  const EventDefinition& definition = *catalogue.Find(id);
  for (std::size_t i = 0; i < definition.fields.size(); ++i) {
    const EventField& field = definition.fields[i];
    fields_[i].type = field.type;
    if (field.name == "src") {
      fields_[i].value.message = &metadata.src_ip;
    } else if (field.name == "dst") {
      fields_[i].value.message = &metadata.dst_ip;
    } else if (field.name == "metadata") {
      fields_[i].value.message = &metadata;
    }
  }
  src_port_ = definition.FieldIndex("src_port");
  dst_port_ = definition.FieldIndex("dst_port");
  event_.definition = &definition;
  event_.view.struct_size = kEventViewSize;
  event_.view.event_id = definition.id;
  event_.view.schema_major = definition.version.major;
  event_.view.schema_minor = definition.version.minor;
  event_.view.fields = fields_.data();
  event_.view.field_count = static_cast<std::uint32_t>(definition.fields.size());
  event_.view.name = {definition.name.data(), definition.name.size()};
}

void BaseEvent::SetPlan(const Plan& plan) {
  wanted_ = plan.needed.count(event_.definition->id) != 0;
}

wirehound_value& BaseEvent::field(std::string_view name) {
  return fields_.at(static_cast<std::size_t>(event_.definition->FieldIndex(name))).value;
}

const Event& BaseEvent::Fill(const EventTime& time, const EventContext& context) {
  event_.completeness.truncated = context.truncated;
  event_.completeness.stream_gap = context.stream_gap;
  wirehound_event& view = event_.view;
  view.cpu = context.cpu;
  view.timestamp_ns = time.timestamp_ns;
  view.sequence = time.sequence;
  view.process = context.process;
  view.owner_source = context.owner_source;
  view.syscall = context.syscall;
  if (src_port_ >= 0) {
    fields_[static_cast<std::size_t>(src_port_)].value.unsigned_integer = metadata_.src_port;
    fields_[static_cast<std::size_t>(dst_port_)].value.unsigned_integer = metadata_.dst_port;
  }
  return event_;
}

}  // namespace wirehound
