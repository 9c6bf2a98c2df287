// SPDX-License-Identifier: Apache-2.0

// Helpers for tests of the DNS store: addresses, processes and responses in one call.

#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/address_text.h"
#include "engine/stores/dns_store.h"
#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

inline wirehound_address ParseAddress(const std::string& text) {
  wirehound_address address{};
  const bool is_ipv6 = text.find(':') != std::string::npos;
  address.family = is_ipv6 ? WIREHOUND_FAMILY_IPV6 : WIREHOUND_FAMILY_IPV4;
  inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), address.bytes);
  return address;
}

inline std::string AddressText(const wirehound_address& address) {
  char buffer[kAddressTextBytes];
  return std::string(FormatAddress(address, buffer));
}

/// The data of an A or AAAA record.
inline ByteWriter AddressData(const std::string& text) {
  const wirehound_address address = ParseAddress(text);
  ByteWriter data;
  const std::size_t size = address.family == WIREHOUND_FAMILY_IPV6 ? 16 : 4;
  for (std::size_t i = 0; i < size; ++i) {
    data.U8(address.bytes[i]);
  }
  return data;
}

/// A response to a question for the addresses of `name`: one record.
inline DnsMessageBuilder AddressResponse(std::string_view name, const std::string& address,
                                         std::uint32_t ttl = 300) {
  const unsigned type = address.find(':') != std::string::npos ? kAaaa : kA;
  DnsMessageBuilder message;
  message.Question(name, type)
      .Record(6, Pointer(DnsMessageBuilder::kFirstName), type, AddressData(address), 1, ttl);
  return message;
}

inline wirehound_process MakeProcess(std::uint32_t entity_id, std::string_view container_id = {}) {
  wirehound_process process{};
  process.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container);
  process.process_entity_id = entity_id;
  process.container_id = {container_id.data(), container_id.size()};
  return process;
}

/// A store with a clock.
class DnsLab {
 public:
  explicit DnsLab(std::uint32_t max_mappings = 64) : store(time, max_mappings) {
    time.Advance(1000 * kSecondNs);
  }

  void Tell(const DnsMessageBuilder& message, const wirehound_process& process = MakeProcess(0)) {
    const DecodedDns decoded(message);
    store.OnMessage(decoded.dns, process, time.now_ns);
  }
  void Tell(std::string_view name, const std::string& address,
            const wirehound_process& process = MakeProcess(0)) {
    Tell(AddressResponse(name, address), process);
  }
  void Pass(std::uint64_t seconds) { time.Advance(time.now_ns + seconds * kSecondNs); }

  /// "b.example a.example", in the order of the answer.
  std::string Names(const std::string& address, std::uint32_t entity_id = 0,
                    std::string_view container_id = {}) {
    count_ = store.NamesOf(ParseAddress(address), {entity_id, container_id, time.now_ns}, answer);
    return Join([](const wirehound_dns_mapping& mapping) {
      return std::string(mapping.name.data, mapping.name.size);
    });
  }
  std::string Addresses(std::string_view name, std::uint32_t entity_id = 0,
                        std::string_view container_id = {}) {
    count_ = store.AddressesOf(name, {entity_id, container_id, time.now_ns}, answer);
    return Join([](const wirehound_dns_mapping& mapping) { return AddressText(mapping.address); });
  }

  StreamTime time;
  DnsStore store;
  wirehound_dns_mapping answer[DnsStore::kMaxAnswer]{};  ///< the last one

 private:
  template <typename Text>
  std::string Join(Text text) const {
    std::string joined;
    for (std::size_t i = 0; i < count_; ++i) {
      joined += joined.empty() ? "" : " ";
      joined += text(answer[i]);
    }
    return joined;
  }

  std::size_t count_ = 0;
};

}  // namespace wirehound::test
