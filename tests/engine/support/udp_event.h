// SPDX-License-Identifier: Apache-2.0

// A base event for tests of the parts behind the decoders: net_packet_udp from 10.0.0.1 port 40000
// to 10.0.0.2 port 53, with a process.

#pragma once

#include <cstdint>

#include "decoders/packet/packet_decoder.h"
#include "engine/catalogue/catalogue.h"
#include "engine/pipeline/base_event.h"
#include "probes/capture/record.h"
#include "tests/decoders/packet_builder.h"

namespace wirehound::test {

class UdpEvent {
 public:
  explicit UdpEvent(const Catalogue& catalogue)
      : event_(catalogue, Wanted(), kNetPacketUdp, packet_.metadata) {
    event_.field("proto_udp").message = &packet_.udp;
    const ByteWriter bytes = Ipv4(17, Udp({'d', 'a', 't', 'a'}));
    DecodePacket(LinkType::kRawIp, bytes.span(), bytes.size(), packet_);
    packet_.metadata.iface = {"any", 3};
    process_ = UnknownProcess();
    process_.pid = 42;
    process_.comm = {"dig", 3};
    context_ = {.process = &process_, .cpu = 3, .syscall = {"sendmmsg", 8}};
  }

  /// The event as record number `sequence` of the stream, at that many nanoseconds.
  const Event& At(std::uint64_t sequence) {
    return event_.Fill({.timestamp_ns = sequence, .sequence = sequence}, context_);
  }

  wirehound_process& process() { return process_; }
  EventContext& context() { return context_; }

 private:
  static Plan Wanted() {
    Plan plan;
    plan.needed = {kNetPacketUdp};
    return plan;
  }

  Packet packet_;
  BaseEvent event_;
  wirehound_process process_{};
  EventContext context_;
};

}  // namespace wirehound::test
