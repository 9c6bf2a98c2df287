// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/event_defaults.h"

#include <algorithm>
#include <cstdint>

#include <wirehound/abi/messages.h>

namespace wirehound {

namespace {

// Fields that show the same value. The first in its row that the line sets is copied to the
// others.
constexpr std::string_view kSameValue[][5] = {
    {"src", "metadata.src_ip", "proto_ipv4.srcIP", "proto_ipv6.srcIP"},
    {"dst", "metadata.dst_ip", "proto_ipv4.dstIP", "proto_ipv6.dstIP"},
    {"src_port", "metadata.src_port", "proto_tcp.srcPort", "proto_udp.srcPort"},
    {"dst_port", "metadata.dst_port", "proto_tcp.dstPort", "proto_udp.dstPort"},
};

struct Default {
  std::uint32_t event;
  std::string_view path;
  std::string_view value;
};

constexpr Default kDefaults[] = {
    {kNetPacketIpv4, "proto_ipv4.version", "4"},
    {kNetPacketIpv4, "proto_ipv4.IHL", "5"},
    {kNetPacketIpv4, "proto_ipv4.TTL", "64"},
    {kNetPacketIpv6, "proto_ipv6.version", "6"},
    {kNetPacketIpv6, "proto_ipv6.hopLimit", "64"},
    {kNetPacketTcp, "metadata.protocol", "6"},
    {kNetPacketUdp, "metadata.protocol", "17"},
    {kNetPacketIcmp, "metadata.protocol", "1"},
    {kNetPacketIcmpv6, "metadata.protocol", "58"},
    {kNetPacketDns, "metadata.protocol", "17"},
    {kNetPacketDnsRequest, "metadata.protocol", "17"},
    {kNetPacketDnsResponse, "metadata.protocol", "17"},
    {kNetPacketHttp, "metadata.protocol", "6"},
    {kNetPacketHttpRequest, "metadata.protocol", "6"},
    {kNetPacketHttpResponse, "metadata.protocol", "6"},
};

constexpr std::uint32_t kInitialPidNamespace = 4026531836;
constexpr std::uint32_t kInitialMountNamespace = 4026531841;
constexpr std::int32_t kSomePid = 1000;

class Completion {
 public:
  Completion(TextEvent& event, const std::vector<Word>& given, const SetPath& set)
      : event_(event), given_(given), set_(set) {}

  Status Run() {
    Status status = CopySameValues();
    for (const Default& each : kDefaults) {
      if (status && each.event == event_.event.definition->id && !IsGiven(each.path)) {
        status = set_(each.path, each.value);
      }
    }
    if (status && Has("metadata") && !IsGiven("metadata.iface")) {
      status = set_("metadata.iface", "any");
    }
    CompleteMessages();
    return status;
  }

 private:
  const Word* Given(std::string_view path) const {
    const auto found = std::find_if(given_.begin(), given_.end(),
                                    [path](const Word& word) { return word.name == path; });
    return found == given_.end() ? nullptr : &*found;
  }
  bool IsGiven(std::string_view path) const { return Given(path) != nullptr; }

  bool Has(std::string_view path) const {
    return event_.event.definition->FieldIndex(path.substr(0, path.find('.'))) >= 0;
  }

  Status CopySameValues() {
    for (const auto& paths : kSameValue) {
      const Word* source = nullptr;
      for (const std::string_view path : paths) {
        source = source == nullptr ? Given(path) : source;
      }
      for (const std::string_view path : paths) {
        if (source == nullptr || path.empty() || !Has(path) || IsGiven(path)) {
          continue;
        }
        WIREHOUND_TRY(set_(path, source->value));
      }
    }
    return {};
  }

  void CompleteMessages() {
    const EventDefinition& definition = *event_.event.definition;
    for (std::size_t i = 0; i < definition.fields.size(); ++i) {
      // const_cast is safe: MakeEvent allocated these messages as writable memory.
      void* message = const_cast<void*>(event_.fields[i].value.message);
      if (definition.fields[i].type == WIREHOUND_TYPE_DNS) {
        CountSections(*static_cast<wirehound_dns*>(message));
      } else if (definition.fields[i].type == WIREHOUND_TYPE_HTTP) {
        SetKind(*static_cast<wirehound_http*>(message));
      }
    }
  }

  void CountSections(wirehound_dns& dns) const {
    const auto count = [this](std::string_view path, std::uint16_t& number,
                              const wirehound_list& section) {
      number = IsGiven(path) ? number : static_cast<std::uint16_t>(section.count);
    };
    count("proto_dns.QDCount", dns.qd_count, dns.questions);
    count("proto_dns.ANCount", dns.an_count, dns.answers);
    count("proto_dns.NSCount", dns.ns_count, dns.authorities);
    count("proto_dns.ARCount", dns.ar_count, dns.additionals);
  }

  void SetKind(wirehound_http& http) const {
    if (!IsGiven("proto_http.direction")) {
      const bool is_response = event_.event.definition->id == kNetPacketHttpResponse ||
                               http.status_code != 0 || http.status.size != 0;
      http.kind = is_response ? WIREHOUND_HTTP_RESPONSE : WIREHOUND_HTTP_REQUEST;
    }
  }

  TextEvent& event_;
  const std::vector<Word>& given_;
  const SetPath& set_;
};

}  // namespace

Status CompleteEvent(TextEvent& event, const std::vector<Word>& given, const SetPath& set) {
  return Completion(event, given, set).Run();
}

void CompleteProcess(wirehound_process& process) {
  const auto default_to = [](auto& id, auto source) { id = id == 0 ? source : id; };
  default_to(process.pid, process.host_pid);
  default_to(process.pid, kSomePid);
  default_to(process.host_pid, process.pid);
  default_to(process.tid, process.pid);
  default_to(process.host_tid, process.host_pid);
  default_to(process.host_parent_pid, process.parent_pid);
  default_to(process.mount_namespace, kInitialMountNamespace);
  default_to(process.pid_namespace, kInitialPidNamespace);
  default_to(process.process_entity_id, static_cast<std::uint32_t>(process.host_pid));
  default_to(process.thread_entity_id, static_cast<std::uint32_t>(process.host_tid));
  default_to(process.parent_entity_id, static_cast<std::uint32_t>(process.host_parent_pid));
}

}  // namespace wirehound
