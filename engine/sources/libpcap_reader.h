// SPDX-License-Identifier: Apache-2.0

// LibpcapReader: reads the formats that libpcap knows and PcapReader does not: old versions and
// variants of pcap. For a file that is no capture, its error says what is wrong. Dispatch thread.

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
  /// Reads the file header. The error says what is wrong with it, or that its link layer is not
  /// decoded.
  static Result<std::unique_ptr<LibpcapReader>> Open(InputWindow input);

  ~LibpcapReader() override;
  LibpcapReader(const LibpcapReader&) = delete;
  LibpcapReader& operator=(const LibpcapReader&) = delete;

  ReadStep Next(Record& record) override;

 private:
  explicit LibpcapReader(InputWindow input) : input_(std::move(input)) {}

  InputWindow input_;  // handle_ reads it through a pointer, so it must not move
  pcap* handle_ = nullptr;
  std::uint32_t link_type_ = 0;
};

}  // namespace wirehound
