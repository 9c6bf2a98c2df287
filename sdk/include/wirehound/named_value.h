// SPDX-License-Identifier: Apache-2.0

// NamedValue: a name with a typed value, for log lines and detections. It borrows its texts, so
// make it in the call that uses it.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/namespace.h>
#include <wirehound/views.h>

WIREHOUND_NAMESPACE_BEGIN

/// A list of texts as the value of a field. It borrows the vector, so make it in the call that uses
/// it or in a variable before.
class TextArray {
 public:
  explicit TextArray(const std::vector<std::string>& texts) { Take(texts); }
  explicit TextArray(const std::vector<std::string_view>& texts) { Take(texts); }
  wirehound_list list() const {
    return {texts_.data(), static_cast<std::uint32_t>(texts_.size()), sizeof(wirehound_string)};
  }

 private:
  template <typename Texts>
  void Take(const Texts& texts) {
    texts_.reserve(texts.size());
    for (const std::string_view text : texts) {
      texts_.push_back(FromView(text));
    }
  }

  std::vector<wirehound_string> texts_;
};

/// Has the layout of wirehound_named_value, so the host can read an array of these.
struct NamedValue : wirehound_named_value {
  NamedValue(std::string_view key, std::string_view text)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_STRING}) {
    value.text = FromView(text);
  }
  NamedValue(std::string_view key, const char* text) : NamedValue(key, std::string_view(text)) {}
  NamedValue(std::string_view key, const std::string& text)
      : NamedValue(key, std::string_view(text)) {}
  NamedValue(std::string_view key, bool number) : NamedValue(key, Tagged{WIREHOUND_TYPE_BOOL}) {
    value.unsigned_integer = number ? 1 : 0;
  }
  NamedValue(std::string_view key, std::int32_t number)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_INT32}) {
    value.signed_integer = number;
  }
  NamedValue(std::string_view key, std::int64_t number)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_INT64}) {
    value.signed_integer = number;
  }
  NamedValue(std::string_view key, std::uint16_t number)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_UINT16}) {
    value.unsigned_integer = number;
  }
  NamedValue(std::string_view key, std::uint32_t number)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_UINT32}) {
    value.unsigned_integer = number;
  }
  NamedValue(std::string_view key, std::uint64_t number)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_UINT64}) {
    value.unsigned_integer = number;
  }
  NamedValue(std::string_view key, double number) : NamedValue(key, Tagged{WIREHOUND_TYPE_DOUBLE}) {
    value.real = number;
  }
  NamedValue(std::string_view key, wirehound_bytes bytes)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_BYTES}) {
    value.bytes = bytes;
  }
  /// Borrows an address, as it borrows texts.
  NamedValue(std::string_view key, const wirehound_address& address)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_ADDRESS}) {
    value.message = &address;
  }
  NamedValue(std::string_view key, const Address& address) : NamedValue(key, address.abi()) {}
  NamedValue(std::string_view key, const TextArray& texts)
      : NamedValue(key, Tagged{WIREHOUND_TYPE_STRING_LIST}) {
    value.list = texts.list();
  }

 private:
  struct Tagged {
    std::uint32_t type;
  };
  NamedValue(std::string_view key, Tagged tag)
      : wirehound_named_value{FromView(key), tag.type, 0, {}} {}
};
static_assert(sizeof(NamedValue) == sizeof(wirehound_named_value));

WIREHOUND_NAMESPACE_END
