// SPDX-License-Identifier: Apache-2.0

// What can be said of a plugin's file without loading it: whether its place and its permissions
// can be trusted, and whether it shows the symbol of a detector module. Control thread.

#pragma once

#include <sys/stat.h>

#include <filesystem>

#include <wirehound/result.h>

namespace wirehound {

/// Fails unless `folder` is a directory with a trusted owner and not writable by others. Trusted
/// are root, the running user, and the owner of the engine's own program file: whoever may replace
/// the engine gains nothing by bringing a plugin.
Status CheckPluginFolder(const std::filesystem::path& folder);

/// Fails unless `file` is a regular file (no link) with an owner and permissions like those of
/// CheckPluginFolder, and an ELF shared object that exports the symbol of our ABI major. The
/// message for another major names both.
Status CheckPluginFile(const std::filesystem::path& file);

/// The two halves of CheckPluginFile: what the file is, and what is in it.
Status CheckPluginFileInfo(const struct stat& info);
Status CheckPluginContent(const std::filesystem::path& file);

}  // namespace wirehound
