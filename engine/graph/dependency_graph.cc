// SPDX-License-Identifier: Apache-2.0

#include "engine/graph/dependency_graph.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace wirehound {

namespace {

class Builder {
 public:
  Builder(std::span<const DetectorDefinition* const> detectors,
          const BaseEventVersion& base_event_version, const HostFacts& host)
      : detectors_(detectors),
        base_event_version_(base_event_version),
        host_(host),
        state_(detectors.size()) {
    for (std::size_t i = 0; i < detectors.size(); ++i) {
      producers_.emplace(detectors[i]->produced_event.name, i);
    }
  }

  DependencyGraph Build() {
    LeaveOutUnfit();
    LeaveOutCycles();
    while (LeaveOutMissing()) {
    }
    return {Order(), std::move(left_out_)};
  }

 private:
  enum class Visit : unsigned char { kNew, kOpen, kDone };

  struct State {
    bool out = false;
    bool is_mismatch = false;
    Visit visit = Visit::kNew;
  };

  // The detector that produces the event of a requirement, in a fitting version, unless it is left
  // out.
  std::optional<std::size_t> Producer(const EventRequirement& requirement) const {
    const auto found = producers_.find(requirement.name);
    if (found == producers_.end() || state_[found->second].out ||
        !IsAvailable(requirement, detectors_[found->second]->produced_event.version)) {
      return std::nullopt;
    }
    return found->second;
  }

  // Detectors in the order of their ids, so that messages do not depend on the load order.
  std::vector<std::size_t> ById() const {
    std::vector<std::size_t> indices(detectors_.size());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      indices[i] = i;
    }
    std::sort(indices.begin(), indices.end(), [this](std::size_t a, std::size_t b) {
      return detectors_[a]->id < detectors_[b]->id;
    });
    return indices;
  }

  void LeaveOutUnfit() {
    for (const std::size_t i : ById()) {
      if (std::optional<Unfit> unfit = WhyUnfit(*detectors_[i], host_)) {
        LeaveOut(i, *std::move(unfit));
      }
    }
  }

  void LeaveOutCycles() {
    for (const std::size_t start : ById()) {
      std::vector<std::size_t> path;
      while (FindCycle(start, path)) {
        LeaveOutCycle(path);
        path.clear();
        for (State& state : state_) {
          state.visit = Visit::kNew;
        }
      }
    }
  }

  // Walks from a detector to what it needs; true with `path` ending in the detector that was on
  // it before. The walk keeps its own stack: chains may be long.
  bool FindCycle(std::size_t start, std::vector<std::size_t>& path) {
    struct Step {
      std::size_t detector;
      std::size_t next_requirement;
    };
    if (state_[start].out || state_[start].visit != Visit::kNew) {
      return false;
    }
    std::vector<Step> stack = {{start, 0}};
    state_[start].visit = Visit::kOpen;
    while (!stack.empty()) {
      Step& step = stack.back();
      const auto& requirements = detectors_[step.detector]->requirements.events;
      if (step.next_requirement == requirements.size()) {
        state_[step.detector].visit = Visit::kDone;
        stack.pop_back();
        continue;
      }
      const auto producer = Producer(requirements[step.next_requirement++]);
      if (!producer || state_[*producer].visit == Visit::kDone) {
        continue;
      }
      if (state_[*producer].visit == Visit::kOpen) {
        for (const Step& open : stack) {
          path.push_back(open.detector);
        }
        path.push_back(*producer);
        return true;
      }
      state_[*producer].visit = Visit::kOpen;
      stack.push_back({*producer, 0});
    }
    return false;
  }

  void LeaveOutCycle(const std::vector<std::size_t>& path) {
    const auto first = std::find(path.begin(), path.end(), path.back());
    std::string text;
    for (auto it = first; it != path.end(); ++it) {
      text += (text.empty() ? "" : " needs ") + detectors_[*it]->id;
    }
    for (auto it = first; it + 1 != path.end(); ++it) {
      LeaveOut(*it, {"it is on a cycle: " + text});
    }
  }

  bool LeaveOutMissing() {
    bool changed = false;
    for (const std::size_t i : ById()) {
      if (state_[i].out) {
        continue;
      }
      for (const EventRequirement& requirement : detectors_[i]->requirements.events) {
        if (requirement.dependency == Dependency::kRequired && !Available(requirement)) {
          LeaveOut(i, WhyMissing(requirement));
          changed = true;
          break;
        }
      }
    }
    return changed;
  }

  bool Available(const EventRequirement& requirement) const {
    return IsAvailable(requirement, base_event_version_(requirement.name)) ||
           Producer(requirement).has_value();
  }

  // Why a requirement gets no event.
  Unfit WhyMissing(const EventRequirement& requirement) const {
    const std::string event = "required event '" + requirement.name + "'";
    const auto producer = producers_.find(requirement.name);
    std::optional<Version> version = base_event_version_(requirement.name);
    if (!version && producer != producers_.end()) {
      const State& state = state_[producer->second];
      if (state.out) {
        return {event + " comes from detector '" + detectors_[producer->second]->id +
                    "', which is left out",
                state.is_mismatch};
      }
      version = detectors_[producer->second]->produced_event.version;
    }
    if (!version) {
      return {event + " does not exist"};
    }
    return {event + " has version " + VersionText(*version) + "; expected " +
                WindowText(requirement.min_version, requirement.max_version),
            true};
  }

  void LeaveOut(std::size_t detector, Unfit unfit) {
    state_[detector].out = true;
    state_[detector].is_mismatch = unfit.is_mismatch;
    left_out_.push_back({detector, std::move(unfit.reason), unfit.is_mismatch});
  }

  // Levels by repeated relaxation: without cycles they settle after as many rounds as the longest
  // chain has detectors.
  std::vector<std::size_t> Order() {
    std::vector<std::size_t> levels(detectors_.size(), 0);
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < detectors_.size(); ++i) {
        for (const EventRequirement& requirement : detectors_[i]->requirements.events) {
          const auto producer = Producer(requirement);
          if (!state_[i].out && producer && levels[i] <= levels[*producer]) {
            levels[i] = levels[*producer] + 1;
            changed = true;
          }
        }
      }
    }
    std::vector<std::size_t> order;
    for (const std::size_t i : ById()) {
      if (!state_[i].out) {
        order.push_back(i);
      }
    }
    std::stable_sort(order.begin(), order.end(),
                     [&levels](std::size_t a, std::size_t b) { return levels[a] < levels[b]; });
    return order;
  }

  std::span<const DetectorDefinition* const> detectors_;
  const BaseEventVersion& base_event_version_;
  const HostFacts& host_;
  std::unordered_map<std::string_view, std::size_t> producers_;
  std::vector<State> state_;
  std::vector<LeftOut> left_out_;
};

}  // namespace

DependencyGraph BuildDependencyGraph(std::span<const DetectorDefinition* const> detectors,
                                     const BaseEventVersion& base_event_version,
                                     const HostFacts& host) {
  return Builder(detectors, base_event_version, host).Build();
}

}  // namespace wirehound
