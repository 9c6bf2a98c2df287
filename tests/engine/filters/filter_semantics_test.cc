// SPDX-License-Identifier: Apache-2.0

// How clauses, values and elements of lists combine, and how filters treat an event without the
// field.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"
#include "tests/engine/filters/sample_event.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace filter_semantics_test {

using Clauses = std::vector<std::string>;

wirehound_string Text(std::string_view text) { return {text.data(), text.size()}; }

template <typename T>
wirehound_list ListOf(const std::vector<T>& elements) {
  return {elements.data(), static_cast<std::uint32_t>(elements.size()), sizeof(T)};
}

// A connection from port 40000 to the given port of a host with the given names.
class FlowSample {
 public:
  FlowSample(std::uint16_t port, const std::vector<std::string_view>& names)
      : event_(*catalogue_.Find("net_flow_tcp_begin")) {
    for (const std::string_view name : names) {
      names_.push_back(Text(name));
    }
    const EventDefinition& definition = *catalogue_.Find("net_flow_tcp_begin");
    const auto field = [&](std::string_view name) -> wirehound_value& {
      return event_.Field(static_cast<std::size_t>(definition.FieldIndex(name)));
    };
    field("src_port").unsigned_integer = 40'000;
    field("dst_port").unsigned_integer = port;
    field("dst_dns").list = ListOf(names_);
  }

  bool Passes(const Clauses& clauses) const {
    CAPTURE(Join(clauses, " & "));
    const Result<EventFilter> filter =
        EventFilter::Compile(*catalogue_.Find("net_flow_tcp_begin"), clauses, {}, {});
    REQUIRE_MESSAGE(filter.has_value(), (filter ? "" : filter.error().message()));
    return filter->Matches(event_.view());
  }

 private:
  Catalogue catalogue_;
  std::vector<wirehound_string> names_;
  SampleEvent event_;
};

TEST_CASE("filters: a filter without clauses passes every event and reports that") {
  const Catalogue catalogue;
  const Result<EventFilter> filter =
      EventFilter::Compile(*catalogue.Find("net_packet_tcp"), {}, {}, {});
  REQUIRE(filter.has_value());
  CHECK(filter->empty());
  CHECK(EventFilter().empty());
  CHECK(filter->Matches(SampleEvent(*catalogue.Find("net_packet_tcp")).view()));
}

TEST_CASE("filters: any clause on a field may hold, but each field with clauses must hold") {
  const FlowSample flow(443, {});
  CHECK(flow.Passes({"dst_port=80", "dst_port=443"}));
  CHECK(flow.Passes({"dst_port=80", "dst_port>400", "dst_port<10"}));
  CHECK_FALSE(flow.Passes({"dst_port=80", "dst_port=8080"}));
  CHECK(flow.Passes({"dst_port=443", "src_port=40000"}));
  CHECK_FALSE(flow.Passes({"dst_port=443", "src_port=1"}));
}

TEST_CASE("filters: an event that an exclusion matches never passes") {
  const FlowSample flow(443, {});
  CHECK_FALSE(flow.Passes({"dst_port=443", "dst_port!=443"}));
  CHECK_FALSE(flow.Passes({"dst_port!=400-500", "dst_port=443"}));
  CHECK(flow.Passes({"dst_port=1-1000", "dst_port!=80"}));
  CHECK_FALSE(flow.Passes({"dst_port=1-100", "dst_port!=80"}));
  CHECK_FALSE(flow.Passes({"dst_port!=80", "dst_port!=443"}));
  CHECK(flow.Passes({"dst_port!=80", "dst_port!=81"}));
}

TEST_CASE("filters: one matching element of a list passes, and one excluded element fails") {
  const FlowSample flow(443, {"a.example", "b.example"});
  CHECK(flow.Passes({"dst_dns=b.example"}));
  CHECK(flow.Passes({"dst_dns=B.Example"}));
  CHECK(flow.Passes({"dst_dns=c.example,a.example"}));
  CHECK(flow.Passes({"dst_dns!=c.example"}));
  CHECK_FALSE(flow.Passes({"dst_dns!=b.example"}));
  CHECK_FALSE(flow.Passes({"dst_dns=a.example", "dst_dns!=b*"}));
}

TEST_CASE("filters: a field that an event does not have never matches, with any operator") {
  const FlowSample flow(443, {});
  for (const char* clause : {"dst_dns=*", "dst_dns!=a", "dst_dns~.", "src=0.0.0.0/0",
                             "src!=10.0.0.1", "conn_direction!=x"}) {
    CHECK_FALSE(flow.Passes({clause}));
  }
}

TEST_CASE("filters: the name of a field of a detection may contain dots") {
  DetectorDefinition detector = ParseDetector("d: D needs net_packet_tcp");
  for (const char* name : {"a", "a.b", "a.b.c"}) {
    detector.produced_event.fields.push_back({name, FieldType::kUint32, ""});
  }
  Catalogue catalogue;
  catalogue.AddDetectorEvent(detector);
  const EventDefinition& definition = *catalogue.Find("D");
  SampleEvent event(definition);
  event.Field(1).unsigned_integer = 7;
  const auto compile = [&definition](const std::string& clause) {
    const std::string clauses[] = {clause};
    return EventFilter::Compile(definition, clauses, {}, {});
  };
  CHECK(compile("a.b=7")->Matches(event.view()));
  CHECK_FALSE(compile("a=7")->Matches(event.view()));
  CHECK_FALSE(compile("a.b.c=7")->Matches(event.view()));
  CHECK_FALSE(compile("a.c=7").has_value());
}

