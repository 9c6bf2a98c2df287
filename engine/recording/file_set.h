// SPDX-License-Identifier: Apache-2.0

// FileSet: the files of a recording: one, or one after the other by size, or one for each process
// or container, or both. Few are open at a time; a file that is opened again continues with a new
// section. Beyond the limit of files the set removes the one begun first. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wirehound/result.h>

#include "engine/recording/recording_file.h"
#include "engine/recording/write_options.h"

namespace wirehound {

/// Untrusted text as part of a file's name: letters, digits, '-', '.' and '_', everything
/// else as '_'; never empty, never beginning with a dot, at most `most` bytes.
std::string NamePart(std::string_view text, std::size_t most);

class FileSet {
 public:
  /// The most files open at a time.
  static constexpr std::size_t kMaxOpen = 32;
  /// Names with a file of their own; all further ones share the file "other".
  static constexpr std::size_t kMaxNames = 65536;
  static constexpr std::size_t kFlushBytes = 256 * 1024;
  static constexpr std::size_t kSplitFlushBytes = 32 * 1024;  ///< of each of many

  FileSet(const WriteOptions& options, const RecordingFile::Shared& shared)
      : options_(options), shared_(shared) {}

  /// The file for a name, opened if need be. Without a split the name is "". Valid until
  /// the next call of any member.
  Result<RecordingFile*> FileOf(const std::string& name);

  /// Call it after writing to the file of this name.
  Status Commit(const std::string& name);

  /// Calls visit(file) for each open file.
  template <typename Visit>
  void ForEachOpen(Visit visit) {
    for (Entry* entry : open_) {
      visit(*entry->file);
    }
  }

  /// All files; the first error.
  Status Flush();

 private:
  struct Entry {
    std::string name;
    std::unique_ptr<RecordingFile> file;  // null when it is not open
    std::string path;                     // "": the next one is a new one
    std::uint64_t begun = 0;              // files begun with this name
    std::uint64_t used_at = 0;
  };

  Entry& EntryOf(const std::string& name);
  std::string PathOf(const Entry& entry) const;
  Status Open(Entry& entry);
  Status Close(Entry& entry);
  Status CloseOldest();
  Status RemoveOldest();
  bool numbered() const { return options_.file_bytes != 0; }
  bool split() const { return options_.split != RecordingSplit::kNothing; }

  WriteOptions options_;
  RecordingFile::Shared shared_;
  std::unordered_map<std::string, Entry> entries_;
  std::vector<Entry*> open_;
  std::uint64_t uses_ = 0;
  struct Begun {
    std::string name;
    std::string path;
  };
  std::deque<Begun> begun_;  // kept only when there is a limit
};

}  // namespace wirehound
