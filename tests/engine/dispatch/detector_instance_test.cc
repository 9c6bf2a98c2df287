// SPDX-License-Identifier: Apache-2.0

// DetectorInstance: the host functions that a running detector calls: binding, emitting, logging.

#include "engine/dispatch/detector_instance.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "engine/log/logging.h"
#include "tests/engine/support/captured_stderr.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace detector_instance_test {

// Runs `init` as the Init of a detector that needs net_packet_dns, A (there is one) and, when it
// exists, "missing"; returns the result of Init.
Status InInit(const std::function<Status(const InitContext&)>& init) {
  ScriptedDetectors detectors;
  Script& other = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  other.definition.produced_event.fields = {{"count", FieldType::kUint32, ""}};
  detectors.Add(ParseDetector("b: B needs net_packet_dns, A, missing?")).init = init;
  const EngineRun run(detectors.Load());
  const std::string failures = run.start_failures();
  return failures.empty() ? Status() : Error(failures);
}

TEST_CASE("binding: a field of a required event is bound, of a base event and of a detection") {
  FieldRef<Dns> dns;
  FieldRef<std::uint16_t> port;
  FieldRef<Address> source;
  FieldRef<PacketMetadata> metadata;
  FieldRef<std::uint32_t> count;
  const Status status = InInit([&](const InitContext& context) -> Status {
    CHECK(context.Bind("net_packet_dns", "proto_dns", dns).has_value());
    CHECK(context.Bind("net_packet_dns", "src_port", port).has_value());
    CHECK(context.Bind("net_packet_dns", "src", source).has_value());
    CHECK(context.Bind("net_packet_dns", "metadata", metadata).has_value());
    return context.Bind("A", "count", count);
  });
  CHECK(status.has_value());
}

TEST_CASE("binding: a field that cannot be bound is an error that says why") {
  std::string event = "net_packet_dns";
  std::string field = "proto_dns";
  std::string reason;
  SUBCASE("no such field") {
    field = "proto_http";
    reason = "does not exist";
  }
  SUBCASE("a field of another event") {
    field = "proto_tcp";
    reason = "does not exist";
  }
  SUBCASE("an event that exists and is not required") {
    event = "net_packet_tcp";
    field = "proto_tcp";
    reason = "is not of a required event";
  }
  SUBCASE("an event that does not exist") {
    event = "net_packet_dsn";
    reason = "is not of a required event";
  }
  FieldRef<Dns> reference;
  const Status status =
      InInit([&](const InitContext& context) { return context.Bind(event, field, reference); });
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message() ==
        "detector b: Init failed: bind field " + event + "." + field + ": it " + reason);
}

TEST_CASE("binding: a field of another type is an error") {
  FieldRef<std::uint32_t> wide;
  CHECK(InInit([&](const InitContext& context) {
          return context.Bind("net_packet_dns", "src_port", wide);
        })
            .error()
            .message() ==
        "detector b: Init failed: bind field net_packet_dns.src_port: it holds another type");
  FieldRef<std::string_view> text;
  CHECK_FALSE(InInit(
      [&](const InitContext& context) { return context.Bind("net_packet_dns", "src", text); }));
}

TEST_CASE("binding: the fields of an optional event that does not exist stay unbound") {
  FieldRef<std::string_view> text;
  std::uint32_t id = 0;
  const Status status = InInit([&](const InitContext& context) {
    CHECK_FALSE(context.ResolveEvent("missing", id));
    return context.Bind("missing", "text", text);
  });
  CHECK(status.has_value());
}

TEST_CASE("binding: only required events resolve to their ids") {
  std::uint32_t dns = 0;
  std::uint32_t detected = 0;
  std::uint32_t other = 77;
  const Status status = InInit([&](const InitContext& context) -> Status {
    CHECK(context.ResolveEvent("net_packet_dns", dns));
    CHECK(context.ResolveEvent("A", detected));
    CHECK_FALSE(context.ResolveEvent("net_packet_tcp", other));
    return {};
  });
  CHECK(status.has_value());
  CHECK(dns == 2006);
  CHECK(detected == 7500);
  CHECK(other == 77);
}

TEST_CASE("binding: a bound field reads the event, and an unbound one is absent") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  FieldRef<std::uint16_t> port;
  FieldRef<wirehound_udp> udp_header;
  const FieldRef<std::uint16_t> unbound;
  script.init = [&](const InitContext& context) -> Status {
    Status status = context.Bind("net_packet_udp", "dst_port", port);
    return status ? context.Bind("net_packet_udp", "proto_udp", udp_header) : std::move(status);
  };
  std::optional<std::uint16_t> seen;
  std::optional<wirehound_udp> header;
  script.on_event = [&](const EventView& event, const Emitter&) -> Status {
    seen = port.Get(event);
    header = udp_header.Get(event);
    CHECK_FALSE(unbound.Get(event).has_value());
    return {};
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(seen == 53);
  REQUIRE(header.has_value());
  CHECK(header->src_port == 40000);
  CHECK(header->length == 12);
}

