// SPDX-License-Identifier: Apache-2.0

// The files of a new detector's project, copied from sdk/templates. The build generates the source
// file of this header (engine/cli/detector_templates.cmake). Immutable; any thread.

#pragma once

#include <span>
#include <string_view>

namespace wirehound {

struct DetectorTemplate {
  std::string_view path;  ///< within the project; may hold a {{placeholder}}, as the text may
  std::string_view text;
};

std::span<const DetectorTemplate> DetectorTemplates();

}  // namespace wirehound
