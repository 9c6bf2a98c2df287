// SPDX-License-Identifier: Apache-2.0

// DetectionQueue: which detections it accepts from a detector, and what it makes of them. The tests
// fill in the structs of the ABI by hand, as a plugin in C would.

#include "engine/dispatch/detection_queue.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace detection_queue_test {

wirehound_named_value Named(std::string_view name, std::uint32_t type) {
  return {{name.data(), name.size()}, type, 0, {}};
}

wirehound_named_value Unsigned(std::string_view name, std::uint32_t type, std::uint64_t number) {
  wirehound_named_value value = Named(name, type);
  value.value.unsigned_integer = number;
  return value;
}

wirehound_named_value Signed(std::string_view name, std::uint32_t type, std::int64_t number) {
  wirehound_named_value value = Named(name, type);
  value.value.signed_integer = number;
  return value;
}

wirehound_named_value Text(std::string_view name, std::string_view text) {
  wirehound_named_value value = Named(name, WIREHOUND_TYPE_STRING);
  value.value.text = {text.data(), text.size()};
  return value;
}

// A queue for detections of one event with a field of every type, named after the type.
class Queue {
 public:
  Queue() : udp_(catalogue_) {
    definition_.id = 7500;
    definition_.name = std::string("D");
    definition_.version = {3, 4, 5};
    const std::pair<const char*, std::uint32_t> fields[] = {
        {"bool", WIREHOUND_TYPE_BOOL},        {"int32", WIREHOUND_TYPE_INT32},
        {"int64", WIREHOUND_TYPE_INT64},      {"uint16", WIREHOUND_TYPE_UINT16},
        {"uint32", WIREHOUND_TYPE_UINT32},    {"uint64", WIREHOUND_TYPE_UINT64},
        {"double", WIREHOUND_TYPE_DOUBLE},    {"text", WIREHOUND_TYPE_STRING},
        {"bytes", WIREHOUND_TYPE_BYTES},      {"address", WIREHOUND_TYPE_ADDRESS},
        {"texts", WIREHOUND_TYPE_STRING_LIST}};
    for (const auto& [name, type] : fields) {
      definition_.fields.push_back({name, type, ScalarTypeName(type), ""});
    }
  }

  std::int32_t Push(const std::vector<wirehound_named_value>& values) {
    wirehound_finding detection{};
    detection.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, fields);
    detection.field_count = static_cast<std::uint32_t>(values.size());
    detection.fields = values.data();
    return Push(detection);
  }
  std::int32_t Push(const wirehound_finding& detection) {
    const Event& cause = udp_.At(9);
    maker_.event = &definition_;
    maker_.detector = &detector_;
    return queue_.Push(detection, maker_, {&cause.view, &cause});
  }

  const wirehound_field& Field(const Event& event, std::string_view name) const {
    return event.view.fields[definition_.FieldIndex(name)];
  }

  DetectionQueue& queue() { return queue_; }
  DetectionMaker& maker() { return maker_; }
  const EventDefinition& definition() const { return definition_; }

 private:
  Catalogue catalogue_;
  UdpEvent udp_;
  EventDefinition definition_;
  DetectorDefinition detector_;
  DetectionMaker maker_;
  DetectionQueue queue_;
};

TEST_CASE("detections: the queue gives each detection once, in the order of emission") {
  Queue queue;
  for (const std::uint64_t n : {1, 2, 3}) {
    REQUIRE(queue.Push({Unsigned("uint64", WIREHOUND_TYPE_UINT64, n)}) == WIREHOUND_OK);
  }
  for (const std::uint64_t n : {1, 2, 3}) {
    const Event* event = queue.queue().Pop();
    REQUIRE(event != nullptr);
    CHECK(queue.Field(*event, "uint64").value.unsigned_integer == n);
  }
  CHECK(queue.queue().Pop() == nullptr);
}

