// SPDX-License-Identifier: Apache-2.0

// Http2FrameReader: the frames of one direction of an HTTP/2 connection (RFC 9113 section 4), from
// bytes that may be split anywhere. It finds frames, takes padding and priorities off header
// blocks and sees to the order of the frames that carry one; it keeps at most 9 bytes and never a
// payload. What frames mean is the connection's business. One thread.
//
// Invariant: when Read gives kNone, all of the input has been taken.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace wirehound {

/// What a client begins with (RFC 9113 section 3.4).
inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr std::size_t kHttp2FrameHeaderBytes = 9;
/// SETTINGS_MAX_FRAME_SIZE before anyone says otherwise, and the most it can be.
inline constexpr std::uint32_t kHttp2DefaultFrameBytes = 1u << 14;
inline constexpr std::uint32_t kHttp2LargestFrameBytes = (1u << 24) - 1;

enum class Http2FrameType : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};

struct Http2Frame {
  std::uint64_t offset = 0;  ///< of its header, from the first byte that the reader was given
  std::uint32_t payload_bytes = 0;
  std::uint32_t stream_id = 0;
  std::uint32_t promised_stream_id = 0;  ///< of PUSH_PROMISE
  Http2FrameType type{};                 ///< possibly one that has no name
  std::uint8_t flags = 0;
  /// Breaks a rule for its size or stream that does not cast doubt on where the next one begins.
  bool odd = false;

  /// Flags of section 6, each where the type has it.
  bool ends_stream() const { return (flags & 0x1u) != 0; }
  bool is_ack() const { return (flags & 0x1u) != 0; }
  bool ends_headers() const { return (flags & 0x4u) != 0; }
  bool is_padded() const { return (flags & 0x8u) != 0; }
  bool has_priority() const { return (flags & 0x20u) != 0; }
};

/// One parameter of a SETTINGS frame, section 6.5.1.
struct Http2Setting {
  std::uint16_t id = 0;
  std::uint32_t value = 0;
};
inline constexpr std::uint16_t kHttp2SettingMaxFrameSize = 0x5;

enum class Http2Part : std::uint8_t {
  kNone,      ///< the input ended
  kFrame,     ///< frame() has begun
  kFragment,  ///< fragment() is the next piece of the header block that frame() carries
  kSetting,   ///< setting() is one of frame()'s
  kLost,      ///< not HTTP/2, or a frame no receiver would go on after; frame() if it was one
};

enum class Http2GapResult : std::uint8_t {
  kSkipped,    ///< inside a payload that is not decoded
  kBlockLost,  ///< a part of a header block is missing
  kSyncLost,   ///< where the next frame begins is unknown
};

class Http2FrameReader {
 public:
  /// Which part of the preface is behind the reader: a client's frames follow all of it, a server
  /// sends none, which is the same as having seen it.
  explicit Http2FrameReader(std::size_t preface_bytes_seen)
      : state_(preface_bytes_seen < kHttp2Preface.size() ? State::kPreface : State::kHeader),
        gathered_(static_cast<std::uint8_t>(state_ == State::kPreface ? preface_bytes_seen : 0)) {}

  /// Takes bytes off the front of `input` up to the next part, or all of them. After kLost it takes
  /// everything and gives kNone.
  Http2Part Read(std::span<const std::byte>& input);

  /// Steps over `size` bytes that were never seen. Anything but kSkipped ends reading like kLost.
  Http2GapResult SkipGap(std::uint64_t size);

  /// The longest payload the receiver accepts, for the frames from now on.
  void set_max_frame_bytes(std::uint32_t bytes) { max_frame_bytes_ = bytes; }

  /// The last frame whose header was read.
  const Http2Frame& frame() const { return frame_; }
  /// A view of the input given to the last Read.
  std::span<const std::byte> fragment() const { return fragment_; }
  /// Whether fragment() is the last piece of this frame.
  bool fragment_ends() const { return fragment_ends_; }
  const Http2Setting& setting() const { return setting_; }

 private:
  enum class State : std::uint8_t {
    kPreface,
    kHeader,
    kPrefix,    // pad length, priority, promised stream
    kFragment,  // left_: of the header block in this frame
    kSettings,  // left_: of the payload
    kSkip,      // left_: of the payload or the padding
    kLost,
  };
  using Step = std::optional<Http2Part>;  // nothing: go on in the new state

  Step ReadPreface(std::span<const std::byte>& input);
  Step ReadHeader(std::span<const std::byte>& input);
  Step ReadPrefix(std::span<const std::byte>& input);
  Step ReadFragment(std::span<const std::byte>& input);
  Step ReadSetting(std::span<const std::byte>& input);
  Step SkipPayload(std::span<const std::byte>& input);
  Step Lose();

  // What follows the header of a frame.
  Step BeginPayload();
  Step BeginFragment(std::span<const std::byte> prefix);
  bool InOrder() const;
  std::size_t PrefixBytes() const;

  // The next `size` bytes once they are all there, from the input itself when it has them.
  std::optional<std::span<const std::byte>> Gather(std::span<const std::byte>& input,
                                                   std::size_t size);
  std::span<const std::byte> Take(std::span<const std::byte>& input, std::size_t size);

  State state_;
  std::uint8_t gathered_;
  bool first_frame_ = true;
  bool fragment_ends_ = false;
  std::uint8_t padding_ = 0;
  std::uint32_t left_ = 0;
  std::uint32_t max_frame_bytes_ = kHttp2DefaultFrameBytes;
  std::uint32_t open_block_stream_ = 0;  // of a header block without END_HEADERS so far; 0: none
  std::uint64_t taken_ = 0;
  Http2Frame frame_;
  Http2Setting setting_;
  std::span<const std::byte> fragment_;
  std::array<std::byte, kHttp2FrameHeaderBytes> gather_;
};

}  // namespace wirehound
