// SPDX-License-Identifier: Apache-2.0

// RuntimeAsker: asks container runtimes for the names behind container ids, on a thread of its own,
// so that no packet waits for them. Ask, TakeAnswers and counters: dispatch thread.
//
// Bounds: waiting questions and answers, the bytes and the time of one response. A socket that
// fails is not asked for a while, longer after each failure. A question without an answer is asked
// again later, a few times. Each question is counted: asked = answered + unknown + failed + dropped
// + waiting.

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

  /// The most questions and answers that wait, together.
  static constexpr std::size_t kMaxWaiting = 1024;
  /// How many times one question is asked, at most.
  static constexpr int kAttempts = 3;

  struct Setup {
    RuntimeChoice choice;
    std::chrono::milliseconds timeout{2000};  ///< for one question to one socket
    std::chrono::milliseconds retry_after{
        1000};  ///< the first time, then each time four times as long
    std::chrono::milliseconds back_off{1000};  ///< for a socket that failed, then doubled
    std::chrono::milliseconds most_back_off{60000};
  };

  explicit RuntimeAsker(Setup setup);
  /// Ends the thread, even while it waits for a server.
  ~RuntimeAsker();
  RuntimeAsker(const RuntimeAsker&) = delete;
  RuntimeAsker& operator=(const RuntimeAsker&) = delete;

  /// Asks for a container, `runtime` (may be "") first. Never waits. The first question starts the
  /// thread: by then the process has given up privileges, so the thread has none of them.
  void Ask(std::string_view id, std::string_view runtime);

  /// Readable while answers wait.
  int poll_fd() const { return answered_.get(); }

  /// Passes each waiting answer to `take`; the answer lives until `take` returns.
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
  /// The result of asking all sockets once.
  struct Outcome {
    std::optional<ContainerAnswer> answer;
    bool failed = false;  ///< a runtime that may have the container could not be asked
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
  std::map<std::string, BackOff> back_offs_;  // by socket path; for the asking thread only

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Question> questions_;
  std::vector<ContainerAnswer> answers_;
  bool is_asking_ = false;  // the thread has taken one question out of questions_
  bool stop_ = false;
  RuntimeCounters counters_;
  std::thread thread_;
};

}  // namespace wirehound
