// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/event_json.h"

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <wirehound/views.h>

#include "engine/catalogue/fact_schema.h"
#include "engine/outputs/json_text.h"
#include "probes/capture/record.h"

namespace wirehound {

namespace {

// Room for a few keys and numbers beside what is counted exactly.
constexpr std::size_t kKeysBytes = 512;

// A key behind another member, or behind `before`, with room for a number.
char* Key(JsonBuffer& buffer, char* out, std::string_view key, std::string_view before = ",\"") {
  out = WriteLiteral(buffer.Room(out, key.size() + 4 + kJsonNumberBytes), before);
  out = WriteLiteral(out, key);
  return WriteLiteral(out, "\":");
}

char* Unsigned(JsonBuffer& buffer, char* out, std::string_view key, std::uint64_t value) {
  return WriteUnsigned(Key(buffer, out, key), value);
}

char* Signed(JsonBuffer& buffer, char* out, std::string_view key, std::int64_t value) {
  return WriteSigned(Key(buffer, out, key), value);
}

char* Text(JsonBuffer& buffer, char* out, std::string_view key, std::string_view value) {
  return WriteString(buffer, Key(buffer, out, key), value);
}

char* Literal(JsonBuffer& buffer, char* out, std::string_view text) {
  return WriteLiteral(buffer.Room(out, text.size()), text);
}

// The text that a function writes to an empty buffer.
template <typename Write>
std::string TextOf(Write write) {
  JsonBuffer buffer(kKeysBytes);
  buffer.Commit(write(buffer, buffer.end()));
  return std::string(buffer.text());
}

// The value of a fact, behind its key.
inline char* WriteFact(JsonBuffer& buffer, char* out, const FactSchema& fact, const void* owner) {
  switch (fact.kind) {
    case FactKind::kInt32:
      return WriteSigned(out, fact.In<std::int32_t>(owner));
    case FactKind::kUint32:
      return WriteUnsigned(out, fact.In<std::uint32_t>(owner));
    case FactKind::kUint64:
      return WriteUnsigned(out, fact.In<std::uint64_t>(owner));
    case FactKind::kString:
      return WriteString(buffer, out, ToView(fact.In<wirehound_string>(owner)));
    case FactKind::kFlag:
      return Literal(buffer, out, fact.In<std::uint32_t>(owner) != 0 ? "true" : "false");
  }
  return out;
}

// The key of a fact behind another member, `,"processId":` or `,"executable":{"path":`.
struct FactKey {
  std::array<char, 48> text{};
  std::size_t size = 0;
  bool is_inside = false;  // of an object of its own

  constexpr explicit FactKey(std::string_view json) {
    Add(",\"");
    for (const char c : json) {
      Add(c == '.' ? std::string_view("\":{\"") : std::string_view(&c, 1));
      is_inside = is_inside || c == '.';
    }
    Add("\":");
  }

