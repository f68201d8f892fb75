/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes against exact fractions, strings at their limits, dumps, paths. */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/units.h"

enum { ROUNDS = 20000 };

/* @digits / 10^places in units of @factor bytes, rounded to the nearest. */
static void test_sizes(void)
{
    static const char suffixes[] = "kMGTPE";
    uint64_t factor = KiB;

    for (const char *s = suffixes; *s; s++, factor *= 1024) {
        for (int r = 0; r < ROUNDS / 6; r++) {
            int places = g_test_rand_int_range(0, 5), pow = 1;
            uint64_t digits = g_test_rand_int_range(0, 160000), got;
            __uint128_t twice;
            g_autofree char *text = NULL;

            for (int i = 0; i < places; i++) {
                pow *= 10;
            }
            text = g_strdup_printf("%" PRIu64 ".%0*" PRIu64 "%c", digits / pow,
                                   places, places ? digits % pow : 0, *s);
            twice = (__uint128_t)digits * factor * 2 / pow;
            if ((twice + 1) / 2 > UINT64_MAX) {
                g_assert_cmpint(qemu_strtosz(text, NULL, &got), ==, -ERANGE);
                continue;
            }
            g_assert_cmpint(qemu_strtosz(text, NULL, &got), ==, 0);
            /* A double has 53 bits: allow for what it cannot hold. */
            g_assert_cmpuint(MAX(got, (uint64_t)(twice / 2)) -
                                 MIN(got, (uint64_t)(twice / 2)),
                             <=, 1 + (factor >> 52));
        }
    }
}

static void test_size_text(void)
{
    static const struct {
        const char *text;
        int ret;
        uint64_t value, mib;
    } cases[] = {
        { "500M", 0, 500 * MiB, 500 * MiB },
        { "4G", 0, 4 * GiB, 4 * GiB },
        { "0x1000", 0, 0x1000, 0x1000ull * MiB },
        { "128", 0, 128, 128 * MiB },
        { "0xffffffffffffffff", 0, UINT64_MAX, 0 },
        { "15E", 0, 15ull * EiB, 15ull * EiB },
        { "16E", -ERANGE, 0, 0 },
        { "-1", -ERANGE, 0, 0 },
        { "0x1K", -EINVAL, 0, 0 },
        { "1.5", -EINVAL, 0, 1536 * KiB },
        { "", -EINVAL, 0, 0 },
        { "x", -EINVAL, 0, 0 },
        { "1KK", -EINVAL, 0, 0 },
        { "1 K", -EINVAL, 0, 0 },
    };
    uint64_t value;

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_assert_cmpint(qemu_strtosz(cases[i].text, NULL, &value), ==,
                        cases[i].ret);
        g_assert_cmpuint(value, ==, cases[i].value);
        qemu_strtosz_MiB(cases[i].text, NULL, &value);
        g_assert_cmpuint(value, ==, cases[i].mib);
    }
}

static void test_strings(void)
{
    char buf[6], pad[4], text[] = "a,,b";
    char *input = text;
    const char *rest = NULL;

    pstrcpy(buf, sizeof(buf), "too long");
    g_assert_cmpstr(buf, ==, "too l");
    pstrcpy(buf, 0, "x");
    g_assert_cmpstr(buf, ==, "too l");
    pstrcpy(buf, sizeof(buf), "ab");
    g_assert_cmpstr(pstrcat(buf, sizeof(buf), "cdefg"), ==, "abcde");
    g_assert_cmpstr(pstrcat(buf, sizeof(buf), "x"), ==, "abcde");
    strpadcpy(pad, 4, "ab", ' ');
    g_assert_cmpmem(pad, 4, "ab  ", 4);
    strpadcpy(pad, 4, "abcdef", ' ');
    g_assert_cmpmem(pad, 4, "abcd", 4);
    g_assert_true(strstart("prefix-x", "prefix-", &rest));
    g_assert_cmpstr(rest, ==, "x");
    g_assert_false(strstart("pre", "prefix", NULL));
    g_assert_true(stristart("PreX", "pre", &rest));
    g_assert_cmpstr(rest, ==, "X");
    g_assert_cmpint(qemu_strnlen("abc", 2), ==, 2);
    g_assert_cmpstr(qemu_strsep(&input, ","), ==, "a");
    g_assert_cmpstr(qemu_strsep(&input, ","), ==, "");
    g_assert_cmpstr(qemu_strsep(&input, ","), ==, "b");
    g_assert_null(qemu_strsep(&input, ","));
    g_assert_cmpint(qemu_parse_fd("7"), ==, 7);
    g_assert_cmpint(qemu_parse_fd("-7"), ==, -1);
    g_assert_cmpint(qemu_parse_fd("7x"), ==, -1);
    g_assert_cmpint(qemu_parse_fd("99999999999"), ==, -1);
}

