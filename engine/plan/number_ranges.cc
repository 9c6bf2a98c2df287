// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/number_ranges.h"

#include <algorithm>

namespace wirehound {

NumberRanges Intersect(const NumberRanges& a, const NumberRanges& b) {
  NumberRanges both;
  auto in_a = a.begin();
  auto in_b = b.begin();
  while (in_a != a.end() && in_b != b.end()) {
    const WideNumber first = std::max(in_a->first, in_b->first);
    const WideNumber last = std::min(in_a->last, in_b->last);
    if (first <= last) {
      both.push_back({first, last});
    }
    in_a->last < in_b->last ? ++in_a : ++in_b;
  }
  return both;
}

NumberRanges Complement(const NumberRanges& ranges, WideNumber maximum) {
  NumberRanges rest;
  WideNumber next = 0;
  for (const NumberRange& range : ranges) {
    if (range.first > next) {
      rest.push_back({next, range.first - 1});
    }
    if (range.last >= maximum) {
      return rest;
    }
    next = range.last + 1;
  }
  rest.push_back({next, maximum});
  return rest;
}

NumberRanges Unite(NumberRanges a, const NumberRanges& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end(),
            [](const NumberRange& x, const NumberRange& y) { return x.first < y.first; });
  NumberRanges all;
  for (const NumberRange& range : a) {
    if (!all.empty() && (range.first <= all.back().last || range.first - 1 == all.back().last)) {
      all.back().last = std::max(all.back().last, range.last);
    } else {
      all.push_back(range);
    }
  }
  return all;
}

}  // namespace wirehound
