// SPDX-License-Identifier: Apache-2.0

// HookSet: the hooks of one capture, loaded and attached as far as the kernel allows, with the
// report of each and the maps they share. Control thread, except detach.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/result.h>

#include "probes/bpf/settings.h"
#include "probes/live/bpf_object.h"
#include "probes/live/hook_table.h"
#include "probes/live/hooks.h"

namespace wirehound {

class HookSet {
 public:
  enum class Use : std::uint8_t {
    kAttach,       ///< load, and attach to the group
    kAttachPlain,  ///< the same without the better egress
    kLoadOnly,     ///< load all, attach none
  };

  struct Options {
    Use use = Use::kAttach;
    HookChoice choice = HookChoice::kBest;
    wirehound_settings settings = {};
    std::uint32_t ring_bytes = 0;
    int cgroup_fd = -1;                ///< borrowed; unused with kLoadOnly
    HookRefusals* refusals = nullptr;  ///< borrowed; see LiveOptions
  };

  /// Works through the table. Never fails as a whole: see `MandatoryRefusal`.
  static HookSet Load(const Options& options);

  /// The first mandatory hook that was refused, as an Error, if any.
  std::optional<Error> MandatoryRefusal() const;

  const std::vector<HookReport>& reports() const { return reports_; }

  /// A shared map; only when no mandatory hook was refused. Borrowed.
  int map_fd(const char* name) const { return objects_.front().map_fd(name); }

  /// Whether old sockets have to be looked for in /proc: the kernel has no better way and lets us.
  bool MustCopyDescriptors() const;

  /// Detaches all and returns when no program is running any more.
  void Detach();

 private:
  void ReportDescriptorCopying(const Options& options);
  void Try(const HookSpec& spec, const Options& options);
  Status LoadAndAttach(const HookSpec& spec, const Options& options);
  Status Attach(const HookSpec& spec, const Options& options, const BpfObject& object);
  Result<BpfObject> GetProgram(const HookSpec& spec, const Options& options);
  Result<BpfObject> LoadAlone(const HookSpec& spec, const Options& options) const;
  void LoadGroupOf(const HookSpec& spec, const Options& options);
  bool IsNotNeeded(const HookSpec& spec, Use use) const;

  std::vector<HookReport> reports_;
  std::vector<ErrorCode> codes_;  // beside reports_: of the refusal
  std::vector<BpfObject> objects_;
  std::vector<const HookSpec*> tried_groups_;  // one of each group that was tried
  // Of a group that was loaded in one go: what has not had its turn in the table.
  std::vector<std::pair<const HookSpec*, BpfObject>> loaded_;
  // A group of which the kernel refuses the very kind, for want of permission.
  std::vector<std::pair<const HookSpec*, std::string>> forbidden_groups_;
  std::vector<BpfLink> links_;
};

}  // namespace wirehound
