// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/event_text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <wirehound/views.h>

#include "decoders/core/address_text.h"
#include "engine/catalogue/fact_schema.h"
#include "engine/catalogue/schema_members.h"
#include "engine/testing/event_defaults.h"
#include "engine/testing/message_builder.h"
#include "engine/testing/value_text.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

using enum MemberKind;

constexpr std::string_view kProcessPrefix = "process.";

// The facts are ids, times and texts. None is negative, so two kinds of number are enough for all.
constexpr MemberKind KindOf(const FactSchema& fact) {
  switch (fact.kind) {
    case FactKind::kUint64:
      return kInt64;
    case FactKind::kString:
      return kString;
    default:
      return kUint32;
  }
}

constexpr auto kProcessMembers = [] {
  std::array<MemberSchema, kProcessFacts.size()> members{};
  for (std::size_t i = 0; i < members.size(); ++i) {
    members[i] = At(kProcessFacts[i].name, KindOf(kProcessFacts[i]), kProcessFacts[i].offset);
  }
  return members;
}();
constexpr MessageSchema kProcessSchema = {"process", kProcessMembers, sizeof(wirehound_process)};

bool IsList(std::uint32_t type) {
  return type == WIREHOUND_TYPE_DNS_QUESTIONS || type == WIREHOUND_TYPE_DNS_RESPONSES;
}

// Allocates the empty message or address of a field that needs one.
void Prepare(const EventField& field, wirehound_field& place, EventMemory& memory) {
  place.type = field.type;
  if (field.type == WIREHOUND_TYPE_ADDRESS) {
    place.value.message = memory.Allocate(sizeof(wirehound_address));
  } else if (field.message != nullptr && !IsList(field.type)) {
    void* message = memory.Allocate(field.message->bytes);
    const auto size = static_cast<std::uint32_t>(field.message->bytes);
    std::memcpy(message, &size, sizeof(size));  // every message begins with its struct_size
    place.value.message = message;
  }
}

// Describes a field as if it were the member of a struct, for MessageBuilder, with the place of its
// value.
std::pair<MemberSchema, void*> AsMember(const EventField& field, wirehound_field& place) {
  void* message = const_cast<void*>(place.value.message);  // writable: Prepare allocated it
  switch (field.type) {
    case WIREHOUND_TYPE_STRING:
      return {At(field.name, kString, 0), &place.value};
    case WIREHOUND_TYPE_BYTES:
      return {At(field.name, kHex, 0), &place.value};
    case WIREHOUND_TYPE_STRING_LIST:
      return {At(field.name, kStringList, 0), &place.value};
    case WIREHOUND_TYPE_ADDRESS:
      return {At(field.name, kAddress, 0), message};
    case WIREHOUND_TYPE_DNS_QUESTIONS:
    case WIREHOUND_TYPE_DNS_RESPONSES:
      return {ListAt(field.name, 0, *field.message), &place.value};
    default:
      return {{.name = field.name, .kind = kMessage, .message = field.message}, message};
  }
}

Status SetUnsigned(Result<std::uint64_t> number, wirehound_value& value) {
  value.unsigned_integer = WIREHOUND_TRY(std::move(number));
  return {};
}

Status SetSigned(Result<std::int64_t> number, wirehound_value& value) {
  value.signed_integer = WIREHOUND_TRY(std::move(number));
  return {};
}

Status SetDouble(Result<double> number, wirehound_value& value) {
  value.real = WIREHOUND_TRY(std::move(number));
  return {};
}

