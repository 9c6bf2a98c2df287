// SPDX-License-Identifier: Apache-2.0

// libpcap takes a FILE stream, so this makes one that reads an InputWindow. The window still has
// the bytes that were peeked at, so nothing has to seek back, which a pipe cannot do.

#include "engine/sources/libpcap_reader.h"

#include <pcap/pcap.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>

#include "decoders/link/link_decoder.h"

namespace wirehound {
namespace {

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

ssize_t ReadFromWindow(void* cookie, char* out, std::size_t size) {
  auto& input = *static_cast<InputWindow*>(cookie);
  const std::span<const std::byte> bytes = input.PeekSome();
  if (bytes.empty() && input.error() != 0) {
    errno = input.error();
    return -1;
  }
  const std::size_t part = std::min(size, bytes.size());
  std::memcpy(out, bytes.data(), part);
  input.Skip(part);
  return static_cast<ssize_t>(part);
}

// The LINKTYPE_ number for libpcap's DLT_ number. They differ for raw IP, and for a few link layers
// that are not decoded.
std::uint32_t LinkTypeOf(int datalink) {
  return datalink == DLT_RAW ? kLinkTypeRaw : LinkTypeOfFile(static_cast<std::uint32_t>(datalink));
}

std::string LinkName(int datalink) {
  const char* name = pcap_datalink_val_to_name(datalink);
  return name != nullptr ? name : "number " + std::to_string(datalink);
}

}  // namespace

Result<std::unique_ptr<LibpcapReader>> LibpcapReader::Open(InputWindow input) {
  std::unique_ptr<LibpcapReader> reader(new LibpcapReader(std::move(input)));
  std::FILE* stream = fopencookie(&reader->input_, "rb", {.read = ReadFromWindow});
  if (stream == nullptr) {
    return Error(std::strerror(errno));
  }
  char reason[PCAP_ERRBUF_SIZE] = "";
  reader->handle_ =
      pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, reason);
  if (reader->handle_ == nullptr) {
    std::fclose(stream);
    return Error(std::string(reason) + "; expected pcap or pcapng");
  }
  const int datalink = pcap_datalink(reader->handle_);
  reader->link_type_ = LinkTypeOf(datalink);
  if (!IsDecodedLinkType(static_cast<LinkType>(reader->link_type_))) {
    return Error(ErrorCode::kUnsupported,
                 "link layer " + LinkName(datalink) +
                     " is not decoded; expected Ethernet, Linux cooked capture, raw IP, loopback, "
                     "PPP, PPPoE, IEEE 802.11, FDDI, Cisco HDLC, NFLOG, PPI or PKTAP");
  }
  return reader;
}

LibpcapReader::~LibpcapReader() {
  if (handle_ != nullptr) {
    pcap_close(handle_);
  }
}

ReadStep LibpcapReader::Next(Record& record) {
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  const int status = pcap_next_ex(handle_, &header, &data);
  if (status == PCAP_ERROR_BREAK) {
    return ReadStep::kEnd;
  }
  if (status != 1) {
    return Fail(pcap_geterr(handle_));
  }
  // Files have 32 bits of seconds. libpcap reads them as signed in one byte order and as unsigned
  // in the other.
  const auto seconds = static_cast<std::uint32_t>(header->ts.tv_sec);
  record.timestamp_ns = seconds * kNanosecondsPerSecond +
                        static_cast<std::uint64_t>(header->ts.tv_usec);  // nanoseconds, as asked
  record.bytes = std::as_bytes(std::span(data, header->caplen));
  record.wire_length = std::max(header->len, header->caplen);
  record.link_type = link_type_;
  return ReadStep::kPacket;
}

}  // namespace wirehound
