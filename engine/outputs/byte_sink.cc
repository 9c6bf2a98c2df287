// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/byte_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/safety/stray_output.h"

namespace wirehound {

namespace {

// Waits for a descriptor that is non-blocking, as terminals shared with other programs sometimes
// are.
void WaitWritable(int fd) {
  pollfd entry = {.fd = fd, .events = POLLOUT, .revents = 0};
  poll(&entry, 1, -1);
}

bool SameFile(int a, int b) {
  struct stat of_a {};
  struct stat of_b {};
  return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
         of_a.st_ino == of_b.st_ino;
}

// /dev/stdout and its like open what file descriptor 1 is, which may not be standard output.
int OpenForWriting(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd >= 0 && StandardOutputFd() != STDOUT_FILENO && SameFile(fd, STDOUT_FILENO)) {
    close(fd);
    return fcntl(StandardOutputFd(), F_DUPFD_CLOEXEC, 0);
  }
  return fd;
}

}  // namespace

ByteSink::ByteSink(int fd, bool owned, std::string name)
    : fd_(fd), owned_(owned), name_(std::move(name)) {}

std::unique_ptr<ByteSink> ByteSink::StandardOutput() {
  return std::unique_ptr<ByteSink>(new ByteSink(StandardOutputFd(), false, "standard output"));
}

Result<std::unique_ptr<ByteSink>> ByteSink::OpenFile(const std::string& path) {
  const int fd = OpenForWriting(path);
  if (fd < 0) {
    return Error("open output file " + path + ": " + std::strerror(errno));
  }
  return std::unique_ptr<ByteSink>(new ByteSink(fd, true, path));
}

ByteSink::~ByteSink() {
  if (owned_) {
    close(fd_);
  }
}

std::ptrdiff_t ByteSink::WriteSome(std::string_view bytes) {
  for (;;) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written >= 0) {
      return written;
    }
    if (errno == EAGAIN) {
      WaitWritable(fd_);
    } else if (errno != EINTR) {
      return -errno;
    }
  }
}

}  // namespace wirehound
