// SPDX-License-Identifier: Apache-2.0

// Reads a label as CRI and containerd write it: an entry of a map<string, string> of protocol
// buffers. Side thread.

#pragma once

#include <protozero/pbf_reader.hpp>

#include <string>

#include "engine/runtimes/container_answer.h"

namespace wirehound {

/// Throws protozero's exceptions for bytes that are no such entry.
inline void TakeLabelEntry(ContainerAnswer& answer, protozero::pbf_reader entry) {
  constexpr protozero::pbf_tag_type kKey = 1;
  constexpr protozero::pbf_tag_type kValue = 2;
  std::string key;
  std::string value;
  while (entry.next()) {
    if (entry.tag() == kKey) {
      key = entry.get_string();
    } else if (entry.tag() == kValue) {
      value = entry.get_string();
    } else {
      entry.skip();
    }
  }
  TakeLabel(answer, key, value);
}

}  // namespace wirehound
