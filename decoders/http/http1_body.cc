// SPDX-License-Identifier: Apache-2.0

// Contents are stepped over at once. The few bytes between chunks are taken one by one, so that it
// does not matter where segments cut them.
//
// Chunked coding is where request smuggling happens: two servers that read a chunk size differently
// disagree about where the next request starts. So a size line is hex digits, blanks, an extension
// and a line end; anything else loses the direction instead of being guessed. A bare LF or a bare
// CR leaves the size clear: the line is accepted and the oddity reported.

#include "decoders/http/http1_body.h"

#include <algorithm>

#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

int HexValue(char byte) {
  if (byte >= '0' && byte <= '9') {
    return byte - '0';
  }
  const int lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

}  // namespace

void Http1Body::Start(const Http1Framing& framing) {
  left_ = framing.body_bytes;
  line_bytes_ = 0;
  trailer_bytes_ = 0;
  switch (framing.kind) {
    case Http1BodyKind::kNone:
      state_ = State::kDone;
      break;
    case Http1BodyKind::kLength:
      state_ = left_ == 0 ? State::kDone : State::kLength;
      break;
    case Http1BodyKind::kChunked:
      state_ = State::kSizeStart;
      break;
    case Http1BodyKind::kUntilClose:
      state_ = State::kUntilClose;
      break;
  }
}

Http1Body::Status Http1Body::status() const {
  if (state_ == State::kDone) {
    return Status::kDone;
  }
  return state_ == State::kLost ? Status::kLost : Status::kMore;
}

std::size_t Http1Body::Take(std::string_view bytes, std::uint64_t offset,
                            Http1Anomalies& anomalies) {
  std::size_t taken = 0;
  while (taken < bytes.size() && status() == Status::kMore) {
    if (state_ <= State::kLength || state_ == State::kData) {
      taken += TakeContents(bytes.size() - taken);
    } else {
      TakeByte(bytes[taken], offset + taken, anomalies);
      ++taken;
    }
  }
  return taken;
}

// Missing bytes are harmless inside contents of a known size, up to their exact end. Missing bytes
// beyond that end may have contained chunk sizes or whole heads.
bool Http1Body::TakeGap(std::uint64_t size) {
  if (state_ == State::kUntilClose) {
    return true;
  }
  if ((state_ != State::kLength && state_ != State::kData) || size > left_) {
    state_ = State::kLost;
    return false;
  }
  left_ -= size;
  if (left_ == 0) {
    state_ = state_ == State::kLength ? State::kDone : State::kDataCr;
  }
  return true;
}

std::size_t Http1Body::TakeContents(std::size_t available) {
  if (state_ == State::kUntilClose) {
    return available;
  }
  const std::uint64_t taken = std::min<std::uint64_t>(available, left_);
  TakeGap(taken);
  return static_cast<std::size_t>(taken);
}

void Http1Body::TakeByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies) {
  switch (state_) {
    case State::kSizeStart:
    case State::kSize:
    case State::kSizeBlank:
      TakeSizeByte(byte, offset, anomalies);
      break;
    case State::kExtension:
    case State::kSizeLf:
      TakeExtensionByte(byte, offset, anomalies);
      break;
    case State::kDataCr:
    case State::kDataLf:
      if (byte != (state_ == State::kDataCr ? '\r' : '\n')) {
        LoseSync(AnomalyKind::kHttpBadChunkSize, offset, anomalies);
      } else {
        state_ = state_ == State::kDataCr ? State::kDataLf : State::kSizeStart;
        line_bytes_ = 0;
      }
      break;
    default:
      TakeTrailerByte(byte, offset, anomalies);
      break;
  }
}

void Http1Body::TakeSizeByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies) {
  const int digit = HexValue(byte);
  CountLineByte(offset, anomalies);
  if (state_ == State::kLost) {
    return;
  }
  if (digit >= 0 && state_ != State::kSizeBlank) {
    return TakeDigit(static_cast<unsigned>(digit), offset, anomalies);
  }
  if (state_ != State::kSizeStart && IsBlank(byte)) {
    state_ = State::kSizeBlank;
  } else if (state_ != State::kSizeStart && byte == ';') {
    state_ = State::kExtension;
  } else if (state_ != State::kSizeStart && byte == '\r') {
    state_ = State::kSizeLf;
  } else if (state_ != State::kSizeStart && byte == '\n') {
    anomalies.Report(AnomalyKind::kHttpBareLf, offset);
    EndSizeLine();
  } else {
    LoseSync(AnomalyKind::kHttpBadChunkSize, offset, anomalies);
  }
}

