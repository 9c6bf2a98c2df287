// SPDX-License-Identifier: Apache-2.0

// LibpcapReader: all that libpcap can read and PcapReader does not: old versions, and formats that
// look like pcap but are not quite. Also what says what is wrong with a file that is no capture.
// Dispatch thread.

#pragma once

#include <cstdint>
#include <memory>

#include <wirehound/result.h>

#include "engine/sources/capture_reader.h"
#include "engine/sources/input_window.h"

struct pcap;

namespace wirehound {

class LibpcapReader : public CaptureReader {
 public:
  /// Reads the file header. An error says what is wrong with it, or that its link layer is none
  /// that is decoded.
  static Result<std::unique_ptr<LibpcapReader>> Open(InputWindow input);

  ~LibpcapReader() override;
  LibpcapReader(const LibpcapReader&) = delete;
  LibpcapReader& operator=(const LibpcapReader&) = delete;

  ReadStep Next(Record& record) override;

 private:
  explicit LibpcapReader(InputWindow input) : input_(std::move(input)) {}

  InputWindow input_;  // read through a stream of handle_, so it must not move
  pcap* handle_ = nullptr;
  std::uint32_t link_type_ = 0;
};

}  // namespace wirehound
