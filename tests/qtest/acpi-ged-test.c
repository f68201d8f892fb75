/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Generic Event Device of the board microvm: its registers, the power
 * button, power off and reset by the guest, DIMMs and CPUs that come and go.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "libqmp.h"
#include "qemu/host-utils.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

#define EVENTS 0xfea00000
#define SLOTS  0xfea00100
#define REGS   0xfea00200

#define CPUS 0xfea00300

#define ACPI_CPUS_LEN 12

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

/* Starts a migration that does not get on. */
static void begin_migration(QTestState *s)
{
    qtest_qmp_assert_success(
        s, "{'execute': 'migrate-set-parameters', 'arguments': "
           "{'max-bandwidth': 1000}}");
    qtest_qmp_assert_success(
        s, "{'execute': 'migrate', 'arguments': {'uri': 'file:/dev/null'}}");
}

static bool migrates(QTestState *s)
{
    QDict *answer = qtest_qmp(s, "{'execute': 'query-migrate'}");
    const char *status =
        qdict_get_str(qdict_get_qdict(answer, "return"), "status");
    bool yes = !g_str_equal(status, "cancelled");

    g_assert_cmpstr(status, !=, "completed");
    g_assert_cmpstr(status, !=, "failed");
    qobject_unref(answer);
    return yes;
}

static void end_migration(QTestState *s)
{
    g_assert_true(migrates(s));
    qtest_qmp_assert_success(s, "{'execute': 'migrate_cancel'}");
    while (migrates(s)) {
        g_usleep(1000);
    }
}

/* What migrates stays as it is; the user may not take anything away, either. */
static void test_dimm_while_migrating(void)
{
    QTestState *s =
        qtest_init("-M microvm " MEMORY "-device pc-dimm,id=d,memdev=b,slot=0");

    begin_migration(s);
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 1);
    qtest_writeb(s, SLOTS + SLOT_FLAGS, 8);
    wait_for(s, "DEVICE_UNPLUG_GUEST_ERROR");
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 1);
    end_migration(s);
    qtest_writeb(s, SLOTS + SLOT_FLAGS, 8);
    wait_for(s, "DEVICE_DELETED");
    g_assert_cmphex(slot(s, 0, SLOT_FLAGS), ==, 0);
    qtest_quit(s);
}

/* ---- CPUs ---------------------------------------------------------------- */

#define WITH_CPU_SLOTS "-M microvm -smp 1,sockets=2,cores=3,maxcpus=6 "

enum {
    CPU_SELECT = 0,
    CPU_DATA2 = 0,
    CPU_FLAGS = 4,
    CPU_COMMAND = 5,
    CPU_DATA = 8,
};

enum {
    IS_ENABLED = 1,
    IS_INSERTING = 2,
    IS_REMOVING = 4,
    DO_EJECT = 8,
    FW_REMOVE = 16,
};

static uint8_t cpu_flags(QTestState *s, int slot)
{
    qtest_writel(s, CPUS + CPU_SELECT, slot);
    return qtest_readb(s, CPUS + CPU_FLAGS);
}

static uint32_t cpu_data(QTestState *s, int slot, int command)
{
    qtest_writel(s, CPUS + CPU_SELECT, slot);
    qtest_writeb(s, CPUS + CPU_COMMAND, command);
    return qtest_readl(s, CPUS + CPU_DATA);
}

static void cpu_ost(QTestState *s, int slot, uint32_t source, uint32_t status)
{
    cpu_data(s, slot, 1);
    qtest_writel(s, CPUS + CPU_DATA, source);
    cpu_data(s, slot, 2);
    qtest_writel(s, CPUS + CPU_DATA, status);
}

static QDict *plug_cpu(QTestState *s, const char *id, int socket, int core)
{
    return qtest_qmp(s,
                     "{'execute': 'device_add', 'arguments': {'driver': "
                     "'qemu64-x86_64-cpu', 'id': %s, 'socket-id': %d, "
                     "'core-id': %d, 'thread-id': 0}}",
                     id, socket, core);
}

static QDict *unplug_cpu(QTestState *s, const char *id)
{
    return qtest_qmp(s, "{'execute': 'device_del', 'arguments': {'id': %s}}",
                     id);
}

static void ok(QDict *answer)
{
    g_assert_true(qdict_haskey(answer, "return"));
    qobject_unref(answer);
}

