// SPDX-License-Identifier: Apache-2.0

#include "engine/graph/availability.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <span>

#include "engine/text/version.h"

namespace wirehound {

namespace {

constexpr std::string_view kStores[] = {"container", "dns", "process", "shared", "system"};
constexpr std::string_view kEnrichments[] = {"ancestry", "container"};

#if defined(__x86_64__)
constexpr std::string_view kArchitecture = "x86_64";
#elif defined(__aarch64__)
constexpr std::string_view kArchitecture = "aarch64";
#else
constexpr std::string_view kArchitecture = "unknown";
#endif

bool IsOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    text += text.empty() ? "" : ", ";
    text += name;
  }
  return text;
}

std::optional<Unfit> WhyUnmet(const std::vector<NamedRequirement>& requirements,
                              std::string_view what, std::span<const std::string_view> known) {
  for (const NamedRequirement& requirement : requirements) {
    if (requirement.dependency == Dependency::kRequired && !IsOneOf(requirement.name, known)) {
      return Unfit{"required " + std::string(what) + " '" + requirement.name +
                       "' does not exist; there are " + Joined(known),
                   false};
    }
  }
  return std::nullopt;
}

}  // namespace

HostFacts ThisHost() { return {ParseVersion(kEngineVersion), kArchitecture}; }

Version ParseVersion(std::string_view text) {
  std::uint16_t parts[3] = {};
  const char* at = text.data();
  const char* end = at + text.size();
  for (std::uint16_t& part : parts) {
    const auto [rest, error] = std::from_chars(at, end, part);
    if (error != std::errc() || rest == end || *rest != '.') {
      break;
    }
    at = rest + 1;
  }
  return {parts[0], parts[1], parts[2]};
}

std::string VersionText(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

std::string WindowText(const Version& min, const Version& max) {
  const std::string from = min == Version() ? "" : VersionText(min) + " or later";
  const std::string below = max == Version() ? "" : "below " + VersionText(max);
  return from.empty() ? below : below.empty() ? from : from + " and " + below;
}

bool IsInWindow(const Version& version, const Version& min, const Version& max) {
  return !(version < min) && (max == Version() || version < max);
}

std::optional<Unfit> WhyUnfit(const DetectorDefinition& detector, const HostFacts& host) {
  const Requirements& wants = detector.requirements;
  const auto& architectures = wants.architectures;
  if (!architectures.empty() && std::find(architectures.begin(), architectures.end(),
                                          host.architecture) == architectures.end()) {
    const std::vector<std::string_view> names(architectures.begin(), architectures.end());
    return Unfit{"it is for " + Joined(names) + "; this is " + std::string(host.architecture),
                 true};
  }
  if (!IsInWindow(host.engine_version, wants.min_engine_version, wants.max_engine_version)) {
    return Unfit{"it is for engine version " +
                     WindowText(wants.min_engine_version, wants.max_engine_version) + "; this is " +
                     VersionText(host.engine_version),
                 true};
  }
  std::optional<Unfit> unmet = WhyUnmet(wants.data_stores, "data store", kStores);
  return unmet ? unmet : WhyUnmet(wants.enrichments, "enrichment", kEnrichments);
}

}  // namespace wirehound
