// SPDX-License-Identifier: Apache-2.0

// Result<T>: a value or an Error, for every failure that a caller can handle. Plugins and engine
// both use it. A subset of std::expected's interface, in C++17. It never crosses the plugin
// boundary, which has status codes instead (abi/detector_abi.h).

#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

/// The kind of a failure. It decides the exit status, never the wording.
enum class ErrorCode {
  kFailed,        ///< failed at run time
  kInvalidInput,  ///< the user or an author gave an invalid value
  kNotFound,
  kNotPermitted,
  kUnsupported,  ///< this kernel or this build cannot do it
};

/// A failure: a code, and a message in lower case that says what failed, the value and what was
/// expected. WithContext prepends the outer operation: "load plugin x.so: no symbol …".
class [[nodiscard]] Error {
 public:
  explicit Error(std::string message) : message_(std::move(message)) {}
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  Error WithContext(std::string_view context) && {
    message_.insert(0, std::string(context) + ": ");
    return std::move(*this);
  }

 private:
  ErrorCode code_ = ErrorCode::kFailed;
  std::string message_;
};

/// Either a T or an Error. Reading the one that it does not hold is a bug and asserts.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *Get(); }
  const T& value() const& { return const_cast<Result*>(this)->value(); }
  T&& value() && { return std::move(*Get()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return Get(); }
  const T* operator->() const { return const_cast<Result*>(this)->Get(); }

  const Error& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  T* Get() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

/// Success without a value, or an Error. Success costs one byte, so it may be returned per event.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& {
    assert(error_);
    return *error_;
  }
  Error&& error() && {
    assert(error_);
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

namespace detail {

template <typename T>
T TakeValue(Result<T>&& result) {
  return *std::move(result);
}
inline void TakeValue(Status&& /*status*/) {}

}  // namespace detail

WIREHOUND_NAMESPACE_END

/// The value of a Result. When it holds an Error, the calling function returns that Error. For a
/// Status the expression has no value. A GNU statement expression, which g++ and clang++ support:
///
///   const Plan plan = WIREHOUND_TRY(MakePlan(selection));
///   WIREHOUND_TRY(CheckCgroup(directory));
#define WIREHOUND_TRY(...)                                           \
  __extension__({                                                    \
    auto wirehound_try_result = (__VA_ARGS__);                       \
    if (!wirehound_try_result) {                                     \
      return std::move(wirehound_try_result).error();                \
    }                                                                \
    ::wirehound::detail::TakeValue(std::move(wirehound_try_result)); \
  })
