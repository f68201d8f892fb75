/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and parameters. */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "migration.h"
#include "migration/cpr.h"
#include "migration/misc.h"
#include "multifd-codec.h"
#include "options.h"
#include "ram.h"
#include "postcopy.h"
#include "qapi/error.h"
#include "qapi/clone-visitor.h"
#include "qapi/qapi-commands-migration.h"
#include "qapi/qapi-visit-migration.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qobject/qnull.h"
#include "qapi/qmp/qerror.h"
#include "system/runstate.h"

#define BIT_OF(cap) (UINT64_C(1) << MIGRATION_CAPABILITY_##cap)

/* Those with code behind them, and those that ask for nothing. */
#define SUPPORTED                                                              \
    (BIT_OF(EVENTS) | BIT_OF(RETURN_PATH) | BIT_OF(PAUSE_BEFORE_SWITCHOVER) |  \
     BIT_OF(X_IGNORE_SHARED) | BIT_OF(VALIDATE_UUID) | BIT_OF(ZERO_BLOCKS) |   \
     BIT_OF(LATE_BLOCK_ACTIVATE) | BIT_OF(SWITCHOVER_ACK) | BIT_OF(MULTIFD) |  \
     BIT_OF(MAPPED_RAM) | BIT_OF(AUTO_CONVERGE) | BIT_OF(RELEASE_RAM) |        \
     BIT_OF(BACKGROUND_SNAPSHOT) | BIT_OF(POSTCOPY_RAM) |                      \
     BIT_OF(POSTCOPY_PREEMPT) | BIT_OF(POSTCOPY_BLOCKTIME))

/* Where a difference would make the destination misread the stream. */
#define COMPARED (BIT_OF(X_IGNORE_SHARED) | BIT_OF(MAPPED_RAM))

#define MAX_DOWNTIME 2000000 /* ms */

static uint64_t capabilities;

/* What there is without "has_" and is no string. */
#define PLAIN_PARAMETERS(X)                                                    \
    X(announce_initial)                                                        \
    X(announce_max)                                                            \
    X(announce_rounds)                                                         \
    X(announce_step)                                                           \
    X(throttle_trigger_threshold)                                              \
    X(cpu_throttle_initial)                                                    \
    X(cpu_throttle_increment)                                                  \
    X(cpu_throttle_tailslow)                                                   \
    X(max_bandwidth)                                                           \
    X(avail_switchover_bandwidth)                                              \
    X(downtime_limit)                                                          \
    X(x_checkpoint_delay)                                                      \
    X(multifd_channels)                                                        \
    X(xbzrle_cache_size)                                                       \
    X(max_postcopy_bandwidth)                                                  \
    X(max_cpu_throttle)                                                        \
    X(multifd_compression)                                                     \
    X(multifd_zlib_level)                                                      \
    X(multifd_qatzip_level)                                                    \
    X(multifd_zstd_level)                                                      \
    X(x_vcpu_dirty_limit_period)                                               \
    X(vcpu_dirty_limit)                                                        \
    X(mode)                                                                    \
    X(zero_page_detection)                                                     \
    X(direct_io)

#define STRING_PARAMETERS(X)                                                   \
    X(tls_creds)                                                               \
    X(tls_hostname)                                                            \
    X(tls_authz)

static const MigrationParameters defaults = {
    .announce_initial = 50,
    .announce_max = 550,
    .announce_rounds = 5,
    .announce_step = 100,
    .throttle_trigger_threshold = 50,
    .cpu_throttle_initial = 20,
    .cpu_throttle_increment = 10,
    .max_bandwidth = 128 << 20,
    .downtime_limit = 300,
    .x_checkpoint_delay = 20000,
    .multifd_channels = 2,
    .xbzrle_cache_size = 64 << 20,
    .max_cpu_throttle = 99,
    .multifd_zlib_level = 1,
    .multifd_qatzip_level = 1,
    .multifd_zstd_level = 1,
    .x_vcpu_dirty_limit_period = 1000,
    .vcpu_dirty_limit = 1,
    .mode = MIG_MODE_NORMAL,
    .zero_page_detection = ZERO_PAGE_DETECTION_MULTIFD,
};

static MigrationParameters parameters;

static void __attribute__((constructor)) init_parameters(void)
{
    parameters = defaults;
#define PRESENT(name) parameters.has_##name = true;
    PLAIN_PARAMETERS(PRESENT)
#undef PRESENT
#define EMPTY(name) parameters.name = g_strdup("");
    STRING_PARAMETERS(EMPTY)
#undef EMPTY
}

