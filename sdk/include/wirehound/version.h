// SPDX-License-Identifier: Apache-2.0

// The version of this SDK, as text for logs. The ABI versions of abi/detector_abi.h decide about
// compatibility, never this.

#pragma once

#define WIREHOUND_SDK_VERSION "0.1.0"
