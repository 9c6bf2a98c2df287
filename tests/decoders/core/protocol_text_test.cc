// SPDX-License-Identifier: Apache-2.0

// Protocol numbers to text: every table entry that users depend on, and numbers outside the tables.

#include "decoders/core/protocol_text.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <wirehound/abi/messages.h>

namespace wirehound::test {
namespace protocol_text_test {

struct Row {
  NumberText function;
  std::uint64_t value;
  std::string_view text;
};

void Check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    TextBuffer scratch;
    CAPTURE(row.value);
    CHECK(std::string(row.function(row.value, scratch)) == row.text);
  }
}

TEST_CASE("protocol text: DNS opcodes have their names") {
  Check({{DnsOpcodeText, 0, "query"},
         {DnsOpcodeText, 1, "inverse query"},
         {DnsOpcodeText, 2, "status"},
         {DnsOpcodeText, 3, "unknown"},
         {DnsOpcodeText, 4, "notify"},
         {DnsOpcodeText, 5, "update"},
         {DnsOpcodeText, 6, "unknown"},
         {DnsOpcodeText, 15, "unknown"}});
}

TEST_CASE("protocol text: DNS response codes have their names, none with a trailing blank") {
  Check({{DnsResponseCodeText, 0, "no error"},
         {DnsResponseCodeText, 1, "format error"},
         {DnsResponseCodeText, 2, "server failure"},
         {DnsResponseCodeText, 3, "non-existent domain"},
         {DnsResponseCodeText, 4, "not implemented"},
         {DnsResponseCodeText, 5, "query refused"},
         {DnsResponseCodeText, 6, "name exists when it should not"},
         {DnsResponseCodeText, 7, "rr set exists when it should not"},
         {DnsResponseCodeText, 8, "rr set that should exist does not"},
         {DnsResponseCodeText, 9, "server not authoritative for zone"},
         {DnsResponseCodeText, 10, "name not contained in zone"},
         {DnsResponseCodeText, 11, "unknown"},
         {DnsResponseCodeText, 15, "unknown"}});
}

TEST_CASE("protocol text: DNS types have their IANA mnemonic") {
  Check({{DnsTypeText, 1, "A"},       {DnsTypeText, 2, "NS"},      {DnsTypeText, 3, "MD"},
         {DnsTypeText, 4, "MF"},      {DnsTypeText, 5, "CNAME"},   {DnsTypeText, 6, "SOA"},
         {DnsTypeText, 7, "MB"},      {DnsTypeText, 8, "MG"},      {DnsTypeText, 9, "MR"},
         {DnsTypeText, 10, "NULL"},   {DnsTypeText, 11, "WKS"},    {DnsTypeText, 12, "PTR"},
         {DnsTypeText, 13, "HINFO"},  {DnsTypeText, 14, "MINFO"},  {DnsTypeText, 15, "MX"},
         {DnsTypeText, 16, "TXT"},    {DnsTypeText, 28, "AAAA"},   {DnsTypeText, 33, "SRV"},
         {DnsTypeText, 35, "NAPTR"},  {DnsTypeText, 41, "OPT"},    {DnsTypeText, 43, "DS"},
         {DnsTypeText, 44, "SSHFP"},  {DnsTypeText, 46, "RRSIG"},  {DnsTypeText, 47, "NSEC"},
         {DnsTypeText, 48, "DNSKEY"}, {DnsTypeText, 50, "NSEC3"},  {DnsTypeText, 52, "TLSA"},
         {DnsTypeText, 53, "SMIMEA"}, {DnsTypeText, 55, "HIP"},    {DnsTypeText, 64, "SVCB"},
         {DnsTypeText, 65, "HTTPS"},  {DnsTypeText, 68, "BRID"},   {DnsTypeText, 99, "SPF"},
         {DnsTypeText, 108, "EUI48"}, {DnsTypeText, 109, "EUI64"}, {DnsTypeText, 128, "NXNAME"},
         {DnsTypeText, 249, "TKEY"},  {DnsTypeText, 250, "TSIG"},  {DnsTypeText, 251, "IXFR"},
         {DnsTypeText, 252, "AXFR"},  {DnsTypeText, 255, "ANY"},   {DnsTypeText, 256, "URI"},
         {DnsTypeText, 257, "CAA"},   {DnsTypeText, 264, "IPN"},   {DnsTypeText, 32768, "TA"},
         {DnsTypeText, 32769, "DLV"}});
}

