// SPDX-License-Identifier: Apache-2.0

#include "decoders/stream/flow_table.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/decoders/stream/flow_test_support.h"

namespace wirehound {
namespace flow_table_test {

// A flow table, the observer of its reports, and a client and a server that talk.
struct Fixture {
  explicit Fixture(const FlowLimits& limits = {}, std::uint64_t seed = 1)
      : table(limits, observer, seed), talk(table) {}
  ~Fixture() {
    table.Shutdown();
    CHECK(Balances(table.counters().streams));
    CHECK(table.counters().streams.buffered_bytes == 0);
    CHECK(table.counters().streams.buffer_memory_bytes == 0);
  }

  std::string Take() { return observer.Take(); }
  void Pass(std::uint64_t seconds) {
    talk.now_ns += seconds * kSecondNs;
    table.Expire(talk.now_ns);
  }
  /// A handshake whose reports are dropped.
  void Open() {
    talk.Handshake();
    observer.lines.clear();
  }
  std::uint64_t ignored(IgnoredReason reason) const {
    return table.counters().streams.of(reason).segments;
  }

  RecordingObserver observer;
  FlowTable table;
  Conversation talk;
};

TEST_CASE("flow table: a connection is reported from its handshake to its FINs") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  CHECK(test.Take() == "attempt 1");
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
  CHECK(test.Take() == "begin 1");
  test.talk.Client({.seq = 101, .ack = 501});
  test.talk.Client({.seq = 101, .ack = 501, .payload = "question"});
  test.talk.Server({.seq = 501, .ack = 109, .payload = "answer"});
  CHECK(test.Take() == "data 1 i 0 question; data 1 r 0 answer");
  test.talk.Server({.flags = "FA", .seq = 507, .ack = 109});
  CHECK(test.Take() == "end 1 r");
  test.talk.now_ns += 5;
  test.talk.Client({.flags = "FA", .seq = 109, .ack = 508});
  CHECK(test.Take() == "end 1 i; over 1 fin");
  test.talk.Server({.seq = 508, .ack = 110});
  CHECK(test.Take().empty());

  const FlowInfo& flow = test.observer.last_flow;
  CHECK(flow.handshake_seen);
  CHECK(flow.first_ns == kSecondNs);
  CHECK(flow.last_ns == kSecondNs + 5);
  CHECK(flow.endpoint(FlowSide::kInitiator).port == 40000);
  CHECK(flow.endpoint(FlowSide::kResponder).address.bytes[3] == 2);
  CHECK(flow.counter(FlowSide::kInitiator).packets == 4);
  CHECK(flow.counter(FlowSide::kInitiator).payload_bytes == 8);
  CHECK(flow.counter(FlowSide::kResponder).packets == 3);
  CHECK(flow.counter(FlowSide::kResponder).bytes == 3 * 40 + 6);
  CHECK(test.table.counters().ended(FlowEnd::kFin) == 1);
  CHECK(test.ignored(IgnoredReason::kLingering) == 1);
}

TEST_CASE("flow table: the same addresses and ports in another namespace are another connection") {
  Fixture test;
  test.talk.network_namespace = 1;
  test.talk.Handshake();
  CHECK(test.Take() == "attempt 1; begin 1");
  test.talk.network_namespace = 2;
  test.talk.Handshake();
  CHECK(test.Take() == "attempt 2; begin 2");
  test.talk.Client({.seq = 101, .ack = 501, .payload = "two"});
  test.talk.network_namespace = 1;
  test.talk.Client({.seq = 101, .ack = 501, .payload = "one"});
  CHECK(test.Take() == "data 2 i 0 two; data 1 i 0 one");
  CHECK(test.table.open_flows() == 2);
}

TEST_CASE("flow table: a flow remembers the last owner of its segments") {
  Fixture test;
  test.talk.owner = {11, 2};
  test.talk.Handshake();
  test.talk.owner = {};
  test.talk.Client({.seq = 101, .ack = 501, .payload = "nobody knows"});
  test.table.Shutdown();
  CHECK(test.observer.last_flow.owner_id == 11);
  CHECK(test.observer.last_flow.owner_source == 2);
}

TEST_CASE("flow table: a SYN or SYN+ACK that is sent again reports nothing") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
  test.talk.Client({.flags = "S", .seq = 100});
  CHECK(test.Take() == "attempt 1; begin 1");
}

