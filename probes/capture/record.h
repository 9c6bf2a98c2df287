// SPDX-License-Identifier: Apache-2.0

// Record: one captured packet with its time, direction, interface and owner. Every source produces
// records and hands them to a RecordSink; the pipeline is one. A Record owns nothing: its bytes,
// texts and process are valid until the sink returns. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

namespace wirehound {

/// Link types (LINKTYPE_ values of tcpdump.org's registry) that sources here know.
inline constexpr std::uint32_t kLinkTypeEthernet = 1;  ///< an Ethernet II header
inline constexpr std::uint32_t kLinkTypeRaw = 101;     ///< an IPv4 or IPv6 header, by its version

struct Record {
  std::uint64_t timestamp_ns = 0;          ///< Unix epoch
  std::span<const std::byte> bytes;        ///< as captured, from the link layer on
  std::uint32_t wire_length = 0;           ///< what was on the wire, >= bytes.size()
  std::uint32_t link_type = kLinkTypeRaw;  ///< what `bytes` starts with
  std::uint8_t direction = WIREHOUND_DIRECTION_UNKNOWN;
  std::uint32_t interface_index = 0;        ///< 0 when unknown
  std::string_view interface_name = "any";  ///< "any" when unknown
  std::uint32_t cpu = 0;
  std::int32_t syscall = -1;  ///< system call number of the send, -1 unknown
  std::uint32_t owner_source = WIREHOUND_OWNER_NONE;
  const wirehound_process* process = nullptr;  ///< never null in a delivered record
  /// Identifies the process in `*process`: equal ids mean equal processes for as long as the source
  /// lives. Source::FindOwner finds the process again. 0 when no process is known.
  std::uint64_t owner_id = 0;
  /// Cookie of the network namespace the packet was seen in, unique per boot; 0 when unknown.
  std::uint64_t network_namespace = 0;
};

/// The process of a record without a known owner: all numbers 0, all texts empty.
const wirehound_process& UnknownProcess();

/// The word for a WIREHOUND_OWNER_* value, in filters and outputs: "current". Static text.
std::string_view OwnerSourceText(std::uint32_t owner_source);

/// What happened to a process. The notice and all it points to are valid until the sink returns.
struct ProcessNotice {
  enum class Kind : std::uint8_t {
    kFound,   ///< it was running before the capture began
    kForked,  ///< it was created; new threads make no notice
    kExec,    ///< it runs another program from now on
    kExited,  ///< its last thread has ended
  };
  Kind kind = Kind::kFound;
  std::uint64_t timestamp_ns = 0;              ///< Unix epoch
  const wirehound_process* process = nullptr;  ///< never null
  std::span<const wirehound_string>
      arguments{};  ///< of the program, its name first; empty: unknown
};

/// A gap: wanted records that are missing at this place of the stream.
struct CaptureGap {
  std::uint64_t timestamp_ns = 0;  ///< not later than that of the next record
  std::string_view reason;         ///< a lost SourceCounter, as "ring_full", or "several"
  std::uint64_t records = 0;       ///< how many
};

/// Receives records and, each at its place between two records, everything else a source reports.
/// Events and detections depend on these calls alone: a recording of the calls replays to the same
/// events and detections.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// Takes one record. The record and all it points to are valid until this returns.
  virtual void OnRecord(const Record& record) = 0;
  virtual void OnProcess(const ProcessNotice& /*notice*/) {}
  /// Takes the facts of a container, from its control group or its runtime. The source calls this
  /// again when it knows more.
  virtual void OnContainer(const wirehound_container_info& /*container*/) {}
  virtual void OnGap(const CaptureGap& /*gap*/) {}
  /// Stream time has advanced to `now_ns` without a record.
  virtual void OnTime(std::uint64_t /*now_ns*/) {}
  /// There are no more records. The caller of Source::Read calls this once, the source never does.
  virtual void OnEndOfStream() {}
};

}  // namespace wirehound
