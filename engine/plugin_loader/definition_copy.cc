// SPDX-License-Identifier: Apache-2.0

#include "engine/plugin_loader/definition_copy.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wirehound {

namespace {

// Copies what a plugin points to and remembers the first thing that is wrong.
class Copier {
 public:
  std::string Text(const wirehound_string& text, std::string_view member) {
    if (text.size > kMaxDefinitionText) {
      Complain(member, "a text of " + std::to_string(text.size) + " bytes; at most " +
                           std::to_string(kMaxDefinitionText) + " are allowed");
      return {};
    }
    if (text.data == nullptr && text.size != 0) {
      Complain(member, "a null text of " + std::to_string(text.size) + " bytes");
      return {};
    }
    return text.size == 0 ? std::string() : std::string(text.data, text.size);
  }

  template <typename Element, typename Take>
  void Each(const wirehound_list& list, std::string_view member, Take take) {
    if (list.count == 0) {
      return;
    }
    if (list.data == nullptr || list.stride < sizeof(Element) ||
        list.stride % alignof(Element) != 0 || list.count > kMaxDefinitionItems) {
      Complain(member, "a list of " + std::to_string(list.count) + " elements of " +
                           std::to_string(list.stride) + " bytes; expected at most " +
                           std::to_string(kMaxDefinitionItems) + " of at least " +
                           std::to_string(sizeof(Element)));
      return;
    }
    const auto* at = static_cast<const char*>(list.data);
    for (std::uint32_t i = 0; i < list.count; ++i, at += list.stride) {
      take(*reinterpret_cast<const Element*>(at));
    }
  }

  void Complain(std::string_view member, const std::string& what) {
    if (!complaint_) {
      complaint_ = "definition." + std::string(member) + " is " + what;
    }
  }

  const std::optional<std::string>& complaint() const { return complaint_; }

 private:
  std::optional<std::string> complaint_;
};

Threat CopyThreat(Copier& copier, const wirehound_threat& from) {
  if (!WIREHOUND_HAS(&from, wirehound_threat, mitre_technique_name)) {
    copier.Complain("threat", "of " + std::to_string(from.struct_size) + " bytes, too small");
    return {};
  }
  return {copier.Text(from.name, "threat.name"),
          copier.Text(from.description, "threat.description"),
          static_cast<Severity>(from.severity),
          copier.Text(from.mitre_tactic, "threat.mitre_tactic"),
          copier.Text(from.mitre_technique_id, "threat.mitre_technique_id"),
          copier.Text(from.mitre_technique_name, "threat.mitre_technique_name")};
}

ProducedEvent CopyEvent(Copier& copier, const wirehound_detector_definition& from) {
  ProducedEvent event;
  event.name = copier.Text(from.event_name, "event_name");
  event.description = copier.Text(from.event_description, "event_description");
  event.version = {from.event_version.major, from.event_version.minor, from.event_version.patch};
  copier.Each<wirehound_field_definition>(
      from.event_fields, "event_fields", [&](const wirehound_field_definition& field) {
        event.fields.push_back({copier.Text(field.name, "event_fields.name"),
                                static_cast<FieldType>(field.type),
                                copier.Text(field.description, "event_fields.description")});
      });
  copier.Each<wirehound_string>(from.event_tags, "event_tags", [&](const wirehound_string& tag) {
    event.tags.push_back(copier.Text(tag, "event_tags"));
  });
  return event;
}

}  // namespace

Result<DetectorDefinition> CopyDefinition(const wirehound_detector_definition& from) {
  if (!WIREHOUND_HAS(&from, wirehound_detector_definition, threat)) {
    return Error("definition is of " + std::to_string(from.struct_size) +
                 " bytes, too small for ABI " + std::to_string(WIREHOUND_ABI_MAJOR) + ".0");
  }
  Copier copier;
  DetectorDefinition definition;
  definition.id = copier.Text(from.id, "id");
  copier.Each<wirehound_event_requirement>(
      from.requirements, "requirements", [&](const wirehound_event_requirement& requirement) {
        definition.requirements.push_back({copier.Text(requirement.event, "requirements.event"),
                                           static_cast<Dependency>(requirement.dependency)});
      });
  definition.produced_event = CopyEvent(copier, from);
  if (from.threat != nullptr) {
    definition.threat = CopyThreat(copier, *from.threat);
  }
  definition.auto_populate.threat = (from.auto_populate & WIREHOUND_POPULATE_THREAT) != 0;
  definition.auto_populate.detected_from =
      (from.auto_populate & WIREHOUND_POPULATE_DETECTED_FROM) != 0;
  if (copier.complaint()) {
    return Error(*copier.complaint());
  }
  return definition;
}

}  // namespace wirehound
