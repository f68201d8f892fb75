/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace events at run time: finding, switching, what the log gets, options.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "trace/trace-tests_unit.h"

static char *dir;

#ifdef CONFIG_TRACE_LOG
/* What the log has since it was last asked for. */
static char *take_log(void)
{
    static gsize seen;
    g_autofree char *name = g_build_filename(dir, "log", NULL);
    g_autofree char *text = NULL;
    char *part;
    gsize len = 0;

    fflush(NULL);
    g_assert_true(g_file_get_contents(name, &text, &len, NULL));
    part = g_strdup(text + seen);
    seen = len;
    return part;
}
#endif

static void expect_log(const char *expected)
{
#ifdef CONFIG_TRACE_LOG
    g_autofree char *log = take_log();

    g_assert_cmpstr(log, ==, expected);
#endif
}

static bool is_on(const char *name)
{
    return trace_event_get_state_dynamic(trace_event_name(name));
}

static void all_off(void)
{
    trace_enable_events("-trace_test_*");
}

static void fire_all(void)
{
    trace_trace_test_nothing();
    trace_trace_test_ints(-1, 2, -3, 4, 0xffffffffffULL, INT64_MIN);
    trace_trace_test_others("text", NULL, 7, true);
    trace_trace_test_other_name(5);
    trace_trace_test_disabled(6);
    trace_trace_test_ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
}

static void test_log(void)
{
    all_off();
    fire_all();
    expect_log("");
    g_assert_false(trace_event_get_state(TRACE_TRACE_TEST_INTS));

    trace_enable_events("trace_test_*");
    g_assert_true(trace_event_get_state(TRACE_TRACE_TEST_INTS));
    g_assert_false(trace_event_get_state(TRACE_TRACE_TEST_DISABLED));
    g_assert_false(trace_event_get_state_backends(TRACE_TRACE_TEST_DISABLED));
    fire_all();
    expect_log("trace_test_nothing no arguments\n"
               "trace_test_ints i=-1 u=2 l=-3 b=0x04 q=0xffffffffff "
               "s=-9223372036854775808\n"
               "trace_test_others 'text' p=(nil) n=7 yes=1\n"
               "trace_test_other_name x=5\n"
               "trace_test_ten 1 2 3 4 5 6 7 8 9 10\n");

    trace_enable_events("-trace_test_other*");
    trace_enable_events("-trace_test_ten");
    trace_trace_test_others("text", NULL, 7, true);
    trace_trace_test_nothing();
    expect_log("trace_test_nothing no arguments\n");
    all_off();
}

static void test_timestamp(void)
{
#ifdef CONFIG_TRACE_LOG
    g_autofree char *log = NULL;
    g_autofree char *start = NULL;

    trace_enable_events("trace_test_nothing");
    message_with_timestamp = true;
    trace_trace_test_nothing();
    message_with_timestamp = false;
    log = take_log();
    start = g_strdup_printf("%d@", qemu_get_thread_id());
    g_assert_true(g_str_has_prefix(log, start));
    g_assert_true(g_regex_match_simple(
        "^[0-9]+@[0-9]+\\.[0-9]{6}:trace_test_nothing no arguments\n$", log, 0,
        0));
    all_off();
#endif
}

static void test_find(void)
{
    TraceEventIter iter;
    TraceEvent *ev;
    int all = 0, matching = 0, own = 0;
    bool seen[1000] = { false };

    g_assert_null(trace_event_name("trace_test_none"));
    ev = trace_event_name("trace_test_ten");
    g_assert_cmpstr(trace_event_get_name(ev), ==, "trace_test_ten");
    g_assert_true(trace_event_get_state_static(ev));
    ev = trace_event_name("trace_test_disabled");
    g_assert_false(trace_event_get_state_static(ev));

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter))) {
        g_assert_false(seen[trace_event_get_id(ev)]);
        seen[trace_event_get_id(ev)] = true;
        all++;
        own += g_str_has_prefix(ev->name, "trace_test_");
    }
    g_assert_cmpint(own, ==, 6);
    g_assert_cmpint(all, >, own);
    trace_event_iter_init_pattern(&iter, "trace_test_o*");
    while (trace_event_iter_next(&iter)) {
        matching++;
    }
    g_assert_cmpint(matching, ==, 2);
    g_assert_true(trace_event_is_pattern("a*"));
    g_assert_false(trace_event_is_pattern("a"));
}

