// SPDX-License-Identifier: Apache-2.0

// EventView: the event that OnEvent handles. FieldRef<T>: reads one field of it. A FieldRef is
// bound once in Init (InitContext::Bind); reading it then costs two loads and a bounds check.
// Dispatch thread; everything reached through a view is valid until OnEvent returns.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/container.h>
#include <wirehound/namespace.h>
#include <wirehound/views.h>

WIREHOUND_NAMESPACE_BEGIN

/// The process behind an event. All zero and empty when no process is known.
class ProcessView {
 public:
  explicit ProcessView(const wirehound_process& process) : process_(&process) {}
  /// Ids, times and namespaces: the members of wirehound_process.
  const wirehound_process* operator->() const { return process_; }
  std::string_view comm() const { return ToView(process_->comm); }
  std::string_view executable() const { return ToView(process_->executable); }
  std::string_view host_name() const { return ToView(process_->host_name); }
  std::string_view container_id() const { return ToView(process_->container_id); }
  /// The known facts of that container; nothing when the process is in none. The engine asks the
  /// runtime for name, image and pod, so they may be empty in the container's first events.
  std::optional<ContainerInfo> container() const {
    return WIREHOUND_HAS(process_, wirehound_process, container) && process_->container != nullptr
               ? std::optional<ContainerInfo>(ContainerInfo(*process_->container))
               : std::nullopt;
  }

 private:
  const wirehound_process* process_;
};

class EventView {
 public:
  explicit EventView(const wirehound_event& event) : event_(&event) {}

  /// Runtime id, as InitContext::ResolveEvent gave it.
  std::uint32_t id() const { return event_->event_id; }
  std::string_view name() const { return ToView(event_->name); }
  std::uint64_t timestamp_ns() const { return event_->timestamp_ns; }  ///< Unix epoch
  std::uint64_t sequence() const { return event_->sequence; }
  ProcessView process() const { return ProcessView(*event_->process); }
  std::string_view syscall() const { return ToView(event_->syscall); }

  /// The event that this detection was detected from; nothing for a base event and for the
  /// detection of a timer.
  std::optional<EventView> detected_from() const {
    return WIREHOUND_HAS(event_, wirehound_event, detected_from) && event_->detected_from != nullptr
               ? std::optional<EventView>(EventView(*event_->detected_from))
               : std::nullopt;
  }
  /// The first event of the chain of causes; this event when it has no cause.
  EventView root() const {
    EventView at = *this;
    for (std::optional<EventView> cause = detected_from(); cause; cause = at.detected_from()) {
      at = *cause;
    }
    return at;
  }
  /// The number of events in the chain of causes: 0 for a base event.
  std::size_t chain_depth() const {
    std::size_t depth = 0;
    for (std::optional<EventView> at = detected_from(); at; at = at->detected_from()) {
      ++depth;
    }
    return depth;
  }

  /// The field at `slot`, or null when the event has none there.
  const wirehound_field* field(std::uint32_t slot) const {
    if (slot >= event_->field_count) {
      return nullptr;
    }
    const wirehound_field* field = event_->fields + slot;
    return (field->flags & WIREHOUND_FIELD_ABSENT) != 0 ? nullptr : field;
  }
  const wirehound_event& abi() const { return *event_; }

 private:
  const wirehound_event* event_;
};

/// Maps a C++ type to the type of a field and reads its value.
template <typename T>
struct FieldTraits;

#define WIREHOUND_SCALAR_FIELD(cpp_type, tag, expression)                     \
  template <>                                                                 \
  struct FieldTraits<cpp_type> {                                              \
    static constexpr std::uint32_t kType = tag;                               \
    static cpp_type Read(const wirehound_value& value) { return expression; } \
  }

WIREHOUND_SCALAR_FIELD(bool, WIREHOUND_TYPE_BOOL, value.unsigned_integer != 0);
WIREHOUND_SCALAR_FIELD(std::int32_t, WIREHOUND_TYPE_INT32,
                       static_cast<std::int32_t>(value.signed_integer));
