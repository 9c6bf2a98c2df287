// SPDX-License-Identifier: Apache-2.0

// The data of each record type: sound data is decoded, data that does not fit its type is not.

#include <iterator>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_rdata_test {

constexpr std::size_t kRdata = 12 + 13 + 4 + 12;  // where the data of WithAnswer starts

TEST_CASE("dns rdata: A and AAAA are addresses") {
  const DnsMessageBuilder a = WithAnswer(kA, {192, 0, 2, 1});
  const DecodedDns decoded_a(a);
  const auto& v4 = Data<wirehound_address>(Sound(decoded_a, WIREHOUND_DNS_DATA_ADDRESS));
  CHECK(v4.family == WIREHOUND_FAMILY_IPV4);
  CHECK(v4.bytes[0] == 192);
  CHECK(v4.bytes[3] == 1);
  CHECK(v4.bytes[4] == 0);
  const DnsMessageBuilder aaaa = WithAnswer(kAaaa, ByteWriter().Fill(15, 0x20).U8(9));
  const DecodedDns decoded_aaaa(aaaa);
  const auto& v6 = Data<wirehound_address>(Sound(decoded_aaaa, WIREHOUND_DNS_DATA_ADDRESS));
  CHECK(v6.family == WIREHOUND_FAMILY_IPV6);
  CHECK(v6.bytes[0] == 0x20);
  CHECK(v6.bytes[15] == 9);
}

TEST_CASE("dns rdata: NS, CNAME, PTR, DNAME and the mailbox types are names") {
  constexpr unsigned kMailboxTypes[] = {3, 4, 7, 8, 9};
  std::vector<unsigned> types = {kNs, kCname, kPtr, kDname};
  types.insert(types.end(), std::begin(kMailboxTypes), std::end(kMailboxTypes));
  for (const unsigned type : types) {
    const DnsMessageBuilder message = WithAnswer(type, NameWithPointer("target", 20));
    const DecodedDns decoded(message);
    const auto& record = Sound(decoded, WIREHOUND_DNS_DATA_NAME);
    CHECK(View(Data<wirehound_string>(record)) == "target.com");
    CHECK(record.rdata.size == 9);
  }
}

TEST_CASE("dns rdata: SOA is decoded") {
  const DnsMessageBuilder message = WithAnswer(
      kSoa,
      NameWithPointer("ns", 12)
          .Append(NameWithPointer("host.master", 12))
          .Append(ByteWriter().Be32(2016052887).Be32(7200).Be32(3600).Be32(432000).Be32(900)));
  const DecodedDns decoded(message);
  const auto& soa = Data<wirehound_dns_soa>(Sound(decoded, WIREHOUND_DNS_DATA_SOA));
  CHECK(View(soa.mname) == "ns.example.com");
  CHECK(View(soa.rname) == "host.master.example.com");
  CHECK(soa.serial == 2016052887);
  CHECK(soa.refresh == 7200);
  CHECK(soa.retry == 3600);
  CHECK(soa.expire == 432000);
  CHECK(soa.minimum == 900);
}

TEST_CASE("dns rdata: MX is decoded, the null MX of RFC 7505 too") {
  const DnsMessageBuilder message =
      WithAnswer(kMx, ByteWriter().Be16(10).Append(NameWithPointer("mail", 12)));
  const DecodedDns decoded(message);
  const auto& mx = Data<wirehound_dns_mx>(Sound(decoded, WIREHOUND_DNS_DATA_MX));
  CHECK(mx.preference == 10);
  CHECK(View(mx.name) == "mail.example.com");
  const DnsMessageBuilder null_message = WithAnswer(kMx, {0, 0, 0});
  const DecodedDns null_decoded(null_message);
  CHECK(Data<wirehound_dns_mx>(Sound(null_decoded, WIREHOUND_DNS_DATA_MX)).name.size == 0);
}

TEST_CASE("dns rdata: TXT is a list of strings, empty ones too") {
  const ByteWriter rdata = ByteWriter({3}).Text("one").U8(0).U8(2).Text("2.").U8(1).U8(0xff);
  const DnsMessageBuilder message = WithAnswer(kTxt, rdata);
  const DecodedDns decoded(message);
  const auto& record = Sound(decoded, WIREHOUND_DNS_DATA_TEXT);
  const auto& list = Data<wirehound_list>(record);
  REQUIRE(list.count == 4);
  CHECK(list.stride == sizeof(wirehound_string));
  CHECK(View(At<wirehound_string>(list, 0)) == "one");
  CHECK(View(At<wirehound_string>(list, 1)).empty());
  CHECK(View(At<wirehound_string>(list, 2)) == "2.");
  CHECK(View(At<wirehound_string>(list, 3)) == "\xff");
  CHECK(record.rdata.size == rdata.size());
}

TEST_CASE("dns rdata: TXT without any string is an empty list") {
  const DnsMessageBuilder message = WithAnswer(kTxt, {});
  const DecodedDns decoded(message);
  CHECK(Data<wirehound_list>(Sound(decoded, WIREHOUND_DNS_DATA_TEXT)).count == 0);
}

