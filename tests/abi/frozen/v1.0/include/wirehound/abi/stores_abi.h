/* SPDX-License-Identifier: Apache-2.0 */

/* What the engine knows besides events, for detectors to ask: one extension per store. Each
 * function returns OK, NOT_FOUND (the store works and does not know) or UNHEALTHY (it cannot tell:
 * capture files have no processes, say). A detector names the stores it uses in its definition;
 * one that it did not name is not there (get_extension gives NULL). INVALID is for null pointers
 * and what else the descriptions rule out, LIMIT for more answers than one turn may have.
 *
 * Answers belong to the host and are valid until on_event or on_timer returns. In init only the
 * system store and the opening of shared maps work. [dispatch] unless marked otherwise. */

#ifndef WIREHOUND_ABI_STORES_ABI_H_
#define WIREHOUND_ABI_STORES_ABI_H_

#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- "process": wirehound.processes/1 ------------------------------------------------------ */

#define WIREHOUND_PROCESSES_EXTENSION "wirehound.processes/1"

/* One process. Ids named host_* are in the initial pid namespace. Zero or empty: not known. */
typedef struct wirehound_process_info {
  uint32_t struct_size;
  uint32_t entity_id;        /* as process_entity_id of an event's process */
  uint32_t parent_entity_id; /* 0 when it has none or it is not known */
  int32_t pid;
  int32_t parent_pid;
  int32_t host_pid;
  int32_t host_parent_pid;
  uint32_t uid;
  uint32_t gid;
  uint32_t exited;        /* 1 when it is known to have ended */
  uint64_t start_time_ns; /* Unix epoch */
  uint64_t exit_time_ns;  /* Unix epoch; when it was found to have ended, 0 while it runs */
  wirehound_string comm;
  wirehound_string executable;
  wirehound_list arguments; /* of wirehound_string, the first one the name it was started by */
  wirehound_string container_id;
} wirehound_process_info;

typedef struct wirehound_process_store {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  int32_t (*get)(void* context, uint32_t entity_id, const wirehound_process_info** process);
  /* The parents of a process, nearest first, at most `depth`: a list of wirehound_process_info. */
  int32_t (*ancestry)(void* context, uint32_t entity_id, uint32_t depth, wirehound_list* parents);
} wirehound_process_store;

/* ---- "container": wirehound.containers/1 --------------------------------------------------- */

#define WIREHOUND_CONTAINERS_EXTENSION "wirehound.containers/1"

/* One container. Empty: not known. */
typedef struct wirehound_container_info {
  uint32_t struct_size;
  uint32_t is_pod_sandbox; /* 1: it holds the namespaces of its pod and runs nothing else */
  uint64_t cgroup_id;      /* of its outermost control group */
  wirehound_string id;
  wirehound_string runtime; /* "docker", "containerd", "crio", "podman", "garden" or "" */
  wirehound_string name;
  wirehound_string image;
  wirehound_string pod_name;
  wirehound_string pod_namespace;
  wirehound_string pod_uid;
  wirehound_string image_digest; /* "sha256:..." */
} wirehound_container_info;

typedef struct wirehound_container_store {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* By its whole id, or a beginning of it of at least 12 characters. */
  int32_t (*get)(void* context, wirehound_string id, const wirehound_container_info** container);
  /* All that are known: a list of wirehound_container_info. */
  int32_t (*list)(void* context, wirehound_list* containers);
} wirehound_container_store;

/* ---- "dns": wirehound.dns/1 ---------------------------------------------------------------- */

#define WIREHOUND_DNS_STORE_EXTENSION "wirehound.dns/1"

/* Who was seen to get an answer, from best to least. */
#define WIREHOUND_DNS_SEEN_BY_PROCESS 1u
#define WIREHOUND_DNS_SEEN_BY_CONTAINER 2u
#define WIREHOUND_DNS_SEEN_BY_HOST 3u

