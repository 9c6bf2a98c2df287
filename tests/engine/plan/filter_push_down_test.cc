// SPDX-License-Identifier: Apache-2.0

// Filters pushed down to the kernel: capturing only what a plan asks for shows the same events as
// capturing everything. If the kernel can apply all filters of packet events, every captured packet
// makes an event.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "engine/plan/capture_needs.h"
#include "engine/plan/rule_text.h"
#include "tests/decoders/dns/dns_message_builder.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/plan/plan_evaluator.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/probes/capture/capture_plans.h"

namespace wirehound::test {
namespace filter_push_down_test {

using Events = std::vector<std::string>;

constexpr unsigned kTcp = 6;
constexpr unsigned kUdp = 17;

struct Captured {
  ByteWriter bytes;
  std::uint8_t direction;
};

struct Endpoint {
  unsigned host;  // the last two bytes of the address
  unsigned port;
};

// Packets between hosts of 10.0.0.0/16, or of 2001:db8::/64, as the capture on one of them sees
// them.
class Traffic {
 public:
  Traffic() {
    for (const bool ipv6 : {false, true}) {
      ipv6_ = ipv6;
      for (const unsigned opened : {WIREHOUND_DIRECTION_EGRESS, WIREHOUND_DIRECTION_INGRESS}) {
        out_ = static_cast<std::uint8_t>(opened);
        AddConnection({1, 40001}, {2, 80}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                      "HTTP/1.1 204 No Content\r\n\r\n");
        AddConnection({0x701, 50000}, {2, 8080}, "GET /x HTTP/1.1\r\nHost: b\r\n\r\n",
                      "HTTP/1.1 204 No Content\r\n\r\n");
        AddConnection({1, 443}, {0x701, 443}, "\x16\x03\x01", "\x16\x03\x03");
        AddDns({1, 40000}, {2, 53});
        AddDns({0x701, 5353}, {2, 5353});
        AddDns({2, 1024}, {1, 9999});
        Add(ipv6 ? 58 : 1, {1, 0}, {2, 0}, ByteWriter({8, 0, 0, 0, 0, 1, 0, 1}), out_);
      }
    }
  }

  const std::vector<Captured>& packets() const { return packets_; }

 private:
  static std::uint8_t Back(std::uint8_t direction) {
    return direction == WIREHOUND_DIRECTION_EGRESS ? WIREHOUND_DIRECTION_INGRESS
                                                   : WIREHOUND_DIRECTION_EGRESS;
  }

  void Add(unsigned protocol, Endpoint from, Endpoint to, const ByteWriter& payload,
           std::uint8_t direction) {
    ByteWriter packet = ipv6_ ? Ipv6(protocol, payload) : Ipv4(protocol, payload);
    packet.PatchBe16(ipv6_ ? 22 : 14, from.host).PatchBe16(ipv6_ ? 38 : 18, to.host);
    packets_.push_back({packet, direction});
  }

  void AddSegment(Endpoint from, Endpoint to, int flags, std::uint32_t& next, std::uint32_t ack,
                  std::string_view data, std::uint8_t direction) {
    const ByteWriter segment = ByteWriter()
                                   .Be16(from.port)
                                   .Be16(to.port)
                                   .Be32(next)
                                   .Be32(ack)
                                   .U8(0x50)
                                   .U8(flags)
                                   .Be16(1000)
                                   .Fill(4)
                                   .Text(data);
    Add(kTcp, from, to, segment, direction);
    next += static_cast<std::uint32_t>(data.size()) + ((flags & 3) != 0 ? 1 : 0);
  }

