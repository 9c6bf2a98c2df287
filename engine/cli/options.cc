// SPDX-License-Identifier: Apache-2.0

#include "engine/cli/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/text/byte_size.h"
#include "engine/text/version.h"

namespace wirehound {

namespace {

// The words after the first "--" belong to the command. CLI11 never sees them: it would take their
// options for ours.
std::vector<std::string> TakeCommand(std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) {
    return {};
  }
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

// A list may begin with an exclusion: "--events -net_packet_tcp". CLI11 would take the exclusion
// for an option, so this joins it to its option: "--events=-net_packet_tcp".
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

void AddSelectionOptions(CLI::App& app, Options& options) {
  app.add_option("-d,--detectors", options.selection.detectors,
                 "detectors to run, by commas: ID, ID*, -ID, all")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app.add_option(
         "-e,--events", options.selection.events,
         "events to show, by commas: NAME, NAME*, -NAME, a set, tag=TAG; or one filter, as\n"
         "'NAME.data.FIELD>=VALUE' or 'NAME.scope.FIELD=VALUE,VALUE'; may be repeated")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app.add_option("--scope", options.selection.scope,
                 "events of whom at all: 'FIELD=VALUE,VALUE', 'uid!=0', container, host;\n"
                 "may be repeated")
      ->type_name("EXPR")
      ->allow_extra_args(false);
}

// Throws on a wrong value, because CLI11 expects that of a conversion.
std::uint32_t RingBytes(const std::string& text) {
  constexpr std::uint64_t kLeast = std::uint64_t{64} << 10;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 30;
  const Result<std::uint64_t> bytes = ParseByteSize(text);
  if (!bytes || *bytes < kLeast || *bytes > kMost || !std::has_single_bit(*bytes)) {
    throw CLI::ValidationError("--ring-size",
                               "'" + text + "': expected a power of two from 64K to 1G, as 16M");
  }
  return static_cast<std::uint32_t>(*bytes);
}

void AddRunOptions(CLI::App& app, Options& options) {
  app.add_option("-r,--read", options.read_file,
                 "read a pcap or pcapng file, - for standard input, instead of live traffic")
      ->type_name("FILE");
  app.add_option("--cgroup", options.cgroup,
                 "watch only this version 2 control group and those below it")
      ->type_name("DIR");
  app.add_option("-o,--output", options.outputs,
                 "json, table or none, json:FILE, table:FILE; behind it ',policy=drop' (leave\n"
                 "events out rather than wait, live only) and ',queue=SIZE'; may be repeated\n"
                 "(default: table on a terminal, json otherwise)")
      ->type_name("SPEC")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--ring-size",
         [&options](const std::string& text) { options.ring_bytes = RingBytes(text); },
         "of the buffer between kernel and engine: a power of two, 64K to 1G (default: 8M)")
      ->type_name("SIZE");
  app.add_option("--plugins", options.plugins, "folder of detectors")->type_name("DIR");
  app.add_option("--config", options.config, "options of detectors, in YAML; SIGHUP reads it again")
      ->type_name("FILE");
  app.add_option("--user", options.user,
                 "go on as this user, NAME or NAME:GROUP, once capture is set up")
      ->type_name("USER");
  app.add_option_function<std::string>(
         "--seccomp",
         [&options](const std::string& mode) { options.filters_system_calls = mode == "on"; },
         "on or off: refuse system calls a running engine has no use for (default: on)")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("MODE");
  app.add_option("--runtime-socket", options.runtime_sockets,
                 "where to ask for the names of containers: docker:PATH, podman:PATH,\n"
                 "containerd:PATH or crio:PATH, may be repeated; none: nowhere\n"
                 "(default: where runtimes usually listen)")
      ->type_name("SPEC")
      ->allow_extra_args(false);
  app.add_option("--log-level", options.log_level, "debug, info, warn, error or off")
      ->type_name("LEVEL");
  app.add_flag("--strict-plugins", options.strict_plugins,
               "end when a file of the plugins folder does not load");
  app.add_flag("--strict", options.strict, "end with status 1 when the account does not close");
}

void AddWriteOptions(CLI::App& app, WriteArguments& words) {
  app.add_option(
         "-w,--write", words.path,
         "record the packets, with their processes, as pcapng; --read gives the same events")
      ->type_name("FILE");
  app.add_option("--write-size", words.size, "begin another file beyond this size, as in 100M")
      ->type_name("SIZE");
  app.add_option("--write-files", words.files, "keep so many files, removing the oldest")
      ->type_name("N");
  app.add_option("--write-split", words.split, "a file for each process or container")
      ->type_name("process|container");
  app.add_option("--write-bytes", words.bytes,
                 "capture at least so much of each packet, instead of what the selection needs")
      ->type_name("N|all");
}

// The sub-commands. CLI11 owns them; after the parse each knows whether it was given.
struct Verbs {
  CLI::App* list;
  CLI::App* events;
  CLI::App* detectors;
  CLI::App* doctor;
  CLI::App* plan;
  CLI::App* check_plugin;
  CLI::App* test;
  CLI::App* new_detector;
};

CLI::App* AddPlan(CLI::App& app, Options& options) {
  CLI::App* plan = app.add_subcommand(
      "plan", "what would be captured for a selection, and why; captures nothing");
  AddSelectionOptions(*plan, options);
  plan->add_option("--cgroup", options.cgroup, "the control group that would be watched")
      ->type_name("DIR");
  plan->add_option("--plugins", options.plugins, "folder of detectors")->type_name("DIR");
  plan->add_flag("--json", options.as_json, "as JSON");
  return plan;
}

CLI::App* AddTest(CLI::App& app, Options& options) {
  CLI::App* test = app.add_subcommand("test", "run test cases of detectors, for their authors");
  test->add_option("PLUGIN", options.test_plugin, "a detector's .so, or a folder of them")
      ->required();
  test->add_option("CASES", options.test_cases, "files of test cases")->required();
  test->add_option("--log-level", options.log_level, "debug, info, warn, error or off")
      ->type_name("LEVEL");
  test->add_flag("--show", options.show_detections, "print every detection, as a case expects it");
  return test;
}

CLI::App* AddNewDetector(CLI::App& app, Options& options) {
  CLI::App* verb = app.add_subcommand(
      "new-detector", "write the project of a new detector, ready to be built and tested");
  verb->add_option("NAME", options.new_detector, "letters, digits and '_'")->required();
  verb->add_option("--directory", options.directory, "where the project's folder goes, here if not")
      ->type_name("DIR");
  return verb;
}

Verbs AddVerbs(CLI::App& app, Options& options) {
  CLI::App* list = app.add_subcommand("list", "show what can be selected");
  list->require_subcommand(0, 1);  // VerbOf reports a missing one, with a better message
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
  verbs.plan = AddPlan(app, options);
  verbs.check_plugin = app.add_subcommand(
      "check-plugin", "whether a detector's shared object loads, what it needs, and why not");
  verbs.check_plugin->add_option("file", options.checked_plugin, "the shared object")
      ->type_name("FILE.so")
      ->required();
  verbs.check_plugin->add_flag("--json", options.as_json, "as JSON");
  verbs.test = AddTest(app, options);
  verbs.new_detector = AddNewDetector(app, options);
  return verbs;
}

// Which command was given; call after the parse.
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
  if (verbs.plan->parsed()) {
    return Verb::kPlan;
  }
  if (verbs.check_plugin->parsed()) {
    return Verb::kCheckPlugin;
  }
  if (verbs.test->parsed()) {
    return Verb::kTestDetector;
  }
  if (verbs.new_detector->parsed()) {
    return Verb::kNewDetector;
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
  if (!options.read_file.empty() && !options.runtime_sockets.empty()) {
    return conflict("--read", "--runtime-socket");
  }
  if (!options.read_file.empty() && !options.cgroup.empty()) {
    return conflict("--read", "--cgroup");
  }
  return {};
}

// Parses the words before "--" into `options`. CLI11 throws for --help and --version too: their
// text becomes the verb kShowText.
Result<Verb> ParseWords(std::vector<std::string> words, Options& options) {
  CLI::App app("Network detection engine: packets with their processes, decoded, to detectors",
               "wirehound");
  app.set_version_flag("-V,--version", std::string(kEngineVersion));
  app.footer(
      "With '-- COMMAND ARG…' at the end, runs the command in a control group of its own,\n"
      "watches just that, and ends with its exit status.");
  app.require_subcommand(0, 1);
  AddSelectionOptions(app, options);
  AddRunOptions(app, options);
  WriteArguments write_words;
  AddWriteOptions(app, write_words);
  const Verbs verbs = AddVerbs(app, options);
  try {
    std::reverse(words.begin(), words.end());  // CLI11 parses a vector from the back
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    options.text = app.help();
    return Verb::kShowText;
  } catch (const CLI::CallForVersion&) {
    options.text = "wirehound " + std::string(kEngineVersion) + "\n";
    return Verb::kShowText;
  } catch (const CLI::ParseError& error) {
    return Error(ErrorCode::kInvalidInput, std::string(error.what()) + "; see 'wirehound --help'");
  }
  options.write = WIREHOUND_TRY(ReadWriteOptions(write_words));
  return VerbOf(verbs);
}

}  // namespace

Result<Options> ParseCommandLine(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  Options options;
  options.command = TakeCommand(words);
  const bool has_dashes = words.size() + 1 < static_cast<std::size_t>(argc);
  JoinExclusions(words);
  options.verb = WIREHOUND_TRY(ParseWords(std::move(words), options));
  if (options.verb == Verb::kShowText) {
    return options;
  }
  if (has_dashes && options.command.empty()) {
    return Error(ErrorCode::kInvalidInput, "expected a command after '--'");
  }
  WIREHOUND_TRY(CheckTogether(options));
  return options;
}

}  // namespace wirehound
