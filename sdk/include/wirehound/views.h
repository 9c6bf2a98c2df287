// SPDX-License-Identifier: Apache-2.0

// Views: C++ classes for the C structs of abi/values.h and abi/messages.h. A view is a pointer or
// two, copies nothing and is valid as long as its event. C++17, so that more compilers can build
// it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>

#include <wirehound/abi/messages.h>
#include <wirehound/abi/values.h>
#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

inline std::string_view ToView(wirehound_string text) { return {text.data, text.size}; }
inline wirehound_string FromView(std::string_view text) { return {text.data(), text.size()}; }

/// A range over a wirehound_list. `Element` is the C struct, `View` the type of its values, made
/// from a `const Element&`. Steps by the list's stride, so elements of a newer engine may be
/// longer.
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

/// Numbers of DNS record types.
using DnsTypeList = ListView<std::uint16_t, std::uint16_t>;

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

  const wirehound_address& abi() const { return address_; }

  friend bool operator==(const Address& a, const Address& b) {
    return a.address_.family == b.address_.family &&
           std::memcmp(a.address_.bytes, b.address_.bytes, sizeof(a.address_.bytes)) == 0;
  }
  friend bool operator!=(const Address& a, const Address& b) { return !(a == b); }

 private:
  wirehound_address address_{};
};

/// The addressing of a packet; `operator->` gives the numbers of wirehound_packet_metadata.
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

struct DnsCaa {
  std::string_view tag, value;
  std::uint8_t flags = 0;
};

struct DnsNaptr {
  std::string_view flags, service, regexp, replacement;
  std::uint16_t order = 0, preference = 0;
};

struct DnsDs {
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0, digest_type = 0;
  wirehound_bytes digest{};
};

struct DnsKey {
  std::uint16_t flags = 0;
  std::uint8_t protocol = 0, algorithm = 0;
  wirehound_bytes public_key{};
};

struct DnsRrsig {
  std::string_view signer_name;
  std::uint16_t type_covered = 0, key_tag = 0;
  std::uint8_t algorithm = 0, labels = 0;
  std::uint32_t original_ttl = 0, expiration = 0, inception = 0;
  wirehound_bytes signature{};
};

struct DnsNsec {
  std::string_view next_domain;
  DnsTypeList types;
};

struct DnsNsec3 {
  std::uint8_t hash_algorithm = 0, flags = 0;
  std::uint16_t iterations = 0;
  wirehound_bytes salt{}, next_hashed_owner{};
  DnsTypeList types;
};

struct DnsTlsa {
  std::uint8_t usage = 0, selector = 0, matching_type = 0;
  wirehound_bytes data{};
};

struct DnsSshfp {
  std::uint8_t algorithm = 0, fingerprint_type = 0;
  wirehound_bytes fingerprint{};
};

/// One parameter of a service binding.
class DnsSvcParam {
 public:
  explicit DnsSvcParam(const wirehound_dns_svc_param& param) : param_(&param) {}
  std::uint16_t key() const { return param_->key; }
  std::string_view text() const { return ToView(param_->text); }  ///< presentation form
  wirehound_bytes data() const { return param_->data; }

 private:
  const wirehound_dns_svc_param* param_;
};
using DnsSvcParams = ListView<wirehound_dns_svc_param, DnsSvcParam>;

/// A service binding: SVCB, HTTPS.
struct DnsSvcb {
  std::string_view target;
  std::uint16_t priority = 0;  ///< 0: an alias
  DnsSvcParams params;
};

/// One EDNS option of an OPT record.
class DnsOption {
 public:
  explicit DnsOption(const wirehound_dns_option& option) : option_(&option) {}
  std::uint16_t code() const { return option_->code; }
  wirehound_bytes data() const { return option_->data; }
  /// Text form of the value, "" for an option without one.
  std::string_view text() const { return ToView(option_->text); }

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
  bool unicast_response() const { return question_->unicast_response != 0; }  ///< mDNS

 private:
  const wirehound_dns_question* question_;
};
using DnsQuestions = ListView<wirehound_dns_question, DnsQuestion>;

