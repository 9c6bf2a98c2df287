/* SPDX-License-Identifier: Apache-2.0 */

/* Timers for detectors: extension "wirehound.timers/1". They run in stream time, the time of the
 * records, so they go off at the same place of a capture each time it is read. While live capture
 * is idle, stream time follows the clock.
 *
 * Due timers go off before the host handles the next record, the earliest first. Timers due at the
 * same time go off in the order of the detectors, then of their start. A detection emitted in
 * on_timer has the time at which the timer was due, and no process. */

#ifndef WIREHOUND_ABI_TIMERS_ABI_H_
#define WIREHOUND_ABI_TIMERS_ABI_H_

#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WIREHOUND_TIMERS_EXTENSION "wirehound.timers/1"
#define WIREHOUND_MAX_TIMERS 1024u /* of one instance, running at once */

typedef struct wirehound_timers {
  uint32_t struct_size;
  uint32_t reserved;
  void* context; /* pass it back as the first argument of each function here */
  /* [control, dispatch] In init, on_event and on_timer. Starts the timer `id`, a number of the
   * plugin's choice; a running timer of that id starts anew. It goes off `after_ns` from now and
   * then, unless period_ns is 0, every period_ns. In init "now" is the time of the first record
   * that follows. LIMIT when WIREHOUND_MAX_TIMERS run. */
  int32_t (*start)(void* context, uint64_t id, uint64_t after_ns, uint64_t period_ns);
  /* [control, dispatch] Stops a timer. NOT_FOUND when it does not run. */
  int32_t (*cancel)(void* context, uint64_t id);
} wirehound_timers;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_TIMERS_ABI_H_ */