TEST_CASE("filters: only the first four bytes of an IPv4 address count") {
  const Catalogue catalogue;
  const EventDefinition& tcp = *catalogue.Find("net_packet_tcp");
  SampleEvent event(tcp);
  const wirehound_address address = {{10, 0, 0, 1, 9, 9, 9, 9, 9}, WIREHOUND_FAMILY_IPV4, {}};
  event.Field(0).message = &address;
  for (const char* clause : {"src=10.0.0.1", "src=10.0.0.0/31", "src=10.0.0.0-10.0.0.1"}) {
    const std::string clauses[] = {clause};
    CHECK(EventFilter::Compile(tcp, clauses, {}, {})->Matches(event.view()));
  }
}

TEST_CASE("filters: an address without a family counts as absent") {
  const Catalogue catalogue;
  const EventDefinition& tcp = *catalogue.Find("net_packet_tcp");
  SampleEvent event(tcp);
  const wirehound_address none{};
  event.Field(0).message = &none;
  const std::string clauses[] = {"src!=10.0.0.1"};
  CHECK_FALSE(EventFilter::Compile(tcp, clauses, {}, {})->Matches(event.view()));
}

// A DNS response with an MX record and an address for "Mail.Example".
class DnsSample {
 public:
  DnsSample() : event_(*catalogue_.Find("net_packet_dns")) {
    mx_.preference = 10;
    mx_.name = Text("Mail.Example");
    records_.resize(2);
    records_[0] = {Text("example"), 15, 1, 300, WIREHOUND_DNS_DATA_MX, 0, {}, &mx_, {}};
    records_[1] = {
        Text("mail.example"), 1, 1, 60, WIREHOUND_DNS_DATA_ADDRESS, 0, {}, &address_, {}};
    questions_ = {{Text("Example"), 15, 1, 0, {}}};
    dns_.qr = 1;
    dns_.questions = ListOf(questions_);
    dns_.answers = ListOf(records_);
    const EventDefinition& definition = *catalogue_.Find("net_packet_dns");
    event_.Field(static_cast<std::size_t>(definition.FieldIndex("proto_dns"))).message = &dns_;
  }

  bool Passes(const Clauses& clauses) const {
    CAPTURE(Join(clauses, " & "));
    const Result<EventFilter> filter =
        EventFilter::Compile(*catalogue_.Find("net_packet_dns"), clauses, {}, {});
    REQUIRE_MESSAGE(filter.has_value(), (filter ? "" : filter.error().message()));
    return filter->Matches(event_.view());
  }

 private:
  Catalogue catalogue_;
  wirehound_dns_mx mx_{};
  wirehound_address address_ = {{192, 0, 2, 25}, WIREHOUND_FAMILY_IPV4, {}};
  std::vector<wirehound_dns_question> questions_;
  std::vector<wirehound_dns_record> records_;
  wirehound_dns dns_{};
  SampleEvent event_;
};

TEST_CASE("filters: paths lead through messages and lists, also to members of some records only") {
  const DnsSample dns;
  CHECK(dns.Passes({"proto_dns.answers.MX.preference<=10"}));
  CHECK_FALSE(dns.Passes({"proto_dns.answers.MX.preference>10"}));
  CHECK(dns.Passes({"proto_dns.answers.MX.name=mail.*"}));
  CHECK(dns.Passes({"proto_dns.answers.IP=192.0.2.0/24"}));
  CHECK(dns.Passes({"proto_dns.answers.type=MX", "proto_dns.answers.TTL<100"}));
  CHECK_FALSE(dns.Passes({"proto_dns.answers.CNAME!=x"}));
  CHECK_FALSE(dns.Passes({"proto_dns.authorities.name!=x"}));
  CHECK_FALSE(dns.Passes({"proto_dns.answers.type!=MX"}));
}

TEST_CASE("filters: members that JSON leaves out when they are zero are then absent") {
  const DnsSample dns;
  CHECK_FALSE(dns.Passes({"proto_dns.variant=llmnr"}));
  CHECK_FALSE(dns.Passes({"proto_dns.variant!=mdns"}));
  CHECK_FALSE(dns.Passes({"proto_dns.questions.unicastResponse=0"}));
  CHECK(dns.Passes({"proto_dns.AA=0"}));
}

