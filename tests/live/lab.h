// SPDX-License-Identifier: Apache-2.0

// The environment of a live test: a new control group, a live source on it, and the records of a
// workload as copies that can be searched.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/host/cgroup.h"
#include "probes/live/live_source.h"
#include "workload.h"

namespace wirehound::live {

/// A copy of one record and of all texts it pointed to.
struct Seen {
  std::uint64_t timestamp_ns = 0;
  std::string bytes;
  std::uint32_t wire_length = 0;
  std::uint8_t direction = 0;
  std::string interface_name;
  std::int32_t syscall = -1;
  std::uint32_t owner_source = 0;
  wirehound_process process = {};  // its texts are below
  std::string comm;
  std::string executable;

  bool Carries(std::string_view text) const { return bytes.find(text) != std::string::npos; }
};

/// A copy of one notice about a process, with its texts.
struct SeenNotice {
  ProcessNotice::Kind kind = ProcessNotice::Kind::kFound;
  std::uint64_t timestamp_ns = 0;
  wirehound_process process = {};  // its texts are below
  std::string comm;
  std::string executable;
  std::vector<std::string> arguments;
};

class Collector final : public RecordSink {
 public:
  void OnRecord(const Record& record) override;
  void OnGap(const CaptureGap& gap) override { gaps_.push_back(gap); }
  void OnProcess(const ProcessNotice& notice) override;
  const std::vector<Seen>& records() const { return records_; }
  const std::vector<SeenNotice>& notices() const { return notices_; }
  /// The gaps in order. Their reasons are static text.
  const std::vector<CaptureGap>& gaps() const { return gaps_; }
  /// The sum of missing records over all gaps.
  std::uint64_t Missing() const;

  /// The one record of a direction that carries a text; fails the test when there is not one.
  const Seen& Only(std::uint8_t direction, std::string_view text) const;

 private:
  std::vector<Seen> records_;
  std::vector<CaptureGap> gaps_;
  std::vector<SeenNotice> notices_;
};

class Lab {
 public:
  /// Makes a control group and opens a source on it; fails the test when that fails.
  explicit Lab(LiveOptions options);
  /// Opens a source on an existing group.
  Lab(LiveOptions options, ChildCgroup group);

  LiveSource& source() { return *source_; }
  const ChildCgroup& group() const { return group_; }
  Collector& collector() { return collector_; }
  Roles& roles() { return roles_; }
  const Roles& roles() const { return roles_; }

  /// Runs a workload to its end while reading, then detaches and reads what is left. Fails the
  /// test when the workload fails or the account does not close.
  void Run(const Body& body);

  /// As Run, but reads nothing before the workload has ended.
  void RunUnread(const Body& body);

  /// Reads until a workload started elsewhere has ended, then as Run.
  void FinishWith(Workload& workload);

  /// Whether a hook is attached.
  bool Attached(std::string_view hook) const;
  /// Whether a sent packet has its sender as the owner, even on a socket that another process made.
  bool KnowsSenders() const;

  /// Detaches, reads the rest, and checks that every packet seen is accounted for.
  void Finish();

  /// Reads until no record has come for a moment, to empty the ring.
  void ReadUntilQuiet();

  /// Reads until `holds` returns true. Fails the test when that takes over kPatienceSeconds.
  void ReadUntil(const std::function<bool()>& holds);

  std::uint64_t Count(std::string_view counter) const;

 private:
  ChildCgroup group_;
  std::unique_ptr<LiveSource> source_;
  Collector collector_;
  Roles& roles_;
};

/// How many records of all labs had each owner source: "current 12, socket 3".
std::string OwnersSeen();

/// A new control group, a sibling of the one of this process.
Result<ChildCgroup> MakeGroup();

/// The options of most tests: every packet, whole.
LiveOptions Everything();

}  // namespace wirehound::live
