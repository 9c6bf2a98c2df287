// SPDX-License-Identifier: Apache-2.0

// Makes the C tables of abi/detector_abi.h from Detector classes. Included by detector.h; not for
// authors. The engine calls these functions, so none of them lets an exception out. Templates hold
// no static data, as two plugins could share it (docs/abi.md); the macro defines the tables
// instead.

#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <wirehound/detector.h>
#include <wirehound/namespace.h>
#include <wirehound/version.h>

WIREHOUND_NAMESPACE_BEGIN
namespace detail {

/// Owns the C arrays that a flattened definition points to. The arrays never move.
class FlatArrays {
 public:
  template <typename T>
  wirehound_list Keep(std::vector<T> items) {
    auto array = std::make_shared<const std::vector<T>>(std::move(items));
    arrays_.push_back(array);
    return {array->data(), static_cast<std::uint32_t>(array->size()), sizeof(T)};
  }

  wirehound_list Texts(const std::vector<std::string>& texts) {
    std::vector<wirehound_string> views;
    views.reserve(texts.size());
    for (const std::string& text : texts) {
      views.push_back(FromView(text));
    }
    return Keep(std::move(views));
  }

 private:
  std::vector<std::shared_ptr<const void>> arrays_;  // shared: a deleter for each type
};

inline wirehound_version ToAbi(const Version& version) {
  return {version.major, version.minor, version.patch, 0};
}

inline wirehound_list Flatten(const std::vector<EventRequirement>& requirements,
                              FlatArrays& arrays) {
  std::vector<wirehound_event_requirement> flat;
  flat.reserve(requirements.size());
  for (const EventRequirement& requirement : requirements) {
    flat.push_back({FromView(requirement.name), static_cast<std::uint32_t>(requirement.dependency),
                    0, ToAbi(requirement.min_version), ToAbi(requirement.max_version),
                    arrays.Texts(requirement.data_filters),
                    arrays.Texts(requirement.scope_filters)});
  }
  return arrays.Keep(std::move(flat));
}

inline wirehound_list Flatten(const std::vector<NamedRequirement>& requirements,
                              FlatArrays& arrays) {
  std::vector<wirehound_named_requirement> flat;
  flat.reserve(requirements.size());
  for (const NamedRequirement& requirement : requirements) {
    flat.push_back(
        {FromView(requirement.name), static_cast<std::uint32_t>(requirement.dependency), 0});
  }
  return arrays.Keep(std::move(flat));
}

/// The C form of an option's value; the type is that of the variant's value.
inline wirehound_value ToAbi(const OptionValue& option, FlatArrays& arrays) {
  wirehound_value value{};
  if (const auto* flag = std::get_if<bool>(&option)) {
    value.unsigned_integer = *flag ? 1 : 0;
  } else if (const auto* number = std::get_if<std::int64_t>(&option)) {
    value.signed_integer = *number;
  } else if (const auto* count = std::get_if<std::uint64_t>(&option)) {
    value.unsigned_integer = *count;
  } else if (const auto* real = std::get_if<double>(&option)) {
    value.real = *real;
  } else if (const auto* text = std::get_if<std::string>(&option)) {
    value.text = FromView(*text);
  } else {
    value.list = arrays.Texts(std::get<std::vector<std::string>>(option));
  }
  return value;
}

inline std::uint32_t TypeOf(const OptionValue& option) {
  constexpr std::uint32_t kTypes[] = {WIREHOUND_TYPE_BOOL,   WIREHOUND_TYPE_INT64,
                                      WIREHOUND_TYPE_UINT64, WIREHOUND_TYPE_DOUBLE,
                                      WIREHOUND_TYPE_STRING, WIREHOUND_TYPE_STRING_LIST};
  return kTypes[option.index()];
}

/// The C form of a bound. It must have the type of the default: the C struct has one type for
/// default and bounds.
inline wirehound_value BoundToAbi(const ConfigOption& option,
                                  const std::optional<OptionValue>& bound, FlatArrays& arrays) {
  if (!bound) {
    return {};
  }
  if (bound->index() != option.default_value.index()) {
    throw std::invalid_argument("option '" + option.name +
                                "': its bounds and its default differ in type");
  }
  return ToAbi(*bound, arrays);
}

inline wirehound_list Flatten(const std::vector<ConfigOption>& options, FlatArrays& arrays) {
  std::vector<wirehound_config_option> flat;
  flat.reserve(options.size());
  for (const ConfigOption& option : options) {
    wirehound_config_option to{};
    to.name = FromView(option.name);
    to.type = TypeOf(option.default_value);
    to.flags = (option.minimum ? WIREHOUND_OPTION_HAS_MINIMUM : 0u) |
               (option.maximum ? WIREHOUND_OPTION_HAS_MAXIMUM : 0u);
    to.description = FromView(option.description);
    to.default_value = ToAbi(option.default_value, arrays);
    to.minimum = BoundToAbi(option, option.minimum, arrays);
    to.maximum = BoundToAbi(option, option.maximum, arrays);
    flat.push_back(to);
  }
  return arrays.Keep(std::move(flat));
}

inline wirehound_list Flatten(const std::vector<FieldDefinition>& fields, FlatArrays& arrays) {
  std::vector<wirehound_field_definition> flat;
  flat.reserve(fields.size());
  for (const FieldDefinition& field : fields) {
    flat.push_back({FromView(field.name), static_cast<std::uint32_t>(field.type), 0,
                    FromView(field.description)});
  }
  return arrays.Keep(std::move(flat));
}

inline wirehound_threat Flatten(const Threat& threat, FlatArrays& arrays) {
  std::vector<wirehound_property> properties;
  properties.reserve(threat.properties.size());
  for (const auto& [name, value] : threat.properties) {
    properties.push_back({FromView(name), FromView(value)});
  }
  return {WIREHOUND_STRUCT_SIZE(wirehound_threat, properties),
          static_cast<std::uint32_t>(threat.severity),
          FromView(threat.name),
          FromView(threat.description),
          FromView(threat.mitre_tactic),
          FromView(threat.mitre_technique_id),
          FromView(threat.mitre_technique_name),
          arrays.Keep(std::move(properties))};
}

inline std::uint32_t ToAbi(const AutoPopulate& populate) {
  return (populate.threat ? WIREHOUND_POPULATE_THREAT : 0u) |
         (populate.detected_from ? WIREHOUND_POPULATE_DETECTED_FROM : 0u) |
         (populate.ancestry ? WIREHOUND_POPULATE_ANCESTRY : 0u);
}

/// A DetectorDefinition as the C struct; owns the arrays that the struct points to. The definition
/// must outlive it.
class FlatDefinition {
 public:
  explicit FlatDefinition(const DetectorDefinition& from) {
    const Requirements& requirements = from.requirements;
    definition_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat);
    definition_.auto_populate = ToAbi(from.auto_populate);
    definition_.id = FromView(from.id);
    definition_.events = Flatten(requirements.events, arrays_);
    definition_.data_stores = Flatten(requirements.data_stores, arrays_);
    definition_.enrichments = Flatten(requirements.enrichments, arrays_);
    definition_.architectures = arrays_.Texts(requirements.architectures);
    definition_.min_engine_version = ToAbi(requirements.min_engine_version);
    definition_.max_engine_version = ToAbi(requirements.max_engine_version);
    definition_.config_options = Flatten(from.config, arrays_);
    const ProducedEvent& event = from.produced_event;
    definition_.event_name = FromView(event.name);
    definition_.event_description = FromView(event.description);
    definition_.event_version = ToAbi(event.version);
    definition_.event_fields = Flatten(event.fields, arrays_);
    definition_.event_tags = arrays_.Texts(event.tags);
    if (from.threat) {
      threat_ = Flatten(*from.threat, arrays_);
      definition_.threat = &threat_;
    }
  }
  FlatDefinition(const FlatDefinition&) = delete;
  FlatDefinition& operator=(const FlatDefinition&) = delete;

