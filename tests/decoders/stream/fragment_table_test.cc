// SPDX-License-Identifier: Apache-2.0

// FragmentTable: datagrams put together from fragments in every order, contradictions, limits, and
// the known attacks with fragments.

#include "decoders/stream/fragment_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace fragment_table_test {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kFamilies[] = {WIREHOUND_FAMILY_IPV4, WIREHOUND_FAMILY_IPV6};

using Bytes = std::vector<std::byte>;

FragmentKey Key(std::uint32_t id, std::uint8_t family = WIREHOUND_FAMILY_IPV4) {
  FragmentKey key;
  key.src.family = key.dst.family = family;
  key.src.bytes[0] = 10;
  key.dst.bytes[0] = 10;
  key.dst.bytes[3] = 1;
  key.id = id;
  key.protocol = kUdp;
  return key;
}

Bytes Payload(std::size_t size, unsigned seed = 1) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>((i * 7 + i / 251 + seed * 31) & 0xff);
  }
  return bytes;
}

// The part of `whole` at `offset`.
IpFragment Part(const FragmentKey& key, const Bytes& whole, std::size_t offset, std::size_t size,
                std::uint64_t time_ns = 0) {
  const std::size_t end = std::min(whole.size(), offset + size);
  return {.key = key,
          .offset_bytes = static_cast<std::uint32_t>(offset),
          .more = end < whole.size(),
          .bytes = std::span(whole).subspan(offset, end - offset),
          .timestamp_ns = time_ns};
}

// A fragment with bytes that are not a part of `whole`.
IpFragment Loose(const FragmentKey& key, const Bytes& bytes, std::size_t offset, bool more,
                 std::uint64_t time_ns = 0) {
  return {.key = key,
          .offset_bytes = static_cast<std::uint32_t>(offset),
          .more = more,
          .bytes = std::span(bytes),
          .timestamp_ns = time_ns};
}

std::vector<IpFragment> Cut(const FragmentKey& key, const Bytes& whole, std::size_t size) {
  std::vector<IpFragment> parts;
  for (std::size_t offset = 0; offset < whole.size(); offset += size) {
    parts.push_back(Part(key, whole, offset, size));
  }
  return parts;
}

bool SameBytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

std::string Names(std::span<const FragmentReport> reports) {
  std::string names;
  for (const FragmentReport& report : reports) {
    names += names.empty() ? "" : " ";
    names += std::to_string(report.key.id) + ":" + std::string(AnomalyName(report.anomaly.kind));
  }
  return names;
}

bool Closes(const FragmentTable& table) {
  const FragmentCounters& c = table.counters();
  return c.fragments == c.used + c.duplicate + c.malformed + c.too_large + c.overlapping +
                            c.too_many + c.expired + c.evicted + c.shut_down +
                            table.held_fragments();
}

// Adds `parts`, of which only the last must complete the datagram.
FragmentResult AddAll(FragmentTable& table, const std::vector<IpFragment>& parts) {
  FragmentResult result;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    result = table.Add(parts[i]);
    CHECK(result.reports.empty());
    CHECK(result.fate == (i + 1 < parts.size() ? FragmentFate::kHeld : FragmentFate::kCompleted));
    CHECK((result.datagram != nullptr) == (i + 1 == parts.size()));
  }
  CHECK(Closes(table));
  return result;
}

