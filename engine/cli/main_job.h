// SPDX-License-Identifier: Apache-2.0

// MainJob: the main job of the program. It makes an Engine with the source, outputs and recorder
// that the command line names, and runs it with privileges dropped, an event loop, reloads and
// container runtimes. The order of its members is the order in which they are made, and they are
// destroyed in reverse: a later member may refer to an earlier one. Control and dispatch thread,
// which are one.

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <wirehound/result.h>

#include "engine/cli/options.h"
#include "engine/config/config_file.h"
#include "engine/privileges/privileges.h"
#include "engine/run/command_process.h"
#include "engine/run/detector_set.h"
#include "engine/run/engine.h"
#include "engine/run/event_loop.h"
#include "engine/run/ledger.h"
#include "engine/run/reloader.h"
#include "engine/runtimes/runtime_asker.h"
#include "engine/safety/stray_output.h"
#include "engine/sources/capture_file_source.h"
#include "probes/live/live_source.h"

namespace wirehound {

class MainJob {
 public:
  /// `options` must outlive the job.
  explicit MainJob(const Options& options) : options_(options) {}
  MainJob(const MainJob&) = delete;
  MainJob& operator=(const MainJob&) = delete;

  /// Does everything that can fail before the first record: opens, loads, drops privileges, starts
  /// the detectors.
  Status Prepare();

  /// Runs to the end of the source and prints the ledger. Returns the exit status.
  int Perform();

 private:
  bool is_live() const { return options_.read_file.empty(); }

  Status FindUser();
  Status OpenFile();
  Status LoadDetectorsAndConfiguration();
  Status ChooseRuntimes();
  Status MakeEngine();
  Status OpenSourceAndOutputs();
  Status GiveUpPrivileges();
  Status StartDetectors();
  void ConnectAndRelease(EventLoop& loop, Reloader& reloader);
  void ConnectRuntimes(EventLoop& loop);
  int PrintLedger(const Status& status, const Reloader& reloader,
                  std::optional<int> command_status);

  const Options& options_;
  std::unique_ptr<StrayOutput> stray_;
  std::optional<RunAs> run_as_;              // --user
  std::unique_ptr<CaptureFileSource> file_;  // until the engine takes it; null: live
  std::optional<DetectorSet> set_;
  ConfigFile config_;
  DetectorConfigs configs_;
  std::unique_ptr<CommandProcess> command_;  // null: no command after "--"
  const LiveSource* live_ = nullptr;         // the engine owns it; null: the source is a file
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<RuntimeAsker> runtimes_;  // null: no runtime is asked
};

}  // namespace wirehound
