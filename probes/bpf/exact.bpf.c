// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* The packet hooks of the best rung, cgroup_skb ingress and egress. What they do beyond
 * capture.bpf.c:
 *  - Egress names the process that sends the packet, not the one that used the socket last.
 *  - Both recognise sockets of the kernel itself, which have no process.
 *
 * Example: a server forks, and parent and child send on the same socket in turn. The socket's
 * storage names one of them. Here every packet has its sender.
 *
 * Why this works: most packets leave while the sender is inside its system call. Then `current` is
 * the sender, and no other hook needs to have run. In the following cases `current` is another
 * task, so they must be excluded:
 *  - Softirq, in which `current` is the interrupted task. On x86-64 a softirq never runs on the
 *    stack of a user task: it has the interrupt stack or that of ksoftirqd. So the test is whether
 *    our own frame is on the stack of `current`. The obvious test, the per-CPU preemption count,
 *    needs the address of a kernel symbol, which only kernels built with KALLSYMS_ALL give. On
 *    arm64 that count is in the task. PREEMPT_RT kernels serve softirqs on the task's stack and
 *    have a count of that in the task.
 *  - Kernel threads, which send for others. Workers of io_uring are threads of the process: they
 *    count.
 *  - TCP packets that the stack sends by itself while a task injects received packets, through a
 *    tun device say. A sending call owns the socket lock, the receive path does not.
 * In these cases the owner is the one in the socket's storage, as in capture.bpf.c.
 *
 * Kernels: need BTF and bpf_get_current_task_btf in cgroup_skb (about 5.16); the loader
 * CAP_PERFMON, and lockdown below "confidentiality".
 *
 * What the verifier forced: it refuses to add anything to a pointer that it tracks, such as that of
 * the socket, so the offset of a member cannot be added for bpf_probe_read_kernel. But it allows
 * the difference of two such pointers, which is a plain number. address_of uses that. */

#include "mail.bpf.h"
#include "owner.bpf.h"
#include "socket_of.bpf.h"
#include "wanted.bpf.h"

#define PASS 1

#define SOFTIRQ_SERVING 0x00000100
#define HARDIRQ_MASK 0x000f0000
#define NMI_MASK 0x00f00000
#define KERNEL_STACK_SIZE 16384 /* the smallest there is: a larger one is used in part */

/* The address in a pointer that the verifier tracks, as a plain number. The verifier allows
 * `pointer - task`, which gives a number, and bpf_get_current_task() returns the address of the
 * task as a number; the sum is the address. In assembly, since the compiler would compute the same
 * sum as `pointer` plus a difference, which the verifier refuses. */
static __always_inline __u64 address_of(const void *pointer, struct task_struct *task)
{
	__u64 address = (__u64)pointer;

	asm volatile("%0 -= %1" : "+r"(address) : "r"(task));
	return address + bpf_get_current_task();
}

#if defined(__TARGET_ARCH_x86)

/* Whether we run in an interrupt: our frame, in which `on_stack` is, is outside the task's
 * stack. */
static __always_inline bool interrupts_task(struct task_struct *task)
{
	__u64 on_stack;

	return address_of(&on_stack, task) - (__u64)task->stack >= KERNEL_STACK_SIZE;
}

/* The end of struct pt_regs on x86-64. The CPU and the entry code define it, so it is the same in
 * all kernels. */
struct saved_registers {
	__u64 orig_ax;
	__u64 ip;
	__u64 cs;
	__u64 flags;
	__u64 sp;
	__u64 ss;
};

#define FRED_PADDING 16
#define USER_CS 0x33
#define USER_SS 0x2b

/* The number of the system call that the task is in, -1 unknown. The saved registers are at the end
 * of the stack, below a padding in kernels with CONFIG_X86_FRED. A program cannot ask for that
 * configuration, so it tries both places: only the right one has the selectors of a 64-bit user
 * task. A 32-bit task has others and stays unknown; it numbers the calls differently anyway. */
