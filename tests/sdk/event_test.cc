// SPDX-License-Identifier: Apache-2.0

// EventView and FieldRef: reading an event, and reading fields that are absent or of another type.

#include <wirehound/event.h>

#include <array>
#include <cstdint>
#include <string_view>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace event_test {

// An event with a field of each scalar type, in the order of the types.
struct TestEvent {
  TestEvent() {
    const auto set = [this](std::uint32_t type, wirehound_value value) {
      fields[type - 1] = {type, 0, value};
    };
    set(WIREHOUND_TYPE_BOOL, {.unsigned_integer = 1});
    set(WIREHOUND_TYPE_INT32, {.signed_integer = -1});
    set(WIREHOUND_TYPE_INT64, {.signed_integer = INT64_MIN});
    set(WIREHOUND_TYPE_UINT16, {.unsigned_integer = 65535});
    set(WIREHOUND_TYPE_UINT32, {.unsigned_integer = UINT32_MAX});
    set(WIREHOUND_TYPE_UINT64, {.unsigned_integer = UINT64_MAX});
    set(WIREHOUND_TYPE_DOUBLE, {.real = 0.25});
    set(WIREHOUND_TYPE_STRING, {.text = {"text", 4}});
    set(WIREHOUND_TYPE_BYTES, {.bytes = {nullptr, 0}});
    set(WIREHOUND_TYPE_ADDRESS, {.message = &address});
    event.event_id = 2006;
    event.timestamp_ns = 5;
    event.sequence = 9;
    event.name = {"name", 4};
    event.syscall = {"sendto", 6};
    event.process = &process;
    event.fields = fields.data();
    event.field_count = static_cast<std::uint32_t>(fields.size());
  }

  template <typename T>
  std::optional<T> Get() const {
    return FieldRef<T>(FieldTraits<T>::kType - 1).Get(EventView(event));
  }

  wirehound_address address = {{10, 0, 0, 1}, WIREHOUND_FAMILY_IPV4, {}};
  wirehound_process process{};
  std::array<wirehound_field, 10> fields{};
  wirehound_event event{};
};

TEST_CASE("event: a bound field reads as its type") {
  const TestEvent event;
  CHECK(event.Get<bool>() == true);
  CHECK(event.Get<std::int32_t>() == -1);
  CHECK(event.Get<std::int64_t>() == INT64_MIN);
  CHECK(event.Get<std::uint16_t>() == 65535);
  CHECK(event.Get<std::uint32_t>() == UINT32_MAX);
  CHECK(event.Get<std::uint64_t>() == UINT64_MAX);
  CHECK(event.Get<double>() == 0.25);
  CHECK(event.Get<std::string_view>() == "text");
  CHECK(event.Get<wirehound_bytes>()->size == 0);
  CHECK(event.Get<Address>() == Address(event.address));
}

TEST_CASE("event: a field that is absent, unbound, out of range or of another type is nothing") {
  TestEvent event;
  const EventView view(event.event);
  CHECK_FALSE(FieldRef<bool>().Get(view).has_value());
  CHECK_FALSE(FieldRef<bool>(10).Get(view).has_value());
  CHECK_FALSE(FieldRef<std::uint16_t>(WIREHOUND_TYPE_UINT32 - 1).Get(view).has_value());
  event.fields[0].flags = WIREHOUND_FIELD_ABSENT;
  CHECK_FALSE(event.Get<bool>().has_value());
  event.fields[0].flags = WIREHOUND_FIELD_TRUNCATED;
  CHECK(event.Get<bool>().has_value());
}

// The value of a field of `type` with `value`, read as T.
template <typename T>
std::optional<T> Read(std::uint32_t type, const wirehound_value& value) {
  const wirehound_field field = {type, 0, value};
  wirehound_event event{};
  event.fields = &field;
  event.field_count = 1;
  return FieldRef<T>(0).Get(EventView(event));
}

