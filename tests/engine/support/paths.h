// SPDX-License-Identifier: Apache-2.0

// Places that only the build knows.

#pragma once

#include <filesystem>

namespace wirehound::test {

/// The root of the source tree.
std::filesystem::path SourceFolder();

/// The detector DNS as the build made it.
std::filesystem::path DnsPlugin();

/// The folder of the shared objects of tests/engine/test_plugins.
std::filesystem::path BuiltTestPlugins();

}  // namespace wirehound::test
