/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: items, files, templates, address filters, threads. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qemu/log.h"

static char *dir;

static char *path_of(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

/* The contents of a file of ours, which is removed; NULL: there is none. */
static char *take_file(const char *name)
{
    g_autofree char *path = path_of(name);
    char *text = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL)) {
        g_unlink(path);
    }
    return text;
}

static void expect(const char *name, const char *want)
{
    g_autofree char *text = take_file(name);

    g_assert_cmpstr(text, ==, want);
}

static void test_items(void)
{
    int all = qemu_str_to_log_mask("all");

    g_assert_cmpint(qemu_str_to_log_mask("guest_errors"), ==, LOG_GUEST_ERROR);
    g_assert_cmpint(qemu_str_to_log_mask("unimp,int,nochain"), ==,
                    LOG_UNIMP | CPU_LOG_INT | CPU_LOG_TB_NOCHAIN);
    g_assert_cmpint(qemu_str_to_log_mask("unimp,nonsense"), ==, 0);
    g_assert_cmpint(qemu_str_to_log_mask(""), ==, 0);
    g_assert_cmpint(qemu_str_to_log_mask("trace:"), ==, 0);
    g_assert_cmpint(all & LOG_INVALID_MEM, !=, 0);
    g_assert_cmpint(all & LOG_PER_THREAD, ==, 0);
    for (const QEMULogItem *item = qemu_log_items; item->mask; item++) {
        g_assert_cmpint(qemu_str_to_log_mask(item->name), ==, item->mask);
        g_assert_cmpint(item->mask & (item->mask - 1), ==, 0);
        g_assert_cmpint(item->mask & LOG_TRACE, ==, 0);
    }
}

static char *enabled;

static void enable_trace(const char *glob)
{
    g_free(enabled);
    enabled = g_strdup(glob);
}

static void test_trace_hook(void)
{
    qemu_log_set_trace_hook(enable_trace);
    g_assert_cmpint(qemu_str_to_log_mask("unimp,trace:qom_*"), ==,
                    LOG_UNIMP | LOG_TRACE);
    g_assert_cmpstr(enabled, ==, "qom_*");
    qemu_log_set_trace_hook(NULL);
    g_free(enabled);
}

static void test_file(void)
{
    g_autofree char *a = path_of("a.log"), *b = path_of("b.log");
    g_autofree char *bad = path_of("no/such/dir.log");
    Error *err = NULL;
    FILE *f;

    g_assert_true(qemu_set_log_filename_flags(a, LOG_UNIMP, &error_abort));
    g_assert_true(qemu_log_enabled());
    g_assert_true(qemu_log_separate());
    qemu_log_mask(LOG_UNIMP, "one %d\n", 1);
    qemu_log_mask(LOG_GUEST_ERROR, "not asked for\n");

    /* A name that cannot be opened changes nothing. */
    g_assert_false(qemu_set_log_filename(bad, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "no/such/dir.log"));
    error_free_or_abort(&err);
    qemu_log("two\n");

    f = qemu_log_trylock();
    g_assert_true(qemu_set_log_filename(b, &error_abort));
    fprintf(f, "three\n");
    qemu_log("for b\n");
    qemu_log_unlock(f);

    g_assert_true(qemu_set_log(LOG_UNIMP | LOG_GUEST_ERROR, &error_abort));
    qemu_log_mask(LOG_GUEST_ERROR, "asked for\n");
    g_assert_true(qemu_set_log_filename_flags(NULL, 0, &error_abort));
    g_assert_false(qemu_log_separate());
    expect("a.log", "one 1\ntwo\nthree\n");
    expect("b.log", "for b\nasked for\n");
}

static void test_template(void)
{
    static const char *const bad[] = { "%d%d", "%s", "x%", "%%", "%d-%x" };
    g_autofree char *with_pid = path_of("p-%d.log");
    g_autofree char *file = g_strdup_printf("p-%d.log", (int)getpid());
    Error *err = NULL;

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_assert_false(qemu_set_log_filename(bad[i], &err));
        error_free_or_abort(&err);
    }
    g_assert_true(
        qemu_set_log_filename_flags(with_pid, LOG_UNIMP, &error_abort));
    qemu_log("mine\n");
    g_assert_true(qemu_set_log_filename_flags(NULL, 0, &error_abort));
    expect(file, "mine\n");
}