Status SetField(const EventField& field, wirehound_field& place, std::string_view path,
                std::string_view value, EventMemory& memory) {
  place.flags &= ~WIREHOUND_FIELD_ABSENT;
  const bool is_number = field.type <= WIREHOUND_TYPE_DOUBLE;
  if (is_number && !path.empty()) {
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("nothing is inside it, so '.{}' is too much", path));
  }
  switch (field.type) {
    case WIREHOUND_TYPE_BOOL: {
      const Result<bool> flag = BoolFromText(value);
      place.value.unsigned_integer = flag && *flag ? 1 : 0;
      return flag ? Status() : Error(flag.error());
    }
    case WIREHOUND_TYPE_INT32:
      return SetSigned(SignedFromText(value, INT32_MIN, INT32_MAX), place.value);
    case WIREHOUND_TYPE_INT64:
      return SetSigned(SignedFromText(value, INT64_MIN, INT64_MAX), place.value);
    case WIREHOUND_TYPE_UINT16:
      return SetUnsigned(UnsignedFromText(value, UINT16_MAX), place.value);
    case WIREHOUND_TYPE_UINT32:
      return SetUnsigned(UnsignedFromText(value, UINT32_MAX), place.value);
    case WIREHOUND_TYPE_UINT64:
      return SetUnsigned(UnsignedFromText(value, UINT64_MAX), place.value);
    case WIREHOUND_TYPE_DOUBLE:
      return SetDouble(DoubleFromText(value), place.value);
    default: {
      const auto [member, at] = AsMember(field, place);
      return MessageBuilder(memory).SetValue(member, at, path, value);
    }
  }
}

Error UnknownField(const EventDefinition& event, std::string_view name) {
  std::vector<std::string> names;
  for (const EventField& field : event.fields) {
    names.push_back(field.name);
  }
  names.insert(names.end(), {"process", "syscall"});
  const std::string hint = DidYouMean(name, names);
  return {ErrorCode::kInvalidInput, fmt::format("{} has no field '{}'{}{}", event.name, name,
                                                hint.empty() ? "" : "; ", hint)};
}

Status SetByPath(TextEvent& event, std::string_view path, std::string_view value) {
  const EventDefinition& definition = *event.event.definition;
  const std::size_t dot = path.find('.');
  const std::string_view name = path.substr(0, dot);
  const int index = definition.FieldIndex(name);
  if (index < 0) {
    return UnknownField(definition, name);
  }
  const auto place = static_cast<std::size_t>(index);
  const std::string_view rest = dot < path.size() ? path.substr(dot + 1) : std::string_view();
  return SetField(definition.fields[place], event.fields[place], rest, value, event.memory);
}

// Sets the field of the event, of its process or of its context that one word names.
Status SetWord(TextEvent& event, const Word& word) {
  if (!word.has_value) {
    return Error(ErrorCode::kInvalidInput, "expected FIELD=VALUE");
  }
  if (word.name == "syscall" && event.event.definition->FieldIndex("syscall") < 0) {
    event.event.view.syscall = event.memory.Text(word.value);
    return {};
  }
  if (word.name.substr(0, kProcessPrefix.size()) == kProcessPrefix) {
    event.event.view.owner_source = WIREHOUND_OWNER_CURRENT;
    return MessageBuilder(event.memory)
        .Set(kProcessSchema, &event.process,
             std::string_view(word.name).substr(kProcessPrefix.size()), word.value);
  }
  return SetByPath(event, word.name, word.value);
}

std::unique_ptr<TextEvent> EmptyEvent(const EventDefinition& definition) {
  auto made = std::make_unique<TextEvent>();
  made->fields.resize(definition.fields.size());
  for (std::size_t i = 0; i < made->fields.size(); ++i) {
    Prepare(definition.fields[i], made->fields[i], made->memory);
    made->fields[i].flags = definition.detector_id.empty() ? 0 : WIREHOUND_FIELD_ABSENT;
  }
  made->process.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container);
  made->event.definition = &definition;
  wirehound_event& view = made->event.view;
  view.struct_size = kEventViewSize;
  view.event_id = definition.id;
  view.schema_major = definition.version.major;
  view.schema_minor = definition.version.minor;
  view.process = &made->process;
  view.fields = made->fields.data();
  view.field_count = static_cast<std::uint32_t>(made->fields.size());
  view.name = FromView(definition.name);
  return made;
}