TEST_CASE("flow table: a handshake is recognised when parts of it were not captured") {
  Fixture test;
  SUBCASE("without the SYN") {
    test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
    CHECK(test.Take() == "begin 1");
    test.talk.Client({.seq = 101, .ack = 501, .payload = "hello"});
    CHECK(test.Take() == "data 1 i 0 hello");
  }
  SUBCASE("only the client's side") {
    test.talk.Client({.flags = "S", .seq = 100});
    test.talk.Client({.seq = 101, .ack = 501});
    CHECK(test.Take() == "attempt 1; begin 1");
    test.talk.Client({.seq = 101, .ack = 501, .payload = "hello"});
    CHECK(test.Take() == "data 1 i 0 hello");
  }
  SUBCASE("without the SYN+ACK, when the server sends first") {
    test.talk.Client({.flags = "S", .seq = 100});
    test.talk.Server({.seq = 501, .ack = 101});
    CHECK(test.Take() == "attempt 1");
    test.talk.Server({.seq = 501, .ack = 101, .payload = "220 hi"});
    CHECK(test.Take() == "begin 1; data 1 r 0 220 hi");
  }
  SUBCASE("after an acknowledgement that came before the SYN+ACK") {
    test.talk.Server({.seq = 501, .ack = 101});
    test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
    CHECK(test.Take() == "begin 1");
    test.talk.Client({.seq = 101, .ack = 501, .payload = "hello"});
    CHECK(test.Take() == "data 1 i 0 hello");
  }
}

TEST_CASE("flow table: both sides may open at once") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Server({.flags = "S", .seq = 500});
  test.talk.Client({.flags = "SA", .seq = 100, .ack = 501});
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
  test.talk.Server({.seq = 501, .ack = 101, .payload = "hi"});
  CHECK(test.Take() == "attempt 1; begin 1; data 1 r 0 hi");
}

TEST_CASE("flow table: data in a SYN is reported when the SYN is answered") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100, .payload = "early"});
  CHECK(test.Take() == "attempt 1");
  SUBCASE("and the data acknowledged") {
    test.talk.Server({.flags = "SA", .seq = 500, .ack = 106, .payload = "reply"});
    CHECK(test.Take() == "begin 1; data 1 i 0 early; data 1 r 0 reply");
  }
  SUBCASE("and the data not acknowledged, so that it is sent again") {
    test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
    test.talk.Client({.seq = 101, .ack = 501, .payload = "early bird"});
    CHECK(test.Take() == "begin 1; data 1 i 0 early; data 1 i 5  bird");
  }
  SUBCASE("or refused, with its data acknowledged") {
    test.talk.Server({.flags = "RA", .seq = 0, .ack = 106});
    CHECK(test.Take() == "data 1 i 0 early; over 1 reset");
  }
}

TEST_CASE("flow table: a connection that is captured from its middle on has no begin") {
  Fixture test;
  test.talk.Server({.seq = 9000, .ack = 700, .payload = "middle"});
  CHECK(test.Take() == "data 1 i 0 middle");
  test.talk.Client({.seq = 700, .ack = 9006, .payload = "reply"});
  test.talk.Server({.seq = 8000, .ack = 705, .payload = "older"});
  CHECK(test.Take() == "data 1 r 0 reply");
  CHECK(test.ignored(IgnoredReason::kBeforeStart) == 1);
  test.talk.Server({.flags = "FA", .seq = 9006, .ack = 705});
  test.talk.Client({.flags = "FA", .seq = 705, .ack = 9007});
  CHECK(test.Take() == "end 1 i; end 1 r; over 1 fin");
  CHECK_FALSE(test.observer.last_flow.handshake_seen);
}

