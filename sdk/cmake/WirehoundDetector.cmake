# SPDX-License-Identifier: Apache-2.0

# wirehound_add_detector(NAME SOURCE...): a shared object with one or more detectors, NAME.so.
#
# It exports exactly one symbol (the version script) and hides the rest, so that two plugins never
# share anything, and links only when nothing is missing. Link further libraries to target NAME as
# usual.

function(wirehound_add_detector name)
  set(exports ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/detector_exports.map)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    SUFFIX ".so"
    CXX_VISIBILITY_PRESET hidden
    C_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON
    LINK_DEPENDS ${exports})
  target_link_libraries(${name} PRIVATE wirehound::sdk)
  target_link_options(${name} PRIVATE
    LINKER:--version-script=${exports})
  # A sanitizer's runtime is provided by the program that loads the plugin.
  get_directory_property(directory_options LINK_OPTIONS)
  if(NOT directory_options MATCHES "fsanitize")
    target_link_options(${name} PRIVATE LINKER:--no-undefined)
  endif()
endfunction()
