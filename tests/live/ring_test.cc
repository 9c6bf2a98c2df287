// SPDX-License-Identifier: Apache-2.0

// The ring: no loss and no cut is silent, and every owner has been announced before the packet that
// names it, even when the ring is full.

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "lab.h"

namespace wirehound::live {
namespace ring_test {

constexpr std::uint8_t kOut = WIREHOUND_DIRECTION_EGRESS;

std::uint32_t SmallestRing() { return static_cast<std::uint32_t>(sysconf(_SC_PAGESIZE)); }

constexpr std::size_t kIpHeader = 20;

std::uint8_t ByteAt(const Seen& seen, std::size_t at) {
  return static_cast<std::uint8_t>(seen.bytes.at(at));
}

std::size_t TcpHeaderBytes(const Seen& seen) { return (ByteAt(seen, kIpHeader + 12) >> 4) * 4u; }

std::uint32_t SequenceNumber(const Seen& seen) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8 | ByteAt(seen, kIpHeader + 4 + i);
  }
  return number;
}

TEST_CASE("ring: packets of every size up to the longest arrive whole") {
  const std::size_t sizes[] = {1, 36, 37, 100, 1500, 1501, 4000, 9000, 40'000, 65'507};
  Lab lab(Everything());
  lab.Run([&](Roles&) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    for (const std::size_t size : sizes) {
      Send(fd, std::string(size, static_cast<char>('a' + size % 26)));
    }
  });
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    constexpr std::size_t kHeaders = 28;
    int found = 0;
    for (const Seen& seen : lab.collector().records()) {
      if (seen.direction != kOut || seen.wire_length != size + kHeaders) {
        continue;
      }
      ++found;
      REQUIRE(seen.bytes.size() == seen.wire_length);
      const std::string payload(size, static_cast<char>('a' + size % 26));
      const bool same = seen.bytes.substr(kHeaders) == payload;
      CHECK(same);
    }
    CHECK(found == 1);
  }
  CHECK(lab.Count("ring_full") == 0);
}

TEST_CASE("ring: a stream over loopback arrives complete, in packets beyond 1500 bytes") {
  std::string text(200'000, 'x');
  for (std::size_t i = 0; i < text.size(); i += 7) {
    text[i] = static_cast<char>('a' + i / 7 % 26);
  }
  Lab lab(Everything());
  lab.Run([&](Roles&) {
    const int listener = BoundSocket(Transport::kTcp, Family::kIpv4, 7777);
    const pid_t client = ForkNamed("wh-client", [&] {
      const int fd = ConnectedSocket(Transport::kTcp, Family::kIpv4, 7777);
      Send(fd, text);
    });
    Expect(AcceptOn(listener), text);
    WaitFor(client);
  });
  // Put together by sequence number: on a busy machine the stack may send a piece again.
  std::string sent(text.size(), '\0');
  std::uint32_t first = 0;
  std::uint32_t longest = 0;
  for (const Seen& seen : lab.collector().records()) {
    if (seen.direction != kOut || seen.comm != "wh-client") {
      continue;
    }
    CHECK(seen.bytes.size() == seen.wire_length);
    longest = std::max(longest, seen.wire_length);
    const std::string payload = seen.bytes.substr(kIpHeader + TcpHeaderBytes(seen));
    if (first == 0) {
      first = SequenceNumber(seen) + 1;  // of the SYN
    }
    if (!payload.empty()) {
      sent.replace(SequenceNumber(seen) - first, payload.size(), payload);
    }
  }
  const bool same = sent == text;
  CHECK(same);
  CHECK(lab.Count("ring_full") == 0);
  CHECK(longest > 1500);
}

TEST_CASE("ring: the smallest ring loses packets, and the account is exact to the packet") {
  constexpr int kPackets = 2000;
  LiveOptions options = Everything();
  options.ring_bytes = SmallestRing();
  Lab lab(options);
  lab.RunUnread([](Roles& roles) { Flood(roles, kPackets, 100); });
  CHECK(lab.source().Seen() >= kPackets);
  CHECK(lab.Count("ring_full") > 0);
  CHECK(lab.Count("delivered") > 0);
  CHECK(lab.Count("delivered") + lab.Count("ring_full") + lab.Count("process_record_lost") ==
        lab.source().Seen());
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.comm == "wh-client");
  }
  for (const CaptureGap& gap : lab.collector().gaps()) {
    CHECK(gap.timestamp_ns >= lab.collector().records().front().timestamp_ns);
  }
}

