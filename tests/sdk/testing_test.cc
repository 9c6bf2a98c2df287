// SPDX-License-Identifier: Apache-2.0

// The fakes of wirehound/testing.h, used as authors use them: a detector is defined, fires and
// stays quiet. Also the errors of the fakes.

#include <wirehound/testing.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace testing_test {

// Reports names of at least `minimum` bytes.
class LongName : public Detector {
 public:
  DetectorDefinition GetDefinition() const override {
    DetectorDefinition definition;
    definition.id = "LONG_NAME";
    definition.requirements.events = {{"net_packet_dns"}, {"other", Dependency::kOptional}};
    definition.config = {{"minimum", std::uint64_t{5}, "bytes"},
                         {"names", std::vector<std::string>{"a", "b"}, "names"}};
    definition.produced_event.name = "long_name";
    definition.produced_event.fields = {{"name", FieldType::kString, ""},
                                        {"length", FieldType::kUint16, ""},
                                        {"server", FieldType::kAddress, ""}};
    return definition;
  }
  Status Init(const InitContext& context) override {
    Status status = context.Option("minimum", minimum_);
    status = status ? context.Bind("net_packet_dns", "dst", server_) : status;
    return status ? context.Bind("net_packet_dns", "proto_dns", dns_) : status;
  }
  Status OnEvent(const EventView& event, const Emitter& emit) override {
    const auto dns = dns_.Get(event);
    if (!dns) {
      throw std::runtime_error("no message");
    }
    for (const DnsQuestion question : dns->questions()) {
      if (question.name().size() >= minimum_) {
        return emit.Detected({{"name", question.name()},
                              {"length", static_cast<std::uint32_t>(question.name().size())}});
      }
    }
    return {};
  }
  Status OnTimer(const wirehound_timer& timer, const Emitter& emit) override {
    return emit.Detected({{"length", timer.id}});
  }

 private:
  std::uint64_t minimum_ = 0;
  FieldRef<Dns> dns_;
  FieldRef<Address> server_;
};

// A message with one question.
struct Question {
  explicit Question(std::string_view name) {
    question.name = FromView(name);
    dns.struct_size = sizeof(dns);
    dns.questions = {&question, 1, sizeof(question)};
  }
  wirehound_dns_question question{};
  wirehound_dns dns{};
};

void AddDns(TestHost& host) {
  host.AddEvent("net_packet_dns",
                {{"dst", WIREHOUND_TYPE_ADDRESS}, {"proto_dns", WIREHOUND_TYPE_DNS}});
}

TEST_CASE("testing: the fakes run a detector that is defined, fires and stays quiet") {
  TestDetector<LongName> detector;
  CHECK(detector.definition().id == "LONG_NAME");
  AddDns(detector.host());
  REQUIRE(detector.Init().has_value());

  const Question lengthy("long.example");
  TestEvent event(detector.host(), "net_packet_dns");
  event.Message("proto_dns", &lengthy.dns).Address("dst", TestIpv4(192, 0, 2, 1));
  REQUIRE(detector.OnEvent(event).has_value());
  REQUIRE(detector.host().detections().size() == 1);
  CHECK(detector.host().detections()[0].Text("name") == "long.example");
  CHECK(detector.host().detections()[0].Text("length") == "12");
  CHECK_FALSE(detector.host().detections()[0].Has("server"));

  const Question brief("x");
  TestEvent quiet(detector.host(), "net_packet_dns");
  REQUIRE(detector.OnEvent(quiet.Message("proto_dns", &brief.dns)).has_value());
  CHECK(detector.host().detections().size() == 1);
  CHECK(detector.Close().has_value());
}

TEST_CASE("testing: options have their defaults until they are set") {
  TestDetector<LongName> detector;
  AddDns(detector.host());
  detector.host().SetOption("minimum", std::uint64_t{100});
  REQUIRE(detector.Init().has_value());
  const Question lengthy("long.example");
  TestEvent event(detector.host(), "net_packet_dns");
  REQUIRE(detector.OnEvent(event.Message("proto_dns", &lengthy.dns)).has_value());
  CHECK(detector.host().detections().empty());

  std::vector<std::string> names;
  const InitContext context(detector.host().table());
  REQUIRE(context.Option("names", names).has_value());
  CHECK(names == std::vector<std::string>{"a", "b"});
  std::int64_t wrong = 0;
  CHECK_FALSE(context.Option("minimum", wrong).has_value());
  CHECK_FALSE(context.Option("absent", names).has_value());
}

