// SPDX-License-Identifier: Apache-2.0

// The header that a detector includes. Derive from wirehound::Detector, name the class in
// WIREHOUND_DETECTORS(...) once per shared object, and build with wirehound_add_detector().
//
//   class Beacon : public wirehound::Detector {
//    public:
//     wirehound::DetectorDefinition GetDefinition() const override { … }
//     wirehound::Status Init(const wirehound::InitContext& context) override {
//       return context.Bind("net_packet_dns", "proto_dns", dns_);
//     }
//     wirehound::Status OnEvent(const wirehound::EventView& event,
//                               const wirehound::Emitter& emit) override;
//    private:
//     wirehound::FieldRef<wirehound::Dns> dns_;
//   };
//   WIREHOUND_DETECTORS(Beacon)
//
// All of this compiles inside the plugin; only the C tables of abi/detector_abi.h cross to the
// engine, so neither the compiler nor the standard library of the two sides has to match.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>
#include <wirehound/event.h>
#include <wirehound/logger.h>
#include <wirehound/named_value.h>
#include <wirehound/namespace.h>
#include <wirehound/result.h>

WIREHOUND_NAMESPACE_BEGIN

/// Maps a C++ type to the type of an option and reads its value.
template <typename T>
struct OptionTraits;

#define WIREHOUND_OPTION_TYPE(cpp_type, tag, expression)                      \
  template <>                                                                 \
  struct OptionTraits<cpp_type> {                                             \
    static constexpr std::uint32_t kType = tag;                               \
    static cpp_type Read(const wirehound_value& value) { return expression; } \
  }

WIREHOUND_OPTION_TYPE(bool, WIREHOUND_TYPE_BOOL, value.unsigned_integer != 0);
WIREHOUND_OPTION_TYPE(std::int64_t, WIREHOUND_TYPE_INT64, value.signed_integer);
WIREHOUND_OPTION_TYPE(std::uint64_t, WIREHOUND_TYPE_UINT64, value.unsigned_integer);
WIREHOUND_OPTION_TYPE(double, WIREHOUND_TYPE_DOUBLE, value.real);
WIREHOUND_OPTION_TYPE(std::string, WIREHOUND_TYPE_STRING, std::string(ToView(value.text)));
#undef WIREHOUND_OPTION_TYPE

template <>
struct OptionTraits<std::vector<std::string>> {
  static constexpr std::uint32_t kType = WIREHOUND_TYPE_STRING_LIST;
  static std::vector<std::string> Read(const wirehound_value& value) {
    std::vector<std::string> texts;
    for (const std::string_view text : TextList(value.list)) {
      texts.emplace_back(text);
    }
    return texts;
  }
};

/// The engine, as Init sees it. Control thread; valid during Init only.
class InitContext {
 public:
  explicit InitContext(const wirehound_host& host) : host_(&host) {}

  /// The detector's log. Valid until Close, so a detector may keep it.
  Logger logger() const { return Logger(*host_); }

  /// Binds `field` of `event`, which the definition must require. Fails when the event has no such
  /// field or one of another type; the message says which. For an optional event that is not
  /// available the reference stays unbound, without an error.
  template <typename T>
  Status Bind(std::string_view event, std::string_view field, FieldRef<T>& reference) const {
    std::uint32_t slot = 0;
    const std::int32_t status = host_->resolve_field(host_->context, FromView(event),
                                                     FromView(field), FieldTraits<T>::kType, &slot);
    if (status == WIREHOUND_OK) {
      reference = FieldRef<T>(slot);
      return {};
    }
    std::uint32_t id = 0;
    if (status == WIREHOUND_ERROR_NOT_FOUND && !ResolveEvent(event, id)) {
      return {};
    }
    const char* reason = status == WIREHOUND_ERROR_WRONG_TYPE ? "holds another type"
                         : status == WIREHOUND_ERROR_INVALID  ? "is not of a required event"
                                                              : "does not exist";
    return Error(ErrorCode::kInvalidInput,
                 "bind field " + std::string(event) + "." + std::string(field) + ": it " + reason);
  }

