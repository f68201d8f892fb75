/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Generic Event Device of the board microvm: its registers, the power
 * button, power off and reset by the guest, DIMMs that come and go.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "libqmp.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

#define EVENTS 0xfea00000
#define SLOTS  0xfea00100
#define REGS   0xfea00200

#define SLOT_SELECT 0x00
#define SLOT_ADDR   0x00
#define SLOT_EVENT  0x04
#define SLOT_SIZE   0x08
#define SLOT_STATUS 0x08
#define SLOT_NODE   0x10
#define SLOT_FLAGS  0x14

#define SLEEP_S5 (5 << 2 | 0x20)

static void wait_for(QTestState *s, const char *event)
{
    qobject_unref(qmp_client_event(qtest_qmp_client(s), event));
}

/* How often the line of the GED went up. */
static int interrupts(QTestState *s)
{
    g_autofree char *text = qtest_hmp(s, "info irq");
    const char *line = strstr(text, " 9: ");

    return line ? atoi(line + 4) : 0;
}

/* ---- registers ----------------------------------------------------------- */

static void test_registers(void)
{
    QTestState *s = qtest_init("-M microvm");

    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    qtest_writel(s, EVENTS, 0xff);
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(qtest_readb(s, REGS + i), ==, 0);
    }
    qtest_writeb(s, REGS, 5 << 2); /* without the enable bit */
    qtest_writeb(s, REGS, 0x20 | 1 << 2);
    qtest_writeb(s, REGS + 1, 0x80);
    qtest_writeb(s, REGS + 2, 0x41);
    qtest_qmp_assert_success(s, "{'execute': 'query-status'}");
    /* Without slots there are no registers for them. */
    g_assert_cmphex(qtest_readl(s, SLOTS + SLOT_FLAGS), ==, 0);
    qtest_quit(s);
}

static void test_off(void)
{
    QTestState *s = qtest_init("-M microvm,acpi=off");

    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    qtest_writeb(s, REGS, SLEEP_S5);
    qtest_qmp_assert_success(s, "{'execute': 'system_powerdown'}");
    wait_for(s, "POWERDOWN");
    qtest_qmp_assert_success(s, "{'execute': 'query-status'}");
    qtest_quit(s);
}

static void test_power_button(void)
{
    QTestState *s = qtest_init("-M microvm");
    int before = interrupts(s);

    qtest_qmp_assert_success(s, "{'execute': 'system_powerdown'}");
    wait_for(s, "POWERDOWN");
    g_assert_cmpint(interrupts(s), ==, before + 1);
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 2);
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    qtest_qmp_assert_success(s, "{'execute': 'system_powerdown'}");
    wait_for(s, "POWERDOWN");
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    wait_for(s, "RESET");
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    qtest_quit(s);
}

static void test_power_off(void)
{
    QTestState *s = qtest_init("-M microvm -action shutdown=pause");
    QDict *event;

    qtest_writeb(s, REGS + 2, 0x42);
    wait_for(s, "RESET");
    qtest_writeb(s, REGS, SLEEP_S5);
    event = qmp_client_event(qtest_qmp_client(s), "SHUTDOWN");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), "reason"), ==,
                    "guest-shutdown");
    qobject_unref(event);
    qtest_quit(s);
}

/* ---- DIMMs --------------------------------------------------------------- */

#define MEMORY                                                                 \
    "-m 256M,slots=2,maxmem=1G -object memory-backend-ram,id=a,size=128M "     \
    "-object memory-backend-ram,id=b,size=256M "

static uint32_t slot(QTestState *s, int n, int reg)
{
    qtest_writel(s, SLOTS + SLOT_SELECT, n);
    return qtest_readl(s, SLOTS + reg);
}

static void test_dimm_at_start(void)
{
    QTestState *s =
        qtest_init("-M microvm " MEMORY "-device pc-dimm,memdev=b,slot=1");

    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 0);
    g_assert_cmphex(slot(s, 1, SLOT_FLAGS), ==, 1);
    g_assert_cmphex(slot(s, 1, SLOT_ADDR), ==, 0);
    g_assert_cmphex(slot(s, 1, SLOT_ADDR + 4), ==, 1);
    g_assert_cmphex(slot(s, 1, SLOT_SIZE), ==, 0x10000000);
    g_assert_cmphex(slot(s, 1, SLOT_SIZE + 4), ==, 0);
    g_assert_cmphex(slot(s, 1, SLOT_NODE), ==, 0);
    g_assert_cmphex(slot(s, 2, SLOT_FLAGS), ==, 0);
    qtest_writeq(s, 0x100000000, 0x1122334455667788);
    g_assert_cmphex(qtest_readq(s, 0x100000000), ==, 0x1122334455667788);
    qtest_quit(s);
}

