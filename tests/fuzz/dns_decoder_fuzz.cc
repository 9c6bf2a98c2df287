// SPDX-License-Identifier: Apache-2.0

// Fuzz target for DNS messages. Beyond not crashing: everything the result points to is inside
// the input or the arena, limits hold, flags and status agree, and the result of a cut message
// is the beginning of the result of the whole one.
// Input: the message as it is, so that a seed is a payload from a capture.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/dns/dns_answer_text.h"
#include "decoders/dns/dns_decoder.h"
#include "decoders/dns/dns_name_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

// Small enough that a fuzzer finds the way to fill it.
constexpr std::size_t kArenaBytes = std::size_t{16} << 10;

template <typename T>
const T& At(const wirehound_list& list, std::uint32_t index) {
  return static_cast<const T*>(list.data)[index];
}

class Checker {
 public:
  Checker(CapturedBytes input, const Arena& arena)
      : input_(input.bytes), wire_size_(input.wire_size), arena_(arena) {}

  void Message(const wirehound_dns& dns, DecodeStatus status) const {
    const bool malformed = (dns.flags & WIREHOUND_DNS_MALFORMED) != 0;
    const bool truncated = (dns.flags & WIREHOUND_DNS_TRUNCATED) != 0;
    WIREHOUND_FUZZ_CHECK((status == DecodeStatus::kMalformed) == malformed);
    WIREHOUND_FUZZ_CHECK((status == DecodeStatus::kOk) == (!malformed && !truncated));
    WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kTruncated || truncated);
    WIREHOUND_FUZZ_CHECK((dns.flags & WIREHOUND_DNS_LIMIT) == 0 || truncated);
    WIREHOUND_FUZZ_CHECK((dns.flags & WIREHOUND_DNS_TRAILING) == 0 ||
                         (!truncated && dns.message_size < wire_size_));
    WIREHOUND_FUZZ_CHECK(dns.message_size <= input_.size());
    Section<wirehound_dns_question>(dns.questions, dns.qd_count, status);
    Section<wirehound_dns_record>(dns.answers, dns.an_count, status);
    Section<wirehound_dns_record>(dns.authorities, dns.ns_count, status);
    Section<wirehound_dns_record>(dns.additionals, dns.ar_count, status);
    const std::size_t entries = std::size_t{dns.questions.count} + dns.answers.count +
                                dns.authorities.count + dns.additionals.count;
    WIREHOUND_FUZZ_CHECK(entries <= kMaxDnsEntries);
    WIREHOUND_FUZZ_CHECK(entries * 5 <= input_.size());
  }

 private:
  template <typename Entry>
  void Section(const wirehound_list& section, std::uint16_t promised, DecodeStatus status) const {
    List<Entry>(section);
    WIREHOUND_FUZZ_CHECK(section.count <= promised);
    WIREHOUND_FUZZ_CHECK(section.count == promised || status != DecodeStatus::kOk);
    for (std::uint32_t i = 0; i < section.count; ++i) {
      Item(At<Entry>(section, i));
    }
  }

  template <typename T>
  void List(const wirehound_list& list) const {
    WIREHOUND_FUZZ_CHECK(list.stride == sizeof(T));
    WIREHOUND_FUZZ_CHECK(list.count == 0 || Allocated(list.data, list.count * sizeof(T)));
  }

  void Item(const wirehound_dns_question& question) const { Name(question.name); }

  void Item(const wirehound_dns_record& record) const {
    Name(record.name);
    Bytes(record.rdata.data, record.rdata.size);
    WIREHOUND_FUZZ_CHECK((record.data == nullptr) == (record.data_kind == WIREHOUND_DNS_DATA_NONE));
    switch (record.data_kind) {
      case WIREHOUND_DNS_DATA_NONE:
        break;
      case WIREHOUND_DNS_DATA_ADDRESS:
        WIREHOUND_FUZZ_CHECK(Data<wirehound_address>(record).family != WIREHOUND_FAMILY_NONE);
        break;
      case WIREHOUND_DNS_DATA_NAME:
        Name(Data<wirehound_string>(record));
        break;
      case WIREHOUND_DNS_DATA_TEXT:
        Items<wirehound_string>(Data<wirehound_list>(record));
        break;
      case WIREHOUND_DNS_DATA_SOA:
        Name(Data<wirehound_dns_soa>(record).mname);
        Name(Data<wirehound_dns_soa>(record).rname);
        break;
      case WIREHOUND_DNS_DATA_MX:
        Name(Data<wirehound_dns_mx>(record).name);
        break;
      case WIREHOUND_DNS_DATA_SRV:
        Name(Data<wirehound_dns_srv>(record).name);
        break;
      case WIREHOUND_DNS_DATA_URI:
        Item(Data<wirehound_dns_uri>(record).target);
        break;
      case WIREHOUND_DNS_DATA_OPT:
        Items<wirehound_dns_option>(Data<wirehound_list>(record));
        break;
      default:
        NewerData(record);
    }
  }

  void NewerData(const wirehound_dns_record& record) const {
    switch (record.data_kind) {
      case WIREHOUND_DNS_DATA_CAA:
        WIREHOUND_FUZZ_CHECK(Data<wirehound_dns_caa>(record).tag.size != 0);
        Item(Data<wirehound_dns_caa>(record).tag);
        Item(Data<wirehound_dns_caa>(record).value);
        break;
      case WIREHOUND_DNS_DATA_SVCB:
        Name(Data<wirehound_dns_svcb>(record).target);
        Items<wirehound_dns_svc_param>(Data<wirehound_dns_svcb>(record).params);
        break;
      case WIREHOUND_DNS_DATA_NAPTR:
        Item(Data<wirehound_dns_naptr>(record).flags);
        Item(Data<wirehound_dns_naptr>(record).service);
        Item(Data<wirehound_dns_naptr>(record).regexp);
        Name(Data<wirehound_dns_naptr>(record).replacement);
        break;
      case WIREHOUND_DNS_DATA_DS:
        Item(Data<wirehound_dns_ds>(record).digest);
        break;
      case WIREHOUND_DNS_DATA_DNSKEY:
        Item(Data<wirehound_dns_dnskey>(record).public_key);
        break;
      case WIREHOUND_DNS_DATA_RRSIG:
        Name(Data<wirehound_dns_rrsig>(record).signer_name);
        Item(Data<wirehound_dns_rrsig>(record).signature);
        break;
      case WIREHOUND_DNS_DATA_NSEC:
        Name(Data<wirehound_dns_nsec>(record).next_domain);
        Types(Data<wirehound_dns_nsec>(record).types);
        break;
      case WIREHOUND_DNS_DATA_NSEC3:
        Item(Data<wirehound_dns_nsec3>(record).salt);
        Item(Data<wirehound_dns_nsec3>(record).next_hashed_owner);
        Types(Data<wirehound_dns_nsec3>(record).types);
        break;
      case WIREHOUND_DNS_DATA_TLSA:
        Item(Data<wirehound_dns_tlsa>(record).data);
        break;
      default:
        WIREHOUND_FUZZ_CHECK(record.data_kind == WIREHOUND_DNS_DATA_SSHFP);
        Item(Data<wirehound_dns_sshfp>(record).fingerprint);
    }
  }

  void Types(const wirehound_list& types) const {
    List<std::uint16_t>(types);
    for (std::uint32_t i = 1; i < types.count; ++i) {
      WIREHOUND_FUZZ_CHECK(At<std::uint16_t>(types, i - 1) < At<std::uint16_t>(types, i));
    }
  }

  void Item(const wirehound_string& text) const { Bytes(text.data, text.size); }
  void Item(const wirehound_bytes& bytes) const { Bytes(bytes.data, bytes.size); }
  void Item(const wirehound_dns_option& option) const {
    Item(option.data);
    WIREHOUND_FUZZ_CHECK(option.text.size == 0 || option.text.data[0] == '.' ||
                         Allocated(option.text.data, option.text.size));
  }
  void Item(const wirehound_dns_svc_param& param) const {
    Item(param.data);
    WIREHOUND_FUZZ_CHECK(param.text.size == 0 || Allocated(param.text.data, param.text.size));
    for (std::size_t i = 0; i < param.text.size; ++i) {
      WIREHOUND_FUZZ_CHECK(param.text.data[i] >= ' ' && param.text.data[i] <= '~');
    }
  }

  template <typename T>
  void Items(const wirehound_list& list) const {
    List<T>(list);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      Item(At<T>(list, i));
    }
  }

  template <typename T>
  const T& Data(const wirehound_dns_record& record) const {
    WIREHOUND_FUZZ_CHECK(Allocated(record.data, sizeof(T)));
    return *static_cast<const T*>(record.data);
  }

  void Name(const wirehound_string& name) const {
    WIREHOUND_FUZZ_CHECK(name.size <= kMaxDnsNameText);
    WIREHOUND_FUZZ_CHECK(name.size == 0 || Allocated(name.data, name.size));
    for (std::size_t i = 0; i < name.size; ++i) {
      WIREHOUND_FUZZ_CHECK(name.data[i] >= ' ' && name.data[i] <= '~');
    }
  }

  void Bytes(const void* data, std::size_t size) const {
    const auto start = reinterpret_cast<std::uintptr_t>(input_.data());
    const auto address = reinterpret_cast<std::uintptr_t>(data);
    WIREHOUND_FUZZ_CHECK(size == 0 || (address >= start && size <= input_.size() &&
                                       address - start <= input_.size() - size));
  }

  bool Allocated(const void* data, std::size_t size) const { return arena_.Contains(data, size); }

  std::span<const std::byte> input_;
  std::size_t wire_size_;
  const Arena& arena_;
};

