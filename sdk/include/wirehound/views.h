// SPDX-License-Identifier: Apache-2.0

// Views: C++ faces of the C structs of abi/values.h and abi/messages.h. Each is a pointer or two,
// copies nothing and dies with the event it came from. C++17, so that more compilers can build it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>

#include <wirehound/abi/messages.h>
#include <wirehound/abi/values.h>
#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

inline std::string_view ToView(wirehound_string text) { return {text.data, text.size}; }
inline wirehound_string FromView(std::string_view text) { return {text.data(), text.size()}; }

/// A range over a wirehound_list. `Element` is the C struct, `View` what iteration gives: made
/// from a `const Element&`. Steps by the list's stride, so elements may be newer and longer.
template <typename Element, typename View>
class ListView {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = View;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = View;

    iterator(const char* at, std::size_t stride) : at_(at), stride_(stride) {}
    View operator*() const { return View(*reinterpret_cast<const Element*>(at_)); }
    iterator& operator++() {
      at_ += stride_;
      return *this;
    }
    bool operator==(const iterator& other) const { return at_ == other.at_; }
    bool operator!=(const iterator& other) const { return at_ != other.at_; }

   private:
    const char* at_;
    std::size_t stride_;
  };

  ListView() = default;
  explicit ListView(const wirehound_list& list) : list_(list) {}

  std::size_t size() const { return list_.count; }
  bool empty() const { return list_.count == 0; }
  iterator begin() const { return {data(), list_.stride}; }
  iterator end() const { return {data() + std::size_t{list_.count} * list_.stride, list_.stride}; }

 private:
  const char* data() const { return static_cast<const char*>(list_.data); }

  wirehound_list list_{};
};

/// Text as an element of a list.
struct TextElement : std::string_view {
  explicit TextElement(const wirehound_string& text) : std::string_view(ToView(text)) {}
};
using TextList = ListView<wirehound_string, TextElement>;

/// An IP address, compared by value. Cheaper than its text: prefer it on the hot path.
class Address {
 public:
  Address() = default;
  explicit Address(const wirehound_address& address) : address_(address) {}

  bool is_ipv4() const { return address_.family == WIREHOUND_FAMILY_IPV4; }
  bool is_ipv6() const { return address_.family == WIREHOUND_FAMILY_IPV6; }
  /// 4 or 16 bytes in network order (none for an absent address).
  const std::uint8_t* bytes() const { return address_.bytes; }
  std::size_t size() const { return is_ipv4() ? 4 : is_ipv6() ? 16 : 0; }

  friend bool operator==(const Address& a, const Address& b) {
    return a.address_.family == b.address_.family &&
           std::memcmp(a.address_.bytes, b.address_.bytes, sizeof(a.address_.bytes)) == 0;
  }
  friend bool operator!=(const Address& a, const Address& b) { return !(a == b); }

 private:
  wirehound_address address_{};
};

/// The addressing of a packet; `operator->` reaches the numbers of wirehound_packet_metadata.
class PacketMetadata {
 public:
  explicit PacketMetadata(const wirehound_packet_metadata& metadata) : metadata_(&metadata) {}
  const wirehound_packet_metadata* operator->() const { return metadata_; }
  Address src_ip() const { return Address(metadata_->src_ip); }
  Address dst_ip() const { return Address(metadata_->dst_ip); }
  std::string_view iface() const { return ToView(metadata_->iface); }

 private:
  const wirehound_packet_metadata* metadata_;
};

struct DnsMx {
  std::string_view name;
  std::uint16_t preference = 0;
};

struct DnsSoa {
  std::string_view mname, rname;
  std::uint32_t serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0;
};

struct DnsSrv {
  std::string_view name;
  std::uint16_t priority = 0, weight = 0, port = 0;
};

struct DnsUri {
  std::string_view target;
  std::uint16_t priority = 0, weight = 0;
};

/// One EDNS option of an OPT record.
class DnsOption {
 public:
  explicit DnsOption(const wirehound_dns_option& option) : option_(&option) {}
  std::uint16_t code() const { return option_->code; }
  wirehound_bytes data() const { return option_->data; }

 private:
  const wirehound_dns_option* option_;
};
using DnsOptions = ListView<wirehound_dns_option, DnsOption>;

