// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/packet_condition.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "decoders/ip/ip_payload.h"
#include "engine/catalogue/catalogue.h"
#include "engine/filters/compiled_filter.h"
#include "engine/plan/address_prefixes.h"
#include "engine/plan/event_packets.h"

namespace wirehound {

namespace {

enum class Quantity : std::uint8_t {
  kSrcPort,
  kDstPort,
  kSrcAddress,
  kDstAddress,
  kDirection,
  kProtocol,
};

struct Name {
  std::string_view path;
  Quantity quantity;
};

// Fields that are read off a packet's headers.
constexpr Name kNames[] = {
    {"src", Quantity::kSrcAddress},
    {"dst", Quantity::kDstAddress},
    {"src_port", Quantity::kSrcPort},
    {"dst_port", Quantity::kDstPort},
    {"metadata.src_ip", Quantity::kSrcAddress},
    {"metadata.dst_ip", Quantity::kDstAddress},
    {"metadata.src_port", Quantity::kSrcPort},
    {"metadata.dst_port", Quantity::kDstPort},
    {"metadata.direction", Quantity::kDirection},
    {"metadata.protocol", Quantity::kProtocol},
    {"proto_ipv4.srcIP", Quantity::kSrcAddress},
    {"proto_ipv4.dstIP", Quantity::kDstAddress},
    {"proto_ipv4.protocol", Quantity::kProtocol},
    {"proto_ipv6.srcIP", Quantity::kSrcAddress},
    {"proto_ipv6.dstIP", Quantity::kDstAddress},
    {"proto_tcp.srcPort", Quantity::kSrcPort},
    {"proto_tcp.dstPort", Quantity::kDstPort},
    {"proto_udp.srcPort", Quantity::kSrcPort},
    {"proto_udp.dstPort", Quantity::kDstPort},
};

constexpr std::string_view kNotInHeaders = "the kernel does not look at this field";
constexpr std::string_view kOfOneEvent =
    "whose packets are captured is decided for all events at once, by --scope";
constexpr std::string_view kNoPacket = "no packet is this event: the engine makes it of others";
constexpr std::string_view kBothDirections =
    "a message may be spread over a connection, which needs both of its directions";
constexpr std::string_view kTooManyValues = "it is more than 256 ranges or prefixes";
constexpr std::string_view kWithoutPorts = "packets without ports pass it as well";
constexpr std::string_view kProtocolClasses =
    "of IPv4 the kernel tells TCP and UDP apart, of others it cannot";

std::optional<Quantity> QuantityOf(std::string_view path) {
  const auto* name = std::find_if(std::begin(kNames), std::end(kNames),
                                  [path](const Name& n) { return n.path == path; });
  return name == std::end(kNames) ? std::nullopt : std::optional(name->quantity);
}

// Whether the test lets `number` pass, as the field holds it.
bool AcceptsNumber(const FieldTest& test, std::uint64_t number) {
  switch (test.path().type.storage) {
    case Storage::kUint8: {
      const auto value = static_cast<std::uint8_t>(number);
      return test.Accepts(&value);
    }
    case Storage::kUint16: {
      const auto value = static_cast<std::uint16_t>(number);
      return test.Accepts(&value);
    }
    default:  // kUint64 and kInt64 have the same bits
      return test.Accepts(&number);
  }
}

NumberRanges AcceptedNumbers(const FieldTest& test, std::uint64_t maximum) {
  NumberRanges ranges;
  for (std::uint64_t number = 0; number <= maximum; ++number) {
    if (!AcceptsNumber(test, number)) {
      continue;
    }
    if (!ranges.empty() && ranges.back().last + 1 == number) {
      ranges.back().last = number;
    } else {
      ranges.push_back({number, number});
    }
  }
  return ranges;
}

class ConditionBuilder {
 public:
  ConditionBuilder(const EventDefinition& event, const std::string& by,
                   std::vector<EngineFilter>& engine_filters)
      : event_(event), packets_(PacketsOf(event.id)), by_(by), engine_filters_(engine_filters) {}

  void Add(const FieldTest& test) {
    const std::optional<Quantity> quantity = QuantityOf(test.path().name);
    if (test.is_scope()) {
      LeaveToEngine(test, kOfOneEvent);
    } else if (packets_.unit == EventPackets::Unit::kNone) {
      LeaveToEngine(test, kNoPacket);
    } else if (!quantity) {
      LeaveToEngine(test, kNotInHeaders);
    } else {
      AddQuantity(*quantity, test);
    }
  }

  PacketCondition Take() {
    condition_.src_ports = PortsOf(src_ports_);
    condition_.dst_ports = PortsOf(dst_ports_);
    condition_.src_addresses = PrefixesOf(src_addresses_);
    condition_.dst_addresses = PrefixesOf(dst_addresses_);
    const bool nothing_left = src_ports_.empty() || dst_ports_.empty() || src_addresses_.empty() ||
                              dst_addresses_.empty() || condition_.protocols.none();
    condition_.impossible = condition_.impossible || nothing_left;
    return std::move(condition_);
  }

 private:
  static constexpr std::uint64_t kMaxPort = 65535;

  static NumberRanges AllPorts() { return {{0, kMaxPort}}; }

  // None when all are meant.
  static std::vector<PortRange> PortsOf(const NumberRanges& ranges) {
    std::vector<PortRange> ports;
    if (ranges != AllPorts()) {
      for (const NumberRange& range : ranges) {
        ports.push_back(
            {static_cast<std::uint16_t>(range.first), static_cast<std::uint16_t>(range.last)});
      }
    }
    return ports;
  }