 private:
  constexpr void Add(std::string_view part) {
    for (const char c : part) {
      text[size++] = c;
    }
  }
};

template <std::size_t kIndex>
char* WriteFactAt(JsonBuffer& buffer, char* out, const wirehound_process& process) {
  static constexpr FactKey kKey(kProcessFacts[kIndex].json);
  out = buffer.Room(out, kKey.size + kJsonNumberBytes);
  out = WriteLiteral(out, {kKey.text.data(), kKey.size});
  out = WriteFact(buffer, out, kProcessFacts[kIndex], &process);
  return kKey.is_inside ? Literal(buffer, out, "}") : out;
}

// The facts of that part. The table is unrolled, so that keys are constants of the code: a process
// that is not kept costs no more than with a line for each fact.
template <JsonPart kPart, std::size_t... kIndex>
char* WriteEach(JsonBuffer& buffer, char* out, const wirehound_process& process,
                std::index_sequence<kIndex...> /*all*/) {
  ((out = kProcessFacts[kIndex].part == kPart ? WriteFactAt<kIndex>(buffer, out, process) : out),
   ...);
  return out;
}

template <JsonPart kPart>
char* WriteFacts(JsonBuffer& buffer, char* out, const wirehound_process& process) {
  return WriteEach<kPart>(buffer, out, process, std::make_index_sequence<kProcessFacts.size()>());
}

// Whether a fact of a container has a value to show.
bool IsKnown(const FactSchema& fact, const wirehound_container_info& container) {
  return fact.kind == FactKind::kString ? fact.In<wirehound_string>(&container).size != 0
                                        : fact.In<std::uint32_t>(&container) != 0;
}

// The facts of that part that are known, as the members of an object; `is_first` when no other
// member stands in front.
char* WriteKnown(JsonBuffer& buffer, char* out, JsonPart part,
                 const wirehound_container_info* container, bool is_first) {
  for (const FactSchema& fact : kContainerFacts) {
    if (container != nullptr && fact.part == part && IsKnown(fact, *container)) {
      out = Key(buffer, out, fact.json, is_first ? "\"" : ",\"");
      out = WriteFact(buffer, out, fact, container);
      is_first = false;
    }
  }
  return Literal(buffer, out, "}");
}

char* WriteContainer(JsonBuffer& buffer, char* out, const wirehound_process& process) {
  const bool has_id = process.container_id.size != 0;
  out = Literal(buffer, out, ",\"container\":{");
  if (has_id) {
    out = WriteString(buffer, Literal(buffer, out, "\"id\":"), ToView(process.container_id));
  }
  out = WriteKnown(buffer, out, JsonPart::kContainer, process.container, !has_id);
  out = Literal(buffer, out, ",\"kubernetes\":{");
  return WriteKnown(buffer, out, JsonPart::kKubernetes, process.container, true);
}

// ,"properties":{"name":"value",…}, or nothing when there are none.
char* WriteProperties(JsonBuffer& buffer, char* out, const wirehound_list& properties) {
  const auto* at = static_cast<const std::byte*>(properties.data);
  for (std::uint32_t i = 0; i < properties.count; ++i, at += properties.stride) {
    const auto& property = *reinterpret_cast<const wirehound_property*>(at);
    out = Literal(buffer, out, i == 0 ? ",\"properties\":{" : ",");
    out = WriteString(buffer, out, ToView(property.name));
    out = Literal(buffer, out, ":");
    out = WriteString(buffer, out, ToView(property.value));
  }
  return properties.count == 0 ? out : Literal(buffer, out, "}");
}

char* WriteThreat(JsonBuffer& buffer, char* out, const wirehound_threat& threat) {
  out = Literal(buffer, out, ",\"threat\":{\"name\":");
  out = WriteString(buffer, out, ToView(threat.name));
  out = Text(buffer, out, "description", ToView(threat.description));
  out = Unsigned(buffer, out, "severity", threat.severity);
  out = Literal(buffer, out, ",\"mitre\":{\"tactic\":{\"name\":");
  out = WriteString(buffer, out, ToView(threat.mitre_tactic));
  out = Literal(buffer, out, "},\"technique\":{\"id\":");
  out = WriteString(buffer, out, ToView(threat.mitre_technique_id));
  out = Text(buffer, out, "name", ToView(threat.mitre_technique_name));
  out = WriteProperties(buffer, Literal(buffer, out, "}}"), threat.properties);
  return Literal(buffer, out, "}");
}

char* WriteParent(JsonBuffer& buffer, char* out, const wirehound_process_info& parent) {
  out = Literal(buffer, out, "{\"processEntityId\":");
  out = WriteUnsigned(buffer.Room(out, kJsonNumberBytes), parent.entity_id);
  out = Signed(buffer, out, "processId", parent.pid);
  out = Signed(buffer, out, "hostProcessId", parent.host_pid);
  out = Text(buffer, out, "processName", ToView(parent.comm));
  out = Literal(buffer, out, ",\"executable\":{\"path\":");
  out = WriteString(buffer, out, ToView(parent.executable));
  return Literal(buffer, out, "}}");
}

// The parents of the process, nearest first.
char* WriteAncestry(JsonBuffer& buffer, char* out,
                    std::span<const wirehound_process_info> parents) {
  out = Literal(buffer, out, ",\"processAncestry\":[");
  for (std::size_t i = 0; i < parents.size(); ++i) {
    out = WriteParent(buffer, i == 0 ? out : Literal(buffer, out, ","), parents[i]);
  }
  return Literal(buffer, out, "]");
}

// Which input of the event is known to be missing.
char* WriteCompleteness(JsonBuffer& buffer, char* out, const Completeness& completeness) {
  if (completeness.whole()) {
    return Literal(buffer, out, ",\"completeness\":{\"whole\":true}");
  }
  out = Literal(buffer, out, ",\"completeness\":{\"whole\":false");
  if (completeness.lost_records != 0) {
    out = Unsigned(buffer, out, "lostRecords", completeness.lost_records);
  }
  const std::pair<bool, std::string_view> rest[] = {
      {completeness.stream_gap, ",\"streamGap\":true"},
      {completeness.truncated, ",\"truncated\":true"},
      {completeness.input_suspended, ",\"inputSuspended\":true"}};
  for (const auto& [missing, text] : rest) {
    out = missing ? Literal(buffer, out, text) : out;
  }
  return Literal(buffer, out, "}");
}

// How the engine learnt the process; nothing when it is unknown, as in capture files.
char* WriteOwnerSource(JsonBuffer& buffer, char* out, std::uint32_t owner_source) {
  if (owner_source == WIREHOUND_OWNER_NONE) {
    return out;
  }
  return Text(buffer, out, "owner", OwnerSourceText(owner_source));
}

std::uint32_t CountPresent(const wirehound_event& view) {
  std::uint32_t present = 0;
  for (std::uint32_t i = 0; i < view.field_count; ++i) {
    present += (view.fields[i].flags & WIREHOUND_FIELD_ABSENT) == 0 ? 1 : 0;
  }
  return present;
}

// Where the texts that JSON shows lie in their struct. Found at compile time: every event walks
// them.
struct ShownTexts {
  std::array<std::size_t, 8> offsets{};
  std::size_t count = 0;

