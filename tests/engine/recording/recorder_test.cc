// SPDX-License-Identifier: Apache-2.0

// Recorder: a recording reads back as it was recorded, from one file or from many. Also covers
// files that cannot be written.

#include "engine/recording/recorder.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "tests/engine/recording/recording_lab.h"

namespace wirehound::test {
namespace recorder_test {

using Kind = ProcessNotice::Kind;

constexpr std::uint64_t kStart = 1'700'000'000'123'456'789;

// Records a process and its parent, a container, a gap, and packets with and without an owner.
void RecordOneOfEach(Recording& recording) {
  const wirehound_process parent = NumberedProcess(101, "init");
  wirehound_process child = NumberedProcess(100, "a\xff b%20\n");
  const wirehound_string arguments[] = {Text("curl"), Text(""), Text("--header\t\x80\xe4\xb8\xad")};
  recording.Notice(Kind::kFound, kStart - 5, parent);
  recording.Notice(Kind::kForked, kStart - 4, child);
  recording.Notice(Kind::kExec, kStart - 3, child, arguments);
  recording.Send([](RecordSink& sink) {
    wirehound_container_info container{};
    container.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
    container.is_pod_sandbox = 1;
    container.cgroup_id = 12345678901234567890u;
    container.id = Text("0123456789abcdef0123456789abcdef");
    container.runtime = Text("docker");
    container.name = Text("web \"1\"");
    container.image = Text("nginx:latest");
    container.pod_name = Text("pod");
    container.pod_namespace = Text("default");
    container.pod_uid = Text("uid");
    container.image_digest = Text("sha256:0123");
    sink.OnContainer(container);
  });
  recording.Packet(kStart, 17, child);
  recording.Packet(kStart + 1, 0, UnknownProcess(), "odd");
  recording.Send([](RecordSink& sink) {
    sink.OnGap({.timestamp_ns = kStart + 2, .reason = "ring_full", .records = 5});
  });
  recording.Packet(kStart + 3, 17, child, "");
  child.comm = Text("renamed");
  recording.Packet(kStart + 4, 17, child);
  recording.Packet(kStart + 4, 18, parent);
  recording.Notice(Kind::kExited, kStart + 5, child);
}

TEST_CASE("recorder: a recording reads back as what was recorded, in the same order") {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "a.pcapng";
  Recording recording({.path = path});
  RecordOneOfEach(recording);
  recording.recorder().OnEndOfStream();
  CHECK(ReadBack(path) == recording.expected.lines);
  const RecordingCounters& counters = recording.recorder().counters();
  CHECK(counters.written == 5);
  CHECK(counters.not_written == 0);
  CHECK(counters.bytes == std::filesystem::file_size(path));
}

TEST_CASE("recorder: a recording of a replayed recording is the same file") {
  const TemporaryFolder folder;
  const std::string first = folder.path() / "first.pcapng";
  const std::string second = folder.path() / "second.pcapng";
  Recording recording({.path = first});
  RecordOneOfEach(recording);
  recording.recorder().OnEndOfStream();
  auto source = CaptureFileSource::Open(first);
  REQUIRE(source);
  CHECK((*source)->is_recording());
  auto again = Recorder::Open({.path = second}, MakeRecordingOrigin((*source)->system()));
  REQUIRE(again);
  while (*(*source)->Read(**again, 2) != SourceState::kEnd) {
  }
  (*again)->OnEndOfStream();
  CHECK(ReadFile(first) == ReadFile(second));
}

TEST_CASE("recorder: the system is known before the first read, and lost records are counted") {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "a.pcapng";
  Recording recording({.path = path});
  RecordOneOfEach(recording);
  recording.recorder().OnEndOfStream();
  auto source = CaptureFileSource::Open(path);
  REQUIRE(source);
  REQUIRE((*source)->system());
  CHECK(JsonOfSystem(*(*source)->system()) == JsonOfSystem(SystemFacts::OfATest()));
  TextSink sink;
  CHECK(*(*source)->Read(sink, 100) == SourceState::kEnd);
  const std::vector<SourceCounter> counters = (*source)->Counters();
  REQUIRE(counters.size() == 2);
  CHECK(counters[1].kind == SourceCounter::Kind::kLost);
  CHECK(counters[1].count == 5);
  REQUIRE((*source)->FindOwner(18) != nullptr);
  CHECK(View((*source)->FindOwner(18)->comm) == "init");
  CHECK((*source)->FindOwner(19) == nullptr);
}

TEST_CASE("recorder: time without records is written once, before the next record or the end") {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "a.pcapng";
  Recording recording({.path = path});
  RecordSink& sink = recording.recorder();
  sink.OnTime(kStart);
  sink.OnTime(kStart + 10);
  recording.Packet(kStart + 20, 0, UnknownProcess());  // carries a later time
  sink.OnTime(kStart + 30);
  recording.Packet(kStart + 25, 0, UnknownProcess());  // older than the time before it
  sink.OnTime(kStart + 40);
  sink.OnTime(kStart + 50);
  sink.OnEndOfStream();
  std::vector<std::string> lines = ReadBack(path);
  REQUIRE(lines.size() == 4);
  CHECK(lines[1] == fmt::format("time {}", kStart + 30));
  CHECK(lines[3] == fmt::format("time {}", kStart + 50));
}

TEST_CASE("recorder: facts too long for one comment take several") {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "a.pcapng";
  Recording recording({.path = path});
  const std::string large(100'000, '\xfe');  // written as three bytes each
  const std::string cut_anywhere = [] {
    std::string text;
    for (int i = 0; i < 30'000; ++i) {
      text += "\xe4\xb8\xad";
    }
    return text;
  }();
  const wirehound_string arguments[] = {Text(large), Text(cut_anywhere)};
  recording.Notice(Kind::kFound, kStart, NumberedProcess(1, "long"), arguments);
  recording.Packet(kStart, 0, UnknownProcess());
  recording.recorder().OnEndOfStream();
  CHECK(ReadBack(path) == recording.expected.lines);
}

TEST_CASE("recorder: each file of a rotation is complete, and together they are the recording") {
  const TemporaryFolder folder;
  Recording recording({.path = folder.path() / "a.pcapng", .file_bytes = 4096});
  const wirehound_process parent = NumberedProcess(101, "init");
  const wirehound_process child = NumberedProcess(100, "curl");
  const wirehound_string arguments[] = {Text("curl"), Text("--silent")};
  recording.Notice(Kind::kFound, kStart, parent);
  recording.Notice(Kind::kExec, kStart, child, arguments);
  for (std::uint64_t i = 0; i < 100; ++i) {
    recording.Packet(kStart + i, 17, child);
  }
  recording.recorder().OnEndOfStream();
  const std::vector<std::string> files = FilesIn(folder.path());
  CHECK(files.size() == recording.recorder().counters().files);
  REQUIRE(files.size() > 3);
  CHECK(files[0].find("a_00001_") != std::string::npos);
  std::vector<std::string> records;
  for (const std::string& file : files) {
    CHECK(std::filesystem::file_size(file) < 2 * 4096);
    const std::vector<std::string> lines = ReadBack(file);
    CHECK(LinesWith(lines, "notice").size() == 2);  // the process and its parent
    for (const std::string& line : LinesWith(lines, "record")) {
      records.push_back(line);
    }
  }
  CHECK(records == LinesWith(recording.expected.lines, "record"));
}

TEST_CASE("recorder: beyond the limit of files the oldest are removed") {
  const TemporaryFolder folder;
  Recording recording({.path = folder.path() / "a.pcapng", .file_bytes = 4096, .files = 2});
  const wirehound_process process = NumberedProcess(100, "curl");
  for (std::uint64_t i = 0; i < 200; ++i) {
    recording.Packet(kStart + i, 17, process);
  }
  recording.recorder().OnEndOfStream();
  const std::vector<std::string> files = FilesIn(folder.path());
  REQUIRE(files.size() == 2);
  const RecordingCounters& counters = recording.recorder().counters();
  CHECK(counters.written == 200);
  CHECK(counters.files == counters.files_removed + 2);
  const std::vector<std::string> last = LinesWith(ReadBack(files[1]), "record");
  CHECK((last.empty() ? LinesWith(ReadBack(files[0]), "record") : last).back() ==
        recording.expected.lines.back());
}

TEST_CASE("recorder: with a split by process each of many processes has a file") {
  const TemporaryFolder folder;
  Recording recording({.path = folder.path() / "a.pcapng", .split = RecordingSplit::kProcess});
  constexpr std::uint32_t kProcesses = 2 * FileSet::kMaxOpen + 3;
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t i = 0; i < kProcesses; ++i) {
      recording.Packet(kStart, 1000 + i, NumberedProcess(20 * i, "worker"));
    }
  }
  recording.Packet(kStart, 0, UnknownProcess());
  recording.recorder().OnEndOfStream();
  const std::vector<std::string> files = FilesIn(folder.path());
  REQUIRE(files.size() == kProcesses + 1);
  CHECK(files.front() == (folder.path() / "a_unknown.pcapng").string());
  CHECK(std::filesystem::exists(folder.path() / "a_worker-5-00000009.pcapng"));
  for (std::size_t i = 1; i < files.size(); ++i) {
    const std::vector<std::string> lines = ReadBack(files[i]);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == lines[1]);
    CHECK(lines[0] == lines[2]);
  }
  CHECK(recording.recorder().counters().written == 3 * kProcesses + 1);
}

