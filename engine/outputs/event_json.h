// SPDX-License-Identifier: Apache-2.0

// One event as one JSON object: the keys, their order and their value types are a published
// format (docs/output.md). Dispatch thread.
//
// Text that is the same for many events is kept: that of the definition, and that of the process,
// which often sends many packets in a row. Kept text is used only when the process it was made from
// is the same, byte for byte.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "engine/event/event.h"
#include "engine/outputs/json_buffer.h"
#include "engine/outputs/message_json.h"

namespace wirehound {

/// The texts of one process.
class ProcessJson {
 public:
  /// Whether the texts are this process's: its numbers and what its strings hold now, as the
  /// facts of a process may be renewed in place.
  bool IsOf(const wirehound_process& process) const;
  void Make(const wirehound_process& process);

  std::string start;     ///< up to where the processor stands
  std::string facts;     ///< from there to "kubernetes"
  std::string entities;  ///< the three entity ids, up to the arguments

 private:
  wirehound_process process_{};           ///< its strings may dangle: strings_ has their bytes
  wirehound_container_info container_{};  ///< likewise
  std::string strings_;                   ///< what they held, one after the other
};

/// Writes events. Definitions are told apart by their address: they must live as long as this.
class EventJson {
 public:
  /// Appends the object, without a line end.
  void Append(JsonBuffer& buffer, const Event& event);

 private:
  /// What a definition says, as text.
  struct DefinitionJson {
    struct Field {
      std::string key;  ///< `},{"name":"…","type":"…","value":`
      std::uint32_t type;
      MessageJson* message;
    };
    std::string head;  ///< from "eventId" to where the number of arguments stands
    std::vector<Field> fields;
  };

  /// Processes that are kept: a slot of a table each, chosen by id.
  static constexpr std::size_t kKeptProcesses = 64;

  const ProcessJson& ProcessOf(const wirehound_process& process);
  const DefinitionJson& DefinitionOf(const EventDefinition& definition);
  char* WriteHead(JsonBuffer& buffer, char* out, const wirehound_event& view,
                  const DefinitionJson& definition);
  char* WriteArguments(JsonBuffer& buffer, char* out, const wirehound_event& view,
                       const DefinitionJson& definition);
  char* WriteDetection(JsonBuffer& buffer, char* out, const Event& event);
  char* WriteCause(JsonBuffer& buffer, char* out, std::string_view key, const Event& cause);

  MessageJsonSet messages_;
  std::unordered_map<const EventDefinition*, std::unique_ptr<DefinitionJson>> definitions_;
  std::array<ProcessJson, kKeptProcesses> processes_;
};

}  // namespace wirehound
