/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modified UTF-8: every code point there and back, and what is no UTF-8. */
#include "qemu/osdep.h"
#include "qemu/unicode.h"

static bool is_character(int cp)
{
    return !(cp >= 0xd800 && cp <= 0xdfff) && !(cp >= 0xfdd0 && cp <= 0xfdef) &&
           (cp & 0xffff) != 0xfffe && (cp & 0xffff) != 0xffff;
}

static void test_all(void)
{
    for (int cp = 1; cp <= 0x10ffff; cp++) {
        char want[8] = "", got[8], *end;
        int len = g_unichar_to_utf8(cp, want);
        int n = mod_utf8_encode(got, sizeof(got), cp);

        if (!is_character(cp)) {
            g_assert_cmpint(n, ==, -1);
            g_assert_cmpint(mod_utf8_codepoint(want, len, &end), ==, -1);
            g_assert_true(end == want + len);
            continue;
        }
        g_assert_cmpint(n, ==, len);
        g_assert_cmpstr(got, ==, want);
        g_assert_cmpint(mod_utf8_codepoint(got, sizeof(got), &end), ==, cp);
        g_assert_true(end == got + len);
        /* Cut short, and without room for the NUL. */
        g_assert_cmpint(mod_utf8_codepoint(got, len - 1, &end), ==, -1);
        g_assert_cmpint(mod_utf8_encode(got, len, cp), ==, -1);
        g_assert_cmpstr(got, ==, "");
    }
}

static void test_odd(void)
{
    static const struct {
        const char *text;
        int cp, used;
    } cases[] = {
        { "", -1, 0 },
        { "\xc0\x80", 0, 2 },  /* NUL as it is written here */
        { "\xc0\x81", -1, 2 }, /* overlong */
        { "\xe0\x80\x80", -1, 3 },
        { "\xf0\x80\x80\x80", -1, 4 },
        { "\xf8\x80\x80\x80\x80", -1, 5 },
        { "\xfc\x80\x80\x80\x80\x80", -1, 6 },
        { "\x80", -1, 1 }, /* continuation alone */
        { "\xbf", -1, 1 },
        { "\xfe", -1, 1 },
        { "\xff", -1, 1 },
        { "\xc3\x28", -1, 1 }, /* the second byte is a character again */
        { "\xe2\x82\x28", -1, 2 },
        { "\xf4\x90\x80\x80", -1, 4 }, /* beyond U+10FFFF */
        { "\xed\xa0\x80", -1, 3 },     /* surrogate */
    };
    char *end, buf[5];

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_assert_cmpint(mod_utf8_codepoint(cases[i].text, SIZE_MAX, &end), ==,
                        cases[i].cp);
        g_assert_cmpint(end - cases[i].text, ==, cases[i].used);
    }
    g_assert_cmpint(mod_utf8_encode(buf, sizeof(buf), 0), ==, 2);
    g_assert_cmpstr(buf, ==, "\xc0\x80");
    g_assert_cmpint(mod_utf8_encode(buf, sizeof(buf), -1), ==, -1);
    g_assert_cmpint(mod_utf8_encode(buf, sizeof(buf), 0x110000), ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unicode/all", test_all);
    g_test_add_func("/unicode/odd", test_odd);
    return g_test_run();
}
