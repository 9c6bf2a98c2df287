// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/known_facts.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <wirehound/views.h>

#include "engine/text/utf8_text.h"

namespace wirehound {
namespace {

constexpr std::size_t kShownContainerBytes = 12;

// Everything but the texts, which are last.
bool SameNumbers(const wirehound_process& a, const wirehound_process& b) {
  return std::memcmp(&a, &b, offsetof(wirehound_process, comm)) == 0;
}

bool SaysTheSame(const KnownFacts::Owner& owner, const wirehound_process& process) {
  return SameNumbers(owner.process, process) && owner.comm == ToView(process.comm) &&
         owner.executable == ToView(process.executable) &&
         owner.host_name == ToView(process.host_name) &&
         owner.container_id == ToView(process.container_id);
}

std::string HumanText(const wirehound_process& process) {
  std::string text;
  AppendPrintable(text, ToView(process.comm));
  text += fmt::format("[{}] uid {}", process.host_pid, process.uid);
  if (process.container_id.size != 0) {
    text += " container ";
    AppendPrintable(text, ToView(process.container_id).substr(0, kShownContainerBytes));
  }
  return text;
}

}  // namespace

const KnownFacts::Owner& KnownFacts::OwnerOf(const Record& record) {
  const wirehound_process& process = *record.process;
  if (const Owner* known = owners_.Find(record.owner_id);
      known != nullptr && SaysTheSame(*known, process)) {
    return *known;
  }
  Owner owner;
  owner.version = ++last_version_;
  owner.entity_id = process.process_entity_id;
  owner.container_id = ToView(process.container_id);
  owner.json = JsonOfProcess(process, record.owner_id);
  owner.human = HumanText(process);
  owner.process = process;
  owner.process.comm = owner.process.executable = owner.process.host_name =
      owner.process.container_id = {};
  owner.comm = ToView(process.comm);
  owner.executable = ToView(process.executable);
  owner.host_name = ToView(process.host_name);
  return owners_.Put(record.owner_id, std::move(owner));
}

const KnownFacts::Known& KnownFacts::Learn(const ProcessNotice& notice) {
  const std::uint32_t entity_id = notice.process->process_entity_id;
  Known known;
  if (const Known* before = processes_.Find(entity_id)) {
    known = *before;
  }
  known.version = ++last_version_;
  ++lessons_;
  if (notice.kind == ProcessNotice::Kind::kExited) {
    known.exited = JsonOfNotice(notice);
  } else {
    ProcessNotice found = notice;
    found.kind = ProcessNotice::Kind::kFound;
    known.json = JsonOfNotice(found);
    known.parent_entity_id = notice.process->parent_entity_id;
  }
  return processes_.Put(entity_id, std::move(known));
}

const KnownFacts::Known& KnownFacts::Learn(const wirehound_container_info& container) {
  ++lessons_;
  return containers_.Put(
      std::string(ToView(container.id)),
      Known{.version = ++last_version_, .json = JsonOfContainer(container), .exited = {}});
}

}  // namespace wirehound
