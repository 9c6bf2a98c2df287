// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/recording_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/recording/recording_format.h"

namespace wirehound {
namespace {

constexpr mode_t kMode = 0600;  // packets are private

int FlagsOf(FileOpening opening) {
  constexpr int kAlways = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
  switch (opening) {
    case FileOpening::kNamedByUser:
      return kAlways | O_TRUNC;
    case FileOpening::kNew:
      return kAlways | O_TRUNC | O_NOFOLLOW;
    case FileOpening::kAgain:
      break;
  }
  return kAlways | O_APPEND | O_NOFOLLOW;
}

// Writes as much as the system takes. Returns 0 when that was all, else errno.
int WriteAll(int fd, std::string_view bytes, std::size_t& written) {
  while (written < bytes.size()) {
    const ssize_t step = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (step >= 0) {
      written += static_cast<std::size_t>(step);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// The blocks that are whole within the first `size` bytes: their bytes and their packets.
struct Whole {
  std::size_t bytes = 0;
  std::uint64_t packets = 0;
};

Whole WholeBlocks(std::string_view blocks, std::size_t size) {
  Whole whole;
  while (whole.bytes < size) {
    std::uint32_t head[2];  // type and length
    std::memcpy(head, blocks.data() + whole.bytes, sizeof(head));
    if (whole.bytes + head[1] > size) {
      break;
    }
    whole.bytes += head[1];
    whole.packets += head[0] == pcapng::kEnhancedPacket ? 1 : 0;
  }
  return whole;
}

}  // namespace

Result<std::unique_ptr<RecordingFile>> RecordingFile::Open(const Setup& setup,
                                                           const Shared& shared) {
  std::unique_ptr<RecordingFile> file(new RecordingFile(setup, shared));
  WIREHOUND_TRY(file->OpenPath(setup.opening));
  shared.counters.files += setup.opening == FileOpening::kAgain ? 0 : 1;
  file->section_.Start(shared.origin);
  return file;
}

Status RecordingFile::OpenPath(FileOpening opening) {
  fd_ = UniqueFd(::open(setup_.path.c_str(), FlagsOf(opening), kMode));
  struct stat info {};
  if (!fd_ || fstat(fd_.get(), &info) != 0) {
    return Error("write recording " + setup_.path + ": " + std::strerror(errno));
  }
  size_ = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  return {};
}

Status RecordingFile::Commit() {
  if (buffer_.size() >= setup_.flush_bytes) {
    WIREHOUND_TRY(Flush());
  }
  if (section_.full()) {
    section_.Start(shared_.origin);
  }
  return {};
}

Status RecordingFile::Flush() {
  if (failed_.empty() && !buffer_.empty()) {
    Status status = OpenAnewIfGone();
    if (status) {
      status = WriteBuffer();
    }
    if (!status) {
      failed_ = status.error().message();
    }
  }
  if (failed_.empty()) {
    return {};
  }
  shared_.counters.not_written += std::exchange(waiting_records_, 0);
  buffer_.clear();
  return Error(failed_);
}

// The gathered blocks refer to interfaces that the removed file described: they are lost with it,
// and counted.
Status RecordingFile::OpenAnewIfGone() {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0 || info.st_nlink != 0 || !S_ISREG(info.st_mode) || size_ == 0) {
    return {};
  }
  WIREHOUND_TRY(
      OpenPath(setup_.opening == FileOpening::kAgain ? FileOpening::kNew : setup_.opening));
  ++shared_.counters.files_vanished;
  shared_.counters.not_written += std::exchange(waiting_records_, 0);
  buffer_.clear();
  section_.Start(shared_.origin);
  return {};
}

Status RecordingFile::WriteBuffer() {
  std::size_t written = 0;
  const int error = WriteAll(fd_.get(), buffer_, written);
  if (error != 0) {
    KeepWholeBlocks(written);
    return Error("write recording " + setup_.path + ": " + std::strerror(error));
  }
  size_ += written;
  shared_.counters.bytes += written;
  shared_.counters.written += std::exchange(waiting_records_, 0);
  buffer_.clear();
  return {};
}

// Cuts a partial block off the end of the file, so that readers can read it to the end.
void RecordingFile::KeepWholeBlocks(std::size_t written) {
  const Whole whole = WholeBlocks(buffer_, written);
  size_ += whole.bytes;
  shared_.counters.bytes += whole.bytes;
  shared_.counters.written += whole.packets;
  waiting_records_ -= whole.packets;
  if (whole.bytes != written) {
    // A pipe cannot be cut.
    const bool cut = ftruncate(fd_.get(), static_cast<off_t>(size_)) == 0;
    size_ += cut ? 0 : written - whole.bytes;
  }
}

}  // namespace wirehound
