// SPDX-License-Identifier: Apache-2.0

// Reads the parts of frames: settings, ends of streams, header blocks. Makes messages of header
// blocks.
//
// Header compression is one state for all streams of a direction (RFC 7541 section 2.2). So every
// header block must be decoded, also one whose message is left out, or all later messages of the
// direction would be wrong. When a block cannot be decoded, the direction is given up at once.

#include "decoders/http/http2_connection.h"

#include <algorithm>

#include <wirehound/views.h>

#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

std::size_t PrefaceSeen(HttpSide side) {
  return side == HttpSide::kClient ? 0 : kHttp2Preface.size();
}

void AddFlag(wirehound_http& message, unsigned flag) {
  message.flags = static_cast<std::uint16_t>(message.flags | flag);
}

bool HasFlag(const wirehound_http& message, unsigned flag) { return (message.flags & flag) != 0; }

}  // namespace

Http2Connection::Direction::Direction(HttpSide side, BoundedMemory& memory)
    : sender(side),
      max_frame_bytes(kHttp2DefaultFrameBytes),
      reader(PrefaceSeen(side)),
      hpack(memory) {}

Http2Connection::Http2Connection(HttpSink& sink, Arena& arena, Http2Pool& pool)
    : sink_(&sink),
      arena_(&arena),
      pool_(&pool),
      has_room_(pool.ReserveConnection()),
      streams_(pool.memory()),
      directions_{{{HttpSide::kClient, pool.memory()}, {HttpSide::kServer, pool.memory()}}} {}

Http2Connection::~Http2Connection() {
  for (Direction& direction : directions_) {
    ReleaseHead(direction.block);
  }
  if (has_room_) {
    pool_->ReleaseConnection();
  }
}

void Http2Connection::StartUpgraded(std::string_view method, std::string_view host,
                                    std::string_view path) {
  last_client_stream_ = 1;
  // The client's first settings were in the HTTP2-Settings header of its request, which is not
  // decoded: so any frame size is accepted from the server.
  RaiseFrameLimit(Of(HttpSide::kServer), kHttp2LargestFrameBytes);
  if (has_room_ && !streams_.Open(1, method, host, path)) {
    ++pool_->counters().requests_not_kept;
  }
}

void Http2Connection::StartInsidePreface(std::size_t bytes_seen) {
  Of(HttpSide::kClient).reader = Http2FrameReader(bytes_seen);
}

HttpVerdict Http2Connection::Verdict() const {
  return directions_[0].closed && directions_[1].closed ? HttpVerdict::kDone : HttpVerdict::kMore;
}

HttpVerdict Http2Connection::RefuseConnection(HttpSide sender, std::uint64_t offset) {
  if (!refusal_reported_) {
    refusal_reported_ = true;
    ReportAnomaly(Of(sender), AnomalyKind::kHttp2Limit, offset);
  }
  return HttpVerdict::kDone;
}

void Http2Connection::SetBaseOffset(Direction& direction, std::uint64_t offset) {
  if (!direction.begun) {
    direction.begun = true;
    direction.base_offset = offset;
  }
}

HttpVerdict Http2Connection::OnData(HttpSide sender, std::uint64_t offset,
                                    std::span<const std::byte> bytes) {
  if (!has_room_) {
    return RefuseConnection(sender, offset);
  }
  Direction& direction = Of(sender);
  SetBaseOffset(direction, offset);
  while (!direction.closed) {
    switch (direction.reader.Read(bytes)) {
      case Http2Part::kNone:
        return Verdict();
      case Http2Part::kFrame:
        OnFrame(direction);
        break;
      case Http2Part::kFragment:
        OnFragment(direction);
        break;
      case Http2Part::kSetting:
        OnSetting(direction);
        break;
      case Http2Part::kLost:
        GiveUp(direction, AnomalyKind::kHttp2MalformedFrame, direction.reader.frame().offset);
        break;
    }
  }
  return Verdict();
}

HttpVerdict Http2Connection::OnGap(HttpSide sender, std::uint64_t offset, std::uint64_t size) {
  if (!has_room_) {
    return RefuseConnection(sender, offset);
  }
  Direction& direction = Of(sender);
  SetBaseOffset(direction, offset);
  if (direction.closed) {
    return Verdict();
  }
  switch (direction.reader.SkipGap(size)) {
    case Http2GapResult::kSkipped:
      if (direction.reader.frame().type == Http2FrameType::kSettings) {
        // The gap may hide a larger limit.
        RaiseFrameLimit(Opposite(direction), kHttp2LargestFrameBytes);
      }
      break;
    case Http2GapResult::kBlockLost:
      GiveUp(direction, AnomalyKind::kHttp2HeaderCompression, offset - direction.base_offset);
      break;
    case Http2GapResult::kSyncLost:
      GiveUp(direction, AnomalyKind::kHttp2MalformedFrame, offset - direction.base_offset);
      break;
  }
  return Verdict();
}

void Http2Connection::OnEnd(HttpSide sender) {
  if (has_room_) {
    Close(Of(sender));
  }
}

