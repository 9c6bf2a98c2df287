// SPDX-License-Identifier: Apache-2.0

// The filters among the items of --events, taken apart.

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/filters/event_filter.h"
#include "engine/filters/filter_clause.h"
#include "engine/filters/scope_path.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

struct Part {
  std::string_view marker;
  bool is_scope;
};

// The markers between the name of the event and the field.
constexpr Part kParts[] = {
    {".data.", false}, {".args.", false} /* the older word */, {".scope.", true}};

constexpr std::string_view kTag = "tag=";

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

Error BadFilter(std::string_view item, const std::string& what) {
  return {ErrorCode::kInvalidInput, "filter '" + std::string(item) + "': " + what};
}

// The name in front of the first marker, or npos.
std::size_t NameEnd(std::string_view head) {
  std::size_t end = std::string_view::npos;
  for (const Part& part : kParts) {
    end = std::min(end, head.find(part.marker));
  }
  return end;
}

// The error for an item that names no event.
Error NoEvent(std::string_view item, const Catalogue& catalogue) {
  const std::string_view head = item.substr(0, item.find_first_of(kOperatorCharacters));
  if (head.find(',') != std::string_view::npos) {
    return BadFilter(item, "'" + std::string(head.substr(0, head.find(','))) +
                               "': expected nothing but the filter; every filter is an --events of "
                               "its own");
  }
  if (StartsWith(item, "-")) {
    return BadFilter(item, "'-': expected the name of an event; to exclude values, use !=");
  }
  const std::size_t end = NameEnd(head);
  if (end == std::string_view::npos) {
    return BadFilter(item, "'" + std::string(TrimBlanks(head)) +
                               "': expected NAME.data.FIELD or NAME.scope.FIELD");
  }
  std::vector<std::string> names;
  for (const EventDefinition& event : catalogue.events()) {
    names.push_back(event.name);
  }
  const std::string_view name = head.substr(0, end);
  const std::string hint = DidYouMean(name, names);
  return BadFilter(
      item, "'" + std::string(name) + "': no such event" + (hint.empty() ? "" : "; " + hint));
}

}  // namespace

bool IsFilter(std::string_view item) {
  for (const std::string_view word : {kInContainerWord, kOnHostWords[0], kOnHostWords[1]}) {
    const std::string end = ".scope." + std::string(word);
    if (item.size() > end.size() && item.substr(item.size() - end.size()) == end &&
        item.find(',') == std::string_view::npos) {
      return true;
    }
  }
  // A list may have tags in it, which are no filters.
  while (true) {
    const std::size_t comma = item.find(',');
    std::string_view part = item.substr(0, comma);
    part.remove_prefix(StartsWith(part, "-") ? 1 : 0);
    if (!StartsWith(part, kTag) &&
        part.find_first_of(kOperatorCharacters) != std::string_view::npos) {
      return true;
    }
    if (comma == std::string_view::npos) {
      return false;
    }
    item.remove_prefix(comma + 1);
  }
}

Result<UserFilter> ParseUserFilter(std::string_view item, const Catalogue& catalogue) {
  const EventDefinition* longest = nullptr;
  const Part* its_part = nullptr;
  for (const EventDefinition& event : catalogue.events()) {
    if (!StartsWith(item, event.name) ||
        (longest != nullptr && event.name.size() <= longest->name.size())) {
      continue;
    }
    const std::string_view behind = item.substr(event.name.size());
    const auto* part = std::find_if(std::begin(kParts), std::end(kParts), [behind](const Part& p) {
      return StartsWith(behind, p.marker);
    });
    if (part != std::end(kParts)) {
      longest = &event;
      its_part = part;
    }
  }
  if (longest == nullptr) {
    return NoEvent(item, catalogue);
  }
  const std::size_t clause = longest->name.size() + its_part->marker.size();
  return UserFilter{longest, its_part->is_scope, std::string(item.substr(clause))};
}

}  // namespace wirehound
