/* SPDX-License-Identifier: Apache-2.0 */

/* The detector of matrix_detector.cc in plain C, with the ABI headers alone. C cannot throw, so for
 * a name "throw.…" it returns an error. */

#include <stdlib.h>
#include <string.h>

#include <wirehound/abi/detector_abi.h>

#define TEXT(literal) \
  { (literal), sizeof(literal) - 1 }
#define LIST(array) \
  { (array), sizeof(array) / sizeof((array)[0]), sizeof((array)[0]) }

struct Counting {
  const wirehound_host* host;
  uint32_t dns_slot;
  uint32_t seen; /* of the one name in the capture */
};

static int32_t Describe(const wirehound_describe_sink* sink) {
  static const wirehound_event_requirement kRequirements[] = {{.event = TEXT("net_packet_dns")}};
  static const wirehound_field_definition kFields[] = {
      {TEXT("name"), WIREHOUND_TYPE_STRING, 0, TEXT("that was answered")},
      {TEXT("seen"), WIREHOUND_TYPE_UINT32, 0, TEXT("so far")},
      {TEXT("types"), WIREHOUND_TYPE_STRING, 0, TEXT("of records")}};
  static const wirehound_string kTags[] = {TEXT("matrix")};
  static const wirehound_detector_definition kDefinition = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat),
      .id = TEXT(DETECTOR_ID),
      .events = LIST(kRequirements),
      .event_name = TEXT(DETECTOR_ID "_event"),
      .event_version = {1, 0, 0, 0},
      .event_fields = LIST(kFields),
      .event_tags = LIST(kTags),
  };
  sink->take(sink->context, &kDefinition);
  return WIREHOUND_OK;
}

static int32_t Create(const wirehound_host* host, void** instance) {
  struct Counting* self = calloc(1, sizeof *self);
  if (self == NULL) {
    return WIREHOUND_ERROR;
  }
  self->host = host;
  *instance = self;
  return WIREHOUND_OK;
}

static int32_t Init(void* instance) {
  struct Counting* self = instance;
  const wirehound_string event = TEXT("net_packet_dns");
  const wirehound_string field = TEXT("proto_dns");
  return self->host->resolve_field(self->host->context, event, field, WIREHOUND_TYPE_DNS,
                                   &self->dns_slot);
}

/* Writes the type of a record into `text`; returns the length. */
static uint64_t Digits(uint32_t number, char* text) {
  char reversed[10];
  uint64_t size = 0;
  do {
    reversed[size++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  for (uint64_t i = 0; i < size; ++i) {
    text[i] = reversed[size - 1 - i];
  }
  return size;
}

static int32_t Report(struct Counting* self, const wirehound_dns_record* answer) {
  char digits[10];
  const wirehound_string type = {digits, Digits(answer->type, digits)};
  const wirehound_named_value fields[] = {
      {TEXT("name"), WIREHOUND_TYPE_STRING, 0, {.text = answer->name}},
      {TEXT("seen"), WIREHOUND_TYPE_UINT32, 0, {.unsigned_integer = ++self->seen}},
      {TEXT("types"), WIREHOUND_TYPE_STRING, 0, {.text = type}}};
  const wirehound_finding finding = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, fields),
      .field_count = 3,
      .fields = fields};
  return self->host->emit(self->host->context, &finding);
}

static int32_t OnEvent(void* instance, const wirehound_event* event) {
  struct Counting* self = instance;
  if (self->dns_slot >= event->field_count) {
    return WIREHOUND_ERROR;
  }
  const wirehound_dns* dns = event->fields[self->dns_slot].value.message;
  if (dns->questions.count != 0) {
    const wirehound_dns_question* question = dns->questions.data;
    if (question->name.size >= 6 && memcmp(question->name.data, "throw.", 6) == 0) {
      return WIREHOUND_ERROR;
    }
  }
  return dns->answers.count == 0 ? WIREHOUND_OK : Report(self, dns->answers.data);
}

static int32_t Close(void* instance) {
  (void)instance;
  return WIREHOUND_OK;
}

static wirehound_string LastError(void* instance) {
  (void)instance;
  return (wirehound_string)TEXT("thrown by " DETECTOR_ID);
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
