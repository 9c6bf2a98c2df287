// SPDX-License-Identifier: Apache-2.0

#include "engine/catalogue/catalogue.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/catalogue/base_events.h"

namespace wirehound {

int EventDefinition::FieldIndex(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [field](const EventField& f) { return f.name == field; });
  return found == fields.end() ? -1 : static_cast<int>(found - fields.begin());
}

std::string_view ScalarTypeName(std::uint32_t type) {
  switch (type) {
    case WIREHOUND_TYPE_BOOL:
      return "bool";
    case WIREHOUND_TYPE_INT32:
      return "int";
    case WIREHOUND_TYPE_INT64:
      return "long";
    case WIREHOUND_TYPE_UINT16:
      return "u16";
    case WIREHOUND_TYPE_UINT32:
      return "unsigned int";
    case WIREHOUND_TYPE_UINT64:
      return "unsigned long";
    case WIREHOUND_TYPE_DOUBLE:
      return "double";
    case WIREHOUND_TYPE_STRING:
      return "const char*";
    case WIREHOUND_TYPE_BYTES:
      return "bytes";
    default:
      return "";
  }
}

Catalogue::Catalogue() : events_(BaseEvents()) {}

void Catalogue::AddDetectorEvent(const DetectorDefinition& detector) {
  const ProducedEvent& produced = detector.produced_event;
  EventDefinition event;
  event.id = std::max(kFirstDetectorEventId, events_.back().id + 1);
  event.name = produced.name;
  event.version = produced.version;
  event.description = produced.description;
  event.sets = {"detectors", "default"};
  event.sets.insert(event.sets.end(), produced.tags.begin(), produced.tags.end());
  event.detector_id = detector.id;
  for (const FieldDefinition& field : produced.fields) {
    const auto type = static_cast<std::uint32_t>(field.type);
    event.fields.push_back({field.name, type, ScalarTypeName(type), field.description});
  }
  events_.push_back(std::move(event));
}

const EventDefinition* Catalogue::Find(std::string_view name) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [name](const EventDefinition& e) { return e.name == name; });
  return found == events_.end() ? nullptr : &*found;
}

const EventDefinition* Catalogue::Find(std::uint32_t id) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [id](const EventDefinition& e) { return e.id == id; });
  return found == events_.end() ? nullptr : &*found;
}

std::vector<const EventDefinition*> Catalogue::InSet(std::string_view set) const {
  std::vector<const EventDefinition*> members;
  for (const EventDefinition& event : events_) {
    if (std::find(event.sets.begin(), event.sets.end(), set) != event.sets.end()) {
      members.push_back(&event);
    }
  }
  return members;
}

std::vector<std::string> Catalogue::SelectableNames() const {
  std::set<std::string> names;
  for (const EventDefinition& event : events_) {
    names.insert(event.name);
    names.insert(event.sets.begin(), event.sets.end());
  }
  return {names.begin(), names.end()};
}

}  // namespace wirehound
