// SPDX-License-Identifier: Apache-2.0

#include "engine/sources/capture_file_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "decoders/link_decoder.h"
#include "engine/sources/input_window.h"
#include "engine/sources/libpcap_reader.h"
#include "engine/sources/pcap_reader.h"
#include "engine/sources/pcapng_reader.h"
#include "probes/unique_fd.h"

namespace wirehound {

namespace {

constexpr std::size_t kMagicBytes = 4;

bool IsDecoded(std::uint32_t link_type) {
  return IsDecodedLinkType(static_cast<LinkType>(LinkTypeOfFile(link_type)));
}

// The reader for what the input starts with. libpcap gets all that is not clear: it reads more
// formats, and says what is wrong with the rest.
Result<std::unique_ptr<CaptureReader>> MakeReader(InputWindow input) {
  const std::span<const std::byte> magic = input.Peek(kMagicBytes);
  if (input.error() != 0) {
    return Error(std::strerror(input.error()));
  }
  if (magic.empty()) {
    return Error("it is empty; expected pcap or pcapng");
  }
  if (PcapngReader::Recognises(magic)) {
    return std::unique_ptr<CaptureReader>(new PcapngReader(std::move(input)));
  }
  const std::optional<PcapFormat> format = PcapReader::Recognise(input.Peek(kPcapFileHeaderBytes));
  if (format && IsDecoded(format->link_type)) {
    return std::unique_ptr<CaptureReader>(new PcapReader(std::move(input), *format));
  }
  Result<std::unique_ptr<LibpcapReader>> reader = LibpcapReader::Open(std::move(input));
  if (!reader) {
    return std::move(reader).error();
  }
  return std::unique_ptr<CaptureReader>(*std::move(reader));
}

// Standard input is read through a descriptor of our own, so that it is not closed with it.
UniqueFd OpenInput(const std::string& path) {
  return UniqueFd(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                              : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace

Result<std::unique_ptr<CaptureFileSource>> CaptureFileSource::Open(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : path;
  UniqueFd fd = OpenInput(path);
  if (!fd) {
    return Error("read capture " + name + ": " + std::strerror(errno));
  }
  Result<std::unique_ptr<CaptureReader>> reader = MakeReader(InputWindow(std::move(fd)));
  if (!reader) {
    return std::move(reader).error().WithContext("read capture " + name);
  }
  return std::unique_ptr<CaptureFileSource>(new CaptureFileSource(*std::move(reader), name));
}

Result<SourceState> CaptureFileSource::Read(RecordSink& sink, std::size_t max_records) {
  Record record;
  record.process = &UnknownProcess();
  for (std::size_t i = 0; i < max_records && !stopped_; ++i) {
    switch (reader_->Next(record)) {
      case ReadStep::kPacket:
        ++delivered_;
        sink.OnRecord(record);
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
  return {{SourceCounter::Kind::kDelivered, "delivered", delivered_}};
}

}  // namespace wirehound
