// SPDX-License-Identifier: Apache-2.0

// The plugin loader: which shared objects load, and the errors of the others. Each error names the
// file and the reason. The shared objects are built from tests/engine/test_plugins/.

#include "engine/plugins/plugin_loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/log/logging.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/captured_stderr.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/exported_symbols.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/paths.h"
#include "tests/engine/support/plugin_folder.h"

TEST_SUITE_BEGIN("abi");

namespace wirehound::test {
namespace plugin_loader_test {

namespace fs = std::filesystem;

LoadedPlugins Load(const PluginFolder& folder) {
  Result<LoadedPlugins> plugins = LoadPluginFolder(folder.path());
  REQUIRE_MESSAGE(plugins.has_value(), (plugins ? "" : plugins.error().message()));
  return *std::move(plugins);
}

std::vector<std::string> Ids(const LoadedPlugins& plugins) {
  std::vector<std::string> ids;
  for (const LoadedDetector& detector : plugins.detectors) {
    ids.push_back(detector.definition.id);
  }
  return ids;
}

// The error for this file in a plugin folder, without the file's path. The valid plugin in the same
// folder must load.
std::string Complaint(const PluginFolder& folder, const fs::path& file) {
  folder.Add("good", "zz_sound");
  const LoadedPlugins plugins = Load(folder);
  CHECK(Ids(plugins) == std::vector<std::string>{"good"});
  REQUIRE(plugins.complaints.size() == 1);
  const std::string context = "plugin " + file.string() + ": ";
  CHECK(plugins.complaints[0].find(context) == 0);
  return plugins.complaints[0].substr(std::min(context.size(), plugins.complaints[0].size()));
}

std::string Complaint(const std::string& plugin) {
  const PluginFolder folder;
  return Complaint(folder, folder.Add(plugin));
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("plugin loader: the definition of a valid plugin is copied whole") {
  const PluginFolder folder;
  const fs::path file = folder.Add("good");
  const LoadedPlugins plugins = Load(folder);
  CHECK(plugins.complaints.empty());
  REQUIRE(plugins.detectors.size() == 1);
  CHECK(plugins.detectors[0].file == file);
  const DetectorDefinition& definition = plugins.detectors[0].definition;
  CHECK(definition.id == "good");
  REQUIRE(definition.requirements.events.size() == 2);
  CHECK(definition.requirements.events[0].name == "net_packet_udp");
  CHECK(definition.requirements.events[0].dependency == Dependency::kRequired);
  CHECK(definition.requirements.events[1].dependency == Dependency::kOptional);
  CHECK(definition.produced_event.name == "good_event");
  CHECK(definition.produced_event.description == "A datagram");
  CHECK(definition.produced_event.version.minor == 2);
  CHECK(definition.produced_event.tags == std::vector<std::string>{"one", "two"});
  REQUIRE(definition.produced_event.fields.size() == 1);
  CHECK(definition.produced_event.fields[0].name == "port");
  CHECK(definition.produced_event.fields[0].type == FieldType::kUint16);
  CHECK(definition.produced_event.fields[0].description == "the destination port");
  REQUIRE(definition.threat.has_value());
  CHECK(definition.threat->severity == Severity::kLow);
  CHECK(definition.threat->mitre_technique_id == "T1046");
  CHECK(definition.auto_populate.threat);
  CHECK(definition.auto_populate.detected_from);
}

TEST_CASE("plugin loader: plugins in C++ and in plain C run and detect") {
  const PluginFolder folder;
  folder.Add("good");
  folder.Add("plain");
  EngineRun run(Load(folder));
  REQUIRE(run.start_failures().empty());
  const auto feed = [&run](const ByteWriter& packet) {
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.process = &UnknownProcess();
    run.engine().OnRecord(record);
  };
  feed(Ipv4(17, Udp({'x'})));
  feed(Ipv4(6, Tcp({'x'})));
  feed(Ipv4(6, Tcp({'x'})));
  run.engine().Close();
  REQUIRE(run.names() == "good_event plain_event plain_event");
  const auto arguments = [&run](std::size_t event) {
    return test::Json::parse(run.shown().json[event])["args"].dump();
  };
  CHECK(arguments(0) == R"([{"name":"port","type":"u16","value":53}])");
  CHECK(arguments(2) == R"([{"name":"count","type":"unsigned long","value":1},)"
                        R"({"name":"port","type":"unsigned int","value":80}])");
  CHECK(run.dispatcher().detectors()[0]->counters().errors == 0);
  CHECK(run.dispatcher().detectors()[1]->counters().errors == 0);
}

TEST_CASE("plugin loader: a plugin built for detectors exports exactly one symbol") {
  for (const fs::path& file : {PluginFolder::Built("good"), PluginFolder::Built("several"),
                               PluginFolder::Built("plain"), DnsPlugin()}) {
    CAPTURE(file.filename().string());
    CHECK(ExportedSymbols(file) == std::vector<std::string>{WIREHOUND_DETECTOR_MODULE_NAME});
  }
}

TEST_CASE("plugin loader: a stripped plugin loads") {
  const PluginFolder folder;
  folder.Add("stripped");
  const LoadedPlugins plugins = Load(folder);
  CHECK(plugins.complaints.empty());
  CHECK(Ids(plugins) == std::vector<std::string>{"good"});
}

TEST_CASE("plugin loader: a plugin with structs longer than the engine's loads") {
  const PluginFolder folder;
  folder.Add("longer");
  const LoadedPlugins plugins = Load(folder);
  CHECK(plugins.complaints.empty());
  REQUIRE(Ids(plugins) == std::vector<std::string>{"odd"});
  const auto& requirements = plugins.detectors[0].definition.requirements.events;
  REQUIRE(requirements.size() == 2);  // walked by their stride
  CHECK(requirements[1].name == "net_packet_tcp");
  CHECK(requirements[1].dependency == Dependency::kOptional);
}

TEST_CASE("plugin loader: a module that breaks the ABI is refused with the rule it breaks") {
  struct Case {
    const char* plugin;
    const char* reason;
  };
  const Case cases[] = {
      {"other_major", "built for detector ABI 2; this engine has ABI 1"},
      {"no_symbol", "not a detector: it does not export wirehound_detector_module_v1"},
      {"function", "not a detector: its wirehound_detector_module_v1 is no detector module"},
      {"bad_magic", "not a detector: its module has magic number 305419896; expected 1464353841"},
      {"small_module", "its module states a size of 16 bytes, too small"},
      {"newer_minor", "it needs detector ABI 1.1; this engine has 1.0"},
      {"no_detectors", "it states 0 detectors; expected 1 to 256"},
      {"too_many", "it states 100000 detectors; expected 1 to 256"},
      {"null_detectors", "it has no list of detectors"},
      {"null_table", "detector 0: its table is null"},
      {"null_describe", "detector 0: a function of its table is null"},
      {"null_create", "detector 0: a function of its table is null"},
      {"null_init", "detector 0: a function of its table is null"},
      {"null_on_event", "detector 0: a function of its table is null"},
      {"null_close", "detector 0: a function of its table is null"},
      {"null_destroy", "detector 0: a function of its table is null"},
      {"null_last_error", "detector 0: a function of its table is null"},
      {"small_table", "detector 0: its table states a size of 56 bytes, too small"},
      {"silent", "detector 0: GetDefinition gave no answer (status 77)"},
      {"null_definition", "detector 0: GetDefinition gave nothing"},
      {"failing", "detector 0: GetDefinition failed: no licence"},
      {"small_definition", "detector 0: definition is of 40 bytes, too small for ABI 1.0"},
      {"small_threat", "detector 0: definition.threat is of 8 bytes, too small"},
      {"small_stride",
       "detector 0: definition.events is a list of 2 elements of 24 bytes; expected at most 256 of "
       "at least 72"},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.plugin));
    CHECK(Complaint(c.plugin) == std::string(c.reason));
  }
}

TEST_CASE("plugin loader: an undefined function is an error at load, not at its call") {
  const std::string complaint = Complaint("unresolved");
  CHECK(Contains(complaint, "cannot be loaded: "));
  CHECK(Contains(complaint, "wirehound_test_no_such_function"));
}

TEST_CASE("plugin loader: of several detectors in one file the valid ones load") {
  const PluginFolder folder;
  const std::string file = folder.Add("several").string();
  const LoadedPlugins plugins = Load(folder);
  CHECK(Ids(plugins) == std::vector<std::string>{"first", "last"});
  REQUIRE(plugins.complaints.size() == 2);
  CHECK(plugins.complaints[0] ==
        "plugin " + file + ": detector 1: GetDefinition failed: no licence");
  CHECK(Contains(plugins.complaints[1], "plugin " + file + ": detector 2: invalid definition: "));
}

TEST_CASE("plugin loader: a detector that throws in any function does not stop the others") {
  REQUIRE(SetLogLevel("error").has_value());
  const CapturedStderr errors;
  const PluginFolder folder;
  const std::string file = folder.Add("throwing").string();
  folder.Add("good");
  LoadedPlugins plugins = Load(folder);
  CHECK(plugins.complaints ==
        std::vector<std::string>{"plugin " + file +
                                 ": detector 0: GetDefinition failed: constructor threw"});
  constexpr std::size_t kPackets = 3;
  std::map<std::string, std::size_t> shown;
  {
    EngineRun run(std::move(plugins));
    CHECK(Contains(run.start_failures(), "Init threw"));
    const ByteWriter packet = Ipv4(17, Udp({'x'}));
    for (std::size_t i = 0; i < kPackets; ++i) {
      Record record;
      record.bytes = packet.span();
      record.wire_length = static_cast<std::uint32_t>(packet.size());
      record.process = &UnknownProcess();
      run.engine().OnRecord(record);
    }
    run.engine().Close();
    for (const std::string& name : run.shown().names) {
      ++shown[name];
    }
  }
  REQUIRE(SetLogLevel("off").has_value());
  CHECK(shown == std::map<std::string, std::size_t>{{"good_event", kPackets},
                                                    {"close_event", kPackets},
                                                    {"destroy_event", kPackets}});
  for (const char* said : {"an exception of unknown type", "Close threw", "destructor threw"}) {
    CAPTURE(std::string(said));
    CHECK(Contains(errors.Text(), said));
  }
}

TEST_CASE("plugin loader: a file that is not a shared object is refused before it is loaded") {
  const PluginFolder folder;
  const auto write = [&folder](const std::string& content) {
    fs::path file = folder.Write("x.so", content);
    fs::permissions(file, fs::perms::owner_all);
    return file;
  };
  SUBCASE("text") { CHECK(Complaint(folder, write("#!/bin/sh\nexit 1\n")) == "not an ELF file"); }
  SUBCASE("empty") { CHECK(Complaint(folder, write("")) == "not an ELF file"); }
  SUBCASE("a program of another architecture") {
    std::string content = ReadFile(PluginFolder::Built("good"));
    content[18] = 8;  // e_machine: MIPS
    content[19] = 0;
    CHECK(Contains(Complaint(folder, write(content)), "built for another architecture"));
  }
  SUBCASE("a shared object of 32 bits") {
    std::string content = ReadFile(PluginFolder::Built("good"));
    content[4] = 1;  // EI_CLASS
    CHECK(Contains(Complaint(folder, write(content)), "built for another architecture"));
  }
  SUBCASE("a shared object of the other byte order") {
    std::string content = ReadFile(PluginFolder::Built("good"));
    content[5] = 2;  // EI_DATA
    CHECK(Contains(Complaint(folder, write(content)), "built for another architecture"));
  }
  SUBCASE("an object file") {
    std::string content = ReadFile(PluginFolder::Built("good"));
    content[16] = 1;  // e_type: ET_REL
    CHECK(Complaint(folder, write(content)) == "not a shared object");
  }
  SUBCASE("a header and nothing else") {
    const std::string content = ReadFile(PluginFolder::Built("good")).substr(0, 64);
    CHECK(Contains(Complaint(folder, write(content)), "truncated"));
  }
}

TEST_CASE("plugin loader: a plugin cut off anywhere is refused") {
  const std::string whole = ReadFile(PluginFolder::Built("good"));
  for (const std::size_t part : {1, 10, 25, 50, 75, 90, 99}) {
    CAPTURE(part);
    const PluginFolder folder;
    const fs::path file = folder.Write("cut.so", whole.substr(0, whole.size() * part / 100));
    fs::permissions(file, fs::perms::owner_all);
    CHECK_FALSE(Complaint(folder, file).empty());
  }
  const PluginFolder folder;
  const fs::path file = folder.Write("cut.so", whole.substr(0, whole.size() - 1));
  fs::permissions(file, fs::perms::owner_all);
  CHECK_FALSE(Complaint(folder, file).empty());
}

TEST_CASE("plugin loader: a file that others could have written is refused") {
  const PluginFolder folder;
  const fs::path file = folder.Add("good");
  SUBCASE("writable by the group") {
    fs::permissions(file, fs::perms::owner_all | fs::perms::group_write);
  }
  SUBCASE("writable by all users") { fs::permissions(file, fs::perms::all); }
  CHECK(Contains(Complaint(folder, file), "writable by others"));
}

TEST_CASE("plugin loader: a file of another user is refused") {
  constexpr uid_t kSomebody = 54321;
  const PluginFolder folder;
  const fs::path file = folder.Add("good");
  if (chown(file.c_str(), kSomebody, static_cast<gid_t>(-1)) != 0) {
    MESSAGE("not checked: only root can give files away");
    return;
  }
  CHECK(Contains(Complaint(folder, file), "owned by user 54321; expected root"));
}

TEST_CASE("plugin loader: an entry that is not a regular file is refused") {
  const PluginFolder folder;
  const fs::path file = folder.path() / "x.so";
  SUBCASE("a link to a valid plugin") {
    const PluginFolder elsewhere;
    fs::create_symlink(elsewhere.Add("good"), file);
    CHECK(Complaint(folder, file) == "not a regular file");
  }
  SUBCASE("a dangling link") {
    fs::create_symlink(folder.path() / "missing", file);
    CHECK(Complaint(folder, file) == "not a regular file");
  }
  SUBCASE("a folder") {
    fs::create_directory(file);
    CHECK(Complaint(folder, file) == "not a regular file");
  }
  SUBCASE("a pipe without a writer") {
    REQUIRE(mkfifo(file.c_str(), 0600) == 0);
    CHECK(Complaint(folder, file) == "not a regular file");
  }
}

TEST_CASE("plugin loader: files with other extensions are ignored") {
  const PluginFolder folder;
  folder.Add("good");
  folder.Write("README", "drop your detectors here");
  folder.Write("good.so.bak", "x");
  const LoadedPlugins plugins = Load(folder);
  CHECK(plugins.complaints.empty());
  CHECK(plugins.detectors.size() == 1);
}

TEST_CASE("plugin loader: files load in the order of their names") {
  const PluginFolder folder;
  folder.Add("plain", "b");
  folder.Add("good", "c");
  folder.Add("several", "a");
  CHECK(Ids(Load(folder)) == std::vector<std::string>{"first", "last", "plain", "good"});
}

TEST_CASE("plugin loader: an empty folder is not an error") {
  const PluginFolder folder;
  const LoadedPlugins plugins = Load(folder);
  CHECK(plugins.detectors.empty());
  CHECK(plugins.complaints.empty());
}

TEST_CASE("plugin loader: the error for an unsafe or unreadable folder names it") {
  const PluginFolder folder;
  folder.Add("good");
  fs::path path = folder.path();
  std::string reason;
  SUBCASE("writable by anybody") {
    fs::permissions(path, fs::perms::all);
    reason = "writable by others";
  }
  SUBCASE("writable by the group") {
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_write);
    reason = "writable by others";
  }
  SUBCASE("missing") {
    path /= "missing";
    reason = "No such file or directory";
  }
  SUBCASE("a file instead of a folder") {
    path /= "good.so";
    reason = "not a directory";
  }
  const Result<LoadedPlugins> plugins = LoadPluginFolder(path);
  REQUIRE_FALSE(plugins.has_value());
  CHECK(plugins.error().message().find("plugins folder " + path.string() + ": " + reason) == 0);
}

TEST_CASE("plugin loader: a path may be relative, and no other folder is searched") {
  const PluginFolder folder;
  folder.Add("good");
  std::vector<std::string> complaints;
  const fs::path relative = fs::relative(folder.path() / "good.so");
  const Result<std::vector<LoadedDetector>> loaded = LoadPlugin(relative, complaints);
  REQUIRE(loaded.has_value());
  CHECK(loaded->size() == 1);
  CHECK_FALSE(LoadPlugin("good.so", complaints).has_value());
}

}  // namespace plugin_loader_test
}  // namespace wirehound::test

TEST_SUITE_END();
