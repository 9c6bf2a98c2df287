// SPDX-License-Identifier: Apache-2.0

// Events of connections, from packets to JSON: which protocol is recognised on which connection,
// which process owns the events, and their order.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "decoders/core/anomaly.h"
#include "engine/pipeline/packet_pipeline.h"
#include "tests/decoders/dns/dns_message_builder.h"
#include "tests/engine/support/conversation.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/paths.h"

TEST_SUITE_BEGIN("pipeline");

namespace wirehound::test {
namespace stream_pipeline_test {

using test::Json;
using From = Conversation::From;

constexpr std::uint64_t kPacketGapNs = 1'000'000;

class Streams {
 public:
  explicit Streams(const std::string& events) : run_({}, {.events = {events}, .detectors = {}}) {}

  void Feed(const ByteWriter& packet, std::uint8_t direction = WIREHOUND_DIRECTION_UNKNOWN,
            const wirehound_process& process = UnknownProcess()) {
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.direction = direction;
    record.process = &process;
    now_ns_ += kPacketGapNs;
    record.timestamp_ns = now_ns_;
    run_.engine().OnRecord(record);
  }

  Streams& Feed(const Conversation& conversation) {
    for (const Conversation::Sent& sent : conversation.packets()) {
      Feed(sent.packet);
    }
    return *this;
  }

  // Selects other events, as a reload does.
  void Select(const std::string& events) {
    REQUIRE(run_.Adopt({.events = {events}, .detectors = {}}));
  }

  void End() { run_.engine().OnEndOfStream(); }
  std::string names() const { return run_.names(); }
  std::size_t count() const { return run_.shown().names.size(); }
  Json event(std::size_t index) const { return Json::parse(run_.shown().json.at(index)); }
  /// The value of an argument of an event.
  Json Argument(std::size_t index, const std::string& name) const {
    const Json whole = event(index);
    for (const Json& argument : whole["args"].elements()) {
      if (argument["name"] == name) {
        return argument["value"];
      }
    }
    return {};
  }
  const PacketPipeline& pipeline() const { return run_.pipeline(); }

