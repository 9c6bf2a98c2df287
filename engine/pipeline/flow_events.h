// SPDX-License-Identifier: Apache-2.0

// FlowEvents: turns the reports of the flow table into net_flow_tcp_begin, net_flow_tcp_end and
// net_tcp_connect, with the names that the DNS store has for the addresses at that time. Dispatch
// thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoders/stream/flow.h"
#include "engine/pipeline/event_emitter.h"
#include "engine/stores/dns_store.h"

namespace wirehound {

/// The `reason` of net_flow_tcp_end: "fin", "reset", …
std::string_view FlowEndName(FlowEnd how);

class FlowEvents {
 public:
  /// All must outlive this.
  FlowEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter,
             const DnsStore& names);

  /// Whether the plan needs events of connections.
  bool wanted() const { return begin_.wanted() || end_.wanted() || connect_.wanted(); }

  void SetPlan(const Plan& plan);

  /// Each emits its event if it is wanted, and then ends the turn.
  void OnAttempt(const FlowInfo& flow, const EventContext& context);
  void OnBegin(const FlowInfo& flow, const EventContext& context);
  void OnEnd(const FlowInfo& flow, const EventContext& context, FlowEnd how);

 private:
  using Names = std::array<wirehound_string, DnsStore::kMaxAnswer>;

  struct NameFields {
    wirehound_value& src;
    wirehound_value& dst;
  };

  void Describe(const FlowInfo& flow);
  void SetNames(const NameFields& fields, const wirehound_process& process);
  wirehound_list NamesOf(const wirehound_address& address, const wirehound_process& process,
                         Names& names) const;
  void SetCounters(const FlowInfo& flow, FlowEnd how);

  EventEmitter& emitter_;
  const DnsStore& store_;
  wirehound_packet_metadata metadata_{};
  BaseEvent begin_;
  BaseEvent end_;
  BaseEvent connect_;
  wirehound_value& begin_direction_;
  wirehound_value& end_direction_;
  wirehound_value& packets_sent_;
  wirehound_value& packets_received_;
  wirehound_value& bytes_sent_;
  wirehound_value& bytes_received_;
  wirehound_value& duration_;
  wirehound_value& reason_;
  wirehound_value& connect_port_;
  NameFields begin_names_;
  NameFields end_names_;
  wirehound_value& connect_names_;
  Names src_names_{};  // of the event that is being emitted; the store owns the texts
  Names dst_names_{};
};

}  // namespace wirehound
