/* SPDX-License-Identifier: Apache-2.0 */

/* Shared objects that the loader must refuse, one per macro; built by bad_input_test.py. Without a
 * macro the loader refuses it only because describe() fails, so each macro adds one more error. */

#include <stddef.h>

#include <wirehound/abi/detector_abi.h>

#if defined(OTHER_MAJOR)
#define MODULE wirehound_detector_module_v2
#elif defined(NO_ENTRY)
#define MODULE something_else
#else
#define MODULE WIREHOUND_DETECTOR_MODULE
#endif

#if defined(BAD_MAGIC)
#define MAGIC 0x12345678u
#else
#define MAGIC WIREHOUND_ABI_MAGIC
#endif

#if defined(NEWER_MINOR)
#define MINOR (WIREHOUND_ABI_MINOR + 1)
#else
#define MINOR WIREHOUND_ABI_MINOR
#endif

#if defined(UNRESOLVED)
/* A call, not a pointer: only a loader that resolves functions at load finds it undefined. */
int32_t wirehound_no_such_function(const wirehound_describe_sink* sink);
static int32_t Describe(const wirehound_describe_sink* sink) {
  return wirehound_no_such_function(sink);
}
#else
static int32_t Describe(const wirehound_describe_sink* sink) {
  static const char kMessage[] = "this is no detector";
  sink->fail(sink->context, (wirehound_string){kMessage, sizeof kMessage - 1});
  return WIREHOUND_ERROR;
}
#endif

static int32_t Create(const wirehound_host* host, void** instance) {
  (void)host;
  *instance = NULL;
  return WIREHOUND_ERROR;
}
static int32_t OnInstance(void* instance) {
  return instance == NULL ? WIREHOUND_ERROR : WIREHOUND_OK;
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

const wirehound_detector_module MODULE = {
    .magic = MAGIC,
    .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_module, compiler),
    .abi_minor = MINOR,
    .detector_count = 1,
    .detectors = kDetectors,
};