// The names of `part` are the first names of `whole`.
template <typename Entry>
void CheckPrefix(const wirehound_list& part, const wirehound_list& whole) {
  WIREHOUND_FUZZ_CHECK(part.count <= whole.count);
  for (std::uint32_t i = 0; i < part.count; ++i) {
    const wirehound_string& one = At<Entry>(part, i).name;
    const wirehound_string& other = At<Entry>(whole, i).name;
    WIREHOUND_FUZZ_CHECK(std::string_view(one.data, one.size) ==
                         std::string_view(other.data, other.size));
  }
}

// Reads every byte of the texts.
void CheckResponses(const wirehound_dns& dns, Arena& arena) {
  const wirehound_list responses = BuildDnsResponses(dns, arena);
  WIREHOUND_FUZZ_CHECK(responses.count != 0 || arena.exhausted());
  std::size_t sum = 0;
  for (std::uint32_t i = 0; i < responses.count; ++i) {
    const wirehound_list& answers = At<wirehound_dns_response>(responses, i).answers;
    WIREHOUND_FUZZ_CHECK(answers.count == (i == 0 ? dns.answers.count : 0) || arena.exhausted());
    for (std::uint32_t j = 0; j < answers.count; ++j) {
      const wirehound_string& text = At<wirehound_dns_answer>(answers, j).text;
      for (std::size_t k = 0; k < text.size; ++k) {
        sum += static_cast<unsigned char>(text.data[k]);
      }
    }
  }
  WIREHOUND_FUZZ_CHECK(sum <= std::size_t{256} << 20);
}

void CheckCut(std::span<const std::byte> message) {
  static Arena whole_arena(kDnsArenaBytes);
  static Arena cut_arena(kDnsArenaBytes);
  whole_arena.Reset();
  cut_arena.Reset();
  wirehound_dns whole;
  DecodeDns(message, whole_arena, whole);
  const std::span<const std::byte> part = message.first(message.size() / 2);
  wirehound_dns cut;
  const DecodeStatus status = DecodeDns({part, message.size()}, cut_arena, cut);
  Checker({part, message.size()}, cut_arena).Message(cut, status);
  CheckPrefix<wirehound_dns_question>(cut.questions, whole.questions);
  CheckPrefix<wirehound_dns_record>(cut.answers, whole.answers);
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static wirehound::Arena arena(wirehound::kArenaBytes);
  const auto message = std::as_bytes(std::span(data, size));
  arena.Reset();
  wirehound_dns dns;
  const wirehound::DecodeStatus status = wirehound::DecodeDns(message, arena, dns);
  wirehound::Checker(message, arena).Message(dns, status);
  wirehound::CheckResponses(dns, arena);
  wirehound::CheckCut(message);
  return 0;
}