void migrate_options_reset(void)
{
    capabilities = 0;
#define FREE(name) g_free(parameters.name);
    STRING_PARAMETERS(FREE)
#undef FREE
    init_parameters();
}

const MigrationParameters *migrate_parameters(void)
{
    return &parameters;
}

MigMode migrate_mode(void)
{
    return cpr_is_incoming() ? cpr_get_incoming_mode()
                             : qatomic_read(&parameters.mode);
}

bool migrate_mode_is_cpr(void)
{
    return migrate_mode() != MIG_MODE_NORMAL;
}

/* ---- capabilities -------------------------------------------------------- */

bool migrate_capability(MigrationCapability cap)
{
    return qatomic_read(&capabilities) >> cap & 1;
}

static bool is_supported(MigrationCapability cap)
{
    return SUPPORTED >> cap & 1;
}

bool migrate_capability_compared(MigrationCapability cap)
{
    return COMPARED >> cap & 1;
}

/* Why some will not be: what the user can do. */
static const char *why_never(MigrationCapability cap)
{
    switch (cap) {
    case MIGRATION_CAPABILITY_XBZRLE:
        return "multifd with compression costs less";
    case MIGRATION_CAPABILITY_RDMA_PIN_ALL:
        return "there is no transport 'rdma'";
    case MIGRATION_CAPABILITY_X_COLO:
        return "there is no replication of disks";
    case MIGRATION_CAPABILITY_DIRTY_BITMAPS:
        return "block nodes have no dirty bitmaps";
    case MIGRATION_CAPABILITY_DIRTY_LIMIT:
        return "auto-converge slows the guest down";
    case MIGRATION_CAPABILITY_ZERO_COPY_SEND:
        return "pages are always copied into sockets";
    default:
        return NULL;
    }
}

static bool check_idle(Error **errp)
{
    if (migration_is_running()) {
        error_setg(errp, "There's a migration process in progress");
        return false;
    }
    return true;
}

static bool is_coming_in(void)
{
    int status = qatomic_read(&migration_incoming_get_current()->status);

    return status != MIGRATION_STATUS_NONE &&
           status != MIGRATION_STATUS_COMPLETED &&
           status != MIGRATION_STATUS_FAILED;
}

static bool check_postcopy(uint64_t wanted, Error **errp)
{
    ERRP_GUARD();
    MigrationIncomingState *mis = migration_incoming_get_current();

    /* It takes a while, and matters only where pages come in. */
    if (!migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM) &&
        runstate_check(RUN_STATE_INMIGRATE) &&
        !postcopy_ram_supported_by_host(mis, errp)) {
        error_prepend(errp, "Postcopy is not supported: ");
        return false;
    }
    if (wanted & BIT_OF(X_IGNORE_SHARED)) {
        error_setg(errp, "Postcopy is not compatible with ignore-shared");
        return false;
    }
    if (wanted & BIT_OF(MULTIFD)) {
        error_setg(errp, "Postcopy is not yet compatible with multifd");
        return false;
    }
    if (wanted & BIT_OF(MAPPED_RAM)) {
        error_setg(errp, "Mapped-ram migration is incompatible with postcopy");
        return false;
    }
    if (wanted & BIT_OF(POSTCOPY_PREEMPT) &&
        !migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT) &&
        is_coming_in()) {
        error_setg(errp, "Postcopy preempt must be set before incoming starts");
        return false;
    }
    return true;
}

/* Pairs that cannot be on together. */
static const struct {
    uint64_t one, other;
    const char *text;
} exclusions[] = {
    { BIT_OF(MAPPED_RAM), BIT_OF(XBZRLE),
      "Mapped-ram migration is incompatible with xbzrle" },
    { BIT_OF(MAPPED_RAM), BIT_OF(POSTCOPY_RAM),
      "Mapped-ram migration is incompatible with postcopy" },
};

/* A guest that has come may leave in any way. */
static bool check_multifd(uint64_t wanted, Error **errp)
{
    if (wanted & BIT_OF(POSTCOPY_RAM)) {
        error_setg(errp, "Postcopy is not yet compatible with multifd");
        return false;
    }
    if (!migrate_capability(MIGRATION_CAPABILITY_MULTIFD) && is_coming_in()) {
        error_setg(errp, "Multifd must be set before incoming starts");
        return false;
    }
    if (wanted & BIT_OF(XBZRLE)) {
        error_setg(errp, "Multifd is not compatible with xbzrle");
        return false;
    }
    return true;
}

