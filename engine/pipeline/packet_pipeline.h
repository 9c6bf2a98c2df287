// SPDX-License-Identifier: Apache-2.0

// PacketPipeline: from records to base events. Decodes each record as deep as the plan needs, no
// deeper, and emits the events of its layers, outermost first. The hot path: all memory is
// allocated at start. Dispatch thread.

#pragma once

#include <array>
#include <cstdint>

#include "decoders/arena.h"
#include "decoders/decode_status.h"
#include "decoders/packet_decoder.h"
#include "engine/dispatch/dispatcher.h"
#include "engine/pipeline/packet_event.h"
#include "engine/pipeline/syscall_names.h"
#include "probes/record.h"

namespace wirehound {

/// How often each decoder ended how. Every record is counted once in the row of the link layer.
struct DecodeCounters {
  using PerStatus = std::array<std::uint64_t, kDecodeStatusCount>;

  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::array<PerStatus, kPacketLayerCount> layers{};  ///< by PacketLayer
  PerStatus dns{};
};

class PacketPipeline : public RecordSink {
 public:
  /// `catalogue` and `dispatcher` must outlive the pipeline.
  PacketPipeline(const Plan& plan, const Catalogue& catalogue, Dispatcher& dispatcher);

  void OnRecord(const Record& record) override;

  const DecodeCounters& counters() const { return counters_; }

 private:
  void Decode(const Record& record);
  void EmitNetworkEvents();
  void EmitTransportEvents();
  void EmitDns();
  void Emit(PacketEvent& event);

  Dispatcher& dispatcher_;
  const SyscallNames syscall_names_;
  Packet packet_;
  Arena arena_;
  wirehound_dns dns_{};
  wirehound_event view_{};  // what all events of the record share
  PacketEvent ipv4_;
  PacketEvent ipv6_;
  PacketEvent tcp_;
  PacketEvent udp_;
  PacketEvent dns_event_;
  DecodeCounters counters_;
};

}  // namespace wirehound
