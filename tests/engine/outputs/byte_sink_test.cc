// SPDX-License-Identifier: Apache-2.0

// ByteSink: what files it opens, and what it says when the system takes no more.

#include "engine/outputs/byte_sink.h"

#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace byte_sink_test {

std::unique_ptr<ByteSink> Open(const std::string& path) {
  Result<std::unique_ptr<ByteSink>> sink = ByteSink::OpenFile(path);
  REQUIRE(sink.has_value());
  return *std::move(sink);
}

TEST_CASE("byte sink: a file is emptied, and what is written is there at once") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("out", "what was there before");
  const auto sink = Open(path);
  CHECK(ReadFile(path).empty());
  CHECK(sink->WriteSome("one\n") == 4);
  CHECK(sink->WriteSome("two\n") == 4);
  CHECK(ReadFile(path) == "one\ntwo\n");
  CHECK(sink->name() == path);
}

TEST_CASE("byte sink: what a file holds is nobody else's to read") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  const auto sink = Open(path);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("byte sink: a full device is the error of the write") {
  CHECK(Open("/dev/full")->WriteSome("line\n") == -ENOSPC);
}

TEST_CASE("byte sink: a file that cannot be opened is named, with the reason") {
  const auto sink = ByteSink::OpenFile("/nonexistent/out.json");
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().message() ==
        "open output file /nonexistent/out.json: No such file or directory");
}

}  // namespace byte_sink_test
}  // namespace wirehound::test
