/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables without AML (5.2): header, RSDP, RSDT and XSDT, FADT, SRAT, SLIT. */
#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "qemu/bswap.h"
#include "system/numa.h"

#define HEADER_LENGTH 4 /* offsets in a header */
#define HEADER_SUM    9

#define OEM_ID       6
#define OEM_TABLE_ID 8

/* ---- bytes --------------------------------------------------------------- */

void *acpi_data_push(GArray *table_data, unsigned size)
{
    unsigned start = table_data->len;

    g_array_set_size(table_data, start + size);
    return memset(table_data->data + start, 0, size);
}

unsigned acpi_data_len(GArray *table)
{
    assert(g_array_get_element_size(table) == 1);
    return table->len;
}

/* @text in @size bytes, with zeroes behind it. */
static void append_text(GArray *array, const char *text, unsigned size)
{
    unsigned len = strlen(text);

    assert(len <= size);
    memcpy(acpi_data_push(array, size), text, len);
}

void build_append_gas(GArray *table, AmlAddressSpace as, uint8_t bit_width,
                      uint8_t bit_offset, uint8_t access_width,
                      uint64_t address)
{
    build_append_int_noprefix(table, as, 1);
    build_append_int_noprefix(table, bit_width, 1);
    build_append_int_noprefix(table, bit_offset, 1);
    build_append_int_noprefix(table, access_width, 1);
    build_append_int_noprefix(table, address, 8);
}

/* ---- all of a guest's tables --------------------------------------------- */

void acpi_build_tables_init(AcpiBuildTables *tables)
{
    tables->rsdp = g_array_new(false, true, 1);
    tables->table_data = g_array_new(false, true, 1);
    tables->tcpalog = g_array_new(false, true, 1);
    tables->vmgenid = g_array_new(false, true, 1);
    tables->hardware_errors = g_array_new(false, true, 1);
    tables->linker = bios_linker_loader_init();
}

void acpi_build_tables_cleanup(AcpiBuildTables *tables, bool mfre)
{
    g_array_free(tables->linker->cmd_blob, mfre);
    tables->linker->cmd_blob = NULL;
    bios_linker_loader_cleanup(tables->linker);
    g_array_free(tables->rsdp, mfre);
    g_array_free(tables->table_data, true);
    g_array_free(tables->tcpalog, mfre);
    g_array_free(tables->vmgenid, mfre);
    g_array_free(tables->hardware_errors, mfre);
}

/* ---- one table ----------------------------------------------------------- */

void acpi_table_begin(AcpiTable *desc, GArray *array)
{
    desc->array = array;
    desc->table_offset = array->len;
    assert(strlen(desc->sig) == 4);
    g_array_append_vals(array, desc->sig, 4);
    build_append_int_noprefix(array, 0, 4); /* length: at the end */
    build_append_int_noprefix(array, desc->rev, 1);
    build_append_int_noprefix(array, 0, 1); /* sum */
    append_text(array, desc->oem_id, OEM_ID);
    append_text(array, desc->oem_table_id, OEM_TABLE_ID);
    build_append_int_noprefix(array, 1, 4); /* OEM revision */
    g_array_append_vals(array, ACPI_BUILD_APPNAME8, 4);
    build_append_int_noprefix(array, 1, 4);
}

void acpi_table_end(BIOSLinker *linker, AcpiTable *desc)
{
    unsigned size = desc->array->len - desc->table_offset;

    stl_le_p(desc->array->data + desc->table_offset + HEADER_LENGTH, size);
    bios_linker_loader_add_checksum(linker, ACPI_BUILD_TABLE_FILE,
                                    desc->table_offset, size,
                                    desc->table_offset + HEADER_SUM);
}

void acpi_add_table(GArray *table_offsets, GArray *table_data)
{
    uint32_t offset = table_data->len;

    g_array_append_val(table_offsets, offset);
}

/* ---- the roots ----------------------------------------------------------- */

/* @size bytes that will point to @offset; zeroes if it is NULL. */
static void append_pointer(GArray *array, BIOSLinker *linker, const char *file,
                           int size, const unsigned *offset)
{
    unsigned at = array->len;

    build_append_int_noprefix(array, 0, size);
    if (offset) {
        bios_linker_loader_add_pointer(linker, file, at, size,
                                       ACPI_BUILD_TABLE_FILE, *offset);
    }
}

