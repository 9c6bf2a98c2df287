// SPDX-License-Identifier: Apache-2.0

// Http1HeadParser: a head, whole or cut, made into a message. Texts are views of the head where
// they are in one piece there. What belongs to the connection - which request a response answers,
// where the body ends - is filled in by http1_connection.h. Lives for one head.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/http/http1_anomalies.h"
#include "decoders/http/http1_framing.h"
#include "decoders/http/http1_header_lines.h"
#include "decoders/http/http1_start_line.h"
#include "decoders/http/http_sink.h"

namespace wirehound {

/// A message, and what the connection needs to know about it.
struct Http1Head {
  wirehound_http message{};  ///< without content_length and the request of a response
  Http1Lengths lengths;
  bool upgrade_to_h2c = false;  ///< "h2c" is among the protocols of Upgrade
  bool http2_settings = false;  ///< has HTTP2-Settings
};

class Http1HeadParser {
 public:
  /// `head` is one start line and header lines, at `offset` of the stream. `arena` must have been
  /// reset.
  Http1HeadParser(std::string_view head, std::uint64_t offset, Arena& arena,
                  Http1Anomalies& anomalies)
      : lines_(head), head_(head), offset_(offset), arena_(arena), anomalies_(anomalies) {}

  /// Fills `out` from the lines that have ended. False, with nothing reported: there is no start
  /// line, or it is not valid.
  ///
  /// A line that is no header field is left out, and so is what continues it. Lines and targets
  /// longer than kMaxHttpLineBytes are cut; fields behind kMaxHttpHeaders are left out but count
  /// for framing. Host is left out of the headers of a request, the first one being its host.
  bool Parse(HttpSide sender, Http1Head& out);

 private:
  void ReadFields(Http1Head& out);
  void ReadField(const Http1Line& line, Http1Head& out);
  std::string_view JoinContinued(std::string_view value);
  void SkipContinued();
  void AddField(std::string_view name, std::string_view value, Http1Head& out);
  bool TakeHost(std::string_view value, Http1Head& out);
  void FillStart(const Http1StartLine& start, Http1Head& out);
  wirehound_string StatusText(std::string_view status);
  void CheckLine(const Http1Line& line);
  void Report(AnomalyKind kind, const Http1Line& line) {
    anomalies_.Report(kind, offset_ + line.offset, line.text.size());
  }

  Http1LineReader lines_;
  std::string_view head_;
  std::uint64_t offset_;
  Arena& arena_;
  Http1Anomalies& anomalies_;
  std::size_t field_offset_ = 0;  // of the current field, in the head
  bool has_host_ = false;
};

}  // namespace wirehound
