// SPDX-License-Identifier: Apache-2.0

// Fakes for tests of detectors in C++, with any test framework: TestHost is the host that a
// detector calls, TestEvent an event made by hand, TestDetector runs one detector with both.
// Standard library only; not for plugins. For tests as lines of text there is `wirehound test`,
// which runs the real engine. One thread.
//
//   wirehound::TestDetector<LongDnsName> detector;
//   detector.host().AddEvent("net_packet_dns", {{"proto_dns", WIREHOUND_TYPE_DNS}});
//   REQUIRE(detector.Init());
//   wirehound::TestEvent event(detector.host(), "net_packet_dns");
//   REQUIRE(detector.OnEvent(event.Message("proto_dns", &dns)));
//   CHECK(detector.host().detections().at(0).Text("query") == "…");

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wirehound/detail/test_text.h>  // IWYU pragma: export
#include <wirehound/detector.h>
#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

/// A copy of one detection.
class TestDetection {
 public:
  /// The text of a field (TestText), "" when it was not set.
  std::string Text(const std::string& field) const {
    const auto found = fields.find(field);
    return found == fields.end() ? std::string() : found->second;
  }
  bool Has(const std::string& field) const { return fields.count(field) != 0; }

  std::map<std::string, std::string> fields;
  std::string threat_name;  ///< "" when it has the definition's threat
};

/// The host of one detector. Its address must not change while the detector runs.
class TestHost {
 public:
  struct Field {
    std::string name;
    std::uint32_t type;  ///< WIREHOUND_TYPE_*
  };