TEST_CASE("event: it has the container of its process if the host knows it") {
  TestEvent event;
  wirehound_container_info info{};
  info.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
  info.name = {"web", 3};
  info.image_digest = {"sha256:0", 8};
  event.process.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container);
  CHECK_FALSE(EventView(event.event).process().container().has_value());
  event.process.container = &info;
  const std::optional<ContainerInfo> container = EventView(event.event).process().container();
  REQUIRE(container.has_value());
  CHECK(container->name() == "web");
  CHECK(container->image_digest() == "sha256:0");
  CHECK(container->pod_name().empty());
  CHECK_FALSE(container->is_pod_sandbox());
  info.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, pod_uid);
  CHECK(container->image_digest().empty());
  event.process.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container_id);
  CHECK_FALSE(EventView(event.event).process().container().has_value());
}

TEST_CASE("event: messages and lists of messages are read through their views") {
  wirehound_icmp icmp{};
  icmp.id = 7;
  wirehound_icmpv6 icmpv6{};
  icmpv6.type = 128;
  wirehound_http http{};
  http.method = FromView("GET");
  const wirehound_dns_question question = {FromView("q"), 1, 1, 0, {}};
  const wirehound_dns_response response = {question, {nullptr, 0, sizeof(wirehound_dns_answer)}};
  const wirehound_list questions = {&question, 1, sizeof(question)};
  const wirehound_list responses = {&response, 1, sizeof(response)};
  CHECK(Read<wirehound_icmp>(WIREHOUND_TYPE_ICMP, {.message = &icmp})->id == 7);
  CHECK(Read<wirehound_icmpv6>(WIREHOUND_TYPE_ICMPV6, {.message = &icmpv6})->type == 128);
  CHECK(Read<Http>(WIREHOUND_TYPE_HTTP, {.message = &http})->method() == "GET");
  const auto asked = Read<DnsQuestions>(WIREHOUND_TYPE_DNS_QUESTIONS, {.list = questions});
  REQUIRE(asked.has_value());
  CHECK((*asked->begin()).name() == "q");
  const auto answered = Read<DnsResponses>(WIREHOUND_TYPE_DNS_RESPONSES, {.list = responses});
  REQUIRE(answered.has_value());
  CHECK((*answered->begin()).query().name() == "q");
  CHECK_FALSE(Read<Http>(WIREHOUND_TYPE_DNS, {.message = &http}).has_value());
}

TEST_CASE("event: it has its id, name, time, sequence, system call and process") {
  TestEvent event;
  event.process.pid = 42;
  event.process.comm = {"dig", 3};
  const EventView view(event.event);
  CHECK(view.id() == 2006);
  CHECK(view.name() == "name");
  CHECK(view.timestamp_ns() == 5);
  CHECK(view.sequence() == 9);
  CHECK(view.syscall() == "sendto");
  CHECK(view.process()->pid == 42);
  CHECK(view.process().comm() == "dig");
  CHECK(view.process().executable().empty());
}

TEST_CASE("event: the chain of causes is followed to its root") {
  const wirehound_event base = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_event, detected_from), .event_id = 1};
  wirehound_event middle = base;
  middle.event_id = 2;
  middle.detected_from = &base;
  wirehound_event last = base;
  last.event_id = 3;
  last.detected_from = &middle;
  const EventView view(last);
  REQUIRE(view.detected_from().has_value());
  CHECK(view.detected_from()->id() == 2);
  CHECK(view.root().id() == 1);
  CHECK(view.chain_depth() == 2);
  CHECK_FALSE(EventView(base).detected_from().has_value());
  CHECK(EventView(base).root().id() == 1);
  CHECK(EventView(base).chain_depth() == 0);
}

TEST_CASE("event: an event of an older host has no cause") {
  const wirehound_event base{};
  wirehound_event event = {.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_event, syscall)};
  event.detected_from = &base;  // behind the struct_size of the host
  CHECK_FALSE(EventView(event).detected_from().has_value());
  CHECK(EventView(event).chain_depth() == 0);
}

}  // namespace event_test
}  // namespace wirehound::test
