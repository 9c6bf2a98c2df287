// SPDX-License-Identifier: Apache-2.0

// Conversation: the packets of one TCP connection between 10.0.0.1:40001 (the client) and
// 10.0.0.2 as raw IPv4, with correct sequence numbers, for tests of the parts behind the flow
// table.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/decoders/byte_writer.h"
#include "tests/decoders/packet_builder.h"

namespace wirehound::test {

class Conversation {
 public:
  explicit Conversation(unsigned server_port) : server_port_(server_port) {}

  enum class From { kClient, kServer };

  struct Sent {
    ByteWriter packet;
    From from;
  };

  Conversation& Open() {
    Add(From::kClient, kSyn, "");
    Add(From::kServer, kSyn | kAck, "");
    return Add(From::kClient, kAck, "");
  }
  Conversation& Client(std::string_view data) { return Add(From::kClient, kPsh | kAck, data); }
  Conversation& Server(std::string_view data) { return Add(From::kServer, kPsh | kAck, data); }
  /// Bytes that the client sent and the capture missed.
  Conversation& Lost(std::size_t bytes) {
    client_next_ += static_cast<std::uint32_t>(bytes);
    return *this;
  }
  Conversation& LostByServer(std::size_t bytes) {
    server_next_ += static_cast<std::uint32_t>(bytes);
    return *this;
  }
  Conversation& Close() {
    Add(From::kClient, kFin | kAck, "");
    Add(From::kServer, kFin | kAck, "");
    return Add(From::kClient, kAck, "");
  }

  const std::vector<Sent>& packets() const { return packets_; }

 private:
  static constexpr unsigned kClientPort = 40001;
  static constexpr int kFin = 1;
  static constexpr int kSyn = 2;
  static constexpr int kPsh = 8;
  static constexpr int kAck = 16;

  Conversation& Add(From from, int flags, std::string_view data) {
    const bool client = from == From::kClient;
    std::uint32_t& next = client ? client_next_ : server_next_;
    const ByteWriter segment = ByteWriter()
                                   .Be16(client ? kClientPort : server_port_)
                                   .Be16(client ? server_port_ : kClientPort)
                                   .Be32(next)
                                   .Be32(client ? server_next_ : client_next_)
                                   .U8(0x50)
                                   .U8(flags)
                                   .Be16(1000)
                                   .Fill(4)
                                   .Text(data);
    ByteWriter packet = Ipv4(6, segment);
    if (!client) {
      constexpr std::size_t kLastOfSource = 15;
      constexpr std::size_t kLastOfDestination = 19;
      packet.PatchBe16(kLastOfSource - 1, 2).PatchBe16(kLastOfDestination - 1, 1);
    }
    packets_.push_back({packet, from});
    next += static_cast<std::uint32_t>(data.size()) + ((flags & (kSyn | kFin)) != 0 ? 1 : 0);
    return *this;
  }

  unsigned server_port_;
  std::uint32_t client_next_ = 0xfffffff0;  // wraps to 0 within the first segments
  std::uint32_t server_next_ = 7000;
  std::vector<Sent> packets_;
};

}  // namespace wirehound::test