/* The slots that have a CPU, a mask by place. */
static int cpus_there(QTestState *s)
{
    QDict *answer = qtest_qmp(s, "{'execute': 'query-hotpluggable-cpus'}");
    g_autofree char *text = qtest_hmp(s, "info hotpluggable-cpus");
    const char *rest = text;
    const QListEntry *e;
    int mask = 0;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(answer, "return"), e) {
        QDict *slot = qobject_to(QDict, qlist_entry_obj(e));
        QDict *props = qdict_get_qdict(slot, "props");

        if (qdict_haskey(slot, "qom-path")) {
            mask |= 1 << (3 * qdict_get_int(props, "socket-id") +
                          qdict_get_int(props, "core-id"));
        }
    }
    qobject_unref(answer);
    for (int i = 0; i < ctpop32(mask); i++) {
        rest = strstr(rest, "qom_path:");
        g_assert_nonnull(rest);
        rest++;
    }
    g_assert_null(strstr(rest, "qom_path:"));
    return mask;
}

static void test_cpu_registers(void)
{
    QTestState *s = qtest_init(WITH_CPU_SLOTS);

    g_assert_cmphex(cpu_flags(s, 0), ==, IS_ENABLED);
    for (int i = 1; i < 6; i++) {
        g_assert_cmphex(cpu_flags(s, i), ==, 0);
    }
    /* The fourth is the first of the second socket: 2 bits are the core's. */
    g_assert_cmphex(cpu_data(s, 2, 3), ==, 2);
    g_assert_cmphex(cpu_data(s, 3, 3), ==, 4);
    g_assert_cmphex(qtest_readl(s, CPUS + CPU_DATA2), ==, 0);
    g_assert_cmphex(cpu_data(s, 3, 0), ==, 3); /* no event: it stays there */
    g_assert_cmphex(cpu_data(s, 3, 1), ==, 0);
    g_assert_cmphex(cpu_data(s, 3, 2), ==, 0);

    /* A command that there is none of changes nothing. */
    cpu_data(s, 3, 3);
    g_assert_cmphex(cpu_data(s, 3, 4), ==, 4);
    /* Nor does anything for a slot that there is none of. */
    cpu_data(s, 3, 0);
    g_assert_cmphex(cpu_data(s, 6, 3), ==, 0);
    g_assert_cmphex(cpu_flags(s, 6), ==, 0);
    g_assert_cmphex(cpu_flags(s, -1), ==, 0);
    qtest_writel(s, CPUS + CPU_SELECT, 3);
    g_assert_cmphex(qtest_readl(s, CPUS + CPU_DATA), ==, 3);

    /* Nobody ejects the boot CPU, nor what is not there. */
    cpu_flags(s, 0);
    qtest_writeb(s, CPUS + CPU_FLAGS, DO_EJECT);
    qtest_writeb(s, CPUS + CPU_FLAGS, FW_REMOVE);
    g_assert_cmphex(cpu_flags(s, 0), ==, IS_ENABLED);
    cpu_flags(s, 1);
    qtest_writeb(s, CPUS + CPU_FLAGS, DO_EJECT);
    qtest_writeb(s, CPUS + CPU_FLAGS, FW_REMOVE);
    g_assert_cmphex(cpu_flags(s, 1), ==, 0);

    /* The reserved ones, and sizes that are not the registers'. */
    for (int i = 6; i < 8; i++) {
        qtest_writeb(s, CPUS + i, 0xff);
        g_assert_cmphex(qtest_readb(s, CPUS + i), ==, 0);
    }
    g_assert_cmphex(qtest_readb(s, CPUS + CPU_COMMAND), ==, 0);
    qtest_writeq(s, CPUS, 1);
    qtest_readq(s, CPUS);
    g_assert_cmphex(qtest_readl(s, CPUS + ACPI_CPUS_LEN), ==, 0);
    /* A reset leaves the selector. */
    cpu_data(s, 3, 0);
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    wait_for(s, "RESET");
    g_assert_cmphex(qtest_readl(s, CPUS + CPU_DATA), ==, 3);
    qtest_quit(s);
}

/* The rest is as without: the registers, and what QMP says. */
static void test_no_cpu_slots(void)
{
    QTestState *s = qtest_init("-M microvm -smp 2,sockets=2");
    QDict *answer = qtest_qmp(s, "{'execute': 'query-acpi-ospm-status'}");

    g_assert_true(qlist_empty(qdict_get_qlist(answer, "return")));
    qobject_unref(answer);
    g_assert_cmphex(cpu_flags(s, 0), ==, 0);
    qtest_quit(s);
}

static void check_cpu_status(QTestState *s, int slot, const char *device,
                             int source, int status)
{
    QDict *answer = qtest_qmp(s, "{'execute': 'query-acpi-ospm-status'}");
    const QListEntry *e;
    int n = 0;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(answer, "return"), e) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(e));

        g_assert_cmpstr(qdict_get_str(info, "slot-type"), ==, "CPU");
        g_assert_cmpint(atoi(qdict_get_str(info, "slot")), ==, n);
        if (n == slot) {
            g_assert_cmpstr(qdict_get_try_str(info, "device"), ==, device);
            g_assert_cmpint(qdict_get_int(info, "source"), ==, source);
            g_assert_cmpint(qdict_get_int(info, "status"), ==, status);
        }
        n++;
    }
    g_assert_cmpint(n, ==, 6);
    qobject_unref(answer);
}

