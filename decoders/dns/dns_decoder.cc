// SPDX-License-Identifier: Apache-2.0

// The walk through a DNS message: header, questions, then three sections of records. A part that
// cannot be read ends the walk; what it would have added is left out.

#include "decoders/dns/dns_decoder.h"

#include <algorithm>

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/byte_reader.h"
#include "decoders/dns/dns_name_reader.h"
#include "decoders/dns/dns_rdata.h"
#include "decoders/dns/dns_types.h"

namespace wirehound {
namespace {

// The least an entry takes on the wire: its name is the root, its data empty.
constexpr std::size_t kMinQuestionBytes = 5;
constexpr std::size_t kMinRecordBytes = 11;

// RFC 6762 sections 5.4 and 10.2.
constexpr std::uint16_t kMdnsClassBit = 0x8000;

class MessageReader {
 public:
  MessageReader(CapturedBytes in, Arena& arena, wirehound_dns& out)
      : in_(in), reader_(in.bytes), names_(in.bytes, arena), arena_(arena), out_(out) {}

  DecodeStatus Read() {
    const bool complete =
        ReadHeader() &&
        ReadSection(out_.qd_count, kMinQuestionBytes, out_.questions, &ReadQuestion) &&
        ReadSection(out_.an_count, kMinRecordBytes, out_.answers, &ReadRecord) &&
        ReadSection(out_.ns_count, kMinRecordBytes, out_.authorities, &ReadRecord) &&
        ReadSection(out_.ar_count, kMinRecordBytes, out_.additionals, &ReadRecord);
    out_.message_size = static_cast<std::uint32_t>(entry_end_);
    if (complete && entry_end_ < in_.wire_size) {
      out_.flags |= WIREHOUND_DNS_TRAILING;
    }
    if ((out_.flags & WIREHOUND_DNS_MALFORMED) != 0) {
      return DecodeStatus::kMalformed;
    }
    return complete ? DecodeStatus::kOk : DecodeStatus::kTruncated;
  }

 private:
  template <typename Entry>
  using EntryReader = DnsPart (*)(MessageReader& self, Entry& entry);

  bool ReadHeader();
  template <typename Entry>
  bool ReadSection(std::uint16_t count, std::size_t min_entry_bytes, wirehound_list& section,
                   EntryReader<Entry> read_entry);
  static DnsPart ReadQuestion(MessageReader& self, wirehound_dns_question& question);
  static DnsPart ReadRecord(MessageReader& self, wirehound_dns_record& record);

  // Whether the top bit of a class has its mDNS meaning here and is set; cleared then.
  bool TakeMdnsBit(std::uint16_t& dns_class) const {
    if (out_.variant != WIREHOUND_DNS_VARIANT_MDNS || (dns_class & kMdnsClassBit) == 0) {
      return false;
    }
    dns_class = static_cast<std::uint16_t>(dns_class & ~kMdnsClassBit);
    return true;
  }

  // Notes why the message ends here; always false.
  bool Stop(DnsPart part);

