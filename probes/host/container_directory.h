// SPDX-License-Identifier: Apache-2.0

// ContainerDirectory: what is known of each container, by id: one place for the processes of
// events, which point here, and for the stores. Bounded: the one that was used longest ago goes
// first. Dispatch thread.
//
// What is learnt later is filled into the object that processes point to already, so that all their
// later events show it. Text that somebody may be reading is only replaced between two records.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <wirehound/abi/stores_abi.h>

#include "base/recent_map.h"
#include "probes/host/container_id.h"

namespace wirehound {

/// What the path of a control group tells, as a source tells it. Points into `name`.
wirehound_container_info InfoOf(const ContainerName& name, std::uint64_t cgroup_id);

/// What is known of one container.
class ContainerFacts {
 public:
  /// A longer text is cut. Names are shorter, but a runtime may say anything.
  static constexpr std::size_t kMaxTextBytes = 1024;

  /// `info` has an id.
  explicit ContainerFacts(const wirehound_container_info& info);
  ContainerFacts(const ContainerFacts&) = delete;
  ContainerFacts& operator=(const ContainerFacts&) = delete;

  /// Takes over whatever `info` knows, in place of what was known. Between two records only. False
  /// when nothing of it was news.
  bool Take(const wirehound_container_info& info);
  /// Takes over what was not known. At any time: no text changes that somebody could have read.
  bool Fill(const wirehound_container_info& info);

  /// Points into this object, always to the same place.
  const wirehound_container_info& info() const { return info_; }

 private:
  static constexpr std::size_t kTexts = 8;
  enum class Known : unsigned char { kReplace, kKeep };

  bool Merge(const wirehound_container_info& info, Known known);
  bool MergeNumbers(const wirehound_container_info& info, Known known);

  std::string texts_[kTexts];  // of the members of info_ in order
  wirehound_container_info info_{};
};

class ContainerDirectory {
 public:
  static constexpr std::size_t kDefaultCapacity = 4096;

  struct Entry {
    /// Shared with the processes and answers that point to it: being forgotten here does not free
    /// what an event still shows.
    std::shared_ptr<ContainerFacts> facts;
    std::uint64_t seen_in_scan = 0;  ///< of whoever looks through the groups
    bool gone = false;               ///< likewise
  };

  explicit ContainerDirectory(std::size_t capacity = kDefaultCapacity) : entries_(capacity) {}

  /// Null when it is not known. Counts as use.
  Entry* Find(const std::string& id) { return entries_.Find(id); }

  /// The container of this id, which is made when it is not known.
  Entry& Of(const std::string& id);

  /// All, the last used first.
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }

  /// How many were forgotten to make room.
  std::uint64_t evicted() const { return entries_.evicted(); }

 private:
  RecentMap<std::string, Entry> entries_;
};

}  // namespace wirehound
