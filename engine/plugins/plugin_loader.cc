// SPDX-License-Identifier: Apache-2.0

#include "engine/plugins/plugin_loader.h"

#include <sys/stat.h>

#include <exception>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include <wirehound/views.h>
#include <boost/dll/shared_library.hpp>

#include "engine/plugins/definition_copy.h"
#include "engine/plugins/plugin_file.h"
#include "engine/plugins/plugin_image.h"
#include "engine/safety/crash_context.h"

namespace wirehound {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kMaxDetectorsPerPlugin = 256;

// Keeps a plugin mapped, and keeps the path of its image from being given to another image.
struct Loaded {
  PluginImage image;
  boost::dll::shared_library library;
};

// Plugins are never unloaded, as their code may be referenced until the process ends. So this list
// is never destroyed.
void KeepLoaded(Loaded loaded) {
  static auto& all = *new std::vector<Loaded>();
  all.push_back(std::move(loaded));
}

std::string WhyNotLoaded(const std::exception& exception, const PluginImage& image) {
  std::string reason = std::string("cannot be loaded: ") + exception.what();
  if (image.is_copy() && image.NamesOrigin()) {
    reason += "; it looks for libraries beside itself ($ORIGIN), but is loaded from a copy";
  }
  return reason;
}

// Maps the image and finds its module.
Result<const wirehound_detector_module*> OpenModule(PluginImage image) {
  try {
    boost::dll::shared_library library(
        image.path(), boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    const auto& module =
        library.get<const wirehound_detector_module>(WIREHOUND_DETECTOR_MODULE_NAME);
    KeepLoaded({std::move(image), std::move(library)});
    return &module;
  } catch (const std::exception& exception) {
    return Error(WhyNotLoaded(exception, image));
  }
}

// Checks and loads the same bytes: those of the image.
Result<const wirehound_detector_module*> CheckAndOpen(const fs::path& file,
                                                      std::vector<std::string>& complaints) {
  PluginImage image = WIREHOUND_TRY(PluginImage::Make(file));
  WIREHOUND_TRY(CheckPluginContent(image.path()));
  if (!image.is_copy()) {
    complaints.push_back("plugin " + file.string() +
                         ": loaded in place, as this system refuses memory to copy it to: do not "
                         "replace the file while it is used");
  }
  return OpenModule(std::move(image));
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

// While it lives, a crash report names this plugin: its code runs, and no instance exists yet.
class LoadingPlugin {
 public:
  explicit LoadingPlugin(const char* file) {
    g_crash_context.loading = file;
    g_crash_context.function = "the loading";
  }
  ~LoadingPlugin() { g_crash_context.loading = nullptr; }
  LoadingPlugin(const LoadingPlugin&) = delete;
  LoadingPlugin& operator=(const LoadingPlugin&) = delete;
};

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

// Receives what a plugin passes to the describe sink.
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
    self.answer.emplace(Error("GetDefinition failed: " + std::string(ToView(message))));
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

FileIdentity FileIdentityOf(const struct stat& info) {
  const auto nanoseconds = [](const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  };
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .bytes = static_cast<std::uint64_t>(info.st_size),
          .modified_ns = nanoseconds(info.st_mtim),
          .changed_ns = nanoseconds(info.st_ctim)};
}

}  // namespace

Result<std::vector<LoadedDetector>> LoadPlugin(const fs::path& file,
                                               std::vector<std::string>& complaints) {
  const std::string context = "plugin " + file.string();
  const std::string& name = file.native();
  const LoadingPlugin loading(name.c_str());
  Result<const wirehound_detector_module*> module = CheckAndOpen(file, complaints);
  if (!module) {
    return std::move(module).error().WithContext(context);
  }
  Status checked = CheckModule(**module);
  if (!checked) {
    return std::move(checked).error().WithContext(context);
  }
  std::vector<LoadedDetector> detectors;
  for (std::uint32_t i = 0; i < (*module)->detector_count; ++i) {
    const wirehound_detector* table = (*module)->detectors[i];
    g_crash_context.function = "GetDefinition";
    checked = CheckTable(table);
    Result<DetectorDefinition> definition =
        checked ? Describe(*table) : Result<DetectorDefinition>(std::move(checked).error());
    if (definition) {
      detectors.push_back({table, *std::move(definition), file, *module});
    } else {
      complaints.push_back(context + ": detector " + std::to_string(i) + ": " +
                           definition.error().message());
    }
  }
  return detectors;
}

Result<PluginFiles> ListPluginFolder(const fs::path& folder) {
  WIREHOUND_TRY(CheckPluginFolder(folder));
  PluginFiles files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    struct stat info {};
    if (it->path().extension() == ".so" && lstat(it->path().c_str(), &info) == 0) {
      files.emplace(it->path(), FileIdentityOf(info));
    }
  }
  if (error) {
    return Error("plugins folder " + folder.string() + ": " + error.message());
  }
  return files;
}

Result<LoadedPlugins> LoadPluginFolder(const fs::path& folder) {
  LoadedPlugins plugins;
  plugins.files = WIREHOUND_TRY(ListPluginFolder(folder));
  for (const auto& [file, identity] : plugins.files) {
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
