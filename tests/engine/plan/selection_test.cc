// SPDX-License-Identifier: Apache-2.0

// MakePlan: what a selection of the user makes the engine do, and the errors when it cannot.

#include "engine/plan/selection.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/run/detector_set.h"
#include "tests/engine/support/graph_text.h"
#include "tests/engine/support/scripted_detector.h"

namespace wirehound::test {
namespace selection_test {

// "dns" and "tcp" are tags. Only top needs mid. The detector broken cannot run.
class World {
 public:
  World() : set_(DetectorSet::Make(Plugins())) {}

  Result<Plan> Make(const Selection& selection) const {
    return MakePlan(selection, set_.catalogue(), set_.definitions(), set_.graph());
  }

  std::string Names(const std::set<std::uint32_t>& ids) const {
    std::vector<std::string> names;
    names.reserve(ids.size());
    for (const std::uint32_t id : ids) {
      names.push_back(set_.catalogue().Find(id)->name);
    }
    return Join(names);
  }
  std::string Detectors(const Plan& plan) const {
    std::vector<std::string> ids;
    for (const std::size_t index : plan.detectors) {
      ids.push_back(set_.definitions()[index]->id);
    }
    return Join(ids);
  }

 private:
  static LoadedPlugins Plugins() {
    ScriptedDetectors detectors;
    for (DetectorDefinition& definition : ParseDetectors(R"(
             broken: Broken needs nowhere
             mid: Mid needs net_packet_dns
             side: Side needs net_packet_tcp, nowhere?
             top: Top needs Mid, net_packet_udp)")) {
      if (definition.id == "side") {
        definition.produced_event.tags = {"tcp", "common"};
      } else if (definition.id == "top") {
        definition.produced_event.tags = {"dns", "common"};
      }
      detectors.Add(std::move(definition));
    }
    return detectors.Load();
  }

  DetectorSet set_;
};

struct Case {
  std::vector<std::string> events;
  std::vector<std::string> detectors;
  std::string shown;
  std::string runs;
};

void Check(const std::vector<Case>& cases) {
  const World world;
  for (const Case& c : cases) {
    CAPTURE(Join(c.events, " --events "));
    CAPTURE(Join(c.detectors, " --detectors "));
    const Result<Plan> plan = world.Make({c.events, c.detectors});
    REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message()));
    CHECK(world.Names(plan->shown) == c.shown);
    CHECK(world.Detectors(*plan) == c.runs);
  }
}

// The names of the base events in `default`, which come before those of detectors.
constexpr const char* kDefaultBase =
    "net_packet_icmp net_packet_icmpv6 net_packet_dns_request net_packet_dns_response "
    "net_packet_http_request net_packet_http_response net_tcp_connect detector_suspended "
    "detector_over_budget capture_gap ";
constexpr const char* kAllPackets =
    "net_packet_ipv4 net_packet_ipv6 net_packet_tcp net_packet_udp net_packet_icmp "
    "net_packet_icmpv6 net_packet_dns net_packet_dns_request net_packet_dns_response "
    "net_packet_http net_packet_http_request net_packet_http_response";

TEST_CASE("selection: without names it is the default set and every detector") {
  Check({{{}, {}, std::string(kDefaultBase) + "Mid Side Top", "mid side top"}});
}

TEST_CASE("selection: events are selected by name, start of a name, set and tag") {
  Check({
      {{"net_packet_tcp"}, {}, "net_packet_tcp", ""},
      {{"net_packet_tcp,net_packet_dns"}, {}, "net_packet_tcp net_packet_dns", ""},
      {{"net_packet_tcp", "net_packet_dns"}, {}, "net_packet_tcp net_packet_dns", ""},
      {{"net_packet_ip*"}, {}, "net_packet_ipv4 net_packet_ipv6", ""},
      {{"net_packet_*"}, {}, kAllPackets, ""},
      {{"flows"}, {}, "net_flow_tcp_begin net_flow_tcp_end net_tcp_connect", ""},
      {{"*"},
       {},
       std::string(kAllPackets) +
           " net_flow_tcp_begin net_flow_tcp_end net_tcp_connect net_anomaly "
           "detector_suspended detector_over_budget capture_gap Mid Side Top",
       "mid side top"},
      {{"tag=common"}, {}, "Side Top", "mid side top"},
      {{"common"}, {}, "Side Top", "mid side top"},
      {{"tag=tcp"}, {}, "Side", "side"},
      {{"detectors"}, {}, "Mid Side Top", "mid side top"},
      {{"Mid"}, {}, "Mid", "mid"},
  });
}

