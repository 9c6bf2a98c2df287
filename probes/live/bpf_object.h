// SPDX-License-Identifier: Apache-2.0

// BpfObject and BpfLink: RAII over libbpf, one program at a time. Programs may be loaded together,
// which spares reading the kernel's types for each; who wants to know which of them is refused
// loads them one by one. The maps are those of the first object. What libbpf prints is caught and
// becomes the reason in the Error. Control thread.

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

/// What to load and with what.
struct BpfLoad {
  std::span<const std::byte> elf;
  std::span<const char* const> programs;
  const wirehound_settings* settings = nullptr;
  std::uint32_t ring_bytes = 0;     ///< used by the object that creates the maps
  const BpfObject* maps = nullptr;  ///< share this object's maps; nullptr creates them
};

class BpfObject {
 public:
  /// Loads the programs, all or none, one result for each. The message of an Error is the reason
  /// alone: errno text and, if the verifier refused, its last line.
  static Result<std::vector<BpfObject>> Load(const BpfLoad& load);

  bpf_program* program() const { return program_; }

  /// Runs an iterator's program over everything it iterates, once.
  Status RunIterator() const;

  /// The descriptor of a map by its name; borrowed.
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

/// An attached program: detached with its owner.
class BpfLink {
 public:
  static Result<BpfLink> AttachCgroup(const BpfObject& object, int cgroup_fd);
  /// Attaches to the tracepoint the program was compiled for.
  static Result<BpfLink> AttachTracing(const BpfObject& object);

 private:
  struct Destroy {
    void operator()(bpf_link* link) const;
  };

  explicit BpfLink(bpf_link* link) : link_(link) {}

  std::unique_ptr<bpf_link, Destroy> link_;
};

}  // namespace wirehound
