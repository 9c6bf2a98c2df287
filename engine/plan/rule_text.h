// SPDX-License-Identifier: Apache-2.0

// Capture rules in words, for people and messages. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/capture/capture_plan.h"

namespace wirehound {

/// The packets of a class: "tcp packets". Static text.
std::string_view PacketClassText(PacketClass packets);

/// "80" or "1024-65535".
std::string PortText(const PortRange& ports);

/// "10.0.0.0/8"; an address alone when the prefix is all of it.
std::string PrefixText(const AddressPrefix& prefix);

/// "headers", "whole packets", "the first 96 bytes", for packets of that class.
std::string AmountText(PacketClass packets, CaptureAmount amount);

/// "both", "ingress" or "egress". Static text.
std::string_view DirectionsText(CaptureDirections directions);

/// All of a rule: "tcp packets to port 443 that leave: headers". Lists that are long are cut short.
std::string RuleText(const CaptureRule& rule);

/// The conditions of a scope, one line for each list: "uid 0, 1000-65535".
std::vector<std::string> ScopeTexts(const CaptureScope& scope);

}  // namespace wirehound
