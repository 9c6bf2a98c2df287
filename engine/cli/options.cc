// SPDX-License-Identifier: Apache-2.0

#include "engine/cli/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/version.h"

namespace wirehound {

namespace {

// What stands after the first "--" is somebody else's command line and not parsed.
std::vector<std::string> TakeCommand(std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) {
    return {};
  }
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

// A list may begin with an exclusion: "--events -net_packet_tcp". CLI11 would take that for an
// option, so the two are joined.
void JoinExclusions(std::vector<std::string>& arguments) {
  constexpr std::string_view kListOptions[] = {"--events", "-e", "--detectors", "-d"};
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    const auto* option = std::find(std::begin(kListOptions), std::end(kListOptions), arguments[i]);
    const std::string& value = arguments[i + 1];
    if (option == std::end(kListOptions) || value.size() < 2 || value[0] != '-' ||
        value[1] == '-') {
      continue;
    }
    const bool is_short = option->size() == 2;
    arguments[i] = std::string(*option) + (is_short ? "" : "=") + value;
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

void AddRunOptions(CLI::App& app, Options& options) {
  app.add_option("-d,--detectors", options.selection.detectors,
                 "detectors to run, by commas: ID, ID*, -ID, all")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app.add_option("-e,--events", options.selection.events,
                 "events to show, by commas: NAME, NAME*, -NAME, a set, tag=TAG")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app.add_option("-r,--read", options.read_file,
                 "read a pcap or pcapng file, - for standard input, instead of live traffic")
      ->type_name("FILE");
  app.add_option("--cgroup", options.cgroup,
                 "watch only this version 2 control group and those below it")
      ->type_name("DIR");
  app.add_option("-o,--output", options.outputs,
                 "json, table or none, json:FILE, table:FILE; may be repeated\n"
                 "(default: table on a terminal, json otherwise)")
      ->type_name("SPEC")
      ->allow_extra_args(false);
  app.add_option("--plugins", options.plugins, "folder of detectors")->type_name("DIR");
  app.add_option("--log-level", options.log_level, "debug, info, warn, error or off")
      ->type_name("LEVEL");
  app.add_flag("--strict-plugins", options.strict_plugins,
               "end when a file of the plugins folder does not load");
  app.add_flag("--strict", options.strict, "end with status 1 when the account does not close");
}

// The sub-commands. CLI11 keeps the objects; what was called is asked afterwards.
struct Verbs {
  CLI::App* list;
  CLI::App* events;
  CLI::App* detectors;
  CLI::App* doctor;
};

Verbs AddVerbs(CLI::App& app, Options& options) {
  CLI::App* list = app.add_subcommand("list", "show what can be selected");
  list->require_subcommand(0, 1);  // none is refused below, by name
  Verbs verbs{};
  verbs.list = list;
  verbs.events = list->add_subcommand("events", "every event, with its fields and sets");
  verbs.detectors = list->add_subcommand("detectors", "every detector that loads");
  for (CLI::App* verb : {verbs.events, verbs.detectors}) {
    verb->add_flag("--json", options.as_json, "as JSON");
    verb->add_option("--plugins", options.plugins, "folder of detectors")->type_name("DIR");
  }
  verbs.doctor = app.add_subcommand(
      "doctor", "what live capture needs, what this machine has, and what is lost without it");
  return verbs;
}

// What the words mean once they have been parsed.
Result<Verb> VerbOf(const Verbs& verbs) {
  if (verbs.events->parsed()) {
    return Verb::kListEvents;
  }
  if (verbs.detectors->parsed()) {
    return Verb::kListDetectors;
  }
  if (verbs.list->parsed()) {
    return Error(ErrorCode::kInvalidInput, "list: expected 'events' or 'detectors' after it");
  }
  return verbs.doctor->parsed() ? Verb::kDoctor : Verb::kRun;
}

Status CheckTogether(const Options& options) {
  const auto conflict = [](std::string_view a, std::string_view b) {
    return Error(ErrorCode::kInvalidInput,
                 std::string(a) + " and " + std::string(b) + " cannot be used together");
  };
  if (!options.read_file.empty() && !options.command.empty()) {
    return conflict("--read", "-- COMMAND");
  }
  if (!options.read_file.empty() && !options.cgroup.empty()) {
    return conflict("--read", "--cgroup");
  }
  return {};
}

}  // namespace

Result<Options> ParseCommandLine(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  Options options;
  options.command = TakeCommand(arguments);
  const bool has_dashes = arguments.size() + 1 < static_cast<std::size_t>(argc);
  JoinExclusions(arguments);

  CLI::App app("Network detection engine: packets with their processes, decoded, to detectors",
               "wirehound");
  app.set_version_flag("-V,--version", std::string(kEngineVersion));
  app.footer(
      "With '-- COMMAND ARG…' at the end, runs the command in a control group of its own,\n"
      "watches just that, and ends with its exit status.");
  app.require_subcommand(0, 1);
  AddRunOptions(app, options);
  const Verbs verbs = AddVerbs(app, options);
  try {
    std::reverse(arguments.begin(), arguments.end());  // the order CLI11 takes a vector in
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    options.verb = Verb::kShowText;
    options.text = app.help();
  } catch (const CLI::CallForVersion&) {
    options.verb = Verb::kShowText;
    options.text = "wirehound " + std::string(kEngineVersion) + "\n";
  } catch (const CLI::ParseError& error) {
    return Error(ErrorCode::kInvalidInput, std::string(error.what()) + "; see 'wirehound --help'");
  }
  if (options.verb == Verb::kShowText) {
    return options;
  }
  Result<Verb> verb = VerbOf(verbs);
  if (!verb) {
    return std::move(verb).error();
  }
  options.verb = *verb;
  if (has_dashes && options.command.empty()) {
    return Error(ErrorCode::kInvalidInput, "expected a command after '--'");
  }
  Status together = CheckTogether(options);
  if (!together) {
    return std::move(together).error();
  }
  return options;
}

}  // namespace wirehound
