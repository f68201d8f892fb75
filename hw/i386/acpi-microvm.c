/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI of the board microvm: a hardware-reduced platform, whose devices are
 * fw_cfg, those on the ISA bus, the GED with power button, DIMM slots and CPU
 * slots, and the virtio-mmio slots that have a device.
 *
 * A firmware gets the tables and their script from fw_cfg. A kernel that starts
 * without one finds them between 0xe0000 and 0xfffff, where it would look itself
 * if it was not told.
 */
#include "qemu/osdep.h"
#include "acpi-microvm.h"
#include "acpi-common.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/acpi/pci.h"
#include "hw/acpi/utils.h"
#include "hw/loader.h"
#include "hw/sysbus.h"
#include "hw/virtio/virtio-acpi.h"
#include "hw/virtio/virtio-mmio.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "system/numa.h"

#define TABLES_START 0xe0000
#define TABLES_END   0x100000

#define DSDT_ALIGN 64

/* ---- DSDT ---------------------------------------------------------------- */

/* The data port lies within the selector's two. */
static void add_fw_cfg(Aml *scope)
{
    Aml *dev = aml_device("FWCF"), *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_string("QEMU0002")));
    aml_append(dev, aml_name_decl("_STA", aml_int(0xb)));
    aml_append(crs, aml_io(AML_DECODE16, 0x510, 0x510, 1, 4 + 8));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(scope, dev);
}

static void add_virtio(Aml *scope, const MicrovmMachineState *mms)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &sysbus_get_default()->children, sibling) {
        DeviceState *dev = kid->child;
        BusState *slot = QLIST_FIRST(&dev->child_bus);
        hwaddr addr;
        int n;

        if (!object_dynamic_cast(OBJECT(dev), TYPE_VIRTIO_MMIO) || !slot ||
            QTAILQ_EMPTY(&slot->children)) {
            continue;
        }
        addr = SYS_BUS_DEVICE(dev)->mmio[0].addr;
        n = (addr - VIRTIO_MMIO_BASE) / 512;
        virtio_acpi_dsdt_add(scope, addr, 512, mms->virtio_irq_base + n, n, 1);
    }
}

/* \_S5: what is to be written to power off. */
static Aml *sleep_states(void)
{
    Aml *scope = aml_scope("\\"), *package = aml_package(4);

    aml_append(package, aml_int(ACPI_GED_SLP_TYP_S5));
    for (int i = 0; i < 3; i++) {
        aml_append(package, aml_int(0));
    }
    aml_append(scope, aml_name_decl("_S5", package));
    return scope;
}

static void build_dsdt(GArray *table_data, BIOSLinker *linker,
                       MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    AcpiTable table = { .sig = "DSDT",
                        .rev = 2,
                        .oem_id = x86ms->oem_id,
                        .oem_table_id = x86ms->oem_table_id };
    Object *isa = object_resolve_path_type("", TYPE_ISA_BUS, NULL);
    Aml *dsdt = init_aml_allocator(), *scope = aml_scope("_SB");

    acpi_table_begin(&table, table_data);
    add_fw_cfg(scope);
    qbus_build_aml(BUS(isa), scope);
    build_ged_aml(scope, GED_DEVICE, x86ms->acpi_dev, GED_MMIO_IRQ,
                  AML_SYSTEM_MEMORY, GED_MMIO_BASE);
    acpi_dsdt_add_power_button(scope);
    add_virtio(scope, mms);
    if (mms->gpex.ecam.size) {
        acpi_dsdt_add_gpex(scope, &mms->gpex);
    }
    aml_append(dsdt, scope);
    if (MACHINE(mms)->ram_slots) {
        build_memory_hotplug_aml(dsdt, MACHINE(mms)->ram_slots, NULL, NULL,
                                 AML_SYSTEM_MEMORY, GED_MMIO_BASE_MEMHP);
    }
    if (x86_has_cpu_slots(x86ms)) {
        build_cpus_aml(dsdt, MACHINE(mms), (CPUHotplugFeatures){},
                       pc_madt_cpu_entry, GED_MMIO_BASE_CPUHP, "\\_SB",
                       AML_GED_EVT_CPU_SCAN_METHOD, AML_SYSTEM_MEMORY);
    }
    aml_append(dsdt, sleep_states());
    g_array_append_vals(table_data, dsdt->buf->data, dsdt->buf->len);
    acpi_table_end(linker, &table);
    free_aml_allocator();
}

/* ---- the others ---------------------------------------------------------- */

static struct AcpiGenericAddress ged_register(hwaddr offset)
{
    return (struct AcpiGenericAddress){ .space_id = AML_AS_SYSTEM_MEMORY,
                                        .bit_width = 8,
                                        .address =
                                            GED_MMIO_BASE_REGS + offset };
}

