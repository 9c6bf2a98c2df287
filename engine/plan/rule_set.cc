// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/rule_set.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>

#include "engine/plan/number_ranges.h"
#include "engine/plan/rule_text.h"

namespace wirehound {

namespace {

bool SamePrefix(const AddressPrefix& a, const AddressPrefix& b) {
  return a.length == b.length && a.address.family == b.address.family &&
         std::memcmp(a.address.bytes, b.address.bytes, sizeof(a.address.bytes)) == 0;
}

bool SameList(const std::vector<PortRange>& a, const std::vector<PortRange>& b) { return a == b; }

bool SameList(const std::vector<AddressPrefix>& a, const std::vector<AddressPrefix>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SamePrefix);
}

void UniteInto(std::vector<PortRange>& all, const std::vector<PortRange>& more) {
  NumberRanges ranges;
  for (const std::vector<PortRange>* list : {&std::as_const(all), &more}) {
    for (const PortRange& range : *list) {
      ranges = Unite(std::move(ranges), {{range.first, range.last}});
    }
  }
  all.clear();
  for (const NumberRange& range : ranges) {
    all.push_back(
        {static_cast<std::uint16_t>(range.first), static_cast<std::uint16_t>(range.last)});
  }
}

void UniteInto(std::vector<AddressPrefix>& all, const std::vector<AddressPrefix>& more) {
  for (const AddressPrefix& prefix : more) {
    const bool known = std::any_of(all.begin(), all.end(), [&prefix](const AddressPrefix& other) {
      return SamePrefix(prefix, other);
    });
    if (!known) {
      all.push_back(prefix);
    }
  }
}

// The lists of a rule one after the other, for `visit(list of a, list of b)`.
template <typename Visit>
void WithLists(CaptureRule& a, const CaptureRule& b, Visit visit) {
  visit(a.src_ports, b.src_ports);
  visit(a.dst_ports, b.dst_ports);
  visit(a.either_ports, b.either_ports);
  visit(a.src_addresses, b.src_addresses);
  visit(a.dst_addresses, b.dst_addresses);
  visit(a.either_addresses, b.either_addresses);
}

// In how many conditions two rules differ, class and amount aside, and whether only one of them has
// the list: an empty list passes everything, so nothing can be added to it.
struct Difference {
  int count = 0;
  bool by_presence = false;
};

Difference DifferenceOf(CaptureRule& a, const CaptureRule& b) {
  Difference difference;
  difference.count = a.directions == b.directions ? 0 : 1;
  WithLists(a, b, [&difference](const auto& one, const auto& other) {
    if (!SameList(one, other)) {
      ++difference.count;
      difference.by_presence = difference.by_presence || one.empty() || other.empty();
    }
  });
  return difference;
}

// Widens `rule` to pass all that `more` passes. A list that one of them lacks is dropped.
void WidenTo(CaptureRule& rule, const CaptureRule& more) {
  rule.amount = std::max(rule.amount, more.amount);
  if (rule.directions != more.directions) {
    rule.directions = CaptureDirections::kBoth;
  }
  WithLists(rule, more, [](auto& list, const auto& other) {
    if (list.empty() || other.empty()) {
      list.clear();
    } else {
      UniteInto(list, other);
    }
  });
}

// Whether `wide` passes every packet that `narrow` passes: each list of `wide` is equal or empty.
bool Covers(CaptureRule wide, const CaptureRule& narrow) {
  bool covers =
      wide.packets == narrow.packets && wide.amount >= narrow.amount &&
      (wide.directions == CaptureDirections::kBoth || wide.directions == narrow.directions);
  WithLists(wide, narrow, [&covers](const auto& one, const auto& other) {
    covers = covers && (one.empty() || SameList(one, other));
  });
  return covers;
}

// One rule that passes exactly what the two do, in `rule`; false when there is none.
bool JoinExactly(CaptureRule& rule, const CaptureRule& other) {
  if (rule.packets != other.packets) {
    return false;
  }
  if (Covers(rule, other)) {
    return true;
  }
  const bool is_covered = Covers(other, rule);
  const Difference difference = DifferenceOf(rule, other);
  const bool differs_in_one = difference.count <= 1 && !difference.by_presence;
  if (!is_covered && (difference.count != 0 && rule.amount != other.amount)) {
    return false;
  }
  if (!is_covered && !differs_in_one) {
    return false;
  }
  WidenTo(rule, other);
  return true;
}

EngineFilter TooMuch(PacketClass packets, const std::string& reason) {
  return {"conditions on " + std::string(PacketClassText(packets)), "several", reason};
}

}  // namespace

std::vector<CaptureRule> RuleSet::Take(std::vector<EngineFilter>& engine_filters) {
  Join();
  CapLists(engine_filters);
  if (rules_.size() > kMaxCaptureRules) {
    Widen(engine_filters);
  }
  std::stable_sort(rules_.begin(), rules_.end(), [](const CaptureRule& a, const CaptureRule& b) {
    return a.packets < b.packets;
  });
  return std::move(rules_);
}

void RuleSet::Join() {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    for (std::size_t j = i + 1; j < rules_.size();) {
      if (JoinExactly(rules_[i], rules_[j])) {
        rules_.erase(rules_.begin() + static_cast<std::ptrdiff_t>(j));
        j = i + 1;  // the wider rule may join one that did not fit before
      } else {
        ++j;
      }
    }
  }
}

void RuleSet::CapLists(std::vector<EngineFilter>& engine_filters) {
  for (CaptureRule& rule : rules_) {
    bool is_capped = false;
    const CaptureRule none;
    WithLists(rule, none, [&is_capped](auto& list, const auto& /*empty*/) {
      if (list.size() > kMaxConditionValues) {
        list.clear();
        is_capped = true;
      }
    });
    if (is_capped) {
      engine_filters.push_back(TooMuch(rule.packets, "they are more than 256 ranges or prefixes"));
    }
  }
}

// Replaces the rules of the class with the most rules by one, until there are few enough.
void RuleSet::Widen(std::vector<EngineFilter>& engine_filters) {
  while (rules_.size() > kMaxCaptureRules) {
    std::array<std::size_t, kPacketClassCount> counts{};
    for (const CaptureRule& rule : rules_) {
      ++counts[static_cast<std::size_t>(rule.packets)];
    }
    const auto packets = static_cast<PacketClass>(
        std::distance(counts.begin(), std::max_element(counts.begin(), counts.end())));
    const auto is_of = [packets](const CaptureRule& rule) { return rule.packets == packets; };
    const auto others = std::stable_partition(rules_.begin(), rules_.end(), is_of);
    for (auto rule = rules_.begin() + 1; rule != others; ++rule) {
      WidenTo(rules_.front(), *rule);
    }
    rules_.erase(rules_.begin() + 1, others);
    engine_filters.push_back(TooMuch(packets, "they would take more rules than the kernel takes"));
  }
}

}  // namespace wirehound