TEST_CASE("detections: an event has the identity of its definition and the context of its cause") {
  Queue queue;
  REQUIRE(queue.Push(std::vector<wirehound_named_value>()) == WIREHOUND_OK);
  const Event& event = *queue.queue().Pop();
  CHECK(event.view.struct_size == kEventViewSize);
  CHECK(event.view.event_id == 7500);
  CHECK(event.view.schema_major == 3);
  CHECK(event.view.schema_minor == 4);
  CHECK(std::string_view(event.view.name.data, event.view.name.size) == "D");
  CHECK(event.view.timestamp_ns == 9);
  CHECK(event.view.sequence == 9);
  CHECK(event.view.process->pid == 42);
  CHECK(event.definition == &queue.definition());
  REQUIRE(event.cause != nullptr);
  CHECK(event.view.detected_from == &event.cause->view);
  CHECK(event.cause->definition->name == "net_packet_udp");
}

TEST_CASE("detections: a declared field that is not set is absent") {
  Queue queue;
  REQUIRE(queue.Push({Text("text", "x")}) == WIREHOUND_OK);
  const Event& event = *queue.queue().Pop();
  REQUIRE(event.view.field_count == queue.definition().fields.size());
  for (std::uint32_t i = 0; i < event.view.field_count; ++i) {
    CAPTURE(queue.definition().fields[i].name);
    const bool set = queue.definition().fields[i].name == "text";
    CHECK((event.view.fields[i].flags & WIREHOUND_FIELD_ABSENT) == (set ? 0 : 1));
    CHECK(event.view.fields[i].type == queue.definition().fields[i].type);
  }
}

TEST_CASE("detections: fields may come in any order; of several with one name the last counts") {
  Queue queue;
  REQUIRE(queue.Push({Text("text", "first"), Signed("int32", WIREHOUND_TYPE_INT32, -3),
                      Text("text", "second")}) == WIREHOUND_OK);
  const Event& event = *queue.queue().Pop();
  CHECK(queue.Field(event, "int32").value.signed_integer == -3);
  const wirehound_string& text = queue.Field(event, "text").value.text;
  CHECK(std::string_view(text.data, text.size) == "second");
}

TEST_CASE("detections: texts and bytes are copied when they are emitted") {
  Queue queue;
  std::string text = "before";
  std::vector<std::uint8_t> bytes = {1, 2, 3};
  wirehound_named_value raw = Named("bytes", WIREHOUND_TYPE_BYTES);
  raw.value.bytes = {bytes.data(), bytes.size()};
  REQUIRE(queue.Push({Text("text", text), raw}) == WIREHOUND_OK);
  std::fill(text.begin(), text.end(), 'x');
  bytes = {9, 9, 9};
  const Event& event = *queue.queue().Pop();
  const wirehound_string& copy = queue.Field(event, "text").value.text;
  CHECK(std::string_view(copy.data, copy.size) == "before");
  const wirehound_bytes& raw_copy = queue.Field(event, "bytes").value.bytes;
  REQUIRE(raw_copy.size == 3);
  CHECK(raw_copy.data[0] == 1);
}

TEST_CASE("detections: an empty text needs no pointer") {
  Queue queue;
  wirehound_named_value value = Named("text", WIREHOUND_TYPE_STRING);
  value.value.text = {nullptr, 0};
  REQUIRE(queue.Push({value}) == WIREHOUND_OK);
  CHECK(queue.Field(*queue.queue().Pop(), "text").value.text.size == 0);
}

TEST_CASE("detections: a field that is not declared is refused") {
  Queue queue;
  CHECK(queue.Push({Text("txet", "x")}) == WIREHOUND_ERROR_NOT_DECLARED);
  CHECK(queue.Push({Text("text", "x"), Text("", "x")}) == WIREHOUND_ERROR_NOT_DECLARED);
  CHECK(queue.queue().Pop() == nullptr);
}

