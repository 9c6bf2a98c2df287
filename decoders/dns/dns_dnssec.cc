// SPDX-License-Identifier: Apache-2.0

#include "decoders/dns/dns_dnssec.h"

#include <bit>

namespace wirehound {
namespace {

constexpr std::size_t kMaxBitmapBytes = 32;  // a bit for each of a window's 256 types

// One window of the type bit maps (RFC 4034 section 4.1.2).
struct TypeWindow {
  std::uint8_t number = 0;
  wirehound_bytes bitmap{};
};

// The next window, or one with an empty bit map when it is wrong.
TypeWindow ReadWindow(ByteReader& reader) {
  TypeWindow window;
  window.number = reader.ReadU8();
  const std::size_t size = reader.ReadU8();
  if (size <= kMaxBitmapBytes) {
    window.bitmap = ReadDnsBytes(reader, size);
  }
  return window;
}

// Counts the types of all windows to the end; false where one is wrong or not in order.
bool CountTypes(ByteReader reader, std::uint32_t& count) {
  int last_window = -1;
  while (reader.remaining() > 0) {
    const TypeWindow window = ReadWindow(reader);
    if (window.bitmap.size == 0 || window.number <= last_window) {
      return false;
    }
    last_window = window.number;
    for (std::size_t i = 0; i < window.bitmap.size; ++i) {
      count += static_cast<std::uint32_t>(std::popcount(window.bitmap.data[i]));
    }
  }
  return reader.ok();
}

// Appends the types of a window to `out` and returns the end.
std::uint16_t* PutTypes(const TypeWindow& window, std::uint16_t* out) {
  for (std::size_t i = 0; i < window.bitmap.size; ++i) {
    for (unsigned bits = window.bitmap.data[i]; bits != 0;) {
      const unsigned from_left = static_cast<unsigned>(std::countl_zero(bits)) - 24;
      *out++ = static_cast<std::uint16_t>(window.number << 8 | i << 3 | from_left);
      bits &= ~(0x80u >> from_left);
    }
  }
  return out;
}

// The type bit maps that the rest of the data is.
DnsPart ReadTypes(const DnsRdataContext& context, wirehound_list& types) {
  types = {nullptr, 0, sizeof(std::uint16_t)};
  std::uint32_t count = 0;
  if (!CountTypes(context.rdata, count)) {
    return DnsPart::kMalformed;
  }
  auto* numbers = context.arena.AllocateArray<std::uint16_t>(count);
  if (numbers == nullptr) {
    return DnsPart::kNoRoom;
  }
  types.data = numbers;
  types.count = count;
  while (context.rdata.remaining() > 0) {
    numbers = PutTypes(ReadWindow(context.rdata), numbers);
  }
  return DnsPart::kOk;
}

wirehound_dns_nsec3 ReadNsec3Parameters(ByteReader& reader) {
  wirehound_dns_nsec3 nsec3{};
  nsec3.hash_algorithm = reader.ReadU8();
  nsec3.flags = reader.ReadU8();
  nsec3.iterations = reader.ReadBe16();
  nsec3.salt = ReadDnsBytes(reader, reader.ReadU8());
  nsec3.types.stride = sizeof(std::uint16_t);
  return nsec3;
}

}  // namespace

DnsPart DecodeDnsDs(DnsRdataContext& context) {
  wirehound_dns_ds ds{};
  ds.key_tag = context.rdata.ReadBe16();
  ds.algorithm = context.rdata.ReadU8();
  ds.digest_type = context.rdata.ReadU8();
  ds.digest = ReadDnsRest(context.rdata);
  return StoreDnsData(context, WIREHOUND_DNS_DATA_DS, ds);
}

DnsPart DecodeDnsDnskey(DnsRdataContext& context) {
  wirehound_dns_dnskey key{};
  key.flags = context.rdata.ReadBe16();
  key.protocol = context.rdata.ReadU8();
  key.algorithm = context.rdata.ReadU8();
  key.public_key = ReadDnsRest(context.rdata);
  return StoreDnsData(context, WIREHOUND_DNS_DATA_DNSKEY, key);
}

DnsPart DecodeDnsRrsig(DnsRdataContext& context) {
  wirehound_dns_rrsig rrsig{};
  rrsig.type_covered = context.rdata.ReadBe16();
  rrsig.algorithm = context.rdata.ReadU8();
  rrsig.labels = context.rdata.ReadU8();
  rrsig.original_ttl = context.rdata.ReadBe32();
  rrsig.expiration = context.rdata.ReadBe32();
  rrsig.inception = context.rdata.ReadBe32();
  rrsig.key_tag = context.rdata.ReadBe16();
  if (const DnsPart part = ReadDnsDataName(context, rrsig.signer_name); part != DnsPart::kOk) {
    return part;
  }
  rrsig.signature = ReadDnsRest(context.rdata);
  return StoreDnsData(context, WIREHOUND_DNS_DATA_RRSIG, rrsig);
}

DnsPart DecodeDnsNsec(DnsRdataContext& context) {
  wirehound_dns_nsec nsec{};
  if (const DnsPart part = ReadDnsDataName(context, nsec.next_domain); part != DnsPart::kOk) {
    return part;
  }
  const DnsPart part = ReadTypes(context, nsec.types);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_NSEC, nsec) : part;
}

DnsPart DecodeDnsNsec3(DnsRdataContext& context) {
  wirehound_dns_nsec3 nsec3 = ReadNsec3Parameters(context.rdata);
  nsec3.next_hashed_owner = ReadDnsBytes(context.rdata, context.rdata.ReadU8());
  if (!context.rdata.ok() || nsec3.next_hashed_owner.size == 0) {
    return DnsPart::kMalformed;  // a hash has at least one byte (RFC 5155 section 3.1.6)
  }
  const DnsPart part = ReadTypes(context, nsec3.types);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_NSEC3, nsec3) : part;
}

DnsPart DecodeDnsNsec3param(DnsRdataContext& context) {
  return StoreDnsData(context, WIREHOUND_DNS_DATA_NSEC3, ReadNsec3Parameters(context.rdata));
}

DnsPart DecodeDnsTlsa(DnsRdataContext& context) {
  wirehound_dns_tlsa tlsa{};
  tlsa.usage = context.rdata.ReadU8();
  tlsa.selector = context.rdata.ReadU8();
  tlsa.matching_type = context.rdata.ReadU8();
  tlsa.data = ReadDnsRest(context.rdata);
  return StoreDnsData(context, WIREHOUND_DNS_DATA_TLSA, tlsa);
}

DnsPart DecodeDnsSshfp(DnsRdataContext& context) {
  wirehound_dns_sshfp sshfp{};
  sshfp.algorithm = context.rdata.ReadU8();
  sshfp.fingerprint_type = context.rdata.ReadU8();
  sshfp.fingerprint = ReadDnsRest(context.rdata);
  return StoreDnsData(context, WIREHOUND_DNS_DATA_SSHFP, sshfp);
}

}  // namespace wirehound