TEST_CASE("protocol text: an unassigned DNS type is TYPE and its number") {
  Check({{DnsTypeText, 0, "TYPE0"},
         {DnsTypeText, 54, "TYPE54"},
         {DnsTypeText, 69, "TYPE69"},
         {DnsTypeText, 265, "TYPE265"},
         {DnsTypeText, 65280, "TYPE65280"},
         {DnsTypeText, 65535, "TYPE65535"}});
}

TEST_CASE("protocol text: DNS classes have their names, other numbers are Unknown") {
  Check({{DnsClassText, 1, "IN"},
         {DnsClassText, 2, "CS"},
         {DnsClassText, 3, "CH"},
         {DnsClassText, 4, "HS"},
         {DnsClassText, 255, "Any"},
         {DnsClassText, 0, "Unknown"},
         {DnsClassText, 254, "Unknown"},
         {DnsClassText, 1232, "Unknown"}});
}

TEST_CASE("protocol text: EDNS options have their names") {
  Check({{EdnsOptionText, 0, "Unknown"},
         {EdnsOptionText, 3, "NSID"},
         {EdnsOptionText, 4, "Unknown"},
         {EdnsOptionText, 5, "DAU"},
         {EdnsOptionText, 6, "DHU"},
         {EdnsOptionText, 7, "N3U"},
         {EdnsOptionText, 8, "EDNSClientSubnet"},
         {EdnsOptionText, 9, "EDNSExpire"},
         {EdnsOptionText, 10, "Cookie"},
         {EdnsOptionText, 11, "EDNSKeepAlive"},
         {EdnsOptionText, 12, "CodePadding"},
         {EdnsOptionText, 13, "CodeChain"},
         {EdnsOptionText, 14, "CodeEDNSKeyTag"},
         {EdnsOptionText, 15, "Unknown"},
         {EdnsOptionText, 16, "EDNSClientTag"},
         {EdnsOptionText, 17, "EDNSServerTag"},
         {EdnsOptionText, 18, "Unknown"},
         {EdnsOptionText, 26946, "DeviceID"}});
}

TEST_CASE("protocol text: IP protocols have their names, unknown ones their number") {
  Check({{IpProtocolText, 1, "ICMPv4"},
         {IpProtocolText, 4, "IPv4"},
         {IpProtocolText, 6, "TCP"},
         {IpProtocolText, 17, "UDP"},
         {IpProtocolText, 41, "IPv6"},
         {IpProtocolText, 47, "GRE"},
         {IpProtocolText, 50, "IPSecESP"},
         {IpProtocolText, 51, "IPSecAH"},
         {IpProtocolText, 58, "ICMPv6"},
         {IpProtocolText, 132, "SCTP"},
         {IpProtocolText, 136, "UDPLite"},
         {IpProtocolText, 0, "0"},
         {IpProtocolText, 255, "255"}});
}

