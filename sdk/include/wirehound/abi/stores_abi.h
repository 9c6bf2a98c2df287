/* SPDX-License-Identifier: Apache-2.0 */

/* Stores: what the engine knows besides events. Each store is an extension. Each function returns
 * OK, NOT_FOUND (the store works and has no such entry) or UNHEALTHY (it cannot tell: a capture
 * file has no processes, for example). A definition names the stores that its detector uses;
 * get_extension returns NULL for any other. INVALID is for null pointers and for arguments that the
 * descriptions exclude, LIMIT for more answers than one turn may have.
 *
 * Answers belong to the host and are valid until on_event or on_timer returns. In init a detector
 * may only ask the system store and open shared maps. [dispatch] unless marked otherwise. */

#ifndef WIREHOUND_ABI_STORES_ABI_H_
#define WIREHOUND_ABI_STORES_ABI_H_

#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- "process": wirehound.processes/1 ------------------------------------------------------ */

#define WIREHOUND_PROCESSES_EXTENSION "wirehound.processes/1"

/* One process. Ids named host_* are in the initial pid namespace. Zero or empty: unknown. */
typedef struct wirehound_process_info {
  uint32_t struct_size;
  uint32_t entity_id;        /* as process_entity_id of an event's process */
  uint32_t parent_entity_id; /* 0 when it has no parent or the parent is unknown */
  int32_t pid;
  int32_t parent_pid;
  int32_t host_pid;
  int32_t host_parent_pid;
  uint32_t uid;
  uint32_t gid;
  uint32_t exited;        /* 1 when the store knows that it has exited */
  uint64_t start_time_ns; /* Unix epoch */
  uint64_t exit_time_ns;  /* Unix epoch; when the exit was noticed, 0 while it runs */
  wirehound_string comm;
  wirehound_string executable;
  wirehound_list arguments; /* of wirehound_string, argv[0] first */
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

/* One container. Empty: unknown. */
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
  /* By its whole id or a prefix of at least 12 characters. */
  int32_t (*get)(void* context, wirehound_string id, const wirehound_container_info** container);
  /* All known containers: a list of wirehound_container_info. */
  int32_t (*list)(void* context, wirehound_list* containers);
} wirehound_container_store;

/* ---- "dns": wirehound.dns/1 ---------------------------------------------------------------- */

#define WIREHOUND_DNS_STORE_EXTENSION "wirehound.dns/1"

/* Who received an answer, from the most to the least specific. */
#define WIREHOUND_DNS_SEEN_BY_PROCESS 1u
#define WIREHOUND_DNS_SEEN_BY_CONTAINER 2u
#define WIREHOUND_DNS_SEEN_BY_HOST 3u

/* A name and an address that a DNS answer connects, directly or through aliases. */
typedef struct wirehound_dns_mapping {
  /* The name in the question, or the name that a PTR record gives for the address; lower case, no
   * final dot. */
  wirehound_string name;
  wirehound_address address;
  uint64_t age_ns;  /* since the answer, in stream time */
  uint32_t ttl;     /* of the answer, seconds; a mapping expires after this or 30 s, the longer */
  uint32_t seen_by; /* WIREHOUND_DNS_SEEN_BY_* */
} wirehound_dns_mapping;

/* Lists hold wirehound_dns_mapping: first those that the given process received, then those of its
 * container, then the others; among equals the newest first. A list has each pair of name and
 * address once, and at most 16 pairs. Within one call of a detector the last 32 lists are valid;
 * older ones may be gone. An entity id of 0 and a container id of "" mean no process and no
 * container. */
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
  /* [control, dispatch] Valid until destroy. UNHEALTHY for a capture file: its packets are not of
   * this system. */
  int32_t (*get)(void* context, const wirehound_system_info** system);
} wirehound_system_store;

/* ---- "shared": wirehound.shared/1 ---------------------------------------------------------- */

#define WIREHOUND_SHARED_EXTENSION "wirehound.shared/1"
#define WIREHOUND_MAX_SHARED_MAPS 256u
#define WIREHOUND_MAX_SHARED_BYTES (256u << 20) /* of all maps together */

typedef struct wirehound_shared_options {
  uint32_t struct_size;
  uint32_t max_entries;     /* at least 1; one more evicts the entry used longest ago */
  uint32_t max_value_bytes; /* of one value */
  uint32_t reserved;
  uint64_t ttl_ns; /* an entry expires this long after it was put; 0: never */
} wirehound_shared_options;

/* Maps of bytes to bytes that detectors share by name. Keys up to WIREHOUND_MAX_STATE_KEY_BYTES. */
typedef struct wirehound_shared_store {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* [control] In init. The first detector that opens a map sets its limits; INVALID for a later one
   * with other limits, LIMIT beyond WIREHOUND_MAX_SHARED_*. The map outlives its detectors. */
  int32_t (*open)(void* context, wirehound_string name, const wirehound_shared_options* options,
                  uint32_t* handle);
  int32_t (*put)(void* context, uint32_t handle, wirehound_bytes key, wirehound_bytes value);
  /* Valid until the next call for this map. Counts as a use of the entry. */
  int32_t (*get)(void* context, uint32_t handle, wirehound_bytes key, wirehound_bytes* value);
  int32_t (*remove)(void* context, uint32_t handle, wirehound_bytes key);
  int32_t (*size)(void* context, uint32_t handle, uint64_t* entries);
} wirehound_shared_store;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_STORES_ABI_H_ */
