// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/output_spec.h"

#include <utility>

#include "engine/outputs/byte_sink.h"
#include "engine/outputs/json_output.h"
#include "engine/outputs/table_output.h"

namespace wirehound {

namespace {

struct OutputSpec {
  std::string format;
  std::string path;  // "" for standard output
};

Result<OutputSpec> ParseSpec(const std::string& spec) {
  const std::size_t colon = spec.find(':');
  OutputSpec parsed = {spec.substr(0, colon),
                       colon == std::string::npos ? "" : spec.substr(colon + 1)};
  const bool known = parsed.format == "json" || parsed.format == "table" || parsed.format == "none";
  if (!known) {
    return Error(ErrorCode::kInvalidInput,
                 "--output '" + spec + "': unknown format '" + parsed.format +
                     "'; expected json, table, none, json:FILE or table:FILE");
  }
  if (colon != std::string::npos && (parsed.path.empty() || parsed.format == "none")) {
    return Error(ErrorCode::kInvalidInput, "--output '" + spec + "': expected a file after '" +
                                               parsed.format + ":', or json, table or none alone");
  }
  return parsed;
}

Result<std::unique_ptr<ByteSink>> OpenSink(const OutputSpec& spec) {
  if (spec.path.empty()) {
    return ByteSink::StandardOutput();
  }
  return ByteSink::OpenFile(spec.path);
}

}  // namespace

Result<std::vector<std::unique_ptr<Output>>> OpenOutputs(const std::vector<std::string>& specs) {
  std::vector<std::unique_ptr<Output>> outputs;
  for (const std::string& text : specs) {
    Result<OutputSpec> spec = ParseSpec(text);
    if (!spec) {
      return std::move(spec).error();
    }
    if (spec->format == "none") {
      continue;
    }
    Result<std::unique_ptr<ByteSink>> sink = OpenSink(*spec);
    if (!sink) {
      return std::move(sink).error();
    }
    if (spec->format == "json") {
      outputs.push_back(std::make_unique<JsonOutput>(std::move(*sink)));
    } else {
      outputs.push_back(std::make_unique<TableOutput>(std::move(*sink)));
    }
  }
  return outputs;
}

}  // namespace wirehound
