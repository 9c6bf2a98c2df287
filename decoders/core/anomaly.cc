// SPDX-License-Identifier: Apache-2.0

#include "decoders/core/anomaly.h"

#include <array>

namespace wirehound {
namespace {

struct KindText {
  std::string_view name;
  std::string_view layer;
};

// In the order of AnomalyKind.
constexpr auto kTexts = std::to_array<KindText>({
    {"link_malformed", "link"},
    {"ipv4_malformed", "ip"},
    {"ipv6_malformed", "ip"},
    {"tcp_malformed", "tcp"},
    {"udp_malformed", "udp"},
    {"icmp_malformed", "icmp"},
    {"icmpv6_malformed", "icmp"},
    {"tunnel_malformed", "tunnel"},
    {"tunnel_too_deep", "tunnel"},
    {"ip_fragment_overlap", "ip"},
    {"ip_fragment_too_large", "ip"},
    {"ip_fragment_incomplete", "ip"},
    {"tcp_gap", "tcp"},
    {"tcp_overlap_conflict", "tcp"},
    {"tcp_stream_limit", "tcp"},
    {"tcp_data_after_fin", "tcp"},
    {"dns_malformed", "dns"},
    {"dns_limit", "dns"},
    {"dns_multiple_questions", "dns"},
    {"dns_trailing_bytes", "dns"},
    {"http_malformed_start_line", "http"},
    {"http_malformed_header", "http"},
    {"http_bare_lf", "http"},
    {"http_bare_cr", "http"},
    {"http_obsolete_folding", "http"},
    {"http_nul_in_header", "http"},
    {"http_line_too_long", "http"},
    {"http_header_too_large", "http"},
    {"http_too_many_headers", "http"},
    {"http_length_and_chunked", "http"},
    {"http_length_conflict", "http"},
    {"http_length_malformed", "http"},
    {"http_transfer_encoding_unknown", "http"},
    {"http_bad_chunk_size", "http"},
    {"http_too_many_pending", "http"},
    {"http2_malformed_frame", "http"},
    {"http2_header_compression", "http"},
    {"http2_malformed_message", "http"},
    {"http2_limit", "http"},
    {"record_truncated", "capture"},
});
static_assert(kTexts.size() == kAnomalyKindCount);

}  // namespace

std::string_view AnomalyName(AnomalyKind kind) {
  return kTexts[static_cast<std::size_t>(kind)].name;
}

std::string_view AnomalyLayer(AnomalyKind kind) {
  return kTexts[static_cast<std::size_t>(kind)].layer;
}

}  // namespace wirehound
