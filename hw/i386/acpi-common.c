/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MADT (ACPI 6.5, 5.2.12) and SRAT (5.2.16) of PCs. */
#include "qemu/osdep.h"
#include "acpi-common.h"
#include "hw/acpi/aml-build.h"
#include "hw/mem/memory-device.h"
#include "system/numa.h"

#define APIC_ADDRESS  0xfee00000
#define XAPIC_IDS     255 /* below: what 8 bits can say */
#define NMI_LINT      1
#define ACTIVE_HIGH   1
#define LEVEL         (3 << 2)
#define ENTRY_ENABLED 1

enum {
    MADT_LOCAL_APIC = 0,
    MADT_IO_APIC = 1,
    MADT_OVERRIDE = 2,
    MADT_LOCAL_NMI = 4,
    MADT_LOCAL_X2APIC = 9,
    MADT_LOCAL_X2APIC_NMI = 10,
};

enum {
    SRAT_LOCAL_APIC = 0,
    SRAT_LOCAL_X2APIC = 2,
};

/* The two bytes that an entry begins with. */
static void begin_entry(GArray *table, uint8_t type, uint8_t length)
{
    build_append_int_noprefix(table, type, 1);
    build_append_int_noprefix(table, length, 1);
}

/* ---- MADT ---------------------------------------------------------------- */

/* A CPU that is not there is in the table, too, so that it can come. */
void pc_madt_cpu_entry(int uid, const CPUArchIdList *apic_ids, GArray *entry,
                       bool force_enabled)
{
    const CPUArchId *cpu = &apic_ids->cpus[uid];
    uint32_t flags = cpu->cpu || force_enabled ? ENTRY_ENABLED : 0;

    if (cpu->arch_id < XAPIC_IDS) {
        begin_entry(entry, MADT_LOCAL_APIC, 8);
        build_append_int_noprefix(entry, uid, 1);
        build_append_int_noprefix(entry, cpu->arch_id, 1);
        build_append_int_noprefix(entry, flags, 4);
        return;
    }
    begin_entry(entry, MADT_LOCAL_X2APIC, 16);
    build_append_int_noprefix(entry, 0, 2);
    build_append_int_noprefix(entry, cpu->arch_id, 4);
    build_append_int_noprefix(entry, flags, 4);
    build_append_int_noprefix(entry, uid, 4);
}

static void append_ioapic(GArray *table, uint8_t id, uint32_t addr,
                          uint32_t gsi)
{
    begin_entry(table, MADT_IO_APIC, 12);
    build_append_int_noprefix(table, id, 1);
    build_append_int_noprefix(table, 0, 1);
    build_append_int_noprefix(table, addr, 4);
    build_append_int_noprefix(table, gsi, 4);
}

/* The line @irq of ISA is @gsi. */
static void append_override(GArray *table, uint8_t irq, uint32_t gsi,
                            uint16_t flags)
{
    begin_entry(table, MADT_OVERRIDE, 10);
    build_append_int_noprefix(table, 0, 1); /* ISA */
    build_append_int_noprefix(table, irq, 1);
    build_append_int_noprefix(table, gsi, 4);
    build_append_int_noprefix(table, flags, 2);
}

static void append_overrides(GArray *table, const X86MachineState *x86ms)
{
    if (X86_MACHINE_GET_CLASS(x86ms)->apic_xrupt_override) {
        append_override(table, 0, 2, 0);
    }
    for (int irq = 1; irq < ISA_NUM_IRQS; irq++) {
        if (x86ms->pci_irq_mask & (1 << irq)) {
            append_override(table, irq, irq, ACTIVE_HIGH | LEVEL);
        }
    }
}

/* NMIs come to LINT1 of all CPUs. */
static void append_nmi(GArray *table, bool x2apic)
{
    if (!x2apic) {
        begin_entry(table, MADT_LOCAL_NMI, 6);
        build_append_int_noprefix(table, UINT8_MAX, 1);
        build_append_int_noprefix(table, 0, 2);
        build_append_int_noprefix(table, NMI_LINT, 1);
        return;
    }
    begin_entry(table, MADT_LOCAL_X2APIC_NMI, 12);
    build_append_int_noprefix(table, 0, 2);
    build_append_int_noprefix(table, UINT32_MAX, 4);
    build_append_int_noprefix(table, NMI_LINT, 1);
    build_append_int_noprefix(table, 0, 3);
}

