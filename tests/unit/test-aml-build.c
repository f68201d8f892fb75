/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each term of AML against the bytes that the specification has for it; and a
 * table of all of them, which ACPICA's iasl, if there is one, disassembles and
 * compiles to the same bytes.
 */
#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "qemu/bswap.h"
#include "qemu/uuid.h"
#include "system/system.h"

#include <glib/gstdio.h>

QemuUUID qemu_uuid; /* the machine's, which fw_cfg has */

/* ---- bytes --------------------------------------------------------------- */

static char *hex(const uint8_t *bytes, size_t len)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < len; i++) {
        g_string_append_printf(text, "%02x", bytes[i]);
    }
    return g_string_free(text, false);
}

/* What @piece becomes as part of another. */
static char *encode(Aml *piece)
{
    g_autoptr(GArray) buf = g_array_new(false, false, 1);
    Aml outer = { .buf = buf };

    aml_append(&outer, piece);
    return hex((uint8_t *)buf->data, buf->len);
}

#define CHECK(_piece, _hex)                                                    \
    do {                                                                       \
        g_autofree char *_got = encode(_piece);                                \
        g_assert_cmpstr(_got, ==, _hex);                                       \
    } while (0)

static Aml *L0(void)
{
    return aml_local(0);
}

static Aml *A1(void)
{
    return aml_arg(1);
}

static void test_values(void)
{
    init_aml_allocator();
    CHECK(aml_int(0), "00");
    CHECK(aml_int(1), "01");
    CHECK(aml_int(2), "0a02");
    CHECK(aml_int(0xff), "0aff");
    CHECK(aml_int(0x100), "0b0001");
    CHECK(aml_int(0x10000), "0c00000100");
    CHECK(aml_int(0x100000000), "0e0000000001000000");
    CHECK(aml_int(UINT64_MAX), "0effffffffffffffff");
    CHECK(aml_string("a%d", 7), "0d613700");
    CHECK(aml_unicode("A"), "11070a0441000000");
    CHECK(aml_eisaid("PNP0A03"), "0c41d00a03");
    CHECK(aml_touuid("33db4d5b-1ff7-401c-9657-7441c03dd766"),
          "11130a105b4ddb33f71f1c4096577441c03dd766");
    CHECK(aml_buffer(3, (uint8_t[]){ 1, 2, 3 }), "11060a03010203");
    CHECK(aml_buffer(2, NULL), "11050a020000");
    CHECK(aml_package(2), "120202");
    CHECK(aml_varpackage(300), "13040b2c01");
    CHECK(aml_arg(6), "6e");
    CHECK(aml_local(7), "67");
    CHECK(aml_debug(), "5b31");
    free_aml_allocator();
}

static void test_names(void)
{
    init_aml_allocator();
    CHECK(aml_name("A"), "415f5f5f");
    CHECK(aml_name("\\"), "5c00");
    CHECK(aml_name("\\_SB"), "5c5f53425f");
    CHECK(aml_name("^^AB"), "5e5e41425f5f");
    CHECK(aml_name("\\_SB.PCI%d", 0), "5c2e5f53425f50434930");
    CHECK(aml_name("A.B.C"), "2f03415f5f5f425f5f5f435f5f5f");
    CHECK(aml_name_decl("_UID", aml_int(1)), "085f55494401");
    CHECK(aml_alias("AAAA", "BBBB"), "064141414142424242");
    free_aml_allocator();
}

static Aml *block_of(unsigned bytes)
{
    Aml *block = aml_else();

    aml_append(block, aml_name("ABCD"));
    for (unsigned i = 4; i < bytes; i++) {
        aml_append(block, aml_int(1));
    }
    return block;
}

/* The length counts itself; it grows with what it counts. */
static void test_lengths(void)
{
    static const struct {
        unsigned bytes;
        const char *begin;
    } lengths[] = {
        { 4, "a10541424344" },
        { 62, "a13f41424344" },
        { 63, "a1410441424344" },
        { 0xffd, "a14fff41424344" },
        { 0xffe, "a181000141424344" },
        { 0xffffc, "a18fffff41424344" },
        { 0xffffd, "a1c100000141424344" },
    };

    init_aml_allocator();
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        g_autofree char *got = encode(block_of(lengths[i].bytes));

        g_assert_true(g_str_has_prefix(got, lengths[i].begin));
    }
    /* Of a field it counts bits, and not itself. */
    CHECK(aml_named_field("ABCD", 8), "4142434408");
    CHECK(aml_named_field("ABCD", 64), "414243444004");
    CHECK(aml_reserved_field(63), "003f");
    CHECK(aml_reserved_field(0x1000), "00800001");
    free_aml_allocator();
}

