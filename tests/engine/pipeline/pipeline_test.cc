// SPDX-License-Identifier: Apache-2.0

// From records to lines of JSON: decoders, dispatcher and outputs together, on packets that the
// tests build.

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "decoders/dns/dns_decoder.h"
#include "engine/outputs/output_spec.h"
#include "tests/decoders/dns/dns_message_builder.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/temporary_folder.h"

TEST_SUITE_BEGIN("pipeline");

namespace wirehound::test {
namespace pipeline_test {

using test::Json;

constexpr unsigned kTxt = 16;

// The events of the layers of a DNS packet, without those of requests and responses.
constexpr char kLayerEvents[] =
    "net_packet_ipv4,net_packet_ipv6,net_packet_tcp,net_packet_udp,net_packet_dns";

class Pipeline {
 public:
  explicit Pipeline(const std::string& events, LoadedPlugins plugins = {})
      : run_(std::move(plugins), {.events = {events}, .detectors = {}}) {}

  void Feed(const ByteWriter& packet, Record record = {}) {
    record.bytes = packet.span();
    record.wire_length = std::max(record.wire_length, static_cast<std::uint32_t>(packet.size()));
    if (record.process == nullptr) {
      record.process = &UnknownProcess();
    }
    run_.engine().OnRecord(record);
  }

  EngineRun& run() { return run_; }
  std::string names() const { return run_.names(); }
  const DecodeCounters& counters() const { return run_.pipeline().counters(); }
  const DnsEvents::Counters& dns() const { return run_.pipeline().dns(); }
  Json last() const { return Json::parse(run_.shown().json.back()); }
  /// The value of an argument of the last event.
  Json Argument(const std::string& name) const {
    const Json event = last();
    for (const Json& argument : event["args"].elements()) {
      if (argument["name"] == name) {
        return argument["value"];
      }
    }
    return {};
  }

