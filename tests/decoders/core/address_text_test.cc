// SPDX-License-Identifier: Apache-2.0

// FormatAddress: known texts, then agreement with inet_ntop over many addresses.

#include "decoders/core/address_text.h"

#include <arpa/inet.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace address_text_test {

std::string Format(const wirehound_address& address) {
  char buffer[kAddressTextBytes];
  return std::string(FormatAddress(address, buffer));
}

std::string Reference(const wirehound_address& address) {
  char buffer[INET6_ADDRSTRLEN];
  const int family = address.family == WIREHOUND_FAMILY_IPV4 ? AF_INET : AF_INET6;
  return inet_ntop(family, address.bytes, buffer, sizeof(buffer));
}

wirehound_address Parse(const char* text) {
  wirehound_address address{};
  const bool is_ipv6 = std::strchr(text, ':') != nullptr;
  address.family = is_ipv6 ? WIREHOUND_FAMILY_IPV6 : WIREHOUND_FAMILY_IPV4;
  REQUIRE(inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text, address.bytes) == 1);
  return address;
}

TEST_CASE("address text: known addresses have the texts of inet_ntop") {
  for (const char* text : {"0.0.0.0",
                           "8.8.8.8",
                           "10.0.255.1",
                           "192.168.200.50",
                           "255.255.255.255",
                           "1.20.99.100",
                           "::",
                           "::1",
                           "1::",
                           "2001:db8::1",
                           "2001:db8:0:1:1:1:1:1",
                           "fe80::1:0:0:1",
                           "2001:0:0:1::2",
                           "1:2:3:4:5:6:7:8",
                           "ff02::fb",
                           "::ffff:192.0.2.1",
                           "::192.0.2.1",
                           "::1:0",
                           "64:ff9b::c000:201",
                           "0:1::",
                           "::2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7::",
                           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                           "abcd:ef01:2345:6789:abcd:ef01:2345:6789"}) {
    CHECK(Format(Parse(text)) == Reference(Parse(text)));
  }
}

TEST_CASE("address text: the forms that RFC 5952 rules out are not used") {
  CHECK(Format(Parse("2001:0db8::0001")) == "2001:db8::1");
  CHECK(Format(Parse("2001:DB8::A")) == "2001:db8::a");
  CHECK(Format(Parse("2001:db8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1");
  CHECK(Format(Parse("2001:db8:0:1:1:1:1:1")) == "2001:db8:0:1:1:1:1:1");
  CHECK(Format(Parse("0:0:0:0:0:ffff:c000:0201")) == "::ffff:192.0.2.1");
}

TEST_CASE("address text: an address without a family has no text") {
  CHECK(Format(wirehound_address{}).empty());
}

TEST_CASE("address text: the longest text fits the buffer") {
  wirehound_address address{};
  address.family = WIREHOUND_FAMILY_IPV6;
  std::memset(address.bytes, 0xff, sizeof(address.bytes));
  CHECK(Format(address).size() == 39);
}

TEST_CASE("address text: agrees with inet_ntop for every pattern of zero groups") {
  // Each group is zero, ffff or another value; 3^8 patterns cover every run and every tie.
  for (int pattern = 0; pattern < 6561; ++pattern) {
    wirehound_address address{};
    address.family = WIREHOUND_FAMILY_IPV6;
    for (int group = 0, rest = pattern; group < 8; ++group, rest /= 3) {
      const int kind = rest % 3;
      address.bytes[2 * group] = static_cast<std::uint8_t>(kind == 1 ? 0xff : 0);
      address.bytes[2 * group + 1] = static_cast<std::uint8_t>(kind == 1   ? 0xff
                                                               : kind == 2 ? 0x10 + group
                                                                           : 0);
    }
    REQUIRE(Format(address) == Reference(address));
  }
}

TEST_CASE("address text: agrees with inet_ntop for random addresses") {
  std::mt19937 random(1);  // always the same addresses
  for (int round = 0; round < 20000; ++round) {
    wirehound_address address{};
    address.family = round % 2 == 0 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
    const int size = address.family == WIREHOUND_FAMILY_IPV4 ? 4 : 16;
    for (int i = 0; i < size; ++i) {
      const auto bits = random();
      address.bytes[i] = (bits & 0x300) == 0 ? 0 : static_cast<std::uint8_t>(bits);
    }
    REQUIRE(Format(address) == Reference(address));
  }
}

}  // namespace address_text_test
}  // namespace wirehound::test
