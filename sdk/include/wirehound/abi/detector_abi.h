/* SPDX-License-Identifier: Apache-2.0 */

/* The boundary between the engine (the host) and a detector (the plugin): C tables and nothing
 * else. C11, 64-bit platforms only. Most authors want <wirehound/detector.h>, which implements
 * this in C++. Use this file directly only from C or from another language.
 *
 * A plugin is a shared object that exports one const data object named WIREHOUND_DETECTOR_MODULE.
 * The host reads that object before it calls any function. It refuses an object that does not fit,
 * with a reason, and otherwise uses the tables that the object points to.
 *
 * Rules for both sides
 * - Every struct that crosses by pointer starts with struct_size: the end of the last member that
 *   the sender knows, not sizeof (WIREHOUND_STRUCT_SIZE). Test WIREHOUND_HAS before reading a
 *   member that was added after minor 0. Members are only appended.
 * - The side that allocated memory frees it. Host pointers are valid during the call, the host
 * table until destroy. The host copies what plugin pointers point to before its function returns.
 * No function returns memory to free: definitions and detections go through callbacks of the host.
 * - No exception and no longjmp leaves a function of this file, in either direction.
 * - Marks: [control] runs on the host's control thread before or after dispatch; [dispatch] runs
 *   on the dispatch thread; [any] may be called from every thread. The host never makes two calls
 *   into one instance at once. Order: describe, create, init, (on_event, on_timer)*, close,
 * destroy. After a failed init only last_error and destroy are called. Plugins are never unloaded
 * before the process ends.
 *
 * Versions: the ABI major is in the symbol's name and must be equal. The ABI minor that a plugin
 * needs must not be above the host's. Events and detectors have versions of their own. */

#ifndef WIREHOUND_ABI_DETECTOR_ABI_H_
#define WIREHOUND_ABI_DETECTOR_ABI_H_

#include "definition_abi.h"
#include "messages.h"
#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WIREHOUND_ABI_MAJOR 1u
#define WIREHOUND_ABI_MINOR 0u
#define WIREHOUND_ABI_MAGIC 0x57484431u /* "WHD1" */

#define WIREHOUND_DETECTOR_MODULE wirehound_detector_module_v1
#define WIREHOUND_DETECTOR_MODULE_PREFIX "wirehound_detector_module_v"
#define WIREHOUND_DETECTOR_MODULE_NAME "wirehound_detector_module_v1"
/* Put this before the definition of that object: it exports it from a build with hidden symbols. */
#define WIREHOUND_EXPORT __attribute__((visibility("default"), used))

/* The value of struct_size: the end of the last member. */
#define WIREHOUND_STRUCT_SIZE(type, last_member) \
  ((uint32_t)(offsetof(type, last_member) + sizeof(((type*)0)->last_member)))
/* Whether the sender of *pointer knew `member`. */
#define WIREHOUND_HAS(pointer, type, member) \
  ((pointer)->struct_size >= WIREHOUND_STRUCT_SIZE(type, member))

/* The status of every function that may fail. last_error gives the text of a failure. */
#define WIREHOUND_OK 0
#define WIREHOUND_ERROR 1              /* the plugin's own failure */
#define WIREHOUND_ERROR_EXCEPTION 2    /* the plugin stopped a C++ exception at the boundary */
#define WIREHOUND_ERROR_NOT_FOUND 3    /* no such event or field */
#define WIREHOUND_ERROR_WRONG_TYPE 4   /* the field exists with another type */
#define WIREHOUND_ERROR_INVALID 5      /* an argument breaks the contract */
#define WIREHOUND_ERROR_NOT_DECLARED 6 /* a detection sets a field that the definition lacks */
#define WIREHOUND_ERROR_UNHEALTHY 7    /* the store cannot answer, unlike NOT_FOUND */
#define WIREHOUND_ERROR_LIMIT 8        /* a bound on a number or size is reached */

#define WIREHOUND_LOG_DEBUG 0u
#define WIREHOUND_LOG_INFO 1u
#define WIREHOUND_LOG_WARN 2u
#define WIREHOUND_LOG_ERROR 3u

/* ---- events -------------------------------------------------------------------------------- */