/// A resource record. Each accessor of typed data is for one record type and is empty (or zero) for
/// other types, so `answer.mx().name == "…"` needs no test of the type first.
class DnsRecord {
 public:
  explicit DnsRecord(const wirehound_dns_record& record) : record_(&record) {}

  std::string_view name() const { return ToView(record_->name); }
  std::uint16_t type() const { return record_->type; }
  std::uint16_t rclass() const { return record_->rclass; }
  std::uint32_t ttl() const { return record_->ttl; }              ///< seconds
  bool cache_flush() const { return record_->cache_flush != 0; }  ///< mDNS
  wirehound_bytes rdata() const { return record_->rdata; }

  Address ip() const {  ///< A, AAAA
    const auto* address = Data<wirehound_address>(WIREHOUND_DNS_DATA_ADDRESS);
    return address == nullptr ? Address() : Address(*address);
  }
  std::string_view ns() const { return NameOf(2); }
  std::string_view cname() const { return NameOf(5); }
  std::string_view ptr() const { return NameOf(12); }
  std::string_view dname() const { return NameOf(39); }
  TextList txts() const { return List<TextList>(WIREHOUND_DNS_DATA_TEXT); }  ///< TXT, SPF, HINFO
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
  DnsCaa caa() const {
    const auto* caa = Data<wirehound_dns_caa>(WIREHOUND_DNS_DATA_CAA);
    return caa == nullptr ? DnsCaa() : DnsCaa{ToView(caa->tag), ToView(caa->value), caa->flags};
  }
  DnsSvcb svcb() const {  ///< SVCB, HTTPS
    const auto* svcb = Data<wirehound_dns_svcb>(WIREHOUND_DNS_DATA_SVCB);
    return svcb == nullptr
               ? DnsSvcb()
               : DnsSvcb{ToView(svcb->target), svcb->priority, DnsSvcParams(svcb->params)};
  }
  DnsNaptr naptr() const {
    const auto* naptr = Data<wirehound_dns_naptr>(WIREHOUND_DNS_DATA_NAPTR);
    if (naptr == nullptr) {
      return {};
    }
    return {ToView(naptr->flags),       ToView(naptr->service), ToView(naptr->regexp),
            ToView(naptr->replacement), naptr->order,           naptr->preference};
  }
  DnsDs ds() const {  ///< DS, CDS
    const auto* ds = Data<wirehound_dns_ds>(WIREHOUND_DNS_DATA_DS);
    return ds == nullptr ? DnsDs() : DnsDs{ds->key_tag, ds->algorithm, ds->digest_type, ds->digest};
  }
  DnsKey dnskey() const {  ///< DNSKEY, CDNSKEY
    const auto* key = Data<wirehound_dns_dnskey>(WIREHOUND_DNS_DATA_DNSKEY);
    return key == nullptr ? DnsKey()
                          : DnsKey{key->flags, key->protocol, key->algorithm, key->public_key};
  }
  DnsRrsig rrsig() const {  ///< RRSIG, SIG
    const auto* rrsig = Data<wirehound_dns_rrsig>(WIREHOUND_DNS_DATA_RRSIG);
    if (rrsig == nullptr) {
      return {};
    }
    return {ToView(rrsig->signer_name), rrsig->type_covered, rrsig->key_tag,
            rrsig->algorithm,           rrsig->labels,       rrsig->original_ttl,
            rrsig->expiration,          rrsig->inception,    rrsig->signature};
  }
  DnsNsec nsec() const {
    const auto* nsec = Data<wirehound_dns_nsec>(WIREHOUND_DNS_DATA_NSEC);
    return nsec == nullptr ? DnsNsec()
                           : DnsNsec{ToView(nsec->next_domain), DnsTypeList(nsec->types)};
  }
  DnsNsec3 nsec3() const {  ///< NSEC3, NSEC3PARAM
    const auto* nsec3 = Data<wirehound_dns_nsec3>(WIREHOUND_DNS_DATA_NSEC3);
    if (nsec3 == nullptr) {
      return {};
    }
    return {nsec3->hash_algorithm,    nsec3->flags,
            nsec3->iterations,        nsec3->salt,
            nsec3->next_hashed_owner, DnsTypeList(nsec3->types)};
  }
  DnsTlsa tlsa() const {  ///< TLSA, SMIMEA
    const auto* tlsa = Data<wirehound_dns_tlsa>(WIREHOUND_DNS_DATA_TLSA);
    return tlsa == nullptr ? DnsTlsa()
                           : DnsTlsa{tlsa->usage, tlsa->selector, tlsa->matching_type, tlsa->data};
  }
  DnsSshfp sshfp() const {
    const auto* sshfp = Data<wirehound_dns_sshfp>(WIREHOUND_DNS_DATA_SSHFP);
    return sshfp == nullptr
               ? DnsSshfp()
               : DnsSshfp{sshfp->algorithm, sshfp->fingerprint_type, sshfp->fingerprint};
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

/// A DNS message; `operator->` gives the numbers of wirehound_dns (id, qr, rcode, variant, …).
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

/// One answer of a response as text.
class DnsAnswer {
 public:
  explicit DnsAnswer(const wirehound_dns_answer& answer) : answer_(&answer) {}
  std::string_view text() const { return ToView(answer_->text); }
  std::uint16_t type() const { return answer_->type; }
  std::uint32_t ttl() const { return answer_->ttl; }  ///< seconds

 private:
  const wirehound_dns_answer* answer_;
};
using DnsAnswers = ListView<wirehound_dns_answer, DnsAnswer>;

/// A question with its answers.
class DnsResponse {
 public:
  explicit DnsResponse(const wirehound_dns_response& response) : response_(&response) {}
  DnsQuestion query() const { return DnsQuestion(response_->query); }
  DnsAnswers answers() const { return DnsAnswers(response_->answers); }

 private:
  const wirehound_dns_response* response_;
};
using DnsResponses = ListView<wirehound_dns_response, DnsResponse>;

/// Whether two names of header fields are equal, regardless of case (RFC 9110 section 5.1).
inline bool EqualHeaderNames(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

class HttpHeader {
 public:
  explicit HttpHeader(const wirehound_http_header& header) : header_(&header) {}
  std::string_view name() const { return ToView(header_->name); }
  std::string_view value() const { return ToView(header_->value); }

 private:
  const wirehound_http_header* header_;
};
using HttpHeaders = ListView<wirehound_http_header, HttpHeader>;

/// An HTTP request or response; `operator->` gives the numbers of wirehound_http (status_code,
/// content_length, stream_id, …).
class Http {
 public:
  explicit Http(const wirehound_http& http) : http_(&http) {}
  const wirehound_http* operator->() const { return http_; }
  bool is_request() const { return http_->kind == WIREHOUND_HTTP_REQUEST; }
  bool is_response() const { return http_->kind == WIREHOUND_HTTP_RESPONSE; }
  std::string_view protocol() const { return ToView(http_->protocol); }
  std::string_view method() const { return ToView(http_->method); }
  std::string_view host() const { return ToView(http_->host); }
  std::string_view uri_path() const { return ToView(http_->uri_path); }
  std::string_view query() const { return ToView(http_->query); }
  std::string_view status() const { return ToView(http_->status); }
  std::string_view request_method() const { return ToView(http_->request_method); }
  std::string_view request_host() const { return ToView(http_->request_host); }
  std::string_view request_path() const { return ToView(http_->request_path); }

  HttpHeaders headers() const { return HttpHeaders(http_->headers); }  ///< without Host
  /// The value of the first header field of that name, in any case; nothing when there is none.
  /// `http.header("User-Agent") == "curl"` needs no test for absence first.
  std::optional<std::string_view> header(std::string_view name) const {
    for (const HttpHeader header : headers()) {
      if (EqualHeaderNames(header.name(), name)) {
        return header.value();
      }
    }
    return std::nullopt;
  }

 private:
  const wirehound_http* http_;
};

WIREHOUND_NAMESPACE_END
