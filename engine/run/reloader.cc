// SPDX-License-Identifier: Apache-2.0

#include "engine/run/reloader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/logger.h>

#include "engine/log/logging.h"
#include "engine/run/standing_selection.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace fs = std::filesystem;

namespace {

// A line may quote text of a plugin, which must not reach the terminal unescaped.
std::string Printable(const std::string& line) {
  std::string printable;
  AppendPrintable(printable, line);
  return printable;
}

}  // namespace

Result<DetectorConfigs> MakeConfigs(const ConfigFile& file,
                                    std::span<const DetectorDefinition* const> detectors) {
  DetectorConfigs configs;
  for (const DetectorDefinition* detector : detectors) {
    configs.emplace(detector->id, WIREHOUND_TRY(file.ConfigOf(*detector)));
  }
  return configs;
}

Reloader::Reloader(Engine& engine, DetectorSet& detectors, ReloadOrigin origin, ConfigFile config)
    : engine_(engine),
      set_(detectors),
      origin_(std::move(origin)),
      logger_(MakeLogger("wirehound")),
      config_(std::move(config)),
      files_(set_.files_at_start()) {
  std::set<fs::path> good;
  for (const LoadedDetector* detector : set_.detectors()) {
    good.insert(detector->file);
  }
  for (const auto& [file, identity] : files_) {
    if (good.count(file) == 0) {
      failed_.insert(file);
    }
  }
}

void Reloader::ReloadPlugins() {
  if (origin_.plugins.empty()) {
    return;
  }
  Result<PluginFiles> listed = ListPluginFolder(origin_.plugins);
  if (!listed) {
    if (folder_error_ != listed.error().message()) {
      folder_error_ = listed.error().message();
      logger_->error("{}; what runs goes on", Printable(folder_error_));
    }
    return;
  }
  folder_error_.clear();
  const PluginFiles before = std::exchange(files_, *std::move(listed));
  for (const auto& [file, identity] : before) {
    if (files_.count(file) == 0) {
      Remove(file);
    }
  }
  for (const auto& [file, identity] : files_) {
    const auto old = before.find(file);
    if (old == before.end()) {
      Load(file, "added", counters_.added);
    } else if (!(old->second == identity)) {
      Load(file, "replaced", counters_.replaced);
    }
  }
}

void Reloader::Load(const fs::path& file, const char* what, std::uint64_t& counter) {
  failed_.erase(file);
  std::vector<std::string> complaints;
  Result<std::vector<LoadedDetector>> loaded = LoadPlugin(file, complaints);
  Status applied = loaded ? Replace(file, *std::move(loaded)) : Status(std::move(loaded).error());
  for (const std::string& complaint : complaints) {
    logger_->warn("{}", Printable(complaint));
  }
  if (!applied) {
    ++counters_.refused;
    failed_.insert(file);
    const std::string prefix = "plugin " + file.string() + ": ";
    const std::string& reason = applied.error().message();
    logger_->error("{}{}; what ran before goes on", reason.rfind(prefix, 0) == 0 ? "" : prefix,
                   Printable(reason));
    return;
  }
  ++counter;
  logger_->info("plugin {}: {}; {}", file.string(), what, WhatRuns(file));
}

void Reloader::Remove(const fs::path& file) {
  failed_.erase(file);
  const std::string ran = WhatRuns(file);
  if (Status applied = Replace(file, {}); !applied) {
    ++counters_.refused;
    logger_->error("plugin {}: removed, but {}; its detectors go on", file.string(),
                   Printable(applied.error().message()));
    return;
  }
  ++counters_.removed;
  logger_->info("plugin {}: removed; before, {}", file.string(), ran);
}

// Replaces the detectors of a file. The set changes first, because the plan is made from it; when
// the engine cannot adopt the plan, the set is restored.
Status Reloader::Replace(const fs::path& file, std::vector<LoadedDetector> loaded) {
  DetectorSet::Undo undo = WIREHOUND_TRY(set_.Replace(file, std::move(loaded)));
  const DetectorSet::State before = undo.state;
  if (Status adopted = Adopt(config_); !adopted) {
    set_.Restore(std::move(undo));
    return adopted;
  }
  LogNewlyLeftOut(before);
  return {};
}

Status Reloader::Adopt(const ConfigFile& config) {
  DetectorConfigs configs = WIREHOUND_TRY(MakeConfigs(config, set_.definitions()));
  StandingPlan standing =
      WIREHOUND_TRY(PlanStanding(engine_.setup().selection, set_, engine_.services()));
  WIREHOUND_TRY(engine_.Adopt(std::move(standing.plan), std::move(configs)));
  WarnOfMissing(std::move(standing.missing));
  return {};
}

void Reloader::WarnOfMissing(std::vector<std::string> missing) {
  for (const std::string& line : missing) {
    if (std::find(missing_.begin(), missing_.end(), line) == missing_.end()) {
      logger_->warn("{}; the rest goes on without", Printable(line));
    }
  }
  missing_ = std::move(missing);
}

// Logs the detectors that are left out now and were not before the change.
void Reloader::LogNewlyLeftOut(const DetectorSet::State& before) {
  const auto log = [this](const std::vector<std::string>& lines,
                          const std::vector<std::string>& known, spdlog::level::level_enum level) {
    for (const std::string& line : lines) {
      if (std::find(known.begin(), known.end(), line) == known.end()) {
        logger_->log(level, "{}", Printable(line));
      }
    }
  };
  log(set_.complaints(), before.complaints, spdlog::level::warn);
  log(set_.notes(), before.notes, spdlog::level::info);
}

// For log lines: "detectors A, B run".
std::string Reloader::WhatRuns(const fs::path& file) const {
  std::set<std::string> running;
  for (const auto& instance : engine_.dispatcher().detectors()) {
    running.insert(instance->definition().id);
  }
  std::vector<std::string> ids;
  for (const LoadedDetector* detector : set_.detectors()) {
    if (detector->file == file && running.count(detector->definition.id) != 0) {
      ids.push_back(detector->definition.id);
    }
  }
  if (ids.empty()) {
    return "no detector of it runs";
  }
  return ids.size() == 1 ? fmt::format("detector {} runs", ids.front())
                         : fmt::format("detectors {} run", fmt::join(ids, ", "));
}

void Reloader::ReloadAll() {
  ReloadPlugins();
  ReloadConfig();
  RetryFailed();
}

void Reloader::ReloadConfig() {
  if (origin_.config_path.empty()) {
    return;
  }
  Result<ConfigFile> read = ConfigFile::Read(origin_.config_path);
  const Status adopted = read ? Adopt(*read) : Status(read.error());
  if (!adopted) {
    ++counters_.configurations_refused;
    logger_->error("{}; the configuration before goes on", Printable(adopted.error().message()));
    return;
  }
  config_ = *std::move(read);
  engine_.SetLimits(config_.limits());
  ++counters_.configurations;
  logger_->info("configuration {}: read again", origin_.config_path.string());
  for (const std::string& line : config_.UnknownDetectors(set_.definitions())) {
    logger_->warn("{}", Printable(line));
  }
}

// Tries all failed files again: the cause may have been the configuration, or anything else outside
// the file.
void Reloader::RetryFailed() {
  const std::set<fs::path> failed = failed_;
  for (const fs::path& file : failed) {
    if (files_.count(file) != 0) {
      Load(file, "loaded after all", counters_.added);
    }
  }
}

}  // namespace wirehound
