// SPDX-License-Identifier: Apache-2.0

// The values of EDNS options (RFC 6891 section 6.1.2) in words. For dns_rdata.cc; pure, any thread.

#pragma once

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/dns/dns_name_reader.h"

namespace wirehound {

/// Sets `option.text`, which goes to the arena where it is not a view of the option's data. A
/// value that has not the form of its option, an empty value and an option without a form have the
/// text "": that is no fault of the record. Data comes from the wire and may be any bytes.
///
///   3 NSID                "ns1.fra" when all bytes are printable, else hexadecimal
///   5-7 DAU, DHU, N3U     "8,13,14" numbers of algorithms
///   8 client subnet       "192.0.2.0/24/0": address, source and scope prefix lengths (RFC 7871);
///                         without an address family "0/0/0"
///   9 expire              "604800 s"
///   10 cookie             "<client>" or "<client>+<server>" in hexadecimal (RFC 7873)
///   11 keepalive          "12.0 s", sent in tenths of a second (RFC 7828)
///   13 chain              the closest trust point, the root as "." (RFC 7901)
///   14 key tag            "19036,20326" (RFC 8145)
///   15 extended error     "18 Prohibited: text", "18 Prohibited", "42: text" without a name (RFC
///                         8914 and the registry it made)
///   18 report channel     the agent's domain (RFC 9567)
///
/// False: the arena is full.
bool SetEdnsOptionText(wirehound_dns_option& option, Arena& arena);

}  // namespace wirehound
