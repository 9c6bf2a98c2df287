// SPDX-License-Identifier: Apache-2.0

#include "lab.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include <wirehound/views.h>

#include "tests/probes/capture/capture_plans.h"

namespace wirehound::live {
namespace {

constexpr int kQuietMs = 200;

std::array<int, WIREHOUND_OWNER_KERNEL + 1> owners_seen = {};

// The hooks that this kernel has refused so far. It refuses them to every source, and each try
// takes a while in an emulator.
HookRefusals refusals;

ChildCgroup RequireGroup() {
  Result<ChildCgroup> group = MakeGroup();
  REQUIRE_MESSAGE(group, (group ? std::string() : group.error().message()));
  return *std::move(group);
}

bool WaitReadable(int fd, int milliseconds) {
  pollfd waiting = {.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace

void Collector::OnRecord(const Record& record) {
  REQUIRE(record.process != nullptr);
  REQUIRE(record.owner_source < owners_seen.size());
  ++owners_seen[record.owner_source];
  records_.push_back({
      .timestamp_ns = record.timestamp_ns,
      .bytes = {static_cast<const char*>(static_cast<const void*>(record.bytes.data())),
                record.bytes.size()},
      .wire_length = record.wire_length,
      .direction = record.direction,
      .interface_name = std::string(record.interface_name),
      .syscall = record.syscall,
      .owner_source = record.owner_source,
      .process = *record.process,
      .comm = std::string(ToView(record.process->comm)),
      .executable = std::string(ToView(record.process->executable)),
  });
}

std::uint64_t Collector::Missing() const {
  std::uint64_t missing = 0;
  for (const CaptureGap& gap : gaps_) {
    missing += gap.records;
  }
  return missing;
}

void Collector::OnProcess(const ProcessNotice& notice) {
  REQUIRE(notice.process != nullptr);
  SeenNotice seen{.kind = notice.kind,
                  .timestamp_ns = notice.timestamp_ns,
                  .process = *notice.process,
                  .comm = std::string(ToView(notice.process->comm)),
                  .executable = std::string(ToView(notice.process->executable))};
  for (const wirehound_string& argument : notice.arguments) {
    seen.arguments.emplace_back(ToView(argument));
  }
  notices_.push_back(std::move(seen));
}

const Seen& Collector::Only(std::uint8_t direction, std::string_view text) const {
  const Seen* found = nullptr;
  int count = 0;
  for (const Seen& seen : records_) {
    if (seen.direction != direction || !seen.Carries(text)) {
      continue;
    }
    found = &seen;
    ++count;
  }
  CAPTURE(std::string(text));
  REQUIRE(count == 1);
  return *found;
}

Lab::Lab(LiveOptions options) : Lab(std::move(options), RequireGroup()) {}

Lab::Lab(LiveOptions options, ChildCgroup group) : group_(std::move(group)), roles_(SharedRoles()) {
  options.cgroup = group_.path();
  options.refusals = &refusals;
  Result<std::unique_ptr<LiveSource>> source = LiveSource::Open(options);
  REQUIRE_MESSAGE(source, (source ? std::string() : source.error().message()));
  source_ = *std::move(source);
}

void Lab::Run(const Body& body) {
  Workload workload = StartWorkload(group_, roles_, body);
  FinishWith(workload);
}

bool Lab::Attached(std::string_view hook) const {
  for (const HookReport& report : source_->hooks()) {
    if (report.name == hook) {
      return report.state == HookState::kAttached;
    }
  }
  return false;
}

bool Lab::KnowsSenders() const {
  return Attached("cgroup_skb/egress (sender)") || Attached("fentry/security_socket_sendmsg") ||
         Attached("kprobe/security_socket_sendmsg");
}

void Lab::FinishWith(Workload& workload) {
  while (!workload.Ended()) {
    WaitReadable(source_->poll_fd(), 20);
    REQUIRE(source_->Read(collector_, 64));
  }
  CHECK(workload.Succeeded());
  Finish();
}

void Lab::RunUnread(const Body& body) {
  Workload workload = StartWorkload(group_, roles_, body);
  while (!workload.Ended()) {
    usleep(1000);
  }
  CHECK(workload.Succeeded());
  Finish();
}

void Lab::ReadUntilQuiet() {
  while (WaitReadable(source_->poll_fd(), kQuietMs)) {
    REQUIRE(source_->Read(collector_, 64));
  }
}

void Lab::ReadUntil(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kPatienceSeconds);
  while (!holds()) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    WaitReadable(source_->poll_fd(), 20);
    REQUIRE(source_->Read(collector_, 64));
  }
}

void Lab::Finish() {
  source_->Stop();
  SourceState state = SourceState::kMore;
  while (state != SourceState::kEnd) {
    const Result<SourceState> read = source_->Read(collector_, 64);
    REQUIRE(read);
    state = *read;
  }
  std::uint64_t accounted = 0;
  std::uint64_t lost = 0;
  for (const SourceCounter& counter : source_->Counters()) {
    accounted += counter.count;
    lost += counter.kind == SourceCounter::Kind::kLost ? counter.count : 0;
  }
  CHECK(accounted == source_->Seen());
  CHECK(collector_.Missing() == lost);
  CHECK(Count("delivered") == collector_.records().size());
  CHECK(Count("malformed_record") == 0);
  CHECK(Count("owner_unknown") == 0);
}

std::uint64_t Lab::Count(std::string_view counter) const {
  for (const SourceCounter& line : source_->Counters()) {
    if (line.name == counter) {
      return line.count;
    }
  }
  for (const SourceNote& note : source_->Notes()) {
    if (note.name == counter) {
      return note.count;
    }
  }
  FAIL("no counter " << std::string(counter));
  return 0;
}

std::string OwnersSeen() {
  std::string text;
  for (std::uint32_t source = 0; source < owners_seen.size(); ++source) {
    text += text.empty() ? "" : ", ";
    text += std::string(OwnerSourceText(source)) + " " + std::to_string(owners_seen[source]);
  }
  return text;
}

Result<ChildCgroup> MakeGroup() {
  static int number = 0;
  const std::string own = WIREHOUND_TRY(OwnCgroup());
  return ChildCgroup::Create(
      own, "wirehound-test-" + std::to_string(getpid()) + "-" + std::to_string(number++));
}

LiveOptions Everything() { return {.plan = test::CaptureEverything(), .ring_bytes = 8u << 20}; }

}  // namespace wirehound::live