 private:
  EngineRun run_;
};

ByteWriter DnsPacket() {
  const DnsMessageBuilder message =
      DnsMessageBuilder()
          .Question("example.com", kTxt)
          .Answer(Pointer(DnsMessageBuilder::kFirstName), kTxt, ByteWriter().U8(2).Text("hi"));
  return Ipv4(17, Udp(ByteWriter().Append(message.span())));
}

TEST_CASE("pipeline: a packet makes the events of its layers, outermost first") {
  Pipeline pipeline(kLayerEvents);
  pipeline.Feed(DnsPacket());
  CHECK(pipeline.names() == "net_packet_ipv4 net_packet_udp net_packet_dns");
  pipeline.Feed(Ipv6(6, Tcp({'x'})));
  CHECK(pipeline.names() ==
        "net_packet_ipv4 net_packet_udp net_packet_dns net_packet_ipv6 net_packet_tcp");
}

TEST_CASE("pipeline: only selected events are made") {
  Pipeline pipeline("net_packet_udp");
  pipeline.Feed(DnsPacket());
  CHECK(pipeline.names() == "net_packet_udp");
  CHECK(pipeline.run().dispatcher().counters().base_events == 1);
  for (const std::uint64_t count : pipeline.dns().messages) {
    CHECK(count == 0);  // DNS was not even decoded
  }
}

TEST_CASE("pipeline: events that only a detector requires are made but not shown") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_dns"));
  std::string seen;
  FieldRef<Dns> dns;
  script.init = [&dns](const InitContext& context) {
    return context.Bind("net_packet_dns", "proto_dns", dns);
  };
  script.on_event = [&](const EventView& event, const Emitter& emit) -> Status {
    for (const DnsRecord answer : dns.Get(event)->answers()) {
      for (const std::string_view text : answer.txts()) {
        seen += text;
      }
    }
    return emit.Detected();
  };
  Pipeline pipeline("A", detectors.Load());
  pipeline.Feed(DnsPacket());
  CHECK(seen == "hi");
  CHECK(pipeline.names() == "A");
}

TEST_CASE("pipeline: a DNS event has all its arguments") {
  Pipeline pipeline("net_packet_dns");
  pipeline.Feed(DnsPacket());
  const Json event = pipeline.last();
  CHECK(event["eventId"] == "2006");
  CHECK(event["argsNum"] == 6);
  CHECK(event["args"][5].dump() ==
        R"({"name":"proto_dns","type":"trace.ProtoDNS","value":{"ID":4660,"QR":1,)"
        R"("opCode":"query","AA":0,"TC":0,"RD":1,"RA":1,"Z":0,"responseCode":"no error",)"
        R"("QDCount":1,"ANCount":1,"NSCount":0,"ARCount":0,)"
        R"("questions":[{"name":"example.com","type":"TXT","class":"IN"}],)"
        R"("answers":[{"name":"example.com","type":"TXT","class":"IN","TTL":300,"IP":"",)"
        R"("NS":"","CNAME":"","PTR":"","TXTs":["hi"],"SOA":{"MName":"","RName":"","serial":0,)"
        R"("refresh":0,"retry":0,"expire":0,"minimum":0},"SRV":{"priority":0,"weight":0,)"
        R"("port":0,"name":""},"MX":{"preference":0,"name":""},"OPT":[],"URI":{"priority":0,)"
        R"("weight":0,"target":""},"TXT":"\u0002hi"}],"authorities":[],"additionals":[]}})");
}

TEST_CASE("pipeline: the facts of a record are in its event") {
  wirehound_process process = UnknownProcess();
  process.pid = 7;
  process.host_pid = 4711;
  process.comm = {"dig", 3};
  process.executable = {"/usr/bin/dig", 12};
  Record record;
  record.timestamp_ns = 1'700'000'000'123'456'789;
  record.direction = WIREHOUND_DIRECTION_EGRESS;
  record.interface_index = 2;
  record.interface_name = "eth0";
  record.cpu = 5;
  record.syscall = 0;
  record.process = &process;
  Pipeline pipeline("net_packet_udp");
  pipeline.Feed(DnsPacket(), record);
  const Json event = pipeline.last();
  CHECK(event["timestamp"] == 1'700'000'000'123'456'789);
  CHECK(event["processorId"] == 5);
  CHECK(event["processId"] == 7);
  CHECK(event["hostProcessId"] == 4711);
  CHECK(event["processName"] == "dig");
  CHECK(event["executable"]["path"] == "/usr/bin/dig");
  CHECK(event["syscall"].text().size() > 2);  // the name of number 0 depends on the machine
  CHECK(pipeline.Argument("metadata").dump() ==
        R"({"src_ip":"10.0.0.1","dst_ip":"10.0.0.2","src_port":40000,"dst_port":53,)"
        R"("protocol":17,"packet_len":72,"iface":"eth0","direction":"egress"})");
}

TEST_CASE("pipeline: DNS is recognised by its ports, and over TCP read after its length") {
  Pipeline pipeline("net_packet_dns");
  pipeline.Feed(Ipv4(6, Tcp(ByteWriter().Append(DnsMessageBuilder().span()))));
  CHECK(pipeline.names().empty());
  ByteWriter other_port = Udp(ByteWriter().Append(DnsMessageBuilder().span()));
  other_port.PatchBe16(2, 5300);
  pipeline.Feed(Ipv4(17, other_port));
  CHECK(pipeline.names().empty());
  ByteWriter from_server = other_port;
  from_server.PatchBe16(0, 53);
  pipeline.Feed(Ipv4(17, from_server));
  CHECK(pipeline.names() == "net_packet_dns");
}

TEST_CASE("pipeline: a damaged DNS message makes an event of its sound part and is counted") {
  const ByteWriter whole = DnsPacket();
  Pipeline pipeline("net_packet_dns");
  SUBCASE("a count larger than the message") {
    const DnsMessageBuilder message = DnsMessageBuilder().Question("example.com", kTxt).Claim(6, 3);
    pipeline.Feed(Ipv4(17, Udp(ByteWriter().Append(message.span()))));
    REQUIRE(pipeline.names() == "net_packet_dns");
    CHECK(pipeline.Argument("proto_dns")["ANCount"] == 3);
    CHECK(pipeline.Argument("proto_dns")["questions"].size() == 1);
    CHECK(pipeline.Argument("proto_dns")["answers"].empty());
    CHECK(pipeline.dns().messages[static_cast<std::size_t>(DecodeStatus::kMalformed)] == 1);
  }
  SUBCASE("a record that is cut short") {
    Record record;
    record.wire_length = static_cast<std::uint32_t>(whole.size());
    const ByteWriter cut = ByteWriter().Append(whole.span().first(whole.size() - 4));
    pipeline.Feed(cut, record);
    REQUIRE(pipeline.names() == "net_packet_dns");
    CHECK(pipeline.Argument("proto_dns")["questions"].size() == 1);
    CHECK(pipeline.dns().messages[static_cast<std::size_t>(DecodeStatus::kTruncated)] == 1);
  }
  SUBCASE("without a whole header there is no event") {
    pipeline.Feed(Ipv4(17, Udp(ByteWriter().Fill(kDnsHeaderBytes - 1))));
    CHECK(pipeline.names().empty());
    CHECK(pipeline.dns().too_short == 1);
  }
}

TEST_CASE("pipeline: every record is counted once, whatever it contains") {
  Pipeline pipeline(kLayerEvents);
  pipeline.Feed(DnsPacket());
  pipeline.Feed(ByteWriter());
  pipeline.Feed(ByteWriter().Fill(100, 0xff));
  Record unknown_link;
  unknown_link.link_type = 9999;
  pipeline.Feed(DnsPacket(), unknown_link);
  Record ethernet;
  ethernet.link_type = kLinkTypeEthernet;
  pipeline.Feed(Ethernet(0x0806).Fill(28), ethernet);
  CHECK(pipeline.names() == "net_packet_ipv4 net_packet_udp net_packet_dns");
  CHECK(pipeline.counters().records == 5);
  std::uint64_t link = 0;
  for (const std::uint64_t count :
       pipeline.counters().layers[static_cast<std::size_t>(PacketLayer::kLink)]) {
    link += count;
  }
  CHECK(link == 5);
}

TEST_CASE("pipeline: no data of a record appears in the event of the next one") {
  Pipeline pipeline(kLayerEvents);
  pipeline.Feed(DnsPacket());
  pipeline.Feed(Ipv4(132, ByteWriter().Fill(8)));  // SCTP, which is not decoded
  CHECK(pipeline.names() == "net_packet_ipv4 net_packet_udp net_packet_dns net_packet_ipv4");
  CHECK(pipeline.Argument("metadata")["src_port"] == 0);
  pipeline.Feed(Ipv4(17, Udp(ByteWriter().Append(DnsMessageBuilder().span()))));
  CHECK(pipeline.Argument("proto_dns")["questions"].empty());
  CHECK(pipeline.Argument("proto_dns")["answers"].empty());
}

TEST_CASE("pipeline: the same input gives the same output, byte for byte") {
  std::vector<std::string> first;
  for (int round = 0; round < 3; ++round) {
    ScriptedDetectors detectors;
    detectors.Add(ParseDetector("a: A needs net_packet_dns, net_packet_udp")).on_event =
        [](const EventView&, const Emitter& emit) { return emit.Detected(); };
    Pipeline pipeline(std::string(kLayerEvents) + ",A", detectors.Load());
    for (int i = 0; i < 5; ++i) {
      pipeline.Feed(DnsPacket());
      pipeline.Feed(Ipv6(6, Tcp({'x'})));
    }
    if (round == 0) {
      first = pipeline.run().shown().json;
    }
    CHECK(pipeline.run().shown().json == first);
  }
  CHECK(first.size() == 5 * (3 + 2 + 2));
}

TEST_CASE("pipeline: the JSON file gets one line for each event") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out.json").string();
  auto outputs = OpenOutputs({"json:" + path});
  REQUIRE(outputs.has_value());
  Output& json = *outputs->front();
  EngineRun run({}, {.events = {kLayerEvents}, .detectors = {}}, std::move(outputs->front()));
  const ByteWriter packet = DnsPacket();
  Record record;
  record.bytes = packet.span();
  record.wire_length = static_cast<std::uint32_t>(packet.size());
  record.process = &UnknownProcess();
  run.engine().OnRecord(record);
  CHECK(json.Close().has_value());
  std::ifstream file(path);
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    names.push_back(Json::parse(line)["eventName"].text());
  }
  CHECK(Join(names) == "net_packet_ipv4 net_packet_udp net_packet_dns");
}

}  // namespace pipeline_test
}  // namespace wirehound::test

TEST_SUITE_END();
