/* SPDX-License-Identifier: Apache-2.0 */

/* The boundary between the engine (the host) and a detector (the plugin): C tables and nothing
 * else. C11, 64-bit platforms only. Most authors want <wirehound/detector.h>, which implements
 * this in a header; write against this file only from C or from another language.
 *
 * A plugin is a shared object that exports one const data object named WIREHOUND_DETECTOR_MODULE.
 * The host reads that object before it calls anything, refuses it with a reason when it does not
 * fit, and otherwise uses the tables it points to.
 *
 * Rules for both sides
 * - Every struct that crosses by pointer starts with struct_size: the end of the last member the
 *   sender knows, not sizeof (WIREHOUND_STRUCT_SIZE). Before touching a member added later than
 *   minor 0, test WIREHOUND_HAS. Members are only appended.
 * - Who allocated frees. Host pointers are valid during the call, the host table until destroy.
 *   Plugin pointers are copied by the host before its function returns. Nothing is returned that
 *   somebody would have to free: definitions and findings go through callbacks of the host.
 * - No exception and no longjmp crosses a function of this file, in either direction.
 * - Marks: [control] runs on the host's control thread before or after dispatch; [dispatch] runs
 *   on the dispatch thread; [any] may be called from every thread. One instance is never entered
 *   twice at once. Order: describe, create, init, (on_event, on_timer)*, close, destroy. After a
 *   failed init only last_error and destroy are called. Plugins are never unloaded before the
 *   process ends.
 *
 * Versions: the ABI major is in the symbol's name and must be equal; the ABI minor a plugin needs
 * must not be above the host's; events and detectors have versions of their own. */

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
/* Goes before the definition of that object, so that it is seen whatever the compiler hides. */
#define WIREHOUND_EXPORT __attribute__((visibility("default"), used))

/* The size a struct states of itself: the end of its last member. */
#define WIREHOUND_STRUCT_SIZE(type, last_member) \
  ((uint32_t)(offsetof(type, last_member) + sizeof(((type*)0)->last_member)))
/* Whether the sender of *pointer knew `member`. */
#define WIREHOUND_HAS(pointer, type, member) \
  ((pointer)->struct_size >= WIREHOUND_STRUCT_SIZE(type, member))

/* What every fallible function returns. Text for a failure comes from last_error. */
#define WIREHOUND_OK 0
#define WIREHOUND_ERROR 1              /* the plugin's own failure */
#define WIREHOUND_ERROR_EXCEPTION 2    /* a C++ exception was stopped at the wall */
#define WIREHOUND_ERROR_NOT_FOUND 3    /* no such event or field */
#define WIREHOUND_ERROR_WRONG_TYPE 4   /* the field exists with another type */
#define WIREHOUND_ERROR_INVALID 5      /* an argument breaks the contract */
#define WIREHOUND_ERROR_NOT_DECLARED 6 /* a finding names a field the definition lacks */
#define WIREHOUND_ERROR_UNHEALTHY 7    /* a store that cannot answer: not the same as NOT_FOUND */
#define WIREHOUND_ERROR_LIMIT 8        /* there would be too many or too much of something */

#define WIREHOUND_LOG_DEBUG 0u
#define WIREHOUND_LOG_INFO 1u
#define WIREHOUND_LOG_WARN 2u
#define WIREHOUND_LOG_ERROR 3u

/* ---- what the host shows ------------------------------------------------------------------- */

/* How the owner of a packet was learnt, from best to none. */
#define WIREHOUND_OWNER_NONE 0u    /* no process is known: capture files */
#define WIREHOUND_OWNER_CURRENT 1u /* the process was executing the send */
#define WIREHOUND_OWNER_SOCKET 2u  /* the process that last touched the socket */
/* The process of the socket that listens: the connection is not accepted yet, or over already. */
#define WIREHOUND_OWNER_LISTENER 3u
#define WIREHOUND_OWNER_SCAN 4u   /* found holding the socket when capture started */
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
  /* What is known of that container by now (stores_abi.h), more at a later event than at an earlier
   * one; NULL when the process is in none. Valid as long as the process is. */
  const struct wirehound_container_info* container;
} wirehound_process;

/* One event. Lives until on_event returns; copy what must stay. */
typedef struct wirehound_event {
  uint32_t struct_size;
  uint32_t event_id; /* compare with what resolve_event gave */
  uint16_t schema_major;
  uint16_t schema_minor;
  uint32_t cpu;
  uint64_t timestamp_ns; /* stream time: Unix epoch, from the record */
  uint64_t sequence;     /* of the record that caused it, from 1; 0: a timer did */
  const wirehound_process* process;
  const wirehound_field* fields;
  uint32_t field_count;
  uint32_t owner_source;    /* WIREHOUND_OWNER_* */
  wirehound_string name;    /* of the event */
  wirehound_string syscall; /* in which the packet was sent, "" when unknown */
  /* Of a detector's event: what it was detected from; NULL for a base event, and for what a timer
   * led to. */
  const struct wirehound_event* detected_from;
} wirehound_event;

/* ---- what the host offers ------------------------------------------------------------------ */

/* A name with a typed value: a value of a log line, a field of a finding. */
typedef struct wirehound_named_value {
  wirehound_string name;
  uint32_t type; /* WIREHOUND_TYPE_BOOL to WIREHOUND_TYPE_STRING_LIST */
  uint32_t reserved;
  wirehound_value value;
} wirehound_named_value;

