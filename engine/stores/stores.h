// SPDX-License-Identifier: Apache-2.0

// Stores: the facts the engine knows besides events, for detectors, filters and the fields that
// name addresses. One object for a run; dispatch thread.

#pragma once

#include "engine/event/stream_time.h"
#include "engine/stores/container_store.h"
#include "engine/stores/dns_store.h"
#include "engine/stores/process_store.h"
#include "engine/stores/shared_maps.h"
#include "engine/stores/system_store.h"

namespace wirehound {

/// Where the packets come from decides which stores can answer.
enum class StoreOrigin : unsigned char {
  kThisSystem,   ///< live capture
  kCaptureFile,  ///< of another machine: containers and system are unhealthy; processes too, until
                 ///< a recording describes one
  kTest,  ///< events of a test: processes and containers come from the events alone, the system is
          ///< SystemFacts::OfATest; nothing is looked up on this machine
};

struct Stores {
  explicit Stores(StoreOrigin origin, const StreamTime& time);

  /// Releases the answers of the turn. The dispatcher calls it when a turn is over.
  void EndOfTurn();

  ContainerStore containers;
  ProcessStore processes;  ///< passes containers of processes on to `containers`
  DnsStore dns;
  SystemStore system;
  SharedMaps shared;
};

}  // namespace wirehound
