/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets and NUMA nodes of RISC-V boards. Each NUMA node is one socket, with
 * its own interrupt controllers; without -numa there is one socket that has all
 * harts and all RAM, whatever -smp says about sockets. The harts of a socket
 * have consecutive ids, and its RAM lies behind that of the sockets before it.
 */
#ifndef RISCV_NUMA_H
#define RISCV_NUMA_H

#include "hw/boards.h"
#include "hw/sysbus.h"
#include "system/numa.h"

/* How many sockets there are: at least one. */
int riscv_socket_count(const MachineState *ms);

/*
 * The first and the last hart id of a socket, and how many harts it has.
 * Negative if there is no such socket or it has no hart.
 */
int riscv_socket_first_hartid(const MachineState *ms, int socket_id);
int riscv_socket_last_hartid(const MachineState *ms, int socket_id);
int riscv_socket_hart_count(const MachineState *ms, int socket_id);

/* Whether all ids from the first to the last are this socket's. */
bool riscv_socket_check_hartids(const MachineState *ms, int socket_id);

/* A socket's RAM: its offset from the first byte of RAM, and its size. */
uint64_t riscv_socket_mem_offset(const MachineState *ms, int socket_id);
uint64_t riscv_socket_mem_size(const MachineState *ms, int socket_id);

/* Adds "numa-node-id" to a node of ms->fdt, if the machine has NUMA nodes. */
void riscv_socket_fdt_write_id(const MachineState *ms, const char *node_name,
                               int socket_id);
/* Adds /distance-map to ms->fdt, if distances were given. */
void riscv_socket_fdt_write_distance_matrix(const MachineState *ms);

/* The methods of MachineClass with these names. */
CpuInstanceProperties
riscv_numa_cpu_index_to_props(MachineState *ms, unsigned cpu_index);
int64_t riscv_numa_get_default_cpu_node_id(const MachineState *ms, int idx);
const CPUArchIdList *riscv_numa_possible_cpu_arch_ids(MachineState *ms);

#endif
