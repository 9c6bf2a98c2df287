# SPDX-License-Identifier: Apache-2.0

# Adds a test for each installed compiler and each supported language standard: every header of
# the SDK compiles alone, without a warning. It uses all compilers of this machine, not only the one that
# builds the tree, as plugins may be built with any of them.

get_target_property(sdk_headers wirehound_sdk HEADER_SET)
get_target_property(sdk_folder wirehound_sdk SOURCE_DIR)
set(header_flags -fsyntax-only -Wall -Wextra -Wpedantic -Werror -I ${sdk_folder}/include)

# Writes a source file that includes one header twice, which tests the include guard too.
function(wirehound_write_includer header extension out)
  string(MAKE_C_IDENTIFIER ${header} name)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.${extension})
  file(CONFIGURE OUTPUT ${file} CONTENT "#include <${header}>\n#include <${header}>\n")
  set(${out} ${file} PARENT_SCOPE)
endfunction()

set(c_files)
set(cxx_files)
foreach(path IN LISTS sdk_headers)
  string(REGEX REPLACE "^(.*/)?include/(wirehound/.*)$" "\\2" header ${path})
  wirehound_write_includer(${header} cc file)
  list(APPEND cxx_files ${file})
  if(header MATCHES "/abi/")
    wirehound_write_includer(${header} c file)
    list(APPEND c_files ${file})
  endif()
endforeach()

function(wirehound_add_header_test compiler standard)
  find_program(WIREHOUND_PATH_OF_${compiler} ${compiler})
  if(WIREHOUND_PATH_OF_${compiler})
    set(name sdk_headers.${compiler}.${standard})
    add_test(NAME ${name}
      COMMAND ${WIREHOUND_PATH_OF_${compiler}} -std=${standard} ${header_flags} ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS abi)
  endif()
endfunction()

foreach(compiler gcc clang)
  wirehound_add_header_test(${compiler} c11 ${c_files})
endforeach()
foreach(compiler g++ clang++)
  wirehound_add_header_test(${compiler} c++17 ${cxx_files})
  wirehound_add_header_test(${compiler} c++20 ${cxx_files})
endforeach()
