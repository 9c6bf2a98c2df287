// SPDX-License-Identifier: Apache-2.0

// Answers: keeps the answers of a turn alive until the turn is over, even if the store learns or
// forgets facts meanwhile: two answers in one on_event are both valid. Bounded: a store refuses
// and counts questions beyond the limit. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include <wirehound/abi/values.h>

namespace wirehound {

/// `Facts` is what a store holds, `Info` the C struct that shows it.
template <typename Facts, typename Info>
class Answers {
 public:
  /// In one turn, members of lists included.
  static constexpr std::size_t kMaxAnswers = 4096;

  /// False when there were too many in this turn. Shared: the store drops its own reference when it
  /// replaces the facts.
  bool Hold(std::shared_ptr<const Facts> facts) {
    if (held_.size() >= kMaxAnswers) {
      ++refused_;
      return false;
    }
    held_.push_back(std::move(facts));
    return true;
  }

  /// Keeps a list whose members are held.
  const std::vector<Info>& HoldList(std::vector<Info> list) {
    return lists_.emplace_back(std::move(list));
  }

  /// Releases everything. Costs next to nothing when nothing was asked.
  void EndOfTurn() {
    if (!held_.empty()) {
      held_.clear();
    }
    if (!lists_.empty()) {
      lists_.clear();
    }
  }

  std::uint64_t refused() const { return refused_; }

 private:
  std::vector<std::shared_ptr<const Facts>> held_;
  std::deque<std::vector<Info>> lists_;
  std::uint64_t refused_ = 0;
};

}  // namespace wirehound
