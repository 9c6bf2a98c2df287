// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/dns_lessons.h"

#include <algorithm>
#include <bitset>

#include <wirehound/views.h>

namespace wirehound {
namespace {

constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypePtr = 12;
constexpr std::uint16_t kTypeAaaa = 28;
constexpr std::uint16_t kClassInternet = 1;

char ToLower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// A number of seconds with the top bit set means 0 (RFC 2181 section 8).
std::uint32_t SoundTtl(std::uint32_t ttl) { return ttl > 0x7fffffff ? 0 : ttl; }

// One section of records, cut at kMaxDnsLessonRecords.
class Records {
 public:
  explicit Records(const wirehound_list& list)
      : list_(list), count_(std::min<std::size_t>(list.count, kMaxDnsLessonRecords)) {}

  std::size_t size() const { return count_; }
  const wirehound_dns_record& operator[](std::size_t i) const {
    return *reinterpret_cast<const wirehound_dns_record*>(static_cast<const char*>(list_.data) +
                                                          i * list_.stride);
  }

 private:
  wirehound_list list_;
  std::size_t count_;
};

bool IsAddress(const wirehound_dns_record& record) {
  return (record.type == kTypeA || record.type == kTypeAaaa) && record.rclass == kClassInternet &&
         record.data_kind == WIREHOUND_DNS_DATA_ADDRESS;
}

bool IsName(const wirehound_dns_record& record, std::uint16_t type) {
  return record.type == type && record.rclass == kClassInternet &&
         record.data_kind == WIREHOUND_DNS_DATA_NAME;
}

std::string_view NameIn(const wirehound_dns_record& record) {
  return ToView(*static_cast<const wirehound_string*>(record.data));
}

class Reader {
 public:
  explicit Reader(std::span<DnsLesson> lessons) : lessons_(lessons) {}

  std::size_t count() const { return count_; }

  // Follows the answers to `question`, alias by alias.
  void FollowAliases(std::string_view question, const Records& answers) {
    Asked asked = {question, ParseReverseName(question), question, 0x7fffffff};
    for (std::size_t depth = 0; depth <= kMaxDnsAliases; ++depth) {
      const wirehound_dns_record* alias = TakeAnswers(asked, answers);
      if (alias == nullptr) {
        return;
      }
      asked.alias = NameIn(*alias);
      asked.ttl = std::min(asked.ttl, SoundTtl(alias->ttl));
    }
  }

  // Each record for its own name.
  void TakeAll(const Records& records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      const wirehound_dns_record& record = records[i];
      if (IsAddress(record)) {
        Add(ToView(record.name), *static_cast<const wirehound_address*>(record.data),
            SoundTtl(record.ttl));
      } else if (IsName(record, kTypePtr)) {
        if (const auto address = ParseReverseName(ToView(record.name))) {
          Add(NameIn(record), *address, SoundTtl(record.ttl));
        }
      }
    }
  }

 private:
  struct Asked {
    std::string_view question;
    std::optional<wirehound_address> address;  // when the question is for the name of one
    std::string_view alias;                    // the name that answers are looked for under
    std::uint32_t ttl;                         // the least of the aliases up to there
  };

  // Takes the answers for the alias, and gives the one that names a further alias, if any.
  const wirehound_dns_record* TakeAnswers(const Asked& asked, const Records& answers) {
    const wirehound_dns_record* further = nullptr;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const wirehound_dns_record& record = answers[i];
      if (taken_[i] || !IsSameDnsName(ToView(record.name), asked.alias)) {
        continue;
      }
      taken_[i] = true;
      const std::uint32_t ttl = std::min(asked.ttl, SoundTtl(record.ttl));
      if (IsAddress(record)) {
        Add(asked.question, *static_cast<const wirehound_address*>(record.data), ttl);
      } else if (asked.address && IsName(record, kTypePtr)) {
        Add(NameIn(record), *asked.address, ttl);
      } else if (IsName(record, kTypeCname)) {
        further = &record;
      }
    }
    return further;
  }