/* How the host learnt the owner of a packet, from the surest way to none. */
#define WIREHOUND_OWNER_NONE 0u    /* no process is known: capture files */
#define WIREHOUND_OWNER_CURRENT 1u /* the process was executing the send */
#define WIREHOUND_OWNER_SOCKET 2u  /* the process that last touched the socket */
/* The process of the listening socket: the connection is not accepted yet, or closed already. */
#define WIREHOUND_OWNER_LISTENER 3u
#define WIREHOUND_OWNER_SCAN 4u   /* held the socket when capture started */
#define WIREHOUND_OWNER_KERNEL 5u /* the kernel itself: no process has the socket */

/* The process behind an event. Always present; all zero and empty when no owner is known.
 * Ids named host_* are in the initial pid namespace, the others in the process's own. */
typedef struct wirehound_process {
  uint32_t struct_size;
  uint32_t uid;
  uint64_t start_time_ns;        /* of the process, Unix epoch */
  uint64_t thread_start_time_ns; /* of the thread, Unix epoch */
  uint64_t cgroup_id;
  int32_t pid;
  int32_t tid;
  int32_t parent_pid;
  int32_t host_pid;
  int32_t host_tid;
  int32_t host_parent_pid;
  uint32_t mount_namespace; /* inode numbers */
  uint32_t pid_namespace;
  uint32_t thread_entity_id; /* stable hashes of (host id, start time) */
  uint32_t process_entity_id;
  uint32_t parent_entity_id;
  uint32_t gid;
  wirehound_string comm;       /* of the thread, at most 15 bytes */
  wirehound_string executable; /* path of the program file, "" when unknown */
  wirehound_string host_name;  /* of the uts namespace */
  wirehound_string container_id;
  /* What the host knows about that container at this event (stores_abi.h); a later event may have
   * more. NULL when the process is in no container. Valid as long as the process is. */
  const struct wirehound_container_info* container;
} wirehound_process;

/* One event. Lives until on_event returns; copy what you keep. */
typedef struct wirehound_event {
  uint32_t struct_size;
  uint32_t event_id; /* as resolve_event gave it */
  uint16_t schema_major;
  uint16_t schema_minor;
  uint32_t cpu;
  uint64_t timestamp_ns; /* stream time: Unix epoch, from the record */
  uint64_t sequence;     /* of the record that caused it, from 1; 0: a timer caused it */
  const wirehound_process* process;
  const wirehound_field* fields;
  uint32_t field_count;
  uint32_t owner_source;    /* WIREHOUND_OWNER_* */
  wirehound_string name;    /* of the event */
  wirehound_string syscall; /* that sent the packet, "" when unknown */
  /* Of a detection: the event that it was detected from; NULL for a base event and for the
   * detection of a timer. */
  const struct wirehound_event* detected_from;
} wirehound_event;

/* ---- the host ------------------------------------------------------------------------------ */

/* A name with a typed value: a value of a log line, a field of a detection. */
typedef struct wirehound_named_value {
  wirehound_string name;
  uint32_t type; /* WIREHOUND_TYPE_BOOL to WIREHOUND_TYPE_STRING_LIST */
  uint32_t reserved;
  wirehound_value value;
} wirehound_named_value;

#define WIREHOUND_FINDING_POPULATE 1u /* `auto_populate` replaces the definition's */

/* One detection. Each field is one of the definition's event_fields, in any order. An integer may
 * have another width than declared if its value fits. A declared field that is not set is absent.
 */
typedef struct wirehound_finding {
  uint32_t struct_size;
  uint32_t field_count;
  const wirehound_named_value* fields;
  const wirehound_threat* threat; /* replaces the definition's; NULL: that one holds */
  uint32_t flags;                 /* WIREHOUND_FINDING_* */
  uint32_t auto_populate;         /* WIREHOUND_POPULATE_* */
  uint32_t ancestry_depth;        /* the most parents to name; 0: the host's default */
  uint32_t reserved;
} wirehound_finding;

/* A timer that has gone off (timers_abi.h). */
typedef struct wirehound_timer {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t id;     /* as given to start */
  uint64_t due_ns; /* stream time for which it was set */
  uint64_t missed; /* of a periodic one: the periods since then that have passed too */
} wirehound_timer;

