// SPDX-License-Identifier: Apache-2.0

#include "engine/safety/stray_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <spdlog/logger.h>

#include "engine/log/logging.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

// One per process, as file descriptor 1 is.
StrayOutput* g_stray_output = nullptr;
int g_standard_output = STDOUT_FILENO;

Error Failed(const char* what) {
  return Error(std::string("set standard output aside: ") + what + ": " + std::strerror(errno));
}

// The first line of a text, safe to print on a terminal.
std::string Sample(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  std::string shown;
  AppendPrintable(shown, text.substr(0, StrayOutput::kShownBytes));
  return shown;
}

}  // namespace

int StandardOutputFd() { return g_standard_output; }

Result<std::unique_ptr<StrayOutput>> StrayOutput::Start() {
  UniqueFd real(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!real) {
    return Failed("dup");
  }
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return Failed("pipe");
  }
  UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  std::fflush(stdout);
  if (dup2(write_end.get(), STDOUT_FILENO) < 0) {
    return Failed("dup2");
  }
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  return std::unique_ptr<StrayOutput>(new StrayOutput(std::move(real), std::move(read_end)));
}

StrayOutput::StrayOutput(UniqueFd real, UniqueFd read_end)
    : real_(std::move(real)), read_end_(std::move(read_end)), logger_(MakeLogger("wirehound")) {
  g_standard_output = real_.get();
  g_stray_output = this;
}

StrayOutput::~StrayOutput() {
  Read();
  g_stray_output = nullptr;
  g_standard_output = STDOUT_FILENO;
  dup2(real_.get(), STDOUT_FILENO);
}

void StrayOutput::Read(std::string_view who) {
  std::fflush(stdout);  // writes a line without its end
  std::array<char, 4096> buffer;
  std::string first;
  while (true) {
    const ssize_t got = read(read_end_.get(), buffer.data(), buffer.size());
    if (got > 0) {
      bytes_ += static_cast<std::uint64_t>(got);
      first = first.empty() ? std::string(buffer.data(), static_cast<std::size_t>(got)) : first;
    } else if (got == 0 || errno != EINTR) {
      break;
    }
  }
  if (!first.empty() && bytes_ >= next_warning_) {
    next_warning_ = bytes_ * kWarnAgainFactor;
    Warn(who, first);
  }
}

void StrayOutput::Warn(std::string_view who, std::string_view text) {
  logger_->warn("{} wrote to standard output: '{}' ({} bytes so far)", who, Sample(text), bytes_);
}

void AttributeStrayOutput(std::string_view who) {
  if (g_stray_output != nullptr) {
    g_stray_output->Read(who);
  }
}

}  // namespace wirehound
