# SPDX-License-Identifier: Apache-2.0

# wirehound_add_detector_test(NAME DETECTOR CASES...): a ctest that runs the cases of one or more
# files (docs/testing-a-detector.md) on the shared object of wirehound_add_detector(DETECTOR ...).
#
# It runs the engine at WIREHOUND_EXECUTABLE if that is set, else the engine installed with this
# package, else the one on the PATH. Call enable_testing() before.

function(wirehound_add_detector_test name detector)
  if(TARGET wirehound)  # inside the engine's own tree
    set(engine $<TARGET_FILE:wirehound>)
  else()
    find_program(WIREHOUND_EXECUTABLE wirehound HINTS ${WIREHOUND_SDK_BINDIR})
    set(engine ${WIREHOUND_EXECUTABLE})
    if(NOT WIREHOUND_EXECUTABLE)
      message(WARNING "test ${name}: no 'wirehound' found, so it will fail; "
                      "set WIREHOUND_EXECUTABLE to its path")
      set(engine wirehound)
    endif()
  endif()
  set(cases ${ARGN})
  list(TRANSFORM cases PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ REGEX "^[^/]")
  add_test(NAME ${name} COMMAND ${engine} test $<TARGET_FILE:${detector}> ${cases})
endfunction()
