// SPDX-License-Identifier: Apache-2.0

// DNS messages by their JSON names: what net_packet_dns carries. Members that came later than the
// published shape stand at its end and are left out of messages that do not have them.

#include <array>

#include <wirehound/abi/messages.h>

#include "decoders/dns/dns_svcb.h"
#include "decoders/dns/dns_types.h"
#include "engine/catalogue/message_schema.h"
#include "engine/catalogue/schema_members.h"

namespace wirehound {

namespace {

const wirehound_dns_record& AsRecord(const void* message) {
  return *static_cast<const wirehound_dns_record*>(message);
}

// The data of a DNS record, when it is of this kind.
template <std::uint32_t kKind>
const void* RecordData(const void* message) {
  return AsRecord(message).data_kind == kKind ? AsRecord(message).data : nullptr;
}

// The same, when the record is also of this type: of several types that share a form.
template <std::uint16_t kType, std::uint32_t kKind>
const void* TypedData(const void* message) {
  return AsRecord(message).type == kType ? RecordData<kKind>(message) : nullptr;
}

const void* RecordText(const void* message) {
  const bool has_text = AsRecord(message).data_kind == WIREHOUND_DNS_DATA_TEXT;
  return has_text ? &AsRecord(message).rdata : nullptr;
}

// Type and kind of its data say which of the located members a record has.
std::uint64_t RecordShape(const void* message) {
  return std::uint64_t{AsRecord(message).data_kind} << 16 | AsRecord(message).type;
}

struct TypeAndKind {
  std::uint16_t type;
  std::uint32_t kind;
};

// The form of data of each type, as decoders/dns/dns_rdata.cc reads it. Types that have no
// member of their own are left out.
constexpr TypeAndKind kDataOfTypes[] = {
    {kDnsTypeA, WIREHOUND_DNS_DATA_ADDRESS},     {kDnsTypeAaaa, WIREHOUND_DNS_DATA_ADDRESS},
    {kDnsTypeNs, WIREHOUND_DNS_DATA_NAME},       {kDnsTypeCname, WIREHOUND_DNS_DATA_NAME},
    {kDnsTypePtr, WIREHOUND_DNS_DATA_NAME},      {kDnsTypeDname, WIREHOUND_DNS_DATA_NAME},
    {kDnsTypeTxt, WIREHOUND_DNS_DATA_TEXT},      {kDnsTypeSpf, WIREHOUND_DNS_DATA_TEXT},
    {kDnsTypeHinfo, WIREHOUND_DNS_DATA_TEXT},    {kDnsTypeSoa, WIREHOUND_DNS_DATA_SOA},
    {kDnsTypeMx, WIREHOUND_DNS_DATA_MX},         {kDnsTypeSrv, WIREHOUND_DNS_DATA_SRV},
    {kDnsTypeUri, WIREHOUND_DNS_DATA_URI},       {kDnsTypeOpt, WIREHOUND_DNS_DATA_OPT},
    {kDnsTypeCaa, WIREHOUND_DNS_DATA_CAA},       {kDnsTypeSvcb, WIREHOUND_DNS_DATA_SVCB},
    {kDnsTypeHttps, WIREHOUND_DNS_DATA_SVCB},    {kDnsTypeNaptr, WIREHOUND_DNS_DATA_NAPTR},
    {kDnsTypeDs, WIREHOUND_DNS_DATA_DS},         {kDnsTypeCds, WIREHOUND_DNS_DATA_DS},
    {kDnsTypeDnskey, WIREHOUND_DNS_DATA_DNSKEY}, {kDnsTypeCdnskey, WIREHOUND_DNS_DATA_DNSKEY},
    {kDnsTypeRrsig, WIREHOUND_DNS_DATA_RRSIG},   {kDnsTypeSig, WIREHOUND_DNS_DATA_RRSIG},
    {kDnsTypeNsec, WIREHOUND_DNS_DATA_NSEC},     {kDnsTypeNsec3, WIREHOUND_DNS_DATA_NSEC3},
    {kDnsTypeTlsa, WIREHOUND_DNS_DATA_TLSA},     {kDnsTypeNsec3param, WIREHOUND_DNS_DATA_NSEC3},
    {kDnsTypeSmimea, WIREHOUND_DNS_DATA_TLSA},   {kDnsTypeSshfp, WIREHOUND_DNS_DATA_SSHFP},
};

// A record without a type gets the type that the member is named after, "MX", or else the first
// type whose data has the member: "IP" means A.
bool AttachRecordData(void* message, const MemberSchema& member, const void* data) {
  auto& record = *static_cast<wirehound_dns_record*>(message);
  if (record.data_kind != WIREHOUND_DNS_DATA_NONE) {
    return false;
  }
  const wirehound_dns_record before = record;
  const wirehound_dns_record* fitting = nullptr;
  wirehound_dns_record found{};
  for (const TypeAndKind& form : kDataOfTypes) {
    record.type = form.type;
    record.data_kind = form.kind;
    record.data = data;
    TextBuffer scratch;
    const bool is_named_so = DnsTypeText(form.type, scratch) == member.name;
    if ((before.type == 0 || before.type == form.type) && member.locate(message) != nullptr &&
        (fitting == nullptr || is_named_so)) {
      found = record;
      fitting = &found;
    }
  }
  record = fitting != nullptr ? found : before;
  return fitting != nullptr;
}

template <std::uint16_t kType>
constexpr MemberSchema NameOf(std::string_view name) {
  return AnyCase(Located(name, MemberKind::kString, TypedData<kType, WIREHOUND_DNS_DATA_NAME>));
}

template <std::uint32_t kKind>
constexpr MemberSchema DataOf(std::string_view name, const MessageSchema& schema) {
  return Located(name, MemberKind::kMessage, RecordData<kKind>, &schema);
}

template <std::uint16_t kType, std::uint32_t kKind>
constexpr MemberSchema ExtraOf(std::string_view name, const MessageSchema& schema) {
  return Extra(Located(name, MemberKind::kMessage, TypedData<kType, kKind>, &schema));
}

// The member is left out of messages of plain DNS, whose variant is 0.
std::string_view DnsVariantText(std::uint64_t variant, TextBuffer& /*scratch*/) {
  return variant == WIREHOUND_DNS_VARIANT_MDNS    ? "mdns"
         : variant == WIREHOUND_DNS_VARIANT_LLMNR ? "llmnr"
                                                  : "plain";
}

using enum MemberKind;

constexpr auto kDnsQuestionMembers = std::to_array<MemberSchema>({
    DomainAt("name", offsetof(wirehound_dns_question, name)),
    TextAt("type", kText16, offsetof(wirehound_dns_question, type), DnsTypeText),
    TextAt("class", kText16, offsetof(wirehound_dns_question, qclass), DnsClassText),
    Extra(At("unicastResponse", kUint8, offsetof(wirehound_dns_question, unicast_response))),
});
constexpr MessageSchema kDnsQuestionSchema = {"trace.ProtoDNSQuestion", kDnsQuestionMembers,
                                              sizeof(wirehound_dns_question)};

constexpr auto kDnsSoaMembers = std::to_array<MemberSchema>({
    DomainAt("MName", offsetof(wirehound_dns_soa, mname)),
    DomainAt("RName", offsetof(wirehound_dns_soa, rname)),
    At("serial", kUint32, offsetof(wirehound_dns_soa, serial)),
    At("refresh", kUint32, offsetof(wirehound_dns_soa, refresh)),
    At("retry", kUint32, offsetof(wirehound_dns_soa, retry)),
    At("expire", kUint32, offsetof(wirehound_dns_soa, expire)),
    At("minimum", kUint32, offsetof(wirehound_dns_soa, minimum)),
});
constexpr MessageSchema kDnsSoaSchema = {"trace.ProtoDNSSOA", kDnsSoaMembers,
                                         sizeof(wirehound_dns_soa)};

constexpr auto kDnsSrvMembers = std::to_array<MemberSchema>({
    At("priority", kUint16, offsetof(wirehound_dns_srv, priority)),
    At("weight", kUint16, offsetof(wirehound_dns_srv, weight)),
    At("port", kUint16, offsetof(wirehound_dns_srv, port)),
    DomainAt("name", offsetof(wirehound_dns_srv, name)),
});
constexpr MessageSchema kDnsSrvSchema = {"trace.ProtoDNSSRV", kDnsSrvMembers,
                                         sizeof(wirehound_dns_srv)};

constexpr auto kDnsMxMembers = std::to_array<MemberSchema>({
    At("preference", kUint16, offsetof(wirehound_dns_mx, preference)),
    DomainAt("name", offsetof(wirehound_dns_mx, name)),
});
constexpr MessageSchema kDnsMxSchema = {"trace.ProtoDNSMX", kDnsMxMembers,
                                        sizeof(wirehound_dns_mx)};

constexpr auto kDnsUriMembers = std::to_array<MemberSchema>({
    At("priority", kUint16, offsetof(wirehound_dns_uri, priority)),
    At("weight", kUint16, offsetof(wirehound_dns_uri, weight)),
    At("target", kString, offsetof(wirehound_dns_uri, target)),
});
constexpr MessageSchema kDnsUriSchema = {"trace.ProtoDNSURI", kDnsUriMembers,
                                         sizeof(wirehound_dns_uri)};

constexpr auto kDnsOptionMembers = std::to_array<MemberSchema>({
    TextAt("code", kText16, offsetof(wirehound_dns_option, code), EdnsOptionText),
    At("data", kHex, offsetof(wirehound_dns_option, data)),
    Extra(At("text", kString, offsetof(wirehound_dns_option, text))),
});
constexpr MessageSchema kDnsOptionSchema = {"trace.ProtoDNSOPT", kDnsOptionMembers,
                                            sizeof(wirehound_dns_option)};

constexpr auto kDnsCaaMembers = std::to_array<MemberSchema>({
    At("flags", kUint8, offsetof(wirehound_dns_caa, flags)),
    At("tag", kString, offsetof(wirehound_dns_caa, tag)),
    At("value", kString, offsetof(wirehound_dns_caa, value)),
});
constexpr MessageSchema kDnsCaaSchema = {"trace.ProtoDNSCAA", kDnsCaaMembers,
                                         sizeof(wirehound_dns_caa)};

constexpr auto kDnsSvcParamMembers = std::to_array<MemberSchema>({
    TextAt("key", kText16, offsetof(wirehound_dns_svc_param, key), SvcParamKeyText),
    At("value", kString, offsetof(wirehound_dns_svc_param, text)),
});
constexpr MessageSchema kDnsSvcParamSchema = {"trace.ProtoDNSSvcParam", kDnsSvcParamMembers,
                                              sizeof(wirehound_dns_svc_param)};

constexpr auto kDnsSvcbMembers = std::to_array<MemberSchema>({
    At("priority", kUint16, offsetof(wirehound_dns_svcb, priority)),
    DomainAt("target", offsetof(wirehound_dns_svcb, target)),
    ListAt("params", offsetof(wirehound_dns_svcb, params), kDnsSvcParamSchema),
});
constexpr MessageSchema kDnsSvcbSchema = {"trace.ProtoDNSSVCB", kDnsSvcbMembers,
                                          sizeof(wirehound_dns_svcb)};

constexpr auto kDnsNaptrMembers = std::to_array<MemberSchema>({
    At("order", kUint16, offsetof(wirehound_dns_naptr, order)),
    At("preference", kUint16, offsetof(wirehound_dns_naptr, preference)),
    At("flags", kString, offsetof(wirehound_dns_naptr, flags)),
    At("service", kString, offsetof(wirehound_dns_naptr, service)),
    At("regexp", kString, offsetof(wirehound_dns_naptr, regexp)),
    DomainAt("replacement", offsetof(wirehound_dns_naptr, replacement)),
});
constexpr MessageSchema kDnsNaptrSchema = {"trace.ProtoDNSNAPTR", kDnsNaptrMembers,
                                           sizeof(wirehound_dns_naptr)};

constexpr auto kDnsDsMembers = std::to_array<MemberSchema>({
    At("keyTag", kUint16, offsetof(wirehound_dns_ds, key_tag)),
    At("algorithm", kUint8, offsetof(wirehound_dns_ds, algorithm)),
    At("digestType", kUint8, offsetof(wirehound_dns_ds, digest_type)),
    At("digest", kHex, offsetof(wirehound_dns_ds, digest)),
});
constexpr MessageSchema kDnsDsSchema = {"trace.ProtoDNSDS", kDnsDsMembers,
                                        sizeof(wirehound_dns_ds)};

constexpr auto kDnsKeyMembers = std::to_array<MemberSchema>({
    At("flags", kUint16, offsetof(wirehound_dns_dnskey, flags)),
    At("protocol", kUint8, offsetof(wirehound_dns_dnskey, protocol)),
    At("algorithm", kUint8, offsetof(wirehound_dns_dnskey, algorithm)),
    At("publicKey", kHex, offsetof(wirehound_dns_dnskey, public_key)),
});
constexpr MessageSchema kDnsKeySchema = {"trace.ProtoDNSDNSKEY", kDnsKeyMembers,
                                         sizeof(wirehound_dns_dnskey)};

constexpr auto kDnsRrsigMembers = std::to_array<MemberSchema>({
    TextAt("typeCovered", kText16, offsetof(wirehound_dns_rrsig, type_covered), DnsTypeText),
    At("algorithm", kUint8, offsetof(wirehound_dns_rrsig, algorithm)),
    At("labels", kUint8, offsetof(wirehound_dns_rrsig, labels)),
    At("originalTTL", kUint32, offsetof(wirehound_dns_rrsig, original_ttl)),
    At("expiration", kUint32, offsetof(wirehound_dns_rrsig, expiration)),
    At("inception", kUint32, offsetof(wirehound_dns_rrsig, inception)),
    At("keyTag", kUint16, offsetof(wirehound_dns_rrsig, key_tag)),
    DomainAt("signerName", offsetof(wirehound_dns_rrsig, signer_name)),
    At("signature", kHex, offsetof(wirehound_dns_rrsig, signature)),
});
constexpr MessageSchema kDnsRrsigSchema = {"trace.ProtoDNSRRSIG", kDnsRrsigMembers,
                                           sizeof(wirehound_dns_rrsig)};

constexpr auto kDnsNsecMembers = std::to_array<MemberSchema>({
    DomainAt("nextDomain", offsetof(wirehound_dns_nsec, next_domain)),
    TextAt("types", kTextList16, offsetof(wirehound_dns_nsec, types), DnsTypeText),
});
constexpr MessageSchema kDnsNsecSchema = {"trace.ProtoDNSNSEC", kDnsNsecMembers,
                                          sizeof(wirehound_dns_nsec)};

// An NSEC3PARAM record has the first four of these.
constexpr auto kDnsNsec3Members = std::to_array<MemberSchema>({
    At("hashAlgorithm", kUint8, offsetof(wirehound_dns_nsec3, hash_algorithm)),
    At("flags", kUint8, offsetof(wirehound_dns_nsec3, flags)),
    At("iterations", kUint16, offsetof(wirehound_dns_nsec3, iterations)),
    At("salt", kHex, offsetof(wirehound_dns_nsec3, salt)),
    At("nextHashedOwner", kHex, offsetof(wirehound_dns_nsec3, next_hashed_owner)),
    TextAt("types", kTextList16, offsetof(wirehound_dns_nsec3, types), DnsTypeText),
});
constexpr MessageSchema kDnsNsec3Schema = {"trace.ProtoDNSNSEC3", kDnsNsec3Members,
                                           sizeof(wirehound_dns_nsec3)};
constexpr MessageSchema kDnsNsec3paramSchema = {"trace.ProtoDNSNSEC3PARAM",
                                                std::span(kDnsNsec3Members).first<4>(),
                                                sizeof(wirehound_dns_nsec3)};

constexpr auto kDnsTlsaMembers = std::to_array<MemberSchema>({
    At("usage", kUint8, offsetof(wirehound_dns_tlsa, usage)),
    At("selector", kUint8, offsetof(wirehound_dns_tlsa, selector)),
    At("matchingType", kUint8, offsetof(wirehound_dns_tlsa, matching_type)),
    At("data", kHex, offsetof(wirehound_dns_tlsa, data)),
});
constexpr MessageSchema kDnsTlsaSchema = {"trace.ProtoDNSTLSA", kDnsTlsaMembers,
                                          sizeof(wirehound_dns_tlsa)};

constexpr auto kDnsSshfpMembers = std::to_array<MemberSchema>({
    At("algorithm", kUint8, offsetof(wirehound_dns_sshfp, algorithm)),
    At("fingerprintType", kUint8, offsetof(wirehound_dns_sshfp, fingerprint_type)),
    At("fingerprint", kHex, offsetof(wirehound_dns_sshfp, fingerprint)),
});
constexpr MessageSchema kDnsSshfpSchema = {"trace.ProtoDNSSSHFP", kDnsSshfpMembers,
                                           sizeof(wirehound_dns_sshfp)};

constexpr auto kDnsRecordMembers = std::to_array<MemberSchema>({
    DomainAt("name", offsetof(wirehound_dns_record, name)),
    TextAt("type", kText16, offsetof(wirehound_dns_record, type), DnsTypeText),
    TextAt("class", kText16, offsetof(wirehound_dns_record, rclass), DnsClassText),
    At("TTL", kUint32, offsetof(wirehound_dns_record, ttl)),
    Located("IP", kAddress, RecordData<WIREHOUND_DNS_DATA_ADDRESS>),
    NameOf<kDnsTypeNs>("NS"),
    NameOf<kDnsTypeCname>("CNAME"),
    NameOf<kDnsTypePtr>("PTR"),
    Located("TXTs", kStringList, RecordData<WIREHOUND_DNS_DATA_TEXT>),
    DataOf<WIREHOUND_DNS_DATA_SOA>("SOA", kDnsSoaSchema),
    DataOf<WIREHOUND_DNS_DATA_SRV>("SRV", kDnsSrvSchema),
    DataOf<WIREHOUND_DNS_DATA_MX>("MX", kDnsMxSchema),
    Located("OPT", kMessageList, RecordData<WIREHOUND_DNS_DATA_OPT>, &kDnsOptionSchema),
    DataOf<WIREHOUND_DNS_DATA_URI>("URI", kDnsUriSchema),
    Located("TXT", kRawString, RecordText),
    // Members that came after the published shape.
    Extra(NameOf<kDnsTypeDname>("DNAME")),
    Extra(DataOf<WIREHOUND_DNS_DATA_CAA>("CAA", kDnsCaaSchema)),
    ExtraOf<kDnsTypeSvcb, WIREHOUND_DNS_DATA_SVCB>("SVCB", kDnsSvcbSchema),
    ExtraOf<kDnsTypeHttps, WIREHOUND_DNS_DATA_SVCB>("HTTPS", kDnsSvcbSchema),
    Extra(DataOf<WIREHOUND_DNS_DATA_NAPTR>("NAPTR", kDnsNaptrSchema)),
    ExtraOf<kDnsTypeDs, WIREHOUND_DNS_DATA_DS>("DS", kDnsDsSchema),
    ExtraOf<kDnsTypeCds, WIREHOUND_DNS_DATA_DS>("CDS", kDnsDsSchema),
    ExtraOf<kDnsTypeDnskey, WIREHOUND_DNS_DATA_DNSKEY>("DNSKEY", kDnsKeySchema),
    ExtraOf<kDnsTypeCdnskey, WIREHOUND_DNS_DATA_DNSKEY>("CDNSKEY", kDnsKeySchema),
    ExtraOf<kDnsTypeRrsig, WIREHOUND_DNS_DATA_RRSIG>("RRSIG", kDnsRrsigSchema),
    Extra(DataOf<WIREHOUND_DNS_DATA_NSEC>("NSEC", kDnsNsecSchema)),
    ExtraOf<kDnsTypeNsec3, WIREHOUND_DNS_DATA_NSEC3>("NSEC3", kDnsNsec3Schema),
    ExtraOf<kDnsTypeNsec3param, WIREHOUND_DNS_DATA_NSEC3>("NSEC3PARAM", kDnsNsec3paramSchema),
    ExtraOf<kDnsTypeTlsa, WIREHOUND_DNS_DATA_TLSA>("TLSA", kDnsTlsaSchema),
    Extra(DataOf<WIREHOUND_DNS_DATA_SSHFP>("SSHFP", kDnsSshfpSchema)),
    ExtraOf<kDnsTypeSig, WIREHOUND_DNS_DATA_RRSIG>("SIG", kDnsRrsigSchema),
    ExtraOf<kDnsTypeSmimea, WIREHOUND_DNS_DATA_TLSA>("SMIMEA", kDnsTlsaSchema),
    Extra(At("cacheFlush", kUint8, offsetof(wirehound_dns_record, cache_flush))),
});
constexpr MessageSchema kDnsRecordSchema = {"trace.ProtoDNSResourceRecord", kDnsRecordMembers,
                                            sizeof(wirehound_dns_record), RecordShape,
                                            AttachRecordData};

constexpr auto kDnsMembers = std::to_array<MemberSchema>({
    At("ID", kUint16, offsetof(wirehound_dns, id)),
    At("QR", kUint8, offsetof(wirehound_dns, qr)),
    TextAt("opCode", kText8, offsetof(wirehound_dns, opcode), DnsOpcodeText),
    At("AA", kUint8, offsetof(wirehound_dns, aa)),
    At("TC", kUint8, offsetof(wirehound_dns, tc)),
    At("RD", kUint8, offsetof(wirehound_dns, rd)),
    At("RA", kUint8, offsetof(wirehound_dns, ra)),
    At("Z", kUint8, offsetof(wirehound_dns, z)),
    TextAt("responseCode", kText8, offsetof(wirehound_dns, rcode), DnsResponseCodeText),
    At("QDCount", kUint16, offsetof(wirehound_dns, qd_count)),
    At("ANCount", kUint16, offsetof(wirehound_dns, an_count)),
    At("NSCount", kUint16, offsetof(wirehound_dns, ns_count)),
    At("ARCount", kUint16, offsetof(wirehound_dns, ar_count)),
    ListAt("questions", offsetof(wirehound_dns, questions), kDnsQuestionSchema),
    ListAt("answers", offsetof(wirehound_dns, answers), kDnsRecordSchema),
    ListAt("authorities", offsetof(wirehound_dns, authorities), kDnsRecordSchema),
    ListAt("additionals", offsetof(wirehound_dns, additionals), kDnsRecordSchema),
    Extra(TextAt("variant", kText8, offsetof(wirehound_dns, variant), DnsVariantText)),
});

}  // namespace

const MessageSchema kDnsSchema = {"trace.ProtoDNS", kDnsMembers, sizeof(wirehound_dns)};

}  // namespace wirehound
