// SPDX-License-Identifier: Apache-2.0

// The two tables of ICMP messages and the rule for what is not in them.

#include <charconv>
#include <cstddef>
#include <iterator>
#include <span>

#include "decoders/core/protocol_text.h"

namespace wirehound {
namespace {

struct NamedMessage {
  std::uint64_t type;
  std::uint64_t code;
  std::string_view text;
};

constexpr NamedMessage kIcmp[] = {
    {0, 0, "EchoReply"},
    {3, 0, "DestinationUnreachable(Net)"},
    {3, 1, "DestinationUnreachable(Host)"},
    {3, 2, "DestinationUnreachable(Protocol)"},
    {3, 3, "DestinationUnreachable(Port)"},
    {3, 4, "DestinationUnreachable(FragmentationNeeded)"},
    {3, 5, "DestinationUnreachable(SourceRoutingFailed)"},
    {3, 6, "DestinationUnreachable(NetUnknown)"},
    {3, 7, "DestinationUnreachable(HostUnknown)"},
    {3, 8, "DestinationUnreachable(SourceIsolated)"},
    {3, 9, "DestinationUnreachable(NetAdminProhibited)"},
    {3, 10, "DestinationUnreachable(HostAdminProhibited)"},
    {3, 11, "DestinationUnreachable(NetTOS)"},
    {3, 12, "DestinationUnreachable(HostTOS)"},
    {3, 13, "DestinationUnreachable(CommAdminProhibited)"},
    {3, 14, "DestinationUnreachable(HostPrecedence)"},
    {3, 15, "DestinationUnreachable(PrecedenceCutoff)"},
    {4, 0, "SourceQuench"},
    {5, 0, "Redirect(Net)"},
    {5, 1, "Redirect(Host)"},
    {5, 2, "Redirect(TOS+Net)"},
    {5, 3, "Redirect(TOS+Host)"},
    {8, 0, "EchoRequest"},
    {9, 0, "RouterAdvertisement"},
    {10, 0, "RouterSolicitation"},
    {11, 0, "TimeExceeded(TTLExceeded)"},
    {11, 1, "TimeExceeded(FragmentReassemblyTimeExceeded)"},
    {12, 0, "ParameterProblem(PointerIndicatesError)"},
    {12, 1, "ParameterProblem(MissingOption)"},
    {12, 2, "ParameterProblem(BadLength)"},
    {13, 0, "TimestampRequest"},
    {14, 0, "TimestampReply"},
    {15, 0, "InfoRequest"},
    {16, 0, "InfoReply"},
    {17, 0, "AddressMaskRequest"},
    {18, 0, "AddressMaskReply"},
};

constexpr NamedMessage kIcmpv6[] = {
    {1, 0, "DestinationUnreachable(NoRouteToDst)"},
    {1, 1, "DestinationUnreachable(AdminProhibited)"},
    {1, 2, "DestinationUnreachable(BeyondScopeOfSrc)"},
    {1, 3, "DestinationUnreachable(AddressUnreachable)"},
    {1, 4, "DestinationUnreachable(PortUnreachable)"},
    {1, 5, "DestinationUnreachable(SrcAddressFailedPolicy)"},
    {1, 6, "DestinationUnreachable(RejectRouteToDst)"},
    {2, 0, "PacketTooBig"},
    {3, 0, "TimeExceeded(HopLimitExceeded)"},
    {3, 1, "TimeExceeded(FragmentReassemblyTimeExceeded)"},
    {4, 0, "ParameterProblem(ErroneousHeaderField)"},
    {4, 1, "ParameterProblem(UnrecognizedNextHeader)"},
    {4, 2, "ParameterProblem(UnrecognizedIPv6Option)"},
    {128, 0, "EchoRequest"},
    {129, 0, "EchoReply"},
    {133, 0, "RouterSolicitation"},
    {134, 0, "RouterAdvertisement"},
    {135, 0, "NeighborSolicitation"},
    {136, 0, "NeighborAdvertisement"},
    {137, 0, "Redirect"},
};

// Appends to a TextBuffer, which is large enough for the longest that is written here.
class TextWriter {
 public:
  explicit TextWriter(TextBuffer& scratch)
      : start_(scratch.data), position_(scratch.data), end_(std::end(scratch.data)) {}

  TextWriter& Add(std::string_view text) {
    position_ += text.copy(position_, static_cast<std::size_t>(end_ - position_));
    return *this;
  }
  TextWriter& Add(std::uint64_t number) {
    position_ = std::to_chars(position_, end_, number).ptr;
    return *this;
  }
  std::string_view text() const { return {start_, static_cast<std::size_t>(position_ - start_)}; }

 private:
  char* start_;
  char* position_;
  char* end_;
};

std::string_view TypeCodeText(std::span<const NamedMessage> messages, std::uint64_t value,
                              TextBuffer& scratch) {
  const std::uint64_t type = value >> 8;
  const std::uint64_t code = value & 0xff;
  std::string_view type_text;
  for (const NamedMessage& message : messages) {
    if (message.type != type) {
      continue;
    }
    if (message.code == code) {
      return message.text;
    }
    type_text = message.text.substr(0, message.text.find('('));
  }
  TextWriter writer(scratch);
  if (type_text.empty()) {
    return writer.Add(type).Add("(").Add(code).Add(")").text();
  }
  return writer.Add(type_text).Add("(Code: ").Add(code).Add(")").text();
}

}  // namespace

std::string_view IcmpTypeCodeText(std::uint64_t value, TextBuffer& scratch) {
  return TypeCodeText(kIcmp, value, scratch);
}

std::string_view Icmpv6TypeCodeText(std::uint64_t value, TextBuffer& scratch) {
  return TypeCodeText(kIcmpv6, value, scratch);
}

}  // namespace wirehound
