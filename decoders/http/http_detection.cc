// SPDX-License-Identifier: Apache-2.0

// The first eight bytes find the one method they can be: most end in there with their blank. Only
// what is shorter than the longest method takes the slow way through the list.

#include "decoders/http/http_detection.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace wirehound {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view kResponseStart = "HTTP/1.";

// With their blank.
constexpr auto kMethods = std::to_array<std::string_view>({
    "GET ",
    "POST ",
    "HEAD ",
    "PUT ",
    "DELETE ",
    "OPTIONS ",
    "PATCH ",
    "CONNECT ",
    "TRACE ",
    "ACL ",
    "BIND ",
    "CHECKIN ",
    "COPY ",
    "LABEL ",
    "LINK ",
    "LOCK ",
    "MERGE ",
    "MKCOL ",
    "MOVE ",
    "QUERY ",
    "REBIND ",
    "REPORT ",
    "SEARCH ",
    "UNBIND ",
    "UNLINK ",
    "UNLOCK ",
    "UPDATE ",
    "NOTIFY ",
    "M-POST ",
    "POLL ",
    "BCOPY ",
    "BMOVE ",
    "PURGE ",
    "BDELETE ",
    "PROPFIND ",
    "PROPPATCH ",
    "CHECKOUT ",
    "UNCHECKOUT ",
    "VERSION-CONTROL ",
    "MKWORKSPACE ",
    "BASELINE-CONTROL ",
    "MKACTIVITY ",
    "MKCALENDAR ",
    "MKREDIRECTREF ",
    "ORDERPATCH ",
    "UPDATEREDIRECTREF ",
    "SUBSCRIBE ",
    "UNSUBSCRIBE ",
    "M-SEARCH ",
    "BPROPFIND ",
    "BPROPPATCH ",
    "X-MS-ENUMATTS ",
    "RPC_IN_DATA ",
    "RPC_OUT_DATA ",
});

constexpr std::size_t kLongestMethod = 18;  // "UPDATEREDIRECTREF "

constexpr std::uint64_t Word(std::string_view text) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < std::min(text.size(), sizeof(word)); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return word;
}

constexpr std::uint64_t LoadWord(std::string_view text) {
  if (!std::is_constant_evaluated() && std::endian::native == std::endian::little &&
      text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof(word));
    return word;
  }
  return Word(text);
}

// A word with everything behind its first blank taken off; all of it when it has none.
constexpr std::uint64_t ThroughBlank(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t differs = word ^ (kOnes * ' ');
  // The lowest set bit marks the first byte that is a blank.
  const std::uint64_t blank = (differs - kOnes) & ~differs & (kOnes << 7);
  return blank == 0 ? word : word & (blank ^ (blank - 1));
}

// A hash without collisions among the first words of the methods, found by trying.
constexpr std::size_t kSlots = 256;
constexpr std::uint8_t kNoMethod = 0xff;

constexpr std::size_t SlotOf(std::uint64_t word, std::uint64_t factor) {
  return static_cast<std::size_t>((word * factor) >> 56);
}

struct MethodTable {
  std::array<std::uint64_t, kSlots> words{};
  std::array<std::uint8_t, kSlots> methods{};
};

constexpr bool Fill(MethodTable& table, std::uint64_t factor) {
  table.words.fill(0);
  table.methods.fill(kNoMethod);
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    const std::uint64_t word = Word(kMethods[i]);
    const std::size_t slot = SlotOf(word, factor);
    if (table.methods[slot] != kNoMethod) {
      return false;
    }
    table.words[slot] = word;
    table.methods[slot] = static_cast<std::uint8_t>(i);
  }
  return true;
}

constexpr std::uint64_t FindFactor() {
  MethodTable table;
  std::uint64_t factor = 0x9e3779b97f4a7c15;
  while (!Fill(table, factor)) {
    factor += 0x632be59bd9b4e01a;  // even: the factor stays odd
  }
  return factor;
}

constexpr std::uint64_t kFactor = FindFactor();

constexpr MethodTable MakeTable() {
  MethodTable table;
  Fill(table, kFactor);
  return table;
}

constexpr MethodTable kTable = MakeTable();

// `start`: the first word of `text` through its first blank.
bool StartsWithMethod(std::string_view text, std::uint64_t start) {
  const std::size_t slot = SlotOf(start, kFactor);
  if (kTable.words[slot] != start || start == 0) {
    return false;
  }
  const std::string_view method = kMethods[kTable.methods[slot]];
  return method.size() <= sizeof(start) || text.starts_with(method);
}

// Whether more bytes could make `text` the start of something.
bool IsBeginning(std::string_view text) {
  const auto starts = [text](std::string_view whole) { return whole.starts_with(text); };
  return starts(kPreface) || starts(kResponseStart) ||
         std::any_of(kMethods.begin(), kMethods.end(), starts);
}

std::string_view SkipBlankLines(std::string_view text) {
  std::size_t blank = 0;
  while (blank < std::min(text.size(), kMaxHttpBlankBytes) &&
         (text[blank] == '\r' || text[blank] == '\n')) {
    ++blank;
  }
  return text.substr(blank);
}

}  // namespace

HttpGuess GuessHttp(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.empty() && text.front() < 'A') {
    text = SkipBlankLines(text);
  }
  if (!text.empty() && (text.front() < 'A' || text.front() > 'Z')) {
    return HttpGuess::kNo;
  }
  const std::uint64_t word = LoadWord(text);
  if (StartsWithMethod(text, ThroughBlank(word))) {
    return HttpGuess::kRequest;
  }
  constexpr std::uint64_t kSevenBytes = (std::uint64_t{1} << 56) - 1;
  if ((word & kSevenBytes) == Word(kResponseStart)) {
    return HttpGuess::kResponse;
  }
  if (text.starts_with(kPreface)) {
    return HttpGuess::kHttp2;
  }
  const bool could_be = text.size() < std::max(kLongestMethod, kPreface.size());
  return could_be && IsBeginning(text) ? HttpGuess::kNeedMore : HttpGuess::kNo;
}

}  // namespace wirehound
