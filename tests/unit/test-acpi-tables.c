/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, and the script that links them, carried out as firmware would. */
#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qemu/uuid.h"
#include "system/system.h"

QemuUUID qemu_uuid; /* the machine's, which fw_cfg has */

#define WHERE 0xe0000

static uint8_t sum(const uint8_t *bytes, unsigned len)
{
    uint8_t total = 0;

    for (unsigned i = 0; i < len; i++) {
        total += bytes[i];
    }
    return total;
}

/* A table that is only a header and @size bytes. */
static unsigned add(AcpiBuildTables *t, const char *sig, unsigned size)
{
    AcpiTable table = {
        .sig = sig, .rev = 2, .oem_id = "ABC", .oem_table_id = "DEF"
    };
    unsigned offset = t->table_data->len;

    acpi_table_begin(&table, t->table_data);
    memset(acpi_data_push(t->table_data, size), 0xa5, size);
    acpi_table_end(t->linker, &table);
    return offset;
}

typedef struct Offsets {
    unsigned dsdt, fadt, root;
} Offsets;

static Offsets build(AcpiBuildTables *t, int fadt_rev, bool xsdt)
{
    Offsets o;
    AcpiFadtData fadt = {
        .rev = fadt_rev,
        .flags = 1 << ACPI_FADT_F_HW_REDUCED_ACPI,
        .reset_reg = { AML_AS_SYSTEM_MEMORY, 8, 0, 0, 0x1122334455667788 },
        .reset_val = 0x42,
        .sleep_ctl = { AML_AS_SYSTEM_MEMORY, 8, 0, 0, 0xfea00200 },
        .pm_tmr = { AML_AS_SYSTEM_IO, 32, 0, 0, 0x608 },
        .iapc_boot_arch = 0x1234,
        .dsdt_tbl_offset = &o.dsdt,
        .xdsdt_tbl_offset = &o.dsdt,
    };
    AcpiRsdpData rsdp = { .oem_id = (char *)"OEMOEM",
                          .revision = xsdt ? 2 : 0,
                          .rsdt_tbl_offset = xsdt ? NULL : &o.root,
                          .xsdt_tbl_offset = xsdt ? &o.root : NULL };
    g_autoptr(GArray) offsets = g_array_new(false, true, 4);

    acpi_build_tables_init(t);
    bios_linker_loader_alloc(t->linker, ACPI_BUILD_TABLE_FILE, t->table_data,
                             64, false);
    o.dsdt = add(t, "DSDT", 5);
    acpi_add_table(offsets, t->table_data);
    o.fadt = t->table_data->len;
    build_fadt(t->table_data, t->linker, &fadt, "ABCDEF", "ABCDEFGH");
    o.root = t->table_data->len;
    (xsdt ? build_xsdt : build_rsdt)(t->table_data, t->linker, offsets, "ABC",
                                     "DEF");
    build_rsdp(t->rsdp, t->linker, &rsdp);
    return o;
}

static void test_script(void)
{
    AcpiBuildTables t;
    Offsets o = build(&t, 5, true);
    const uint8_t *c = (uint8_t *)t.linker->cmd_blob->data;
    static const uint8_t kinds[] = { 1, 1, 3, 2, 2, 3, 2, 3, 3, 2, 3 };

    g_assert_cmpuint(t.linker->cmd_blob->len, ==, 128 * ARRAY_SIZE(kinds));
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        g_assert_cmpuint(ldl_le_p(c + 128 * i), ==, kinds[i]);
    }
    /* The last that is allocated comes first. */
    g_assert_cmpstr((char *)c + 4, ==, ACPI_BUILD_RSDP_FILE);
    g_assert_cmpuint(ldl_le_p(c + 60), ==, 16);
    g_assert_cmpuint(c[64], ==, 2);
    c += 128;
    g_assert_cmpstr((char *)c + 4, ==, ACPI_BUILD_TABLE_FILE);
    g_assert_cmpuint(ldl_le_p(c + 60), ==, 64);
    g_assert_cmpuint(c[64], ==, 1);
    c += 128; /* the DSDT's sum */
    g_assert_cmpuint(ldl_le_p(c + 60), ==, o.dsdt + 9);
    g_assert_cmpuint(ldl_le_p(c + 64), ==, o.dsdt);
    g_assert_cmpuint(ldl_le_p(c + 68), ==, 41);
    c += 128; /* the FADT's DSDT */
    g_assert_cmpstr((char *)c + 4, ==, ACPI_BUILD_TABLE_FILE);
    g_assert_cmpstr((char *)c + 60, ==, ACPI_BUILD_TABLE_FILE);
    g_assert_cmpuint(ldl_le_p(c + 116), ==, o.fadt + 40);
    g_assert_cmpuint(c[120], ==, 4);
    acpi_build_tables_cleanup(&t, true);
}

static const uint8_t *at(const AcpiBuildTables *t, uint64_t addr)
{
    return (uint8_t *)t->table_data->data + addr - ROUND_UP(WHERE + 36, 64);
}