static bool check_snapshot(uint64_t wanted, Error **errp)
{
    static const MigrationCapability others[] = {
        MIGRATION_CAPABILITY_POSTCOPY_RAM,
        MIGRATION_CAPABILITY_DIRTY_BITMAPS,
        MIGRATION_CAPABILITY_POSTCOPY_BLOCKTIME,
        MIGRATION_CAPABILITY_LATE_BLOCK_ACTIVATE,
        MIGRATION_CAPABILITY_RETURN_PATH,
        MIGRATION_CAPABILITY_MULTIFD,
        MIGRATION_CAPABILITY_PAUSE_BEFORE_SWITCHOVER,
        MIGRATION_CAPABILITY_AUTO_CONVERGE,
        MIGRATION_CAPABILITY_RELEASE_RAM,
        MIGRATION_CAPABILITY_RDMA_PIN_ALL,
        MIGRATION_CAPABILITY_XBZRLE,
        MIGRATION_CAPABILITY_X_COLO,
        MIGRATION_CAPABILITY_VALIDATE_UUID,
        MIGRATION_CAPABILITY_ZERO_COPY_SEND,
    };

    if (!(wanted & BIT_OF(BACKGROUND_SNAPSHOT))) {
        return true;
    }
    if (!ram_background_possible(errp)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (wanted >> others[i] & 1) {
            error_setg(errp, "Background-snapshot is not compatible with %s",
                       MigrationCapability_str(others[i]));
            return false;
        }
    }
    return true;
}

/* Whether all of @wanted go together. */
static bool check_together(uint64_t wanted, Error **errp)
{
    for (size_t i = 0; i < ARRAY_SIZE(exclusions); i++) {
        if ((wanted & exclusions[i].one) && (wanted & exclusions[i].other)) {
            error_setg(errp, "%s", exclusions[i].text);
            return false;
        }
    }
    if (wanted & BIT_OF(MULTIFD) && !check_multifd(wanted, errp)) {
        return false;
    }
    if (wanted & BIT_OF(SWITCHOVER_ACK) && !(wanted & BIT_OF(RETURN_PATH))) {
        error_setg(errp, "Capability 'switchover-ack' requires capability "
                         "'return-path'");
        return false;
    }
    if (wanted & BIT_OF(POSTCOPY_RAM) && !check_postcopy(wanted, errp)) {
        return false;
    }
    if (wanted & BIT_OF(POSTCOPY_PREEMPT) && !(wanted & BIT_OF(POSTCOPY_RAM))) {
        error_setg(errp, "Postcopy preempt requires postcopy-ram");
        return false;
    }
    return true;
}

void qmp_migrate_set_capabilities(MigrationCapabilityStatusList *list,
                                  Error **errp)
{
    MigrationCapabilityStatusList *cap;
    uint64_t wanted = capabilities;

    if (!check_idle(errp)) {
        return;
    }
    for (cap = list; cap; cap = cap->next) {
        MigrationCapability number = cap->value->capability;

        if (cap->value->state && !is_supported(number)) {
            const char *why = why_never(number);

            error_setg(errp, "Capability '%s' is not supported%s%s",
                       MigrationCapability_str(number), why ? ": " : "",
                       why ?: "");
            return;
        }
        wanted = deposit64(wanted, number, 1, cap->value->state);
    }
    if (!check_together(wanted, errp) || !check_snapshot(wanted, errp)) {
        return;
    }
    qatomic_set(&capabilities, wanted);
}

bool migrate_set_capability(MigrationCapability cap, bool on, Error **errp)
{
    ERRP_GUARD();
    MigrationCapabilityStatus status = { .capability = cap, .state = on };
    MigrationCapabilityStatusList list = { .value = &status };

    qmp_migrate_set_capabilities(&list, errp);
    return !*errp;
}

MigrationCapabilityStatusList *qmp_query_migrate_capabilities(Error **errp)
{
    MigrationCapabilityStatusList *list = NULL, **tail = &list;

    for (int i = 0; i < MIGRATION_CAPABILITY__MAX; i++) {
        MigrationCapabilityStatus *status =
            g_new0(MigrationCapabilityStatus, 1);

        status->capability = i;
        status->state = migrate_capability(i);
        QAPI_LIST_APPEND(tail, status);
    }
    return list;
}

/* ---- parameters ---------------------------------------------------------- */

static bool refuse(Error **errp, const char *name, const char *range)
{
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name, range);
    return false;
}

