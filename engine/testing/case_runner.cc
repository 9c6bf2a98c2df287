// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/case_runner.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/testing/case_engine.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

std::string Describe(const CaseResult& detection) {
  std::string text = detection.name;
  for (const Word& word : detection.fields) {
    text += " " + WriteWord(word);
  }
  return text;
}

// Whether `name` is `whole` or inside it: "proto.list.0" is part of "proto.list".
bool IsPartOf(std::string_view name, std::string_view whole) {
  return name == whole || (name.substr(0, whole.size()) == whole && name[whole.size()] == '.');
}

const Word* FindWord(const std::vector<Word>& words, std::string_view name) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [name](const Word& word) { return word.name == name; });
  return found == words.end() ? nullptr : &*found;
}

std::vector<Word> PartsOf(const std::vector<Word>& words, std::string_view whole) {
  std::vector<Word> parts;
  std::copy_if(words.begin(), words.end(), std::back_inserter(parts),
               [whole](const Word& word) { return IsPartOf(word.name, whole); });
  return parts;
}

class CaseRun {
 public:
  CaseRun(const DetectorSet& set, const TestCase& test, const std::filesystem::path& folder)
      : set_(set), test_(test), folder_(folder) {}

  CaseOutcome Run() {
    Configure();
    if (!failed()) {
      StartEngine();
    }
    for (const CaseStep& step : test_.steps) {
      if (failed()) {
        break;
      }
      if (step.kind != StepKind::kConfig) {
        engine_->SetLine(step.line);
        RunStep(step);
        NoteDetections();
      }
    }
    if (!failed()) {
      ExpectNoMore();
    }
    return std::move(outcome_);
  }

 private:
  bool failed() const { return outcome_.failure.has_value(); }

  void Fail(std::size_t line, std::string message) {
    outcome_.failure = CaseFailure{line, std::move(message)};
  }
  void FailByMistake(std::size_t line, const Error& error) {
    outcome_.failure = CaseFailure{line, error.message(), true};
  }

  // Makes the configuration of each detector. An option without a detector in front is given to
  // every detector that has it.
  void Configure() {
    std::map<std::string, GivenOptions> given;
    for (const CaseStep& step : test_.steps) {
      for (const Word& word : step.words) {
        if (step.kind == StepKind::kConfig && !failed()) {
          AddOption(step, word, given);
        }
      }
    }
    for (const DetectorDefinition* definition : set_.definitions()) {
      Result<DetectorConfig> config = DetectorConfig::Make(*definition, given[definition->id]);
      if (config) {
        configs_.emplace(definition->id, *std::move(config));
      } else if (!failed()) {
        FailByMistake(test_.line, config.error());
      }
    }
  }

  void AddOption(const CaseStep& step, const Word& word,
                 std::map<std::string, GivenOptions>& given) {
    std::vector<std::string> names;
    bool is_known = false;
    for (const DetectorDefinition* definition : set_.definitions()) {
      for (const ConfigOption& option : definition->config) {
        const bool is_meant = step.name.empty() || step.name == definition->id;
        if (is_meant && option.name == word.name) {
          given[definition->id][word.name].push_back(word.value);
          is_known = true;
        }
        names.push_back(option.name);
      }
    }
    if (!is_known) {
      const std::string whose = step.name.empty() ? "no detector here" : step.name + " does not";
      const std::string hint = DidYouMean(word.name, names);
      FailByMistake(step.line, Error(fmt::format("{} {} an option '{}'{}{}", whose,
                                                 step.name.empty() ? "has" : "have", word.name,
                                                 hint.empty() ? "" : "; ", hint)));
    }
  }

  void StartEngine() {
    Result<std::unique_ptr<CaseEngine>> engine = CaseEngine::Start(set_, std::move(configs_));
    if (engine) {
      engine_ = *std::move(engine);
    } else {
      Fail(test_.line, engine.error().message());
    }
  }

  void RunStep(const CaseStep& step) {
    switch (step.kind) {
      case StepKind::kConfig:
        return;
      case StepKind::kEvent:
        return ShowEvent(step);
      case StepKind::kRead:
        return Check(step, engine_->Read((folder_ / step.name).string()));
      case StepKind::kAdvance:
        return engine_->Advance(step.time_ns);
      case StepKind::kExpectEvent:
        return ExpectEvent(step);
      case StepKind::kExpectNothing:
        return ExpectNoMore();
      case StepKind::kExpectError:
        return ExpectError(step);
    }
  }

