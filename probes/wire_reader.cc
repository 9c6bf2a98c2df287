// SPDX-License-Identifier: Apache-2.0

#include "probes/wire_reader.h"

#include <wirehound/abi/detector_abi.h>

#include <cstring>

namespace wirehound {
namespace {

template <typename T>
T Copy(std::span<const std::byte> place) {
  T value;
  std::memcpy(&value, place.data(), sizeof(value));
  return value;
}

std::string_view Text(const char* data, std::size_t capacity) {
  return {data, strnlen(data, capacity)};
}

}  // namespace

WireType WireTypeOf(std::span<const std::byte> place) {
  if (place.size() < sizeof(wirehound_wire_header))
    return WireType::kMalformed;
  const auto header = Copy<wirehound_wire_header>(place);
  if (header.version != WIREHOUND_WIRE_VERSION || header.total_size > place.size() ||
      header.header_size > header.total_size)
    return WireType::kMalformed;
  if (header.type == WIREHOUND_WIRE_PACKET && header.header_size == sizeof(wirehound_wire_packet))
    return WireType::kPacket;
  if (header.type == WIREHOUND_WIRE_PROCESS && header.header_size == sizeof(wirehound_wire_process))
    return WireType::kProcess;
  return WireType::kMalformed;
}

std::optional<WirePacket> ReadWirePacket(std::span<const std::byte> place) {
  WirePacket packet{Copy<wirehound_wire_packet>(place), {}};
  const wirehound_wire_packet& header = packet.header;
  if (header.header.total_size - header.header.header_size != header.captured_length ||
      header.captured_length > header.packet_length ||
      header.direction > WIREHOUND_DIRECTION_EGRESS || header.owner_source > WIREHOUND_OWNER_SOCKET)
    return std::nullopt;
  packet.bytes = place.subspan(header.header.header_size, header.captured_length);
  return packet;
}

std::optional<wirehound_wire_process> ReadWireProcess(std::span<const std::byte> place) {
  auto process = Copy<wirehound_wire_process>(place);
  if (process.owner_id == 0 || process.path_offset > WIREHOUND_WIRE_PATH_SIZE ||
      process.path_size > WIREHOUND_WIRE_PATH_SIZE - process.path_offset)
    return std::nullopt;
  return process;
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
