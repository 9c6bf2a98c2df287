// SPDX-License-Identifier: Apache-2.0

// BpfObject and BpfLink: RAII over libbpf, one program each. Programs of one ELF file may be loaded
// together, which is faster. But the kernel takes all of them or none, so to learn which one it
// refuses, load them one by one. The first object creates the maps, all others share them. libbpf's
// warnings become the reason in the Error. Control thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "probes/bpf/settings.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

namespace wirehound {

class BpfObject;

/// Which programs to load, with which settings and maps. All members are borrowed for `Load`.
struct BpfLoad {
  std::span<const std::byte> elf;         ///< the compiled object file
  std::span<const char* const> programs;  ///< names of C functions in it
  const wirehound_settings* settings = nullptr;
  std::uint32_t ring_bytes = 0;        ///< size of the ring buffer, if this object creates the maps
  const BpfObject* maps = nullptr;     ///< the object whose maps to share; nullptr creates them
  const char* kernel_types = nullptr;  ///< a file of BTF; nullptr is the kernel's own, whole
};

class BpfObject {
 public:
  /// Loads all programs or none; the results are in the order of `programs`. The message of an
  /// Error is the reason alone: the errno text and, if the verifier refused, its last line.
  /// kNotPermitted for EPERM, else kUnsupported.
  static Result<std::vector<BpfObject>> Load(const BpfLoad& load);

  bpf_program* program() const { return program_; }

  /// For a BPF iterator: runs the program once for every object it iterates over.
  Status RunIterator() const;

  /// The descriptor of a map by its name, negative when there is none. Borrowed.
  int map_fd(const char* name) const;

 private:
  struct Close {
    void operator()(bpf_object* object) const;
  };
  using Handle = std::shared_ptr<bpf_object>;

  BpfObject(Handle object, bpf_program* program) : object_(std::move(object)), program_(program) {}

  Handle object_;
  bpf_program* program_;
};

/// An attached program. The destructor detaches it.
class BpfLink {
 public:
  /// Attaches to a control group; the descriptor may be closed afterwards.
  static Result<BpfLink> AttachCgroup(const BpfObject& object, int cgroup_fd);
  /// Attaches to the tracepoint or kernel function that the program's section names.
  static Result<BpfLink> AttachTracing(const BpfObject& object);

 private:
  struct Destroy {
    void operator()(bpf_link* link) const;
  };

  explicit BpfLink(bpf_link* link) : link_(link) {}

  std::unique_ptr<bpf_link, Destroy> link_;
};

}  // namespace wirehound
