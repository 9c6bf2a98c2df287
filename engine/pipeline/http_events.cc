// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/http_events.h"

namespace wirehound {

HttpEvents::HttpEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter)
    : emitter_(emitter),
      http_(catalogue, plan, kNetPacketHttp, metadata_),
      request_(catalogue, plan, kNetPacketHttpRequest, metadata_),
      response_(catalogue, plan, kNetPacketHttpResponse, metadata_),
      http_message_(http_.field("proto_http")),
      request_message_(request_.field("http_request")),
      response_message_(response_.field("http_response")) {}

void HttpEvents::SetPlan(const Plan& plan) {
  for (BaseEvent* event : {&http_, &request_, &response_}) {
    event->SetPlan(plan);
  }
}

void HttpEvents::OnMessage(const wirehound_packet_metadata& metadata, const EventContext& context,
                           const wirehound_http& message) {
  metadata_ = metadata;
  http_message_.message = &message;
  emitter_.Emit(http_, context);
  if (message.kind == WIREHOUND_HTTP_REQUEST) {
    ++counters_.requests;
    request_message_.message = &message;
    emitter_.Emit(request_, context);
  } else {
    ++counters_.responses;
    response_message_.message = &message;
    emitter_.Emit(response_, context);
  }
  emitter_.EndTurn();
}

}  // namespace wirehound
