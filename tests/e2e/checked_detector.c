/* SPDX-License-Identifier: Apache-2.0 */

/* A detector with every part of a definition, for check_plugin_test.py. With one of the macros it
 * loads but cannot run here. */

#include <stddef.h>

#include <wirehound/abi/detector_abi.h>

#define TEXT(literal) \
  { (literal), sizeof(literal) - 1 }
#define LIST(array) \
  { (array), sizeof(array) / sizeof((array)[0]), sizeof((array)[0]) }

#if defined(WRONG_ARCHITECTURE)
#define ARCHITECTURES TEXT("z80")
#else
#define ARCHITECTURES TEXT("x86_64"), TEXT("aarch64")
#endif
#if defined(NEWER_ENGINE)
#define MIN_ENGINE \
  { 99, 0, 0, 0 }
#else
#define MIN_ENGINE \
  { 0, 0, 0, 0 }
#endif
#if defined(UNKNOWN_STORE)
#define STORE "moon"
#else
#define STORE "dns"
#endif
#if defined(NEWER_EVENT)
#define MIN_EVENT \
  { 99, 0, 0, 0 }
#else
#define MIN_EVENT \
  { 0, 0, 0, 0 }
#endif
#if defined(BAD_FILTER)
#define FILTER "dst_prt=80"
#else
#define FILTER "dst_port=80"
#endif
#if defined(TAKEN_NAME)
#define EVENT_NAME "net_packet_tcp"
#else
#define EVENT_NAME "checked"
#endif

static int32_t Describe(const wirehound_describe_sink* sink) {
  static const wirehound_string kFilters[] = {TEXT(FILTER)};
  static const wirehound_event_requirement kRequirements[] = {
      {.event = TEXT("net_packet_tcp"), .min_version = MIN_EVENT, .data_filters = LIST(kFilters)},
      {.event = TEXT("somebody_elses"),
       .dependency = WIREHOUND_DEPENDENCY_OPTIONAL,
       .min_version = {1, 0, 0, 0},
       .max_version = {2, 0, 0, 0}},
      {.event = TEXT("net_packet_udp"),
       .dependency = WIREHOUND_DEPENDENCY_OPTIONAL,
       .min_version = {90, 0, 0, 0}},
  };
  static const wirehound_named_requirement kStores[] = {{.name = TEXT(STORE)}};
  static const wirehound_named_requirement kEnrichments[] = {
      {.name = TEXT("ancestry"), .dependency = WIREHOUND_DEPENDENCY_OPTIONAL}};
  static const wirehound_string kArchitectures[] = {ARCHITECTURES};
  static const wirehound_config_option kOptions[] = {
      {.name = TEXT("limit"),
       .type = WIREHOUND_TYPE_INT64,
       .flags = WIREHOUND_OPTION_HAS_MINIMUM | WIREHOUND_OPTION_HAS_MAXIMUM,
       .description = TEXT("how many"),
       .default_value = {.signed_integer = 5},
       .minimum = {.signed_integer = 1},
       .maximum = {.signed_integer = 9}}};
  static const wirehound_detector_definition kDefinition = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat),
      .id = TEXT("CHECKED"),
      .events = LIST(kRequirements),
      .data_stores = LIST(kStores),
      .enrichments = LIST(kEnrichments),
      .architectures = LIST(kArchitectures),
      .min_engine_version = MIN_ENGINE,
      .config_options = LIST(kOptions),
      .event_name = TEXT(EVENT_NAME),
      .event_version = {1, 0, 0, 0},
  };
  sink->take(sink->context, &kDefinition);
  return WIREHOUND_OK;
}

/* Never called: check-plugin makes no instance. */
static int32_t Create(const wirehound_host* host, void** instance) {
  (void)host;
  *instance = NULL;
  return WIREHOUND_ERROR;
}
static int32_t OnInstance(void* instance) {
  (void)instance;
  return WIREHOUND_ERROR;
}
static int32_t OnEvent(void* instance, const wirehound_event* event) {
  (void)event;
  return OnInstance(instance);
}
static void Destroy(void* instance) { (void)instance; }
static wirehound_string LastError(void* instance) {
  (void)instance;
  return (wirehound_string){NULL, 0};
}

static const wirehound_detector kDetector = {
    .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector, last_error),
    .describe = Describe,
    .create = Create,
    .init = OnInstance,
    .on_event = OnEvent,
    .close = OnInstance,
    .destroy = Destroy,
    .last_error = LastError,
};
static const wirehound_detector* const kDetectors[] = {&kDetector};

WIREHOUND_EXPORT const wirehound_detector_module WIREHOUND_DETECTOR_MODULE = {
    .magic = WIREHOUND_ABI_MAGIC,
    .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_module, compiler),
    .abi_minor = 0,
    .detector_count = 1,
    .detectors = kDetectors,
};
