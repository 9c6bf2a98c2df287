// SPDX-License-Identifier: Apache-2.0

// Messages as JSON: every member in the published order, zero values included.

#include "engine/outputs/message_json.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/message_schema.h"

namespace wirehound::test {
namespace {

using Json = nlohmann::ordered_json;

// The object of all zero values that stands for data a DNS record does not have.
constexpr const char* kNoData =
    R"("IP":"","NS":"","CNAME":"","PTR":"","TXTs":null,"SOA":{"MName":"","RName":"",)"
    R"("serial":0,"refresh":0,"retry":0,"expire":0,"minimum":0},"SRV":{"priority":0,)"
    R"("weight":0,"port":0,"name":""},"MX":{"preference":0,"name":""},"OPT":[],)"
    R"("URI":{"priority":0,"weight":0,"target":""},"TXT":"")";

std::string Text(const MessageSchema& schema, const void* message) {
  std::string out;
  AppendMessage(out, schema, message);
  return out;
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

TEST_CASE("message json: a header of each protocol, every member in its order") {
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

TEST_CASE("message json: a message that is not there is the object of its zero values") {
  CHECK(Text(kUdpSchema, nullptr) == R"({"srcPort":0,"dstPort":0,"length":0,"checksum":0})");
  CHECK(Text(kDnsSchema, nullptr).find(R"("questions":[],"answers":[])") != std::string::npos);
  CHECK(Json::accept(Text(kIpv4Schema, nullptr)));
}

TEST_CASE("message json: data that a DNS record does not have is present as zero values") {
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

TEST_CASE("message json: texts of a DNS record are a list and, raw, a string") {
  const wirehound_string texts[] = {View("v=spf1"), View("")};
  const wirehound_list list = {texts, 2, sizeof(wirehound_string)};
  wirehound_dns_record record = Record(16, WIREHOUND_DNS_DATA_TEXT, &list);
  const std::uint8_t raw[] = {6, 'v', '=', 's', 'p', 'f', '1', 0};
  record.rdata = {raw, sizeof(raw)};
  const Json json = Answer(record);
  CHECK(json["TXTs"].dump() == R"(["v=spf1",""])");
  CHECK(json["TXT"] == std::string("\x06v=spf1\0", 8));
}

TEST_CASE("message json: options of an OPT record have their code's name and their bytes") {
  const std::uint8_t data[] = {0xde, 0xad};
  const wirehound_dns_option options[] = {{{data, 2}, 3, {}}, {{nullptr, 0}, 65001, {}}};
  const wirehound_list list = {options, 2, sizeof(wirehound_dns_option)};
  CHECK(Answer(Record(41, WIREHOUND_DNS_DATA_OPT, &list))["OPT"].dump() ==
        R"([{"code":"NSID","data":"dead"},{"code":"Unknown","data":""}])");
}

TEST_CASE("message json: list elements longer than ours are stepped over by their stride") {
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

TEST_CASE("message json: field values of every scalar type") {
  const auto value = [](std::uint32_t type, const wirehound_value& v) {
    std::string out;
    AppendFieldValue(out, {"f", type, "", ""}, {type, 0, v});
    return out;
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

}  // namespace
}  // namespace wirehound::test
