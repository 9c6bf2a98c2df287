// SPDX-License-Identifier: Apache-2.0

// The reason phrases of HTTP status codes. HTTP/2 does not send them, users expect to read them.
// Codes and phrases of the IANA registry; where a phrase was renamed there later, the one that
// HTTP/1.1 servers still send. Pure; any thread.

#pragma once

#include <cstdint>
#include <string_view>

namespace wirehound {

/// "404 Not Found" for 404. Empty for a code that is not registered. Static text.
std::string_view HttpStatusText(std::uint32_t code);

}  // namespace wirehound
