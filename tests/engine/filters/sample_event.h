// SPDX-License-Identifier: Apache-2.0

// SampleEvent: an event with a single value, at a path into its definition. It is made from the
// catalogue alone, so tests can go through every field.

#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/event_definition.h"
#include "engine/event/event.h"

namespace wirehound::test {

/// The members that a path through messages leads through.
using MemberPath = std::vector<const MemberSchema*>;

/// One value of each kind. For a number shown as text the caller chooses the number.
struct SampleValues {
  static constexpr std::uint8_t kUint8 = 200;
  static constexpr std::uint16_t kUint16 = 40'000;
  static constexpr std::uint32_t kUint32 = 4'000'000'000;
  static constexpr std::int64_t kInt64 = -5'000'000'000;
  static constexpr std::string_view kText = "Host.Example";
  static constexpr std::uint8_t kBytes[] = {0xde, 0xad, 0xbe, 0xef};
  static constexpr wirehound_address kAddress = {{192, 0, 2, 7}, WIREHOUND_FAMILY_IPV4, {}};
  static constexpr std::string_view kHeader = "X-Test";

  std::uint16_t text_number = 1;
};

class SampleEvent {
 public:
  explicit SampleEvent(const EventDefinition& definition)
      : fields_(definition.fields.size(), wirehound_field{0, WIREHOUND_FIELD_ABSENT, {}}) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      fields_[i].type = definition.fields[i].type;
    }
    view_.struct_size = kEventViewSize;
    view_.event_id = definition.id;
    view_.process = &process_;
    view_.fields = fields_.data();
    view_.field_count = static_cast<std::uint32_t>(fields_.size());
  }
  SampleEvent(const SampleEvent&) = delete;
  SampleEvent& operator=(const SampleEvent&) = delete;

  const wirehound_event& view() const { return view_; }
  wirehound_event& view() { return view_; }
  wirehound_process& process() { return process_; }

  /// The value of a field, which is no longer absent after the call.
  wirehound_value& Field(std::size_t index) {
    fields_[index].flags = 0;
    return fields_[index].value;
  }

  /// Sets the value at the end of `path` inside a field.
  void Put(std::size_t index, const MemberPath& path, const SampleValues& values) {
    wirehound_value& field = Field(index);
    const std::uint32_t type = fields_[index].type;
    void* message = Memory();
    if (type == WIREHOUND_TYPE_DNS_QUESTIONS || type == WIREHOUND_TYPE_DNS_RESPONSES) {
      field.list = {message, 1, kMessageBytes};
    } else {
      field.message = message;
    }
    for (const MemberSchema* member : path) {
      message = Enter(message, *member, values);
    }
  }

  /// Zeroed memory that lives as long as the object.
  void* Memory() { return memory_.emplace_back(std::make_unique<Room>())->bytes; }

 private:
  static constexpr std::uint32_t kMessageBytes = 512;
  struct Room {
    alignas(std::max_align_t) char bytes[kMessageBytes] = {};
  };

  template <typename T>
  static void Write(void* at, const T& value) {
    std::memcpy(at, &value, sizeof(value));
  }

  // Adds the member and returns the message in it, or null if it is a value.
  void* Enter(void* owner, const MemberSchema& member, const SampleValues& values) {
    void* at = Find(owner, member);
    switch (member.kind) {
      case MemberKind::kMessage:
        return at;
      case MemberKind::kMessageList: {
        void* element = Memory();
        Write(at, wirehound_list{element, 1, kMessageBytes});
        return element;
      }
      default:
        PutValue(at, member.kind, values);
        return nullptr;
    }
  }

  // Only DNS records have members that depend on other data: their type. Tries records of every
  // type, with data of every kind, until one has this member.
  void* Find(void* owner, const MemberSchema& member) {
    if (member.locate == nullptr) {
      return static_cast<char*>(owner) + member.offset;
    }
    auto& record = *static_cast<wirehound_dns_record*>(owner);
    record.data = Memory();
    for (record.data_kind = 0; record.data_kind <= WIREHOUND_DNS_DATA_SSHFP; ++record.data_kind) {
      for (unsigned type = 0; type < 1024; ++type) {
        record.type = static_cast<std::uint16_t>(type);
        if (const void* found = member.locate(owner)) {
          return const_cast<void*>(found);
        }
      }
    }
    FAIL("no DNS record has '" << std::string(member.name) << "': teach this test how to make one");
    return nullptr;
  }

  template <typename T>
  void PutList(void* at, const T& element) {
    void* memory = Memory();
    Write(memory, element);
    Write(at, wirehound_list{memory, 1, sizeof(T)});
  }

  void PutValue(void* at, MemberKind kind, const SampleValues& values) {
    const wirehound_string text = {SampleValues::kText.data(), SampleValues::kText.size()};
    switch (kind) {
      case MemberKind::kUint8:
        return Write(at, SampleValues::kUint8);
      case MemberKind::kUint16:
        return Write(at, SampleValues::kUint16);
      case MemberKind::kUint32:
        return Write(at, SampleValues::kUint32);
      case MemberKind::kInt64:
        return Write(at, SampleValues::kInt64);
      case MemberKind::kText8:
        return Write(at, static_cast<std::uint8_t>(values.text_number));
      case MemberKind::kText16:
        return Write(at, values.text_number);
      case MemberKind::kString:
        return Write(at, text);
      case MemberKind::kRawString:
        return Write(at,
                     wirehound_bytes{reinterpret_cast<const std::uint8_t*>(text.data), text.size});
      case MemberKind::kHex:
        return Write(at, wirehound_bytes{SampleValues::kBytes, sizeof(SampleValues::kBytes)});
      case MemberKind::kAddress:
        return Write(at, SampleValues::kAddress);
      case MemberKind::kStringList:
        return PutList(at, text);
      case MemberKind::kTextList16:
        return PutList(at, values.text_number);
      case MemberKind::kHeaderMap:
        return PutList(at, wirehound_http_header{
                               {SampleValues::kHeader.data(), SampleValues::kHeader.size()}, text});
      case MemberKind::kMessage:
      case MemberKind::kMessageList:
        FAIL("a path ends at a message");
    }
  }

  std::deque<std::unique_ptr<Room>> memory_;
  wirehound_process process_{};
  std::vector<wirehound_field> fields_;
  wirehound_event view_{};
};

}  // namespace wirehound::test
