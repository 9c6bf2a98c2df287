// SPDX-License-Identifier: Apache-2.0

// HTTP, HTTPRequest, HTTPResponse: curl requests google.com and gets a redirect.

#include <string_view>

#include "e2e_net.h"

namespace {

class Http : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_http";
    requirement.data_filters = {"proto_http.protocol=HTTP/*"};
    requirement.scope_filters = {"comm=curl"};
    return e2e_net::Definition("HTTP", requirement);
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    return context.Bind("net_packet_http", "proto_http", message_);
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto message = message_.Get(event);
    const bool either = message && (message->is_request() || message->is_response());
    return either ? emit.Detected() : wirehound::Status();
  }

 private:
  wirehound::FieldRef<wirehound::Http> message_;
};

class HttpRequest : public e2e_net::FiltersDecide {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_http_request";
    requirement.data_filters = {"http_request.protocol=HTTP/*", "http_request.host=*google.com"};
    requirement.scope_filters = {"comm=curl"};
    return e2e_net::Definition("HTTPRequest", requirement);
  }
};

// A filter matches any Location header; this checks the first one.
class HttpResponse : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_http_response";
    requirement.data_filters = {"http_response.protocol=HTTP/*",
                                "http_response.headers.Location=*google.com*"};
    requirement.scope_filters = {"comm=curl"};
    return e2e_net::Definition("HTTPResponse", requirement);
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    return context.Bind("net_packet_http_response", "http_response", message_);
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto message = message_.Get(event);
    const auto location = message ? message->header("Location") : std::nullopt;
    const bool elsewhere = location && location->find("google.com") != std::string_view::npos;
    return elsewhere ? emit.Detected() : wirehound::Status();
  }

 private:
  wirehound::FieldRef<wirehound::Http> message_;
};

}  // namespace

WIREHOUND_DETECTORS(Http, HttpRequest, HttpResponse);
