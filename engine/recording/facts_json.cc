// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/facts_json.h"

#include <charconv>
#include <cstddef>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "engine/text/utf8_text.h"

namespace wirehound {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxReadArguments = 4096;
constexpr std::string_view kHexadecimal = "0123456789abcdef";

// A member of a struct by its name in JSON.
template <typename Facts>
struct Member {
  std::string_view name;
  std::variant<std::uint32_t Facts::*, std::int32_t Facts::*, std::uint64_t Facts::*,
               wirehound_string Facts::*, std::string Facts::*>
      place;
};

constexpr Member<wirehound_process> kProcessMembers[] = {
    {"pid", &wirehound_process::pid},
    {"tid", &wirehound_process::tid},
    {"parentPid", &wirehound_process::parent_pid},
    {"hostPid", &wirehound_process::host_pid},
    {"hostTid", &wirehound_process::host_tid},
    {"hostParentPid", &wirehound_process::host_parent_pid},
    {"uid", &wirehound_process::uid},
    {"gid", &wirehound_process::gid},
    {"startTime", &wirehound_process::start_time_ns},
    {"threadStartTime", &wirehound_process::thread_start_time_ns},
    {"cgroupId", &wirehound_process::cgroup_id},
    {"mountNamespace", &wirehound_process::mount_namespace},
    {"pidNamespace", &wirehound_process::pid_namespace},
    {"threadEntityId", &wirehound_process::thread_entity_id},
    {"processEntityId", &wirehound_process::process_entity_id},
    {"parentEntityId", &wirehound_process::parent_entity_id},
    {"comm", &wirehound_process::comm},
    {"executable", &wirehound_process::executable},
    {"hostName", &wirehound_process::host_name},
    {"containerId", &wirehound_process::container_id},
};

constexpr Member<wirehound_container_info> kContainerMembers[] = {
    {"id", &wirehound_container_info::id},
    {"cgroupId", &wirehound_container_info::cgroup_id},
    {"runtime", &wirehound_container_info::runtime},
    {"name", &wirehound_container_info::name},
    {"image", &wirehound_container_info::image},
    {"podName", &wirehound_container_info::pod_name},
    {"podNamespace", &wirehound_container_info::pod_namespace},
    {"podUid", &wirehound_container_info::pod_uid},
    {"imageDigest", &wirehound_container_info::image_digest},
    {"isPodSandbox", &wirehound_container_info::is_pod_sandbox},
};

constexpr Member<SystemFacts> kSystemMembers[] = {
    {"cpuCount", &SystemFacts::cpu_count},
    {"bootTime", &SystemFacts::boot_time_ns},
    {"startTime", &SystemFacts::start_time_ns},
    {"architecture", &SystemFacts::architecture},
    {"kernelRelease", &SystemFacts::kernel_release},
    {"hostName", &SystemFacts::host_name},
    {"osName", &SystemFacts::os_name},
    {"osVersion", &SystemFacts::os_version},
};

// By ProcessNotice::Kind.
constexpr std::string_view kKinds[] = {"found", "forked", "exec", "exited"};
static_assert(std::size(kKinds) == static_cast<std::size_t>(ProcessNotice::Kind::kExited) + 1);

std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }
std::string_view View(const std::string& text) { return text; }

Error Wrong(std::string_view name, std::string_view expected) {
  return Error(ErrorCode::kInvalidInput,
               "'" + std::string(name) + "' is not " + std::string(expected));
}

// What was made here; EscapeText has seen to the encoding of texts.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Facts, std::size_t count>
void Write(Json& json, const Facts& facts, const Member<Facts> (&members)[count]) {
  for (const Member<Facts>& member : members) {
    std::visit(
        [&](auto place) {
          const auto& value = facts.*place;
          if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>) {
            if (value != 0) {
              json[member.name] = value;
            }
          } else if (!View(value).empty()) {
            json[member.name] = EscapeText(View(value));
          }
        },
        member.place);
  }
}

template <typename Value>
Status ReadNumber(std::string_view name, const Json& json, Value& value) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<Value>::max());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() <= kMost) {
    value = static_cast<Value>(json.get<std::uint64_t>());
    return {};
  }
  if (std::is_signed_v<Value> && json.is_number_integer() && !json.is_number_unsigned() &&
      json.get<std::int64_t>() >= static_cast<std::int64_t>(std::numeric_limits<Value>::min())) {
    value = static_cast<Value>(json.get<std::int64_t>());
    return {};
  }
  return Wrong(name, "a whole number that fits");
}

Status ReadText(std::string_view name, const Json& json, std::string& text) {
  if (!json.is_string()) {
    return Wrong(name, "a text");
  }
  Result<std::string> read = UnescapeText(json.get_ref<const std::string&>());
  if (!read) {
    return std::move(read).error().WithContext("'" + std::string(name) + "'");
  }
  text = *std::move(read);
  return {};
}

// `texts` gets what the struct points to and must have room for it.
template <typename Facts>
Status ReadMember(const Member<Facts>& member, const Json& json, Facts& facts,
                  std::vector<std::string>& texts) {
  return std::visit(
      [&](auto place) -> Status {
        auto& value = facts.*place;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_integral_v<Value>) {
          return ReadNumber(member.name, json, value);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          return ReadText(member.name, json, value);
        } else {
          std::string& text = texts.emplace_back();
          Status status = ReadText(member.name, json, text);
          value = {text.data(), text.size()};
          return status;
        }
      },
      member.place);
}