class DnsQuestion {
 public:
  explicit DnsQuestion(const wirehound_dns_question& question) : question_(&question) {}
  std::string_view name() const { return ToView(question_->name); }
  std::uint16_t type() const { return question_->type; }
  std::uint16_t qclass() const { return question_->qclass; }

 private:
  const wirehound_dns_question* question_;
};
using DnsQuestions = ListView<wirehound_dns_question, DnsQuestion>;

/// A resource record. Each accessor of typed data answers for its own record type and is empty
/// (or zero) for every other, so `answer.mx().name == "…"` needs no test of the type first.
class DnsRecord {
 public:
  explicit DnsRecord(const wirehound_dns_record& record) : record_(&record) {}

  std::string_view name() const { return ToView(record_->name); }
  std::uint16_t type() const { return record_->type; }
  std::uint16_t rclass() const { return record_->rclass; }
  std::uint32_t ttl() const { return record_->ttl; }  ///< seconds
  wirehound_bytes rdata() const { return record_->rdata; }

  Address ip() const {  ///< A, AAAA
    const auto* address = Data<wirehound_address>(WIREHOUND_DNS_DATA_ADDRESS);
    return address == nullptr ? Address() : Address(*address);
  }
  std::string_view ns() const { return NameOf(2); }
  std::string_view cname() const { return NameOf(5); }
  std::string_view ptr() const { return NameOf(12); }
  TextList txts() const { return List<TextList>(WIREHOUND_DNS_DATA_TEXT); }  ///< TXT, HINFO
  DnsOptions opt() const { return List<DnsOptions>(WIREHOUND_DNS_DATA_OPT); }

  DnsMx mx() const {
    const auto* mx = Data<wirehound_dns_mx>(WIREHOUND_DNS_DATA_MX);
    return mx == nullptr ? DnsMx() : DnsMx{ToView(mx->name), mx->preference};
  }
  DnsSoa soa() const {
    const auto* soa = Data<wirehound_dns_soa>(WIREHOUND_DNS_DATA_SOA);
    if (soa == nullptr) {
      return {};
    }
    return {ToView(soa->mname), ToView(soa->rname), soa->serial, soa->refresh,
            soa->retry,         soa->expire,        soa->minimum};
  }
  DnsSrv srv() const {
    const auto* srv = Data<wirehound_dns_srv>(WIREHOUND_DNS_DATA_SRV);
    return srv == nullptr ? DnsSrv()
                          : DnsSrv{ToView(srv->name), srv->priority, srv->weight, srv->port};
  }
  DnsUri uri() const {
    const auto* uri = Data<wirehound_dns_uri>(WIREHOUND_DNS_DATA_URI);
    return uri == nullptr ? DnsUri() : DnsUri{ToView(uri->target), uri->priority, uri->weight};
  }

 private:
  template <typename T>
  const T* Data(std::uint32_t kind) const {
    return record_->data_kind == kind ? static_cast<const T*>(record_->data) : nullptr;
  }
  template <typename L>
  L List(std::uint32_t kind) const {
    const auto* list = Data<wirehound_list>(kind);
    return list == nullptr ? L() : L(*list);
  }
  std::string_view NameOf(std::uint16_t type) const {
    const auto* name = Data<wirehound_string>(WIREHOUND_DNS_DATA_NAME);
    return name == nullptr || record_->type != type ? std::string_view() : ToView(*name);
  }

  const wirehound_dns_record* record_;
};
using DnsRecords = ListView<wirehound_dns_record, DnsRecord>;

/// A DNS message; `operator->` reaches the numbers of wirehound_dns (id, qr, rcode, …).
class Dns {
 public:
  explicit Dns(const wirehound_dns& dns) : dns_(&dns) {}
  const wirehound_dns* operator->() const { return dns_; }
  DnsQuestions questions() const { return DnsQuestions(dns_->questions); }
  DnsRecords answers() const { return DnsRecords(dns_->answers); }
  DnsRecords authorities() const { return DnsRecords(dns_->authorities); }
  DnsRecords additionals() const { return DnsRecords(dns_->additionals); }

 private:
  const wirehound_dns* dns_;
};

WIREHOUND_NAMESPACE_END
