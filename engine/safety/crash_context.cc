// SPDX-License-Identifier: Apache-2.0

#include "engine/safety/crash_context.h"

namespace wirehound {

CrashContext g_crash_context;

}  // namespace wirehound
