// SPDX-License-Identifier: Apache-2.0

// Http1Pending: the requests of a connection that wait for their response, oldest first, so that a
// response can name its request. It never names a wrong one: when a loss, a limit or a surplus
// response leaves the order in doubt, it names none. Dispatch thread.

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
               ///< counted, until all remembered and counted ones are answered. Returned once until
               ///< then.
    kCounted,  ///< the same, after kTooMany was returned, or the pool had no memory
  };
  Push Add(const Http1Request& request);

  /// The request that the next response answers; all empty when that is not known. The views are
  /// valid until the next call that changes anything.
  Http1Request Front() const;
  /// A final response has come.
  void Pop();

  /// Requests may have been missed. Later ones are not remembered, since it is not known how many
  /// responses come before theirs.
  void LoseRequests();
  /// Responses may have been missed. How many of the requests are answered is not known until one
  /// request is left and its response comes.
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
