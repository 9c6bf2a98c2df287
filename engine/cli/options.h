// SPDX-License-Identifier: Apache-2.0

// Options: the command line, parsed and checked for form. Names of events and detectors are checked
// later, when the plugins are loaded. Control thread, at start.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/plan/selection.h"
#include "engine/recording/write_options.h"

namespace wirehound {

enum class Verb : unsigned char {
  kRun,
  kListEvents,
  kListDetectors,
  kDoctor,
  kPlan,
  kCheckPlugin,
  kTestDetector,
  kNewDetector,
  kShowText
};

struct Options {
  Verb verb = Verb::kRun;
  std::string text;  ///< for kShowText: the help or version to print

  Selection selection;
  std::string read_file;                     ///< capture file, "-" for standard input, "" for live
  std::string cgroup;                        ///< directory of the group to watch, "" for all
  WriteOptions write;                        ///< --write and its options; no path: none
  std::vector<std::string> outputs;          ///< --output, in order; empty for the default
  std::uint32_t ring_bytes = 8u << 20;       ///< size of the ring buffer of live capture
  std::string plugins;                       ///< folder, "" for the default places
  std::string user;                          ///< --user, "" to keep the user
  bool filters_system_calls = true;          ///< --seccomp
  std::string config;                        ///< configuration file, "" for none
  std::vector<std::string> runtime_sockets;  ///< --runtime-socket; empty for the usual ones
  std::string log_level = "info";
  bool strict_plugins = false;          ///< a plugin that does not load ends the run
  bool strict = false;                  ///< a ledger that does not close is a failure
  bool as_json = false;                 ///< list … --json, check-plugin --json, plan --json
  std::string test_plugin;              ///< test: a file, or a folder of them
  std::vector<std::string> test_cases;  ///< test: case files
  bool show_detections = false;         ///< test --show
  std::string new_detector;             ///< new-detector: its name
  std::string directory;                ///< new-detector: parent folder, "" for here
  std::string checked_plugin;           ///< check-plugin: the shared object
  std::vector<std::string> command;     ///< the words after "--"
};

/// Every error is a usage error, exit status 2.
Result<Options> ParseCommandLine(int argc, const char* const* argv);

}  // namespace wirehound
