// SPDX-License-Identifier: Apache-2.0

#include "probes/live/wire_reader.h"

#include <wirehound/abi/detector_abi.h>

#include <cstring>

namespace wirehound {
namespace {

// memcpy, since a place gives no guarantee of alignment that a cast could rely on. The caller has
// checked that the place is long enough: WireTypeOf did for the type it returned.
template <typename T>
T Copy(std::span<const std::byte> place) {
  T value;
  std::memcpy(&value, place.data(), sizeof(value));
  return value;
}

// Written so that no sum can wrap: both numbers are any 16 bits.
bool PathFits(const wirehound_wire_process& process) {
  return process.path_offset <= WIREHOUND_WIRE_PATH_SIZE &&
         process.path_size <= WIREHOUND_WIRE_PATH_SIZE - process.path_offset;
}

// A LIFECYCLE record has two sizes: that of a process's end has no path.
bool IsLifecycle(const wirehound_wire_header& header) {
  return header.type == WIREHOUND_WIRE_LIFECYCLE &&
         (header.header_size == sizeof(wirehound_wire_lifecycle) ||
          header.header_size == WIREHOUND_WIRE_EXITED_SIZE);
}

std::string_view Text(const char* data, std::size_t capacity) {
  return {data, strnlen(data, capacity)};
}

}  // namespace

WireType WireTypeOf(std::span<const std::byte> place) {
  if (place.size() < sizeof(wirehound_wire_header)) {
    return WireType::kMalformed;
  }
  const auto header = Copy<wirehound_wire_header>(place);
  if (header.version != WIREHOUND_WIRE_VERSION || header.total_size > place.size() ||
      header.header_size > header.total_size) {
    return WireType::kMalformed;
  }
  if (header.type == WIREHOUND_WIRE_PACKET && header.header_size == sizeof(wirehound_wire_packet)) {
    return WireType::kPacket;
  }
  if (header.type == WIREHOUND_WIRE_PROCESS &&
      header.header_size == sizeof(wirehound_wire_process)) {
    return WireType::kProcess;
  }
  if (IsLifecycle(header)) {
    return WireType::kLifecycle;
  }
  return WireType::kMalformed;
}

std::optional<WirePacket> ReadWirePacket(std::span<const std::byte> place) {
  WirePacket packet{Copy<wirehound_wire_packet>(place), {}};
  const wirehound_wire_packet& header = packet.header;
  if (header.header.total_size - header.header.header_size != header.captured_length ||
      header.captured_length > header.packet_length ||
      header.direction > WIREHOUND_DIRECTION_EGRESS ||
      header.owner_source > WIREHOUND_OWNER_KERNEL) {
    return std::nullopt;
  }
  packet.bytes = place.subspan(header.header.header_size, header.captured_length);
  return packet;
}

std::optional<wirehound_wire_process> ReadWireProcess(std::span<const std::byte> place) {
  auto process = Copy<wirehound_wire_process>(place);
  if (process.owner_id == 0 || !PathFits(process)) {
    return std::nullopt;
  }
  return process;
}

std::optional<WireLifecycle> ReadWireLifecycle(std::span<const std::byte> place) {
  // Zeroed first: the record of an end is shorter than the structure, and copying its header_size
  // bytes leaves the path zeroed.
  WireLifecycle record{};
  const auto size = Copy<wirehound_wire_header>(place).header_size;
  std::memcpy(&record.header, place.data(), size);
  const wirehound_wire_lifecycle& header = record.header;
  const bool ended = header.kind == WIREHOUND_WIRE_EXITED;
  if (header.kind < WIREHOUND_WIRE_FORKED || header.kind > WIREHOUND_WIRE_EXITED ||
      ended != (size == WIREHOUND_WIRE_EXITED_SIZE) || header.process.host_pid == 0 ||
      header.header.total_size - size != header.arguments_size || !PathFits(header.process)) {
    return std::nullopt;
  }
  const std::span<const std::byte> rest = place.subspan(size, header.arguments_size);
  record.arguments = {static_cast<const char*>(static_cast<const void*>(rest.data())), rest.size()};
  return record;
}

std::string_view WireComm(const wirehound_wire_process& process) {
  return Text(process.comm, sizeof(process.comm));
}

std::string_view WireHostName(const wirehound_wire_process& process) {
  return Text(process.host_name, sizeof(process.host_name));
}

std::string_view WirePath(const wirehound_wire_process& process) {
  return {process.path + process.path_offset, process.path_size};
}

}  // namespace wirehound