TEST_CASE("recorder: the file of a process has its parents in their state at that time") {
  const TemporaryFolder folder;
  Recording recording({.path = folder.path() / "a.pcapng", .split = RecordingSplit::kProcess});
  const wirehound_process parent = NumberedProcess(101, "init");
  const wirehound_process child = NumberedProcess(100, "curl");
  recording.Notice(Kind::kFound, kStart, parent);
  recording.Notice(Kind::kFound, kStart, NumberedProcess(500, "stranger"));
  recording.Notice(Kind::kForked, kStart, child);
  recording.Packet(kStart, 17, child);
  recording.Notice(Kind::kExited, kStart + 1, parent);
  recording.Packet(kStart + 2, 17, child);
  recording.recorder().OnEndOfStream();
  const std::vector<std::string> files = FilesIn(folder.path());
  REQUIRE(files.size() == 1);
  const std::vector<std::string> lines = ReadBack(files[0]);
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].find("'curl'") != std::string::npos);
  CHECK(lines[1].find("'init'") != std::string::npos);
  CHECK(lines[2].starts_with("record"));
  CHECK(lines[4].starts_with(fmt::format("notice {} ", static_cast<int>(Kind::kExited))));
  CHECK(lines[5].starts_with("record"));
}

TEST_CASE("recorder: with a split by container each container has a file, and the host has one") {
  const TemporaryFolder folder;
  Recording recording({.path = folder.path() / "a.pcapng", .split = RecordingSplit::kContainer});
  wirehound_process process = NumberedProcess(100, "curl");
  recording.Packet(kStart, 17, process);
  process.container_id = Text("../../etc/passwd");
  recording.Packet(kStart, 18, process);
  process.container_id = {};
  recording.Packet(kStart, 19, process);
  recording.recorder().OnEndOfStream();
  std::vector<std::string> names;
  for (const std::string& file : FilesIn(folder.path())) {
    names.push_back(std::filesystem::path(file).filename());
  }
  CHECK(names == std::vector<std::string>{"a_0123456789ab.pcapng", "a__.._.._etc_p.pcapng",
                                          "a_host.pcapng"});
}

