// SPDX-License-Identifier: Apache-2.0

// What the readers of DNS record data share: those in dns_rdata.cc, dns_dnssec.cc and dns_svcb.cc.
// Each reads all its fields, then StoreDnsData checks that they ended exactly at the end of the
// data. For these files only.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/core/byte_reader.h"
#include "decoders/dns/dns_name_reader.h"

namespace wirehound {

struct DnsRdataContext {
  ByteReader& rdata;  ///< over exactly the record's data
  DnsNameReader& names;
  Arena& arena;
  wirehound_dns_record& record;
};

/// Makes `value` the record's data. kMalformed unless all bytes of the data were used and none was
/// missing; then, and with kNoRoom, the record is as before.
template <typename T>
DnsPart StoreDnsData(const DnsRdataContext& context, std::uint32_t kind, const T& value) {
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

/// A name in the data. All bytes of the data were captured, so a name that runs over their end is
/// malformed, not short.
inline DnsPart ReadDnsDataName(const DnsRdataContext& context, wirehound_string& out) {
  const DnsPart part = context.names.Read(context.rdata, out);
  return part == DnsPart::kShort ? DnsPart::kMalformed : part;
}

inline wirehound_string DnsTextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline wirehound_bytes DnsBytesOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// The bytes of a view of the input, for another reader.
inline std::span<const std::byte> DnsSpanOf(const wirehound_bytes& bytes) {
  return {reinterpret_cast<const std::byte*>(bytes.data), static_cast<std::size_t>(bytes.size)};
}

/// A length byte and as many characters (RFC 1035 section 3.3).
inline wirehound_string ReadDnsCharacterString(ByteReader& reader) {
  return DnsTextOf(reader.ReadBytes(reader.ReadU8()));
}

/// `size` bytes as they are.
inline wirehound_bytes ReadDnsBytes(ByteReader& reader, std::size_t size) {
  return DnsBytesOf(reader.ReadBytes(size));
}

/// All remaining bytes.
inline wirehound_bytes ReadDnsRest(ByteReader& reader) {
  return ReadDnsBytes(reader, reader.remaining());
}

}  // namespace wirehound
