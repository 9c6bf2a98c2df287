/* SPDX-License-Identifier: Apache-2.0 */

/* A detector in plain C: refused connections. A server that answers a SYN with a RST has no
 * listener on that port. A client that collects many such answers is probably scanning ports.
 *
 * The detector remembers the latest SYNs. It reports each RST that answers one of them, with the
 * number of refusals of this client so far, once that number reaches the option "report_from". It
 * writes by hand what <wirehound/detector.h> does for C++: the tables, the ownership of memory, and
 * the sizes of structs. */

#include <stdlib.h>
#include <string.h>

#include <wirehound/abi/detector_abi.h>

#define TEXT(literal) \
  { (literal), sizeof(literal) - 1 }
#define LIST(array) \
  { (array), sizeof(array) / sizeof((array)[0]), sizeof((array)[0]) }

/* Powers of two. A new entry replaces the one with the same slot. */
enum { kPendingSyns = 1024, kClients = 256 };

static const wirehound_string kEvent = TEXT("net_packet_tcp");

/* The two ends of a connection, from the view of the client that opened it. */
struct Connection {
  wirehound_address client;
  wirehound_address server;
  uint16_t client_port;
  uint16_t server_port;
  uint32_t sequence; /* of the SYN */
};

struct Client {
  wirehound_address address;
  uint64_t refusals;
};

struct RefusedConnections {
  const wirehound_host* host;
  uint32_t metadata_slot;
  uint32_t tcp_slot;
  uint64_t report_from;
  const char* error; /* text of the last failure */
  struct Connection pending[kPendingSyns];
  struct Client clients[kClients];
};

/* ---- definition ---------------------------------------------------------------------------- */

static int32_t Describe(const wirehound_describe_sink* sink) {
  static const wirehound_event_requirement kRequirements[] = {
      {.event = TEXT("net_packet_tcp"), .dependency = WIREHOUND_DEPENDENCY_REQUIRED}};
  static const wirehound_field_definition kFields[] = {
      {TEXT("server_port"), WIREHOUND_TYPE_UINT16, 0, TEXT("the port that nobody listens on")},
      {TEXT("refusals"), WIREHOUND_TYPE_UINT64, 0, TEXT("of this client so far, this included")}};
  static const wirehound_string kTags[] = {TEXT("network"), TEXT("reconnaissance")};
  static const wirehound_config_option kOptions[] = {
      {.name = TEXT("report_from"),
       .type = WIREHOUND_TYPE_UINT64,
       .flags = WIREHOUND_OPTION_HAS_MINIMUM,
       .description = TEXT("how many refusals of a client it takes to report one"),
       .default_value = {.unsigned_integer = 1},
       .minimum = {.unsigned_integer = 1}}};
  static const wirehound_threat kThreat = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_threat, properties),
      .severity = WIREHOUND_SEVERITY_LOW,
      .name = TEXT("Connection refused"),
      .description = TEXT("A host connected to a port that nobody listens on"),
      .mitre_tactic = TEXT("Discovery"),
      .mitre_technique_id = TEXT("T1046"),
      .mitre_technique_name = TEXT("Network Service Discovery"),
  };
  static const wirehound_detector_definition kDefinition = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat),
      .auto_populate = WIREHOUND_POPULATE_THREAT | WIREHOUND_POPULATE_DETECTED_FROM,
      .id = TEXT("REFUSED_CONNECTION"),
      .events = LIST(kRequirements),
      .config_options = LIST(kOptions),
      .event_name = TEXT("refused_connection"),
      .event_description = TEXT("A TCP connection was refused"),
      .event_version = {1, 0, 0, 0},
      .event_fields = LIST(kFields),
      .event_tags = LIST(kTags),
      .threat = &kThreat,
  };
  sink->take(sink->context, &kDefinition); /* the host copies all of it */
  return WIREHOUND_OK;
}

/* ---- create, init, close, destroy ---------------------------------------------------------- */

static int32_t Create(const wirehound_host* host, void** instance) {
  struct RefusedConnections* self = calloc(1, sizeof *self);
  if (self == NULL) {
    return WIREHOUND_ERROR;
  }
  self->host = host; /* valid until Destroy */
  self->report_from = 1;
  *instance = self;
  return WIREHOUND_OK;
}

static int32_t Bind(struct RefusedConnections* self, const char* field, uint32_t type,
                    uint32_t* slot) {
  const wirehound_string name = {field, strlen(field)};
  const int32_t status = self->host->resolve_field(self->host->context, kEvent, name, type, slot);
  if (status != WIREHOUND_OK) {
    self->error = "net_packet_tcp lacks a field that this needs";
  }
  return status;
}

static void ReadOptions(struct RefusedConnections* self) {
  const wirehound_string name = TEXT("report_from");
  wirehound_value value;
  if (WIREHOUND_HAS(self->host, wirehound_host, config) &&
      self->host->config(self->host->context, name, WIREHOUND_TYPE_UINT64, &value) ==
          WIREHOUND_OK) {
    self->report_from = value.unsigned_integer;
  }
}

static int32_t Init(void* instance) {
  struct RefusedConnections* self = instance;
  ReadOptions(self);
  const int32_t status =
      Bind(self, "metadata", WIREHOUND_TYPE_PACKET_METADATA, &self->metadata_slot);
  return status != WIREHOUND_OK ? status
                                : Bind(self, "proto_tcp", WIREHOUND_TYPE_TCP, &self->tcp_slot);
}