WIREHOUND_SCALAR_FIELD(std::int64_t, WIREHOUND_TYPE_INT64, value.signed_integer);
WIREHOUND_SCALAR_FIELD(std::uint16_t, WIREHOUND_TYPE_UINT16,
                       static_cast<std::uint16_t>(value.unsigned_integer));
WIREHOUND_SCALAR_FIELD(std::uint32_t, WIREHOUND_TYPE_UINT32,
                       static_cast<std::uint32_t>(value.unsigned_integer));
WIREHOUND_SCALAR_FIELD(std::uint64_t, WIREHOUND_TYPE_UINT64, value.unsigned_integer);
WIREHOUND_SCALAR_FIELD(double, WIREHOUND_TYPE_DOUBLE, value.real);
WIREHOUND_SCALAR_FIELD(std::string_view, WIREHOUND_TYPE_STRING, ToView(value.text));
WIREHOUND_SCALAR_FIELD(wirehound_bytes, WIREHOUND_TYPE_BYTES, value.bytes);
WIREHOUND_SCALAR_FIELD(TextList, WIREHOUND_TYPE_STRING_LIST, TextList(value.list));
WIREHOUND_SCALAR_FIELD(DnsQuestions, WIREHOUND_TYPE_DNS_QUESTIONS, DnsQuestions(value.list));
WIREHOUND_SCALAR_FIELD(DnsResponses, WIREHOUND_TYPE_DNS_RESPONSES, DnsResponses(value.list));
#undef WIREHOUND_SCALAR_FIELD

#define WIREHOUND_MESSAGE_FIELD(cpp_type, c_type, tag)             \
  template <>                                                      \
  struct FieldTraits<cpp_type> {                                   \
    static constexpr std::uint32_t kType = tag;                    \
    static cpp_type Read(const wirehound_value& value) {           \
      return cpp_type(*static_cast<const c_type*>(value.message)); \
    }                                                              \
  }

WIREHOUND_MESSAGE_FIELD(Address, wirehound_address, WIREHOUND_TYPE_ADDRESS);
WIREHOUND_MESSAGE_FIELD(PacketMetadata, wirehound_packet_metadata, WIREHOUND_TYPE_PACKET_METADATA);
WIREHOUND_MESSAGE_FIELD(wirehound_ipv4, wirehound_ipv4, WIREHOUND_TYPE_IPV4);
WIREHOUND_MESSAGE_FIELD(wirehound_ipv6, wirehound_ipv6, WIREHOUND_TYPE_IPV6);
WIREHOUND_MESSAGE_FIELD(wirehound_tcp, wirehound_tcp, WIREHOUND_TYPE_TCP);
WIREHOUND_MESSAGE_FIELD(wirehound_udp, wirehound_udp, WIREHOUND_TYPE_UDP);
WIREHOUND_MESSAGE_FIELD(wirehound_icmp, wirehound_icmp, WIREHOUND_TYPE_ICMP);
WIREHOUND_MESSAGE_FIELD(wirehound_icmpv6, wirehound_icmpv6, WIREHOUND_TYPE_ICMPV6);
WIREHOUND_MESSAGE_FIELD(Dns, wirehound_dns, WIREHOUND_TYPE_DNS);
WIREHOUND_MESSAGE_FIELD(Http, wirehound_http, WIREHOUND_TYPE_HTTP);
#undef WIREHOUND_MESSAGE_FIELD

/// A bound field. An unbound one reads as absent.
template <typename T>
class FieldRef {
 public:
  FieldRef() = default;
  explicit FieldRef(std::uint32_t slot) : slot_(slot) {}

  /// The value; nothing when this event has none.
  std::optional<T> Get(const EventView& event) const {
    const wirehound_field* field = event.field(slot_);
    if (field == nullptr || field->type != FieldTraits<T>::kType) {
      return std::nullopt;
    }
    return FieldTraits<T>::Read(field->value);
  }

 private:
  std::uint32_t slot_ = UINT32_MAX;
};

WIREHOUND_NAMESPACE_END