TEST_CASE("fragments: fragments in any order make the datagram") {
  for (const std::uint8_t family : kFamilies) {
    CAPTURE(int{family});
    const Bytes whole = Payload(4001);
    std::vector<IpFragment> parts = Cut(Key(1, family), whole, 1480);
    REQUIRE(parts.size() == 3);
    std::vector<std::size_t> order = {0, 1, 2};
    do {
      FragmentTable table({});
      std::vector<IpFragment> ordered;
      ordered.reserve(order.size());
      for (const std::size_t i : order) {
        ordered.push_back(parts[i]);
      }
      const FragmentResult result = AddAll(table, ordered);
      REQUIRE(result.datagram != nullptr);
      CHECK(SameBytes(result.datagram->bytes.bytes, whole));
      CHECK(result.datagram->bytes.whole());
      CHECK(result.datagram->protocol == kUdp);
      CHECK(result.datagram->fragments == 3);
      CHECK(table.counters().used == 3);
      CHECK(table.datagrams() == 0);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("fragments: addresses, id and, for IPv4, the protocol keep datagrams apart") {
  const FragmentKey key = Key(7);
  FragmentKey other = key;
  bool same = false;
  SUBCASE("source") { other.src.bytes[3] = 9; }
  SUBCASE("destination") { other.dst.bytes[3] = 9; }
  SUBCASE("id") { other.id = 8; }
  SUBCASE("protocol") { other.protocol = 6; }
  SUBCASE("network namespace") { other.network_namespace = 1; }
  SUBCASE("nothing") { same = true; }
  FragmentTable table({});
  const Bytes whole = Payload(16);
  table.Add(Part(key, whole, 0, 8));
  const FragmentResult result = table.Add(Part(other, whole, 8, 8));
  CHECK((result.fate == FragmentFate::kCompleted) == same);
  CHECK(table.datagrams() == (same ? 0 : 2));
}

TEST_CASE("fragments: IPv6 takes the protocol from the first fragment only") {
  FragmentTable table({});
  const Bytes whole = Payload(16);
  FragmentKey later = Key(1, WIREHOUND_FAMILY_IPV6);
  later.protocol = 59;
  table.Add(Part(later, whole, 8, 8));
  const FragmentResult result = table.Add(Part(Key(1, WIREHOUND_FAMILY_IPV6), whole, 0, 8));
  REQUIRE(result.datagram != nullptr);
  CHECK(result.datagram->protocol == kUdp);
}

TEST_CASE("fragments: a fragment that is first and last at once is a complete datagram") {
  FragmentTable table({});
  const Bytes whole = Payload(100);
  table.Add(Part(Key(1, WIREHOUND_FAMILY_IPV6), whole, 0, 48));
  const Bytes atomic = Payload(13, 5);
  const FragmentResult result = table.Add(Loose(Key(1, WIREHOUND_FAMILY_IPV6), atomic, 0, false));
  REQUIRE(result.datagram != nullptr);
  CHECK(SameBytes(result.datagram->bytes.bytes, atomic));
  CHECK(table.Add(Part(Key(1, WIREHOUND_FAMILY_IPV6), whole, 48, 100)).fate ==
        FragmentFate::kCompleted);
  CHECK(Closes(table));
}

TEST_CASE("fragments: a duplicate is counted and changes nothing") {
  for (const std::uint8_t family : kFamilies) {
    CAPTURE(int{family});
    FragmentTable table({});
    const Bytes whole = Payload(30);
    const std::vector<IpFragment> parts = Cut(Key(1, family), whole, 8);
    table.Add(parts[3]);
    CHECK(table.Add(parts[3]).fate == FragmentFate::kDuplicate);
    table.Add(parts[1]);
    const FragmentResult again = table.Add(parts[1]);
    CHECK(again.fate == FragmentFate::kDuplicate);
    CHECK(again.reports.empty());
    table.Add(parts[0]);
    const FragmentResult result = table.Add(parts[2]);
    REQUIRE(result.datagram != nullptr);
    CHECK(SameBytes(result.datagram->bytes.bytes, whole));
    CHECK(table.counters().duplicate == 2);
    CHECK(Closes(table));
  }
}

TEST_CASE("fragments: of overlapping IPv4 fragments the first copy of a byte wins") {
  FragmentTable table({});
  const Bytes first = Payload(16, 1);
  const Bytes second = Payload(24, 2);
  const Bytes last = Payload(8, 3);
  table.Add(Loose(Key(1), first, 8, true));
  const FragmentResult overlap = table.Add(Loose(Key(1), second, 0, true));
  CHECK(overlap.fate == FragmentFate::kHeld);
  CHECK(Names(overlap.reports) == "1:ip_fragment_overlap");
  CHECK(overlap.reports[0].anomaly.offset == 0);
  CHECK(overlap.reports[0].anomaly.size == 16);
  const FragmentResult result = table.Add(Loose(Key(1), last, 24, false));
  REQUIRE(result.datagram != nullptr);
  const std::span<const std::byte> bytes = result.datagram->bytes.bytes;
  CHECK(SameBytes(bytes.first(8), std::span(second).first(8)));
  CHECK(SameBytes(bytes.subspan(8, 16), first));
  CHECK(SameBytes(bytes.subspan(24), last));
}

TEST_CASE("fragments: an IPv4 overlap with the same bytes is no anomaly") {
  FragmentTable table({});
  const Bytes whole = Payload(40);
  table.Add(Part(Key(1), whole, 8, 8));
  table.Add(Part(Key(1), whole, 24, 8));
  const FragmentResult over_all = table.Add(Part(Key(1), whole, 0, 32));
  CHECK(over_all.fate == FragmentFate::kHeld);
  CHECK(over_all.reports.empty());
  CHECK(table.Add(Part(Key(1), whole, 16, 8)).fate == FragmentFate::kDuplicate);
  const FragmentResult result = table.Add(Part(Key(1), whole, 24, 16));
  REQUIRE(result.datagram != nullptr);
  CHECK(SameBytes(result.datagram->bytes.bytes, whole));
  CHECK(Closes(table));
}

TEST_CASE("fragments: a repetition with other bytes is an overlap, not a duplicate") {
  FragmentTable table({});
  const Bytes one = Payload(8, 1);
  const Bytes other = Payload(8, 2);
  table.Add(Loose(Key(1), one, 0, true));
  const FragmentResult result = table.Add(Loose(Key(1), other, 0, true));
  CHECK(result.fate == FragmentFate::kDropped);
  CHECK(Names(result.reports) == "1:ip_fragment_overlap");
  CHECK(table.counters().overlapping == 1);
}

TEST_CASE("fragments: an IPv6 overlap drops the datagram and its later fragments") {
  const FragmentKey key = Key(1, WIREHOUND_FAMILY_IPV6);
  const Bytes whole = Payload(40);
  const Bytes changed = Payload(8, 9);
  FragmentTable table({});
  table.Add(Part(key, whole, 0, 16));
  FragmentResult result;
  SUBCASE("of the same bytes") { result = table.Add(Part(key, whole, 8, 16)); }
  SUBCASE("of the same bytes, inside") { result = table.Add(Part(key, whole, 8, 8)); }
  SUBCASE("of other bytes") { result = table.Add(Loose(key, changed, 8, true)); }
  CHECK(result.fate == FragmentFate::kDropped);
  CHECK(Names(result.reports) == "1:ip_fragment_overlap");
  for (const std::size_t offset : {16, 24, 32}) {
    const FragmentResult later = table.Add(Part(key, whole, offset, 8));
    CHECK(later.fate == FragmentFate::kDropped);
    CHECK(later.reports.empty());
  }
  CHECK(table.counters().overlapping == 5);
  CHECK(table.held_fragments() == 0);
  CHECK(table.Expire(31 * kSecond).empty());  // was reported before
  CHECK(table.datagrams() == 0);
  CHECK(Closes(table));
}

TEST_CASE("fragments: fragments that contradict the datagram's end are reported and not used") {
  struct Case {
    const char* what;
    std::size_t offset;
    std::size_t size;
    bool more;
  };
  const Bytes whole = Payload(24);
  const Bytes zeros(64);
  for (const Case& c :
       {Case{"a second end behind the first", 24, 8, false},
        Case{"a second end before the first", 8, 8, false},
        Case{"more behind the end", 24, 8, true}, Case{"more at the end", 16, 8, true}}) {
    for (const std::uint8_t family : kFamilies) {
      CAPTURE(c.what);
      CAPTURE(int{family});
      FragmentTable table({});
      table.Add(Part(Key(1, family), whole, 16, 8));
      const FragmentResult result = table.Add(
          Loose(Key(1, family), Bytes(zeros.begin(), zeros.begin() + 8), c.offset, c.more));
      CHECK(result.fate == FragmentFate::kDropped);
      CHECK(Names(result.reports) == "1:ip_fragment_overlap");
      const FragmentResult rest = table.Add(Part(Key(1, family), whole, 0, 16));
      CHECK((rest.datagram != nullptr) == (family == WIREHOUND_FAMILY_IPV4));
      CHECK(Closes(table));
    }
  }
}

TEST_CASE("fragments: an end in front of received bytes is refused") {
  FragmentTable table({});
  const Bytes whole = Payload(64);
  table.Add(Part(Key(1), whole, 32, 16));
  CHECK(Names(table.Add(Loose(Key(1), Payload(8), 16, false)).reports) == "1:ip_fragment_overlap");
  table.Add(Part(Key(1), whole, 48, 16));
  CHECK(table.Add(Part(Key(1), whole, 0, 32)).fate == FragmentFate::kCompleted);
}

TEST_CASE("fragments: sizes that no fragment can have are malformed") {
  FragmentTable table({});
  const Bytes nothing;
  const Bytes odd = Payload(20);
  CHECK(Names(table.Add(Loose(Key(1), nothing, 8, true)).reports) == "1:ipv4_malformed");
  CHECK(Names(table.Add(Loose(Key(2), nothing, 0, false)).reports) == "2:ipv4_malformed");
  CHECK(Names(table.Add(Loose(Key(3), Payload(7), 0, true)).reports) == "3:ipv4_malformed");
  CHECK(Names(table.Add(Loose(Key(4), odd, 4, true)).reports) == "4:ipv4_malformed");
  CHECK(Names(table.Add(Loose(Key(5, WIREHOUND_FAMILY_IPV6), odd, 0, true)).reports) ==
        "5:ipv6_malformed");
  CHECK(table.counters().malformed == 5);
  CHECK(table.datagrams() == 0);
  CHECK(Closes(table));
}

TEST_CASE("fragments: an IPv4 fragment of an odd size counts up to its last whole unit") {
  FragmentTable table({});
  const Bytes whole = Payload(28);
  const FragmentResult odd = table.Add(Part(Key(1), whole, 0, 20));
  CHECK(odd.fate == FragmentFate::kHeld);
  CHECK(Names(odd.reports) == "1:ipv4_malformed");
  const FragmentResult result = table.Add(Part(Key(1), whole, 16, 12));
  REQUIRE(result.datagram != nullptr);
  CHECK(SameBytes(result.datagram->bytes.bytes, whole));
}

TEST_CASE("fragments: the largest datagram fits, one byte more does not") {
  for (const std::uint8_t family : kFamilies) {
    CAPTURE(int{family});
    const std::size_t limit = family == WIREHOUND_FAMILY_IPV4 ? 65515 : 65535;
    FragmentTable table({});
    const Bytes whole = Payload(limit);
    const FragmentResult result = AddAll(table, Cut(Key(1, family), whole, 1480));
    REQUIRE(result.datagram != nullptr);
    CHECK(SameBytes(result.datagram->bytes.bytes, whole));
    const std::size_t offset = limit / 8 * 8;
    CHECK(Names(table.Add(Loose(Key(2, family), Payload(limit - offset + 1), offset, false))
                    .reports) == "2:ip_fragment_too_large");
    CHECK(table.counters().too_large == 1);
    CHECK(table.datagrams() == 0);
  }
}

TEST_CASE("fragments: with a truncated capture the datagram has its contiguous first bytes") {
  const Bytes whole = Payload(4000);
  const std::vector<IpFragment> parts = Cut(Key(1), whole, 1480);
  struct Case {
    std::size_t part;
    std::size_t captured;
    std::size_t contiguous;
  };
  for (const Case& c : {Case{0, 100, 100}, Case{1, 0, 1480}, Case{2, 5, 2965}, Case{0, 0, 0}}) {
    CAPTURE(c.part);
    CAPTURE(c.captured);
    FragmentTable table({});
    FragmentResult result;
    for (std::size_t i = parts.size(); i-- > 0;) {
      IpFragment part = parts[i];
      if (i == c.part) {
        part.bytes = {part.bytes.bytes.first(c.captured), part.bytes.wire_size};
      }
      result = table.Add(part);
    }
    REQUIRE(result.datagram != nullptr);
    CHECK(result.datagram->bytes.wire_size == 4000);
    CHECK(SameBytes(result.datagram->bytes.bytes, std::span(whole).first(c.contiguous)));
  }
}

TEST_CASE("fragments: bytes that were not captured contradict nothing") {
  FragmentTable table({});
  const Bytes whole = Payload(32);
  IpFragment cut = Part(Key(1), whole, 0, 16);
  cut.bytes = {cut.bytes.bytes.first(3), 16};
  table.Add(cut);
  const FragmentResult again = table.Add(Part(Key(1), whole, 0, 16));
  CHECK(again.fate == FragmentFate::kDuplicate);
  CHECK(again.reports.empty());
}

TEST_CASE("fragments: a datagram that is not complete in time is given up") {
  FragmentTable table({.timeout_ns = 30 * kSecond});
  const Bytes whole = Payload(16);
  table.Add(Part(Key(1), whole, 0, 8, 10 * kSecond));
  table.Add(Part(Key(2), whole, 0, 8, 20 * kSecond));
  CHECK(table.Expire(40 * kSecond).empty());
  const auto reports = table.Expire(40 * kSecond + 1);
  CHECK(Names(reports) == "1:ip_fragment_incomplete");
  CHECK(reports[0].anomaly.size == 8);
  CHECK(reports[0].key.dst.bytes[3] == 1);
  CHECK(table.Expire(5 * kSecond).empty());  // time may run backwards

  SUBCASE("a late fragment starts anew") {
    const FragmentResult late = table.Add(Part(Key(2), whole, 8, 8, 51 * kSecond));
    CHECK(late.fate == FragmentFate::kHeld);
    CHECK(Names(late.reports) == "2:ip_fragment_incomplete");
    CHECK(table.Add(Part(Key(2), whole, 0, 8, 52 * kSecond)).fate == FragmentFate::kCompleted);
    CHECK(table.counters().expired == 2);
  }
  SUBCASE("all waiting datagrams are given up when the stream ends") {
    table.Add(Part(Key(3), whole, 0, 8, 30 * kSecond));
    CHECK(Names(table.Shutdown()) == "2:ip_fragment_incomplete 3:ip_fragment_incomplete");
    CHECK(table.counters().shut_down == 2);
    CHECK(table.Shutdown().empty());
  }
  CHECK(table.held_fragments() == 0);
  CHECK(Closes(table));
}

TEST_CASE("fragments: a full table gives up the datagram that has waited longest") {
  FragmentTable table({.max_datagrams = 3});
  const Bytes whole = Payload(24);
  for (const std::uint32_t id : {1, 2, 3}) {
    table.Add(Part(Key(id), whole, 0, 8, id));
  }
  table.Add(Part(Key(1), whole, 8, 8, 4));  // does not reset its age
  CHECK(Names(table.Add(Part(Key(4), whole, 0, 8, 5)).reports) == "1:ip_fragment_incomplete");
  CHECK(table.counters().evicted == 2);
  CHECK(table.datagrams() == 3);
  CHECK(Names(table.Shutdown()) ==
        "2:ip_fragment_incomplete 3:ip_fragment_incomplete 4:ip_fragment_incomplete");
  CHECK(Closes(table));
}

TEST_CASE("fragments: memory is bounded, and the oldest datagrams are dropped for new ones") {
  FragmentTable table({.max_datagrams = 100, .max_bytes = 0});  // 64 KiB is the least
  const Bytes whole = Payload(60000);
  for (std::uint32_t id = 1; id <= 32; ++id) {
    CHECK(table.Add(Part(Key(id), whole, 0, 1024)).reports.empty());
  }
  CHECK(Names(table.Add(Part(Key(40), whole, 0, 1024)).reports) == "1:ip_fragment_incomplete");
  CHECK(Names(table.Add(Part(Key(41), whole, 0, 4000)).reports) ==
        "2:ip_fragment_incomplete 3:ip_fragment_incomplete");
  // The oldest datagram is not dropped to make room for its own next fragment.
  CHECK(Names(table.Add(Part(Key(4), whole, 2048, 2048)).reports) == "5:ip_fragment_incomplete");
  FragmentResult result;
  for (const IpFragment& part : Cut(Key(50), whole, 1480)) {
    result = table.Add(part);
  }
  REQUIRE(result.datagram != nullptr);
  CHECK(SameBytes(result.datagram->bytes.bytes, whole));
  CHECK(Closes(table));
}

TEST_CASE("fragments: limits of 0 still allow one datagram") {
  FragmentTable table({.max_datagrams = 0, .max_bytes = 0, .timeout_ns = 0});
  CHECK(AddAll(table, Cut(Key(1), Payload(65515), 1480)).fate == FragmentFate::kCompleted);
}

TEST_CASE("fragment attacks: teardrop, with its last fragment inside the first, is an overlap") {
  FragmentTable table({});
  const Bytes first = Payload(36);
  const Bytes second = Payload(4, 2);
  CHECK(table.Add(Loose(Key(1), first, 0, true)).fate == FragmentFate::kHeld);
  const FragmentResult result = table.Add(Loose(Key(1), second, 24, false));
  CHECK(result.fate == FragmentFate::kDropped);
  CHECK(Names(result.reports) == "1:ip_fragment_overlap");
  CHECK(Names(table.Shutdown()) == "1:ip_fragment_incomplete");
}

TEST_CASE("fragment attacks: the ping of death is too large, and takes no memory") {
  FragmentTable table({});
  const Bytes whole = Payload(65500);
  for (const IpFragment& part : Cut(Key(1), whole, 1480)) {
    IpFragment more = part;
    more.more = true;
    more.bytes = part.bytes.First(part.bytes.wire_size / 8 * 8);
    table.Add(more);
  }
  CHECK(Names(table.Add(Loose(Key(1), Payload(600), 65120, false)).reports) ==
        "1:ip_fragment_too_large");
  CHECK(Names(table.Add(Loose(Key(2), Payload(1480), 65528, false)).reports) ==
        "2:ip_fragment_too_large");
  CHECK(table.datagrams() == 1);
}

TEST_CASE("fragment attacks: a datagram of tiny fragments is dropped at the limit, once") {
  FragmentTable table({});
  const Bytes whole = Payload(8 * 600);
  std::size_t reports = 0;
  for (std::size_t i = 0; i < 599; ++i) {
    const FragmentResult result = table.Add(Part(Key(1), whole, 8 * i, 8));
    CHECK((result.fate == FragmentFate::kHeld) == (i < kMaxFragmentPieces));
    reports += result.reports.size();
  }
  CHECK(reports == 1);
  CHECK(table.counters().too_many == 599);
  CHECK(table.held_fragments() == 0);
  CHECK(table.datagrams() == 1);
  CHECK(Closes(table));
}

TEST_CASE("fragment attacks: datagrams that are never completed evict each other one by one") {
  FragmentTable table({});
  const Bytes whole = Payload(65000);
  std::size_t reports = 0;
  for (std::uint32_t id = 0; id < 5000; ++id) {
    reports += table.Add(Part(Key(id), whole, 0, 8)).reports.size();
    reports += table.Add(Part(Key(id), whole, 64992, 8)).reports.size();
  }
  CHECK(table.datagrams() <= 1024);
  CHECK(reports == 5000 - table.datagrams());
  CHECK(table.Add(Part(Key(9999), whole, 0, 32504)).fate == FragmentFate::kHeld);
  CHECK(table.Add(Part(Key(9999), whole, 32504, 32504)).fate == FragmentFate::kCompleted);
  CHECK(Closes(table));
}

// A datagram cut at random places, shuffled, with some parts twice.
std::vector<IpFragment> RandomParts(const FragmentKey& key, const Bytes& whole,
                                    std::mt19937& random) {
  std::vector<IpFragment> parts;
  const std::size_t most_units = std::max<std::size_t>(1, whole.size() / 8 / 60);
  for (std::size_t offset = 0; offset < whole.size();) {
    const std::size_t size = 8 * (1 + random() % (4 * most_units));
    parts.push_back(Part(key, whole, offset, size));
    offset += size;
  }
  const std::size_t unique = parts.size();
  for (std::size_t i = 0; i < unique; ++i) {
    if (random() % 4 == 0) {
      parts.push_back(parts[i]);
    }
  }
  std::shuffle(parts.begin(), parts.end(), random);
  return parts;
}

TEST_CASE("fragments: datagrams cut, shuffled and repeated at random are restored exactly") {
  std::mt19937 random(20240607);
  FragmentTable table({}, random());
  for (std::uint32_t id = 0; id < 300; ++id) {
    CAPTURE(id);
    const std::uint8_t family = id % 2 == 0 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
    const Bytes whole = Payload(9 + random() % 65500, id);
    std::size_t delivered = 0;
    for (const IpFragment& part : RandomParts(Key(id, family), whole, random)) {
      const FragmentResult result = table.Add(part);
      CHECK(result.reports.empty());
      CHECK(result.fate != FragmentFate::kDropped);
      if (result.datagram != nullptr) {
        ++delivered;
        CHECK(SameBytes(result.datagram->bytes.bytes, whole));
      }
    }
    CHECK(delivered >= 1);  // repetitions after the last fragment may complete it again
    table.Shutdown();
    CHECK(Closes(table));
  }
}

}  // namespace fragment_table_test
}  // namespace wirehound::test
