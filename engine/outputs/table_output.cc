// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/table_output.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>
#include <string_view>
#include <utility>

#include <wirehound/abi/stores_abi.h>
#include <wirehound/views.h>

#include "engine/outputs/message_json.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

// Wall-clock time of day in the local zone with microseconds, enough to order a screenful.
void AppendTime(std::string& out, std::uint64_t timestamp_ns) {
  const auto seconds = static_cast<std::time_t>(timestamp_ns / 1'000'000'000);
  std::tm local{};
  localtime_r(&seconds, &local);
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:06} ", local.tm_hour, local.tm_min,
                 local.tm_sec, timestamp_ns % 1'000'000'000 / 1'000);
}

// The container of the process, in front of the arguments: its name, or the beginning of its id.
void AppendContainer(std::string& out, const wirehound_process& process) {
  constexpr std::size_t kShortId = 12;
  if (process.container_id.size == 0) {
    return;
  }
  out += " container=";
  const bool has_name = process.container != nullptr && process.container->name.size != 0;
  AppendPrintable(out, has_name ? ToView(process.container->name)
                                : ToView(process.container_id).substr(0, kShortId));
}

}  // namespace

TableOutput::TableOutput(std::unique_ptr<ByteSink> sink, const QueueSettings& settings)
    : LineOutput(std::move(sink), settings) {
  AddHeader(fmt::format("{:<15} {:>6} {:<16} {:>8} {:>8} {:<24} {}\n", "TIME", "UID", "COMM", "PID",
                        "TID", "EVENT", "ARGS"));
}

void TableOutput::AppendLine(JsonBuffer& lines, const Event& event) {
  std::string& out = line_;
  out.clear();
  const wirehound_process& process = *event.view.process;
  AppendTime(out, event.view.timestamp_ns);
  std::string comm;
  AppendPrintable(
      comm, ToView(process.comm));  // a process chooses its name: it must not steer the terminal
  fmt::format_to(std::back_inserter(out), "{:>6} {:<16} {:>8} {:>8} {:<24}", process.uid, comm,
                 process.host_pid, process.host_tid, event.definition->name);
  AppendContainer(out, process);
  // The metadata repeats what src, dst and the ports say, where they are.
  const bool has_addresses = event.definition->FieldIndex("src") >= 0;
  for (std::uint32_t i = 0; i < event.view.field_count; ++i) {
    const wirehound_field& field = event.view.fields[i];
    const EventField& definition = event.definition->fields[i];
    if ((field.flags & WIREHOUND_FIELD_ABSENT) != 0 ||
        (has_addresses && definition.name == "metadata")) {
      continue;
    }
    out += ' ';
    out += definition.name;
    out += '=';
    AppendValue(definition, field);
  }
  if (!event.completeness.whole() && event.detector != nullptr) {
    out += " (incomplete)";
  }
  out += '\n';
  lines.Append(out);
}

// As JSON, which escapes control characters, so that values cannot break the line.
void TableOutput::AppendValue(const EventField& definition, const wirehound_field& field) {
  MessageJson* message =
      definition.message == nullptr ? nullptr : &messages_.Find(*definition.message);
  value_.Clear();
  value_.Commit(WriteFieldValue(value_, value_.end(), definition.type, message, field.value));
  line_ += value_.text();
}

}  // namespace wirehound
