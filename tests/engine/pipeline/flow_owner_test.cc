// SPDX-License-Identifier: Apache-2.0

// The owner of an event of a connection when the packet that triggers the event has none: the
// process last known to use the connection, if the source still knows it. Also: network namespaces
// keep connections and fragments apart.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_message_builder.h"
#include "tests/engine/support/conversation.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"

TEST_SUITE_BEGIN("pipeline");

namespace wirehound::test {
namespace flow_owner_test {

using test::Json;
using From = Conversation::From;

constexpr std::uint64_t kPacketGapNs = 1'000'000;
constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// The processes of a source, by owner id.
class Owners {
 public:
  Owners() {
    for (const std::uint64_t id : {11, 22}) {
      wirehound_process process = UnknownProcess();
      process.pid = process.host_pid = static_cast<std::int32_t>(id);
      processes_.emplace(id, process);
    }
  }

  const wirehound_process* Find(std::uint64_t id) const {
    const auto found = processes_.find(id);
    return found == processes_.end() ? nullptr : &found->second;
  }
  void Forget(std::uint64_t id) { processes_.erase(id); }

 private:
  std::map<std::uint64_t, wirehound_process> processes_;
};

// A source that reads no records: the tests feed them. It only finds owners.
class OwnerSource : public Source {
 public:
  explicit OwnerSource(const Owners& owners) : owners_(owners) {}

  int poll_fd() const override { return -1; }
  Result<SourceState> Read(RecordSink& /*sink*/, std::size_t /*max*/) override {
    return SourceState::kEnd;
  }
  const wirehound_process* FindOwner(std::uint64_t id) override { return owners_.Find(id); }
  void Stop() override {}
  std::vector<SourceCounter> Counters() const override { return {}; }

 private:
  const Owners& owners_;
};

class OwnedStreams {
 public:
  explicit OwnedStreams(const std::string& events)
      : run_({}, {.events = {events}}, {.source = std::make_unique<OwnerSource>(owners)}) {}

  Owners owners;

  // Feeds a packet of the process with this id; 0 stands for an unknown process.
  void Feed(const ByteWriter& packet, std::uint64_t owner_id, std::uint64_t network_namespace = 0) {
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.timestamp_ns = now_ns_ += kPacketGapNs;
    record.owner_id = owner_id;
    record.process = owner_id == 0 ? &UnknownProcess() : owners.Find(owner_id);
    record.owner_source = owner_id == 0 ? WIREHOUND_OWNER_NONE : WIREHOUND_OWNER_SOCKET;
    record.network_namespace = network_namespace;
    run_.engine().OnRecord(record);
  }

  void Feed(const Conversation& conversation, std::uint64_t owner_id,
            std::uint64_t network_namespace = 0) {
    for (const Conversation::Sent& sent : conversation.packets()) {
      Feed(sent.packet, owner_id, network_namespace);
    }
  }

  void End() { run_.engine().OnEndOfStream(); }

  // Each event with its process id, separated by ", ": "net_packet_http of 11".
  std::string shown() const {
    std::vector<std::string> lines;
    for (const std::string& text : run_.shown().json) {
      const Json event = Json::parse(text);
      lines.push_back(event["eventName"].text() + " of " +
                      std::to_string(event["processId"].integer()));
    }
    return Join(lines, ", ");
  }

 private:
  EngineRun run_;
  std::uint64_t now_ns_ = 0;
};

TEST_CASE("flow owner: a connection that ends with the capture belongs to its last process") {
  OwnedStreams streams("net_flow_tcp_end");
  streams.Feed(Conversation(80).Open(), 11);
  SUBCASE("the source still knows the process") {
    streams.End();
    CHECK(streams.shown() == "net_flow_tcp_end of 11");
  }
  SUBCASE("another process used it last") {
    Conversation later = Conversation(80).Open().Client("x");
    streams.Feed(later.packets().back().packet, 22);
    streams.End();
    CHECK(streams.shown() == "net_flow_tcp_end of 22");
  }
  SUBCASE("no process when the source has forgotten it") {
    streams.owners.Forget(11);
    streams.End();
    CHECK(streams.shown() == "net_flow_tcp_end of 0");
  }
}

TEST_CASE(
    "flow owner: a message that an ownerless packet completes belongs to the flow's process") {
  OwnedStreams streams("net_packet_http");
  const Conversation conversation =
      Conversation(80).Open().Client(kRequest.substr(0, 10)).Client(kRequest.substr(10));
  const std::vector<Conversation::Sent>& packets = conversation.packets();
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    streams.Feed(packets[i].packet, 11);
  }
  SUBCASE("the last packet has no owner") {
    streams.Feed(packets.back().packet, 0);
    CHECK(streams.shown() == "net_packet_http of 11");
  }
  SUBCASE("the last packet has an owner, which then counts") {
    streams.Feed(packets.back().packet, 22);
    CHECK(streams.shown() == "net_packet_http of 22");
  }
}

TEST_CASE("flow owner: an event triggered by a packet of another connection keeps its process") {
  OwnedStreams streams("net_flow_tcp_end");
  streams.Feed(Conversation(80).Open(), 11);
  streams.Feed(Conversation(81).Open(), 22);
  streams.End();
  CHECK(streams.shown() == "net_flow_tcp_end of 11, net_flow_tcp_end of 22");
}

TEST_CASE("flow owner: a connection without any known process has none in its events") {
  OwnedStreams streams("net_packet_http,net_flow_tcp_end");
  streams.Feed(Conversation(80).Open().Client(kRequest).Close(), 0);
  CHECK(streams.shown() == "net_packet_http of 0, net_flow_tcp_end of 0");
}

TEST_CASE("network namespaces: equal addresses and ports in two namespaces are two connections") {
  const Conversation conversation = Conversation(80).Open().Client(kRequest).Close();
  OwnedStreams streams("net_packet_http,net_flow_tcp_end");
  for (const Conversation::Sent& sent : conversation.packets()) {
    streams.Feed(sent.packet, 11, 1);
    streams.Feed(sent.packet, 22, 2);
  }
  CHECK(streams.shown() ==
        "net_packet_http of 11, net_packet_http of 22, net_flow_tcp_end of 11, "
        "net_flow_tcp_end of 22");
}

TEST_CASE("network namespaces: fragments from different namespaces are not reassembled together") {
  const DnsMessageBuilder message = DnsMessageBuilder().Question("example.com", 1);
  const ByteWriter datagram = Udp(ByteWriter().Append(message.span()));
  const auto piece = [&datagram](std::size_t offset, std::size_t size, bool more) {
    ByteWriter packet = Ipv4(17, ByteWriter().Append(datagram.span().subspan(offset, size)));
    packet.PatchBe16(kIpv4FragmentOffset,
                     (more ? 0x2000U : 0U) | static_cast<unsigned>(offset / 8));
    return packet;
  };
  OwnedStreams streams("net_packet_dns");
  streams.Feed(piece(0, 16, true), 11, 1);
  streams.Feed(piece(16, datagram.size() - 16, false), 22, 2);
  CHECK(streams.shown().empty());
  streams.Feed(piece(16, datagram.size() - 16, false), 11, 1);
  CHECK(streams.shown() == "net_packet_dns of 11");
}

}  // namespace flow_owner_test
}  // namespace wirehound::test

TEST_SUITE_END();