static void wait_for_ost(QTestState *s, const char *device, const char *slot,
                         int status)
{
    QDict *event = qmp_client_event(qtest_qmp_client(s), "ACPI_DEVICE_OST");
    QDict *info = qdict_get_qdict(qdict_get_qdict(event, "data"), "info");

    g_assert_cmpstr(qdict_get_try_str(info, "device"), ==, device);
    g_assert_cmpstr(qdict_get_str(info, "slot-type"), ==, "CPU");
    g_assert_cmpstr(qdict_get_str(info, "slot"), ==, slot);
    g_assert_cmpint(qdict_get_int(info, "status"), ==, status);
    qobject_unref(event);
}

static void test_cpu_comes(void)
{
    QTestState *s =
        qtest_init(WITH_CPU_SLOTS "-device qemu64-x86_64-cpu,socket-id=0,"
                                  "core-id=1,thread-id=0");
    int before = interrupts(s);

    /* One that is there from the start is no news. */
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    g_assert_cmphex(cpu_flags(s, 1), ==, IS_ENABLED);
    g_assert_cmphex(cpus_there(s), ==, 3);

    ok(plug_cpu(s, "c4", 1, 1));
    ok(plug_cpu(s, "c3", 1, 0));
    g_assert_cmpint(interrupts(s), ==, before + 2);
    g_assert_cmphex(cpus_there(s), ==, 0x1b);
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 8);
    g_assert_cmphex(cpu_data(s, 0, 0), ==, 3);
    g_assert_cmphex(qtest_readb(s, CPUS + CPU_FLAGS), ==,
                    IS_ENABLED | IS_INSERTING);
    g_assert_cmphex(cpu_data(s, 4, 0), ==, 4);
    g_assert_cmphex(cpu_data(s, 5, 0), ==, 3); /* around */
    qtest_writeb(s, CPUS + CPU_FLAGS, IS_INSERTING);
    g_assert_cmphex(cpu_flags(s, 3), ==, IS_ENABLED);
    g_assert_cmphex(cpu_data(s, 0, 0), ==, 4);
    cpu_ost(s, 3, 1, 0);
    wait_for_ost(s, "c3", "3", 0);
    check_cpu_status(s, 3, "c3", 1, 0);
    check_cpu_status(s, 5, NULL, 0, 0);

    /* A guest that starts anew sees what is there. */
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    wait_for(s, "RESET");
    g_assert_cmphex(cpu_flags(s, 4), ==, IS_ENABLED);
    g_assert_cmphex(cpus_there(s), ==, 0x1b);
    qtest_quit(s);
}

/* What is in a CPU goes, too, and has no name. */
static void wait_for_deleted(QTestState *s, const char *device)
{
    bool found = false;

    while (!found) {
        QDict *event = qmp_client_event(qtest_qmp_client(s), "DEVICE_DELETED");
        QDict *data = qdict_get_qdict(event, "data");

        found = g_strcmp0(qdict_get_try_str(data, "device"), device) == 0;
        qobject_unref(event);
    }
}

static void test_cpu_goes(void)
{
    QTestState *s = qtest_init(WITH_CPU_SLOTS);
    QDict *event;

    ok(plug_cpu(s, "c", 1, 2));
    cpu_flags(s, 5);
    qtest_writeb(s, CPUS + CPU_FLAGS, IS_INSERTING);
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 8);

    /* The guest does not want to, and is asked again. */
    ok(unplug_cpu(s, "c"));
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 8);
    g_assert_cmphex(cpu_data(s, 0, 0), ==, 5);
    g_assert_cmphex(cpu_flags(s, 5), ==, IS_ENABLED | IS_REMOVING);
    qtest_writeb(s, CPUS + CPU_FLAGS, IS_REMOVING);
    g_assert_cmphex(cpu_flags(s, 5), ==, IS_ENABLED);
    cpu_ost(s, 5, 3, 0x82);
    wait_for_ost(s, "c", "5", 0x82);
    event = qmp_client_event(qtest_qmp_client(s), "DEVICE_UNPLUG_GUEST_ERROR");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), "device"), ==,
                    "c");
    qobject_unref(event);
    g_assert_cmphex(cpus_there(s), ==, 0x21);
    ok(unplug_cpu(s, "c"));
    g_assert_cmphex(cpu_flags(s, 5), ==, IS_ENABLED | IS_REMOVING);
    qtest_writeb(s, CPUS + CPU_FLAGS, IS_REMOVING);
    cpu_ost(s, 5, 3, 0x84);
    wait_for_ost(s, "c", "5", 0x84);

    qtest_writeb(s, CPUS + CPU_FLAGS, DO_EJECT);
    g_assert_cmphex(qtest_readb(s, CPUS + CPU_FLAGS), ==, 0);
    wait_for_deleted(s, "c");
    g_assert_cmphex(cpus_there(s), ==, 1);
    g_assert_cmphex(cpu_flags(s, 5), ==, 0);
    cpu_ost(s, 5, 3, 0);
    wait_for_ost(s, NULL, "5", 0);

    /* The slot is free again; and the guest may let go by itself. */
    ok(plug_cpu(s, "c", 1, 2));
    g_assert_cmphex(cpu_flags(s, 5), ==, IS_ENABLED | IS_INSERTING);
    qtest_writeb(s, CPUS + CPU_FLAGS, FW_REMOVE);
    g_assert_cmphex(cpu_flags(s, 5), ==, IS_ENABLED | IS_INSERTING | FW_REMOVE);
    qtest_writeb(s, CPUS + CPU_FLAGS, DO_EJECT);
    wait_for_deleted(s, "c");
    g_assert_cmphex(cpu_flags(s, 5), ==, 0);
    g_assert_cmphex(cpus_there(s), ==, 1);
    qtest_quit(s);
}

