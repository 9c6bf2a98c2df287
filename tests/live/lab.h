// SPDX-License-Identifier: Apache-2.0

// What a live test works with: a control group of its own, a live source on it, and the records of
// a workload as copies that can be searched.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/cgroup.h"
#include "probes/live_source.h"
#include "workload.h"

namespace wirehound::live {

/// One record, with everything it pointed to.
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

class Collector final : public RecordSink {
 public:
  void OnRecord(const Record& record) override;
  const std::vector<Seen>& records() const { return records_; }

  /// The one record of a direction that carries a text; fails the test when there is not one.
  const Seen& Only(std::uint8_t direction, std::string_view text) const;

 private:
  std::vector<Seen> records_;
};

class Lab {
 public:
  /// Makes a control group and opens a source on it; fails the test when that fails.
  explicit Lab(LiveOptions options);

  LiveSource& source() { return *source_; }
  const ChildCgroup& group() const { return group_; }
  Collector& collector() { return collector_; }
  Roles& roles() { return roles_; }

  /// Runs a workload to its end while reading, then detaches and reads what is left. Fails the
  /// test when the workload fails or the account does not close.
  void Run(const Body& body);

  /// The same without reading before the end.
  void RunUnread(const Body& body);

  /// Detaches, reads the rest, and checks that every packet seen is accounted for.
  void Finish();

  /// Reads until nothing has come for a moment.
  void ReadUntilQuiet();

  std::uint64_t Count(std::string_view counter) const;

 private:
  ChildCgroup group_;
  std::unique_ptr<LiveSource> source_;
  Collector collector_;
  Roles& roles_;
};

/// A fresh group next to the one of this process.
Result<ChildCgroup> MakeGroup();

/// The options of most tests: everything, whole.
LiveOptions Everything();

}  // namespace wirehound::live
