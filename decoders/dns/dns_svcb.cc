// SPDX-License-Identifier: Apache-2.0

// Parameters are counted and checked for their order first, then put into the arena with their
// texts. A text is written only when its value has the right form.

#include "decoders/dns/dns_svcb.h"

#include <array>
#include <charconv>
#include <cstring>
#include <iterator>

#include "decoders/core/address_text.h"
#include "decoders/dns/dns_text_writer.h"

namespace wirehound {
namespace {

// IANA "Service Parameter Keys (SvcParamKeys)".
enum SvcKey : std::uint16_t {
  kMandatory = 0,
  kAlpn = 1,
  kNoDefaultAlpn = 2,
  kPort = 3,
  kIpv4Hint = 4,
  kEch = 5,
  kIpv6Hint = 6,
  kOhttp = 8,
};

constexpr auto kKeyNames =
    std::to_array<std::string_view>({"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint",
                                     "ech", "ipv6hint", "dohpath", "ohttp"});

// Keys in strictly ascending order, the key of this list itself not among them.
bool WriteMandatory(ByteReader value, DnsTextWriter& text) {
  std::uint16_t last = kMandatory;
  while (value.remaining() > 0) {
    const std::uint16_t key = value.ReadBe16();
    if (key <= last) {
      return false;
    }
    last = key;
    TextBuffer scratch;
    text.Append(text.empty() ? "" : ",").Append(SvcParamKeyText(key, scratch));
  }
  return value.ok();
}

// An item of a list: what RFC 9460 appendix A.1 escapes, then what a character string does.
void WriteListItem(const wirehound_string& item, DnsTextWriter& text) {
  for (std::size_t i = 0; i < item.size; ++i) {
    const std::string_view character(item.data + i, 1);
    if (character == ",") {
      text.Append(R"(\\,)");
    } else if (character == "\\") {
      text.Append(R"(\\\\)");
    } else {
      text.Escaped(character);
    }
  }
}

bool WriteAlpn(ByteReader value, DnsTextWriter& text) {
  while (value.remaining() > 0) {
    const wirehound_string id = ReadDnsCharacterString(value);
    if (id.size == 0) {
      return false;
    }
    text.Append(text.empty() ? "" : ",");
    WriteListItem(id, text);
  }
  return value.ok();
}

bool WritePort(ByteReader value, DnsTextWriter& text) {
  text.Number(value.ReadBe16());
  return value.ok() && value.remaining() == 0;
}

bool WriteAddresses(ByteReader value, std::uint8_t family, std::size_t size, DnsTextWriter& text) {
  while (value.remaining() > 0) {
    wirehound_address address{};
    address.family = family;
    value.ReadInto(address.bytes, size);
    char buffer[kAddressTextBytes];
    text.Append(text.empty() ? "" : ",").Append(FormatAddress(address, buffer));
  }
  return value.ok();
}

// The text of a value; false when it has not the form of its key. Lists are never empty.
bool WriteValue(const wirehound_dns_svc_param& param, DnsTextWriter& text) {
  const ByteReader value(DnsSpanOf(param.data));
  const bool has_value = param.data.size != 0;
  switch (param.key) {
    case kMandatory:
      return has_value && WriteMandatory(value, text);
    case kAlpn:
      return has_value && WriteAlpn(value, text);
    case kNoDefaultAlpn:
    case kOhttp:
      return !has_value;
    case kPort:
      return WritePort(value, text);
    case kIpv4Hint:
      return has_value && WriteAddresses(value, WIREHOUND_FAMILY_IPV4, 4, text);
    case kIpv6Hint:
      return has_value && WriteAddresses(value, WIREHOUND_FAMILY_IPV6, 16, text);
    case kEch:
      text.Base64(param.data);
      return has_value;
    default:
      text.Escaped({reinterpret_cast<const char*>(param.data.data), param.data.size});
      return true;
  }
}

wirehound_dns_svc_param ReadParam(ByteReader& reader) {
  wirehound_dns_svc_param param{};
  param.key = reader.ReadBe16();
  param.data = ReadDnsBytes(reader, reader.ReadBe16());
  return param;
}

// Counts the parameters to the end; false where one is cut or not in order.
bool CountParams(ByteReader reader, std::uint32_t& count) {
  int last_key = -1;
  while (reader.remaining() > 0) {
    const wirehound_dns_svc_param param = ReadParam(reader);
    if (!reader.ok() || param.key <= last_key) {
      return false;
    }
    last_key = param.key;
    ++count;
  }
  return reader.ok();
}

DnsPart ReadParams(const DnsRdataContext& context, wirehound_list& params) {
  std::uint32_t count = 0;
  if (!CountParams(context.rdata, count)) {
    return DnsPart::kMalformed;
  }
  auto* items = context.arena.AllocateArray<wirehound_dns_svc_param>(count);
  if (items == nullptr) {
    return DnsPart::kNoRoom;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    items[i] = ReadParam(context.rdata);
    DnsTextWriter text(context.arena);
    if (!WriteValue(items[i], text)) {
      return DnsPart::kMalformed;
    }
    if (!text.Finish(items[i].text)) {
      return DnsPart::kNoRoom;
    }
  }
  params = {items, count, sizeof(wirehound_dns_svc_param)};
  return DnsPart::kOk;
}

}  // namespace

DnsPart DecodeDnsSvcb(DnsRdataContext& context) {
  wirehound_dns_svcb svcb{};
  svcb.priority = context.rdata.ReadBe16();
  if (const DnsPart part = ReadDnsDataName(context, svcb.target); part != DnsPart::kOk) {
    return part;
  }
  const DnsPart part = ReadParams(context, svcb.params);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_SVCB, svcb) : part;
}

std::string_view SvcParamKeyText(std::uint64_t value, TextBuffer& scratch) {
  if (value < kKeyNames.size()) {
    return kKeyNames[value];
  }
  constexpr std::string_view kPrefix = "key";
  std::memcpy(scratch.data, kPrefix.data(), kPrefix.size());
  const char* end = std::to_chars(scratch.data + kPrefix.size(), std::end(scratch.data), value).ptr;
  return {scratch.data, static_cast<std::size_t>(end - scratch.data)};
}

}  // namespace wirehound
