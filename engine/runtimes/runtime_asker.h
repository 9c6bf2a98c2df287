// SPDX-License-Identifier: Apache-2.0

// RuntimeAsker: asks container runtimes for the names behind container ids, on a thread of its own,
// so that no packet waits for them. Ask, TakeAnswers and counters: dispatch thread.
//
// Bounded: questions and answers that wait, what a runtime may say and for how long. A socket that
// fails is left alone for a while, longer each time. A question that got no answer is asked again
// later, a few times. Everything is counted: asked = answered + unknown + failed + dropped +
// waiting.

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <wirehound/abi/stores_abi.h>

#include "base/unique_fd.h"
#include "engine/runtimes/container_answer.h"
#include "engine/runtimes/runtime_counters.h"
#include "engine/runtimes/runtime_socket.h"
#include "engine/runtimes/unix_stream.h"

namespace wirehound {

class RuntimeAsker {
 public:
  using Clock = std::chrono::steady_clock;

  /// Questions and answers that wait, together.
  static constexpr std::size_t kMaxWaiting = 1024;
  /// How often one question is asked.
  static constexpr int kAttempts = 3;

  struct Setup {
    RuntimeChoice choice;
    std::chrono::milliseconds timeout{2000};      ///< of one question to one socket
    std::chrono::milliseconds retry_after{1000};  ///< the first time; then four times as long
    std::chrono::milliseconds back_off{1000};     ///< of a socket, the first time; then doubled
    std::chrono::milliseconds most_back_off{60000};
  };

  explicit RuntimeAsker(Setup setup);
  /// Ends the thread, whoever it waits for.
  ~RuntimeAsker();
  RuntimeAsker(const RuntimeAsker&) = delete;
  RuntimeAsker& operator=(const RuntimeAsker&) = delete;

  /// Asks for a container, `runtime` (may be "") first. Never waits. The first question starts the
  /// thread, so that it has the privileges that are left by then.
  void Ask(std::string_view id, std::string_view runtime);

  /// Readable when there are answers.
  int poll_fd() const { return answered_.get(); }

  /// Hands over the answers that have come; each dies when `take` returns.
  void TakeAnswers(const std::function<void(const wirehound_container_info&)>& take);

  RuntimeCounters counters() const;

 private:
  struct Question {
    std::string id;
    std::string runtime;
    int attempts = 0;
    Clock::time_point due;
  };
  struct BackOff {
    Clock::time_point until;
    std::chrono::milliseconds next{0};
  };
  /// What asking all sockets has come to.
  struct Outcome {
    std::optional<ContainerAnswer> answer;
    bool failed = false;  ///< somebody who might know could not be asked
  };

  void Start();
  void Run();
  std::optional<Question> NextQuestion();
  Outcome AskAll(const Question& question);
  void AskOne(const RuntimeSocket& socket, const Question& question, Outcome& outcome);
  std::vector<RuntimeSocket> SocketsFor(const Question& question) const;
  void Settle(Question question, Outcome outcome);
  void LeaveAlone(const std::string& path, const Error& error);

  const Setup setup_;
  UniqueFd answered_;  // eventfds
  UniqueFd stopping_;
  std::map<std::string, BackOff> back_offs_;  // of the thread; one for each socket there is

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Question> questions_;
  std::vector<ContainerAnswer> answers_;
  bool is_asking_ = false;  // one question is with the thread
  bool stop_ = false;
  RuntimeCounters counters_;
  std::thread thread_;
};

}  // namespace wirehound
