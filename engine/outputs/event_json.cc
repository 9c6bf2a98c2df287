// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/event_json.h"

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "engine/outputs/json_text.h"
#include "probes/capture/record.h"

namespace wirehound {

namespace {

std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }

// Room for a few keys and numbers beside what is counted exactly.
constexpr std::size_t kKeysBytes = 512;

// A key with its value, in front of which something stands.
char* Key(JsonBuffer& buffer, char* out, std::string_view key) {
  out = WriteLiteral(buffer.Room(out, key.size() + 4 + kJsonNumberBytes), ",\"");
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

// What a function writes to an empty buffer.
template <typename Write>
std::string TextOf(Write write) {
  JsonBuffer buffer(kKeysBytes);
  buffer.Commit(write(buffer, buffer.end()));
  return std::string(buffer.text());
}

char* WriteProcess(JsonBuffer& buffer, char* out, const wirehound_process& process) {
  out = Signed(buffer, out, "processId", process.pid);
  out = Unsigned(buffer, out, "cgroupId", process.cgroup_id);
  out = Signed(buffer, out, "threadId", process.tid);
  out = Signed(buffer, out, "parentProcessId", process.parent_pid);
  out = Signed(buffer, out, "hostProcessId", process.host_pid);
  out = Signed(buffer, out, "hostThreadId", process.host_tid);
  out = Signed(buffer, out, "hostParentProcessId", process.host_parent_pid);
  out = Unsigned(buffer, out, "userId", process.uid);
  out = Unsigned(buffer, out, "mountNamespace", process.mount_namespace);
  out = Unsigned(buffer, out, "pidNamespace", process.pid_namespace);
  out = Text(buffer, out, "processName", View(process.comm));
  out = Literal(buffer, out, ",\"executable\":{\"path\":");
  out = WriteString(buffer, out, View(process.executable));
  out = Literal(buffer, out, "}");
  out = Text(buffer, out, "hostName", View(process.host_name));
  return Text(buffer, out, "containerId", View(process.container_id));
}

// The members of an object that have a text; nothing stands in front of the first.
class TextMembers {
 public:
  TextMembers(JsonBuffer& buffer, char* out) : buffer_(buffer), out_(out) {}

  void Add(std::string_view key, std::string_view text) {
    if (!text.empty()) {
      AddKey(key);
      out_ = WriteString(buffer_, out_, text);
    }
  }
  void AddTrue(std::string_view key, bool value) {
    if (value) {
      AddKey(key);
      out_ = Literal(buffer_, out_, "true");
    }
  }
  char* End() { return Literal(buffer_, out_, "}"); }

 private:
  void AddKey(std::string_view key) {
    out_ = Literal(buffer_, out_, is_first_ ? "\"" : ",\"");
    out_ = Literal(buffer_, Literal(buffer_, out_, key), "\":");
    is_first_ = false;
  }

  JsonBuffer& buffer_;
  char* out_;
  bool is_first_ = true;
};

char* WriteContainer(JsonBuffer& buffer, char* out, const wirehound_process& process) {
  static constexpr wirehound_container_info kNothing{};
  const wirehound_container_info& known =
      process.container == nullptr ? kNothing : *process.container;
  TextMembers container(buffer, Literal(buffer, out, ",\"container\":{"));
  container.Add("id", View(process.container_id));
  container.Add("name", View(known.name));
  container.Add("image", View(known.image));
  container.Add("imageDigest", View(known.image_digest));
  TextMembers pod(buffer, Literal(buffer, container.End(), ",\"kubernetes\":{"));
  pod.Add("podName", View(known.pod_name));
  pod.Add("podNamespace", View(known.pod_namespace));
  pod.Add("podUID", View(known.pod_uid));
  pod.AddTrue("podSandbox", known.is_pod_sandbox != 0);
  return pod.End();
}

char* WriteEntities(JsonBuffer& buffer, char* out, const wirehound_process& process) {
  out = Unsigned(buffer, out, "threadEntityId", process.thread_entity_id);
  out = Unsigned(buffer, out, "processEntityId", process.process_entity_id);
  out = Unsigned(buffer, out, "parentEntityId", process.parent_entity_id);
  return Key(buffer, out, "args");
}

// ,"properties":{"name":"value",…}, or nothing when there are none.
char* WriteProperties(JsonBuffer& buffer, char* out, const wirehound_list& properties) {
  const auto* at = static_cast<const std::byte*>(properties.data);
  for (std::uint32_t i = 0; i < properties.count; ++i, at += properties.stride) {
    const auto& property = *reinterpret_cast<const wirehound_property*>(at);
    out = Literal(buffer, out, i == 0 ? ",\"properties\":{" : ",");
    out = WriteString(buffer, out, View(property.name));
    out = Literal(buffer, out, ":");
    out = WriteString(buffer, out, View(property.value));
  }
  return properties.count == 0 ? out : Literal(buffer, out, "}");
}

char* WriteThreat(JsonBuffer& buffer, char* out, const wirehound_threat& threat) {
  out = Literal(buffer, out, ",\"threat\":{\"name\":");
  out = WriteString(buffer, out, View(threat.name));
  out = Text(buffer, out, "description", View(threat.description));
  out = Unsigned(buffer, out, "severity", threat.severity);
  out = Literal(buffer, out, ",\"mitre\":{\"tactic\":{\"name\":");
  out = WriteString(buffer, out, View(threat.mitre_tactic));
  out = Literal(buffer, out, "},\"technique\":{\"id\":");
  out = WriteString(buffer, out, View(threat.mitre_technique_id));
  out = Text(buffer, out, "name", View(threat.mitre_technique_name));
  out = WriteProperties(buffer, Literal(buffer, out, "}}"), threat.properties);
  return Literal(buffer, out, "}");
}

char* WriteParent(JsonBuffer& buffer, char* out, const wirehound_process_info& parent) {
  out = Literal(buffer, out, "{\"processEntityId\":");
  out = WriteUnsigned(buffer.Room(out, kJsonNumberBytes), parent.entity_id);
  out = Signed(buffer, out, "processId", parent.pid);
  out = Signed(buffer, out, "hostProcessId", parent.host_pid);
  out = Text(buffer, out, "processName", View(parent.comm));
  out = Literal(buffer, out, ",\"executable\":{\"path\":");
  out = WriteString(buffer, out, View(parent.executable));
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

// Whether anything was missed that could have mattered, and what.
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

// How the process was learnt; nothing where there is none, as in capture files.
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

// Whether `kept` starts with what `text` holds; that part is taken away.
bool TakeSame(std::string_view& kept, const wirehound_string& text) {
  const bool same = kept.substr(0, text.size) == View(text);
  kept.remove_prefix(same ? text.size : 0);
  return same;
}

// Those that are shown.
constexpr wirehound_string wirehound_container_info::*kContainerTexts[] = {
    &wirehound_container_info::name,     &wirehound_container_info::image,
    &wirehound_container_info::pod_name, &wirehound_container_info::pod_namespace,
    &wirehound_container_info::pod_uid,  &wirehound_container_info::image_digest,
};

}  // namespace

// The structs are compared whole, where their strings point and padding included: what differs in
// nothing but that is made anew, which is never wrong.
bool ProcessJson::IsOf(const wirehound_process& process) const {
  if (start.empty() || std::memcmp(&process_, &process, sizeof(process)) != 0) {
    return false;
  }
  std::string_view kept = strings_;
  return TakeSame(kept, process.comm) && TakeSame(kept, process.executable) &&
         TakeSame(kept, process.host_name) && TakeSame(kept, process.container_id) &&
         (process.container == nullptr || IsOf(*process.container, kept));
}

// `kept` is what the strings of the container held.
bool ProcessJson::IsOf(const wirehound_container_info& container, std::string_view kept) const {
  if (std::memcmp(&container_, &container, sizeof(container)) != 0) {
    return false;
  }
  bool same = true;
  for (const auto member : kContainerTexts) {
    same = same && TakeSame(kept, container.*member);
  }
  return same;
}

void ProcessJson::Make(const wirehound_process& process) {
  std::memcpy(&process_, &process, sizeof(process));
  strings_.clear();
  for (const wirehound_string* text :
       {&process.comm, &process.executable, &process.host_name, &process.container_id}) {
    strings_ += View(*text);
  }
  if (process.container != nullptr) {
    std::memcpy(&container_, process.container, sizeof(container_));
    for (const auto member : kContainerTexts) {
      strings_ += View(process.container->*member);
    }
  }
  start = TextOf([&](JsonBuffer& buffer, char* out) {
    out = Unsigned(buffer, out, "threadStartTime", process.thread_start_time_ns);
    return Literal(buffer, out, ",\"processorId\":");
  });
  facts = TextOf([&](JsonBuffer& buffer, char* out) {
    return WriteContainer(buffer, WriteProcess(buffer, out, process), process);
  });
  entities =
      TextOf([&](JsonBuffer& buffer, char* out) { return WriteEntities(buffer, out, process); });
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
  out = WriteString(out, View(view.syscall));
  out = WriteLiteral(out,
                     ",\"stackAddresses\":[0],\"contextFlags\":{\"containerStarted\":false,"
                     "\"isCompat\":false}");
  return WriteLiteral(out, process.entities);
}

// The array of the event's fields: [{"name":…,"type":…,"value":…}, …].
char* EventJson::WriteArguments(JsonBuffer& buffer, char* out, const wirehound_event& view,
                                const DefinitionJson& definition) {
  out = Literal(buffer, out, "[");
  std::size_t skipped = 2;  // the first one has nothing to end
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

void AppendEvent(std::string& out, const Event& event) {
  const auto json = std::make_unique<EventJson>();
  JsonBuffer buffer(0);
  json->Append(buffer, event);
  out += buffer.text();
}

}  // namespace wirehound
