/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line editing against a model: random keys go to readline and to a plain
 * reimplementation on whole characters; a small terminal shows what readline
 * drew. Line, cursor and screen have to agree after every key.
 */
#include "qemu/osdep.h"
#include "qemu/readline.h"

#define PROMPT "(test) "

/* --- A terminal of one endless line ------------------------------------- */

typedef struct Terminal {
    GString *cells[2000]; /* one character each; NULL: nothing */
    int column;
    GString *all; /* everything printed, as it was */
    char esc[16];
    int esc_len;
    char partial[8];
    int partial_len;
} Terminal;

typedef struct Fixture {
    Terminal term;
    ReadLineState *rs;
    GPtrArray *lines;         /* those that readline finished */
    const char *const *words; /* for completion */
} Fixture;

static void term_clear_from(Terminal *t, int column)
{
    for (int i = column; i < (int)G_N_ELEMENTS(t->cells); i++) {
        if (t->cells[i]) {
            g_string_free(t->cells[i], true);
            t->cells[i] = NULL;
        }
    }
}

static void term_escape(Terminal *t)
{
    int n = 1;
    char last = t->esc[t->esc_len - 1];

    g_assert_cmpint(t->esc[1], ==, '[');
    if (t->esc_len > 3) {
        n = atoi(t->esc + 2);
    }
    switch (last) {
    case 'D':
        t->column -= n;
        g_assert_cmpint(t->column, >=, 0);
        break;
    case 'C':
        t->column += n;
        break;
    case 'K':
        term_clear_from(t, t->column);
        break;
    case 'H':
        t->column = 0;
        break;
    case 'J':
        term_clear_from(t, 0);
        break;
    default:
        g_assert_not_reached();
    }
    t->esc_len = 0;
}

static void term_byte(Terminal *t, unsigned char c)
{
    if (t->esc_len) {
        t->esc[t->esc_len++] = c;
        if (t->esc_len > 2 && c >= 0x40 && c <= 0x7e) {
            term_escape(t);
        }
    } else if (c == 27) {
        t->esc[t->esc_len++] = c;
    } else if (c == '\n') {
        t->column = 0;
        term_clear_from(t, 0);
    } else {
        t->partial[t->partial_len++] = c;
        if (g_utf8_validate(t->partial, t->partial_len, NULL)) {
            g_assert_cmpint(t->column, <, (int)G_N_ELEMENTS(t->cells));
            if (t->cells[t->column]) {
                g_string_free(t->cells[t->column], true);
            }
            t->cells[t->column++] =
                g_string_new_len(t->partial, t->partial_len);
            t->partial_len = 0;
        }
        g_assert_cmpint(t->partial_len, <, 4);
    }
}

static char *term_line(Terminal *t)
{
    GString *s = g_string_new(NULL);

    for (int i = 0; t->cells[i]; i++) {
        g_string_append(s, t->cells[i]->str);
    }
    return g_string_free(s, false);
}

static void G_GNUC_PRINTF(2, 3) term_printf(void *opaque, const char *fmt, ...)
{
    Fixture *f = opaque;
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_string_append(f->term.all, text);
    for (char *c = text; *c; c++) {
        term_byte(&f->term, *c);
    }
}

static void term_flush(void *opaque)
{
}

static void take_line(void *opaque, const char *str, void *readline_opaque)
{
    Fixture *f = opaque;

    g_assert_true(readline_opaque == f);
    g_ptr_array_add(f->lines, g_strdup(str));
    readline_show_prompt(f->rs);
}

static void find_words(void *opaque, const char *cmdline)
{
    Fixture *f = opaque;
    const char *word = strrchr(cmdline, ' ');

    word = word ? word + 1 : cmdline;
    readline_set_completion_index(f->rs, strlen(word));
    for (int i = 0; f->words[i]; i++) {
        readline_add_completion_of(f->rs, word, f->words[i]);
    }
}

static const char *const some_words[] = { "info",  "inform",   "zebra", "path/",
                                          "path/", "qom-list", NULL };

