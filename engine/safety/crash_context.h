// SPDX-License-Identifier: Apache-2.0

// CrashContext: what the engine is doing, noted as it goes, so that its last words can say so. Read
// by a signal handler of the same thread: plain stores, no lock. One per process, as signals are.
// Dispatch and control thread, which are one.

#pragma once

#include <wirehound/definition.h>

namespace wirehound {

struct Event;
struct Record;

struct CrashContext {
  const DetectorDefinition* volatile detector = nullptr;  ///< whose code runs; null: ours
  const char* volatile file = nullptr;                    ///< of its plugin, NUL-terminated
  const char* volatile loading = nullptr;  ///< a plugin that is being loaded and described; or null
  const char* volatile function = nullptr;  ///< "OnEvent", NUL-terminated
  const Event* volatile event = nullptr;    ///< what it was shown; may be null
  const Record* volatile record = nullptr;  ///< being handled; null between records
};

extern CrashContext g_crash_context;

}  // namespace wirehound
