# SPDX-License-Identifier: Apache-2.0

# wirehound_add_floor(FOLDER [COLD] SOURCES … USES … LIBRARIES …): one folder of the tree as a
# target.
#
# COLD       tests under sanitizers spend little time in it, and no fuzz target is for its code. With
#            sanitizers, which make optimising several times as long, it is not optimised
# SOURCES    the .cc files of this folder; none for a folder of headers
# USES       folders whose headers it may include, besides what those use. Each must have been added
#            before: the order of the add_subdirectory() lines is the order of the floors
# LIBRARIES  targets of other projects
#
# The target of engine/filters is wirehound_engine_filters. A target sees the headers of its own
# folder and of the folders it uses, and no others: its include path is a folder of links, one for
# each of them. So an include against the direction of docs/architecture.md does not build.

set(WIREHOUND_FLOORS_DIR ${CMAKE_BINARY_DIR}/floors)

function(wirehound_floor_target folder out)
  string(REPLACE "/" "_" target "wirehound_${folder}")
  set(${out} ${target} PARENT_SCOPE)
endfunction()

function(wirehound_add_floor folder)
  cmake_parse_arguments(PARSE_ARGV 1 floor "COLD" "" "SOURCES;USES;LIBRARIES")
  if(NOT "${floor_UNPARSED_ARGUMENTS}" STREQUAL "")
    message(FATAL_ERROR "${folder}: unexpected '${floor_UNPARSED_ARGUMENTS}'")
  endif()
  wirehound_floor_target(${folder} target)

  set(view ${WIREHOUND_FLOORS_DIR}/${target})
  cmake_path(GET folder PARENT_PATH parent)
  file(MAKE_DIRECTORY ${view}/${parent})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder} ${view}/${folder} SYMBOLIC)

  set(used wirehound_sdk)
  foreach(other IN LISTS floor_USES)
    wirehound_floor_target(${other} other_target)
    if(NOT TARGET ${other_target})
      message(FATAL_ERROR "${folder} uses ${other}, which stands above it or is no folder of ours")
    endif()
    list(APPEND used ${other_target})
  endforeach()

  if(floor_SOURCES)
    add_library(${target} STATIC ${floor_SOURCES})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_include_directories(${target} PUBLIC ${view})
    target_link_libraries(${target} PUBLIC ${used} PRIVATE ${floor_LIBRARIES} wirehound_build_flags)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${WIREHOUND_UNITY} UNITY_BUILD_BATCH_SIZE 0)
    if(floor_COLD AND NOT WIREHOUND_SANITIZE STREQUAL "")
      target_compile_options(${target} PRIVATE ${WIREHOUND_NOT_OPTIMISED})
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${view})
    target_link_libraries(${target} INTERFACE ${used} ${floor_LIBRARIES})
  endif()
endfunction()

# What every test, benchmark and fuzz target links besides the folders it tests: our warnings, and
# the headers below tests/.
add_library(wirehound_test_headers INTERFACE)
file(MAKE_DIRECTORY ${WIREHOUND_FLOORS_DIR}/tests)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/tests ${WIREHOUND_FLOORS_DIR}/tests/tests SYMBOLIC)
target_include_directories(wirehound_test_headers INTERFACE ${WIREHOUND_FLOORS_DIR}/tests)
target_link_libraries(wirehound_test_headers INTERFACE wirehound_build_flags)
