// SPDX-License-Identifier: Apache-2.0

// DNS: detects lookups of four kinds of records of one domain: MX, NS, SOA and TXT, in any order,
// in one response or several. A small example of a detector with state, and the acceptance test of
// the whole engine. Dispatch thread.
//
// To trigger it:
//
//     nslookup -type=mx  uol.com.br
//     nslookup -type=ns  uol.com.br
//     nslookup -type=soa uol.com.br
//     nslookup -type=txt uol.com.br
//
// It fires once when it has seen all four, and then starts again.

#include <string_view>

#include <wirehound/detector.h>

namespace {

class DnsDetector : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::DetectorDefinition definition;
    definition.id = "DNS";
    definition.requirements.events = {{"net_packet_dns", wirehound::Dependency::kRequired}};
    definition.produced_event.name = "DNS";
    definition.produced_event.description = "Network DNS Detection Example";
    definition.produced_event.version = {0, 1, 0};
    definition.produced_event.tags = {"network", "dns"};
    definition.produced_event.fields = {
        {"domain", wirehound::FieldType::kString, "the domain that was looked up"},
        {"record_types", wirehound::FieldType::kString, "the record types seen, by commas"},
    };
    definition.auto_populate.threat = true;
    definition.auto_populate.detected_from = true;
    return definition;
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    logger_ = context.logger();
    found_ = {};
    logger_.Debug("DnsDetector initialized");
    return context.Bind("net_packet_dns", "proto_dns", proto_dns_);
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto dns = proto_dns_.Get(event);
    if (!dns) {
      return {};
    }
    for (const wirehound::DnsRecord answer : dns->answers()) {
      Note(answer);
    }
    if (!found_.mx || !found_.ns || !found_.soa || !found_.txt) {
      return {};
    }
    found_ = {};
    return emit.Detected({{"domain", "uol.com.br"}, {"record_types", "MX,NS,SOA,TXT"}});
  }

  wirehound::Status Close() override {
    logger_.Debug("DnsDetector closed");
    return {};
  }

 private:
  struct Found {
    bool mx = false;
    bool ns = false;
    bool soa = false;
    bool txt = false;
  };

  void Note(const wirehound::DnsRecord& answer) {
    if (answer.mx().name == "mx.uol.com.br" && answer.mx().preference == 10) {
      found_.mx = true;
      logger_.Info("found MX record", {{"name", answer.mx().name}});
    }
    if (answer.ns() == "eliot.uol.com.br") {
      found_.ns = true;
      logger_.Info("found NS record", {{"name", answer.ns()}});
    }
    if (answer.soa().rname == "root.uol.com.br") {
      found_.soa = true;
      logger_.Info("found SOA record", {{"rname", answer.soa().rname}});
    }
    for (const std::string_view txt : answer.txts()) {
      if (txt.find("spf.uol.com.br") != std::string_view::npos) {
        found_.txt = true;
        logger_.Info("found TXT record", {{"content", txt}});
      }
    }
  }

  wirehound::Logger logger_;
  wirehound::FieldRef<wirehound::Dns> proto_dns_;
  Found found_;
};

}  // namespace

WIREHOUND_DETECTORS(DnsDetector);
