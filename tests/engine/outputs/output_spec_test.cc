// SPDX-License-Identifier: Apache-2.0

// OpenOutputs: the values of --output, and JSON and table outputs that write to files.

#include "engine/outputs/output_spec.h"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/json.h"
#include "tests/engine/support/temporary_folder.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace output_spec_test {

TEST_CASE("output: an empty list and none open no output") {
  for (const std::vector<std::string>& specs :
       {std::vector<std::string>(), {"none"}, {"none", "none"}}) {
    const auto outputs = OpenOutputs(specs);
    REQUIRE(outputs.has_value());
    CHECK(outputs->empty());
  }
}

TEST_CASE("output: json writes one object per line to its file") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "a:b.json").string();  // the file name has a colon
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  auto outputs = OpenOutputs({"json:" + path});
  REQUIRE(outputs.has_value());
  REQUIRE(outputs->size() == 1);
  for (const std::uint64_t i : {1, 2, 3}) {
    CHECK((*outputs)[0]->OnEvent(udp.At(i)).has_value());
  }
  CHECK((*outputs)[0]->Close().has_value());
  std::ifstream file(path);
  std::uint64_t lines = 0;
  for (std::string line; std::getline(file, line);) {
    CHECK(test::Json::parse(line)["timestamp"] == ++lines);
  }
  CHECK(lines == 3);
}

TEST_CASE("output: several outputs are opened in their order") {
  const TemporaryFolder folder;
  const std::string table = (folder.path() / "table").string();
  const std::string json = (folder.path() / "json").string();
  auto outputs = OpenOutputs({"table:" + table, "none", "json:" + json});
  REQUIRE(outputs.has_value());
  REQUIRE(outputs->size() == 2);
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  for (const auto& output : *outputs) {
    CHECK(output->OnEvent(udp.At(1)).has_value());
    CHECK(output->Close().has_value());
  }
  CHECK(ReadFile(table).find("TIME") == 0);
  CHECK(ReadFile(json).find("{\"timestamp\":1,") == 0);
}

TEST_CASE("output: a policy and a queue size may follow the file in any order") {
  struct Case {
    const char* text;
    const char* path;
    QueuePolicy policy;
    std::size_t bytes;
  };
  constexpr std::size_t kDefault = QueueSettings().bytes;
  const Case cases[] = {
      {"json", "", QueuePolicy::kBlock, kDefault},
      {"json,policy=drop", "", QueuePolicy::kDrop, kDefault},
      {"json:f,policy=block", "f", QueuePolicy::kBlock, kDefault},
      {"json:f,policy=drop,queue=64K", "f", QueuePolicy::kDrop, 65536},
      {"json:f,queue=2M,policy=drop", "f", QueuePolicy::kDrop, 2u << 20},
      {"json:a,b", "a,b", QueuePolicy::kBlock, kDefault},
      {"table:x=y", "x=y", QueuePolicy::kBlock, kDefault},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.text));
    const Result<OutputSpec> spec = OutputSpec::Parse(c.text);
    REQUIRE(spec.has_value());
    CHECK(spec->path == c.path);
    CHECK(spec->queue.policy == c.policy);
    CHECK(spec->queue.bytes == c.bytes);
  }
}

TEST_CASE("output: a wrong specification is a usage error that says what is expected") {
  struct Case {
    const char* spec;
    const char* message;
  };
  const Case cases[] = {
      {"xml",
       "--output 'xml': unknown format 'xml'; expected json, table, none, json:FILE or table:FILE"},
      {"", "--output '': unknown format ''; expected json, table, none, json:FILE or table:FILE"},
      {"JSON",
       "--output 'JSON': unknown format 'JSON'; expected json, table, none, json:FILE or "
       "table:FILE"},
      {"json:", "--output 'json:': expected a file after 'json:', or json, table or none alone"},
      {"json,policy=wait", "--output 'json,policy=wait': policy 'wait': expected block or drop"},
      {"json:f,queue=1X",
       "--output 'json:f,queue=1X': queue '1X': expected a size as 65536, 64K, 8M or 1G"},
      {"json:f,queue=1K", "--output 'json:f,queue=1K': queue of 1K: expected 16K to 1G"},
      {"json:f,polcy=drop",
       "--output 'json:f,polcy=drop': unknown option 'polcy'; expected policy or queue"},
      {"none:x", "--output 'none:x': expected a file after 'none:', or json, table or none alone"},
  };
  for (const Case& c : cases) {
    const auto outputs = OpenOutputs({c.spec});
    REQUIRE_FALSE(outputs.has_value());
    CHECK(outputs.error().message() == c.message);
    CHECK(outputs.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("output: a file that cannot be opened is a failure, not a usage error") {
  const auto outputs = OpenOutputs({"json:/nonexistent/x"});
  REQUIRE_FALSE(outputs.has_value());
  CHECK(outputs.error().code() == ErrorCode::kFailed);
}

}  // namespace output_spec_test
}  // namespace wirehound::test
