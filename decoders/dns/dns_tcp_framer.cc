// SPDX-License-Identifier: Apache-2.0

#include "decoders/dns/dns_tcp_framer.h"

#include <algorithm>
#include <cstring>

#include "decoders/dns/dns_decoder.h"

namespace wirehound {
namespace {

constexpr std::uint8_t kLengthBytes = 2;

}  // namespace

DnsTcpVerdict DnsTcpFramer::OnData(std::span<const std::byte> bytes, DnsTcpSink& sink) {
  while (!bytes.empty() && verdict_ == DnsTcpVerdict::kMore) {
    switch (state_) {
      case State::kLength:
        TakeLength(bytes, sink);
        break;
      case State::kBody:
        TakeBody(bytes, sink);
        break;
      case State::kSkip:
        Skip(bytes);
        break;
    }
  }
  return verdict_;
}

DnsTcpVerdict DnsTcpFramer::OnGap(std::uint64_t size, DnsTcpSink& sink) {
  if (size == 0 || verdict_ != DnsTcpVerdict::kMore) {
    return verdict_;
  }
  if (state_ == State::kBody) {
    ReportPart({buffer_, received_}, sink);
  }
  if (state_ == State::kLength || size > missing()) {
    verdict_ = DnsTcpVerdict::kLost;
    return verdict_;
  }
  received_ = static_cast<std::uint16_t>(received_ + size);
  if (missing() == 0) {
    EndMessage();
  }
  return verdict_;
}

void DnsTcpFramer::OnEnd(DnsTcpSink& sink) {
  if (verdict_ == DnsTcpVerdict::kMore && state_ == State::kBody) {
    ReportPart({buffer_, received_}, sink);
  }
}

void DnsTcpFramer::TakeLength(std::span<const std::byte>& bytes, DnsTcpSink& sink) {
  length_ = static_cast<std::uint16_t>(length_ << 8 | std::to_integer<unsigned>(bytes.front()));
  bytes = bytes.subspan(1);
  if (++length_bytes_ < kLengthBytes) {
    return;
  }
  if (first_ && length_ < kDnsHeaderBytes) {
    verdict_ = DnsTcpVerdict::kNotDns;
    return;
  }
  first_ = false;
  state_ = State::kBody;
  if (length_ == 0) {
    EndMessage();
    sink.OnDnsMessage({});
  }
}

void DnsTcpFramer::TakeBody(std::span<const std::byte>& bytes, DnsTcpSink& sink) {
  const std::span<const std::byte> part = bytes.first(std::min(bytes.size(), missing()));
  bytes = bytes.subspan(part.size());
  const bool ends = part.size() == missing();
  if (ends && received_ == 0) {
    EndMessage();
    sink.OnDnsMessage(part);
    return;
  }
  if (!Keep(part)) {
    ReportPart(received_ == 0 ? part : std::span<const std::byte>(buffer_, received_), sink);
  }
  received_ = static_cast<std::uint16_t>(received_ + part.size());
  if (ends) {
    if (state_ == State::kBody) {
      sink.OnDnsMessage(std::span<const std::byte>(buffer_, length_));
    }
    EndMessage();
  }
}

void DnsTcpFramer::Skip(std::span<const std::byte>& bytes) {
  const std::size_t size = std::min(bytes.size(), missing());
  bytes = bytes.subspan(size);
  received_ = static_cast<std::uint16_t>(received_ + size);
  if (missing() == 0) {
    EndMessage();
  }
}

// Appends `part` to the waiting bytes; false when there is no buffer for it.
bool DnsTcpFramer::Keep(std::span<const std::byte> part) {
  if (!GrowBuffer(received_ + part.size())) {
    return false;
  }
  std::memcpy(buffer_ + received_, part.data(), part.size());
  return true;
}

// Makes sure that the buffer holds `size` bytes, with a larger one if need be.
bool DnsTcpFramer::GrowBuffer(std::size_t size) {
  if (buffer_ != nullptr && size <= buffer_size()) {
    return true;
  }
  std::byte* grown = pool_.Take(size);
  if (grown == nullptr) {
    return false;
  }
  if (buffer_ != nullptr) {
    std::memcpy(grown, buffer_, received_);
    DropBuffer();
  }
  buffer_ = grown;
  large_buffer_ = size > kSmallDnsBufferBytes;
  return true;
}

void DnsTcpFramer::DropBuffer() {
  if (buffer_ != nullptr) {
    pool_.Return(buffer_, buffer_size());
    buffer_ = nullptr;
  }
}

// Reports the first part of the message, if it holds the header, and skips the rest.
void DnsTcpFramer::ReportPart(std::span<const std::byte> part, DnsTcpSink& sink) {
  if (part.size() >= kDnsHeaderBytes) {
    sink.OnDnsMessage({part, length_});
  }
  DropBuffer();
  state_ = State::kSkip;
}

void DnsTcpFramer::EndMessage() {
  DropBuffer();
  state_ = State::kLength;
  length_ = 0;
  received_ = 0;
  length_bytes_ = 0;
}

}  // namespace wirehound
