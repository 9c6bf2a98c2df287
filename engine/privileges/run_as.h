// SPDX-License-Identifier: Apache-2.0

// RunAs: the user and groups to go on as, once what only root may do has been done. Control thread.

#pragma once

#include <sys/types.h>

#include <string>

#include <wirehound/result.h>

namespace wirehound {

struct RunAs {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;  ///< of the user; as given when there is no such entry
};

/// What `--user` names: NAME, UID, NAME:GROUP or UID:GID. A name alone means its own group.
/// kInvalidInput when there is no such user or group, or a number without an entry has no group.
Result<RunAs> FindRunAs(const std::string& text);

}  // namespace wirehound
