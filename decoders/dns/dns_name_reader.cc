// SPDX-License-Identifier: Apache-2.0

// Name decompression. A name is a run of labels that ends in the root or in a pointer to an
// earlier name; runs are read one after the other until the root or a name already known.

#include "decoders/dns/dns_name_reader.h"

#include <cstring>
#include <limits>

#include "decoders/dns/dns_decoder.h"

namespace wirehound {
namespace {

constexpr std::uint8_t kPointerBits = 0xc0;  // also the mask of a label's two type bits
constexpr std::size_t kMaxPointer = 0x3fff;
constexpr std::size_t kNoPointer = std::numeric_limits<std::size_t>::max();

constexpr std::array<std::uint8_t, 256> MakeEscapeTable() {
  std::array<std::uint8_t, 256> needs_escape{};
  for (std::size_t byte = 0; byte < needs_escape.size(); ++byte) {
    const bool printable = byte >= 0x20 && byte <= 0x7e;
    needs_escape[byte] = !printable || byte == '.' || byte == '\\';
  }
  return needs_escape;
}

constexpr std::array<std::uint8_t, 256> kNeedsEscape = MakeEscapeTable();

// Writes at most four characters per byte (RFC 1035 section 5.1) and returns how many.
std::uint32_t WriteEscaped(std::span<const std::byte> label, char* out) {
  char* next = out;
  for (const std::byte raw : label) {
    const auto byte = std::to_integer<unsigned>(raw);
    if (byte == '.' || byte == '\\') {
      *next++ = '\\';
      *next++ = static_cast<char>(byte);
    } else if (kNeedsEscape[byte] != 0) {
      *next++ = '\\';
      *next++ = static_cast<char>('0' + byte / 100);
      *next++ = static_cast<char>('0' + byte / 10 % 10);
      *next++ = static_cast<char>('0' + byte % 10);
    } else {
      *next++ = static_cast<char>(byte);
    }
  }
  return static_cast<std::uint32_t>(next - out);
}

// Copies while it looks, since hardly any label needs escaping; does it over when one does.
std::uint32_t WriteLabel(std::span<const std::byte> label, char* out) {
  std::uint8_t special = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const auto byte = std::to_integer<std::uint8_t>(label[i]);
    out[i] = static_cast<char>(byte);
    special |= kNeedsEscape[byte];
  }
  return special == 0 ? static_cast<std::uint32_t>(label.size()) : WriteEscaped(label, out);
}

}  // namespace

DnsPart DnsNameReader::Read(ByteReader& reader, wirehound_string& out) {
  Name name;
  std::size_t first = reader.position();  // of the first label
  std::size_t run = first;                // of the labels being read
  ByteReader earlier(message_);
  for (int jumps = 0; jumps <= kMaxDnsNameJumps; ++jumps) {
    std::size_t target = kNoPointer;
    const DnsPart part = ReadLabels(jumps == 0 ? reader : earlier, name, target);
    if (part != DnsPart::kOk) {
      // A pointer leads backwards, to bytes that are there. So this is no short message but a wrong
      // pointer.
      return jumps != 0 && part == DnsPart::kShort ? DnsPart::kMalformed : part;
    }
    if (target == kNoPointer) {
      return Finish(name, first, out);
    }
    if (target >= run || target < kDnsHeaderBytes) {
      return DnsPart::kMalformed;
    }
    if (name.text == nullptr) {
      first = target;
    }
    if (const Known& known = SlotOf(target); known.offset == target) {
      return FinishWith(known, name, first, out);
    }
    run = target;
    earlier = ByteReader(message_, target);
  }
  return DnsPart::kMalformed;
}

// Appends labels up to the root, or up to a pointer, which it leaves in `target`.
DnsPart DnsNameReader::ReadLabels(ByteReader& reader, Name& name, std::size_t& target) {
  for (;;) {
    const std::uint8_t length = reader.ReadU8();
    if ((length & kPointerBits) == kPointerBits) {
      target = static_cast<std::size_t>(length & ~kPointerBits) << 8 | reader.ReadU8();
      return reader.ok() ? DnsPart::kOk : DnsPart::kShort;
    }
    if (length == 0) {
      return reader.ok() ? DnsPart::kOk : DnsPart::kShort;
    }
    if ((length & kPointerBits) != 0) {
      return DnsPart::kMalformed;  // extended label types, RFC 6891 section 5
    }
    const std::span<const std::byte> label = reader.ReadBytes(length);
    if (!reader.ok()) {
      return DnsPart::kShort;
    }
    if (const DnsPart part = AppendLabel(label, name); part != DnsPart::kOk) {
      return part;
    }
  }
}

DnsPart DnsNameReader::AppendLabel(std::span<const std::byte> label, Name& name) {
  name.label_bytes += static_cast<std::uint32_t>(label.size()) + 1;
  if (name.label_bytes + 1 > kMaxDnsNameBytes) {
    return DnsPart::kMalformed;
  }
  if (name.text != nullptr) {
    name.text[name.text_size++] = '.';
  } else {
    name.text = arena_.Reserve(kMaxDnsNameText);
    if (name.text == nullptr) {
      return DnsPart::kNoRoom;
    }
  }
  name.text_size += WriteLabel(label, name.text + name.text_size);
  return DnsPart::kOk;
}

DnsPart DnsNameReader::FinishWith(const Known& tail, Name& name, std::size_t first,
                                  wirehound_string& out) {
  if (name.text == nullptr) {
    out = {tail.text, tail.text_size};
    return DnsPart::kOk;
  }
  name.label_bytes += tail.label_bytes;
  if (name.label_bytes + 1 > kMaxDnsNameBytes) {
    return DnsPart::kMalformed;
  }
  name.text[name.text_size++] = '.';
  std::memcpy(name.text + name.text_size, tail.text, tail.text_size);
  name.text_size += tail.text_size;
  return Finish(name, first, out);
}

DnsPart DnsNameReader::Finish(const Name& name, std::size_t first, wirehound_string& out) {
  out = {name.text, name.text_size};
  arena_.Commit(name.text_size);
  if (name.text != nullptr && first <= kMaxPointer) {
    SlotOf(first) = {.offset = static_cast<std::uint16_t>(first),
                     .label_bytes = static_cast<std::uint16_t>(name.label_bytes),
                     .text_size = name.text_size,
                     .text = name.text};
  }
  return DnsPart::kOk;
}

DnsNameReader::Known& DnsNameReader::SlotOf(std::size_t offset) {
  // Folded, since records of one size put their names at one distance.
  return known_[(offset ^ offset >> 4) & (kKnownSlots - 1)];
}

}  // namespace wirehound
