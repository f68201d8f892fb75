/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Generic Event Device in a process with a machine that has slots and
 * nothing else: events, slots, state saved and loaded, what is refused.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "device-helpers.h"

#define EVENTS 0x1000
#define SLOTS  0x2000
#define REGS   0x3000

static int pulses;

static void count_pulse(void *opaque, int n, int level)
{
    pulses += level;
}

static DeviceState *make(uint32_t events)
{
    DeviceState *dev = qdev_new(TYPE_ACPI_GED);

    qdev_prop_set_uint32(dev, "ged-event", events);
    return dev;
}

static AcpiGedState *start(void)
{
    DeviceState *dev = make(ACPI_GED_MEM_HOTPLUG_EVT | ACPI_GED_PWR_DOWN_EVT);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, EVENTS);
    sysbus_mmio_map(sbd, 1, SLOTS);
    sysbus_mmio_map(sbd, 2, REGS);
    sysbus_connect_irq(sbd, 0, qemu_allocate_irq(count_pulse, NULL, 0));
    pulses = 0;
    return ACPI_GED(dev);
}

static uint32_t rd(hwaddr addr)
{
    return address_space_ldl_le(&address_space_memory, addr,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void wr(hwaddr addr, uint32_t value)
{
    address_space_stl_le(&address_space_memory, addr, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_events(void)
{
    AcpiGedState *s = start();

    g_assert_cmphex(rd(EVENTS), ==, 0);
    acpi_send_event(DEVICE(s), ACPI_POWER_DOWN_STATUS);
    acpi_send_event(DEVICE(s), ACPI_MEMORY_HOTPLUG_STATUS);
    g_assert_cmpint(pulses, ==, 2);
    wr(EVENTS, 0);
    g_assert_cmphex(rd(EVENTS), ==, 3);
    g_assert_cmphex(rd(EVENTS), ==, 0);
    acpi_send_event(DEVICE(s), ACPI_POWER_DOWN_STATUS);
    device_cold_reset(DEVICE(s));
    g_assert_cmphex(rd(EVENTS), ==, 0);
    object_unparent(OBJECT(s));
}

static void test_slots(void)
{
    AcpiGedState *s = start();

    g_assert_cmpint(s->memhp_state.dev_count, ==, 3);
    wr(SLOTS, 2);
    g_assert_cmphex(rd(SLOTS + 0x14), ==, 0);
    g_assert_cmphex(rd(SLOTS + 8), ==, 0);
    wr(SLOTS + 4, 1);
    wr(SLOTS + 8, 0x80);
    g_assert_cmphex(s->memhp_state.devs[2].ost_event, ==, 1);
    g_assert_cmphex(s->memhp_state.devs[2].ost_status, ==, 0x80);
    wr(SLOTS + 0x14, 8); /* there is nothing to eject */
    wr(SLOTS, 3);        /* there is no such slot */
    g_assert_cmphex(rd(SLOTS + 0x14), ==, 0);
    wr(SLOTS + 0x14, 8);
    wr(SLOTS + 8, 1);
    object_unparent(OBJECT(s));
}

static void test_state(void)
{
    AcpiGedState *s = start();

    s->ged_state.sel = 3;
    s->memhp_state.selector = 1;
    s->memhp_state.devs[1] =
        (MemStatus){ .is_inserting = true, .ost_event = 1, .ost_status = 2 };
    save_and_load(DEVICE(s));
    g_assert_cmphex(s->ged_state.sel, ==, 3);
    g_assert_cmphex(s->memhp_state.selector, ==, 1);
    g_assert_true(s->memhp_state.devs[1].is_inserting);
    g_assert_cmphex(s->memhp_state.devs[1].ost_status, ==, 2);
    object_unparent(OBJECT(s));
}

/* ---- CPUs ---------------------------------------------------------------- */

/* Two slots, the first taken. Nobody looks into the CPU. */
static const CPUArchIdList *cpu_slots(MachineState *ms)
{
    static union {
        CPUArchIdList list;
        uint8_t bytes[sizeof(CPUArchIdList) + 2 * sizeof(CPUArchId)];
    } slots;
    static CPUState cpu;

    slots.list.len = 2;
    slots.list.cpus[0].cpu = &cpu;
    slots.list.cpus[1].arch_id = 0x500000007;
    return &slots.list;
}

static void test_cpu_state(void)
{
    MachineClass *mc = MACHINE_GET_CLASS(qdev_get_machine());
    DeviceState *dev = make(ACPI_GED_CPU_HOTPLUG_EVT);
    AcpiGedState *s = ACPI_GED(dev);
    CPUHotplugState *c = &s->cpuhp_state;

    mc->possible_cpu_arch_ids = cpu_slots;
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    mc->possible_cpu_arch_ids = NULL;
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 3, SLOTS);
    g_assert_cmpint(c->dev_count, ==, 2);
    wr(SLOTS, 1);
    address_space_stb(&address_space_memory, SLOTS + 5, 3,
                      MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmphex(rd(SLOTS), ==, 5);
    g_assert_cmphex(rd(SLOTS + 8), ==, 7);

    c->devs[0].is_inserting = true;
    c->devs[0].is_removing = true;
    c->devs[0].ost_event = 3;
    c->devs[0].ost_status = 0x84;
    save_and_load(dev);
    g_assert_cmpint(c->selector, ==, 1);
    g_assert_cmpint(c->command, ==, 3);
    g_assert_true(c->devs[0].is_inserting);
    g_assert_true(c->devs[0].is_removing);
    g_assert_cmphex(c->devs[0].ost_event, ==, 3);
    g_assert_cmphex(c->devs[0].ost_status, ==, 0x84);
    object_unparent(OBJECT(s));
}

/* A stream may tell of a CPU that is not here. */
static void test_cpu_hostile_state(void)
{
    AcpiCpuStatus slot = { .is_inserting = true,
                           .is_removing = true,
                           .is_ejected = true };
    CPUHotplugState from = { .selector = 7, .dev_count = 1, .devs = &slot };
    AcpiCpuStatus empty = {};
    CPUHotplugState to = { .dev_count = 1, .devs = &empty };
    GByteArray *bytes;

    save_to_bytes(&vmstate_cpu_hotplug, &from, 1, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    g_assert_cmpint(
        load_from_bytes(&vmstate_cpu_hotplug, &to, 1, bytes->data, bytes->len),
        ==, 0);
    g_assert_cmpint(to.selector, ==, 7);
    g_assert_false(empty.is_inserting || empty.is_removing || empty.is_ejected);
    g_byte_array_unref(bytes);
}

/* Without CPU slots it says nothing of them: older ones read it. */
static void test_cpu_stream(void)
{
    AcpiGedState *s = start();
    const VMStateDescription *vmsd = qdev_get_vmsd(DEVICE(s));
    GByteArray *bytes;

    save_to_bytes(vmsd, s, 1, NULL, &bytes, &error_abort);
    g_assert_nonnull(memmem(bytes->data, bytes->len, "memhp", 5));
    g_assert_null(memmem(bytes->data, bytes->len, "cpuhp", 5));
    g_byte_array_unref(bytes);
    object_unparent(OBJECT(s));
}

static void test_no_cpus(void)
{
    DeviceState *dev = make(ACPI_GED_CPU_HOTPLUG_EVT);
    Error *err = NULL;

    g_assert_false(sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "has no slots for CPUs"));
    error_free(err);
}

static void test_refused(void)
{
    DeviceState *dev = make(ACPI_GED_CPU_HOTPLUG_EVT | 0x100);
    Error *err = NULL;

    g_assert_false(sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "ged-event=0x108"));
    error_free(err);
}

int main(int argc, char **argv)
{
    MachineState *ms;

    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    memory_map_init();
    ms = machine_create(machine_find_class("none", &error_abort));
    ms->ram_slots = 3;
    machine_run_board_init(ms, NULL, &error_abort);
    g_test_add_func("/acpi-ged/events", test_events);
    g_test_add_func("/acpi-ged/slots", test_slots);
    g_test_add_func("/acpi-ged/state", test_state);
    g_test_add_func("/acpi-ged/cpu-state", test_cpu_state);
    g_test_add_func("/acpi-ged/cpu-hostile-state", test_cpu_hostile_state);
    g_test_add_func("/acpi-ged/cpu-stream", test_cpu_stream);
    g_test_add_func("/acpi-ged/no-cpus", test_no_cpus);
    g_test_add_func("/acpi-ged/refused", test_refused);
    return g_test_run();
}
