// SPDX-License-Identifier: Apache-2.0

// The inflater of libnghttp2 with its memory counted. Its allocator table lives beside it, in the
// same counted block, because the library uses the table for as long as the inflater lives.

#include "decoders/http/hpack_decoder.h"

#include <nghttp2/nghttp2.h>

#include <cstring>
#include <new>

namespace wirehound {
namespace {

BoundedMemory& MemoryOf(void* user_data) { return *static_cast<BoundedMemory*>(user_data); }

void* AllocateFor(std::size_t size, void* user_data) { return MemoryOf(user_data).Allocate(size); }

void FreeFor(void* block, void* user_data) { MemoryOf(user_data).Free(block); }

void* AllocateZeroedFor(std::size_t count, std::size_t size, void* user_data) {
  if (size != 0 && count > SIZE_MAX / size) {
    return nullptr;
  }
  void* block = MemoryOf(user_data).Allocate(count * size);
  return block == nullptr ? nullptr : std::memset(block, 0, count * size);
}

void* ReallocateFor(void* block, std::size_t size, void* user_data) {
  return MemoryOf(user_data).Reallocate(block, size);
}

std::string_view View(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

struct HpackDecoder::Inflater {
  BoundedMemory* memory;
  nghttp2_mem functions;
  nghttp2_hd_inflater* handle = nullptr;
};

void HpackDecoder::InflaterDeleter::operator()(Inflater* inflater) const {
  if (inflater->handle != nullptr) {
    nghttp2_hd_inflate_del(inflater->handle);
  }
  inflater->memory->Free(inflater);
}

bool HpackDecoder::Open() {
  if (inflater_ != nullptr) {
    return true;
  }
  void* block = closed_ ? nullptr : memory_->Allocate(sizeof(Inflater));
  if (block == nullptr) {
    return false;
  }
  inflater_.reset(new (block) Inflater{
      memory_, {memory_, AllocateFor, FreeFor, AllocateZeroedFor, ReallocateFor}});
  // Raises only what an update may ask for; the table starts with the default of 4096 bytes.
  if (nghttp2_hd_inflate_new2(&inflater_->handle, &inflater_->functions) != 0 ||
      nghttp2_hd_inflate_change_table_size(inflater_->handle, kMaxHpackTableBytes) != 0) {
    Close();
    return false;
  }
  return true;
}

void HpackDecoder::Close() {
  inflater_.reset();
  closed_ = true;
}

HpackResult HpackDecoder::Decode(std::span<const std::byte>& piece, bool block_ends,
                                 HpackField& field) {
  if (!Open()) {
    return HpackResult::kNoMemory;
  }
  static constexpr std::uint8_t kNothing = 0;
  const auto* data =
      piece.empty() ? &kNothing : reinterpret_cast<const std::uint8_t*>(piece.data());
  nghttp2_nv pair;
  int flags = 0;
  const ssize_t taken = nghttp2_hd_inflate_hd2(inflater_->handle, &pair, &flags, data, piece.size(),
                                               block_ends ? 1 : 0);
  if (taken < 0) {
    return taken == NGHTTP2_ERR_NOMEM ? HpackResult::kNoMemory : HpackResult::kCorrupt;
  }
  piece = piece.subspan(static_cast<std::size_t>(taken));
  if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
    field = {View(pair.name, pair.namelen), View(pair.value, pair.valuelen)};
    return HpackResult::kField;
  }
  if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
    nghttp2_hd_inflate_end_headers(inflater_->handle);
    return HpackResult::kBlockEnd;
  }
  return HpackResult::kMore;
}

}  // namespace wirehound
