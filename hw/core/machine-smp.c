/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU topology of a machine from what -smp says.
 *
 * Eight levels, from drawers down to threads; their product is the number of
 * CPUs at most. What was left out is 1, except one level, which takes up what
 * the number of CPUs leaves.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"

enum {
    DRAWERS,
    BOOKS,
    SOCKETS,
    DIES,
    CLUSTERS,
    MODULES,
    CORES,
    THREADS,
    LEVELS
};

typedef struct Level {
    const char *name;
    bool given;
    bool supported;
    uint64_t count; /* 0: to be found out */
} Level;

/* More than any machine has; products stop here instead of overflowing. */
#define MANY (UINT64_C(1) << 32)

static uint64_t product(const Level *level)
{
    uint64_t total = 1;

    for (int i = 0; i < LEVELS; i++) {
        uint64_t count = level[i].count ?: 1;

        total = count > MANY / total ? MANY : total * count;
    }
    return total;
}

/* Gives the first level in @order that is open what @cpus leaves for it. */
static void take_up_rest(Level *level, const int *order, uint64_t cpus)
{
    for (int i = 0; i < 3; i++) {
        if (!level[order[i]].count) {
            level[order[i]].count = cpus / product(level);
            /* The rest is 1 by now: a level of 0 stays wrong, for the error */
            for (i++; i < 3; i++) {
                level[order[i]].count = level[order[i]].count ?: 1;
            }
        }
    }
}

static char *describe(const Level *level)
{
    GString *s = g_string_new(NULL);

    for (int i = 0; i < LEVELS; i++) {
        if (level[i].supported) {
            g_string_append_printf(s, "%s%s (%" PRIu64 ")", s->len ? " * " : "",
                                   level[i].name, level[i].count);
        }
    }
    return g_string_free(s, FALSE);
}

static void read_levels(Level *level, const SMPConfiguration *c,
                        const SMPCompatProps *props)
{
#define LEVEL(index, field, supported_)                                        \
    level[index] = (Level){                                                    \
        .name = #field,                                                        \
        .given = c->has_##field,                                               \
        .supported = supported_,                                               \
        .count = c->has_##field ? c->field : 0,                                \
    }
    LEVEL(DRAWERS, drawers, props->drawers_supported);
    LEVEL(BOOKS, books, props->books_supported);
    LEVEL(SOCKETS, sockets, true);
    LEVEL(DIES, dies, props->dies_supported);
    LEVEL(CLUSTERS, clusters, props->clusters_supported);
    LEVEL(MODULES, modules, props->modules_supported);
    LEVEL(CORES, cores, true);
    LEVEL(THREADS, threads, true);
#undef LEVEL
}

static bool check_levels(const Level *level, const SMPConfiguration *c,
                         Error **errp)
{
    /* The order in which QEMU looks, for several mistakes at once */
    static const int optional[] = { MODULES, CLUSTERS, DIES, BOOKS, DRAWERS };
    bool zero = (c->has_cpus && !c->cpus) || (c->has_maxcpus && !c->maxcpus);

    for (int i = 0; i < LEVELS; i++) {
        zero |= level[i].given && !level[i].count;
    }
    if (zero) {
        error_setg(errp, "Invalid CPU topology: "
                         "CPU topology parameters must be greater than zero");
        return false;
    }
    for (int i = 0; i < ARRAY_SIZE(optional); i++) {
        const Level *l = &level[optional[i]];

        if (!l->supported && l->count > 1) {
            error_setg(errp,
                       "%s > 1 not supported by this machine's CPU topology",
                       l->name);
            return false;
        }
    }
    return true;
}

/* The first number of CPUs is 0 when it follows from the levels. */
static void fill_in(Level *level, uint64_t cpus, bool prefer_sockets)
{
    static const int cores_first[] = { CORES, SOCKETS, THREADS };
    static const int sockets_first[] = { SOCKETS, CORES, THREADS };

    if (cpus) {
        take_up_rest(level, prefer_sockets ? sockets_first : cores_first, cpus);
    }
    for (int i = 0; i < LEVELS; i++) {
        bool open = i == SOCKETS || i == CORES || i == THREADS;

        if (!level[i].count && !(cpus && open)) {
            level[i].count = 1;
        }
    }
}

void machine_parse_smp_config(MachineState *ms, const SMPConfiguration *config,
                              Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    uint64_t cpus = config->has_cpus ? config->cpus : 0;
    uint64_t maxcpus = config->has_maxcpus ? config->maxcpus : cpus;
    Level level[LEVELS];
    uint64_t total = 1;

    read_levels(level, config, &mc->smp_props);
    if (!check_levels(level, config, errp)) {
        return;
    }
    fill_in(level, maxcpus, mc->smp_props.prefer_sockets);

    for (int i = 0; i < LEVELS; i++) {
        total = level[i].count ? total : 0;
    }
    total = total ? product(level) : 0;
    maxcpus = maxcpus ?: total;
    cpus = cpus ?: maxcpus;

    ms->smp = (CpuTopology){
        .cpus = cpus,
        .max_cpus = maxcpus,
        .drawers = level[DRAWERS].count,
        .books = level[BOOKS].count,
        .sockets = level[SOCKETS].count,
        .dies = level[DIES].count,
        .clusters = level[CLUSTERS].count,
        .modules = level[MODULES].count,
        .cores = level[CORES].count,
        .threads = level[THREADS].count,
    };
    mc->smp_props.has_clusters = config->has_clusters;

    if (total != maxcpus) {
        g_autofree char *text = describe(level);

        error_setg(errp,
                   "Invalid CPU topology: "
                   "product of the hierarchy must match maxcpus: "
                   "%s != maxcpus (%" PRIu64 ")",
                   text, maxcpus);
    } else if (maxcpus < cpus) {
        g_autofree char *text = describe(level);

        error_setg(errp,
                   "Invalid CPU topology: "
                   "maxcpus must be equal to or greater than smp: "
                   "%s == maxcpus (%" PRIu64 ") < smp_cpus (%" PRIu64 ")",
                   text, maxcpus, cpus);
    } else if (cpus < mc->min_cpus) {
        error_setg(errp,
                   "Invalid SMP CPUs %" PRIu64 ". The min CPUs "
                   "supported by machine '%s' is %d",
                   cpus, mc->name, mc->min_cpus);
    } else if (maxcpus > mc->max_cpus) {
        error_setg(errp,
                   "Invalid SMP CPUs %" PRIu64 ". The max CPUs "
                   "supported by machine '%s' is %d",
                   maxcpus, mc->name, mc->max_cpus);
    }
}

unsigned int machine_topo_get_cores_per_socket(const MachineState *ms)
{
    return ms->smp.cores * ms->smp.modules * ms->smp.clusters * ms->smp.dies;
}

unsigned int machine_topo_get_threads_per_socket(const MachineState *ms)
{
    return ms->smp.threads * machine_topo_get_cores_per_socket(ms);
}
