// SPDX-License-Identifier: Apache-2.0

// LONG_DNS_NAME: detects questions for very long names. A DNS tunnel carries data out in the names
// of its questions, which then come close to the limit of 255 bytes (RFC 1035 section 2.3.4). Shows
// a detector with a threat, typed fields and no state.

#include <cstdint>
#include <string_view>

#include <wirehound/detector.h>

namespace {

// Names of content delivery networks are shorter; tunnels use all the room they have.
constexpr std::size_t kSuspiciousBytes = 100;

class LongDnsName : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::DetectorDefinition definition;
    definition.id = "LONG_DNS_NAME";
    definition.requirements.events = {{"net_packet_dns"}};
    definition.produced_event.name = "long_dns_name";
    definition.produced_event.description = "A very long name was asked for";
    definition.produced_event.version = {1, 0, 0};
    definition.produced_event.tags = {"dns", "exfiltration"};
    definition.produced_event.fields = {
        {"query", wirehound::FieldType::kString, "the name"},
        {"length", wirehound::FieldType::kUint32, "its length in bytes"},
    };
    definition.threat = wirehound::Threat{
        "DNS tunnel",
        "A process asks for names that are long enough to carry data out",
        wirehound::Severity::kMedium,
        "Exfiltration",
        "T1048",
        "Exfiltration Over Alternative Protocol",
    };
    definition.auto_populate.threat = true;
    definition.auto_populate.detected_from = true;
    return definition;
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    return context.Bind("net_packet_dns", "proto_dns", proto_dns_);
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto dns = proto_dns_.Get(event);
    if (!dns || (*dns)->qr != 0) {
      return {};
    }
    for (const wirehound::DnsQuestion question : dns->questions()) {
      const std::string_view name = question.name();
      if (name.size() < kSuspiciousBytes) {
        continue;
      }
      wirehound::Status emitted =
          emit.Detected({{"query", name}, {"length", static_cast<std::uint32_t>(name.size())}});
      if (!emitted) {
        return emitted;
      }
    }
    return {};
  }

 private:
  wirehound::FieldRef<wirehound::Dns> proto_dns_;
};

}  // namespace

WIREHOUND_DETECTORS(LongDnsName);
