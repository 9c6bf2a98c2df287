// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/runtime_asker.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <utility>

#include <spdlog/logger.h>

#include "engine/log/logging.h"
#include "engine/runtimes/containerd_client.h"
#include "engine/runtimes/cri_client.h"
#include "engine/runtimes/docker_client.h"

namespace wirehound {
namespace {

constexpr int kRetryFactor = 4;
constexpr int kBackOffFactor = 2;

UniqueFd MakeEvent() { return UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void Raise(const UniqueFd& event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event.get(), &one, sizeof(one));
}

void Lower(const UniqueFd& event) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(event.get(), &count, sizeof(count));
}

// An id goes into the path of a request.
bool IsPlainId(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  });
}

bool KnowsNothing(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kUnsupported;
}

// containerd's own API shows less of the containers of Kubernetes than its CRI does.
Result<ContainerAnswer> AskSocket(const RuntimeSocket& socket, const std::string& id,
                                  const Patience& patience) {
  switch (socket.kind) {
    case RuntimeKind::kDocker:
    case RuntimeKind::kPodman:
      return AskDocker(socket.path, id, patience);
    case RuntimeKind::kCrio:
      return AskCri(socket.path, id, patience);
    case RuntimeKind::kContainerd:
      break;
  }
  Result<ContainerAnswer> answer = AskCri(socket.path, id, patience);
  return answer || !KnowsNothing(answer.error().code()) ? std::move(answer)
                                                        : AskContainerd(socket.path, id, patience);
}

}  // namespace

RuntimeAsker::RuntimeAsker(Setup setup)
    : setup_(std::move(setup)), answered_(MakeEvent()), stopping_(MakeEvent()) {}

RuntimeAsker::~RuntimeAsker() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  Raise(stopping_);
  changed_.notify_one();
  thread_.join();
}

void RuntimeAsker::Ask(std::string_view id, std::string_view runtime) {
  if (setup_.choice.nobody) {
    return;
  }
  const std::lock_guard lock(mutex_);
  ++counters_.asked;
  if (!IsPlainId(id)) {
    ++counters_.unknown;
    return;
  }
  if (questions_.size() + answers_.size() >= kMaxWaiting) {
    ++counters_.dropped;
    return;
  }
  questions_.push_back(
      {.id = std::string(id), .runtime = std::string(runtime), .attempts = 0, .due = {}});
  if (!thread_.joinable()) {
    Start();
  }
  changed_.notify_one();
}

// The new thread starts with all signals blocked: they are for the dispatch thread.
void RuntimeAsker::Start() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void RuntimeAsker::TakeAnswers(const std::function<void(const wirehound_container_info&)>& take) {
  Lower(answered_);
  std::vector<ContainerAnswer> answers;
  {
    const std::lock_guard lock(mutex_);
    answers.swap(answers_);
  }
  for (const ContainerAnswer& answer : answers) {
    take(answer.Info());
  }
}

RuntimeCounters RuntimeAsker::counters() const {
  const std::lock_guard lock(mutex_);
  RuntimeCounters counters = counters_;
  counters.waiting = questions_.size() + (is_asking_ ? 1 : 0);
  return counters;
}

void RuntimeAsker::Run() {
  while (std::optional<Question> question = NextQuestion()) {
    Outcome outcome{.answer = std::nullopt, .failed = true};
    try {
      outcome = AskAll(*question);
    } catch (const std::exception& exception) {
      MakeLogger("wirehound")->warn("container runtimes: {}", exception.what());
    }
    Settle(*std::move(question), std::move(outcome));
  }
}

// Waits for the question that is due first. Returns nothing when the engine ends.
std::optional<RuntimeAsker::Question> RuntimeAsker::NextQuestion() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto first =
        std::min_element(questions_.begin(), questions_.end(),
                         [](const Question& a, const Question& b) { return a.due < b.due; });
    if (first == questions_.end()) {
      changed_.wait(lock);
    } else if (first->due > Clock::now()) {
      changed_.wait_until(lock, Clock::time_point(first->due));
    } else {
      Question question = std::move(*first);
      questions_.erase(first);
      is_asking_ = true;
      return question;
    }
  }
  return std::nullopt;
}

// The usable sockets, first those of the runtime that the control group of the container names.
std::vector<RuntimeSocket> RuntimeAsker::SocketsFor(const Question& question) const {
  std::vector<RuntimeSocket> sockets =
      setup_.choice.sockets.empty() ? UsualRuntimeSockets(geteuid()) : setup_.choice.sockets;
  std::erase_if(sockets,
                [](const RuntimeSocket& socket) { return !CheckRuntimeSocket(socket.path); });
  std::stable_partition(sockets.begin(), sockets.end(), [&question](const RuntimeSocket& socket) {
    return RuntimeName(socket.kind) == question.runtime;
  });
  return sockets;
}

RuntimeAsker::Outcome RuntimeAsker::AskAll(const Question& question) {
  Outcome outcome;
  for (const RuntimeSocket& socket : SocketsFor(question)) {
    AskOne(socket, question, outcome);
    if (outcome.answer) {
      break;
    }
  }
  return outcome;
}

void RuntimeAsker::AskOne(const RuntimeSocket& socket, const Question& question, Outcome& outcome) {
  const Clock::time_point now = Clock::now();
  const auto back_off = back_offs_.find(socket.path);
  if (back_off != back_offs_.end() && now < back_off->second.until) {
    outcome.failed = true;
    return;
  }
  Result<ContainerAnswer> answer = AskSocket(
      socket, question.id, {.deadline = now + setup_.timeout, .stop_fd = stopping_.get()});
  if (!answer && !KnowsNothing(answer.error().code())) {
    outcome.failed = true;
    return LeaveAlone(socket.path, answer.error());
  }
  back_offs_.erase(socket.path);
  if (answer) {
    outcome.answer = *std::move(answer);
    outcome.answer->runtime = RuntimeName(socket.kind);
  }
}

void RuntimeAsker::LeaveAlone(const std::string& path, const Error& error) {
  const bool is_first = back_offs_.find(path) == back_offs_.end();
  BackOff& back_off = back_offs_[path];
  const std::chrono::milliseconds wait = is_first ? setup_.back_off : back_off.next;
  back_off.until = Clock::now() + wait;
  back_off.next = std::min(wait * kBackOffFactor, setup_.most_back_off);
  bool is_ending = false;
  {
    const std::lock_guard lock(mutex_);
    ++counters_.errors;
    is_ending = stop_;
  }
  if (is_first && !is_ending) {
    MakeLogger("wirehound")->warn("container runtime at {}: {}", path, error.message());
  }
}

void RuntimeAsker::Settle(Question question, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  is_asking_ = false;
  if (outcome.answer) {
    ++counters_.answered;
    answers_.push_back(*std::move(outcome.answer));
    Raise(answered_);
    return;
  }
  if (++question.attempts < kAttempts) {
    auto wait = setup_.retry_after;
    for (int i = 1; i < question.attempts; ++i) {
      wait *= kRetryFactor;
    }
    question.due = Clock::now() + wait;
    questions_.push_back(std::move(question));
    return;
  }
  ++(outcome.failed ? counters_.failed : counters_.unknown);
}

}  // namespace wirehound
