// SPDX-License-Identifier: Apache-2.0

// The top-level object of an event. It is a published format, so this test spells out the keys and
// their order.

#include "engine/outputs/event_json.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/event_line.h"
#include "tests/engine/support/graph_text.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace event_json_test {

using test::Json;

std::string Text(const Event& event) {
  std::string out;
  AppendEvent(out, event);
  return out;
}

std::string Keys(const Json& object) { return Join(object.keys()); }

constexpr const char* kKeys =
    "timestamp threadStartTime processorId processId cgroupId threadId parentProcessId "
    "hostProcessId hostThreadId hostParentProcessId userId mountNamespace pidNamespace "
    "processName executable hostName containerId container kubernetes eventId eventName "
    "matchedPolicies argsNum returnValue syscall stackAddresses contextFlags threadEntityId "
    "processEntityId parentEntityId args";

TEST_CASE("event json: an event has the keys of the format in their order") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  CHECK(Keys(Json::parse(Text(udp.At(1)))) == kKeys);
}

TEST_CASE(
    "event json: the source of the owner comes after the format's keys, if there is an owner") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  for (const std::uint32_t source :
       {WIREHOUND_OWNER_CURRENT, WIREHOUND_OWNER_SOCKET, WIREHOUND_OWNER_LISTENER,
        WIREHOUND_OWNER_SCAN, WIREHOUND_OWNER_KERNEL}) {
    udp.context().owner_source = source;
    const Json event = Json::parse(Text(udp.At(1)));
    CHECK(Keys(event) == std::string(kKeys) + " owner");
    CHECK(event["owner"] == std::string(OwnerSourceText(source)));
  }
}

TEST_CASE("event json: without a process every key is there with its zero value") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  udp.process() = UnknownProcess();
  const std::string text = Text(udp.At(1'700'000'000'000'000'001));
  CHECK(text.substr(0, text.find(",\"args\"")) ==
        R"({"timestamp":1700000000000000001,"threadStartTime":0,"processorId":3,"processId":0,)"
        R"("cgroupId":0,"threadId":0,"parentProcessId":0,"hostProcessId":0,"hostThreadId":0,)"
        R"("hostParentProcessId":0,"userId":0,"mountNamespace":0,"pidNamespace":0,)"
        R"("processName":"","executable":{"path":""},"hostName":"","containerId":"",)"
        R"("container":{},"kubernetes":{},"eventId":"2003","eventName":"net_packet_udp",)"
        R"("matchedPolicies":[""],"argsNum":6,"returnValue":0,"syscall":"sendmmsg",)"
        R"("stackAddresses":[0],"contextFlags":{"containerStarted":false,"isCompat":false},)"
        R"("threadEntityId":0,"processEntityId":0,"parentEntityId":0)");
}

TEST_CASE("event json: each number of a process is under its own key") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  wirehound_process& process = udp.process();
  process.thread_start_time_ns = 1;
  process.pid = 2;
  process.cgroup_id = 18446744073709551615ULL;
  process.tid = 4;
  process.parent_pid = 5;
  process.host_pid = 6;
  process.host_tid = 7;
  process.host_parent_pid = 8;
  process.uid = 4294967295;
  process.mount_namespace = 4026531841;
  process.pid_namespace = 4026531836;
  process.comm = {"na\"me", 5};
  process.executable = {"/bin/x", 6};
  process.host_name = {"host", 4};
  process.container_id = {"abc", 3};
  process.thread_entity_id = 13;
  process.process_entity_id = 14;
  process.parent_entity_id = 15;
  const Json event = Json::parse(Text(udp.At(1)));
  CHECK(event["threadStartTime"] == 1);
  CHECK(event["processId"] == 2);
  CHECK(event["cgroupId"] == 18446744073709551615ULL);
  CHECK(event["threadId"] == 4);
  CHECK(event["parentProcessId"] == 5);
  CHECK(event["hostProcessId"] == 6);
  CHECK(event["hostThreadId"] == 7);
  CHECK(event["hostParentProcessId"] == 8);
  CHECK(event["userId"] == 4294967295);
  CHECK(event["mountNamespace"] == 4026531841);
  CHECK(event["pidNamespace"] == 4026531836);
  CHECK(event["processName"] == "na\"me");
  CHECK(event["executable"].dump() == R"({"path":"/bin/x"})");
  CHECK(event["hostName"] == "host");
  CHECK(event["containerId"] == "abc");
  CHECK(event["container"].dump() == R"({"id":"abc"})");
  CHECK(event["threadEntityId"] == 13);
  CHECK(event["processEntityId"] == 14);
  CHECK(event["parentEntityId"] == 15);
}

