// SPDX-License-Identifier: Apache-2.0

// Events from text: a line can set everything that the catalogue says an event can hold, and the
// JSON writer gives the same values back.

#include "engine/testing/event_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "engine/run/detector_set.h"
#include "tests/engine/support/event_line.h"
#include "tests/engine/support/scripted_detector.h"

namespace wirehound::test {
namespace event_text_test {

using nlohmann::json;

const Catalogue& Base() {
  static const Catalogue kCatalogue;
  return kCatalogue;
}

std::unique_ptr<TextEvent> Make(std::string_view line, const Catalogue& catalogue = Base()) {
  Result<std::vector<Word>> words = SplitWords(line);
  REQUIRE(words.has_value());
  const std::string name = words->front().name;
  words->erase(words->begin());
  Result<std::unique_ptr<TextEvent>> event = MakeEvent(catalogue, name, *words);
  REQUIRE_MESSAGE(event.has_value(), (event ? "" : event.error().message()));
  return *std::move(event);
}

std::string ErrorOf(std::string_view line) {
  Result<std::vector<Word>> words = SplitWords(line);
  REQUIRE(words.has_value());
  const std::string name = words->front().name;
  words->erase(words->begin());
  const Result<std::unique_ptr<TextEvent>> event = MakeEvent(Base(), name, *words);
  return event ? "no error" : event.error().message();
}

json ToJson(const TextEvent& event) {
  std::string text;
  AppendEvent(text, event.event);
  return json::parse(text);
}

json ArgumentOf(const json& event, std::string_view name) {
  for (const json& argument : event["args"]) {
    if (argument["name"] == name) {
      return argument["value"];
    }
  }
  return nullptr;
}

// The JSON value at a path of a line: the first part is an argument, numbers are indices.
json At(const json& event, const std::string& path) {
  json at;
  std::size_t begin = 0;
  bool is_first = true;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (is_first) {
      at = ArgumentOf(event, part);
    } else if (at.is_array()) {
      at = json(at.at(std::stoul(part)));
    } else {
      REQUIRE_MESSAGE(at.contains(part), path);
      at = json(at.at(part));
    }
    is_first = false;
    begin = end + 1;
  }
  return at;
}

// A path that can be set, a value for it, and the JSON of that value.
struct Sample {
  std::string path;
  std::string text;
  json shown;
};

Sample ScalarSample(const MemberSchema& member, const std::string& path) {
  TextBuffer scratch;
  switch (member.kind) {
    case MemberKind::kUint8:
      return {path, "7", 7};
    case MemberKind::kUint16:
      return {path, "513", 513};
    case MemberKind::kUint32:
      return {path, "70000", 70000};
    case MemberKind::kInt64:
      return {path, "-3", -3};
    case MemberKind::kText8:
    case MemberKind::kText16: {
      const std::string text(member.text(1, scratch));
      return {path, text, text};
    }
    case MemberKind::kHex:
      return {path, "0aff", "0aff"};
    case MemberKind::kAddress:
      return {path, "192.0.2.7", "192.0.2.7"};
    case MemberKind::kHeaderMap:
      return {path + ".X-Sample", "some text", json::array({"some text"})};
    case MemberKind::kStringList:
      return {path + ".0", "some text", "some text"};
    case MemberKind::kTextList16:
      return {path + ".0", "MX", "MX"};
    default:
      return {path, "some text", "some text"};
  }
}

// Every path of a schema, into messages and the first element of lists.
void AddSamples(const MessageSchema& schema, const std::string& prefix,
                std::vector<Sample>& samples) {
  for (const MemberSchema& member : schema.members) {
    const std::string path = prefix + "." + std::string(member.name);
    if (member.kind == MemberKind::kMessage) {
      AddSamples(*member.message, path, samples);
    } else if (member.kind == MemberKind::kMessageList) {
      AddSamples(*member.message, path + ".0", samples);
    } else {
      samples.push_back(ScalarSample(member, path));
    }
  }
}

std::vector<Sample> SamplesOf(const EventField& field) {
  std::vector<Sample> samples;
  const bool is_list =
      field.type == WIREHOUND_TYPE_DNS_QUESTIONS || field.type == WIREHOUND_TYPE_DNS_RESPONSES;
  if (field.message != nullptr) {
    AddSamples(*field.message, field.name + (is_list ? ".0" : ""), samples);
  } else if (field.type == WIREHOUND_TYPE_ADDRESS) {
    samples.push_back({field.name, "2001:db8::7", "2001:db8::7"});
  } else if (field.type == WIREHOUND_TYPE_STRING_LIST) {
    samples.push_back({field.name + ".0", "some text", "some text"});
  } else if (field.type == WIREHOUND_TYPE_STRING) {
    samples.push_back({field.name, "some text", "some text"});
  } else {
    samples.push_back({field.name, "443", 443});
  }
  return samples;
}

TEST_CASE("event text: every path of every base event can be set and comes back in JSON") {
  std::size_t paths = 0;
  for (const EventDefinition& event : Base().events()) {
    for (const EventField& field : event.fields) {
      for (const Sample& sample : SamplesOf(field)) {
        const std::string line = event.name + " " + WriteWord({sample.path, sample.text, true});
        CAPTURE(line);
        CHECK(At(ToJson(*Make(line)), sample.path) == sample.shown);
        ++paths;
      }
    }
  }
  CHECK(paths > 500);
}

TEST_CASE("event text: the schema of every message has the size of its struct") {
  std::set<const MessageSchema*> seen;
  std::vector<const MessageSchema*> open;
  for (const EventDefinition& event : Base().events()) {
    for (const EventField& field : event.fields) {
      open.push_back(field.message);
    }
  }
  while (!open.empty()) {
    const MessageSchema* schema = open.back();
    open.pop_back();
    if (schema == nullptr || !seen.insert(schema).second) {
      continue;
    }
    CAPTURE(schema->type_name);
    CHECK(schema->bytes != 0);
    for (const MemberSchema& member : schema->members) {
      CHECK(member.offset < schema->bytes);
      CHECK((member.locate == nullptr || schema->attach != nullptr));
      open.push_back(member.message);
    }
  }
}

TEST_CASE("event text: a line makes a DNS message with several records") {
  const auto event = Make(
      "net_packet_dns proto_dns.answers.0.type=MX proto_dns.answers.0.MX.preference=10 "
      "proto_dns.answers.0.MX.name=mx.uol.com.br proto_dns.answers.1.TXTs.0=\"v=spf1 a\" "
      "proto_dns.answers.1.TXTs.1=b proto_dns.answers.2.type=AAAA "
      "proto_dns.answers.2.IP=2001:db8::1");
  const json dns = ArgumentOf(ToJson(*event), "proto_dns");
  CHECK(dns["ANCount"] == 3);
  CHECK(dns["answers"][0]["MX"] == json{{"preference", 10}, {"name", "mx.uol.com.br"}});
  CHECK(dns["answers"][1]["type"] == "TXT");
  CHECK(dns["answers"][1]["TXTs"] == json::array({"v=spf1 a", "b"}));
  CHECK(dns["answers"][2]["IP"] == "2001:db8::1");
}

TEST_CASE("event text: repeating a header field adds a value") {
  const json http =
      ArgumentOf(ToJson(*Make("net_packet_http_response http_response.headers.Via=a "
                              "http_response.headers.Via=b http_response.headers.Server=nginx")),
                 "http_response");
  CHECK(http["headers"] == json{{"Via", {"a", "b"}}, {"Server", {"nginx"}}});
}

TEST_CASE(
    "event text: an address is copied to every field that shows it, unless the line sets that") {
  const json tcp = ToJson(*Make("net_packet_tcp src=10.0.0.1 dst_port=80 proto_tcp.srcPort=5"));
  CHECK(At(tcp, "metadata.src_ip") == "10.0.0.1");
  CHECK(At(tcp, "metadata.dst_port") == 80);
  CHECK(At(tcp, "proto_tcp.dstPort") == 80);
  CHECK(At(tcp, "src_port") == 5);
  CHECK(At(tcp, "metadata.protocol") == 6);
  const json ip = ToJson(*Make("net_packet_ipv4 proto_ipv4.dstIP=10.0.0.2 dst=10.0.0.3"));
  CHECK(At(ip, "metadata.dst_ip") == "10.0.0.3");
  CHECK(At(ip, "proto_ipv4.dstIP") == "10.0.0.2");
}

TEST_CASE("event text: the kind of an HTTP message follows from its other members") {
  const auto kind = [](std::string_view line) {
    const auto event = Make(line);
    const auto http = static_cast<std::size_t>(event->event.definition->FieldIndex(
        line.find("request") != std::string_view::npos     ? "http_request"
        : line.find("_response") != std::string_view::npos ? "http_response"
                                                           : "proto_http"));
    return static_cast<const wirehound_http*>(event->fields[http].value.message)->kind;
  };
  CHECK(kind("net_packet_http_request") == WIREHOUND_HTTP_REQUEST);
  CHECK(kind("net_packet_http_response") == WIREHOUND_HTTP_RESPONSE);
  CHECK(kind("net_packet_http") == WIREHOUND_HTTP_REQUEST);
  CHECK(kind("net_packet_http proto_http.status_code=200") == WIREHOUND_HTTP_RESPONSE);
  CHECK(kind("net_packet_http proto_http.direction=response") == WIREHOUND_HTTP_RESPONSE);
}

TEST_CASE("event text: messages have their size, and lists the stride of their elements") {
  const auto event = Make("net_packet_dns proto_dns.questions.0.name=a");
  const auto& dns = *static_cast<const wirehound_dns*>(event->fields[5].value.message);
  CHECK(dns.struct_size == sizeof(wirehound_dns));
  CHECK(dns.questions.stride == sizeof(wirehound_dns_question));
}

TEST_CASE("event text: a process has consistent ids, or none at all") {
  const auto event = Make("net_packet_udp process.comm=curl process.uid=5 syscall=sendto");
  CHECK(event->event.view.owner_source == WIREHOUND_OWNER_CURRENT);
  CHECK(event->process.uid == 5);
  CHECK(event->process.host_pid != 0);
  CHECK(event->process.tid == event->process.pid);
  CHECK(event->process.process_entity_id != 0);
  const json shown = ToJson(*event);
  CHECK(shown["processName"] == "curl");
  CHECK(shown["syscall"] == "sendto");
  CHECK(Make("net_packet_udp")->event.view.owner_source == WIREHOUND_OWNER_NONE);
  CHECK(Make("net_packet_udp")->process.host_pid == 0);
}

// A set of one detector whose event has a field of every type.
DetectorSet WithEveryType(ScriptedDetectors& detectors) {
  DetectorDefinition detector;
  detector.id = "D";
  detector.requirements.events = {{"net_packet_udp"}};
  detector.produced_event.name = "found";
  const std::pair<const char*, FieldType> fields[] = {
      {"flag", FieldType::kBool},        {"i32", FieldType::kInt32},
      {"i64", FieldType::kInt64},        {"u16", FieldType::kUint16},
      {"u32", FieldType::kUint32},       {"u64", FieldType::kUint64},
      {"real", FieldType::kDouble},      {"text", FieldType::kString},
      {"bytes", FieldType::kBytes},      {"address", FieldType::kAddress},
      {"names", FieldType::kStringList}, {"unset", FieldType::kString}};
  for (const auto& [name, type] : fields) {
    detector.produced_event.fields.push_back({name, type, ""});
  }
  detectors.Add(detector);
  return DetectorSet::Make(detectors.Load());
}

TEST_CASE("event text: the fields of a detection are read and written as the same words") {
  ScriptedDetectors detectors;
  const DetectorSet set = WithEveryType(detectors);
  const std::string words =
      "flag=true i32=-2147483648 i64=-9 u16=65535 u32=4294967295 u64=18446744073709551615 "
      "real=0.25 text=\"two words\" bytes=00ff address=2001:db8::1 names.0=a names.1=b";
  const auto event = Make("found " + words, set.catalogue());
  CHECK(WriteWords(FieldWords(event->event)) == words);
  const json shown = ToJson(*event);
  CHECK(ArgumentOf(shown, "u64") == UINT64_MAX);
  CHECK(ArgumentOf(shown, "names") == json::array({"a", "b"}));
  CHECK((event->fields.back().flags & WIREHOUND_FIELD_ABSENT) != 0);
}

TEST_CASE("event text: an error names the wrong word, what was expected and the closest name") {
  const std::pair<const char*, const char*> lines[] = {
      {"net_packet_dnss",
       "no event 'net_packet_dnss'; did you mean 'net_packet_dns', "
       "'net_packet_http', 'net_packet_icmp'?"},
      {"net_packet_dns srcc=1", "srcc=1: net_packet_dns has no field 'srcc'; did you mean 'src'"},
      {"net_packet_dns src", "src: expected FIELD=VALUE"},
      {"net_packet_dns src=x", "src=x: expected an IPv4 or IPv6 address, got 'x'"},
      {"net_packet_dns dst_port=dns", "dst_port=dns: expected a number from 0 to 65535, got 'dns'"},
      {"net_packet_dns dst_port.x=1", "dst_port.x=1: nothing is inside it, so '.x' is too much"},
      {"net_packet_dns src.x=1", "src.x=1: nothing is inside it, so '.x' is too much"},
      {"net_packet_dns proto_dns=1", "proto_dns=1: no member ''"},
      {"net_packet_dns proto_dns.anwsers.0.type=A",
       "proto_dns.anwsers.0.type=A: no member 'anwsers'; did you mean 'answers'?"},
      {"net_packet_dns proto_dns.answers.1.type=A",
       "proto_dns.answers.1.type=A: index of a list: expected a number from 0 to 0, got '1'"},
      {"net_packet_dns proto_dns.answers.0.type=A proto_dns.answers.0.MX.name=x",
       "proto_dns.answers.0.MX.name=x: 'MX' does not go with the type"},
      {"net_packet_dns proto_dns.answers.0.MX.name=x proto_dns.answers.0.IP=192.0.2.1",
       "proto_dns.answers.0.IP=192.0.2.1: 'IP' does not go with the type or the other data"},
      {"net_packet_dns process.name=x", "process.name=x: no member 'name'"},
      {"net_packet_ipv4 src=::1 proto_ipv4.version=x", "proto_ipv4.version=x: expected a number"},
      {"net_packet_http proto_http.headers=x", "expected the name of a header field"},
  };
  for (const auto& entry : lines) {
    const auto& line = entry.first;
    const auto& message = entry.second;
    CAPTURE(line);
    CHECK_MESSAGE(ErrorOf(line).find(message) != std::string::npos, ErrorOf(line));
  }
}

}  // namespace event_text_test
}  // namespace wirehound::test
