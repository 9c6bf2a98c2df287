// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/http_question.h"

#include <cstddef>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/version.hpp>
#include <boost/system/system_error.hpp>

namespace wirehound {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kMaxHeaderBytes = 16 * 1024;

// Lets Beast read from a UnixStream, which bounds time and bytes. Beast handles error codes only,
// so `failure` keeps the Error of the stream, which says more.
class AnswerStream {
 public:
  explicit AnswerStream(UnixStream& stream) : stream_(stream) {}

  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& error) {
    const boost::asio::mutable_buffer room = *boost::asio::buffer_sequence_begin(buffers);
    const Result<std::size_t> got = stream_.Read({static_cast<char*>(room.data()), room.size()});
    if (!got) {
      failure = got.error();
    }
    error = got && *got != 0 ? error_code() : boost::asio::error::eof;
    return got ? *got : 0;
  }
  // Beast requires that this overload is declared, and calls only the other.
  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers);

  Status failure;

 private:
  UnixStream& stream_;
};

}  // namespace

Result<std::string> HttpGet(const std::string& socket_path, const std::string& target,
                            const Patience& patience) {
  UnixStream stream = WIREHOUND_TRY(UnixStream::Connect(socket_path, patience));
  WIREHOUND_TRY(stream.Write("GET " + target +
                             " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                             "User-Agent: wirehound\r\nConnection: close\r\n\r\n"));
  http::response_parser<http::string_body> answer;
  answer.header_limit(kMaxHeaderBytes);
  AnswerStream answers(stream);
  boost::beast::flat_buffer buffer;
  error_code error;
  http::read(answers, buffer, answer, error);
  WIREHOUND_TRY(std::move(answers.failure));
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return Error("the answer ends in its middle");
  }
  if (error) {
    return Error("an answer that is no HTTP: " + error.message());
  }
  if (answer.get().result() == http::status::ok) {
    return std::move(answer.get().body());
  }
  const bool is_missing = answer.get().result() == http::status::not_found;
  return Error(is_missing ? ErrorCode::kNotFound : ErrorCode::kFailed,
               "answered with status " + std::to_string(answer.get().result_int()));
}

}  // namespace wirehound