TEST_CASE("emitting: the message says which rule a detection breaks") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"count", FieldType::kUint16, ""}};
  std::string undeclared;
  std::string wrong_type;
  script.on_event = [&](const EventView&, const Emitter& emit) -> Status {
    undeclared = emit.Detected({{"kount", 1}}).error().message();
    wrong_type = emit.Detected({{"count", "one"}}).error().message();
    return {};
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(undeclared == "emit: a field is not declared in GetDefinition");
  CHECK(wrong_type == "emit: a field has another type than declared");
  CHECK(run.names().empty());
  CHECK(run.dispatcher().detectors()[0]->counters().events_out == 0);
}

TEST_CASE("emitting: a detection outside OnEvent is refused") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  std::optional<Emitter> kept;
  int refused = 0;
  script.on_event = [&kept](const EventView&, const Emitter& emit) -> Status {
    kept = emit;
    return {};
  };
  script.close = [&]() -> Status {
    refused += kept->Detected() ? 0 : 1;
    return {};
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  refused += kept->Detected() ? 0 : 1;
  run.dispatcher().EndOfTurn();
  run.dispatcher().Close();
  CHECK(refused == 2);
  CHECK(run.names().empty());
}

// The lines that a detector with this `init` writes to standard error at a log level.
std::string LogOf(const std::string& level, const std::function<Status(const InitContext&)>& init) {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("talker: T needs net_packet_udp")).init = init;
  REQUIRE(SetLogLevel(level).has_value());
  CapturedStderr captured;
  const EngineRun run(detectors.Load());
  REQUIRE(SetLogLevel("off").has_value());
  return captured.Text();
}

TEST_CASE("logging: a line has the detector's id, its level, and the values by name") {
  const std::string text = LogOf("info", [](const InitContext& context) -> Status {
    const std::uint8_t bytes[] = {1, 2, 3};
    context.logger().Warn("found {} record", {{"name", "x.example"},
                                              {"count", std::uint64_t{3}},
                                              {"delta", -1},
                                              {"ratio", 0.5},
                                              {"ok", true},
                                              {"raw", wirehound_bytes{bytes, 3}}});
    context.logger().Debug("not shown");
    return {};
  });
  CHECK(text.find("[talker] found {} record name=x.example count=3 delta=-1 ratio=0.5 ok=true "
                  "raw=(3 bytes)\n") != std::string::npos);
  CHECK(text.find("not shown") == std::string::npos);
}

TEST_CASE("logging: text from the wire cannot control the terminal or forge lines") {
  const std::string text = LogOf("info", [](const InitContext& context) -> Status {
    context.logger().Info("a\x1b[2J\nfake", {{"na\nme", "\x1b]0;x\x07\xc2\x9b"}});
    return {};
  });
  CHECK(text.find("[talker] a?[2J?fake na?me=?]0;x???\n") != std::string::npos);
}

TEST_CASE("logging: the level off writes nothing") {
  CHECK(LogOf("off", [](const InitContext& context) -> Status {
          context.logger().Error("not shown");
          return {};
        }).empty());
}

TEST_CASE("logging: an unknown level is an error of the user") {
  const Status status = SetLogLevel("loud");
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().code() == ErrorCode::kInvalidInput);
  CHECK(status.error().message() == "--log-level 'loud': expected debug, info, warn, error or off");
}

TEST_CASE("extensions: every detector gets timers and state, and null for an unknown name") {
  const Status status = InInit([](const InitContext& context) -> Status {
    CHECK(context.Extension("wirehound.timers/1") != nullptr);
    CHECK(context.Extension("wirehound.state/1") != nullptr);
    CHECK(context.Extension("wirehound.timers/2") == nullptr);
    CHECK(context.Extension("wirehound.dns/1") == nullptr);  // the definition does not ask for it
    CHECK(context.Extension("") == nullptr);
    return {};
  });
  CHECK(status.has_value());
}

TEST_CASE("configuration: reading an option that was not declared is an error that says so") {
  std::string option;
  const Status status =
      InInit([&option](const InitContext& context) { return context.Option("threshold", option); });
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message() ==
        "detector b: Init failed: option threshold: it is not in the definition");
}

TEST_CASE("emitting: refused detections are counted") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.on_event = [](const EventView&, const Emitter& emit) -> Status {
    (void)emit.Detected({{"unknown", 1}});
    return emit.Detected();
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.counters(0).refused == 1);
  CHECK(run.counters(0).events_out == 1);
}

}  // namespace detector_instance_test
}  // namespace wirehound::test
