// SPDX-License-Identifier: Apache-2.0

// RecordingFile: one file of a recording. Gathers blocks in memory, writes them in large pieces and
// counts what was written. The file holds whole blocks only, even when the disk is full. A file
// that was removed from outside is made anew. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <wirehound/result.h>

#include "base/unique_fd.h"
#include "engine/recording/section_writer.h"

namespace wirehound {

/// Counts of records. After the last flush each record is in `written` or in `not_written`.
struct RecordingCounters {
  std::uint64_t written = 0;
  std::uint64_t not_written = 0;     ///< the disk is full, or the folder is gone
  std::uint64_t files = 0;           ///< begun
  std::uint64_t files_removed = 0;   ///< by ourselves, to keep to the limit
  std::uint64_t files_vanished = 0;  ///< removed by others, and made anew
  std::uint64_t bytes = 0;
};

/// How a file is opened.
enum class FileOpening : std::uint8_t {
  kNamedByUser,  ///< made or emptied; may be a pipe or a link
  kNew,          ///< a name of ours: made or emptied, never through a link
  kAgain,        ///< a name of ours: goes on where it ended
};

class RecordingFile {
 public:
  struct Setup {
    std::string path;
    FileOpening opening = FileOpening::kNew;
    std::size_t flush_bytes = 0;  ///< gathered bytes after which Commit writes
  };

  /// Everything it refers to must outlive the file.
  struct Shared {
    const RecordingOrigin& origin;
    KnownFacts& known;
    RecordingCounters& counters;
  };

  /// Opens the file and begins a section in memory.
  static Result<std::unique_ptr<RecordingFile>> Open(const Setup& setup, const Shared& shared);

  /// What to write with; call Commit after each thing written.
  SectionWriter& section() { return section_; }
  void CountRecord() { ++waiting_records_; }

  /// Writes when enough bytes have gathered; begins a new section at its limits. An error is
  /// final: the file counts the records not written, and all later ones.
  Status Commit();
  Status Flush();

  /// The size of the file after the next flush.
  std::uint64_t size() const { return size_ + buffer_.size(); }
  const std::string& path() const { return setup_.path; }

  RecordingFile(const RecordingFile&) = delete;
  RecordingFile& operator=(const RecordingFile&) = delete;

 private:
  RecordingFile(const Setup& setup, const Shared& shared)
      : setup_(setup), shared_(shared), section_(buffer_, shared.known) {}

  Status OpenPath(FileOpening opening);
  Status OpenAnewIfGone();
  Status WriteBuffer();
  void KeepWholeBlocks(std::size_t written);

  Setup setup_;
  Shared shared_;
  UniqueFd fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;  // of the file
  std::uint64_t waiting_records_ = 0;
  SectionWriter section_;
  std::string failed_;  // the reason of the failure, or ""
};

}  // namespace wirehound