/* 5.2.5.3. The first 20 bytes, of ACPI 1.0, have a sum of their own. */
void build_rsdp(GArray *tbl, BIOSLinker *linker, AcpiRsdpData *rsdp_data)
{
    unsigned start = tbl->len;

    bios_linker_loader_alloc(linker, ACPI_BUILD_RSDP_FILE, tbl, 16, true);
    g_array_append_vals(tbl, "RSD PTR ", 8);
    build_append_int_noprefix(tbl, 0, 1);
    append_text(tbl, rsdp_data->oem_id, OEM_ID);
    build_append_int_noprefix(tbl, rsdp_data->revision, 1);
    append_pointer(tbl, linker, ACPI_BUILD_RSDP_FILE, 4,
                   rsdp_data->rsdt_tbl_offset);
    bios_linker_loader_add_checksum(linker, ACPI_BUILD_RSDP_FILE, start, 20,
                                    start + 8);
    if (!rsdp_data->revision) {
        return;
    }
    build_append_int_noprefix(tbl, 36, 4);
    append_pointer(tbl, linker, ACPI_BUILD_RSDP_FILE, 8,
                   rsdp_data->xsdt_tbl_offset);
    build_append_int_noprefix(tbl, 0, 1 + 3);
    bios_linker_loader_add_checksum(linker, ACPI_BUILD_RSDP_FILE, start, 36,
                                    start + 32);
}

static void build_root(AcpiTable *table, int size, GArray *table_data,
                       BIOSLinker *linker, GArray *table_offsets)
{
    acpi_table_begin(table, table_data);
    for (unsigned i = 0; i < table_offsets->len; i++) {
        unsigned offset = g_array_index(table_offsets, uint32_t, i);

        append_pointer(table_data, linker, ACPI_BUILD_TABLE_FILE, size,
                       &offset);
    }
    acpi_table_end(linker, table);
}

void build_rsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = {
        .sig = "RSDT", .rev = 1, .oem_id = oem_id, .oem_table_id = oem_table_id
    };

    build_root(&table, 4, table_data, linker, table_offsets);
}

void build_xsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = {
        .sig = "XSDT", .rev = 1, .oem_id = oem_id, .oem_table_id = oem_table_id
    };

    build_root(&table, 8, table_data, linker, table_offsets);
}

/* ---- FADT (5.2.9) -------------------------------------------------------- */

/* Offsets 36 to 115: all that ACPI 1.0 has. */
static void append_fadt_1(GArray *tbl, BIOSLinker *linker,
                          const AcpiFadtData *f)
{
    const char *file = ACPI_BUILD_TABLE_FILE;

    append_pointer(tbl, linker, file, 4, f->facs_tbl_offset);
    append_pointer(tbl, linker, file, 4, f->dsdt_tbl_offset);
    build_append_int_noprefix(tbl, f->int_model, 1);
    build_append_int_noprefix(tbl, 0, 1); /* profile: unspecified */
    build_append_int_noprefix(tbl, f->sci_int, 2);
    build_append_int_noprefix(tbl, f->smi_cmd, 4);
    build_append_int_noprefix(tbl, f->acpi_enable_cmd, 1);
    build_append_int_noprefix(tbl, f->acpi_disable_cmd, 1);
    build_append_int_noprefix(tbl, 0, 1 + 1); /* S4BIOS_REQ, PSTATE_CNT */
    build_append_int_noprefix(tbl, f->pm1a_evt.address, 4);
    build_append_int_noprefix(tbl, 0, 4); /* PM1b_EVT_BLK */
    build_append_int_noprefix(tbl, f->pm1a_cnt.address, 4);
    build_append_int_noprefix(tbl, 0, 4 + 4); /* PM1b_CNT_BLK, PM2_CNT_BLK */
    build_append_int_noprefix(tbl, f->pm_tmr.address, 4);
    build_append_int_noprefix(tbl, f->gpe0_blk.address, 4);
    build_append_int_noprefix(tbl, 0, 4); /* GPE1_BLK */
    build_append_int_noprefix(tbl, f->pm1a_evt.bit_width / 8, 1);
    build_append_int_noprefix(tbl, f->pm1a_cnt.bit_width / 8, 1);
    build_append_int_noprefix(tbl, 0, 1); /* PM2_CNT_LEN */
    build_append_int_noprefix(tbl, f->pm_tmr.bit_width / 8, 1);
    build_append_int_noprefix(tbl, f->gpe0_blk.bit_width / 8, 1);
    build_append_int_noprefix(tbl, 0, 3); /* GPE1's length and base, CST_CNT */
    build_append_int_noprefix(tbl, f->plvl2_lat, 2);
    build_append_int_noprefix(tbl, f->plvl3_lat, 2);
    acpi_data_push(tbl, 8); /* flushing, duty cycle, alarms */
    build_append_int_noprefix(tbl, f->rtc_century, 1);
    build_append_int_noprefix(tbl, f->iapc_boot_arch, 2);
    build_append_int_noprefix(tbl, 0, 1);
    build_append_int_noprefix(tbl, f->flags, 4);
}