  void AddConnection(Endpoint client, Endpoint server, std::string_view request,
                     std::string_view response) {
    constexpr int kSyn = 2;
    constexpr int kAck = 16;
    constexpr int kFin = 1;
    std::uint32_t sent = 100;
    std::uint32_t answered = 900;
    const auto say = [&](int flags, std::string_view data) {
      AddSegment(client, server, flags, sent, answered, data, out_);
    };
    const auto answer = [&](int flags, std::string_view data) {
      AddSegment(server, client, flags, answered, sent, data, Back(out_));
    };
    say(kSyn, "");
    answer(kSyn | kAck, "");
    say(kAck, request.substr(0, request.size() / 2));
    say(kAck, request.substr(request.size() / 2));
    answer(kAck, response);
    say(kFin | kAck, "");
    answer(kFin | kAck, "");
    say(kAck, "");
  }

  void AddDns(Endpoint client, Endpoint server) {
    for (const bool is_answer : {false, true}) {
      DnsMessageBuilder message(is_answer ? 0x8180 : 0x0100);
      message.Question("a.example", 1);
      const Endpoint from = is_answer ? server : client;
      const Endpoint to = is_answer ? client : server;
      ByteWriter datagram = Udp(message.writer());
      datagram.PatchBe16(0, from.port).PatchBe16(2, to.port);
      Add(kUdp, from, to, datagram, is_answer ? Back(out_) : out_);
    }
  }

  std::vector<Captured> packets_;
  bool ipv6_ = false;
  std::uint8_t out_ = WIREHOUND_DIRECTION_EGRESS;
};

Packet Decoded(const Captured& captured) {
  Packet packet;
  DecodePacket(LinkType::kRawIp, captured.bytes.span(), captured.bytes.size(), packet);
  return packet;
}

// The events that a selection shows of the traffic, and how many each packet led to.
struct Outcome {
  std::vector<std::string> json;
  std::vector<std::size_t> events;  // by packet
};

class Selected {
 public:
  Selected(const Events& items, const Traffic& traffic) : items_(items), traffic_(traffic) {
    plan_ = DecideCapture(EngineRun({}, {.events = items_}).plan());
  }

  const CapturePlan& plan() const { return plan_.capture; }
  const std::vector<EngineFilter>& engine_filters() const { return plan_.engine_filters; }
  bool Captures(const Captured& captured) const {
    return Passes(plan(), Decoded(captured), captured.direction);
  }

  Outcome OfEverything() const {
    return Run([](const Captured&) { return true; });
  }
  Outcome OfWhatIsCaptured() const {
    return Run([this](const Captured& captured) { return Captures(captured); });
  }

  std::string Words() const {
    std::string words = Join(items_, " ") + " ->";
    for (const CaptureRule& rule : plan().rules) {
      words += " [" + RuleText(rule) + "]";
    }
    return words;
  }

 private:
  template <typename Predicate>
  Outcome Run(Predicate is_captured) const {
    RunOptions options;
    options.pipeline.flows.max_flows = 64;
    EngineRun run({}, {.events = items_}, std::move(options));
    Outcome outcome;
    std::uint64_t now_ns = 1'000'000'000;
    for (const Captured& captured : traffic_.packets()) {
      const std::size_t before = run.shown().json.size();
      now_ns += 1'000'000;
      if (is_captured(captured)) {
        Record record;
        record.bytes = captured.bytes.span();
        record.wire_length = static_cast<std::uint32_t>(captured.bytes.size());
        record.direction = captured.direction;
        record.process = &UnknownProcess();
        record.timestamp_ns = now_ns;
        run.engine().OnRecord(record);
      }
      outcome.events.push_back(run.shown().json.size() - before);
    }
    outcome.json = run.shown().json;
    return outcome;
  }