  /// The user's value of an option of the definition, or its default. T is the option's type:
  /// bool, std::int64_t, std::uint64_t, double, std::string or std::vector<std::string>.
  template <typename T>
  Status Option(std::string_view name, T& option) const {
    if (!WIREHOUND_HAS(host_, wirehound_host, config)) {
      return Error(ErrorCode::kUnsupported,
                   "option " + std::string(name) + ": this engine has none");
    }
    wirehound_value value{};
    const std::int32_t status =
        host_->config(host_->context, FromView(name), OptionTraits<T>::kType, &value);
    if (status == WIREHOUND_OK) {
      option = OptionTraits<T>::Read(value);
      return {};
    }
    const char* reason =
        status == WIREHOUND_ERROR_WRONG_TYPE ? "has another type" : "is not in the definition";
    return Error(ErrorCode::kInvalidInput, "option " + std::string(name) + ": it " + reason);
  }

  /// An extension: a group of functions, as in abi/timers_abi.h. Null when this host has none of
  /// that name, or when the definition does not name the store.
  const void* Extension(std::string_view name) const {
    return host_->get_extension(host_->context, FromView(name));
  }

  /// The runtime id of a required event. False when it is optional and not available.
  bool ResolveEvent(std::string_view event, std::uint32_t& id) const {
    return host_->resolve_event(host_->context, FromView(event), &id) == WIREHOUND_OK;
  }

 private:
  const wirehound_host* host_;
};

/// Members that one detection sets instead of the definition's.
struct DetectionOverrides {
  std::optional<Threat> threat = std::nullopt;
  std::optional<AutoPopulate> auto_populate = std::nullopt;
  std::uint32_t ancestry_depth = 0;  ///< the most parents to name; 0: the engine's default
};

/// Takes the detections of one call. Dispatch thread; valid during OnEvent and OnTimer only.
class Emitter {
 public:
  explicit Emitter(const wirehound_host& host) : host_(&host) {}

  /// Emits one detection with these fields of the produced event:
  /// `return emit.Detected({{"domain", "uol.com.br"}});`. The engine copies the values at once and
  /// adds timestamp, process and what else the definition asks for.
  Status Detected(std::initializer_list<NamedValue> fields = {}) const {
    wirehound_finding finding{};
    finding.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, ancestry_depth);
    finding.field_count = static_cast<std::uint32_t>(fields.size());
    finding.fields = fields.begin();
    return Emit(finding);
  }

  /// The same, with members that replace the definition's, for example the threat.
  Status Detected(std::initializer_list<NamedValue> fields,
                  const DetectionOverrides& overrides) const;

 private:
  Status Emit(const wirehound_finding& finding) const {
    switch (host_->emit(host_->context, &finding)) {
      case WIREHOUND_OK:
        return {};
      case WIREHOUND_ERROR_NOT_DECLARED:
        return Error(ErrorCode::kInvalidInput, "emit: a field is not declared in GetDefinition");
      case WIREHOUND_ERROR_WRONG_TYPE:
        return Error(ErrorCode::kInvalidInput, "emit: a field has another type than declared");
      case WIREHOUND_ERROR_LIMIT:
        return Error(ErrorCode::kFailed, "emit: too many detections at once");
      default:
        return Error(ErrorCode::kFailed, "emit: the engine refused the detection");
    }
  }

  const wirehound_host* host_;
};

/// A detector. The engine never makes two calls into one instance at once. The SDK stops exceptions
/// before they reach the engine, and counts them as errors.
class Detector {
 public:
  Detector() = default;
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;
  /// May throw, like every function here: the SDK stops that exception, too.
  virtual ~Detector() noexcept(false) = default;

  /// Identifies the detector, its requirements and the event that it produces. Called once, before
  /// all other functions.
  virtual DetectorDefinition GetDefinition() const = 0;

  /// Binds fields and prepares state. Called when the detector is part of the plan.
  virtual Status Init(const InitContext& context) = 0;

  /// Handles one required event and may emit detections. The engine counts and reports an error,
  /// and goes on. `event` ends with the call: copy what you keep.
  virtual Status OnEvent(const EventView& event, const Emitter& emit) = 0;

  /// Handles a timer that this detector started (timers.h) and that has gone off.
  virtual Status OnTimer(const wirehound_timer& /*timer*/, const Emitter& /*emit*/) { return {}; }

  /// Called exactly once after a successful Init.
  virtual Status Close() { return {}; }
};

WIREHOUND_NAMESPACE_END

#include <wirehound/detail/module.h>  // IWYU pragma: export