static void build_microvm_fadt(AcpiBuildTables *t, X86MachineState *x86ms,
                               unsigned *dsdt)
{
    AcpiFadtData fadt = {
        .rev = 5,
        .flags =
            1 << ACPI_FADT_F_HW_REDUCED_ACPI | 1 << ACPI_FADT_F_RESET_REG_SUP,
        .sleep_ctl = ged_register(ACPI_GED_REG_SLEEP_CTL),
        .sleep_sts = ged_register(ACPI_GED_REG_SLEEP_STS),
        .reset_reg = ged_register(ACPI_GED_REG_RESET),
        .reset_val = ACPI_GED_RESET_VALUE,
        .dsdt_tbl_offset = dsdt,
        .xdsdt_tbl_offset = dsdt,
    };

    build_fadt(t->table_data, t->linker, &fadt, x86ms->oem_id,
               x86ms->oem_table_id);
}

static void build_nodes(AcpiBuildTables *t, GArray *offsets,
                        X86MachineState *x86ms)
{
    MachineState *ms = MACHINE(x86ms);

    if (ms->numa_state->num_nodes || ms->device_memory) {
        acpi_add_table(offsets, t->table_data);
        x86_build_srat(t->table_data, t->linker, x86ms, x86ms->oem_id,
                       x86ms->oem_table_id);
    }
    if (ms->numa_state->have_numa_distance) {
        acpi_add_table(offsets, t->table_data);
        build_slit(t->table_data, t->linker, ms, x86ms->oem_id,
                   x86ms->oem_table_id);
    }
}

/* Linux looks there before it reads the DSDT. */
static void build_pci(AcpiBuildTables *t, GArray *offsets,
                      MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    AcpiMcfgInfo info = { mms->gpex.ecam.base, mms->gpex.ecam.size };

    if (info.size) {
        acpi_add_table(offsets, t->table_data);
        build_mcfg(t->table_data, t->linker, &info, x86ms->oem_id,
                   x86ms->oem_table_id);
    }
}

static void build_tables(AcpiBuildTables *t, MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    g_autoptr(GArray) offsets = g_array_new(false, true, sizeof(uint32_t));
    unsigned dsdt, xsdt;
    AcpiRsdpData rsdp = { .revision = 2,
                          .oem_id = x86ms->oem_id,
                          .xsdt_tbl_offset = &xsdt };

    bios_linker_loader_alloc(t->linker, ACPI_BUILD_TABLE_FILE, t->table_data,
                             DSDT_ALIGN, false);
    dsdt = t->table_data->len;
    build_dsdt(t->table_data, t->linker, mms);
    acpi_add_table(offsets, t->table_data);
    build_microvm_fadt(t, x86ms, &dsdt);
    acpi_add_table(offsets, t->table_data);
    acpi_build_madt(t->table_data, t->linker, x86ms, x86ms->oem_id,
                    x86ms->oem_table_id);
    build_nodes(t, offsets, x86ms);
    build_pci(t, offsets, mms);
    xsdt = t->table_data->len;
    build_xsdt(t->table_data, t->linker, offsets, x86ms->oem_id,
               x86ms->oem_table_id);
    build_rsdp(t->rsdp, t->linker, &rsdp);
}

/* ---- to the guest -------------------------------------------------------- */

static hwaddr put_file(BIOSLinker *linker, const char *file, const char *rom)
{
    GArray *blob;
    hwaddr addr = bios_linker_loader_file(linker, file, &blob);

    rom_add_blob_fixed(rom, blob->data, blob->len, addr);
    return addr;
}

static bool put_into_memory(AcpiBuildTables *t, X86MachineState *x86ms,
                            Error **errp)
{
    if (!bios_linker_loader_run(t->linker, TABLES_START, TABLES_END, errp)) {
        return false;
    }
    put_file(t->linker, ACPI_BUILD_TABLE_FILE, "acpi-tables");
    x86ms->rsdp_addr = put_file(t->linker, ACPI_BUILD_RSDP_FILE, "acpi-rsdp");
    return true;
}

/* Nothing of the tables changes while the machine runs. */
static void no_update(void *opaque)
{
}

bool acpi_setup_microvm(MicrovmMachineState *mms, Error **errp)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    AcpiBuildTables t;
    bool done;

    if (!x86_machine_is_acpi_enabled(x86ms)) {
        return true;
    }
    acpi_build_tables_init(&t);
    build_tables(&t, mms);
    acpi_add_rom_blob(no_update, NULL, t.table_data, ACPI_BUILD_TABLE_FILE);
    acpi_add_rom_blob(no_update, NULL, t.linker->cmd_blob,
                      ACPI_BUILD_LOADER_FILE);
    acpi_add_rom_blob(no_update, NULL, t.rsdp, ACPI_BUILD_RSDP_FILE);
    done = !x86_boots_kernel(x86ms) || put_into_memory(&t, x86ms, errp);
    acpi_build_tables_cleanup(&t, true);
    return done;
}
