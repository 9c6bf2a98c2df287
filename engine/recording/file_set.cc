// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/file_set.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace wirehound {
namespace {

constexpr std::string_view kOther = "other";

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

// The time of now, in the form that names of capture files usually have, but in UTC.
std::string TimeText() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[sizeof("20261121235959")];
  const std::size_t size = std::strftime(text, sizeof(text), "%Y%m%d%H%M%S", &parts);
  return {text, size};
}

}  // namespace

std::string NamePart(std::string_view text, std::size_t most) {
  std::string part(text.substr(0, most));
  for (char& c : part) {
    c = IsPlain(c) ? c : '_';
  }
  if (part.empty() || part[0] == '.') {
    part.insert(0, 1, '_');
    part.resize(std::min(part.size(), most));
  }
  return part;
}

Result<RecordingFile*> FileSet::FileOf(const std::string& name) {
  Entry& entry = EntryOf(name);
  entry.used_at = ++uses_;
  if (!entry.file) {
    WIREHOUND_TRY(Open(entry));
  }
  return entry.file.get();
}

Status FileSet::Open(Entry& entry) {
  if (open_.size() >= kMaxOpen) {
    WIREHOUND_TRY(CloseOldest());
  }
  const bool is_new = entry.path.empty();
  RecordingFile::Setup setup{.path = is_new ? PathOf(entry) : entry.path,
                             .opening = FileOpening::kAgain,
                             .flush_bytes = split() ? kSplitFlushBytes : kFlushBytes};
  if (is_new) {
    setup.opening = numbered() || split() ? FileOpening::kNew : FileOpening::kNamedByUser;
  }
  entry.file = WIREHOUND_TRY(RecordingFile::Open(setup, shared_));
  entry.path = setup.path;
  entry.begun += is_new ? 1 : 0;
  open_.push_back(&entry);
  if (is_new && options_.files != 0) {
    begun_.push_back({entry.name, setup.path});
  }
  return begun_.size() > options_.files ? RemoveOldest() : Status();
}

Status FileSet::Commit(const std::string& name) {
  Entry& entry = EntryOf(name);
  WIREHOUND_TRY(entry.file->Commit());
  if (options_.file_bytes == 0 || entry.file->size() < options_.file_bytes) {
    return {};
  }
  entry.path.clear();
  return Close(entry);
}

Status FileSet::Flush() {
  Status first;
  ForEachOpen([&first](RecordingFile& file) {
    Status status = file.Flush();
    if (!status && first) {
      first = std::move(status);
    }
  });
  return first;
}

FileSet::Entry& FileSet::EntryOf(const std::string& name) {
  if (const auto found = entries_.find(name); found != entries_.end()) {
    return found->second;
  }
  const std::string own = entries_.size() < kMaxNames ? name : std::string(kOther);
  Entry& entry = entries_[own];
  entry.name = own;
  return entry;
}

std::string FileSet::PathOf(const Entry& entry) const {
  if (!numbered() && !split()) {
    return options_.path;
  }
  const std::filesystem::path whole(options_.path);
  std::string file = whole.stem().string();
  if (split()) {
    file += "_" + entry.name;
  }
  if (numbered()) {
    file += fmt::format("_{:05}_{}", entry.begun + 1, TimeText());
  }
  return (whole.parent_path() / (file + whole.extension().string())).string();
}

Status FileSet::Close(Entry& entry) {
  Status status = entry.file->Flush();
  entry.file.reset();
  open_.erase(std::find(open_.begin(), open_.end(), &entry));
  return status;
}

Status FileSet::CloseOldest() {
  return Close(**std::min_element(open_.begin(), open_.end(), [](const Entry* a, const Entry* b) {
    return a->used_at < b->used_at;
  }));
}

// The next packet for it begins another file.
Status FileSet::RemoveOldest() {
  const Begun oldest = std::move(begun_.front());
  begun_.pop_front();
  Entry& entry = EntryOf(oldest.name);
  Status status;
  if (entry.path == oldest.path) {
    entry.path.clear();
    status = entry.file ? Close(entry) : Status();
  }
  if (::unlink(oldest.path.c_str()) == 0) {
    ++shared_.counters.files_removed;
  } else if (errno != ENOENT && status) {
    status = Error("remove recording " + oldest.path + ": " + std::strerror(errno));
  }
  return status;
}

}  // namespace wirehound
