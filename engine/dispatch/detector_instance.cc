// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/detector_instance.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <spdlog/logger.h>

#include "engine/safety/stray_output.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

// The most bytes of a detector's error text that go into a log line.
constexpr std::uint64_t kMaxErrorText = 4096;

constexpr std::uint64_t kNsPerMs = 1'000'000;

}  // namespace

void DetectorInstance::Counters::Add(const Counters& other) {
  events_in += other.events_in;
  events_out += other.events_out;
  errors += other.errors;
  skipped += other.skipped;
  filtered += other.filtered;
  refused += other.refused;
  timers += other.timers;
  timers_refused += other.timers_refused;
  state_refused += other.state_refused;
  state_evicted += other.state_evicted;
  overruns += other.overruns;
  timed_calls += other.timed_calls;
  timed_ns += other.timed_ns;
  timed_max_ns = std::max(timed_max_ns, other.timed_max_ns);
}

DetectorInstance::DetectorInstance(const InstanceSetup& setup, DispatchParts& parts)
    : table_(*setup.detector.table),
      parts_(parts),
      detector_(setup.detector),
      file_(setup.detector.file.string()),
      host_(setup, parts, *this),
      subscriptions_(&setup.subscriptions) {}

Result<std::unique_ptr<DetectorInstance>> DetectorInstance::Start(const InstanceSetup& setup,
                                                                  DispatchParts& parts) {
  std::unique_ptr<DetectorInstance> instance(new DetectorInstance(setup, parts));
  Status status = instance->Init();
  if (!status) {
    return std::move(status).error().WithContext("detector " + setup.detector.definition.id);
  }
  return instance;
}

Status DetectorInstance::Init() {
  std::int32_t status = WIREHOUND_OK;
  {
    const CrashScope scope(*this, "create", nullptr);
    status = table_.create(&host_.table(), &instance_);
  }
  if (status != WIREHOUND_OK || instance_ == nullptr) {
    instance_ = nullptr;
    return Error("create failed (status " + std::to_string(status) + ")");
  }
  if (CanHaveTimers()) {
    host_.BeginInit();
  }
  {
    const CrashScope scope(*this, "Init", nullptr);
    status = table_.init(instance_);
  }
  AttributeStrayOutput("detector '" + definition().id + "'");
  if (status != WIREHOUND_OK) {
    return Error("Init failed: " + LastError());
  }
  host_.EndInit();
  if (!CanHaveTimers()) {
    host_.timers().SetPhase(TimerPhase::kClosed);
  }
  running_ = true;
  return {};
}

// A plugin built before on_timer existed has a shorter table, and a detector may leave the function
// null. Its timers stay closed: nothing could be called when one fires.
bool DetectorInstance::CanHaveTimers() const {
  return WIREHOUND_HAS(&table_, wirehound_detector, on_timer) && table_.on_timer != nullptr;
}

DetectorInstance::~DetectorInstance() {
  Close();
  if (suspended_) {
    std::vector<const EventDefinition*>& suspended = parts_.suspended_events;
    suspended.erase(std::find(suspended.begin(), suspended.end(), &produced()));
  }
  if (instance_ != nullptr) {
    const CrashScope scope(*this, "destroy", nullptr);
    table_.destroy(instance_);
  }
}

void DetectorInstance::OnTimer(const wirehound_timer& timer, const wirehound_event& context) {
  ++counters_.timers;
  Call({&context, nullptr}, "OnTimer", [&] { return table_.on_timer(instance_, &timer); });
}

void DetectorInstance::WarnOfHeap() {
  host_.logger().warn("keeps about {} MiB more than it gave back (estimated from 1 call in {})",
                      heap_watch_.kept_bytes() >> 20, heap_watch_.mean_interval());
}

void DetectorInstance::CountOutcome(std::int32_t status, std::uint64_t taken_ns,
                                    const DetectionOrigin& origin) {
  errors_in_a_row_ = status == WIREHOUND_OK ? 0 : errors_in_a_row_ + 1;
  overruns_in_a_row_ = taken_ns <= parts_.clock.budget_ns() ? 0 : overruns_in_a_row_ + 1;
  if (errors_in_a_row_ != 0) {
    CountError(status, origin);
  }
  if (overruns_in_a_row_ != 0) {
    CountOverrun(taken_ns, origin);
  }
  last_call_failed_ = errors_in_a_row_ != 0 || overruns_in_a_row_ != 0;
}

