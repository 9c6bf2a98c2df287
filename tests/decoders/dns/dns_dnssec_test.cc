// SPDX-License-Identifier: Apache-2.0

// DNSSEC record data, keys and fingerprints: sound data is decoded, other data refused.

#include "decoders/dns/dns_dnssec.h"

#include <initializer_list>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_dnssec_test {

std::vector<unsigned> Numbers(const wirehound_list& types) {
  std::vector<unsigned> numbers;
  for (std::uint32_t i = 0; i < types.count; ++i) {
    numbers.push_back(At<std::uint16_t>(types, i));
  }
  return numbers;
}

TEST_CASE("dns dnssec: DS and CDS are decoded") {
  for (const unsigned type : {kDs, kCds}) {
    const DnsMessageBuilder message =
        WithAnswer(type, ByteWriter().Be16(60485).U8(5).U8(1).Text("digest"));
    const DecodedDns decoded(message);
    const auto& ds = Data<wirehound_dns_ds>(Sound(decoded, WIREHOUND_DNS_DATA_DS));
    CHECK(ds.key_tag == 60485);
    CHECK(ds.algorithm == 5);
    CHECK(ds.digest_type == 1);
    CHECK(BytesView(ds.digest) == "digest");
  }
}

TEST_CASE("dns dnssec: DNSKEY and CDNSKEY are decoded") {
  for (const unsigned type : {kDnskey, kCdnskey}) {
    const DnsMessageBuilder message =
        WithAnswer(type, ByteWriter().Be16(257).U8(3).U8(13).Text("key"));
    const DecodedDns decoded(message);
    const auto& key = Data<wirehound_dns_dnskey>(Sound(decoded, WIREHOUND_DNS_DATA_DNSKEY));
    CHECK(key.flags == 257);
    CHECK(key.protocol == 3);
    CHECK(key.algorithm == 13);
    CHECK(BytesView(key.public_key) == "key");
  }
}

TEST_CASE("dns dnssec: RRSIG and SIG are decoded, with a compressed name of the signer too") {
  for (const unsigned type : {kRrsig, kSig}) {
    for (const ByteWriter& signer : {Name("example.com"), Pointer(12)}) {
      const DnsMessageBuilder message = WithAnswer(type, ByteWriter()
                                                             .Be16(kMx)
                                                             .U8(8)
                                                             .U8(2)
                                                             .Be32(3600)
                                                             .Be32(1700000000)
                                                             .Be32(1690000000)
                                                             .Be16(2642)
                                                             .Append(signer)
                                                             .Text("signature"));
      const DecodedDns decoded(message);
      const auto& rrsig = Data<wirehound_dns_rrsig>(Sound(decoded, WIREHOUND_DNS_DATA_RRSIG));
      CHECK(rrsig.type_covered == kMx);
      CHECK(rrsig.algorithm == 8);
      CHECK(rrsig.labels == 2);
      CHECK(rrsig.original_ttl == 3600);
      CHECK(rrsig.expiration == 1700000000);
      CHECK(rrsig.inception == 1690000000);
      CHECK(rrsig.key_tag == 2642);
      CHECK(View(rrsig.signer_name) == "example.com");
      CHECK(BytesView(rrsig.signature) == "signature");
    }
  }
}

TEST_CASE("dns dnssec: NSEC lists the types of all windows in order") {
  // A, MX, RRSIG, NSEC, TYPE1234: the example of RFC 4034 section 4.3.
  const ByteWriter rdata =
      Name("host.example.com").Append({0, 6, 0x40, 1, 0, 0, 0, 3, 4, 27}).Fill(26).U8(0x20);
  const DnsMessageBuilder message = WithAnswer(kNsec, rdata);
  const DecodedDns decoded(message);
  const auto& nsec = Data<wirehound_dns_nsec>(Sound(decoded, WIREHOUND_DNS_DATA_NSEC));
  CHECK(View(nsec.next_domain) == "host.example.com");
  CHECK(nsec.types.stride == sizeof(std::uint16_t));
  CHECK(Numbers(nsec.types) == std::vector<unsigned>{1, 15, 46, 47, 1234});
}

TEST_CASE("dns dnssec: an NSEC record may cover every type there is") {
  ByteWriter rdata = Name("a");
  for (int window = 0; window < 256; ++window) {
    rdata.U8(window).U8(32).Fill(32, 0xff);
  }
  const DnsMessageBuilder message = WithAnswer(kNsec, rdata);
  const DecodedDns decoded(message);
  const auto& nsec = Data<wirehound_dns_nsec>(Sound(decoded, WIREHOUND_DNS_DATA_NSEC));
  REQUIRE(nsec.types.count == 65536);
  CHECK(At<std::uint16_t>(nsec.types, 0) == 0);
  CHECK(At<std::uint16_t>(nsec.types, 65535) == 65535);
}

