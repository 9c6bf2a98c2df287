// SPDX-License-Identifier: Apache-2.0

// Stores: what the engine knows besides events, for detectors, for filters and for the fields that
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
  kCaptureFile,  ///< containers and system are unhealthy: the packets are another's; processes too,
                 ///< until the file tells of one
  kTest,  ///< events made up for a test: processes and containers are those the events tell of, the
          ///< system is SystemFacts::OfATest; nothing is looked up on this machine
};

struct Stores {
  explicit Stores(StoreOrigin origin, const StreamTime& time);

  /// Lets the answers of the turn go. The dispatcher calls it when a turn is over.
  void EndOfTurn();

  ContainerStore containers;
  ProcessStore processes;  ///< tells `containers` of those it meets
  DnsStore dns;
  SystemStore system;
  SharedMaps shared;
};

}  // namespace wirehound
