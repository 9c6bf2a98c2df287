// SPDX-License-Identifier: Apache-2.0

// HTTP in the plan: heads are copied whole, in any number of segments, bodies are not. Of
// connections with another protocol only the packets that open and close them are copied.

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lab.h"
#include "tests/probes/capture/capture_plans.h"

namespace wirehound::live {
namespace http_plan_test {

constexpr std::string_view kRequest = "GET /wanted HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::size_t kLargeBytes = 400000;

LiveOptions HttpOnly(CaptureAmount amount = CaptureAmount::kHeaders) {
  return {.plan = test::Wanting({{PacketClass::kHttp, amount}}), .ring_bytes = 4u << 20};
}

std::string Response(std::size_t body_bytes, char fill = 'b') {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n" +
         std::string(body_bytes, fill);
}

// One side of a connection, given its connected socket.
using Side = std::function<void(int fd)>;

Body Conversation(Side client, Side server) {
  return [client = std::move(client), server = std::move(server)](Roles&) {
    const int listener = BoundSocket(Transport::kTcp, Family::kIpv4);
    const std::uint16_t port = PortOf(listener);
    const pid_t other = ForkNamed(
        "wh-client", [&] { client(ConnectedSocket(Transport::kTcp, Family::kIpv4, port)); });
    server(AcceptOn(listener));
    WaitFor(other);
  };
}

void SendAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), 0);
    if (sent <= 0) {
      _exit(1);
    }
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Sends each byte in its own segment.
void SendBytewise(int fd, std::string_view text) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  for (const char byte : text) {
    Send(fd, {&byte, 1});
  }
}

// A segment with payload: the captured part of the payload, and its length.
struct Segment {
  std::string captured;
  std::uint32_t size = 0;
};

std::uint32_t ReadBe32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < sizeof(value); ++i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
  }
  return value;
}

// The segments of a direction in order, without retransmissions, which a slow machine makes. Those
// are copied whole, as documented, and would spoil the counts here.
std::vector<Segment> SegmentsOf(Lab& lab, std::uint8_t direction) {
  std::vector<Segment> segments;
  std::map<std::string, std::uint32_t> next;  // sequence number by the two ports
  for (const Seen& seen : lab.collector().records()) {
    const std::size_t headers = 20 + (static_cast<std::uint8_t>(seen.bytes.at(32)) >> 4) * 4u;
    if (seen.direction != direction || seen.wire_length == headers) {
      continue;
    }
    const auto size = static_cast<std::uint32_t>(seen.wire_length - headers);
    const std::uint32_t end = ReadBe32(seen.bytes, 24) + size;
    const auto [known, is_first] = next.try_emplace(seen.bytes.substr(20, 4), end);
    if (!is_first && static_cast<std::int32_t>(end - known->second) <= 0) {
      continue;
    }
    known->second = end;
    const bool has_payload = seen.bytes.size() > headers;
    segments.push_back({has_payload ? seen.bytes.substr(headers) : std::string(), size});
  }
  return segments;
}

// The bytes of payload that were copied, of all packets in a direction.
std::string Copied(Lab& lab, std::uint8_t direction) {
  std::string text;
  for (const Segment& segment : SegmentsOf(lab, direction)) {
    text += segment.captured;
  }
  return text;
}

std::size_t CountOf(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

constexpr std::uint8_t kBothDirections[] = {WIREHOUND_DIRECTION_EGRESS,
                                            WIREHOUND_DIRECTION_INGRESS};

TEST_CASE("http plan: the head of a large response is copied and its body is not") {
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [](int fd) {
        Send(fd, kRequest);
        Expect(fd, Response(kLargeBytes));
      },
      [](int fd) {
        Expect(fd, kRequest);
        SendAll(fd, Response(kLargeBytes));
      }));
  for (const std::uint8_t direction : kBothDirections) {
    const std::string copied = Copied(lab, direction);
    CHECK(CountOf(copied, kRequest) == 1);
    CHECK(CountOf(copied, "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n") == 1);
    CHECK(copied.size() < kLargeBytes / 10);
  }
}

TEST_CASE("http plan: packets of a body are copied as headers, so that its length is known") {
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [](int fd) {
        Send(fd, kRequest);
        Expect(fd, Response(kLargeBytes));
      },
      [](int fd) {
        Expect(fd, kRequest);
        SendAll(fd, Response(kLargeBytes));
      }));
  std::size_t payload = 0;
  for (const Segment& segment : SegmentsOf(lab, WIREHOUND_DIRECTION_INGRESS)) {
    payload += segment.size;
  }
  CHECK(payload == kRequest.size() + Response(kLargeBytes).size());
}

TEST_CASE("http plan: bodies are copied when the plan asks for them") {
  Lab lab(HttpOnly(CaptureAmount::kWhole));
  lab.Run(Conversation(
      [](int fd) {
        Send(fd, kRequest);
        Expect(fd, Response(kLargeBytes));
      },
      [](int fd) {
        Expect(fd, kRequest);
        SendAll(fd, Response(kLargeBytes));
      }));
  for (const std::uint8_t direction : kBothDirections) {
    CHECK(Copied(lab, direction).size() == kRequest.size() + Response(kLargeBytes).size());
  }
}

