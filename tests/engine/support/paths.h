// SPDX-License-Identifier: Apache-2.0

// Paths that the build compiles in.

#pragma once

#include <filesystem>

namespace wirehound::test {

/// The root of the source tree.
std::filesystem::path SourceFolder();

/// The built detector DNS.
std::filesystem::path DnsPlugin();

/// The folder of the shared objects of tests/engine/test_plugins.
std::filesystem::path BuiltTestPlugins();

}  // namespace wirehound::test