TEST_CASE("detections: an integer field accepts every integer type that holds the value") {
  constexpr std::uint64_t kTop = std::uint64_t{1} << 63;
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  struct Case {
    wirehound_named_value value;
    bool fits;
  };
  const std::vector<Case> cases = {
      {Signed("int64", WIREHOUND_TYPE_INT32, -1), true},
      {Signed("int32", WIREHOUND_TYPE_INT64, INT32_MIN), true},
      {Signed("int32", WIREHOUND_TYPE_INT64, std::int64_t{INT32_MIN} - 1), false},
      {Signed("int32", WIREHOUND_TYPE_INT64, INT32_MAX), true},
      {Signed("int32", WIREHOUND_TYPE_INT64, std::int64_t{INT32_MAX} + 1), false},
      {Signed("int64", WIREHOUND_TYPE_INT64, kLowest), true},
      {Unsigned("int64", WIREHOUND_TYPE_UINT64, kTop - 1), true},
      {Unsigned("int64", WIREHOUND_TYPE_UINT64, kTop), false},
      {Unsigned("uint64", WIREHOUND_TYPE_UINT64, UINT64_MAX), true},
      {Signed("uint64", WIREHOUND_TYPE_INT64, -1), false},
      {Signed("uint16", WIREHOUND_TYPE_INT32, -1), false},
      {Signed("uint16", WIREHOUND_TYPE_INT32, 65535), true},
      {Signed("uint16", WIREHOUND_TYPE_INT32, 65536), false},
      {Unsigned("uint32", WIREHOUND_TYPE_UINT16, 65535), true},
      {Unsigned("uint32", WIREHOUND_TYPE_UINT64, UINT32_MAX), true},
      {Unsigned("uint32", WIREHOUND_TYPE_UINT64, std::uint64_t{UINT32_MAX} + 1), false},
      // The queue also refuses a value that does not fit into the type given with it.
      {Unsigned("uint16", WIREHOUND_TYPE_UINT16, 65536), false},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.value.name.data, c.value.name.size));
    CAPTURE(c.value.type);
    CAPTURE(c.value.value.signed_integer);
    Queue queue;
    CHECK(queue.Push({c.value}) == (c.fits ? WIREHOUND_OK : WIREHOUND_ERROR_WRONG_TYPE));
    const Event* event = queue.queue().Pop();
    REQUIRE((event != nullptr) == c.fits);
    if (c.fits) {
      const std::string_view name = {c.value.name.data, c.value.name.size};
      CHECK(queue.Field(*event, name).value.signed_integer == c.value.value.signed_integer);
    }
  }
}

TEST_CASE("detections: only integers are converted from one type to another") {
  const wirehound_named_value cases[] = {
      Text("bytes", "x"),
      Text("int32", "1"),
      Unsigned("bool", WIREHOUND_TYPE_UINT16, 1),
      Unsigned("uint16", WIREHOUND_TYPE_BOOL, 1),
      Unsigned("double", WIREHOUND_TYPE_UINT64, 1),
      Named("text", WIREHOUND_TYPE_BYTES),
      Named("text", WIREHOUND_TYPE_NONE),
      Named("text", WIREHOUND_TYPE_DNS),
      Named("text", 0xffffffff),
  };
  for (const wirehound_named_value& value : cases) {
    CAPTURE(std::string(value.name.data, value.name.size));
    CAPTURE(value.type);
    Queue queue;
    CHECK(queue.Push({value}) == WIREHOUND_ERROR_WRONG_TYPE);
    CHECK(queue.queue().Pop() == nullptr);
  }
}

TEST_CASE(
    "detections: a detection that breaks the contract is refused before a bad pointer is read") {
  Queue queue;
  SUBCASE("no fields where some are promised") {
    CHECK(queue.Push({WIREHOUND_STRUCT_SIZE(wirehound_finding, fields), 1, nullptr}) ==
          WIREHOUND_ERROR_INVALID);
  }
  SUBCASE("a struct without its members") {
    const wirehound_named_value value = Text("text", "x");
    CHECK(queue.Push({WIREHOUND_STRUCT_SIZE(wirehound_finding, field_count), 1, &value}) ==
          WIREHOUND_ERROR_INVALID);
    CHECK(queue.Push({0, 1, &value}) == WIREHOUND_ERROR_INVALID);
  }
  SUBCASE("a null text with a length") {
    wirehound_named_value value = Named("text", WIREHOUND_TYPE_STRING);
    value.value.text.size = 5;
    CHECK(queue.Push({value}) == WIREHOUND_ERROR_INVALID);
  }
  CHECK(queue.queue().Pop() == nullptr);
}