static void test_count(void)
{
    TraceEvent *ev = trace_event_name("trace_test_ten");

    all_off();
    g_assert_cmpint(trace_events_enabled_count, ==, 0);
    trace_event_set_state_dynamic(ev, true);
    trace_event_set_state_dynamic(ev, true);
    g_assert_cmpint(trace_events_enabled_count, ==, 1);
    trace_event_set_state_dynamic(ev, false);
    trace_event_set_state_dynamic(ev, false);
    g_assert_cmpint(trace_events_enabled_count, ==, 0);
}

/* A module that is loaded after the command line was read. */
static uint16_t late_state[2];
static TraceEvent late_a = { .name = "late_a",
                             .sstate = true,
                             .dstate = &late_state[0] };
static TraceEvent late_b = { .name = "late_b",
                             .sstate = true,
                             .dstate = &late_state[1] };
static TraceEvent *late_group[] = { &late_a, &late_b, NULL };

static void test_late_group(void)
{
    trace_enable_events("late_*");
    trace_enable_events("-late_b*");
    trace_event_register_group(late_group);
    g_assert_true(is_on("late_a"));
    g_assert_false(is_on("late_b"));
    trace_enable_events("-late_*");
}

static void test_options(void)
{
    g_autofree char *events = g_build_filename(dir, "events", NULL);
    g_autofree char *option =
        g_strdup_printf("enable=trace_test_ten,events=%s", events);

    g_assert_true(g_file_set_contents(events,
                                      "# a comment\n\ntrace_test_o*\n"
                                      "-trace_test_other_name",
                                      -1, NULL));
    trace_opt_parse("trace_test_nothing");
    g_assert_true(is_on("trace_test_nothing"));
    all_off();
    trace_opt_parse(option);
    g_assert_true(is_on("trace_test_ten"));
    g_assert_true(is_on("trace_test_others"));
    g_assert_false(is_on("trace_test_other_name"));
    all_off();

#ifdef CONFIG_TRACE_LOG
    g_assert_cmpint(qemu_str_to_log_mask("trace:trace_test_i*"), ==, LOG_TRACE);
    g_assert_true(is_on("trace_test_ints"));
    all_off();
#endif
}

static void run_child(const char *option, const char *out, const char *err)
{
    if (g_test_subprocess()) {
        trace_opt_parse(option);
        exit(3);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_stdout(out);
    g_test_trap_assert_stderr(err);
}

static void test_help(void)
{
    run_child("help", "*trace_test_ten\n*", "");
    g_test_trap_assert_passed();
}

static void test_bad_key(void)
{
    run_child("trace_test_ten,event=x", "*", "*Invalid parameter 'event'*");
    g_test_trap_assert_failed();
}

static void test_bad_file(void)
{
    run_child("events=/nonexistent", "*",
              "*/nonexistent*No such file or directory*");
    g_test_trap_assert_failed();
}

static void test_unknown_event(void)
{
    run_child("no_such_event", "*",
              "*warning: trace event 'no_such_event' does not exist*");
}

static void test_disabled_event(void)
{
    run_child("trace_test_disabled", "*",
              "*warning: trace event 'trace_test_disabled' is not traceable*");
}

int main(int argc, char **argv)
{
    g_autofree char *log = NULL;
    g_autofree char *events = NULL;
    int ret;

    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("test-trace-XXXXXX", NULL);
    log = g_build_filename(dir, "log", NULL);
    events = g_build_filename(dir, "events", NULL);
    qemu_set_log_filename_flags(log, LOG_TRACE, &error_abort);

    g_test_add_func("/trace/log", test_log);
    g_test_add_func("/trace/timestamp", test_timestamp);
    g_test_add_func("/trace/find", test_find);
    g_test_add_func("/trace/count", test_count);
    g_test_add_func("/trace/late-group", test_late_group);
    g_test_add_func("/trace/options", test_options);
    g_test_add_func("/trace/help", test_help);
    g_test_add_func("/trace/bad-key", test_bad_key);
    g_test_add_func("/trace/bad-file", test_bad_file);
    g_test_add_func("/trace/unknown-event", test_unknown_event);
    g_test_add_func("/trace/disabled-event", test_disabled_event);
    ret = g_test_run();

    unlink(log);
    unlink(events);
    rmdir(dir);
    g_free(dir);
    return ret;
}