static __always_inline __s32 system_call(struct task_struct *task)
{
	void *end = task->stack + KERNEL_STACK_SIZE;
	struct saved_registers saved;

#pragma clang loop unroll(full)
	for (int i = 0; i < 2; i++, end -= FRED_PADDING) {
		if (bpf_probe_read_kernel(&saved, sizeof(saved), end - sizeof(saved)))
			return -1;
		if ((__u16)saved.cs == USER_CS && (__u16)saved.ss == USER_SS)
			return (__s32)saved.orig_ax < 0 ? -1 : (__s32)saved.orig_ax;
	}
	return -1;
}

#elif defined(__TARGET_ARCH_arm64)

struct thread_info___preempt {
	__u64 preempt_count;
} __attribute__((preserve_access_index));

struct task_struct___info {
	struct thread_info___preempt thread_info;
} __attribute__((preserve_access_index));

static __always_inline bool interrupts_task(struct task_struct *task)
{
	__u64 count = ((struct task_struct___info *)task)->thread_info.preempt_count;

	return count & (SOFTIRQ_SERVING | HARDIRQ_MASK | NMI_MASK);
}

struct pt_regs {
	__s32 syscallno;
} __attribute__((preserve_access_index));

static __always_inline __s32 system_call(struct task_struct *task)
{
	struct pt_regs *saved =
		task->stack + KERNEL_STACK_SIZE - bpf_core_type_size(struct pt_regs);
	__s32 number = BPF_CORE_READ(saved, syscallno);

	return number < 0 ? -1 : number;
}

#else
#error "no way known to tell process context from softirq on this architecture"
#endif

/* Whether `current` is the task that causes this packet. */
static __always_inline bool in_process_context(struct task_struct *task)
{
	struct task_struct___rt *rt = (struct task_struct___rt *)task;

	if (interrupts_task(task))
		return false;
	if (bpf_core_field_exists(rt->softirq_disable_cnt) &&
	    rt->softirq_disable_cnt & SOFTIRQ_SERVING)
		return false;
	return !(task->flags & PF_KTHREAD);
}

/* Whether the packet comes from a call on this very socket: for TCP, whether a task owns its
 * lock. */
static __always_inline bool sent_by_call(struct bpf_sock *sk)
{
	struct tcp_sock *tcp;

	if (sk->protocol != IPPROTO_TCP)
		return true;
	tcp = bpf_skc_to_tcp_sock(sk);
	return tcp && ((struct sock *)tcp)->sk_lock.owned;
}

static __always_inline __u64 netns_cookie(struct bpf_sock *sk, struct task_struct *task)
{
	struct sock *untracked = (struct sock *)address_of(sk, task);

	return BPF_CORE_READ(untracked, __sk_common.skc_net.net, net_cookie);
}

/* Whether the kernel created the socket for itself. Called only for sockets without storage,
 * which no process is known to use. */
static __always_inline bool is_kernel_socket(struct bpf_sock *sk, struct task_struct *task)
{
	struct sock *untracked = (struct sock *)address_of(sk, task);

	return BPF_CORE_READ_BITFIELD_PROBED(untracked, sk_kern_sock);
}

static __always_inline void owner_is_kernel(struct owner *owner, struct bpf_sock *sk,
					    struct task_struct *task)
{
	owner->source = WIREHOUND_OWNER_KERNEL;
	owner->netns_cookie = netns_cookie(sk, task);
	if (settings.own_netns_cookie && owner->netns_cookie == settings.own_netns_cookie)
		owner->flags |= WIREHOUND_WIRE_OWN_NETNS;
}

