# SPDX-License-Identifier: Apache-2.0

# Generates detector_templates.cc in the build folder, which compiles the files of sdk/templates into
# the program. So `wirehound new-detector` needs no file beside the binary. Each entry of `templates`
# is "file in sdk/templates|path in the project"; new-detector replaces {{name}} with the detector's
# name.

set(templates_folder ${CMAKE_SOURCE_DIR}/sdk/templates)
set(templates
  "CMakeLists.txt.in|CMakeLists.txt"
  "README.md.in|README.md"
  "detector.cc.in|{{name}}.cc"
  "detector_test.txt.in|{{name}}_test.txt")

set(entries "")
foreach(template IN LISTS templates)
  string(REPLACE "|" ";" parts "${template}")
  list(GET parts 0 file)
  list(GET parts 1 path)
  file(READ ${templates_folder}/${file} text)
  string(APPEND entries "    {R\"template(${path})template\", R\"template(${text})template\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${templates_folder}/${file})
endforeach()

file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/detector_templates.cc @ONLY CONTENT
[[// Written by engine/cli/detector_templates.cmake from sdk/templates.

#include "engine/cli/detector_templates.h"

namespace wirehound {

namespace {

constexpr DetectorTemplate kTemplates[] = {
@entries@};

}  // namespace

std::span<const DetectorTemplate> DetectorTemplates() { return kTemplates; }

}  // namespace wirehound
]])