  constexpr explicit ShownTexts(std::span<const FactSchema> facts) {
    for (const FactSchema& fact : facts) {
      if (fact.kind == FactKind::kString && fact.part != JsonPart::kNone) {
        offsets[count++] = fact.offset;
      }
    }
  }

  std::string_view Text(std::size_t index, const void* owner) const {
    return ToView(*reinterpret_cast<const wirehound_string*>(static_cast<const char*>(owner) +
                                                             offsets[index]));
  }
};

constexpr ShownTexts kProcessTexts(kProcessFacts);
constexpr ShownTexts kContainerTexts(kContainerFacts);

// Whether `kept` starts with the texts of `owner`, one after the other; they are taken away.
bool TakeSame(std::string_view& kept, const ShownTexts& texts, const void* owner) {
  for (std::size_t i = 0; i < texts.count; ++i) {
    const std::string_view text = texts.Text(i, owner);
    if (kept.substr(0, text.size()) != text) {
      return false;
    }
    kept.remove_prefix(text.size());
  }
  return true;
}

void AppendTexts(std::string& kept, const ShownTexts& texts, const void* owner) {
  for (std::size_t i = 0; i < texts.count; ++i) {
    kept += texts.Text(i, owner);
  }
}

}  // namespace

// The structs are compared whole, pointers and padding included. Where only those differ the texts
// are made anew, which costs time and is never wrong.
bool ProcessJson::IsOf(const wirehound_process& process) const {
  if (start.empty() || std::memcmp(&process_, &process, sizeof(process)) != 0) {
    return false;
  }
  std::string_view kept = strings_;
  if (!TakeSame(kept, kProcessTexts, &process)) {
    return false;
  }
  return process.container == nullptr ||
         (std::memcmp(&container_, process.container, sizeof(container_)) == 0 &&
          TakeSame(kept, kContainerTexts, process.container));
}

void ProcessJson::Make(const wirehound_process& process) {
  std::memcpy(&process_, &process, sizeof(process));
  strings_.clear();
  AppendTexts(strings_, kProcessTexts, &process);
  if (process.container != nullptr) {
    std::memcpy(&container_, process.container, sizeof(container_));
    AppendTexts(strings_, kContainerTexts, process.container);
  }
  start = TextOf([&](JsonBuffer& buffer, char* out) {
    out = WriteFacts<JsonPart::kStart>(buffer, out, process);
    return Literal(buffer, out, ",\"processorId\":");
  });
  facts = TextOf([&](JsonBuffer& buffer, char* out) {
    out = WriteFacts<JsonPart::kProcess>(buffer, out, process);
    return WriteContainer(buffer, out, process);
  });
  entities = TextOf([&](JsonBuffer& buffer, char* out) {
    out = WriteFacts<JsonPart::kEntities>(buffer, out, process);
    return Key(buffer, out, "args");
  });
}

const ProcessJson& EventJson::ProcessOf(const wirehound_process& process) {
  ProcessJson& kept = processes_[static_cast<std::uint32_t>(process.host_tid) % kKeptProcesses];
  if (!kept.IsOf(process)) {
    kept.Make(process);
  }
  return kept;
}

const EventJson::DefinitionJson& EventJson::DefinitionOf(const EventDefinition& definition) {
  std::unique_ptr<DefinitionJson>& made = definitions_[&definition];
  if (made != nullptr) {
    return *made;
  }
  made = std::make_unique<DefinitionJson>();
  made->head = TextOf([&](JsonBuffer& buffer, char* out) {
    out = WriteLiteral(buffer.Room(out, kKeysBytes), ",\"eventId\":\"");
    out = WriteLiteral(WriteUnsigned(out, definition.id), "\",\"eventName\":");
    out = WriteString(buffer, out, definition.name);
    return Literal(buffer, out, ",\"matchedPolicies\":[\"\"],\"argsNum\":");
  });
  for (const EventField& field : definition.fields) {
    const std::string key = "},{\"name\":\"" + field.name + "\",\"type\":\"" +
                            std::string(field.type_name) + "\",\"value\":";
    made->fields.push_back(
        {key, field.type, field.message == nullptr ? nullptr : &messages_.Find(*field.message)});
  }
  return *made;
}

// Up to the arguments.
char* EventJson::WriteHead(JsonBuffer& buffer, char* out, const wirehound_event& view,
                           const DefinitionJson& definition) {
  const ProcessJson& process = ProcessOf(*view.process);
  out = buffer.Room(out, process.start.size() + process.facts.size() + process.entities.size() +
                             definition.head.size() + JsonStringBytes(view.syscall.size) +
                             kKeysBytes);
  out = WriteUnsigned(WriteLiteral(out, "{\"timestamp\":"), view.timestamp_ns);
  out = WriteUnsigned(WriteLiteral(out, process.start), view.cpu);
  out = WriteLiteral(WriteLiteral(out, process.facts), definition.head);
  out = WriteLiteral(WriteUnsigned(out, CountPresent(view)), ",\"returnValue\":0,\"syscall\":");
  out = WriteString(out, ToView(view.syscall));
  out = WriteLiteral(out,
                     ",\"stackAddresses\":[0],\"contextFlags\":{\"containerStarted\":false,"
                     "\"isCompat\":false}");
  return WriteLiteral(out, process.entities);
}

// The array of the event's fields: [{"name":…,"type":…,"value":…}, …].
char* EventJson::WriteArguments(JsonBuffer& buffer, char* out, const wirehound_event& view,
                                const DefinitionJson& definition) {
  out = Literal(buffer, out, "[");
  std::size_t skipped = 2;  // the first key has no object to close: without its "},"
  for (std::uint32_t i = 0; i < view.field_count; ++i) {
    const wirehound_field& field = view.fields[i];
    if ((field.flags & WIREHOUND_FIELD_ABSENT) == 0) {
      const DefinitionJson::Field& known = definition.fields[i];
      out = Literal(buffer, out, std::string_view(known.key).substr(skipped));
      out = WriteFieldValue(buffer, out, known.type, known.message, field.value);
      skipped = 0;
    }
  }
  return Literal(buffer, out, skipped == 0 ? "}]" : "]");
}

// The chain of causes, nearest first; each names its event and carries that event's fields.
char* EventJson::WriteCause(JsonBuffer& buffer, char* out, std::string_view key,
                            const Event& cause) {
  out = WriteLiteral(Key(buffer, out, key), "{\"id\":");
  out = WriteUnsigned(buffer.Room(out, kJsonNumberBytes), cause.definition->id);
  out = Text(buffer, out, "name", cause.definition->name);
  out =
      WriteArguments(buffer, Key(buffer, out, "data"), cause.view, DefinitionOf(*cause.definition));
  if (cause.cause != nullptr) {
    out = WriteCause(buffer, out, "parent", *cause.cause);
  }
  return Literal(buffer, out, "}");
}

char* EventJson::WriteDetection(JsonBuffer& buffer, char* out, const Event& event) {
  if (event.threat != nullptr) {
    out = WriteThreat(buffer, out, *event.threat);
  }
  if (event.shows_cause && event.cause != nullptr) {
    out = WriteCause(buffer, out, "detectedFrom", *event.cause);
  }
  if (event.shows_ancestry) {
    out = WriteAncestry(buffer, out, event.ancestry);
  }
  return WriteCompleteness(buffer, out, event.completeness);
}

void EventJson::Append(JsonBuffer& buffer, const Event& event) {
  const DefinitionJson& definition = DefinitionOf(*event.definition);
  char* out = WriteHead(buffer, buffer.end(), event.view, definition);
  out = WriteArguments(buffer, out, event.view, definition);
  out = WriteOwnerSource(buffer, out, event.view.owner_source);
  if (event.detector != nullptr) {
    out = WriteDetection(buffer, out, event);
  }
  buffer.Commit(Literal(buffer, out, "}"));
}

}  // namespace wirehound