TEST_CASE("selection: an event with a minus is excluded, wherever in the list it stands") {
  Check({
      {{"network_events,-net_packet_*,-net_flow_tcp_e*"}, {}, "net_flow_tcp_begin net_anomaly", ""},
      {{"-net_packet_tcp", "net_packet_t*,net_packet_u*"}, {}, "net_packet_udp", ""},
      {{"common,-tag=tcp"}, {}, "Top", "mid top"},
  });
}

TEST_CASE("selection: exclusions alone are taken out of the default set") {
  Check({
      {{"-Side"}, {}, std::string(kDefaultBase) + "Mid Top", "mid top"},
      {{"-Mid"},
       {},
       std::string(kDefaultBase) + "Side Top",
       "mid side top"},  // Mid is made for Top, but not shown
  });
}

TEST_CASE("selection: detectors are selected by id, start of an id, all, and with exclusions") {
  Check({
      {{}, {"side"}, "Side", "side"},
      {{}, {"side,mid"}, "Mid Side", "mid side"},
      {{}, {"s*"}, "Side", "side"},
      {{}, {"all"}, "Mid Side Top", "mid side top"},
      {{}, {"*"}, "Mid Side Top", "mid side top"},
      {{}, {"all,-side"}, "Mid Top", "mid top"},
      {{}, {"-side"}, "Mid Top", "mid top"},
      {{}, {"-t*", "-side"}, "Mid", "mid"},
  });
}

TEST_CASE("selection: events and detectors add up") {
  Check({{{"net_packet_ipv4"}, {"side"}, "net_packet_ipv4 Side", "side"}});
}

TEST_CASE("selection: events and detectors that a detector needs run, but are not shown") {
  const World world;
  const Result<Plan> plan = world.Make({{}, {"top"}});
  REQUIRE(plan.has_value());
  CHECK(world.Names(plan->shown) == "Top");
  CHECK(world.Names(plan->needed) == "net_packet_udp net_packet_dns Mid Top");
  CHECK(world.Detectors(*plan) == "mid top");
}

TEST_CASE("selection: the plan needs only what is selected and what that requires") {
  const World world;
  const Result<Plan> events = world.Make({{"net_packet_ipv6"}, {}});
  REQUIRE(events.has_value());
  CHECK(world.Names(events->needed) == "net_packet_ipv6");
  const Result<Plan> detector = world.Make({{}, {"side"}});
  REQUIRE(detector.has_value());
  CHECK(world.Names(detector->needed) == "net_packet_tcp Side");
}

