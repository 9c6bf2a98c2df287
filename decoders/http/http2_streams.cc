// SPDX-License-Identifier: Apache-2.0

// One block of counted memory per stream holds its three texts.

#include "decoders/http/http2_streams.h"

#include <algorithm>

#include "decoders/http/http_sink.h"

namespace wirehound {
namespace {

std::string_view Cut(std::string_view text) { return text.substr(0, kMaxHttpRememberedBytes); }

// Copies `text` to `end`, which moves behind it.
std::string_view Append(std::string_view text, char*& end) {
  char* start = end;
  end = std::copy(text.begin(), text.end(), end);
  return {start, text.size()};
}

}  // namespace

std::size_t Http2Streams::IndexOf(std::uint32_t id) const {
  const auto* end = ids_.data() + count_;
  return static_cast<std::size_t>(std::find(ids_.data(), end, id) - ids_.data());
}

bool Http2Streams::Open(std::uint32_t id, std::string_view method, std::string_view host,
                        std::string_view path) {
  Close(id);
  if (count_ == kMaxHttp2Streams) {
    return false;
  }
  method = Cut(method);
  host = Cut(host);
  path = Cut(path);
  // One more, since a stream without any text is to have a block as well.
  const std::size_t size = method.size() + host.size() + path.size() + 1;
  char* end = static_cast<char*>(memory_->Allocate(size));
  if (end == nullptr) {
    return false;
  }
  ids_[count_] = id;
  texts_[count_] = end;
  Http2Stream& stream = streams_[count_];
  stream = {};
  stream.method = Append(method, end);
  stream.host = Append(host, end);
  stream.path = Append(path, end);
  ++count_;
  return true;
}

Http2Stream* Http2Streams::Find(std::uint32_t id) {
  const std::size_t index = IndexOf(id);
  return index == count_ ? nullptr : &streams_[index];
}

void Http2Streams::Close(std::uint32_t id) {
  const std::size_t index = IndexOf(id);
  if (index != count_) {
    CloseAt(index);
  }
}

void Http2Streams::CloseAt(std::size_t index) {
  memory_->Free(texts_[index]);
  --count_;
  ids_[index] = ids_[count_];
  streams_[index] = streams_[count_];
  texts_[index] = texts_[count_];
}

void Http2Streams::Clear() {
  while (count_ > 0) {
    CloseAt(count_ - 1);
  }
}

}  // namespace wirehound
