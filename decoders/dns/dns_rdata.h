// SPDX-License-Identifier: Apache-2.0

// The data of one DNS record by its type, as abi/messages.h lists them. For the DNS decoder only.

#pragma once

#include <cstdint>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/core/byte_reader.h"
#include "decoders/dns/dns_name_reader.h"

namespace wirehound {

/// Decodes the data under `rdata`, a reader over exactly the record's RDATA, which it uses up, into
/// `record.data` and `record.data_kind`, by `record.type`. Types without decoded data are kOk and
/// keep WIREHOUND_DNS_DATA_NONE. Empty data is valid for every type in the classes ANY and NONE:
/// updates use it for records that they delete or require (RFC 2136 section 2.4). kMalformed: too
/// short, too long or otherwise wrong for its type; kNoRoom: the arena is full. In both cases
/// `record` is as before.
DnsPart DecodeDnsRdata(ByteReader& rdata, DnsNameReader& names, Arena& arena,
                       wirehound_dns_record& record);

}  // namespace wirehound
