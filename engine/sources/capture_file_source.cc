// SPDX-License-Identifier: Apache-2.0

#include "engine/sources/capture_file_source.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

namespace wirehound {

namespace {

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

// The link type of the registry for libpcap's own numbering, which differs between systems for
// raw IP; nothing for link layers that are not decoded.
std::optional<std::uint32_t> LinkTypeOf(int datalink) {
  switch (datalink) {
    case DLT_EN10MB:
      return kLinkTypeEthernet;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
      return kLinkTypeRaw;
    default:
      return std::nullopt;
  }
}

std::string LinkName(int datalink) {
  const char* name = pcap_datalink_val_to_name(datalink);
  return name != nullptr ? name : "number " + std::to_string(datalink);
}

// Opened by us rather than by libpcap, whose messages do not tell an empty file from a bad one.
Result<std::FILE*> OpenStream(const std::string& path) {
  std::FILE* stream = path == "-" ? stdin : std::fopen(path.c_str(), "rbe");
  if (stream == nullptr) {
    return Error(std::strerror(errno));
  }
  const int first = std::fgetc(stream);
  if (first == EOF) {
    const std::string reason =
        std::ferror(stream) != 0 ? std::strerror(errno) : "it is empty; expected pcap or pcapng";
    if (stream != stdin) {
      std::fclose(stream);
    }
    return Error(reason);
  }
  std::ungetc(first, stream);
  return stream;
}

}  // namespace

Result<std::unique_ptr<CaptureFileSource>> CaptureFileSource::Open(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : path;
  Result<std::FILE*> stream = OpenStream(path);
  if (!stream) {
    return std::move(stream).error().WithContext("read capture " + name);
  }
  char reason[PCAP_ERRBUF_SIZE] = "";
  pcap_t* handle =
      pcap_fopen_offline_with_tstamp_precision(*stream, PCAP_TSTAMP_PRECISION_NANO, reason);
  if (handle == nullptr) {
    std::fclose(*stream);
    return Error("read capture " + name + ": " + reason + "; expected pcap or pcapng");
  }
  const int datalink = pcap_datalink(handle);
  const std::optional<std::uint32_t> link_type = LinkTypeOf(datalink);
  if (!link_type) {
    pcap_close(handle);
    return Error(ErrorCode::kUnsupported, "read capture " + name + ": link layer " +
                                              LinkName(datalink) +
                                              " is not decoded; expected Ethernet or raw IP");
  }
  return std::unique_ptr<CaptureFileSource>(new CaptureFileSource(handle, name, *link_type));
}

CaptureFileSource::~CaptureFileSource() { pcap_close(handle_); }

Result<SourceState> CaptureFileSource::Read(RecordSink& sink, std::size_t max_records) {
  Record record;
  record.link_type = link_type_;
  record.process = &UnknownProcess();
  for (std::size_t i = 0; i < max_records && !stopped_; ++i) {
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    const int status = pcap_next_ex(handle_, &header, &data);
    if (status == PCAP_ERROR_BREAK) {
      stopped_ = true;
      break;
    }
    if (status != 1) {
      stopped_ = true;
      return Error("read capture " + name_ + " after " + std::to_string(delivered_) +
                   " packets: " + pcap_geterr(handle_));
    }
    record.timestamp_ns =
        static_cast<std::uint64_t>(header->ts.tv_sec) * kNanosecondsPerSecond +
        static_cast<std::uint64_t>(header->ts.tv_usec);  // nanoseconds, as asked for at opening
    record.bytes = std::as_bytes(std::span(data, header->caplen));
    record.wire_length = std::max(header->len, header->caplen);  // files may lie
    ++delivered_;
    sink.OnRecord(record);
  }
  return stopped_ ? SourceState::kEnd : SourceState::kMore;
}

std::vector<SourceCounter> CaptureFileSource::Counters() const {
  return {{SourceCounter::Kind::kDelivered, "delivered", delivered_}};
}

}  // namespace wirehound
