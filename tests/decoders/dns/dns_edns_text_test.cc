// SPDX-License-Identifier: Apache-2.0

// The texts of the values of EDNS options.

#include "decoders/dns/dns_edns_text.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_edns_text_test {

using namespace std::string_view_literals;

std::string TextOf(unsigned code, const ByteWriter& value) {
  DnsMessageBuilder message;
  message.Additional(
      Name(""), kOpt,
      ByteWriter().Be16(code).Be16(static_cast<unsigned>(value.size())).Append(value));
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  REQUIRE(decoded.dns.additionals.count == 1);
  REQUIRE(decoded.additional(0).data_kind == WIREHOUND_DNS_DATA_OPT);
  const auto& option = At<wirehound_dns_option>(Data<wirehound_list>(decoded.additional(0)), 0);
  CHECK(option.code == code);
  CHECK(option.data.size == value.size());
  return std::string(View(option.text));
}

struct Row {
  unsigned code;
  ByteWriter value;
  std::string_view text;
};

TEST_CASE("edns text: each option's value has its text") {
  const Row rows[] = {
      {3, ByteWriter().Text("gpdns-fra"), "gpdns-fra"},
      {3, {0xde, 0xad}, "dead"},
      {3, {'a', 0}, "6100"},
      {5, {8, 13, 14}, "8,13,14"},
      {6, {2}, "2"},
      {7, {1}, "1"},
      {8, {0, 1, 24, 0, 192, 0, 2}, "192.0.2.0/24/0"},
      {8, {0, 1, 24, 16, 192, 0, 2}, "192.0.2.0/24/16"},
      {8, {0, 1, 0, 0}, "0.0.0.0/0/0"},
      {8, {0, 1, 32, 32, 192, 0, 2, 9}, "192.0.2.9/32/32"},
      {8, {0, 2, 56, 0, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0}, "2001:db8:1::/56/0"},
      {8, {0, 0, 0, 0}, "0/0/0"},
      {9, {0, 9, 0x3a, 0x80}, "604800 s"},
      {10, ByteWriter().Fill(8, 0xab), "abababababababab"},
      {10, ByteWriter().Fill(8, 0xab).Fill(8, 0x01), "abababababababab+0101010101010101"},
      {11, {0, 120}, "12.0 s"},
      {11, {0, 5}, "0.5 s"},
      {13, Name("example.com"), "example.com"},
      {13, {0}, "."},
      {14, ByteWriter().Be16(19036).Be16(20326), "19036,20326"},
      {15, ByteWriter().Be16(18).Text("not for you"), "18 Prohibited: not for you"},
      {15, ByteWriter().Be16(18), "18 Prohibited"},
      {15, ByteWriter().Be16(0), "0 Other Error"},
      {15, ByteWriter().Be16(9), "9 DNSKEY Missing"},
      {15, ByteWriter().Be16(22).Text("x").U8(0), "22 No Reachable Authority: x"},
      {15, ByteWriter().Be16(30), "30 Invalid Query Type"},
      {15, ByteWriter().Be16(49152).Text("own"), "49152: own"},
      {15, ByteWriter().Be16(49152), "49152"},
      {15, ByteWriter().Be16(4).Text("\xc3\xa4\x01"), "4 Forged Answer: \xc3\xa4\x01"},
      {18, Name("agent.example"), "agent.example"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(TextOf(row.code, row.value) == row.text);
  }
}

TEST_CASE("edns text: options that only ask, and options of unknown form, have no text") {
  for (const unsigned code : {3u, 5u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 16u, 65001u}) {
    CAPTURE(code);
    CHECK(TextOf(code, {}).empty());
  }
  CHECK(TextOf(12, ByteWriter().Fill(468)).empty());
  CHECK(TextOf(16, {0, 1}).empty());
  CHECK(TextOf(65001, {1, 2, 3}).empty());
}

TEST_CASE("edns text: a value that does not fit its option has no text, and is not malformed") {
  const Row rows[] = {
      {8, {0, 1, 24}, ""},
      {8, {0, 1, 24, 0, 192, 0}, ""},
      {8, {0, 1, 24, 0, 192, 0, 2, 1}, ""},
      {8, {0, 1, 33, 0, 192, 0, 2, 1, 1}, ""},
      {8, ByteWriter({0, 2, 129, 0}).Fill(17), ""},
      {8, {0, 3, 8, 0, 1}, ""},
      {8, {0, 0, 0, 0, 1}, ""},
      {9, {0, 9, 0x3a}, ""},
      {9, {0, 9, 0x3a, 0x80, 0}, ""},
      {10, ByteWriter().Fill(7), ""},
      {10, ByteWriter().Fill(8 + 7), ""},
      {10, ByteWriter().Fill(8 + 33), ""},
      {11, {1}, ""},
      {11, {1, 2, 3}, ""},
      {13, {5, 'a'}, ""},
      {13, {1, 'a', 0, 0}, ""},
      {13, ByteWriter().Fill(1).Fill(11, 1).Append(Pointer(12)), ""},
      {13, ByteWriter({1, 'a'}).Append(Pointer(0)), ""},
      {14, {1, 2, 3}, ""},
      {15, {1}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CAPTURE(row.value.size());
    CHECK(TextOf(row.code, row.value) == row.text);
  }
}

TEST_CASE("edns text: a full arena truncates the message before that record") {
  DnsMessageBuilder message;
  message.Additional(Name(""), kOpt, ByteWriter().Be16(10).Be16(8).Fill(8));
  const std::size_t record_bytes = sizeof(wirehound_dns_record);
  const std::size_t needed = record_bytes + sizeof(wirehound_dns_option) + 16;
  const DecodedDns decoded(CapturedBytes(message.span()), needed - 1);
  CHECK(decoded.status == DecodeStatus::kTruncated);
  CHECK(decoded.dns.additionals.count == 0);
  CHECK(decoded.arena.exhausted());
}

}  // namespace dns_edns_text_test
}  // namespace wirehound::test
