// SPDX-License-Identifier: Apache-2.0

// Fuzz target for filters. Beyond not crashing: the error for a bad filter quotes its text,
// a compiled filter gives the same answer twice about an event, and passes no event that
// has no fields unless it tests none.
// Input: an item of --events; behind the end of its line, if there is one, a clause of --scope.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

constexpr std::size_t kMostText = 256;  // a filter on the name of a number tries all numbers

wirehound_string View(std::string_view text) { return {text.data(), text.size()}; }

// One event of each kind, with something in most of its fields.
class Samples {
 public:
  Samples() {
    dns_.questions = {&question_, 1, sizeof(question_)};
    dns_.answers = {records_, 2, sizeof(records_[0])};
    http_.host = View("www.example.com");
    http_.headers = {&header_, 1, sizeof(header_)};
    process_.host_pid = 42;
    process_.comm = View("curl");
  }

  wirehound_event Of(const EventDefinition& definition) {
    fields_.clear();
    for (const EventField& field : definition.fields) {
      fields_.push_back({field.type, 0, ValueOf(field.type)});
    }
    wirehound_event event{};
    event.process = &process_;
    event.owner_source = WIREHOUND_OWNER_SOCKET;
    event.fields = fields_.data();
    event.field_count = static_cast<std::uint32_t>(fields_.size());
    return event;
  }

 private:
  wirehound_value ValueOf(std::uint32_t type) {
    switch (type) {
      case WIREHOUND_TYPE_STRING:
        return {.text = View("text")};
      case WIREHOUND_TYPE_STRING_LIST:
        return {.list = {&question_.name, 1, sizeof(question_.name)}};
      case WIREHOUND_TYPE_ADDRESS:
        return {.message = &address_};
      case WIREHOUND_TYPE_PACKET_METADATA:
        return {.message = &metadata_};
      case WIREHOUND_TYPE_IPV4:
        return {.message = &ipv4_};
      case WIREHOUND_TYPE_IPV6:
        return {.message = &ipv6_};
      case WIREHOUND_TYPE_TCP:
        return {.message = &tcp_};
      case WIREHOUND_TYPE_UDP:
        return {.message = &udp_};
      case WIREHOUND_TYPE_ICMP:
        return {.message = &icmp_};
      case WIREHOUND_TYPE_ICMPV6:
        return {.message = &icmpv6_};
      case WIREHOUND_TYPE_DNS:
        return {.message = &dns_};
      case WIREHOUND_TYPE_HTTP:
        return {.message = &http_};
      case WIREHOUND_TYPE_DNS_QUESTIONS:
        return {.list = {&question_, 1, sizeof(question_)}};
      case WIREHOUND_TYPE_DNS_RESPONSES:
        return {.list = {&response_, 1, sizeof(response_)}};
      default:
        return {.unsigned_integer = 443};
    }
  }

  wirehound_address address_ = {{10, 0, 0, 1}, WIREHOUND_FAMILY_IPV4, {}};
  wirehound_packet_metadata metadata_{};
  wirehound_ipv4 ipv4_{};
  wirehound_ipv6 ipv6_{};
  wirehound_tcp tcp_{};
  wirehound_udp udp_{};
  wirehound_icmp icmp_{};
  wirehound_icmpv6 icmpv6_{};
  wirehound_dns_question question_ = {View("www.example.com"), 1, 1, 0, {}};
  wirehound_dns_mx mx_ = {View("mail.example.com"), 10, {}};
  wirehound_dns_record records_[2] = {
      {View("a.example"), 15, 1, 60, WIREHOUND_DNS_DATA_MX, 0, {}, &mx_, {}},
      {View("b.example"), 1, 1, 60, WIREHOUND_DNS_DATA_ADDRESS, 0, {}, &address_, {}}};
  wirehound_dns_response response_ = {question_, {}};
  wirehound_dns dns_{};
  wirehound_http_header header_ = {View("Server"), View("nginx")};
  wirehound_http http_{};
  wirehound_process process_{};
  std::vector<wirehound_field> fields_;
};

const Catalogue& TheCatalogue() {
  static const Catalogue kCatalogue;
  return kCatalogue;
}

void Ask(const EventFilter& filter, const EventDefinition& definition) {
  Samples samples;
  const wirehound_event event = samples.Of(definition);
  WIREHOUND_FUZZ_CHECK(filter.Matches(event) == filter.Matches(event));
}

void CheckError(const Error& error) {
  WIREHOUND_FUZZ_CHECK(error.code() == ErrorCode::kInvalidInput);
  WIREHOUND_FUZZ_CHECK(error.message().substr(0, 8) == "filter '");
}

void TryEvent(std::string_view item) {
  const Result<UserFilter> parsed = ParseUserFilter(item, TheCatalogue());
  if (!parsed) {
    CheckError(parsed.error());
    return;
  }
  const std::vector<std::string> clause = {parsed->clause};
  const std::vector<std::string> none;
  const EventDefinition& definition = *parsed->event;
  const Result<EventFilter> filter =
      EventFilter::Compile(definition, parsed->is_scope ? none : clause,
                           parsed->is_scope ? clause : none, ScopeServices());
  if (!filter) {
    CheckError(filter.error());
    return;
  }
  Ask(*filter, definition);
  wirehound_process nobody{};
  wirehound_event nothing{};
  nothing.process = &nobody;
  WIREHOUND_FUZZ_CHECK(parsed->is_scope || !filter->Matches(nothing));
}

void TryScope(std::string_view text) {
  const std::string clauses[] = {std::string(text)};
  const Result<EventFilter> filter = EventFilter::CompileScope(clauses, ScopeServices());
  if (!filter) {
    CheckError(filter.error());
    return;
  }
  Ask(*filter, *TheCatalogue().Find(kNetPacketTcp));
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size > wirehound::kMostText) {
    return 0;
  }
  const std::size_t end = text.find('\n');
  static_cast<void>(wirehound::IsFilter(text));
  wirehound::TryEvent(text.substr(0, end));
  if (end != std::string_view::npos) {
    wirehound::TryScope(text.substr(end + 1));
  }
  return 0;
}