TEST_CASE("flow table: the two ends of a connection within this host are two flows") {
  Fixture test;
  Conversation at_server(test.table);
  test.talk.client_direction = WIREHOUND_DIRECTION_EGRESS;
  test.talk.server_direction = WIREHOUND_DIRECTION_INGRESS;
  at_server.client_direction = WIREHOUND_DIRECTION_INGRESS;
  at_server.server_direction = WIREHOUND_DIRECTION_EGRESS;
  const std::vector<std::pair<bool, SegmentText>> segments = {
      {true, {.flags = "S", .seq = 100}},
      {false, {.flags = "SA", .seq = 500, .ack = 101}},
      {true, {.seq = 101, .ack = 501, .payload = "x"}},
  };
  for (const auto& [from_client, segment] : segments) {
    for (Conversation* where : {&test.talk, &at_server}) {
      from_client ? where->Client(segment) : where->Server(segment);
    }
  }
  CHECK(test.Take() == "attempt 1; attempt 2; begin 1; begin 2; data 1 i 0 x; data 2 i 0 x");
  test.talk.Client({.flags = "R", .seq = 102});
  CHECK(test.observer.last_flow.direction == WIREHOUND_DIRECTION_EGRESS);
  at_server.Client({.flags = "R", .seq = 102});
  CHECK(test.observer.last_flow.direction == WIREHOUND_DIRECTION_INGRESS);
  CHECK(test.table.counters().streams.retransmitted_bytes == 0);
}

TEST_CASE("flow table: RST ends a connection when it fits") {
  Fixture test;
  SUBCASE("from the responder, in answer to a SYN") {
    test.talk.Client({.flags = "S", .seq = 100});
    test.talk.Server({.flags = "RA", .seq = 0, .ack = 101});
    CHECK(test.Take() == "attempt 1; over 1 reset");
    CHECK(test.observer.last_flow.reset_by_responder);
    CHECK_FALSE(test.observer.last_flow.reset_by_initiator);
  }
  SUBCASE("from the initiator, in order") {
    test.Open();
    test.talk.Client({.flags = "R", .seq = 101, .payload = "why"});
    CHECK(test.Take() == "over 1 reset");
    CHECK(test.observer.last_flow.reset_by_initiator);
    CHECK(test.table.counters().streams.of(IgnoredReason::kResetPayload).bytes == 3);
  }
  SUBCASE("behind data that was not captured") {
    test.Open();
    test.talk.Server({.flags = "R", .seq = 501 + 100000});
    CHECK(test.Take() == "over 1 reset");
  }
  SUBCASE("not with a sequence number outside the window") {
    test.Open();
    test.talk.Server({.flags = "R", .seq = 0x10000000});
    test.talk.Client({.flags = "R", .seq = 0xf0000000});
    CHECK(test.Take().empty());
    CHECK(test.ignored(IgnoredReason::kImplausibleReset) == 2);
  }
  SUBCASE("not when it acknowledges another SYN") {
    test.talk.Client({.flags = "S", .seq = 100});
    test.talk.Server({.flags = "RA", .seq = 0, .ack = 0x30000000});
    test.talk.Server({.flags = "R", .seq = 0});
    CHECK(test.Take() == "attempt 1");
  }
  SUBCASE("after the waiting data is reported") {
    test.Open();
    test.talk.Server({.seq = 504, .ack = 101, .payload = "late"});
    test.talk.Server({.flags = "R", .seq = 508});
    CHECK(test.Take() == "tcp_gap 1 r 0+3; gap 1 r 0+3; data 1 r 3 late; over 1 reset");
  }
  SUBCASE("and creates no flow") {
    test.talk.Client({.flags = "R", .seq = 1});
    CHECK(test.Take().empty());
    CHECK(test.table.counters().flows_created == 0);
    CHECK(test.ignored(IgnoredReason::kStrayReset) == 1);
  }
}

