// SPDX-License-Identifier: Apache-2.0

// The C table of a C++ class: every function stops exceptions and keeps their text.

#include <wirehound/detector.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sdk/support/fake_host.h"

TEST_SUITE_BEGIN("abi");

namespace wirehound::test {
namespace module_test {

// The behaviour of Probe in each of its functions.
struct Behaviour {
  std::function<void()> construct;
  std::function<DetectorDefinition()> define;
  std::function<Status()> init;
  std::function<Status()> event;
  std::function<Status(const wirehound_timer&)> timer;
  std::function<Status()> close;
  std::function<void()> destroy;
};
Behaviour behaviour;

class Probe : public Detector {
 public:
  Probe() {
    if (behaviour.construct) {
      behaviour.construct();
    }
  }
  ~Probe() override {
    if (behaviour.destroy) {
      behaviour.destroy();
    }
  }

 private:  // as an author may have it: the tables go through the base class
  DetectorDefinition GetDefinition() const override {
    return behaviour.define ? behaviour.define() : DetectorDefinition();
  }
  Status Init(const InitContext& /*context*/) override {
    return behaviour.init ? behaviour.init() : Status();
  }
  Status OnEvent(const EventView& /*event*/, const Emitter& emit) override {
    return behaviour.event ? behaviour.event() : emit.Detected({{"n", 1}});
  }
  Status OnTimer(const wirehound_timer& timer, const Emitter& emit) override {
    return behaviour.timer ? behaviour.timer(timer) : emit.Detected({{"id", timer.id}});
  }
  Status Close() override { return behaviour.close ? behaviour.close() : Status(); }
};

constexpr wirehound_detector kTable = detail::MakeTable<Probe>();

// Creates and destroys an instance of the probe with a given behaviour.
class Instance {
 public:
  explicit Instance(Behaviour wanted) {
    behaviour = std::move(wanted);
    CHECK(kTable.create(&host_.table, &instance_) == WIREHOUND_OK);
    REQUIRE(instance_ != nullptr);
  }
  ~Instance() {
    behaviour = {};
    kTable.destroy(instance_);
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  std::int32_t Init() { return kTable.init(instance_); }
  std::int32_t OnEvent() { return kTable.on_event(instance_, &event_); }
  std::int32_t OnTimer() { return kTable.on_timer(instance_, &timer_); }
  std::int32_t Close() { return kTable.close(instance_); }
  std::string LastError() { return std::string(ToView(kTable.last_error(instance_))); }
  FakeHost& host() { return host_; }

 private:
  FakeHost host_;
  wirehound_process process_{};
  wirehound_event event_ = {.struct_size = sizeof(wirehound_event), .process = &process_};
  wirehound_timer timer_ = {WIREHOUND_STRUCT_SIZE(wirehound_timer, missed), 0, 5, 0, 0};
  void* instance_ = nullptr;
};

// The answer of describe().
struct Taken {
  std::string id;
  std::uint32_t struct_size = 0;
  std::uint32_t auto_populate = 0;
  std::vector<std::string> requirements;
  std::vector<std::string> fields;
  std::vector<std::string> tags;
  std::vector<std::string> needs;    // stores, enrichments, architectures
  std::vector<std::string> options;  // "name:type flags default minimum maximum"
  std::vector<std::string> properties;
  std::string windows;  // of the first event, and of the engine
  bool has_threat = false;
};

struct Answer {
  std::int32_t status = 0;
  std::optional<Taken> taken;
  std::optional<std::string> failure;
};

template <typename T>
const T* Elements(const wirehound_list& list) {
  CHECK((list.count == 0 || list.stride == sizeof(T)));
  return static_cast<const T*>(list.data);
}

std::string Text(const wirehound_version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

void TakeNeeds(const wirehound_detector_definition& definition, Taken& taken) {
  for (const auto& list : {definition.data_stores, definition.enrichments}) {
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto& need = Elements<wirehound_named_requirement>(list)[i];
      taken.needs.push_back(std::string(ToView(need.name)) + ":" + std::to_string(need.dependency));
    }
  }
  for (const std::string_view architecture : TextList(definition.architectures)) {
    taken.needs.emplace_back(architecture);
  }
  if (definition.events.count != 0) {
    const auto& first = Elements<wirehound_event_requirement>(definition.events)[0];
    taken.windows = Text(first.min_version) + "-" + Text(first.max_version) + " " +
                    Text(definition.min_engine_version) + "-" + Text(definition.max_engine_version);
    for (const wirehound_list& filters : {first.data_filters, first.scope_filters}) {
      for (const std::string_view filter : TextList(filters)) {
        taken.needs.emplace_back(filter);
      }
    }
  }
}

void TakeOptions(const wirehound_detector_definition& definition, Taken& taken) {
  for (std::uint32_t i = 0; i < definition.config_options.count; ++i) {
    const auto& option = Elements<wirehound_config_option>(definition.config_options)[i];
    taken.options.push_back(std::string(ToView(option.name)) + ":" + std::to_string(option.type) +
                            " " + std::to_string(option.flags) + " " +
                            std::to_string(option.default_value.signed_integer) + " " +
                            std::to_string(option.minimum.signed_integer) + " " +
                            std::to_string(option.maximum.signed_integer));
  }
}

void TakeProperties(const wirehound_threat& threat, Taken& taken) {
  for (std::uint32_t i = 0; i < threat.properties.count; ++i) {
    const auto& property = Elements<wirehound_property>(threat.properties)[i];
    taken.properties.push_back(std::string(ToView(property.name)) + "=" +
                               std::string(ToView(property.value)));
  }
}

void Take(void* context, const wirehound_detector_definition* definition) {
  Taken taken;
  taken.id = ToView(definition->id);
  taken.struct_size = definition->struct_size;
  taken.auto_populate = definition->auto_populate;
  taken.has_threat = definition->threat != nullptr;
  for (std::uint32_t i = 0; i < definition->events.count; ++i) {
    const auto& requirement = Elements<wirehound_event_requirement>(definition->events)[i];
    taken.requirements.push_back(std::string(ToView(requirement.event)) + ":" +
                                 std::to_string(requirement.dependency));
  }
  for (std::uint32_t i = 0; i < definition->event_fields.count; ++i) {
    const auto& field = Elements<wirehound_field_definition>(definition->event_fields)[i];
    taken.fields.push_back(std::string(ToView(field.name)) + ":" + std::to_string(field.type));
  }
  for (std::uint32_t i = 0; i < definition->event_tags.count; ++i) {
    taken.tags.emplace_back(ToView(Elements<wirehound_string>(definition->event_tags)[i]));
  }
  TakeNeeds(*definition, taken);
  TakeOptions(*definition, taken);
  if (definition->threat != nullptr) {
    TakeProperties(*definition->threat, taken);
  }
  static_cast<Answer*>(context)->taken = taken;
}

void Fail(void* context, wirehound_string message) {
  static_cast<Answer*>(context)->failure = std::string(ToView(message));
}

Answer Describe(Behaviour wanted) {
  behaviour = std::move(wanted);
  Answer answer;
  const wirehound_describe_sink sink = {WIREHOUND_STRUCT_SIZE(wirehound_describe_sink, fail), 0,
                                        &answer, &Take, &Fail};
  answer.status = kTable.describe(&sink);
  behaviour = {};
  return answer;
}

TEST_CASE("module: the C struct has the whole definition") {
  const Answer answer = Describe({.define = [] {
    DetectorDefinition definition;
    definition.id = "probe";
    definition.requirements.events = {{"a"}, {"b", Dependency::kOptional}};
    definition.produced_event.fields = {{"f", FieldType::kBytes, ""}};
    definition.produced_event.tags = {"x", "y"};
    definition.threat.emplace();
    definition.auto_populate.detected_from = true;
    return definition;
  }});
  CHECK(answer.status == WIREHOUND_OK);
  CHECK_FALSE(answer.failure.has_value());
  REQUIRE(answer.taken.has_value());
  CHECK(answer.taken->id == "probe");
  CHECK(answer.taken->struct_size == WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat));
  CHECK(answer.taken->auto_populate == WIREHOUND_POPULATE_DETECTED_FROM);
  CHECK(answer.taken->requirements == std::vector<std::string>{"a:0", "b:1"});
  CHECK(answer.taken->fields == std::vector<std::string>{"f:9"});
  CHECK(answer.taken->tags == std::vector<std::string>{"x", "y"});
  CHECK(answer.taken->has_threat);
}

TEST_CASE("module: the C struct has requirements and options") {
  const Answer answer = Describe({.define = [] {
    DetectorDefinition definition;
    definition.requirements.events = {
        {"a", Dependency::kRequired, {1, 2, 3}, {2, 0, 0}, {"x=1", "x=2"}, {"comm=curl"}}};
    definition.requirements.data_stores = {{"dns"}};
    definition.requirements.enrichments = {{"ancestry", Dependency::kOptional}};
    definition.requirements.architectures = {"x86_64"};
    definition.requirements.min_engine_version = {0, 1, 0};
    definition.config = {{"limit", std::int64_t{5}, "", OptionValue(std::int64_t{1})},
                         {"on", true, ""}};
    definition.threat = Threat{"T", ""};
    definition.threat->properties = {{"k", "v"}};
    return definition;
  }});
  REQUIRE(answer.taken.has_value());
  CHECK(answer.taken->needs ==
        std::vector<std::string>{"dns:0", "ancestry:1", "x86_64", "x=1", "x=2", "comm=curl"});
  CHECK(answer.taken->windows == "1.2.3-2.0.0 0.1.0-0.0.0");
  CHECK(answer.taken->options == std::vector<std::string>{"limit:3 1 5 1 0", "on:1 0 1 0 0"});
  CHECK(answer.taken->properties == std::vector<std::string>{"k=v"});
}

TEST_CASE("module: a bound of another type than the default is an error") {
  const Answer answer = Describe({.define = [] {
    DetectorDefinition definition;
    definition.config = {{"limit", 0.5, "", OptionValue(std::int64_t{1})}};
    return definition;
  }});
  CHECK(answer.status == WIREHOUND_ERROR_EXCEPTION);
  CHECK(answer.failure == "option 'limit': its bounds and its default differ in type");
}

TEST_CASE("module: an exception in GetDefinition is a failure with its text") {
  SUBCASE("GetDefinition throws") {
    const Answer answer = Describe(
        {.define = []() -> DetectorDefinition { throw std::runtime_error("no licence"); }});
    CHECK(answer.status == WIREHOUND_ERROR_EXCEPTION);
    CHECK_FALSE(answer.taken.has_value());
    CHECK(answer.failure == "no licence");
  }
  SUBCASE("the constructor throws") {
    const Answer answer = Describe({.construct = [] { throw std::runtime_error("no memory"); }});
    CHECK(answer.status == WIREHOUND_ERROR_EXCEPTION);
    CHECK(answer.failure == "no memory");
  }
}

TEST_CASE("module: an exception of a destructor does not reach the host") {
  const auto destroy = [] { throw std::runtime_error("stuck"); };
  SUBCASE("of the instance: the wrapper logs it") {
    FakeHost host;
    void* instance = nullptr;
    REQUIRE(kTable.create(&host.table, &instance) == WIREHOUND_OK);
    behaviour = {.destroy = destroy};
    kTable.destroy(instance);
    behaviour = {};
    CHECK(host.logged == std::vector<std::string>{"3 stuck"});
  }
  SUBCASE("while it is described: the definition is not used") {
    const Answer answer = Describe({.destroy = destroy});
    CHECK(answer.status == WIREHOUND_ERROR_EXCEPTION);
    CHECK(answer.failure == "stuck");
    CHECK_FALSE(answer.taken.has_value());
  }
}

TEST_CASE("module: a constructor that throws is logged and gives no instance") {
  behaviour = {.construct = [] { throw std::runtime_error("no memory"); }};
  FakeHost host;
  int somewhere = 0;
  void* instance = &somewhere;
  CHECK(kTable.create(&host.table, &instance) == WIREHOUND_ERROR_EXCEPTION);
  CHECK(instance == nullptr);
  CHECK(host.logged == std::vector<std::string>{"3 no memory"});
  behaviour = {};
}

TEST_CASE("module: success is WIREHOUND_OK") {
  Instance instance({});
  CHECK(instance.Init() == WIREHOUND_OK);
  CHECK(instance.OnEvent() == WIREHOUND_OK);
  CHECK(instance.OnTimer() == WIREHOUND_OK);
  CHECK(instance.Close() == WIREHOUND_OK);
  CHECK(instance.host().emitted == std::vector<std::string>{"n=2", "id=6"});
  CHECK(instance.LastError().empty());
}

TEST_CASE("module: a returned error is a status, with its text in last_error") {
  Instance instance({.init = []() -> Status { return Error("init failed"); },
                     .event = []() -> Status { return Error("event failed"); },
                     .timer = [](const wirehound_timer& timer) -> Status {
                       return Error("timer " + std::to_string(timer.id) + " failed");
                     },
                     .close = []() -> Status { return Error("close failed"); }});
  CHECK(instance.Init() == WIREHOUND_ERROR);
  CHECK(instance.LastError() == "init failed");
  CHECK(instance.OnEvent() == WIREHOUND_ERROR);
  CHECK(instance.LastError() == "event failed");
  CHECK(instance.OnTimer() == WIREHOUND_ERROR);
  CHECK(instance.LastError() == "timer 5 failed");
  CHECK(instance.Close() == WIREHOUND_ERROR);
  CHECK(instance.LastError() == "close failed");
}

TEST_CASE("module: every function stops exceptions, with their text") {
  Instance instance(
      {.init = []() -> Status { throw std::runtime_error("init threw"); },
       .event = []() -> Status { throw std::logic_error("event threw"); },
       .timer = [](const wirehound_timer&) -> Status { throw std::runtime_error("timer threw"); },
       .close = []() -> Status { throw 42; }});
  CHECK(instance.Init() == WIREHOUND_ERROR_EXCEPTION);
  CHECK(instance.LastError() == "init threw");
  CHECK(instance.OnEvent() == WIREHOUND_ERROR_EXCEPTION);
  CHECK(instance.LastError() == "event threw");
  CHECK(instance.OnTimer() == WIREHOUND_ERROR_EXCEPTION);
  CHECK(instance.LastError() == "timer threw");
  CHECK(instance.Close() == WIREHOUND_ERROR_EXCEPTION);
  CHECK(instance.LastError() == "an exception of unknown type");
}

TEST_CASE("module: the tables are complete, one for each class, in their order") {
  constexpr auto kTables = detail::MakeTables<Probe, Probe>();
  constexpr auto kCount = kTables.size();
  CHECK(kCount == 2);
  for (const wirehound_detector& table : kTables) {
    CHECK(table.struct_size == WIREHOUND_STRUCT_SIZE(wirehound_detector, on_timer));
    CHECK((table.describe != nullptr));
    CHECK((table.create != nullptr));
    CHECK((table.init != nullptr));
    CHECK((table.on_event != nullptr));
    CHECK((table.close != nullptr));
    CHECK((table.destroy != nullptr));
    CHECK((table.last_error != nullptr));
    CHECK((table.on_timer != nullptr));
  }
}

}  // namespace module_test
}  // namespace wirehound::test

TEST_SUITE_END();
