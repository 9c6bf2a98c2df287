// SPDX-License-Identifier: Apache-2.0

// Shared by the tests of recordings: processes and packets to record, a sink that writes each call
// as text, and ReadBack, which reads a file through the same source as --read.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/recording/recorder.h"
#include "engine/sources/capture_file_source.h"
#include "probes/capture/record.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {

inline wirehound_string Text(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }

/// A process with a different number in every member. It borrows `name`, which must outlive it.
inline wirehound_process NumberedProcess(std::uint32_t number, std::string_view name) {
  wirehound_process process = UnknownProcess();
  process.uid = number + 1;
  process.start_time_ns = 1'700'000'000'000'000'000 + number;
  process.thread_start_time_ns = process.start_time_ns + 7;
  process.cgroup_id = 0xfedcba9876543210 + number;
  process.pid = static_cast<std::int32_t>(number) + 2;
  process.tid = -3;
  process.parent_pid = static_cast<std::int32_t>(number) + 4;
  process.host_pid = static_cast<std::int32_t>(number) + 5;
  process.host_tid = static_cast<std::int32_t>(number) + 6;
  process.host_parent_pid = static_cast<std::int32_t>(number) + 7;
  process.mount_namespace = 4026531840;
  process.pid_namespace = 4026531836;
  process.thread_entity_id = number + 8;
  process.process_entity_id = number + 9;
  process.parent_entity_id = number + 10;
  process.gid = number + 11;
  process.comm = Text(name);
  process.executable = Text("/usr/bin/some thing");
  process.host_name = Text("h\xc3\xb6st");
  process.container_id = Text("0123456789abcdef0123456789abcdef");
  return process;
}

inline std::string Describe(const wirehound_process& p) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} '{}' '{}' '{}' '{}'",
                     p.struct_size, p.uid, p.start_time_ns, p.thread_start_time_ns, p.cgroup_id,
                     p.pid, p.tid, p.parent_pid, p.host_pid, p.host_tid, p.host_parent_pid,
                     p.mount_namespace, p.pid_namespace, p.thread_entity_id, p.process_entity_id,
                     p.parent_entity_id, p.gid, View(p.comm), View(p.executable), View(p.host_name),
                     View(p.container_id));
}

/// Keeps one line of text for each call.
class TextSink : public RecordSink {
 public:
  void OnRecord(const Record& r) override {
    lines.push_back(fmt::format(
        "record {} '{}' {} {} {} {} {} {} {} {} {} {} of {}", r.timestamp_ns,
        std::string_view(reinterpret_cast<const char*>(r.bytes.data()), r.bytes.size()),
        r.wire_length, r.link_type, r.direction, r.interface_index, r.interface_name, r.cpu,
        r.syscall, r.owner_source, r.owner_id, r.network_namespace, Describe(*r.process)));
  }
  void OnProcess(const ProcessNotice& notice) override {
    std::string arguments;
    for (const wirehound_string& argument : notice.arguments) {
      arguments += fmt::format(" '{}'", View(argument));
    }
    lines.push_back(fmt::format("notice {} {}{} of {}", static_cast<int>(notice.kind),
                                notice.timestamp_ns, arguments, Describe(*notice.process)));
  }
  void OnContainer(const wirehound_container_info& c) override {
    lines.push_back(fmt::format("container {} {} {} {} {} {} {} {} {}", c.struct_size, c.cgroup_id,
                                View(c.id), View(c.runtime), View(c.name), View(c.image),
                                View(c.pod_name), View(c.pod_namespace), View(c.pod_uid)));
  }
  void OnGap(const CaptureGap& gap) override {
    lines.push_back(fmt::format("gap {} {} {}", gap.timestamp_ns, gap.reason, gap.records));
  }
  void OnTime(std::uint64_t now_ns) override { lines.push_back(fmt::format("time {}", now_ns)); }

  std::vector<std::string> lines;
};

/// Passes each call both to a recorder and to a TextSink.
class Recording {
 public:
  explicit Recording(const WriteOptions& options,
                     const RecordingOrigin& origin = MakeRecordingOrigin(SystemFacts::OfATest())) {
    Result<std::unique_ptr<Recorder>> opened = Recorder::Open(options, origin);
    REQUIRE_MESSAGE(opened, opened.error().message());
    recorder_ = *std::move(opened);
  }

  /// Records a packet with the bytes `data` at `time_ns`. `owner_id` 0 means that it has no owner.
  void Packet(std::uint64_t time_ns, std::uint64_t owner_id, const wirehound_process& process,
              std::string_view data = "packet") {
    Record record;
    record.timestamp_ns = time_ns;
    record.bytes = std::as_bytes(std::span(data));
    record.wire_length = static_cast<std::uint32_t>(data.size()) + 100;
    record.direction = WIREHOUND_DIRECTION_EGRESS;
    record.interface_index = 2;
    record.interface_name = "eth0";
    record.cpu = 1;
    record.syscall = 44;
    record.owner_source = owner_id == 0 ? WIREHOUND_OWNER_NONE : WIREHOUND_OWNER_CURRENT;
    record.owner_id = owner_id;
    record.process = &process;
    record.network_namespace = 4026531840;
    Send([&](RecordSink& sink) { sink.OnRecord(record); });
  }
  void Notice(ProcessNotice::Kind kind, std::uint64_t time_ns, const wirehound_process& process,
              std::span<const wirehound_string> arguments = {}) {
    Send([&](RecordSink& sink) {
      sink.OnProcess(
          {.kind = kind, .timestamp_ns = time_ns, .process = &process, .arguments = arguments});
    });
  }
  template <typename Call>
  void Send(Call call) {
    call(expected);
    call(*recorder_);
  }

  Recorder& recorder() { return *recorder_; }
  TextSink expected;

 private:
  std::unique_ptr<Recorder> recorder_;
};

/// The lines for every call that reading a file makes. An error is the last line.
inline std::vector<std::string> ReadBack(const std::string& path) {
  Result<std::unique_ptr<CaptureFileSource>> source = CaptureFileSource::Open(path);
  REQUIRE_MESSAGE(source, source.error().message());
  TextSink sink;
  for (;;) {
    const Result<SourceState> state = (*source)->Read(sink, 100);
    if (!state) {
      sink.lines.push_back("error: " + state.error().message());
    }
    if (!state || *state == SourceState::kEnd) {
      return std::move(sink.lines);
    }
  }
}

inline std::vector<std::string> LinesWith(const std::vector<std::string>& lines,
                                          std::string_view start) {
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    if (line.starts_with(start)) {
      found.push_back(line);
    }
  }
  return found;
}

/// The files of a folder, sorted by name.
inline std::vector<std::string> FilesIn(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace wirehound::test