// Logs the first error, and then one each time their number has doubled: a failing detector must
// not fill the log.
void DetectorInstance::CountError(std::int32_t status, const DetectionOrigin& origin) {
  const std::uint32_t limit = parts_.services.limits.max_errors_in_a_row;
  // Not `==`: SetLimits may have lowered the limit below the present count.
  const bool suspends = limit != 0 && errors_in_a_row_ >= limit;
  const bool reports = ++counters_.errors >= next_error_report_;
  if (!reports && !suspends) {
    return;
  }
  const std::string reason = LastError();
  if (reports) {
    next_error_report_ = counters_.errors * 2;
    host_.logger().error("{} failed ({} so far, status {}): {}",
                         origin.cause == nullptr ? "OnTimer" : "OnEvent", counters_.errors, status,
                         reason);
  }
  if (suspends) {
    host_.logger().error("suspended after {} errors in a row", errors_in_a_row_);
    Suspend({"errors", errors_in_a_row_, reason}, origin);
  }
}

// Makes at most one event per turn. A detector that requires the event may overrun on it as well;
// without this bound two such detectors would report each other until the queue is full.
void DetectorInstance::CountOverrun(std::uint64_t taken_ns, const DetectionOrigin& origin) {
  const std::uint64_t budget_ns = parts_.clock.budget_ns();
  ++counters_.overruns;
  if (reported_turn_ != parts_.turn) {
    reported_turn_ = parts_.turn;
    const wirehound_string& event = origin.context->name;
    parts_.engine_events.Report(definition(), {{event.data, event.size}, taken_ns, budget_ns},
                                *origin.context);
  }
  if (counters_.overruns >= next_overrun_report_) {
    next_overrun_report_ = counters_.overruns * 2;
    host_.logger().warn("{} took about {} ms, over its budget of {} ms ({} so far)",
                        origin.cause == nullptr ? "OnTimer" : "OnEvent", taken_ns / kNsPerMs,
                        budget_ns / kNsPerMs, counters_.overruns);
  }
  const std::uint32_t limit = parts_.services.limits.max_overruns_in_a_row;
  // CountError may have suspended the detector for this very call.
  if (!suspended_ && limit != 0 && overruns_in_a_row_ >= limit) {
    host_.logger().error("suspended after {} calls in a row over its time budget",
                         overruns_in_a_row_);
    Suspend({"time_budget", overruns_in_a_row_, {}}, origin);
  }
}

void DetectorInstance::Suspend(const DetectorSuspended& reason, const DetectionOrigin& origin) {
  suspended_ = true;
  parts_.suspended_events.push_back(&produced());
  host_.timers().SetPhase(TimerPhase::kClosed);
  parts_.engine_events.Report(definition(), reason, *origin.context);
}

void DetectorInstance::Close() {
  host_.timers().SetPhase(TimerPhase::kClosed);
  if (!std::exchange(running_, false)) {
    return;
  }
  std::int32_t status = WIREHOUND_OK;
  {
    const CrashScope scope(*this, "Close", nullptr);
    status = table_.close(instance_);
  }
  if (status != WIREHOUND_OK) {
    host_.logger().error("Close failed: {}", LastError());
  }
  AttributeStrayOutput("detector '" + definition().id + "'");
}

std::string DetectorInstance::LastError() const {
  const CrashScope scope(*this, "last_error", nullptr);
  const wirehound_string text = table_.last_error(instance_);
  std::string printable;
  if (text.data != nullptr) {
    AppendPrintable(printable, {text.data, std::min(text.size, kMaxErrorText)});
  }
  return printable.empty() ? "no reason given" : printable;
}

bool DetectorInstance::IsSameAs(const InstanceSetup& setup) const {
  if (&detector_ != &setup.detector || !(host_.config() == setup.config) ||
      &produced() != setup.catalogue.Find(definition().produced_event.name)) {
    return false;
  }
  return std::equal(setup.subscriptions.begin(), setup.subscriptions.end(), subscriptions_->begin(),
                    subscriptions_->end(), [](const Subscription& a, const Subscription& b) {
                      return a.event == b.event;
                    });
}

DetectorInstance::Counters DetectorInstance::counters() const {
  Counters counters = counters_;
  counters.events_out = host_.counters().emitted;
  counters.refused = host_.counters().refused;
  counters.timers_refused = host_.timers().refused();
  counters.state_refused = host_.state().refused();
  counters.state_evicted = host_.state().evicted();
  return counters;
}

}  // namespace wirehound
