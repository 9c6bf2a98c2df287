// SPDX-License-Identifier: Apache-2.0

// Records lie one behind the other in a buffer. Popped ones are only stepped over; they are moved
// out when they are half of the buffer or in the way, so popping costs next to nothing.

#include "decoders/http/http1_pending.h"

#include <algorithm>
#include <cstring>

#include "decoders/http/http_sink.h"

namespace wirehound {
namespace {

struct RecordStart {
  std::uint16_t method_bytes;
  std::uint16_t host_bytes;
  std::uint16_t path_bytes;
  std::uint16_t upgrade_to_h2c;

  std::size_t record_bytes() const {
    return sizeof(RecordStart) + method_bytes + host_bytes + path_bytes;
  }
};

RecordStart ReadStart(std::string_view record) {
  RecordStart start{};
  std::memcpy(&start, record.data(), sizeof(start));
  return start;
}

std::uint16_t Size(std::string_view text) { return static_cast<std::uint16_t>(text.size()); }

// Adds all of them or nothing.
bool AppendRecord(const RecordStart& start, const Http1Request& request, HttpBuffer& records) {
  constexpr std::size_t kMaxBytes = sizeof(RecordStart) + 3 * kMaxHttpRememberedBytes;
  static_assert(kMaxBytes < kMaxHttpBufferBytes);
  char record[kMaxBytes];
  char* next = record;
  std::memcpy(next, &start, sizeof(start));
  next += sizeof(start);
  for (const std::string_view text : {request.method, request.host, request.path}) {
    next = std::copy(text.begin(), text.end(), next);
  }
  return records.Append({record, start.record_bytes()});
}

}  // namespace

Http1Pending::Push Http1Pending::Add(const Http1Request& request) {
  if (lost_) {
    return Push::kDone;
  }
  Http1Request kept = request;
  for (std::string_view* text : {&kept.method, &kept.host, &kept.path}) {
    *text = text->substr(0, kMaxHttpRememberedBytes);
  }
  const RecordStart start{Size(kept.method), Size(kept.host), Size(kept.path),
                          static_cast<std::uint16_t>(kept.upgrade_to_h2c)};
  DropPopped(start.record_bytes());
  const bool room =
      count_ < kMaxHttpPending && records_.size() + start.record_bytes() <= kMaxHttpBufferBytes;
  if (forgotten_ == 0 && room && AppendRecord(start, kept, records_)) {
    ++count_;
    return Push::kDone;
  }
  ++forgotten_;
  const bool report = !room && !limit_reported_;
  limit_reported_ = limit_reported_ || report;
  return report ? Push::kTooMany : Push::kCounted;
}

Http1Request Http1Pending::Front() const {
  const bool in_doubt = maybe_answered_ > 0 && (count() > 1 || lost_);
  if (count_ == 0 || in_doubt) {
    return {};
  }
  std::string_view record = records_.view().substr(start_);
  const RecordStart start = ReadStart(record);
  record.remove_prefix(sizeof(start));
  Http1Request request;
  request.method = record.substr(0, start.method_bytes);
  request.host = record.substr(start.method_bytes, start.host_bytes);
  request.path =
      record.substr(std::size_t{start.method_bytes} + start.host_bytes, start.path_bytes);
  request.upgrade_to_h2c = start.upgrade_to_h2c != 0;
  return request;
}

void Http1Pending::Pop() {
  if (count() == 0) {
    // The request of this response was missed, or is captured after it.
    maybe_answered_ = 1;
    return;
  }
  if (count_ > 0) {
    start_ += static_cast<std::uint32_t>(ReadStart(records_.view().substr(start_)).record_bytes());
    --count_;
    if (count_ == 0) {
      records_.Release();
      start_ = 0;
    }
  } else {
    --forgotten_;
  }
  maybe_answered_ = std::min<std::uint32_t>(maybe_answered_, static_cast<std::uint32_t>(count()));
  limit_reported_ = limit_reported_ && forgotten_ > 0;
}

// The remembered requests came before the loss, so the next responses are still theirs.
void Http1Pending::LoseRequests() {
  lost_ = true;
  forgotten_ = 0;
}

void Http1Pending::LoseResponses() { maybe_answered_ = static_cast<std::uint32_t>(count()); }

void Http1Pending::Reset() {
  records_.Release();
  start_ = 0;
  forgotten_ = 0;
  maybe_answered_ = 0;
  count_ = 0;
  lost_ = false;
  limit_reported_ = false;
}

void Http1Pending::DropPopped(std::size_t room_wanted) {
  const bool many = start_ >= records_.size() / 2;
  if (start_ > 0 && (many || records_.size() + room_wanted > kMaxHttpBufferBytes)) {
    records_.DropFront(start_);
    start_ = 0;
  }
}

}  // namespace wirehound
