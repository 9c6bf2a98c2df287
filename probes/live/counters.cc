// SPDX-License-Identifier: Apache-2.0

#include "probes/live/counters.h"

namespace wirehound {

// The names are stable: users read them in the summary, and a gap's reason is one of them
// (loss_tracker.cc). The kLost lines of the kernel are exactly the counters from
// WIREHOUND_COUNT_FIRST_LOST to WIREHOUND_COUNT_LAST_LOST; a counter missing here would break the
// sum.
std::vector<SourceCounter> AccountOf(const KernelCounters& kernel, const ReaderCounters& reader) {
  using Kind = SourceCounter::Kind;
  return {
      {Kind::kDelivered, "delivered", reader.delivered},
      {Kind::kFiltered, "not_wanted", kernel[WIREHOUND_COUNT_FILTERED]},
      {Kind::kFiltered, "filter", kernel[WIREHOUND_COUNT_FILTERED_BY_RULES]},
      {Kind::kFiltered, "scope", kernel[WIREHOUND_COUNT_FILTERED_BY_SCOPE]},
      {Kind::kLost, "ring_full", kernel[WIREHOUND_COUNT_LOST_RING_FULL]},
      {Kind::kLost, "copy_failed", kernel[WIREHOUND_COUNT_LOST_COPY_FAILED]},
      {Kind::kLost, "process_record_lost", kernel[WIREHOUND_COUNT_LOST_PROCESS_RECORD]},
      {Kind::kLost, "malformed_record", reader.malformed},
  };
}

std::vector<SourceNote> NotesOf(const KernelCounters& kernel, const ReaderCounters& reader) {
  return {
      {"no_full_socket", kernel[WIREHOUND_COUNT_NO_FULL_SOCKET]},
      {"no_owner", kernel[WIREHOUND_COUNT_NO_OWNER]},
      {"sender_known", kernel[WIREHOUND_COUNT_SENDER_KNOWN]},
      {"process_records", kernel[WIREHOUND_COUNT_PROCESS_RECORDS]},
      {"process_record_retries", kernel[WIREHOUND_COUNT_PROCESS_RETRIES]},
      {"process_table_full", kernel[WIREHOUND_COUNT_PROCESS_TABLE_FULL]},
      {"process_notices", kernel[WIREHOUND_COUNT_PROCESS_NOTICES]},
      {"process_notices_lost", kernel[WIREHOUND_COUNT_PROCESS_NOTICES_LOST]},
      {"malformed_process_records", reader.malformed_process},
      {"owner_unknown", reader.owner_unknown},
      {"owners_evicted", reader.owners_evicted},
  };
}

}  // namespace wirehound
