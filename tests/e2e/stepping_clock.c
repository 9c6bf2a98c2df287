// SPDX-License-Identifier: Apache-2.0

// Preloaded into the engine: after a few readings the wall clock jumps forward by a year and back
// by two, again and again. Clocks that cannot be set are left alone.

#define _GNU_SOURCE
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  static atomic_int asked;
  const time_t year = 31536000;
  const int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME && atomic_fetch_add(&asked, 1) > 20) {
    now->tv_sec += atomic_load(&asked) % 2 ? year : -year;
  }
  return result;
}
