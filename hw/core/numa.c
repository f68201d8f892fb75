/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -numa: the nodes of the guest, their memory and distances. CPUs are put into
 * nodes in numa-cpus.c; latencies, bandwidths and caches are in numa-hmat.c.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "machine-internal.h"
#include "memory/region.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-visit-machine.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "system/hostmem.h"
#include "system/numa.h"
#include "system/qtest.h"

QemuOptsList qemu_numa_opts = {
    .name = "numa",
    .implied_opt_name = "type",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_numa_opts.head),
    .desc = { { 0 } }, /* the visitor checks */
};

/* Which ways to give a node memory have been used: never both. */
static bool any_memdev, any_mem;
/* The highest node's number, plus one. */
static int nodes_end;

bool numa_uses_legacy_mem(void)
{
    return !any_memdev;
}

/* Nodes */

static bool add_initiator(NumaState *numa, NodeInfo *node,
                          const NumaNodeOptions *o, Error **errp)
{
    node->initiator = MAX_NODES;
    if (!o->has_initiator) {
        return true;
    }
    if (!numa->hmat_enabled) {
        error_setg(errp, NUMA_HMAT_DISABLED);
        return false;
    }
    if (o->initiator >= MAX_NODES) {
        error_setg(errp,
                   "The initiator id %" PRIu16 " expects an integer between 0 "
                   "and %d",
                   o->initiator, MAX_NODES - 1);
        return false;
    }
    node->initiator = o->initiator;
    return true;
}

static bool add_cpus(MachineState *ms, int nodenr, uint16List *cpus,
                     Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    for (; cpus; cpus = cpus->next) {
        CpuInstanceProperties props;

        if (cpus->value >= ms->smp.max_cpus) {
            error_setg(errp,
                       "CPU index (%" PRIu16 ") should be smaller than "
                       "maxcpus (%d)",
                       cpus->value, ms->smp.max_cpus);
            return false;
        }
        props = mc->cpu_index_to_instance_props(ms, cpus->value);
        props.has_node_id = true;
        props.node_id = nodenr;
        machine_set_cpu_numa_node(ms, &props, errp);
        if (*errp) {
            return false;
        }
    }
    return true;
}

static bool add_memory(MachineState *ms, NodeInfo *node,
                       const NumaNodeOptions *o, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    Object *backend;

    any_memdev |= o->memdev != NULL;
    any_mem |= o->has_mem;
    if ((o->has_mem || o->memdev) && any_mem && any_memdev) {
        error_setg(errp, "numa configuration should use either mem= or memdev=,"
                         "mixing both is not allowed");
        return false;
    }
    if (o->has_mem) {
        if (!mc->numa_mem_supported) {
            error_setg(errp, "Parameter -numa node,mem is not supported by this"
                             " machine type");
            error_append_hint(errp, "Use -numa node,memdev instead\n");
            return false;
        }
        node->node_mem = o->mem;
        if (!qtest_enabled()) {
            warn_report("Parameter -numa node,mem is deprecated,"
                        " use -numa node,memdev instead");
        }
    }
    if (o->memdev) {
        backend =
            object_resolve_path_type(o->memdev, TYPE_MEMORY_BACKEND, NULL);
        if (!backend) {
            error_setg(errp, "memdev=%s is ambiguous", o->memdev);
            return false;
        }
        object_ref(backend);
        node->node_memdev = MEMORY_BACKEND(backend);
        node->node_mem = node->node_memdev->size;
    }
    return true;
}

static void add_node(MachineState *ms, NumaNodeOptions *o, Error **errp)
{
    NumaState *numa = ms->numa_state;
    uint16_t nr = o->has_nodeid ? o->nodeid : numa->num_nodes;
    NodeInfo *node = &numa->nodes[MIN(nr, MAX_NODES - 1)];

    if (nr >= MAX_NODES) {
        error_setg(errp, "Max number of NUMA nodes reached: %" PRIu16, nr);
        return;
    }
    if (node->present) {
        error_setg(errp, "Duplicate NUMA nodeid: %" PRIu16, nr);
        return;
    }
    if (!add_initiator(numa, node, o, errp) ||
        !add_cpus(ms, nr, o->cpus, errp) || !add_memory(ms, node, o, errp)) {
        return;
    }
    node->present = true;
    numa->num_nodes++;
    nodes_end = MAX(nodes_end, nr + 1);
}

/* Distances */

