// SPDX-License-Identifier: Apache-2.0

// A made-up /proc in a temporary folder, for tests that decide which processes run and which ended.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {

struct FakeProcess {
  std::int32_t pid = 100;
  std::int32_t parent_pid = 50;
  std::uint64_t start_ticks = 1000;
  std::string comm = "sh";
  char state = 'S';
  std::string executable = "/bin/sh";
  std::string arguments = std::string("sh\0-c\0true\0", 11);
  std::string cgroup = "0::/\n";
  std::string namespace_pids = "100";  // the line NSpid of status
  std::uint32_t uid = 1000;
};

class FakeProc {
 public:
  FakeProc() {
    Link("self/ns/pid", "pid:[4026531836]");
    Link("self/ns/time", "time:[4026531834]");
    Write("self/cgroup", "0::/\n");
  }

  std::string path() const { return folder_.path().string(); }

  void Write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    folder_.Write(name, text);
  }
  void Link(const std::string& name, const std::string& target) const {
    const std::filesystem::path link = folder_.path() / name;
    std::filesystem::create_directories(link.parent_path());
    std::filesystem::remove(link);
    std::filesystem::create_symlink(target, link);
  }

  void Run(const FakeProcess& process) const {
    const std::string name = std::to_string(process.pid);
    Write(name + "/stat", StatText(process));
    Write(name + "/status", "Name:\tx\nUid:\t" + std::to_string(process.uid) +
                                "\t0\t0\t0\nGid:\t1001\t0\t0\t0\nNSpid:\t" +
                                process.namespace_pids + "\n");
    Write(name + "/cmdline", process.arguments);
    Write(name + "/cgroup", process.cgroup);
    Link(name + "/exe", process.executable);
  }
  void End(std::int32_t pid) const {
    std::filesystem::remove_all(folder_.path() / std::to_string(pid));
  }

  static std::string StatText(const FakeProcess& process) {
    return std::to_string(process.pid) + " (" + process.comm + ") " + process.state + " " +
           std::to_string(process.parent_pid) + " 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " +
           std::to_string(process.start_ticks) + " 1000 200\n";
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace wirehound::test
