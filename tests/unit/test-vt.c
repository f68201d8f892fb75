/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal of text consoles: bytes in, cells out (ui/vt.c). */
#include "qemu/osdep.h"
#include "ui/vt.h"

#define COLS 10
#define ROWS 4

/* Rows as text, without the blanks at their ends, joined by '|'. */
static char *screen(const VT *vt, int back)
{
    GString *text = g_string_new(NULL);

    for (int y = 0; y < vt->rows; y++) {
        const VTCell *row = vt_row(vt, y, back);
        gsize start = text->len, end = start;

        for (int x = 0; x < vt->cols; x++) {
            g_string_append_unichar(text, row[x].ch);
            if (row[x].ch != ' ') {
                end = text->len;
            }
        }
        g_string_truncate(text, end);
        g_string_append_c(text, '|');
    }
    g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

static void write_text(VT *vt, const char *text)
{
    vt_write(vt, (const uint8_t *)text, strlen(text));
}

#define CSI "\033["

/* What is written to an empty terminal, the screen, the cursor. */
static const struct {
    const char *in, *out;
    int x, y;
} cases[] = {
    { "", "|||", 0, 0 },
    { "abc", "abc|||", 3, 0 },
    { "ab\r\ncd", "ab|cd||", 2, 1 },
    { "ab\ncd", "ab|  cd||", 4, 1 },
    { "ab\bc", "ac|||", 2, 0 },
    { "\b\bx", "x|||", 1, 0 },
    { "a\tb", "a       b|||", 9, 0 },
    { "a\t\t\tb", "a        b|||", 9, 0 },
    { "a\vb\fc", "a| b|  c|", 3, 2 },
    { "a\a\001\177b", "ab|||", 2, 0 },
    /* the end of a line: the next character wraps, not this one */
    { "0123456789", "0123456789|||", 9, 0 },
    { "0123456789a", "0123456789|a||", 1, 1 },
    { "0123456789\rx", "x123456789|||", 1, 0 },
    { "0123456789\r\nx", "0123456789|x||", 1, 1 },
    { CSI "?7l0123456789ab", "012345678b|||", 9, 0 },
    { CSI "?7l" CSI "?7h0123456789a", "0123456789|a||", 1, 1 },
    /* scrolling */
    { "1\r\n2\r\n3\r\n4\r\n5", "2|3|4|5", 1, 3 },
    { "1\r\n2\r\n3\r\n4" CSI "H\033M", "|1|2|3", 0, 0 },
    { "1\r\n2\r\n3\r\n4" CSI "2S", "3|4||", 1, 3 },
    { "1\r\n2\r\n3\r\n4" CSI "2T", "||1|2", 1, 3 },
    { "1\r\n2\r\n3\r\n4" CSI "99S", "|||", 1, 3 },
    { "1\r\n2\r\n3\r\n4" CSI "2;3r" CSI "3;1H\nx", "1|3|x|4", 1, 2 },
    { "1\r\n2\r\n3\r\n4" CSI "2;3r" CSI "2;1H\033Mx", "1|x|2|4", 1, 1 },
    { "1\r\n2\r\n3\r\n4" CSI "2;3r" CSI "4;1H\nx", "1|2|3|x", 1, 3 },
    { "1\r\n2\r\n3\r\n4" CSI "3;2r", "1|2|3|4", 1, 3 },
    { "\033Da\033Eb", "|a|b|", 1, 2 },
    /* moving */
    { CSI "2;3Hx", "|  x||", 3, 1 },
    { CSI "2;3fx", "|  x||", 3, 1 },
    { CSI "99;99Hx", "|||         x", 9, 3 },
    { CSI "0;0Hx", "x|||", 1, 0 },
    { CSI "Hx", "x|||", 1, 0 },
    { CSI ";5Hx", "    x|||", 5, 0 },
    { CSI "2B" CSI "3Cx", "||   x|", 4, 2 },
    { CSI "4;9H" CSI "A" CSI "2Dx", "||      x|", 7, 2 },
    { CSI "99999999999999Bx", "|||x", 1, 3 },
    { CSI "3;3H" CSI "Fx", "|x||", 1, 1 },
    { CSI "3;3H" CSI "Ex", "|||x", 1, 3 },
    { CSI "3;3H" CSI "7Gx", "||      x|", 7, 2 },
    { CSI "3;3H" CSI "2dx", "|  x||", 3, 1 },
    { CSI "2;3r" CSI "?6h" CSI "1;1Hx", "|x||", 1, 1 },
    { CSI "2;2H\0337" CSI "H\0338x", "| x||", 2, 1 },
    { CSI "2;2H" CSI "s" CSI "H" CSI "ux", "| x||", 2, 1 },
    /* clearing */
    { "abcdef" CSI "3G" CSI "K", "ab|||", 2, 0 },
    { "abcdef" CSI "3G" CSI "1K", "   def|||", 2, 0 },
    { "abcdef" CSI "3G" CSI "2K", "|||", 2, 0 },
    { "abcdef" CSI "3G" CSI "7K", "abcdef|||", 2, 0 },
    { "11\r\n22\r\n33" CSI "2;2H" CSI "J", "11|2||", 1, 1 },
    { "11\r\n22\r\n33" CSI "2;1H" CSI "1J", "| 2|33|", 0, 1 },
    { "11\r\n22\r\n33" CSI "2J", "|||", 2, 2 },
    { "abcdef" CSI "2G" CSI "2X", "a  def|||", 1, 0 },
    { "abcdef" CSI "2G" CSI "99X", "a|||", 1, 0 },
    { "abc\033c", "|||", 0, 0 },
    /* inserting and taking away */
    { "abcdef" CSI "2G" CSI "2@", "a  bcdef|||", 1, 0 },
    { "abcdef" CSI "2G" CSI "99@", "a|||", 1, 0 },
    { "abcdef" CSI "2G" CSI "2P", "adef|||", 1, 0 },
    { "abcdef" CSI "2G" CSI "99P", "a|||", 1, 0 },
    { "abc" CSI "2G" CSI "4hXY", "aXYbc|||", 3, 0 },
    { "abc" CSI "2G" CSI "4h" CSI "4lXY", "aXY|||", 3, 0 },
    { "1\r\n2\r\n3" CSI "2H" CSI "L", "1||2|3", 0, 1 },
    { "1\r\n2\r\n3" CSI "2H" CSI "M", "1|3||", 0, 1 },
    { "1\r\n2\r\n3" CSI "2H" CSI "99M", "1|||", 0, 1 },
    /* what is skipped */
    { "\033]0;title\ax", "x|||", 1, 0 },
    { "\033]0;title\033\\x", "x|||", 1, 0 },
    { "\033P1$r\033\\x", "x|||", 1, 0 },
    { "\033(Bx\033)0y", "xy|||", 2, 0 },
    { "\033#8x", "x|||", 1, 0 },
    { CSI "?2004hx" CSI ">4;2my", "xy|||", 2, 0 },
    { CSI "12\030x", "x|||", 1, 0 },
    { CSI "1;2;3;4;5;6;7;8;9;10;11;12mx", "x|||", 1, 0 },
    { "a" CSI "2\bCb", "a b|||", 3, 0 }, /* controls work inside of one */
    /* UTF-8 */
    { "\303\244x", "\303\244x|||", 2, 0 },
    { "\342\202\254x", "\342\202\254x|||", 2, 0 },
    { "\360\237\230\200x", "\360\237\230\200x|||", 2, 0 },
    { "\303x", "\357\277\275x|||", 2, 0 },
    { "\377x", "\357\277\275x|||", 2, 0 },
    { "\200x", "\357\277\275x|||", 2, 0 },
};

static void test_cases(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *out = NULL, *quoted = g_strescape(cases[i].in, NULL);
        VT vt;

        g_test_message("%s", quoted);
        vt_init(&vt, COLS, ROWS);
        write_text(&vt, cases[i].in);
        out = screen(&vt, 0);
        g_assert_cmpstr(out, ==, cases[i].out);
        g_assert_cmpint(vt.cursor.x, ==, cases[i].x);
        g_assert_cmpint(vt.cursor.y, ==, cases[i].y);
        vt_free(&vt);
    }
}

