// SPDX-License-Identifier: Apache-2.0

#include "engine/privileges/system_calls.h"

#include <linux/bpf.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace wirehound {

namespace {

// A name that the architecture does not have is skipped.
constexpr const char* kAllowed[] = {
    // files and folders
    "access",
    "chdir",
    "chmod",
    "chown",
    "close",
    "close_range",
    "copy_file_range",
    "creat",
    "dup",
    "dup2",
    "dup3",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fallocate",
    "fchdir",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "fchown",
    "fchownat",
    "fcntl",
    "fdatasync",
    "fgetxattr",
    "flistxattr",
    "flock",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "getcwd",
    "getdents",
    "getdents64",
    "getxattr",
    "lgetxattr",
    "link",
    "linkat",
    "listxattr",
    "llistxattr",
    "lseek",
    "lstat",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "name_to_handle_at",
    "newfstatat",
    "open",
    "open_by_handle_at",
    "openat",
    "openat2",
    "pread64",
    "preadv",
    "preadv2",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "read",
    "readahead",
    "readlink",
    "readlinkat",
    "readv",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "sendfile",
    "splice",
    "stat",
    "statfs",
    "statx",
    "symlink",
    "symlinkat",
    "sync_file_range",
    "syncfs",
    "tee",
    "truncate",
    "umask",
    "unlink",
    "unlinkat",
    "utime",
    "utimensat",
    "utimes",
    "vmsplice",
    "write",
    "writev",
    // memory
    "brk",
    "madvise",
    "map_shadow_stack",
    "membarrier",
    "memfd_create",
    "mincore",
    "mlock",
    "mlock2",
    "mlockall",
    "mmap",
    "mprotect",
    "mremap",
    "mseal",
    "msync",
    "munlock",
    "munlockall",
    "munmap",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
    // threads and their own state; AddRules has the rules for clone
    "arch_prctl",
    "capget",
    "exit",
    "exit_group",
    "futex",
    "futex_requeue",
    "futex_time64",
    "futex_wait",
    "futex_waitv",
    "futex_wake",
    "get_robust_list",
    "get_thread_area",
    "getcpu",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getpgid",
    "getpgrp",
    "getpid",
    "getppid",
    "getpriority",
    "getrandom",
    "getresgid",
    "getresuid",
    "getrlimit",
    "getrusage",
    "getsid",
    "gettid",
    "getuid",
    "prctl",
    "prlimit64",
    "rseq",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_getaffinity",
    "sched_getattr",
    "sched_getparam",
    "sched_getscheduler",
    "sched_setaffinity",
    "sched_yield",
    "set_robust_list",
    "set_thread_area",
    "set_tid_address",
    "sysinfo",
    "times",
    "uname",
    // signals, and ends of children
    "kill",
    "pause",
    "pidfd_open",
    "pidfd_send_signal",
    "restart_syscall",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigqueueinfo",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "rt_tgsigqueueinfo",
    "sigaltstack",
    "sigreturn",
    "tgkill",
    "tkill",
    "wait4",
    "waitid",
    "waitpid",
    // time
    "alarm",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "getitimer",
    "gettimeofday",
    "nanosleep",
    "setitimer",
    "time",
    "timer_create",
    "timer_delete",
    "timer_getoverrun",
    "timer_gettime",
    "timer_settime",
    "timerfd_create",
    "timerfd_gettime",
    "timerfd_settime",
    // waiting and pipes
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "eventfd",
    "eventfd2",
    "inotify_add_watch",
    "inotify_init",
    "inotify_init1",
    "inotify_rm_watch",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "pselect6",
    "select",
    "signalfd",
    "signalfd4",
    // sockets
    "accept",
    "accept4",
    "bind",
    "connect",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "recv",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "send",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    "socket",
    "socketpair",
};

// Refused with EPERM. AddRules has the rules for bpf and ioctl. clone3 is in neither list, so it
// fails with ENOSYS: a filter cannot see its arguments, and the C library then calls clone.
constexpr const char* kRefused[] = {
    "acct",
    "add_key",
    "adjtimex",
    "capset",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "execve",
    "execveat",
    "finit_module",
    "fork",
    "fsconfig",
    "fsmount",
    "fsopen",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "mount",
    "mount_setattr",
    "move_mount",
    "open_tree",
    "perf_event_open",
    "personality",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "request_key",
    "setdomainname",
    "setfsgid",
    "setfsuid",
    "setgid",
    "setgroups",
    "sethostname",
    "setns",
    "setregid",
    "setresgid",
    "setresuid",
    "setreuid",
    "settimeofday",
    "setuid",
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "userfaultfd",
    "vfork",
    "vhangup",
};

constexpr int kMapCommands[] = {BPF_MAP_LOOKUP_ELEM,  BPF_MAP_UPDATE_ELEM,  BPF_MAP_DELETE_ELEM,
                                BPF_MAP_GET_NEXT_KEY, BPF_MAP_LOOKUP_BATCH, BPF_MAP_UPDATE_BATCH};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// Adds a rule for a call by its name, with conditions on its arguments.
template <typename... Conditions>
int Add(const Filter& filter, std::uint32_t action, const char* name, Conditions... conditions) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number < 0) {
    return 0;  // not on this architecture
  }
  const int failed = seccomp_rule_add(filter.get(), action, number,
                                      static_cast<unsigned>(sizeof...(conditions)), conditions...);
  return failed == -EDOM ? 0 : failed;
}

int AddBpf(const Filter& filter) {
  int failed = 0;
  for (const int command : kMapCommands) {
    const scmp_arg_cmp is_command = {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(command), 0};
    failed = failed != 0 ? failed : Add(filter, SCMP_ACT_ALLOW, "bpf", is_command);
  }
  return failed;
}

int AddRules(const Filter& filter) {
  int failed = AddBpf(filter);
  for (const char* name : kAllowed) {
    failed = failed != 0 ? failed : Add(filter, SCMP_ACT_ALLOW, name);
  }
  const scmp_arg_cmp makes_thread = {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD};
  const scmp_arg_cmp makes_process = {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0};
  failed = failed != 0 ? failed : Add(filter, SCMP_ACT_ALLOW, "clone", makes_thread);
  failed = failed != 0 ? failed : Add(filter, SCMP_ACT_ERRNO(EPERM), "clone", makes_process);
  const scmp_arg_cmp types_nothing = {1, SCMP_CMP_NE, TIOCSTI, 0};  // types into a terminal
  failed = failed != 0 ? failed : Add(filter, SCMP_ACT_ALLOW, "ioctl", types_nothing);
  for (const char* name : kRefused) {
    failed = failed != 0 ? failed : Add(filter, SCMP_ACT_ERRNO(EPERM), name);
  }
  return failed;
}

}  // namespace

Status FilterSystemCalls() {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)));
  if (!filter) {
    return Error("filter system calls: out of memory");
  }
  int failed = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  failed = failed != 0 ? failed : seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  failed = failed != 0 ? failed : AddRules(filter);
  failed = failed != 0 ? failed : seccomp_load(filter.get());
  if (failed != 0) {
    return Error(std::string("filter system calls: ") + std::strerror(-failed));
  }
  return {};
}

}  // namespace wirehound
