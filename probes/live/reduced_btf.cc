// SPDX-License-Identifier: Apache-2.0

#include "probes/live/reduced_btf.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace wirehound {
namespace {

using Btf = std::unique_ptr<btf, decltype(&btf__free)>;
using TypeNames = std::unordered_set<std::string>;

std::string_view Name(const btf* types, const btf_type* type) {
  const char* name = btf__name_by_offset(types, type->name_off);
  return name == nullptr ? std::string_view() : name;
}

// The names of all types in the objects. What follows "___" tells our own layouts of a kernel's
// type apart; libbpf ignores it when it looks for the type.
TypeNames NamesIn(std::span<const std::span<const std::byte>> elfs) {
  TypeNames names;
  for (const std::span<const std::byte> elf : elfs) {
    const std::unique_ptr<bpf_object, decltype(&bpf_object__close)> object(
        bpf_object__open_mem(elf.data(), elf.size(), nullptr), bpf_object__close);
    const btf* types = object == nullptr ? nullptr : bpf_object__btf(object.get());
    for (std::uint32_t id = 1; types != nullptr && id < btf__type_cnt(types); ++id) {
      const std::string_view name = Name(types, btf__type_by_id(types, id));
      names.emplace(name.substr(0, name.find("___")));
    }
  }
  names.erase("");
  return names;
}

// Copies types from one BTF into an empty one. A copy has the size and the members of its original,
// which is all that relocations look at: a pointer's target and the members of a structure that no
// program names are left out.
class Reduction {
 public:
  Reduction(const btf* from, const TypeNames& wanted)
      : from_(from), to_(btf__new_empty(), btf__free), wanted_(wanted) {}

  // Null when a type could not be copied.
  Btf CopyAllWanted() && {
    for (std::uint32_t id = 1; to_ != nullptr && id < btf__type_cnt(from_); ++id) {
      const btf_type* type = btf__type_by_id(from_, id);
      if ((btf_is_composite(type) || btf_is_typedef(type) || btf_is_any_enum(type)) &&
          IsWanted(type)) {
        Copy(id);
      }
    }
    return failed_ ? Btf(nullptr, btf__free) : std::move(to_);
  }

 private:
  bool IsWanted(const btf_type* type) const {
    return type->name_off != 0 && wanted_.contains(std::string(Name(from_, type)));
  }

  int Checked(int id) {
    failed_ = failed_ || id < 0;
    return id;
  }

  // The number of the copy.
  int Copy(std::uint32_t id) {
    if (id == 0 || failed_) {
      return 0;  // void
    }
    const auto known = copies_.find(id);
    if (known != copies_.end()) {
      return known->second;
    }
    // Ends: a structure contains itself only through a pointer, which is not followed.
    const int copy = Checked(Add(btf__type_by_id(from_, id)));
    copies_.emplace(id, copy);
    return copy;
  }

  int Add(const btf_type* type) {
    const char* name = btf__name_by_offset(from_, type->name_off);
    switch (btf_kind(type)) {
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION:
        return AddComposite(type, name);
      case BTF_KIND_ARRAY: {
        const struct btf_array* array = btf_array(type);
        const int index = Copy(array->index_type);
        return btf__add_array(to_.get(), index, Copy(array->type), static_cast<int>(array->nelems));
      }
      case BTF_KIND_TYPEDEF:
        return btf__add_typedef(to_.get(), name, Copy(type->type));
      case BTF_KIND_CONST:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_RESTRICT:
      case BTF_KIND_TYPE_TAG:
        return Copy(type->type);
      case BTF_KIND_PTR:
        return btf__add_ptr(to_.get(), 0);
      default:  // numbers and enumerations, which refer to no other type
        return btf__add_type(to_.get(), from_, type);
    }
  }

  int AddComposite(const btf_type* type, const char* name) {
    const std::span members(btf_members(type),
                            type->name_off == 0 || IsWanted(type) ? btf_vlen(type) : 0u);
    std::vector<int> types;
    for (const btf_member& member : members) {
      types.push_back(Copy(member.type));
    }
    const int size = static_cast<int>(type->size);
    const int copy = btf_is_struct(type) ? btf__add_struct(to_.get(), name, size)
                                         : btf__add_union(to_.get(), name, size);
    // Members go to the type that was added last.
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      Checked(btf__add_field(to_.get(), btf__name_by_offset(from_, members[i].name_off), types[i],
                             btf_member_bit_offset(type, i), btf_member_bitfield_size(type, i)));
    }
    return copy;
  }

  const btf* from_;
  Btf to_;
  const TypeNames& wanted_;
  std::unordered_map<std::uint32_t, int> copies_;
  bool failed_ = false;
};

}  // namespace

ReducedBtf::ReducedBtf(std::span<const std::span<const std::byte>> elfs) {
  const Btf kernel(btf__load_vmlinux_btf(), btf__free);
  const TypeNames wanted = NamesIn(elfs);
  const Btf reduced =
      kernel == nullptr ? Btf(nullptr, btf__free) : Reduction(kernel.get(), wanted).CopyAllWanted();
  std::uint32_t size = 0;
  const void* bytes = reduced == nullptr ? nullptr : btf__raw_data(reduced.get(), &size);
  UniqueFd file(memfd_create("wirehound-btf", MFD_CLOEXEC));
  if (bytes == nullptr || !file || write(file.get(), bytes, size) != static_cast<ssize_t>(size)) {
    return;
  }
  std::string path = "/proc/self/fd/" + std::to_string(file.get());
  if (access(path.c_str(), R_OK) == 0) {
    path_ = std::move(path);
    file_ = std::move(file);
  }
}

}  // namespace wirehound