static void test_operators(void)
{
    init_aml_allocator();
    CHECK(aml_return(aml_int(0)), "a400");
    CHECK(aml_store(aml_int(1), L0()), "700160");
    CHECK(aml_and(L0(), A1(), NULL), "7b606900");
    CHECK(aml_and(L0(), A1(), L0()), "7b606960");
    CHECK(aml_or(L0(), A1(), NULL), "7d606900");
    CHECK(aml_land(L0(), A1()), "906069");
    CHECK(aml_lor(L0(), A1()), "916069");
    CHECK(aml_lnot(L0()), "9260");
    CHECK(aml_equal(L0(), A1()), "936069");
    CHECK(aml_lgreater(L0(), A1()), "946069");
    CHECK(aml_lless(L0(), A1()), "956069");
    CHECK(aml_lgreater_equal(L0(), A1()), "92956069");
    CHECK(aml_shiftleft(L0(), A1()), "79606900");
    CHECK(aml_shiftright(L0(), A1(), L0()), "7a606960");
    CHECK(aml_add(L0(), A1(), NULL), "72606900");
    CHECK(aml_subtract(L0(), A1(), NULL), "74606900");
    CHECK(aml_increment(L0()), "7560");
    CHECK(aml_decrement(L0()), "7660");
    CHECK(aml_index(L0(), aml_int(2)), "88600a0200");
    CHECK(aml_refof(L0()), "7160");
    CHECK(aml_derefof(L0()), "8360");
    CHECK(aml_sizeof(L0()), "8760");
    CHECK(aml_object_type(L0()), "8e60");
    CHECK(aml_concatenate(L0(), A1(), NULL), "73606900");
    CHECK(aml_to_integer(L0()), "996000");
    CHECK(aml_to_hexstring(L0(), NULL), "986000");
    CHECK(aml_to_decimalstring(L0(), A1()), "976069");
    CHECK(aml_to_buffer(L0(), NULL), "966000");
    CHECK(aml_notify(aml_name("PWRB"), aml_int(0x80)), "86505752420a80");
    CHECK(aml_sleep(10), "5b220a0a");
    CHECK(aml_mutex("MLCK", 0), "5b014d4c434b00");
    CHECK(aml_acquire(aml_name("MLCK"), 0xffff), "5b234d4c434bffff");
    CHECK(aml_release(aml_name("MLCK")), "5b274d4c434b");
    CHECK(aml_call0("M"), "4d5f5f5f");
    CHECK(aml_call2("M", L0(), A1()), "4d5f5f5f6069");
    CHECK(aml_call6("M", L0(), A1(), L0(), A1(), L0(), A1()),
          "4d5f5f5f606960696069");
    free_aml_allocator();
}

static void test_blocks(void)
{
    Aml *method;

    init_aml_allocator();
    CHECK(aml_scope("\\"), "10035c00");
    CHECK(aml_device("COM%d", 1), "5b8205434f4d31");
    CHECK(aml_processor(1, 0x1234, 6, "CP%02x", 1), "5b830b435030310134120000"
                                                    "06");
    method = aml_method("M", 2, AML_SERIALIZED);
    aml_append(method, aml_break());
    CHECK(method, "14074d5f5f5f0aa5");
    CHECK(aml_if(L0()), "a00260");
    CHECK(aml_while(aml_int(1)), "a20201");
    CHECK(aml_operation_region("REGN", AML_SYSTEM_IO, aml_int(0x510), 12),
          "5b805245474e010b10050a0c");
    CHECK(aml_field("REGN", AML_DWORD_ACC, AML_LOCK, AML_WRITE_AS_ZEROS),
          "5b81065245474e53");
    CHECK(aml_create_field(L0(), aml_int(0), A1(), "ABCD"),
          "5b1360006941424344");
    CHECK(aml_create_dword_field(L0(), aml_int(1), "ABCD"), "8a600141424344");
    CHECK(aml_create_qword_field(L0(), aml_int(1), "ABCD"), "8f600141424344");
    free_aml_allocator();
}

/* ---- resources ----------------------------------------------------------- */