  const wirehound_detector_definition& abi() const { return definition_; }

 private:
  FlatArrays arrays_;
  wirehound_threat threat_{};
  wirehound_detector_definition definition_{};
};

/// One detector, with its host and the text of its last error.
template <typename D>
struct Instance {
  explicit Instance(const wirehound_host& host_table) : host(&host_table) {}

  // Called through the base class, as an author may override in a private section.
  Detector& base() { return detector; }

  const wirehound_host* host;
  D detector;
  std::string last_error;
};

/// Runs `body`, which returns a Status, and turns an error or exception into a status code and a
/// text.
template <typename Body>
std::int32_t Guard(std::string& message, Body&& body) noexcept {
  try {
    try {
      Status status = std::forward<Body>(body)();
      if (status) {
        return WIREHOUND_OK;
      }
      message = status.error().message();
      return WIREHOUND_ERROR;
    } catch (const std::exception& exception) {
      message = exception.what();
    } catch (...) {
      message = "an exception of unknown type";
    }
  } catch (...) {  // no memory for the text itself
  }
  return WIREHOUND_ERROR_EXCEPTION;
}

/// The functions of one detector class, for its table.
template <typename D>
struct Thunks {
  // Destroys the detector before the sink takes the definition, as its destructor may throw.
  static DetectorDefinition Define() {
    D detector;
    return static_cast<const Detector&>(detector).GetDefinition();
  }

  static std::int32_t Describe(const wirehound_describe_sink* sink) noexcept {
    std::string message;
    const std::int32_t status = Guard(message, [sink]() -> Status {
      const DetectorDefinition definition = Define();
      sink->take(sink->context, &FlatDefinition(definition).abi());
      return {};
    });
    if (status != WIREHOUND_OK) {
      sink->fail(sink->context, FromView(message));
    }
    return status;
  }

  static std::int32_t Create(const wirehound_host* host, void** instance) noexcept {
    *instance = nullptr;
    std::string message;
    const std::int32_t status = Guard(message, [host, instance]() -> Status {
      *instance = std::make_unique<Instance<D>>(*host).release();
      return {};
    });
    if (status != WIREHOUND_OK) {
      host->log(host->context, WIREHOUND_LOG_ERROR, FromView(message), nullptr, 0);
    }
    return status;
  }

