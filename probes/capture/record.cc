// SPDX-License-Identifier: Apache-2.0

#include "probes/capture/record.h"

#include <iterator>

namespace wirehound {

const wirehound_process& UnknownProcess() {
  static constexpr wirehound_process kUnknown = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container)};
  return kUnknown;
}

std::string_view OwnerSourceText(std::uint32_t owner_source) {
  constexpr std::string_view kTexts[] = {"none", "current", "socket", "listener", "scan", "kernel"};
  static_assert(std::size(kTexts) == WIREHOUND_OWNER_KERNEL + 1);
  return kTexts[owner_source < std::size(kTexts) ? owner_source : WIREHOUND_OWNER_NONE];
}

}  // namespace wirehound