TEST_CASE("dns rdata: HINFO is a list of strings") {
  const DnsMessageBuilder message = WithAnswer(kHinfo, ByteWriter({7}).Text("RFC8482").U8(0));
  const DecodedDns decoded(message);
  const auto& list = Data<wirehound_list>(Sound(decoded, WIREHOUND_DNS_DATA_TEXT));
  REQUIRE(list.count == 2);
  CHECK(View(At<wirehound_string>(list, 0)) == "RFC8482");
}

TEST_CASE("dns rdata: SRV is decoded") {
  const DnsMessageBuilder message =
      WithAnswer(kSrv, ByteWriter().Be16(1).Be16(2).Be16(5060).Append(NameWithPointer("sip", 12)));
  const DecodedDns decoded(message);
  const auto& srv = Data<wirehound_dns_srv>(Sound(decoded, WIREHOUND_DNS_DATA_SRV));
  CHECK(srv.priority == 1);
  CHECK(srv.weight == 2);
  CHECK(srv.port == 5060);
  CHECK(View(srv.name) == "sip.example.com");
}

TEST_CASE("dns rdata: URI is decoded") {
  const DnsMessageBuilder message =
      WithAnswer(kUri, ByteWriter().Be16(10).Be16(1).Text("https://example.com/"));
  const DecodedDns decoded(message);
  const auto& uri = Data<wirehound_dns_uri>(Sound(decoded, WIREHOUND_DNS_DATA_URI));
  CHECK(uri.priority == 10);
  CHECK(uri.weight == 1);
  CHECK(View(uri.target) == "https://example.com/");
}

TEST_CASE("dns rdata: SPF is a list of strings like TXT") {
  const DnsMessageBuilder message = WithAnswer(kSpf, ByteWriter({6}).Text("v=spf1").U8(0));
  const DecodedDns decoded(message);
  const auto& list = Data<wirehound_list>(Sound(decoded, WIREHOUND_DNS_DATA_TEXT));
  REQUIRE(list.count == 2);
  CHECK(View(At<wirehound_string>(list, 0)) == "v=spf1");
}

TEST_CASE("dns rdata: CAA is decoded, without a value too") {
  const DnsMessageBuilder message =
      WithAnswer(kCaa, ByteWriter({128, 5}).Text("issue").Text("letsencrypt.org; a=b"));
  const DecodedDns decoded(message);
  const auto& caa = Data<wirehound_dns_caa>(Sound(decoded, WIREHOUND_DNS_DATA_CAA));
  CHECK(caa.flags == 128);
  CHECK(View(caa.tag) == "issue");
  CHECK(View(caa.value) == "letsencrypt.org; a=b");
  const DnsMessageBuilder empty_message = WithAnswer(kCaa, ByteWriter({0, 5}).Text("issue"));
  const DecodedDns empty(empty_message);
  CHECK(Data<wirehound_dns_caa>(Sound(empty, WIREHOUND_DNS_DATA_CAA)).value.size == 0);
}

TEST_CASE("dns rdata: NAPTR is decoded") {
  const DnsMessageBuilder message =
      WithAnswer(kNaptr, ByteWriter()
                             .Be16(100)
                             .Be16(50)
                             .U8(1)
                             .Text("s")
                             .U8(7)
                             .Text("SIP+D2U")
                             .U8(3)
                             .Text("!a!")
                             .Append(NameWithPointer("_sip._udp", 12)));
  const DecodedDns decoded(message);
  const auto& naptr = Data<wirehound_dns_naptr>(Sound(decoded, WIREHOUND_DNS_DATA_NAPTR));
  CHECK(naptr.order == 100);
  CHECK(naptr.preference == 50);
  CHECK(View(naptr.flags) == "s");
  CHECK(View(naptr.service) == "SIP+D2U");
  CHECK(View(naptr.regexp) == "!a!");
  CHECK(View(naptr.replacement) == "_sip._udp.example.com");
}

TEST_CASE("dns rdata: OPT is a list of options") {
  const DnsMessageBuilder message =
      WithAnswer(kOpt, ByteWriter().Be16(10).Be16(3).Append({1, 2, 3}).Be16(12).Be16(0));
  const DecodedDns decoded(message);
  const auto& list = Data<wirehound_list>(Sound(decoded, WIREHOUND_DNS_DATA_OPT));
  REQUIRE(list.count == 2);
  CHECK(list.stride == sizeof(wirehound_dns_option));
  const auto& cookie = At<wirehound_dns_option>(list, 0);
  CHECK(cookie.code == 10);
  REQUIRE(cookie.data.size == 3);
  CHECK(cookie.data.data[2] == 3);
  CHECK(At<wirehound_dns_option>(list, 1).code == 12);
  CHECK(At<wirehound_dns_option>(list, 1).data.size == 0);
}

