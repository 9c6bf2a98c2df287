// SPDX-License-Identifier: Apache-2.0

// The crash report. A detector runs in the engine's process, so its crash ends the engine. The last
// lines on standard error then say which detector crashed, at which event, and how to replay it:
//
//   wirehound: fatal: SIGSEGV (address 0x10) in OnEvent of detector 'X' (plugins/x.so), shown
//   net_packet_dns, record 812 (time 1700000000.000000000)
//   wirehound: replay: wirehound --plugins plugins --detectors X --read traffic.pcap
//
// (the first two on one line). When the engine did not read a file, the handler writes the record
// as a capture of one packet. Then the signal acts as usual: core dump, exit status, a sanitizer's
// report. Handlers use CrashContext, a stack of their own and system calls only. Control thread.

#pragma once

#include <string>

namespace wirehound {

/// The options that lead to the same crash again.
struct CrashReplay {
  std::string read_file;       ///< as given with --read; "" or "-": no file to read again
  std::string plugins_folder;  ///< as given with --plugins, "" for the default
};

/// Reports SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT from here on, and an exit() that a detector
/// calls. The calling thread must be the control thread.
void InstallCrashReport();

/// Sets the options of the replay line. Until it is called, the report has no such line.
void SetCrashReplay(const CrashReplay& replay);

}  // namespace wirehound