static void set_distance(MachineState *ms, const NumaDistOptions *o,
                         Error **errp)
{
    NodeInfo *nodes = ms->numa_state->nodes;

    if (o->src >= MAX_NODES || o->dst >= MAX_NODES) {
        error_setg(errp, "Parameter '%s' expects an integer between 0 and %d",
                   o->src >= MAX_NODES ? "src" : "dst", MAX_NODES - 1);
    } else if (!nodes[o->src].present || !nodes[o->dst].present) {
        error_setg(errp, "Source/Destination NUMA node is missing. "
                         "Please use '-numa node' option to declare it first.");
    } else if (o->val < NUMA_DISTANCE_MIN) {
        error_setg(errp,
                   "NUMA distance (%" PRIu8 ") is invalid, "
                   "it shouldn't be less than %d.",
                   o->val, NUMA_DISTANCE_MIN);
    } else if (o->src == o->dst && o->val != NUMA_DISTANCE_MIN) {
        error_setg(errp, "Local distance of node %d should be %d.", o->src,
                   NUMA_DISTANCE_MIN);
    } else {
        nodes[o->src].distance[o->dst] = o->val;
        ms->numa_state->have_numa_distance = true;
    }
}

/*
 * Each pair needs a distance in one direction at least; if one pair has two
 * different ones, all need both.
 */
static void check_distances(const NumaState *numa)
{
    bool asymmetric = false, one_way = false;

    for (int a = 0; a < numa->num_nodes; a++) {
        for (int b = a + 1; b < numa->num_nodes; b++) {
            int there = numa->nodes[a].distance[b];
            int back = numa->nodes[b].distance[a];

            if (!there && !back) {
                error_report("The distance between node %d and %d is missing, "
                             "at least one distance value between each nodes "
                             "should be provided.",
                             a, b);
                exit(EXIT_FAILURE);
            }
            one_way |= !there || !back;
            asymmetric |= there && back && there != back;
        }
    }
    if (asymmetric && one_way) {
        error_report("At least one asymmetrical pair of distances is given, "
                     "please provide distances for both directions of all node "
                     "pairs.");
        exit(EXIT_FAILURE);
    }
}

static void complete_distances(NumaState *numa)
{
    for (int a = 0; a < numa->num_nodes; a++) {
        for (int b = 0; b < numa->num_nodes; b++) {
            uint8_t *d = &numa->nodes[a].distance[b];

            if (a == b) {
                *d = NUMA_DISTANCE_MIN;
            } else if (!*d) {
                *d = numa->nodes[b].distance[a];
            }
        }
    }
}

/* The options */

static void set_cpu_node(MachineState *ms, NumaCpuOptions *o, Error **errp)
{
    if (!o->has_node_id) {
        error_setg(errp, "Missing mandatory node-id property");
    } else if (o->node_id < 0 || o->node_id >= MAX_NODES ||
               !ms->numa_state->nodes[o->node_id].present) {
        error_setg(errp,
                   "Invalid node-id=%" PRId64 ", NUMA node must be "
                   "defined with -numa node,nodeid=ID before it's used with "
                   "-numa cpu,node-id=ID",
                   o->node_id);
    } else {
        machine_set_cpu_numa_node(ms, qapi_NumaCpuOptions_base(o), errp);
    }
}

void set_numa_options(MachineState *ms, NumaOptions *object, Error **errp)
{
    if (!ms->numa_state) {
        error_setg(errp, "NUMA is not supported by this machine-type");
        return;
    }
    if ((object->type == NUMA_OPTIONS_TYPE_HMAT_LB ||
         object->type == NUMA_OPTIONS_TYPE_HMAT_CACHE) &&
        !ms->numa_state->hmat_enabled) {
        error_setg(errp, NUMA_HMAT_DISABLED);
        return;
    }
    switch (object->type) {
    case NUMA_OPTIONS_TYPE_NODE:
        add_node(ms, &object->u.node, errp);
        break;
    case NUMA_OPTIONS_TYPE_DIST:
        set_distance(ms, &object->u.dist, errp);
        break;
    case NUMA_OPTIONS_TYPE_CPU:
        set_cpu_node(ms, &object->u.cpu, errp);
        break;
    case NUMA_OPTIONS_TYPE_HMAT_LB:
        parse_numa_hmat_lb(ms->numa_state, &object->u.hmat_lb, errp);
        break;
    case NUMA_OPTIONS_TYPE_HMAT_CACHE:
        parse_numa_hmat_cache(ms, &object->u.hmat_cache, errp);
        break;
    default:
        g_assert_not_reached();
    }
}

void qmp_set_numa_node(NumaOptions *cmd, Error **errp)
{
    if (phase_check(PHASE_MACHINE_INITIALIZED)) {
        error_setg(errp, "The command is permitted only before the machine has "
                         "been created");
        return;
    }
    set_numa_options(MACHINE(qdev_get_machine()), cmd, errp);
}

