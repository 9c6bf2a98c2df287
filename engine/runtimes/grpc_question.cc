// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/grpc_question.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace wirehound {
namespace {

constexpr std::size_t kReadRoom = 16 * 1024;
// In front of a message: one byte that says whether it is compressed, four of its length
// (big-endian).
constexpr std::size_t kPrefixBytes = 5;
constexpr std::size_t kMaxMessageText = 200;

// The status codes of gRPC that are told apart here (google.golang.org/grpc/codes).
constexpr int kGrpcOk = 0;
constexpr int kGrpcNotFound = 5;
constexpr int kGrpcPermissionDenied = 7;
constexpr int kGrpcUnimplemented = 12;

std::string Framed(const std::string& message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  std::string framed(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    framed += static_cast<char>(size >> shift & 0xff);
  }
  return framed + message;
}

ErrorCode CodeOf(int grpc_status) {
  switch (grpc_status) {
    case kGrpcNotFound:
      return ErrorCode::kNotFound;
    case kGrpcPermissionDenied:
      return ErrorCode::kNotPermitted;
    case kGrpcUnimplemented:
      return ErrorCode::kUnsupported;
    default:
      return ErrorCode::kFailed;
  }
}

// One call: the bytes that nghttp2 sends, and the parts of the response that it reports.
class Call {
 public:
  explicit Call(const GrpcQuestion& question)
      : question_(question), unsent_(Framed(question.message)) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Status Run(UnixStream& stream);
  Result<std::string> Message() const;

 private:
  struct SessionDeleter {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };
  struct CallbacksDeleter {
    void operator()(nghttp2_session_callbacks* callbacks) const {
      nghttp2_session_callbacks_del(callbacks);
    }
  };

  Status Open();
  Status Submit();
  Status Send(UnixStream& stream);
  Status Receive(UnixStream& stream);
  void TakeHeader(std::string_view name, std::string_view value);

  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                      std::size_t value_size, std::uint8_t flags, void* call);
  static int OnData(nghttp2_session* session, std::uint8_t flags, std::int32_t stream,
                    const std::uint8_t* data, std::size_t size, void* call);
  static int OnClose(nghttp2_session* session, std::int32_t stream, std::uint32_t code, void* call);
  static ssize_t OnSend(nghttp2_session* session, std::int32_t stream, std::uint8_t* room,
                        std::size_t size, std::uint32_t* flags, nghttp2_data_source* source,
                        void* call);

  std::string_view unsent() const { return std::string_view(unsent_).substr(sent_); }

  const GrpcQuestion& question_;
  std::string unsent_;
  std::size_t sent_ = 0;
  std::unique_ptr<nghttp2_session, SessionDeleter> session_;
  std::int32_t stream_ = -1;
  std::string answer_;
  std::string http_status_;
  std::optional<int> grpc_status_;
  std::string grpc_message_;
  bool closed_ = false;
};

int Call::OnHeader(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                   const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                   std::size_t value_size, std::uint8_t /*flags*/, void* call) {
  auto& self = *static_cast<Call*>(call);
  if (frame->hd.stream_id == self.stream_) {
    self.TakeHeader({reinterpret_cast<const char*>(name), name_size},
                    {reinterpret_cast<const char*>(value), value_size});
  }
  return 0;
}

void Call::TakeHeader(std::string_view name, std::string_view value) {
  if (name == ":status") {
    http_status_ = value;
  } else if (name == "grpc-message") {
    grpc_message_ = value.substr(0, kMaxMessageText);
  } else if (name == "grpc-status") {
    int status = -1;
    std::from_chars(value.data(), value.data() + value.size(), status);
    grpc_status_ = status;
  }
}

int Call::OnData(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t stream,
                 const std::uint8_t* data, std::size_t size, void* call) {
  auto& self = *static_cast<Call*>(call);
  if (stream == self.stream_) {
    self.answer_.append(reinterpret_cast<const char*>(data), size);
  }
  return 0;
}

int Call::OnClose(nghttp2_session* /*session*/, std::int32_t stream, std::uint32_t /*code*/,
                  void* call) {
  auto& self = *static_cast<Call*>(call);
  self.closed_ = self.closed_ || stream == self.stream_;
  return 0;
}

