// SPDX-License-Identifier: Apache-2.0

// PlanTables: a capture plan in the form the BPF programs read: what each combination of classes
// and direction gets, and for the rules with conditions, which ports and prefixes fulfil them.
// Where a plan holds more than fits, the tables let more pass, never less. Pure; any thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "probes/bpf/settings.h"
#include "probes/capture/capture_plan.h"

namespace wirehound {

/// The most prefixes that are told apart; a rule that brings more goes by its other conditions.
inline constexpr std::size_t kMaxPlanPrefixes = WIREHOUND_PREFIXES_MAX / 2;

/// A prefix, with what is known of it and of the prefixes around it.
struct PlanPrefix {
  AddressPrefix prefix;
  wirehound_ends ends = {};
};

/// Whether addresses are looked at: without, a rule goes by its other conditions.
enum class PlanAddresses : std::uint8_t { kUsed, kIgnored };

struct PlanTables {
  std::unique_ptr<wirehound_plan> plan;  ///< never null
  std::vector<PlanPrefix> prefixes;
};

PlanTables MakePlanTables(const CapturePlan& plan, PlanAddresses addresses = PlanAddresses::kUsed);

/// The scope as the programs read it. A list they cannot take is left out, so that more passes.
wirehound_scope MakeScope(const CaptureScope& scope);

}  // namespace wirehound
