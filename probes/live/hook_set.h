// SPDX-License-Identifier: Apache-2.0

// HookSet: the hooks of one capture, loaded and attached as far as the kernel allows, the report of
// each, and the maps they share. Control thread, but Detach may be called on the dispatch thread.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/result.h>

#include "probes/bpf/settings.h"
#include "probes/live/bpf_object.h"
#include "probes/live/hook_table.h"
#include "probes/live/hooks.h"
#include "probes/live/reduced_btf.h"

namespace wirehound {

class HookSet {
 public:
  enum class Use : std::uint8_t {
    kAttach,       ///< load, and attach to the group
    kAttachPlain,  ///< the same without the egress hook that sees the sender
    kLoadOnly,     ///< load all, attach none
  };

  struct Options {
    Use use = Use::kAttach;
    HookChoice choice = HookChoice::kBest;
    wirehound_settings settings = {};
    std::uint32_t ring_bytes = 0;
    int cgroup_fd = -1;                ///< borrowed; unused with kLoadOnly
    HookRefusals* refusals = nullptr;  ///< borrowed for Load; see LiveOptions
  };

  /// Tries every hook of the table. Does not fail as a whole: see `MandatoryRefusal`.
  static HookSet Load(const Options& options);

  /// The refusal of the first mandatory hook that was refused, if any.
  std::optional<Error> MandatoryRefusal() const;

  const std::vector<HookReport>& reports() const { return reports_; }

  /// The descriptor of a shared map. Call only when no mandatory hook was refused. Borrowed.
  int map_fd(const char* name) const { return objects_.front().map_fd(name); }

  /// Whether the caller has to find old sockets by copying descriptors: the iterator over files
  /// does not work here, copying does.
  bool MustCopyDescriptors() const;

  /// Detaches all hooks and returns when no program runs any more.
  void Detach();

 private:
  void ReportDescriptorCopying(const Options& options);
  void Try(const HookSpec& spec, const Options& options);
  Status LoadAndAttach(const HookSpec& spec, const Options& options);
  Status Attach(const HookSpec& spec, const Options& options, const BpfObject& object);
  Result<BpfObject> GetProgram(const HookSpec& spec, const Options& options);
  Result<std::vector<BpfObject>> LoadPrograms(const HookSpec& spec, const Options& options,
                                              std::span<const char* const> programs) const;
  void LoadGroupOf(const HookSpec& spec, const Options& options);
  bool IsNotNeeded(const HookSpec& spec, Use use) const;

  std::vector<HookReport> reports_;
  std::vector<ErrorCode> codes_;  // of each of reports_: the refusal's code
  std::vector<BpfObject> objects_;
  std::vector<const HookSpec*> tried_groups_;  // one hook of each group that was loaded or refused
  ReducedBtf kernel_types_;                    // only during Load
  // The programs of the loaded groups. Only during Load: those without a use are unloaded at its
  // end.
  std::vector<std::pair<const HookSpec*, BpfObject>> loaded_;
  // One hook of each group that the kernel refused with EPERM, and the reason. Loading the hooks of
  // such a group one by one would only repeat the refusal.
  std::vector<std::pair<const HookSpec*, std::string>> forbidden_groups_;
  std::vector<BpfLink> links_;
};

}  // namespace wirehound