TEST_CASE("detections: a struct longer than the one of this engine is accepted") {
  Queue queue;
  struct Longer {
    wirehound_finding known;
    std::uint64_t later;
  };
  const wirehound_named_value value = Text("text", "x");
  const Longer detection = {{sizeof(Longer), 1, &value}, 7};
  CHECK(queue.Push(detection.known) == WIREHOUND_OK);
}

TEST_CASE("detections: a full queue refuses and counts detections; clearing it makes room") {
  Queue queue;
  const std::string large(DetectionQueue::kArenaBytes, 'x');
  CHECK(queue.Push({Text("text", large)}) == WIREHOUND_ERROR_LIMIT);
  CHECK(queue.queue().overflows() == 1);
  CHECK(queue.queue().Pop() == nullptr);

  const std::string most(DetectionQueue::kArenaBytes / 2, 'x');
  queue.queue().Clear();
  CHECK(queue.Push({Text("text", most)}) == WIREHOUND_OK);
  CHECK(queue.Push({Text("text", most)}) == WIREHOUND_ERROR_LIMIT);
  queue.queue().Clear();
  CHECK(queue.Push({Text("text", most)}) == WIREHOUND_OK);
  CHECK(queue.queue().overflows() == 2);
}

TEST_CASE("detections: a size larger than any memory is refused") {
  Queue queue;
  wirehound_named_value value = Text("text", "x");
  value.value.text.size = UINT64_MAX;
  CHECK(queue.Push({value}) == WIREHOUND_ERROR_LIMIT);
  CHECK(queue.queue().overflows() == 1);
}

TEST_CASE("detections: a refused detection uses no room in the queue") {
  Queue queue;
  const std::string half(DetectionQueue::kArenaBytes / 2, 'x');
  for (int i = 0; i < 10; ++i) {
    CHECK(queue.Push({Text("text", half), Text("unknown", "x")}) == WIREHOUND_ERROR_NOT_DECLARED);
  }
  CHECK(queue.Push({Text("text", half)}) == WIREHOUND_OK);
  CHECK(queue.queue().overflows() == 0);
}

TEST_CASE("detections: addresses and lists of texts are copied when they are emitted") {
  Queue queue;
  wirehound_address address = {{192, 0, 2, 1}, WIREHOUND_FAMILY_IPV4, {}};
  std::string first = "one";
  struct Longer {
    wirehound_string text;
    std::uint64_t later;
  };
  Longer texts[] = {{{first.data(), first.size()}, 1}, {{nullptr, 0}, 2}};
  wirehound_named_value who = Named("address", WIREHOUND_TYPE_ADDRESS);
  who.value.message = &address;
  wirehound_named_value list = Named("texts", WIREHOUND_TYPE_STRING_LIST);
  list.value.list = {texts, 2, sizeof(Longer)};
  REQUIRE(queue.Push({who, list}) == WIREHOUND_OK);
  address = {};
  first = "xxx";
  texts[1].text.size = 99;
  const Event& event = *queue.queue().Pop();
  const auto& copy =
      *static_cast<const wirehound_address*>(queue.Field(event, "address").value.message);
  CHECK(copy.family == WIREHOUND_FAMILY_IPV4);
  CHECK(copy.bytes[0] == 192);
  const wirehound_list& copies = queue.Field(event, "texts").value.list;
  REQUIRE(copies.count == 2);
  REQUIRE(copies.stride == sizeof(wirehound_string));
  const auto* text = static_cast<const wirehound_string*>(copies.data);
  CHECK(std::string_view(text[0].data, text[0].size) == "one");
  CHECK(text[1].size == 0);
}