TEST_CASE("protocol text: ICMP types and codes have their names") {
  Check({{IcmpTypeCodeText, 0 << 8 | 0, "EchoReply"},
         {IcmpTypeCodeText, 4 << 8 | 0, "SourceQuench"},
         {IcmpTypeCodeText, 8 << 8 | 0, "EchoRequest"},
         {IcmpTypeCodeText, 9 << 8 | 0, "RouterAdvertisement"},
         {IcmpTypeCodeText, 10 << 8 | 0, "RouterSolicitation"},
         {IcmpTypeCodeText, 13 << 8 | 0, "TimestampRequest"},
         {IcmpTypeCodeText, 14 << 8 | 0, "TimestampReply"},
         {IcmpTypeCodeText, 15 << 8 | 0, "InfoRequest"},
         {IcmpTypeCodeText, 16 << 8 | 0, "InfoReply"},
         {IcmpTypeCodeText, 17 << 8 | 0, "AddressMaskRequest"},
         {IcmpTypeCodeText, 18 << 8 | 0, "AddressMaskReply"},
         {IcmpTypeCodeText, 3 << 8 | 0, "DestinationUnreachable(Net)"},
         {IcmpTypeCodeText, 3 << 8 | 1, "DestinationUnreachable(Host)"},
         {IcmpTypeCodeText, 3 << 8 | 2, "DestinationUnreachable(Protocol)"},
         {IcmpTypeCodeText, 3 << 8 | 3, "DestinationUnreachable(Port)"},
         {IcmpTypeCodeText, 3 << 8 | 4, "DestinationUnreachable(FragmentationNeeded)"},
         {IcmpTypeCodeText, 3 << 8 | 5, "DestinationUnreachable(SourceRoutingFailed)"},
         {IcmpTypeCodeText, 3 << 8 | 6, "DestinationUnreachable(NetUnknown)"},
         {IcmpTypeCodeText, 3 << 8 | 7, "DestinationUnreachable(HostUnknown)"},
         {IcmpTypeCodeText, 3 << 8 | 8, "DestinationUnreachable(SourceIsolated)"},
         {IcmpTypeCodeText, 3 << 8 | 9, "DestinationUnreachable(NetAdminProhibited)"},
         {IcmpTypeCodeText, 3 << 8 | 10, "DestinationUnreachable(HostAdminProhibited)"},
         {IcmpTypeCodeText, 3 << 8 | 11, "DestinationUnreachable(NetTOS)"},
         {IcmpTypeCodeText, 3 << 8 | 12, "DestinationUnreachable(HostTOS)"},
         {IcmpTypeCodeText, 3 << 8 | 13, "DestinationUnreachable(CommAdminProhibited)"},
         {IcmpTypeCodeText, 3 << 8 | 14, "DestinationUnreachable(HostPrecedence)"},
         {IcmpTypeCodeText, 3 << 8 | 15, "DestinationUnreachable(PrecedenceCutoff)"},
         {IcmpTypeCodeText, 5 << 8 | 0, "Redirect(Net)"},
         {IcmpTypeCodeText, 5 << 8 | 1, "Redirect(Host)"},
         {IcmpTypeCodeText, 5 << 8 | 2, "Redirect(TOS+Net)"},
         {IcmpTypeCodeText, 5 << 8 | 3, "Redirect(TOS+Host)"},
         {IcmpTypeCodeText, 11 << 8 | 0, "TimeExceeded(TTLExceeded)"},
         {IcmpTypeCodeText, 11 << 8 | 1, "TimeExceeded(FragmentReassemblyTimeExceeded)"},
         {IcmpTypeCodeText, 12 << 8 | 0, "ParameterProblem(PointerIndicatesError)"},
         {IcmpTypeCodeText, 12 << 8 | 1, "ParameterProblem(MissingOption)"},
         {IcmpTypeCodeText, 12 << 8 | 2, "ParameterProblem(BadLength)"}});
}

