// SPDX-License-Identifier: Apache-2.0

// The checks of a plugin's file that need no loading: whether its owner and its permissions can be
// trusted, and whether it exports the symbol of a detector module. Control thread.

#pragma once

#include <sys/stat.h>

#include <filesystem>

#include <wirehound/result.h>

namespace wirehound {

/// Fails unless `folder` is a directory with a trusted owner and not writable by others. Trusted
/// are root, the running user, and the owner of the engine's own program file: a user who can
/// replace the engine gains nothing by adding a plugin.
Status CheckPluginFolder(const std::filesystem::path& folder);

/// Fails unless `info` is of a regular file (no link) with an owner and permissions as
/// CheckPluginFolder asks for.
Status CheckPluginFileInfo(const struct stat& info);

/// Fails unless `file` is an ELF shared object that exports the symbol of our ABI major. The
/// message for another major names both.
Status CheckPluginContent(const std::filesystem::path& file);

}  // namespace wirehound
