// SPDX-License-Identifier: Apache-2.0

#include "decoders/dns/dns_buffer_pool.h"

namespace wirehound {

std::byte* DnsBufferPool::Acquire(std::size_t size) {
  SizeClass& buffers = ClassOf(size);
  const bool small = &buffers == &small_;
  if (buffers.free.empty()) {
    if (buffers.all.size() >= (small ? limits_.small_buffers : limits_.large_buffers)) {
      ++refused_;
      return nullptr;
    }
    const std::size_t bytes = small ? kSmallDnsBufferBytes : kMaxDnsTcpMessageBytes;
    buffers.all.push_back(std::make_unique_for_overwrite<std::byte[]>(bytes));
    buffers.free.push_back(buffers.all.back().get());
  }
  std::byte* buffer = buffers.free.back();
  buffers.free.pop_back();
  ++buffers.in_use;
  return buffer;
}

void DnsBufferPool::Release(std::byte* buffer, std::size_t size) {
  SizeClass& buffers = ClassOf(size);
  buffers.free.push_back(buffer);
  --buffers.in_use;
}

}  // namespace wirehound
