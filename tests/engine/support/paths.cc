// SPDX-License-Identifier: Apache-2.0

#include "tests/engine/support/paths.h"

namespace wirehound::test {

std::filesystem::path SourceFolder() { return WIREHOUND_SOURCE_DIR; }

std::filesystem::path DnsPlugin() { return WIREHOUND_DNS_PLUGIN; }

std::filesystem::path BuiltTestPlugins() { return WIREHOUND_TEST_PLUGINS; }

}  // namespace wirehound::test