  void Check(const CaseStep& step, const Status& status) {
    if (!status) {
      FailByMistake(step.line, status.error());
    }
  }

  void ShowEvent(const CaseStep& step) {
    Result<std::unique_ptr<TextEvent>> event = MakeEvent(set_.catalogue(), step.name, step.words);
    if (!event) {
      return FailByMistake(step.line, event.error());
    }
    const std::uint64_t time = step.is_absolute ? step.time_ns : engine_->now_ns() + step.time_ns;
    Check(step, time < engine_->now_ns() ? Status(Error("time cannot go back"))
                                         : engine_->Show(**event, time));
  }

  // Makes an event of the expectation too, so that both go through the same types: "::0:1" and
  // "::1" are then the same address.
  void ExpectEvent(const CaseStep& step) {
    Result<std::unique_ptr<TextEvent>> expected =
        MakeEvent(set_.catalogue(), step.name, step.words);
    if (!expected) {
      return FailByMistake(step.line, expected.error());
    }
    const std::string wanted = step.name + (step.words.empty() ? "" : " ") + WriteWords(step.words);
    std::deque<CaseResult>& detections = engine_->detections();
    if (detections.empty()) {
      return Fail(step.line, fmt::format("expected {}, got nothing{}", wanted, ErrorsSoFar()));
    }
    const CaseResult got = detections.front();
    detections.pop_front();
    const std::string difference =
        got.name == step.name ? Difference((*expected)->event, step.words, got) : "another event";
    if (!difference.empty()) {
      Fail(step.line, fmt::format("expected {}, got {} ({})", wanted, Describe(got), difference));
    }
  }

  // The first field that is not as expected, or "".
  static std::string Difference(const Event& expected, const std::vector<Word>& asked,
                                const CaseResult& got) {
    std::vector<Word> wanted = FieldWords(expected);
    const std::vector<Word> process = ProcessWords(expected);
    wanted.insert(wanted.end(), process.begin(), process.end());
    std::vector<Word> found = got.fields;
    found.insert(found.end(), got.process.begin(), got.process.end());
    for (const Word& word : asked) {
      const bool is_process = IsPartOf(word.name, "process");
      const std::string whole = is_process ? word.name : word.name.substr(0, word.name.find('.'));
      if (PartsOf(wanted, whole) == PartsOf(found, whole)) {
        continue;
      }
      const Word* value = FindWord(found, word.name);
      return value == nullptr ? fmt::format("no {}", word.name)
                              : fmt::format("not {}", WriteWord(*value));
    }
    return "";
  }

  void ExpectNoMore() {
    if (!engine_->detections().empty()) {
      const CaseResult& extra = engine_->detections().front();
      Fail(extra.line, fmt::format("expected nothing, got {}", Describe(extra)));
    } else if (!engine_->errors().empty()) {
      const CaseResult& extra = engine_->errors().front();
      Fail(extra.line, fmt::format("expected no error, got error {}", extra.name));
    }
  }

  void ExpectError(const CaseStep& step) {
    std::deque<CaseResult>& errors = engine_->errors();
    if (errors.empty()) {
      return Fail(step.line, fmt::format("expected error {}, got none", step.name));
    }
    const std::string got = errors.front().name;
    errors.pop_front();
    if (got.find(step.name) == std::string::npos) {
      Fail(step.line, fmt::format("expected error {}, got error {}", step.name, got));
    }
  }

  std::string ErrorsSoFar() const {
    return engine_->errors().empty() ? "" : "; OnEvent failed: " + engine_->errors().front().name;
  }

  // Detections of earlier steps may still be in the queue; those of this step carry its line.
  void NoteDetections() {
    for (const CaseResult& detection : engine_->detections()) {
      if (detection.line == engine_->line()) {
        outcome_.detections.push_back("expect " + Describe(detection));
      }
    }
  }

  const DetectorSet& set_;
  const TestCase& test_;
  const std::filesystem::path& folder_;
  std::map<std::string, DetectorConfig> configs_;
  std::unique_ptr<CaseEngine> engine_;
  CaseOutcome outcome_;
};

}  // namespace

CaseOutcome RunCase(const DetectorSet& set, const TestCase& test,
                    const std::filesystem::path& folder) {
  return CaseRun(set, test, folder).Run();
}

}  // namespace wirehound
