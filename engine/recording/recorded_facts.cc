// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/recorded_facts.h"

#include <utility>
#include <vector>

#include <wirehound/views.h>

#include "engine/recording/recording_format.h"
#include "engine/text/utf8_text.h"

namespace wirehound {
namespace {

constexpr std::size_t kShownBytes = 60;

// Adds the place of the comment to an error about it.
Error About(std::string_view comment, const Error& error) {
  std::string shown;
  AppendPrintable(shown, comment.substr(0, kShownBytes));
  return Error(ErrorCode::kInvalidInput, "has a comment '" + shown +
                                             (comment.size() > kShownBytes ? "…" : "") +
                                             "' that does not read: it " + error.message());
}

void DeliverNotice(const RecordedNotice& notice, RecordSink& sink) {
  std::vector<wirehound_string> arguments;
  arguments.reserve(notice.arguments.size());
  for (const std::string& argument : notice.arguments) {
    arguments.push_back({argument.data(), argument.size()});
  }
  sink.OnProcess({.kind = notice.kind,
                  .timestamp_ns = notice.timestamp_ns,
                  .process = &notice.process.value,
                  .arguments = arguments});
}

}  // namespace

void RecordedFacts::BeginBlock(Place place) {
  place_ = place;
  pending_ = {};
  aside_ = std::monostate();
  switch (place) {
    case Place::kSection:
      is_recording_ = false;
      break;
    case Place::kInterface:
      interface_ = {};
      break;
    case Place::kPacket:
      packet_ = {};
      break;
    case Place::kStatistics:
      break;
  }
}

Status RecordedFacts::TakeComment(std::string_view comment) {
  if (!comment.starts_with(kRecordingMark)) {
    return {};
  }
  if (!comment.starts_with(kRecordingContinued)) {
    Status status = EndBlock();
    pending_ = comment;
    return status;
  }
  if (pending_.empty() || pending_.size() + comment.size() > kMaxFactsBytes) {
    return About(comment, Error(pending_.empty() ? "goes on with nothing" : "is too long"));
  }
  if (pending_.data() != joined_.data()) {
    joined_ = pending_;
  }
  joined_ += comment.substr(kRecordingContinued.size());
  pending_ = joined_;
  return {};
}

Status RecordedFacts::EndBlock() {
  const std::string_view comment = std::exchange(pending_, {});
  if (comment.empty()) {
    return {};
  }
  Status status = TakeFacts(comment.substr(kRecordingMark.size()));
  return status ? Status() : About(comment, status.error());
}

Status RecordedFacts::TakeFacts(std::string_view text) {
  const std::string_view word = TakeWord(text);
  switch (place_) {
    case Place::kSection:
      return TakeSectionFacts(word, text);
    case Place::kInterface:
      if (word == recording_word::kInterface) {
        interface_ = WIREHOUND_TRY(ReadInterfaceLine(text));
      }
      return {};
    case Place::kPacket:
      return TakePacketFacts(word, text);
    case Place::kStatistics:
      break;
  }
  return TakeAside(word, text);
}

// Unknown words are skipped, in all blocks: a recording with facts that a reader must not skip
// has a higher version.
Status RecordedFacts::TakeSectionFacts(std::string_view word, std::string_view facts) {
  if (word == recording_word::kRecording) {
    const std::uint32_t version = WIREHOUND_TRY(ReadRecordingLine(facts));
    if (version == 0 || version > kRecordingVersion) {
      return Error("has version " + std::to_string(version) + "; expected 1 to " +
                   std::to_string(kRecordingVersion));
    }
    is_recording_ = true;
  } else if (word == recording_word::kSystem && is_recording_) {
    system_ = WIREHOUND_TRY(ReadSystemJson(facts));
  }
  return {};
}

Status RecordedFacts::TakePacketFacts(std::string_view word, std::string_view facts) {
  if (word == recording_word::kPacket) {
    return ReadPacketLine(facts, packet_);
  }
  if (word == recording_word::kProcess) {
    RecordedProcess process = WIREHOUND_TRY(ReadProcessJson(facts));
    const std::uint64_t owner_id = process.owner_id;
    owners_.Put(owner_id, std::move(process));
  }
  return {};
}

Status RecordedFacts::TakeAside(std::string_view word, std::string_view facts) {
  Aside aside;
  Status status;
  if (word == recording_word::kNotice) {
    status = Keep(ReadNoticeJson(facts), aside);
  } else if (word == recording_word::kContainer) {
    status = Keep(ReadContainerJson(facts), aside);
  } else if (word == recording_word::kGap) {
    status = Keep(ReadGapLine(facts), aside);
  } else if (word == recording_word::kTime) {
    status = Keep(ReadTimeLine(facts), aside);
  } else {
    return {};
  }
  if (status && has_aside()) {
    return Error("is the second of its block; expected one");
  }
  aside_ = std::move(aside);
  if (const auto* gap = std::get_if<RecordedGap>(&aside_)) {
    lost_ += gap->records;
  }
  return status;
}

template <typename Facts>
Status RecordedFacts::Keep(Result<Facts> facts, Aside& place) {
  place.emplace<Facts>(WIREHOUND_TRY(std::move(facts)));
  return {};
}

void RecordedFacts::Complete(Record& record) {
  record.cpu = packet_.cpu;
  record.syscall = packet_.syscall;
  record.owner_source = packet_.owner_source;
  record.owner_id = packet_.owner_id;
  const wirehound_process* process = FindOwner(packet_.owner_id);
  if (process == nullptr && record.owner_id != 0) {
    // The packet that described this owner may have been taken out of the file.
    record.owner_id = 0;
    record.owner_source = WIREHOUND_OWNER_NONE;
  }
  record.process = process != nullptr ? process : &UnknownProcess();
}

void RecordedFacts::Deliver(RecordSink& sink) const {
  if (const auto* notice = std::get_if<RecordedNotice>(&aside_)) {
    DeliverNotice(*notice, sink);
  } else if (const auto* container = std::get_if<RecordedContainer>(&aside_)) {
    sink.OnContainer(container->value);
  } else if (const auto* gap = std::get_if<RecordedGap>(&aside_)) {
    sink.OnGap({.timestamp_ns = gap->timestamp_ns, .reason = gap->reason, .records = gap->records});
  } else if (const auto* now_ns = std::get_if<std::uint64_t>(&aside_)) {
    sink.OnTime(*now_ns);
  }
}

const wirehound_process* RecordedFacts::FindOwner(std::uint64_t owner_id) {
  RecordedProcess* process = owner_id == 0 ? nullptr : owners_.Find(owner_id);
  if (process == nullptr) {
    return nullptr;
  }
  const wirehound_string& id = process->value.container_id;
  if (containers_ != nullptr && process->container == nullptr && id.size != 0) {
    process->container = containers_->Of(std::string(ToView(id))).facts;
    process->value.container = &process->container->info();
  }
  return &process->value;
}

}  // namespace wirehound
