// SPDX-License-Identifier: Apache-2.0

// PlanTables: a capture plan compiled for the BPF programs (probes/bpf/rules.bpf.h), so that they
// do no work per rule. For each combination of classes and direction the tables hold the amount to
// copy; for rules with conditions they hold which ports and address prefixes fulfil which of them.
// A plan that does not fit is widened: more packets pass, never fewer. plan_tables.cc has an
// example. Pure; any thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "probes/bpf/settings.h"
#include "probes/capture/capture_plan.h"

namespace wirehound {

/// The most prefixes in one plan. A rule that would exceed it loses its conditions on addresses.
inline constexpr std::size_t kMaxPlanPrefixes = WIREHOUND_PREFIXES_MAX / 2;

/// A normal prefix with the rules that an address in it fulfils, those of covering prefixes
/// included.
struct PlanPrefix {
  AddressPrefix prefix;
  wirehound_ends ends = {};
};

/// Whether rules keep their conditions on addresses.
enum class PlanAddresses : std::uint8_t { kUsed, kIgnored };

struct PlanTables {
  std::unique_ptr<wirehound_plan> plan;  ///< never null
  std::vector<PlanPrefix> prefixes;
};

/// Compiles the rules of a plan. Its scope goes through MakeScope.
PlanTables MakePlanTables(const CapturePlan& plan, PlanAddresses addresses = PlanAddresses::kUsed);

/// The scope as the programs read it. A list with too many or too long values is left out, so that
/// more packets pass.
wirehound_scope MakeScope(const CaptureScope& scope);

}  // namespace wirehound