TEST_CASE("testing: an exception is an error with its text, as in the engine") {
  TestDetector<LongName> detector;
  AddDns(detector.host());
  REQUIRE(detector.Init().has_value());
  const TestEvent empty(detector.host(), "net_packet_dns");
  const Status status = detector.OnEvent(empty);
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message() == "no message");
}

TEST_CASE("testing: timers go off when the test calls them") {
  TestDetector<LongName> detector;
  CHECK_FALSE(detector.OnTimer(1, 0).has_value());
  AddDns(detector.host());
  REQUIRE(detector.Init().has_value());
  CHECK(detector.OnTimer(7, 1000).has_value());
  CHECK(detector.host().detections().at(0).Text("length") == "7");
  CHECK_FALSE(detector.OnTimer(70000, 1000).has_value());  // more than the field holds
}

TEST_CASE("testing: an event that is not available cannot be bound, unless it is optional") {
  TestDetector<LongName> detector;
  detector.host().AddEvent("net_packet_dns", {{"dst", WIREHOUND_TYPE_STRING}});
  CHECK(detector.Init().error().message() ==
        "bind field net_packet_dns.dst: it holds another type");
  const InitContext context(detector.host().table());
  FieldRef<Dns> dns;
  CHECK(context.Bind("other", "x", dns).has_value());
  CHECK_FALSE(context.Bind("net_packet_dns", "proto_dns", dns).has_value());
  CHECK_FALSE(context.Bind("net_packet_tcp", "proto_dns", dns).has_value());
  CHECK(context.Extension("wirehound.timers/1") == nullptr);
  const int extension = 0;
  detector.host().SetExtension("wirehound.timers/1", &extension);
  CHECK(context.Extension("wirehound.timers/1") == &extension);
}

TEST_CASE("testing: detections are checked against the definition") {
  TestDetector<LongName> detector;
  const Emitter emit(detector.host().table());
  CHECK(emit.Detected({{"length", std::int32_t{5}}}).has_value());
  CHECK_FALSE(emit.Detected({{"length", std::int32_t{-5}}}).has_value());
  CHECK_FALSE(emit.Detected({{"length", "5"}}).has_value());
  CHECK_FALSE(emit.Detected({{"name", std::uint16_t{5}}}).has_value());
  CHECK_FALSE(emit.Detected({{"absent", "5"}}).has_value());
  CHECK(detector.host().detections().size() == 1);
}

TEST_CASE("testing: an event has the fields that were added to the host") {
  TestDetector<LongName> detector;
  AddDns(detector.host());
  CHECK_THROWS_AS(TestEvent(detector.host(), "net_packet_tcp"), std::invalid_argument);
  TestEvent event(detector.host(), "net_packet_dns");
  CHECK_THROWS_AS(event.Number("port", 1), std::invalid_argument);
  event.process().uid = 5;
  CHECK(EventView(event.abi()).process()->uid == 5);
}

TEST_CASE("testing: the fakes keep log lines with their values") {
  TestDetector<LongName> detector;
  const Logger logger(detector.host().table());
  logger.Info("found", {{"name", "x"}, {"count", 2}, {"good", true}, {"share", 0.5}});
  CHECK(detector.host().log() ==
        std::vector<std::string>{"info found name=x count=2 good=true share=0.5"});
}

TEST_CASE("testing: each value has one text") {
  wirehound_value value{};
  const std::uint8_t bytes[] = {0, 0xab};
  value.bytes = {bytes, sizeof(bytes)};
  CHECK(TestText(WIREHOUND_TYPE_BYTES, value) == "00ab");
  const wirehound_address four = TestIpv4(192, 0, 2, 1);
  value.message = &four;
  CHECK(TestText(WIREHOUND_TYPE_ADDRESS, value) == "192.0.2.1");
  const wirehound_address six = TestIpv6({0x20, 1, 0x0d, 0xb8});
  value.message = &six;
  CHECK(TestText(WIREHOUND_TYPE_ADDRESS, value) == "2001:0db8:0000:0000:0000:0000:0000:0000");
  const wirehound_string names[] = {FromView("a"), FromView("b")};
  value.list = {names, 2, sizeof(wirehound_string)};
  CHECK(TestText(WIREHOUND_TYPE_STRING_LIST, value) == "a,b");
}

}  // namespace testing_test
}  // namespace wirehound::test