  explicit TestHost(DetectorDefinition definition) : definition_(std::move(definition)) {
    table_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, config);
    table_.abi_minor = WIREHOUND_ABI_MINOR;
    table_.context = this;
    table_.log_level = WIREHOUND_LOG_DEBUG;
    table_.log = &TestHost::Log;
    table_.resolve_event = &TestHost::ResolveEvent;
    table_.resolve_field = &TestHost::ResolveField;
    table_.emit = &TestHost::Emit;
    table_.get_extension = &TestHost::GetExtension;
    table_.config = &TestHost::Config;
    for (const ConfigOption& option : definition_.config) {
      options_[option.name] = option.default_value;
    }
  }
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  const DetectorDefinition& definition() const { return definition_; }
  const wirehound_host& table() const { return table_; }

  /// Makes an event available, with the fields that the test needs. Other events cannot be
  /// resolved, like events of detectors that are not loaded.
  void AddEvent(const std::string& name, std::vector<Field> fields) {
    events_[name] = {static_cast<std::uint32_t>(events_.size() + 1), std::move(fields)};
  }
  /// Sets an option, to a value of the type of its default. Call it before Init.
  void SetOption(const std::string& name, OptionValue value) { options_[name] = std::move(value); }
  /// Adds an extension, which must outlive the detector. At first there are none.
  void SetExtension(const std::string& name, const void* extension) {
    extensions_[name] = extension;
  }

  /// All detections, in order. A test may clear it.
  std::vector<TestDetection>& detections() { return detections_; }
  /// Lines of the log: "info text name=value".
  const std::vector<std::string>& log() const { return log_; }

 private:
  friend class TestEvent;

  struct KnownEvent {
    std::uint32_t id = 0;
    std::vector<Field> fields;
  };

  static TestHost& Self(void* context) { return *static_cast<TestHost*>(context); }

  bool Requires(const std::string& event) const {
    for (const EventRequirement& requirement : definition_.requirements.events) {
      if (requirement.name == event) {
        return true;
      }
    }
    return false;
  }

  static void Log(void* context, std::uint32_t level, wirehound_string message,
                  const wirehound_named_value* values, std::uint32_t value_count) {
    constexpr const char* kLevels[] = {"debug", "info", "warn", "error"};
    std::string line = kLevels[level < 4 ? level : 3];
    line += ' ';
    line += ToView(message);
    for (std::uint32_t i = 0; i < value_count; ++i) {
      line += ' ';
      line += ToView(values[i].name);
      line += '=' + TestText(values[i].type, values[i].value);
    }
    Self(context).log_.push_back(std::move(line));
  }

  static std::int32_t ResolveEvent(void* context, wirehound_string event, std::uint32_t* id) {
    TestHost& self = Self(context);
    const auto found = self.events_.find(std::string(ToView(event)));
    if (found == self.events_.end() || !self.Requires(found->first)) {
      return WIREHOUND_ERROR_NOT_FOUND;
    }
    *id = found->second.id;
    return WIREHOUND_OK;
  }

  static std::int32_t ResolveField(void* context, wirehound_string event, wirehound_string field,
                                   std::uint32_t type, std::uint32_t* slot) {
    TestHost& self = Self(context);
    const auto found = self.events_.find(std::string(ToView(event)));
    if (!self.Requires(std::string(ToView(event)))) {
      return WIREHOUND_ERROR_INVALID;
    }
    if (found == self.events_.end()) {
      return WIREHOUND_ERROR_NOT_FOUND;
    }
    const std::vector<Field>& fields = found->second.fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == ToView(field)) {
        *slot = static_cast<std::uint32_t>(i);
        return fields[i].type == type ? WIREHOUND_OK : WIREHOUND_ERROR_WRONG_TYPE;
      }
    }
    return WIREHOUND_ERROR_NOT_FOUND;
  }

  static std::int32_t Emit(void* context, const wirehound_finding* finding) {
    TestHost& self = Self(context);
    TestDetection detection;
    for (std::uint32_t i = 0; i < finding->field_count; ++i) {
      const wirehound_named_value& field = finding->fields[i];
      const std::int32_t status = self.CheckField(field);
      if (status != WIREHOUND_OK) {
        return status;
      }
      detection.fields[std::string(ToView(field.name))] = TestText(field.type, field.value);
    }
    if (WIREHOUND_HAS(finding, wirehound_finding, threat) && finding->threat != nullptr) {
      detection.threat_name = ToView(finding->threat->name);
    }
    self.detections_.push_back(std::move(detection));
    return WIREHOUND_OK;
  }

  std::int32_t CheckField(const wirehound_named_value& value) const {
    for (const FieldDefinition& field : definition_.produced_event.fields) {
      if (field.name == ToView(value.name)) {
        return Fits(value, static_cast<std::uint32_t>(field.type)) ? WIREHOUND_OK
                                                                   : WIREHOUND_ERROR_WRONG_TYPE;
      }
    }
    return WIREHOUND_ERROR_NOT_DECLARED;
  }

  /// As in the engine: an integer may have another width than declared if its value fits.
  static bool Fits(const wirehound_named_value& value, std::uint32_t declared) {
    const bool is_signed = value.type == WIREHOUND_TYPE_INT32 || value.type == WIREHOUND_TYPE_INT64;
    const bool is_unsigned =
        value.type >= WIREHOUND_TYPE_UINT16 && value.type <= WIREHOUND_TYPE_UINT64;
    if (!is_signed && !is_unsigned) {
      return value.type == declared;
    }
    if (is_signed && value.value.signed_integer < 0) {
      return declared == WIREHOUND_TYPE_INT64 ||
             (declared == WIREHOUND_TYPE_INT32 &&
              value.value.signed_integer >= std::numeric_limits<std::int32_t>::min());
    }
    return value.value.unsigned_integer <= MaxOf(declared);
  }

  static std::uint64_t MaxOf(std::uint32_t integer_type) {
    switch (integer_type) {
      case WIREHOUND_TYPE_INT32:
        return std::numeric_limits<std::int32_t>::max();
      case WIREHOUND_TYPE_INT64:
        return std::numeric_limits<std::int64_t>::max();
      case WIREHOUND_TYPE_UINT16:
        return std::numeric_limits<std::uint16_t>::max();
      case WIREHOUND_TYPE_UINT32:
        return std::numeric_limits<std::uint32_t>::max();
      case WIREHOUND_TYPE_UINT64:
        return std::numeric_limits<std::uint64_t>::max();
      default:
        return 0;
    }
  }

  static const void* GetExtension(void* context, wirehound_string name) {
    const auto& extensions = Self(context).extensions_;
    const auto found = extensions.find(std::string(ToView(name)));
    return found == extensions.end() ? nullptr : found->second;
  }

  static std::int32_t Config(void* context, wirehound_string name, std::uint32_t type,
                             wirehound_value* value) {
    TestHost& self = Self(context);
    const auto found = self.options_.find(std::string(ToView(name)));
    if (found == self.options_.end()) {
      return WIREHOUND_ERROR_NOT_FOUND;
    }
    if (detail::TypeOf(found->second) != type) {
      return WIREHOUND_ERROR_WRONG_TYPE;
    }
    *value = detail::ToAbi(found->second, self.option_arrays_);
    return WIREHOUND_OK;
  }

  DetectorDefinition definition_;
  wirehound_host table_{};
  std::map<std::string, KnownEvent> events_;
  std::map<std::string, OptionValue> options_;
  std::map<std::string, const void*> extensions_;
  detail::FlatArrays option_arrays_;
  std::vector<TestDetection> detections_;
  std::vector<std::string> log_;
};