// Leading zeros are digits like others; only the value is limited, so that it cannot wrap around
// and turn a huge chunk into a small one.
void Http1Body::TakeDigit(unsigned digit, std::uint64_t offset, Http1Anomalies& anomalies) {
  left_ = state_ == State::kSizeStart ? 0 : left_;
  if (left_ > (kMaxHttpChunkBytes - digit) / 16) {
    return LoseSync(AnomalyKind::kHttpBadChunkSize, offset, anomalies);
  }
  left_ = left_ * 16 + digit;
  state_ = State::kSize;
}

// A byte of a chunk extension, or the byte after a CR. That CR ends the line if an LF follows, else
// it is a bare CR inside the extension.
void Http1Body::TakeExtensionByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies) {
  CountLineByte(offset, anomalies);
  if (state_ == State::kLost) {
    return;
  }
  if (byte == '\n') {
    if (state_ == State::kExtension) {
      anomalies.Report(AnomalyKind::kHttpBareLf, offset);
    }
    return EndSizeLine();
  }
  if (state_ == State::kSizeLf) {
    anomalies.Report(AnomalyKind::kHttpBareCr, offset);
  }
  state_ = byte == '\r' ? State::kSizeLf : State::kExtension;
}

void Http1Body::EndSizeLine() {
  line_bytes_ = 0;
  state_ = left_ == 0 ? State::kTrailerStart : State::kData;
}

// Trailers can no longer change the framing, so whatever is wrong with them is reported and the
// lines are stepped over. Only their total size is limited.
void Http1Body::TakeTrailerByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies) {
  if (++trailer_bytes_ > kMaxHttpHeadBytes) {
    return LoseSync(AnomalyKind::kHttpHeaderTooLarge, offset, anomalies);
  }
  if (++line_bytes_ > kMaxHttpLineBytes) {
    anomalies.Report(AnomalyKind::kHttpLineTooLong, offset);
  }
  if (byte == '\0') {
    anomalies.Report(AnomalyKind::kHttpNulInHeader, offset);
  }
  const bool after_cr = state_ == State::kTrailerLf || state_ == State::kTrailersLf;
  if (after_cr && byte != '\n') {
    anomalies.Report(AnomalyKind::kHttpBareCr, offset);
    state_ = State::kTrailerValue;
  }
  if (state_ == State::kTrailersLf) {
    state_ = State::kDone;
  } else if (state_ == State::kTrailerStart) {
    StartTrailerLine(byte, offset, anomalies);
  } else if (state_ == State::kTrailerName) {
    TakeTrailerNameByte(byte, offset, anomalies);
  } else if (byte == '\n') {
    if (!after_cr) {
      anomalies.Report(AnomalyKind::kHttpBareLf, offset);
    }
    state_ = State::kTrailerStart;
  } else if (byte == '\r') {
    state_ = State::kTrailerLf;
  }
}

void Http1Body::StartTrailerLine(char byte, std::uint64_t offset, Http1Anomalies& anomalies) {
  line_bytes_ = 1;
  if (byte == '\r') {
    state_ = State::kTrailersLf;
  } else if (byte == '\n') {
    anomalies.Report(AnomalyKind::kHttpBareLf, offset);
    state_ = State::kDone;
  } else if (IsBlank(byte)) {
    anomalies.Report(AnomalyKind::kHttpObsoleteFolding, offset);
    state_ = State::kTrailerValue;
  } else if (byte == ':') {
    anomalies.Report(AnomalyKind::kHttpMalformedHeader, offset);
    state_ = State::kTrailerValue;
  } else {
    state_ = State::kTrailerName;
    TakeTrailerNameByte(byte, offset, anomalies);
  }
}

void Http1Body::TakeTrailerNameByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies) {
  if (IsTokenByte(byte)) {
    return;
  }
  if (byte != ':') {
    anomalies.Report(AnomalyKind::kHttpMalformedHeader, offset);
  }
  state_ = State::kTrailerValue;
  if (byte == '\r') {
    state_ = State::kTrailerLf;
  } else if (byte == '\n') {
    anomalies.Report(AnomalyKind::kHttpBareLf, offset);
    state_ = State::kTrailerStart;
  }
}

void Http1Body::CountLineByte(std::uint64_t offset, Http1Anomalies& anomalies) {
  if (++line_bytes_ > kMaxHttpLineBytes) {
    LoseSync(AnomalyKind::kHttpLineTooLong, offset, anomalies);
  }
}

void Http1Body::LoseSync(AnomalyKind kind, std::uint64_t offset, Http1Anomalies& anomalies) {
  anomalies.Report(kind, offset);
  state_ = State::kLost;
}

}  // namespace wirehound
