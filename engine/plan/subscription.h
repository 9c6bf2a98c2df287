// SPDX-License-Identifier: Apache-2.0

// Subscription: one event as one detector wants it. All requirements of the same event are one
// subscription: the detector sees an event that any of them lets pass. The filters of requirements
// are compiled here and nowhere else, so that a bad one is refused in the same words everywhere.
// Control thread.

#pragma once

#include <vector>

#include <wirehound/definition.h>
#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"
#include "engine/filters/scope_services.h"

namespace wirehound {

struct Subscription {
  const EventDefinition* event;
  std::vector<EventFilter> filters;  ///< any of them; none: everything passes
};

using Subscriptions = std::vector<Subscription>;  ///< of one detector

/// The event that meets a requirement, or null. The one answer to whether an optional requirement
/// is met.
const EventDefinition* AvailableEvent(const EventRequirement& requirement,
                                      const Catalogue& catalogue);

/// The filters of a requirement of `event` as one. `tree` filters compile without a process tree
/// too and never match then: unlike a user, a detector does not know where it will run. The error
/// names the event, the clause and what is wrong with it.
Result<EventFilter> CompileRequirement(const EventRequirement& requirement,
                                       const EventDefinition& event,
                                       const ScopeServices& services = {});

/// The subscriptions of a detector, in the order in which its events are first named. Fails when
/// CompileRequirement does.
Result<Subscriptions> MakeSubscriptions(const DetectorDefinition& detector,
                                        const Catalogue& catalogue,
                                        const ScopeServices& services = {});

}  // namespace wirehound
