// SPDX-License-Identifier: Apache-2.0

#include "engine/privileges/run_as.h"

#include <grp.h>
#include <pwd.h>

#include <charconv>
#include <optional>

namespace wirehound {

namespace {

// The kernel takes (id_t)-1 for "do not change it".
std::optional<id_t> AsNumber(const std::string& text) {
  id_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number == static_cast<id_t>(-1)) {
    return std::nullopt;
  }
  return number;
}

Error Wrong(const std::string& text, const std::string& what) {
  return Error(ErrorCode::kInvalidInput,
               "--user '" + text + "': " + what + "; expected NAME, UID, NAME:GROUP or UID:GID");
}

}  // namespace

Result<RunAs> FindRunAs(const std::string& text) {
  const std::size_t colon = text.find(':');
  RunAs found;
  found.name = text.substr(0, colon);
  const std::optional<id_t> uid = AsNumber(found.name);
  const passwd* const user = uid ? getpwuid(*uid) : getpwnam(found.name.c_str());
  if (user == nullptr && !uid) {
    return Wrong(text, "no user '" + found.name + "'");
  }
  if (user == nullptr && colon == std::string::npos) {
    return Wrong(text, "user " + found.name + " has no entry, and so no group");
  }
  found.user = uid ? *uid : user->pw_uid;
  if (user != nullptr) {
    found.name = user->pw_name;
    found.group = user->pw_gid;
  }
  if (colon == std::string::npos) {
    return found;
  }
  const std::string group_name = text.substr(colon + 1);
  const std::optional<id_t> gid = AsNumber(group_name);
  const group* const entry = gid ? nullptr : getgrnam(group_name.c_str());
  if (!gid && entry == nullptr) {
    return Wrong(text, "no group '" + group_name + "'");
  }
  found.group = gid ? *gid : entry->gr_gid;
  return found;
}

}  // namespace wirehound
