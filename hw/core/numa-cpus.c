/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which node each CPU slot of the machine is in.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "system/numa.h"
#include "system/qtest.h"

/* An id of a slot's place: which, and where it is in the structure. */
typedef struct PlaceId {
    const char *name;
    size_t has;
    size_t id;
} PlaceId;

#define PLACE_ID(name, field)                                                  \
    {                                                                          \
        name, offsetof(CpuInstanceProperties, has_##field),                    \
            offsetof(CpuInstanceProperties, field)                             \
    }

/* In the order in which a slot's place is written. */
static const PlaceId place_ids[] = {
    PLACE_ID("socket-id", socket_id),   PLACE_ID("die-id", die_id),
    PLACE_ID("cluster-id", cluster_id), PLACE_ID("module-id", module_id),
    PLACE_ID("core-id", core_id),       PLACE_ID("thread-id", thread_id),
};

static bool has_id(const CpuInstanceProperties *p, const PlaceId *i)
{
    return *(const bool *)((const char *)p + i->has);
}

static int64_t get_id(const CpuInstanceProperties *p, const PlaceId *i)
{
    return *(const int64_t *)((const char *)p + i->id);
}

/* Ids that the machine's slots do not have are an error, from the innermost. */
static bool check_ids(const CpuInstanceProperties *props,
                      const CpuInstanceProperties *slot, Error **errp)
{
    for (int i = ARRAY_SIZE(place_ids) - 1; i >= 0; i--) {
        if (has_id(props, &place_ids[i]) && !has_id(slot, &place_ids[i])) {
            error_setg(errp, "%s is not supported", place_ids[i].name);
            return false;
        }
    }
    return true;
}

static bool matches(const CpuInstanceProperties *props,
                    const CpuInstanceProperties *slot)
{
    for (size_t i = 0; i < ARRAY_SIZE(place_ids); i++) {
        if (has_id(props, &place_ids[i]) &&
            get_id(props, &place_ids[i]) != get_id(slot, &place_ids[i])) {
            return false;
        }
    }
    return true;
}

/* A node with a CPU is its own initiator. */
static bool set_initiator(NumaState *numa, int64_t nr, Error **errp)
{
    NodeInfo *node = &numa->nodes[nr];

    if (!numa->hmat_enabled) {
        return true;
    }
    if (node->initiator < MAX_NODES && node->initiator != nr) {
        error_setg(errp,
                   "The initiator of CPU NUMA node %" PRId64
                   " should be itself (got %" PRIu16 ")",
                   nr, node->initiator);
        return false;
    }
    node->has_cpu = true;
    node->initiator = nr;
    return true;
}

void machine_set_cpu_numa_node(MachineState *machine,
                               const CpuInstanceProperties *props, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    bool any = false;

    if (!mc->possible_cpu_arch_ids) {
        error_setg(errp, "mapping of CPUs to NUMA node is not supported");
        return;
    }
    assert(props->has_node_id);
    mc->possible_cpu_arch_ids(machine); /* makes the slots */
    for (int i = 0; i < machine->possible_cpus->len; i++) {
        CpuInstanceProperties *slot = &machine->possible_cpus->cpus[i].props;

        if (!check_ids(props, slot, errp)) {
            return;
        }
        if (!matches(props, slot)) {
            continue;
        }
        if (slot->has_node_id && slot->node_id != props->node_id) {
            error_setg(errp, "CPU is already assigned to node-id: %" PRId64,
                       slot->node_id);
            return;
        }
        any = true;
        slot->has_node_id = true;
        slot->node_id = props->node_id;
        if (!set_initiator(machine->numa_state, props->node_id, errp)) {
            return;
        }
    }
    if (!any) {
        error_setg(errp, "no match found");
    }
}

static void describe_place(GString *s, const CpuInstanceProperties *props)
{
    const char *separator = "";

    for (size_t i = 0; i < ARRAY_SIZE(place_ids); i++) {
        if (has_id(props, &place_ids[i])) {
            g_string_append_printf(s, "%s%s: %" PRId64, separator,
                                   place_ids[i].name,
                                   get_id(props, &place_ids[i]));
            separator = ", ";
        }
    }
}

static void check_initiators(const NumaState *numa)
{
    for (int i = 0; i < numa->num_nodes; i++) {
        uint16_t initiator = numa->nodes[i].initiator;

        if (initiator == MAX_NODES) {
            continue;
        }
        if (!numa->nodes[initiator].present) {
            error_report("NUMA node %" PRIu16 " is missing, use "
                         "'-numa node' option to declare it first",
                         initiator);
            exit(EXIT_FAILURE);
        }
        if (!numa->nodes[initiator].has_cpu) {
            error_report("The initiator of NUMA node %d is invalid", i);
            exit(EXIT_FAILURE);
        }
    }
}

/* Linux cannot make scheduling domains of a cluster in two nodes. */
static void warn_clusters(MachineState *ms)
{
    const CPUArchIdList *slots = ms->possible_cpus;

    for (int i = 0; i < slots->len; i++) {
        for (int j = i + 1; j < slots->len; j++) {
            const CpuInstanceProperties *a = &slots->cpus[i].props;
            const CpuInstanceProperties *b = &slots->cpus[j].props;

            if (a->has_socket_id && b->has_socket_id && a->has_cluster_id &&
                b->has_cluster_id && a->has_node_id && b->has_node_id &&
                a->socket_id == b->socket_id &&
                a->cluster_id == b->cluster_id && a->node_id != b->node_id) {
                warn_report("CPU-%d and CPU-%d in socket-%" PRId64
                            "-cluster-%" PRId64 " have been associated with "
                            "node-%" PRId64 " and node-%" PRId64
                            " respectively. It can cause OSes like Linux to"
                            " misbehave",
                            i, j, a->socket_id, a->cluster_id, a->node_id,
                            b->node_id);
            }
        }
    }
}

/*
 * Slots without a node: if there is no other, the board says where they are;
 * else they are in node 0.
 */
static void fill_in(MachineState *ms, GString *missing)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    const CPUArchIdList *slots = mc->possible_cpu_arch_ids(ms);
    bool none = true;

    for (int i = 0; i < slots->len; i++) {
        none &= !slots->cpus[i].props.has_node_id;
    }
    for (int i = 0; i < slots->len; i++) {
        CpuInstanceProperties props = slots->cpus[i].props;

        if (props.has_node_id) {
            continue;
        }
        if (!none) {
            g_string_append_printf(missing, "%sCPU %d [",
                                   missing->len ? ", " : "", i);
            describe_place(missing, &props);
            g_string_append_c(missing, ']');
        }
        props.has_node_id = true;
        props.node_id = none ? mc->get_default_cpu_node_id(ms, i) : 0;
        machine_set_cpu_numa_node(ms, &props, &error_fatal);
    }
}

void numa_complete_cpus(MachineState *ms)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    g_autoptr(GString) missing = g_string_new(NULL);

    fill_in(ms, missing);
    if (ms->numa_state->hmat_enabled) {
        check_initiators(ms->numa_state);
    }
    if (qtest_enabled()) {
        return;
    }
    if (missing->len) {
        warn_report("CPU(s) not present in any NUMA nodes: %s", missing->str);
        warn_report("All CPU(s) up to maxcpus should be described "
                    "in NUMA config, ability to start up with partial NUMA "
                    "mappings is obsoleted and will be removed in future");
    }
    if (mc->cpu_cluster_has_numa_boundary && ms->numa_state->num_nodes > 1) {
        warn_clusters(ms);
    }
}

void numa_cpu_pre_plug(const CPUArchId *slot, DeviceState *dev, Error **errp)
{
    int node_id = object_property_get_int(OBJECT(dev), "node-id", &error_abort);

    if (node_id == -1) {
        if (slot->props.has_node_id) {
            object_property_set_int(OBJECT(dev), "node-id", slot->props.node_id,
                                    errp);
        }
    } else if (node_id != slot->props.node_id) {
        error_setg(errp, "invalid node-id, must be %" PRId64,
                   slot->props.node_id);
    }
}