static int32_t Close(void* instance) {
  (void)instance;
  return WIREHOUND_OK;
}

static wirehound_string LastError(void* instance) {
  const struct RefusedConnections* self = instance;
  const wirehound_string text = {self->error, self->error == NULL ? 0 : strlen(self->error)};
  return text;
}

/* ---- detection ----------------------------------------------------------------------------- */

/* FNV-1a. */
static uint32_t Hash(const void* data, size_t size, uint32_t hash) {
  const uint8_t* bytes = data;
  for (size_t i = 0; i < size; ++i) {
    hash = (hash ^ bytes[i]) * 16777619u;
  }
  return hash;
}

static uint32_t HashOf(const struct Connection* connection) {
  uint32_t hash = Hash(connection->client.bytes, sizeof connection->client.bytes, 2166136261u);
  hash = Hash(connection->server.bytes, sizeof connection->server.bytes, hash);
  hash = Hash(&connection->client_port, sizeof connection->client_port, hash);
  return Hash(&connection->server_port, sizeof connection->server_port, hash);
}

static int IsSameAddress(const wirehound_address* a, const wirehound_address* b) {
  return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static int IsSame(const struct Connection* a, const struct Connection* b) {
  return IsSameAddress(&a->client, &b->client) && IsSameAddress(&a->server, &b->server) &&
         a->client_port == b->client_port && a->server_port == b->server_port;
}

static uint64_t CountRefusal(struct RefusedConnections* self, const wirehound_address* address) {
  const uint32_t hash = Hash(address->bytes, sizeof address->bytes, 2166136261u);
  struct Client* client = &self->clients[hash % kClients];
  if (!IsSameAddress(&client->address, address)) {
    client->address = *address;
    client->refusals = 0;
  }
  return ++client->refusals;
}

static int32_t Report(struct RefusedConnections* self, const struct Connection* refused) {
  const uint64_t refusals = CountRefusal(self, &refused->client);
  if (refusals < self->report_from) {
    return WIREHOUND_OK;
  }
  const wirehound_named_value fields[] = {
      {TEXT("server_port"), WIREHOUND_TYPE_UINT16, 0, {.unsigned_integer = refused->server_port}},
      {TEXT("refusals"), WIREHOUND_TYPE_UINT64, 0, {.unsigned_integer = refusals}}};
  const wirehound_finding finding = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, ancestry_depth),
      .field_count = sizeof fields / sizeof fields[0],
      .fields = fields};
  const int32_t status = self->host->emit(self->host->context, &finding);
  self->error = status == WIREHOUND_OK ? NULL : "the engine did not take the detection";
  return status;
}

static void RememberSyn(struct RefusedConnections* self, const wirehound_packet_metadata* packet,
                        const wirehound_tcp* tcp) {
  const struct Connection connection = {packet->src_ip, packet->dst_ip, tcp->src_port,
                                        tcp->dst_port, tcp->seq};
  self->pending[HashOf(&connection) % kPendingSyns] = connection;
}

/* A RST from the other end answers a SYN when it acknowledges exactly that SYN. */
static int32_t LookAtRst(struct RefusedConnections* self, const wirehound_packet_metadata* packet,
                         const wirehound_tcp* tcp) {
  const struct Connection connection = {packet->dst_ip, packet->src_ip, tcp->dst_port,
                                        tcp->src_port, tcp->ack - 1};
  struct Connection* pending = &self->pending[HashOf(&connection) % kPendingSyns];
  if (!IsSame(pending, &connection) || pending->sequence != connection.sequence) {
    return WIREHOUND_OK;
  }
  memset(pending, 0, sizeof *pending); /* a second RST to the same SYN is no second refusal */
  return Report(self, &connection);
}

/* The message in a field, or NULL when this event has none. */
static const void* Message(const wirehound_event* event, uint32_t slot) {
  if (slot >= event->field_count || (event->fields[slot].flags & WIREHOUND_FIELD_ABSENT) != 0) {
    return NULL;
  }
  return event->fields[slot].value.message;
}

static int32_t OnEvent(void* instance, const wirehound_event* event) {
  struct RefusedConnections* self = instance;
  const wirehound_packet_metadata* packet = Message(event, self->metadata_slot);
  const wirehound_tcp* tcp = Message(event, self->tcp_slot);
  if (packet == NULL || tcp == NULL) {
    return WIREHOUND_OK;
  }
  if (tcp->rst_flag != 0 && tcp->ack_flag != 0) {
    return LookAtRst(self, packet, tcp);
  }
  if (tcp->syn_flag != 0 && tcp->ack_flag == 0) {
    RememberSyn(self, packet, tcp);
  }
  return WIREHOUND_OK;
}

/* ---- export -------------------------------------------------------------------------------- */

static const wirehound_detector kDetector = {
    .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector, last_error),
    .describe = Describe,
    .create = Create,
    .init = Init,
    .on_event = OnEvent,
    .close = Close,
    .destroy = free,
    .last_error = LastError,
};
static const wirehound_detector* const kDetectors[] = {&kDetector};

WIREHOUND_EXPORT const wirehound_detector_module WIREHOUND_DETECTOR_MODULE = {
    .magic = WIREHOUND_ABI_MAGIC,
    .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_module, compiler),
    .abi_minor = 0,
    .detector_count = 1,
    .detectors = kDetectors,
    .compiler = "C, " __VERSION__,
};
