/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -numa hmat-lb and hmat-cache: what ACPI's Heterogeneous Memory Attribute
 * Table will say (ACPI 6.5, 5.2.28).
 *
 * The table has 16 bits for each latency or bandwidth, in a unit that all of
 * one kind share. So each new value must fit with those before it.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "system/numa.h"

static bool check_nodes(const NumaState *numa, const NumaHmatLBOptions *o,
                        Error **errp)
{
    if (o->initiator > numa->num_nodes) {
        error_setg(errp, "Invalid initiator=%d, it should be less than %d",
                   o->initiator, numa->num_nodes);
    } else if (o->target > numa->num_nodes) {
        error_setg(errp, "Invalid target=%d, it should be less than %d",
                   o->target, numa->num_nodes);
    } else if (!numa->nodes[o->initiator].has_cpu &&
               !numa->nodes[o->initiator].has_gi) {
        error_setg(errp,
                   "Invalid initiator=%d, it isn't an initiator proximity "
                   "domain",
                   o->initiator);
    } else if (!numa->nodes[o->target].present) {
        error_setg(errp, "The target=%d should point to an existing node",
                   o->target);
    } else {
        return true;
    }
    return false;
}

/* The value that fits the data type is given, and the other is not. */
static bool check_kind(const NumaHmatLBOptions *o, bool latency, Error **errp)
{
    const char *want = latency ? "latency" : "bandwidth";
    const char *other = latency ? "bandwidth" : "latency";

    if (!(latency ? o->has_latency : o->has_bandwidth)) {
        error_setg(errp, "Missing '%s' option", want);
        return false;
    }
    if (latency ? o->has_bandwidth : o->has_latency) {
        error_setg(errp, "Invalid option '%s' since the data type is %s", other,
                   want);
        return false;
    }
    return true;
}

static bool check_new(const HMAT_LB_Info *info, const NumaHmatLBOptions *o,
                      bool latency, Error **errp)
{
    for (guint i = 0; i < info->list->len; i++) {
        const HMAT_LB_Data *d = &g_array_index(info->list, HMAT_LB_Data, i);

        if (d->initiator == o->initiator && d->target == o->target) {
            error_setg(errp,
                       "Duplicate configuration of the %s for "
                       "initiator=%d and target=%d",
                       latency ? "latency" : "bandwidth", o->initiator,
                       o->target);
            return false;
        }
    }
    return true;
}

/* Latencies share a power of ten as their unit. */
static bool fit_latency(HMAT_LB_Info *info, const NumaHmatLBOptions *o,
                        Error **errp)
{
    uint64_t unit = 1, largest;

    info->base = info->base ?: UINT64_MAX;
    if (!o->latency) {
        return true;
    }
    while (o->latency / unit % 10 == 0) {
        unit *= 10;
    }
    largest = MAX(info->range_bitmap, o->latency / info->base);
    if (largest >= UINT16_MAX) {
        error_setg(errp,
                   "Latency %" PRIu64 " between initiator=%d and "
                   "target=%d should not differ from previously entered "
                   "min or max values on more than %d",
                   o->latency, o->initiator, o->target, UINT16_MAX - 1);
        return false;
    }
    info->base = MIN(info->base, unit);
    info->range_bitmap = largest;
    return true;
}

/* Bandwidths a power of two, of which range_bitmap has all that are needed. */
static bool fit_bandwidth(HMAT_LB_Info *info, const NumaHmatLBOptions *o,
                          Error **errp)
{
    uint64_t bits = info->range_bitmap | o->bandwidth;
    int low, width;

    info->base = info->base ?: 1;
    if (!o->bandwidth) {
        return true;
    }
    low = ctz64(bits);
    width = 64 - clz64(bits) - low;
    if (width > UINT16_BITS || o->bandwidth >> low >= UINT16_MAX) {
        error_setg(errp,
                   "Bandwidth %" PRIu64 " between initiator=%d "
                   "and target=%d should not differ from previously "
                   "entered values on more than %d",
                   o->bandwidth, o->initiator, o->target, UINT16_MAX - 1);
        return false;
    }
    info->base = UINT64_C(1) << low;
    info->range_bitmap = bits;
    return true;
}

