// SPDX-License-Identifier: Apache-2.0

// The server side of gRPC calls for a FakeServer. It passes the message and the metadata of each
// call to a function and sends the reply that the function returns.

#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "tests/engine/runtimes/fake_server.h"

namespace wirehound::test {

struct GrpcRequest {
  std::map<std::string, std::string> headers;
  std::string body;  ///< the message after its five-byte prefix

  std::string message() const { return body.size() < 5 ? std::string() : body.substr(5); }
};

struct GrpcReply {
  int status = 0;
  std::string message = {};
};

/// The message with its five-byte prefix: no compression, length in big endian.
inline std::string GrpcFrame(const std::string& message) {
  const std::size_t size = message.size();
  return std::string{'\0', static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                     static_cast<char>(size >> 8), static_cast<char>(size)} +
         message;
}

class FakeGrpc {
 public:
  using Answer = std::function<GrpcReply(const GrpcRequest& request)>;

  /// Serves one connection.
  static void Serve(const Caller& caller, const Answer& answer) { FakeGrpc(answer).Run(caller); }

 private:
  explicit FakeGrpc(const Answer& answer) : answer_(answer) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
           const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* self) {
          static_cast<FakeGrpc*>(self)->request_.headers[std::string(name, name + name_size)] =
              std::string(value, value + value_size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* data,
                      std::size_t size, void* self) {
          static_cast<FakeGrpc*>(self)->request_.body.append(data, data + size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
          if (frame->hd.type == NGHTTP2_DATA && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            static_cast<FakeGrpc*>(self)->Reply(frame->hd.stream_id);
          }
          return 0;
        });
    nghttp2_session_server_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~FakeGrpc() { nghttp2_session_del(session_); }

  static nghttp2_nv Field(const std::string& name, const std::string& value) {
    return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
            reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
            value.size(), NGHTTP2_NV_FLAG_NONE};
  }

  void Reply(std::int32_t stream) {
    reply_ = answer_(request_);
    unsent_ = reply_.status == 0 ? GrpcFrame(reply_.message) : std::string();
    const std::string names[] = {":status", "content-type"};
    const std::string values[] = {"200", "application/grpc"};
    const nghttp2_nv headers[] = {Field(names[0], values[0]), Field(names[1], values[1])};
    nghttp2_data_provider body{};
    body.read_callback = [](nghttp2_session* session, std::int32_t stream_id, std::uint8_t* room,
                            std::size_t size, std::uint32_t* flags, nghttp2_data_source*,
                            void* self) {
      return static_cast<FakeGrpc*>(self)->Send(session, stream_id, room, size, flags);
    };
    nghttp2_submit_response(session_, stream, headers, 2, &body);
  }

  ssize_t Send(nghttp2_session* session, std::int32_t stream, std::uint8_t* room, std::size_t size,
               std::uint32_t* flags) {
    const std::size_t taken = std::min(size, unsent_.size());
    std::memcpy(room, unsent_.data(), taken);
    unsent_.erase(0, taken);
    if (unsent_.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const std::string name = "grpc-status";
      const std::string value = std::to_string(reply_.status);
      const nghttp2_nv trailer = Field(name, value);
      nghttp2_submit_trailer(session, stream, &trailer, 1);
    }
    return static_cast<ssize_t>(taken);
  }

  void Run(const Caller& caller) {
    for (;;) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size > 0) {
        caller.Write({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
        continue;
      }
      const std::string said = caller.Read();
      if (said.empty() ||
          nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(said.data()),
                                   said.size()) < 0) {
        return;
      }
    }
  }

  const Answer& answer_;
  nghttp2_session* session_ = nullptr;
  GrpcRequest request_;
  GrpcReply reply_;
  std::string unsent_;
};

/// A handler that answers every call with `answer`.
inline FakeServer::Handler Grpc(FakeGrpc::Answer answer) {
  return [answer = std::move(answer)](const Caller& caller) { FakeGrpc::Serve(caller, answer); };
}

}  // namespace wirehound::test
