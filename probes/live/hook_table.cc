// SPDX-License-Identifier: Apache-2.0

#include "probes/live/hook_table.h"

#include <array>

#include "probes/bpf/settings.h"

// Generated headers. They use the type of the settings without including it.
#include "capture.skel.h"
#include "exact.skel.h"
#include "lifecycle.skel.h"
#include "old_sockets.skel.h"
#include "owner_hooks.skel.h"
#include "partial.skel.h"
#include "socket_calls.skel.h"
#include "socket_kprobes.skel.h"

namespace wirehound {
namespace {

constexpr std::string_view kNoPackets = "Packets of this direction cannot be captured at all.";
constexpr std::string_view kSocketOnly =
    "The owner of a sent packet is the last user of its socket, not its sender.";
constexpr std::string_view kNoKernelMark =
    "A packet of the kernel's own sockets looks like one without a known process.";
constexpr std::string_view kLateOwner =
    "A socket's owner is known only from its first other use, such as a send.";
constexpr std::string_view kNoSender =
    "A socket shared by processes keeps its owner when another of them sends.";
constexpr std::string_view kLateSender =
    "The owner of a socket changes after a send, not before it.";
constexpr std::string_view kNoReceiver =
    "What a forked server's child receives has the parent as its owner until the child sends.";
constexpr std::string_view kNoStart =
    "Of a process that ends before the engine reads /proc, only the facts of its packets are "
    "known.";
constexpr std::string_view kNoEnd =
    "The end of a process is noticed only when the engine looks the process up.";
constexpr std::string_view kLateReceiver =
    "The first packet to a process that took over a socket has the former owner.";
constexpr std::string_view kNoAcceptor =
    "An accepted connection is the listener's until the process that accepted it uses it.";
constexpr std::string_view kLateAcceptor =
    "The same, where accept() is called without asking for the address of the peer.";
constexpr std::string_view kNoOldSockets =
    "Sockets older than the engine have no owner until a process uses them.";
constexpr std::string_view kNoMail =
    "What kprobes find out about owners does not reach the packets.";
constexpr std::string_view kStaleMail =
    "With kprobes, a new socket may have the owner of a closed one until it is used.";
constexpr std::string_view kPartial =
    "Of processes only ids, user and name are known, the rest while they are in /proc.";

using ElfBytes = const void* (*)(std::size_t*);

std::span<const std::byte> Elf(ElfBytes bytes) {
  std::size_t size = 0;
  const void* data = bytes(&size);
  return {static_cast<const std::byte*>(data), size};
}

// A cgroup hook that makes the current process the owner of the socket it uses.
HookSpec Owner(std::string_view name, const char* program, HookNeed need, std::string_view costs) {
  return {.name = name,
          .program = program,
          .elf = Elf(owner_hooks_bpf__elf_bytes),
          .attach = HookAttach::kCgroup,
          .need = need,
          .rung = 0,
          .costs = costs};
}

// The same for kernels without BTF, one rung below.
HookSpec Partial(std::string_view name, const char* program, HookNeed need) {
  return {.name = name,
          .program = program,
          .elf = Elf(partial_bpf__elf_bytes),
          .attach = HookAttach::kCgroup,
          .need = need,
          .rung = 1,
          .costs = kPartial,
          .needs_btf = false};
}

// A tracing program with the same purpose. Rung 0 is fentry, which runs before the call; rung 1 the
// tracepoints, which run after it.
HookSpec Traced(std::string_view name, const char* program, HookNeed need, HookRung rung,
                std::string_view costs) {
  return {.name = name,
          .program = program,
          .elf = rung == 0 ? Elf(socket_calls_bpf__elf_bytes) : Elf(owner_hooks_bpf__elf_bytes),
          .attach = HookAttach::kTracing,
          .need = need,
          .rung = rung,
          .costs = costs};
}

// The packet hook of the last rung, which loads on every kernel: hence mandatory.
HookSpec Packets(std::string_view name, const char* program, HookNeed need) {
  return {.name = name,
          .program = program,
          .elf = Elf(capture_bpf__elf_bytes),
          .attach = HookAttach::kCgroup,
          .need = need,
          .rung = 2,
          .costs = kNoPackets,
          .needs_btf = false,
          .mandatory = true};
}

// The same, and it takes the owners that kprobes leave in the map `mail`.
HookSpec Mail(std::string_view name, const char* program, HookNeed need) {
  HookSpec spec = Packets(name, program, need);
  spec.rung = 1;
  spec.costs = kNoMail;
  spec.mandatory = false;
  return spec;
}

// A kprobe with the purpose of Traced, for kernels that refuse those.
HookSpec Kprobe(std::string_view name, const char* program, HookNeed need, HookRung rung,
                std::string_view costs) {
  return {.name = name,
          .program = program,
          .elf = Elf(socket_kprobes_bpf__elf_bytes),
          .attach = HookAttach::kTracing,
          .need = need,
          .rung = rung,
          .costs = costs};
}

// The packet hook that sees the sending task.
HookSpec Exact(std::string_view name, const char* program, HookNeed need, std::string_view costs) {
  return {.name = name,
          .program = program,
          .elf = Elf(exact_bpf__elf_bytes),
          .attach = HookAttach::kCgroup,
          .need = need,
          .rung = 0,
          .costs = costs};
}

HookSpec Lifecycle(std::string_view name, const char* program, std::string_view costs) {
  return {.name = name,
          .program = program,
          .elf = Elf(lifecycle_bpf__elf_bytes),
          .attach = HookAttach::kTracing,
          .need = HookNeed::kProcesses,
          .rung = 0,
          .costs = costs};
}

}  // namespace

// The order matters twice. The first hook that loads creates the maps that all others share. And a
// hook of a worse rung is decided after the better ones of its need (IsSuperseded), so kDatagram
// comes after kSender and kReceiver, and kMail after every kprobe.
std::span<const HookSpec> HookTable() {
  using enum HookNeed;
  static const std::array kTable{
      Exact("cgroup_skb/ingress (kernel)", "exact_ingress", kPacketsIn, kNoKernelMark),
      Mail("cgroup_skb/ingress (mail)", "mail_ingress", kPacketsIn),
      Packets("cgroup_skb/ingress", "ingress", kPacketsIn),
      Exact("cgroup_skb/egress (sender)", "exact_egress", kPacketsOut, kSocketOnly),
      Mail("cgroup_skb/egress (mail)", "mail_egress", kPacketsOut),
      Packets("cgroup_skb/egress", "egress", kPacketsOut),
      Owner("cgroup/sock_create", "sock_create", kCreator, kLateOwner),
      Owner("cgroup/connect4", "connect4", kCreator, kLateOwner),
      Owner("cgroup/connect6", "connect6", kCreator, kLateOwner),
      Owner("cgroup/post_bind4", "post_bind4", kCreator, kLateOwner),
      Owner("cgroup/post_bind6", "post_bind6", kCreator, kLateOwner),
      Partial("cgroup/sock_create (partial)", "partial_sock_create", kCreator),
      Partial("cgroup/connect4 (partial)", "partial_connect4", kCreator),
      Partial("cgroup/connect6 (partial)", "partial_connect6", kCreator),
      Partial("cgroup/post_bind4 (partial)", "partial_post_bind4", kCreator),
      Partial("cgroup/post_bind6 (partial)", "partial_post_bind6", kCreator),
      Traced("fentry/security_socket_sendmsg", "send_begins", kSender, 0, kLateSender),
      Traced("tp_btf/sock_send_length", "sock_send_length", kSender, 1, kNoSender),
      Kprobe("kprobe/security_socket_sendmsg", "send_posted", kSender, 2, kNoSender),
      Traced("fentry/security_socket_recvmsg", "receive_begins", kReceiver, 0, kLateReceiver),
      Traced("tp_btf/sock_recv_length", "sock_recv_length", kReceiver, 1, kNoReceiver),
      Kprobe("kprobe/security_socket_recvmsg", "receive_posted", kReceiver, 2, kNoReceiver),
      Owner("cgroup/sendmsg4", "sendmsg4", kDatagram, kNoSender),
      Owner("cgroup/sendmsg6", "sendmsg6", kDatagram, kNoSender),
      Owner("cgroup/recvmsg4", "recvmsg4", kDatagram, kNoReceiver),
      Owner("cgroup/recvmsg6", "recvmsg6", kDatagram, kNoReceiver),
      Partial("cgroup/sendmsg4 (partial)", "partial_sendmsg4", kDatagram),
      Partial("cgroup/sendmsg6 (partial)", "partial_sendmsg6", kDatagram),
      Partial("cgroup/recvmsg4 (partial)", "partial_recvmsg4", kDatagram),
      Partial("cgroup/recvmsg6 (partial)", "partial_recvmsg6", kDatagram),
      Traced("fexit/inet_accept", "accepted", kAcceptor, 0, kLateAcceptor),
      Kprobe("kprobe/security_sock_graft", "accept_posted", kAcceptor, 1, kLateAcceptor),
      HookSpec{.name = "cgroup/sock_release (mail)",
               .program = "sock_release",
               .elf = Elf(socket_kprobes_bpf__elf_bytes),
               .attach = HookAttach::kCgroup,
               .need = kMail,
               .rung = 0,
               .costs = kStaleMail},
      Owner("cgroup/getpeername4", "getpeername4", kPeerName, kNoAcceptor),
      Owner("cgroup/getpeername6", "getpeername6", kPeerName, kNoAcceptor),
      Partial("cgroup/getpeername4 (partial)", "partial_getpeername4", kPeerName),
      Partial("cgroup/getpeername6 (partial)", "partial_getpeername6", kPeerName),
      HookSpec{.name = "iter/task_file",
               .program = "old_sockets",
               .elf = Elf(old_sockets_bpf__elf_bytes),
               .attach = HookAttach::kIterator,
               .need = kOldSockets,
               .rung = 0,
               .costs = kNoOldSockets},
      Lifecycle("raw_tp/sched_process_fork", "process_fork", kNoStart),
      Lifecycle("raw_tp/sched_process_exec", "process_exec", kNoStart),
      Lifecycle("raw_tp/sched_process_exit", "process_exit", kNoEnd),
  };
  return kTable;
}

}  // namespace wirehound