/* Those whose range is a matter of two numbers. */
static bool check_ranges(const MigrateSetParameters *p, Error **errp)
{
    const struct {
        const char *name;
        bool present;
        uint64_t value, min, max;
        const char *range;
    } rows[] = {
#define ROW(name, min, max, range)                                             \
    { #name, p->has_##name, p->name, min, max, range }
        ROW(throttle_trigger_threshold, 1, 100,
            "an integer in the range of 1 to 100"),
        ROW(cpu_throttle_initial, 1, 99, "an integer in the range of 1 to 99"),
        ROW(cpu_throttle_increment, 1, 99,
            "an integer in the range of 1 to 99"),
        ROW(downtime_limit, 0, MAX_DOWNTIME,
            "an integer in the range of 0 to 2000000 ms"),
        ROW(multifd_channels, 1, UINT8_MAX, "a value between 1 and 255"),
        ROW(multifd_zlib_level, 0, 9, "a value between 0 and 9"),
        ROW(multifd_qatzip_level, 1, 9, "a value between 1 and 9"),
        ROW(multifd_zstd_level, 0, 20, "a value between 0 and 20"),
        ROW(xbzrle_cache_size, TARGET_PAGE_SIZE, UINT64_MAX,
            "a power of two no less than the target page size"),
        ROW(announce_initial, 0, 100000, "a value between 0 and 100000"),
        ROW(announce_max, 0, 100000, "a value between 0 and 100000"),
        ROW(announce_rounds, 0, 1000, "a value between 0 and 1000"),
        ROW(announce_step, 1, 10000, "a value between 0 and 10000"),
#undef ROW
        { "x-vcpu-dirty-limit-period", p->has_x_vcpu_dirty_limit_period,
          p->x_vcpu_dirty_limit_period, 1, 1000, "a value between 1 and 1000" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].present &&
            (rows[i].value < rows[i].min || rows[i].value > rows[i].max)) {
            return refuse(errp, rows[i].name, rows[i].range);
        }
    }
    return true;
}

static bool check_others(const MigrateSetParameters *p, Error **errp)
{
    uint8_t initial = p->has_cpu_throttle_initial
                          ? p->cpu_throttle_initial
                          : parameters.cpu_throttle_initial;
    uint8_t most = p->has_max_cpu_throttle ? p->max_cpu_throttle
                                           : parameters.max_cpu_throttle;

    if (p->has_xbzrle_cache_size && !is_power_of_2(p->xbzrle_cache_size)) {
        return refuse(errp, "xbzrle_cache_size",
                      "a power of two no less than the target page size");
    }
    if (most < initial || most > 99) {
        return refuse(errp, "max_cpu_throttle",
                      "an integer in the range of cpu_throttle_initial to 99");
    }
    if (p->has_vcpu_dirty_limit && p->vcpu_dirty_limit < 1) {
        error_setg(errp,
                   "Parameter 'vcpu_dirty_limit' must be greater than 1 MB/s");
        return false;
    }
    return true;
}

static const char *text_of(const StrOrNull *s)
{
    return s && s->type == QTYPE_QSTRING ? s->u.s : "";
}

/* What would ask for something that is not there. */
static bool check_supported(const MigrateSetParameters *p, Error **errp)
{
    ERRP_GUARD();

    if (*text_of(p->tls_authz)) {
        error_setg(errp, "Lists of TLS clients are not supported: 'tls-authz' "
                         "must be empty");
        return false;
    }
    if (p->has_multifd_compression) {
        multifd_codec(p->multifd_compression, errp);
        if (*errp) {
            return false;
        }
    }
    if (p->has_block_bitmap_mapping) {
        error_setg(errp, "Parameter 'block-bitmap-mapping' is not supported");
        return false;
    }
    return true;
}

void qmp_migrate_set_parameters(MigrateSetParameters *p, Error **errp)
{
    if (!check_ranges(p, errp) || !check_others(p, errp) ||
        !check_supported(p, errp)) {
        return;
    }
#define SET(name)                                                              \
    if (p->has_##name) {                                                       \
        parameters.name = p->name;                                             \
    }
    PLAIN_PARAMETERS(SET)
#undef SET
#define SET(name)                                                              \
    if (p->name) {                                                             \
        g_free(parameters.name);                                               \
        parameters.name = g_strdup(text_of(p->name));                          \
    }
    STRING_PARAMETERS(SET)
#undef SET
    migration_parameters_changed();
}

MigrationParameters *qmp_query_migrate_parameters(Error **errp)
{
    return QAPI_CLONE(MigrationParameters, &parameters);
}
