// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/output_spec.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "engine/outputs/byte_sink.h"
#include "engine/outputs/json_output.h"
#include "engine/outputs/table_output.h"
#include "engine/text/byte_size.h"

namespace wirehound {

namespace {

constexpr std::uint64_t kMaxQueueBytes = std::uint64_t{1} << 30;

Error Wrong(const std::string& spec, const std::string& why) {
  return Error(ErrorCode::kInvalidInput, "--output '" + spec + "': " + why);
}

// The form of an option: a word of small letters, a '=' and something.
bool LooksLikeOption(std::string_view text) {
  const std::size_t equals = text.find('=');
  return equals != std::string_view::npos && equals != 0 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](char c) { return c >= 'a' && c <= 'z'; });
}

Status TakeOption(std::string_view option, QueueSettings& queue) {
  const std::size_t equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  const std::string_view value = option.substr(equals + 1);
  if (name == "policy") {
    if (value != "block" && value != "drop") {
      return Error("policy '" + std::string(value) + "': expected block or drop");
    }
    queue.policy = value == "drop" ? QueuePolicy::kDrop : QueuePolicy::kBlock;
    return {};
  }
  if (name != "queue") {
    return Error("unknown option '" + std::string(name) + "'; expected policy or queue");
  }
  const Result<std::uint64_t> bytes = ParseByteSize(value);
  if (!bytes) {
    return Error("queue " + bytes.error().message());
  }
  if (*bytes < OutputQueue::kMinQueueBytes || *bytes > kMaxQueueBytes) {
    return Error("queue of " + std::string(value) + ": expected " +
                 ByteSizeText(OutputQueue::kMinQueueBytes) + " to " + ByteSizeText(kMaxQueueBytes));
  }
  queue.bytes = static_cast<std::size_t>(*bytes);
  return {};
}

// Takes options off the end. A part that does not look like one belongs to the name of the file.
Status TakeOptions(std::string& rest, QueueSettings& queue) {
  for (std::size_t comma = rest.rfind(','); comma != std::string::npos; comma = rest.rfind(',')) {
    const std::string_view last = std::string_view(rest).substr(comma + 1);
    if (!LooksLikeOption(last)) {
      break;
    }
    WIREHOUND_TRY(TakeOption(last, queue));
    rest.resize(comma);
  }
  return {};
}

Result<std::unique_ptr<ByteSink>> OpenSink(const OutputSpec& spec) {
  if (spec.path.empty()) {
    return ByteSink::StandardOutput();
  }
  return ByteSink::OpenFile(spec.path);
}

}  // namespace

Result<OutputSpec> OutputSpec::Parse(const std::string& text) {
  OutputSpec parsed;
  std::string rest = text;
  if (const Status options = TakeOptions(rest, parsed.queue); !options) {
    return Wrong(text, options.error().message());
  }
  const std::size_t colon = rest.find(':');
  parsed.format = rest.substr(0, colon);
  parsed.path = colon == std::string::npos ? "" : rest.substr(colon + 1);
  const bool known = parsed.format == "json" || parsed.format == "table" || parsed.format == "none";
  if (!known) {
    return Wrong(text, "unknown format '" + parsed.format +
                           "'; expected json, table, none, json:FILE or table:FILE");
  }
  if (colon != std::string::npos && (parsed.path.empty() || parsed.format == "none")) {
    return Wrong(text,
                 "expected a file after '" + parsed.format + ":', or json, table or none alone");
  }
  return parsed;
}

Result<std::vector<std::unique_ptr<Output>>> OpenOutputs(const std::vector<std::string>& specs,
                                                         SourcePatience patience) {
  std::vector<std::unique_ptr<Output>> outputs;
  for (const std::string& text : specs) {
    OutputSpec spec = WIREHOUND_TRY(OutputSpec::Parse(text));
    if (spec.format == "none") {
      continue;
    }
    std::unique_ptr<ByteSink> sink = WIREHOUND_TRY(OpenSink(spec));
    if (patience == SourcePatience::kWaits) {
      spec.queue.policy = QueuePolicy::kBlock;
    }
    if (spec.format == "json") {
      outputs.push_back(std::make_unique<JsonOutput>(std::move(sink), spec.queue));
    } else {
      outputs.push_back(std::make_unique<TableOutput>(std::move(sink), spec.queue));
    }
  }
  return outputs;
}

}  // namespace wirehound