static void setup(Fixture *f, gconstpointer data)
{
    f->term.all = g_string_new(NULL);
    f->lines = g_ptr_array_new_with_free_func(g_free);
    f->words = some_words;
    f->rs = readline_init(term_printf, term_flush, f, find_words);
    readline_start(f->rs, PROMPT, 0, take_line, f);
    readline_show_prompt(f->rs);
}

static void teardown(Fixture *f, gconstpointer data)
{
    readline_free(f->rs);
    g_ptr_array_free(f->lines, true);
    g_string_free(f->term.all, true);
    term_clear_from(&f->term, 0);
}

static void type(Fixture *f, const char *keys)
{
    for (; *keys; keys++) {
        readline_handle_byte(f->rs, (unsigned char)*keys);
    }
}

static void assert_screen(Fixture *f, const char *line, int cursor)
{
    g_autofree char *want = g_strconcat(PROMPT, line, NULL);
    g_autofree char *have = term_line(&f->term);

    g_assert_cmpstr(have, ==, want);
    g_assert_cmpint(f->term.column, ==, (int)strlen(PROMPT) + cursor);
}

static void assert_last_line(Fixture *f, const char *line)
{
    g_assert_cmpint(f->lines->len, >, 0);
    g_assert_cmpstr(f->lines->pdata[f->lines->len - 1], ==, line);
}

/* --- The model ---------------------------------------------------------- */

typedef struct Model {
    GPtrArray *chars; /* strings of one character */
    int cursor;
    GPtrArray *history;
    int entry;
} Model;

static char *model_line(Model *m)
{
    GString *s = g_string_new(NULL);

    for (guint i = 0; i < m->chars->len; i++) {
        g_string_append(s, m->chars->pdata[i]);
    }
    return g_string_free(s, false);
}

static bool model_is_space(Model *m, int i)
{
    return *(char *)m->chars->pdata[i] == ' ';
}

static int model_word(Model *m, int step)
{
    int i = m->cursor;

    if (step < 0) {
        while (i > 0 && model_is_space(m, i - 1)) {
            i--;
        }
        while (i > 0 && !model_is_space(m, i - 1)) {
            i--;
        }
    } else {
        while (i < (int)m->chars->len && model_is_space(m, i)) {
            i++;
        }
        while (i < (int)m->chars->len && !model_is_space(m, i)) {
            i++;
        }
    }
    return i;
}

static void model_delete(Model *m, int from, int to)
{
    if (to > from) {
        g_ptr_array_remove_range(m->chars, from, to - from);
    }
    m->cursor = from;
}

static void model_set(Model *m, const char *line)
{
    g_ptr_array_set_size(m->chars, 0);
    while (*line) {
        const char *next = g_utf8_next_char(line);

        g_ptr_array_add(m->chars, g_strndup(line, next - line));
        line = next;
    }
    m->cursor = m->chars->len;
}

static void model_enter(Model *m)
{
    g_autofree char *line = model_line(m);

    if (*line) {
        for (guint i = 0; i < m->history->len; i++) {
            if (!strcmp(m->history->pdata[i], line)) {
                g_ptr_array_remove_index(m->history, i);
                break;
            }
        }
        if (m->history->len == READLINE_MAX_CMDS) {
            g_ptr_array_remove_index(m->history, 0);
        }
        g_ptr_array_add(m->history, g_strdup(line));
    }
    model_set(m, "");
    m->entry = -1;
}

static void model_up(Model *m)
{
    if (m->entry < 0) {
        m->entry = m->history->len;
    }
    if (m->entry > 0) {
        m->entry--;
        model_set(m, m->history->pdata[m->entry]);
    } else if (!m->history->len) {
        m->entry = -1;
    }
}

static void model_down(Model *m)
{
    if (m->entry < 0) {
        return;
    }
    if (++m->entry < (int)m->history->len) {
        model_set(m, m->history->pdata[m->entry]);
    } else {
        m->entry = -1;
        model_set(m, "");
    }
}

