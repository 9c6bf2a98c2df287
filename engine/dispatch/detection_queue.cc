// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/detection_queue.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "engine/dispatch/detection_check.h"

namespace wirehound {

namespace {

// WIREHOUND_POPULATE_*: what the detection itself asks for; otherwise what its definition asks for,
// and the threat when the detection brings one.
std::uint32_t PopulateOf(const wirehound_finding& detection, const DetectionMaker& maker) {
  if (WIREHOUND_HAS(&detection, wirehound_finding, auto_populate) &&
      (detection.flags & WIREHOUND_FINDING_POPULATE) != 0) {
    return detection.auto_populate;
  }
  const bool own_threat =
      WIREHOUND_HAS(&detection, wirehound_finding, threat) && detection.threat != nullptr;
  return maker.auto_populate | (own_threat ? WIREHOUND_POPULATE_THREAT : 0u);
}

std::uint32_t DepthOf(const wirehound_finding& detection) {
  const bool given =
      WIREHOUND_HAS(&detection, wirehound_finding, ancestry_depth) && detection.ancestry_depth != 0;
  return given ? std::min(detection.ancestry_depth, DetectionQueue::kMaxAncestryDepth)
               : ProcessStore::kDefaultAncestryDepth;
}

wirehound_event ViewOf(const EventDefinition& definition, const DetectionOrigin& origin) {
  wirehound_event view = *origin.context;
  view.struct_size = kEventViewSize;
  view.event_id = definition.id;
  view.schema_major = definition.version.major;
  view.schema_minor = definition.version.minor;
  view.field_count = static_cast<std::uint32_t>(definition.fields.size());
  view.name = {definition.name.data(), definition.name.size()};
  view.detected_from = origin.cause == nullptr ? nullptr : &origin.cause->view;
  return view;
}

}  // namespace

std::int32_t DetectionQueue::Push(const wirehound_finding& detection, const DetectionMaker& maker,
                                  const DetectionOrigin& origin) {
  const std::int32_t status = CheckDetection(detection, *maker.event);
  if (status != WIREHOUND_OK) {
    return status;
  }
  Event* event = arena_.Create(Event{});
  if (event == nullptr || !Fill(*event, detection, maker, origin)) {
    ++overflows_;
    return WIREHOUND_ERROR_LIMIT;
  }
  events_.push_back(event);
  return WIREHOUND_OK;
}

bool DetectionQueue::Fill(Event& event, const wirehound_finding& detection,
                          const DetectionMaker& maker, const DetectionOrigin& origin) {
  const std::uint32_t populate = PopulateOf(detection, maker);
  event.view = ViewOf(*maker.event, origin);
  event.definition = maker.event;
  event.detector = maker.detector;
  event.cause = origin.cause;
  event.completeness = origin.missing;
  if (origin.cause != nullptr) {
    event.completeness.Add(origin.cause->completeness);
  }
  event.subject = maker.subject;
  event.shows_cause = (populate & WIREHOUND_POPULATE_DETECTED_FROM) != 0;
  if (!CopyFields(event, detection)) {
    return false;
  }
  if ((populate & WIREHOUND_POPULATE_THREAT) != 0) {
    event.threat = maker.threat;
    if (WIREHOUND_HAS(&detection, wirehound_finding, threat) && detection.threat != nullptr &&
        !CopyThreat(event, *detection.threat)) {
      return false;
    }
  }
  return (populate & WIREHOUND_POPULATE_ANCESTRY) == 0 || maker.processes == nullptr ||
         CopyAncestry(event, DepthOf(detection), *maker.processes);
}

bool DetectionQueue::CopyFields(Event& event, const wirehound_finding& detection) {
  const EventDefinition& definition = *event.definition;
  auto* fields = arena_.AllocateArray<wirehound_field>(definition.fields.size());
  if (fields == nullptr) {
    return false;
  }
  event.view.fields = fields;
  for (std::size_t i = 0; i < definition.fields.size(); ++i) {
    fields[i] = {definition.fields[i].type, WIREHOUND_FIELD_ABSENT, {}};
  }
  for (std::uint32_t i = 0; i < detection.field_count; ++i) {
    const wirehound_named_value& from = detection.fields[i];
    wirehound_field& to = fields[FindFieldIndex(definition, {from.name.data, from.name.size}, i)];
    to.value = from.value;
    to.flags = 0;
    if (!CopyValue(to)) {
      return false;
    }
  }
  return true;
}

// Replaces what the value points to, in the plugin's memory, with a copy in the arena.
bool DetectionQueue::CopyValue(wirehound_field& field) {
  switch (field.type) {
    case WIREHOUND_TYPE_STRING:
    case WIREHOUND_TYPE_BYTES:  // the same layout
      return CopyText(field.value.text);
    case WIREHOUND_TYPE_STRING_LIST:
      return CopyTexts(field.value.list);
    case WIREHOUND_TYPE_ADDRESS:
      field.value.message =
          arena_.Create(*static_cast<const wirehound_address*>(field.value.message));
      return field.value.message != nullptr;
    default:
      return true;
  }
}

bool DetectionQueue::CopyText(wirehound_string& text) {
  char* room = arena_.Reserve(text.size);
  if (room == nullptr) {
    return false;
  }
  if (text.size != 0) {
    std::memcpy(room, text.data, text.size);
  }
  arena_.Commit(text.size);
  text.data = room;
  return true;
}

bool DetectionQueue::CopyTexts(wirehound_list& list) {
  auto* texts = arena_.AllocateArray<wirehound_string>(list.count);
  if (texts == nullptr) {
    return false;
  }
  const auto* at = static_cast<const std::byte*>(list.data);
  for (std::uint32_t i = 0; i < list.count; ++i, at += list.stride) {
    texts[i] = *reinterpret_cast<const wirehound_string*>(at);
    if (!CopyText(texts[i])) {
      return false;
    }
  }
  list = {texts, list.count, sizeof(wirehound_string)};
  return true;
}

bool DetectionQueue::CopyThreat(Event& event, const wirehound_threat& threat) {
  wirehound_threat copy{};
  std::memcpy(&copy, &threat, std::min<std::size_t>(threat.struct_size, sizeof(copy)));
  copy.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_threat, properties);
  for (wirehound_string* text : {&copy.name, &copy.description, &copy.mitre_tactic,
                                 &copy.mitre_technique_id, &copy.mitre_technique_name}) {
    if (!CopyText(*text)) {
      return false;
    }
  }
  auto* properties = arena_.AllocateArray<wirehound_property>(copy.properties.count);
  if (properties == nullptr) {
    return false;
  }
  const auto* at = static_cast<const std::byte*>(copy.properties.data);
  for (std::uint32_t i = 0; i < copy.properties.count; ++i, at += copy.properties.stride) {
    properties[i] = *reinterpret_cast<const wirehound_property*>(at);
    if (!CopyText(properties[i].name) || !CopyText(properties[i].value)) {
      return false;
    }
  }
  copy.properties = {properties, copy.properties.count, sizeof(wirehound_property)};
  event.threat = arena_.Create(copy);
  return event.threat != nullptr;
}

// A process that the store does not know gets no ancestry at all: an empty list would claim that it
// has no parents.
bool DetectionQueue::CopyAncestry(Event& event, std::uint32_t depth, ProcessStore& processes) {
  const wirehound_process& process = *event.view.process;
  if (process.process_entity_id == 0) {
    return true;
  }
  processes.Note(process);
  std::span<const wirehound_process_info> parents;
  if (processes.Ancestry(process.process_entity_id, depth, &parents) != WIREHOUND_OK) {
    return true;
  }
  parents = parents.first(std::min<std::size_t>(parents.size(), depth));
  auto* copies = arena_.AllocateArray<wirehound_process_info>(parents.size());
  if (copies == nullptr) {
    return false;
  }
  for (std::size_t i = 0; i < parents.size(); ++i) {
    copies[i] = parents[i];
    if (!CopyText(copies[i].comm) || !CopyText(copies[i].executable) ||
        !CopyText(copies[i].container_id) || !CopyTexts(copies[i].arguments)) {
      return false;
    }
  }
  event.shows_ancestry = true;
  event.ancestry = {copies, parents.size()};
  return true;
}

}  // namespace wirehound