template <typename Facts, std::size_t count>
Status Read(const Json& json, const Member<Facts> (&members)[count], Facts& facts,
            std::vector<std::string>& texts) {
  texts.reserve(count);  // they must not move
  for (const Member<Facts>& member : members) {
    const auto found = json.find(member.name);
    if (found == json.end()) {
      continue;
    }
    if (Status status = ReadMember(member, *found, facts, texts); !status) {
      return status;
    }
  }
  return {};
}

Status ReadProcess(const Json& json, RecordedProcess& process) {
  process.value.struct_size = UnknownProcess().struct_size;
  if (const auto owner = json.find("owner"); owner != json.end()) {
    if (Status status = ReadNumber("owner", *owner, process.owner_id); !status) {
      return status;
    }
  }
  return Read(json, kProcessMembers, process.value, process.texts);
}

Json ProcessObject(const wirehound_process& process, std::uint64_t owner_id) {
  Json json = Json::object();
  if (owner_id != 0) {
    json["owner"] = owner_id;
  }
  Write(json, process, kProcessMembers);
  return json;
}

Status ReadKind(const Json& json, ProcessNotice::Kind& kind) {
  const auto found = json.find("kind");
  for (std::size_t i = 0; found != json.end() && i < std::size(kKinds); ++i) {
    if (*found == kKinds[i]) {
      kind = static_cast<ProcessNotice::Kind>(i);
      return {};
    }
  }
  return Wrong("kind", "found, forked, exec or exited");
}

Status ReadArguments(const Json& json, std::vector<std::string>& arguments) {
  if (!json.is_array() || json.size() > kMaxReadArguments) {
    return Wrong("arguments", "a list of at most " + std::to_string(kMaxReadArguments));
  }
  arguments.reserve(json.size());
  for (const Json& argument : json) {
    if (Status status = ReadText("arguments", argument, arguments.emplace_back()); !status) {
      return status;
    }
  }
  return {};
}

Status ReadNotice(const Json& json, RecordedNotice& notice) {
  if (Status status = ReadKind(json, notice.kind); !status) {
    return status;
  }
  if (const auto time = json.find("time"); time != json.end()) {
    if (Status status = ReadNumber("time", *time, notice.timestamp_ns); !status) {
      return status;
    }
  }
  const auto process = json.find("process");
  if (process == json.end() || !process->is_object()) {
    return Wrong("process", "an object");
  }
  if (Status status = ReadProcess(*process, notice.process); !status) {
    return status;
  }
  const auto arguments = json.find("arguments");
  return arguments == json.end() ? Status() : ReadArguments(*arguments, notice.arguments);
}

// Reads text with `read(json, facts)`.
template <typename Facts, typename ReadFacts>
Result<Facts> ReadAs(std::string_view text, ReadFacts read) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Error(ErrorCode::kInvalidInput, "is no JSON object");
  }
  Facts facts;
  if (Status status = read(json, facts); !status) {
    return std::move(status).error();
  }
  return facts;
}

}  // namespace

std::string EscapeText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = byte < 0x80 ? 1 : Utf8Length(text);
    const bool control = byte < 0x20 || byte == 0x7f || (length > 1 && IsControl(text));
    if (length == 0 || control || byte == '%') {
      out += '%';
      out += kHexadecimal[byte >> 4];
      out += kHexadecimal[byte & 15];
      text.remove_prefix(1);
    } else {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  return out;
}

Result<std::string> UnescapeText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    const char* end = digits + 2;
    if (text.size() - i < 3 || std::from_chars(digits, end, byte, 16).ptr != end) {
      return Error(ErrorCode::kInvalidInput, "has a '%' without two hexadecimal digits behind it");
    }
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::string JsonOfProcess(const wirehound_process& process, std::uint64_t owner_id) {
  return Dump(ProcessObject(process, owner_id));
}

Result<RecordedProcess> ReadProcessJson(std::string_view text) {
  return ReadAs<RecordedProcess>(text, [](const Json& json, RecordedProcess& process) -> Status {
    if (Status status = ReadProcess(json, process); !status) {
      return status;
    }
    return process.owner_id != 0 ? Status() : Wrong("owner", "a number above 0");
  });
}

std::string JsonOfNotice(const ProcessNotice& notice) {
  Json json = Json::object();
  json["kind"] = kKinds[static_cast<std::size_t>(notice.kind)];
  json["time"] = notice.timestamp_ns;
  json["process"] = ProcessObject(*notice.process, 0);
  if (!notice.arguments.empty()) {
    Json& arguments = json["arguments"] = Json::array();
    for (const wirehound_string& argument : notice.arguments) {
      arguments.push_back(EscapeText(View(argument)));
    }
  }
  return Dump(json);
}

Result<RecordedNotice> ReadNoticeJson(std::string_view text) {
  return ReadAs<RecordedNotice>(text, ReadNotice);
}

std::string JsonOfContainer(const wirehound_container_info& container) {
  Json json = Json::object();
  Write(json, container, kContainerMembers);
  return Dump(json);
}

Result<RecordedContainer> ReadContainerJson(std::string_view text) {
  return ReadAs<RecordedContainer>(text, [](const Json& json, RecordedContainer& container) {
    container.value.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
    return Read(json, kContainerMembers, container.value, container.texts);
  });
}

std::string JsonOfSystem(const SystemFacts& system) {
  Json json = Json::object();
  Write(json, system, kSystemMembers);
  return Dump(json);
}

Result<SystemFacts> ReadSystemJson(std::string_view text) {
  return ReadAs<SystemFacts>(text, [](const Json& json, SystemFacts& system) {
    std::vector<std::string> none;
    return Read(json, kSystemMembers, system, none);
  });
}

}  // namespace wirehound
