// SPDX-License-Identifier: Apache-2.0

// ByteSink: buffering, and what happens when the system takes no more.

#include "engine/outputs/byte_sink.h"

#include <sys/stat.h>

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace {

std::unique_ptr<ByteSink> Open(const std::string& path) {
  Result<std::unique_ptr<ByteSink>> sink = ByteSink::OpenFile(path);
  REQUIRE(sink.has_value());
  return *std::move(sink);
}

TEST_CASE("byte sink: lines are gathered and written by a flush") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("out", "what was there before");
  const auto sink = Open(path);
  CHECK(ReadFile(path).empty());
  sink->buffer() += "one\n";
  CHECK(sink->CommitLine().has_value());
  sink->buffer() += "two\n";
  CHECK(sink->CommitLine().has_value());
  CHECK(ReadFile(path).empty());
  CHECK(sink->Flush().has_value());
  CHECK(ReadFile(path) == "one\ntwo\n");
  CHECK(sink->Flush().has_value());
  CHECK(ReadFile(path) == "one\ntwo\n");
}

TEST_CASE("byte sink: much is written without being asked, line by line whole") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  const auto sink = Open(path);
  const std::string line = std::string(999, 'x') + "\n";
  for (std::size_t written = 0; written < ByteSink::kFlushBytes; written += line.size()) {
    sink->buffer() += line;
    CHECK(sink->CommitLine().has_value());
  }
  const std::string content = ReadFile(path);
  CHECK(content.size() >= ByteSink::kFlushBytes);
  CHECK(content.size() % line.size() == 0);
}

TEST_CASE("byte sink: lines handed over are written at once, behind what was gathered") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  const auto sink = Open(path);
  sink->buffer() += "one\n";
  CHECK(sink->CommitLine().has_value());
  CHECK(sink->Write("two\nthree\n").has_value());
  CHECK(ReadFile(path) == "one\ntwo\nthree\n");
  CHECK(sink->Write("").has_value());
  CHECK(sink->buffer().empty());
  CHECK(sink->Flush().has_value());
  CHECK(ReadFile(path) == "one\ntwo\nthree\n");
}

TEST_CASE("byte sink: what a file holds is nobody else's to read") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  const auto sink = Open(path);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("byte sink: a full device is an error that names the file, and it is final") {
  const auto sink = Open("/dev/full");
  sink->buffer() += "line\n";
  CHECK(sink->CommitLine().has_value());
  const Status first = sink->Flush();
  REQUIRE_FALSE(first.has_value());
  CHECK(first.error().message() == "write to /dev/full: No space left on device");
  CHECK_FALSE(sink->Flush().has_value());
  CHECK_FALSE(sink->Write("line\n").has_value());
  CHECK_FALSE(sink->Write("").has_value());
  // Nothing piles up behind it, however long the run goes on.
  for (int i = 0; i < 10; ++i) {
    sink->buffer() += std::string(ByteSink::kFlushBytes, 'x');
    CHECK_FALSE(sink->CommitLine().has_value());
    CHECK(sink->buffer().empty());
  }
}

TEST_CASE("byte sink: a file that cannot be opened is named, with the reason") {
  const auto sink = ByteSink::OpenFile("/nonexistent/out.json");
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().message() ==
        "open output file /nonexistent/out.json: No such file or directory");
}

}  // namespace
}  // namespace wirehound::test