  static std::int32_t Init(void* instance) noexcept {
    auto& self = *static_cast<Instance<D>*>(instance);
    return Guard(self.last_error, [&self] { return self.base().Init(InitContext(*self.host)); });
  }

  static std::int32_t OnEvent(void* instance, const wirehound_event* event) noexcept {
    auto& self = *static_cast<Instance<D>*>(instance);
    return Guard(self.last_error, [&self, event] {
      return self.base().OnEvent(EventView(*event), Emitter(*self.host));
    });
  }

  static std::int32_t OnTimer(void* instance, const wirehound_timer* timer) noexcept {
    auto& self = *static_cast<Instance<D>*>(instance);
    return Guard(self.last_error,
                 [&self, timer] { return self.base().OnTimer(*timer, Emitter(*self.host)); });
  }

  static std::int32_t Close(void* instance) noexcept {
    auto& self = *static_cast<Instance<D>*>(instance);
    return Guard(self.last_error, [&self] { return self.base().Close(); });
  }

  static void Destroy(void* instance) noexcept {
    auto* self = static_cast<Instance<D>*>(instance);
    const wirehound_host& host = *self->host;
    std::string message;
    const std::int32_t status = Guard(message, [self]() -> Status {
      delete self;  // a smart pointer would end the process if the destructor throws
      return {};
    });
    if (status != WIREHOUND_OK) {
      host.log(host.context, WIREHOUND_LOG_ERROR, FromView(message), nullptr, 0);
    }
  }

  static wirehound_string LastError(void* instance) noexcept {
    return FromView(static_cast<Instance<D>*>(instance)->last_error);
  }
};

template <typename D>
constexpr wirehound_detector MakeTable() {
  return {WIREHOUND_STRUCT_SIZE(wirehound_detector, on_timer),
          0,
          &Thunks<D>::Describe,
          &Thunks<D>::Create,
          &Thunks<D>::Init,
          &Thunks<D>::OnEvent,
          &Thunks<D>::Close,
          &Thunks<D>::Destroy,
          &Thunks<D>::LastError,
          &Thunks<D>::OnTimer};
}

template <typename... D>
constexpr std::array<wirehound_detector, sizeof...(D)> MakeTables() {
  return {MakeTable<D>()...};
}

template <std::size_t N>
constexpr std::array<const wirehound_detector*, N> PointersTo(
    const std::array<wirehound_detector, N>& tables) {
  std::array<const wirehound_detector*, N> pointers{};
  for (std::size_t i = 0; i < N; ++i) {
    pointers[i] = &tables[i];
  }
  return pointers;
}

}  // namespace detail

inline Status Emitter::Detected(std::initializer_list<NamedValue> fields,
                                const DetectionOverrides& overrides) const {
  detail::FlatArrays arrays;
  wirehound_threat threat{};
  wirehound_finding finding{};
  finding.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, ancestry_depth);
  finding.field_count = static_cast<std::uint32_t>(fields.size());
  finding.fields = fields.begin();
  if (overrides.threat) {
    threat = detail::Flatten(*overrides.threat, arrays);
    finding.threat = &threat;
  }
  if (overrides.auto_populate) {
    finding.flags = WIREHOUND_FINDING_POPULATE;
    finding.auto_populate = detail::ToAbi(*overrides.auto_populate);
  }
  finding.ancestry_depth = overrides.ancestry_depth;
  return Emit(finding);
}

WIREHOUND_NAMESPACE_END

// The compiler of the plugin, for the log.
#if defined(__clang__)
#define WIREHOUND_COMPILER_TEXT __VERSION__
#else
#define WIREHOUND_COMPILER_TEXT "g++ " __VERSION__
#endif
#if defined(_LIBCPP_VERSION)
#define WIREHOUND_LIBRARY_TEXT ", libc++"
#else
#define WIREHOUND_LIBRARY_TEXT ", libstdc++"
#endif

/// Exports the named detector classes. Once per shared object, at namespace scope.
#define WIREHOUND_DETECTORS(...)                                                             \
  namespace {                                                                                \
  constexpr auto wirehound_detector_tables = ::wirehound::detail::MakeTables<__VA_ARGS__>(); \
  constexpr auto wirehound_detector_pointers =                                               \
      ::wirehound::detail::PointersTo(wirehound_detector_tables);                            \
  }                                                                                          \
  extern "C" WIREHOUND_EXPORT const wirehound_detector_module WIREHOUND_DETECTOR_MODULE = {  \
      WIREHOUND_ABI_MAGIC,                                                                   \
      WIREHOUND_STRUCT_SIZE(wirehound_detector_module, compiler),                            \
      0,                                                                                     \
      static_cast<std::uint32_t>(wirehound_detector_pointers.size()),                        \
      wirehound_detector_pointers.data(),                                                    \
      WIREHOUND_SDK_VERSION,                                                                 \
      WIREHOUND_COMPILER_TEXT WIREHOUND_LIBRARY_TEXT}