static const char *const random_keys[] = {
    "a",
    "b",
    "c",
    " ",
    "/",
    "0",
    "é",
    "€",
    "😀",
    "\x01",
    "\x02",
    "\x04",
    "\x05",
    "\x06",
    "\x08",
    "\x7f",
    "\x0b",
    "\x0e",
    "\x10",
    "\x15",
    "\x17",
    "\x1b"
    "b",
    "\x1b"
    "f",
    "\x1b"
    "d",
    "\x1b\x7f",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[1~",
    "\x1b[3~",
    "\x1b[4~",
    "\x1bOH",
    "\x1bOF",
    "\x1b[1;5C",
    "\x03",
    "\x1b[200X",
    "\n",
    "\r",
};

static void model_key(Model *m, const char *key)
{
    int n = m->chars->len;

    if ((unsigned char)key[0] >= 0x20 && key[0] != 0x7f) {
        g_ptr_array_insert(m->chars, m->cursor++, g_strdup(key));
    } else if (!strcmp(key, "\n") || !strcmp(key, "\r")) {
        model_enter(m);
    } else if (!strcmp(key, "\x01") || !strcmp(key, "\x1b[1~") ||
               !strcmp(key, "\x1bOH")) {
        m->cursor = 0;
    } else if (!strcmp(key, "\x05") || !strcmp(key, "\x1b[4~") ||
               !strcmp(key, "\x1bOF")) {
        m->cursor = n;
    } else if (!strcmp(key, "\x02") || !strcmp(key, "\x1b[D")) {
        m->cursor = MAX(m->cursor - 1, 0);
    } else if (!strcmp(key, "\x06") || !strcmp(key, "\x1b[C") ||
               !strcmp(key, "\x1b[1;5C")) {
        m->cursor = MIN(m->cursor + 1, n);
    } else if (!strcmp(key, "\x04") || !strcmp(key, "\x1b[3~")) {
        model_delete(m, m->cursor, MIN(m->cursor + 1, n));
    } else if (!strcmp(key, "\x08") || !strcmp(key, "\x7f")) {
        model_delete(m, MAX(m->cursor - 1, 0), m->cursor);
    } else if (!strcmp(key, "\x0b")) {
        model_delete(m, m->cursor, n);
    } else if (!strcmp(key, "\x15")) {
        model_delete(m, 0, m->cursor);
    } else if (!strcmp(key, "\x17") || !strcmp(key, "\x1b\x7f")) {
        model_delete(m, model_word(m, -1), m->cursor);
    } else if (!strcmp(key, "\x1b"
                            "d")) {
        model_delete(m, m->cursor, model_word(m, 1));
    } else if (!strcmp(key, "\x1b"
                            "b")) {
        m->cursor = model_word(m, -1);
    } else if (!strcmp(key, "\x1b"
                            "f")) {
        m->cursor = model_word(m, 1);
    } else if (!strcmp(key, "\x10") || !strcmp(key, "\x1b[A")) {
        model_up(m);
    } else if (!strcmp(key, "\x0e") || !strcmp(key, "\x1b[B")) {
        model_down(m);
    }
}

static void test_random(Fixture *f, gconstpointer data)
{
    Model m = {
        .chars = g_ptr_array_new_with_free_func(g_free),
        .history = g_ptr_array_new_with_free_func(g_free),
        .entry = -1,
    };

    for (int i = 0; i < 20000; i++) {
        int r = g_test_rand_int_range(0, 3 * G_N_ELEMENTS(random_keys));
        const char *key = r < (int)G_N_ELEMENTS(random_keys)
                              ? random_keys[r]
                              : random_keys[r % 9];
        g_autofree char *line = NULL;
        g_autofree char *before = model_line(&m);

        if (g_utf8_strlen(before, -1) > 60 && r % 4) {
            key = "\n";
        }
        type(f, key);
        model_key(&m, key);
        line = model_line(&m);
        assert_screen(f, line, m.cursor);
        if (*key == '\n' || *key == '\r') {
            assert_last_line(f, before);
        }
        g_string_truncate(f->term.all, 0);
    }
    for (guint i = 0; i <= m.history->len; i++) {
        g_assert_cmpstr(readline_get_history(f->rs, i), ==,
                        i < m.history->len ? m.history->pdata[i] : NULL);
    }
    g_ptr_array_free(m.chars, true);
    g_ptr_array_free(m.history, true);
}

/* --- Single stories ----------------------------------------------------- */

static void test_history(Fixture *f, gconstpointer data)
{
    for (int i = 0; i < READLINE_MAX_CMDS + 10; i++) {
        g_autofree char *line = g_strdup_printf("command %d\n", i);

        type(f, line);
    }
    g_assert_cmpstr(readline_get_history(f->rs, 0), ==, "command 10");
    g_assert_cmpstr(readline_get_history(f->rs, READLINE_MAX_CMDS - 1), ==,
                    "command 73");
    g_assert_null(readline_get_history(f->rs, READLINE_MAX_CMDS));
    type(f, "\x1b[A\x1b[A\x1b[A\x1b[B");
    assert_screen(f, "command 72", 10);
    type(f, "\x08"
            "1\n");
    assert_last_line(f, "command 71");
    g_assert_cmpstr(readline_get_history(f->rs, READLINE_MAX_CMDS - 1), ==,
                    "command 71");
    g_assert_cmpstr(readline_get_history(f->rs, READLINE_MAX_CMDS - 2), ==,
                    "command 73");
}

static void test_completion(Fixture *f, gconstpointer data)
{
    type(f, "ze\t");
    assert_screen(f, "zebra ", 6);
    type(f, "pa\t");
    assert_screen(f, "zebra path/", 11);
    type(f, "\x15nothing\t");
    assert_screen(f, "nothing", 7);
    type(f, "\x15i\t");
    assert_screen(f, "info", 4);
    g_assert_nonnull(strstr(f->term.all->str, "\ninfo      inform    \n"));
    type(f, "r\t");
    assert_screen(f, "inform ", 7);
    /* In the middle of a line, what follows the cursor stays. */
    type(f, "\x15 tail\x01q\t");
    assert_screen(f, "qom-list  tail", 9);
}

static void test_password(Fixture *f, gconstpointer data)
{
    readline_start(f->rs, PROMPT, 1, take_line, f);
    type(f, "\n");
    g_string_truncate(f->term.all, 0);
    type(f, "secrét\t\x08");
    assert_screen(f, "*****", 5);
    g_assert_null(strchr(f->term.all->str, 's'));
    type(f, "\n");
    assert_last_line(f, "secré");
    g_assert_null(readline_get_history(f->rs, 0));
}

static void test_long_line(Fixture *f, gconstpointer data)
{
    g_autofree char *keys = g_strnfill(READLINE_CMD_BUF_SIZE + 500, 'x');
    g_autofree char *want = g_strnfill(READLINE_CMD_BUF_SIZE, 'x');

    /* The terminal is too narrow for it; only the result counts. */
    f->rs->read_password = 0;
    for (char *c = keys; *c; c++) {
        if (f->term.column > 1500) {
            f->term.column = 10;
        }
        readline_handle_byte(f->rs, *c);
    }
    readline_handle_byte(f->rs, '\n');
    assert_last_line(f, want);
}

static void G_GNUC_PRINTF(2, 3)
    print_nothing(void *opaque, const char *fmt, ...)
{
}

static void count_line(void *opaque, const char *str, void *readline_opaque)
{
    ++*(int *)opaque;
}

static void find_one(void *opaque, const char *cmdline)
{
}

/* Any bytes at all: nothing breaks, and lines still end. */
static void test_garbage(void)
{
    int lines = 0;
    ReadLineState *rs =
        readline_init(print_nothing, term_flush, &lines, find_one);

    readline_start(rs, PROMPT, 0, count_line, &lines);
    for (int i = 0; i < 200000; i++) {
        readline_handle_byte(rs, g_test_rand_int_range(0, 256));
    }
    g_assert_cmpint(lines, >, 100);
    readline_free(rs);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/readline/random", Fixture, NULL, setup, test_random, teardown);
    g_test_add("/readline/history", Fixture, NULL, setup, test_history,
               teardown);
    g_test_add("/readline/completion", Fixture, NULL, setup, test_completion,
               teardown);
    g_test_add("/readline/password", Fixture, NULL, setup, test_password,
               teardown);
    g_test_add("/readline/long-line", Fixture, NULL, setup, test_long_line,
               teardown);
    g_test_add_func("/readline/garbage", test_garbage);
    return g_test_run();
}
