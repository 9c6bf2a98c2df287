// SPDX-License-Identifier: Apache-2.0

// Compares a detector's requirements with what the engine offers: versions of events and of the
// engine, the architecture, data stores, enrichments. The graph, the selection and the dispatcher
// all ask here, so that they agree on which optional requirements are met. Pure; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wirehound/definition.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// What the engine is and runs on.
struct HostFacts {
  Version engine_version;
  std::string_view architecture;  ///< "x86_64", "aarch64"
};

/// The facts of this program.
HostFacts ThisHost();

/// "1.2.3", of up to three numbers; missing and unreadable ones are 0.
Version ParseVersion(std::string_view text);

/// "1.2.3".
std::string VersionText(const Version& version);

/// "1.0.0 or later and below 2.0.0", or one half when the window has one bound.
std::string WindowText(const Version& min, const Version& max);

/// Whether `version` is in the window `[min, max)`; a bound of 0.0.0 is none.
bool IsInWindow(const Version& version, const Version& min, const Version& max);

/// Whether a requirement gets its event. `offered` is the version of the event of that name, or
/// nothing when there is none. An optional requirement that gets none is not subscribed.
inline bool IsAvailable(const EventRequirement& requirement,
                        const std::optional<Version>& offered) {
  return offered && IsInWindow(*offered, requirement.min_version, requirement.max_version);
}
inline bool IsAvailable(const EventRequirement& requirement, const EventDefinition* event) {
  return event != nullptr &&
         IsInWindow(event->version, requirement.min_version, requirement.max_version);
}

/// Why a detector cannot run.
struct Unfit {
  std::string reason;        ///< in one line
  bool is_mismatch = false;  ///< it is valid, and made for another machine or version
};

/// Why a detector cannot run on `host`, regardless of the other detectors; or nothing.
std::optional<Unfit> WhyUnfit(const DetectorDefinition& detector, const HostFacts& host);

}  // namespace wirehound
