// SPDX-License-Identifier: Apache-2.0

// The part of --scope that the kernel can apply. An unknown owner is in none of its lists, as in
// filters: a field that is not there never matches.

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "engine/filters/compiled_filter.h"
#include "engine/plan/number_ranges.h"
#include "engine/plan/packet_condition.h"

namespace wirehound {

namespace {

constexpr std::size_t kMaxCommBytes = 15;

constexpr std::string_view kNotFollowed = "the kernel side does not follow who descends from whom";
constexpr std::string_view kNotOfOwner = "the kernel side does not know this of a packet's owner";
constexpr std::string_view kNotWhole = "only whole names are compared there, of at most 15 bytes";
constexpr std::string_view kTooMany = "it is more than 64 values";
constexpr std::string_view kNothingLeft = "nobody is left of it";
constexpr std::string_view kGroupsBelow = "groups below one that is excluded would be left out too";
constexpr std::string_view kBothLists =
    "of one field only what is meant, not what is excluded of it";

NumberRanges RangesOf(const ValueSet& values) {
  NumberRanges ranges;
  for (const RangeSet<std::uint64_t>::Range& range : values.numbers().ranges()) {
    ranges.push_back({range.first, range.last});
  }
  return Unite(std::move(ranges), {});
}

// Each turns one test into a list, or gives the reason why it cannot, "" when it can.

std::string_view AddUids(const FieldTest& test, CaptureScope& scope) {
  constexpr WideNumber kMaxUid = std::numeric_limits<std::uint32_t>::max();
  const NumberRanges excluded = RangesOf(test.excluded());
  const bool excludes = test.included().empty();
  const NumberRanges ranges =
      excludes ? excluded : Intersect(RangesOf(test.included()), Complement(excluded, kMaxUid));
  if (ranges.empty()) {
    return kNothingLeft;
  }
  if (ranges.size() > kMaxScopeValues) {
    return kTooMany;
  }
  scope.uids.excludes = excludes;
  for (const NumberRange& range : ranges) {
    scope.uids.values.push_back(
        {static_cast<std::uint32_t>(range.first), static_cast<std::uint32_t>(range.last)});
  }
  return "";
}

// Whether the kernel can compare all of them: whole, and neither empty nor too long.
bool AreComms(const std::vector<std::string>* names) {
  return names != nullptr && std::all_of(names->begin(), names->end(), [](const std::string& name) {
           return !name.empty() && name.size() <= kMaxCommBytes;
         });
}

std::string_view AddComms(const FieldTest& test, CaptureScope& scope) {
  const bool excludes = test.included().empty();
  const std::vector<std::string>* names =
      (excludes ? test.excluded() : test.included()).texts().exact();
  if (!AreComms(names)) {
    return kNotWhole;
  }
  if (names->size() > kMaxScopeValues) {
    return kTooMany;
  }
  scope.comms.values = *names;
  scope.comms.excludes = excludes;
  return !excludes && !test.excluded().empty() ? kBothLists : "";
}

std::string_view AddCgroups(const FieldTest& test, CaptureScope& scope) {
  if (test.included().empty()) {
    return kGroupsBelow;
  }
  std::vector<std::uint64_t> ids;
  for (const RangeSet<std::uint64_t>::Range& range : test.included().numbers().ranges()) {
    if (range.last - range.first >= kMaxScopeValues - ids.size()) {
      return kTooMany;
    }
    for (std::uint64_t i = 0; i <= range.last - range.first; ++i) {
      ids.push_back(range.first + i);
    }
  }
  scope.cgroups.values = std::move(ids);
  return test.excluded().empty() ? "" : kBothLists;
}

std::string_view AddTest(const FieldTest& test, CaptureScope& scope) {
  const std::string_view name = test.path().name;
  if (name == "uid") {
    return AddUids(test, scope);
  }
  if (name == "comm") {
    return AddComms(test, scope);
  }
  if (name == "cgroupId") {
    return AddCgroups(test, scope);
  }
  return name == "tree" ? kNotFollowed : kNotOfOwner;
}

std::string TextOf(const FieldTest& test) {
  std::string text;
  for (const std::string& clause : test.clauses()) {
    text += (text.empty() ? "" : " or ") + clause;
  }
  return text;
}

}  // namespace

CaptureScope ScopeOf(const EventFilter& filter, std::vector<EngineFilter>& engine_filters) {
  CaptureScope scope;
  if (filter.compiled() == nullptr) {
    return scope;
  }
  for (const FieldTest& test : filter.compiled()->tests()) {
    if (const std::string_view reason = AddTest(test, scope); !reason.empty()) {
      engine_filters.push_back({TextOf(test), "--scope", std::string(reason)});
    }
  }
  return scope;
}

}  // namespace wirehound
