// SPDX-License-Identifier: Apache-2.0

// ByteSink: how it opens files, and its errors when a write fails.

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

TEST_CASE("byte sink: a file is emptied, and written bytes are in it at once") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("out", "what was there before");
  const auto sink = Open(path);
  CHECK(ReadFile(path).empty());
  CHECK(sink->WriteSome("one\n") == 4);
  CHECK(sink->WriteSome("two\n") == 4);
  CHECK(ReadFile(path) == "one\ntwo\n");
  CHECK(sink->name() == path);
}

TEST_CASE("byte sink: only the owner of a file may read it") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  const auto sink = Open(path);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("byte sink: a write to a full device returns its error") {
  CHECK(Open("/dev/full")->WriteSome("line\n") == -ENOSPC);
}

TEST_CASE("byte sink: the error for a file that cannot be opened has its name and the reason") {
  const auto sink = ByteSink::OpenFile("/nonexistent/out.json");
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().message() ==
        "open output file /nonexistent/out.json: No such file or directory");
}

}  // namespace byte_sink_test
}  // namespace wirehound::test
