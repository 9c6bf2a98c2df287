// SPDX-License-Identifier: Apache-2.0

// Views: the C++ faces of the C structs.

#include <wirehound/views.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace {

wirehound_dns_record Record(std::uint16_t type, std::uint32_t kind, const void* data) {
  wirehound_dns_record record{};
  record.type = type;
  record.data_kind = kind;
  record.data = data;
  return record;
}

TEST_CASE("views: text goes both ways") {
  CHECK(ToView(FromView("abc")) == "abc");
  CHECK(ToView(FromView("")).empty());
  CHECK(ToView(wirehound_string{}).empty());
  CHECK(FromView(std::string_view("a\0b", 3)).size == 3);
}

TEST_CASE("views: a list is stepped through by its stride, so elements may be longer than ours") {
  struct Longer {
    wirehound_dns_question known;
    std::uint64_t later[3];
  };
  const Longer questions[] = {{{FromView("a"), 1, 1, 0}, {9, 9, 9}},
                              {{FromView("b"), 2, 1, 0}, {9, 9, 9}},
                              {{FromView("c"), 3, 1, 0}, {9, 9, 9}}};
  const DnsQuestions view(wirehound_list{questions, 3, sizeof(Longer)});
  CHECK(view.size() == 3);
  std::string names;
  unsigned types = 0;
  for (const DnsQuestion question : view) {
    names += question.name();
    types = types * 10 + question.type();
  }
  CHECK(names == "abc");
  CHECK(types == 123);
}

TEST_CASE("views: an empty list has nothing, whatever its pointer") {
  for (const wirehound_list& list :
       {wirehound_list{}, wirehound_list{nullptr, 0, 16}, wirehound_list{"x", 0, 0}}) {
    const TextList view(list);
    CHECK(view.empty());
    CHECK_FALSE(view.begin() != view.end());
  }
  CHECK(TextList().empty());
}

TEST_CASE("views: texts of a list are views") {
  const wirehound_string texts[] = {FromView("v=spf1"), FromView("")};
  std::vector<std::string> seen;
  for (const std::string_view text : TextList(wirehound_list{texts, 2, sizeof(texts[0])})) {
    seen.emplace_back(text);
  }
  CHECK(seen == std::vector<std::string>{"v=spf1", ""});
}

TEST_CASE("views: addresses compare by family and bytes") {
  const Address none;
  const Address v4(wirehound_address{{10, 0, 0, 1}, WIREHOUND_FAMILY_IPV4, {}});
  const Address same(wirehound_address{{10, 0, 0, 1}, WIREHOUND_FAMILY_IPV4, {}});
  const Address other(wirehound_address{{10, 0, 0, 2}, WIREHOUND_FAMILY_IPV4, {}});
  const Address v6(wirehound_address{{10, 0, 0, 1}, WIREHOUND_FAMILY_IPV6, {}});
  CHECK(v4 == same);
  CHECK(v4 != other);
  CHECK(v4 != v6);
  CHECK(v4 != none);
  CHECK(v4.is_ipv4());
  CHECK(v6.is_ipv6());
  CHECK(none.size() == 0);
  CHECK(v4.size() == 4);
  CHECK(v6.size() == 16);
  CHECK(v4.bytes()[3] == 1);
}

// Every accessor of typed data that is not named must be empty.
void CheckEmptyBut(const DnsRecord& record, const std::string& accessor) {
  CAPTURE(accessor);
  CHECK((record.ip() == Address()) == (accessor != "ip"));
  CHECK(record.ns().empty() == (accessor != "ns"));
  CHECK(record.cname().empty() == (accessor != "cname"));
  CHECK(record.ptr().empty() == (accessor != "ptr"));
  CHECK(record.txts().empty() == (accessor != "txts"));
  CHECK(record.mx().name.empty() == (accessor != "mx"));
  CHECK((record.mx().preference == 0) == (accessor != "mx"));
  CHECK(record.soa().mname.empty() == (accessor != "soa"));
  CHECK((record.soa().minimum == 0) == (accessor != "soa"));
  CHECK(record.srv().name.empty() == (accessor != "srv"));
  CHECK((record.srv().port == 0) == (accessor != "srv"));
  CHECK(record.uri().target.empty() == (accessor != "uri"));
  CHECK(record.opt().empty() == (accessor != "opt"));
}

