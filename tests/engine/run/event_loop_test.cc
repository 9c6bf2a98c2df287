// SPDX-License-Identifier: Apache-2.0

// The event loop while no record comes: stream time follows the clock, so timers of detectors fire.
// The source is a pipe without data. A test ends with the timer it waits for, or fails after
// kPatience.

#include "engine/run/event_loop.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <wirehound/timers.h>
#include <boost/asio/steady_timer.hpp>

#include "base/unique_fd.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/scripted_detector.h"

namespace wirehound::test {
namespace event_loop_test {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{120};

// A source without records that ends when the test says so.
class IdleSource : public Source {
 public:
  IdleSource() {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    read_end_ = UniqueFd(ends[0]);
    write_end_ = UniqueFd(ends[1]);
  }
  int poll_fd() const override { return read_end_.get(); }
  Result<SourceState> Read(RecordSink& /*sink*/, std::size_t /*max*/) override {
    return ended_ ? SourceState::kEnd : SourceState::kIdle;
  }
  std::vector<SourceCounter> Counters() const override { return {}; }

  // Makes the pipe readable, so that the loop reads the source and notices its end.
  void Stop() override {
    ended_ = true;
    write_end_ = UniqueFd();
  }

 private:
  UniqueFd read_end_;
  UniqueFd write_end_;
  bool ended_ = false;
};

// An engine without records, whose one detector has a timer.
struct IdleEngine {
  explicit IdleEngine(std::uint64_t fires) : fires_wanted(fires) {}

  // Runs until the timer has fired as often as wanted. Returns false when kPatience ran out.
  bool Run() {
    bool in_time = true;
    boost::asio::steady_timer patience(loop.io(), kPatience);
    patience.async_wait([&](const boost::system::error_code& error) {
      if (!error) {
        in_time = false;
        source->Stop();
      }
    });
    CHECK(loop.Run().has_value());
    return in_time;
  }

  LoadedPlugins Load() {
    Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
    script.init = [](const InitContext& context) -> Status {
      Result<Timers> timers = Timers::Of(context);
      return timers ? timers->StartPeriodic(1, milliseconds(1)) : Status(std::move(timers).error());
    };
    script.on_timer = [this](const wirehound_timer& timer, const Emitter& emit) {
      due_ns.push_back(timer.due_ns);
      if (due_ns.size() == fires_wanted) {
        source->Stop();
      }
      return emit.Detected();
    };
    return detectors.Load();
  }

  std::uint64_t fires_wanted;
  IdleSource* source = new IdleSource;  // owned by the engine
  std::vector<std::uint64_t> due_ns;
  ScriptedDetectors detectors;
  EngineRun run{Load(), {}, {.source = std::unique_ptr<Source>(source)}};
  EventLoop loop{run.engine()};
};

std::uint64_t ClockNs() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

TEST_CASE("event loop: timers fire while no record comes, and their detections are shown") {
  constexpr std::uint64_t kBehindNs = 1'000'000'000;
  IdleEngine engine(3);
  engine.loop.FollowClock(kBehindNs);
  const std::uint64_t before_ns = ClockNs();
  CHECK(engine.Run());
  REQUIRE(engine.due_ns.size() >= 3);
  CHECK(engine.run.shown().names.size() == engine.due_ns.size());
  // Stream time stays behind the clock by the delay asked for, so that no record comes late.
  CHECK(engine.due_ns.front() + kBehindNs >= before_ns);
  CHECK(engine.due_ns.back() + kBehindNs <= ClockNs());
}

TEST_CASE("event loop: stream time stands still while a source without a clock is idle") {
  IdleEngine engine(1);
  boost::asio::steady_timer soon(engine.loop.io(), milliseconds(20));
  soon.async_wait([&engine](const boost::system::error_code&) { engine.source->Stop(); });
  CHECK(engine.Run());
  CHECK(engine.due_ns.empty());
}

}  // namespace event_loop_test
}  // namespace wirehound::test
