// SPDX-License-Identifier: Apache-2.0

// CaptureFileSource: packets of a pcap or pcapng file, read with libpcap. Needs no privilege.
// Nothing is known of processes, directions or interfaces in such a file. Dispatch thread.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "probes/source.h"

struct pcap;

namespace wirehound {

class CaptureFileSource : public Source {
 public:
  /// Opens a file, or standard input for "-". The error names the file and what is wrong: it
  /// cannot be opened, is empty, is no capture, or has a link layer that is not decoded.
  static Result<std::unique_ptr<CaptureFileSource>> Open(const std::string& path);

  ~CaptureFileSource() override;
  CaptureFileSource(const CaptureFileSource&) = delete;
  CaptureFileSource& operator=(const CaptureFileSource&) = delete;

  int poll_fd() const override { return -1; }
  Result<SourceState> Read(RecordSink& sink, std::size_t max_records) override;
  std::vector<SourceCounter> Counters() const override;

  /// Ends the stream after the records read so far.
  void Stop() { stopped_ = true; }

 private:
  CaptureFileSource(pcap* handle, std::string name, std::uint32_t link_type)
      : handle_(handle), name_(std::move(name)), link_type_(link_type) {}

  pcap* handle_;
  std::string name_;
  std::uint32_t link_type_;
  std::uint64_t delivered_ = 0;
  bool stopped_ = false;
};

}  // namespace wirehound
