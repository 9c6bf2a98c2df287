/* SPDX-License-Identifier: Apache-2.0 */

/* What a detector says of itself before it runs: what it needs, what it produces, what it can be
 * told. Handed over once, by describe() of detector_abi.h; the host copies all of it at once.
 *
 * C11, 64-bit platforms only. Elements of lists grow by appended members: a reader takes what the
 * stride of the list reaches and treats the rest as zero. */

#ifndef WIREHOUND_ABI_DEFINITION_ABI_H_
#define WIREHOUND_ABI_DEFINITION_ABI_H_

#include "values.h"

#define WIREHOUND_DEPENDENCY_REQUIRED 0u /* without it the detector is left out */
#define WIREHOUND_DEPENDENCY_OPTIONAL 1u

/* An event the detector wants to see. The same event may be named several times: that is one
 * subscription, and an event passes when any of the requirements lets it pass. */
typedef struct wirehound_event_requirement {
  wirehound_string event;
  uint32_t dependency; /* WIREHOUND_DEPENDENCY_* */
  uint32_t reserved;
  /* Window of versions of the event: min <= version < max. All zero: no bound. */
  wirehound_version min_version;
  wirehound_version max_version;
  /* Of wirehound_string: what the event's fields must hold, "dst_port=53", and whose it must be,
   * "comm=curl" (docs/filters.md). Of one field any must hold, of different fields all. */
  wirehound_list data_filters;
  wirehound_list scope_filters;
} wirehound_event_requirement;

/* Something else the detector needs of the host: a data store ("process", "container", "dns",
 * "system", "shared") or an enrichment ("container", "ancestry"). */
typedef struct wirehound_named_requirement {
  wirehound_string name;
  uint32_t dependency; /* WIREHOUND_DEPENDENCY_* */
  uint32_t reserved;
} wirehound_named_requirement;

/* A field of the produced event. The name is of letters, digits, '_' and '-'. */
typedef struct wirehound_field_definition {
  wirehound_string name;
  uint32_t type; /* WIREHOUND_TYPE_BOOL to WIREHOUND_TYPE_STRING_LIST */
  uint32_t reserved;
  wirehound_string description;
} wirehound_field_definition;

#define WIREHOUND_OPTION_HAS_MINIMUM 1u /* `minimum` counts */
#define WIREHOUND_OPTION_HAS_MAXIMUM 2u /* `maximum` counts */

/* Something the user may set for this detector. What the user gives is checked against this before
 * init, which reads it through wirehound_host.config. */
typedef struct wirehound_config_option {
  wirehound_string name; /* like the name of a field */
  uint32_t type;         /* BOOL, INT64, UINT64, DOUBLE, STRING or STRING_LIST */
  uint32_t flags;        /* WIREHOUND_OPTION_* */
  wirehound_string description;
  wirehound_value default_value; /* a list: of wirehound_string */
  wirehound_value minimum;       /* of numbers, inclusive */
  wirehound_value maximum;
} wirehound_config_option;

#define WIREHOUND_SEVERITY_INFO 0u
#define WIREHOUND_SEVERITY_LOW 1u
#define WIREHOUND_SEVERITY_MEDIUM 2u
#define WIREHOUND_SEVERITY_HIGH 3u
#define WIREHOUND_SEVERITY_CRITICAL 4u

/* A name with a text, of a threat. */
typedef struct wirehound_property {
  wirehound_string name;
  wirehound_string value;
} wirehound_property;

/* What a detection means to the person who reads it; MITRE ATT&CK names where they apply. */
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

/* What the host adds to each detection by itself. */
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
  wirehound_list architectures; /* of wirehound_string: "x86_64", "aarch64"; empty: every one */
  /* Window of versions of the engine: min <= version < max. All zero: no bound. */
  wirehound_version min_engine_version;
  wirehound_version max_engine_version;
  wirehound_list config_options; /* of wirehound_config_option */
  /* Of what it produces; same letters as the id, unique among events, not the name of a set. */
  wirehound_string event_name;
  wirehound_string event_description;
  wirehound_version event_version;
  wirehound_list event_fields;    /* of wirehound_field_definition; findings may set these only */
  wirehound_list event_tags;      /* of wirehound_string; each is an event set */
  const wirehound_threat* threat; /* may be NULL */
} wirehound_detector_definition;

#endif /* WIREHOUND_ABI_DEFINITION_ABI_H_ */