/* Lines of several threads are never mixed, however the log moves. */
static void *write_lines(void *stop)
{
    while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED)) {
        FILE *f = qemu_log_trylock();

        if (f) {
            fputs("abc", f);
            fputs("def", f);
            fputs("\n", f);
            qemu_log_unlock(f);
        }
        qemu_log("ghij%s\n", "kl");
    }
    return NULL;
}

static int check_lines(const char *name)
{
    g_autofree char *text = take_file(name);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int n;

    for (n = 0; lines[n] && *lines[n]; n++) {
        g_assert_true(g_str_equal(lines[n], "abcdef") ||
                      g_str_equal(lines[n], "ghijkl"));
    }
    return n;
}

static void test_threads(void)
{
    g_autofree char *a = path_of("ta.log"), *b = path_of("tb.log");
    GThread *threads[3];
    int stop = 0, lines;

    qemu_set_log_filename_flags(a, LOG_UNIMP, &error_abort);
    for (int i = 0; i < 3; i++) {
        threads[i] = g_thread_new("log", write_lines, &stop);
    }
    for (int i = 0; i < 40; i++) {
        qemu_set_log_filename(i % 2 ? a : b, &error_abort);
        g_usleep(500);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; i++) {
        g_thread_join(threads[i]);
    }
    qemu_set_log_filename_flags(NULL, 0, &error_abort);
    lines = check_lines("ta.log") + check_lines("tb.log");
    g_assert_cmpint(lines, >, 0);
}

static void test_filter(void)
{
    static const char *const bad[] = { "",     "5",    "x+1",
                                       "1+x",  "1..",  "2..1",
                                       "1+0",  "1-0",  "1-3",
                                       "1 +1", "1+1,", "0xffffffffffffffff+2" };
    Error *err = NULL;

    g_assert_true(qemu_log_in_addr_range(77));
    qemu_set_dfilter_ranges("0x10+0x10,0x100-1", &error_abort);
    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        qemu_set_dfilter_ranges(bad[i], &err);
        error_free_or_abort(&err);
        g_assert_true(qemu_log_in_addr_range(0x1f));
        g_assert_false(qemu_log_in_addr_range(0x20));
        g_assert_true(qemu_log_in_addr_range(0x100));
    }
    qemu_set_dfilter_ranges("0xffffffffffffffff+1", &error_abort);
    g_assert_true(qemu_log_in_addr_range(UINT64_MAX));
    qemu_set_dfilter_ranges("0..0xffffffffffffffff", &error_abort);
    g_assert_true(qemu_log_in_addr_range(0));
}

static void *log_one(void *text)
{
    qemu_log("%s %d\n", (char *)text, qemu_get_thread_id());
    return GINT_TO_POINTER(qemu_get_thread_id());
}

/* Last, for a log that is one per thread stays so. */
static void test_tid(void)
{
    g_autofree char *template = path_of("t-%d.log");
    g_autofree char *plain = path_of("plain.log");
    Error *err = NULL;
    void *tids[2];

    g_assert_false(qemu_set_log_filename_flags(plain, LOG_PER_THREAD, &err));
    error_free_or_abort(&err);
    g_assert_true(qemu_set_log_filename_flags(
        template, LOG_UNIMP | LOG_PER_THREAD, &error_abort));
    tids[0] = log_one((char *)"thread");
    tids[1] = g_thread_join(g_thread_new("x", log_one, (char *)"thread"));
    for (int i = 0; i < 2; i++) {
        int tid = GPOINTER_TO_INT(tids[i]);
        g_autofree char *name = g_strdup_printf("t-%d.log", tid);
        g_autofree char *want = g_strdup_printf("thread %d\n", tid);

        expect(name, want);
    }
    g_assert_false(qemu_set_log_filename(plain, &err));
    error_free_or_abort(&err);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("plateau-log-XXXXXX", NULL);
    g_test_add_func("/log/items", test_items);
    g_test_add_func("/log/trace-hook", test_trace_hook);
    g_test_add_func("/log/file", test_file);
    g_test_add_func("/log/template", test_template);
    g_test_add_func("/log/threads", test_threads);
    g_test_add_func("/log/filter", test_filter);
    g_test_add_func("/log/tid", test_tid);
    ret = g_test_run();
    g_rmdir(dir);
    g_free(dir);
    return ret;
}