/* Byte by byte it is the same. */
static void test_pieces(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *out = NULL;
        VT vt;

        vt_init(&vt, COLS, ROWS);
        for (const char *p = cases[i].in; *p; p++) {
            vt_write(&vt, (const uint8_t *)p, 1);
        }
        out = screen(&vt, 0);
        g_assert_cmpstr(out, ==, cases[i].out);
        vt_free(&vt);
    }
}

static void test_attributes(void)
{
    const VTCell *c;
    VT vt;

    vt_init(&vt, COLS, ROWS);
    write_text(&vt, "a" CSI "1;31;44mb" CSI "0;4;7mc" CSI "md" CSI "92me" CSI
                    "8mf" CSI "22;28;39mg" CSI "38;5;3mh");
    c = vt_row(&vt, 0, 0);
    g_assert_true(c[0].fg == 7 && c[0].bg == 0 && !c[0].bold);
    g_assert_true(c[1].fg == 1 && c[1].bg == 4 && c[1].bold);
    g_assert_true(c[2].fg == 7 && c[2].bg == 0 && !c[2].bold &&
                  c[2].underline && c[2].inverse);
    g_assert_true(c[3].fg == 7 && !c[3].underline && !c[3].inverse);
    g_assert_true(c[4].fg == 2 && c[4].bold);
    g_assert_true(c[5].invisible);
    g_assert_true(c[6].fg == 7 && !c[6].bold && !c[6].invisible);
    g_assert_cmpint(c[7].ch, ==, 'h');
    /* What is cleared has the colour that is set. */
    write_text(&vt, CSI "45m" CSI "2J");
    g_assert_cmpint(vt_row(&vt, 2, 0)[5].bg, ==, 5);
    vt_free(&vt);
}