  void LeaveToEngine(const FieldTest& test, std::string_view reason) {
    std::string text;
    for (const std::string& clause : test.clauses()) {
      text += text.empty() ? "" : " or ";
      text += event_.name + (test.is_scope() ? ".scope." : ".data.") + clause;
    }
    engine_filters_.push_back({std::move(text), by_, std::string(reason)});
  }

  void AddQuantity(Quantity quantity, const FieldTest& test) {
    switch (quantity) {
      case Quantity::kSrcPort:
        return AddPorts(test, src_ports_);
      case Quantity::kDstPort:
        return AddPorts(test, dst_ports_);
      case Quantity::kSrcAddress:
        return AddAddresses(test, src_addresses_);
      case Quantity::kDstAddress:
        return AddAddresses(test, dst_addresses_);
      case Quantity::kDirection:
        return AddDirection(test);
      case Quantity::kProtocol:
        return AddProtocol(test);
    }
  }

  // Events of packets that may be without ports have 0 in their place; ICMP always has.
  void AddPorts(const FieldTest& test, NumberRanges& ports) {
    const bool is_icmp = event_.id == kNetPacketIcmp || event_.id == kNetPacketIcmpv6;
    const bool may_lack_ports =
        event_.id == kNetPacketIpv4 || event_.id == kNetPacketIpv6 || event_.id == kNetAnomaly;
    const bool accepts_none = AcceptsNumber(test, 0);
    if (is_icmp) {
      condition_.impossible = condition_.impossible || !accepts_none;
      return;
    }
    if (may_lack_ports && accepts_none) {
      LeaveToEngine(test, kWithoutPorts);
      return;
    }
    NumberRanges both = Intersect(ports, AcceptedNumbers(test, kMaxPort));
    if (both.size() > kMaxConditionValues) {
      LeaveToEngine(test, kTooManyValues);
      return;
    }
    ports = std::move(both);
  }

  void AddAddresses(const FieldTest& test, AddressSet& addresses) {
    AddressSet both = Intersect(addresses, AcceptedAddresses(test));
    if (event_.id == kNetPacketIpv4 || event_.id == kNetPacketIpv6) {
      (event_.id == kNetPacketIpv4 ? both.ipv6 : both.ipv4).clear();
    }
    if (PrefixesOf(both).size() > kMaxConditionValues) {
      LeaveToEngine(test, kTooManyValues);
      return;
    }
    addresses = std::move(both);
  }

  void AddDirection(const FieldTest& test) {
    const bool ingress = AcceptsNumber(test, WIREHOUND_DIRECTION_INGRESS);
    const bool egress = AcceptsNumber(test, WIREHOUND_DIRECTION_EGRESS);
    if (ingress && egress) {
      return;  // every packet of the capture has one of them
    }
    if (!ingress && !egress) {
      condition_.impossible = true;
    } else if (packets_.unit == EventPackets::Unit::kConnection) {
      LeaveToEngine(test, kBothDirections);
    } else {
      condition_.directions = ingress ? CaptureDirections::kIngress : CaptureDirections::kEgress;
    }
  }

  void AddProtocol(const FieldTest& test) {
    std::bitset<256> accepted;
    for (std::size_t protocol = 0; protocol < accepted.size(); ++protocol) {
      accepted[protocol] = AcceptsNumber(test, protocol);
    }
    const std::bitset<256> possible = ProtocolsOf(event_.id);
    accepted &= possible;
    if (accepted == possible) {
      return;
    }
    const bool kernel_decides = event_.id != kNetPacketIpv6 && event_.id != kNetAnomaly &&
                                (accepted & ~Transports()).none();
    if (!kernel_decides) {
      LeaveToEngine(test, kProtocolClasses);
      return;
    }
    condition_.protocols &= accepted;
  }

  static std::bitset<256> Transports() {
    return std::bitset<256>().set(kProtocolTcp).set(kProtocolUdp);
  }

  static std::bitset<256> ProtocolsOf(std::uint32_t event) {
    switch (event) {
      case kNetPacketTcp:
      case kNetPacketHttp:
      case kNetPacketHttpRequest:
      case kNetPacketHttpResponse:
        return std::bitset<256>().set(kProtocolTcp);
      case kNetPacketUdp:
        return std::bitset<256>().set(kProtocolUdp);
      case kNetPacketIcmp:
        return std::bitset<256>().set(kProtocolIcmp);
      case kNetPacketIcmpv6:
        return std::bitset<256>().set(kProtocolIcmpv6);
      case kNetPacketDns:
      case kNetPacketDnsRequest:
      case kNetPacketDnsResponse:
        return Transports();
      default:
        return std::bitset<256>().set();
    }
  }

  const EventDefinition& event_;
  const EventPackets packets_;
  const std::string& by_;
  std::vector<EngineFilter>& engine_filters_;
  NumberRanges src_ports_ = AllPorts();
  NumberRanges dst_ports_ = AllPorts();
  AddressSet src_addresses_ = AllAddresses();
  AddressSet dst_addresses_ = AllAddresses();
  PacketCondition condition_;
};

}  // namespace

PacketCondition ConditionOf(const EventDefinition& event, const EventFilter& filter,
                            const std::string& by, std::vector<EngineFilter>& engine_filters) {
  ConditionBuilder builder(event, by, engine_filters);
  if (filter.compiled() != nullptr) {
    for (const FieldTest& test : filter.compiled()->tests()) {
      builder.Add(test);
    }
  }
  return builder.Take();
}

}  // namespace wirehound
