// SPDX-License-Identifier: Apache-2.0

// BpfObject and BpfLink: RAII over libbpf, one program at a time. Every program is loaded from an
// object of its own, so that a refusal concerns nobody else; the maps are those of the first
// object. What libbpf prints is caught and becomes the reason in the Error. Control thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <wirehound/result.h>

#include "probes/settings.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

namespace wirehound {

class BpfObject;

/// What to load and with what.
struct BpfLoad {
  std::span<const std::byte> elf;
  const char* program = "";
  const wirehound_settings* settings = nullptr;
  std::uint32_t ring_bytes = 0;     ///< used by the object that creates the maps
  const BpfObject* maps = nullptr;  ///< share this object's maps; nullptr creates them
};

class BpfObject {
 public:
  /// Loads one program. The message of an Error is the reason alone: errno text and, if the
  /// verifier refused, its last line.
  static Result<BpfObject> Load(const BpfLoad& load);

  bpf_program* program() const { return program_; }

  /// The descriptor of a map by its name; borrowed.
  int map_fd(const char* name) const;

 private:
  struct Close {
    void operator()(bpf_object* object) const;
  };
  using Handle = std::unique_ptr<bpf_object, Close>;

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
