// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/data_path.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/filters/catalogue_types.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

constexpr std::size_t kFewNames = 12;  // that a message lists beside the closest ones

std::string JoinNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::vector<std::string> NamesOf(const MessageSchema& schema) {
  std::vector<std::string> names;
  for (const MemberSchema& member : schema.members) {
    names.emplace_back(member.name);
  }
  return names;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

class PathResolver {
 public:
  PathResolver(const EventDefinition& event, std::string_view path) : event_(event), rest_(path) {
    path_.name = path;
  }

  Result<FieldPath> Resolve() {
    WIREHOUND_TRY(ResolveField());
    return std::move(path_);
  }

 private:
  // The next name of the path.
  std::string_view TakeName() {
    const std::size_t dot = rest_.find('.');
    const std::string_view name = rest_.substr(0, dot);
    rest_ = dot == std::string_view::npos ? std::string_view() : rest_.substr(dot + 1);
    has_more_ = dot != std::string_view::npos;
    return name;
  }

  // The field that the path begins with, the longest if there are several: names of detectors'
  // fields may have dots in them.
  const EventField* FindField() const {
    const EventField* longest = nullptr;
    for (const EventField& field : event_.fields) {
      const bool is_start = rest_.substr(0, field.name.size()) == field.name &&
                            (rest_.size() == field.name.size() || rest_[field.name.size()] == '.');
      if (is_start && (longest == nullptr || longest->name.size() < field.name.size())) {
        longest = &field;
      }
    }
    return longest;
  }

  Status ResolveField() {
    const EventField* found = FindField();
    if (found == nullptr) {
      return UnknownField(TakeName());
    }
    const EventField& field = *found;
    const std::string_view name = rest_.substr(0, field.name.size());
    has_more_ = rest_.size() > name.size();
    rest_.remove_prefix(std::min(rest_.size(), name.size() + 1));
    path_.slot = static_cast<std::uint32_t>(found - event_.fields.data());
    path_.type = TypeOf(field);
    const Nesting nesting = NestingOf(field);
    const bool is_pointed = nesting == Nesting::kMessage || field.type == WIREHOUND_TYPE_ADDRESS;
    path_.root = is_pointed ? PathRoot::kPointedField : PathRoot::kField;
    return GoOn(name, nesting, field.message);
  }

  // From a field or member called `name` to where the rest of the path leads.
  Status GoOn(std::string_view name, Nesting nesting, const MessageSchema* message) {
    if (nesting == Nesting::kValueList || nesting == Nesting::kMessageList) {
      path_.steps.push_back({.kind = PathStep::Kind::kElements});
    }
    if (nesting == Nesting::kMessage || nesting == Nesting::kMessageList) {
      return ResolveMember(name, *message);
    }
    if (nesting == Nesting::kHeaderMap) {
      return ResolveHeader(name);
    }
    if (has_more_) {
      return BadWord(rest_, "'" + std::string(name) + "' is " + ValueWords(path_.type) +
                                " and has no members");
    }
    return {};
  }

  Status ResolveMember(std::string_view owner, const MessageSchema& schema) {
    const std::vector<std::string> names = NamesOf(schema);
    if (!has_more_) {
      return BadWord(owner,
                     "is a message; expected one of its members behind it: " + JoinNames(names));
    }
    const std::string_view name = TakeName();
    const auto* member =
        std::find_if(schema.members.data(), schema.members.data() + schema.members.size(),
                     [name](const MemberSchema& m) { return m.name == name; });
    if (member == schema.members.data() + schema.members.size()) {
      return UnknownName(name, "member of '" + std::string(owner) + "'", names,
                         DidYouMean(name, names));
    }
    AddMember(*member);
    if (NestingOf(*member) == Nesting::kHeaderMap) {
      owner_has_host_ = std::find(names.begin(), names.end(), "host") != names.end();
    }
    return GoOn(name, NestingOf(*member), member->message);
  }

  void AddMember(const MemberSchema& member) {
    if (member.locate != nullptr) {
      path_.steps.push_back({.kind = PathStep::Kind::kLocate, .locate = member.locate});
    } else {
      path_.steps.push_back({.kind = PathStep::Kind::kOffset, .offset = member.offset});
    }
    if (member.kind == MemberKind::kMessage && member.locate == nullptr) {
      path_.steps.push_back(PresenceOf(*member.message));
    }
    path_.type = TypeOf(member);
  }

  // A message inside of another is all zero when there is none.
  static PathStep PresenceOf(const MessageSchema& schema) {
    PathStep step = {.kind = PathStep::Kind::kPresence};
    for (const MemberSchema& member : schema.members) {
      if (member.locate == nullptr && NestingOf(member) == Nesting::kValue) {
        step.presence.push_back({member.offset, TypeOf(member).storage});
      }
    }
    return step;
  }

  Status ResolveHeader(std::string_view map) {
    const std::string header = Lower(rest_);
    if (header.empty()) {
      return BadWord(
          map, "expected the name of a header behind it: " + std::string(map) + ".User-Agent");
    }
    if (header == "host") {
      return BadWord(rest_, std::string("is not among the headers; expected ") +
                                (owner_has_host_ ? "'host'" : "'request_host'") +
                                ", which holds it");
    }
    path_.name.replace(path_.name.size() - rest_.size(), rest_.size(), header);
    path_.steps.push_back({.kind = PathStep::Kind::kHeaders, .header = header});
    return {};
  }

  Status UnknownField(std::string_view name) const {
    std::vector<std::string> names;
    for (const EventField& field : event_.fields) {
      names.push_back(field.name);
    }
    std::string hint = DidYouMean(name, names);
    if (hint.empty()) {  // perhaps a member, without the way to it
      hint = DidYouMean(path_.name, DataPathsOf(event_));
    }
    return UnknownName(name, "field of " + event_.name, names, hint);
  }

  static Status UnknownName(std::string_view name, const std::string& what,
                            const std::vector<std::string>& names, const std::string& hint) {
    std::string text = "no such " + what;
    text += hint.empty() ? "" : "; " + hint;
    if (names.size() <= kFewNames || hint.empty()) {
      text += (hint.empty() ? "; expected " : " expected ");
      text += names.empty() ? "none, it has no fields" : "one of " + JoinNames(names);
    }
    return BadWord(name, text);
  }

  const EventDefinition& event_;
  std::string_view rest_;
  bool has_more_ = false;  // whether a name was followed by a dot
  bool owner_has_host_ = false;
  FieldPath path_;
};

void AddPaths(const std::string& path, Nesting nesting, const MessageSchema* message,
              std::vector<std::string>& paths) {
  if (nesting != Nesting::kMessage && nesting != Nesting::kMessageList) {
    paths.push_back(nesting == Nesting::kHeaderMap ? path + ".NAME" : path);
    return;
  }
  for (const MemberSchema& member : message->members) {
    AddPaths(path + "." + std::string(member.name), NestingOf(member), member.message, paths);
  }
}

}  // namespace

Result<FieldPath> ResolveDataPath(const EventDefinition& event, std::string_view path) {
  return PathResolver(event, path).Resolve();
}

std::vector<std::string> DataPathsOf(const EventDefinition& event) {
  std::vector<std::string> paths;
  for (const EventField& field : event.fields) {
    AddPaths(field.name, NestingOf(field), field.message, paths);
  }
  return paths;
}

}  // namespace wirehound