  Events items_;
  const Traffic& traffic_;
  CaptureDecision plan_;
};

// Whether the plan captures exactly the packets that lead to an event.
bool IsExact(const Selected& selected, const Traffic& traffic) {
  const Outcome all = selected.OfEverything();
  for (std::size_t i = 0; i < traffic.packets().size(); ++i) {
    if (selected.Captures(traffic.packets()[i]) != (all.events[i] != 0)) {
      return false;
    }
  }
  return true;
}

constexpr std::string_view kPacketEvents[] = {"net_packet_tcp",  "net_packet_udp",
                                              "net_packet_ipv4", "net_packet_ipv6",
                                              "net_packet_icmp", "net_packet_icmpv6"};
constexpr std::string_view kMessageEvents[] = {"net_packet_dns",     "net_packet_dns_request",
                                               "net_packet_http",    "net_packet_http_response",
                                               "net_flow_tcp_begin", "net_flow_tcp_end"};

// Clauses on fields that all packet events have.
constexpr std::string_view kClauses[] = {
    "metadata.src_ip=10.0.0.1",
    "metadata.src_ip=10.0.0.0/24,2001:db8::1",
    "metadata.src_ip!=10.0.0.1",
    "metadata.dst_ip=10.0.0.1-10.0.0.2",
    "metadata.dst_ip!=2001:db8::/127",
    "metadata.dst_ip!=10.0.0.0/24,2001:db8::2",
    "metadata.direction=egress",
    "metadata.direction!=egress",
    "metadata.direction=ingress,egress",
    "metadata.dst_port=53,80,443",
    "metadata.dst_port<1024",
    "metadata.dst_port!=80",
    "metadata.src_port=40000-50000",
    "metadata.src_port!=1-2000",
    "metadata.src_port>=5353",
    "metadata.protocol=6",
    "metadata.protocol!=6",
    "metadata.protocol=6,17",
    "metadata.protocol=17",
};
constexpr std::string_view kInexact[] = {"metadata.packet_len>60", "metadata.iface=any"};

class Generator {
 public:
  template <std::size_t kSize>
  std::string Pick(const std::string_view (&from)[kSize]) {
    return std::string(from[random_() % kSize]);
  }
  std::size_t Below(std::size_t count) { return random_() % count; }

  // Up to three filters on one event.
  void Filter(const std::string& event, bool exact, Events& items) {
    items.push_back(event);
    for (std::size_t count = Below(4); count > 0; --count) {
      const bool inexact = !exact && Below(5) == 0;
      const std::string clause = inexact ? Pick(kInexact) : Pick(kClauses);
      items.push_back(event + ".data." + clause);
    }
  }