/// An event made by hand, of an event that was added to the host. A field that is not set is
/// absent. Copies texts and addresses; borrows messages and lists.
class TestEvent {
 public:
  /// Throws std::invalid_argument for an event, and below for a field, that the host does not know.
  TestEvent(const TestHost& host, const std::string& name) : name_(name) {
    const auto found = host.events_.find(name);
    if (found == host.events_.end()) {
      throw std::invalid_argument("no event '" + name + "' was added to the host");
    }
    names_ = found->second.fields;
    for (const TestHost::Field& field : names_) {
      fields_.push_back({field.type, WIREHOUND_FIELD_ABSENT, {}});
    }
    process_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container);
    event_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_event, detected_from);
    event_.event_id = found->second.id;
    event_.process = &process_;
    event_.fields = fields_.data();
    event_.field_count = static_cast<std::uint32_t>(fields_.size());
    event_.name = FromView(name_);
  }
  TestEvent(const TestEvent&) = delete;
  TestEvent& operator=(const TestEvent&) = delete;

  TestEvent& Number(std::string_view field, std::uint64_t number) {
    Set(field).unsigned_integer = number;
    return *this;
  }
  TestEvent& Signed(std::string_view field, std::int64_t number) {
    Set(field).signed_integer = number;
    return *this;
  }
  TestEvent& Real(std::string_view field, double number) {
    Set(field).real = number;
    return *this;
  }
  TestEvent& Text(std::string_view field, std::string text) {
    texts_.push_back(std::move(text));
    Set(field).text = FromView(texts_.back());
    return *this;
  }
  TestEvent& Address(std::string_view field, const wirehound_address& address) {
    addresses_.push_back(address);
    Set(field).message = &addresses_.back();
    return *this;
  }
  /// A pointer to a struct of abi/messages.h.
  TestEvent& Message(std::string_view field, const void* message) {
    Set(field).message = message;
    return *this;
  }
  TestEvent& List(std::string_view field, const wirehound_list& list) {
    Set(field).list = list;
    return *this;
  }

  /// The process of the event and its other members, for the test to fill.
  wirehound_process& process() { return process_; }
  wirehound_event& abi() { return event_; }
  const wirehound_event& abi() const { return event_; }

 private:
  wirehound_value& Set(std::string_view field) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].name == field) {
        fields_[i].flags = 0;
        return fields_[i].value;
      }
    }
    throw std::invalid_argument("event " + name_ + " was added without a field '" +
                                std::string(field) + "'");
  }

  std::string name_;
  std::vector<TestHost::Field> names_;
  std::vector<wirehound_field> fields_;
  std::deque<std::string> texts_;
  std::deque<wirehound_address> addresses_;
  wirehound_process process_{};
  wirehound_event event_{};
};

/// Runs one detector through the C functions that the engine calls, so exceptions become errors as
/// they do there. Its destructor closes and destroys the detector.
template <typename D>
class TestDetector {
 public:
  TestDetector() : host_(DefinitionOf()) {}
  ~TestDetector() {
    (void)Close();
    if (instance_ != nullptr) {
      Table::Destroy(instance_);
    }
  }
  TestDetector(const TestDetector&) = delete;
  TestDetector& operator=(const TestDetector&) = delete;

  TestHost& host() { return host_; }
  const DetectorDefinition& definition() const { return host_.definition(); }

  Status Init() {
    if (Table::Create(&host_.table(), &instance_) != WIREHOUND_OK) {
      return Error(host_.log().empty() ? "create failed" : host_.log().back());
    }
    Status status = ToStatus(Table::Init(instance_));
    is_running_ = status.has_value();
    return status;
  }
  Status OnEvent(const TestEvent& event) {
    return is_running_ ? ToStatus(Table::OnEvent(instance_, &event.abi())) : NotRunning();
  }
  /// Calls OnTimer, for a timer that is due at `due_ns`.
  Status OnTimer(std::uint64_t id, std::uint64_t due_ns) {
    wirehound_timer timer{};
    timer.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_timer, missed);
    timer.id = id;
    timer.due_ns = due_ns;
    return is_running_ ? ToStatus(Table::OnTimer(instance_, &timer)) : NotRunning();
  }
  /// The second call does nothing.
  Status Close() {
    return std::exchange(is_running_, false) ? ToStatus(Table::Close(instance_)) : Status();
  }

 private:
  using Table = detail::Thunks<D>;

  static DetectorDefinition DefinitionOf() {
    const D detector{};
    return static_cast<const Detector&>(detector).GetDefinition();
  }
  static Status NotRunning() { return Error("the detector was not started by Init"); }

  Status ToStatus(std::int32_t status) {
    return status == WIREHOUND_OK ? Status()
                                  : Error(std::string(ToView(Table::LastError(instance_))));
  }

  TestHost host_;
  void* instance_ = nullptr;
  bool is_running_ = false;
};

WIREHOUND_NAMESPACE_END
