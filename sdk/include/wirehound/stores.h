// SPDX-License-Identifier: Apache-2.0

// Stores: what the engine knows besides events, about processes with their parents, containers and
// the system. The definition must name each store that the detector uses:
// requirements.data_stores = {{"process"}}.
//
//   Status Init(const InitContext& context) override { return processes_.Create(context); }
//   …
//   if (const auto process = processes_.Get(event.abi().process->process_entity_id)) {
//     for (const std::string_view argument : process->arguments()) { … }
//   }
//
// All answers are valid until OnEvent or OnTimer returns; copy what you keep. "The store has no
// such entry" and "the store cannot tell" are different answers: a capture file has no processes.

#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <wirehound/abi/stores_abi.h>
#include <wirehound/container.h>
#include <wirehound/detector.h>

WIREHOUND_NAMESPACE_BEGIN

enum class StoreStatus : std::uint32_t {
  kFound,
  kNotFound,   ///< the store works and has no such entry
  kUnhealthy,  ///< the store cannot tell: for a capture file, or after thousands of lookups
  kNotThere,   ///< Create was not called, or failed: the definition does not name the store
};

/// The answer of a store. `if (answer)` is true when the entry was found; read it only then.
template <typename View>
class StoreAnswer {
 public:
  explicit StoreAnswer(StoreStatus status) : status_(status) {}
  explicit StoreAnswer(View view) : status_(StoreStatus::kFound), view_(std::move(view)) {}

  /// Of the status of a store's function and, when there is one, the view of its answer.
  template <typename Make>
  static StoreAnswer Of(std::int32_t status, Make make) {
    switch (status) {
      case WIREHOUND_OK:
        return StoreAnswer(make());
      case WIREHOUND_ERROR_NOT_FOUND:
      case WIREHOUND_ERROR_INVALID:
        return StoreAnswer(StoreStatus::kNotFound);
      default:
        return StoreAnswer(StoreStatus::kUnhealthy);
    }
  }

  StoreStatus status() const { return status_; }
  explicit operator bool() const { return view_.has_value(); }
  const View& operator*() const {
    assert(view_);
    return *view_;
  }
  const View* operator->() const { return &**this; }

 private:
  StoreStatus status_;
  std::optional<View> view_;
};

/// One process; `abi()` has the other members of wirehound_process_info. Empty and zero: unknown.
class ProcessInfo {
 public:
  explicit ProcessInfo(const wirehound_process_info& info) : info_(&info) {}
  const wirehound_process_info& abi() const { return *info_; }

  std::uint32_t entity_id() const { return info_->entity_id; }
  std::uint32_t parent_entity_id() const { return info_->parent_entity_id; }
  std::int32_t pid() const { return info_->pid; }  ///< in its own pid namespace
  std::int32_t host_pid() const { return info_->host_pid; }
  std::uint32_t uid() const { return info_->uid; }
  std::uint32_t gid() const { return info_->gid; }
  bool exited() const { return info_->exited != 0; }  ///< known to have exited
  std::uint64_t start_time_ns() const { return info_->start_time_ns; }
  std::uint64_t exit_time_ns() const { return info_->exit_time_ns; }
  std::string_view comm() const { return ToView(info_->comm); }
  std::string_view executable() const { return ToView(info_->executable); }
  TextList arguments() const { return TextList(info_->arguments); }
  std::string_view container_id() const { return ToView(info_->container_id); }

 private:
  const wirehound_process_info* info_;
};
using ProcessInfos = ListView<wirehound_process_info, ProcessInfo>;

using ContainerInfos = ListView<wirehound_container_info, ContainerInfo>;

/// The system that the engine runs on.
class SystemInfo {
 public:
  explicit SystemInfo(const wirehound_system_info& info) : info_(&info) {}
  const wirehound_system_info& abi() const { return *info_; }

  std::uint32_t cpu_count() const { return info_->cpu_count; }
  std::uint64_t boot_time_ns() const { return info_->boot_time_ns; }
  std::uint64_t start_time_ns() const { return info_->start_time_ns; }  ///< of the engine
  std::string_view architecture() const { return ToView(info_->architecture); }
  std::string_view kernel_release() const { return ToView(info_->kernel_release); }
  std::string_view host_name() const { return ToView(info_->host_name); }
  std::string_view os_name() const { return ToView(info_->os_name); }
  std::string_view os_version() const { return ToView(info_->os_version); }
  std::string_view engine_version() const { return ToView(info_->engine_version); }

