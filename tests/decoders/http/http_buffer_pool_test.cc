// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <doctest/doctest.h>

#include "decoders/http/http_buffer_pool.h"

namespace wirehound::test {
namespace http_buffer_pool_test {

TEST_CASE("http buffer: it grows to its limit, keeps its bytes and returns its memory") {
  HttpBufferPool pool(std::size_t{1} << 20);
  HttpBuffer buffer(pool);
  std::string expected;
  for (std::size_t i = 0; expected.size() < kMaxHttpBufferBytes; ++i) {
    const std::string piece(std::min<std::size_t>(97, kMaxHttpBufferBytes - expected.size()),
                            static_cast<char>('a' + i % 26));
    REQUIRE(buffer.Append(piece));
    expected += piece;
  }
  CHECK(buffer.view() == expected);
  CHECK_FALSE(buffer.Append("x"));
  CHECK(buffer.Append(""));
  CHECK(pool.used_bytes() == kMaxHttpBufferBytes);
  buffer.DropFront(kMaxHttpBufferBytes - 10);
  CHECK(buffer.view() == expected.substr(expected.size() - 10));
  buffer.Release();
  CHECK(buffer.view().empty());
  CHECK(pool.used_bytes() == 0);
  CHECK(pool.held_bytes() > 0);
}

TEST_CASE("http buffer pool: returned blocks are lent again") {
  HttpBufferPool pool(std::size_t{1} << 20);
  for (int i = 0; i < 100; ++i) {
    HttpBuffer buffer(pool);
    REQUIRE(buffer.Append(std::string(700, 'x')));
  }
  CHECK(pool.held_bytes() == 1024);
  CHECK(pool.used_bytes() == 0);
}

TEST_CASE("http buffer pool: refusals at the cap are counted, and free blocks make room") {
  HttpBufferPool pool(4 * kMinHttpBufferBytes);
  {
    HttpBuffer large(pool);
    REQUIRE(large.Append(std::string(2 * kMinHttpBufferBytes, 'l')));
    HttpBuffer other(pool);
    REQUIRE(other.Append(std::string(2 * kMinHttpBufferBytes, 'o')));
    HttpBuffer third(pool);
    CHECK_FALSE(third.Append("x"));
    CHECK(pool.refused() == 1);
    // Growing needs the new block beside the old one.
    CHECK_FALSE(large.Append("x"));
    CHECK(large.size() == 2 * kMinHttpBufferBytes);
    CHECK(pool.refused() == 2);
  }
  CHECK(pool.used_bytes() == 0);
  CHECK(pool.held_bytes() == 4 * kMinHttpBufferBytes);
  HttpBuffer buffer(pool);
  CHECK(buffer.Append("x"));
  CHECK(pool.held_bytes() <= 4 * kMinHttpBufferBytes);
  CHECK(pool.refused() == 2);
}

TEST_CASE("http buffer pool: without memory no block is lent") {
  HttpBufferPool pool(0);
  HttpBuffer buffer(pool);
  CHECK_FALSE(buffer.Append("x"));
  CHECK(pool.refused() == 1);
}

}  // namespace http_buffer_pool_test
}  // namespace wirehound::test
