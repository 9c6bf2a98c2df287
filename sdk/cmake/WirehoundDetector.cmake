# SPDX-License-Identifier: Apache-2.0

# wirehound_add_detector(NAME SOURCE...): a shared object with one or more detectors, NAME.so.
#
# It exports exactly one symbol (the version script) and hides all others, so two plugins never share
# a symbol. An undefined symbol is a link error. Link further libraries to target NAME as usual.

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
  # With a sanitizer some symbols are undefined: the engine provides the sanitizer's runtime.
  get_directory_property(directory_options LINK_OPTIONS)
  if(NOT directory_options MATCHES "fsanitize")
    target_link_options(${name} PRIVATE LINKER:--no-undefined)
  endif()
endfunction()
