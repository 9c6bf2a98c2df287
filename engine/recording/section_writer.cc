// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/section_writer.h"

#include "engine/recording/block_writer.h"
#include "engine/recording/facts_line.h"
#include "engine/recording/recording_format.h"

namespace wirehound {
namespace {

constexpr std::uint64_t kUnknownLength = UINT64_MAX;
constexpr char kNanoseconds = 9;  // if_tsresol
constexpr int kMaxParents = 64;

std::string Comment(std::string_view word, std::string_view facts) {
  return std::string(kRecordingMark).append(word).append(" ").append(facts);
}

std::string_view DirectionText(std::uint8_t direction) {
  switch (direction) {
    case WIREHOUND_DIRECTION_INGRESS:
      return " ingress";
    case WIREHOUND_DIRECTION_EGRESS:
      return " egress";
    default:
      return "";
  }
}

std::uint32_t FlagsOf(std::uint8_t direction) {
  switch (direction) {
    case WIREHOUND_DIRECTION_INGRESS:
      return pcapng::kInbound;
    case WIREHOUND_DIRECTION_EGRESS:
      return pcapng::kOutbound;
    default:
      return 0;
  }
}

}  // namespace

void SectionWriter::Start(const RecordingOrigin& origin) {
  interfaces_.clear();
  owners_.clear();
  processes_.clear();
  containers_.clear();
  dropped_ = 0;
  BlockWriter block(out_, pcapng::kSectionHeader);
  block.U32(pcapng::kByteOrderMagic).U16(1).U16(0).U64(kUnknownLength).Options();
  if (!origin.operating_system.empty()) {
    block.Option(pcapng::kOperatingSystem, origin.operating_system);
  }
  block.Option(pcapng::kApplication, origin.application);
  block.Comment(std::string(kRecordingMark) + RecordingLine());
  if (origin.system) {
    block.Comment(Comment(recording_word::kSystem, JsonOfSystem(*origin.system)));
  }
  block.End();
}

void SectionWriter::Packet(const Record& record, const KnownFacts::Owner* owner) {
  bool is_new = false;
  if (owner != nullptr) {
    Said& said = owners_[record.owner_id];
    if (said.lessons != known_.lessons() || said.version != owner->version) {
      SayParents(owner->entity_id);
      SayContainer(owner->container_id);
    }
    is_new = said.version != owner->version;
    said = {.version = owner->version, .lessons = known_.lessons()};
  }
  const std::uint32_t interface = InterfaceOf(record);
  BlockWriter block(out_, pcapng::kEnhancedPacket);
  block.U32(interface).Time(record.timestamp_ns);
  block.U32(static_cast<std::uint32_t>(record.bytes.size())).U32(record.wire_length);
  block.Padded({reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size()});
  block.Options();
  if (const std::uint32_t flags = FlagsOf(record.direction); flags != 0) {
    block.OptionU32(pcapng::kPacketFlags, flags);
  }
  if (dropped_before_ != 0) {
    block.OptionU64(pcapng::kPacketDropCount, dropped_before_);
    dropped_before_ = 0;
  }
  if (owner != nullptr) {
    comment_ = owner->human;
    comment_.append(DirectionText(record.direction)).append(" ");
    comment_.append(OwnerSourceText(record.owner_source));
    block.Comment(comment_);
  }
  comment_ = kRecordingMark;
  AppendPacketLine(comment_, record);
  if (comment_.size() != kRecordingMark.size()) {
    block.Comment(comment_);
  }
  if (is_new) {
    block.Comment(Comment(recording_word::kProcess, owner->json));
  }
  block.End();
}

void SectionWriter::Notice(const ProcessNotice& notice, const KnownFacts::Known& known) {
  Statistics(notice.timestamp_ns, recording_word::kNotice, JsonOfNotice(notice));
  processes_[notice.process->process_entity_id] = known.version;
}

void SectionWriter::Container(const std::string& id, const KnownFacts::Known& known) {
  Statistics(0, recording_word::kContainer, known.json);
  containers_[id] = known.version;
}

void SectionWriter::Gap(const CaptureGap& gap) {
  dropped_ += gap.records;
  dropped_before_ += gap.records;
  std::string line = GapLine(gap);
  std::string_view facts = line;
  const std::string_view word = TakeWord(facts);
  Statistics(gap.timestamp_ns, word, facts, dropped_);
}

void SectionWriter::Time(std::uint64_t now_ns) {
  const std::string line = TimeLine(now_ns);
  std::string_view facts = line;
  const std::string_view word = TakeWord(facts);
  Statistics(now_ns, word, facts);
}

// Packets of one interface often come in a row: look at the last one first.
std::uint32_t SectionWriter::InterfaceOf(const Record& record) {
  const auto& [index, network_namespace, link_type, name] = last_key_;
  if (!interfaces_.empty() && index == record.interface_index &&
      network_namespace == record.network_namespace && link_type == record.link_type &&
      name == record.interface_name) {
    return last_interface_;
  }
  last_key_ = {record.interface_index, record.network_namespace, record.link_type,
               std::string(record.interface_name)};
  const auto [place, is_new] =
      interfaces_.emplace(last_key_, static_cast<std::uint32_t>(interfaces_.size()));
  last_interface_ = place->second;
  if (is_new) {
    Describe(last_key_);
  }
  return last_interface_;
}

// A statistics block must name an interface: any one will do.
std::uint32_t SectionWriter::AnyInterface() {
  if (interfaces_.empty()) {
    InterfaceOf({});
  }
  return 0;
}

void SectionWriter::Describe(const InterfaceKey& key) {
  const auto& [index, network_namespace, link_type, name] = key;
  BlockWriter block(out_, pcapng::kInterfaceDescription);
  block.U16(static_cast<std::uint16_t>(link_type)).U16(0).U32(0).Options();
  block.Option(pcapng::kInterfaceName, name);
  block.Option(pcapng::kTimeResolution, {&kNanoseconds, 1});
  block.Comment(std::string(kRecordingMark) +
                InterfaceLine({.index = index, .network_namespace = network_namespace}));
  block.End();
}

// Describes a process and its parents, those that are known and not described yet.
void SectionWriter::SayParents(std::uint32_t entity_id) {
  for (int depth = 0; depth <= kMaxParents && entity_id != 0; ++depth) {
    const KnownFacts::Known* known = known_.Process(entity_id);
    if (known == nullptr) {
      return;
    }
    std::uint64_t& said = processes_[entity_id];
    if (said != known->version) {
      if (!known->json.empty()) {
        Statistics(0, recording_word::kNotice, known->json);
      }
      if (!known->exited.empty()) {
        Statistics(0, recording_word::kNotice, known->exited);
      }
      said = known->version;
    }
    entity_id = known->parent_entity_id;
  }
}

void SectionWriter::SayContainer(const std::string& id) {
  const KnownFacts::Known* known = id.empty() ? nullptr : known_.Container(id);
  if (known == nullptr) {
    return;
  }
  std::uint64_t& said = containers_[id];
  if (said != known->version) {
    Statistics(0, recording_word::kContainer, known->json);
    said = known->version;
  }
}

void SectionWriter::Statistics(std::uint64_t time_ns, std::string_view word, std::string_view facts,
                               std::uint64_t drops) {
  const std::uint32_t interface = AnyInterface();
  BlockWriter block(out_, pcapng::kInterfaceStatistics);
  block.U32(interface).Time(time_ns).Options();
  if (drops != 0) {
    block.OptionU64(pcapng::kInterfaceDrops, drops);
  }
  block.Comment(Comment(word, facts)).End();
}

}  // namespace wirehound