static void test_uleb(void)
{
    uint8_t buf[2];
    uint32_t n;

    for (uint32_t i = 0; i < 1 << 14; i++) {
        int len = uleb128_encode_small(buf, i);

        g_assert_cmpint(len, ==, i < 128 ? 1 : 2);
        g_assert_cmpint(uleb128_decode_small(buf, &n), ==, len);
        g_assert_cmpuint(n, ==, i);
    }
    g_assert_cmpint(uleb128_decode_small((uint8_t[]){ 0x80, 0x80 }, &n), ==,
                    -1);
}

static void test_hexdump(void)
{
    const uint8_t data[18] = "ABCDEFGHIJKLMNOP\1";
    char hex[2 * 3 + 1], *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    g_autoptr(GString) line = NULL;

    qemu_hexdump(f, "p", data, 18);
    fclose(f);
    g_assert_cmpstr(text, ==,
                    "p: 0000: 41 42 43 44  45 46 47 48  49 4a 4b 4c  "
                    "4d 4e 4f 50 ABCDEFGHIJKLMNOP\n"
                    "p: 0010: 01 00                                 "
                    "             ..\n");
    free(text);
    line = qemu_hexdump_line(NULL, data, 5, 2, 4);
    g_assert_cmpstr(line->str, ==, "4142 4344  45");
    qemu_hexdump_to_buffer(hex, sizeof(hex), data, 3);
    g_assert_cmpstr(hex, ==, "414243");
}

static void test_relocate(void)
{
    g_autofree char *path = NULL, *other = NULL;

    qemu_init_exec_dir("test");
    path = get_relocated_path(CONFIG_BINDIR);
    g_assert_true(g_str_has_prefix(path, qemu_get_exec_dir()));
    other = get_relocated_path("/not/below/the/prefix");
    g_assert_cmpstr(other, ==, "/not/below/the/prefix");
}

/* One byte that is not zero, at every place of buffers of every length. */
static void test_zero(void)
{
    g_autofree uint8_t *area = g_malloc0(1200);

    do {
        for (int r = 0; r < ROUNDS; r++) {
            size_t len = g_test_rand_int_range(1, 1024);
            uint8_t *buf = area + g_test_rand_int_range(0, 64);
            size_t at = g_test_rand_int_range(0, len);

            /* What lies around must not matter. */
            memset(area, 0xff, 1200);
            memset(buf, 0, len);
            g_assert_true(buffer_is_zero(buf, len));
            buf[at] = 1 << g_test_rand_int_range(0, 8);
            g_assert_false(buffer_is_zero(buf, len));
        }
    } while (test_buffer_is_zero_next_accel());
    g_assert_true(buffer_is_zero(area, 0));
}

static void test_bswap(void)
{
    uint8_t m[11] = { 0 };

    stl_le_p(m + 1, 0x81020304);
    g_assert_cmpmem(m + 1, 4, "\x04\x03\x02\x81", 4);
    g_assert_cmphex(ldl_be_p(m + 1), ==, 0x04030281);
    g_assert_cmpint(ldl_le_p(m + 1), <, 0);
    g_assert_cmphex(ldn_le_p(m + 1, 4), ==, 0x81020304);
    stq_be_p(m + 3, 0x8102030405060708ull);
    g_assert_cmpmem(m + 3, 8, "\x81\2\3\4\5\6\7\10", 8);
    g_assert_cmphex(ldq_le_p(m + 3), ==, 0x0807060504030281ull);
    g_assert_cmpint(ldsw_be_p(m + 3), ==, (int16_t)0x8102);
    g_assert_cmpint(lduw_be_p(m + 3), ==, 0x8102);
    st24_be_p(m, 0x123456);
    g_assert_cmpmem(m, 3, "\x12\x34\x56", 3);
    st24_le_p(m, 0x123456);
    g_assert_cmpmem(m, 3, "\x56\x34\x12", 3);
    g_assert_cmphex(bswap24(0x123456), ==, 0x563412);
    g_assert_cmphex(cpu_to_be16(0x1234), ==, lduw_he_p("\x12\x34"));
    g_assert_cmphex(const_le32(0x12345678), ==, cpu_to_le32(0x12345678));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cutils/sizes", test_sizes);
    g_test_add_func("/cutils/size-text", test_size_text);
    g_test_add_func("/cutils/strings", test_strings);
    g_test_add_func("/cutils/uleb128", test_uleb);
    g_test_add_func("/cutils/hexdump", test_hexdump);
    g_test_add_func("/cutils/relocate", test_relocate);
    g_test_add_func("/cutils/zero", test_zero);
    g_test_add_func("/bswap", test_bswap);
    return g_test_run();
}