std::string AddressText(const wirehound_address& address) {
  char buffer[kAddressTextBytes];
  return std::string(FormatAddress(address, buffer));
}

std::string HexText(const wirehound_bytes& bytes) {
  std::string text;
  for (std::uint64_t i = 0; i < bytes.size; ++i) {
    text += fmt::format("{:02x}", bytes.data[i]);
  }
  return text;
}

std::string ScalarText(const wirehound_field& field) {
  switch (field.type) {
    case WIREHOUND_TYPE_BOOL:
      return field.value.unsigned_integer != 0 ? "true" : "false";
    case WIREHOUND_TYPE_INT32:
    case WIREHOUND_TYPE_INT64:
      return std::to_string(field.value.signed_integer);
    case WIREHOUND_TYPE_DOUBLE:
      return fmt::format("{}", field.value.real);
    case WIREHOUND_TYPE_STRING:
      return std::string(ToView(field.value.text));
    case WIREHOUND_TYPE_BYTES:
      return HexText(field.value.bytes);
    case WIREHOUND_TYPE_ADDRESS:
      return AddressText(*static_cast<const wirehound_address*>(field.value.message));
    default:
      return std::to_string(field.value.unsigned_integer);
  }
}

}  // namespace

Result<std::unique_ptr<TextEvent>> MakeEvent(const Catalogue& catalogue, std::string_view name,
                                             const std::vector<Word>& words) {
  const EventDefinition* definition = catalogue.Find(name);
  if (definition == nullptr) {
    std::vector<std::string> names;
    for (const EventDefinition& event : catalogue.events()) {
      names.push_back(event.name);
    }
    const std::string hint = DidYouMean(name, names);
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("no event '{}'{}{}", name, hint.empty() ? "" : "; ", hint));
  }
  std::unique_ptr<TextEvent> event = EmptyEvent(*definition);
  for (const Word& word : words) {
    if (Status status = SetWord(*event, word); !status) {
      return std::move(status).error().WithContext(WriteWord(word));
    }
  }
  if (event->event.view.owner_source != WIREHOUND_OWNER_NONE) {
    CompleteProcess(event->process);
  }
  const SetPath set = [&event](std::string_view path, std::string_view value) {
    return SetByPath(*event, path, value);
  };
  WIREHOUND_TRY(definition->detector_id.empty() ? CompleteEvent(*event, words, set) : Status());
  return event;
}

std::vector<Word> FieldWords(const Event& event) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < event.view.field_count; ++i) {
    const EventField& definition = event.definition->fields[i];
    const wirehound_field& field = event.view.fields[i];
    if ((field.flags & WIREHOUND_FIELD_ABSENT) != 0 || definition.message != nullptr) {
      continue;
    }
    if (field.type != WIREHOUND_TYPE_STRING_LIST) {
      words.push_back({definition.name, ScalarText(field), true});
      continue;
    }
    std::size_t index = 0;
    for (const std::string_view text : TextList(field.value.list)) {
      words.push_back({fmt::format("{}.{}", definition.name, index++), std::string(text), true});
    }
  }
  return words;
}

std::vector<Word> ProcessWords(const Event& event) {
  std::vector<Word> words;
  for (const MemberSchema& member : kProcessMembers) {
    const void* place = member.Find(event.view.process);
    std::string text;
    if (member.kind == kString) {
      text = ToView(*static_cast<const wirehound_string*>(place));
    } else if (member.kind == kUint32) {
      text = std::to_string(*static_cast<const std::uint32_t*>(place));
    } else {
      text = std::to_string(*static_cast<const std::int64_t*>(place));
    }
    if (event.view.owner_source != WIREHOUND_OWNER_NONE) {
      words.push_back({fmt::format("{}{}", kProcessPrefix, member.name), std::move(text), true});
    }
  }
  return words;
}

}  // namespace wirehound
