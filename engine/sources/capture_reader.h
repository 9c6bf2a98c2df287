// SPDX-License-Identifier: Apache-2.0

// CaptureReader: packets out of one capture format. What the readers of pcap and pcapng have in
// common and CaptureFileSource calls. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "decoders/core/byte_reader.h"
#include "engine/recording/recorded_facts.h"
#include "engine/sources/input_window.h"
#include "probes/capture/record.h"

namespace wirehound {

/// What came of asking for the next packet.
enum class ReadStep : std::uint8_t {
  kPacket,
  kAside,   ///< no packet: DeliverAside hands on what there is
  kEnd,     ///< there is no more
  kFailed,  ///< error() says why; there will be no more
};

class CaptureReader {
 public:
  virtual ~CaptureReader() = default;

  /// Puts the next packet into `record`: all that the file says of it, and nothing else is
  /// touched. What it points to lives until the next call. Not to be called after kEnd or kFailed.
  virtual ReadStep Next(Record& record) = 0;

  /// Tells the sink what the last call of Next found instead of a packet. Only after kAside.
  virtual void DeliverAside(RecordSink& /*sink*/) {}

  /// What the file tells beyond its packets; null for formats that cannot.
  virtual RecordedFacts* facts() { return nullptr; }

  /// Whether Next would wait for whoever writes the other end of a pipe.
  virtual bool WouldWait() const { return false; }

  /// What is wrong, with where in the file and what was expected.
  const std::string& error() const { return error_; }

 protected:
  ReadStep Fail(std::string error) {
    error_ = std::move(error);
    return ReadStep::kFailed;
  }

  /// What it means that `input` had only `have` of the `want` bytes of `what`.
  ReadStep FailShort(const InputWindow& input, std::string_view what, std::size_t have,
                     std::size_t want) {
    if (input.error() != 0) {
      return Fail(std::strerror(input.error()));
    }
    return Fail("truncated: " + std::string(what) + " at offset " + std::to_string(input.offset()) +
                " has " + std::to_string(have) + " of " + std::to_string(want) + " bytes");
  }

 private:
  std::string error_;
};

/// Numbers in the byte order of whoever wrote a file.
struct FileNumbers {
  bool big_endian = false;

  std::uint16_t U16(ByteReader& in) const { return big_endian ? in.ReadBe16() : in.ReadLe16(); }
  std::uint32_t U32(ByteReader& in) const { return big_endian ? in.ReadBe32() : in.ReadLe32(); }
  std::uint64_t U64(ByteReader& in) const { return big_endian ? in.ReadBe64() : in.ReadLe64(); }
};

/// The link type to tell decoders for the LINKTYPE_ number of a file: that number, but one for all
/// that mean an IP header and nothing before it.
constexpr std::uint32_t LinkTypeOfFile(std::uint32_t number) {
  constexpr std::uint32_t kDltRaw = 12;  // what some systems wrote for raw IP
  constexpr std::uint32_t kDltRawOpenBsd = 14;
  constexpr std::uint32_t kIpv4 = 228;
  constexpr std::uint32_t kIpv6 = 229;
  const bool raw =
      number == kDltRaw || number == kDltRawOpenBsd || number == kIpv4 || number == kIpv6;
  return raw ? kLinkTypeRaw : number;
}

}  // namespace wirehound
