// SPDX-License-Identifier: Apache-2.0

// CaptureFileSource: packets of a pcap or pcapng file. Needs no privilege. A file of another
// program names no processes, and only pcapng names interfaces and directions; a recording of
// Wirehound (docs/recording.md) holds all that live capture knew. The formats are in pcap_reader.h,
// pcapng_reader.h and libpcap_reader.h. Dispatch thread.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "base/unique_fd.h"
#include "engine/sources/capture_reader.h"
#include "probes/capture/source.h"

namespace wirehound {

class CaptureFileSource : public Source {
 public:
  /// Opens a file, or standard input for "-", which may be a pipe. The error names the file and
  /// what is wrong: it cannot be opened, is empty, is no capture, or is a pcap file with a link
  /// layer that is not decoded. pcapng packets may differ in link layer: all of them are delivered.
  static Result<std::unique_ptr<CaptureFileSource>> Open(const std::string& path);

  /// Readable when the pipe is. Read on a pipe returns kIdle instead of waiting for the first byte
  /// of a packet. -1 for a file.
  int poll_fd() const override { return waitable_.get(); }
  Result<SourceState> Read(RecordSink& sink, std::size_t max_records) override;
  std::vector<SourceCounter> Counters() const override;
  const wirehound_process* FindOwner(std::uint64_t owner_id) override;
  void UseContainers(ContainerDirectory& containers) override;

  /// Whether the file starts as a recording of Wirehound; known after Open.
  bool is_recording() const;
  /// The system that it was recorded on; nothing when the file does not say.
  std::optional<SystemFacts> system() const;

  /// Ends the stream after the records read so far.
  void Stop() override { stopped_ = true; }

 private:
  CaptureFileSource(std::unique_ptr<CaptureReader> reader, std::string name, UniqueFd waitable)
      : reader_(std::move(reader)), name_(std::move(name)), waitable_(std::move(waitable)) {}

  std::unique_ptr<CaptureReader> reader_;
  std::string name_;
  UniqueFd waitable_;  // an epoll descriptor on the pipe; none for a file
  std::uint64_t delivered_ = 0;
  bool stopped_ = false;
};

}  // namespace wirehound