TEST_CASE("http plan: heads sent byte by byte are copied whole") {
  const std::string request = "POST /upload HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [&](int fd) {
        for (int i = 0; i < 2; ++i) {
          SendBytewise(fd, request);
          Expect(fd, Response(5));
        }
      },
      [&](int fd) {
        for (int i = 0; i < 2; ++i) {
          Expect(fd, request);
          SendBytewise(fd, Response(5));
        }
      }));
  for (const std::uint8_t direction : kBothDirections) {
    const std::string copied = Copied(lab, direction);
    CHECK(CountOf(copied, request) == 2);
    CHECK(CountOf(copied, Response(5)) == 2);
  }
}

TEST_CASE("http plan: a head of 20 KiB is copied whole, in one segment or in many") {
  const std::string request = "GET / HTTP/1.1\r\nCookie: " + std::string(20000, 'c') + "\r\n\r\n";
  const std::string body(kLargeBytes, 'b');
  for (const std::size_t piece : {request.size(), std::size_t{3000}}) {
    CAPTURE(piece);
    Lab lab(HttpOnly());
    lab.Run(Conversation(
        [&](int fd) {
          const int on = 1;
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
          for (std::size_t at = 0; at < request.size(); at += piece) {
            SendAll(fd, std::string_view(request).substr(at, piece));
          }
          SendAll(fd, body);
        },
        [&](int fd) { Expect(fd, request + body); }));
    for (const std::uint8_t direction : kBothDirections) {
      const std::string copied = Copied(lab, direction);
      CHECK(CountOf(copied, request) == 1);
      CHECK(copied.size() < request.size() + kLargeBytes / 2);
    }
  }
}

TEST_CASE("http plan: on a persistent connection every head is copied, and no large body") {
  constexpr int kExchanges = 20;
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [](int fd) {
        for (int i = 0; i < kExchanges; ++i) {
          Send(fd, kRequest);
          Expect(fd, Response(100000));
        }
      },
      [](int fd) {
        for (int i = 0; i < kExchanges; ++i) {
          Expect(fd, kRequest);
          SendAll(fd, Response(100000));
        }
      }));
  for (const std::uint8_t direction : kBothDirections) {
    const std::string copied = Copied(lab, direction);
    CHECK(CountOf(copied, kRequest) == kExchanges);
    CHECK(CountOf(copied, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n") == kExchanges);
    CHECK(copied.size() < kExchanges * 100000 / 10);
  }
}

TEST_CASE("http plan: every byte of pipelined messages is copied") {
  std::string requests;
  std::string responses;
  for (int i = 0; i < 10; ++i) {
    requests += kRequest;
    responses += Response(20000);
  }
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [&](int fd) {
        SendAll(fd, requests);
        Expect(fd, responses);
      },
      [&](int fd) {
        Expect(fd, requests);
        SendAll(fd, responses);
      }));
  for (const std::uint8_t direction : kBothDirections) {
    CHECK(Copied(lab, direction).size() == requests.size() + responses.size());
  }
}

TEST_CASE("http plan: HTTP/2 is copied whole") {
  const std::string text = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(kLargeBytes, '\1');
  Lab lab(HttpOnly());
  lab.Run(Conversation([&](int fd) { SendAll(fd, text); }, [&](int fd) { Expect(fd, text); }));
  for (const std::uint8_t direction : kBothDirections) {
    CHECK(Copied(lab, direction).size() == text.size());
  }
}

TEST_CASE("http plan: HTTP/2 is copied whole when the server speaks first too") {
  using namespace std::string_view_literals;
  const std::string settings("\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64"sv);
  const std::string text = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings;
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [&](int fd) {
        Expect(fd, settings);
        Send(fd, text);
      },
      [&](int fd) {
        Send(fd, settings);
        Expect(fd, text);
      }));
  for (const std::uint8_t direction : kBothDirections) {
    CHECK(CountOf(Copied(lab, direction), settings) == 2);
  }
}

TEST_CASE(
    "http plan: of other protocols only the packets that open and close a connection are copied") {
  const std::string bulk(kLargeBytes, 'x');
  const std::string hello = "220 mail.example ESMTP\r\n";
  const std::string answer = "EHLO there\r\n";
  Lab lab(HttpOnly());
  lab.Run(Conversation(
      [&](int fd) {
        Expect(fd, hello);
        Send(fd, answer);
        SendAll(fd, bulk);
      },
      [&](int fd) {
        Send(fd, hello);
        Expect(fd, answer + bulk);
      }));
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.bytes.size() <= 60);
  }
  CHECK(Copied(lab, WIREHOUND_DIRECTION_EGRESS).empty());
  CHECK(lab.collector().records().size() <= 10);
  CHECK(lab.Count("not_wanted") > 0);
}

}  // namespace http_plan_test
}  // namespace wirehound::live