void acpi_build_madt(GArray *table_data, BIOSLinker *linker,
                     X86MachineState *x86ms, const char *oem_id,
                     const char *oem_table_id)
{
    MachineState *ms = MACHINE(x86ms);
    const CPUArchIdList *cpus =
        MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);
    bool x2apic = false;
    AcpiTable table = {
        .sig = "APIC", .rev = 3, .oem_id = oem_id, .oem_table_id = oem_table_id
    };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, APIC_ADDRESS, 4);
    /* Whether there are two 8259, which the guest is to mask. */
    build_append_int_noprefix(table_data, x86ms->pic != ON_OFF_AUTO_OFF, 4);
    for (int i = 0; i < cpus->len; i++) {
        pc_madt_cpu_entry(i, cpus, table_data, false);
        x2apic |= cpus->cpus[i].arch_id >= XAPIC_IDS;
    }
    append_ioapic(table_data, ACPI_BUILD_IOAPIC_ID, IO_APIC_DEFAULT_ADDRESS, 0);
    if (x86ms->ioapic2) {
        append_ioapic(table_data, ACPI_BUILD_IOAPIC_ID + 1,
                      IO_APIC_SECONDARY_ADDRESS, IO_APIC_SECONDARY_IRQBASE);
    }
    append_overrides(table_data, x86ms);
    append_nmi(table_data, x2apic);
    acpi_table_end(linker, &table);
}

/* ---- SRAT ---------------------------------------------------------------- */

static void append_cpu_node(GArray *table, const CPUArchId *cpu)
{
    uint32_t node = cpu->props.has_node_id ? cpu->props.node_id : 0;

    if (cpu->arch_id < XAPIC_IDS) {
        begin_entry(table, SRAT_LOCAL_APIC, 16);
        build_append_int_noprefix(table, node, 1);
        build_append_int_noprefix(table, cpu->arch_id, 1);
        build_append_int_noprefix(table, ENTRY_ENABLED, 4);
        build_append_int_noprefix(table, 0, 1); /* local SAPIC */
        build_append_int_noprefix(table, node >> 8, 3);
        build_append_int_noprefix(table, 0, 4); /* clock domain */
        return;
    }
    begin_entry(table, SRAT_LOCAL_X2APIC, 24);
    build_append_int_noprefix(table, 0, 2);
    build_append_int_noprefix(table, node, 4);
    build_append_int_noprefix(table, cpu->arch_id, 4);
    build_append_int_noprefix(table, ENTRY_ENABLED, 4);
    build_append_int_noprefix(table, 0, 4); /* clock domain */
    build_append_int_noprefix(table, 0, 4);
}

/*
 * The @size bytes of RAM that begin @offset bytes behind its start: on both
 * sides of the hole below 4 GiB.
 */
static void append_ram(GArray *table, const X86MachineState *x86ms,
                       uint64_t offset, uint64_t size, int node)
{
    uint64_t below = x86ms->below_4g_mem_size;
    uint64_t low = offset < below ? MIN(size, below - offset) : 0;

    if (low) {
        build_srat_memory(table, offset, low, node, MEM_AFFINITY_ENABLED);
        offset += low;
        size -= low;
    }
    if (size) {
        build_srat_memory(table, x86ms->above_4g_mem_start + offset - below,
                          size, node, MEM_AFFINITY_ENABLED);
    }
}

static void append_all_ram(GArray *table, const X86MachineState *x86ms)
{
    const MachineState *ms = MACHINE(x86ms);
    uint64_t offset = 0;

    if (!ms->numa_state->num_nodes) {
        append_ram(table, x86ms, 0, ms->ram_size, 0);
        return;
    }
    for (int i = 0; i < ms->numa_state->num_nodes; i++) {
        uint64_t size = ms->numa_state->nodes[i].node_mem;

        append_ram(table, x86ms, offset, size, i);
        offset += size;
    }
}

void x86_build_srat(GArray *table_data, BIOSLinker *linker,
                    X86MachineState *x86ms, const char *oem_id,
                    const char *oem_table_id)
{
    MachineState *ms = MACHINE(x86ms);
    const CPUArchIdList *cpus =
        MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);
    AcpiTable table = {
        .sig = "SRAT", .rev = 1, .oem_id = oem_id, .oem_table_id = oem_table_id
    };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, 1, 4);
    build_append_int_noprefix(table_data, 0, 8);
    for (int i = 0; i < cpus->len; i++) {
        append_cpu_node(table_data, &cpus->cpus[i]);
    }
    append_all_ram(table_data, x86ms);
    if (ms->device_memory) {
        build_srat_memory(table_data, ms->device_memory->base,
                          memory_region_size(&ms->device_memory->mr),
                          MAX(ms->numa_state->num_nodes, 1) - 1,
                          MEM_AFFINITY_HOTPLUGGABLE | MEM_AFFINITY_ENABLED);
    }
    acpi_table_end(linker, &table);
}
