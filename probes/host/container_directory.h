// SPDX-License-Identifier: Apache-2.0

// ContainerDirectory: the facts of each container, by id. The processes of events point into it,
// and the stores answer from it. Bounded: when it is full, the container that was used longest ago
// is forgotten. Dispatch thread.
//
// Facts that arrive later are written into the object that processes point to already, so that all
// their later events show them. A text that a detector may be reading is replaced only between two
// records.

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

/// The facts that a control group's path contains. The texts point into `name`.
wirehound_container_info InfoOf(const ContainerName& name, std::uint64_t cgroup_id);

/// The facts of one container.
class ContainerFacts {
 public:
  /// Longer texts are cut. Real names are shorter, but a runtime may send anything.
  static constexpr std::size_t kMaxTextBytes = 1024;

  /// `info` has an id.
  explicit ContainerFacts(const wirehound_container_info& info);
  ContainerFacts(const ContainerFacts&) = delete;
  ContainerFacts& operator=(const ContainerFacts&) = delete;

  /// Takes over every fact that `info` has, in place of the earlier one. Call between two records
  /// only. False when nothing changed.
  bool Update(const wirehound_container_info& info);
  /// Takes over the facts that are missing here. Call at any time: it changes no text that a
  /// detector could have read. False when nothing changed.
  bool Fill(const wirehound_container_info& info);

  /// A view into this object; its address never changes.
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
    /// Shared with the processes and answers that point into it: an event may show a container that
    /// the directory has forgotten.
    std::shared_ptr<ContainerFacts> facts;
    std::uint64_t seen_in_scan = 0;  ///< for the caller: the last scan of the groups that saw it
    bool gone = false;               ///< for the caller: a later scan did not see it
  };

  explicit ContainerDirectory(std::size_t capacity = kDefaultCapacity) : entries_(capacity) {}

  /// The container of this id, null when it is not known. Counts as use.
  Entry* Find(const std::string& id) { return entries_.Find(id); }

  /// The container of this id, created when it is not known. Counts as use.
  Entry& Of(const std::string& id);

  /// All containers, the last used first.
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }

  /// How many containers were forgotten to make room.
  std::uint64_t evicted() const { return entries_.evicted(); }

 private:
  RecentMap<std::string, Entry> entries_;
};

}  // namespace wirehound
