/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error objects, and what becomes of them at each destination. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

static void test_set(void)
{
    Error *err = NULL;

    errno = EXDEV;
    error_setg(&err, "cannot %s %d", "open", 5);
    g_assert_cmpint(errno, ==, EXDEV);
    g_assert_cmpstr(error_get_pretty(err), ==, "cannot open 5");
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_GENERIC_ERROR);
    error_free_or_abort(&err);
    g_assert_null(err);

    error_setg_errno(&err, ENOENT, "open %s", "x");
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "open x: No such file or directory");
    error_free_or_abort(&err);

    error_setg_errno(&err, 0, "open %s", "x");
    g_assert_cmpstr(error_get_pretty(err), ==, "open x");
    error_free_or_abort(&err);

    error_setg_file_open(&err, EACCES, "/etc/x");
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Could not open '/etc/x': Permission denied");
    error_free_or_abort(&err);

    error_set(&err, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found", "d");
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_DEVICE_NOT_FOUND);
    error_free_or_abort(&err);

    error_setg(NULL, "nobody wants to know");
    error_free(NULL);
}

static void test_propagate(void)
{
    Error *err = NULL, *first = NULL, *second = NULL;

    error_propagate(&err, NULL);
    g_assert_null(err);
    error_setg(&first, "first");
    error_setg(&second, "second");
    error_propagate(&err, first);
    error_propagate(&err, second);
    g_assert_cmpstr(error_get_pretty(err), ==, "first");

    error_prepend(&err, "%s: ", "ctx");
    g_assert_cmpstr(error_get_pretty(err), ==, "ctx: first");
    second = NULL;
    error_propagate_prepend(&second, g_steal_pointer(&err), "x%d: ", 1);
    g_assert_cmpstr(error_get_pretty(second), ==, "x1: ctx: first");
    error_propagate_prepend(NULL, second, "dropped: ");
    error_propagate_prepend(&err, NULL, "nothing: ");
    g_assert_null(err);
    error_prepend(NULL, "nothing");
    error_append_hint(NULL, "nothing");
}

static void test_copy(void)
{
    Error *err = NULL;
    g_autoptr(Error) copy = NULL;

    error_set(&err, ERROR_CLASS_COMMAND_NOT_FOUND, "no such thing");
    error_append_hint(&err, "Try %s.\n", "help");
    copy = error_copy(err);
    error_free(err);
    g_assert_cmpstr(error_get_pretty(copy), ==, "no such thing");
    g_assert_cmpint(error_get_class(copy), ==, ERROR_CLASS_COMMAND_NOT_FOUND);
}

/* What a function with ERRP_GUARD() may do with any destination. */
static bool guarded(bool fail, Error **errp)
{
    ERRP_GUARD();

    if (fail) {
        error_setg(errp, "inner");
        g_assert_nonnull(*errp);
        error_prepend(errp, "outer: ");
        error_append_hint(errp, "A hint.\n");
    }
    return *errp == NULL;
}

static void test_guard(void)
{
    Error *err = NULL;

    g_assert_true(guarded(false, NULL));
    g_assert_true(guarded(false, &error_fatal));
    g_assert_false(guarded(true, NULL));
    g_assert_false(guarded(true, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "outer: inner");
    error_free(err);
}

static void test_fatal(void)
{
    if (g_test_subprocess()) {
        guarded(true, &error_fatal);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_assert_false(g_test_trap_reached_timeout());
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("test-error: outer: inner\nA hint.\n");
}

static void test_abort(void)
{
    if (g_test_subprocess()) {
        error_setg(&error_abort, "impossible");
        exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("Unexpected error in test_abort() at "
                              "*test-error.c:*:\ntest-error: impossible\n*");
}

static void test_warn(void)
{
    if (g_test_subprocess()) {
        for (int i = 0; i < 3; i++) {
            Error *err = NULL;

            error_setg(&err, "once");
            g_assert_cmpint(warn_report_err_once(err), ==, i == 0);
        }
        guarded(true, &error_warn);
        exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("test-error: warning: once\n"
                              "test-error: warning: outer: inner\n"
                              "A hint.\n");
}

static void test_locations(void)
{
    if (g_test_subprocess()) {
        char *argv[] = { (char *)"-device", (char *)"x", NULL };
        Location loc, saved;

        loc_push_none(&loc);
        loc_set_cmdline(argv, 0, 2);
        error_report("on the command line");
        loc_save(&saved);
        loc_set_file("file", 0);
        error_report("in a file");
        loc_set_file(NULL, 3);
        warn_report("in a line");
        loc_restore(&saved);
        info_report("back");
        loc_pop(&loc);
        error_report("nowhere");
        exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("test-error: -device x: on the command line\n"
                              "test-error:file: in a file\n"
                              "test-error:file:3: warning: in a line\n"
                              "test-error: -device x: info: back\n"
                              "test-error: nowhere\n");
}

static GString *monitor;
static bool monitor_on;

static int monitor_vprintf(const char *fmt, va_list ap)
{
    size_t before = monitor->len;

    g_string_append_vprintf(monitor, fmt, ap);
    return monitor->len - before;
}

static bool monitor_active(void)
{
    return monitor_on;
}

static void test_sink(void)
{
    monitor = g_string_new(NULL);
    monitor_on = true;
    message_with_timestamp = true;
    error_set_sink(monitor_vprintf, monitor_active);
    error_report("to the monitor");
    g_assert_cmpint(error_printf("%d\n", 12), ==, 3);
    error_set_sink(NULL, NULL);
    message_with_timestamp = false;
    g_assert_cmpstr(monitor->str, ==, "to the monitor\n12\n");
    g_string_free(monitor, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    error_init("/usr/bin/test-error");
    g_test_add_func("/error/set", test_set);
    g_test_add_func("/error/propagate", test_propagate);
    g_test_add_func("/error/copy", test_copy);
    g_test_add_func("/error/guard", test_guard);
    g_test_add_func("/error/fatal", test_fatal);
    g_test_add_func("/error/abort", test_abort);
    g_test_add_func("/error/warn", test_warn);
    g_test_add_func("/error-report/locations", test_locations);
    g_test_add_func("/error-report/sink", test_sink);
    return g_test_run();
}