#define WIREHOUND_FINDING_POPULATE 1u /* `auto_populate` counts, instead of the definition's */

/* One detection. Each field is one of the definition's event_fields, in any order; integers may be
 * of any width that holds the declared one's value. A declared field that is not set is absent. */
typedef struct wirehound_finding {
  uint32_t struct_size;
  uint32_t field_count;
  const wirehound_named_value* fields;
  const wirehound_threat* threat; /* instead of the definition's; NULL: that one */
  uint32_t flags;                 /* WIREHOUND_FINDING_* */
  uint32_t auto_populate;         /* WIREHOUND_POPULATE_* */
  uint32_t ancestry_depth;        /* parents to name at most; 0: as many as the host usually does */
  uint32_t reserved;
} wirehound_finding;

/* A timer that has gone off (timers_abi.h). */
typedef struct wirehound_timer {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t id;     /* as given when it was started */
  uint64_t due_ns; /* stream time it was set for */
  uint64_t missed; /* of a periodic one: how many more times it should have gone off since */
} wirehound_timer;

/* The host as one instance sees it. Valid from create until destroy. */
typedef struct wirehound_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the host */
  void* context;      /* pass it back as the first argument of each function here */
  uint32_t log_level; /* the lowest WIREHOUND_LOG_* that is written; may change at any time */
  uint32_t reserved;

  /* [any] Writes one line to the detector's log. */
  void (*log)(void* context, uint32_t level, wirehound_string message,
              const wirehound_named_value* values, uint32_t value_count);
  /* [control] In init: the runtime id of an event this detector requires, or NOT_FOUND when it
   * is not available (an optional one) or was not required. */
  int32_t (*resolve_event)(void* context, wirehound_string event, uint32_t* event_id);
  /* [control] In init: where in wirehound_event.fields the field of a required event stands.
   * Holds for every event with that id. INVALID when the event is not required, NOT_FOUND when
   * the event is not available or has no such field, WRONG_TYPE when it holds another type. */
  int32_t (*resolve_field)(void* context, wirehound_string event, wirehound_string field,
                           uint32_t type, uint32_t* slot);
  /* [dispatch] In on_event and on_timer: takes a detection. May be called any number of times;
   * everything is copied before it returns. INVALID, NOT_DECLARED, WRONG_TYPE or LIMIT when it is
   * refused. */
  int32_t (*emit)(void* context, const wirehound_finding* finding);
  /* [control] A further group of functions by name, "wirehound.<name>/<revision>", or NULL. Each
   * group is a table like this one, with a struct_size and a context of its own, valid until
   * destroy: timers_abi.h, state_abi.h, stores_abi.h. */
  const void* (*get_extension)(void* context, wirehound_string name);
  /* [control, dispatch] What the user has set for an option of the definition, or its default.
   * Valid until destroy: other settings mean another instance. NOT_FOUND for an option that was
   * not declared, WRONG_TYPE when it was declared with another type. */
  int32_t (*config)(void* context, wirehound_string name, uint32_t type, wirehound_value* value);
} wirehound_host;

/* ---- what a plugin exports ----------------------------------------------------------------- */

/* Where describe() puts its answer: exactly one call of take or of fail. */
typedef struct wirehound_describe_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* context; /* pass it back */
  /* [control] Copies the definition. */
  void (*take)(void* context, const wirehound_detector_definition* definition);
  /* [control] Says why there is none. */
  void (*fail)(void* context, wirehound_string message);
} wirehound_describe_sink;

/* One detector: the functions of all its instances, as they never differ between two of them.
 * `instance` is the plugin's own and opaque to the host. */
typedef struct wirehound_detector {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Hands over the definition, the same at each call. Called once per load. */
  int32_t (*describe)(const wirehound_describe_sink* sink);
  /* [control] Makes an instance; on failure logs why, leaves *instance NULL and returns an error.
   */
  int32_t (*create)(const wirehound_host* host, void** instance);
  /* [control] Binds fields and prepares state. */
  int32_t (*init)(void* instance);
  /* [dispatch] Sees one required event. An error is counted and costs nothing to others. */
  int32_t (*on_event)(void* instance, const wirehound_event* event);
  /* [control] Called exactly once after a successful init. */
  int32_t (*close)(void* instance);
  /* [control] Frees the instance. */
  void (*destroy)(void* instance);
  /* [control, dispatch] Text for the last error of this instance; valid until its next call. */
  wirehound_string (*last_error)(void* instance);
  /* [dispatch] A timer of this instance has gone off. May be NULL when it starts none. */
  int32_t (*on_timer)(void* instance, const wirehound_timer* timer);
} wirehound_detector;

/* The exported object. */
typedef struct wirehound_detector_module {
  uint32_t magic; /* WIREHOUND_ABI_MAGIC */
  uint32_t struct_size;
  uint32_t abi_minor; /* the lowest host minor this plugin can work with */
  uint32_t detector_count;
  const wirehound_detector* const* detectors;
  const char* sdk_version; /* NUL-terminated texts, for logs only; may be NULL */
  const char* compiler;
} wirehound_detector_module;

#ifdef __cplusplus
}
#endif

#endif /* WIREHOUND_ABI_DETECTOR_ABI_H_ */
