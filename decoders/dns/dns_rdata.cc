// SPDX-License-Identifier: Apache-2.0

// The types of RFC 1035 and of services, one function per shape of data, and the switch from a type
// to its function.
//
// The functions read without asking after each read: the reader yields zeros once it has failed,
// and StoreDnsData refuses data that failed or left bytes over. So a function must keep nothing
// outside the arena before that. A record whose data does not fit its type is still reported, with
// its raw bytes, and the decoder goes on with the next one.

#include "decoders/dns/dns_rdata.h"

#include "decoders/dns/dns_dnssec.h"
#include "decoders/dns/dns_edns_text.h"
#include "decoders/dns/dns_rdata_context.h"
#include "decoders/dns/dns_svcb.h"
#include "decoders/dns/dns_types.h"

namespace wirehound {
namespace {

// Classes of dynamic updates (RFC 2136).
constexpr std::uint16_t kClassNone = 254;
constexpr std::uint16_t kClassAny = 255;

using Context = DnsRdataContext;

DnsPart DecodeAddress(Context& context, std::uint8_t family, std::size_t size) {
  wirehound_address address{};
  address.family = family;
  context.rdata.ReadInto(address.bytes, size);
  return StoreDnsData(context, WIREHOUND_DNS_DATA_ADDRESS, address);
}

// Most types that RFC 1035 knows are one name. Names in data may be compressed, and the pointer
// leads into the whole message: so they are read by the message's name reader, never from the data
// alone.
DnsPart DecodeName(Context& context) {
  wirehound_string name{};
  const DnsPart part = ReadDnsDataName(context, name);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_NAME, name) : part;
}

// Two names of unknown length come before the numbers, so a bad name ends the decoding at once: the
// numbers would be read from the wrong place.
DnsPart DecodeSoa(Context& context) {
  wirehound_dns_soa soa{};
  if (const DnsPart part = ReadDnsDataName(context, soa.mname); part != DnsPart::kOk) {
    return part;
  }
  if (const DnsPart part = ReadDnsDataName(context, soa.rname); part != DnsPart::kOk) {
    return part;
  }
  soa.serial = context.rdata.ReadBe32();
  soa.refresh = context.rdata.ReadBe32();
  soa.retry = context.rdata.ReadBe32();
  soa.expire = context.rdata.ReadBe32();
  soa.minimum = context.rdata.ReadBe32();
  return StoreDnsData(context, WIREHOUND_DNS_DATA_SOA, soa);
}

DnsPart DecodeMx(Context& context) {
  wirehound_dns_mx mx{};
  mx.preference = context.rdata.ReadBe16();
  const DnsPart part = ReadDnsDataName(context, mx.name);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_MX, mx) : part;
}

DnsPart DecodeSrv(Context& context) {
  wirehound_dns_srv srv{};
  srv.priority = context.rdata.ReadBe16();
  srv.weight = context.rdata.ReadBe16();
  srv.port = context.rdata.ReadBe16();
  const DnsPart part = ReadDnsDataName(context, srv.name);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_SRV, srv) : part;
}

DnsPart DecodeUri(Context& context) {
  wirehound_dns_uri uri{};
  uri.priority = context.rdata.ReadBe16();
  uri.weight = context.rdata.ReadBe16();
  // The target has no length of its own: it is the rest of the data, and not empty (RFC 7553
  // section 4.4).
  uri.target = DnsTextOf(context.rdata.ReadBytes(context.rdata.remaining()));
  return uri.target.size == 0 ? DnsPart::kMalformed
                              : StoreDnsData(context, WIREHOUND_DNS_DATA_URI, uri);
}

DnsPart DecodeCaa(Context& context) {
  wirehound_dns_caa caa{};
  caa.flags = context.rdata.ReadU8();
  caa.tag = ReadDnsCharacterString(context.rdata);
  caa.value = DnsTextOf(context.rdata.ReadBytes(context.rdata.remaining()));
  // A property has a name (RFC 8659 section 4.1). Its letters are not checked.
  return caa.tag.size == 0 ? DnsPart::kMalformed
                           : StoreDnsData(context, WIREHOUND_DNS_DATA_CAA, caa);
}

DnsPart DecodeNaptr(Context& context) {
  wirehound_dns_naptr naptr{};
  naptr.order = context.rdata.ReadBe16();
  naptr.preference = context.rdata.ReadBe16();
  naptr.flags = ReadDnsCharacterString(context.rdata);
  naptr.service = ReadDnsCharacterString(context.rdata);
  naptr.regexp = ReadDnsCharacterString(context.rdata);
  const DnsPart part = ReadDnsDataName(context, naptr.replacement);
  return part == DnsPart::kOk ? StoreDnsData(context, WIREHOUND_DNS_DATA_NAPTR, naptr) : part;
}

wirehound_dns_option ReadOption(ByteReader& reader) {
  wirehound_dns_option option{};
  option.code = reader.ReadBe16();
  option.data = ReadDnsBytes(reader, reader.ReadBe16());
  return option;
}

