// SPDX-License-Identifier: Apache-2.0

#include "engine/text/closest_name.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace wirehound {

namespace {

constexpr std::size_t kMostNames = 3;

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Levenshtein's distance without regard to case, one row at a time.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (Lower(a[i]) == Lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

bool Contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return Lower(a) == Lower(b); }) != text.end();
}

}  // namespace

std::string DidYouMean(std::string_view typed, std::span<const std::string> valid) {
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string& name : valid) {
    const std::size_t distance = EditDistance(typed, name);
    const std::size_t allowed = std::max<std::size_t>(2, std::max(typed.size(), name.size()) / 3);
    if (distance <= allowed) {
      near.emplace_back(distance, name);
    } else if (typed.size() >= 3 && Contains(name, typed)) {
      near.emplace_back(allowed + distance, name);
    }
  }
  std::sort(near.begin(), near.end());
  std::string text;
  for (std::size_t i = 0; i < near.size() && i < kMostNames; ++i) {
    text += (i == 0 ? "did you mean '" : "', '") + std::string(near[i].second);
  }
  return text.empty() ? text : text + "'?";
}

}  // namespace wirehound
