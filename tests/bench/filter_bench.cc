// SPDX-License-Identifier: Apache-2.0

// The cost of a filter for one event: by kind of field, by number of values, and of several clauses
// at once. Each filter tests an event that passes, so it looks at all values.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"

namespace wirehound {
namespace {

wirehound_string View(std::string_view text) { return {text.data(), text.size()}; }

template <typename T>
wirehound_list List(const std::vector<T>& elements) {
  return {elements.data(), static_cast<std::uint32_t>(elements.size()), sizeof(T)};
}

// An event of the catalogue with addresses, ports, a process and a message.
class Sample {
 public:
  Sample(BaseEventId id, const void* message) : definition_(*catalogue_.Find(id)) {
    for (const EventField& field : definition_.fields) {
      wirehound_value value{.message = message};
      if (field.type == WIREHOUND_TYPE_ADDRESS) {
        value.message = &address_;
      } else if (field.type == WIREHOUND_TYPE_UINT16) {
        value.unsigned_integer = 443;
      }
      fields_.push_back({field.type, 0, value});
    }
    process_.uid = 1000;
    process_.host_pid = 42;
    process_.comm = View("curl");
    view_.process = &process_;
    view_.owner_source = WIREHOUND_OWNER_CURRENT;
    view_.fields = fields_.data();
    view_.field_count = static_cast<std::uint32_t>(fields_.size());
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  void Measure(benchmark::State& state, const std::vector<std::string>& data,
               const std::vector<std::string>& scope = {}) const {
    const Result<EventFilter> filter = EventFilter::Compile(definition_, data, scope, {});
    if (!filter || !filter->Matches(view_)) {
      state.SkipWithError(filter ? "does not pass" : filter.error().message().c_str());
      return;
    }
    for (auto _ : state) {
      benchmark::DoNotOptimize(&view_);
      benchmark::DoNotOptimize(filter->Matches(view_));
      benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
  }

 private:
  Catalogue catalogue_;
  const EventDefinition& definition_;
  wirehound_address address_ = {{10, 1, 22, 233}, WIREHOUND_FAMILY_IPV4, {}};
  wirehound_process process_{};
  std::vector<wirehound_field> fields_;
  wirehound_event view_{};
};

const Sample& Tcp() {
  static const wirehound_tcp tcp = [] {
    wirehound_tcp message{};
    message.syn_flag = 1;
    message.window = 64'240;
    return message;
  }();
  static const Sample sample(kNetPacketTcp, &tcp);
  return sample;
}

// A response with one question and `answers` answers, the last of which is an MX record.
class DnsMessage {
 public:
  explicit DnsMessage(std::size_t answers) : answers_(answers) {
    questions_ = {{View("www.example.com"), 1, 1, 0, {}}};
    mx_.preference = 10;
    mx_.name = View("mail.example.com");
    for (wirehound_dns_record& record : answers_) {
      record.name = View("www.example.com");
      record.type = 1;
    }
    answers_.back().type = 15;
    answers_.back().data_kind = WIREHOUND_DNS_DATA_MX;
    answers_.back().data = &mx_;
    dns_.questions = List(questions_);
    dns_.answers = List(answers_);
  }
  const wirehound_dns* message() const { return &dns_; }

 private:
  wirehound_dns_mx mx_{};
  std::vector<wirehound_dns_question> questions_;
  std::vector<wirehound_dns_record> answers_;
  wirehound_dns dns_{};
};

const Sample& Dns() {
  static const DnsMessage message(5);
  static const Sample sample(kNetPacketDns, message.message());
  return sample;
}

const Sample& Http() {
  static const std::vector<wirehound_http_header> headers = {
      {View("Accept"), View("*/*")},
      {View("Accept-Encoding"), View("gzip, deflate, br")},
      {View("Connection"), View("keep-alive")},
      {View("User-Agent"), View("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0")}};
  static const wirehound_http http = [] {
    wirehound_http message{};
    message.host = View("www.example.com");
    message.headers = List(headers);
    return message;
  }();
  static const Sample sample(kNetPacketHttpRequest, &http);
  return sample;
}

void Empty(benchmark::State& state) { Tcp().Measure(state, {}); }
BENCHMARK(Empty);

void Number(benchmark::State& state) { Tcp().Measure(state, {"dst_port=443"}); }
BENCHMARK(Number);

// That many values, far apart, of which the last applies.
void NumberList(benchmark::State& state) {
  std::string clause = "dst_port=";
  for (std::int64_t i = 1; i < state.range(0); ++i) {
    clause += std::to_string(1000 + 2 * i) + ",";
  }
  Tcp().Measure(state, {clause + "443"});
}
BENCHMARK(NumberList)->Arg(3)->Arg(30)->Arg(300);

void NumberInMessage(benchmark::State& state) { Tcp().Measure(state, {"proto_tcp.SYN=1"}); }
BENCHMARK(NumberInMessage);

void AddressBlock(benchmark::State& state) { Tcp().Measure(state, {"src=10.0.0.0/8"}); }
BENCHMARK(AddressBlock);

void FourFields(benchmark::State& state) {
  Tcp().Measure(state, {"src=10.0.0.0/8", "dst_port=443", "proto_tcp.SYN=1", "src_port!=22"});
}
BENCHMARK(FourFields);

void ScopeNumber(benchmark::State& state) { Tcp().Measure(state, {}, {"uid=1000"}); }
BENCHMARK(ScopeNumber);

void ScopeText(benchmark::State& state) { Tcp().Measure(state, {}, {"comm=curl,wget"}); }
BENCHMARK(ScopeText);

void QuestionName(benchmark::State& state) {
  Dns().Measure(state, {"proto_dns.questions.name=WWW.example.com"});
}
BENCHMARK(QuestionName);

void QuestionNameEnd(benchmark::State& state) {
  Dns().Measure(state, {"proto_dns.questions.name=*.example.com"});
}
BENCHMARK(QuestionNameEnd);

void QuestionNamePattern(benchmark::State& state) {
  Dns().Measure(state, {"proto_dns.questions.name~^(www|mail)\\."});
}
BENCHMARK(QuestionNamePattern);

// A number shown as text, of the last of five records.
void AnswerType(benchmark::State& state) { Dns().Measure(state, {"proto_dns.answers.type=MX"}); }
BENCHMARK(AnswerType);

void AnswerData(benchmark::State& state) {
  Dns().Measure(state, {"proto_dns.answers.MX.preference<=10"});
}
BENCHMARK(AnswerData);

void HttpHost(benchmark::State& state) {
  Http().Measure(state, {"http_request.host=www.example.com"});
}
BENCHMARK(HttpHost);

void HttpHeader(benchmark::State& state) {
  Http().Measure(state, {"http_request.headers.User-Agent=*Firefox*"});
}
BENCHMARK(HttpHeader);

}  // namespace
}  // namespace wirehound