  CapturedBytes in_;
  ByteReader reader_;
  DnsNameReader names_;
  Arena& arena_;
  wirehound_dns& out_;
  std::size_t entries_left_ = kMaxDnsEntries;
  std::size_t entry_end_ = 0;  // of the latest sound entry
};

constexpr std::uint8_t Bits(std::uint8_t byte, int lowest, std::uint8_t mask) {
  return static_cast<std::uint8_t>((byte >> lowest) & mask);
}

bool MessageReader::ReadHeader() {
  if (reader_.remaining() < kDnsHeaderBytes) {
    return Stop(DnsPart::kShort);
  }
  out_.id = reader_.ReadBe16();
  const std::uint8_t high = reader_.ReadU8();
  out_.qr = Bits(high, 7, 1);
  out_.opcode = Bits(high, 3, 0xf);
  out_.aa = Bits(high, 2, 1);
  out_.tc = Bits(high, 1, 1);
  out_.rd = Bits(high, 0, 1);
  const std::uint8_t low = reader_.ReadU8();
  out_.ra = Bits(low, 7, 1);
  out_.z = Bits(low, 4, 7);
  out_.rcode = Bits(low, 0, 0xf);
  out_.qd_count = reader_.ReadBe16();
  out_.an_count = reader_.ReadBe16();
  out_.ns_count = reader_.ReadBe16();
  out_.ar_count = reader_.ReadBe16();
  entry_end_ = reader_.position();
  return true;
}

template <typename Entry>
bool MessageReader::ReadSection(std::uint16_t count, std::size_t min_entry_bytes,
                                wirehound_list& section, EntryReader<Entry> read_entry) {
  // Room for what the bytes can hold; the count alone is only a claim.
  const std::size_t possible = reader_.remaining() / min_entry_bytes;
  const std::size_t room = std::min({std::size_t{count}, possible, entries_left_});
  Entry* entries = arena_.AllocateArray<Entry>(room);
  if (entries == nullptr) {
    return Stop(DnsPart::kNoRoom);
  }
  section.data = entries;
  for (; section.count < room; ++section.count) {
    const DnsPart part = read_entry(*this, entries[section.count]);
    if (part != DnsPart::kOk) {
      return Stop(part);
    }
    entry_end_ = reader_.position();
  }
  entries_left_ -= room;
  if (room < count) {
    return Stop(entries_left_ == 0 ? DnsPart::kNoRoom : DnsPart::kShort);
  }
  return true;
}

DnsPart MessageReader::ReadQuestion(MessageReader& self, wirehound_dns_question& question) {
  question = {};
  if (const DnsPart part = self.names_.Read(self.reader_, question.name); part != DnsPart::kOk) {
    return part;
  }
  question.type = self.reader_.ReadBe16();
  question.qclass = self.reader_.ReadBe16();
  if (self.TakeMdnsBit(question.qclass)) {
    question.unicast_response = 1;
  }
  return self.reader_.ok() ? DnsPart::kOk : DnsPart::kShort;
}

DnsPart MessageReader::ReadRecord(MessageReader& self, wirehound_dns_record& record) {
  record = {};
  ByteReader& reader = self.reader_;
  if (const DnsPart part = self.names_.Read(reader, record.name); part != DnsPart::kOk) {
    return part;
  }
  record.type = reader.ReadBe16();
  record.rclass = reader.ReadBe16();
  if (record.type != kDnsTypeOpt && self.TakeMdnsBit(record.rclass)) {
    record.cache_flush = 1;
  }
  record.ttl = reader.ReadBe32();
  const std::size_t rdata_bytes = reader.ReadBe16();
  ByteReader rdata = reader.ReadSub(rdata_bytes);
  if (!reader.ok()) {
    return DnsPart::kShort;
  }
  const std::byte* rdata_start = self.in_.bytes.data() + rdata.position();
  record.rdata = {reinterpret_cast<const std::uint8_t*>(rdata_start), rdata_bytes};
  const DnsPart part = DecodeDnsRdata(rdata, self.names_, self.arena_, record);
  if (part == DnsPart::kMalformed) {
    // The length of the data still says where the next record starts.
    self.out_.flags |= WIREHOUND_DNS_MALFORMED;
    return DnsPart::kOk;
  }
  return part;
}

bool MessageReader::Stop(DnsPart part) {
  const bool lied = part == DnsPart::kMalformed || (part == DnsPart::kShort && in_.whole());
  out_.flags |= lied ? WIREHOUND_DNS_MALFORMED : WIREHOUND_DNS_TRUNCATED;
  if (part == DnsPart::kNoRoom) {
    out_.flags |= WIREHOUND_DNS_LIMIT;
  }
  return false;
}

}  // namespace

DecodeStatus DecodeDns(CapturedBytes in, Arena& arena, wirehound_dns& out, DnsVariant variant) {
  out = {};
  out.variant = static_cast<std::uint8_t>(variant);
  out.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_dns, additionals);
  out.questions.stride = sizeof(wirehound_dns_question);
  out.answers.stride = sizeof(wirehound_dns_record);
  out.authorities.stride = sizeof(wirehound_dns_record);
  out.additionals.stride = sizeof(wirehound_dns_record);
  return MessageReader(in, arena, out).Read();
}

}  // namespace wirehound
