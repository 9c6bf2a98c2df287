// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/table_output.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/outputs/message_json.h"
#include "engine/utf8_text.h"

namespace wirehound {

namespace {

std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }

// Wall-clock time of day in the local zone with microseconds, enough to order a screenful.
void AppendTime(std::string& out, std::uint64_t timestamp_ns) {
  const auto seconds = static_cast<std::time_t>(timestamp_ns / 1'000'000'000);
  std::tm local{};
  localtime_r(&seconds, &local);
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:06} ", local.tm_hour, local.tm_min,
                 local.tm_sec, timestamp_ns % 1'000'000'000 / 1'000);
}

}  // namespace

TableOutput::TableOutput(std::unique_ptr<ByteSink> sink) : sink_(std::move(sink)) {
  fmt::format_to(std::back_inserter(sink_->buffer()), "{:<15} {:>6} {:<16} {:>8} {:>8} {:<24} {}\n",
                 "TIME", "UID", "COMM", "PID", "TID", "EVENT", "ARGS");
}

Status TableOutput::OnEvent(const Event& event) {
  std::string& out = sink_->buffer();
  const wirehound_process& process = *event.view.process;
  AppendTime(out, event.view.timestamp_ns);
  std::string comm;
  AppendPrintable(comm, View(process.comm));  // its own choice: must not steer the terminal
  fmt::format_to(std::back_inserter(out), "{:>6} {:<16} {:>8} {:>8} {:<24}", process.uid, comm,
                 process.host_pid, process.host_tid, event.definition->name);
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
    AppendValue(out, definition, field);
  }
  out += '\n';
  return sink_->CommitLine();
}

// As JSON, which escapes control characters, so that values cannot break the line.
void TableOutput::AppendValue(std::string& out, const EventField& definition,
                              const wirehound_field& field) {
  MessageJson* message =
      definition.message == nullptr ? nullptr : &messages_.Find(*definition.message);
  value_.Clear();
  value_.Commit(WriteFieldValue(value_, value_.end(), definition.type, message, field.value));
  out += value_.text();
}

}  // namespace wirehound
