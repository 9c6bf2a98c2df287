// SPDX-License-Identifier: Apache-2.0

// Every field of every base event with every operator of its type: values that pass and values that
// do not. The fields come from the catalogue, so a new field is tested as soon as it is there.

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/data_path.h"
#include "engine/filters/event_filter.h"
#include "tests/engine/filters/sample_event.h"
#include "tests/engine/filters/value_cases.h"

namespace wirehound::test {
namespace every_field_test {

// A field, and an event that has a value for it.
struct Target {
  const EventDefinition& definition;
  std::string path;
  const wirehound_event& event;
  ValueCases cases;
};

Result<EventFilter> Compile(const EventDefinition& definition, const std::string& clause) {
  const std::string clauses[] = {clause};
  return EventFilter::Compile(definition, clauses, {}, {});
}

bool Passes(const Target& target, const std::string& test, const wirehound_event& event) {
  const Result<EventFilter> filter = Compile(target.definition, target.path + test);
  if (!filter) {
    FAIL_CHECK(filter.error().message());
    return false;
  }
  return filter->Matches(event);
}

void CheckCases(const Target& target) {
  CAPTURE(target.definition.name);
  CAPTURE(target.path);
  const SampleEvent nothing(target.definition);
  for (const std::string& test : target.cases.passes) {
    CAPTURE(test);
    CHECK(Passes(target, test, target.event));
    CHECK_FALSE(Passes(target, test, nothing.view()));
  }
  for (const std::string& test : target.cases.stops) {
    CAPTURE(test);
    CHECK_FALSE(Passes(target, test, target.event));
  }
  for (const std::string& test : target.cases.refused) {
    CAPTURE(test);
    const Result<EventFilter> filter = Compile(target.definition, target.path + test);
    CHECK_FALSE(filter.has_value());
    CHECK((filter || filter.error().code() == ErrorCode::kInvalidInput));
  }
}

std::string TextOf(const MemberSchema& member, std::uint16_t number) {
  TextBuffer scratch;
  return std::string(member.text(number, scratch));
}

// Picks the first number above zero that has a text, and the next one with another text. Zero is
// not used, because it may mean that there is no value.
ValueCases NumberTextCasesOf(const MemberSchema& member, SampleValues& values) {
  std::uint16_t number = 0;
  while (TextOf(member, number) == TextOf(member, number + 1)) {
    ++number;
  }
  values.text_number = ++number;
  const std::string text = TextOf(member, number);
  std::uint16_t other = 0;
  while (other < 255 && (TextOf(member, other).empty() || TextOf(member, other) == text)) {
    ++other;
  }
  return NumberTextCases(text, TextOf(member, other));
}

ValueCases CasesOf(const MemberSchema& member, SampleValues& values) {
  switch (member.kind) {
    case MemberKind::kUint8: {
      ValueCases cases = NumberCases("199", "200", "201");
      cases.Add({{}, {}, {"=256", "=-1", ">255", "<0", "=200-256"}});
      return cases;
    }
    case MemberKind::kUint16: {
      ValueCases cases = NumberCases("39999", "40000", "40001");
      cases.Add({{}, {}, {"=65536", "=-1"}});
      return cases;
    }
    case MemberKind::kUint32: {
      ValueCases cases = NumberCases("3999999999", "4000000000", "4000000001");
      cases.Add({{}, {}, {"=4294967296", "=-1"}});
      return cases;
    }
    case MemberKind::kInt64: {
      ValueCases cases = NumberCases("-5000000001", "-5000000000", "-4999999999");
      cases.Add({{"=-6000000000-5"}, {"=-4000000000-5"}, {"=9223372036854775808"}});
      return cases;
    }
    case MemberKind::kText8:
    case MemberKind::kText16:
    case MemberKind::kTextList16:
      return NumberTextCasesOf(member, values);
    case MemberKind::kHex:
      return HexCases();
    case MemberKind::kAddress:
      return AddressCases();
    default:
      return TextCases(member.ignore_case);
  }
}

// Tests the members of a message, and of the messages inside it.
class EveryMember {
 public:
  EveryMember(const EventDefinition& definition, std::size_t field)
      : definition_(definition), field_(field) {}

  void Check(const MessageSchema& schema, const std::string& path) {
    for (const MemberSchema& member : schema.members) {
      members_.push_back(&member);
      CheckMember(member, path + "." + std::string(member.name));
      members_.pop_back();
    }
  }

  const std::vector<std::string>& paths() const { return paths_; }

 private:
  void CheckMember(const MemberSchema& member, const std::string& path) {
    if (member.message != nullptr) {
      Check(*member.message, path);
      return;
    }
    const bool is_map = member.kind == MemberKind::kHeaderMap;
    paths_.push_back(is_map ? path + ".NAME" : path);
    SampleValues values;
    ValueCases cases = CasesOf(member, values);
    SampleEvent event(definition_);
    event.Put(field_, members_, values);
    CheckCases({definition_, is_map ? path + ".x-tESt" : path, event.view(), std::move(cases)});
  }

