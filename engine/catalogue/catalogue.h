// SPDX-License-Identifier: Apache-2.0

// Catalogue: every event there is, in one table: the base events, and those that loaded detectors
// produce. `list`, the JSON writer, the graph and the SDK's field binding all read it. Filled at
// start on the control thread, immutable afterwards.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// Ids of the base events; part of the output, never renumbered.
enum BaseEventId : std::uint32_t {
  kNetPacketIpv4 = 2000,
  kNetPacketIpv6 = 2001,
  kNetPacketTcp = 2002,
  kNetPacketUdp = 2003,
  kNetPacketIcmp = 2004,
  kNetPacketIcmpv6 = 2005,
  kNetPacketDns = 2006,
  kNetPacketDnsRequest = 2007,
  kNetPacketDnsResponse = 2008,
  kNetPacketHttp = 2009,
  kNetPacketHttpRequest = 2010,
  kNetPacketHttpResponse = 2011,
  kNetFlowTcpBegin = 2012,
  kNetFlowTcpEnd = 2013,
  kNetTcpConnect = 2015,
  kNetAnomaly = 2020,
};

/// The events of detectors have ids from here on, in the order of the detectors' ids.
inline constexpr std::uint32_t kFirstDetectorEventId = 7500;

class Catalogue {
 public:
  /// Starts with the base events.
  Catalogue();

  /// Adds the event of a detector, whose name must be free, under the next id.
  void AddDetectorEvent(const DetectorDefinition& detector);

  /// All events, base events first, each group in the order of ids. Addresses are stable.
  const std::deque<EventDefinition>& events() const { return events_; }

  /// The event of that name or id, or null.
  const EventDefinition* Find(std::string_view name) const;
  const EventDefinition* Find(std::uint32_t id) const;

  /// The events of a set, in the order of ids; empty when there is no such set.
  std::vector<const EventDefinition*> InSet(std::string_view set) const;

  /// Every name a selection may use: events and sets.
  std::vector<std::string> SelectableNames() const;

 private:
  std::deque<EventDefinition> events_;
};

}  // namespace wirehound