/* The sender becomes the owner of the socket and of this packet. */
static __always_inline void owner_from_sender(struct owner *owner, struct wirehound_socket_owner *socket,
					      struct bpf_sock *sk, struct task_struct *task)
{
	if (!socket->netns_cookie)
		socket->netns_cookie = netns_cookie(sk, task);
	own_socket(socket, task, TASK_DIRECT);
	owner_from_socket(owner, socket);
	if (!owner->id)
		return;
	owner->source = WIREHOUND_OWNER_CURRENT;
	/* A worker of io_uring is in no system call. */
	if (!(task->flags & PF_IO_WORKER))
		owner->syscall = system_call(task);
	count(WIREHOUND_COUNT_SENDER_KNOWN);
}

/* The storage of the socket, with mail taken. Without storage, finds out whether the socket is the
 * kernel's and returns NULL. */
static __always_inline struct wirehound_socket_owner *known_owner(struct owner *owner, struct bpf_sock *sk,
							struct task_struct *task)
{
	struct wirehound_socket_owner *socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);

	if (socket)
		take_mail(socket, sk);
	else if (is_kernel_socket(sk, task))
		owner_is_kernel(owner, sk, task);
	return socket;
}

static __always_inline void read_sender(struct __sk_buff *skb, struct owner *owner)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bpf_sock *sk = full_socket(skb);
	struct wirehound_socket_owner *socket;
	bool sender;

	if (!sk) {
		count(WIREHOUND_COUNT_NO_FULL_SOCKET);
		return;
	}
	socket = known_owner(owner, sk, task);
	if (owner->source == WIREHOUND_OWNER_KERNEL) {
		if (answers_for_others(sk))
			owner_from_tuple(skb, owner);
		return;
	}
	sender = in_process_context(task) && sent_by_call(sk);
	if (!socket && sender)
		socket = bpf_sk_storage_get(&socket_owners, sk, NULL,
					    BPF_SK_STORAGE_GET_F_CREATE);
	if (socket && sender)
		owner_from_sender(owner, socket, sk, task);
	else if (socket)
		owner_from_socket(owner, socket);
	if (!owner->id)
		count(WIREHOUND_COUNT_NO_OWNER);
}

static __always_inline void read_receiver(struct __sk_buff *skb, struct owner *owner)
{
	struct bpf_sock *sk = full_socket(skb);
	struct wirehound_socket_owner *socket;

	if (!sk) {
		count(WIREHOUND_COUNT_NO_FULL_SOCKET);
		return;
	}
	socket = known_owner(owner, sk, bpf_get_current_task_btf());
	if (socket)
		owner_from_socket(owner, socket);
	if (!owner->id && owner->source != WIREHOUND_OWNER_KERNEL)
		count(WIREHOUND_COUNT_NO_OWNER);
}

SEC("cgroup_skb/egress")
int exact_egress(struct __sk_buff *skb)
{
	struct owner owner = {.syscall = -1};
	enum wirehound_counter verdict;
	__u32 bytes = 0;

	count(WIREHOUND_COUNT_SEEN);
	verdict = wanted_bytes(skb, WIREHOUND_DIRECTION_EGRESS, &bytes);
	if (verdict == WIREHOUND_COUNT_SUBMITTED) {
		read_sender(skb, &owner);
		verdict = submit_owned(skb, &owner, WIREHOUND_DIRECTION_EGRESS, bytes);
	}
	count(verdict);
	return PASS;
}

SEC("cgroup_skb/ingress")
int exact_ingress(struct __sk_buff *skb)
{
	struct owner owner = {.syscall = -1};
	enum wirehound_counter verdict;
	__u32 bytes = 0;

	count(WIREHOUND_COUNT_SEEN);
	mark_listener(skb);
	verdict = wanted_bytes(skb, WIREHOUND_DIRECTION_INGRESS, &bytes);
	if (verdict == WIREHOUND_COUNT_SUBMITTED) {
		read_receiver(skb, &owner);
		verdict = submit_owned(skb, &owner, WIREHOUND_DIRECTION_INGRESS, bytes);
	}
	count(verdict);
	return PASS;
}
