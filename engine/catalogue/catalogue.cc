// SPDX-License-Identifier: Apache-2.0

#include "engine/catalogue/catalogue.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/catalogue/base_events.h"

namespace wirehound {

namespace {

EventDefinition DetectorEvent(const DetectorDefinition& detector, std::uint32_t id) {
  const ProducedEvent& produced = detector.produced_event;
  EventDefinition event;
  event.id = id;
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
  return event;
}

bool SameField(const EventField& a, const EventField& b) {
  return a.name == b.name && a.type == b.type && a.description == b.description;
}

bool SameVersion(const Version& a, const Version& b) {
  return a.major == b.major && a.minor == b.minor && a.patch == b.patch;
}

bool SaysTheSame(const EventDefinition& a, const EventDefinition& b) {
  return a.name == b.name && SameVersion(a.version, b.version) && a.description == b.description &&
         a.sets == b.sets && a.detector_id == b.detector_id &&
         std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(), SameField);
}

}  // namespace

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
    case WIREHOUND_TYPE_ADDRESS:
      return "const char*";
    case WIREHOUND_TYPE_STRING_LIST:
      return "[]string";
    default:
      return "";
  }
}

Catalogue::Catalogue() : definitions_(BaseEvents()) {
  for (const EventDefinition& event : definitions_) {
    events_.push_back(&event);
  }
}

void Catalogue::AddDetectorEvent(const DetectorDefinition& detector) {
  const EventDefinition* event = Define(detector);
  const auto place = std::upper_bound(
      events_.begin(), events_.end(), event,
      [](const EventDefinition* a, const EventDefinition* b) { return a->id < b->id; });
  events_.insert(place, event);
}

void Catalogue::SetDetectorEvents(std::span<const DetectorDefinition* const> detectors) {
  events_.erase(std::find_if(events_.begin(), events_.end(),
                             [](const EventDefinition* e) { return !e->detector_id.empty(); }),
                events_.end());
  for (const DetectorDefinition* detector : detectors) {
    AddDetectorEvent(*detector);
  }
}

// The last definition of that name when it is equal, else a new one.
const EventDefinition* Catalogue::Define(const DetectorDefinition& detector) {
  const std::uint32_t next = kFirstDetectorEventId + static_cast<std::uint32_t>(ids_.size());
  const std::uint32_t id = ids_.emplace(detector.produced_event.name, next).first->second;
  EventDefinition event = DetectorEvent(detector, id);
  const auto last = std::find_if(definitions_.rbegin(), definitions_.rend(),
                                 [id](const EventDefinition& e) { return e.id == id; });
  if (last != definitions_.rend() && SaysTheSame(*last, event)) {
    return &*last;
  }
  return &definitions_.emplace_back(std::move(event));
}

Catalogue::State Catalogue::Save() const { return {events_, definitions_.size(), ids_}; }

void Catalogue::Restore(State state) {
  while (definitions_.size() > state.definitions) {
    definitions_.pop_back();
  }
  events_ = std::move(state.events);
  ids_ = std::move(state.ids);
}

const EventDefinition* Catalogue::Find(std::string_view name) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [name](const EventDefinition* e) { return e->name == name; });
  return found == events_.end() ? nullptr : *found;
}

const EventDefinition* Catalogue::Find(std::uint32_t id) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [id](const EventDefinition* e) { return e->id == id; });
  return found == events_.end() ? nullptr : *found;
}

std::vector<const EventDefinition*> Catalogue::InSet(std::string_view set) const {
  std::vector<const EventDefinition*> members;
  for (const EventDefinition* event : events_) {
    if (std::find(event->sets.begin(), event->sets.end(), set) != event->sets.end()) {
      members.push_back(event);
    }
  }
  return members;
}

std::vector<std::string> Catalogue::SelectableNames() const {
  std::set<std::string> names;
  for (const EventDefinition* event : events_) {
    names.insert(event->name);
    names.insert(event->sets.begin(), event->sets.end());
  }
  return {names.begin(), names.end()};
}

}  // namespace wirehound
