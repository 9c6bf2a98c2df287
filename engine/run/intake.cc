// SPDX-License-Identifier: Apache-2.0

#include "engine/run/intake.h"

namespace wirehound {

Intake::Intake(PacketPipeline& pipeline, Stores& stores, RecordSink* recorder)
    : pipeline_(pipeline), stores_(stores), recorder_(recorder) {
  if (recorder_ != nullptr) {
    stores_.containers.OnLearnt([recorder](const wirehound_container_info& container) {
      recorder->OnContainer(container);
    });
  }
}

void Intake::OnRecord(const Record& record) {
  pipeline_.OnRecord(record);
  if (recorder_ != nullptr) {
    recorder_->OnRecord(record);
  }
}

void Intake::OnProcess(const ProcessNotice& notice) {
  stores_.processes.Take(notice);
  if (recorder_ != nullptr) {
    recorder_->OnProcess(notice);
  }
}

void Intake::OnContainer(const wirehound_container_info& container) {
  stores_.containers.Take(container);
  if (recorder_ != nullptr) {
    recorder_->OnContainer(container);
  }
}

void Intake::OnGap(const CaptureGap& gap) {
  pipeline_.OnGap(gap);
  if (recorder_ != nullptr) {
    recorder_->OnGap(gap);
  }
}

void Intake::OnTime(std::uint64_t now_ns) {
  pipeline_.OnTime(now_ns);
  if (recorder_ != nullptr) {
    recorder_->OnTime(now_ns);
  }
}

void Intake::OnEndOfStream() {
  pipeline_.OnEndOfStream();
  if (recorder_ != nullptr) {
    recorder_->OnEndOfStream();
  }
}

}  // namespace wirehound
