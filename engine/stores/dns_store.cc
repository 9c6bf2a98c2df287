// SPDX-License-Identifier: Apache-2.0

// Two indexes, of names and of addresses; each mapping stands in the lists of its name, of its
// address and of all. Every name and address has a mapping, so there are never more of them.

#include "engine/stores/dns_store.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/stores/dns_answer_builder.h"

namespace wirehound {
namespace {

// How many of the oldest mappings are looked at for one that has expired.
constexpr int kLookForExpired = 8;

using NameBuffer = std::array<char, kMaxDnsNameBytes>;

// Lower case, without a final dot; empty when it is too long.
std::string_view Normalise(std::string_view name, NameBuffer& buffer) {
  const bool escaped_dot = name.size() >= 2 && name[name.size() - 2] == '\\';
  if (!name.empty() && name.back() == '.' && !escaped_dot) {
    name.remove_suffix(1);
  }
  if (name.size() > buffer.size()) {
    return {};
  }
  std::transform(name.begin(), name.end(), buffer.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return {buffer.data(), name.size()};
}

bool IsSameAddress(const wirehound_address& a, const wirehound_address& b) {
  return a.family == b.family && std::memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

// Whether a message may hold more lessons than the limits allow.
bool IsCutShort(const wirehound_dns& message, std::size_t lessons) {
  return lessons == kMaxDnsLessons || message.answers.count > kMaxDnsLessonRecords ||
         message.additionals.count > kMaxDnsLessonRecords;
}

// Puts a sighting first. It replaces that of the same viewer, or the oldest when there are too
// many.
void See(DnsMapping& mapping, const DnsSighting& sighting) {
  auto* const begin = mapping.sightings.data();
  auto* const end = begin + mapping.sighting_count;
  auto* known = std::find_if(begin, end, [&sighting](const DnsSighting& other) {
    return other.entity_id == sighting.entity_id && other.container == sighting.container;
  });
  if (known == end) {
    if (mapping.sighting_count < mapping.sightings.size()) {
      ++mapping.sighting_count;
    } else {
      --known;
    }
  }
  std::move_backward(begin, known, known + 1);
  *begin = sighting;
}

}  // namespace

DnsStore::DnsStore(const StreamTime& time, std::uint32_t max_mappings)
    : time_(time),
      digest_(KeyedDigest::Random()),
      mappings_(max_mappings),
      names_(max_mappings),
      addresses_(max_mappings),
      name_index_(max_mappings),
      address_index_(max_mappings) {}

void DnsStore::OnMessage(const wirehound_dns& message, const wirehound_process& process,
                         std::uint64_t now_ns) {
  std::array<DnsLesson, kMaxDnsLessons> lessons;
  const std::size_t count = ReadDnsLessons(message, lessons);
  counters_.cut_short += IsCutShort(message, count) ? 1 : 0;
  if (count == 0) {
    return;
  }
  DnsSighting sighting = {
      .container = DigestOfContainer({process.container_id.data, process.container_id.size}),
      .seen_ns = now_ns,
      .entity_id = process.process_entity_id};
  for (std::size_t i = 0; i < count; ++i) {
    sighting.ttl = lessons[i].ttl;
    Learn(lessons[i], sighting);
  }
}

void DnsStore::Learn(const DnsLesson& lesson, const DnsSighting& sighting) {
  NameBuffer buffer;
  const std::string_view name = Normalise(lesson.name, buffer);
  if (name.empty()) {
    ++counters_.unusable;
    return;
  }
  ++counters_.learnt;
  const DnsAddressNode* node = FindAddress(lesson.address);
  DnsMapping* mapping = node == nullptr ? nullptr : node->mappings.newest();
  while (mapping != nullptr && mapping->name->text() != name) {
    mapping = decltype(node->mappings)::OlderThan(*mapping);
  }
  if (mapping == nullptr) {
    mapping = &Create(name, lesson.address, sighting.seen_ns);
  } else {
    by_age_.MoveToNewest(*mapping);
    mapping->name->mappings.MoveToNewest(*mapping);
    mapping->address->mappings.MoveToNewest(*mapping);
  }
  See(*mapping, sighting);
}

// Room is made before the name and the address are looked up: it may remove their only mapping, and
// with that the name or the address itself.
DnsMapping& DnsStore::Create(std::string_view name, const wirehound_address& address,
                             std::uint64_t now_ns) {
  if (mappings_.available() == 0) {
    MakeRoom(now_ns);
  }
  DnsNameNode& name_node = NodeOf(name);
  if (name_node.mapping_count == kMaxMappingsPerName) {
    Release(*name_node.mappings.oldest(), now_ns);
  }
  DnsAddressNode& address_node = NodeOf(address);
  if (address_node.mapping_count == kMaxMappingsPerName) {
    Release(*address_node.mappings.oldest(), now_ns);
  }
  DnsMapping& mapping = *mappings_.TakeFresh();
  mapping.name = &name_node;
  mapping.address = &address_node;
  ++name_node.mapping_count;
  ++address_node.mapping_count;
  by_age_.Append(mapping);
  name_node.mappings.Append(mapping);
  address_node.mappings.Append(mapping);
  return mapping;
}

void DnsStore::MakeRoom(std::uint64_t now_ns) {
  DnsMapping* leaving = by_age_.oldest();
  DnsMapping* candidate = leaving;
  for (int i = 0; i <= kLookForExpired && candidate != nullptr; ++i) {
    if (!IsAlive(*candidate, now_ns)) {
      leaving = candidate;
      break;
    }
    candidate = decltype(by_age_)::NewerThan(*candidate);
  }
  if (leaving != nullptr) {
    Release(*leaving, now_ns);
  }
}

void DnsStore::Release(DnsMapping& mapping, std::uint64_t now_ns) {
  ++(IsAlive(mapping, now_ns) ? counters_.evicted : counters_.expired);
  by_age_.Remove(mapping);
  mapping.name->mappings.Remove(mapping);
  mapping.address->mappings.Remove(mapping);
  if (--mapping.name->mapping_count == 0) {
    name_index_.Erase(mapping.name->hash, mapping.name->number);
    names_.Return(mapping.name);
  }
  if (--mapping.address->mapping_count == 0) {
    address_index_.Erase(mapping.address->hash, mapping.address->number);
    addresses_.Return(mapping.address);
  }
  mappings_.Return(&mapping);
}

std::size_t DnsStore::NamesOf(const wirehound_address& address, const DnsQuery& query,
                              std::span<wirehound_dns_mapping> answer) const {
  const DnsAddressNode* node = FindAddress(address);
  if (node == nullptr) {
    return 0;
  }
  DnsAnswerBuilder found(query, DigestOfContainer(query.container_id));
  using List = decltype(node->mappings);
  for (const DnsMapping* at = node->mappings.newest(); at != nullptr; at = List::OlderThan(*at)) {
    found.Consider(*at);
  }
  return found.WriteTo(answer);
}

std::size_t DnsStore::AddressesOf(std::string_view name, const DnsQuery& query,
                                  std::span<wirehound_dns_mapping> answer) const {
  NameBuffer buffer;
  const DnsNameNode* node = FindName(Normalise(name, buffer));
  if (node == nullptr) {
    return 0;
  }
  DnsAnswerBuilder found(query, DigestOfContainer(query.container_id));
  using List = decltype(node->mappings);
  for (const DnsMapping* at = node->mappings.newest(); at != nullptr; at = List::OlderThan(*at)) {
    found.Consider(*at);
  }
  return found.WriteTo(answer);
}

std::uint64_t DnsStore::DigestOfContainer(std::string_view id) const {
  return id.empty() ? 0 : digest_(id).low | 1;
}

std::uint32_t DnsStore::HashOf(std::string_view name) const {
  return static_cast<std::uint32_t>(digest_(name).low);
}

std::uint32_t DnsStore::HashOf(const wirehound_address& address) const {
  return static_cast<std::uint32_t>(digest_(std::span(address.bytes)).low);
}

const DnsNameNode* DnsStore::FindName(std::string_view name) const {
  const std::uint32_t number = name_index_.Find(
      HashOf(name),
      [this, name](std::uint32_t candidate) { return names_.at(candidate).text() == name; });
  return number == HashIndex::kNone ? nullptr : &names_.at(number);
}

const DnsAddressNode* DnsStore::FindAddress(const wirehound_address& address) const {
  const std::uint32_t number =
      address_index_.Find(HashOf(address), [this, &address](std::uint32_t candidate) {
        return IsSameAddress(addresses_.at(candidate).address, address);
      });
  return number == HashIndex::kNone ? nullptr : &addresses_.at(number);
}

DnsNameNode& DnsStore::NodeOf(std::string_view name) {
  if (const DnsNameNode* known = FindName(name)) {
    return names_.at(known->number);
  }
  DnsNameNode& node = *names_.TakeFresh();
  node.hash = HashOf(name);
  node.size = static_cast<std::uint32_t>(name.size());
  std::memcpy(node.bytes.data(), name.data(), name.size());
  name_index_.Insert(node.hash, node.number);
  return node;
}

DnsAddressNode& DnsStore::NodeOf(const wirehound_address& address) {
  if (const DnsAddressNode* known = FindAddress(address)) {
    return addresses_.at(known->number);
  }
  DnsAddressNode& node = *addresses_.TakeFresh();
  node.hash = HashOf(address);
  node.address = address;
  address_index_.Insert(node.hash, node.number);
  return node;
}

}  // namespace wirehound
