// SPDX-License-Identifier: Apache-2.0

// The frame reader's states. Each step takes what it can of the input and says whether that made a
// part, needs more input, or leads on to another state.

#include "decoders/http/http2_frame_reader.h"

#include <algorithm>
#include <cstring>

#include "decoders/core/byte_reader.h"

namespace wirehound {
namespace {

constexpr std::size_t kPriorityBytes = 5;
constexpr std::size_t kPromisedStreamBytes = 4;
constexpr std::uint32_t kSettingBytes = 6;
constexpr std::uint32_t kStreamIdMask = 0x7fffffff;

bool CarriesBlock(Http2FrameType type) {
  return type == Http2FrameType::kHeaders || type == Http2FrameType::kPushPromise ||
         type == Http2FrameType::kContinuation;
}

// Sections 6.1 to 6.9. BeginPayload checks frames with header blocks.
bool IsOdd(const Http2Frame& frame) {
  const bool on_stream = frame.stream_id != 0;
  switch (frame.type) {
    case Http2FrameType::kData:
      return !on_stream || (frame.is_padded() && frame.payload_bytes == 0);
    case Http2FrameType::kPriority:
      return !on_stream || frame.payload_bytes != 5;
    case Http2FrameType::kRstStream:
      return !on_stream || frame.payload_bytes != 4;
    case Http2FrameType::kSettings:
      return on_stream || frame.payload_bytes % kSettingBytes != 0 ||
             (frame.is_ack() && frame.payload_bytes != 0);
    case Http2FrameType::kPing:
      return on_stream || frame.payload_bytes != 8;
    case Http2FrameType::kGoaway:
      return on_stream || frame.payload_bytes < 8;
    case Http2FrameType::kWindowUpdate:
      return frame.payload_bytes != 4;
    default:
      return false;
  }
}

}  // namespace

Http2Part Http2FrameReader::Read(std::span<const std::byte>& input) {
  for (;;) {
    Step step;
    switch (state_) {
      case State::kPreface:
        step = ReadPreface(input);
        break;
      case State::kHeader:
        step = ReadHeader(input);
        break;
      case State::kPrefix:
        step = ReadPrefix(input);
        break;
      case State::kFragment:
        step = ReadFragment(input);
        break;
      case State::kSettings:
        step = ReadSetting(input);
        break;
      case State::kSkip:
        step = SkipPayload(input);
        break;
      case State::kLost:
        Take(input, input.size());
        step = Http2Part::kNone;
        break;
    }
    if (step.has_value()) {
      return *step;
    }
  }
}

Http2GapResult Http2FrameReader::SkipGap(std::uint64_t size) {
  const bool inside = state_ != State::kPreface && state_ != State::kHeader &&
                      state_ != State::kLost && size <= left_ - gathered_;
  if (inside && (state_ == State::kSkip || state_ == State::kSettings)) {
    // The gap may have cut a setting in two, so the rest of the SETTINGS frame cannot be read.
    state_ = State::kSkip;
    left_ -= gathered_ + static_cast<std::uint32_t>(size);
    gathered_ = 0;
    taken_ += size;
    return Http2GapResult::kSkipped;
  }
  const bool in_block = inside;
  state_ = State::kLost;
  return in_block ? Http2GapResult::kBlockLost : Http2GapResult::kSyncLost;
}

Http2FrameReader::Step Http2FrameReader::Lose() {
  state_ = State::kLost;
  return Http2Part::kLost;
}

std::span<const std::byte> Http2FrameReader::Take(std::span<const std::byte>& input,
                                                  std::size_t size) {
  const auto taken = input.first(std::min(size, input.size()));
  input = input.subspan(taken.size());
  taken_ += taken.size();
  return taken;
}

std::optional<std::span<const std::byte>> Http2FrameReader::Gather(
    std::span<const std::byte>& input, std::size_t size) {
  if (gathered_ == 0 && input.size() >= size) {
    return Take(input, size);
  }
  const auto piece = Take(input, size - gathered_);
  if (!piece.empty()) {
    std::memcpy(gather_.data() + gathered_, piece.data(), piece.size());
    gathered_ = static_cast<std::uint8_t>(gathered_ + piece.size());
  }
  if (gathered_ < size) {
    return std::nullopt;
  }
  gathered_ = 0;
  return std::span<const std::byte>(gather_).first(size);
}

Http2FrameReader::Step Http2FrameReader::ReadPreface(std::span<const std::byte>& input) {
  const std::string_view expected = kHttp2Preface.substr(gathered_);
  const std::size_t size = std::min(expected.size(), input.size());
  if (size > 0 && std::memcmp(input.data(), expected.data(), size) != 0) {
    return Lose();
  }
  Take(input, size);
  gathered_ = static_cast<std::uint8_t>(gathered_ + size);
  if (gathered_ < kHttp2Preface.size()) {
    return Http2Part::kNone;
  }
  gathered_ = 0;
  state_ = State::kHeader;
  return std::nullopt;
}

Http2FrameReader::Step Http2FrameReader::ReadHeader(std::span<const std::byte>& input) {
  const auto header = Gather(input, kHttp2FrameHeaderBytes);
  if (!header.has_value()) {
    return Http2Part::kNone;
  }
  ByteReader reader(*header);
  frame_ = {};
  frame_.offset = taken_ - kHttp2FrameHeaderBytes;
  frame_.payload_bytes = static_cast<std::uint32_t>(reader.ReadBe16()) << 8;
  frame_.payload_bytes |= reader.ReadU8();
  frame_.type = static_cast<Http2FrameType>(reader.ReadU8());
  frame_.flags = reader.ReadU8();
  frame_.stream_id = reader.ReadBe32() & kStreamIdMask;
  if (frame_.payload_bytes > max_frame_bytes_ || !InOrder()) {
    return Lose();
  }
  first_frame_ = false;
  return BeginPayload();
}

// Section 3.4: each side begins with SETTINGS. Section 6.10: nothing comes between the frames of a
// header block.
bool Http2FrameReader::InOrder() const {
  if (first_frame_) {
    return frame_.type == Http2FrameType::kSettings;
  }
  if (open_block_stream_ != 0) {
    return frame_.type == Http2FrameType::kContinuation && frame_.stream_id == open_block_stream_;
  }
  return frame_.type != Http2FrameType::kContinuation &&
         (frame_.stream_id != 0 || !CarriesBlock(frame_.type));
}

std::size_t Http2FrameReader::PrefixBytes() const {
  if (frame_.type == Http2FrameType::kContinuation) {
    return 0;
  }
  const std::size_t fixed = frame_.type == Http2FrameType::kPushPromise ? kPromisedStreamBytes
                            : frame_.has_priority()                     ? kPriorityBytes
                                                                        : 0;
  return fixed + (frame_.is_padded() ? 1 : 0);
}

Http2FrameReader::Step Http2FrameReader::BeginPayload() {
  left_ = frame_.payload_bytes;
  if (CarriesBlock(frame_.type)) {
    open_block_stream_ = frame_.ends_headers() ? 0 : frame_.stream_id;
    state_ = State::kPrefix;
    return PrefixBytes() > left_ ? Lose() : std::nullopt;
  }
  frame_.odd = IsOdd(frame_);
  state_ = frame_.type == Http2FrameType::kSettings && !frame_.is_ack() ? State::kSettings
                                                                        : State::kSkip;
  return Http2Part::kFrame;
}

Http2FrameReader::Step Http2FrameReader::ReadPrefix(std::span<const std::byte>& input) {
  const std::size_t size = PrefixBytes();
  if (size == 0) {
    return BeginFragment({});
  }
  const auto prefix = Gather(input, size);
  if (!prefix.has_value()) {
    return Http2Part::kNone;
  }
  return BeginFragment(*prefix);
}

Http2FrameReader::Step Http2FrameReader::BeginFragment(std::span<const std::byte> prefix) {
  ByteReader reader(prefix);
  padding_ = frame_.is_padded() && !prefix.empty() ? reader.ReadU8() : std::uint8_t{0};
  if (frame_.type == Http2FrameType::kPushPromise) {
    frame_.promised_stream_id = reader.ReadBe32() & kStreamIdMask;
  }
  left_ -= static_cast<std::uint32_t>(prefix.size());
  if (padding_ > left_) {
    return Lose();
  }
  left_ -= padding_;
  state_ = State::kFragment;
  return Http2Part::kFrame;
}

Http2FrameReader::Step Http2FrameReader::ReadFragment(std::span<const std::byte>& input) {
  if (input.empty() && left_ > 0) {
    return Http2Part::kNone;
  }
  fragment_ = Take(input, left_);
  left_ -= static_cast<std::uint32_t>(fragment_.size());
  fragment_ends_ = left_ == 0;
  if (fragment_ends_) {
    state_ = State::kSkip;
    left_ = padding_;
  }
  return Http2Part::kFragment;
}

Http2FrameReader::Step Http2FrameReader::ReadSetting(std::span<const std::byte>& input) {
  if (left_ < kSettingBytes) {
    state_ = State::kSkip;
    return std::nullopt;
  }
  const auto bytes = Gather(input, kSettingBytes);
  if (!bytes.has_value()) {
    return Http2Part::kNone;
  }
  ByteReader reader(*bytes);
  setting_.id = reader.ReadBe16();
  setting_.value = reader.ReadBe32();
  left_ -= kSettingBytes;
  return Http2Part::kSetting;
}

Http2FrameReader::Step Http2FrameReader::SkipPayload(std::span<const std::byte>& input) {
  left_ -= static_cast<std::uint32_t>(Take(input, left_).size());
  if (left_ > 0) {
    return Http2Part::kNone;
  }
  state_ = State::kHeader;
  return std::nullopt;
}

}  // namespace wirehound
