// SPDX-License-Identifier: Apache-2.0

// Maps that detectors share by name: one detector puts values, another gets them. The definition
// must name the store: requirements.data_stores = {{"shared"}}. The first detector that opens a map
// sets its limits, and later ones must give the same. A map outlives its detectors.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/abi/stores_abi.h>
#include <wirehound/detail/byte_map.h>
#include <wirehound/detector.h>

WIREHOUND_NAMESPACE_BEGIN

struct SharedMapOptions {
  std::uint32_t max_entries = 10'000;  ///< one more evicts the entry used longest ago
  std::uint64_t ttl_ns = 0;            ///< an entry expires this long after it was put; 0: never
};

struct SharedTextMapOptions {
  std::uint32_t max_entries = 10'000;
  std::uint32_t max_value_bytes = 256;  ///< reserved for every entry
  std::uint64_t ttl_ns = 0;
};

namespace detail {

inline Status SharedStatus(std::string_view name, std::int32_t status) {
  if (status == WIREHOUND_OK) {
    return {};
  }
  const char* reason = status == WIREHOUND_ERROR_LIMIT ? "there is too much in shared maps already"
                       : status == WIREHOUND_ERROR_INVALID
                           ? "another detector gave it other limits, or one is wrong"
                           : "the definition does not name the store \"shared\"";
  return Error(ErrorCode::kFailed, "open shared map " + std::string(name) + ": " + reason);
}

inline Status OpenShared(const InitContext& context, std::string_view name,
                         const SharedTextMapOptions& options, ByteMap& map,
                         const wirehound_shared_store*& store) {
  store = static_cast<const wirehound_shared_store*>(context.Extension(WIREHOUND_SHARED_EXTENSION));
  if (store == nullptr) {
    return SharedStatus(name, WIREHOUND_ERROR_NOT_FOUND);
  }
  const wirehound_shared_options abi = {WIREHOUND_STRUCT_SIZE(wirehound_shared_options, ttl_ns),
                                        options.max_entries, options.max_value_bytes, 0,
                                        options.ttl_ns};
  std::uint32_t handle = 0;
  const std::int32_t status = store->open(store->context, FromView(name), &abi, &handle);
  if (status == WIREHOUND_OK) {
    map = {store->context, handle, store->put, store->get, store->remove};
  }
  return SharedStatus(name, status);
}

inline std::uint64_t SharedSize(const wirehound_shared_store* store, std::uint32_t handle) {
  std::uint64_t entries = 0;
  if (store != nullptr) {
    store->size(store->context, handle, &entries);
  }
  return entries;
}

}  // namespace detail

/// Values by key, of a type that is copied byte by byte. All detectors that share the map must use
/// the same type.
template <typename Value>
class SharedMap : public detail::ValueMap<Value> {
 public:
  /// Opens the map. Call it once, in Init.
  Status Open(const InitContext& context, std::string_view name,
              const SharedMapOptions& options = {}) {
    return detail::OpenShared(
        context, name,
        {options.max_entries, static_cast<std::uint32_t>(sizeof(Value)), options.ttl_ns},
        this->map_, store_);
  }
  std::uint64_t size() const { return detail::SharedSize(store_, this->map_.handle); }

 private:
  const wirehound_shared_store* store_ = nullptr;
};

/// Text by key.
class SharedTextMap : public detail::TextMap {
 public:
  /// Opens the map. Call it once, in Init.
  Status Open(const InitContext& context, std::string_view name,
              const SharedTextMapOptions& options = {}) {
    return detail::OpenShared(context, name, options, map_, store_);
  }
  std::uint64_t size() const { return detail::SharedSize(store_, map_.handle); }

 private:
  const wirehound_shared_store* store_ = nullptr;
};

WIREHOUND_NAMESPACE_END