TEST_CASE("flow table: segments after a refused SYN count as late") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Server({.flags = "RA", .seq = 0, .ack = 101});
  test.Take();
  SUBCASE("an answer to it") { test.talk.Server({.flags = "SA", .seq = 500, .ack = 101}); }
  SUBCASE("an acknowledgement") { test.talk.Client({.seq = 101, .ack = 501}); }
  CHECK(test.Take().empty());
  CHECK(test.ignored(IgnoredReason::kLingering) == 1);
}

TEST_CASE("flow table: before the SYN+ACK an acknowledgement of another number reports nothing") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Server({.seq = 7, .ack = 5000});
  test.Pass(60);
  CHECK(test.Take() == "attempt 1; over 1 timeout");
}

TEST_CASE("flow table: segments without ACK are ignored") {
  Fixture test;
  test.talk.Client({.flags = "", .seq = 1, .payload = "null"});
  test.talk.Client({.flags = "F", .seq = 1});
  CHECK(test.table.counters().flows_created == 0);
  test.Open();
  test.talk.Client({.flags = "", .seq = 101, .payload = "evil"});
  test.talk.Client({.flags = "A", .seq = 101, .payload = "good"});
  CHECK(test.Take() == "data 1 i 0 good");
  CHECK(test.ignored(IgnoredReason::kWithoutAck) == 3);
}

TEST_CASE("flow table: late segments after the end create no new flow") {
  Fixture test;
  test.Open();
  test.talk.Client({.flags = "R", .seq = 101});
  test.Take();
  test.talk.Server({.seq = 501, .ack = 101, .payload = "late"});
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
  CHECK(test.Take().empty());
  CHECK(test.ignored(IgnoredReason::kLingering) == 3);
  SUBCASE("but do when some time has passed") {
    test.Pass(11);
    test.talk.Server({.seq = 505, .ack = 101, .payload = "later"});
    CHECK(test.Take() == "data 2 i 0 later");
  }
  SUBCASE("but a new SYN creates one") {
    test.talk.Client({.flags = "S", .seq = 7000});
    CHECK(test.Take() == "attempt 2");
  }
  SUBCASE("and so does a new SYN+ACK of the server") {
    test.talk.Server({.flags = "SA", .seq = 9000, .ack = 7001});
    CHECK(test.Take() == "begin 2");
  }
}

TEST_CASE("flow table: a new SYN replaces an attempt that has no answer") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Client({.flags = "S", .seq = 9000});
  CHECK(test.Take() == "attempt 1; over 1 replaced; attempt 2");
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 9001});
  test.talk.Client({.seq = 9001, .ack = 501, .payload = "x"});
  CHECK(test.Take() == "begin 2; data 2 i 0 x");
}

TEST_CASE("flow table: the SYN+ACK decides which of several SYNs counts") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Client({.flags = "S", .seq = 0x90000000, .payload = "forged"});
  test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
  test.talk.Client({.seq = 101, .ack = 501, .payload = "real"});
  CHECK(test.Take() == "attempt 1; over 1 replaced; attempt 2; begin 2; data 2 i 0 real");
}

TEST_CASE("flow table: a SYN in an open connection counts when it is answered") {
  Fixture test;
  test.Open();
  test.talk.Client({.flags = "S", .seq = 0x70000000});
  CHECK(test.Take().empty());
  CHECK(test.ignored(IgnoredReason::kUnexpectedSyn) == 1);
  SUBCASE("the server goes on as before") {
    test.talk.Server({.seq = 501, .ack = 101});
    test.talk.Client({.seq = 101, .ack = 501, .payload = "still here"});
    CHECK(test.Take() == "data 1 i 0 still here");
  }
  SUBCASE("the server answers it") {
    test.talk.Server({.flags = "SA", .seq = 0x50000000, .ack = 0x70000001});
    CHECK(test.Take() == "over 1 replaced; attempt 2; begin 2");
    test.talk.Client({.seq = 0x70000001, .ack = 0x50000001, .payload = "x"});
    CHECK(test.Take() == "data 2 i 0 x");
  }
  SUBCASE("more segments from the sender of the SYN are no answer") {
    test.talk.Client({.seq = 0x70000001, .ack = 501, .payload = "forged"});
    CHECK(test.Take().empty());
    CHECK(test.ignored(IgnoredReason::kOutsideWindow) == 1);
  }
  SUBCASE("a SYN+ACK to another SYN does not count") {
    test.talk.Server({.flags = "SA", .seq = 0x50000000, .ack = 0x60000001});
    CHECK(test.Take().empty());
  }
}

