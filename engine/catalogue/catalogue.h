// SPDX-License-Identifier: Apache-2.0

// Catalogue: all events in one table: the base events, and the events that loaded detectors
// produce. `list`, the JSON writer, the graph and the SDK's field binding all read it. Control
// thread; changes only between two turns, when detectors come or go.
//
// An event keeps its id for the whole run, and no other name ever gets that id. A definition that
// was handed out once never moves and never changes. An event that comes back different gets a new
// definition; a holder of the old one may go on reading it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// Ids of the base events; part of the output, never renumbered.
enum BaseEventId : std::uint32_t {
  kNetPacketIpv4 = 2000,
  kNetPacketIpv6 = 2001,
  kNetPacketTcp = 2002,
  kNetPacketUdp = 2003,
  kNetPacketIcmp = 2004,
  kNetPacketIcmpv6 = 2005,
  kNetPacketDns = 2006,
  kNetPacketDnsRequest = 2007,
  kNetPacketDnsResponse = 2008,
  kNetPacketHttp = 2009,
  kNetPacketHttpRequest = 2010,
  kNetPacketHttpResponse = 2011,
  kNetFlowTcpBegin = 2012,
  kNetFlowTcpEnd = 2013,
  kNetTcpConnect = 2015,
  kNetAnomaly = 2020,
  kDetectorSuspended = 2030,
  kDetectorOverBudget = 2031,
  kCaptureGap = 2032,
};

/// The events of detectors have ids from here on, at start in the order of the detectors' ids.
inline constexpr std::uint32_t kFirstDetectorEventId = 7500;

/// A list of events that gives references to their definitions.
class EventList {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = const EventDefinition;
    using difference_type = std::ptrdiff_t;
    using pointer = const EventDefinition*;
    using reference = const EventDefinition&;

    Iterator() = default;
    explicit Iterator(const EventDefinition* const* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return *at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const EventDefinition* const* at_ = nullptr;
  };

  explicit EventList(std::span<const EventDefinition* const> events) : events_(events) {}

  Iterator begin() const { return Iterator(events_.data()); }
  Iterator end() const { return Iterator(events_.data() + events_.size()); }
  std::size_t size() const { return events_.size(); }
  bool empty() const { return events_.empty(); }
  const EventDefinition& operator[](std::size_t index) const { return *events_[index]; }
  const EventDefinition& front() const { return *events_.front(); }
  const EventDefinition& back() const { return *events_.back(); }

 private:
  std::span<const EventDefinition* const> events_;
};

class Catalogue {
 public:
  /// The events of one moment, for Restore. Good until an older state is restored.
  struct State {
    std::vector<const EventDefinition*> events;
    std::size_t definitions = 0;
    std::map<std::string, std::uint32_t, std::less<>> ids;
  };

  /// Starts with the base events.
  Catalogue();
  Catalogue(Catalogue&&) = default;
  Catalogue& operator=(Catalogue&&) = default;

  /// Adds the event of a detector, whose name must be free, under the next id.
  void AddDetectorEvent(const DetectorDefinition& detector);

  /// From now on the events of these detectors, whose names are free, are the only ones beside the
  /// base events. New names get the next ids in the order given.
  void SetDetectorEvents(std::span<const DetectorDefinition* const> detectors);

  State Save() const;
  /// Undoes every change since `state` was saved; definitions made since are destroyed.
  void Restore(State state);

  /// All events, base events first, each group in the order of ids. Addresses are stable. The list
  /// itself is good until detectors come or go.
  EventList events() const { return EventList(events_); }

  /// The event of that name or id, or null.
  const EventDefinition* Find(std::string_view name) const;
  const EventDefinition* Find(std::uint32_t id) const;

  /// The events of a set, in the order of ids; empty when there is no such set.
  std::vector<const EventDefinition*> InSet(std::string_view set) const;

  /// Every name a selection may use: events and sets.
  std::vector<std::string> SelectableNames() const;

 private:
  const EventDefinition* Define(const DetectorDefinition& detector);

  std::deque<EventDefinition> definitions_;     // base events, then every other so far
  std::vector<const EventDefinition*> events_;  // the present ones, by id
  std::map<std::string, std::uint32_t, std::less<>>
      ids_;  // every name of a detector's event so far
};

}  // namespace wirehound