template <typename Item>
using ItemReader = Item (*)(ByteReader& reader);

// Reads items one after the other to the end of the data. They are counted first, on a copy of the
// reader, so that arena memory is taken only for items that are really there. No items are valid:
// an OPT record without options, a TXT record without strings (RFC 6763 section 6.1).
template <typename Item, ItemReader<Item> kRead>
DnsPart ReadItems(Context& context, std::span<Item>& out) {
  ByteReader scan = context.rdata;
  std::uint32_t count = 0;
  while (scan.remaining() > 0) {
    kRead(scan);
    ++count;
  }
  if (!scan.ok()) {
    return DnsPart::kMalformed;
  }
  Item* items = context.arena.AllocateArray<Item>(count);
  if (items == nullptr) {
    return DnsPart::kNoRoom;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    items[i] = kRead(context.rdata);
  }
  out = {items, count};
  return DnsPart::kOk;
}

template <typename Item>
wirehound_list ListOf(std::span<const Item> items) {
  return {items.data(), static_cast<std::uint32_t>(items.size()), sizeof(Item)};
}

DnsPart DecodeText(Context& context) {
  std::span<wirehound_string> texts;
  const DnsPart part = ReadItems<wirehound_string, ReadDnsCharacterString>(context, texts);
  return part == DnsPart::kOk
             ? StoreDnsData(context, WIREHOUND_DNS_DATA_TEXT, ListOf<wirehound_string>(texts))
             : part;
}

DnsPart DecodeOpt(Context& context) {
  std::span<wirehound_dns_option> options;
  const DnsPart part = ReadItems<wirehound_dns_option, ReadOption>(context, options);
  if (part != DnsPart::kOk) {
    return part;
  }
  for (wirehound_dns_option& option : options) {
    if (!SetEdnsOptionText(option, context.arena)) {
      return DnsPart::kNoRoom;
    }
  }
  return StoreDnsData(context, WIREHOUND_DNS_DATA_OPT, ListOf<wirehound_dns_option>(options));
}

// DNSSEC, and records that publish keys. Types that are not decoded end here, with kOk and without
// data: an unknown type is no fault (RFC 3597).
DnsPart DecodeSecurityRecord(Context& context) {
  switch (context.record.type) {
    case kDnsTypeDs:
    case kDnsTypeCds:
      return DecodeDnsDs(context);
    case kDnsTypeDnskey:
    case kDnsTypeCdnskey:
      return DecodeDnsDnskey(context);
    case kDnsTypeRrsig:
    case kDnsTypeSig:
      return DecodeDnsRrsig(context);
    case kDnsTypeNsec:
      return DecodeDnsNsec(context);
    case kDnsTypeNsec3:
      return DecodeDnsNsec3(context);
    case kDnsTypeNsec3param:
      return DecodeDnsNsec3param(context);
    case kDnsTypeTlsa:
    case kDnsTypeSmimea:
      return DecodeDnsTlsa(context);
    case kDnsTypeSshfp:
      return DecodeDnsSshfp(context);
    default:
      return DnsPart::kOk;
  }
}

}  // namespace

DnsPart DecodeDnsRdata(ByteReader& rdata, DnsNameReader& names, Arena& arena,
                       wirehound_dns_record& record) {
  // Updates name the records that they delete or require with empty data (RFC 2136 section 2.4).
  if (rdata.remaining() == 0 && (record.rclass == kClassAny || record.rclass == kClassNone)) {
    return DnsPart::kOk;
  }
  Context context{rdata, names, arena, record};
  switch (record.type) {
    case kDnsTypeA:
      return DecodeAddress(context, WIREHOUND_FAMILY_IPV4, 4);
    case kDnsTypeAaaa:
      return DecodeAddress(context, WIREHOUND_FAMILY_IPV6, 16);
    case kDnsTypeNs:
    case kDnsTypeMd:
    case kDnsTypeMf:
    case kDnsTypeCname:
    case kDnsTypeMb:
    case kDnsTypeMg:
    case kDnsTypeMr:
    case kDnsTypePtr:
    case kDnsTypeDname:
      return DecodeName(context);
    case kDnsTypeSoa:
      return DecodeSoa(context);
    case kDnsTypeMx:
      return DecodeMx(context);
    case kDnsTypeTxt:
    case kDnsTypeSpf:
    case kDnsTypeHinfo:
      return DecodeText(context);
    case kDnsTypeSrv:
      return DecodeSrv(context);
    case kDnsTypeUri:
      return DecodeUri(context);
    case kDnsTypeCaa:
      return DecodeCaa(context);
    case kDnsTypeNaptr:
      return DecodeNaptr(context);
    case kDnsTypeSvcb:
    case kDnsTypeHttps:
      return DecodeDnsSvcb(context);
    case kDnsTypeOpt:
      return DecodeOpt(context);
    default:
      return DecodeSecurityRecord(context);
  }
}

}  // namespace wirehound
