/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include <sys/eventfd.h>
#include "qemu/event_notifier.h"

static void test_set_and_clear(void)
{
    EventNotifier e;

    g_assert_cmpint(event_notifier_init(&e, false), ==, 0);
    g_assert_cmpint(event_notifier_test_and_clear(&e), ==, 0);
    g_assert_cmpint(event_notifier_set(&e), ==, 0);
    g_assert_cmpint(event_notifier_set(&e), ==, 0);
    g_assert_cmpint(event_notifier_test_and_clear(&e), ==, 1);
    g_assert_cmpint(event_notifier_test_and_clear(&e), ==, 0);
    event_notifier_cleanup(&e);
    g_assert_cmpint(event_notifier_set(&e), <, 0);
    g_assert_cmpint(event_notifier_test_and_clear(&e), ==, 0);
    event_notifier_cleanup(&e);

    g_assert_cmpint(event_notifier_init(&e, true), ==, 0);
    g_assert_cmpint(event_notifier_test_and_clear(&e), ==, 1);
    event_notifier_cleanup(&e);
}

static void test_full_counter(void)
{
    uint64_t most = UINT64_MAX - 1;
    EventNotifier e;

    event_notifier_init_fd(&e, eventfd(0, EFD_NONBLOCK));
    g_assert_cmpint(event_notifier_get_fd(&e), ==, event_notifier_get_wfd(&e));
    g_assert_cmpint(write(event_notifier_get_wfd(&e), &most, 8), ==, 8);
    g_assert_cmpint(event_notifier_set(&e), ==, 0);
    g_assert_cmpint(event_notifier_test_and_clear(&e), ==, 1);
    event_notifier_cleanup(&e);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/event-notifier/set-and-clear", test_set_and_clear);
    g_test_add_func("/event-notifier/full-counter", test_full_counter);
    return g_test_run();
}
