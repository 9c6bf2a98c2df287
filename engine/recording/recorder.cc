// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/recorder.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <wirehound/views.h>

#include "engine/log/logging.h"
#include "engine/text/version.h"

namespace wirehound {
namespace {

constexpr std::size_t kNamePartBytes = 16;
constexpr std::size_t kContainerPartBytes = 12;  // as people name containers

// The name for packets without a known owner.
std::string NameWithoutOwner(const Record& record) {
  return record.owner_source == WIREHOUND_OWNER_KERNEL ? "kernel" : "unknown";
}

Status CheckFolder(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  folder = folder.empty() ? "." : folder;
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error("write recording to folder " + folder + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace

RecordingOrigin MakeRecordingOrigin(std::optional<SystemFacts> system) {
  RecordingOrigin origin{.application = "Wirehound " + std::string(kEngineVersion),
                         .operating_system = {},
                         .system = std::move(system)};
  if (origin.system) {
    origin.operating_system = fmt::format("Linux {} {}", EscapeText(origin.system->kernel_release),
                                          EscapeText(origin.system->architecture));
  }
  return origin;
}

Recorder::Recorder(const WriteOptions& options, RecordingOrigin origin)
    : options_(options),
      origin_(std::move(origin)),
      files_(options, {.origin = origin_, .known = known_, .counters = counters_}) {}

Result<std::unique_ptr<Recorder>> Recorder::Open(const WriteOptions& options,
                                                 RecordingOrigin origin) {
  std::unique_ptr<Recorder> recorder(new Recorder(options, std::move(origin)));
  if (options.split != RecordingSplit::kNothing) {
    WIREHOUND_TRY(CheckFolder(options.path));
  } else if (Result<RecordingFile*> file = recorder->files_.FileOf({}); !file) {
    return std::move(file).error();
  }
  return recorder;
}

void Recorder::OnRecord(const Record& record) {
  if (untold_time_ns_ > record.timestamp_ns) {
    TellTime();
  }
  untold_time_ns_ = 0;
  if (stopped_.empty()) {
    Write(record);
  } else {
    ++counters_.not_written;
  }
}

void Recorder::Write(const Record& record) {
  const std::string name = NameOf(record);
  Result<RecordingFile*> file = files_.FileOf(name);
  if (!file) {
    ++counters_.not_written;
    return StopUnless(std::move(file).error());
  }
  const KnownFacts::Owner* owner = record.owner_id == 0 ? nullptr : &known_.OwnerOf(record);
  (*file)->section().Packet(record, owner);
  (*file)->CountRecord();
  StopUnless(files_.Commit(name));
}

// Facts that concern every file go to every file that is open.
template <typename Tell>
void Recorder::TellAll(Tell tell) {
  if (!stopped_.empty()) {
    return;
  }
  if (options_.split == RecordingSplit::kNothing) {
    Result<RecordingFile*> file = files_.FileOf({});
    if (!file) {
      return StopUnless(std::move(file).error());
    }
    tell((*file)->section());
    return StopUnless(files_.Commit({}));
  }
  files_.ForEachOpen([&tell](RecordingFile& file) { tell(file.section()); });
}

void Recorder::OnProcess(const ProcessNotice& notice) {
  TellTime();
  if (!stopped_.empty()) {
    return;
  }
  const KnownFacts::Known& known = known_.Learn(notice);
  if (options_.split == RecordingSplit::kNothing) {
    TellAll([&](SectionWriter& section) { section.Notice(notice, known); });
  }
}

void Recorder::OnContainer(const wirehound_container_info& container) {
  TellTime();
  if (!stopped_.empty()) {
    return;
  }
  const KnownFacts::Known& known = known_.Learn(container);
  if (options_.split == RecordingSplit::kNothing) {
    const std::string id(ToView(container.id));
    TellAll([&](SectionWriter& section) { section.Container(id, known); });
  }
}

void Recorder::OnGap(const CaptureGap& gap) {
  TellTime();
  TellAll([&gap](SectionWriter& section) { section.Gap(gap); });
}

void Recorder::OnTime(std::uint64_t now_ns) { untold_time_ns_ = std::max(untold_time_ns_, now_ns); }

void Recorder::TellTime() {
  const std::uint64_t now_ns = std::exchange(untold_time_ns_, 0);
  if (now_ns != 0) {
    TellAll([now_ns](SectionWriter& section) { section.Time(now_ns); });
  }
}

void Recorder::OnEndOfStream() {
  TellTime();
  Flush();
}

// Also after recording has stopped: other files may still hold blocks to write.
void Recorder::Flush() { StopUnless(files_.Flush()); }

std::string Recorder::NameOf(const Record& record) {
  switch (options_.split) {
    case RecordingSplit::kNothing:
      break;
    case RecordingSplit::kProcess:
      return record.owner_id == 0 ? NameWithoutOwner(record) : ProcessName(*record.process);
    case RecordingSplit::kContainer: {
      if (record.owner_id == 0) {
        return NameWithoutOwner(record);
      }
      const std::string_view id = ToView(record.process->container_id);
      return id.empty() ? "host" : NamePart(id, kContainerPartBytes);
    }
  }
  return {};
}

// A process keeps the file named after its first name, even when it renames itself.
std::string Recorder::ProcessName(const wirehound_process& process) {
  if (const std::string* name = process_names_.Find(process.process_entity_id)) {
    return *name;
  }
  return process_names_.Put(
      process.process_entity_id,
      fmt::format("{}-{}-{:08x}", NamePart(ToView(process.comm), kNamePartBytes), process.host_pid,
                  process.process_entity_id));
}

void Recorder::StopUnless(const Status& status) {
  if (!status && stopped_.empty()) {
    stopped_ = status.error().message();
    MakeLogger("wirehound")->error("recording stops, everything else goes on: {}", stopped_);
  }
}

}  // namespace wirehound
