# SPDX-License-Identifier: Apache-2.0

# wirehound_add_bpf(name source): compiles a BPF program and makes the INTERFACE target `name`, which
# offers the header <stem>.skel.h with the object's bytes inside:
# clang -target bpf -> strip debug sections (BTF stays) -> bpftool gen skeleton.
# The target wirehound_bpf_skeletons makes all of these headers and nothing else.
# The object does not depend on the kernel of the build machine: the loader relocates all offsets.

find_program(WIREHOUND_BPF_CLANG NAMES clang clang-19 clang-16 clang-14 REQUIRED)
find_program(WIREHOUND_BPF_STRIP NAMES llvm-strip llvm-strip-19 llvm-strip-16 llvm-strip-14 REQUIRED)
find_program(WIREHOUND_BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)
find_path(WIREHOUND_LIBBPF_INCLUDE NAMES bpf/bpf_helpers.h REQUIRED)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(WIREHOUND_BPF_ARCH arm64)
else()
  set(WIREHOUND_BPF_ARCH x86)
endif()

add_custom_target(wirehound_bpf_skeletons)

function(wirehound_add_bpf name source)
  cmake_path(ABSOLUTE_PATH source NORMALIZE)
  get_filename_component(stem ${source} NAME)
  string(REPLACE ".bpf.c" "" stem ${stem})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/bpf)
  set(object ${folder}/${stem}.bpf.o)
  set(header ${folder}/${stem}.skel.h)

  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${WIREHOUND_BPF_CLANG} -target bpf -mcpu=v2 -O2 -g -std=gnu11 -ffreestanding
            -D__TARGET_ARCH_${WIREHOUND_BPF_ARCH} -Wall -Wextra -Werror
            -Wno-unused-parameter -Wno-sign-compare
            -I${CMAKE_SOURCE_DIR} -I${CMAKE_SOURCE_DIR}/sdk/include -I${WIREHOUND_LIBBPF_INCLUDE}
            -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
            -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -fdebug-compilation-dir=. -c ${source} -o ${object}
            -MD -MT ${header} -MF ${object}.d
    COMMAND ${WIREHOUND_BPF_STRIP} -g ${object}
    COMMAND ${WIREHOUND_BPFTOOL} gen skeleton ${object} name ${stem}_bpf > ${header}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "BPF object ${stem}"
    VERBATIM)
  add_custom_target(${name}_skeleton DEPENDS ${header})
  add_dependencies(wirehound_bpf_skeletons ${name}_skeleton)
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_skeleton)
  target_include_directories(${name} SYSTEM INTERFACE ${folder})
endfunction()
