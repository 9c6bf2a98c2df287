// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/http_question.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/version.hpp>
#include <boost/system/error_code.hpp>

namespace wirehound {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::size_t kReadBytes = 16 * 1024;

// Parses what a server says, piece by piece.
class Answer {
 public:
  Answer() {
    parser_.header_limit(kMaxHeaderBytes);
    parser_.body_limit(UnixStream::kMaxBytes);
    parser_.eager(true);
  }

  bool is_done() const { return parser_.is_done(); }

  Status Put(std::string_view bytes) {
    pending_ += bytes;
    error_code error;
    while (!error && !parser_.is_done() && !pending_.empty()) {
      pending_.erase(0, parser_.put(boost::asio::buffer(std::as_const(pending_)), error));
    }
    return error && error != http::error::need_more ? NoHttp(error) : Status();
  }

  Status PutEnd() {
    if (!parser_.is_header_done()) {
      return Error("the answer ends in its middle");
    }
    error_code error;
    parser_.put_eof(error);
    return error ? NoHttp(error) : Status();
  }

  Result<std::string> Body() {
    const http::status status = parser_.get().result();
    if (status == http::status::ok) {
      return std::move(parser_.get().body());
    }
    return Error(status == http::status::not_found ? ErrorCode::kNotFound : ErrorCode::kFailed,
                 "answered with status " + std::to_string(parser_.get().result_int()));
  }

 private:
  static Status NoHttp(const error_code& error) {
    return Error("an answer that is no HTTP: " + error.message());
  }

  http::response_parser<http::string_body> parser_;
  std::string pending_;
};

}  // namespace

Result<std::string> HttpGet(const std::string& socket_path, const std::string& target,
                            const Patience& patience) {
  Result<UnixStream> stream = UnixStream::Connect(socket_path, patience);
  if (!stream) {
    return std::move(stream).error();
  }
  const std::string question = "GET " + target +
                               " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                               "User-Agent: wirehound\r\nConnection: close\r\n\r\n";
  if (Status sent = stream->Write(question); !sent) {
    return std::move(sent).error();
  }
  Answer answer;
  std::array<char, kReadBytes> room;
  while (!answer.is_done()) {
    Result<std::size_t> got = stream->Read(room);
    if (!got) {
      return std::move(got).error();
    }
    Status put = *got == 0 ? answer.PutEnd() : answer.Put({room.data(), *got});
    if (!put) {
      return std::move(put).error();
    }
    if (*got == 0 && !answer.is_done()) {
      return Error("the answer ends in its middle");
    }
  }
  return answer.Body();
}

}  // namespace wirehound