TEST_CASE("event json: a container shows only the facts that are known") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  wirehound_container_info container{};
  udp.process().container_id = {"abc", 3};
  udp.process().container = &container;
  CHECK(Text(udp.At(1)).find(R"("container":{"id":"abc"},"kubernetes":{},)") != std::string::npos);
  container.name = {"web", 3};
  container.image = {"nginx", 5};
  container.image_digest = {"sha256:0", 8};
  container.pod_name = {"web-0", 5};
  container.pod_namespace = {"shop", 4};
  container.pod_uid = {"d7", 2};
  container.is_pod_sandbox = 1;
  CHECK(Text(udp.At(1)).find(
            R"("container":{"id":"abc","name":"web","image":"nginx","imageDigest":"sha256:0"},)"
            R"("kubernetes":{"podName":"web-0","podNamespace":"shop","podUID":"d7",)"
            R"("podSandbox":true},"eventId")") != std::string::npos);
}

TEST_CASE(
    "event json: arguments have name, type and value and come in the order of the definition") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  const Json args = Json::parse(Text(udp.At(1)))["args"];
  REQUIRE(args.size() == 6);
  CHECK(args[0].dump() == R"({"name":"src","type":"const char*","value":"10.0.0.1"})");
  CHECK(args[1].dump() == R"({"name":"dst","type":"const char*","value":"10.0.0.2"})");
  CHECK(args[2].dump() == R"({"name":"src_port","type":"u16","value":40000})");
  CHECK(args[3].dump() == R"({"name":"dst_port","type":"u16","value":53})");
  CHECK(args[4]["name"] == "metadata");
  CHECK(args[4]["type"] == "trace.PacketMetadata");
  CHECK(Keys(args[4]["value"]) ==
        "src_ip dst_ip src_port dst_port protocol packet_len iface direction");
  CHECK(args[5].dump() == R"({"name":"proto_udp","type":"trace.ProtoUDP","value":)"
                          R"({"srcPort":40000,"dstPort":53,"length":12,"checksum":43981}})");
}

TEST_CASE("event json: a detection counts and shows the fields that are set") {
  Catalogue catalogue;
  UdpEvent udp(catalogue);
  DetectorDefinition detector = ParseDetector("d: D needs net_packet_udp");
  detector.produced_event.fields = {{"a", FieldType::kString, ""}, {"b", FieldType::kBool, ""}};
  catalogue.AddDetectorEvent(detector);
  wirehound_field fields[] = {{WIREHOUND_TYPE_STRING, WIREHOUND_FIELD_ABSENT, {}},
                              {WIREHOUND_TYPE_BOOL, 0, {.unsigned_integer = 1}}};
  const Event cause = udp.At(1);
  Event event = cause;
  event.definition = catalogue.Find("D");
  event.detector = &detector;
  event.cause = &cause;
  event.view.fields = fields;
  event.view.field_count = 2;
  SUBCASE("some fields are set") {
    const Json json = Json::parse(Text(event));
    CHECK(json["eventId"] == "7500");
    CHECK(json["argsNum"] == 1);
    CHECK(json["args"].dump() == R"([{"name":"b","type":"bool","value":true}])");
    CHECK(Keys(json) == std::string(kKeys) + " completeness");
  }
  SUBCASE("no field is set") {
    fields[1].flags = WIREHOUND_FIELD_ABSENT;
    const Json json = Json::parse(Text(event));
    CHECK(json["argsNum"] == 0);
    CHECK(json["args"].dump() == "[]");
  }
  SUBCASE("threat, cause and parents come after the arguments") {
    const wirehound_property properties[] = {{{"k\"", 2}, {"v", 1}}, {{"l", 1}, {"", 0}}};
    wirehound_threat threat{WIREHOUND_STRUCT_SIZE(wirehound_threat, properties),
                            WIREHOUND_SEVERITY_CRITICAL,
                            {"n\"", 2},
                            {"d\n", 2},
                            {"ta", 2},
                            {"T1", 2},
                            {"te", 2},
                            {properties, 2, sizeof(properties[0])}};
    wirehound_process_info parents[2] = {};
    parents[0].entity_id = 7;
    parents[0].pid = 8;
    parents[0].host_pid = 9;
    parents[0].comm = {"ba\"sh", 5};
    parents[0].executable = {"/bin/bash", 9};
    event.threat = &threat;
    event.shows_cause = true;
    event.shows_ancestry = true;
    event.ancestry = parents;
    Json json = Json::parse(Text(event));
    CHECK(Keys(json) == std::string(kKeys) + " threat detectedFrom processAncestry completeness");
    CHECK(json["threat"].dump() ==
          R"({"name":"n\"","description":"d\n","severity":4,"mitre":{"tactic":{"name":"ta"},)"
          R"("technique":{"id":"T1","name":"te"}},"properties":{"k\"":"v","l":""}})");
    CHECK(Keys(json["detectedFrom"]) == "id name data");
    CHECK(json["processAncestry"].dump() ==
          R"([{"processEntityId":7,"processId":8,"hostProcessId":9,"processName":"ba\"sh",)"
          R"("executable":{"path":"/bin/bash"}},{"processEntityId":0,"processId":0,)"
          R"("hostProcessId":0,"processName":"","executable":{"path":""}}])");
    threat.properties.count = 0;
    event.ancestry = {};
    json = Json::parse(Text(event));
    CHECK_FALSE(json["threat"].contains("properties"));
    CHECK(json["processAncestry"].dump() == "[]");
  }
  SUBCASE("threat, cause and parents are there only on request") {
    detector.threat = Threat{"n", "d"};
    detector.auto_populate = {true, true, true};
    CHECK(Keys(Json::parse(Text(event))) == std::string(kKeys) + " completeness");
  }
}

