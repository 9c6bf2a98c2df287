// SPDX-License-Identifier: Apache-2.0

// CrashContext: what the engine is doing at this moment, for the crash report. A signal handler of
// the same thread reads it: plain stores, no lock. One per process, as signal handlers are.
// Dispatch and control thread, which are one.

#pragma once

#include <wirehound/definition.h>

namespace wirehound {

struct Event;
struct Record;

struct CrashContext {
  const DetectorDefinition* volatile detector =
      nullptr;                              ///< its code runs; null: the engine's code does
  const char* volatile file = nullptr;      ///< path of its plugin, NUL-terminated
  const char* volatile loading = nullptr;   ///< path of a plugin being loaded; or null
  const char* volatile function = nullptr;  ///< "OnEvent", NUL-terminated
  const Event* volatile event = nullptr;    ///< that it was called with; may be null
  const Record* volatile record = nullptr;  ///< in the pipeline; null between records
};

extern CrashContext g_crash_context;

}  // namespace wirehound
