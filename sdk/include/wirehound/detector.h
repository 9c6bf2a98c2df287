// SPDX-License-Identifier: Apache-2.0

// What a detector author includes. Derive from wirehound::Detector, name the class in
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
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>
#include <wirehound/event.h>
#include <wirehound/logger.h>
#include <wirehound/named_value.h>
#include <wirehound/namespace.h>
#include <wirehound/result.h>

WIREHOUND_NAMESPACE_BEGIN

/// What Init can ask of the engine. Control thread; valid during Init only.
class InitContext {
 public:
  explicit InitContext(const wirehound_host& host) : host_(&host) {}

  /// The detector's log. May be kept until Close.
  Logger logger() const { return Logger(*host_); }

  /// Binds `field` of `event`, which the definition must require. Fails when there is no such
  /// field or it holds another type; the message says which. For an optional event that is not
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

  /// The runtime id of a required event. False when it is optional and not available.
  bool ResolveEvent(std::string_view event, std::uint32_t& id) const {
    return host_->resolve_event(host_->context, FromView(event), &id) == WIREHOUND_OK;
  }

 private:
  const wirehound_host* host_;
};

/// Takes detections. Dispatch thread; valid during OnEvent only.
class Emitter {
 public:
  explicit Emitter(const wirehound_host& host) : host_(&host) {}

  /// Emits one detection with these fields of the produced event:
  /// `return emit.Detected({{"domain", "uol.com.br"}});`. Values are copied at once. Timestamp,
  /// process and what else the definition asks for are filled in by the engine.
  Status Detected(std::initializer_list<NamedValue> fields = {}) const {
    const wirehound_finding finding = {WIREHOUND_STRUCT_SIZE(wirehound_finding, fields),
                                       static_cast<std::uint32_t>(fields.size()), fields.begin()};
    switch (host_->emit(host_->context, &finding)) {
      case WIREHOUND_OK:
        return {};
      case WIREHOUND_ERROR_NOT_DECLARED:
        return Error(ErrorCode::kInvalidInput, "emit: a field is not declared in GetDefinition");
      case WIREHOUND_ERROR_WRONG_TYPE:
        return Error(ErrorCode::kInvalidInput, "emit: a field has another type than declared");
      default:
        return Error(ErrorCode::kFailed, "emit: the engine refused the detection");
    }
  }

 private:
  const wirehound_host* host_;
};

/// A detector. One instance is never entered twice at once. Exceptions are stopped at the
/// boundary and count as errors.
class Detector {
 public:
  Detector() = default;
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;
  virtual ~Detector() = default;

  /// Who this is, what it needs and what it produces. Called once, before anything else.
  virtual DetectorDefinition GetDefinition() const = 0;

  /// Binds fields and prepares state. Called only when the detector is selected.
  virtual Status Init(const InitContext& context) = 0;

  /// Sees one required event and may emit detections. An error is counted and reported; the
  /// engine goes on. Nothing of `event` may be kept: copy it.
  virtual Status OnEvent(const EventView& event, const Emitter& emit) = 0;

  /// Called exactly once after a successful Init.
  virtual Status Close() { return {}; }
};

WIREHOUND_NAMESPACE_END

#include <wirehound/detail/module.h>  // IWYU pragma: export
