/* SPDX-License-Identifier: Apache-2.0 */

/* State that the host keeps for a detector, bounded and in stream time: extension
 * "wirehound.state/1". Counters over a sliding window ("how many in the last minute, by address"),
 * and maps that evict the entry used longest ago. Private to the instance; stores_abi.h has maps
 * that detectors share. After creation only a new key may allocate memory, within the limits given
 * at creation. */

#ifndef WIREHOUND_ABI_STATE_ABI_H_
#define WIREHOUND_ABI_STATE_ABI_H_

#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WIREHOUND_STATE_EXTENSION "wirehound.state/1"

#define WIREHOUND_MAX_STATE_OBJECTS 64u       /* counters and maps of one instance, together */
#define WIREHOUND_MAX_STATE_BYTES (64u << 20) /* of one instance, together */
#define WIREHOUND_MAX_STATE_KEY_BYTES 1024u   /* of one key */
#define WIREHOUND_MAX_COUNTER_BUCKETS 64u

typedef struct wirehound_counter_options {
  uint32_t struct_size;
  uint32_t max_keys;  /* at least 1; one more evicts the key that was counted longest ago */
  uint64_t window_ns; /* at least 1 */
  /* The number of equal parts of the window. A part expires as a whole, so a sum reaches back
   * between window - window/buckets and window. 1 to WIREHOUND_MAX_COUNTER_BUCKETS. */
  uint32_t buckets;
  uint32_t reserved;
} wirehound_counter_options;

typedef struct wirehound_map_options {
  uint32_t struct_size;
  uint32_t max_entries;     /* at least 1; one more evicts the entry used longest ago */
  uint32_t max_value_bytes; /* of one value */
  uint32_t reserved;
  uint64_t ttl_ns; /* an entry expires this long after it was put; 0: never */
} wirehound_map_options;

/* Windows and ages run in the stream time of the event or timer that is being handled. Handles
 * belong to the instance. */
typedef struct wirehound_state {
  uint32_t struct_size;
  uint32_t reserved;
  void* context; /* pass it back as the first argument of each function here */

  /* [control] In init. INVALID for options out of range, LIMIT beyond WIREHOUND_MAX_STATE_*. */
  int32_t (*counter_create)(void* context, const wirehound_counter_options* options,
                            uint32_t* handle);
  /* [dispatch] Adds `amount` to a key; `sum` is then its sum over the window, `amount` included.
   * INVALID for a key that is too long. */
  int32_t (*counter_add)(void* context, uint32_t handle, wirehound_bytes key, uint64_t amount,
                         uint64_t* sum);
  /* [dispatch] The sum of a key over the window; 0 for an unknown key. */
  int32_t (*counter_sum)(void* context, uint32_t handle, wirehound_bytes key, uint64_t* sum);
  /* [dispatch] Removes a key. */
  int32_t (*counter_reset)(void* context, uint32_t handle, wirehound_bytes key);

  /* [control] In init, like counter_create. */
  int32_t (*map_create)(void* context, const wirehound_map_options* options, uint32_t* handle);
  /* [dispatch] Sets the value of a key. INVALID for a key or value that is too long. */
  int32_t (*map_put)(void* context, uint32_t handle, wirehound_bytes key, wirehound_bytes value);
  /* [dispatch] The value, valid until the next call for this map. Counts as a use of the entry.
   * NOT_FOUND for an unknown key. */
  int32_t (*map_get)(void* context, uint32_t handle, wirehound_bytes key, wirehound_bytes* value);
  /* [dispatch] NOT_FOUND for an unknown key. */
  int32_t (*map_remove)(void* context, uint32_t handle, wirehound_bytes key);
  /* [dispatch] The number of entries of a counter or map that were evicted. */
  int32_t (*evicted)(void* context, uint32_t handle, uint64_t* count);
} wirehound_state;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_STATE_ABI_H_ */