TEST_CASE("flow table: a SYN in a connection that was silent for long starts a new one") {
  Fixture test;
  test.Open();
  test.Pass(61);
  test.talk.Client({.flags = "S", .seq = 0x70000000});
  CHECK(test.Take() == "over 1 replaced; attempt 2");
}

TEST_CASE("flow table: with one side captured, a SYN counts when its sender continues from it") {
  Fixture test;
  test.talk.Client({.flags = "S", .seq = 100});
  test.talk.Client({.seq = 101, .ack = 501, .payload = "one"});
  test.talk.Client({.flags = "S", .seq = 0x70000000});
  test.talk.Client({.seq = 0x70000001, .ack = 9, .payload = "two"});
  CHECK(test.Take() ==
        "attempt 1; begin 1; data 1 i 0 one; over 1 replaced; attempt 2; begin 2; data 2 i 0 two");
}

TEST_CASE("flow table: silence ends a connection") {
  Fixture test;
  SUBCASE("that is open, after minutes") {
    test.Open();
    test.Pass(299);
    CHECK(test.Take().empty());
    test.Pass(1);
  }
  SUBCASE("that was not answered, sooner") {
    test.talk.Client({.flags = "S", .seq = 100});
    test.Pass(59);
    test.Take();
    test.Pass(1);
  }
  SUBCASE("that was not confirmed, sooner") {
    test.talk.Client({.flags = "S", .seq = 100});
    test.talk.Server({.flags = "SA", .seq = 500, .ack = 101});
    test.Pass(59);
    test.Take();
    test.Pass(1);
  }
  SUBCASE("of which only acknowledgements of one side were seen, sooner") {
    test.talk.Client({.seq = 101, .ack = 501});
    test.Pass(59);
    CHECK(test.Take().empty());
    test.Pass(1);
  }
  CHECK(test.Take() == "over 1 timeout");
  CHECK(test.table.open_flows() == 0);
}

TEST_CASE("flow table: a segment after a long silence belongs to a new flow") {
  Fixture test;
  test.Open();
  test.talk.now_ns += 301 * kSecondNs;
  test.talk.Client({.seq = 101, .ack = 501, .payload = "back"});
  CHECK(test.Take() == "over 1 timeout; data 2 i 0 back");
}

TEST_CASE("flow table: time that goes backwards ends no connection") {
  Fixture test;
  test.talk.now_ns = 1000 * kSecondNs;
  test.Open();
  test.talk.now_ns = 0;
  test.talk.Client({.seq = 101, .ack = 501, .payload = "x"});
  test.table.Expire(0);
  test.talk.now_ns = 1299 * kSecondNs;
  test.table.Expire(test.talk.now_ns);
  CHECK(test.Take() == "data 1 i 0 x");
  test.table.Expire(~std::uint64_t{0});
  CHECK(test.Take() == "over 1 timeout");
}

