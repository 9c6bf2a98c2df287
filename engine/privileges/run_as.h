// SPDX-License-Identifier: Apache-2.0

// RunAs: the user and group that the engine continues as, once capture is set up. Control thread.

#pragma once

#include <sys/types.h>

#include <string>

#include <wirehound/result.h>

namespace wirehound {

struct RunAs {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;  ///< of the user; the number as given when the user has no entry
};

/// Reads the value of `--user`: NAME, UID, NAME:GROUP or UID:GID. Without a group it takes the one
/// of the user's entry. kInvalidInput when there is no such user or group, or when a UID without an
/// entry comes without a group.
Result<RunAs> FindRunAs(const std::string& text);

}  // namespace wirehound
