/* SPDX-License-Identifier: Apache-2.0 */

/* Timers for detectors: extension "wirehound.timers/1". They run in stream time, the time of the
 * records, and so go off at the same point of a capture each time it is read. While live capture
 * is idle, stream time follows the clock.
 *
 * Timers that are due go off before the next record is looked at, the earliest first, those due at
 * the same time in the order of the detectors and then of their start. What a timer's on_timer
 * emits carries the time the timer was due, and no process. */

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
   * plugin's choice; one of that id that runs already is started anew. It goes off once `after_ns`
   * from now, and then, unless period_ns is 0, every period_ns. In init "now" is the time of the
   * first record that follows. LIMIT when too many run. */
  int32_t (*start)(void* context, uint64_t id, uint64_t after_ns, uint64_t period_ns);
  /* [control, dispatch] Stops a timer. NOT_FOUND when it does not run. */
  int32_t (*cancel)(void* context, uint64_t id);
} wirehound_timers;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_TIMERS_ABI_H_ */
