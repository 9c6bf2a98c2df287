// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/event_json.h"

#include <string_view>

#include "engine/outputs/json_text.h"
#include "engine/outputs/message_json.h"

namespace wirehound {

namespace {

std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }

void Key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

void Unsigned(std::string& out, std::string_view key, std::uint64_t value) {
  Key(out, key);
  AppendUnsigned(out, value);
}

void Signed(std::string& out, std::string_view key, std::int64_t value) {
  Key(out, key);
  AppendSigned(out, value);
}

void Text(std::string& out, std::string_view key, std::string_view value) {
  Key(out, key);
  AppendString(out, value);
}

void AppendProcess(std::string& out, const wirehound_event& view) {
  const wirehound_process& process = *view.process;
  Unsigned(out, "threadStartTime", process.thread_start_time_ns);
  Unsigned(out, "processorId", view.cpu);
  Signed(out, "processId", process.pid);
  Unsigned(out, "cgroupId", process.cgroup_id);
  Signed(out, "threadId", process.tid);
  Signed(out, "parentProcessId", process.parent_pid);
  Signed(out, "hostProcessId", process.host_pid);
  Signed(out, "hostThreadId", process.host_tid);
  Signed(out, "hostParentProcessId", process.host_parent_pid);
  Unsigned(out, "userId", process.uid);
  Unsigned(out, "mountNamespace", process.mount_namespace);
  Unsigned(out, "pidNamespace", process.pid_namespace);
  Text(out, "processName", View(process.comm));
  Key(out, "executable");
  out += "{\"path\":";
  AppendString(out, View(process.executable));
  out += '}';
  Text(out, "hostName", View(process.host_name));
  Text(out, "containerId", View(process.container_id));
}

void AppendContainer(std::string& out, const wirehound_process& process) {
  Key(out, "container");
  if (process.container_id.size == 0) {
    out += "{}";
  } else {
    out += "{\"id\":";
    AppendString(out, View(process.container_id));
    out += '}';
  }
  out += ",\"kubernetes\":{}";
}

void AppendThreat(std::string& out, const Threat& threat) {
  Key(out, "threat");
  out += "{\"name\":";
  AppendString(out, threat.name);
  Text(out, "description", threat.description);
  Unsigned(out, "severity", static_cast<std::uint32_t>(threat.severity));
  out += ",\"mitre\":{\"tactic\":{\"name\":";
  AppendString(out, threat.mitre_tactic);
  out += "},\"technique\":{\"id\":";
  AppendString(out, threat.mitre_technique_id);
  Text(out, "name", threat.mitre_technique_name);
  out += "}}}";
}

// The chain of causes, nearest first; each names its event and carries that event's fields.
void AppendCause(std::string& out, std::string_view key, const Event& cause) {
  Key(out, key);
  out += "{\"id\":";
  AppendUnsigned(out, cause.definition->id);
  Text(out, "name", cause.definition->name);
  Key(out, "data");
  AppendArguments(out, cause);
  if (cause.cause != nullptr) {
    AppendCause(out, "parent", *cause.cause);
  }
  out += '}';
}

void AppendDetection(std::string& out, const Event& event) {
  const DetectorDefinition& detector = *event.detector;
  if (detector.auto_populate.threat && detector.threat) {
    AppendThreat(out, *detector.threat);
  }
  if (detector.auto_populate.detected_from && event.cause != nullptr) {
    AppendCause(out, "detectedFrom", *event.cause);
  }
}

std::uint32_t CountPresent(const wirehound_event& view) {
  std::uint32_t present = 0;
  for (std::uint32_t i = 0; i < view.field_count; ++i) {
    present += (view.fields[i].flags & WIREHOUND_FIELD_ABSENT) == 0 ? 1 : 0;
  }
  return present;
}

}  // namespace

void AppendArguments(std::string& out, const Event& event) {
  out += '[';
  bool first = true;
  for (std::uint32_t i = 0; i < event.view.field_count; ++i) {
    const wirehound_field& field = event.view.fields[i];
    if ((field.flags & WIREHOUND_FIELD_ABSENT) != 0) {
      continue;
    }
    const EventField& definition = event.definition->fields[i];
    out += first ? "{\"name\":\"" : ",{\"name\":\"";
    first = false;
    out += definition.name;
    out += "\",\"type\":\"";
    out += definition.type_name;
    out += "\",\"value\":";
    AppendFieldValue(out, definition, field);
    out += '}';
  }
  out += ']';
}

void AppendEvent(std::string& out, const Event& event) {
  const wirehound_event& view = event.view;
  out += "{\"timestamp\":";
  AppendUnsigned(out, view.timestamp_ns);
  AppendProcess(out, view);
  AppendContainer(out, *view.process);
  out += ",\"eventId\":\"";
  AppendUnsigned(out, event.definition->id);
  out += "\",\"eventName\":";
  AppendString(out, event.definition->name);
  out += ",\"matchedPolicies\":[\"\"]";
  Unsigned(out, "argsNum", CountPresent(view));
  out += ",\"returnValue\":0";
  Text(out, "syscall", View(view.syscall));
  out += ",\"stackAddresses\":[0],\"contextFlags\":{\"containerStarted\":false,\"isCompat\":false}";
  Unsigned(out, "threadEntityId", view.process->thread_entity_id);
  Unsigned(out, "processEntityId", view.process->process_entity_id);
  Unsigned(out, "parentEntityId", view.process->parent_entity_id);
  Key(out, "args");
  AppendArguments(out, event);
  if (event.detector != nullptr) {
    AppendDetection(out, event);
  }
  out += '}';
}

}  // namespace wirehound