static Aml *all_resources(void)
{
    Aml *crs = aml_resource_template();
    uint32_t irqs[] = { 9, 23 };
    uint32_t pins[] = { 3 };

    aml_append(crs, aml_io(AML_DECODE16, 0x3f8, 0x3f8, 0, 8));
    aml_append(crs, aml_irq_no_flags(4));
    aml_append(crs, aml_dma(AML_TYPEA, AML_BUSMASTER, AML_TRANSFER8_16, 2));
    aml_append(crs, aml_memory32_fixed(0xfeb00000, 512, AML_READ_WRITE));
    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_LOW,
                                  AML_SHARED, irqs, 2));
    aml_append(crs, aml_word_bus_number(AML_MIN_FIXED, AML_MAX_FIXED,
                                        AML_POS_DECODE, 0, 0, 0xff, 0, 0x100));
    aml_append(crs, aml_word_io(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE,
                                AML_ENTIRE_RANGE, 0, 0, 0xcf7, 0, 0xcf8));
    aml_append(crs, aml_dword_io(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE,
                                 AML_ENTIRE_RANGE, 0, 0, 0xffff, 0xff000000,
                                 0x10000));
    aml_append(crs,
               aml_dword_memory(AML_POS_DECODE, AML_MIN_FIXED, AML_MAX_FIXED,
                                AML_NON_CACHEABLE, AML_READ_WRITE, 0,
                                0xc0000000, 0xdfffffff, 0, 0x20000000));
    aml_append(crs,
               aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED, AML_MAX_FIXED,
                                AML_CACHEABLE, AML_READ_WRITE, 0, 0x800000000,
                                0xfffffffff, 0, 0x800000000));
    aml_append(crs, aml_gpio_int(AML_CONSUMER, AML_EDGE, AML_ACTIVE_HIGH,
                                 AML_EXCLUSIVE, AML_PULL_UP, 0, pins, 1, "GPO0",
                                 NULL, 0));
    return crs;
}

static void test_resources(void)
{
    uint32_t irq = 9;
    Aml *crs;

    init_aml_allocator();
    crs = aml_resource_template();
    CHECK(crs, "11050a027900");
    CHECK(aml_io(AML_DECODE16, 0x3f8, 0x3f8, 0, 8), "4701f803f8030008");
    CHECK(aml_irq_no_flags(4), "221000");
    CHECK(aml_dma(AML_TYPEA, AML_BUSMASTER, AML_TRANSFER8_16, 2), "2a0425");
    CHECK(aml_memory32_fixed(0xfeb00000, 512, AML_READ_WRITE),
          "860900010000b0fe00020000");
    CHECK(aml_interrupt(AML_CONSUMER, AML_EDGE, AML_ACTIVE_HIGH, AML_EXCLUSIVE,
                        &irq, 1),
          "890600030109000000");
    CHECK(aml_word_bus_number(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE, 0,
                              0, 0xff, 0, 0x100),
          "880d00020c000000"
          "0000ff0000000001");
    CHECK(aml_i2c_serial_bus_device(0x4d, "\\_SB"), "8e1400"
                                                    "01"
                                                    "00"
                                                    "01"
                                                    "00"
                                                    "0000"
                                                    "01"
                                                    "0600"
                                                    "a0860100"
                                                    "4d00"
                                                    "5c5f534200");
    aml_append(crs, aml_irq_no_flags(1));
    CHECK(crs, "11080a052202007900");
    free_aml_allocator();
}

/* ---- iasl ---------------------------------------------------------------- */

static Aml *all_terms(void)
{
    Aml *dev = aml_device("TEST"), *method, *block, *field, *pkg;

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0501")));
    aml_append(dev, aml_name_decl("_UID", aml_string("one")));
    aml_append(dev, aml_name_decl("_STR", aml_unicode("A test")));
    aml_append(dev, aml_name_decl("_CRS", all_resources()));
    aml_append(
        dev, aml_name_decl("IDEN",
                           aml_touuid("33db4d5b-1ff7-401c-9657-7441c03dd766")));
    pkg = aml_package(2);
    aml_append(pkg, aml_int(0x123456789));
    aml_append(pkg, aml_buffer(70, NULL));
    aml_append(dev, aml_name_decl("PKGA", pkg));
    aml_append(dev, aml_alias("PKGA", "PKGB"));
    aml_append(dev, aml_mutex("MLCK", 0));
    aml_append(dev, aml_operation_region("REGN", AML_SYSTEM_MEMORY,
                                         aml_int(0xfea00000), 24));
    field = aml_field("REGN", AML_DWORD_ACC, AML_NOLOCK, AML_PRESERVE);
    aml_append(field, aml_named_field("FLDA", 32));
    aml_append(field, aml_reserved_field(96));
    aml_append(field, aml_named_field("FLDB", 1));
    aml_append(dev, field);

    method = aml_method("CALC", 2, AML_SERIALIZED);
    aml_append(method, aml_acquire(aml_name("MLCK"), 0xffff));
    aml_append(method, aml_store(aml_name("FLDA"), aml_local(0)));
    aml_append(method, aml_store(aml_int(0), aml_name("FLDB")));
    block = aml_while(aml_lless(aml_local(0), aml_arg(0)));
    aml_append(block, aml_increment(aml_local(0)));
    aml_append(block, aml_sleep(1));
    pkg = aml_if(aml_land(aml_lgreater(aml_local(0), aml_int(5)),
                          aml_lnot(aml_equal(aml_local(0), aml_int(7)))));
    aml_append(pkg, aml_break());
    aml_append(block, pkg);
    pkg = aml_else();
    aml_append(pkg, aml_notify(aml_name("TEST"), aml_int(1)));
    aml_append(block, pkg);
    aml_append(method, block);
    aml_append(method, aml_add(aml_local(0), aml_int(300), aml_local(1)));
    aml_append(method, aml_subtract(aml_local(0), aml_int(3), aml_local(2)));
    aml_append(method, aml_and(aml_local(0), aml_int(0xffff), aml_local(3)));
    aml_append(method, aml_shiftright(aml_local(0), aml_int(3), aml_local(4)));
    aml_append(method, aml_or(aml_shiftleft(aml_local(1), aml_int(2)),
                              aml_int(1), aml_local(5)));
    aml_append(method, aml_store(aml_buffer(16, NULL), aml_local(6)));
    aml_append(method,
               aml_create_dword_field(aml_local(6), aml_int(0), "DWFL"));
    aml_append(method,
               aml_create_qword_field(aml_local(6), aml_int(8), "QWFL"));
    aml_append(method, aml_store(aml_local(5), aml_name("DWFL")));
    aml_append(method,
               aml_store(aml_derefof(aml_index(aml_name("PKGA"), aml_int(0))),
                         aml_name("QWFL")));
    aml_append(method, aml_release(aml_name("MLCK")));
    aml_append(method, aml_return(aml_local(6)));
    aml_append(dev, method);
    method = aml_method("WRAP", 0, AML_NOTSERIALIZED);
    aml_append(method,
               aml_return(aml_call2("CALC", aml_int(1), aml_string("two"))));
    aml_append(dev, method);
    return dev;
}

