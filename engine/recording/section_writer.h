// SPDX-License-Identifier: Apache-2.0

// SectionWriter: writes one section of a recording, block by block. Remembers which interfaces,
// processes and containers the section describes already, and describes what the next packet needs.
// Knows nothing of files. Dispatch thread.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "engine/recording/known_facts.h"
#include "engine/stores/system_store.h"
#include "probes/capture/record.h"

namespace wirehound {

/// The origin of the recorded packets.
struct RecordingOrigin {
  std::string application;            ///< "Wirehound 0.1.0"
  std::string operating_system;       ///< "Linux 6.1.0 x86_64", "" when unknown
  std::optional<SystemFacts> system;  ///< nothing when unknown
};

class SectionWriter {
 public:
  /// Limits beyond which a section should end: of facts of processes and containers, of interfaces.
  static constexpr std::size_t kMaxSaid = 65536;
  static constexpr std::size_t kMaxInterfaces = 4096;

  /// Both outlive the writer. Blocks are appended to `out`, whole.
  SectionWriter(std::string& out, KnownFacts& known) : out_(out), known_(known) {}

  /// Begins a section, in which nothing is described yet.
  void Start(const RecordingOrigin& origin);

  /// A packet, and before it the facts of its owner that are new. `owner` is null without one.
  void Packet(const Record& record, const KnownFacts::Owner* owner);

  /// A notice or container, at its place in the stream. `known_` owns it.
  void Notice(const ProcessNotice& notice, const KnownFacts::Known& known);
  void Container(const std::string& id, const KnownFacts::Known& known);
  void Gap(const CaptureGap& gap);
  void Time(std::uint64_t now_ns);

  bool full() const {
    return owners_.size() + processes_.size() + containers_.size() >= kMaxSaid ||
           interfaces_.size() >= kMaxInterfaces;
  }

 private:
  using InterfaceKey = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t, std::string>;

  /// The version of an owner that was written, and the state of KnownFacts at that time.
  struct Said {
    std::uint64_t version = 0;
    std::uint64_t lessons = 0;
  };

  std::uint32_t InterfaceOf(const Record& record);
  std::uint32_t AnyInterface();
  void Describe(const InterfaceKey& key);
  void SayParents(std::uint32_t entity_id);
  void SayContainer(const std::string& id);
  void Statistics(std::uint64_t time_ns, std::string_view word, std::string_view facts,
                  std::uint64_t drops = 0);

  std::string& out_;
  KnownFacts& known_;
  std::map<InterfaceKey, std::uint32_t> interfaces_;
  InterfaceKey last_key_;
  std::uint32_t last_interface_ = 0;
  std::unordered_map<std::uint64_t, Said> owners_;
  std::unordered_map<std::uint32_t, std::uint64_t> processes_;  // the version that was written
  std::unordered_map<std::string, std::uint64_t> containers_;
  std::uint64_t dropped_ = 0;         // in this section
  std::uint64_t dropped_before_ = 0;  // since the last packet
  std::string comment_;
};

}  // namespace wirehound