TEST_CASE("flow table: a full table evicts the connection that was idle longest") {
  FlowLimits limits;
  limits.max_flows = 3;
  Fixture test(limits);
  const auto open = [&](std::uint16_t port) {
    test.talk.client_port = port;
    test.talk.now_ns += 1000;
    test.talk.Handshake();
  };
  open(1);
  open(2);
  open(3);
  test.talk.client_port = 1;
  test.talk.now_ns += 1000;
  test.talk.Client({.seq = 101, .ack = 501, .payload = "x"});
  test.Take();
  open(4);
  CHECK(test.Take() == "over 2 evicted; attempt 4; begin 4");
  CHECK(test.table.counters().ended(FlowEnd::kEvicted) == 1);

  SUBCASE("an ended connection goes first, without a report") {
    test.talk.client_port = 4;
    test.talk.Client({.flags = "R", .seq = 101});
    test.Take();
    open(5);
    CHECK(test.Take() == "attempt 5; begin 5");
    CHECK(test.table.counters().lingering_evicted == 1);
  }
  SUBCASE("whether it is open or half open") {
    test.talk.client_port = 5;
    test.talk.now_ns += 1000;
    test.talk.Client({.flags = "S", .seq = 1});
    CHECK(test.Take() == "over 3 evicted; attempt 5");
    for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{4}}) {
      test.talk.client_port = port;
      test.talk.now_ns += 1000;
      test.talk.Client({.seq = 102, .ack = 501});
    }
    open(6);
    CHECK(test.Take() == "over 5 evicted; attempt 6; begin 6");
  }
  SUBCASE("in a flood of SYNs, one of the flood") {
    for (std::uint16_t port = 100; port < 110; ++port) {
      test.talk.client_port = port;
      test.talk.Client({.flags = "S", .seq = 1});
    }
    test.Take();
    test.talk.client_port = 4;
    test.talk.Client({.seq = 101, .ack = 501, .payload = "y"});
    CHECK(test.Take() == "data 4 i 0 y");
  }
}

TEST_CASE("flow table: shutdown ends all open connections, in order") {
  Fixture test;
  for (std::uint16_t port = 1; port <= 5; ++port) {
    test.talk.client_port = port;
    test.talk.Handshake();
  }
  test.talk.client_port = 2;
  test.talk.Client({.seq = 111, .ack = 501, .payload = "x"});
  test.talk.client_port = 3;
  test.talk.Client({.flags = "R", .seq = 101});
  test.Take();
  test.table.Shutdown();
  CHECK(test.Take() ==
        "over 1 shutdown; tcp_gap 2 i 0+10; gap 2 i 0+10; data 2 i 10 x; over 2 shutdown; "
        "over 4 shutdown; over 5 shutdown");
  CHECK(test.table.open_flows() == 0);
  test.talk.Handshake();
  CHECK(test.Take() == "attempt 6; begin 6");
}

TEST_CASE("flow table: a hole is given up after more packets of the flow, or after a time") {
  Fixture test;
  test.Open();
  test.talk.Server({.seq = 511, .ack = 101, .payload = "behind"});
  test.talk.Client({.seq = 101, .ack = 517});
  CHECK(test.Take().empty());
  SUBCASE("packets") {
    test.talk.now_ns += kAckedHoleMinNs;
    for (int i = 0; i < kAckedHolePackets; ++i) {
      CHECK(test.Take().empty());
      test.talk.Client({.seq = 101, .ack = 517});
    }
  }
  SUBCASE("time") { test.Pass(1); }
  CHECK(test.Take() == "tcp_gap 1 r 0+10; gap 1 r 0+10; data 1 r 10 behind");
}

TEST_CASE("flow table: two FINs end the connection even with a hole left") {
  Fixture test;
  test.Open();
  test.talk.Server({.flags = "FA", .seq = 511, .ack = 101});
  test.talk.Client({.flags = "FA", .seq = 101, .ack = 501});
  CHECK(test.Take() == "end 1 i");
  test.Pass(1);
  CHECK(test.Take() == "tcp_gap 1 r 0+10; gap 1 r 0+10; end 1 r; over 1 fin");
  test.Pass(1);
  CHECK(test.Take().empty());
}

TEST_CASE("flow table: an injected answer that differs from the real one after it is a conflict") {
  Fixture test;
  test.Open();
  test.talk.Client({.seq = 101, .ack = 501, .payload = "GET / HTTP/1.1"});
  test.talk.Server({.seq = 501, .ack = 115, .payload = "HTTP/1.1 302 Found"});
  test.Take();
  test.talk.Client({.seq = 115, .ack = 519});
  test.talk.Server({.seq = 501, .ack = 115, .payload = "HTTP/1.1 200 OK"});
  CHECK(test.Take() == "tcp_overlap_conflict 1 r 9+6");
}

