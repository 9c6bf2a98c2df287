// SPDX-License-Identifier: Apache-2.0

#include "engine/safety/crash_capture.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace wirehound {

namespace {

// draft-ietf-opsawg-pcap, in the byte order of this machine.
struct FileHeader {
  std::uint32_t magic = 0xa1b23c4d;  // nanoseconds
  std::uint16_t major = 2;
  std::uint16_t minor = 4;
  std::uint32_t reserved[2] = {0, 0};
  std::uint32_t snap_length = 0;
  std::uint32_t link_type = 0;
};
static_assert(sizeof(FileHeader) == 24);

struct PacketHeader {
  std::uint32_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  std::uint32_t captured_length = 0;
  std::uint32_t wire_length = 0;
};
static_assert(sizeof(PacketHeader) == 16);

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::uint32_t kSnapLength = 262144;

// Returns 0 or errno. The kernel writes a regular file in one go unless the disk is full.
int WriteParts(int fd, const Record& record) {
  FileHeader file;
  file.snap_length = kSnapLength;
  file.link_type = record.link_type;
  PacketHeader packet;
  packet.seconds = static_cast<std::uint32_t>(record.timestamp_ns / kNanosecondsPerSecond);
  packet.nanoseconds = static_cast<std::uint32_t>(record.timestamp_ns % kNanosecondsPerSecond);
  packet.captured_length = static_cast<std::uint32_t>(record.bytes.size());
  packet.wire_length = record.wire_length;
  const std::array<iovec, 3> parts = {{
      {&file, sizeof file},
      {&packet, sizeof packet},
      {const_cast<std::byte*>(record.bytes.data()), record.bytes.size()},
  }};
  const std::size_t wanted = sizeof file + sizeof packet + record.bytes.size();
  const ssize_t written = writev(fd, parts.data(), static_cast<int>(parts.size()));
  if (written < 0) {
    return errno;
  }
  // A short write: the disk is full, or the bytes behind are not mapped.
  return static_cast<std::size_t>(written) == wanted ? 0 : EFAULT;
}

}  // namespace

int WriteCrashCapture(const char* path, const Record& record) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return errno;
  }
  const int error = WriteParts(fd, record);
  close(fd);
  if (error != 0) {
    unlink(path);
  }
  return error;
}

}  // namespace wirehound
