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

/// The event of a requirement, or null when there is none for it. Whoever must know whether an
/// optional requirement is met asks here.
const EventDefinition* AvailableEvent(const EventRequirement& requirement,
                                      const Catalogue& catalogue);

/// The filters of a requirement of `event` as one. Without a process tree no process descends from
/// any other: other than for the user, that is no error for a detector, which cannot know. The
/// error names the event, the clause and what is wrong with it.
Result<EventFilter> CompileRequirement(const EventRequirement& requirement,
                                       const EventDefinition& event,
                                       const ScopeServices& services = {});

/// The subscriptions of a detector, in the order in which its events are first named. Fails when
/// CompileRequirement does.
Result<std::vector<Subscription>> MakeSubscriptions(const DetectorDefinition& detector,
                                                    const Catalogue& catalogue,
                                                    const ScopeServices& services = {});

}  // namespace wirehound
