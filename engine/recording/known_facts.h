// SPDX-License-Identifier: Apache-2.0

// KnownFacts: the processes and containers a recorder has learnt, as the texts it writes, so that a
// file that begins later gets the facts its packets need. Bounded: the fact used longest ago makes
// room, and a file begun after that lacks it. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/recent_map.h"
#include "engine/recording/facts_json.h"
#include "probes/capture/record.h"

namespace wirehound {

class KnownFacts {
 public:
  static constexpr std::size_t kMaxOwners = 8192;
  static constexpr std::size_t kMaxProcesses = 8192;
  static constexpr std::size_t kMaxContainers = 4096;

  /// The owner of packets. A version is never used twice, and changes with what is known.
  struct Owner {
    std::uint64_t version = 0;
    std::uint32_t entity_id = 0;
    std::string container_id;
    std::string json;   ///< JsonOfProcess
    std::string human;  ///< "curl[1234] uid 0 container 3f2a1b4c5d6e"
    // The facts it was made from.
    wirehound_process process{};  // without its texts
    std::string comm;
    std::string executable;
    std::string host_name;
  };

  /// A process by its entity id, or a container.
  struct Known {
    std::uint64_t version = 0;
    std::uint32_t parent_entity_id = 0;
    std::string json;    ///< JsonOfNotice as of kFound, or JsonOfContainer
    std::string exited;  ///< JsonOfNotice of its end, "" while it runs
  };

  /// The owner of a record that has one. Valid until the next call.
  const Owner& OwnerOf(const Record& record);

  const Known& Learn(const ProcessNotice& notice);
  const Known& Learn(const wirehound_container_info& container);

  /// Null when it was never learnt, or was forgotten.
  const Known* Process(std::uint32_t entity_id) { return processes_.Find(entity_id); }
  const Known* Container(const std::string& id) { return containers_.Find(id); }

  /// Changes whenever a notice brings something new.
  std::uint64_t lessons() const { return lessons_; }

 private:
  std::uint64_t last_version_ = 0;
  std::uint64_t lessons_ = 0;
  RecentMap<std::uint64_t, Owner> owners_{kMaxOwners};
  RecentMap<std::uint32_t, Known> processes_{kMaxProcesses};
  RecentMap<std::string, Known> containers_{kMaxContainers};
};

}  // namespace wirehound
