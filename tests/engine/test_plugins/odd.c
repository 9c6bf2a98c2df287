/* SPDX-License-Identifier: Apache-2.0 */

/* Shared objects that each break one rule of the ABI, chosen by macro. Without a macro this is a
 * valid detector "odd" that does nothing. */

#include <wirehound/abi/detector_abi.h>

#if defined(ODD_OTHER_MAJOR) || defined(ODD_FUNCTION)
#define MODULE wirehound_detector_module_v2
#elif defined(ODD_NO_SYMBOL)
#define MODULE somebody_elses_module
#else
#define MODULE WIREHOUND_DETECTOR_MODULE
#endif

#ifndef ODD_MAGIC
#define ODD_MAGIC WIREHOUND_ABI_MAGIC
#endif
#ifndef ODD_MINOR
#define ODD_MINOR 0
#endif
#ifndef ODD_MODULE_SIZE
#define ODD_MODULE_SIZE WIREHOUND_STRUCT_SIZE(wirehound_detector_module, compiler)
#endif
#ifndef ODD_COUNT
#define ODD_COUNT 1
#endif
#ifndef ODD_DETECTORS
#define ODD_DETECTORS kDetectors
#endif
#ifndef ODD_TABLE
#define ODD_TABLE (&kTable.known)
#endif
#ifndef ODD_TABLE_SIZE
#define ODD_TABLE_SIZE sizeof(struct Table)
#endif
#ifndef ODD_DEFINITION_SIZE
#define ODD_DEFINITION_SIZE sizeof(struct Definition)
#endif
#ifndef ODD_STRIDE
#define ODD_STRIDE sizeof(struct Requirement)
#endif
#ifndef ODD_THREAT_SIZE
#define ODD_THREAT_SIZE WIREHOUND_STRUCT_SIZE(wirehound_threat, properties)
#endif
#ifndef ODD_DESCRIBE
#define ODD_DESCRIBE Describe
#endif
#ifndef ODD_CREATE
#define ODD_CREATE Create
#endif
#ifndef ODD_INIT
#define ODD_INIT OnInstance
#endif
#ifndef ODD_ON_EVENT
#define ODD_ON_EVENT OnEvent
#endif
#ifndef ODD_CLOSE
#define ODD_CLOSE OnInstance
#endif
#ifndef ODD_DESTROY
#define ODD_DESTROY Destroy
#endif
#ifndef ODD_LAST_ERROR
#define ODD_LAST_ERROR LastError
#endif
/* Some macros leave functions unused. */
#define FUNCTION __attribute__((unused)) static

/* With ODD_LONGER, structs have members that a later minor might have appended. */
struct Table {
  wirehound_detector known;
#ifdef ODD_LONGER
  void (*later)(void);
#endif
};
struct Definition {
  wirehound_detector_definition known;
#ifdef ODD_LONGER
  uint64_t later[4];
#endif
};
struct Requirement {
  wirehound_event_requirement known;
#ifdef ODD_LONGER
  uint64_t later;
#endif
};

/* A function that no library defines. */
int32_t wirehound_test_no_such_function(void);

FUNCTION int32_t Describe(const wirehound_describe_sink* sink) {
#if defined(ODD_SILENT)
  (void)sink;
  return 77;
#elif defined(ODD_NULL_DEFINITION)
  sink->take(sink->context, NULL);
  return WIREHOUND_OK;
#elif defined(ODD_FAILING)
  const wirehound_string reason = {"no licence", 10};
  sink->fail(sink->context, reason);
  return WIREHOUND_ERROR;
#elif defined(ODD_UNRESOLVED)
  (void)sink;
  return wirehound_test_no_such_function();
#else
  static const struct Requirement kRequirements[] = {
      {.known = {.event = {"net_packet_udp", 14}}},
      {.known = {.event = {"net_packet_tcp", 14}, .dependency = WIREHOUND_DEPENDENCY_OPTIONAL}}};
  static const wirehound_threat kThreat = {.struct_size = (uint32_t)ODD_THREAT_SIZE,
                                           .name = {"Odd", 3}};
  static const struct Definition kDefinition = {
      .known = {
          .struct_size = (uint32_t)ODD_DEFINITION_SIZE,
          .id = {"odd", 3},
          .events = {kRequirements, 2, (uint32_t)ODD_STRIDE},
          .event_name = {"odd_event", 9},
          .threat = &kThreat,
      }};
  sink->take(sink->context, &kDefinition.known);
  return WIREHOUND_OK;
#endif
}

FUNCTION int32_t Create(const wirehound_host* host, void** instance) {
  *instance = (void*)host;
  return WIREHOUND_OK;
}
FUNCTION int32_t OnInstance(void* instance) {
  return instance == NULL ? WIREHOUND_ERROR : WIREHOUND_OK;
}
FUNCTION int32_t OnEvent(void* instance, const wirehound_event* event) {
  return instance == NULL || event == NULL ? WIREHOUND_ERROR : WIREHOUND_OK;
}
FUNCTION void Destroy(void* instance) { (void)instance; }
FUNCTION wirehound_string LastError(void* instance) {
  (void)instance;
  return (wirehound_string){NULL, 0};
}

/* Not static: some macros leave them unused. */
extern const struct Table kTable;
const struct Table kTable = {.known = {
                                 .struct_size = (uint32_t)ODD_TABLE_SIZE,
                                 .describe = ODD_DESCRIBE,
                                 .create = ODD_CREATE,
                                 .init = ODD_INIT,
                                 .on_event = ODD_ON_EVENT,
                                 .close = ODD_CLOSE,
                                 .destroy = ODD_DESTROY,
                                 .last_error = ODD_LAST_ERROR,
                             }};
extern const wirehound_detector* const kDetectors[];
const wirehound_detector* const kDetectors[] = {ODD_TABLE};

const wirehound_detector_module MODULE = {
    .magic = ODD_MAGIC,
    .struct_size = (uint32_t)ODD_MODULE_SIZE,
    .abi_minor = ODD_MINOR,
    .detector_count = ODD_COUNT,
    .detectors = ODD_DETECTORS,
};

#ifdef ODD_FUNCTION
int WIREHOUND_DETECTOR_MODULE(void);
int WIREHOUND_DETECTOR_MODULE(void) { return 0; }
#endif
