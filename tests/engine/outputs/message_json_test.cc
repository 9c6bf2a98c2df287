// SPDX-License-Identifier: Apache-2.0

// Messages as JSON: every member in the published order, also with a zero value.

#include "engine/outputs/message_json.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <wirehound/abi/messages.h>

#include "decoders/core/protocol_text.h"
#include "decoders/http/http_sink.h"
#include "engine/catalogue/message_schema.h"
#include "engine/outputs/json_buffer.h"
#include "tests/engine/support/json.h"

namespace wirehound::test {
namespace message_json_test {

using test::Json;

// The object with all zero values that stands for data that a DNS record does not have.
constexpr const char* kNoData =
    R"("IP":"","NS":"","CNAME":"","PTR":"","TXTs":null,"SOA":{"MName":"","RName":"",)"
    R"("serial":0,"refresh":0,"retry":0,"expire":0,"minimum":0},"SRV":{"priority":0,)"
    R"("weight":0,"port":0,"name":""},"MX":{"preference":0,"name":""},"OPT":[],)"
    R"("URI":{"priority":0,"weight":0,"target":""},"TXT":"")";

std::string Text(const MessageSchema& schema, const void* message) {
  MessageJsonSet set;
  JsonBuffer buffer(0);
  buffer.Commit(set.Find(schema).Write(buffer, buffer.end(), message));
  return std::string(buffer.text());
}

wirehound_string View(std::string_view text) { return {text.data(), text.size()}; }

// The only answer of a DNS message that consists of `record`.
Json Answer(const wirehound_dns_record& record) {
  wirehound_dns dns{};
  dns.answers = {&record, 1, sizeof(record)};
  return Json::parse(Text(kDnsSchema, &dns))["answers"][0];
}

wirehound_dns_record Record(std::uint16_t type, std::uint32_t kind, const void* data) {
  wirehound_dns_record record{};
  record.type = type;
  record.rclass = 1;
  record.data_kind = kind;
  record.data = data;
  return record;
}

// The value of a field of an event. `schema` describes its message and is null for a scalar.
std::string FieldValue(std::uint32_t type, const MessageSchema* schema,
                       const wirehound_value& value) {
  MessageJsonSet set;
  JsonBuffer buffer(0);
  MessageJson* message = schema == nullptr ? nullptr : &set.Find(*schema);
  buffer.Commit(WriteFieldValue(buffer, buffer.end(), type, message, value));
  return std::string(buffer.text());
}

TEST_CASE("message json: the header of each protocol has every member in order") {
  wirehound_ipv4 ipv4{};
  ipv4.version = 4;
  ipv4.ihl = 5;
  ipv4.protocol = 6;
  ipv4.length = 60;
  ipv4.src_ip = {{10, 0, 0, 1}, WIREHOUND_FAMILY_IPV4, {}};
  CHECK(Text(kIpv4Schema, &ipv4) ==
        R"({"version":4,"IHL":5,"TOS":0,"length":60,"id":0,"flags":0,"fragOffset":0,"TTL":0,)"
        R"("protocol":"TCP","checksum":0,"srcIP":"10.0.0.1","dstIP":""})");

  wirehound_ipv6 ipv6{};
  ipv6.version = 6;
  ipv6.next_header = 58;
  ipv6.flow_label = 0xfffff;
  ipv6.dst_ip.bytes[15] = 1;
  ipv6.dst_ip.family = WIREHOUND_FAMILY_IPV6;
  CHECK(Text(kIpv6Schema, &ipv6) ==
        R"({"version":6,"trafficClass":0,"flowLabel":1048575,"length":0,"nextHeader":"ICMPv6",)"
        R"("hopLimit":0,"srcIP":"","dstIP":"::1"})");

  wirehound_tcp tcp{};
  tcp.src_port = 65535;
  tcp.seq = 4294967295;
  tcp.syn_flag = 1;
  CHECK(Text(kTcpSchema, &tcp) ==
        R"({"srcPort":65535,"dstPort":0,"seq":4294967295,"ack":0,"dataOffset":0,"FIN":0,"SYN":1,)"
        R"("RST":0,"PSH":0,"ACK":0,"URG":0,"ECE":0,"CWR":0,"NS":0,"window":0,"checksum":0,)"
        R"("urgent":0})");

  wirehound_udp udp{};
  udp.dst_port = 53;
  CHECK(Text(kUdpSchema, &udp) == R"({"srcPort":0,"dstPort":53,"length":0,"checksum":0})");
}

TEST_CASE("message json: a missing message is an object with all zero values") {
  CHECK(Text(kUdpSchema, nullptr) == R"({"srcPort":0,"dstPort":0,"length":0,"checksum":0})");
  CHECK(Text(kDnsSchema, nullptr).find(R"("questions":[],"answers":[])") != std::string::npos);
  CHECK(Json::accept(Text(kIpv4Schema, nullptr)));
}

TEST_CASE("message json: data that a DNS record does not have is there as zero values") {
  const wirehound_dns_record record = Record(999, WIREHOUND_DNS_DATA_NONE, nullptr);
  CHECK(Answer(record).dump() ==
        R"({"name":"","type":"TYPE999","class":"IN","TTL":0,)" + std::string(kNoData) + "}");
}

TEST_CASE("message json: the data of a DNS record appears under its own type alone") {
  const wirehound_string name = View("ns.example.com");
  CHECK(Answer(Record(2, WIREHOUND_DNS_DATA_NAME, &name))["NS"] == "ns.example.com");
  CHECK(Answer(Record(5, WIREHOUND_DNS_DATA_NAME, &name))["CNAME"] == "ns.example.com");
  CHECK(Answer(Record(5, WIREHOUND_DNS_DATA_NAME, &name))["NS"] == "");
  CHECK(Answer(Record(12, WIREHOUND_DNS_DATA_NAME, &name))["PTR"] == "ns.example.com");

  const wirehound_dns_mx mx = {View("mx.example.com"), 10, {}};
  const Json mx_record = Answer(Record(15, WIREHOUND_DNS_DATA_MX, &mx));
  CHECK(mx_record["MX"].dump() == R"({"preference":10,"name":"mx.example.com"})");
  CHECK(mx_record["SRV"]["name"] == "");

  const wirehound_dns_srv srv = {View("sip"), 1, 2, 5060, 0};
  CHECK(Answer(Record(33, WIREHOUND_DNS_DATA_SRV, &srv))["SRV"].dump() ==
        R"({"priority":1,"weight":2,"port":5060,"name":"sip"})");
  const wirehound_dns_uri uri = {View("http://x"), 1, 2, 0};
  CHECK(Answer(Record(256, WIREHOUND_DNS_DATA_URI, &uri))["URI"].dump() ==
        R"({"priority":1,"weight":2,"target":"http://x"})");
  const wirehound_dns_soa soa = {View("m"), View("r"), 1, 2, 3, 4, 5, 0};
  CHECK(Answer(Record(6, WIREHOUND_DNS_DATA_SOA, &soa))["SOA"].dump() ==
        R"({"MName":"m","RName":"r","serial":1,"refresh":2,"retry":3,"expire":4,"minimum":5})");
  const wirehound_address address = {{192, 0, 2, 1}, WIREHOUND_FAMILY_IPV4, {}};
  CHECK(Answer(Record(1, WIREHOUND_DNS_DATA_ADDRESS, &address))["IP"] == "192.0.2.1");
}

TEST_CASE("message json: texts of a DNS record are a list and also one raw string") {
  const wirehound_string texts[] = {View("v=spf1"), View("")};
  const wirehound_list list = {texts, 2, sizeof(wirehound_string)};
  wirehound_dns_record record = Record(16, WIREHOUND_DNS_DATA_TEXT, &list);
  const std::uint8_t raw[] = {6, 'v', '=', 's', 'p', 'f', '1', 0};
  record.rdata = {raw, sizeof(raw)};
  const Json json = Answer(record);
  CHECK(json["TXTs"].dump() == R"(["v=spf1",""])");
  CHECK(json["TXT"] == std::string("\x06v=spf1\0", 8));
}

TEST_CASE("message json: options of an OPT record have the name of their code and their bytes") {
  const std::uint8_t data[] = {0xde, 0xad};
  const wirehound_dns_option options[] = {{{data, 2}, 3, {}}, {{nullptr, 0}, 65001, {}}};
  const wirehound_list list = {options, 2, sizeof(wirehound_dns_option)};
  CHECK(Answer(Record(41, WIREHOUND_DNS_DATA_OPT, &list))["OPT"].dump() ==
        R"([{"code":"NSID","data":"dead"},{"code":"Unknown","data":""}])");
}

TEST_CASE("message json: list elements longer than known are walked by their stride") {
  struct Longer {
    wirehound_dns_question known;
    std::uint64_t later;
  };
  const Longer questions[] = {{{View("a"), 1, 1, 0}, 1}, {{View("b"), 28, 1, 0}, 2}};
  wirehound_dns dns{};
  dns.questions = {questions, 2, sizeof(Longer)};
  CHECK(Json::parse(Text(kDnsSchema, &dns))["questions"].dump() ==
        R"([{"name":"a","type":"A","class":"IN"},{"name":"b","type":"AAAA","class":"IN"}])");
}

TEST_CASE("message json: names from the wire cannot break out of their string") {
  const wirehound_string name = View("\",\"QR\":1,\"x\":\"\n\xff");
  const Json json = Answer(Record(2, WIREHOUND_DNS_DATA_NAME, &name));
  CHECK(json["NS"] == "\",\"QR\":1,\"x\":\"\n\xef\xbf\xbd");
}

TEST_CASE("message json: field values of every scalar type are written") {
  const auto value = [](std::uint32_t type, const wirehound_value& v) {
    return FieldValue(type, nullptr, v);
  };
  CHECK(value(WIREHOUND_TYPE_BOOL, {.unsigned_integer = 1}) == "true");
  CHECK(value(WIREHOUND_TYPE_INT32, {.signed_integer = -5}) == "-5");
  CHECK(value(WIREHOUND_TYPE_INT64, {.signed_integer = INT64_MIN}) == "-9223372036854775808");
  CHECK(value(WIREHOUND_TYPE_UINT16, {.unsigned_integer = 65535}) == "65535");
  CHECK(value(WIREHOUND_TYPE_UINT64, {.unsigned_integer = UINT64_MAX}) == "18446744073709551615");
  CHECK(value(WIREHOUND_TYPE_DOUBLE, {.real = 0.5}) == "0.5");
  CHECK(value(WIREHOUND_TYPE_STRING, {.text = View("a\"")}) == R"("a\"")");
  const std::uint8_t bytes[] = {1, 0xfe};
  CHECK(value(WIREHOUND_TYPE_BYTES, {.bytes = {bytes, 2}}) == R"("01fe")");
  const wirehound_string texts[] = {View("a"), View("b")};
  CHECK(value(WIREHOUND_TYPE_STRING_LIST, {.list = {texts, 2, sizeof(texts[0])}}) ==
        R"(["a","b"])");
  const wirehound_address none{};
  CHECK(value(WIREHOUND_TYPE_ADDRESS, {.message = &none}) == R"("")");
}

TEST_CASE("message json: fields that are lists of messages are arrays of objects") {
  const wirehound_dns_question questions[] = {{View("a"), 1, 1, 0}, {View("b"), 28, 1, 0}};
  constexpr MemberSchema kMembers[] = {
      {.name = "query", .kind = MemberKind::kString, .offset = 0},
      {.name = "query_type",
       .kind = MemberKind::kText16,
       .offset = offsetof(wirehound_dns_question, type),
       .text = DnsTypeText},
  };
  const MessageSchema schema = {"trace.Question", kMembers};
  const auto text = [&schema](std::uint32_t type, const wirehound_list& list) {
    return FieldValue(type, &schema, {.list = list});
  };
  const wirehound_list list = {questions, 2, sizeof(questions[0])};
  for (const std::uint32_t type : {WIREHOUND_TYPE_DNS_QUESTIONS, WIREHOUND_TYPE_DNS_RESPONSES}) {
    CHECK(text(type, list) ==
          R"([{"query":"a","query_type":"A"},{"query":"b","query_type":"AAAA"}])");
    CHECK(text(type, {}) == "[]");
  }
}

// A message with one member of the kind under test.
template <typename T>
struct OneMember {
  T value;

  std::string As(MemberSchema member) const {
    member.name = "m";
    const MessageSchema schema = {"trace.Test", {&member, 1}};
    return Text(schema, &value);
  }
};

TEST_CASE("message json: 64-bit numbers keep their sign and their last digit") {
  constexpr MemberSchema kMember = {.name = "", .kind = MemberKind::kInt64};
  CHECK(OneMember<std::int64_t>{-1}.As(kMember) == R"({"m":-1})");
  CHECK(OneMember<std::int64_t>{INT64_MAX}.As(kMember) == R"({"m":9223372036854775807})");
  CHECK(OneMember<std::int64_t>{INT64_MIN}.As(kMember) == R"({"m":-9223372036854775808})");
}

TEST_CASE("message json: a list of numbers is an array of their texts") {
  constexpr MemberSchema kMember = {
      .name = "", .kind = MemberKind::kTextList16, .text = DnsTypeText};
  const std::uint16_t types[] = {1, 28, 999};
  CHECK(OneMember<wirehound_list>{{types, 3, sizeof(types[0])}}.As(kMember) ==
        R"({"m":["A","AAAA","TYPE999"]})");
  CHECK(OneMember<wirehound_list>{}.As(kMember) == R"({"m":[]})");
}

std::string HeaderMap(const std::vector<wirehound_http_header>& headers) {
  constexpr MemberSchema kMember = {.name = "", .kind = MemberKind::kHeaderMap};
  const auto count = static_cast<std::uint32_t>(headers.size());
  return OneMember<wirehound_list>{{headers.data(), count, sizeof(headers[0])}}.As(kMember);
}

TEST_CASE("message json: headers are grouped by name, with the values in the order of the wire") {
  CHECK(HeaderMap({}) == R"({"m":{}})");
  CHECK(HeaderMap({{View("Accept"), View("*/*")}}) == R"({"m":{"Accept":["*/*"]}})");
  CHECK(HeaderMap({{View("Via"), View("2")},
                   {View("Accept"), View("b")},
                   {View("Via"), View("1")},
                   {View("Accept"), View("a")},
                   {View("A"), View("")},
                   {View("Via"), View("1")}}) ==
        R"({"m":{"A":[""],"Accept":["b","a"],"Via":["2","1","1"]}})");
}

TEST_CASE("message json: header names differ by any byte and are sorted by bytes") {
  CHECK(HeaderMap({{View("Content-Type"), View("1")},
                   {View("Content-Length"), View("2")},
                   {View("Content-"), View("3")},
                   {View(""), View("4")},
                   {View(std::string_view("Content-\0", 9)), View("5")},
                   {View("\xc3\xa9"), View("6")}}) ==
        R"({"m":{"":["4"],"Content-":["3"],"Content-\u0000":["5"],"Content-Length":["2"],)"
        "\"Content-Type\":[\"1\"],\"\xc3\xa9\":[\"6\"]}}");
}

TEST_CASE("message json: the most headers that a message may have are written, in any order") {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMaxHttpHeaders; ++i) {
    names.push_back("N" + std::to_string(i * 149 % kMaxHttpHeaders / 2));  // each one twice
  }
  std::vector<wirehound_http_header> headers;
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    headers.push_back({View(names[i]), View(names[names.size() - 1 - i])});
    std::string& list = values[names[i]];
    list += (list.empty() ? "\"" : ",\"") + names[names.size() - 1 - i] + "\"";
  }
  std::string expected;
  for (const auto& [name, list] : values) {
    expected += (expected.empty() ? "\"" : ",\"") + name + "\":[" + list + "]";
  }
  expected = "{\"m\":{" + expected + "}}";
  CHECK(HeaderMap(headers) == expected);
  headers.push_back({View("more"), View("than that")});
  CHECK(HeaderMap(headers) == expected);
}

struct Sample {
  std::uint8_t uint8;
  std::uint16_t uint16;
  std::uint32_t uint32;
  std::int64_t int64;
  wirehound_string text;
  wirehound_bytes bytes;
  wirehound_address address;
  wirehound_list list;
  wirehound_dns_mx mx;
};

constexpr MemberSchema Optional(std::string_view name, MemberKind kind, std::size_t offset) {
  return {.name = name,
          .kind = kind,
          .offset = offset,
          .text = kind == MemberKind::kText8 ? DirectionText : DnsTypeText,
          .omit_absent = true};
}

constexpr MemberSchema kMxMembers[] = {
    {.name = "pref", .kind = MemberKind::kUint16, .offset = offsetof(wirehound_dns_mx, preference)},
    {.name = "name", .kind = MemberKind::kString, .offset = offsetof(wirehound_dns_mx, name)},
};
constexpr MessageSchema kMxSchema = {"trace.Mx", kMxMembers};

constexpr MemberSchema kSampleMembers[] = {
    Optional("uint8", MemberKind::kUint8, offsetof(Sample, uint8)),
    Optional("text8", MemberKind::kText8, offsetof(Sample, uint8)),
    Optional("uint16", MemberKind::kUint16, offsetof(Sample, uint16)),
    Optional("text16", MemberKind::kText16, offsetof(Sample, uint16)),
    Optional("uint32", MemberKind::kUint32, offsetof(Sample, uint32)),
    Optional("int64", MemberKind::kInt64, offsetof(Sample, int64)),
    Optional("string", MemberKind::kString, offsetof(Sample, text)),
    Optional("raw", MemberKind::kRawString, offsetof(Sample, bytes)),
    Optional("hex", MemberKind::kHex, offsetof(Sample, bytes)),
    Optional("address", MemberKind::kAddress, offsetof(Sample, address)),
    Optional("texts", MemberKind::kTextList16, offsetof(Sample, list)),
    {.name = "mx",
     .kind = MemberKind::kMessage,
     .offset = offsetof(Sample, mx),
     .message = &kMxSchema,
     .omit_absent = true},
};
constexpr MessageSchema kSampleSchema = {"trace.Sample", kSampleMembers};

TEST_CASE("message json: members added later are left out only when zero or empty") {
  Sample sample{};
  const auto text = [&sample] { return Text(kSampleSchema, &sample); };
  CHECK(text() == "{}");
  CHECK(Text(kSampleSchema, nullptr) == "{}");
  SUBCASE("numbers") {
    sample.uint8 = 1;
    sample.uint16 = 28;
    sample.uint32 = 0x10000;
    sample.int64 = INT64_C(1) << 32;
    CHECK(text() == R"({"uint8":1,"text8":"ingress","uint16":28,"text16":"AAAA",)"
                    R"("uint32":65536,"int64":4294967296})");
  }
  SUBCASE("texts and bytes") {
    sample.text = View("t");
    const std::uint8_t bytes[] = {'b'};
    sample.bytes = {bytes, 1};
    CHECK(text() == R"({"string":"t","raw":"b","hex":"62"})");
  }
  SUBCASE("an address, also the unspecified one") {
    sample.address.family = WIREHOUND_FAMILY_IPV4;
    CHECK(text() == R"({"address":"0.0.0.0"})");
  }
  SUBCASE("a list") {
    const std::uint16_t types[] = {1};
    sample.list = {types, 1, sizeof(types[0])};
    CHECK(text() == R"({"texts":["A"]})");
  }
  SUBCASE("a message with any member set") {
    sample.mx.name = View("m");
    CHECK(text() == R"({"mx":{"pref":0,"name":"m"}})");
  }
}

TEST_CASE("message json: a member added later is left out when its locate function finds nothing") {
  struct Owner {
    const std::uint16_t* value;
  };
  const MemberSchema members[] = {
      {.name = "before",
       .kind = MemberKind::kUint8,
       .locate = [](const void*) -> const void* { return nullptr; }},
      {.name = "added",
       .kind = MemberKind::kUint16,
       .locate = [](const void* owner) -> const void* {
         return static_cast<const Owner*>(owner)->value;
       },
       .omit_absent = true},
      {.name = "after",
       .kind = MemberKind::kUint8,
       .locate = [](const void*) -> const void* { return nullptr; }},
  };
  const MessageSchema schema = {"trace.Owner", members};
  const std::uint16_t zero = 0;
  const Owner with = {&zero};
  const Owner without = {nullptr};
  CHECK(Text(schema, &with) == R"({"before":0,"added":0,"after":0})");
  CHECK(Text(schema, &without) == R"({"before":0,"after":0})");
  CHECK(Text(schema, nullptr) == R"({"before":0,"after":0})");
}

TEST_CASE("message json: a missing member of each kind has the value for its kind") {
  const auto absent = [](MemberKind kind) {
    MemberSchema member = {
        .name = "", .kind = kind, .locate = [](const void*) -> const void* { return nullptr; }};
    member.message = &kMxSchema;
    return OneMember<std::uint8_t>{}.As(member);
  };
  CHECK(absent(MemberKind::kInt64) == R"({"m":0})");
  CHECK(absent(MemberKind::kText16) == R"({"m":""})");
  CHECK(absent(MemberKind::kHex) == R"({"m":""})");
  CHECK(absent(MemberKind::kStringList) == R"({"m":null})");
  CHECK(absent(MemberKind::kTextList16) == R"({"m":[]})");
  CHECK(absent(MemberKind::kHeaderMap) == R"({"m":{}})");
  CHECK(absent(MemberKind::kMessageList) == R"({"m":[]})");
  CHECK(absent(MemberKind::kMessage) == R"({"m":{"pref":0,"name":""}})");
}

TEST_CASE("message json: the text of a number is the same from the cache") {
  // Cached texts, a text too long for the cache, and numbers above the cached range.
  const NumberText text = [](std::uint64_t value, TextBuffer& scratch) -> std::string_view {
    return value == 1 ? std::string_view("a \"text\" that is too long for what is kept of a number")
                      : DnsTypeText(value, scratch);
  };
  NumberTexts texts(text);
  const auto ask = [&texts](std::uint64_t value) {
    JsonBuffer buffer(0);
    buffer.Commit(texts.Write(buffer, buffer.end(), value));
    return std::string(buffer.text());
  };
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    CHECK(ask(28) == R"("AAAA")");
    CHECK(ask(1) == R"("a \"text\" that is too long for what is kept of a number")");
    CHECK(ask(511) == R"("TYPE511")");
    CHECK(ask(512) == R"("TYPE512")");
    CHECK(ask(65535) == R"("TYPE65535")");
  }
}

TEST_CASE("message json: members of one kind use their own number texts") {
  constexpr MemberSchema kMembers[] = {
      {.name = "type", .kind = MemberKind::kText8, .offset = 0, .text = DnsTypeText},
      {.name = "direction", .kind = MemberKind::kText8, .offset = 0, .text = DirectionText},
      {.name = "again", .kind = MemberKind::kText8, .offset = 0, .text = DnsTypeText},
  };
  const MessageSchema schema = {"trace.Test", kMembers};
  const std::uint8_t value = 1;
  CHECK(Text(schema, &value) == R"({"type":"A","direction":"ingress","again":"A"})");
}

TEST_CASE("message json: the shape of a DNS record decides which of its members are there") {
  // Tries every type with every kind of data, and compares with a writer that asks each member.
  MessageSchema schema;
  for (const MemberSchema& member : kDnsSchema.members) {
    schema = member.name == "answers" ? *member.message : schema;
  }
  REQUIRE((schema.shape != nullptr));
  MessageSchema asking = schema;
  asking.shape = nullptr;
  MessageJsonSet set;
  alignas(8) const std::uint8_t zeros[256] = {};  // data of any kind
  for (std::uint16_t type = 0; type < 300; ++type) {
    for (std::uint32_t kind = 0; kind <= WIREHOUND_DNS_DATA_SSHFP + 1; ++kind) {
      const void* data = kind == WIREHOUND_DNS_DATA_NONE ? nullptr : zeros;
      const wirehound_dns_record record = Record(type, kind, data);
      JsonBuffer by_shape(0);
      JsonBuffer by_asking(0);
      by_shape.Commit(set.Find(schema).Write(by_shape, by_shape.end(), &record));
      by_asking.Commit(set.Find(asking).Write(by_asking, by_asking.end(), &record));
      REQUIRE(by_shape.text() == by_asking.text());
    }
  }
}

TEST_CASE("message json: a schema with too few shapes still gives valid JSON") {
  const MemberSchema members[] = {
      {.name = "a", .kind = MemberKind::kUint8, .locate = [](const void* owner) -> const void* {
         return *static_cast<const std::uint8_t* const*>(owner);
       }}};
  const MessageSchema schema = {.type_name = "trace.Test",
                                .members = members,
                                .shape = [](const void*) { return std::uint64_t{1}; }};
  MessageJsonSet set;
  const std::uint8_t number = 5;
  for (const std::uint8_t* value : {&number, static_cast<const std::uint8_t*>(nullptr)}) {
    JsonBuffer buffer(0);
    buffer.Commit(set.Find(schema).Write(buffer, buffer.end(), &value));
    CHECK(buffer.text() == (value != nullptr ? R"({"a":5})" : R"({"a":null})"));
  }
}

TEST_CASE("message json: more located members than the bit set can hold are written") {
  struct Owner {
    const std::uint8_t* first;
    const std::uint8_t* other;
  };
  const MemberSchema::Locate find_first = [](const void* owner) -> const void* {
    return static_cast<const Owner*>(owner)->first;
  };
  const MemberSchema::Locate find_other = [](const void* owner) -> const void* {
    return static_cast<const Owner*>(owner)->other;
  };
  std::vector<MemberSchema> members(70, {.name = "m", .kind = MemberKind::kUint8});
  for (MemberSchema& member : members) {
    member.locate = find_other;
  }
  members.front().locate = find_first;
  const MessageSchema schema = {"trace.Many", members};
  MessageJsonSet set;
  const std::uint8_t value = 7;
  for (const std::uint8_t* first : {&value, static_cast<const std::uint8_t*>(nullptr), &value}) {
    const Owner owner = {first, nullptr};
    JsonBuffer buffer(0);
    buffer.Commit(set.Find(schema).Write(buffer, buffer.end(), &owner));
    CHECK(buffer.text().substr(0, 12) ==
          (first != nullptr ? R"({"m":7,"m":0)" : R"({"m":0,"m":0)"));
  }
}

TEST_CASE("message json: a text far larger than the first buffer is written whole") {
  const std::string long_name(100'000, '"');
  std::vector<wirehound_dns_question> questions(51, {View(long_name), 1, 1, 0});
  questions.back().name = View("end");
  wirehound_dns dns{};
  dns.questions = {questions.data(), 51, sizeof(questions[0])};
  const Json json = Json::parse(Text(kDnsSchema, &dns));
  REQUIRE(json["questions"].size() == 51);
  CHECK(json["questions"][49]["name"] == long_name);
  CHECK(json["questions"][50].dump() == R"({"name":"end","type":"A","class":"IN"})");
  CHECK(json["QR"] == 0);
}

}  // namespace message_json_test
}  // namespace wirehound::test
