// SPDX-License-Identifier: Apache-2.0

// WriteCrashCapture: the file reads back as the record, and no other file is overwritten.

#include "engine/safety/crash_capture.h"

#include <sys/stat.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/sources/capture_file_source.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace crash_capture_test {

constexpr std::array<std::byte, 5> kBytes = {std::byte{0x45}, std::byte{1}, std::byte{2},
                                             std::byte{3}, std::byte{4}};

Record SomeRecord() {
  Record record;
  record.timestamp_ns = 1'700'000'000'123'456'789;
  record.bytes = kBytes;
  record.wire_length = 90;
  record.link_type = kLinkTypeRaw;
  return record;
}

// Keeps a copy of each record.
struct Kept : RecordSink {
  void OnRecord(const Record& record) override {
    records.push_back(record);
    bytes.assign(record.bytes.begin(), record.bytes.end());
  }
  std::vector<Record> records;
  std::vector<std::byte> bytes;
};

TEST_CASE("crash capture: the file reads back as the one record, to the nanosecond") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "crash.pcap").string();
  REQUIRE(WriteCrashCapture(path.c_str(), SomeRecord()) == 0);
  auto source = CaptureFileSource::Open(path);
  REQUIRE(source.has_value());
  Kept kept;
  REQUIRE((*source)->Read(kept, 10).has_value());
  REQUIRE(kept.records.size() == 1);
  CHECK(kept.records[0].timestamp_ns == SomeRecord().timestamp_ns);
  CHECK(kept.records[0].wire_length == 90);
  CHECK(kept.records[0].link_type == kLinkTypeRaw);
  CHECK(kept.bytes == std::vector<std::byte>(kBytes.begin(), kBytes.end()));
}

TEST_CASE("crash capture: only its owner may read it") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "crash.pcap").string();
  REQUIRE(WriteCrashCapture(path.c_str(), SomeRecord()) == 0);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("crash capture: an existing file, or a link, is not touched") {
  const TemporaryFolder folder;
  const std::string there = folder.Write("there", "precious");
  CHECK(WriteCrashCapture(there.c_str(), SomeRecord()) == EEXIST);
  const std::string link = (folder.path() / "link").string();
  const std::filesystem::path target = folder.path() / "target";
  std::filesystem::create_symlink(target, link);
  CHECK(WriteCrashCapture(link.c_str(), SomeRecord()) == EEXIST);
  CHECK(ReadFile(there) == "precious");
  CHECK(!std::filesystem::exists(target));
}

TEST_CASE("crash capture: a record whose bytes are not mapped leaves no file") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "crash.pcap").string();
  Record record = SomeRecord();
  record.bytes = {std::bit_cast<const std::byte*>(std::uintptr_t{0x10}), 5};
  CHECK(WriteCrashCapture(path.c_str(), record) == EFAULT);
  CHECK(!std::filesystem::exists(path));
}

}  // namespace crash_capture_test
}  // namespace wirehound::test
