/* SPDX-License-Identifier: Apache-2.0 */

/* The definition of a detector: what it requires, which event it produces, which options it has.
 * describe() of detector_abi.h passes it to the host, which copies all of it at once.
 *
 * C11, 64-bit platforms only. Elements of lists grow by appended members: a reader takes the
 * members within the stride of the list and treats the others as zero. */

#ifndef WIREHOUND_ABI_DEFINITION_ABI_H_
#define WIREHOUND_ABI_DEFINITION_ABI_H_

#include "values.h"

#define WIREHOUND_DEPENDENCY_REQUIRED 0u /* without it the detector does not run */
#define WIREHOUND_DEPENDENCY_OPTIONAL 1u

/* An event that the detector requires. It may require the same event several times: that is one
 * subscription, and an event passes when it passes the filters of any of these requirements. */
typedef struct wirehound_event_requirement {
  wirehound_string event;
  uint32_t dependency; /* WIREHOUND_DEPENDENCY_* */
  uint32_t reserved;
  /* Version window of the event: min <= version < max. All zero: no bound. */
  wirehound_version min_version;
  wirehound_version max_version;
  /* Lists of wirehound_string: filters on the event's fields, "dst_port=53", and on its process,
   * "comm=curl" (docs/filters.md). Of filters on one field any must hold, of different fields all.
   */
  wirehound_list data_filters;
  wirehound_list scope_filters;
} wirehound_event_requirement;

/* Something else that the detector requires: a data store ("process", "container", "dns", "system",
 * "shared") or an enrichment ("container", "ancestry"). */
typedef struct wirehound_named_requirement {
  wirehound_string name;
  uint32_t dependency; /* WIREHOUND_DEPENDENCY_* */
  uint32_t reserved;
} wirehound_named_requirement;

/* A field of the produced event. Its name consists of letters, digits, '_' and '-'. */
typedef struct wirehound_field_definition {
  wirehound_string name;
  uint32_t type; /* WIREHOUND_TYPE_BOOL to WIREHOUND_TYPE_STRING_LIST */
  uint32_t reserved;
  wirehound_string description;
} wirehound_field_definition;

#define WIREHOUND_OPTION_HAS_MINIMUM 1u /* `minimum` is set */
#define WIREHOUND_OPTION_HAS_MAXIMUM 2u /* `maximum` is set */

/* An option that the user may set for this detector. The host checks the user's value against it
 * before init; the detector reads the value through wirehound_host.config. */
typedef struct wirehound_config_option {
  wirehound_string name; /* like the name of a field */
  uint32_t type;         /* BOOL, INT64, UINT64, DOUBLE, STRING or STRING_LIST */
  uint32_t flags;        /* WIREHOUND_OPTION_* */
  wirehound_string description;
  wirehound_value default_value; /* a list holds wirehound_string */
  wirehound_value minimum;       /* for numbers, inclusive */
  wirehound_value maximum;
} wirehound_config_option;

#define WIREHOUND_SEVERITY_INFO 0u
#define WIREHOUND_SEVERITY_LOW 1u
#define WIREHOUND_SEVERITY_MEDIUM 2u
#define WIREHOUND_SEVERITY_HIGH 3u
#define WIREHOUND_SEVERITY_CRITICAL 4u

/* A property of a threat: a name with a text. */
typedef struct wirehound_property {
  wirehound_string name;
  wirehound_string value;
} wirehound_property;

/* The meaning of a detection for its reader, with MITRE ATT&CK names where they apply. */
typedef struct wirehound_threat {
  uint32_t struct_size;
  uint32_t severity; /* WIREHOUND_SEVERITY_* */
  wirehound_string name;
  wirehound_string description;
  wirehound_string mitre_tactic;
  wirehound_string mitre_technique_id;
  wirehound_string mitre_technique_name;
  wirehound_list properties; /* of wirehound_property */
} wirehound_threat;

/* What the host adds to each detection. */
#define WIREHOUND_POPULATE_THREAT 1u
#define WIREHOUND_POPULATE_DETECTED_FROM 2u
#define WIREHOUND_POPULATE_ANCESTRY 4u /* parents of the process, where they are known */

typedef struct wirehound_detector_definition {
  uint32_t struct_size;
  uint32_t auto_populate;       /* WIREHOUND_POPULATE_* */
  wirehound_string id;          /* letters, digits, '_', '-', '.'; unique among loaded detectors */
  wirehound_list events;        /* of wirehound_event_requirement, at least one */
  wirehound_list data_stores;   /* of wirehound_named_requirement */
  wirehound_list enrichments;   /* of wirehound_named_requirement */
  wirehound_list architectures; /* of wirehound_string: "x86_64", "aarch64"; empty: any */
  /* Version window of the engine: min <= version < max. All zero: no bound. */
  wirehound_version min_engine_version;
  wirehound_version max_engine_version;
  wirehound_list config_options; /* of wirehound_config_option */
  /* Of the produced event: same letters as the id, unique among events, no name of an event set. */
  wirehound_string event_name;
  wirehound_string event_description;
  wirehound_version event_version;
  wirehound_list event_fields;    /* of wirehound_field_definition; a detection sets only these */
  wirehound_list event_tags;      /* of wirehound_string; each is an event set */
  const wirehound_threat* threat; /* may be NULL */
} wirehound_detector_definition;

#endif /* WIREHOUND_ABI_DEFINITION_ABI_H_ */