 private:
  EngineRun run_;
  std::uint64_t now_ns_ = 0;
};

constexpr std::string_view kRequest = "GET /a%20b?c=d HTTP/1.1\r\nHost: example.com\r\n\r\n";
constexpr std::string_view kResponse = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string LengthPrefixed(const DnsMessageBuilder& message) {
  const std::span<const std::byte> bytes = message.span();
  std::string text = {static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size())};
  return text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

TEST_CASE("streams: the events of a request and its response have the direction of their sender") {
  Streams streams("net_packet_http,net_packet_http_request,net_packet_http_response");
  streams.Feed(Conversation(8080).Open().Client(kRequest).Server(kResponse).Close());
  REQUIRE(streams.names() ==
          "net_packet_http net_packet_http_request net_packet_http net_packet_http_response");
  CHECK(streams.Argument(0, "src") == "10.0.0.1");
  CHECK(streams.Argument(0, "dst_port") == 8080);
  CHECK(streams.Argument(0, "proto_http")["uri_path"] == "/a b");
  CHECK(streams.Argument(0, "proto_http")["query"] == "c=d");
  CHECK(streams.Argument(1, "http_request")["host"] == "example.com");
  CHECK(streams.Argument(2, "src") == "10.0.0.2");
  CHECK(streams.Argument(2, "proto_http")["status"] == "200 OK");
  CHECK(streams.Argument(3, "http_response")["request_path"] == "/a b");
}

TEST_CASE("streams: HTTP is recognised however its first bytes are split into segments") {
  for (std::size_t cut = 1; cut < kRequest.size(); ++cut) {
    Streams streams("net_packet_http_request");
    streams.Feed(
        Conversation(4444).Open().Client(kRequest.substr(0, cut)).Client(kRequest.substr(cut)));
    CHECK_MESSAGE(streams.names() == "net_packet_http_request", cut);
  }
}

TEST_CASE("streams: HTTP after the greetings of another protocol is recognised") {
  Streams streams("net_packet_http_request");
  streams.Feed(
      Conversation(1080).Open().Client("\x05\x01\x02").Server("\x05\x02").Client(kRequest));
  CHECK(streams.names() == "net_packet_http_request");
}

TEST_CASE("streams: a direction without HTTP is given up after a few segments, TLS at once") {
  Streams streams("net_packet_http");
  SUBCASE("another protocol") {
    Conversation other(22);
    other.Open();
    for (int i = 0; i < kMaxGuesses; ++i) {
      other.Client("something else");
    }
    streams.Feed(other.Client(kRequest));
  }
  SUBCASE("TLS") {
    streams.Feed(Conversation(443).Open().Client("\x16\x03\x01\x02").Client(kRequest));
  }
  CHECK(streams.names().empty());
  CHECK(streams.pipeline().streams().applications().directions_given_up == 1);
  const StreamCounters& counters = streams.pipeline().streams().flow_counters().streams;
  CHECK(counters.of(IgnoredReason::kUnwanted).bytes == kRequest.size());
}

TEST_CASE("streams: after CONNECT the protocol inside the tunnel is recognised anew") {
  Streams streams("net_packet_http");
  streams.Feed(Conversation(3128)
                   .Open()
                   .Client("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n")
                   .Server("HTTP/1.1 200 OK\r\n\r\n")
                   .Client(kRequest)
                   .Server(kResponse));
  REQUIRE(streams.count() == 4);
  CHECK(streams.Argument(2, "proto_http")["method"] == "GET");
  CHECK(streams.Argument(3, "proto_http")["request_method"] == "GET");
}

TEST_CASE("streams: DNS messages over TCP are found by their length, in any segmentation") {
  const std::string message = LengthPrefixed(DnsMessageBuilder().Question("example.com", 1));
  const std::string both = message + message;
  for (const std::size_t cut : {std::size_t{1}, std::size_t{2}, message.size(), both.size() - 1}) {
    Streams streams("net_packet_dns");
    streams.Feed(Conversation(53).Open().Client(both.substr(0, cut)).Client(both.substr(cut)));
    CHECK(streams.names() == "net_packet_dns net_packet_dns");
    CHECK(streams.Argument(1, "metadata")["protocol"] == 6);
    CHECK(streams.Argument(1, "proto_dns")["questions"][0]["name"] == "example.com");
  }
}

TEST_CASE("streams: after a gap DNS over TCP resumes at the next whole message") {
  const std::string message = LengthPrefixed(DnsMessageBuilder().Question("example.com", 1));
  Conversation conversation(53);
  conversation.Open().Client(message).Lost(100);
  for (int i = 0; i < 20; ++i) {
    conversation.Client(message).Server("\0\0");
  }
  Streams streams("net_packet_dns,net_anomaly");
  streams.Feed(conversation);
  streams.End();
  std::size_t messages = 0;
  std::size_t gaps = 0;
  for (std::size_t i = 0; i < streams.count(); ++i) {
    messages += streams.event(i)["eventName"] == "net_packet_dns" ? 1 : 0;
    gaps += streams.Argument(i, "kind") == "tcp_gap" ? 1 : 0;
    if (streams.Argument(i, "kind") == "tcp_gap") {
      CHECK(streams.Argument(i, "offset") == message.size());
      CHECK(streams.Argument(i, "size") == 100);
    }
  }
  CHECK(messages == 21);
  CHECK(gaps == 1);
}

TEST_CASE("streams: a connection begins when it is answered and ends once, with its counters") {
  Streams streams("flows");
  streams.Feed(Conversation(80).Open().Client("abc").Server("defgh").Close());
  streams.End();
  REQUIRE(streams.names() == "net_flow_tcp_begin net_flow_tcp_end");
  CHECK(streams.Argument(0, "conn_direction") == "unknown");
  CHECK(streams.Argument(0, "src") == "10.0.0.1");
  CHECK(streams.Argument(1, "reason") == "fin");
  // Both have closed before the last acknowledgement.
  CHECK(streams.Argument(1, "packets_sent") == 4);
  CHECK(streams.Argument(1, "packets_received") == 3);
  CHECK(streams.Argument(1, "bytes_sent") == 4 * 40 + 3);
  CHECK(streams.Argument(1, "bytes_received") == 3 * 40 + 5);
  CHECK(streams.Argument(1, "duration_ns") == 6 * kPacketGapNs);
}

TEST_CASE("streams: a connection open at the end of the capture ends then, without a process") {
  Streams streams("net_flow_tcp_end");
  wirehound_process process = UnknownProcess();
  process.pid = 42;
  const Conversation conversation = Conversation(80).Open();
  for (const Conversation::Sent& sent : conversation.packets()) {
    streams.Feed(sent.packet, WIREHOUND_DIRECTION_UNKNOWN, process);
  }
  CHECK(streams.names().empty());
  streams.End();
  REQUIRE(streams.names() == "net_flow_tcp_end");
  CHECK(streams.Argument(0, "reason") == "shutdown");
  CHECK(streams.event(0)["processId"] == 0);
}

// The capture sees each packet of a loopback connection twice: when the sender sends it and when
// the receiver gets it, each time with another process.
TEST_CASE("streams: each end of a loopback connection has separate events with its process") {
  wirehound_process client = UnknownProcess();
  client.pid = 1;
  wirehound_process server = UnknownProcess();
  server.pid = 2;
  Streams streams("net_packet_http,flows");
  const Conversation conversation =
      Conversation(80).Open().Client(kRequest).Server(kResponse).Close();
  for (const auto& sent : conversation.packets()) {
    const bool from_client = sent.from == From::kClient;
    streams.Feed(sent.packet, WIREHOUND_DIRECTION_EGRESS, from_client ? client : server);
    streams.Feed(sent.packet, WIREHOUND_DIRECTION_INGRESS, from_client ? server : client);
  }
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < streams.count(); ++i) {
    const Json event = streams.event(i);
    std::string line =
        event["eventName"].text() + " of " + std::to_string(event["processId"].integer());
    const Json direction = event["eventName"] == "net_packet_http"
                               ? streams.Argument(i, "metadata")["direction"]
                               : streams.Argument(i, "conn_direction");
    seen.push_back(line + " " + (direction.is_null() ? "" : direction.text()));
  }
  const std::vector<std::string> expected = {
      "net_tcp_connect of 1 ",
      "net_flow_tcp_begin of 2 incoming",
      "net_flow_tcp_begin of 1 outgoing",
      "net_packet_http of 1 egress",
      "net_packet_http of 2 ingress",
      "net_packet_http of 2 egress",
      "net_packet_http of 1 ingress",
      "net_flow_tcp_end of 2 incoming",
      "net_flow_tcp_end of 1 outgoing",
  };
  std::vector<std::string> sorted = seen;
  std::vector<std::string> wanted = expected;
  std::sort(sorted.begin(), sorted.end());
  std::sort(wanted.begin(), wanted.end());
  CHECK(sorted == wanted);
}

TEST_CASE("streams: message framing that permits request smuggling is an anomaly") {
  Streams streams("net_anomaly");
  streams.Feed(Conversation(80).Open().Client(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"));
  REQUIRE(streams.names() == "net_anomaly");
  CHECK(streams.Argument(0, "kind") == "http_length_and_chunked");
  CHECK(streams.Argument(0, "layer") == "http");
  CHECK(streams.Argument(0, "src_port") == 40001);
}

TEST_CASE("streams: a first line that the server alone accepts as a request is an anomaly") {
  for (const std::string_view odd : {"GET / HTTP/1.\r\n\r\n", "ODD / HTTP/1.1\r\n\r\n"}) {
    Streams streams("net_packet_http,net_anomaly");
    streams.Feed(Conversation(80).Open().Client(odd).Server("HTTP/1.1 400 Bad Request\r\n\r\n"));
    REQUIRE(streams.names() == "net_anomaly net_packet_http");
    CHECK(streams.Argument(0, "kind") == "http_malformed_start_line");
    CHECK(streams.Argument(0, "src_port") == 40001);
  }
}

TEST_CASE("streams: after a gap the next response at the start of a segment is recognised") {
  Conversation conversation(80);
  conversation.Open().Client(kRequest).Server(kResponse.substr(0, 20));
  conversation.LostByServer(kResponse.size() - 20);
  for (int i = 0; i < 12; ++i) {
    conversation.Client(kRequest).Server(kResponse);
  }
  Streams streams("net_packet_http_response");
  streams.Feed(conversation);
  streams.End();
  CHECK(streams.count() == 13);  // the first one is cut off by the gap
}

TEST_CASE("streams: the packet inside a tunnel has events too, after those of the outer packet") {
  Streams streams("net_packet_ipv4,net_packet_udp,net_packet_tcp");
  streams.Feed(Ipv4(4, Ipv4(6, Tcp({'x'}))));
  CHECK(streams.names() == "net_packet_ipv4 net_packet_ipv4 net_packet_tcp");
}

TEST_CASE("streams: tunnels inside tunnels are decoded down to a limit") {
  ByteWriter packet = Ipv4(17, Udp({'x'}));
  for (int i = 0; i <= kMaxTunnelDepth; ++i) {
    packet = Ipv4(4, packet);
  }
  Streams streams("net_packet_ipv4,net_anomaly");
  streams.Feed(packet);
  CHECK(streams.count() == kMaxTunnelDepth + 2);
  CHECK(streams.Argument(streams.count() - 1, "kind") == "tunnel_too_deep");
}

TEST_CASE(
    "streams: the content of a fragmented datagram makes its events once, at the last fragment") {
  const DnsMessageBuilder message = DnsMessageBuilder().Question("example.com", 1);
  const ByteWriter datagram = Udp(ByteWriter().Append(message.span()));
  const auto piece = [&datagram](std::size_t offset, std::size_t size, bool more) {
    ByteWriter packet = Ipv4(17, ByteWriter().Append(datagram.span().subspan(offset, size)));
    packet.PatchBe16(kIpv4FragmentOffset,
                     (more ? 0x2000U : 0U) | static_cast<unsigned>(offset / 8));
    return packet;
  };
  Streams streams("net_packet_ipv4,net_packet_udp,net_packet_dns,net_anomaly");
  SUBCASE("in order") {
    streams.Feed(piece(0, 16, true));
    CHECK(streams.names() == "net_packet_ipv4");
    streams.Feed(piece(16, datagram.size() - 16, false));
    CHECK(streams.names() == "net_packet_ipv4 net_packet_ipv4 net_packet_udp net_packet_dns");
  }
  SUBCASE("the last fragment first") {
    streams.Feed(piece(16, datagram.size() - 16, false));
    streams.Feed(piece(0, 16, true));
    CHECK(streams.names() == "net_packet_ipv4 net_packet_ipv4 net_packet_udp net_packet_dns");
  }
  SUBCASE("a missing fragment is reported at the end of the stream") {
    streams.Feed(piece(0, 16, true));
    streams.End();
    CHECK(streams.names() == "net_packet_ipv4 net_anomaly");
    CHECK(streams.Argument(1, "kind") == "ip_fragment_incomplete");
    CHECK(streams.Argument(1, "src") == "10.0.0.1");
  }
}

TEST_CASE("anomalies: the documentation lists every kind") {
  const std::string text = ReadText(SourceFolder() / "docs" / "decoding.md");
  for (std::size_t i = 0; i < kAnomalyKindCount; ++i) {
    const auto kind = static_cast<AnomalyKind>(i);
    const std::string name = "`" + std::string(AnomalyName(kind)) + "`";
    CHECK_MESSAGE(text.find(name) != std::string::npos, name);
  }
}

// The packets of a connection in two parts, before and after a change of the plan.
void FeedFrom(Streams& streams, const Conversation& conversation, std::size_t begin,
              std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    streams.Feed(conversation.packets()[i].packet);
  }
}

TEST_CASE("streams: when HTTP becomes wanted, connections that are already open are examined too") {
  Conversation conversation(8080);
  conversation.Open().Client("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::size_t before = conversation.packets().size();
  conversation.Client("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").Close();
  for (const char* first : {"net_flow_tcp_begin", "net_packet_tcp"}) {
    CAPTURE(first);
    Streams streams(first);
    FeedFrom(streams, conversation, 0, before);
    streams.Select("net_packet_http_request");
    const std::size_t shown = streams.count();
    FeedFrom(streams, conversation, before, conversation.packets().size());
    REQUIRE(streams.count() == shown + 1);
    CHECK(streams.Argument(shown, "http_request")["uri_path"] == "/2");
  }
}

TEST_CASE("streams: a connection stays the same one when the plan changes") {
  Streams streams("net_flow_tcp_begin");
  Conversation conversation(8080);
  conversation.Open();
  streams.Feed(conversation);
  streams.Select("net_flow_tcp_end");
  const std::size_t opened = conversation.packets().size();
  conversation.Close();
  FeedFrom(streams, conversation, opened, conversation.packets().size());
  CHECK(streams.names() == "net_flow_tcp_begin net_flow_tcp_end");
}

}  // namespace stream_pipeline_test
}  // namespace wirehound::test

TEST_SUITE_END();
