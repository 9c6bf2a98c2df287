// SPDX-License-Identifier: Apache-2.0

// How a Detector class becomes the C tables of abi/detector_abi.h. Included by detector.h; not
// for authors. Every function here is called by the engine: none lets an exception out. There is
// no static data in templates, as two plugins could end up sharing it (docs/abi.md); the tables
// are made where the macro stands.

#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/detector.h>
#include <wirehound/namespace.h>
#include <wirehound/version.h>

WIREHOUND_NAMESPACE_BEGIN
namespace detail {

/// A DetectorDefinition laid out as the C struct; owns the arrays the C struct points to.
class FlatDefinition {
 public:
  explicit FlatDefinition(const DetectorDefinition& from) {
    for (const EventRequirement& requirement : from.requirements) {
      requirements_.push_back(
          {FromView(requirement.name), static_cast<std::uint32_t>(requirement.dependency), 0});
    }
    const ProducedEvent& event = from.produced_event;
    for (const FieldDefinition& field : event.fields) {
      fields_.push_back({FromView(field.name), static_cast<std::uint32_t>(field.type), 0,
                         FromView(field.description)});
    }
    for (const std::string& tag : event.tags) {
      tags_.push_back(FromView(tag));
    }
    definition_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat);
    definition_.auto_populate =
        (from.auto_populate.threat ? WIREHOUND_POPULATE_THREAT : 0u) |
        (from.auto_populate.detected_from ? WIREHOUND_POPULATE_DETECTED_FROM : 0u);
    definition_.id = FromView(from.id);
    definition_.requirements = ToList(requirements_);
    definition_.event_name = FromView(event.name);
    definition_.event_description = FromView(event.description);
    definition_.event_version = {event.version.major, event.version.minor, event.version.patch, 0};
    definition_.event_fields = ToList(fields_);
    definition_.event_tags = ToList(tags_);
    if (from.threat) {
      threat_ = {WIREHOUND_STRUCT_SIZE(wirehound_threat, mitre_technique_name),
                 static_cast<std::uint32_t>(from.threat->severity),
                 FromView(from.threat->name),
                 FromView(from.threat->description),
                 FromView(from.threat->mitre_tactic),
                 FromView(from.threat->mitre_technique_id),
                 FromView(from.threat->mitre_technique_name)};
      definition_.threat = &threat_;
    }
  }
  FlatDefinition(const FlatDefinition&) = delete;
  FlatDefinition& operator=(const FlatDefinition&) = delete;

  const wirehound_detector_definition& abi() const { return definition_; }

 private:
  template <typename T>
  static wirehound_list ToList(const std::vector<T>& items) {
    return {items.data(), static_cast<std::uint32_t>(items.size()), sizeof(T)};
  }

  std::vector<wirehound_event_requirement> requirements_;
  std::vector<wirehound_field_definition> fields_;
  std::vector<wirehound_string> tags_;
  wirehound_threat threat_{};
  wirehound_detector_definition definition_{};
};

/// One detector with what the engine needs around it.
template <typename D>
struct Instance {
  explicit Instance(const wirehound_host& host_table) : host(&host_table) {}

  // Seen as its base, so that an author may override in a private section.
  Detector& base() { return detector; }

  const wirehound_host* host;
  D detector;
  std::string last_error;
};

/// Runs `body`, which returns a Status, and turns whatever happens into a status code and a text.
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

/// The functions of one detector class, as the table points to them.
template <typename D>
struct Thunks {
  static std::int32_t Describe(const wirehound_describe_sink* sink) noexcept {
    std::string message;
    const std::int32_t status = Guard(message, [sink]() -> Status {
      D detector;
      const DetectorDefinition definition = static_cast<const Detector&>(detector).GetDefinition();
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

  static std::int32_t Close(void* instance) noexcept {
    auto& self = *static_cast<Instance<D>*>(instance);
    return Guard(self.last_error, [&self] { return self.base().Close(); });
  }

  static void Destroy(void* instance) noexcept {
    std::string message;
    Guard(message, [instance]() -> Status {
      std::unique_ptr<Instance<D>>(static_cast<Instance<D>*>(instance)).reset();
      return {};
    });
  }

  static wirehound_string LastError(void* instance) noexcept {
    return FromView(static_cast<Instance<D>*>(instance)->last_error);
  }
};

template <typename D>
constexpr wirehound_detector MakeTable() {
  return {WIREHOUND_STRUCT_SIZE(wirehound_detector, last_error),
          0,
          &Thunks<D>::Describe,
          &Thunks<D>::Create,
          &Thunks<D>::Init,
          &Thunks<D>::OnEvent,
          &Thunks<D>::Close,
          &Thunks<D>::Destroy,
          &Thunks<D>::LastError};
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
WIREHOUND_NAMESPACE_END

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
      __VERSION__}
