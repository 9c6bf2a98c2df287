// SPDX-License-Identifier: Apache-2.0

// DNS: detects lookups of three kinds of records of google.com: MX, NS and SOA, in one response or
// several. Fires once when it has seen all three, and then starts again. It has the id of the DNS
// detector that comes with Wirehound, so the two never run together.

#include "e2e_net.h"

namespace {

class DnsOfGoogle : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_dns";
    // nslookup names its threads after their work.
    requirement.scope_filters = {"comm=nslookup,isc-net-0000,isc-worker0000"};
    return e2e_net::Definition("DNS", requirement);
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    return context.Bind("net_packet_dns", "proto_dns", message_);
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto message = message_.Get(event);
    if (!message) {
      return {};
    }
    for (const wirehound::DnsRecord answer : message->answers()) {
      Note(answer);
    }
    if (!found_.mx || !found_.ns || !found_.soa) {
      return {};
    }
    found_ = {};
    return emit.Detected();
  }

 private:
  struct Found {
    bool mx = false;
    bool ns = false;
    bool soa = false;
  };

  void Note(const wirehound::DnsRecord& answer) {
    const wirehound::DnsMx mx = answer.mx();
    found_.mx = found_.mx || (mx.name == "smtp.google.com" && mx.preference == 10);
    found_.ns = found_.ns || answer.ns() == "ns1.google.com";
    found_.soa = found_.soa || answer.soa().rname == "dns-admin.google.com";
  }

  wirehound::FieldRef<wirehound::Dns> message_;
  Found found_;
};

}  // namespace

WIREHOUND_DETECTORS(DnsOfGoogle);