TEST_CASE("recorder: hostile names cannot lead out of the folder") {
  CHECK(NamePart("curl", 16) == "curl");
  CHECK(NamePart("../x", 16) == "_.._x");
  CHECK(NamePart("", 16) == "_");
  CHECK(NamePart(std::string_view("a/b\0c d\n", 8), 16) == "a_b_c_d_");
  CHECK(NamePart("\xff\xfe", 16) == "__");
  CHECK(NamePart("kworker/0:1-with-more", 7) == "kworker");
}

// While it lives, no file of this process can grow beyond `bytes` bytes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int);
};

TEST_CASE("recorder: records that no longer fit are counted, and the file reads to its end") {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "a.pcapng";
  Recording recording({.path = path});
  constexpr std::uint64_t kPackets = 5000;
  {
    const FileSizeLimit limit(300'001);
    for (std::uint64_t i = 0; i < kPackets; ++i) {
      recording.Packet(kStart + i, 17, NumberedProcess(100, "curl"), "a packet of some size");
    }
    recording.recorder().OnEndOfStream();
  }
  const RecordingCounters& counters = recording.recorder().counters();
  CHECK(counters.not_written > 0);
  CHECK(counters.written + counters.not_written == kPackets);
  const std::vector<std::string> lines = ReadBack(path);
  CHECK(lines.size() == counters.written);
  CHECK(lines == std::vector<std::string>(
                     recording.expected.lines.begin(),
                     recording.expected.lines.begin() + static_cast<std::ptrdiff_t>(lines.size())));
}

TEST_CASE("recorder: a file that was removed is created again and can be read") {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "a.pcapng";
  Recording recording({.path = path});
  const wirehound_process process = NumberedProcess(100, "curl");
  recording.Packet(kStart, 17, process);
  recording.recorder().Flush();
  std::filesystem::remove(path);
  recording.Packet(kStart + 1, 17, process);
  recording.recorder().Flush();  // the recorder notices it here
  recording.Packet(kStart + 2, 17, process);
  recording.recorder().OnEndOfStream();
  const std::vector<std::string> lines = ReadBack(path);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == recording.expected.lines[2]);
  const RecordingCounters& counters = recording.recorder().counters();
  CHECK(counters.files_vanished == 1);
  CHECK(counters.written == 2);
  CHECK(counters.not_written == 1);
}

TEST_CASE("recorder: a path that cannot be written is an error at once") {
  const TemporaryFolder folder;
  for (const RecordingSplit split : {RecordingSplit::kNothing, RecordingSplit::kProcess}) {
    const std::string path = folder.path() / "missing" / "a.pcapng";
    const auto recorder = Recorder::Open({.path = path, .split = split}, {});
    REQUIRE_FALSE(recorder);
    CHECK(recorder.error().message().find("No such file") != std::string::npos);
  }
}

}  // namespace recorder_test
}  // namespace wirehound::test