  const EventDefinition& definition_;
  std::size_t field_;
  MemberPath members_;
  std::vector<std::string> paths_;
};

// Tests a field that is a single value, of a base event or of a detection.
void CheckField(const EventDefinition& definition, std::size_t index) {
  const EventField& field = definition.fields[index];
  SampleEvent event(definition);
  wirehound_value& value = event.Field(index);
  const auto check = [&](ValueCases cases) {
    CheckCases({definition, field.name, event.view(), std::move(cases)});
  };
  const wirehound_string text = {SampleValues::kText.data(), SampleValues::kText.size()};
  switch (field.type) {
    case WIREHOUND_TYPE_BOOL:
      value.unsigned_integer = 1;
      return check({{"=true", "=1", "!=false", "=false,true"},
                    {"=false", "=0", "!=true"},
                    {"=yes", "=2", "=", "<1", "~true", "=0-1"}});
    case WIREHOUND_TYPE_INT32:
      value.signed_integer = -70'000;
      check(NumberCases("-70001", "-70000", "-69999"));
      return check({{"=-2147483648-0"}, {"=0-2147483647"}, {"=2147483648", "=-2147483649"}});
    case WIREHOUND_TYPE_INT64:
      value.signed_integer = SampleValues::kInt64;
      return check(NumberCases("-5000000001", "-5000000000", "-4999999999"));
    case WIREHOUND_TYPE_UINT16:
      value.unsigned_integer = SampleValues::kUint16;
      check(NumberCases("39999", "40000", "40001"));
      return check({{}, {}, {"=65536", "=http", "=-1", "=80.5"}});
    case WIREHOUND_TYPE_UINT32:
      value.unsigned_integer = SampleValues::kUint32;
      check(NumberCases("3999999999", "4000000000", "4000000001"));
      return check({{}, {}, {"=4294967296"}});
    case WIREHOUND_TYPE_UINT64:
      value.unsigned_integer = UINT64_MAX - 1;
      return check(
          NumberCases("18446744073709551613", "18446744073709551614", "18446744073709551615"));
    case WIREHOUND_TYPE_DOUBLE:
      value.real = -0.5;
      check(NumberCases("-0.75", "-0.5", "1e-3"));
      return check({{"=-1--0.25", "<1e-5"}, {"=0-1", ">0"}, {"=inf", "=nan", "=1e999"}});
    case WIREHOUND_TYPE_STRING:
      value.text = text;
      return check(TextCases(field.ignore_case));
    case WIREHOUND_TYPE_BYTES:
      value.bytes = {SampleValues::kBytes, sizeof(SampleValues::kBytes)};
      return check(HexCases());
    case WIREHOUND_TYPE_ADDRESS:
      value.message = &SampleValues::kAddress;
      return check(AddressCases());
    case WIREHOUND_TYPE_STRING_LIST:
      value.list = {&text, 1, sizeof(text)};
      return check(TextCases(field.ignore_case));
    default:
      FAIL("a type that no case is for: " << field.type);
  }
}

TEST_CASE("filters: every field of every base event works with every operator of its type") {
  const Catalogue catalogue;
  for (const EventDefinition& definition : catalogue.events()) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < definition.fields.size(); ++i) {
      const EventField& field = definition.fields[i];
      if (field.message == nullptr) {
        paths.push_back(field.name);
        CheckField(definition, i);
        continue;
      }
      EveryMember members(definition, i);
      members.Check(*field.message, field.name);
      paths.insert(paths.end(), members.paths().begin(), members.paths().end());
    }
    CAPTURE(definition.name);
    CHECK(DataPathsOf(definition) == paths);
  }
}

TEST_CASE("filters: fields of every type work in a detection") {
  DetectorDefinition detector;
  detector.id = "every.type";
  detector.produced_event.name = "EveryType";
  constexpr FieldType kTypes[] = {FieldType::kBool,    FieldType::kInt32,     FieldType::kInt64,
                                  FieldType::kUint16,  FieldType::kUint32,    FieldType::kUint64,
                                  FieldType::kDouble,  FieldType::kString,    FieldType::kBytes,
                                  FieldType::kAddress, FieldType::kStringList};
  for (const FieldType type : kTypes) {
    const auto number = static_cast<std::uint32_t>(type);
    detector.produced_event.fields.push_back({"field_" + std::to_string(number), type, ""});
  }
  Catalogue catalogue;
  catalogue.AddDetectorEvent(detector);
  const EventDefinition& definition = *catalogue.Find("EveryType");
  REQUIRE(definition.fields.size() == WIREHOUND_TYPE_STRING_LIST);
  for (std::size_t i = 0; i < definition.fields.size(); ++i) {
    CheckField(definition, i);
  }
}

}  // namespace every_field_test
}  // namespace wirehound::test
