// SPDX-License-Identifier: Apache-2.0

// A plugins folder of a test: copies of the built test plugins under any name, with the
// permissions that the loader wants unless a test changes them.

#pragma once

#include <filesystem>
#include <string>

#include "engine/plugins/plugin_loader.h"
#include "tests/engine/support/paths.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {

class PluginFolder : public TemporaryFolder {
 public:
  /// The path of the built test plugin `plugin`.
  static std::filesystem::path Built(const std::string& plugin) {
    return BuiltTestPlugins() / (plugin + ".so");
  }

  /// Copies a test plugin here, as `name`.so or with its name unchanged.
  std::filesystem::path Add(const std::string& plugin, const std::string& name = "") const {
    std::filesystem::path file = path() / ((name.empty() ? plugin : name) + ".so");
    std::filesystem::copy_file(Built(plugin), file);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
};

}  // namespace wirehound::test