static int parse_numa(void *opaque, QemuOpts *opts, Error **errp)
{
    ERRP_GUARD();
    Visitor *v = opts_visitor_new(opts);
    NumaOptions *object = NULL;
    bool ok = visit_type_NumaOptions(v, NULL, &object, errp);

    visit_free(v);
    if (ok && object->type == NUMA_OPTIONS_TYPE_NODE &&
        object->u.node.has_mem) {
        /* A number alone is of MiB here. */
        const char *mem = qemu_opt_get(opts, "mem");
        int ret = qemu_strtosz_MiB(mem, NULL, &object->u.node.mem);

        if (ret < 0) {
            error_setg_errno(errp, -ret, "could not parse memory size '%s'",
                             mem);
        }
    }
    if (!*errp) {
        set_numa_options(opaque, object, errp);
    }
    qapi_free_NumaOptions(object);
    return *errp ? -1 : 0;
}

void parse_numa_opts(MachineState *ms)
{
    qemu_opts_foreach(qemu_find_opts("numa"), parse_numa, ms, &error_fatal);
}

/* When all are there */

/* A machine that must have a node although the user gave none. */
static bool needs_node(const MachineState *ms)
{
    const MachineClass *mc = MACHINE_GET_CLASS(ms);

    return ms->numa_state->num_nodes == 0 &&
           (mc->auto_enable_numa ||
            (ms->ram_slots && mc->auto_enable_numa_with_memhp) ||
            (ms->maxram_size > ms->ram_size &&
             mc->auto_enable_numa_with_memdev));
}

static void check_nodes(const MachineState *ms)
{
    const NodeInfo *nodes = ms->numa_state->nodes;
    uint64_t total = 0;

    for (int i = nodes_end - 1; i >= 0; i--) {
        if (!nodes[i].present) {
            error_report("numa: Node ID missing: %d", i);
            exit(EXIT_FAILURE);
        }
        total += nodes[i].node_mem;
    }
    if (nodes_end && total != ms->ram_size) {
        error_report("total memory for NUMA nodes (0x%" PRIx64 ")"
                     " should equal RAM size (0x" RAM_ADDR_FMT ")",
                     total, ms->ram_size);
        exit(EXIT_FAILURE);
    }
}

static void make_ram_of_nodes(MachineState *ms)
{
    hwaddr addr = 0;

    if (ms->memdev) {
        error_report("'-machine memory-backend' and '-numa memdev'"
                     " properties are mutually exclusive");
        exit(EXIT_FAILURE);
    }
    ms->ram = g_new(MemoryRegion, 1);
    memory_region_init(ms->ram, OBJECT(ms),
                       MACHINE_GET_CLASS(ms)->default_ram_id, ms->ram_size);
    for (int i = 0; i < ms->numa_state->num_nodes; i++) {
        NodeInfo *node = &ms->numa_state->nodes[i];

        if (node->node_memdev) {
            memory_region_add_subregion(
                ms->ram, addr, machine_consume_memdev(ms, node->node_memdev));
            addr += node->node_mem;
        }
    }
}

void numa_complete_configuration(MachineState *ms)
{
    NumaState *numa = ms->numa_state;

    if (needs_node(ms)) {
        NumaNodeOptions node = { 0 };

        add_node(ms, &node, &error_abort);
        numa->nodes[0].node_mem = ms->ram_size;
    }
    check_nodes(ms);
    if (!numa->num_nodes) {
        return;
    }
    if (any_memdev && MACHINE_GET_CLASS(ms)->default_ram_id) {
        make_ram_of_nodes(ms);
    }
    if (numa->have_numa_distance) {
        check_distances(numa);
        complete_distances(numa);
    }
}

void numa_state_free(NumaState *state)
{
    if (!state) {
        return;
    }
    for (int i = 0; i < MAX_NODES; i++) {
        if (state->nodes[i].node_memdev) {
            object_unref(OBJECT(state->nodes[i].node_memdev));
        }
        for (int level = 0; level < HMAT_LB_LEVELS; level++) {
            g_free(state->hmat_cache[i][level]);
        }
    }
    for (int level = 0; level < HMAT_LB_LEVELS; level++) {
        for (int type = 0; type < HMAT_LB_TYPES; type++) {
            HMAT_LB_Info *info = state->hmat_lb[level][type];

            if (info) {
                g_array_unref(info->list);
                g_free(info);
            }
        }
    }
    g_free(state);
}
