// SPDX-License-Identifier: Apache-2.0

#include "engine/sources/capture_file_source.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "base/unique_fd.h"
#include "decoders/link/link_decoder.h"
#include "engine/sources/input_window.h"
#include "engine/sources/libpcap_reader.h"
#include "engine/sources/pcap_reader.h"
#include "engine/sources/pcapng_reader.h"

namespace wirehound {

namespace {

constexpr std::size_t kMagicBytes = 4;

bool IsDecoded(std::uint32_t link_type) {
  return IsDecodedLinkType(static_cast<LinkType>(LinkTypeOfFile(link_type)));
}

// Chooses a reader by the first bytes of the input. libpcap gets all but the common formats: it
// reads more of them, and says what is wrong with any other input.
Result<std::unique_ptr<CaptureReader>> MakeReader(InputWindow input) {
  const std::span<const std::byte> magic = input.Peek(kMagicBytes);
  if (input.error() != 0) {
    return Error(std::strerror(input.error()));
  }
  if (magic.empty()) {
    return Error("it is empty; expected pcap or pcapng");
  }
  if (PcapngReader::Recognises(magic)) {
    auto reader = std::make_unique<PcapngReader>(std::move(input));
    reader->Start();
    return std::unique_ptr<CaptureReader>(std::move(reader));
  }
  const std::optional<PcapFormat> format = PcapReader::Recognise(input.Peek(kPcapFileHeaderBytes));
  if (format && IsDecoded(format->link_type)) {
    return std::unique_ptr<CaptureReader>(new PcapReader(std::move(input), *format));
  }
  return std::unique_ptr<CaptureReader>(WIREHOUND_TRY(LibpcapReader::Open(std::move(input))));
}

// Duplicates standard input, so that closing the result leaves it open.
UniqueFd OpenInput(const std::string& path) {
  return UniqueFd(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                              : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

// A descriptor to wait on, when `fd` is a pipe or socket. Not `fd` itself: the event loop may make
// it non-blocking, and then it is so for every process that shares it.
UniqueFd WaitableOf(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0 || (!S_ISFIFO(info.st_mode) && !S_ISSOCK(info.st_mode))) {
    return {};
  }
  UniqueFd waitable(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};
  return epoll_ctl(waitable.get(), EPOLL_CTL_ADD, fd, &event) == 0 ? std::move(waitable)
                                                                   : UniqueFd();
}

}  // namespace

Result<std::unique_ptr<CaptureFileSource>> CaptureFileSource::Open(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : path;
  UniqueFd fd = OpenInput(path);
  if (!fd) {
    return Error("read capture " + name + ": " + std::strerror(errno));
  }
  UniqueFd waitable = WaitableOf(fd.get());
  Result<std::unique_ptr<CaptureReader>> reader = MakeReader(InputWindow(std::move(fd)));
  if (!reader) {
    return std::move(reader).error().WithContext("read capture " + name);
  }
  return std::unique_ptr<CaptureFileSource>(
      new CaptureFileSource(*std::move(reader), name, std::move(waitable)));
}

Result<SourceState> CaptureFileSource::Read(RecordSink& sink, std::size_t max_records) {
  Record record;
  record.process = &UnknownProcess();
  for (std::size_t i = 0; i < max_records && !stopped_; ++i) {
    if (waitable_ && reader_->WouldWait()) {
      return SourceState::kIdle;
    }
    switch (reader_->Next(record)) {
      case ReadStep::kPacket:
        ++delivered_;
        sink.OnRecord(record);
        break;
      case ReadStep::kAside:
        reader_->DeliverAside(sink);
        break;
      case ReadStep::kEnd:
        stopped_ = true;
        break;
      case ReadStep::kFailed:
        stopped_ = true;
        return Error("read capture " + name_ + " after " + std::to_string(delivered_) +
                     " packets: " + reader_->error());
    }
  }
  return stopped_ ? SourceState::kEnd : SourceState::kMore;
}

std::vector<SourceCounter> CaptureFileSource::Counters() const {
  std::vector<SourceCounter> counters = {
      {SourceCounter::Kind::kDelivered, "delivered", delivered_}};
  const RecordedFacts* facts = reader_->facts();
  if (facts != nullptr && facts->lost() != 0) {
    counters.push_back({SourceCounter::Kind::kLost, "lost_when_recorded", facts->lost()});
  }
  return counters;
}

void CaptureFileSource::UseContainers(ContainerDirectory& containers) {
  if (RecordedFacts* facts = reader_->facts()) {
    facts->UseContainers(containers);
  }
}

const wirehound_process* CaptureFileSource::FindOwner(std::uint64_t owner_id) {
  RecordedFacts* facts = reader_->facts();
  return facts == nullptr ? nullptr : facts->FindOwner(owner_id);
}

bool CaptureFileSource::is_recording() const {
  const RecordedFacts* facts = reader_->facts();
  return facts != nullptr && facts->is_recording();
}

std::optional<SystemFacts> CaptureFileSource::system() const {
  const RecordedFacts* facts = reader_->facts();
  return facts == nullptr ? std::nullopt : facts->system();
}

}  // namespace wirehound
