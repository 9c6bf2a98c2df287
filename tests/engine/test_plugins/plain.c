/* SPDX-License-Identifier: Apache-2.0 */

/* A detector in plain C with the ABI header alone. For each TCP packet it emits a detection with
 * the number of packets before. */

#include <stdlib.h>

#include <wirehound/abi/detector_abi.h>

#define TEXT(literal) \
  { (literal), sizeof(literal) - 1 }
#define LIST(array) \
  { (array), sizeof(array) / sizeof((array)[0]), sizeof((array)[0]) }

struct Plain {
  const wirehound_host* host;
  uint32_t event_id;
  uint32_t port_slot;
  uint64_t count;
};

static int32_t Describe(const wirehound_describe_sink* sink) {
  static const wirehound_event_requirement kRequirements[] = {
      {.event = TEXT("net_packet_tcp"), .dependency = WIREHOUND_DEPENDENCY_REQUIRED}};
  static const wirehound_field_definition kFields[] = {
      {TEXT("count"), WIREHOUND_TYPE_UINT64, 0, TEXT("packets before this one")},
      {TEXT("port"), WIREHOUND_TYPE_UINT32, 0, TEXT("the destination port")}};
  static const wirehound_string kTags[] = {TEXT("plain")};
  static const wirehound_detector_definition kDefinition = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat),
      .id = TEXT("plain"),
      .events = LIST(kRequirements),
      .event_name = TEXT("plain_event"),
      .event_description = TEXT("A TCP packet"),
      .event_version = {2, 0, 1, 0},
      .event_fields = LIST(kFields),
      .event_tags = LIST(kTags),
  };
  sink->take(sink->context, &kDefinition);
  return WIREHOUND_OK;
}

static int32_t Create(const wirehound_host* host, void** instance) {
  struct Plain* self = calloc(1, sizeof *self);
  if (self == NULL) {
    return WIREHOUND_ERROR;
  }
  self->host = host;
  *instance = self;
  return WIREHOUND_OK;
}

static int32_t Init(void* instance) {
  struct Plain* self = instance;
  const wirehound_string event = TEXT("net_packet_tcp");
  const wirehound_string field = TEXT("dst_port");
  const int32_t status = self->host->resolve_event(self->host->context, event, &self->event_id);
  return status != WIREHOUND_OK
             ? status
             : self->host->resolve_field(self->host->context, event, field, WIREHOUND_TYPE_UINT16,
                                         &self->port_slot);
}

static int32_t OnEvent(void* instance, const wirehound_event* event) {
  struct Plain* self = instance;
  if (event->event_id != self->event_id || self->port_slot >= event->field_count) {
    return WIREHOUND_ERROR;
  }
  const wirehound_named_value fields[] = {
      {TEXT("port"),
       WIREHOUND_TYPE_UINT16,
       0,
       {.unsigned_integer = event->fields[self->port_slot].value.unsigned_integer}},
      {TEXT("count"), WIREHOUND_TYPE_UINT64, 0, {.unsigned_integer = self->count++}}};
  const wirehound_finding finding = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, fields),
      .field_count = 2,
      .fields = fields};
  return self->host->emit(self->host->context, &finding);
}

static int32_t Close(void* instance) {
  (void)instance;
  return WIREHOUND_OK;
}

static wirehound_string LastError(void* instance) {
  (void)instance;
  return (wirehound_string){NULL, 0};
}

static const wirehound_detector kDetector = {
    .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector, last_error),
    .describe = Describe,
    .create = Create,
    .init = Init,
    .on_event = OnEvent,
    .close = Close,
    .destroy = free,
    .last_error = LastError,
};
static const wirehound_detector* const kDetectors[] = {&kDetector};

WIREHOUND_EXPORT const wirehound_detector_module WIREHOUND_DETECTOR_MODULE = {
    WIREHOUND_ABI_MAGIC,
    WIREHOUND_STRUCT_SIZE(wirehound_detector_module, compiler),
    0,
    1,
    kDetectors,
    NULL,
    NULL,
};
