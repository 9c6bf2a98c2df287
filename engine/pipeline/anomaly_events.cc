// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/anomaly_events.h"

#include <wirehound/views.h>

namespace wirehound {

AnomalyEvents::AnomalyEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter)
    : emitter_(emitter),
      event_(catalogue, plan, kNetAnomaly, metadata_),
      kind_(event_.field("kind")),
      layer_(event_.field("layer")),
      offset_(event_.field("offset")),
      size_(event_.field("size")) {}

void AnomalyEvents::Report(const wirehound_packet_metadata& metadata, const EventContext& context,
                           const Anomaly& anomaly) {
  ++counters_[static_cast<std::size_t>(anomaly.kind)];
  if (!event_.wanted()) {
    return;
  }
  metadata_ = metadata;
  kind_.text = FromView(AnomalyName(anomaly.kind));
  layer_.text = FromView(AnomalyLayer(anomaly.kind));
  offset_.unsigned_integer = anomaly.offset;
  size_.unsigned_integer = anomaly.size;
  emitter_.Emit(event_, context);
  emitter_.EndTurn();
}

}  // namespace wirehound
