// SPDX-License-Identifier: Apache-2.0

#include "probes/record.h"

namespace wirehound {

const wirehound_process& UnknownProcess() {
  static constexpr wirehound_process kUnknown = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container_id)};
  return kUnknown;
}

}  // namespace wirehound
