// SPDX-License-Identifier: Apache-2.0

#include "engine/plugin_loader/plugin_loader.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <boost/dll/shared_library.hpp>

#include "engine/plugin_loader/definition_copy.h"
#include "engine/plugin_loader/plugin_file.h"

namespace wirehound {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kMaxDetectorsPerPlugin = 256;

// Plugins are never unloaded, as their code may be referenced for as long as the process lives:
// the libraries are kept in a list that nobody destroys.
void KeepLoaded(boost::dll::shared_library library) {
  static auto& libraries = *new std::vector<boost::dll::shared_library>();
  libraries.push_back(std::move(library));
}

// Maps the file and finds its module.
Result<const wirehound_detector_module*> OpenModule(const fs::path& file) {
  try {
    boost::dll::shared_library library(
        file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    const auto& module =
        library.get<const wirehound_detector_module>(WIREHOUND_DETECTOR_MODULE_NAME);
    KeepLoaded(std::move(library));
    return &module;
  } catch (const std::exception& exception) {
    return Error(std::string("cannot be loaded: ") + exception.what());
  }
}

Status CheckModule(const wirehound_detector_module& module) {
  if (module.magic != WIREHOUND_ABI_MAGIC) {
    return Error("not a detector: its module has magic number " + std::to_string(module.magic) +
                 "; expected " + std::to_string(WIREHOUND_ABI_MAGIC));
  }
  if (!WIREHOUND_HAS(&module, wirehound_detector_module, detectors)) {
    return Error("its module states a size of " + std::to_string(module.struct_size) +
                 " bytes, too small");
  }
  if (module.abi_minor > WIREHOUND_ABI_MINOR) {
    return Error("it needs detector ABI " + std::to_string(WIREHOUND_ABI_MAJOR) + "." +
                 std::to_string(module.abi_minor) + "; this engine has " +
                 std::to_string(WIREHOUND_ABI_MAJOR) + "." + std::to_string(WIREHOUND_ABI_MINOR));
  }
  if (module.detectors == nullptr) {
    return Error("it has no list of detectors");
  }
  if (module.detector_count == 0 || module.detector_count > kMaxDetectorsPerPlugin) {
    return Error("it states " + std::to_string(module.detector_count) +
                 " detectors; expected 1 to " + std::to_string(kMaxDetectorsPerPlugin));
  }
  return {};
}

Status CheckTable(const wirehound_detector* table) {
  if (table == nullptr) {
    return Error("its table is null");
  }
  if (!WIREHOUND_HAS(table, wirehound_detector, last_error)) {
    return Error("its table states a size of " + std::to_string(table->struct_size) +
                 " bytes, too small");
  }
  const bool complete = table->describe != nullptr && table->create != nullptr &&
                        table->init != nullptr && table->on_event != nullptr &&
                        table->close != nullptr && table->destroy != nullptr &&
                        table->last_error != nullptr;
  return complete ? Status() : Status(Error("a function of its table is null"));
}

// What a plugin puts into the describe sink.
struct Description {
  std::optional<Result<DetectorDefinition>> answer;

  static void Take(void* context, const wirehound_detector_definition* definition) {
    auto& self = *static_cast<Description*>(context);
    if (definition == nullptr) {
      self.answer.emplace(Error("GetDefinition gave nothing"));
    } else {
      self.answer.emplace(CopyDefinition(*definition));
    }
  }
  static void Fail(void* context, wirehound_string message) {
    auto& self = *static_cast<Description*>(context);
    self.answer.emplace(Error("GetDefinition failed: " + std::string(message.data, message.size)));
  }
};

Result<DetectorDefinition> Describe(const wirehound_detector& table) {
  Description description;
  const wirehound_describe_sink sink = {WIREHOUND_STRUCT_SIZE(wirehound_describe_sink, fail), 0,
                                        &description, &Description::Take, &Description::Fail};
  const std::int32_t status = table.describe(&sink);
  if (!description.answer) {
    return Error("GetDefinition gave no answer (status " + std::to_string(status) + ")");
  }
  if (description.answer->has_value()) {
    Status valid = ValidateDefinition(**description.answer);
    if (!valid) {
      return std::move(valid).error().WithContext("invalid definition");
    }
  }
  return *std::move(description.answer);
}

}  // namespace

Result<std::vector<LoadedDetector>> LoadPlugin(const fs::path& file,
                                               std::vector<std::string>& complaints) {
  const std::string context = "plugin " + file.string();
  Status checked = CheckPluginFile(file);
  if (!checked) {
    return std::move(checked).error().WithContext(context);
  }
  Result<const wirehound_detector_module*> module = OpenModule(fs::absolute(file));
  if (!module) {
    return std::move(module).error().WithContext(context);
  }
  checked = CheckModule(**module);
  if (!checked) {
    return std::move(checked).error().WithContext(context);
  }
  std::vector<LoadedDetector> detectors;
  for (std::uint32_t i = 0; i < (*module)->detector_count; ++i) {
    const wirehound_detector* table = (*module)->detectors[i];
    checked = CheckTable(table);
    Result<DetectorDefinition> definition =
        checked ? Describe(*table) : Result<DetectorDefinition>(std::move(checked).error());
    if (definition) {
      detectors.push_back({table, *std::move(definition), file});
    } else {
      complaints.push_back(context + ": detector " + std::to_string(i) + ": " +
                           definition.error().message());
    }
  }
  return detectors;
}

Result<LoadedPlugins> LoadPluginFolder(const fs::path& folder) {
  Status checked = CheckPluginFolder(folder);
  if (!checked) {
    return std::move(checked).error();
  }
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".so") {
      files.push_back(it->path());
    }
  }
  if (error) {
    return Error("plugins folder " + folder.string() + ": " + error.message());
  }
  std::sort(files.begin(), files.end());
  LoadedPlugins plugins;
  for (const fs::path& file : files) {
    Result<std::vector<LoadedDetector>> loaded = LoadPlugin(file, plugins.complaints);
    if (!loaded) {
      plugins.complaints.push_back(loaded.error().message());
      continue;
    }
    std::move(loaded->begin(), loaded->end(), std::back_inserter(plugins.detectors));
  }
  return plugins;
}

}  // namespace wirehound