void Http2Connection::OnFrame(Direction& direction) {
  const Http2Frame& frame = direction.reader.frame();
  // Once per direction: a flood of odd frames must not become a flood of events.
  if (frame.odd && !direction.odd_reported) {
    direction.odd_reported = true;
    ReportAnomaly(direction, AnomalyKind::kHttp2MalformedFrame, frame.offset);
  }
  switch (frame.type) {
    case Http2FrameType::kHeaders:
      BeginBlock(direction);
      break;
    case Http2FrameType::kPushPromise:
      if (direction.sender == HttpSide::kClient) {  // section 8.4
        GiveUp(direction, AnomalyKind::kHttp2MalformedFrame, frame.offset);
        break;
      }
      BeginBlock(direction);
      break;
    case Http2FrameType::kContinuation:
      ContinueBlock(direction);
      break;
    case Http2FrameType::kRstStream:
      streams_.Close(frame.stream_id);
      break;
    case Http2FrameType::kData:
      // Only the server's end of a stream ends it: the client's says that the request is complete,
      // and its response is still to come.
      if (direction.sender == HttpSide::kServer && frame.ends_stream()) {
        streams_.Close(frame.stream_id);
      }
      break;
    default:
      break;
  }
}

void Http2Connection::OnSetting(Direction& direction) {
  const Http2Setting& setting = direction.reader.setting();
  if (setting.id == kHttp2SettingMaxFrameSize) {
    RaiseFrameLimit(Opposite(direction), setting.value);
  }
}

// The limit is never lowered: the sender may use the old one until it has seen the new settings,
// and an observer does not know when that is.
void Http2Connection::RaiseFrameLimit(Direction& direction, std::uint32_t bytes) {
  const std::uint32_t possible = std::min(bytes, kHttp2LargestFrameBytes);
  direction.max_frame_bytes = std::max(direction.max_frame_bytes, possible);
  direction.reader.set_max_frame_bytes(direction.max_frame_bytes);
}

void Http2Connection::BeginBlock(Direction& direction) {
  const Http2Frame& frame = direction.reader.frame();
  Block& block = direction.block;
  const bool promises = frame.type == Http2FrameType::kPushPromise;
  block = {};
  block.head = pool_->TakeHead();
  block.offset = frame.offset;
  block.stream_id = promises ? frame.promised_stream_id : frame.stream_id;
  block.open = true;
  block.promises = promises;
  block.ends_stream = !promises && frame.ends_stream();
  if (block.head == nullptr) {
    ReportLimit(direction);
  }
}

// Cuts the head at the limit and reports that once; OnFragment then leaves later fields out.
void Http2Connection::ContinueBlock(Direction& direction) {
  Block& block = direction.block;
  ++block.continuations;
  if (block.continuations > kMaxHttp2Continuations && block.head != nullptr) {
    block.head->Cut();
    ReportLimit(direction);
  }
}

// Fields that are not wanted are decoded all the same, for the state of the compression.
void Http2Connection::OnFragment(Direction& direction) {
  const Http2FrameReader& reader = direction.reader;
  Block& block = direction.block;
  const bool block_ends = reader.fragment_ends() && reader.frame().ends_headers();
  const bool wanted = block.head != nullptr && block.continuations <= kMaxHttp2Continuations;
  std::span<const std::byte> piece = reader.fragment();
  for (;;) {
    HpackField field;
    switch (direction.hpack.Decode(piece, block_ends, field)) {
      case HpackResult::kField:
        if (wanted) {
          block.head->Add(field.name, field.value);
        }
        break;
      case HpackResult::kMore:
        return;
      case HpackResult::kBlockEnd:
        FinishBlock(direction);
        return;
      case HpackResult::kCorrupt:
        GiveUp(direction, AnomalyKind::kHttp2HeaderCompression, block.offset);
        return;
      case HpackResult::kNoMemory:
        GiveUp(direction, AnomalyKind::kHttp2Limit, block.offset);
        return;
    }
  }
}

void Http2Connection::FinishBlock(Direction& direction) {
  Block& block = direction.block;
  block.open = false;
  if (block.head != nullptr) {
    arena_->Reset();
    // A promise comes from the server, but its fields are those of a client's request.
    const bool from_client = direction.sender == HttpSide::kClient || block.promises;
    if (from_client && block.head->is_request()) {
      ReportRequest(direction);
    } else if (!from_client && block.head->is_response()) {
      ReportResponse(direction);
    } else {
      ReportTrailers(direction);
    }
    ReleaseHead(block);
  }
  if (direction.sender == HttpSide::kServer && block.ends_stream) {
    streams_.Close(block.stream_id);
  }
}

// Section 5.1.1: the streams that a client opens have odd, rising numbers; those of a server have
// even ones.
bool Http2Connection::HasWrongStreamId(const Direction& direction) const {
  const Block& block = direction.block;
  if (block.promises) {
    return block.stream_id == 0 || block.stream_id % 2 != 0;
  }
  return block.stream_id % 2 == 0 || block.stream_id <= last_client_stream_;
}

