// SPDX-License-Identifier: Apache-2.0

// The facts of a recording beyond pcapng's own fields: comments of kRecordingMark, then a
// word, then facts. docs/recording.md has the whole format. Shared by the writers and the
// readers. Plain data.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirehound {

inline constexpr std::string_view kRecordingMark = "wirehound: ";
/// Continues the comment before it in the same block: facts may be longer than a comment.
inline constexpr std::string_view kRecordingContinued = "wirehound: + ";
/// Raised when a reader of an earlier version would misread something.
inline constexpr std::uint32_t kRecordingVersion = 1;

/// The longest comment; pcapng has 16 bits for its length.
inline constexpr std::size_t kMaxCommentBytes = 65532;
/// The longest facts, over all their comments. Readers refuse longer ones.
inline constexpr std::size_t kMaxFactsBytes = std::size_t{1} << 20;

/// The first word behind the mark, with the block it stands in.
namespace recording_word {
inline constexpr std::string_view kRecording = "recording";  ///< section header: version=
inline constexpr std::string_view kSystem = "system";        ///< section header: JSON
inline constexpr std::string_view kInterface = "interface";  ///< interface: index=, netns=
inline constexpr std::string_view kPacket = "packet";        ///< packet: owner=, source=, …
inline constexpr std::string_view kProcess = "process";      ///< packet: JSON, facts of its owner
inline constexpr std::string_view kNotice = "notice";        ///< statistics: JSON
inline constexpr std::string_view kContainer = "container";  ///< statistics: JSON
inline constexpr std::string_view kGap = "gap";              ///< statistics: time=, records=, …
inline constexpr std::string_view kTime = "time";            ///< statistics: time=
}  // namespace recording_word

/// Numbers of pcapng (draft-ietf-opsawg-pcapng).
namespace pcapng {
inline constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;
inline constexpr std::uint32_t kInterfaceDescription = 1;
inline constexpr std::uint32_t kInterfaceStatistics = 5;
inline constexpr std::uint32_t kEnhancedPacket = 6;
inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

inline constexpr std::uint16_t kEndOfOptions = 0;
inline constexpr std::uint16_t kComment = 1;
inline constexpr std::uint16_t kOperatingSystem = 3;  ///< of a section
inline constexpr std::uint16_t kApplication = 4;      ///< of a section
inline constexpr std::uint16_t kInterfaceName = 2;
inline constexpr std::uint16_t kTimeResolution = 9;
inline constexpr std::uint16_t kPacketFlags = 2;
inline constexpr std::uint16_t kPacketDropCount = 4;
inline constexpr std::uint16_t kInterfaceDrops = 5;  ///< of statistics
inline constexpr std::uint32_t kInbound = 1;
inline constexpr std::uint32_t kOutbound = 2;
}  // namespace pcapng

}  // namespace wirehound