/* Offsets 116 to 243. */
static void append_fadt_3(GArray *tbl, BIOSLinker *linker,
                          const AcpiFadtData *f)
{
    build_append_gas_from_struct(tbl, &f->reset_reg);
    build_append_int_noprefix(tbl, f->reset_val, 1);
    build_append_int_noprefix(tbl, f->arm_boot_arch, 2);
    build_append_int_noprefix(tbl, f->minor_ver, 1);
    acpi_data_push(tbl, 8); /* X_FIRMWARE_CTRL: there is the other one */
    append_pointer(tbl, linker, ACPI_BUILD_TABLE_FILE, 8, f->xdsdt_tbl_offset);
    build_append_gas_from_struct(tbl, &f->pm1a_evt);
    acpi_data_push(tbl, 12); /* X_PM1b_EVT_BLK */
    build_append_gas_from_struct(tbl, &f->pm1a_cnt);
    acpi_data_push(tbl, 12 + 12); /* X_PM1b_CNT_BLK, X_PM2_CNT_BLK */
    build_append_gas_from_struct(tbl, &f->pm_tmr);
    build_append_gas_from_struct(tbl, &f->gpe0_blk);
    acpi_data_push(tbl, 12); /* X_GPE1_BLK */
}

void build_fadt(GArray *tbl, BIOSLinker *linker, const AcpiFadtData *f,
                const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = { .sig = "FACP",
                        .rev = f->rev,
                        .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    acpi_table_begin(&table, tbl);
    append_fadt_1(tbl, linker, f);
    if (f->rev > 1) {
        append_fadt_3(tbl, linker, f);
    }
    if (f->rev > 4) {
        build_append_gas_from_struct(tbl, &f->sleep_ctl);
        build_append_gas_from_struct(tbl, &f->sleep_sts);
    }
    if (f->rev > 5) {
        append_text(tbl, "QEMU", 8); /* which hypervisor */
    }
    acpi_table_end(linker, &table);
}

/* ---- nodes --------------------------------------------------------------- */

/* 5.2.16.2. */
void build_srat_memory(GArray *table_data, uint64_t base, uint64_t len,
                       int node, MemoryAffinityFlags flags)
{
    build_append_int_noprefix(table_data, 1, 1);  /* type */
    build_append_int_noprefix(table_data, 40, 1); /* length */
    build_append_int_noprefix(table_data, node, 4);
    build_append_int_noprefix(table_data, 0, 2);
    build_append_int_noprefix(table_data, base, 8);
    build_append_int_noprefix(table_data, len, 8);
    build_append_int_noprefix(table_data, 0, 4);
    build_append_int_noprefix(table_data, flags, 4);
    build_append_int_noprefix(table_data, 0, 8);
}

/* 5.2.17. */
void build_slit(GArray *table_data, BIOSLinker *linker, MachineState *ms,
                const char *oem_id, const char *oem_table_id)
{
    int nodes = ms->numa_state->num_nodes;
    AcpiTable table = {
        .sig = "SLIT", .rev = 1, .oem_id = oem_id, .oem_table_id = oem_table_id
    };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, nodes, 8);
    for (int i = 0; i < nodes; i++) {
        for (int j = 0; j < nodes; j++) {
            build_append_int_noprefix(table_data,
                                      ms->numa_state->nodes[i].distance[j], 1);
        }
    }
    acpi_table_end(linker, &table);
}
