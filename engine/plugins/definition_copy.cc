// SPDX-License-Identifier: Apache-2.0

#include "engine/plugins/definition_copy.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wirehound {

namespace {

// Copies texts and lists of a plugin and remembers the first one that is wrong.
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

std::vector<std::string> Texts(Copier& copier, const wirehound_list& list,
                               std::string_view member) {
  std::vector<std::string> texts;
  copier.Each<wirehound_string>(list, member, [&](const wirehound_string& text) {
    texts.push_back(copier.Text(text, member));
  });
  return texts;
}

Version CopyVersion(const wirehound_version& from) { return {from.major, from.minor, from.patch}; }

std::vector<NamedRequirement> CopyNamed(Copier& copier, const wirehound_list& list,
                                        std::string_view member) {
  std::vector<NamedRequirement> requirements;
  copier.Each<wirehound_named_requirement>(
      list, member, [&](const wirehound_named_requirement& from) {
        requirements.push_back(
            {copier.Text(from.name, member), static_cast<Dependency>(from.dependency)});
      });
  return requirements;
}

Requirements CopyRequirements(Copier& copier, const wirehound_detector_definition& from) {
  Requirements requirements;
  copier.Each<wirehound_event_requirement>(
      from.events, "events", [&](const wirehound_event_requirement& event) {
        requirements.events.push_back(
            {copier.Text(event.event, "events.event"), static_cast<Dependency>(event.dependency),
             CopyVersion(event.min_version), CopyVersion(event.max_version),
             Texts(copier, event.data_filters, "events.data_filters"),
             Texts(copier, event.scope_filters, "events.scope_filters")});
      });
  requirements.data_stores = CopyNamed(copier, from.data_stores, "data_stores");
  requirements.enrichments = CopyNamed(copier, from.enrichments, "enrichments");
  requirements.architectures = Texts(copier, from.architectures, "architectures");
  requirements.min_engine_version = CopyVersion(from.min_engine_version);
  requirements.max_engine_version = CopyVersion(from.max_engine_version);
  return requirements;
}

OptionValue CopyValue(Copier& copier, std::uint32_t type, const wirehound_value& value,
                      std::string_view member) {
  switch (type) {
    case WIREHOUND_TYPE_BOOL:
      return value.unsigned_integer != 0;
    case WIREHOUND_TYPE_INT64:
      return value.signed_integer;
    case WIREHOUND_TYPE_UINT64:
      return value.unsigned_integer;
    case WIREHOUND_TYPE_DOUBLE:
      return value.real;
    case WIREHOUND_TYPE_STRING:
      return copier.Text(value.text, member);
    case WIREHOUND_TYPE_STRING_LIST:
      return Texts(copier, value.list, member);
    default:
      copier.Complain("config_options.type", std::to_string(type) +
                                                 "; expected bool, int64, uint64, double, string "
                                                 "or string list");
      return false;
  }
}

std::vector<ConfigOption> CopyOptions(Copier& copier, const wirehound_list& list) {
  std::vector<ConfigOption> options;
  copier.Each<wirehound_config_option>(
      list, "config_options", [&](const wirehound_config_option& from) {
        const auto value = [&](const wirehound_value& which, std::string_view member) {
          return CopyValue(copier, from.type, which, member);
        };
        ConfigOption option;
        option.name = copier.Text(from.name, "config_options.name");
        option.description = copier.Text(from.description, "config_options.description");
        option.default_value = value(from.default_value, "config_options.default_value");
        if ((from.flags & WIREHOUND_OPTION_HAS_MINIMUM) != 0) {
          option.minimum = value(from.minimum, "config_options.minimum");
        }
        if ((from.flags & WIREHOUND_OPTION_HAS_MAXIMUM) != 0) {
          option.maximum = value(from.maximum, "config_options.maximum");
        }
        options.push_back(std::move(option));
      });
  return options;
}

Threat CopyThreat(Copier& copier, const wirehound_threat& from) {
  if (!WIREHOUND_HAS(&from, wirehound_threat, properties)) {
    copier.Complain("threat", "of " + std::to_string(from.struct_size) + " bytes, too small");
    return {};
  }
  Threat threat = {copier.Text(from.name, "threat.name"),
                   copier.Text(from.description, "threat.description"),
                   static_cast<Severity>(from.severity),
                   copier.Text(from.mitre_tactic, "threat.mitre_tactic"),
                   copier.Text(from.mitre_technique_id, "threat.mitre_technique_id"),
                   copier.Text(from.mitre_technique_name, "threat.mitre_technique_name")};
  copier.Each<wirehound_property>(
      from.properties, "threat.properties", [&](const wirehound_property& property) {
        threat.properties.emplace_back(copier.Text(property.name, "threat.properties.name"),
                                       copier.Text(property.value, "threat.properties.value"));
      });
  return threat;
}

ProducedEvent CopyEvent(Copier& copier, const wirehound_detector_definition& from) {
  ProducedEvent event;
  event.name = copier.Text(from.event_name, "event_name");
  event.description = copier.Text(from.event_description, "event_description");
  event.version = CopyVersion(from.event_version);
  copier.Each<wirehound_field_definition>(
      from.event_fields, "event_fields", [&](const wirehound_field_definition& field) {
        event.fields.push_back({copier.Text(field.name, "event_fields.name"),
                                static_cast<FieldType>(field.type),
                                copier.Text(field.description, "event_fields.description")});
      });
  event.tags = Texts(copier, from.event_tags, "event_tags");
  return event;
}

AutoPopulate CopyPopulate(std::uint32_t flags) {
  return {(flags & WIREHOUND_POPULATE_THREAT) != 0, (flags & WIREHOUND_POPULATE_DETECTED_FROM) != 0,
          (flags & WIREHOUND_POPULATE_ANCESTRY) != 0};
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
  definition.requirements = CopyRequirements(copier, from);
  definition.produced_event = CopyEvent(copier, from);
  if (from.threat != nullptr) {
    definition.threat = CopyThreat(copier, *from.threat);
  }
  definition.auto_populate = CopyPopulate(from.auto_populate);
  definition.config = CopyOptions(copier, from.config_options);
  if (copier.complaint()) {
    return Error(*copier.complaint());
  }
  return definition;
}

}  // namespace wirehound
