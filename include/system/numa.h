/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NUMA: the nodes of the guest, as a board keeps them, and the limits that
 * nodes of the host share with them. Node numbers run from 0 to MAX_NODES - 1.
 */
#ifndef SYSTEM_NUMA_H
#define SYSTEM_NUMA_H

#include "qapi/qapi-types-machine.h"
#include "qemu/bitmap.h"
#include "qemu/option.h"
#include "qemu/typedefs.h"

struct CPUArchId;

#define MAX_NODES            128
#define NUMA_NODE_UNASSIGNED MAX_NODES /* a CPU that is in no node yet */

/* Distances between nodes: ACPI 6.5, 5.2.17 (SLIT). */
#define NUMA_DISTANCE_MIN         10
#define NUMA_DISTANCE_DEFAULT     20
#define NUMA_DISTANCE_MAX         254
#define NUMA_DISTANCE_UNREACHABLE 255

/* Whose latency or bandwidth it is: ACPI 6.5, 5.2.28.4. */
enum {
    HMAT_LB_MEM_MEMORY = 0,
    HMAT_LB_MEM_CACHE_1ST_LEVEL = 1,
    HMAT_LB_MEM_CACHE_2ND_LEVEL = 2,
    HMAT_LB_MEM_CACHE_3RD_LEVEL = 3,
    HMAT_LB_LEVELS
};

/* What is given of it. */
enum {
    HMAT_LB_DATA_ACCESS_LATENCY = 0,
    HMAT_LB_DATA_READ_LATENCY = 1,
    HMAT_LB_DATA_WRITE_LATENCY = 2,
    HMAT_LB_DATA_ACCESS_BANDWIDTH = 3,
    HMAT_LB_DATA_READ_BANDWIDTH = 4,
    HMAT_LB_DATA_WRITE_BANDWIDTH = 5,
    HMAT_LB_TYPES
};

#define UINT16_BITS 16

/* One node. Its memory is a size or a backend. */
typedef struct NodeInfo {
    uint64_t node_mem; /* bytes */
    struct HostMemoryBackend *node_memdev;
    bool present;
    bool has_cpu;
    bool has_gi; /* a generic initiator, which is no CPU */
    uint8_t lb_info_provided;
    uint16_t initiator; /* the node whose CPUs are nearest */
    uint8_t distance[MAX_NODES];
} NodeInfo;

/* How much memory a node has, in bytes. */
typedef struct NumaNodeMem {
    uint64_t node_mem;
    uint64_t node_plugged_mem; /* of this, added at run time */
} NumaNodeMem;

typedef struct HMAT_LB_Data {
    uint8_t initiator;
    uint8_t target;
    uint64_t data;
} HMAT_LB_Data;

/* Latencies or bandwidths of one kind. */
typedef struct HMAT_LB_Info {
    uint8_t hierarchy;
    uint8_t data_type;
    uint64_t range_bitmap;
    uint64_t base; /* the unit of all that is in the list */
    GArray *list;  /* of HMAT_LB_Data */
} HMAT_LB_Info;

typedef struct NumaState {
    int num_nodes;
    bool have_numa_distance;
    bool hmat_enabled;
    NodeInfo nodes[MAX_NODES];
    HMAT_LB_Info *hmat_lb[HMAT_LB_LEVELS][HMAT_LB_TYPES];
    NumaHmatCacheOptions *hmat_cache[MAX_NODES][HMAT_LB_LEVELS];
} NumaState;

extern QemuOptsList qemu_numa_opts;

/* Whether no node has a memory backend of its own. */
bool numa_uses_legacy_mem(void);

/*
 * One option -numa, checked, into ms->numa_state, to which the machine's class
 * must have given nodes (cpu_index_to_instance_props). In the order of the
 * command line: nodes come before what names them.
 */
void set_numa_options(MachineState *ms, NumaOptions *object, Error **errp);
/* All options -numa; a mistake ends the program. */
void parse_numa_opts(MachineState *ms);
void parse_numa_hmat_lb(NumaState *numa_state, NumaHmatLBOptions *node,
                        Error **errp);
void parse_numa_hmat_cache(MachineState *ms, NumaHmatCacheOptions *node,
                           Error **errp);

/*
 * When all options are known: checks that they are complete, fills in what
 * follows, and makes ms->ram of the nodes' backends. A mistake ends the program.
 */
void numa_complete_configuration(MachineState *ms);
/* Ours: then gives a node to the CPU slots that have none. */
void numa_complete_cpus(MachineState *ms);

/*
 * Adds the memory of each node to @node_mem (num_nodes of them), and what
 * memory devices have plugged (hw/mem/memory-device.c).
 */
void query_numa_node_mem(NumaNodeMem node_mem[], MachineState *ms);

/*
 * A CPU goes into @slot: its property node-id becomes the slot's, or must be it
 */
void numa_cpu_pre_plug(const struct CPUArchId *slot, DeviceState *dev,
                       Error **errp);

#endif
