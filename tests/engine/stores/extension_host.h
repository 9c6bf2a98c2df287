// SPDX-License-Identifier: Apache-2.0

// A host with a single extension, to run the SDK's classes on the engine's tables.

#pragma once

#include <string>
#include <string_view>

#include <wirehound/detector.h>

namespace wirehound::test {

class ExtensionHost {
 public:
  ExtensionHost(std::string_view name, const void* extension) : name_(name), extension_(extension) {
    host_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, config);
    host_.context = this;
    host_.get_extension = [](void* context, wirehound_string asked) -> const void* {
      const auto& self = *static_cast<const ExtensionHost*>(context);
      return ToView(asked) == self.name_ ? self.extension_ : nullptr;
    };
  }
  ExtensionHost(const ExtensionHost&) = delete;
  ExtensionHost& operator=(const ExtensionHost&) = delete;

  InitContext context() const { return InitContext(host_); }

 private:
  std::string name_;
  const void* extension_;
  wirehound_host host_{};
};

}  // namespace wirehound::test
