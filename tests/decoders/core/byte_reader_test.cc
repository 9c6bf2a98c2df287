// SPDX-License-Identifier: Apache-2.0

// ByteReader: what it reads, and that nothing makes it read past the end.

#include "decoders/core/byte_reader.h"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {
namespace byte_reader_test {

const ByteWriter kEight = {1, 2, 3, 4, 5, 6, 7, 8};

TEST_CASE("byte reader: numbers come in the byte order the name says") {
  CHECK(ByteReader(kEight.span()).ReadU8() == 0x01);
  CHECK(ByteReader(kEight.span()).ReadBe16() == 0x0102);
  CHECK(ByteReader(kEight.span()).ReadBe32() == 0x01020304);
  CHECK(ByteReader(kEight.span()).ReadBe64() == 0x0102030405060708);
  CHECK(ByteReader(kEight.span()).ReadLe16() == 0x0201);
  CHECK(ByteReader(kEight.span()).ReadLe32() == 0x04030201);
  CHECK(ByteReader(kEight.span()).ReadLe64() == 0x0807060504030201);
}

TEST_CASE("byte reader: the last byte can be read, the one behind it cannot") {
  ByteReader reader(kEight.span());
  reader.Skip(7);
  CHECK(reader.ReadU8() == 8);
  CHECK(reader.ok());
  CHECK(reader.remaining() == 0);
  CHECK(reader.ReadU8() == 0);
  CHECK_FALSE(reader.ok());
}

TEST_CASE("byte reader: a failure stays, and everything after it yields zero or nothing") {
  ByteReader reader(kEight.span());
  reader.Skip(6);
  CHECK(reader.ReadBe32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.remaining() == 0);
  CHECK(reader.ReadU8() == 0);
  CHECK(reader.ReadBytes(1).empty());
  CHECK(reader.ReadBytes(0).empty());
  CHECK_FALSE(reader.ReadSub(0).ok());
  std::array<std::uint8_t, 2> untouched = {9, 9};
  reader.ReadInto(untouched.data(), untouched.size());
  CHECK(untouched == std::array<std::uint8_t, 2>{9, 9});
}

TEST_CASE("byte reader: sizes near the largest integer do not wrap around") {
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();
  for (const std::size_t size : {kHuge, kHuge - 1, kHuge - 7, kHuge / 2 + 1}) {
    ByteReader skipping(kEight.span(), 4);
    skipping.Skip(size);
    CHECK_FALSE(skipping.ok());
    ByteReader reading(kEight.span(), 4);
    CHECK(reading.ReadBytes(size).empty());
    CHECK_FALSE(reading.ok());
  }
}

TEST_CASE("byte reader: starting at the end is allowed, behind it is a failure") {
  CHECK(ByteReader(kEight.span(), 8).ok());
  CHECK_FALSE(ByteReader(kEight.span(), 9).ok());
  CHECK(ByteReader(kEight.span(), 9).remaining() == 0);
  CHECK(ByteReader({}).ok());
}

TEST_CASE("byte reader: a sub-reader ends at its size and counts positions like its parent") {
  ByteReader reader(kEight.span());
  reader.Skip(2);
  ByteReader sub = reader.ReadSub(3);
  CHECK(reader.position() == 5);
  CHECK(sub.position() == 2);
  CHECK(sub.remaining() == 3);
  CHECK(sub.ReadBe16() == 0x0304);
  CHECK(sub.ReadBe16() == 0);
  CHECK_FALSE(sub.ok());
  CHECK(reader.ok());
  CHECK(reader.ReadU8() == 6);
}

TEST_CASE("byte reader: a sub-reader that does not fit fails with its parent") {
  ByteReader reader(kEight.span());
  CHECK_FALSE(reader.ReadSub(9).ok());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("byte reader: bytes are views of the input") {
  ByteReader reader(kEight.span());
  reader.Skip(1);
  CHECK(reader.ReadBytes(2).data() == kEight.span().data() + 1);
  std::array<std::uint8_t, 2> copy{};
  reader.ReadInto(copy.data(), copy.size());
  CHECK(copy == std::array<std::uint8_t, 2>{4, 5});
}

}  // namespace byte_reader_test
}  // namespace wirehound::test
