// SPDX-License-Identifier: Apache-2.0

// The DNS store as detectors reach it: the C table, and the SDK's class over it.

#include "engine/stores/dns_extension.h"

#include <string>

#include <doctest/doctest.h>
#include <wirehound/dns_store.h>

#include "tests/engine/stores/dns_store_support.h"
#include "tests/engine/stores/extension_host.h"

namespace wirehound::test {
namespace dns_extension_test {

TEST_CASE("dns extension: it answers with mappings, or with a status when there are none") {
  DnsLab lab;
  lab.Tell("example.com", "192.0.2.1", MakeProcess(7));
  DnsExtension extension(lab.store);
  const wirehound_dns_store& table = extension.table();
  const wirehound_address address = ParseAddress("192.0.2.1");
  wirehound_list list{};
  REQUIRE(table.names_of(table.context, &address, 7, {}, &list) == WIREHOUND_OK);
  REQUIRE(list.count == 1);
  const auto& mapping = At<wirehound_dns_mapping>(list, 0);
  CHECK(View(mapping.name) == "example.com");
  CHECK(mapping.seen_by == WIREHOUND_DNS_SEEN_BY_PROCESS);
  CHECK(table.addresses_of(table.context, {"example.com", 11}, 0, {}, &list) == WIREHOUND_OK);
  CHECK(AddressText(At<wirehound_dns_mapping>(list, 0).address) == "192.0.2.1");
  CHECK(table.addresses_of(table.context, {"other", 5}, 0, {}, &list) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(list.count == 0);
}

TEST_CASE("dns extension: an answer stays valid while others are requested") {
  DnsLab lab;
  for (int i = 0; i < 20; ++i) {
    lab.Tell("n" + std::to_string(i) + ".example", "192.0.2.1");
    lab.Tell("other.example", "192.0.2.2");
  }
  DnsExtension extension(lab.store);
  const wirehound_dns_store& table = extension.table();
  const wirehound_address first = ParseAddress("192.0.2.1");
  const wirehound_address second = ParseAddress("192.0.2.2");
  wirehound_list kept{};
  wirehound_list later{};
  for (int round = 0; round < 200; ++round) {  // so that answers start at every place in the ring
    REQUIRE(table.names_of(table.context, &second, 0, {}, &kept) == WIREHOUND_OK);
    for (int i = 0; i < 62; ++i) {
      REQUIRE(table.names_of(table.context, &first, 0, {}, &later) == WIREHOUND_OK);
      REQUIRE(later.count == DnsStore::kMaxAnswer);
    }
    REQUIRE(View(At<wirehound_dns_mapping>(kept, 0).name) == "other.example");
  }
}

TEST_CASE("dns extension: wrong arguments are refused") {
  DnsLab lab;
  DnsExtension extension(lab.store);
  const wirehound_dns_store& table = extension.table();
  const wirehound_address address = ParseAddress("192.0.2.1");
  wirehound_list list{};
  CHECK(table.names_of(table.context, nullptr, 0, {}, &list) == WIREHOUND_ERROR_INVALID);
  CHECK(table.names_of(table.context, &address, 0, {}, nullptr) == WIREHOUND_ERROR_INVALID);
  CHECK(table.names_of(table.context, &address, 0, {nullptr, 3}, &list) == WIREHOUND_ERROR_INVALID);
  CHECK(table.addresses_of(table.context, {nullptr, 3}, 0, {}, &list) == WIREHOUND_ERROR_INVALID);
}

TEST_CASE("dns lookup: it asks on behalf of the process of the event") {
  DnsLab lab;
  lab.Tell("own.example", "192.0.2.1", MakeProcess(7, "box"));
  lab.Tell("newer.example", "192.0.2.1", MakeProcess(8));
  DnsExtension extension(lab.store);
  ExtensionHost host(WIREHOUND_DNS_STORE_EXTENSION, &extension.table());
  DnsLookup dns;
  REQUIRE(dns.Create(host.context()).has_value());
  const wirehound_process process = MakeProcess(7, "box");
  wirehound_event event{};
  event.process = &process;
  const DnsMappings names = dns.NamesOf(Address(ParseAddress("192.0.2.1")), EventView(event));
  REQUIRE(names.size() == 2);
  CHECK((*names.begin()).name() == "own.example");
  CHECK((*names.begin()).seen_by() == DnsSeenBy::kProcess);
  CHECK((*names.begin()).ttl() == 300);
  CHECK(dns.AddressesOf("Own.Example", EventView(event)).size() == 1);
  CHECK(dns.AddressesOf("nobody.example", EventView(event)).empty());
}

TEST_CASE("dns lookup: without the store it cannot be created and gives no answer") {
  ExtensionHost host("", nullptr);
  DnsLookup dns;
  CHECK(dns.Create(host.context()).error().message() ==
        "dns store: the definition does not name the store \"dns\"");
  const wirehound_event event{};
  CHECK(dns.AddressesOf("example.com", EventView(event)).empty());
}

}  // namespace dns_extension_test
}  // namespace wirehound::test
