// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/facts_json.h"

#include <charconv>
#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include <wirehound/views.h>
#include <nlohmann/json.hpp>

#include "engine/catalogue/fact_schema.h"
#include "engine/text/utf8_text.h"

namespace wirehound {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxReadArguments = 4096;
constexpr std::string_view kHexadecimal = "0123456789abcdef";

// By ProcessNotice::Kind.
constexpr std::string_view kKinds[] = {"found", "forked", "exec", "exited"};
static_assert(std::size(kKinds) == static_cast<std::size_t>(ProcessNotice::Kind::kExited) + 1);

Error Wrong(std::string_view name, std::string_view expected) {
  return Error(ErrorCode::kInvalidInput,
               "'" + std::string(name) + "' is not " + std::string(expected));
}

// EscapeText has made every text valid UTF-8, so nothing is replaced here.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Value>
void WriteNumber(std::string_view name, Value value, Json& json) {
  if (value != 0) {
    json[name] = value;
  }
}

void WriteText(std::string_view name, std::string_view text, Json& json) {
  if (!text.empty()) {
    json[name] = EscapeText(text);
  }
}

void WriteFacts(std::span<const FactSchema> facts, const void* owner, Json& json) {
  for (const FactSchema& fact : facts) {
    switch (fact.kind) {
      case FactKind::kInt32:
        WriteNumber(fact.recorded, fact.In<std::int32_t>(owner), json);
        break;
      case FactKind::kUint32:
      case FactKind::kFlag:
        WriteNumber(fact.recorded, fact.In<std::uint32_t>(owner), json);
        break;
      case FactKind::kUint64:
        WriteNumber(fact.recorded, fact.In<std::uint64_t>(owner), json);
        break;
      case FactKind::kString:
        WriteText(fact.recorded, ToView(fact.In<wirehound_string>(owner)), json);
        break;
    }
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

// `texts` gets the texts that the struct points to, and must have room for them.
Status ReadFact(const FactSchema& fact, const Json& json, void* owner,
                std::vector<std::string>& texts) {
  switch (fact.kind) {
    case FactKind::kInt32:
      return ReadNumber(fact.recorded, json, fact.In<std::int32_t>(owner));
    case FactKind::kUint32:
    case FactKind::kFlag:
      return ReadNumber(fact.recorded, json, fact.In<std::uint32_t>(owner));
    case FactKind::kUint64:
      return ReadNumber(fact.recorded, json, fact.In<std::uint64_t>(owner));
    case FactKind::kString:
      break;
  }
  std::string& text = texts.emplace_back();
  WIREHOUND_TRY(ReadText(fact.recorded, json, text));
  fact.In<wirehound_string>(owner) = FromView(text);
  return {};
}

Status ReadFacts(const Json& json, std::span<const FactSchema> facts, void* owner,
                 std::vector<std::string>& texts) {
  texts.reserve(facts.size());  // they must not move
  for (const FactSchema& fact : facts) {
    if (const auto found = json.find(fact.recorded); found != json.end()) {
      WIREHOUND_TRY(ReadFact(fact, *found, owner, texts));
    }
  }
  return {};
}

// Numbers and texts of the system, written or read by `visit(name, value)`.
template <typename System, typename Visit>
void VisitSystem(System& system, Visit visit) {
  visit("cpuCount", system.cpu_count);
  visit("bootTime", system.boot_time_ns);
  visit("startTime", system.start_time_ns);
  visit("architecture", system.architecture);
  visit("kernelRelease", system.kernel_release);
  visit("hostName", system.host_name);
  visit("osName", system.os_name);
  visit("osVersion", system.os_version);
}

Status ReadProcess(const Json& json, RecordedProcess& process) {
  process.value.struct_size = UnknownProcess().struct_size;
  if (const auto owner = json.find("owner"); owner != json.end()) {
    WIREHOUND_TRY(ReadNumber("owner", *owner, process.owner_id));
  }
  return ReadFacts(json, kProcessFacts, &process.value, process.texts);
}

Json ProcessObject(const wirehound_process& process, std::uint64_t owner_id) {
  Json json = Json::object();
  if (owner_id != 0) {
    json["owner"] = owner_id;
  }
  WriteFacts(kProcessFacts, &process, json);
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
    WIREHOUND_TRY(ReadText("arguments", argument, arguments.emplace_back()));
  }
  return {};
}

Status ReadNotice(const Json& json, RecordedNotice& notice) {
  WIREHOUND_TRY(ReadKind(json, notice.kind));
  if (const auto time = json.find("time"); time != json.end()) {
    WIREHOUND_TRY(ReadNumber("time", *time, notice.timestamp_ns));
  }
  const auto process = json.find("process");
  if (process == json.end() || !process->is_object()) {
    return Wrong("process", "an object");
  }
  WIREHOUND_TRY(ReadProcess(*process, notice.process));
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
  WIREHOUND_TRY(read(json, facts));
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
    WIREHOUND_TRY(ReadProcess(json, process));
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
      arguments.push_back(EscapeText(ToView(argument)));
    }
  }
  return Dump(json);
}

Result<RecordedNotice> ReadNoticeJson(std::string_view text) {
  return ReadAs<RecordedNotice>(text, ReadNotice);
}

std::string JsonOfContainer(const wirehound_container_info& container) {
  Json json = Json::object();
  WriteFacts(kContainerFacts, &container, json);
  return Dump(json);
}

Result<RecordedContainer> ReadContainerJson(std::string_view text) {
  return ReadAs<RecordedContainer>(text, [](const Json& json, RecordedContainer& container) {
    container.value.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
    return ReadFacts(json, kContainerFacts, &container.value, container.texts);
  });
}

std::string JsonOfSystem(const SystemFacts& system) {
  Json json = Json::object();
  VisitSystem(system, [&json](std::string_view name, const auto& value) {
    if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>) {
      WriteNumber(name, value, json);
    } else {
      WriteText(name, value, json);
    }
  });
  return Dump(json);
}

Result<SystemFacts> ReadSystemJson(std::string_view text) {
  return ReadAs<SystemFacts>(text, [](const Json& json, SystemFacts& system) {
    Status status;
    VisitSystem(system, [&](std::string_view name, auto& value) {
      const auto found = json.find(name);
      if (!status || found == json.end()) {
        return;
      }
      if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>) {
        status = ReadNumber(name, *found, value);
      } else {
        status = ReadText(name, *found, value);
      }
    });
    return status;
  });
}

}  // namespace wirehound
