// SPDX-License-Identifier: Apache-2.0

#include "probes/program_path.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <fstream>
#include <sstream>

namespace wirehound {
namespace {

constexpr int kStartTimeField = 22;  // counted from 1, as in proc(5)
constexpr int kFirstAfterName = 3;
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

std::string ReadStat(const std::string& folder) {
  std::ifstream file(folder + "/stat");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::optional<std::uint64_t> StartTicksFromStat(std::string_view stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos)
    return std::nullopt;
  std::istringstream fields{std::string(stat.substr(name_end + 1))};
  std::string field;
  for (int i = kFirstAfterName; i <= kStartTimeField; ++i) {
    if (!(fields >> field))
      return std::nullopt;
  }
  std::uint64_t ticks = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), ticks);
  if (error != std::errc() || end != field.data() + field.size())
    return std::nullopt;
  return ticks;
}

std::string ProgramPathFromProc(const wirehound_wire_process& process) {
  const std::string folder = "/proc/" + std::to_string(process.host_pid);
  std::array<char, PATH_MAX> path;
  const ssize_t size = readlink((folder + "/exe").c_str(), path.data(), path.size());
  if (size <= 0)
    return {};
  // Asked after the link was read: had the pid changed hands before, the times would differ.
  const std::uint64_t tick_ns = kNanoseconds / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  if (StartTicksFromStat(ReadStat(folder)) != process.start_time_ns / tick_ns)
    return {};
  return {path.data(), static_cast<std::size_t>(size)};
}

}  // namespace wirehound