TEST_CASE("flow table: a conflict with the latest data of a side is found") {
  Fixture test;
  test.observer.write_data = false;
  test.Open();
  const std::string first(kTailBytes, 'x');
  test.talk.Client({.seq = 101, .ack = 501, .payload = first});
  test.talk.Server({.seq = 501, .ack = 101 + kTailBytes, .payload = "answer"});
  test.talk.Client({.seq = 101 + kTailBytes, .ack = 507, .payload = "next"});
  test.talk.Client({.seq = 101 + kTailBytes, .ack = 507, .payload = "neXt"});
  CHECK(test.Take() == "tcp_overlap_conflict 1 i 1026+1");
}

TEST_CASE("flow table: a new flow in an old flow's entry is compared with its own bytes only") {
  FlowLimits limits;
  limits.max_flows = 1;
  limits.max_tail_bytes = 2 * sizeof(DeliveredTail);
  Fixture test(limits);
  test.observer.write_data = false;
  for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{2}}) {
    test.talk.client_port = port;
    test.Open();
    test.talk.Client({.seq = 101, .ack = 501, .payload = "hello"});
  }
  test.talk.Server({.seq = 501, .ack = 106, .payload = "answer"});
  test.Take();
  test.talk.Client({.seq = 101, .ack = 501, .payload = "hellO"});
  test.talk.Server({.seq = 501, .ack = 106, .payload = "Answer"});
  CHECK(test.Take() == "tcp_overlap_conflict 2 i 4+1; tcp_overlap_conflict 2 r 0+1");
}

TEST_CASE(
    "flow table: a connection without an interested observer takes no memory and still ends") {
  Fixture test;
  test.observer.interested_until = 1;
  test.Open();
  test.talk.Client({.seq = 101, .ack = 501, .payload = "first"});
  CHECK(test.Take() == "data 1 i 0 first");
  test.talk.Client({.seq = 200, .ack = 501, .payload = "ahead"});
  CHECK(test.table.counters().streams.peak_buffer_memory_bytes == 0);
  test.talk.Client({.flags = "FA", .seq = 205, .ack = 501});
  test.talk.Server({.flags = "FA", .seq = 501, .ack = 206});
  CHECK(test.Take() == "end 1 i; end 1 r; over 1 fin");
}

TEST_CASE("flow table: the memory of all streams together is limited") {
  FlowLimits limits;
  limits.max_total_bytes = 4 * kSegmentBlockBytes;
  Fixture test(limits);
  test.observer.write_data = false;
  for (std::uint16_t port = 1; port <= 10; ++port) {
    test.talk.client_port = port;
    test.talk.Handshake();
    test.talk.Client({.seq = 105, .ack = 501, .payload = "waits"});
  }
  CHECK(test.table.counters().streams.peak_buffer_memory_bytes == limits.max_total_bytes);
  CHECK(test.table.counters().streams.total_limit_hits == 6);
  CHECK(test.observer.lines.back() == "gap 10 i 0+4");
}

TEST_CASE("flow table: the order of the reports does not depend on the seed") {
  std::string first;
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{99}, RandomSeed()}) {
    FlowLimits limits;
    limits.max_flows = 50;
    Fixture test(limits, seed);
    for (std::uint16_t i = 0; i < 2000; ++i) {
      test.talk.client_port = static_cast<std::uint16_t>(1 + i * 7 % 90);
      test.talk.now_ns += kSecondNs;
      test.talk.Client({.flags = i % 3 == 0 ? "S" : "A", .seq = i * 5000u, .payload = "x"});
    }
    test.table.Shutdown();
    const std::string reports = test.Take();
    first = first.empty() ? reports : first;
    CHECK(reports == first);
  }
}

TEST_CASE("flow table: an entry is below 450 bytes") { CHECK(sizeof(FlowEntry) <= 448); }

}  // namespace flow_table_test
}  // namespace wirehound