TEST_CASE("dns rdata: OPT without options is an empty list") {
  const DnsMessageBuilder message = WithAnswer(kOpt, {});
  const DecodedDns decoded(message);
  CHECK(Data<wirehound_list>(Sound(decoded, WIREHOUND_DNS_DATA_OPT)).count == 0);
}

TEST_CASE("dns rdata: other types keep their raw data") {
  for (const unsigned type : {10u, 29u, 37u, 250u, 65280u}) {
    const DnsMessageBuilder message = WithAnswer(type, {1, 2, 3});
    const DecodedDns decoded(message);
    CHECK(decoded.status == DecodeStatus::kOk);
    const wirehound_dns_record& record = decoded.answer(0);
    CHECK(record.data_kind == WIREHOUND_DNS_DATA_NONE);
    CHECK(record.data == nullptr);
    REQUIRE(record.rdata.size == 3);
    CHECK(record.rdata.data[2] == 3);
  }
}

TEST_CASE("dns rdata: data that does not fit its type loses only its decoded form") {
  struct Row {
    const char* what;
    unsigned type;
    ByteWriter rdata;
  };
  const ByteWriter cut_soa = Name("a").Append(Name("b")).Fill(19);
  const Row rows[] = {
      {"A of three bytes", kA, {1, 2, 3}},
      {"A of five bytes", kA, {1, 2, 3, 4, 5}},
      {"A of nothing", kA, {}},
      {"AAAA of four bytes", kAaaa, {1, 2, 3, 4}},
      {"NS of nothing", kNs, {}},
      {"CNAME without its root", kCname, {1, 'a'}},
      {"CNAME whose label runs over the data", kCname, {5, 'a', 'b'}},
      {"CNAME with something behind it", kCname, Name("a").U8(0)},
      {"PTR of half a pointer", kPtr, {0xc0}},
      {"PTR to itself", kPtr, Pointer(kRdata)},
      {"PTR forward", kPtr, Pointer(kRdata + 2)},
      {"SOA without its last number", kSoa, cut_soa},
      {"SOA of one name", kSoa, Name("a")},
      {"SOA with something behind it", kSoa, ByteWriter().Append(cut_soa).Fill(2)},
      {"MX without a name", kMx, {0, 10}},
      {"MX of one byte", kMx, {0}},
      {"SRV without a name", kSrv, {0, 1, 0, 2, 0, 3}},
      {"SRV cut in a number", kSrv, {0, 1, 0}},
      {"URI without a target", kUri, {0, 1, 0, 2}},
      {"URI cut in a number", kUri, {0, 1, 0}},
      {"TXT whose string runs over the data", kTxt, {1, 'a', 5, 'b'}},
      {"HINFO whose string runs over the data", kHinfo, {200}},
      {"OPT whose option runs over the data", kOpt, {0, 10, 0, 9, 1}},
      {"OPT cut in a length", kOpt, {0, 10, 0}},
      {"SPF whose string runs over the data", kSpf, {4, 'v'}},
      {"DNAME with something behind it", kDname, ByteWriter(Name("a")).U8(0)},
      {"CAA without a tag", kCaa, {0, 0, 'v'}},
      {"CAA whose tag runs over the data", kCaa, {0, 5, 'i'}},
      {"CAA without anything", kCaa, {}},
      {"NAPTR without a name", kNaptr, {0, 1, 0, 2, 0, 0, 0}},
      {"NAPTR whose string runs over the data", kNaptr, {0, 1, 0, 2, 9, 's'}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    DnsMessageBuilder message = WithAnswer(row.type, row.rdata);
    message.Answer(Pointer(12), kA, {192, 0, 2, 7});
    const DecodedDns decoded(message);
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK(decoded.dns.flags == WIREHOUND_DNS_MALFORMED);
    REQUIRE(decoded.dns.answers.count == 2);
    const wirehound_dns_record& bad = decoded.answer(0);
    CHECK(View(bad.name) == "example.com");
    CHECK(bad.type == row.type);
    CHECK(bad.ttl == 300);
    CHECK(bad.data_kind == WIREHOUND_DNS_DATA_NONE);
    CHECK(bad.data == nullptr);
    CHECK(bad.rdata.size == row.rdata.size());
    CHECK(Data<wirehound_address>(decoded.answer(1)).bytes[3] == 7);
  }
}

TEST_CASE("dns rdata: updates may name a type without any data in the classes ANY and NONE") {
  for (const unsigned rclass : {254u, 255u}) {
    DnsMessageBuilder message(0x2800);
    message.Question("example.com", kSoa).Record(6, Pointer(12), kA, {}, rclass, 0);
    const DecodedDns decoded(message);
    CHECK(decoded.status == DecodeStatus::kOk);
    REQUIRE(decoded.dns.answers.count == 1);
    CHECK(decoded.answer(0).data_kind == WIREHOUND_DNS_DATA_NONE);
  }
}

}  // namespace dns_rdata_test
}  // namespace wirehound::test
