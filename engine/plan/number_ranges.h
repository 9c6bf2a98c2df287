// SPDX-License-Identifier: Apache-2.0

// NumberRanges: sets of numbers as ranges, with intersection, union and complement. Wide enough for
// IPv6 addresses. Pure; control thread.

#pragma once

#include <vector>

namespace wirehound {

__extension__ using WideNumber = unsigned __int128;

struct NumberRange {
  WideNumber first = 0;
  WideNumber last = 0;  ///< included
  friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

/// In order, with something between each and the next.
using NumberRanges = std::vector<NumberRange>;

/// The numbers in both.
NumberRanges Intersect(const NumberRanges& a, const NumberRanges& b);

/// The numbers from 0 to `maximum` that are not in `ranges`.
NumberRanges Complement(const NumberRanges& ranges, WideNumber maximum);

/// The numbers in either, with what touches or overlaps joined.
NumberRanges Unite(NumberRanges a, const NumberRanges& b);

}  // namespace wirehound