  void Add(std::string_view name, const wirehound_address& address, std::uint32_t ttl) {
    if (!name.empty() && count_ < lessons_.size()) {
      lessons_[count_++] = {name, address, ttl};
    }
  }

  std::span<DnsLesson> lessons_;
  std::size_t count_ = 0;
  // A record answers once, so a circle of aliases ends.
  std::bitset<kMaxDnsLessonRecords> taken_;
};

// One label off the end of `name`: "a.b" gives "b" and leaves "a".
std::string_view PopLabel(std::string_view& name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view label = dot == std::string_view::npos ? name : name.substr(dot + 1);
  name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
  return label;
}

std::optional<std::uint8_t> ParseOctet(std::string_view label) {
  unsigned value = 0;
  for (const char digit : label) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    value = value * 10 + static_cast<unsigned>(digit - '0');
  }
  const bool sound = !label.empty() && label.size() <= 3 && value <= 255 &&
                     (label.size() == 1 || label.front() != '0');
  return sound ? std::optional(static_cast<std::uint8_t>(value)) : std::nullopt;
}

std::optional<std::uint8_t> ParseNibble(std::string_view label) {
  if (label.size() != 1) {
    return std::nullopt;
  }
  const char digit = ToLower(label.front());
  if (digit >= '0' && digit <= '9') {
    return static_cast<std::uint8_t>(digit - '0');
  }
  return digit >= 'a' && digit <= 'f' ? std::optional(static_cast<std::uint8_t>(digit - 'a' + 10))
                                      : std::nullopt;
}

// The octets stand last first (RFC 1035 section 3.5).
std::optional<wirehound_address> ParseReverseIpv4(std::string_view labels) {
  wirehound_address address{};
  address.family = WIREHOUND_FAMILY_IPV4;
  for (int i = 0; i < 4; ++i) {
    const std::optional<std::uint8_t> octet = ParseOctet(PopLabel(labels));
    if (!octet) {
      return std::nullopt;
    }
    address.bytes[i] = *octet;
  }
  return labels.empty() ? std::optional(address) : std::nullopt;
}

// So do the half octets (RFC 3596 section 2.5).
std::optional<wirehound_address> ParseReverseIpv6(std::string_view labels) {
  wirehound_address address{};
  address.family = WIREHOUND_FAMILY_IPV6;
  for (int i = 0; i < 32; ++i) {
    const std::optional<std::uint8_t> nibble = ParseNibble(PopLabel(labels));
    if (!nibble) {
      return std::nullopt;
    }
    address.bytes[i / 2] = static_cast<std::uint8_t>(address.bytes[i / 2] << 4 | *nibble);
  }
  return labels.empty() ? std::optional(address) : std::nullopt;
}

}  // namespace

bool IsSameDnsName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ToLower(x) == ToLower(y);
         });
}

std::optional<wirehound_address> ParseReverseName(std::string_view name) {
  if (!IsSameDnsName(PopLabel(name), "arpa")) {
    return std::nullopt;
  }
  const std::string_view family = PopLabel(name);
  if (IsSameDnsName(family, "in-addr")) {
    return ParseReverseIpv4(name);
  }
  return IsSameDnsName(family, "ip6") ? ParseReverseIpv6(name) : std::nullopt;
}

std::size_t ReadDnsLessons(const wirehound_dns& message, std::span<DnsLesson> lessons) {
  if (message.qr == 0 || message.opcode != 0) {
    return 0;
  }
  Reader reader(lessons);
  const Records answers(message.answers);
  if (message.variant == WIREHOUND_DNS_VARIANT_MDNS) {
    reader.TakeAll(answers);
    reader.TakeAll(Records(message.additionals));
    return reader.count();
  }
  if (answers.size() != 0 && message.questions.count != 0) {
    const auto& question = *static_cast<const wirehound_dns_question*>(message.questions.data);
    reader.FollowAliases(ToView(question.name), answers);
  }
  return reader.count();
}

}  // namespace wirehound
