// SPDX-License-Identifier: Apache-2.0

// The command line: the options that the parser reads, and the errors for wrong ones.

#include "engine/cli/options.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace options_test {

using Words = std::vector<std::string>;

Result<Options> Parse(const Words& words) {
  std::vector<const char*> arguments = {"wirehound"};
  for (const std::string& word : words) {
    arguments.push_back(word.c_str());
  }
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

Options Read(const Words& words) {
  CAPTURE(Join(words));
  Result<Options> options = Parse(words);
  REQUIRE_MESSAGE(options.has_value(), (options ? "" : options.error().message()));
  return *std::move(options);
}

std::string Refusal(const Words& words) {
  CAPTURE(Join(words));
  const Result<Options> options = Parse(words);
  REQUIRE_FALSE(options.has_value());
  CHECK(options.error().code() == ErrorCode::kInvalidInput);
  return options.error().message();
}

TEST_CASE("options: an empty command line is a live run with the defaults") {
  const Options options = Read({});
  CHECK(options.verb == Verb::kRun);
  CHECK(options.selection.events.empty());
  CHECK(options.selection.detectors.empty());
  CHECK(options.read_file.empty());
  CHECK(options.cgroup.empty());
  CHECK(options.outputs.empty());
  CHECK(options.plugins.empty());
  CHECK(options.log_level == "info");
  CHECK_FALSE(options.strict);
  CHECK_FALSE(options.strict_plugins);
  CHECK(options.command.empty());
}

TEST_CASE("options: the ring size of live capture is one that the kernel accepts") {
  CHECK(Read({}).ring_bytes == 8u << 20);
  CHECK(Read({"--ring-size", "64K"}).ring_bytes == 64u << 10);
  CHECK(Read({"--ring-size", "16777216"}).ring_bytes == 16u << 20);
  CHECK(Read({"--ring-size", "1G"}).ring_bytes == 1u << 30);
  for (const char* const size : {"", "0", "32K", "3M", "2G", "8 M", "eight", "-1"}) {
    CHECK(Refusal({"--ring-size=" + std::string(size)}).find("--ring-size") == 0);
  }
  CHECK(
      Refusal({"--ring-size", "3M"}) ==
      "--ring-size: '3M': expected a power of two from 64K to 1G, as 16M; see 'wirehound --help'");
}

TEST_CASE("options: the long form of every option of a run is read") {
  const Options options =
      Read({"--detectors", "DNS", "--events", "a,b", "--read", "x.pcap", "--output", "json:f",
            "--plugins", "p", "--log-level", "debug", "--strict-plugins", "--strict"});
  CHECK(options.selection.detectors == Words{"DNS"});
  CHECK(options.selection.events == Words{"a,b"});
  CHECK(options.read_file == "x.pcap");
  CHECK(options.outputs == Words{"json:f"});
  CHECK(options.plugins == "p");
  CHECK(options.log_level == "debug");
  CHECK(options.strict);
  CHECK(options.strict_plugins);
  CHECK(Read({"--cgroup", "/sys/fs/cgroup/x"}).cgroup == "/sys/fs/cgroup/x");
}

TEST_CASE("options: short forms and equals signs are read") {
  const Options options = Read({"-d", "DNS", "-e", "a", "-r", "-", "-o", "none"});
  CHECK(options.selection.detectors == Words{"DNS"});
  CHECK(options.selection.events == Words{"a"});
  CHECK(options.read_file == "-");
  CHECK(options.outputs == Words{"none"});
  CHECK(Read({"--detectors=all", "--output=json"}).selection.detectors == Words{"all"});
}

TEST_CASE("options: values of a repeated option add up in their order") {
  const Options options =
      Read({"--events", "a", "--output", "json", "--events", "b,c", "--output", "table:f"});
  CHECK(options.selection.events == Words{"a", "b,c"});
  CHECK(options.outputs == Words{"json", "table:f"});
}

TEST_CASE("options: a filter or scope is one argument, also with spaces, commas and dashes in it") {
  const Options options = Read({"-e", "net_packet_tcp.data.dst_port >= 80", "--events",
                                "a.data.b=-5", "--scope", "uid=1,2", "--scope=container"});
  CHECK(options.selection.events == Words{"net_packet_tcp.data.dst_port >= 80", "a.data.b=-5"});
  CHECK(options.selection.scope == Words{"uid=1,2", "container"});
}

TEST_CASE("options: runtime sockets add up, and are refused together with a file") {
  CHECK(Read({"--runtime-socket", "docker:/a", "--runtime-socket=crio:/b"}).runtime_sockets ==
        Words{"docker:/a", "crio:/b"});
  CHECK(Refusal({"--read", "x.pcap", "--runtime-socket", "none"}) ==
        "--read and --runtime-socket cannot be used together");
}

TEST_CASE("options: a list may start with an exclusion") {
  CHECK(Read({"--events", "-net_packet_tcp"}).selection.events == Words{"-net_packet_tcp"});
  CHECK(Read({"-d", "-DNS", "--read", "x"}).selection.detectors == Words{"-DNS"});
  CHECK(Read({"--events=-a,b"}).selection.events == Words{"-a,b"});
}

TEST_CASE("options: everything after two dashes is the command, even if it looks like an option") {
  const Options options =
      Read({"--detectors", "DNS", "--", "sh", "-c", "dig x", "--events", "--", "--help"});
  CHECK(options.verb == Verb::kRun);
  CHECK(options.selection.detectors == Words{"DNS"});
  CHECK(options.selection.events.empty());
  CHECK(options.command == Words{"sh", "-c", "dig x", "--events", "--", "--help"});
  CHECK(Read({"--events", "a", "--", "true"}).selection.events == Words{"a"});
}

TEST_CASE("options: two dashes without a command are refused") {
  CHECK(Refusal({"--"}) == "expected a command after '--'");
  CHECK(Refusal({"--detectors", "DNS", "--"}) == "expected a command after '--'");
}

TEST_CASE("options: options that contradict each other are refused") {
  CHECK(Refusal({"--read", "x.pcap", "--", "true"}) ==
        "--read and -- COMMAND cannot be used together");
  CHECK(Refusal({"--read", "x.pcap", "--cgroup", "/x"}) ==
        "--read and --cgroup cannot be used together");
}

TEST_CASE("options: the error for an unknown word names it and points to the help") {
  struct Case {
    Words words;
    std::string named;
  };
  for (const Case& c :
       {Case{{"--evnets", "a"}, "--evnets"}, Case{{"-x"}, "-x"}, Case{{"lsit"}, "lsit"},
        Case{{"doctor", "--json"}, "--json"}, Case{{"list", "event"}, "event"}}) {
    const std::string message = Refusal(c.words);
    CHECK(message.find(c.named) != std::string::npos);
    CHECK(message.find("see 'wirehound --help'") != std::string::npos);
  }
}

TEST_CASE("options: an option without its value is refused") {
  for (const char* option :
       {"--events", "--scope", "--read", "--output", "--plugins", "--log-level"}) {
    CHECK(Refusal({option}).find(option) != std::string::npos);
  }
  CHECK(Refusal({"list"}) == "list: expected 'events' or 'detectors' after it");
}

TEST_CASE("options: every verb is read") {
  CHECK(Read({"list", "events"}).verb == Verb::kListEvents);
  CHECK(Read({"list", "detectors"}).verb == Verb::kListDetectors);
  CHECK(Read({"doctor"}).verb == Verb::kDoctor);
  CHECK(Read({"plan"}).verb == Verb::kPlan);
  const Options plan = Read({"plan", "--json", "-d", "DNS", "--events", "-net_packet_tcp",
                             "--scope", "uid=0", "--cgroup", "/a", "--plugins", "b"});
  CHECK(plan.as_json);
  CHECK(plan.selection.detectors == std::vector<std::string>{"DNS"});
  CHECK(plan.selection.events == std::vector<std::string>{"-net_packet_tcp"});
  CHECK(plan.selection.scope == std::vector<std::string>{"uid=0"});
  CHECK(plan.cgroup == "/a");
  CHECK(plan.plugins == "b");
  CHECK(Read({"check-plugin", "x.so"}).verb == Verb::kCheckPlugin);
  CHECK(Read({"check-plugin", "--json", "x.so"}).checked_plugin == "x.so");
  CHECK_FALSE(Read({"list", "events"}).as_json);
  const Options options = Read({"list", "detectors", "--json", "--plugins", "p"});
  CHECK(options.as_json);
  CHECK(options.plugins == "p");
  CHECK(Read({"--plugins", "q", "list", "events"}).plugins == "q");
}

TEST_CASE("options: help and version give a text to print") {
  const Options help = Read({"--help"});
  CHECK(help.verb == Verb::kShowText);
  for (const char* part : {"--detectors", "--events", "--scope", "--read", "--cgroup", "--output",
                           "--plugins", "--strict", "list", "doctor", "-- COMMAND"}) {
    CAPTURE(std::string(part));
    CHECK(help.text.find(part) != std::string::npos);
  }
  const Options version = Read({"--version"});
  CHECK(version.verb == Verb::kShowText);
  CHECK(version.text == "wirehound 0.1.0\n");
  const Options of_verb = Read({"list", "events", "--help"});
  CHECK(of_verb.verb == Verb::kShowText);
  CHECK(of_verb.text.find("--json") != std::string::npos);
}

}  // namespace options_test
}  // namespace wirehound::test
