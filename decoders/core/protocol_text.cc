// SPDX-License-Identifier: Apache-2.0

// The short tables. DNS types have a file of their own, dns_type_text.cc.

#include "decoders/core/protocol_text.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>

#include <wirehound/abi/messages.h>

namespace wirehound {
namespace {

struct NamedNumber {
  std::uint64_t value;
  std::string_view text;
};

constexpr std::array<std::string_view, 6> kOpcodes = {"query", "inverse query", "status",
                                                      "",      "notify",        "update"};

constexpr std::array<std::string_view, 11> kResponseCodes = {"no error",
                                                             "format error",
                                                             "server failure",
                                                             "non-existent domain",
                                                             "not implemented",
                                                             "query refused",
                                                             "name exists when it should not",
                                                             "rr set exists when it should not",
                                                             "rr set that should exist does not",
                                                             "server not authoritative for zone",
                                                             "name not contained in zone"};

constexpr std::array<std::string_view, 18> kEdnsOptions = {"",
                                                           "",
                                                           "",
                                                           "NSID",
                                                           "",
                                                           "DAU",
                                                           "DHU",
                                                           "N3U",
                                                           "EDNSClientSubnet",
                                                           "EDNSExpire",
                                                           "Cookie",
                                                           "EDNSKeepAlive",
                                                           "CodePadding",
                                                           "CodeChain",
                                                           "CodeEDNSKeyTag",
                                                           "",
                                                           "EDNSClientTag",
                                                           "EDNSServerTag"};
constexpr std::uint64_t kEdnsDeviceId = 26946;

constexpr NamedNumber kIpProtocols[] = {
    {6, "TCP"},  {17, "UDP"},      {1, "ICMPv4"},   {58, "ICMPv6"}, {4, "IPv4"},     {41, "IPv6"},
    {47, "GRE"}, {50, "IPSecESP"}, {51, "IPSecAH"}, {132, "SCTP"},  {136, "UDPLite"}};

// The text at `value`, or `otherwise` where the table has none.
template <std::size_t kSize>
std::string_view At(const std::array<std::string_view, kSize>& texts, std::uint64_t value,
                    std::string_view otherwise) {
  return value < kSize && !texts[value].empty() ? texts[value] : otherwise;
}

}  // namespace

std::string_view DnsOpcodeText(std::uint64_t value, TextBuffer& /*scratch*/) {
  return At(kOpcodes, value, "unknown");
}

std::string_view DnsResponseCodeText(std::uint64_t value, TextBuffer& /*scratch*/) {
  return At(kResponseCodes, value, "unknown");
}

std::string_view DnsClassText(std::uint64_t value, TextBuffer& /*scratch*/) {
  switch (value) {
    case 1:
      return "IN";
    case 2:
      return "CS";
    case 3:
      return "CH";
    case 4:
      return "HS";
    case 255:
      return "Any";
    default:
      return "Unknown";
  }
}

std::string_view EdnsOptionText(std::uint64_t value, TextBuffer& /*scratch*/) {
  return value == kEdnsDeviceId ? "DeviceID" : At(kEdnsOptions, value, "Unknown");
}

std::string_view IpProtocolText(std::uint64_t value, TextBuffer& scratch) {
  for (const NamedNumber& protocol : kIpProtocols) {
    if (protocol.value == value) {
      return protocol.text;
    }
  }
  const char* end = std::to_chars(std::begin(scratch.data), std::end(scratch.data), value).ptr;
  return {scratch.data, static_cast<std::size_t>(end - scratch.data)};
}

std::string_view DirectionText(std::uint64_t value, TextBuffer& /*scratch*/) {
  switch (value) {
    case WIREHOUND_DIRECTION_INGRESS:
      return "ingress";
    case WIREHOUND_DIRECTION_EGRESS:
      return "egress";
    default:
      return "unknown";
  }
}

}  // namespace wirehound