 private:
  const wirehound_system_info* info_;
};

/// Base of the stores: the table of a store, once Create has succeeded.
template <typename Table>
class StoreLookup {
 protected:
  Status Create(const InitContext& context, std::string_view extension, std::string_view store) {
    table_ = static_cast<const Table*>(context.Extension(extension));
    if (table_ != nullptr) {
      return {};
    }
    return Error(ErrorCode::kFailed, "store " + std::string(store) +
                                         ": not there; expected it in requirements.data_stores");
  }

  const Table* table() const { return table_; }

 private:
  const Table* table_ = nullptr;
};

/// The store "process". Dispatch thread.
class ProcessLookup : private StoreLookup<wirehound_process_store> {
 public:
  /// Call it once, in Init.
  Status Create(const InitContext& context) {
    return StoreLookup::Create(context, WIREHOUND_PROCESSES_EXTENSION, "process");
  }

  /// By entity id, as in an event's process.
  StoreAnswer<ProcessInfo> Get(std::uint32_t entity_id) const {
    if (table() == nullptr) {
      return StoreAnswer<ProcessInfo>(StoreStatus::kNotThere);
    }
    const wirehound_process_info* info = nullptr;
    const std::int32_t status = table()->get(table()->context, entity_id, &info);
    return StoreAnswer<ProcessInfo>::Of(status, [&] { return ProcessInfo(*info); });
  }

  /// The parents of a process, nearest first, at most `depth`.
  StoreAnswer<ProcessInfos> Ancestry(std::uint32_t entity_id, std::uint32_t depth) const {
    if (table() == nullptr) {
      return StoreAnswer<ProcessInfos>(StoreStatus::kNotThere);
    }
    wirehound_list parents{};
    const std::int32_t status = table()->ancestry(table()->context, entity_id, depth, &parents);
    return StoreAnswer<ProcessInfos>::Of(status, [&] { return ProcessInfos(parents); });
  }
};

/// The store "container". Dispatch thread.
class ContainerLookup : private StoreLookup<wirehound_container_store> {
 public:
  /// Call it once, in Init.
  Status Create(const InitContext& context) {
    return StoreLookup::Create(context, WIREHOUND_CONTAINERS_EXTENSION, "container");
  }

  /// By its id, or by a prefix of at least 12 characters that only one id has.
  StoreAnswer<ContainerInfo> Get(std::string_view id) const {
    if (table() == nullptr) {
      return StoreAnswer<ContainerInfo>(StoreStatus::kNotThere);
    }
    const wirehound_container_info* info = nullptr;
    const std::int32_t status = table()->get(table()->context, FromView(id), &info);
    return StoreAnswer<ContainerInfo>::Of(status, [&] { return ContainerInfo(*info); });
  }

  /// All known containers.
  StoreAnswer<ContainerInfos> List() const {
    if (table() == nullptr) {
      return StoreAnswer<ContainerInfos>(StoreStatus::kNotThere);
    }
    wirehound_list containers{};
    const std::int32_t status = table()->list(table()->context, &containers);
    return StoreAnswer<ContainerInfos>::Of(status, [&] { return ContainerInfos(containers); });
  }
};

/// The store "system". Works in Init too; its answer is valid until Close returns.
class SystemLookup : private StoreLookup<wirehound_system_store> {
 public:
  /// Call it once, in Init.
  Status Create(const InitContext& context) {
    return StoreLookup::Create(context, WIREHOUND_SYSTEM_EXTENSION, "system");
  }

  StoreAnswer<SystemInfo> Get() const {
    if (table() == nullptr) {
      return StoreAnswer<SystemInfo>(StoreStatus::kNotThere);
    }
    const wirehound_system_info* info = nullptr;
    const std::int32_t status = table()->get(table()->context, &info);
    return StoreAnswer<SystemInfo>::Of(status, [&] { return SystemInfo(*info); });
  }
};

WIREHOUND_NAMESPACE_END
