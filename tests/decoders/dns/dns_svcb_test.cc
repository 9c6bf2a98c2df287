// SPDX-License-Identifier: Apache-2.0

// Service bindings: the vectors of RFC 9460 appendix D, the texts of values, and malformed data.

#include "decoders/dns/dns_svcb.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_svcb_test {

ByteWriter Param(unsigned key, const ByteWriter& value) {
  return ByteWriter().Be16(key).Be16(static_cast<unsigned>(value.size())).Append(value);
}

// Priority 1, the root, and these parameters.
ByteWriter Binding(const ByteWriter& params) { return ByteWriter().Be16(1).U8(0).Append(params); }

// The text of the only parameter.
std::string TextOf(unsigned key, const ByteWriter& value) {
  const DnsMessageBuilder message = WithAnswer(kSvcb, Binding(Param(key, value)));
  const DecodedDns decoded(message);
  const auto& svcb = Data<wirehound_dns_svcb>(Sound(decoded, WIREHOUND_DNS_DATA_SVCB));
  REQUIRE(svcb.params.count == 1);
  CHECK(svcb.params.stride == sizeof(wirehound_dns_svc_param));
  const auto& param = At<wirehound_dns_svc_param>(svcb.params, 0);
  CHECK(param.key == key);
  CHECK(param.data.size == value.size());
  return std::string(View(param.text));
}

TEST_CASE("dns svcb: SVCB and HTTPS hold a priority, a target and parameters in order") {
  for (const unsigned type : {kSvcb, kHttps}) {
    const DnsMessageBuilder message =
        WithAnswer(type, ByteWriter()
                             .Be16(16)
                             .Append(Name("foo.example.org"))
                             .Append(Param(1, ByteWriter({2}).Text("h2")))
                             .Append(Param(3, {0, 53})));
    const DecodedDns decoded(message);
    const auto& svcb = Data<wirehound_dns_svcb>(Sound(decoded, WIREHOUND_DNS_DATA_SVCB));
    CHECK(svcb.priority == 16);
    CHECK(View(svcb.target) == "foo.example.org");
    REQUIRE(svcb.params.count == 2);
    CHECK(View(At<wirehound_dns_svc_param>(svcb.params, 0).text) == "h2");
    CHECK(View(At<wirehound_dns_svc_param>(svcb.params, 1).text) == "53");
  }
}

TEST_CASE("dns svcb: an alias has no parameters") {
  const DnsMessageBuilder message =
      WithAnswer(kHttps, ByteWriter().Be16(0).Append(Name("foo.example.com")));
  const DecodedDns decoded(message);
  const auto& svcb = Data<wirehound_dns_svcb>(Sound(decoded, WIREHOUND_DNS_DATA_SVCB));
  CHECK(svcb.priority == 0);
  CHECK(View(svcb.target) == "foo.example.com");
  CHECK(svcb.params.count == 0);
}

TEST_CASE("dns svcb: each key has its presentation form") {
  struct Row {
    unsigned key;
    ByteWriter value;
    const char* text;
  };
  const Row rows[] = {
      {0, {0, 1, 0, 4}, "alpn,ipv4hint"},
      {0, {0xff, 0x00}, "key65280"},
      {1, ByteWriter({2}).Text("h2").U8(5).Text("h3-19"), "h2,h3-19"},
      // RFC 9460 appendix D.2, figures 9 and 10: f\oo,bar and h2.
      {1, ByteWriter({8}).Text("f\\oo,bar").U8(2).Text("h2"), R"(f\\\\oo\\,bar,h2)"},
      {1, ByteWriter({3, 'a', 0x01, '"'}), R"(a\001\")"},
      {2, {}, ""},
      {3, {0x20, 0xfb}, "8443"},
      {4, {192, 0, 2, 1, 192, 0, 2, 2}, "192.0.2.1,192.0.2.2"},
      {5, {0xfe, 0x0d, 0x00}, "/g0A"},
      {6, ByteWriter().Append({0x20, 0x01, 0x0d, 0xb8}).Fill(11).U8(1), "2001:db8::1"},
      {7, ByteWriter().Text("/dns-query{?dns}"), "/dns-query{?dns}"},
      {8, {}, ""},
      {667, ByteWriter().Text("hello"), "hello"},
      // RFC 9460 appendix D.2, figure 6.
      {667, ByteWriter().Text("hello\xd2qoo"), R"(hello\210qoo)"},
      {65535, {}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.key);
    CHECK(TextOf(row.key, row.value) == row.text);
  }
}

TEST_CASE("dns svcb: registered keys have their names, others their number") {
  TextBuffer scratch;
  CHECK(SvcParamKeyText(0, scratch) == "mandatory");
  CHECK(SvcParamKeyText(2, scratch) == "no-default-alpn");
  CHECK(SvcParamKeyText(7, scratch) == "dohpath");
  CHECK(SvcParamKeyText(8, scratch) == "ohttp");
  CHECK(SvcParamKeyText(9, scratch) == "key9");
  CHECK(SvcParamKeyText(65535, scratch) == "key65535");
}

TEST_CASE("dns svcb: data that RFC 9460 section 2.2 calls malformed loses only its decoded form") {
  struct Row {
    const char* what;
    ByteWriter rdata;
  };
  const Row rows[] = {
      {"no priority", {0}},
      {"no target", {0, 1}},
      {"a parameter without a length", Binding({0, 3})},
      {"a value over the end", Binding({0, 3, 0, 2, 1})},
      {"keys out of order", Binding(Param(3, {0, 1}).Append(Param(2, {})))},
      {"a key twice", Binding(Param(3, {0, 1}).Append(Param(3, {0, 1})))},
      {"an empty list of mandatory keys", Binding(Param(0, {}))},
      {"half a mandatory key", Binding(Param(0, {0, 1, 0}))},
      {"mandatory keys out of order", Binding(Param(0, {0, 4, 0, 1}))},
      {"a mandatory key twice", Binding(Param(0, {0, 4, 0, 4}))},
      {"mandatory itself as mandatory", Binding(Param(0, {0, 0}))},
      {"no protocols", Binding(Param(1, {}))},
      {"an empty protocol", Binding(Param(1, {1, 'a', 0}))},
      {"a protocol over the end", Binding(Param(1, {3, 'h', '2'}))},
      {"no-default-alpn with a value", Binding(Param(2, {1}))},
      {"a port of one byte", Binding(Param(3, {1}))},
      {"a port of three bytes", Binding(Param(3, {0, 1, 2}))},
      {"no IPv4 addresses", Binding(Param(4, {}))},
      {"part of an IPv4 address", Binding(Param(4, {192, 0, 2, 1, 192}))},
      {"an empty ECH configuration", Binding(Param(5, {}))},
      {"part of an IPv6 address", Binding(Param(6, {0x20, 1, 0xd, 0xb8}))},
      {"ohttp with a value", Binding(Param(8, {0}))},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CheckMalformed(kSvcb, row.rdata);
  }
}

TEST_CASE("dns svcb: texts that do not fit the arena make the message truncated, not malformed") {
  const DnsMessageBuilder message =
      WithAnswer(kHttps, Binding(Param(5, ByteWriter().Fill(3000, 7))));
  const DecodedDns decoded(CapturedBytes(message.span()), 3000);
  CHECK(decoded.status == DecodeStatus::kTruncated);
  CHECK(decoded.dns.flags == (WIREHOUND_DNS_TRUNCATED | WIREHOUND_DNS_LIMIT));
  CHECK(decoded.arena.exhausted());
}

}  // namespace dns_svcb_test
}  // namespace wirehound::test
