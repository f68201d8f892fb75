/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console device without a driver: characters by way of its configuration,
 * ports that come and go, and those that are refused.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "libqtest.h"
#include "qobject/qdict.h"

#define EMERG_WR 0x10001108 /* the first transport; its configuration */
#define ANY      UINT32_MAX /* the next number that is free */

static void test_emergency_write(void)
{
    g_autofree char *path = NULL, *text = NULL;
    int fd = g_file_open_tmp("console-XXXXXX", &path, NULL);
    QTestState *s =
        qtest_initf("-M virt -bios none -m 64M "
                    "-chardev file,id=c,path=%s "
                    "-device virtio-serial-device,bus=virtio-mmio-bus.0 "
                    "-device virtconsole,chardev=c",
                    path);

    close(fd);
    for (const char *p = "Oops\n"; *p; p++) {
        qtest_writel(s, EMERG_WR, *p);
    }
    g_assert_cmphex(qtest_readl(s, EMERG_WR), ==, 0);
    qtest_quit(s);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "Oops\n");
    unlink(path);
}

static void add(QmpClient *c, const char *id, uint32_t nr, const char *name)
{
    qobject_unref(qmp_client_return(c,
                                    "{'execute': 'device_add', 'arguments':"
                                    " {'driver': 'virtserialport', 'id': %s,"
                                    "  'nr': %u, 'name': %s}}",
                                    id, nr, name));
}

static void refuse(QmpClient *c, uint32_t nr, const char *name, const char *why)
{
    qmp_client_error(c, "GenericError", why,
                     "{'execute': 'device_add', 'arguments':"
                     " {'driver': 'virtserialport', 'nr': %u, 'name': %s}}",
                     nr, name);
}

static void del(QmpClient *c, const char *id)
{
    qobject_unref(qmp_client_return(
        c, "{'execute': 'device_del', 'arguments': {'id': %s}}", id));
    qobject_unref(qmp_client_event(c, "DEVICE_DELETED"));
}

static void test_ports(void)
{
    QTestState *s = qtest_init("-M virt -bios none -m 64M "
                               "-device virtio-serial-device,max_ports=3");
    QmpClient *c = qtest_qmp_client(s);

    for (int i = 0; i < 3; i++) {
        add(c, "a", 1, "first");
        refuse(c, 1, "x", "virtio-serial-bus: A port already exists at id 1");
        refuse(c, 2, "first",
               "virtio-serial-bus: A port already exists by name first");
        refuse(c, 3, "x",
               "virtio-serial-bus: Out-of-range port id specified, max. "
               "allowed: 2");
        refuse(c, 0, "x",
               "Port number 0 on virtio-serial devices reserved for "
               "virtconsole devices for backward compatibility.");
        add(c, "b", ANY, "second");
        refuse(c, ANY, "x",
               "virtio-serial-bus: Maximum port limit for this device reached");
        if (i != 1) {
            del(c, "a");
            del(c, "b");
        } else {
            del(c, "b");
            del(c, "a");
        }
    }
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-serial/emergency-write", test_emergency_write);
    g_test_add_func("/virtio-serial/ports", test_ports);
    return g_test_run();
}
