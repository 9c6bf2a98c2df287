// SPDX-License-Identifier: Apache-2.0

// The common base of the maps of state.h and shared_map.h: keys and values as bytes, in a map of
// the host's state or shared table. Detectors use only StateKey of this file.

#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/state_abi.h>
#include <wirehound/namespace.h>
#include <wirehound/views.h>

WIREHOUND_NAMESPACE_BEGIN

/// A key of a counter or map, converted from text, an address, or any value that its bytes
/// identify: integers, enumerations, structs of them without padding or pointers. At most
/// WIREHOUND_MAX_STATE_KEY_BYTES. A view: valid as long as the value that it was made from.
class StateKey {
 public:
  template <typename Text,
            std::enable_if_t<std::is_convertible_v<const Text&, std::string_view>, bool> = true>
  StateKey(const Text& text) {
    const std::string_view view = text;
    bytes_ = {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
  }
  StateKey(wirehound_string text) : StateKey(ToView(text)) {}
  StateKey(wirehound_bytes bytes) : bytes_(bytes) {}
  StateKey(const Address& address) : bytes_{address.bytes(), address.size()} {}
  StateKey(const wirehound_address& address) : bytes_{address.bytes, Address(address).size()} {}
  template <typename T,
            std::enable_if_t<!std::is_convertible_v<const T&, std::string_view>, bool> = true>
  StateKey(const T& value) : bytes_{reinterpret_cast<const std::uint8_t*>(&value), sizeof(value)} {
    static_assert(std::has_unique_object_representations_v<T> && !std::is_pointer_v<T>,
                  "a key must be its bytes: no padding, no floating point, no pointer");
  }

  wirehound_bytes abi() const { return bytes_; }

 private:
  wirehound_bytes bytes_{};
};

namespace detail {

/// A map of the host. A default-constructed one refuses every key.
struct ByteMap {
  void* context = nullptr;
  std::uint32_t handle = 0;
  std::int32_t (*put)(void*, std::uint32_t, wirehound_bytes, wirehound_bytes) = nullptr;
  std::int32_t (*get)(void*, std::uint32_t, wirehound_bytes, wirehound_bytes*) = nullptr;
  std::int32_t (*remove)(void*, std::uint32_t, wirehound_bytes) = nullptr;

  bool Put(const StateKey& key, wirehound_bytes value) const {
    return put != nullptr && put(context, handle, key.abi(), value) == WIREHOUND_OK;
  }
  bool Get(const StateKey& key, wirehound_bytes& value) const {
    return get != nullptr && get(context, handle, key.abi(), &value) == WIREHOUND_OK;
  }
  bool Remove(const StateKey& key) const {
    return remove != nullptr && remove(context, handle, key.abi()) == WIREHOUND_OK;
  }
};

/// Values that are copied byte by byte.
template <typename Value>
class ValueMap {
  static_assert(std::is_trivially_copyable_v<Value>, "values are copied byte by byte");

 public:
  /// False when the engine refuses the key.
  bool Put(const StateKey& key, const Value& value) {
    return map_.Put(key, {reinterpret_cast<const std::uint8_t*>(&value), sizeof(Value)});
  }
  /// A copy of the value; nothing when there is none. Counts as a use of the entry.
  std::optional<Value> Get(const StateKey& key) const {
    wirehound_bytes bytes{};
    if (!map_.Get(key, bytes) || bytes.size != sizeof(Value)) {
      return std::nullopt;
    }
    alignas(Value) unsigned char copy[sizeof(Value)];
    std::memcpy(copy, bytes.data, sizeof(Value));
    return *reinterpret_cast<const Value*>(copy);
  }
  /// False when there was none.
  bool Remove(const StateKey& key) { return map_.Remove(key); }

 protected:
  ByteMap map_;
};

/// Values as text.
class TextMap {
 public:
  /// False when the engine refuses a key or value that is too long.
  bool Put(const StateKey& key, std::string_view value) {
    return map_.Put(key, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
  /// The value; nothing when there is none. A view, valid until the next call for this map. Counts
  /// as a use of the entry.
  std::optional<std::string_view> Get(const StateKey& key) const {
    wirehound_bytes bytes{};
    if (!map_.Get(key, bytes)) {
      return std::nullopt;
    }
    return std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.size);
  }
  /// False when there was none.
  bool Remove(const StateKey& key) { return map_.Remove(key); }

 protected:
  ByteMap map_;
};

}  // namespace detail

WIREHOUND_NAMESPACE_END