static void check_status(QTestState *s, const char *device, int source,
                         int status)
{
    QDict *answer = qtest_qmp(s, "{'execute': 'query-acpi-ospm-status'}");
    QList *list = qdict_get_qlist(answer, "return");
    QDict *first = qobject_to(QDict, qlist_peek(list));

    g_assert_cmpint(qlist_size(list), ==, 2);
    g_assert_cmpstr(qdict_get_try_str(first, "device"), ==, device);
    g_assert_cmpstr(qdict_get_str(first, "slot-type"), ==, "DIMM");
    g_assert_cmpint(qdict_get_int(first, "source"), ==, source);
    g_assert_cmpint(qdict_get_int(first, "status"), ==, status);
    qobject_unref(answer);
}

static void test_dimm_comes_and_goes(void)
{
    QTestState *s = qtest_init("-M microvm " MEMORY);
    QDict *event, *info;

    g_assert_cmphex(qtest_readl(s, 0x100000000), ==, 0);
    qtest_qmp_assert_success(
        s, "{'execute': 'device_add', 'arguments': {'driver': 'pc-dimm',"
           " 'id': 'd', 'memdev': 'a'}}");
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 1);
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 3);
    qtest_writeb(s, SLOTS + SLOT_FLAGS, 2);
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 1);
    qtest_writel(s, 0x100000000, 7);
    g_assert_cmphex(qtest_readl(s, 0x100000000), ==, 7);

    qtest_qmp_assert_success(
        s, "{'execute': 'device_del', 'arguments': {'id': 'd'}}");
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 1);
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 5);
    qtest_writeb(s, SLOTS + SLOT_FLAGS, 4);
    qtest_writel(s, SLOTS + SLOT_EVENT, 3);
    qtest_writel(s, SLOTS + SLOT_STATUS, 0x84);
    event = qmp_client_event(qtest_qmp_client(s), "ACPI_DEVICE_OST");
    info = qdict_get_qdict(qdict_get_qdict(event, "data"), "info");
    g_assert_cmpstr(qdict_get_str(info, "device"), ==, "d");
    g_assert_cmpstr(qdict_get_str(info, "slot"), ==, "0");
    g_assert_cmpint(qdict_get_int(info, "status"), ==, 0x84);
    qobject_unref(event);
    check_status(s, "d", 3, 0x84);

    qtest_writeb(s, SLOTS + SLOT_FLAGS, 8);
    wait_for(s, "DEVICE_DELETED");
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 0);
    g_assert_cmphex(slot(s, 0, SLOT_SIZE), ==, 0);
    g_assert_cmphex(qtest_readl(s, 0x100000000), ==, 0);
    check_status(s, NULL, 3, 0x84);
    qtest_writeb(s, SLOTS + SLOT_FLAGS, 8); /* it is gone */

    /* The slot and the memory are free again. */
    qtest_qmp_assert_success(
        s, "{'execute': 'device_add', 'arguments': {'driver': 'pc-dimm',"
           " 'id': 'd', 'memdev': 'a'}}");
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 3);
    qtest_quit(s);
}

static void test_random(void)
{
    QTestState *s =
        qtest_init("-M microvm " MEMORY "-device pc-dimm,memdev=a,id=d "
                   "-device pc-dimm,memdev=b,id=e");
    GRand *rand = device_rand("acpi-ged");

    device_fuzz(s, rand, EVENTS, 4, 200, -1);
    for (int i = 0; i < 400; i++) {
        qtest_writel(s, SLOTS, g_rand_int_range(rand, 0, 4));
        device_fuzz(s, rand, SLOTS, 24, 10, -1);
    }
    qtest_qmp_assert_success(s, "{'execute': 'query-acpi-ospm-status'}");
    qtest_qmp_assert_success(s, "{'execute': 'query-memory-devices'}");
    g_rand_free(rand);
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acpi-ged/registers", test_registers);
    g_test_add_func("/acpi-ged/off", test_off);
    g_test_add_func("/acpi-ged/power-button", test_power_button);
    g_test_add_func("/acpi-ged/power-off", test_power_off);
    g_test_add_func("/acpi-ged/dimm-at-start", test_dimm_at_start);
    g_test_add_func("/acpi-ged/dimm-comes-and-goes", test_dimm_comes_and_goes);
    g_test_add_func("/acpi-ged/random", test_random);
    return g_test_run();
}
