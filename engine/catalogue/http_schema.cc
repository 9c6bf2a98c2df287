// SPDX-License-Identifier: Apache-2.0

// HTTP messages by their JSON names: one struct, three published shapes of it.

#include <array>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/message_schema.h"
#include "engine/catalogue/schema_members.h"

namespace wirehound {

namespace {

// "request" or "response", for either direction of the packet.
std::string_view HttpKindText(std::uint64_t kind, TextBuffer&) {
  return kind == WIREHOUND_HTTP_REQUEST    ? "request"
         : kind == WIREHOUND_HTTP_RESPONSE ? "response"
                                           : "";
}

using enum MemberKind;

constexpr MemberSchema kDirection =
    TextAt("direction", kText8, offsetof(wirehound_http, kind), HttpKindText);
constexpr MemberSchema kMethod = At("method", kString, offsetof(wirehound_http, method));
constexpr MemberSchema kProtocol = At("protocol", kString, offsetof(wirehound_http, protocol));
constexpr MemberSchema kHost = DomainAt("host", offsetof(wirehound_http, host));
constexpr MemberSchema kUriPath = At("uri_path", kString, offsetof(wirehound_http, uri_path));
constexpr MemberSchema kStatus = At("status", kString, offsetof(wirehound_http, status));
constexpr MemberSchema kStatusCode =
    At("status_code", kUint32, offsetof(wirehound_http, status_code));
constexpr MemberSchema kHeaders = At("headers", kHeaderMap, offsetof(wirehound_http, headers));
constexpr MemberSchema kContentLength =
    At("content_length", kInt64, offsetof(wirehound_http, content_length));
constexpr MemberSchema kQuery = At("query", kString, offsetof(wirehound_http, query));
constexpr MemberSchema kStreamId =
    Extra(At("stream_id", kUint32, offsetof(wirehound_http, stream_id)));
constexpr MemberSchema kRequestMethod =
    Extra(At("request_method", kString, offsetof(wirehound_http, request_method)));
constexpr MemberSchema kRequestHost =
    Extra(DomainAt("request_host", offsetof(wirehound_http, request_host)));
constexpr MemberSchema kRequestPath =
    Extra(At("request_path", kString, offsetof(wirehound_http, request_path)));

constexpr auto kHttpMembers = std::to_array<MemberSchema>(
    {kDirection, kMethod, kProtocol, kHost, kUriPath, kStatus, kStatusCode, kHeaders,
     kContentLength, kQuery, kStreamId, kRequestMethod, kRequestHost, kRequestPath});

constexpr auto kHttpRequestMembers = std::to_array<MemberSchema>(
    {kMethod, kProtocol, kHost, kUriPath, kHeaders, kContentLength, kQuery, kStreamId});

constexpr auto kHttpResponseMembers =
    std::to_array<MemberSchema>({kStatus, kStatusCode, kProtocol, kHeaders, kContentLength,
                                 kStreamId, kRequestMethod, kRequestHost, kRequestPath});

}  // namespace

const MessageSchema kHttpSchema = {"trace.ProtoHTTP", kHttpMembers, sizeof(wirehound_http)};
const MessageSchema kHttpRequestSchema = {"trace.ProtoHTTPRequest", kHttpRequestMembers,
                                          sizeof(wirehound_http)};
const MessageSchema kHttpResponseSchema = {"trace.ProtoHTTPResponse", kHttpResponseMembers,
                                           sizeof(wirehound_http)};

}  // namespace wirehound