/* A DSDT as a file: header with its sum, all terms. */
static GByteArray *whole_table(void)
{
    GByteArray *bytes = g_byte_array_new();
    Aml *table = init_aml_allocator(), *scope = aml_scope("\\_SB");
    uint8_t header[36] = "DSDT", total = 0;

    aml_append(scope, all_terms());
    aml_append(table, scope);
    stl_le_p(header + 4, sizeof(header) + table->buf->len);
    header[8] = 2;
    memcpy(header + 10, "BOCHS BXPC    ", 14);
    memcpy(header + 28, "BXPC", 4);
    g_byte_array_append(bytes, header, sizeof(header));
    g_byte_array_append(bytes, (uint8_t *)table->buf->data, table->buf->len);
    for (guint i = 0; i < bytes->len; i++) {
        total += bytes->data[i];
    }
    bytes->data[9] = -total;
    free_aml_allocator();
    return bytes;
}

static void iasl(const char *folder, const char *args)
{
    g_autofree char *command = g_strdup_printf("iasl %s", args);
    g_auto(GStrv) argv = g_strsplit(command, " ", -1);
    g_autofree char *out = NULL, *err = NULL;
    int status;

    g_assert_true(g_spawn_sync(folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, &out, &err, &status, NULL));
    if (status) {
        g_test_message("%s\n%s%s", command, out, err);
    }
    g_assert_cmpint(status, ==, 0);
}

static void test_iasl(void)
{
    g_autofree char *tool = g_find_program_in_path("iasl");
    g_autofree char *folder = NULL, *first = NULL, *again = NULL;
    g_autofree char *got = NULL;
    g_autoptr(GByteArray) table = whole_table();
    gsize len;
    static const char *const left[] = { "a.aml", "a.dsl", "b.aml" };

    if (!tool) {
        g_test_skip("no iasl (package acpica-tools)");
        return;
    }
    folder = g_dir_make_tmp("aml-XXXXXX", NULL);
    first = g_build_filename(folder, "a.aml", NULL);
    again = g_build_filename(folder, "b.aml", NULL);
    g_assert_true(
        g_file_set_contents(first, (char *)table->data, table->len, NULL));
    iasl(folder, "-d a.aml");
    iasl(folder, "-oa -p b a.dsl");
    g_assert_true(g_file_get_contents(again, &got, &len, NULL));
    /* The header says who compiled it. */
    g_assert_cmpmem(got + 36, len - 36, table->data + 36, table->len - 36);
    for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
        g_autofree char *path = g_build_filename(folder, left[i], NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/aml/values", test_values);
    g_test_add_func("/aml/names", test_names);
    g_test_add_func("/aml/lengths", test_lengths);
    g_test_add_func("/aml/operators", test_operators);
    g_test_add_func("/aml/blocks", test_blocks);
    g_test_add_func("/aml/resources", test_resources);
    g_test_add_func("/aml/iasl", test_iasl);
    return g_test_run();
}