static void test_answers(void)
{
    VT vt;

    vt_init(&vt, COLS, ROWS);
    write_text(&vt, CSI "2;5H" CSI "6n" CSI "5n" CSI "c" CSI "9n");
    g_assert_cmpmem(vt.answer, vt.answer_len, "\033[2;5R\033[0n\033[?6c", 15);
    /* Nobody takes them: the buffer does not grow. */
    for (int i = 0; i < 1000; i++) {
        write_text(&vt, CSI "6n");
    }
    g_assert_cmpuint(vt.answer_len, <=, VT_ANSWER_MAX);
    vt_free(&vt);
}

static void test_history(void)
{
    g_autofree char *one = NULL, *three = NULL;
    VT vt;

    vt_init(&vt, COLS, ROWS);
    write_text(&vt, "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7");
    g_assert_cmpint(vt.history_rows, ==, 3);
    one = screen(&vt, 1);
    g_assert_cmpstr(one, ==, "3|4|5|6");
    three = screen(&vt, 3);
    g_assert_cmpstr(three, ==, "1|2|3|4");
    /* The ring is full once, and goes round. */
    for (int i = 0; i < 3 * VT_HISTORY; i++) {
        g_autofree char *line = g_strdup_printf("\r\n%d", i);

        write_text(&vt, line);
    }
    g_assert_cmpint(vt.history_rows, ==, VT_HISTORY);
    for (int back = 1; back <= VT_HISTORY; back++) {
        g_autofree char *wanted =
            g_strdup_printf("%d", 3 * VT_HISTORY - ROWS - back);
        g_autofree char *out = screen(&vt, back);

        g_assert_true(g_str_has_prefix(out, wanted));
    }
    vt_free(&vt);
}

/* Rows that change are marked, others are not. */
static void test_dirty(void)
{
    VT vt;

    vt_init(&vt, COLS, ROWS);
    memset(vt.dirty, 0, ROWS);
    write_text(&vt, CSI "2;1Hx");
    g_assert_true(vt.dirty[0] && vt.dirty[1]); /* the cursor has gone */
    g_assert_true(!vt.dirty[2] && !vt.dirty[3]);
    memset(vt.dirty, 0, ROWS);
    write_text(&vt, "y");
    g_assert_true(!vt.dirty[0] && vt.dirty[1] && !vt.dirty[2]);
    memset(vt.dirty, 0, ROWS);
    write_text(&vt, CSI "J");
    g_assert_true(!vt.dirty[0] && vt.dirty[1] && vt.dirty[2] && vt.dirty[3]);
    vt_free(&vt);
}

/* Anything can come, on any size: the state stays in its bounds. */
static void test_random(void)
{
    static const char alphabet[] =
        "\033\033\033[[[[;;?0123456789ABCDHJKLMPSTXabcdefghlmnrsu@\r\n\t\b"
        "\303\244()78EDMc]\a";
    uint32_t seed = g_getenv("TEST_SEED")
                        ? strtoul(g_getenv("TEST_SEED"), NULL, 0)
                        : g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);

    g_test_message("TEST_SEED=%u", seed);
    for (int round = 0; round < 200; round++) {
        VT vt;

        vt_init(&vt, g_rand_int_range(rand, 1, 20),
                g_rand_int_range(rand, 1, 9));
        for (int i = 0; i < 3000; i++) {
            uint8_t c =
                alphabet[g_rand_int_range(rand, 0, sizeof(alphabet) - 1)];

            if (g_rand_int_range(rand, 0, 10) == 0) {
                c = g_rand_int(rand);
            }
            vt_write(&vt, &c, 1);
            g_assert_true(vt.cursor.x >= 0 && vt.cursor.x < vt.cols);
            g_assert_true(vt.cursor.y >= 0 && vt.cursor.y < vt.rows);
            g_assert_true(vt.top >= 0 && vt.top < vt.bottom &&
                          vt.bottom <= vt.rows);
        }
        for (int back = 0; back <= vt.history_rows; back++) {
            g_free(screen(&vt, back));
        }
        vt_free(&vt);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vt/cases", test_cases);
    g_test_add_func("/vt/pieces", test_pieces);
    g_test_add_func("/vt/attributes", test_attributes);
    g_test_add_func("/vt/answers", test_answers);
    g_test_add_func("/vt/history", test_history);
    g_test_add_func("/vt/dirty", test_dirty);
    g_test_add_func("/vt/random", test_random);
    return g_test_run();
}
