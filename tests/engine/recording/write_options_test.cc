// SPDX-License-Identifier: Apache-2.0

// ReadWriteOptions: the meaning of --write and the options that go with it, and their errors.

#include "engine/recording/write_options.h"

#include <doctest/doctest.h>

#include "tests/probes/capture/capture_plans.h"

namespace wirehound::test {
namespace write_options_test {

TEST_CASE("write options: sizes have units of 1024") {
  CHECK(*ReadSize("4096") == 4096);
  CHECK(*ReadSize("4k") == 4096);
  CHECK(*ReadSize("100M") == 100u << 20);
  CHECK(*ReadSize("2G") == std::uint64_t{2} << 30);
  for (const char* text : {"", "M", "1.5M", "-1", "1 M", "0x10", "100MB", "99999999999G"}) {
    CAPTURE(text);
    CHECK_FALSE(ReadSize(text));
  }
}

TEST_CASE("write options: given values are read") {
  const Result<WriteOptions> options = ReadWriteOptions(
      {.path = "a", .size = "1M", .files = "3", .split = "container", .bytes = "all"});
  REQUIRE(options);
  CHECK(options->path == "a");
  CHECK(options->file_bytes == 1u << 20);
  CHECK(options->files == 3);
  CHECK(options->split == RecordingSplit::kContainer);
  CHECK(options->amount == CaptureAmount::kWhole);
  CHECK(ReadWriteOptions({})->path.empty());
  CHECK(ReadWriteOptions({.path = "a", .bytes = "128"})->amount == AtMost(128));
}

TEST_CASE("write options: a wrong value or combination is refused with its name") {
  struct Case {
    WriteArguments words;
    const char* named;
  };
  const Case cases[] = {
      {{.size = "1M"}, "--write-size needs --write"},
      {{.split = "process"}, "--write-split needs --write"},
      {{.path = "a", .size = "1k"}, "--write-size '1k'"},
      {{.path = "a", .size = "much"}, "--write-size 'much'"},
      {{.path = "a", .size = "1M", .files = "0"}, "--write-files '0'"},
      {{.path = "a", .files = "2"}, "--write-files needs --write-size or --write-split"},
      {{.path = "a", .split = "user"}, "--write-split 'user'"},
      {{.path = "a", .bytes = "1"}, "--write-bytes '1'"},
      {{.path = "a", .bytes = "whole"}, "--write-bytes 'whole'"},
  };
  for (const Case& example : cases) {
    const Result<WriteOptions> options = ReadWriteOptions(example.words);
    REQUIRE_FALSE(options);
    CHECK(options.error().code() == ErrorCode::kInvalidInput);
    CHECK(options.error().message().find(example.named) != std::string::npos);
  }
}

TEST_CASE("write options: CaptureAtLeast adds bytes only to wanted packets") {
  CapturePlan plan = Wanting({{PacketClass::kTcp, CaptureAmount::kHeaders},
                              {PacketClass::kDns, CaptureAmount::kWhole},
                              {PacketClass::kUdp, CaptureAmount::kNothing}});
  CaptureAtLeast(plan, CaptureAmount::kNothing);
  CHECK(plan.rules[0].amount == CaptureAmount::kHeaders);
  CaptureAtLeast(plan, AtMost(200));
  CHECK(plan.rules[0].amount == AtMost(200));
  CHECK(plan.rules[1].amount == CaptureAmount::kWhole);
  CHECK(plan.rules[2].amount == CaptureAmount::kNothing);
}

}  // namespace write_options_test
}  // namespace wirehound::test