 private:
  std::mt19937 random_{20'240'501};  // fixed seed: every run tests the same filters
};

bool IsFlow(const std::string& event) { return event.rfind("net_flow", 0) == 0; }

TEST_CASE("push down: capturing only what the plan asks for shows the same events") {
  const Traffic traffic;
  Generator generator;
  for (int i = 0; i < 150; ++i) {
    Events items;
    for (std::size_t events = 1 + generator.Below(3); events > 0; --events) {
      const bool of_packets = generator.Below(2) == 0;
      const std::string event =
          of_packets ? generator.Pick(kPacketEvents) : generator.Pick(kMessageEvents);
      if (IsFlow(event)) {
        items.push_back(event + ".data.dst_port=" + (generator.Below(2) == 0 ? "80" : "443-9000"));
        items.push_back(event + ".data.src!=10.0.0.1");
      } else {
        generator.Filter(event, false, items);
      }
    }
    const Selected selected(items, traffic);
    INFO(selected.Words());
    CHECK(selected.plan().rules.size() <= kMaxCaptureRules);
    CHECK(selected.OfEverything().json == selected.OfWhatIsCaptured().json);
  }
}

TEST_CASE("push down: if the kernel can apply all filters, every captured packet makes an event") {
  const Traffic traffic;
  Generator generator;
  std::size_t exact = 0;
  for (int i = 0; i < 150; ++i) {
    Events items;
    generator.Filter(generator.Pick(kPacketEvents), true, items);
    const Selected selected(items, traffic);
    INFO(selected.Words());
    if (selected.engine_filters().empty()) {
      ++exact;
      CHECK(IsExact(selected, traffic));
    }
  }
  CHECK(exact > 100);
}

TEST_CASE("push down: each kind of condition becomes a rule") {
  struct Row {
    Events items;
    std::vector<std::string> rules;
  };
  const Row rows[] = {
      {{"net_packet_tcp.data.dst_port=80", "net_packet_tcp.data.dst_port=443"},
       {"tcp packets to port 80 or 443: headers"}},
      {{"net_packet_tcp.data.dst_port!=80", "net_packet_tcp.data.src=10.0.0.0/8"},
       {"tcp packets to port 0-79 or 81-65535 from 10.0.0.0/8: headers"}},
      {{"net_packet_udp.data.proto_udp.srcPort<1024",
        "net_packet_udp.data.metadata.direction=egress"},
       {"udp packets from port 0-1023 that leave: headers"}},
      {{"net_packet_tcp.data.src=10.0.0.5-10.0.0.8"},
       {"tcp packets from 10.0.0.5, 10.0.0.6/31 or 10.0.0.8: headers"}},
      {{"net_packet_ipv4.data.proto_ipv4.protocol=UDP"}, {"udp packets from 0.0.0.0/0: headers"}},
      {{"net_packet_tcp.data.metadata.protocol=17"}, {}},
      {{"net_packet_tcp.data.metadata.direction=unknown"}, {}},
      {{"net_packet_icmp.data.metadata.dst_port=53"}, {}},
      {{"net_packet_http.data.dst_port=80"},
       {"tcp connections that speak HTTP with port 80 at either end: the heads of messages whole, "
        "of bodies the packet headers"}},
      {{"net_packet_http.data.dst_port=80", "net_packet_http.data.src=10.0.0.1"},
       {"tcp connections that speak HTTP to port 80 from 10.0.0.1: the heads of messages whole, of "
        "bodies the packet headers",
        "tcp connections that speak HTTP from port 80 to 10.0.0.1: the heads of messages whole, of "
        "bodies the packet headers"}},
      {{"net_packet_dns_request.data.metadata.protocol=17",
        "net_packet_dns_request.data.metadata.dst_ip=10.0.0.2"},
       {"udp packets with port 53, 5353 or 5355 at either end to 10.0.0.2: whole packets"}},
      {{"net_anomaly.data.dst_port=53"},
       {"ipv4 packets with port 53 at either end: whole packets",
        "ipv6 packets with port 53 at either end: whole packets"}},
      {{"net_packet_tcp", "net_packet_tcp.data.dst_port=80", "net_packet_udp"},
       {"tcp packets to port 80: headers", "udp packets: headers"}},
  };
  const Traffic traffic;
  for (const Row& row : rows) {
    const Selected selected(row.items, traffic);
    INFO(Join(row.items, " "));
    std::vector<std::string> rules;
    for (const CaptureRule& rule : selected.plan().rules) {
      rules.push_back(RuleText(rule));
    }
    CHECK(Join(rules, "; ") == Join(row.rules, "; "));
    CHECK(selected.engine_filters().empty());
  }
}

TEST_CASE("push down: filters that the kernel does not apply are listed with the reason") {
  struct Row {
    Events items;
    std::string filter;
    std::string reason;
  };
  const Row rows[] = {
      {{"net_packet_tcp.data.proto_tcp.SYN=1"},
       "net_packet_tcp.data.proto_tcp.SYN=1",
       "the kernel does not look at this field"},
      {{"net_packet_udp.scope.uid=0"},
       "net_packet_udp.scope.uid=0",
       "whose packets are captured is decided for all events at once, by --scope"},
      {{"net_packet_http.data.metadata.direction=egress"},
       "net_packet_http.data.metadata.direction=egress",
       "a message may be spread over a connection, which needs both of its directions"},
      {{"net_packet_ipv4.data.metadata.dst_port!=80"},
       "net_packet_ipv4.data.metadata.dst_port!=80",
       "packets without ports pass it as well"},
      {{"detector_suspended.data.detector=x", "detector_suspended.data.detector=y"},
       "detector_suspended.data.detector=x or detector_suspended.data.detector=y",
       "no packet is this event: the engine makes it of others"},
  };
  const Traffic traffic;
  for (const Row& row : rows) {
    const Selected selected(row.items, traffic);
    REQUIRE(selected.engine_filters().size() == 1);
    const EngineFilter& filter = selected.engine_filters()[0];
    CHECK(filter.filter == row.filter);
    CHECK(filter.by == "shown");
    CHECK(filter.reason == row.reason);
  }
}

TEST_CASE("push down: a filter with too many prefixes is left to the engine and listed") {
  std::string list = "net_packet_tcp.data.src=10.0.0.1";
  for (int i = 1; i < 300; ++i) {
    list += ",10." + std::to_string(i / 100) + "." + std::to_string(i % 100) + ".1";
  }
  const Traffic traffic;
  const Selected selected({list}, traffic);
  REQUIRE(selected.plan().rules.size() == 1);
  CHECK(IsUnconditional(selected.plan().rules[0]));
  CHECK(selected.engine_filters().size() == 1);
}

// The detectors of the tests below, with the data filters of their requirements.
Plan PlanOf(const std::vector<std::pair<std::string, std::vector<std::string>>>& described,
            const Selection& selection) {
  ScriptedDetectors detectors;
  for (const auto& [text, filters] : described) {
    DetectorDefinition definition = ParseDetector(text);
    definition.requirements.events.front().data_filters = filters;
    detectors.Add(std::move(definition));
  }
  const DetectorSet set = DetectorSet::Make(detectors.Load());
  Result<Plan> plan = MakePlan(selection, set.catalogue(), set.definitions(), set.graph());
  REQUIRE(plan.has_value());
  return *std::move(plan);
}

std::string RulesOf(const Plan& plan) {
  std::vector<std::string> rules;
  for (const CaptureRule& rule : CaptureNeeds(plan).rules) {
    rules.push_back(RuleText(rule));
  }
  return Join(rules, "; ");
}

TEST_CASE(
    "push down: an event is captured for every detector and output that needs it, and no more") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> detectors = {
      {"low: Low needs net_packet_tcp", {"dst_port<1024"}},
      {"ssh: Ssh needs net_packet_tcp", {"dst_port=22", "dst_port=2222"}},
      {"top: Top needs Ssh", {}},
  };
  CHECK(RulesOf(PlanOf(detectors, {.detectors = {"low"}})) ==
        "tcp packets to port 0-1023: headers");
  CHECK(RulesOf(PlanOf(detectors, {.detectors = {"top"}})) ==
        "tcp packets to port 22 or 2222: headers");
  CHECK(RulesOf(PlanOf(detectors, {.detectors = {"low", "top"}})) ==
        "tcp packets to port 0-1023 or 2222: headers");
  CHECK(RulesOf(PlanOf(detectors,
                       {.events = {"net_packet_tcp.data.src_port=80"}, .detectors = {"low"}})) ==
        "tcp packets from port 80: headers; tcp packets to port 0-1023: headers");
  CHECK(RulesOf(PlanOf(detectors, {.events = {"net_packet_tcp"}, .detectors = {"low"}})) ==
        "tcp packets: headers");
}

TEST_CASE(
    "push down: a filter of a detector that the kernel does not apply is listed with its "
    "detector") {
  const Plan plan = PlanOf({{"syn: Syn needs net_packet_tcp", {"proto_tcp.SYN=1", "dst_port=22"}}},
                           {.events = {"Syn"}});
  REQUIRE(plan.engine_filters.size() == 1);
  CHECK(plan.engine_filters[0].filter == "net_packet_tcp.data.proto_tcp.SYN=1");
  CHECK(plan.engine_filters[0].by == "detector syn");
}

}  // namespace filter_push_down_test
}  // namespace wirehound::test