/* The host as one instance sees it. Valid from create until destroy. */
typedef struct wirehound_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the host */
  void* context;      /* pass it back as the first argument of each function here */
  uint32_t log_level; /* the lowest WIREHOUND_LOG_* that is logged; may change any time */
  uint32_t reserved;

  /* [any] Writes one line to the detector's log. */
  void (*log)(void* context, uint32_t level, wirehound_string message,
              const wirehound_named_value* values, uint32_t value_count);
  /* [control] In init: the runtime id of an event that the detector requires. NOT_FOUND when it
   * does not require the event, or when an optional event is not available. */
  int32_t (*resolve_event)(void* context, wirehound_string event, uint32_t* event_id);
  /* [control] In init: the index in wirehound_event.fields of a field of a required event. It holds
   * for every event with that id. INVALID when the detector does not require the event, NOT_FOUND
   * when the event is not available or has no such field, WRONG_TYPE for a field of another type.
   */
  int32_t (*resolve_field)(void* context, wirehound_string event, wirehound_string field,
                           uint32_t type, uint32_t* slot);
  /* [dispatch] In on_event and on_timer: takes a detection, any number of times. The host copies it
   * before the function returns, or refuses it with INVALID, NOT_DECLARED, WRONG_TYPE or LIMIT. */
  int32_t (*emit)(void* context, const wirehound_finding* finding);
  /* [control] A further group of functions by name, "wirehound.<name>/<revision>", or NULL. Each
   * group is a table like this one, with a struct_size and a context of its own, valid until
   * destroy: timers_abi.h, state_abi.h, stores_abi.h. */
  const void* (*get_extension)(void* context, wirehound_string name);
  /* [control, dispatch] The user's value of an option of the definition, or its default. Valid
   * until destroy: an instance never sees its options change. NOT_FOUND for an option that the
   * definition lacks, WRONG_TYPE for one that it declares with another type. */
  int32_t (*config)(void* context, wirehound_string name, uint32_t type, wirehound_value* value);
} wirehound_host;

/* ---- the plugin ---------------------------------------------------------------------------- */

/* Takes the answer of describe(): exactly one call of take or of fail. */
typedef struct wirehound_describe_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* context; /* pass it back */
  /* [control] Copies the definition. */
  void (*take)(void* context, const wirehound_detector_definition* definition);
  /* [control] Says why there is no definition. */
  void (*fail)(void* context, wirehound_string message);
} wirehound_describe_sink;

/* One detector: the functions of all its instances. `instance` belongs to the plugin and is opaque
 * to the host. */
typedef struct wirehound_detector {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Passes the definition to the sink, the same at each call. Called once per load. */
  int32_t (*describe)(const wirehound_describe_sink* sink);
  /* [control] Makes an instance. On failure it logs why, leaves *instance NULL and returns an
   * error. */
  int32_t (*create)(const wirehound_host* host, void** instance);
  /* [control] Binds fields and prepares state. */
  int32_t (*init)(void* instance);
  /* [dispatch] Handles one required event. The host counts an error and goes on. */
  int32_t (*on_event)(void* instance, const wirehound_event* event);
  /* [control] Called exactly once after a successful init. */
  int32_t (*close)(void* instance);
  /* [control] Frees the instance. */
  void (*destroy)(void* instance);
  /* [control, dispatch] Text of the last error of this instance; valid until its next call. */
  wirehound_string (*last_error)(void* instance);
  /* [dispatch] Handles a timer of this instance that has gone off. May be NULL in a detector
   * without timers. */
  int32_t (*on_timer)(void* instance, const wirehound_timer* timer);
} wirehound_detector;

/* The exported object. */
typedef struct wirehound_detector_module {
  uint32_t magic; /* WIREHOUND_ABI_MAGIC */
  uint32_t struct_size;
  uint32_t abi_minor; /* the lowest host minor that this plugin can use */
  uint32_t detector_count;
  const wirehound_detector* const* detectors;
  const char* sdk_version; /* NUL-terminated texts, for logs only; may be NULL */
  const char* compiler;
} wirehound_detector_module;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_DETECTOR_ABI_H_ */