// Writes events one after the other with the same EventJson, as an output does.
class Writer {
 public:
  std::string Text(const Event& event) {
    buffer_.Clear();
    json_.Append(buffer_, event);
    return std::string(buffer_.text());
  }

 private:
  EventJson json_;
  JsonBuffer buffer_{0};
};

TEST_CASE("event json: a writer that has cached parts writes the same as a new one") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  Writer writer;
  CHECK(writer.Text(udp.At(1)) == Text(udp.At(1)));
  CHECK(writer.Text(udp.At(2)) == Text(udp.At(2)));
  SUBCASE("processes whose ids share a cache slot") {
    for (int round = 0; round < 3; ++round) {
      for (const std::int32_t tid : {1, 65, 129, 1, 0, -1, -64}) {
        udp.process().host_tid = tid;
        udp.process().pid = tid + 1000;
        CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
      }
    }
  }
  SUBCASE("a number that changed in place") {
    udp.process().uid = 7;
    CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
    udp.process().parent_entity_id = 8;
    CHECK(Json::parse(writer.Text(udp.At(3)))["parentEntityId"] == 8);
    udp.process().thread_start_time_ns = 9;
    CHECK(Json::parse(writer.Text(udp.At(3)))["threadStartTime"] == 9);
  }
  SUBCASE("a text that changed in place, with the same length") {
    std::string text = "before";
    for (wirehound_string* member : {&udp.process().comm, &udp.process().executable,
                                     &udp.process().host_name, &udp.process().container_id}) {
      *member = {text.data(), text.size()};
      for (const char* now : {"before", "behind", "before"}) {
        text = now;
        CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
      }
    }
  }
  SUBCASE("container facts that became known later, in place") {
    wirehound_container_info container{};
    udp.process().container_id = {"abc", 3};
    udp.process().container = &container;
    CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
    container.is_pod_sandbox = 1;
    CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
    std::string text = "before";
    for (wirehound_string* member :
         {&container.name, &container.image, &container.image_digest, &container.pod_name,
          &container.pod_namespace, &container.pod_uid}) {
      *member = {text.data(), text.size()};
      for (const char* now : {"before", "behind", "before"}) {
        text = now;
        CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
      }
    }
  }
  SUBCASE("the same bytes, divided differently between two texts") {
    const char* bytes = "aaaa";
    udp.process().comm = {bytes, 3};
    udp.process().executable = {bytes, 1};
    CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
    udp.process().comm = {bytes, 1};
    udp.process().executable = {bytes, 3};
    CHECK(writer.Text(udp.At(3)) == Text(udp.At(3)));
  }
}

TEST_CASE("event json: a writer appends each event after the one before") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  EventJson json;
  JsonBuffer buffer(0);
  std::string expected;
  for (std::uint64_t i = 0; i < 100; ++i) {
    json.Append(buffer, udp.At(i));
    buffer.Append("\n");
    expected += Text(udp.At(i)) + "\n";
  }
  CHECK(buffer.text() == expected);
}

}  // namespace event_json_test
}  // namespace wirehound::test
