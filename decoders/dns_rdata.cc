// SPDX-License-Identifier: Apache-2.0

// One function per shape of data. Each reads everything, then lets Store check that the reader
// came out exactly at the end of the data.

#include "decoders/dns_rdata.h"

#include "decoders/dns_types.h"

namespace wirehound {
namespace {

constexpr std::uint16_t kClassNone = 254;
constexpr std::uint16_t kClassAny = 255;

struct RdataContext {
  ByteReader& rdata;
  DnsNameReader& names;
  Arena& arena;
  wirehound_dns_record& record;
};

template <typename T>
DnsPart Store(const RdataContext& context, std::uint32_t kind, const T& value) {
  if (!context.rdata.ok() || context.rdata.remaining() != 0) {
    return DnsPart::kMalformed;
  }
  const T* stored = context.arena.Create(value);
  if (stored == nullptr) {
    return DnsPart::kNoRoom;
  }
  context.record.data = stored;
  context.record.data_kind = kind;
  return DnsPart::kOk;
}

// All bytes of the data are there, so a name that runs over them is wrong, not cut.
DnsPart ReadName(RdataContext& context, wirehound_string& out) {
  const DnsPart part = context.names.Read(context.rdata, out);
  return part == DnsPart::kShort ? DnsPart::kMalformed : part;
}

DnsPart DecodeAddress(RdataContext& context, std::uint8_t family, std::size_t size) {
  wirehound_address address{};
  address.family = family;
  context.rdata.ReadInto(address.bytes, size);
  return Store(context, WIREHOUND_DNS_DATA_ADDRESS, address);
}

DnsPart DecodeName(RdataContext& context) {
  wirehound_string name{};
  const DnsPart part = ReadName(context, name);
  return part == DnsPart::kOk ? Store(context, WIREHOUND_DNS_DATA_NAME, name) : part;
}

DnsPart DecodeSoa(RdataContext& context) {
  wirehound_dns_soa soa{};
  if (const DnsPart part = ReadName(context, soa.mname); part != DnsPart::kOk) {
    return part;
  }
  if (const DnsPart part = ReadName(context, soa.rname); part != DnsPart::kOk) {
    return part;
  }
  soa.serial = context.rdata.ReadBe32();
  soa.refresh = context.rdata.ReadBe32();
  soa.retry = context.rdata.ReadBe32();
  soa.expire = context.rdata.ReadBe32();
  soa.minimum = context.rdata.ReadBe32();
  return Store(context, WIREHOUND_DNS_DATA_SOA, soa);
}

DnsPart DecodeMx(RdataContext& context) {
  wirehound_dns_mx mx{};
  mx.preference = context.rdata.ReadBe16();
  const DnsPart part = ReadName(context, mx.name);
  return part == DnsPart::kOk ? Store(context, WIREHOUND_DNS_DATA_MX, mx) : part;
}

DnsPart DecodeSrv(RdataContext& context) {
  wirehound_dns_srv srv{};
  srv.priority = context.rdata.ReadBe16();
  srv.weight = context.rdata.ReadBe16();
  srv.port = context.rdata.ReadBe16();
  const DnsPart part = ReadName(context, srv.name);
  return part == DnsPart::kOk ? Store(context, WIREHOUND_DNS_DATA_SRV, srv) : part;
}

wirehound_string TextView(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

DnsPart DecodeUri(RdataContext& context) {
  wirehound_dns_uri uri{};
  uri.priority = context.rdata.ReadBe16();
  uri.weight = context.rdata.ReadBe16();
  // The target is all the rest, and there must be one (RFC 7553 section 4.4).
  uri.target = TextView(context.rdata.ReadBytes(context.rdata.remaining()));
  return uri.target.size == 0 ? DnsPart::kMalformed : Store(context, WIREHOUND_DNS_DATA_URI, uri);
}

wirehound_string ReadItem(ByteReader& reader, wirehound_string*) {
  return TextView(reader.ReadBytes(reader.ReadU8()));
}

wirehound_dns_option ReadItem(ByteReader& reader, wirehound_dns_option*) {
  wirehound_dns_option option{};
  option.code = reader.ReadBe16();
  const std::span<const std::byte> data = reader.ReadBytes(reader.ReadBe16());
  option.data = {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()};
  return option;
}

// Items one after the other to the end of the data. Counted before there is room for them, so a
// lie costs nothing. No items at all are fine: an OPT record without options, a TXT record
// without strings (RFC 6763 section 6.1).
template <typename Item>
DnsPart DecodeItems(RdataContext& context, std::uint32_t kind) {
  ByteReader scan = context.rdata;
  std::uint32_t count = 0;
  while (scan.remaining() > 0) {
    ReadItem(scan, static_cast<Item*>(nullptr));
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
    items[i] = ReadItem(context.rdata, static_cast<Item*>(nullptr));
  }
  return Store(context, kind, wirehound_list{items, count, sizeof(Item)});
}

}  // namespace

DnsPart DecodeDnsRdata(ByteReader& rdata, DnsNameReader& names, Arena& arena,
                       wirehound_dns_record& record) {
  if (rdata.remaining() == 0 && (record.rclass == kClassAny || record.rclass == kClassNone)) {
    return DnsPart::kOk;
  }
  RdataContext context{rdata, names, arena, record};
  switch (record.type) {
    case kDnsTypeA:
      return DecodeAddress(context, WIREHOUND_FAMILY_IPV4, 4);
    case kDnsTypeAaaa:
      return DecodeAddress(context, WIREHOUND_FAMILY_IPV6, 16);
    case kDnsTypeNs:
    case kDnsTypeCname:
    case kDnsTypePtr:
      return DecodeName(context);
    case kDnsTypeSoa:
      return DecodeSoa(context);
    case kDnsTypeMx:
      return DecodeMx(context);
    case kDnsTypeTxt:
    case kDnsTypeHinfo:
      return DecodeItems<wirehound_string>(context, WIREHOUND_DNS_DATA_TEXT);
    case kDnsTypeSrv:
      return DecodeSrv(context);
    case kDnsTypeUri:
      return DecodeUri(context);
    case kDnsTypeOpt:
      return DecodeItems<wirehound_dns_option>(context, WIREHOUND_DNS_DATA_OPT);
    default:
      return DnsPart::kOk;
  }
}

}  // namespace wirehound
