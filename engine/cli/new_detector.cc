// SPDX-License-Identifier: Apache-2.0

// `wirehound new-detector NAME`: writes the project of a new detector, which builds and passes its
// test without a change. Its files come from sdk/templates, which the build compiles into the
// program. Control thread.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "engine/catalogue/catalogue.h"
#include "engine/cli/commands.h"
#include "engine/cli/detector_templates.h"

namespace wirehound {

namespace {

namespace fs = std::filesystem;

// CMake reserves these target names, and the project names its target after the detector.
constexpr std::string_view kTargetsOfCMake[] = {"all",     "clean",   "edit_cache",    "help",
                                                "install", "package", "rebuild_cache", "test"};

// The forms of the detector's name in the project's files.
struct Names {
  std::string project;  ///< as the user gave it
  std::string klass;    ///< BeaconToRareHost
  std::string id;       ///< BEACON_TO_RARE_HOST
  std::string event;    ///< beacon_to_rare_host
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Upper(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }
char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

Names NamesOf(const std::string& name) {
  Names names{name, "", name, name};
  std::transform(name.begin(), name.end(), names.id.begin(), Upper);
  std::transform(name.begin(), name.end(), names.event.begin(), Lower);
  bool is_first = true;
  for (const char c : name) {
    if (c != '_') {
      names.klass += is_first ? Upper(c) : c;
    }
    is_first = c == '_';
  }
  return names;
}

Error Refused(const std::string& name, std::string_view why) {
  return {ErrorCode::kInvalidInput, fmt::format("new-detector: '{}': {}", name, why)};
}

Status CheckName(const std::string& name) {
  constexpr std::size_t kMaxBytes = 64;
  const bool has_good_letters = std::all_of(
      name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; });
  if (name.empty() || !has_good_letters || !IsLetter(name.front()) || name.size() > kMaxBytes) {
    return Refused(name, fmt::format("expected at most {} letters, digits and '_', a letter first",
                                     kMaxBytes));
  }
  if (std::find(std::begin(kTargetsOfCMake), std::end(kTargetsOfCMake), name) !=
      std::end(kTargetsOfCMake)) {
    return Refused(name, "CMake has a target of that name; expected another name");
  }
  const Catalogue catalogue;
  const std::string event = NamesOf(name).event;
  if (catalogue.Find(event) != nullptr || !catalogue.InSet(event).empty()) {
    return Refused(name, "an event or a set is called that; expected another name");
  }
  return {};
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string Fill(std::string_view text, const Names& names) {
  std::string filled(text);
  ReplaceAll(filled, "{{name}}", names.project);
  ReplaceAll(filled, "{{class}}", names.klass);
  ReplaceAll(filled, "{{id}}", names.id);
  ReplaceAll(filled, "{{event}}", names.event);
  return filled;
}

Status WriteFiles(const fs::path& folder, const Names& names) {
  for (const DetectorTemplate& file : DetectorTemplates()) {
    const fs::path path = folder / Fill(file.path, names);
    std::ofstream stream(path, std::ios::binary);
    stream << Fill(file.text, names);
    stream.close();
    if (!stream) {
      return Error(fmt::format("new-detector: {}: cannot be written", path.string()));
    }
  }
  return {};
}

// Refuses a folder that exists, so it never overwrites a user's file, and may remove the whole
// folder when a write fails.
Status WriteProject(const fs::path& folder, const Names& names) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error))) {
    return Refused(names.project, folder.string() + " is there already; nothing was written");
  }
  fs::create_directories(folder.parent_path(), error);
  if (!fs::create_directory(folder, error)) {
    return Error(fmt::format("new-detector: {}: {}", folder.string(), error.message()));
  }
  Status written = WriteFiles(folder, names);
  if (!written) {
    fs::remove_all(folder, error);
  }
  return written;
}

}  // namespace

int NewDetector(const Options& options) {
  if (Status name = CheckName(options.new_detector); !name) {
    return Report(name.error());
  }
  const Names names = NamesOf(options.new_detector);
  const fs::path folder =
      (fs::path(options.directory.empty() ? "." : options.directory) / names.project)
          .lexically_normal();
  if (Status written = WriteProject(folder, names); !written) {
    return Report(written.error());
  }
  const std::string path = folder.string();
  fmt::print("wrote {}: a detector of long DNS names, to be made yours in {}.cc\n", path,
             names.project);
  fmt::print(
      "build and test it: cmake -S {0} -B {0}/build && cmake --build {0}/build && "
      "ctest --test-dir {0}/build\n",
      path);
  fmt::print("run it: wirehound --plugins {}/build --detectors {}\n", path, names.id);
  return kExitOk;
}

}  // namespace wirehound
