// SPDX-License-Identifier: Apache-2.0

// The cost of the JSON of an event, by kind and size of its message. Bytes per second are of JSON.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/catalogue.h"
#include "engine/event/event.h"
#include "engine/outputs/event_json.h"
#include "engine/outputs/json_buffer.h"
#include "probes/capture/record.h"

namespace wirehound {
namespace {

wirehound_string View(std::string_view text) { return {text.data(), text.size()}; }

template <typename T>
wirehound_list List(const std::vector<T>& elements) {
  return {elements.data(), static_cast<std::uint32_t>(elements.size()), sizeof(T)};
}

// A packet event of the catalogue that carries `message` last.
class PacketSample {
 public:
  PacketSample(BaseEventId id, const void* message) {
    metadata_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
    metadata_.packet_len = 512;
    metadata_.src_ip = {{10, 1, 22, 233}, WIREHOUND_FAMILY_IPV4, {}};
    metadata_.dst_ip = {{192, 0, 2, 53}, WIREHOUND_FAMILY_IPV4, {}};
    metadata_.src_port = 53;
    metadata_.dst_port = 41'234;
    metadata_.iface = View("any");
    event_.definition = catalogue_.Find(id);
    for (const EventField& field : event_.definition->fields) {
      fields_.push_back({field.type, 0, ValueOf(field.name, message)});
    }
    event_.view.struct_size = kEventViewSize;
    event_.view.event_id = id;
    event_.view.timestamp_ns = 1'700'000'000'123'456'789;
    event_.view.process = &UnknownProcess();
    event_.view.fields = fields_.data();
    event_.view.field_count = static_cast<std::uint32_t>(fields_.size());
  }
  PacketSample(const PacketSample&) = delete;
  PacketSample& operator=(const PacketSample&) = delete;

  wirehound_event& view() { return event_.view; }
  const Event& event() const { return event_; }

 private:
  wirehound_value ValueOf(std::string_view field, const void* message) const {
    if (field == "src_port" || field == "dst_port") {
      return {.unsigned_integer = field == "src_port" ? metadata_.src_port : metadata_.dst_port};
    }
    return {.message = field == "src"        ? &metadata_.src_ip
                       : field == "dst"      ? &metadata_.dst_ip
                       : field == "metadata" ? &metadata_
                                             : message};
  }

  Catalogue catalogue_;
  wirehound_packet_metadata metadata_{};
  std::vector<wirehound_field> fields_;
  Event event_;
};

// A response to one question with so many answers of types A and AAAA, as an ordinary name has.
class DnsSample {
 public:
  explicit DnsSample(std::int64_t answer_count) {
    questions_ = {{View(name_), 1, 1, 0}};
    const auto count = static_cast<std::size_t>(answer_count);
    addresses_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const bool ipv4 = i % 2 == 0;
      addresses_[i] = {
          {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd},
          static_cast<std::uint8_t>(ipv4 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6),
          {}};
      wirehound_dns_record record{};
      record.name = View(name_);
      record.type = ipv4 ? 1 : 28;
      record.rclass = 1;
      record.ttl = 300;
      record.data_kind = WIREHOUND_DNS_DATA_ADDRESS;
      record.data = &addresses_[i];
      answers_.push_back(record);
    }
    dns_.qr = dns_.rd = dns_.ra = 1;
    dns_.id = 0xabcd;
    dns_.qd_count = 1;
    dns_.an_count = static_cast<std::uint16_t>(count);
    dns_.questions = List(questions_);
    dns_.answers = List(answers_);
  }

  const wirehound_dns& message() const { return dns_; }

 private:
  std::string name_ = "cdn-17.assets.example.com";
  std::vector<wirehound_dns_question> questions_;
  std::vector<wirehound_address> addresses_;
  std::vector<wirehound_dns_record> answers_;
  wirehound_dns dns_{};
};

void Measure(benchmark::State& state, const Event& event) {
  EventJson json;
  JsonBuffer buffer(4096);
  std::int64_t bytes = 0;
  for (auto _ : state) {
    buffer.Clear();
    json.Append(buffer, event);
    bytes += static_cast<std::int64_t>(buffer.text().size());
    benchmark::DoNotOptimize(buffer.end());
  }
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(state.iterations());
}

void DnsEvent(benchmark::State& state) {
  const DnsSample dns(state.range(0));
  const PacketSample packet(kNetPacketDns, &dns.message());
  Measure(state, packet.event());
}
BENCHMARK(DnsEvent)->ArgName("answers")->Arg(0)->Arg(1)->Arg(5)->Arg(20);

void TcpEvent(benchmark::State& state) {
  wirehound_tcp tcp{};
  tcp.src_port = 443;
  tcp.dst_port = 41'234;
  tcp.seq = 3'000'000'000;
  tcp.ack = 1'234'567;
  tcp.data_offset = 8;
  tcp.ack_flag = 1;
  tcp.window = 64'240;
  tcp.checksum = 0xbeef;
  const PacketSample packet(kNetPacketTcp, &tcp);
  Measure(state, packet.event());
}
BENCHMARK(TcpEvent);

// As a browser asks for a page.
void HttpRequestEvent(benchmark::State& state) {
  const std::vector<wirehound_http_header> headers = {
      {View("User-Agent"), View("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
                                "Firefox/128.0")},
      {View("Accept"), View("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")},
      {View("Accept-Language"), View("en-GB,en;q=0.5")},
      {View("Accept-Encoding"), View("gzip, deflate, br")},
      {View("Connection"), View("keep-alive")},
      {View("Referer"), View("http://www.example.com/index.html")},
      {View("Cookie"), View("session=0123456789abcdef0123456789abcdef; theme=dark")},
      {View("Cookie"), View("consent=yes")}};
  wirehound_http http{};
  http.kind = WIREHOUND_HTTP_REQUEST;
  http.protocol = View("HTTP/1.1");
  http.method = View("GET");
  http.host = View("www.example.com");
  http.uri_path = View("/articles/2024/some-long-title");
  http.query = View("page=2&sort=\"date\"");
  http.content_length = -1;
  http.headers = List(headers);
  const PacketSample packet(kNetPacketHttp, &http);
  Measure(state, packet.event());
}
BENCHMARK(HttpRequestEvent);

// Packets of that many processes in turn, as on a live host.
void ManyProcesses(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::vector<wirehound_process> processes(count, UnknownProcess());
  for (std::size_t i = 0; i < count; ++i) {
    wirehound_process& process = processes[i];
    process.host_tid = process.host_pid = process.tid = process.pid =
        static_cast<std::int32_t>(1000 + 7 * i);
    process.comm = View("worker");
    process.executable = View("/usr/lib/application/bin/worker");
    process.host_name = View("host-1");
  }
  wirehound_udp udp{};
  PacketSample packet(kNetPacketUdp, &udp);
  EventJson json;
  JsonBuffer buffer(4096);
  std::size_t next = 0;
  for (auto _ : state) {
    buffer.Clear();
    packet.view().process = &processes[next];
    json.Append(buffer, packet.event());
    next = next + 1 == count ? 0 : next + 1;
    benchmark::DoNotOptimize(buffer.end());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ManyProcesses)->ArgName("processes")->Arg(1)->Arg(16)->Arg(1000);

}  // namespace
}  // namespace wirehound