TEST_CASE("filters: a response that does not repeat its question has no query to compare") {
  const Catalogue catalogue;
  const EventDefinition& definition = *catalogue.Find("net_packet_dns_response");
  wirehound_dns_response response{};
  SampleEvent event(definition);
  event.Field(static_cast<std::size_t>(definition.FieldIndex("dns_response"))).list = {
      &response, 1, sizeof(response)};
  const auto passes = [&](const std::string& clause) {
    const std::string clauses[] = {"dns_response.query_data." + clause};
    return EventFilter::Compile(definition, clauses, {}, {})->Matches(event.view());
  };
  CHECK_FALSE(passes("query="));
  CHECK_FALSE(passes("query!=x"));
  response.query.type = 2;  // NS of the root
  CHECK(passes("query="));
  CHECK(passes("query_type=NS"));
}

TEST_CASE("filters: headers are found by name, ignoring case, and each of several is compared") {
  const Catalogue catalogue;
  const EventDefinition& definition = *catalogue.Find("net_packet_http_request");
  const std::vector<wirehound_http_header> headers = {{Text("User-Agent"), Text("curl/8.0")},
                                                      {Text("Cookie"), Text("a=1")},
                                                      {Text("Cookie"), Text("b=2")}};
  wirehound_http http{};
  http.headers = ListOf(headers);
  SampleEvent event(definition);
  event.Field(static_cast<std::size_t>(definition.FieldIndex("http_request"))).message = &http;
  const auto passes = [&](const Clauses& clauses) {
    CAPTURE(Join(clauses, " & "));
    return EventFilter::Compile(definition, clauses, {}, {})->Matches(event.view());
  };
  CHECK(passes({"http_request.headers.User-Agent=curl*"}));
  CHECK(passes({"http_request.headers.user-agent~^curl/\\d"}));
  CHECK_FALSE(passes({"http_request.headers.User=curl*"}));
  CHECK(passes({"http_request.headers.cookie=b\\=2"}));
  CHECK_FALSE(passes({"http_request.headers.cookie!=b*"}));
  CHECK_FALSE(passes({"http_request.headers.Referer!=x"}));
  // The same header in two spellings is one field.
  CHECK(passes({"http_request.headers.Cookie=x", "http_request.headers.COOKIE=a*"}));
}

TEST_CASE("filters: a long list of values matches like a short one") {
  std::string ports = "dst_port=";
  std::string names = "dst_dns=";
  for (int i = 0; i < 500; ++i) {
    ports += std::to_string(i * 100) + ",";
    names += "host-" + std::to_string(i) + ".example,";
  }
  for (int port = 0; port < 50'000; port += 50) {
    const FlowSample flow(static_cast<std::uint16_t>(port), {});
    if (port % 5'000 <= 100) {
      CHECK(flow.Passes({ports + "0"}) == (port % 100 == 0));
    }
  }
  CHECK(FlowSample(1, {"host-499.example"}).Passes({names + "x"}));
  CHECK_FALSE(FlowSample(1, {"host-500.example"}).Passes({names + "x"}));
}

// The meaning of clauses, implemented in the simplest way.
struct PlainClause {
  bool on_source;  // else on the destination
  bool excludes;
  std::vector<unsigned> values;

  std::string text() const {
    std::string text = on_source ? "src_port" : "dst_port";
    text += excludes ? "!=" : "=";
    for (const unsigned value : values) {
      text += std::to_string(value) + ",";
    }
    text.pop_back();
    return text;
  }
  bool Has(unsigned port) const {
    return std::find(values.begin(), values.end(), port) != values.end();
  }
};

bool PlainField(const std::vector<PlainClause>& clauses, bool on_source, unsigned port) {
  bool is_asked = false;
  bool is_included = false;
  for (const PlainClause& clause : clauses) {
    if (clause.on_source != on_source) {
      continue;
    }
    if (clause.excludes && clause.Has(port)) {
      return false;
    }
    is_asked = is_asked || !clause.excludes;
    is_included = is_included || (!clause.excludes && clause.Has(port));
  }
  return is_included || !is_asked;
}

TEST_CASE("filters: clauses on two fields match like the simplest implementation, in any order") {
  const Catalogue catalogue;
  const EventDefinition& definition = *catalogue.Find("net_packet_tcp");
  SampleEvent event(definition);
  std::mt19937 random(4);
  const auto below = [&random](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<PlainClause> clauses(below(6));
    for (PlainClause& clause : clauses) {
      clause = {below(2) == 0, below(2) == 0, std::vector<unsigned>(1 + below(3))};
      std::generate(clause.values.begin(), clause.values.end(), [&below] { return below(6); });
    }
    const unsigned source = below(6);
    const unsigned destination = below(6);
    event.Field(2).unsigned_integer = source;
    event.Field(3).unsigned_integer = destination;
    Clauses texts;
    for (const PlainClause& clause : clauses) {
      texts.push_back(clause.text());
    }
    CAPTURE(Join(texts, " & "));
    CAPTURE(source);
    CAPTURE(destination);
    const bool expected =
        PlainField(clauses, true, source) && PlainField(clauses, false, destination);
    CHECK(EventFilter::Compile(definition, texts, {}, {})->Matches(event.view()) == expected);
    std::shuffle(texts.begin(), texts.end(), random);
    CHECK(EventFilter::Compile(definition, texts, {}, {})->Matches(event.view()) == expected);
  }
}

}  // namespace filter_semantics_test
}  // namespace wirehound::test
