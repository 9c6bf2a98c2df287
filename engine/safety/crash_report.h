// SPDX-License-Identifier: Apache-2.0

// The engine's last words. A detector runs in our process, so its crash is ours; but then the last
// thing on standard error says which detector it was, what it was shown and how to replay it:
//
//   wirehound: fatal: SIGSEGV (address 0x10) in OnEvent of detector 'X' (plugins/x.so), shown
//   net_packet_dns, record 812 (time 1700000000.000000000)
//   wirehound: replay: wirehound --plugins plugins --detectors X --read traffic.pcap
//
// (the first two on one line). Where no file was read the record is written as a capture of one
// packet. Then the signal takes its course: core dump, exit status, a sanitizer's report. Handlers
// use what CrashContext holds, a stack of their own and system calls only. Control thread.

#pragma once

#include <string>

namespace wirehound {

/// How to come to the same place again.
struct CrashReplay {
  std::string read_file;       ///< as given with --read; "" or "-": there is none to read again
  std::string plugins_folder;  ///< as given with --plugins, "" for the default
};

/// Catches SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT from here on, and an exit() that a detector
/// calls. The calling thread is taken for the engine's.
void InstallCrashReport();

/// What the report says about replaying. Until it is called, nothing.
void SetCrashReplay(const CrashReplay& replay);

}  // namespace wirehound
