// SPDX-License-Identifier: Apache-2.0

// Captures what the process writes to standard error while the object lives.

#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {

class CapturedStderr {
 public:
  CapturedStderr() : saved_(dup(STDERR_FILENO)) {
    std::fflush(stderr);
    std::FILE* file = std::fopen(path().c_str(), "we");
    dup2(fileno(file), STDERR_FILENO);
    std::fclose(file);
  }
  ~CapturedStderr() {
    std::fflush(stderr);
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  std::string Text() const {
    std::fflush(stderr);
    return ReadFile(path());
  }

 private:
  std::string path() const { return (folder_.path() / "stderr").string(); }

  TemporaryFolder folder_;
  int saved_;
};

}  // namespace wirehound::test
