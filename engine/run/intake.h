// SPDX-License-Identifier: Apache-2.0

// Intake: what a source tells, brought to whom it concerns: records and gaps to the pipeline,
// processes and containers to the stores, everything to the recorder when there is one. The one way
// in, for live capture and files alike. Dispatch thread.

#pragma once

#include "engine/pipeline/packet_pipeline.h"
#include "engine/stores/stores.h"
#include "probes/capture/record.h"

namespace wirehound {

class Intake final : public RecordSink {
 public:
  /// All must outlive the intake. `recorder` may be null. It is told of a record after the pipeline
  /// has dealt with it: what the stores learnt on that occasion comes before it in the recording,
  /// so that whoever reads it back knows as much at the same record.
  Intake(PacketPipeline& pipeline, Stores& stores, RecordSink* recorder);

  void OnRecord(const Record& record) override;
  void OnProcess(const ProcessNotice& notice) override;
  void OnContainer(const wirehound_container_info& container) override;
  void OnGap(const CaptureGap& gap) override;
  void OnTime(std::uint64_t now_ns) override;
  void OnEndOfStream() override;

 private:
  PacketPipeline& pipeline_;
  Stores& stores_;
  RecordSink* recorder_;
};

}  // namespace wirehound
