// SPDX-License-Identifier: Apache-2.0

// Http1Pending: the requests of a connection that wait for their response, oldest first, so that a
// response can say what it answers. Never says anything wrong: where a loss, a limit or an answer
// too many leaves doubt about the order, nothing is known. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoders/http/http_buffer_pool.h"

namespace wirehound {

/// What is remembered of a request.
struct Http1Request {
  std::string_view method;
  std::string_view host;  ///< at most kMaxHttpRememberedBytes of it, like the path
  std::string_view path;
  bool upgrade_to_h2c = false;  ///< it asked for HTTP/2 (RFC 7540 section 3.2)
};

class Http1Pending {
 public:
  explicit Http1Pending(HttpBufferPool& pool) : records_(pool) {}

  enum class Push : std::uint8_t {
    kDone,
    kTooMany,  ///< kMaxHttpPending or kMaxHttpBufferBytes reached: this and later requests are only
               ///< counted, until all those remembered and counted are answered. Told once until
               ///< then.
    kCounted,  ///< likewise, told before, or the pool had no memory
  };
  Push Add(const Http1Request& request);

  /// The request that the next response answers; all empty when that is not known. The views hold
  /// until the next call that changes anything.
  Http1Request Front() const;
  /// A final response has come.
  void Pop();

  /// Requests may have been missed: later ones are not remembered, since nothing tells how many
  /// responses come before theirs.
  void LoseRequests();
  /// Responses may have been missed: how many of the requests are answered is not known until one
  /// request is left and the response to it comes.
  void LoseResponses();

  /// Requests that wait, as far as known.
  std::size_t count() const { return count_ + forgotten_; }
  /// Forgets everything and gives the memory back.
  void Reset();

 private:
  void DropPopped(std::size_t room_wanted);

  HttpBuffer records_;                // each: sizes of its texts, flags, then the texts
  std::uint32_t start_ = 0;           // of the first record; what is before it was popped
  std::uint32_t forgotten_ = 0;       // requests behind the last record that are not remembered
  std::uint32_t maybe_answered_ = 0;  // requests from the first on whose response may have come
  std::uint8_t count_ = 0;            // records
  bool lost_ = false;
  bool limit_reported_ = false;
};

}  // namespace wirehound