void Http2Connection::ReportRequest(Direction& direction) {
  const Block& block = direction.block;
  wirehound_http message;
  block.head->MakeRequest(*arena_, message);
  const bool wrong_id = HasWrongStreamId(direction);
  if (wrong_id) {
    AddFlag(message, WIREHOUND_HTTP_MALFORMED);
  }
  if (!block.promises) {
    last_client_stream_ = std::max(last_client_stream_, block.stream_id);
  }
  if (message.content_length < 0 && (block.ends_stream || block.promises)) {
    message.content_length = 0;
  }
  Report(direction, message);
  // Remembered, it would take the place of the request that the stream number belongs to.
  if (!wrong_id) {
    RememberRequest(direction, message);
  }
}

// A closed server direction brings no response that could use the request.
void Http2Connection::RememberRequest(Direction& direction, const wirehound_http& request) {
  if (Of(HttpSide::kServer).closed) {
    return;
  }
  if (streams_.Open(direction.block.stream_id, ToView(request.method), ToView(request.host),
                    ToView(request.uri_path))) {
    return;
  }
  ++pool_->counters().requests_not_kept;
  if (!streams_limit_reported_) {
    streams_limit_reported_ = true;
    ReportAnomaly(direction, AnomalyKind::kHttp2Limit, direction.block.offset);
  }
}

void Http2Connection::ReportResponse(Direction& direction) {
  const Block& block = direction.block;
  wirehound_http message;
  block.head->MakeResponse(*arena_, message);
  const bool informational = message.status_code / 100 == 1;
  Http2Stream* stream = streams_.Find(block.stream_id);
  if (stream != nullptr) {
    message.request_method = FromView(stream->method);
    message.request_host = FromView(stream->host);
    message.request_path = FromView(stream->path);
    // Any number of 1xx responses, then one other (section 8.1).
    if (stream->responded) {
      AddFlag(message, WIREHOUND_HTTP_MALFORMED);
    }
    stream->responded |= !informational;
  }
  if (informational && block.ends_stream) {
    AddFlag(message, WIREHOUND_HTTP_MALFORMED);
  }
  if (message.content_length < 0 && block.ends_stream && ToView(message.request_method) != "HEAD") {
    message.content_length = 0;
  }
  Report(direction, message);
}

void Http2Connection::Report(Direction& direction, const wirehound_http& made) {
  const Block& block = direction.block;
  wirehound_http message = made;
  message.stream_id = block.stream_id;
  if (HasFlag(message, WIREHOUND_HTTP_TRUNCATED) && !direction.closed) {
    ++pool_->counters().messages_cut;
    ReportLimit(direction);
  }
  if (HasFlag(message, WIREHOUND_HTTP_MALFORMED)) {
    ReportAnomaly(direction, AnomalyKind::kHttp2MalformedMessage, block.offset);
  }
  sink_->OnHttpMessage(direction.sender, message);
}

// Trailers have no pseudo-headers, end the stream, and follow a head (section 8.1). For a stream
// that is not remembered it is not known whether a head came, and the benefit of the doubt applies.
void Http2Connection::ReportTrailers(Direction& direction) {
  const Block& block = direction.block;
  const Http2Stream* stream = streams_.Find(block.stream_id);
  const bool from_client = direction.sender == HttpSide::kClient;
  const bool first = block.promises || (from_client ? block.stream_id > last_client_stream_
                                                    : stream != nullptr && !stream->responded);
  if (from_client) {
    last_client_stream_ = std::max(last_client_stream_, block.stream_id);
  }
  if (first || !block.ends_stream || block.head->has_pseudo() || block.head->malformed()) {
    ReportAnomaly(direction, AnomalyKind::kHttp2MalformedMessage, block.offset);
  }
}

void Http2Connection::ReleaseHead(Block& block) {
  if (block.head != nullptr) {
    pool_->ReturnHead(block.head);
    block.head = nullptr;
  }
}

// The anomaly comes before the message that Close may still report: it says why that is cut.
void Http2Connection::GiveUp(Direction& direction, AnomalyKind kind, std::uint64_t offset) {
  ++pool_->counters().directions_lost;
  ReportAnomaly(direction, kind, offset);
  Close(direction);
}

void Http2Connection::Close(Direction& direction) {
  if (direction.closed) {
    return;
  }
  // Set before FinishBlock, so that a cut message does not count as one cut by a limit.
  direction.closed = true;
  Block& block = direction.block;
  if (block.open && block.head != nullptr &&
      (block.head->is_request() || block.head->is_response())) {
    block.head->Cut();
    FinishBlock(direction);
  }
  ReleaseHead(block);
  direction.hpack.Close();
  if (direction.sender == HttpSide::kServer) {
    streams_.Clear();
  }
}

void Http2Connection::ReportLimit(Direction& direction) {
  if (!direction.block.limit_reported) {
    direction.block.limit_reported = true;
    ReportAnomaly(direction, AnomalyKind::kHttp2Limit, direction.block.offset);
  }
}

void Http2Connection::ReportAnomaly(const Direction& direction, AnomalyKind kind,
                                    std::uint64_t offset) {
  sink_->OnHttpAnomaly(direction.sender, {kind, direction.base_offset + offset, 0});
}

}  // namespace wirehound
