// SPDX-License-Identifier: Apache-2.0

// Events from text, one line each, for tests of detectors:
//
//   net_packet_dns src=10.0.0.1 dst_port=53 proto_dns.QR=1 proto_dns.answers.0.type=MX
//
// Paths are the names that JSON and the filters use (message_builder.h). Other fields are zero or
// empty, except those that follow from the given ones (event_defaults.h): `src` also sets the
// source in `metadata` and in the protocol headers, and the counts of lists are set. The catalogue
// must outlive the events. One thread.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/event/event.h"
#include "engine/testing/event_memory.h"
#include "engine/testing/words.h"

namespace wirehound {

/// An event that owns everything it points to. Must not be moved: `event` points into it.
struct TextEvent {
  Event event;
  std::vector<wirehound_field> fields;
  wirehound_process process{};
  EventMemory memory;
};

/// Makes the event `name`. Each of `words` sets a field, a `process.MEMBER` or `syscall`. A base
/// event has all its fields; in an event of a detector the fields that are not set are absent. The
/// error says which word is wrong, what was expected and the closest name.
Result<std::unique_ptr<TextEvent>> MakeEvent(const Catalogue& catalogue, std::string_view name,
                                             const std::vector<Word>& words);

/// The fields of an event, except messages and absent ones, and the members of its process, as
/// words that MakeEvent accepts.
std::vector<Word> FieldWords(const Event& event);
std::vector<Word> ProcessWords(const Event& event);

}  // namespace wirehound
