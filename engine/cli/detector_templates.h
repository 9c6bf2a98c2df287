// SPDX-License-Identifier: Apache-2.0

// The files of a new detector's project, as they are in sdk/templates; the build writes the source
// to this header (engine/cli/detector_templates.cmake). Immutable; any thread.

#pragma once

#include <span>
#include <string_view>

namespace wirehound {

struct DetectorTemplate {
  std::string_view path;  ///< in the project, may hold a {{placeholder}} as the text does
  std::string_view text;
};

std::span<const DetectorTemplate> DetectorTemplates();

}  // namespace wirehound
