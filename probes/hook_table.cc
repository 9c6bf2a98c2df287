// SPDX-License-Identifier: Apache-2.0

#include "probes/hook_table.h"

#include <array>

#include "probes/settings.h"

// Generated; they name the type of the settings.
#include "capture.skel.h"
#include "exact.skel.h"
#include "owner_hooks.skel.h"

namespace wirehound {
namespace {

constexpr std::string_view kNoPackets = "Packets of this direction cannot be captured at all.";
constexpr std::string_view kSocketOnly =
    "The owner of a sent packet is who used the socket before, not who sends.";
constexpr std::string_view kLateOwner =
    "A socket's owner is known only from its first other use, such as a send.";
constexpr std::string_view kNoSender =
    "A socket shared by processes keeps its owner when another of them sends.";
constexpr std::string_view kNoReceiver =
    "What a forked server receives is said to be its parent's until the child sends.";

using ElfBytes = const void* (*)(std::size_t*);

std::span<const std::byte> Elf(ElfBytes bytes) {
  std::size_t size = 0;
  const void* data = bytes(&size);
  return {static_cast<const std::byte*>(data), size};
}

HookSpec Owner(std::string_view name, const char* program, std::string_view costs) {
  const bool traced = name.substr(0, 7) == "tp_btf/";
  return {name,
          program,
          Elf(owner_hooks_bpf__elf_bytes),
          traced ? HookAttach::kTracing : HookAttach::kCgroup,
          HookRole::kOwner,
          costs};
}

}  // namespace

std::span<const HookSpec> HookTable() {
  static const std::array kTable{
      HookSpec{"cgroup_skb/ingress", "ingress", Elf(capture_bpf__elf_bytes), HookAttach::kCgroup,
               HookRole::kPackets, kNoPackets},
      HookSpec{"cgroup_skb/egress (sender)", "exact_egress", Elf(exact_bpf__elf_bytes),
               HookAttach::kCgroup, HookRole::kBetterEgress, kSocketOnly},
      HookSpec{"cgroup_skb/egress", "egress", Elf(capture_bpf__elf_bytes), HookAttach::kCgroup,
               HookRole::kEgress, kNoPackets},
      Owner("cgroup/sock_create", "sock_create", kLateOwner),
      Owner("cgroup/connect4", "connect4", kLateOwner),
      Owner("cgroup/connect6", "connect6", kLateOwner),
      Owner("cgroup/post_bind4", "post_bind4", kLateOwner),
      Owner("cgroup/post_bind6", "post_bind6", kLateOwner),
      Owner("cgroup/sendmsg4", "sendmsg4", kNoSender),
      Owner("cgroup/sendmsg6", "sendmsg6", kNoSender),
      Owner("cgroup/recvmsg4", "recvmsg4", kNoReceiver),
      Owner("cgroup/recvmsg6", "recvmsg6", kNoReceiver),
      Owner("tp_btf/sock_send_length", "sock_send_length", kNoSender),
      Owner("tp_btf/sock_recv_length", "sock_recv_length", kNoReceiver),
  };
  return kTable;
}

}  // namespace wirehound