TEST_CASE("views: a DNS record answers for its own type and is empty for every other") {
  const wirehound_address address = {{1, 2, 3, 4}, WIREHOUND_FAMILY_IPV4, {}};
  const wirehound_string name = FromView("name");
  const wirehound_list texts = {&name, 1, sizeof(name)};
  const wirehound_dns_mx mx = {name, 10, {}};
  const wirehound_dns_soa soa = {name, name, 1, 2, 3, 4, 5, 0};
  const wirehound_dns_srv srv = {name, 1, 2, 3, 0};
  const wirehound_dns_uri uri = {name, 1, 2, 0};
  const wirehound_dns_option option = {{nullptr, 0}, 10, {}};
  const wirehound_list options = {&option, 1, sizeof(option)};
  struct Case {
    wirehound_dns_record record;
    std::string accessor;
  };
  const std::vector<Case> cases = {
      {Record(1, WIREHOUND_DNS_DATA_ADDRESS, &address), "ip"},
      {Record(28, WIREHOUND_DNS_DATA_ADDRESS, &address), "ip"},
      {Record(2, WIREHOUND_DNS_DATA_NAME, &name), "ns"},
      {Record(5, WIREHOUND_DNS_DATA_NAME, &name), "cname"},
      {Record(12, WIREHOUND_DNS_DATA_NAME, &name), "ptr"},
      {Record(16, WIREHOUND_DNS_DATA_TEXT, &texts), "txts"},
      {Record(15, WIREHOUND_DNS_DATA_MX, &mx), "mx"},
      {Record(6, WIREHOUND_DNS_DATA_SOA, &soa), "soa"},
      {Record(33, WIREHOUND_DNS_DATA_SRV, &srv), "srv"},
      {Record(256, WIREHOUND_DNS_DATA_URI, &uri), "uri"},
      {Record(41, WIREHOUND_DNS_DATA_OPT, &options), "opt"},
      {Record(2, WIREHOUND_DNS_DATA_NONE, nullptr), "none"},
      {Record(999, 77, &name), "none"},  // of a kind that a later minor may bring
  };
  for (const Case& c : cases) {
    CheckEmptyBut(DnsRecord(c.record), c.accessor);
  }
}

TEST_CASE("views: the data of a DNS record, member by member") {
  const wirehound_dns_soa soa = {FromView("m"), FromView("r"), 1, 2, 3, 4, 5, 0};
  const wirehound_dns_record soa_record = Record(6, WIREHOUND_DNS_DATA_SOA, &soa);
  const DnsSoa read = DnsRecord(soa_record).soa();
  CHECK(read.mname == "m");
  CHECK(read.rname == "r");
  CHECK(read.serial == 1);
  CHECK(read.refresh == 2);
  CHECK(read.retry == 3);
  CHECK(read.expire == 4);
  CHECK(read.minimum == 5);

  const wirehound_dns_srv srv = {FromView("sip"), 1, 2, 5060, 0};
  const wirehound_dns_record srv_record = Record(33, WIREHOUND_DNS_DATA_SRV, &srv);
  CHECK(DnsRecord(srv_record).srv().priority == 1);
  CHECK(DnsRecord(srv_record).srv().weight == 2);
  CHECK(DnsRecord(srv_record).srv().port == 5060);
}

TEST_CASE("views: a DNS message gives its sections and its numbers") {
  const wirehound_dns_record records[] = {Record(1, 0, nullptr), Record(2, 0, nullptr)};
  const wirehound_dns_question question = {FromView("q"), 15, 1, 0};
  wirehound_dns message{};
  message.id = 7;
  message.rcode = 3;
  message.questions = {&question, 1, sizeof(question)};
  message.answers = {records, 2, sizeof(records[0])};
  message.additionals = {records, 1, sizeof(records[0])};
  const Dns dns(message);
  CHECK(dns->id == 7);
  CHECK(dns->rcode == 3);
  CHECK(dns.questions().size() == 1);
  CHECK(dns.answers().size() == 2);
  CHECK(dns.authorities().empty());
  CHECK((*dns.additionals().begin()).type() == 1);
}

TEST_CASE("views: packet metadata") {
  wirehound_packet_metadata metadata{};
  metadata.src_port = 53;
  metadata.src_ip.family = WIREHOUND_FAMILY_IPV4;
  metadata.iface = FromView("eth0");
  const PacketMetadata view(metadata);
  CHECK(view->src_port == 53);
  CHECK(view.src_ip().is_ipv4());
  CHECK(view.dst_ip().size() == 0);
  CHECK(view.iface() == "eth0");
}

}  // namespace
}  // namespace wirehound::test