TEST_CASE("detections: addresses and lists that break the contract are refused") {
  Queue queue;
  const wirehound_string lie = {nullptr, 5};
  const wirehound_address odd = {{}, 5, {}};
  wirehound_named_value value = Named("texts", WIREHOUND_TYPE_STRING_LIST);
  SUBCASE("no address") { value = Named("address", WIREHOUND_TYPE_ADDRESS); }
  SUBCASE("an address of no family") {
    value = Named("address", WIREHOUND_TYPE_ADDRESS);
    value.value.message = &odd;
  }
  SUBCASE("a null list with a count") { value.value.list = {nullptr, 1, sizeof(lie)}; }
  SUBCASE("elements that are too short") { value.value.list = {&lie, 1, 8}; }
  SUBCASE("elements that cannot be aligned") { value.value.list = {&lie, 1, 20}; }
  SUBCASE("a null text with a length") { value.value.list = {&lie, 1, sizeof(lie)}; }
  CHECK(queue.Push({value}) == WIREHOUND_ERROR_INVALID);
  CHECK(queue.queue().Pop() == nullptr);
}

// A detection that carries a threat itself, instead of that of its definition.
std::int32_t PushThreat(Queue& queue, const wirehound_threat& threat) {
  wirehound_finding detection{};
  detection.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, ancestry_depth);
  detection.threat = &threat;
  return queue.Push(detection);
}

TEST_CASE("detections: a threat that a detection carries is copied, also a shorter, older struct") {
  Queue queue;
  std::string name = "before";
  const wirehound_property property = {{"k", 1}, {"v", 1}};
  wirehound_threat threat{};
  threat.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_threat, properties);
  threat.name = {name.data(), name.size()};
  threat.properties = {&property, 1, sizeof(property)};
  bool knows_properties = true;
  SUBCASE("all") {}
  SUBCASE("a struct that ends before the properties, which are then not read") {
    knows_properties = false;
    threat.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_threat, mitre_technique_name);
    threat.properties = {nullptr, 77, 0};
  }
  REQUIRE(PushThreat(queue, threat) == WIREHOUND_OK);
  name = "behind";
  const Event& event = *queue.queue().Pop();
  REQUIRE(event.threat != nullptr);
  CHECK(std::string_view(event.threat->name.data, event.threat->name.size) == "before");
  CHECK(event.threat->properties.count == (knows_properties ? 1 : 0));
}

TEST_CASE("detections: a threat that breaks the contract is refused") {
  Queue queue;
  const wirehound_property lie = {{nullptr, 5}, {}};
  wirehound_threat threat{};
  threat.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_threat, properties);
  SUBCASE("too short") {
    threat.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_threat, mitre_tactic);
  }
  SUBCASE("no such severity") { threat.severity = WIREHOUND_SEVERITY_CRITICAL + 1; }
  SUBCASE("a null text with a length") { threat.name.size = 5; }
  SUBCASE("a property with a null text") { threat.properties = {&lie, 1, sizeof(lie)}; }
  SUBCASE("more properties than the limit") { threat.properties = {&lie, 65, sizeof(lie)}; }
  CHECK(PushThreat(queue, threat) == WIREHOUND_ERROR_INVALID);
}

TEST_CASE("detections: members beyond the end of a short struct are not read") {
  Queue queue;
  wirehound_finding detection{};
  detection.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, fields);
  detection.threat = reinterpret_cast<const wirehound_threat*>(8);
  detection.flags = WIREHOUND_FINDING_POPULATE;
  detection.auto_populate = WIREHOUND_POPULATE_DETECTED_FROM;
  REQUIRE(queue.Push(detection) == WIREHOUND_OK);
  const Event& event = *queue.queue().Pop();
  CHECK(event.threat == nullptr);
  CHECK_FALSE(event.shows_cause);
}

}  // namespace detection_queue_test
}  // namespace wirehound::test