static void test_cpu_while_migrating(void)
{
    QTestState *s = qtest_init(WITH_CPU_SLOTS);

    ok(plug_cpu(s, "c", 0, 1));
    begin_migration(s);
    cpu_flags(s, 1);
    qtest_writeb(s, CPUS + CPU_FLAGS, DO_EJECT);
    wait_for(s, "DEVICE_UNPLUG_GUEST_ERROR");
    g_assert_cmphex(cpu_flags(s, 1), ==, IS_ENABLED | IS_INSERTING);
    end_migration(s);
    g_assert_cmpint(cpus_there(s), ==, 3);
    qtest_writeb(s, CPUS + CPU_FLAGS, DO_EJECT);
    wait_for(s, "DEVICE_DELETED");
    g_assert_cmpint(cpus_there(s), ==, 1);
    qtest_quit(s);
}

static void test_boot_cpu_stays(void)
{
    QTestState *s = qtest_init(WITH_CPU_SLOTS);
    QDict *answer = qtest_qmp(s, "{'execute': 'query-cpus-fast'}");
    QDict *cpu =
        qobject_to(QDict, qlist_peek(qdict_get_qlist(answer, "return")));
    QDict *refusal = unplug_cpu(s, qdict_get_str(cpu, "qom-path"));

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(refusal, "error"), "desc"),
                    ==, "Boot CPU is unpluggable");
    g_assert_cmphex(qtest_readl(s, EVENTS), ==, 0);
    g_assert_cmphex(cpu_flags(s, 0), ==, IS_ENABLED);
    qobject_unref(refusal);
    qobject_unref(answer);
    qtest_quit(s);
}

static void test_cpu_random(void)
{
    QTestState *s = qtest_init(WITH_CPU_SLOTS);
    GRand *rand = device_rand("acpi-ged-cpus");

    for (int round = 0; round < 20; round++) {
        qobject_unref(plug_cpu(s, "a", 0, 1));
        qobject_unref(plug_cpu(s, "b", 1, 2));
        for (int i = 0; i < 20; i++) {
            qtest_writel(s, CPUS, g_rand_int_range(rand, 0, 8));
            device_fuzz(s, rand, CPUS, ACPI_CPUS_LEN, 10, -1);
        }
        qobject_unref(unplug_cpu(s, "a"));
    }
    qtest_qmp_assert_success(s, "{'execute': 'query-acpi-ospm-status'}");
    g_assert_cmphex(cpus_there(s) & 1, ==, 1);
    g_rand_free(rand);
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
    g_test_add_func("/acpi-ged/dimm-while-migrating",
                    test_dimm_while_migrating);
    g_test_add_func("/acpi-ged/cpu-registers", test_cpu_registers);
    g_test_add_func("/acpi-ged/no-cpu-slots", test_no_cpu_slots);
    g_test_add_func("/acpi-ged/cpu-comes", test_cpu_comes);
    g_test_add_func("/acpi-ged/cpu-goes", test_cpu_goes);
    g_test_add_func("/acpi-ged/cpu-while-migrating", test_cpu_while_migrating);
    g_test_add_func("/acpi-ged/boot-cpu-stays", test_boot_cpu_stays);
    g_test_add_func("/acpi-ged/cpu-random", test_cpu_random);
    g_test_add_func("/acpi-ged/random", test_random);
    return g_test_run();
}