/* A name and an address that an answer brought together, through aliases if need be. */
typedef struct wirehound_dns_mapping {
  /* The one that was asked for, or the one that an address was said to have; lower case, no final
   * dot. */
  wirehound_string name;
  wirehound_address address;
  uint64_t age_ns;  /* since the answer was seen, in stream time */
  uint32_t ttl;     /* of the answer, seconds; an answer older than this and 30 s is not given */
  uint32_t seen_by; /* WIREHOUND_DNS_SEEN_BY_* */
} wirehound_dns_mapping;

/* Lists are of wirehound_dns_mapping: what the asked-for process saw itself first, then what its
 * container saw, then the rest; the newest first among equals; each pair of name and address once,
 * at most 16 of them. Within one call of a detector the last 32 answers are valid; those before may
 * be gone. An entity id and a container id of 0 and "" ask for nobody in particular. */
typedef struct wirehound_dns_store {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  int32_t (*names_of)(void* context, const wirehound_address* address, uint32_t entity_id,
                      wirehound_string container_id, wirehound_list* mappings);
  int32_t (*addresses_of)(void* context, wirehound_string name, uint32_t entity_id,
                          wirehound_string container_id, wirehound_list* mappings);
} wirehound_dns_store;

/* ---- "system": wirehound.system/1 ---------------------------------------------------------- */

#define WIREHOUND_SYSTEM_EXTENSION "wirehound.system/1"

typedef struct wirehound_system_info {
  uint32_t struct_size;
  uint32_t cpu_count;
  uint64_t boot_time_ns;         /* Unix epoch */
  uint64_t start_time_ns;        /* of the engine, Unix epoch */
  wirehound_string architecture; /* "x86_64", "aarch64" */
  wirehound_string kernel_release;
  wirehound_string host_name;
  wirehound_string os_name; /* of os-release: "Debian GNU/Linux" */
  wirehound_string os_version;
  wirehound_string engine_version;
} wirehound_system_info;

typedef struct wirehound_system_store {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* [control, dispatch] Valid until destroy. UNHEALTHY when a capture file is read: the packets
   * are not this system's. */
  int32_t (*get)(void* context, const wirehound_system_info** system);
} wirehound_system_store;

/* ---- "shared": wirehound.shared/1 ---------------------------------------------------------- */

#define WIREHOUND_SHARED_EXTENSION "wirehound.shared/1"
#define WIREHOUND_MAX_SHARED_MAPS 256u
#define WIREHOUND_MAX_SHARED_BYTES (256u << 20) /* of all maps together */

typedef struct wirehound_shared_options {
  uint32_t struct_size;
  uint32_t max_entries;     /* at least 1; beyond it the entry used longest ago is forgotten */
  uint32_t max_value_bytes; /* of one value */
  uint32_t reserved;
  uint64_t ttl_ns; /* an entry this long after it was put is gone; 0: it does not age */
} wirehound_shared_options;

/* Maps of bytes to bytes that detectors share by name. Keys up to WIREHOUND_MAX_STATE_KEY_BYTES. */
typedef struct wirehound_shared_store {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* [control] In init. Whoever opens a map first decides its limits; INVALID when another gives
   * different ones, LIMIT when there is too much already. The map outlives its detectors. */
  int32_t (*open)(void* context, wirehound_string name, const wirehound_shared_options* options,
                  uint32_t* handle);
  int32_t (*put)(void* context, uint32_t handle, wirehound_bytes key, wirehound_bytes value);
  /* Valid until the next call for this map; counts as use. */
  int32_t (*get)(void* context, uint32_t handle, wirehound_bytes key, wirehound_bytes* value);
  int32_t (*remove)(void* context, uint32_t handle, wirehound_bytes key);
  int32_t (*size)(void* context, uint32_t handle, uint64_t* entries);
} wirehound_shared_store;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_STORES_ABI_H_ */
