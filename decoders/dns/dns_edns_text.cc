// SPDX-License-Identifier: Apache-2.0

// One function per form of value. Each says whether the value has that form; what it wrote is kept
// only then.

#include "decoders/dns/dns_edns_text.h"

#include <algorithm>
#include <array>

#include "decoders/core/address_text.h"
#include "decoders/dns/dns_rdata_context.h"
#include "decoders/dns/dns_text_writer.h"

namespace wirehound {
namespace {

// IANA "DNS EDNS0 Option Codes (OPT)".
enum EdnsCode : std::uint16_t {
  kNsid = 3,
  kDau = 5,
  kDhu = 6,
  kN3u = 7,
  kClientSubnet = 8,
  kExpire = 9,
  kCookie = 10,
  kKeepAlive = 11,
  kChain = 13,
  kKeyTag = 14,
  kExtendedError = 15,
  kReportChannel = 18,
};

// IANA "Extended DNS Error Codes".
constexpr auto kExtendedErrors = std::to_array<std::string_view>({
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDomain Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
});

// RFC 7873 section 4.
constexpr std::size_t kClientCookieBytes = 8;
constexpr std::size_t kMinServerCookieBytes = 8;
constexpr std::size_t kMaxServerCookieBytes = 32;

// RFC 7871 section 6, IANA "Address Family Numbers".
constexpr std::uint16_t kFamilyNone = 0;
constexpr std::uint16_t kFamilyIpv4 = 1;
constexpr std::uint16_t kFamilyIpv6 = 2;

bool WriteNsid(const wirehound_bytes& data, DnsTextWriter& text) {
  const std::string_view id(reinterpret_cast<const char*>(data.data), data.size);
  const bool printable = std::all_of(
      id.begin(), id.end(), [](char character) { return character >= ' ' && character <= '~'; });
  if (printable) {
    text.Append(id);
  } else {
    text.Hex(data);
  }
  return true;
}

bool WriteAlgorithms(ByteReader value, DnsTextWriter& text) {
  while (value.remaining() > 0) {
    text.Append(text.empty() ? "" : ",").Number(value.ReadU8());
  }
  return true;
}

bool WriteKeyTags(ByteReader value, DnsTextWriter& text) {
  while (value.remaining() > 0) {
    text.Append(text.empty() ? "" : ",").Number(value.ReadBe16());
  }
  return value.ok();
}

// Puts the address's first bytes into `address`; false when there are not as many as the prefix
// needs, or more.
bool ReadSubnetAddress(ByteReader& value, std::uint16_t family, std::size_t prefix_bits,
                       wirehound_address& address) {
  const bool ipv4 = family == kFamilyIpv4;
  const std::size_t most_bits = ipv4 ? 32 : 128;
  const std::size_t size = (prefix_bits + 7) / 8;
  if ((!ipv4 && family != kFamilyIpv6) || prefix_bits > most_bits || value.remaining() != size) {
    return false;
  }
  address.family = ipv4 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
  value.ReadInto(address.bytes, size);
  return true;
}

bool WriteClientSubnet(ByteReader value, DnsTextWriter& text) {
  const std::uint16_t family = value.ReadBe16();
  const std::uint8_t source_bits = value.ReadU8();
  const std::uint8_t scope_bits = value.ReadU8();
  wirehound_address address{};
  char buffer[kAddressTextBytes];
  std::string_view prefix = "0";
  if (family != kFamilyNone) {
    if (!ReadSubnetAddress(value, family, source_bits, address)) {
      return false;
    }
    prefix = FormatAddress(address, buffer);
  }
  text.Append(prefix).Append('/').Number(source_bits).Append('/').Number(scope_bits);
  return value.ok() && value.remaining() == 0;
}

bool WriteExpire(ByteReader value, DnsTextWriter& text) {
  text.Number(value.ReadBe32()).Append(" s");
  return value.ok() && value.remaining() == 0;
}

bool WriteCookie(ByteReader value, DnsTextWriter& text) {
  text.Hex(ReadDnsBytes(value, kClientCookieBytes));
  if (!value.ok() || value.remaining() == 0) {
    return value.ok();
  }
  const wirehound_bytes server = ReadDnsRest(value);
  text.Append('+').Hex(server);
  return server.size >= kMinServerCookieBytes && server.size <= kMaxServerCookieBytes;
}

bool WriteKeepAlive(ByteReader value, DnsTextWriter& text) {
  const unsigned tenths = value.ReadBe16();
  text.Number(tenths / 10).Append('.').Number(tenths % 10).Append(" s");
  return value.ok() && value.remaining() == 0;
}

bool WriteExtendedError(ByteReader value, DnsTextWriter& text) {
  const std::uint16_t code = value.ReadBe16();
  text.Number(code);
  if (code < kExtendedErrors.size()) {
    text.Append(' ').Append(kExtendedErrors[code]);
  }
  const wirehound_string extra = DnsTextOf(value.ReadBytes(value.remaining()));
  std::string_view words(extra.data, extra.size);
  while (!words.empty() && words.back() == '\0') {
    words.remove_suffix(1);  // some senders end it with a NUL, as RFC 8914 section 2 warns
  }
  if (!words.empty()) {
    text.Append(": ").Append(words);
  }
  return value.ok();
}

// The text of a value that is not empty; false when it has not the form of its option.
bool WriteValue(const wirehound_dns_option& option, DnsTextWriter& text) {
  const ByteReader value(DnsSpanOf(option.data));
  switch (option.code) {
    case kNsid:
      return WriteNsid(option.data, text);
    case kDau:
    case kDhu:
    case kN3u:
      return WriteAlgorithms(value, text);
    case kClientSubnet:
      return WriteClientSubnet(value, text);
    case kExpire:
      return WriteExpire(value, text);
    case kCookie:
      return WriteCookie(value, text);
    case kKeepAlive:
      return WriteKeepAlive(value, text);
    case kKeyTag:
      return WriteKeyTags(value, text);
    case kExtendedError:
      return WriteExtendedError(value, text);
    default:
      return false;
  }
}

// A name of its own: there is no message that a pointer could lead into.
DnsPart ReadName(const wirehound_bytes& data, Arena& arena, wirehound_string& out) {
  DnsNameReader names({}, arena);
  ByteReader value(DnsSpanOf(data));
  wirehound_string name{};
  const DnsPart part = names.Read(value, name);
  if (part == DnsPart::kOk && value.remaining() == 0) {
    out = name.size == 0 ? wirehound_string{".", 1} : name;
  }
  return part;
}

}  // namespace

bool SetEdnsOptionText(wirehound_dns_option& option, Arena& arena) {
  option.text = {};
  if (option.data.size == 0) {
    return true;
  }
  if (option.code == kChain || option.code == kReportChannel) {
    return ReadName(option.data, arena, option.text) != DnsPart::kNoRoom;
  }
  DnsTextWriter text(arena);
  return !WriteValue(option, text) || text.Finish(option.text);
}

}  // namespace wirehound
