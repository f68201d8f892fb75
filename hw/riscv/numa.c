/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets and NUMA nodes of RISC-V boards. */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/riscv/numa.h"
#include "system/device_tree.h"
#include "system/numa.h"

/* Properties of the NUMA binding of the Devicetree Specification. */
#define NUMA_DISTANCE_MAP "/distance-map"

static bool have_nodes(const MachineState *ms)
{
    return ms->numa_state && ms->numa_state->num_nodes > 0;
}

static bool socket_exists(const MachineState *ms, int socket_id)
{
    return socket_id >= 0 && socket_id < riscv_socket_count(ms);
}

static bool is_in_socket(const MachineState *ms, int cpu, int socket_id)
{
    return !have_nodes(ms) ||
           ms->possible_cpus->cpus[cpu].props.node_id == socket_id;
}

int riscv_socket_count(const MachineState *ms)
{
    return have_nodes(ms) ? ms->numa_state->num_nodes : 1;
}

int riscv_socket_first_hartid(const MachineState *ms, int socket_id)
{
    for (int i = 0; socket_exists(ms, socket_id) && i < ms->smp.cpus; i++) {
        if (is_in_socket(ms, i, socket_id)) {
            return i;
        }
    }
    return -1;
}

int riscv_socket_last_hartid(const MachineState *ms, int socket_id)
{
    for (int i = ms->smp.cpus; socket_exists(ms, socket_id) && i-- > 0;) {
        if (is_in_socket(ms, i, socket_id)) {
            return i;
        }
    }
    return -1;
}

int riscv_socket_hart_count(const MachineState *ms, int socket_id)
{
    int first = riscv_socket_first_hartid(ms, socket_id);

    if (first < 0) {
        return -1;
    }
    return riscv_socket_last_hartid(ms, socket_id) - first + 1;
}

bool riscv_socket_check_hartids(const MachineState *ms, int socket_id)
{
    int first = riscv_socket_first_hartid(ms, socket_id);
    int last = riscv_socket_last_hartid(ms, socket_id);

    if (first < 0) {
        return false;
    }
    for (int i = first; i <= last; i++) {
        if (!is_in_socket(ms, i, socket_id)) {
            return false;
        }
    }
    return true;
}

uint64_t riscv_socket_mem_size(const MachineState *ms, int socket_id)
{
    if (!socket_exists(ms, socket_id)) {
        return 0;
    }
    return have_nodes(ms) ? ms->numa_state->nodes[socket_id].node_mem
                          : ms->ram_size;
}

uint64_t riscv_socket_mem_offset(const MachineState *ms, int socket_id)
{
    uint64_t offset = 0;

    for (int i = 0; socket_exists(ms, socket_id) && i < socket_id; i++) {
        offset += riscv_socket_mem_size(ms, i);
    }
    return offset;
}

void riscv_socket_fdt_write_id(const MachineState *ms, const char *node_name,
                               int socket_id)
{
    if (have_nodes(ms)) {
        qemu_fdt_setprop_cell(ms->fdt, node_name, "numa-node-id", socket_id);
    }
}

void riscv_socket_fdt_write_distance_matrix(const MachineState *ms)
{
    int n = riscv_socket_count(ms);
    g_autofree uint32_t *matrix = NULL;
    uint32_t *cell;

    if (!have_nodes(ms) || !ms->numa_state->have_numa_distance) {
        return;
    }
    cell = matrix = g_new(uint32_t, 3 * n * n);
    for (int from = 0; from < n; from++) {
        for (int to = 0; to < n; to++) {
            *cell++ = cpu_to_be32(from);
            *cell++ = cpu_to_be32(to);
            *cell++ = cpu_to_be32(ms->numa_state->nodes[from].distance[to]);
        }
    }
    qemu_fdt_add_subnode(ms->fdt, NUMA_DISTANCE_MAP);
    qemu_fdt_setprop_string(ms->fdt, NUMA_DISTANCE_MAP, "compatible",
                            "numa-distance-map-v1");
    qemu_fdt_setprop(ms->fdt, NUMA_DISTANCE_MAP, "distance-matrix", matrix,
                     3 * n * n * sizeof(*matrix));
}

CpuInstanceProperties riscv_numa_cpu_index_to_props(MachineState *ms,
                                                    unsigned cpu_index)
{
    const CPUArchIdList *slots = riscv_numa_possible_cpu_arch_ids(ms);

    assert(cpu_index < slots->len);
    return slots->cpus[cpu_index].props;
}

/* Consecutive harts in each node, the same number of them. */
int64_t riscv_numa_get_default_cpu_node_id(const MachineState *ms, int idx)
{
    int nodes = riscv_socket_count(ms);
    int per_node = MAX(ms->smp.cpus / nodes, 1);

    if (nodes > ms->smp.cpus) {
        error_report("Number of NUMA nodes (%d) cannot exceed the number of "
                     "available CPUs (%u).",
                     nodes, ms->smp.cpus);
        exit(EXIT_FAILURE);
    }
    return have_nodes(ms) ? MIN(idx / per_node, nodes - 1) : 0;
}

const CPUArchIdList *riscv_numa_possible_cpu_arch_ids(MachineState *ms)
{
    int n = ms->smp.max_cpus;

    if (ms->possible_cpus) {
        return ms->possible_cpus;
    }
    ms->possible_cpus =
        g_malloc0(sizeof(CPUArchIdList) + sizeof(CPUArchId) * n);
    ms->possible_cpus->len = n;
    for (int i = 0; i < n; i++) {
        CPUArchId *slot = &ms->possible_cpus->cpus[i];

        slot->type = ms->cpu_type;
        slot->arch_id = i;
        slot->vcpus_count = 1;
        slot->props.has_core_id = true;
        slot->props.core_id = i;
    }
    return ms->possible_cpus;
}
