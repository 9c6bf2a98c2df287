// SPDX-License-Identifier: Apache-2.0

// IEEE 802.11 data frames (clause 9.3.2) that carry LLC, with or without a radiotap header
// (radiotap.org). Management and control frames, encrypted frames, fragments of frames and
// aggregated frames (A-MSDU) are kUnknown: there is no packet to be had from them. Pure; any
// thread.

#pragma once

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/link/link_decoder.h"

namespace wirehound {

/// Finds the network header in the frame `in`, which starts with the frame control field. A frame
/// check sequence at the end counts as padding. Statuses and `out` as with DecodeLink.
DecodeStatus DecodeIeee80211(CapturedBytes in, LinkPayload& out);

/// The same for a frame behind a radiotap header. Its flags tell of padding in front of the body.
DecodeStatus DecodeRadiotap(CapturedBytes in, LinkPayload& out);

}  // namespace wirehound