TEST_CASE("protocol text: ICMPv6 types and codes have their names") {
  Check({{Icmpv6TypeCodeText, 1 << 8 | 0, "DestinationUnreachable(NoRouteToDst)"},
         {Icmpv6TypeCodeText, 1 << 8 | 1, "DestinationUnreachable(AdminProhibited)"},
         {Icmpv6TypeCodeText, 1 << 8 | 2, "DestinationUnreachable(BeyondScopeOfSrc)"},
         {Icmpv6TypeCodeText, 1 << 8 | 3, "DestinationUnreachable(AddressUnreachable)"},
         {Icmpv6TypeCodeText, 1 << 8 | 4, "DestinationUnreachable(PortUnreachable)"},
         {Icmpv6TypeCodeText, 1 << 8 | 5, "DestinationUnreachable(SrcAddressFailedPolicy)"},
         {Icmpv6TypeCodeText, 1 << 8 | 6, "DestinationUnreachable(RejectRouteToDst)"},
         {Icmpv6TypeCodeText, 2 << 8 | 0, "PacketTooBig"},
         {Icmpv6TypeCodeText, 3 << 8 | 0, "TimeExceeded(HopLimitExceeded)"},
         {Icmpv6TypeCodeText, 3 << 8 | 1, "TimeExceeded(FragmentReassemblyTimeExceeded)"},
         {Icmpv6TypeCodeText, 4 << 8 | 0, "ParameterProblem(ErroneousHeaderField)"},
         {Icmpv6TypeCodeText, 4 << 8 | 1, "ParameterProblem(UnrecognizedNextHeader)"},
         {Icmpv6TypeCodeText, 4 << 8 | 2, "ParameterProblem(UnrecognizedIPv6Option)"},
         {Icmpv6TypeCodeText, 128 << 8 | 0, "EchoRequest"},
         {Icmpv6TypeCodeText, 129 << 8 | 0, "EchoReply"},
         {Icmpv6TypeCodeText, 133 << 8 | 0, "RouterSolicitation"},
         {Icmpv6TypeCodeText, 134 << 8 | 0, "RouterAdvertisement"},
         {Icmpv6TypeCodeText, 135 << 8 | 0, "NeighborSolicitation"},
         {Icmpv6TypeCodeText, 136 << 8 | 0, "NeighborAdvertisement"},
         {Icmpv6TypeCodeText, 137 << 8 | 0, "Redirect"}});
}

TEST_CASE("protocol text: ICMP codes and types without a name are numbers") {
  Check({{IcmpTypeCodeText, 8 << 8 | 1, "EchoRequest(Code: 1)"},
         {IcmpTypeCodeText, 3 << 8 | 255, "DestinationUnreachable(Code: 255)"},
         {IcmpTypeCodeText, 11 << 8 | 2, "TimeExceeded(Code: 2)"},
         {IcmpTypeCodeText, 42 << 8 | 0, "42(0)"},
         {IcmpTypeCodeText, 255 << 8 | 255, "255(255)"},
         {Icmpv6TypeCodeText, 2 << 8 | 7, "PacketTooBig(Code: 7)"},
         {Icmpv6TypeCodeText, 1 << 8 | 9, "DestinationUnreachable(Code: 9)"},
         {Icmpv6TypeCodeText, 143 << 8, "143(0)"}});
}

TEST_CASE("protocol text: directions have their words") {
  Check({{DirectionText, WIREHOUND_DIRECTION_UNKNOWN, "unknown"},
         {DirectionText, WIREHOUND_DIRECTION_INGRESS, "ingress"},
         {DirectionText, WIREHOUND_DIRECTION_EGRESS, "egress"},
         {DirectionText, 9, "unknown"}});
}

TEST_CASE("protocol text: every function accepts every number") {
  for (const NumberText function :
       {DnsOpcodeText, DnsResponseCodeText, DnsTypeText, DnsClassText, EdnsOptionText,
        IpProtocolText, DirectionText, IcmpTypeCodeText, Icmpv6TypeCodeText}) {
    TextBuffer scratch;
    CHECK_FALSE(function(std::numeric_limits<std::uint64_t>::max(), scratch).empty());
    for (std::uint64_t value = 0; value <= 65536; ++value) {
      REQUIRE_FALSE(function(value, scratch).empty());
    }
  }
}

}  // namespace protocol_text_test
}  // namespace wirehound::test
