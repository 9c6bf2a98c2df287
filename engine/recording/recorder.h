// SPDX-License-Identifier: Apache-2.0

// Recorder: writes the records of a source to pcapng files that Wireshark opens and from which
// --read makes the same events (docs/recording.md). Intake calls it. When it cannot write it logs
// that once and counts the records it does not write; the engine goes on. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <wirehound/result.h>

#include "base/recent_map.h"
#include "engine/recording/file_set.h"
#include "engine/recording/known_facts.h"
#include "engine/recording/section_writer.h"
#include "engine/recording/write_options.h"
#include "probes/capture/record.h"

namespace wirehound {

/// The section header of a recording. `system` is nothing when the packets are of another, unknown
/// system.
RecordingOrigin MakeRecordingOrigin(std::optional<SystemFacts> system);

class Recorder final : public RecordSink {
 public:
  /// Opens the first file, so that an error in the path shows before any packet is
  /// captured. With a split there is no first file, so it checks the folder.
  static Result<std::unique_ptr<Recorder>> Open(const WriteOptions& options,
                                                RecordingOrigin origin);

  void OnRecord(const Record& record) override;
  void OnProcess(const ProcessNotice& notice) override;
  void OnContainer(const wirehound_container_info& container) override;
  void OnGap(const CaptureGap& gap) override;
  void OnTime(std::uint64_t now_ns) override;
  /// Writes all blocks that are left.
  void OnEndOfStream() override;

  /// Writes the gathered blocks. Call it when the source pauses.
  void Flush();

  /// After OnEndOfStream, `written` plus `not_written` is the number of all records.
  const RecordingCounters& counters() const { return counters_; }

 private:
  static constexpr std::size_t kMaxNames = 8192;

  Recorder(const WriteOptions& options, RecordingOrigin origin);

  std::string NameOf(const Record& record);
  std::string ProcessName(const wirehound_process& process);
  void Write(const Record& record);
  template <typename Tell>
  void TellAll(Tell tell);
  void TellTime();
  void StopUnless(const Status& status);

  WriteOptions options_;
  RecordingOrigin origin_;
  RecordingCounters counters_;
  KnownFacts known_;
  FileSet files_;
  RecentMap<std::uint32_t, std::string> process_names_{kMaxNames};
  // Written only before something that depends on it: a later record carries its own time.
  std::uint64_t untold_time_ns_ = 0;
  std::string stopped_;  // why writing stopped, "" while it goes on
};

}  // namespace wirehound
