// SPDX-License-Identifier: Apache-2.0

// The text and code of a failed system call, the same everywhere. Any thread.

#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include <wirehound/result.h>

namespace wirehound {

/// "no such file or directory" for ENOENT. Thread-safe, unlike strerror.
inline std::string ErrnoText(int error) {
  std::string text = std::generic_category().message(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')) {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

/// The Error of a call that failed with `error`: "`what`: text", with the code that fits.
inline Error SystemError(std::string_view what, int error) {
  ErrorCode code = ErrorCode::kFailed;
  if (error == EPERM || error == EACCES) {
    code = ErrorCode::kNotPermitted;
  } else if (error == ENOENT) {
    code = ErrorCode::kNotFound;
  }
  return Error(code, std::string(what) + ": " + ErrnoText(error));
}

}  // namespace wirehound
