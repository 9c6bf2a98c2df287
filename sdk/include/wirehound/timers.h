// SPDX-License-Identifier: Apache-2.0

// Timers: timers of a detector, in stream time. Get them in Init, start timers there or later; each
// one that goes off calls Detector::OnTimer. abi/timers_abi.h has the contract.
//
//   Status Init(const InitContext& context) override {
//     Result<Timers> timers = Timers::Of(context);
//     …
//     timers_ = *timers;
//     return timers_.StartPeriodic(kReport, std::chrono::minutes(1));
//   }

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <wirehound/abi/timers_abi.h>
#include <wirehound/detector.h>
#include <wirehound/namespace.h>
#include <wirehound/result.h>

WIREHOUND_NAMESPACE_BEGIN

/// Copyable; valid until Close. Control thread in Init, dispatch thread afterwards. Every call of a
/// default-constructed one fails.
class Timers {
 public:
  Timers() = default;

  /// The timers of the detector whose Init runs. Fails when the engine has no timers.
  static Result<Timers> Of(const InitContext& context) {
    const auto* table =
        static_cast<const wirehound_timers*>(context.Extension(WIREHOUND_TIMERS_EXTENSION));
    if (table == nullptr || !WIREHOUND_HAS(table, wirehound_timers, cancel)) {
      return Error(ErrorCode::kUnsupported, "timers: this engine has none");
    }
    return Timers(*table);
  }

  /// Starts the timer `id`, a number of the author's choice. It goes off once, `after` from now. A
  /// running timer of that id starts anew.
  Status Start(std::uint64_t id, std::chrono::nanoseconds after) const {
    return StartAt(id, after, std::chrono::nanoseconds(0));
  }

  /// Starts a timer that goes off `after` from now, and then each `period`.
  Status Start(std::uint64_t id, std::chrono::nanoseconds after,
               std::chrono::nanoseconds period) const {
    if (period.count() <= 0) {
      return Error(ErrorCode::kInvalidInput, "timer " + std::to_string(id) + ": a period of " +
                                                 std::to_string(period.count()) +
                                                 " ns; expected more than 0");
    }
    return StartAt(id, after, period);
  }

  /// Starts a timer that goes off each `period`, first one period from now.
  Status StartPeriodic(std::uint64_t id, std::chrono::nanoseconds period) const {
    return Start(id, period, period);
  }

  /// Stops a timer. kNotFound when it does not run.
  Status Cancel(std::uint64_t id) const {
    return table_ == nullptr ? Fail(id, "not taken in Init")
                             : Check(id, table_->cancel(table_->context, id));
  }

 private:
  explicit Timers(const wirehound_timers& table) : table_(&table) {}

  static Status Fail(std::uint64_t id, const char* reason, ErrorCode code = ErrorCode::kFailed) {
    return Error(code, "timer " + std::to_string(id) + ": " + reason);
  }

  static Status Check(std::uint64_t id, std::int32_t status) {
    switch (status) {
      case WIREHOUND_OK:
        return {};
      case WIREHOUND_ERROR_NOT_FOUND:
        return Fail(id, "it does not run", ErrorCode::kNotFound);
      case WIREHOUND_ERROR_LIMIT:
        return Fail(id, "too many timers run");
      default:
        return Fail(id, "the engine refused it");
    }
  }

  Status StartAt(std::uint64_t id, std::chrono::nanoseconds after,
                 std::chrono::nanoseconds period) const {
    if (table_ == nullptr) {
      return Fail(id, "not taken in Init");
    }
    if (after.count() < 0) {
      return Fail(id, "a time before now; expected one after it", ErrorCode::kInvalidInput);
    }
    return Check(id, table_->start(table_->context, id, static_cast<std::uint64_t>(after.count()),
                                   static_cast<std::uint64_t>(period.count())));
  }

  const wirehound_timers* table_ = nullptr;
};

WIREHOUND_NAMESPACE_END
