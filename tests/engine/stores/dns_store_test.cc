// SPDX-License-Identifier: Apache-2.0

// DnsStore: the mappings it keeps, for which process, and for how long.

#include "engine/stores/dns_store.h"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/stores/dns_store_support.h"

namespace wirehound::test {
namespace dns_store_test {

TEST_CASE("dns store: it knows names for addresses and addresses for names") {
  DnsLab lab;
  lab.Tell("example.com", "192.0.2.1");
  lab.Tell("example.com", "2001:db8::1");
  lab.Tell("example.org", "192.0.2.1");
  CHECK(lab.Names("192.0.2.1") == "example.org example.com");
  CHECK(lab.Names("2001:db8::1") == "example.com");
  CHECK(lab.Names("192.0.2.9").empty());
  CHECK(lab.Addresses("example.com") == "2001:db8::1 192.0.2.1");
  CHECK(lab.Addresses("example.net").empty());
}

TEST_CASE("dns store: names that differ in case or final dot are the same") {
  DnsLab lab;
  lab.Tell("WWW.Example.COM", "192.0.2.1");
  CHECK(lab.Names("192.0.2.1") == "www.example.com");
  CHECK(lab.Addresses("www.EXAMPLE.com.") == "192.0.2.1");
  CHECK(lab.Addresses("www.example.com\\.").empty());  // there the dot is part of a label
}

TEST_CASE("dns store: mappings that the asking process saw come first, then its container's") {
  DnsLab lab;
  lab.Tell("own.example", "192.0.2.1", MakeProcess(7, "box"));
  lab.Pass(1);
  lab.Tell("neighbour.example", "192.0.2.1", MakeProcess(8, "box"));
  lab.Pass(1);
  lab.Tell("host.example", "192.0.2.1", MakeProcess(9));
  lab.Pass(1);
  CHECK(lab.Names("192.0.2.1", 7, "box") == "own.example neighbour.example host.example");
  CHECK(lab.answer[0].seen_by == WIREHOUND_DNS_SEEN_BY_PROCESS);
  CHECK(lab.answer[1].seen_by == WIREHOUND_DNS_SEEN_BY_CONTAINER);
  CHECK(lab.answer[2].seen_by == WIREHOUND_DNS_SEEN_BY_HOST);
  CHECK(lab.answer[0].age_ns == 3 * kSecondNs);
  CHECK(lab.answer[2].age_ns == kSecondNs);
  CHECK(lab.Names("192.0.2.1", 9) == "host.example neighbour.example own.example");
  CHECK(lab.Names("192.0.2.1") == "host.example neighbour.example own.example");
  CHECK(lab.answer[0].seen_by == WIREHOUND_DNS_SEEN_BY_HOST);  // entity id 0 stands for no process
}

TEST_CASE(
    "dns store: an answer has a pair of name and address once, as seen by the closest process") {
  DnsLab lab;
  lab.Tell("example.com", "192.0.2.1", MakeProcess(7));
  lab.Pass(10);
  lab.Tell("example.com", "192.0.2.1", MakeProcess(8));
  CHECK(lab.Names("192.0.2.1", 7) == "example.com");
  CHECK(lab.answer[0].seen_by == WIREHOUND_DNS_SEEN_BY_PROCESS);
  CHECK(lab.answer[0].age_ns == 10 * kSecondNs);
  CHECK(lab.Names("192.0.2.1", 9) == "example.com");
  CHECK(lab.answer[0].age_ns == 0);
}

TEST_CASE("dns store: of many processes that saw a pair the latest are kept, and the pair stays") {
  DnsLab lab;
  for (std::uint32_t entity = 1; entity <= kMaxDnsSightings + 1; ++entity) {
    lab.Tell("example.com", "192.0.2.1", MakeProcess(entity));
  }
  lab.Names("192.0.2.1", 2);
  CHECK(lab.answer[0].seen_by == WIREHOUND_DNS_SEEN_BY_PROCESS);
  CHECK(lab.Names("192.0.2.1", 1) == "example.com");
  CHECK(lab.answer[0].seen_by == WIREHOUND_DNS_SEEN_BY_HOST);
  CHECK(lab.store.size() == 1);
}

TEST_CASE("dns store: a mapping is valid for its time to live, and for at least half a minute") {
  DnsLab lab;
  lab.Tell(AddressResponse("long.example", "192.0.2.1", 100));
  lab.Tell(AddressResponse("short.example", "192.0.2.2", 0));
  lab.Pass(30);
  CHECK(lab.Names("192.0.2.2") == "short.example");
  lab.Pass(1);
  CHECK(lab.Names("192.0.2.2").empty());
  lab.Pass(69);
  CHECK(lab.Names("192.0.2.1") == "long.example");
  CHECK(lab.answer[0].ttl == 100);
  lab.Pass(1);
  CHECK(lab.Names("192.0.2.1").empty());
  CHECK(lab.Addresses("long.example").empty());
  lab.Tell(AddressResponse("long.example", "192.0.2.1", 100));
  CHECK(lab.Names("192.0.2.1") == "long.example");
}

TEST_CASE(
    "dns store: a mapping that the asking process saw too long ago counts as seen by the host") {
  DnsLab lab;
  lab.Tell("example.com", "192.0.2.1", MakeProcess(7));
  lab.Pass(200);
  lab.Tell("example.com", "192.0.2.1", MakeProcess(8));
  lab.Pass(200);
  CHECK(lab.Names("192.0.2.1", 7) == "example.com");
  CHECK(lab.answer[0].seen_by == WIREHOUND_DNS_SEEN_BY_HOST);
}

TEST_CASE("dns store: the mappings of an answer are limited to the newest") {
  DnsLab lab;
  for (int i = 0; i < 20; ++i) {
    lab.Tell("n" + std::to_string(i) + ".example", "192.0.2.1");
    lab.Pass(1);
  }
  const std::string names = lab.Names("192.0.2.1");
  CHECK(names.substr(0, 23) == "n19.example n18.example");
  CHECK(std::count(names.begin(), names.end(), ' ') == DnsStore::kMaxAnswer - 1);
}

TEST_CASE("dns store: beyond its limit it drops the mapping seen longest ago, and counts it") {
  DnsLab lab(4);
  for (int i = 1; i <= 4; ++i) {
    lab.Tell("n" + std::to_string(i) + ".example", "192.0.2." + std::to_string(i));
  }
  lab.Tell("n1.example", "192.0.2.1");  // seen again
  lab.Tell("n5.example", "192.0.2.5");
  CHECK(lab.Names("192.0.2.1") == "n1.example");
  CHECK(lab.Names("192.0.2.2").empty());
  CHECK(lab.Addresses("n2.example").empty());
  CHECK(lab.store.counters().evicted == 1);
  CHECK(lab.store.counters().learnt == 6);
  CHECK(lab.store.size() == 4);
}

TEST_CASE("dns store: an expired mapping makes room before a valid one") {
  DnsLab lab(3);
  lab.Tell(AddressResponse("long.example", "192.0.2.1", 3600));
  lab.Tell(AddressResponse("short.example", "192.0.2.2", 1));
  lab.Tell(AddressResponse("long2.example", "192.0.2.3", 3600));
  lab.Pass(60);
  lab.Tell("new.example", "192.0.2.4");
  CHECK(lab.Names("192.0.2.1") == "long.example");
  CHECK(lab.store.counters().expired == 1);
  CHECK(lab.store.counters().evicted == 0);
}

TEST_CASE("dns store: the mappings of one address or one name are limited") {
  DnsLab lab(4096);
  lab.Tell("kept.example", "192.0.2.200");
  for (int i = 0; i < 1000; ++i) {
    lab.Tell("n" + std::to_string(i) + ".example", "192.0.2.1");
    lab.Tell("many.example", "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  }
  CHECK(lab.store.size() == 2 * DnsStore::kMaxMappingsPerName + 1);
  CHECK(lab.store.counters().evicted == 2 * (1000 - DnsStore::kMaxMappingsPerName));
  CHECK(lab.Names("192.0.2.200") == "kept.example");
}

TEST_CASE("dns store: a name that is too long is counted, and the longest allowed one is kept") {
  DnsLab lab;
  wirehound_dns dns{};
  dns.qr = 1;
  dns.variant = WIREHOUND_DNS_VARIANT_MDNS;
  const wirehound_address address = ParseAddress("192.0.2.1");
  wirehound_dns_record record{};
  record.type = kA;
  record.rclass = 1;
  record.ttl = 300;
  record.data_kind = WIREHOUND_DNS_DATA_ADDRESS;
  record.data = &address;
  dns.answers = {&record, 1, sizeof(record)};
  const std::string longest(kMaxDnsNameBytes, 'a');
  const std::string too_long(kMaxDnsNameBytes + 1, 'a');
  record.name = {too_long.data(), too_long.size()};
  lab.store.OnMessage(dns, MakeProcess(0), lab.time.now_ns);
  CHECK(lab.store.counters().unusable == 1);
  record.name = {longest.data(), longest.size()};
  lab.store.OnMessage(dns, MakeProcess(0), lab.time.now_ns);
  CHECK(lab.Names("192.0.2.1") == longest);
}

TEST_CASE("dns store: a message with more records than the limit is counted") {
  DnsLab lab;
  wirehound_dns dns{};
  dns.qr = 1;
  dns.variant = WIREHOUND_DNS_VARIANT_MDNS;
  const wirehound_address address = ParseAddress("192.0.2.1");
  wirehound_dns_record record{};
  record.type = kA;
  record.rclass = 1;
  record.ttl = 300;
  record.data_kind = WIREHOUND_DNS_DATA_ADDRESS;
  record.data = &address;
  record.name = {"printer.local", 13};
  const std::vector<wirehound_dns_record> records(kMaxDnsLessons, record);
  dns.answers = {records.data(), kMaxDnsLessons - 1, sizeof(record)};
  lab.store.OnMessage(dns, MakeProcess(0), lab.time.now_ns);
  CHECK(lab.store.counters().cut_short == 0);
  dns.answers.count = kMaxDnsLessons;
  lab.store.OnMessage(dns, MakeProcess(0), lab.time.now_ns);
  CHECK(lab.store.counters().cut_short == 1);
}

TEST_CASE("dns store: it agrees with a simple model, also through evictions") {
  constexpr std::uint32_t kLimit = 40;
  DnsLab lab(kLimit);
  std::map<std::pair<int, int>, int>
      last_seen;  // by name and address, of the mappings that are kept
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    const int name = static_cast<int>(random() % 12);
    const int address = static_cast<int>(random() % 9);
    if (last_seen.count({name, address}) == 0 && last_seen.size() == kLimit) {
      last_seen.erase(
          std::min_element(last_seen.begin(), last_seen.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; }));
    }
    last_seen[{name, address}] = i;
    lab.Tell("n" + std::to_string(name), "10.0.0." + std::to_string(address));
    const int asked = static_cast<int>(random() % 9);
    std::map<int, std::string, std::greater<>> expected;
    for (const auto& [pair, seen] : last_seen) {
      if (pair.second == asked) {
        expected[seen] = "n" + std::to_string(pair.first);
      }
    }
    std::string names;
    for (const auto& [seen, known] : expected) {
      names += (names.empty() ? "" : " ") + known;
    }
    REQUIRE(lab.Names("10.0.0." + std::to_string(asked)) == names);
    REQUIRE(lab.store.size() == last_seen.size());
  }
}

}  // namespace dns_store_test
}  // namespace wirehound::test
