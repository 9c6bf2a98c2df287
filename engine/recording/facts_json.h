// SPDX-License-Identifier: Apache-2.0

// The facts of a recording that are JSON: processes, notices, containers, the system. Written and
// read here, so that both ends agree. Zeros and empty texts are left out. A text may be any bytes,
// JSON is UTF-8: '%', control characters and invalid UTF-8 become "%" and two hexadecimal digits.
// The input is not trusted: members of a wrong type or range are refused, unknown ones passed over.
// Dispatch thread; not for the hot path.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>
#include <wirehound/result.h>

#include "engine/stores/system_store.h"
#include "probes/capture/record.h"
#include "probes/host/container_directory.h"

namespace wirehound {

/// Text of unknown encoding as a recording has it, and back. Unescaping fails on a malformed
/// escape.
std::string EscapeText(std::string_view text);
Result<std::string> UnescapeText(std::string_view text);

/// A struct of the ABI with the texts it points to. May be moved: the texts keep their addresses.
template <typename Facts>
struct OwnedFacts {
  Facts value{};
  std::vector<std::string> texts;

  OwnedFacts() = default;
  OwnedFacts(OwnedFacts&&) noexcept = default;
  OwnedFacts& operator=(OwnedFacts&&) noexcept = default;
};

using RecordedContainer = OwnedFacts<wirehound_container_info>;

struct RecordedProcess : OwnedFacts<wirehound_process> {
  std::uint64_t owner_id = 0;  ///< 0 in a notice
  // Held where `value` points into it: the directory may forget the container first.
  std::shared_ptr<const ContainerFacts> container;
};

struct RecordedNotice {
  ProcessNotice::Kind kind = ProcessNotice::Kind::kFound;
  std::uint64_t timestamp_ns = 0;
  RecordedProcess process;
  std::vector<std::string> arguments;
};

std::string JsonOfProcess(const wirehound_process& process, std::uint64_t owner_id);
Result<RecordedProcess> ReadProcessJson(std::string_view text);

std::string JsonOfNotice(const ProcessNotice& notice);
Result<RecordedNotice> ReadNoticeJson(std::string_view text);

std::string JsonOfContainer(const wirehound_container_info& container);
Result<RecordedContainer> ReadContainerJson(std::string_view text);

std::string JsonOfSystem(const SystemFacts& system);
Result<SystemFacts> ReadSystemJson(std::string_view text);

}  // namespace wirehound
