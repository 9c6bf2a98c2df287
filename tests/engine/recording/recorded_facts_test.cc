// SPDX-License-Identifier: Apache-2.0

// Comments as input: comments of other programs are ignored, comments of a recording are checked
// strictly.

#include "engine/recording/recorded_facts.h"

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/sources/pcapng_reader.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/recording/recording_lab.h"
#include "tests/engine/support/capture_writer.h"

namespace wirehound::test {
namespace recorded_facts_test {

constexpr std::uint16_t kComment = 1;
constexpr std::uint32_t kStatistics = 5;
const ByteWriter kPacket = Ipv4(17, Udp({'d', 'a', 't', 'a'}));

// The comments of a recording, each for its place in the file.
struct Comments {
  std::vector<std::string> section{"wirehound: recording version=1"};
  std::vector<std::string> interface {};
  std::vector<std::string> packet{};
  std::vector<std::string> statistics{};
};

std::string OptionsOf(const PcapngWriter& file, const std::vector<std::string>& comments) {
  FileBytes options = file.New();
  for (const std::string& comment : comments) {
    options.Option(kComment, comment);
  }
  return options.Option(0, "").text();
}

std::string FileOf(const Comments& comments, ByteOrder order = ByteOrder::kLittle) {
  PcapngWriter file;
  file.Section(order);  // New() below needs a section
  const std::string head =
      file.New().U32(0x1a2b3c4d).U16(1).U16(0).U32(0xffffffff).U32(0xffffffff).text();
  PcapngWriter whole;
  whole.Section(order);
  whole.Block(0x0a0d0d0a, head + OptionsOf(file, comments.section));
  whole.Interface(101, 0, OptionsOf(file, comments.interface));
  whole.Add(0, 5, kPacket, OptionsOf(file, comments.packet));
  whole.Block(kStatistics,
              file.New().U32(0).U32(0).U32(0).text() + OptionsOf(file, comments.statistics));
  return whole.text();
}

struct Outcome {
  TextSink sink;
  Record record;  // the only packet
  std::string comm;
  std::string error;
};

Outcome Read(std::string_view file) {
  PcapngReader reader(InputWindow{std::as_bytes(std::span(file))});
  Outcome outcome;
  for (;;) {
    Record record;
    switch (reader.Next(record)) {
      case ReadStep::kPacket:
        outcome.record = record;
        outcome.comm = View(record.process->comm);
        break;
      case ReadStep::kAside:
        reader.DeliverAside(outcome.sink);
        break;
      case ReadStep::kEnd:
      case ReadStep::kFailed:
        outcome.error = reader.error();
        return outcome;
    }
  }
}

const Comments kGood{
    .interface = {"wirehound: interface index=7 netns=4026531840"},
    .packet = {"curl[5] uid 0 egress current",
               "wirehound: packet owner=17 source=listener cpu=3 syscall=46 later=1",
               R"(wirehound: process {"owner":17,"hostPid":5,"comm":"curl","new":[1]})"},
    .statistics = {"wirehound: gap time=9 records=4 reason=ring_full"}};

TEST_CASE("recorded facts: the facts of a packet in a recording are in its record") {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const Outcome outcome = Read(FileOf(kGood, order));
    CHECK(outcome.error.empty());
    CHECK(outcome.record.owner_id == 17);
    CHECK(outcome.record.owner_source == WIREHOUND_OWNER_LISTENER);
    CHECK(outcome.record.cpu == 3);
    CHECK(outcome.record.syscall == 46);
    CHECK(outcome.record.interface_index == 7);
    CHECK(outcome.record.network_namespace == 4026531840);
    CHECK(outcome.comm == "curl");
    CHECK(outcome.sink.lines == std::vector<std::string>{"gap 9 ring_full 4"});
  }
}

TEST_CASE("recorded facts: the same comments in a file of another program are ignored") {
  for (const char* section :
       {"made by hand", "wirehound: note", "Wirehound: recording version=1"}) {
    Comments comments = kGood;
    comments.section = {section};
    comments.packet.push_back("wirehound: process {broken");
    const Outcome outcome = Read(FileOf(comments));
    CHECK(outcome.error.empty());
    CHECK(outcome.record.owner_id == 0);
    CHECK(outcome.record.syscall == -1);
    CHECK(outcome.record.interface_index == 0);
    CHECK(outcome.comm.empty());
    CHECK(outcome.sink.lines.empty());
  }
}

TEST_CASE("recorded facts: a section of another program resets the facts of the one before") {
  const Outcome outcome = Read(FileOf(kGood) + FileOf({.section = {}}));
  CHECK(outcome.record.owner_id == 0);
  CHECK(outcome.record.network_namespace == 0);
  CHECK(outcome.comm.empty());
}

TEST_CASE("recorded facts: a packet whose owner is not described has no owner") {
  Comments comments = kGood;
  comments.packet.pop_back();
  const Outcome outcome = Read(FileOf(comments));
  CHECK(outcome.error.empty());
  CHECK(outcome.record.owner_id == 0);
  CHECK(outcome.record.owner_source == WIREHOUND_OWNER_NONE);
  CHECK(outcome.record.process == &UnknownProcess());
}

TEST_CASE("recorded facts: an invalid comment ends the file with an error that says why") {
  struct Case {
    Comments comments;
    const char* reason;
  };
  const auto packet = [](const char* comment) { return Comments{.packet = {comment}}; };
  const auto aside = [](const char* comment) { return Comments{.statistics = {comment}}; };
  const Case cases[] = {
      {{.section = {"wirehound: recording version=2"}}, "has version 2; expected 1 to 1"},
      {{.section = {"wirehound: recording"}}, "has version 0"},
      {{.section = {"wirehound: recording version=1", "wirehound: system 5"}}, "no JSON object"},
      {{.interface = {"wirehound: interface index=-1"}}, "'-1' for index"},
      {packet("wirehound: packet owner=seventeen"), "'seventeen' for owner"},
      {packet("wirehound: packet owner=99999999999999999999"), "out of its range"},
      {packet("wirehound: packet source=guess"), "'guess' for source"},
      {packet("wirehound: packet syscall=-2"), "'-2' for syscall"},
      {packet("wirehound: packet owner"), "the word 'owner'; expected KEY=VALUE"},
      {packet("wirehound: process {}"), "'owner' is not a number above 0"},
      {packet("wirehound: process {\"owner\":1,\"pid\":2147483648}"), "'pid' is not a whole"},
      {packet("wirehound: process {\"owner\":1,\"uid\":-1}"), "'uid' is not a whole"},
      {packet("wirehound: process {\"owner\":1,\"uid\":1.5}"), "'uid' is not a whole"},
      {packet("wirehound: process {\"owner\":1,\"comm\":7}"), "'comm' is not a text"},
      {packet("wirehound: process {\"owner\":1,\"comm\":\"%f\"}"), "two hexadecimal digits"},
      {packet("wirehound: process [[[[[["), "no JSON object"},
      {packet("wirehound: + more"), "goes on with nothing"},
      {aside("wirehound: notice {\"kind\":\"born\",\"process\":{}}"), "'kind' is not found"},
      {aside("wirehound: notice {\"kind\":\"exec\"}"), "'process' is not an object"},
      {aside("wirehound: notice {\"kind\":\"exec\",\"process\":{},\"arguments\":{}}"), "a list"},
      {aside("wirehound: container \"x\""), "no JSON object"},
      {aside("wirehound: gap records=-1"), "'-1' for records"},
      {aside("wirehound: time time=soon"), "'soon' for time"},
      {{.statistics = {"wirehound: time time=1", "wirehound: time time=2"}}, "second of its block"},
  };
  for (const Case& example : cases) {
    const Outcome outcome = Read(FileOf(example.comments));
    INFO(outcome.error);
    CHECK(outcome.error.find("block at offset ") == 0);
    CHECK(outcome.error.find(example.reason) != std::string::npos);
  }
}

TEST_CASE("recorded facts: texts of any bytes read back unchanged") {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
  }
  for (const std::string& text : {all, std::string(), std::string("caf\xc3\xa9 50%"),
                                  std::string("\xc2\x9b\xf0\x9f\x90\x95\xf0\x9f")}) {
    const std::string escaped = EscapeText(text);
    CHECK(*UnescapeText(escaped) == text);
    for (const char c : escaped) {
      CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    }
  }
  CHECK_FALSE(UnescapeText("%"));
  CHECK_FALSE(UnescapeText("%4"));
  CHECK_FALSE(UnescapeText("%4g"));
}

TEST_CASE("recorded facts: owners are limited, and the least recently used one is removed first") {
  RecordedFacts facts;
  facts.BeginBlock(RecordedFacts::Place::kPacket);
  for (std::size_t i = 1; i <= RecordedFacts::kMaxOwners + 1; ++i) {
    const std::string comment = "wirehound: process {\"owner\":" + std::to_string(i) + "}";
    REQUIRE(facts.TakeComment(comment));
    REQUIRE(facts.EndBlock());
  }
  CHECK(facts.FindOwner(1) == nullptr);
  CHECK(facts.FindOwner(2) != nullptr);
}

}  // namespace recorded_facts_test
}  // namespace wirehound::test