TEST_CASE("selection: an unknown name is an error of the user that lists the closest names") {
  const World world;
  struct Wrong {
    Selection selection;
    std::string message;
  };
  const std::vector<Wrong> cases = {
      {{{"net_packet_dsn"}, {}},
       "--events: no event or set matches 'net_packet_dsn'; did you mean 'net_packet_dns', "
       "'net_packet_tcp', 'net_packet_udp'?"},
      {{{"network_event"}, {}},
       "--events: no event or set matches 'network_event'; did you mean 'network_events'?"},
      {{{"nothing_like_it"}, {}}, "--events: no event or set matches 'nothing_like_it'"},
      {{{"tag=comon"}, {}}, "--events: no tag matches 'comon'; did you mean 'common'?"},
      {{{"net_packet_tcp,,"}, {}}, "--events: no event or set matches ''"},
      {{{}, {"sid"}}, "--detectors: no detector matches 'sid'; did you mean 'mid', 'side'?"},
      {{{}, {"SIDE"}}, "--detectors: no detector matches 'SIDE'; did you mean 'side', 'mid'?"},
      {{{}, {"q*"}}, "--detectors: no detector matches 'q*'"},
  };
  for (const Wrong& wrong : cases) {
    const Result<Plan> plan = world.Make(wrong.selection);
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.error().message() == wrong.message);
    CHECK(plan.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("selection: an unknown name is an error in an exclusion too") {
  const World world;
  CHECK_FALSE(world.Make({{"-nothing"}, {}}).has_value());
  CHECK_FALSE(world.Make({{}, {"all,-nothing"}}).has_value());
}

TEST_CASE("selection: a filter selects its event, in addition to lists") {
  Check({
      {{"net_packet_tcp.data.dst_port=80,443"}, {}, "net_packet_tcp", ""},
      {{"net_packet_tcp.scope.comm=curl", "net_packet_udp,-net_packet_dns"},
       {},
       "net_packet_tcp net_packet_udp",
       ""},
      {{"net_packet_tcp.data.dst_port=80", "-net_packet_icmp"}, {}, "net_packet_tcp", ""},
      {{"net_packet_tcp.data.dst_port=80"}, {"side"}, "net_packet_tcp Side", "side"},
      {{"Side.scope.host"}, {}, "Side", "side"},
  });
}

// A TCP event between two ports, of a process of uid 1000.
struct TcpEvent {
  TcpEvent(std::uint16_t source, std::uint16_t destination) {
    fields[2].value.unsigned_integer = source;
    fields[3].value.unsigned_integer = destination;
    process.uid = 1000;
    process.host_pid = 1;
    view.process = &process;
    view.owner_source = WIREHOUND_OWNER_CURRENT;
    view.fields = fields;
    view.field_count = 6;
  }

  wirehound_process process{};
  wirehound_field fields[6]{};
  wirehound_event view{};
};

TEST_CASE("selection: all filters of an event are combined, on its data and on its scope") {
  const World world;
  const Result<Plan> plan = world.Make(
      {{"net_packet_tcp.data.dst_port=80", "net_packet_tcp.data.dst_port=443",
        "net_packet_tcp.scope.uid=1000", "net_packet_tcp.data.src_port>1023", "net_packet_udp"},
       {}});
  REQUIRE(plan.has_value());
  REQUIRE(plan->filters.size() == 1);
  const EventFilter& filter = plan->filters.at(kNetPacketTcp);
  CHECK(filter.Matches(TcpEvent(1024, 80).view));
  CHECK(filter.Matches(TcpEvent(1024, 443).view));
  CHECK_FALSE(filter.Matches(TcpEvent(1023, 443).view));
  CHECK_FALSE(filter.Matches(TcpEvent(1024, 81).view));
  TcpEvent of_root(1024, 80);
  of_root.process.uid = 0;
  CHECK_FALSE(filter.Matches(of_root.view));
  CHECK(plan->scope.empty());
}

TEST_CASE("selection: a scope alone narrows the default set") {
  const World world;
  Selection selection;
  selection.scope = {"uid=1000", "uid=1001"};
  const Result<Plan> plan = world.Make(selection);
  REQUIRE(plan.has_value());
  CHECK(world.Names(plan->shown) == std::string(kDefaultBase) + "Mid Side Top");
  CHECK(plan->filters.empty());
  TcpEvent event(1, 2);
  CHECK(plan->scope.Matches(event.view));
  event.process.uid = 1002;
  CHECK_FALSE(plan->scope.Matches(event.view));
}

TEST_CASE(
    "selection: a filter that does not compile is an error of the user that names its option") {
  const World world;
  struct Wrong {
    Selection selection;
    std::string message;
  };
  const std::vector<Wrong> cases = {
      {{{"net_packet_tcp.data.dst_port=http"}, {}},
       "--events: filter 'net_packet_tcp.data.dst_port=http': 'http': expected a number from 0 to "
       "65535"},
      {{{"net_packet_tcp.scope.uid=root"}, {}},
       "--events: filter 'net_packet_tcp.scope.uid=root': 'root': expected a number from 0 to "
       "4294967295"},
      {{{"net_packet_tpc.data.dst_port=1"}, {}},
       "--events: filter 'net_packet_tpc.data.dst_port=1': 'net_packet_tpc': no such event; did "
       "you mean 'net_packet_tcp', 'net_packet_dns', 'net_packet_http'?"},
      {{{"net_packet_tcp.data.dst_port"}, {}},
       "--events: 'net_packet_tcp.data.dst_port' has no operator; expected one of =, !=, <, <=, >, "
       ">= or ~ behind the field"},
      {{{}, {}, {"uid=root"}},
       "--scope: filter 'uid=root': 'root': expected a number from 0 to 4294967295"},
      {{{}, {}, {"usr=0"}},
       "--scope: filter 'usr=0': 'usr': no such scope; did you mean 'uid', 'uts'?"},
  };
  for (const Wrong& wrong : cases) {
    const Result<Plan> plan = world.Make(wrong.selection);
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.error().message() == wrong.message);
    CHECK(plan.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("selection: the plan needs the DNS store when a base event has names of addresses") {
  const World world;
  const auto needs = [&world](const std::string& events) {
    const Result<Plan> plan = world.Make({{events}, {}});
    REQUIRE(plan.has_value());
    return plan->needs_dns_store;
  };
  CHECK(needs("net_flow_tcp_begin"));
  CHECK(needs("net_tcp_connect.data.dst_port=1"));
  CHECK_FALSE(needs("net_packet_tcp"));
  CHECK_FALSE(needs("Side"));
}

TEST_CASE("selection: the plan needs the DNS store when a detector that runs asks for it") {
  ScriptedDetectors detectors;
  DetectorDefinition asks = ParseDetector("asks: Asks needs net_packet_tcp");
  asks.requirements.data_stores = {{"process"}, {"dns", Dependency::kOptional}};
  detectors.Add(std::move(asks));
  detectors.Add(ParseDetector("other: Other needs net_packet_tcp"));
  const DetectorSet set = DetectorSet::Make(detectors.Load());
  const auto needs = [&set](const std::string& detector) {
    const Result<Plan> plan =
        MakePlan({{}, {detector}}, set.catalogue(), set.definitions(), set.graph());
    REQUIRE(plan.has_value());
    return plan->needs_dns_store;
  };
  CHECK(needs("asks"));
  CHECK_FALSE(needs("other"));
}

TEST_CASE("selection: naming a detector that cannot run is an error that says why") {
  const World world;
  for (const char* list : {"broken", "side,broken", "br*"}) {
    CAPTURE(list);
    const Result<Plan> named = world.Make({{}, {list}});
    REQUIRE_FALSE(named.has_value());
    CHECK(named.error().message() ==
          "--detectors: 'broken' cannot run: required event 'nowhere' does not exist");
    CHECK(named.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("selection: `all` skips a detector that cannot run, and it may be excluded") {
  Check({
      {{}, {"all"}, "Mid Side Top", "mid side top"},
      {{}, {"all,-broken"}, "Mid Side Top", "mid side top"},
      {{}, {"-broken"}, "Mid Side Top", "mid side top"},
  });
}

TEST_CASE("selection: without detectors the default set is its base events") {
  const DetectorSet set = DetectorSet::Make({});
  for (const std::vector<std::string>& events :
       {std::vector<std::string>(), std::vector<std::string>{"default"}}) {
    const Result<Plan> plan =
        MakePlan({events, {}}, set.catalogue(), set.definitions(), set.graph());
    REQUIRE(plan.has_value());
    CHECK(plan->shown.size() == set.catalogue().InSet("default").size());
    CHECK(plan->needed == plan->shown);
    CHECK(plan->detectors.empty());
  }
}

}  // namespace selection_test
}  // namespace wirehound::test
