// SPDX-License-Identifier: Apache-2.0

// The names in events of connections, learnt from DNS answers in earlier packets.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/engine/stores/dns_store_support.h"
#include "tests/engine/support/conversation.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"

TEST_SUITE_BEGIN("pipeline");

namespace wirehound::test {
namespace dns_pipeline_test {

using test::Json;

// Connections go from 10.0.0.1 to 10.0.0.2.
constexpr char kServer[] = "10.0.0.2";

class NamedFlows {
 public:
  explicit NamedFlows(const std::string& events)
      : run_({}, {.events = {events}, .detectors = {}}) {}

  void Feed(const ByteWriter& packet, const wirehound_process& process,
            std::uint8_t direction = WIREHOUND_DIRECTION_UNKNOWN) {
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.direction = direction;
    record.process = &process;
    record.timestamp_ns = (now_ns_ += 1'000'000);
    run_.engine().OnRecord(record);
  }
  void Answer(const DnsMessageBuilder& message, const wirehound_process& process = MakeProcess(0)) {
    Feed(Ipv4(17, Udp(ByteWriter().Append(message.span()))), process);
  }
  void Feed(const Conversation& conversation, const wirehound_process& process = MakeProcess(0),
            std::uint8_t client_direction = WIREHOUND_DIRECTION_UNKNOWN) {
    for (const Conversation::Sent& sent : conversation.packets()) {
      const bool turned = sent.from == Conversation::From::kServer &&
                          client_direction == WIREHOUND_DIRECTION_EGRESS;
      Feed(sent.packet, process, turned ? WIREHOUND_DIRECTION_INGRESS : client_direction);
    }
  }
  void Pass(std::uint64_t seconds) { now_ns_ += seconds * kSecondNs; }
  void End() { run_.engine().OnEndOfStream(); }

  std::string names() const { return run_.names(); }
  /// The value of an argument of an event, as JSON text.
  std::string Argument(std::size_t index, const std::string& name) const {
    const Json event = Json::parse(run_.shown().json.at(index));
    for (const Json& argument : event["args"].elements()) {
      if (argument["name"] == name) {
        return argument["value"].dump();
      }
    }
    return "no such argument";
  }
  Stores& stores() { return run_.stores(); }

 private:
  EngineRun run_;
  std::uint64_t now_ns_ = 0;
};

TEST_CASE("dns names: a connection to an address that was looked up has its name") {
  NamedFlows flows("net_flow_tcp_begin,net_flow_tcp_end");
  flows.Answer(AddressResponse("www.example.com", kServer));
  flows.Feed(Conversation(4444).Open().Close());
  REQUIRE(flows.names() == "net_flow_tcp_begin net_flow_tcp_end");
  for (const std::size_t event : {0u, 1u}) {
    CHECK(flows.Argument(event, "dst_dns") == R"(["www.example.com"])");
    CHECK(flows.Argument(event, "src_dns") == "[]");
  }
}

TEST_CASE("dns names: an attempt to connect has them too, those its process looked up first") {
  NamedFlows flows("net_tcp_connect");
  flows.Answer(AddressResponse("own.example", kServer), MakeProcess(7));
  flows.Answer(AddressResponse("newer.example", kServer), MakeProcess(8));
  flows.Feed(Conversation(4444).Open(), MakeProcess(7), WIREHOUND_DIRECTION_EGRESS);
  REQUIRE(flows.names() == "net_tcp_connect");
  CHECK(flows.Argument(0, "dst_dns") == R"(["own.example","newer.example"])");
}

TEST_CASE("dns names: the source has names as well") {
  NamedFlows flows("net_flow_tcp_begin");
  flows.Answer(AddressResponse("client.example", "10.0.0.1"));
  flows.Feed(Conversation(4444).Open());
  CHECK(flows.Argument(0, "src_dns") == R"(["client.example"])");
  CHECK(flows.Argument(0, "dst_dns") == "[]");
}

TEST_CASE("dns names: an event has the names that are valid at its time") {
  NamedFlows flows("net_flow_tcp_begin,net_flow_tcp_end");
  const Conversation conversation = Conversation(4444).Open().Close();
  flows.Answer(AddressResponse("www.example.com", kServer, 60));
  for (const Conversation::Sent& sent : conversation.packets()) {
    flows.Feed(sent.packet, MakeProcess(0));
    flows.Pass(30);  // seven packets: the end comes minutes after the answer
  }
  flows.End();
  REQUIRE(flows.names() == "net_flow_tcp_begin net_flow_tcp_end");
  CHECK(flows.Argument(0, "dst_dns") == R"(["www.example.com"])");
  CHECK(flows.Argument(1, "dst_dns") == "[]");
}

TEST_CASE("dns names: the store learns from answers over TCP too") {
  NamedFlows flows("net_flow_tcp_begin");
  const DnsMessageBuilder answer = AddressResponse("tcp.example", kServer);
  std::string prefixed = {'\0', static_cast<char>(answer.size())};
  prefixed.append(reinterpret_cast<const char*>(answer.span().data()), answer.size());
  flows.Feed(Conversation(53).Open().Server(prefixed));
  flows.Feed(Conversation(4444).Open());
  CHECK(flows.Argument(1, "dst_dns") == R"(["tcp.example"])");
}

TEST_CASE("dns names: DNS is not decoded when neither names nor its events are needed") {
  NamedFlows flows("net_packet_udp");
  flows.Answer(AddressResponse("www.example.com", kServer));
  CHECK(flows.names() == "net_packet_udp");
  CHECK(flows.stores().dns.counters().learnt == 0);
}

TEST_CASE("dns names: the store has learnt from a message before its events are emitted") {
  // An output that asks the store while it gets the event of the message.
  class Asking : public Output {
   public:
    Status OnEvent(const Event& /*event*/) override {
      wirehound_dns_mapping mapping{};
      known += store->NamesOf(ParseAddress(kServer), {}, {&mapping, 1});
      return {};
    }
    Status Flush() override { return {}; }

    const DnsStore* store = nullptr;
    std::size_t known = 0;
  };
  auto output = std::make_unique<Asking>();
  Asking& asking = *output;
  EngineRun run({}, {.events = {"net_packet_dns,net_flow_tcp_begin"}}, std::move(output));
  asking.store = &run.stores().dns;
  const DnsMessageBuilder message = AddressResponse("www.example.com", kServer);
  const ByteWriter packet = Ipv4(17, Udp(ByteWriter().Append(message.span())));
  const wirehound_process process = MakeProcess(0);
  Record record;
  record.bytes = packet.span();
  record.wire_length = static_cast<std::uint32_t>(packet.size());
  record.process = &process;
  run.engine().OnRecord(record);
  CHECK(asking.known == 1);
}

}  // namespace dns_pipeline_test
}  // namespace wirehound::test
