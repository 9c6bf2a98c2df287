// SPDX-License-Identifier: Apache-2.0

// Values from text: bounds, names of numbers, addresses, bytes, times.

#include "engine/testing/value_text.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "decoders/core/address_text.h"

namespace wirehound::test {
namespace value_text_test {

template <typename T>
std::string MessageOf(const Result<T>& result) {
  return result ? "no error" : result.error().message();
}

TEST_CASE("value text: numbers are decimal, whole and within bounds") {
  CHECK(*UnsignedFromText("0", 255) == 0);
  CHECK(*UnsignedFromText("255", 255) == 255);
  CHECK(*UnsignedFromText("18446744073709551615", UINT64_MAX) == UINT64_MAX);
  for (const char* text : {"256", "-1", "", "1x", " 1", "0x1", "18446744073709551616"}) {
    CHECK(MessageOf(UnsignedFromText(text, 255)) ==
          "expected a number from 0 to 255, got '" + std::string(text) + "'");
  }
  CHECK(*SignedFromText("-5", -5, 5) == -5);
  CHECK(MessageOf(SignedFromText("6", -5, 5)) == "expected a number from -5 to 5, got '6'");
  CHECK(*DoubleFromText("-0.25") == -0.25);
  CHECK_FALSE(DoubleFromText("x").has_value());
  CHECK(*BoolFromText("true"));
  CHECK_FALSE(*BoolFromText("0"));
  CHECK_FALSE(BoolFromText("yes").has_value());
}

TEST_CASE("value text: a named number may be given by its name or as a number") {
  CHECK(*NumberFromText(DnsTypeText, "MX", UINT16_MAX) == 15);
  CHECK(*NumberFromText(DnsTypeText, "TYPE65280", UINT16_MAX) == 65280);
  CHECK(*NumberFromText(DnsTypeText, "15", UINT16_MAX) == 15);
  CHECK(*NumberFromText(DnsResponseCodeText, "no error", UINT8_MAX) == 0);
  CHECK(*NumberFromText(DirectionText, "egress", UINT8_MAX) == 2);
  CHECK(*NumberFromText(DirectionText, "unknown", UINT8_MAX) == 0);
  CHECK(MessageOf(NumberFromText(DirectionText, "egres", UINT8_MAX)) ==
        "expected a name or a number from 0 to 255, got 'egres'; did you mean 'egress'?");
}

TEST_CASE("value text: addresses of both families, or none") {
  for (const std::string_view text : {"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", ""}) {
    const Result<wirehound_address> address = AddressFromText(text);
    REQUIRE(address.has_value());
    char buffer[kAddressTextBytes];
    CHECK(FormatAddress(*address, buffer) == text);
  }
  CHECK(MessageOf(AddressFromText("192.0.2")) == "expected an IPv4 or IPv6 address, got '192.0.2'");
}

TEST_CASE("value text: bytes are pairs of hexadecimal digits") {
  EventMemory memory;
  const Result<wirehound_bytes> bytes = BytesFromText("00fFa1", memory);
  REQUIRE(bytes.has_value());
  CHECK(bytes->size == 3);
  CHECK(bytes->data[1] == 0xff);
  for (const char* text : {"0", "0g", "g0", "001"}) {
    CHECK_FALSE(BytesFromText(text, memory).has_value());
  }
}

TEST_CASE("value text: a time needs a unit") {
  CHECK(*DurationFromText("1.5s") == 1'500'000'000);
  CHECK(*DurationFromText("200ms") == 200'000'000);
  CHECK(*DurationFromText("7ns") == 7);
  CHECK(*DurationFromText("1700000000.123456789s") == 1'700'000'000'123'456'789);
  CHECK(*DurationFromText("2m") == 120'000'000'000);
  for (const char* text : {"", "5", "s", "1.5.5s", "-1s", "1 s", "1d", "99999999999h"}) {
    CHECK_FALSE(DurationFromText(text).has_value());
  }
}

}  // namespace value_text_test
}  // namespace wirehound::test