TEST_CASE("dns dnssec: NSEC3 is decoded") {
  const ByteWriter rdata =
      ByteWriter({1, 1, 0, 12, 2, 0xaa, 0xbb, 4}).Text("hash").Append({0, 1, 0x40, 1, 1, 0x80});
  const DnsMessageBuilder message = WithAnswer(kNsec3, rdata);
  const DecodedDns decoded(message);
  const auto& nsec3 = Data<wirehound_dns_nsec3>(Sound(decoded, WIREHOUND_DNS_DATA_NSEC3));
  CHECK(nsec3.hash_algorithm == 1);
  CHECK(nsec3.flags == 1);
  CHECK(nsec3.iterations == 12);
  CHECK(BytesView(nsec3.salt) == "\xaa\xbb");
  CHECK(BytesView(nsec3.next_hashed_owner) == "hash");
  CHECK(Numbers(nsec3.types) == std::vector<unsigned>{1, 256});
}

TEST_CASE("dns dnssec: NSEC and NSEC3 without any type are sound") {
  const DnsMessageBuilder nsec_message = WithAnswer(kNsec, Name("a"));
  const DecodedDns nsec(nsec_message);
  CHECK(Data<wirehound_dns_nsec>(Sound(nsec, WIREHOUND_DNS_DATA_NSEC)).types.count == 0);
  const DnsMessageBuilder nsec3_message = WithAnswer(kNsec3, {1, 1, 0, 0, 0, 1, 9});
  const DecodedDns nsec3(nsec3_message);
  CHECK(Data<wirehound_dns_nsec3>(Sound(nsec3, WIREHOUND_DNS_DATA_NSEC3)).types.count == 0);
}

TEST_CASE("dns dnssec: NSEC3PARAM has no owner and no types") {
  const DnsMessageBuilder message = WithAnswer(kNsec3param, {1, 0, 0, 5, 1, 0xcc});
  const DecodedDns decoded(message);
  const auto& nsec3 = Data<wirehound_dns_nsec3>(Sound(decoded, WIREHOUND_DNS_DATA_NSEC3));
  CHECK(nsec3.iterations == 5);
  CHECK(BytesView(nsec3.salt) == "\xcc");
  CHECK(nsec3.next_hashed_owner.size == 0);
  CHECK(nsec3.types.count == 0);
}

TEST_CASE("dns dnssec: TLSA and SMIMEA are decoded") {
  for (const unsigned type : {kTlsa, kSmimea}) {
    const DnsMessageBuilder message = WithAnswer(type, ByteWriter({3, 1, 2}).Text("data"));
    const DecodedDns decoded(message);
    const auto& tlsa = Data<wirehound_dns_tlsa>(Sound(decoded, WIREHOUND_DNS_DATA_TLSA));
    CHECK(tlsa.usage == 3);
    CHECK(tlsa.selector == 1);
    CHECK(tlsa.matching_type == 2);
    CHECK(BytesView(tlsa.data) == "data");
  }
}

TEST_CASE("dns dnssec: SSHFP is decoded") {
  const DnsMessageBuilder message = WithAnswer(kSshfp, ByteWriter({4, 2}).Text("print"));
  const DecodedDns decoded(message);
  const auto& sshfp = Data<wirehound_dns_sshfp>(Sound(decoded, WIREHOUND_DNS_DATA_SSHFP));
  CHECK(sshfp.algorithm == 4);
  CHECK(sshfp.fingerprint_type == 2);
  CHECK(BytesView(sshfp.fingerprint) == "print");
}

TEST_CASE("dns dnssec: data that does not fit its type loses only its decoded form") {
  struct Row {
    const char* what;
    unsigned type;
    ByteWriter rdata;
  };
  const Row rows[] = {
      {"DS of three bytes", kDs, {0, 1, 2}},
      {"DNSKEY of nothing", kDnskey, {}},
      {"RRSIG without a signer", kRrsig, ByteWriter().Fill(18, 1)},
      {"RRSIG cut in a number", kRrsig, ByteWriter().Fill(17, 1)},
      {"NSEC without a name", kNsec, {}},
      {"NSEC with a window of no bytes", kNsec, Name("a").Append({0, 0})},
      {"NSEC with a window of 33 bytes", kNsec, Name("a").Append({0, 33}).Fill(33, 1)},
      {"NSEC with a window that is cut", kNsec, Name("a").Append({0, 2, 1})},
      {"NSEC with half a window", kNsec, Name("a").Append({0})},
      {"NSEC with the same window twice", kNsec, Name("a").Append({1, 1, 1, 1, 1, 1})},
      {"NSEC with windows backwards", kNsec, Name("a").Append({1, 1, 1, 0, 1, 1})},
      {"NSEC3 with a salt over the end", kNsec3, {1, 0, 0, 0, 9, 1}},
      {"NSEC3 without a hash", kNsec3, {1, 0, 0, 0, 0, 0}},
      {"NSEC3 with a hash over the end", kNsec3, {1, 0, 0, 0, 0, 20, 1}},
      {"NSEC3 that ends before its hash", kNsec3, {1, 0, 0, 0, 0}},
      {"NSEC3PARAM with something behind it", kNsec3param, {1, 0, 0, 0, 0, 1}},
      {"NSEC3PARAM that is cut", kNsec3param, {1, 0, 0}},
      {"TLSA of two bytes", kTlsa, {3, 1}},
      {"SSHFP of one byte", kSshfp, {4}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CheckMalformed(row.type, row.rdata);
  }
}

}  // namespace dns_dnssec_test
}  // namespace wirehound::test