static void test_run(void)
{
    AcpiBuildTables t;
    Offsets o = build(&t, 5, true);
    const uint8_t *rsdp, *xsdt, *fadt, *dsdt;
    GArray *blob;

    g_assert_true(
        bios_linker_loader_run(t.linker, WHERE, WHERE + 0x1000, &error_abort));
    g_assert_cmphex(
        bios_linker_loader_file(t.linker, ACPI_BUILD_RSDP_FILE, &blob), ==,
        WHERE);
    g_assert_true(blob == t.rsdp);
    rsdp = (uint8_t *)t.rsdp->data;
    g_assert_cmpmem(rsdp, 8, "RSD PTR ", 8);
    g_assert_cmpuint(t.rsdp->len, ==, 36);
    g_assert_cmpuint(sum(rsdp, 20), ==, 0);
    g_assert_cmpuint(sum(rsdp, 36), ==, 0);
    g_assert_cmphex(ldl_le_p(rsdp + 16), ==, 0);

    xsdt = at(&t, ldq_le_p(rsdp + 24));
    g_assert_cmpmem(xsdt, 4, "XSDT", 4);
    g_assert_cmpuint(ldl_le_p(xsdt + 4), ==, 36 + 8);
    g_assert_cmpuint(sum(xsdt, 44), ==, 0);
    g_assert_true(xsdt == (uint8_t *)t.table_data->data + o.root);

    fadt = at(&t, ldq_le_p(xsdt + 36));
    g_assert_cmpmem(fadt, 4, "FACP", 4);
    g_assert_cmpmem(fadt + 10, 26, "ABCDEFABCDEFGH\1\0\0\0BXPC\1\0\0", 26);
    g_assert_cmpuint(ldl_le_p(fadt + 4), ==, 268);
    g_assert_cmpuint(sum(fadt, 268), ==, 0);
    g_assert_cmphex(ldl_le_p(fadt + 76), ==, 0x608);
    g_assert_cmpuint(fadt[91], ==, 4);
    g_assert_cmphex(lduw_le_p(fadt + 109), ==, 0x1234);
    g_assert_cmphex(ldl_le_p(fadt + 112), ==, 1 << 20);
    g_assert_cmphex(ldq_le_p(fadt + 120), ==, 0x1122334455667788);
    g_assert_cmphex(fadt[128], ==, 0x42);
    g_assert_cmphex(ldq_le_p(fadt + 212), ==, 0x608);
    g_assert_cmphex(ldq_le_p(fadt + 248), ==, 0xfea00200);

    dsdt = at(&t, ldq_le_p(fadt + 140));
    g_assert_true(dsdt == at(&t, ldl_le_p(fadt + 40)));
    g_assert_cmpmem(dsdt, 4, "DSDT", 4);
    g_assert_cmpmem(dsdt + 10, 14, "ABC\0\0\0DEF\0\0\0\0", 14);
    g_assert_cmpuint(sum(dsdt, 41), ==, 0);
    acpi_build_tables_cleanup(&t, true);
}

static void test_revisions(void)
{
    static const unsigned sizes[] = {
        [1] = 116, [3] = 244, [5] = 268, [6] = 276
    };
    AcpiBuildTables t;

    for (int rev = 1; rev < ARRAY_SIZE(sizes); rev++) {
        Offsets o;

        if (!sizes[rev]) {
            continue;
        }
        o = build(&t, rev, false);
        g_assert_cmpuint(ldl_le_p(t.table_data->data + o.fadt + 4), ==,
                         sizes[rev]);
        g_assert_cmpuint(t.rsdp->len, ==, 20);
        g_assert_true(bios_linker_loader_run(t.linker, WHERE, WHERE + 0x1000,
                                             &error_abort));
        g_assert_cmpuint(sum((uint8_t *)t.rsdp->data, 20), ==, 0);
        g_assert_cmpmem(at(&t, ldl_le_p(t.rsdp->data + 16)), 4, "RSDT", 4);
        acpi_build_tables_cleanup(&t, true);
    }
}

static void test_too_large(void)
{
    AcpiBuildTables t;
    Error *err = NULL;

    build(&t, 5, true);
    g_assert_false(bios_linker_loader_run(t.linker, WHERE, WHERE + 100, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "'etc/acpi/tables' has"));
    error_free(err);
    acpi_build_tables_cleanup(&t, true);
}

static void test_srat_memory(void)
{
    g_autoptr(GArray) bytes = g_array_new(false, true, 1);
    const uint8_t *b;

    build_srat_memory(bytes, 0x100000000, 0x80000000, 3,
                      MEM_AFFINITY_ENABLED | MEM_AFFINITY_HOTPLUGGABLE);
    b = (uint8_t *)bytes->data;
    g_assert_cmpuint(bytes->len, ==, 40);
    g_assert_cmpuint(b[0], ==, 1);
    g_assert_cmpuint(b[1], ==, 40);
    g_assert_cmpuint(ldl_le_p(b + 2), ==, 3);
    g_assert_cmphex(ldq_le_p(b + 8), ==, 0x100000000);
    g_assert_cmphex(ldq_le_p(b + 16), ==, 0x80000000);
    g_assert_cmphex(ldl_le_p(b + 28), ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/acpi-tables/script", test_script);
    g_test_add_func("/acpi-tables/run", test_run);
    g_test_add_func("/acpi-tables/revisions", test_revisions);
    g_test_add_func("/acpi-tables/too-large", test_too_large);
    g_test_add_func("/acpi-tables/srat-memory", test_srat_memory);
    return g_test_run();
}