TEST_CASE("ring: a gap is reported before the next record, and at once when no record comes") {
  LiveOptions options = Everything();
  options.ring_bytes = SmallestRing();
  Lab lab(options);
  Workload workload = StartWorkload(lab.group(), lab.roles(), [](Roles& roles) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    for (int i = 0; i < 200; ++i) {
      Send(fd, std::string(200, 'f'));
    }
    roles.parent = 1;
    WaitForGo();
    Send(fd, "after");
  });
  const volatile pid_t& sent = lab.roles().parent;
  while (sent == 0 && !workload.Ended()) {
    usleep(1000);
  }
  CHECK(lab.collector().gaps().empty());
  lab.ReadUntilQuiet();
  REQUIRE(lab.collector().gaps().size() == 1);
  const CaptureGap& gap = lab.collector().gaps().front();
  CHECK(gap.reason == "ring_full");
  CHECK(gap.records == lab.Count("ring_full"));
  CHECK(gap.timestamp_ns == lab.collector().records().back().timestamp_ns);
  workload.Go();
  while (!workload.Ended()) {
    REQUIRE(lab.source().Read(lab.collector(), 64));
    usleep(1000);
  }
  CHECK(workload.Succeeded());
  lab.Finish();
  CHECK(lab.collector().gaps().size() == 1);
}

TEST_CASE("ring: an owner without room for its record is announced once there is room") {
  LiveOptions options = Everything();
  options.ring_bytes = SmallestRing();
  Lab lab(options);
  Workload workload = StartWorkload(lab.group(), lab.roles(), [](Roles& roles) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    for (int i = 0; i < 200; ++i) {
      Send(fd, std::string(200, 'f'));
    }
    roles.child = ForkNamed("wh-late", [&] {
      Send(fd, "while-full");
      roles.parent = 1;
      WaitForGo();
      Send(fd, "when-empty");
    });
    WaitFor(roles.child);
  });
  const volatile pid_t& sent = lab.roles().parent;
  while (sent == 0 && !workload.Ended()) {
    usleep(1000);
  }
  CHECK(lab.Count("process_record_retries") > 0);
  lab.ReadUntilQuiet();
  workload.Go();
  while (!workload.Ended()) {
    REQUIRE(lab.source().Read(lab.collector(), 64));
    usleep(1000);
  }
  CHECK(workload.Succeeded());
  lab.Finish();
  const Seen& seen = lab.collector().Only(kOut, "when-empty");
  CHECK(seen.comm == "wh-late");
  CHECK(seen.process.host_pid == lab.roles().child);
}

TEST_CASE("ring: the first packet after a pause makes the source readable") {
  Lab lab(Everything());
  Workload workload = StartWorkload(lab.group(), lab.roles(), [](Roles&) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    for (int i = 0; i < 5; ++i) {
      WaitForGo();
      Send(fd, "round-" + std::to_string(i));
    }
  });
  for (int i = 0; i < 5; ++i) {
    lab.ReadUntilQuiet();
    const std::size_t before = lab.collector().records().size();
    workload.Go();
    lab.ReadUntil([&] { return lab.collector().records().size() >= before + 2; });
    CHECK(lab.collector().records().size() == before + 2);  // sent and received
  }
  while (!workload.Ended()) {
    usleep(1000);
  }
  lab.Finish();
}

}  // namespace ring_test
}  // namespace wirehound::live