void parse_numa_hmat_lb(NumaState *numa_state, NumaHmatLBOptions *node,
                        Error **errp)
{
    bool latency = node->data_type <= HMAT_LB_DATA_TYPE_WRITE_LATENCY;
    HMAT_LB_Data data = { .initiator = node->initiator,
                          .target = node->target };
    HMAT_LB_Info **slot, *info;

    if (!check_nodes(numa_state, node, errp)) {
        return;
    }
    slot = &numa_state->hmat_lb[node->hierarchy][node->data_type];
    if (!*slot) {
        *slot = g_new0(HMAT_LB_Info, 1);
        (*slot)->list = g_array_new(false, true, sizeof(HMAT_LB_Data));
    }
    info = *slot;
    info->hierarchy = node->hierarchy;
    info->data_type = node->data_type;

    if (!check_kind(node, latency, errp)) {
        return;
    }
    if (!latency && !QEMU_IS_ALIGNED(node->bandwidth, MiB)) {
        error_setg(errp,
                   "Bandwidth %" PRIu64 " between initiator=%d and "
                   "target=%d should be 1MB aligned",
                   node->bandwidth, node->initiator, node->target);
        return;
    }
    if (!check_new(info, node, latency, errp) ||
        !(latency ? fit_latency : fit_bandwidth)(info, node, errp)) {
        return;
    }
    data.data = latency ? node->latency : node->bandwidth;
    if (data.data) {
        numa_state->nodes[node->target].lb_info_provided |=
            latency ? BIT(0) : BIT(1);
    }
    g_array_append_val(info->list, data);
}

/* A cache is larger than the one before it, and smaller than the next. */
static bool check_size(NumaHmatCacheOptions *const *caches,
                       const NumaHmatCacheOptions *o, Error **errp)
{
    const NumaHmatCacheOptions *below = caches[o->level - 1];
    const NumaHmatCacheOptions *above =
        o->level < HMAT_LB_LEVELS - 1 ? caches[o->level + 1] : NULL;

    if (o->level > 1 && !below) {
        error_setg(errp, "Cache level=%u shall be defined first", o->level - 1);
        return false;
    }
    if (o->level > 1 && o->size <= below->size) {
        error_setg(errp,
                   "Invalid size=%" PRIu64 ", the size of level=%" PRIu8
                   " should be larger than the size(%" PRIu64 ") of level=%u",
                   o->size, o->level, below->size, o->level - 1);
        return false;
    }
    if (above && o->size >= above->size) {
        error_setg(errp,
                   "Invalid size=%" PRIu64 ", the size of level=%" PRIu8
                   " should be less than the size(%" PRIu64 ") of level=%u",
                   o->size, o->level, above->size, o->level + 1);
        return false;
    }
    return true;
}

void parse_numa_hmat_cache(MachineState *ms, NumaHmatCacheOptions *node,
                           Error **errp)
{
    NumaState *numa = ms->numa_state;
    NumaHmatCacheOptions **caches;

    if (node->node_id >= numa->num_nodes) {
        error_setg(errp,
                   "Invalid node-id=%" PRIu32 ", it should be less than %d",
                   node->node_id, numa->num_nodes);
        return;
    }
    if (numa->nodes[node->node_id].lb_info_provided != (BIT(0) | BIT(1))) {
        error_setg(errp,
                   "The latency and bandwidth information of node-id=%" PRIu32
                   " should be provided before memory side cache attributes",
                   node->node_id);
        return;
    }
    if (node->level < 1 || node->level >= HMAT_LB_LEVELS) {
        error_setg(errp,
                   "Invalid level=%" PRIu8 ", it should be larger than 0 "
                   "and less than or equal to %d",
                   node->level, HMAT_LB_LEVELS - 1);
        return;
    }
    caches = numa->hmat_cache[node->node_id];
    if (caches[node->level]) {
        error_setg(errp,
                   "Duplicate configuration of the side cache for "
                   "node-id=%" PRIu32 " and level=%" PRIu8,
                   node->node_id, node->level);
        return;
    }
    if (check_size(caches, node, errp)) {
        caches[node->level] = g_memdup2(node, sizeof(*node));
    }
}
