// SPDX-License-Identifier: Apache-2.0

// PluginImage: a copy of a plugin's file in sealed memory, made before anything of it is checked.
// What was checked is what is loaded; a file that is overwritten afterwards changes nothing that
// runs; and a new file in the old one's place is another object for the dynamic loader, which
// knows loaded objects by their names. Control thread.

#pragma once

#include <filesystem>
#include <string>

#include <wirehound/result.h>

#include "base/unique_fd.h"

namespace wirehound {

class PluginImage {
 public:
  /// Larger files are refused.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;

  /// Copies a file that CheckPluginFileInfo accepts. Where the system has no such memory the image
  /// is the file itself, and is_copy() is false.
  static Result<PluginImage> Make(const std::filesystem::path& file);

  /// What to check and to load. Another name for each image that is still open: one whose object
  /// was loaded must stay open for as long as the object.
  const std::filesystem::path& path() const { return path_; }

  bool is_copy() const { return static_cast<bool>(memory_); }

  /// Whether it says that it wants libraries from beside itself ($ORIGIN), where the copy has none.
  bool NamesOrigin() const;

 private:
  explicit PluginImage(std::filesystem::path path) : path_(std::move(path)) {}
  explicit PluginImage(UniqueFd memory);

  UniqueFd memory_;
  std::filesystem::path path_;
};

}  // namespace wirehound
