// SPDX-License-Identifier: Apache-2.0

#include "decoders/http/http1_header_lines.h"

namespace wirehound {
namespace {

bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

}  // namespace

std::size_t FindHttp1HeadEnd(std::string_view bytes, Http1HeadScan& state) {
  std::size_t position = 0;
  while (position < bytes.size()) {
    if (state == Http1HeadScan::kInLine) {
      const std::size_t line_end = bytes.find('\n', position);
      if (line_end == std::string_view::npos) {
        return line_end;
      }
      state = Http1HeadScan::kLineStart;
      position = line_end + 1;
    } else if (bytes[position] == '\n') {
      return position + 1;
    } else {
      const bool cr = state == Http1HeadScan::kLineStart && bytes[position] == '\r';
      state = cr ? Http1HeadScan::kLineStartCr : Http1HeadScan::kInLine;
      ++position;
    }
  }
  return std::string_view::npos;
}

Http1Line Http1LineReader::Next() {
  const std::string_view rest = head_.substr(position_);
  Http1Line line;
  line.offset = position_;
  const std::size_t end = rest.find('\n');
  line.ended = end != std::string_view::npos;
  line.text = rest.substr(0, end);
  position_ += line.ended ? end + 1 : rest.size();
  // A CR elsewhere than at the end is found before the one that belongs there.
  const std::size_t cr = line.text.find('\r');
  line.bare_cr = cr < line.text.size() - 1 && cr != std::string_view::npos;
  if (line.text.ends_with('\r')) {
    line.text.remove_suffix(1);
  } else {
    line.bare_lf = line.ended;
  }
  return line;
}

std::string_view TrimHttpValue(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && IsBlank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace wirehound