ssize_t Call::OnSend(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint8_t* room,
                     std::size_t size, std::uint32_t* flags, nghttp2_data_source* /*source*/,
                     void* call) {
  auto& self = *static_cast<Call*>(call);
  const std::string_view rest = self.unsent();
  const std::size_t taken = std::min(size, rest.size());
  std::memcpy(room, rest.data(), taken);
  self.sent_ += taken;
  if (taken == rest.size()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  }
  return static_cast<ssize_t>(taken);
}

Status Call::Open() {
  nghttp2_session_callbacks* made = nullptr;
  if (nghttp2_session_callbacks_new(&made) != 0) {
    return Error("no memory for an HTTP/2 session");
  }
  const std::unique_ptr<nghttp2_session_callbacks, CallbacksDeleter> callbacks(made);
  nghttp2_session_callbacks_set_on_header_callback(made, &Call::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, &Call::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(made, &Call::OnClose);
  nghttp2_session* session = nullptr;
  if (nghttp2_session_client_new(&session, made, this) != 0) {
    return Error("no memory for an HTTP/2 session");
  }
  session_.reset(session);
  return Submit();
}

Status Call::Submit() {
  std::vector<std::pair<std::string, std::string>> headers = {
      {":method", "POST"},
      {":scheme", "http"},
      {":path", question_.method},
      {":authority", "localhost"},
      {"content-type", "application/grpc"},
      {"user-agent", "wirehound"},
      {"te", "trailers"},
  };
  headers.insert(headers.end(), question_.metadata.begin(), question_.metadata.end());
  std::vector<nghttp2_nv> fields;
  fields.reserve(headers.size());
  for (auto& [name, value] : headers) {
    fields.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                      reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                      NGHTTP2_NV_FLAG_NONE});
  }
  nghttp2_data_provider body{};
  body.read_callback = &Call::OnSend;
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, nullptr, 0);
  stream_ =
      nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(), &body, nullptr);
  return stream_ < 0 ? Error("submit a request: " + std::string(nghttp2_strerror(stream_)))
                     : Status();
}

Status Call::Send(UnixStream& stream) {
  for (;;) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size < 0) {
      return Error("send: " + std::string(nghttp2_strerror(static_cast<int>(size))));
    }
    if (size == 0) {
      return {};
    }
    WIREHOUND_TRY(
        stream.Write({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}));
  }
}

Status Call::Receive(UnixStream& stream) {
  std::array<char, kReadRoom> room;
  const std::size_t got = WIREHOUND_TRY(stream.Read(room));
  if (got == 0) {
    return Error("the answer ends in its middle");
  }
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const std::uint8_t*>(room.data()), got);
  if (taken < 0) {
    return Error("an answer that is no HTTP/2: " +
                 std::string(nghttp2_strerror(static_cast<int>(taken))));
  }
  return {};
}

Status Call::Run(UnixStream& stream) {
  WIREHOUND_TRY(Open());
  while (!closed_) {
    WIREHOUND_TRY(Send(stream));
    if (nghttp2_session_want_read(session_.get()) == 0) {
      return Error("the server ended the session");
    }
    WIREHOUND_TRY(Receive(stream));
  }
  return {};
}

Result<std::string> Call::Message() const {
  if (http_status_ != "200") {
    return Error("answered with HTTP status '" + http_status_ + "'");
  }
  if (!grpc_status_ || *grpc_status_ != kGrpcOk) {
    const int status = grpc_status_.value_or(-1);
    return Error(CodeOf(status),
                 "answered with gRPC status " + std::to_string(status) + ": " + grpc_message_);
  }
  if (answer_.size() < kPrefixBytes) {
    return Error("an answer without a message");
  }
  std::uint32_t size = 0;
  for (std::size_t i = 1; i < kPrefixBytes; ++i) {
    size = size << 8 | static_cast<std::uint8_t>(answer_[i]);
  }
  if (answer_[0] != 0 || size != answer_.size() - kPrefixBytes) {
    return Error("a message of " + std::to_string(size) + " bytes in " +
                 std::to_string(answer_.size()) + "; expected one, not compressed");
  }
  return answer_.substr(kPrefixBytes);
}

}  // namespace

Result<std::string> GrpcCall(const std::string& socket_path, const GrpcQuestion& question,
                             const Patience& patience) {
  UnixStream stream = WIREHOUND_TRY(UnixStream::Connect(socket_path, patience));
  Call call(question);
  WIREHOUND_TRY(call.Run(stream));
  return call.Message();
}

}  // namespace wirehound
