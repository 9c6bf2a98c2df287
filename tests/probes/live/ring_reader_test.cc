// SPDX-License-Identifier: Apache-2.0

// RingReader over plain memory in the kernel's layout: reading position, writing position, data.

#include "probes/live/ring_reader.h"

#include <doctest/doctest.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "base/unique_fd.h"

namespace wirehound {
namespace ring_reader_test {

// One page of data; a memfd cannot show the data twice, so places here do not wrap.
class FakeRing {
 public:
  FakeRing()
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))), fd_(memfd_create("ring", 0)) {
    REQUIRE(ftruncate(fd_.get(), static_cast<off_t>(4 * page_)) == 0);
    memory_ = static_cast<std::byte*>(
        mmap(nullptr, 4 * page_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0));
    REQUIRE(memory_ != MAP_FAILED);
  }
  ~FakeRing() { munmap(memory_, 4 * page_); }
  FakeRing(const FakeRing&) = delete;
  FakeRing& operator=(const FakeRing&) = delete;

  RingReader Reader() {
    Result<RingReader> reader = RingReader::Map(fd_.get(), static_cast<std::uint32_t>(page_));
    REQUIRE(reader);
    return *std::move(reader);
  }

  // Writes a place with `flags` in its length word and moves the writing position behind it.
  std::uint64_t Add(std::string_view text, std::uint32_t flags = 0) {
    const std::uint64_t at = produced_;
    SetFlags(at, static_cast<std::uint32_t>(text.size()), flags);
    std::memcpy(memory_ + 2 * page_ + at + BPF_RINGBUF_HDR_SZ, text.data(), text.size());
    produced_ += (text.size() + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
    std::memcpy(memory_ + page_, &produced_, sizeof(produced_));
    return at;
  }

  void SetFlags(std::uint64_t at, std::uint32_t length, std::uint32_t flags) {
    const std::uint32_t word = length | flags;
    std::memcpy(memory_ + 2 * page_ + at, &word, sizeof(word));
  }

  std::uint64_t consumed() const {
    std::uint64_t position = 0;
    std::memcpy(&position, memory_, sizeof(position));
    return position;
  }
  std::uint64_t produced() const { return produced_; }

 private:
  std::size_t page_;
  UniqueFd fd_;
  std::byte* memory_ = nullptr;
  std::uint64_t produced_ = 0;
};

std::string Text(const std::optional<std::span<const std::byte>>& place) {
  if (!place) {
    return "(none)";
  }
  return {static_cast<const char*>(static_cast<const void*>(place->data())), place->size()};
}

TEST_CASE("ring reader: places come in order, and Release returns their space") {
  FakeRing ring;
  RingReader reader = ring.Reader();
  CHECK_FALSE(reader.HasData());
  ring.Add("one");
  ring.Add("second");
  CHECK(reader.HasData());
  CHECK(Text(reader.Next()) == "one");
  CHECK(Text(reader.Next()) == "second");
  CHECK(Text(reader.Next()) == "(none)");
  CHECK(ring.consumed() == 0);
  CHECK(reader.HasData());
  reader.Release();
  CHECK(ring.consumed() == ring.produced());
  CHECK_FALSE(reader.HasData());
}

TEST_CASE("ring reader: a discarded place is skipped") {
  FakeRing ring;
  RingReader reader = ring.Reader();
  ring.Add("gone", BPF_RINGBUF_DISCARD_BIT);
  ring.Add("here");
  CHECK(Text(reader.Next()) == "here");
}

TEST_CASE("ring reader: a place that is still being written holds up the places behind it") {
  FakeRing ring;
  RingReader reader = ring.Reader();
  const std::uint64_t at = ring.Add("late", BPF_RINGBUF_BUSY_BIT);
  ring.Add("next");
  CHECK(Text(reader.Next()) == "(none)");
  reader.Release();
  CHECK(reader.HasData());
  CHECK(ring.consumed() == 0);
  ring.SetFlags(at, 4, 0);
  CHECK(Text(reader.Next()) == "late");
  CHECK(Text(reader.Next()) == "next");
}

}  // namespace ring_reader_test
}  // namespace wirehound
