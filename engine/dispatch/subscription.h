// SPDX-License-Identifier: Apache-2.0

// Subscription: one event as one detector wants it. All requirements of the same event are one
// subscription: an event passes when any of them lets it pass. Made on the control thread.

#pragma once

#include <vector>

#include <wirehound/definition.h>
#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"

namespace wirehound {

struct Subscription {
  const EventDefinition* event;
  std::vector<EventFilter> filters;  ///< any of them; none: everything passes
};

/// The event of a requirement, or null when there is none for it. Whoever must know whether an
/// optional requirement is met asks here.
const EventDefinition* AvailableEvent(const EventRequirement& requirement,
                                      const Catalogue& catalogue);

/// The subscriptions of a detector, in the order in which its events are first named. The error
/// says which filter does not compile, and why.
Result<std::vector<Subscription>> MakeSubscriptions(const DetectorDefinition& detector,
                                                    const Catalogue& catalogue,
                                                    const ScopeServices& services);

}  // namespace wirehound
