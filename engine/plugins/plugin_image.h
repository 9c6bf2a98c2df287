// SPDX-License-Identifier: Apache-2.0

// PluginImage: a copy of a plugin's file in sealed memory, made before the content is checked. So
// the bytes that were checked are the bytes that are loaded, and overwriting the file afterwards
// changes nothing that runs. The dynamic loader knows loaded objects by their names: a new file in
// the old one's place has another image, with another name, and so loads as another object. Control
// thread.

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

  /// Copies a file that CheckPluginFileInfo accepts. Where the system refuses such memory, the
  /// image is the file itself and is_copy() is false.
  static Result<PluginImage> Make(const std::filesystem::path& file);

  /// The path to check and to load. Open images have different paths, so an image whose object was
  /// loaded must stay open for as long as the object is mapped.
  const std::filesystem::path& path() const { return path_; }

  bool is_copy() const { return static_cast<bool>(memory_); }

  /// Whether it contains "$ORIGIN", which asks for libraries beside the file. The copy has no files
  /// beside it.
  bool NamesOrigin() const;

 private:
  explicit PluginImage(std::filesystem::path path) : path_(std::move(path)) {}
  explicit PluginImage(UniqueFd memory);

  UniqueFd memory_;
  std::filesystem::path path_;
};

}  // namespace wirehound
