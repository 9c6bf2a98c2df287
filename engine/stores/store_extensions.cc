// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/store_extensions.h"

#include <algorithm>
#include <iterator>
#include <span>

#include <wirehound/views.h>

namespace wirehound {
namespace {

// An exception, such as for want of memory, becomes the status of any other limit.
template <typename Question>
std::int32_t Guarded(Question question) noexcept {
  try {
    return question();
  } catch (...) {
    return WIREHOUND_ERROR_LIMIT;
  }
}

template <typename Info>
wirehound_list ListOf(std::span<const Info> infos) {
  return {.data = infos.data(),
          .count = static_cast<std::uint32_t>(infos.size()),
          .stride = sizeof(Info)};
}

std::int32_t GetProcess(void* context, std::uint32_t entity_id,
                        const wirehound_process_info** process) noexcept {
  if (context == nullptr || process == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  return Guarded([&] { return static_cast<ProcessStore*>(context)->Get(entity_id, process); });
}

std::int32_t GetAncestry(void* context, std::uint32_t entity_id, std::uint32_t depth,
                         wirehound_list* parents) noexcept {
  if (context == nullptr || parents == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  return Guarded([&] {
    std::span<const wirehound_process_info> found;
    const std::int32_t status =
        static_cast<ProcessStore*>(context)->Ancestry(entity_id, depth, &found);
    *parents = ListOf(found);
    return status;
  });
}

std::int32_t GetContainer(void* context, wirehound_string id,
                          const wirehound_container_info** container) noexcept {
  if (context == nullptr || container == nullptr || (id.data == nullptr && id.size != 0)) {
    return WIREHOUND_ERROR_INVALID;
  }
  return Guarded([&] { return static_cast<ContainerStore*>(context)->Get(ToView(id), container); });
}

std::int32_t ListContainers(void* context, wirehound_list* containers) noexcept {
  if (context == nullptr || containers == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  return Guarded([&] {
    std::span<const wirehound_container_info> found;
    const std::int32_t status = static_cast<ContainerStore*>(context)->List(&found);
    *containers = ListOf(found);
    return status;
  });
}

std::int32_t GetSystem(void* context, const wirehound_system_info** system) noexcept {
  if (context == nullptr || system == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  return static_cast<const SystemStore*>(context)->Get(system);
}

bool Names(const DetectorDefinition& definition, std::string_view store) {
  const auto& named = definition.requirements.data_stores;
  return std::any_of(named.begin(), named.end(),
                     [store](const NamedRequirement& one) { return one.name == store; });
}

}  // namespace

StoreExtensions::StoreExtensions(Stores& stores, const DetectorDefinition& definition)
    : processes_{.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process_store, ancestry),
                 .reserved = 0,
                 .context = &stores.processes,
                 .get = &GetProcess,
                 .ancestry = &GetAncestry},
      containers_{.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_store, list),
                  .reserved = 0,
                  .context = &stores.containers,
                  .get = &GetContainer,
                  .list = &ListContainers},
      system_{.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_system_store, get),
              .reserved = 0,
              .context = &stores.system,
              .get = &GetSystem},
      shared_(stores.shared) {
  if (Names(definition, "dns")) {
    dns_.emplace(stores.dns);
  }
  const Offer offers[] = {
      {"process", WIREHOUND_PROCESSES_EXTENSION, &processes_},
      {"container", WIREHOUND_CONTAINERS_EXTENSION, &containers_},
      {"dns", WIREHOUND_DNS_STORE_EXTENSION, dns_ ? &dns_->table() : nullptr},
      {"shared", WIREHOUND_SHARED_EXTENSION, &shared_.table()},
      {"system", WIREHOUND_SYSTEM_EXTENSION, &system_},
  };
  std::copy_if(std::begin(offers), std::end(offers), std::back_inserter(offers_),
               [&](const Offer& offer) { return Names(definition, offer.store); });
}

const void* StoreExtensions::Find(std::string_view extension) const {
  const auto found = std::find_if(offers_.begin(), offers_.end(),
                                  [&](const Offer& offer) { return offer.extension == extension; });
  return found == offers_.end() ? nullptr : found->table;
}

}  // namespace wirehound
