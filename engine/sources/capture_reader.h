// SPDX-License-Identifier: Apache-2.0

// CaptureReader: reads packets of one capture format. The interface between CaptureFileSource and
// the readers of pcap and pcapng. Dispatch thread.

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

/// The result of CaptureReader::Next.
enum class ReadStep : std::uint8_t {
  kPacket,
  kAside,   ///< a fact instead of a packet: DeliverAside passes it on
  kEnd,     ///< the file has ended
  kFailed,  ///< error() says why; reading has ended
};

class CaptureReader {
 public:
  virtual ~CaptureReader() = default;

  /// Puts the next packet into `record`: sets the members that the file has values for and no
  /// others. What they point to lives until the next call. Not to be called after kEnd or kFailed.
  virtual ReadStep Next(Record& record) = 0;

  /// Passes to the sink what the last Next found instead of a packet. Only after kAside.
  virtual void DeliverAside(RecordSink& /*sink*/) {}

  /// What the file holds besides packets; null for formats without it.
  virtual RecordedFacts* facts() { return nullptr; }

  /// Whether Next would wait for the writer of a pipe.
  virtual bool WouldWait() const { return false; }

  /// What is wrong, at which offset, and what was expected.
  const std::string& error() const { return error_; }

 protected:
  ReadStep Fail(std::string error) {
    error_ = std::move(error);
    return ReadStep::kFailed;
  }

  /// The failure that `input` has only `have` of the `want` bytes of `what`: a read error, or a
  /// truncated file.
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

/// Reads numbers in the byte order of the file.
struct FileNumbers {
  bool big_endian = false;

  std::uint16_t U16(ByteReader& in) const { return big_endian ? in.ReadBe16() : in.ReadLe16(); }
  std::uint32_t U32(ByteReader& in) const { return big_endian ? in.ReadBe32() : in.ReadLe32(); }
  std::uint64_t U64(ByteReader& in) const { return big_endian ? in.ReadBe64() : in.ReadLe64(); }
};

/// The link type of a record for the LINKTYPE_ number of a file: the same number, except that all
/// numbers for "an IP header and nothing before it" become kLinkTypeRaw.
constexpr std::uint32_t LinkTypeOfFile(std::uint32_t number) {
  constexpr std::uint32_t kDltRaw = 12;  // raw IP, as some systems wrote it
  constexpr std::uint32_t kDltRawOpenBsd = 14;
  constexpr std::uint32_t kIpv4 = 228;
  constexpr std::uint32_t kIpv6 = 229;
  const bool raw =
      number == kDltRaw || number == kDltRawOpenBsd || number == kIpv4 || number == kIpv6;
  return raw ? kLinkTypeRaw : number;
}

}  // namespace wirehound
