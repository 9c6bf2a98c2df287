// SPDX-License-Identifier: Apache-2.0

// InitContext, Emitter and Logger: their calls of the host, and the texts of its errors.

#include <wirehound/detector.h>

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sdk/support/fake_host.h"

namespace wirehound::test {
namespace detector_test {

TEST_CASE("init context: binding resolves the field with the type of the reference") {
  FakeHost host;
  FieldRef<Dns> dns;
  CHECK(InitContext(host.table).Bind("net_packet_dns", "proto_dns", dns).has_value());
  CHECK(host.asked == "net_packet_dns.proto_dns");
  CHECK(host.asked_type == WIREHOUND_TYPE_DNS);
  FieldRef<std::string_view> text;
  CHECK(InitContext(host.table).Bind("A", "b", text).has_value());
  CHECK(host.asked_type == WIREHOUND_TYPE_STRING);
}

TEST_CASE("init context: each error of binding has its text") {
  FakeHost host;
  FieldRef<bool> field;
  const auto message = [&](std::int32_t status) {
    host.field_status = status;
    const Status bound = InitContext(host.table).Bind("E", "f", field);
    return bound ? std::string() : bound.error().message();
  };
  CHECK(message(WIREHOUND_ERROR_NOT_FOUND) == "bind field E.f: it does not exist");
  CHECK(message(WIREHOUND_ERROR_WRONG_TYPE) == "bind field E.f: it holds another type");
  CHECK(message(WIREHOUND_ERROR_INVALID) == "bind field E.f: it is not of a required event");
  // An optional event that is not available is no error.
  host.event_status = WIREHOUND_ERROR_NOT_FOUND;
  CHECK(message(WIREHOUND_ERROR_NOT_FOUND).empty());
}

TEST_CASE("emitter: fields go to the host in their order, with their types") {
  FakeHost host;
  CHECK(Emitter(host.table).Detected({{"domain", "x"}, {"count", 1}}).has_value());
  CHECK(Emitter(host.table).Detected().has_value());
  CHECK(host.emitted == std::vector<std::string>{"domain=8 count=2", ""});
}

TEST_CASE("emitter: each error has its text") {
  FakeHost host;
  const auto message = [&](std::int32_t status) {
    host.emit_status = status;
    return Emitter(host.table).Detected().error().message();
  };
  CHECK(message(WIREHOUND_ERROR_NOT_DECLARED) == "emit: a field is not declared in GetDefinition");
  CHECK(message(WIREHOUND_ERROR_WRONG_TYPE) == "emit: a field has another type than declared");
  CHECK(message(WIREHOUND_ERROR_INVALID) == "emit: the engine refused the detection");
  CHECK(message(WIREHOUND_ERROR) == "emit: the engine refused the detection");
}

TEST_CASE("emitter: a detection without overrides has none") {
  FakeHost host;
  CHECK(Emitter(host.table).Detected({{"n", 1}}, {}).has_value());
  CHECK(host.overrides == std::vector<std::string>{""});
}

TEST_CASE("emitter: a detection may have its own threat, population and depth") {
  FakeHost host;
  DetectionOverrides overrides;
  overrides.threat = Threat{"Beacon", "calls home"};
  overrides.threat->properties = {{"Category", "c2"}};
  overrides.auto_populate = AutoPopulate{true, false, true};
  overrides.ancestry_depth = 3;
  std::string property;
  host.on_emit = [&property](const wirehound_finding& finding) {
    REQUIRE(finding.threat->properties.count == 1);
    const auto& first = *static_cast<const wirehound_property*>(finding.threat->properties.data);
    property = std::string(ToView(first.name)) + "=" + std::string(ToView(first.value));
  };
  CHECK(Emitter(host.table).Detected({{"n", 1}}, overrides).has_value());
  CHECK(host.emitted == std::vector<std::string>{"n=2"});
  CHECK(host.overrides == std::vector<std::string>{"threat=Beacon populate=5 depth=3"});
  CHECK(property == "Category=c2");
}

TEST_CASE("emitter: a detection with no population differs from one that follows the definition") {
  FakeHost host;
  DetectionOverrides overrides;
  overrides.auto_populate = AutoPopulate{};
  CHECK(Emitter(host.table).Detected({}, overrides).has_value());
  CHECK(host.overrides == std::vector<std::string>{" populate=0"});
}

TEST_CASE("init context: an option is read by name, with the type of the variable") {
  FakeHost host;
  const InitContext context(host.table);
  std::int64_t number = 0;
  host.config_value.signed_integer = -7;
  CHECK(context.Option("limit", number).has_value());
  CHECK(number == -7);
  CHECK(host.asked == "limit");
  CHECK(host.asked_type == WIREHOUND_TYPE_INT64);
  const wirehound_string texts[] = {FromView("a"), FromView("b")};
  host.config_value.list = {texts, 2, sizeof(texts[0])};
  std::vector<std::string> list;
  CHECK(context.Option("names", list).has_value());
  CHECK(list == std::vector<std::string>{"a", "b"});
}

TEST_CASE("init context: an error leaves the variable as it was and has its text") {
  FakeHost host;
  const InitContext context(host.table);
  bool flag = true;
  const auto message = [&] { return context.Option("on", flag).error().message(); };
  host.config_status = WIREHOUND_ERROR_NOT_FOUND;
  CHECK(message() == "option on: it is not in the definition");
  host.config_status = WIREHOUND_ERROR_WRONG_TYPE;
  CHECK(message() == "option on: it has another type");
  host.table.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, get_extension);
  CHECK(message() == "option on: this engine has none");  // a host that is too old to ask
  CHECK(flag);
}

TEST_CASE("logger: lines below the host's level do not reach the host") {
  FakeHost host;
  const Logger logger(host.table);
  logger.Debug("no");
  logger.Info("yes", {{"n", 1}});
  logger.Warn("careful");
  logger.Error("bad");
  CHECK(host.logged == std::vector<std::string>{"1 yes n=2", "2 careful", "3 bad"});
  host.table.log_level = WIREHOUND_LOG_ERROR + 1;  // the host may change it at any time
  logger.Error("quiet");
  CHECK(host.logged.size() == 3);
}

TEST_CASE("logger: one without a host writes nothing") { Logger().Error("nowhere"); }

}  // namespace detector_test
}  // namespace wirehound::test
