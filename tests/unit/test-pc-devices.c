/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controllers, the timer and the clock of PCs, in a process
 * without a machine: what their lines and registers do, random accesses,
 * state saved and loaded.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/char/serial-isa.h"
#include "hw/intc/i8259.h"
#include "hw/intc/ioapic_internal.h"
#include "hw/irq.h"
#include "hw/isa/i8259_internal.h"
#include "hw/isa/isa.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "hw/timer/i8254_internal.h"
#include "qapi/error.h"
#include "qobject/qdict.h"
#include "qom/qom-qobject.h"
#include "qemu/host-utils.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "device-helpers.h"

static ISABus *bus;

static void random_accesses(AddressSpace *as, hwaddr base, hwaddr size, int n)
{
    while (n-- > 0) {
        hwaddr addr = base + (unsigned)g_test_rand_int() % size;
        unsigned len = 1 << g_test_rand_int_range(0, 4);
        uint8_t buf[8];

        for (int i = 0; i < sizeof(buf); i++) {
            buf[i] = g_test_rand_int();
        }
        address_space_rw(as, addr, MEMTXATTRS_UNSPECIFIED, buf, len,
                         g_test_rand_bit());
    }
}

static void note_level(void *opaque, int n, int level)
{
    *(int *)opaque = level;
}

static void unplug(void *dev)
{
    object_unparent(OBJECT(dev));
}

/* ---- the PICs ------------------------------------------------------------ */

static int cpu_line;
static qemu_irq cpu_irq;

static qemu_irq *start_pics(DeviceState **first, DeviceState **second)
{
    qemu_irq *in;

    cpu_irq = qemu_allocate_irq(note_level, &cpu_line, 0);
    in = i8259_init(bus, cpu_irq);
    isa_bus_register_input_irqs(bus, in);
    *first = DEVICE(isa_pic);
    *second = DEVICE(in[8]->opaque);
    device_cold_reset(*first);
    device_cold_reset(*second);
    /* As PCs do it. */
    cpu_outb(0x20, 0x11);
    cpu_outb(0x21, 0x30);
    cpu_outb(0x21, 0x04);
    cpu_outb(0x21, 0x01);
    cpu_outb(0xa0, 0x11);
    cpu_outb(0xa1, 0x38);
    cpu_outb(0xa1, 0x02);
    cpu_outb(0xa1, 0x01);
    cpu_outb(0x21, 0x00);
    cpu_outb(0xa1, 0x00);
    return in;
}

static void stop_pics(qemu_irq *in, DeviceState *first, DeviceState *second)
{
    isa_bus_register_input_irqs(bus, NULL);
    unplug(first);
    unplug(second);
    g_assert_null(isa_pic);
    qemu_free_irq(cpu_irq);
    g_free(in);
}

static uint8_t in_service(uint16_t port)
{
    uint8_t value;

    cpu_outb(port, 0x0b);
    value = cpu_inb(port);
    cpu_outb(port, 0x0a);
    return value;
}

static void test_pic_flow(void)
{
    DeviceState *first, *second;
    qemu_irq *in = start_pics(&first, &second);

    g_assert_cmpint(cpu_line, ==, 0);
    qemu_irq_raise(in[4]);
    qemu_irq_raise(in[1]);
    g_assert_cmpint(cpu_line, ==, 1);
    g_assert_cmphex(cpu_inb(0x20), ==, 0x12);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x31);
    g_assert_cmphex(in_service(0x20), ==, 0x02);
    g_assert_cmpint(cpu_line, ==, 0); /* 4 is of lower priority */
    cpu_outb(0x20, 0x20);
    g_assert_cmpint(cpu_line, ==, 1);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x34);
    cpu_outb(0x20, 0x64);
    g_assert_cmphex(in_service(0x20), ==, 0);
    /* An edge is one request. */
    g_assert_cmpint(cpu_line, ==, 0);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x37);

    /* The second one, through input 2. */
    qemu_irq_raise(in[12]);
    g_assert_cmpint(cpu_line, ==, 1);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x3c);
    g_assert_cmphex(in_service(0x20), ==, 0x04);
    g_assert_cmphex(in_service(0xa0), ==, 0x10);
    cpu_outb(0xa0, 0x20);
    cpu_outb(0x20, 0x20);

    /* Masks. */
    cpu_outb(0x21, 0x08);
    g_assert_cmphex(cpu_inb(0x21), ==, 0x08);
    qemu_irq_raise(in[3]);
    g_assert_cmpint(cpu_line, ==, 0);
    cpu_outb(0x21, 0x00);
    g_assert_cmpint(cpu_line, ==, 1);
    g_assert_cmpint(pic_get_output(isa_pic), ==, 1);
    /* Polling acknowledges. */
    cpu_outb(0x20, 0x0c);
    g_assert_cmphex(cpu_inb(0x20), ==, 0x83);
    g_assert_cmpint(cpu_line, ==, 0);
    cpu_outb(0x20, 0x0c);
    g_assert_cmphex(cpu_inb(0x20), ==, 0x00);
    cpu_outb(0x20, 0x20);
    stop_pics(in, first, second);
}

static void test_pic_modes(void)
{
    DeviceState *first, *second;
    qemu_irq *in = start_pics(&first, &second);

    /* Level: it asks for as long as it is up; not every input can. */
    cpu_outb(0x4d0, 0xff);
    cpu_outb(0x4d1, 0xff);
    g_assert_cmphex(cpu_inb(0x4d0), ==, 0xf8);
    g_assert_cmphex(cpu_inb(0x4d1), ==, 0xde);
    qemu_irq_raise(in[5]);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x35);
    cpu_outb(0x20, 0x20);
    g_assert_cmpint(cpu_line, ==, 1);
    qemu_irq_lower(in[5]);
    g_assert_cmpint(cpu_line, ==, 0);

    /* Rotation: 5 becomes the last. */
    qemu_irq_raise(in[5]);
    pic_read_irq(isa_pic);
    cpu_outb(0x20, 0xa0);
    qemu_irq_raise(in[6]);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x36);
    cpu_outb(0x20, 0x20);
    qemu_irq_lower(in[5]);
    qemu_irq_lower(in[6]);
    cpu_outb(0x20, 0xc7); /* 0 first again */

    /* Special mask: those of lower priority too. */
    qemu_irq_raise(in[1]);
    pic_read_irq(isa_pic);
    qemu_irq_raise(in[7]);
    g_assert_cmpint(cpu_line, ==, 0);
    cpu_outb(0x20, 0x68);
    cpu_outb(0x21, 0x02);
    g_assert_cmpint(cpu_line, ==, 1);
    qemu_irq_lower(in[7]);
    cpu_outb(0x20, 0x48);
    cpu_outb(0x21, 0x00);
    cpu_outb(0x20, 0x20);

    /* Automatic end: two requests of the second one, one after the other. */
    cpu_outb(0xa0, 0x11);
    cpu_outb(0xa1, 0x38);
    cpu_outb(0xa1, 0x02);
    cpu_outb(0xa1, 0x03);
    cpu_outb(0xa1, 0x00);
    qemu_irq_raise(in[8]);
    qemu_irq_raise(in[13]);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x38);
    cpu_outb(0x20, 0x20);
    g_assert_cmpint(cpu_line, ==, 1);
    g_assert_cmphex(pic_read_irq(isa_pic), ==, 0x3d);
    stop_pics(in, first, second);
}

static void test_pic_random(void)
{
    DeviceState *first, *second;
    qemu_irq *in = start_pics(&first, &second);

    for (int i = 0; i < 300; i++) {
        random_accesses(&address_space_io, 0x20, 4, 5);
        random_accesses(&address_space_io, 0xa0, 4, 5);
        random_accesses(&address_space_io, 0x4cf, 4, 2);
        qemu_set_irq(in[g_test_rand_int_range(0, 16)], g_test_rand_bit());
        if (g_test_rand_bit()) {
            pic_read_irq(isa_pic);
        }
        g_assert_cmpint(cpu_line, ==, pic_get_output(isa_pic));
        if (i % 10 == 0) {
            save_and_load(first);
            save_and_load(second);
        }
    }
    stop_pics(in, first, second);
}

/* ---- the PIT ------------------------------------------------------------- */

/* The first nanosecond of tick @t. */
static int64_t tick_start(uint64_t t)
{
    int64_t ns = muldiv64(t, NANOSECONDS_PER_SECOND, PIT_FREQ);

    while (muldiv64(ns, PIT_FREQ, NANOSECONDS_PER_SECOND) < t) {
        ns++;
    }
    return ns;
}

/* The time of the next change is that of the next change. */
static void test_pit_waves(void)
{
    static const int counts[] = { 2, 3, 7, 100, 0x10000 };

    for (int mode = 0; mode < 8; mode++) {
        for (int i = 0; i < ARRAY_SIZE(counts); i++) {
            PITChannelState sc = { .mode = mode, .count = counts[i] };
            int64_t now = 0;

            for (int step = 0; step < 20; step++) {
                int64_t next = pit_get_next_transition_time(&sc, now);
                int out = pit_get_out(&sc, now);
                uint64_t t;

                if (next < 0) {
                    g_assert_true(mode < 2 || mode == 4 || mode == 5);
                    break;
                }
                g_assert_cmpint(next, >, now);
                t = muldiv64(next, PIT_FREQ, NANOSECONDS_PER_SECOND);
                /* It is a tick early at most, for it is rounded down. */
                now = tick_start(t + (next < tick_start(t + 1) &&
                                      pit_get_out(&sc, next) == out));
                g_assert_cmpint(pit_get_out(&sc, now), !=, out);
            }
        }
    }
}

static void test_pit_ports(void)
{
    ISADevice *pit = i8254_pit_init(bus, 0x40, -1, NULL);
    PITCommonState *s = PIT_COMMON(pit);
    PITChannelInfo info;
    unsigned count;

    device_cold_reset(DEVICE(pit));
    cpu_outb(0x43, 0x34); /* counter 0, both bytes, mode 2 */
    cpu_outb(0x40, 0x34);
    cpu_outb(0x40, 0x12);
    g_assert_cmphex(s->channels[0].count, ==, 0x1234);
    cpu_outb(0x43, 0xe2); /* the status of 0 */
    g_assert_cmphex(cpu_inb(0x40) & 0x7f, ==, 0x34);
    cpu_outb(0x43, 0x00); /* hold the count */
    count = cpu_inb(0x40);
    count |= cpu_inb(0x40) << 8;
    g_assert_cmphex(count, <=, 0x1234);
    cpu_outb(0x43, 0x50); /* counter 1, low byte, mode 0 */
    cpu_outb(0x41, 0x00);
    g_assert_cmphex(s->channels[1].count, ==, 0x10000);
    cpu_outb(0x43, 0xb6); /* counter 2, the loudspeaker's */
    cpu_outb(0x42, 0x00);
    cpu_outb(0x42, 0x10);
    pit_get_channel_info(pit, 2, &info);
    g_assert_cmpint(info.mode, ==, 3);
    g_assert_cmpint(info.gate, ==, 0);
    g_assert_cmphex(info.initial_count, ==, 0x1000);
    pit_set_gate(pit, 2, 1);
    pit_get_channel_info(pit, 2, &info);
    g_assert_cmpint(info.gate, ==, 1);
    g_assert_cmphex(cpu_inb(0x43), ==, 0);

    for (int i = 0; i < 50; i++) {
        random_accesses(&address_space_io, 0x40, 6, 20);
        s->channels[0].irq_disabled = 1; /* its time is not kept */
        save_and_load(DEVICE(pit));
        s->channels[0].irq_disabled = 0;
    }
    unplug(pit);
}

/* ---- the I/O APIC -------------------------------------------------------- */

static struct {
    unsigned count;
    hwaddr addr;
    uint32_t data;
} message;

static void note_message(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
    g_assert_cmpint(size, ==, 4);
    message.count++;
    message.addr = addr;
    message.data = data;
}

static const MemoryRegionOps lapic_ops = {
    .write = note_message,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static MemoryRegion lapic;

static void ioapic_reg(int index, uint32_t value)
{
    address_space_stl_le(&address_space_memory, IO_APIC_DEFAULT_ADDRESS, index,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    address_space_stl_le(&address_space_memory, IO_APIC_DEFAULT_ADDRESS + 0x10,
                         value, MEMTXATTRS_UNSPECIFIED, NULL);
}

static uint32_t ioapic_get(int index)
{
    address_space_stl_le(&address_space_memory, IO_APIC_DEFAULT_ADDRESS, index,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    return address_space_ldl_le(&address_space_memory,
                                IO_APIC_DEFAULT_ADDRESS + 0x10,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_ioapic(void)
{
    DeviceState *dev = qdev_new(TYPE_IOAPIC);
    qemu_irq in5, in0;

    memory_region_init_io(&lapic, NULL, &lapic_ops, NULL, "lapic", 0x100000);
    memory_region_add_subregion(get_system_memory(), 0xfee00000, &lapic);
    object_property_add_child(qdev_get_machine(), "ioapic", OBJECT(dev));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_abort);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, IO_APIC_DEFAULT_ADDRESS);
    device_cold_reset(dev);
    in5 = qdev_get_gpio_in(dev, 5);
    in0 = qdev_get_gpio_in(dev, 0);

    g_assert_cmphex(ioapic_get(IOAPIC_REG_VER), ==, 0x170020);
    ioapic_reg(IOAPIC_REG_ID, 0x07000000);
    g_assert_cmphex(ioapic_get(IOAPIC_REG_ID), ==, 0x07000000);
    g_assert_cmphex(ioapic_get(0x10 + 47), ==, 0);
    g_assert_cmphex(ioapic_get(0x10 + 46), ==, IOAPIC_LVT_MASKED);
    g_assert_cmphex(ioapic_get(0x10 + 48), ==, 0);

    /* Masked, then by edges, to APIC 3. */
    qemu_irq_pulse(in5);
    g_assert_cmpint(message.count, ==, 0);
    ioapic_reg(0x10 + 11, 0x03000000);
    ioapic_reg(0x10 + 10, 0x45);
    qemu_irq_raise(in5);
    g_assert_cmpint(message.count, ==, 1);
    g_assert_cmphex(message.addr, ==, 0x3000);
    g_assert_cmphex(message.data, ==, 0x45);
    qemu_irq_lower(in5);
    qemu_irq_raise(in5);
    g_assert_cmpint(message.count, ==, 2);
    qemu_irq_lower(in5);

    /* By level: again only after its end, and only if it is up still. */
    ioapic_reg(0x10 + 10, 0x46 | IOAPIC_LVT_TRIGGER_MODE);
    qemu_irq_raise(in5);
    g_assert_cmpint(message.count, ==, 3);
    g_assert_cmphex(message.data, ==, 0x8046);
    g_assert_cmphex(ioapic_get(0x10 + 10), ==,
                    0x46 | IOAPIC_LVT_TRIGGER_MODE | IOAPIC_LVT_REMOTE_IRR);
    qemu_irq_raise(in5);
    g_assert_cmpint(message.count, ==, 3);
    ioapic_eoi_broadcast(0x46);
    g_assert_cmpint(message.count, ==, 4);
    qemu_irq_lower(in5);
    address_space_stl_le(&address_space_memory, IO_APIC_DEFAULT_ADDRESS + 0x40,
                         0x46, MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmpint(message.count, ==, 4);
    g_assert_cmphex(ioapic_get(0x10 + 10), ==, 0x46 | IOAPIC_LVT_TRIGGER_MODE);

    /* Interrupt 0 is input 2. */
    ioapic_reg(0x10 + 4, 0x50);
    qemu_irq_raise(in0);
    g_assert_cmphex(message.data, ==, 0x50);

    /* One that is never served must not take all the time. */
    qemu_irq_raise(in5);
    for (int i = 0; i < 20000; i++) {
        ioapic_eoi_broadcast(0x46);
    }
    g_assert_cmpint(message.count, <, 20006);

    for (int i = 0; i < 100; i++) {
        random_accesses(&address_space_memory, IO_APIC_DEFAULT_ADDRESS, 0x50,
                        50);
        ioapic_reg(g_test_rand_int_range(0, 0x50), g_test_rand_int());
        qemu_set_irq(qdev_get_gpio_in(dev, g_test_rand_int_range(0, 24)),
                     g_test_rand_bit());
        save_and_load(dev);
    }
    unplug(dev);
    memory_region_del_subregion(get_system_memory(), &lapic);
}

/* ---- the clock ----------------------------------------------------------- */

static uint8_t rtc_get(int index)
{
    cpu_outb(0x70, index);
    return cpu_inb(0x71);
}

static void rtc_put(int index, uint8_t value)
{
    cpu_outb(0x70, index);
    cpu_outb(0x71, value);
}

/* Sets the clock, stopped. */
static void rtc_set(int century, int year, int month, int day, int hour,
                    int min, int sec)
{
    rtc_put(RTC_REG_B, rtc_get(RTC_REG_B) | REG_B_SET);
    rtc_put(RTC_CENTURY, century);
    rtc_put(RTC_YEAR, year);
    rtc_put(RTC_MONTH, month);
    rtc_put(RTC_DAY_OF_MONTH, day);
    rtc_put(RTC_HOURS, hour);
    rtc_put(RTC_MINUTES, min);
    rtc_put(RTC_SECONDS, sec);
}

static void rtc_run(void)
{
    rtc_put(RTC_REG_B, rtc_get(RTC_REG_B) & ~REG_B_SET);
}

static void test_rtc_registers(void)
{
    static int line;
    qemu_irq irq = qemu_allocate_irq(note_level, &line, 0);
    MC146818RtcState *s = mc146818_rtc_init(bus, 2000, irq);
    QDict *date;

    device_cold_reset(DEVICE(s));
    g_assert_cmphex(rtc_get(RTC_REG_D), ==, 0x80);
    g_assert_cmphex(rtc_get(RTC_CENTURY), ==, 0x20);
    g_assert_cmphex(rtc_get(RTC_IBM_PS2_CENTURY_BYTE), ==, 0x20);
    g_assert_cmphex(cpu_inb(0x70), ==, 0xff);

    /* BCD, over midnight and a leap day. */
    rtc_set(0x20, 0x24, 0x02, 0x28, 0x23, 0x59, 0x58);
    rtc_run();
    s->base_rtc += 86402; /* a day and two seconds go by */
    g_assert_cmphex(rtc_get(RTC_MONTH), ==, 0x03);
    g_assert_cmphex(rtc_get(RTC_DAY_OF_MONTH), ==, 0x01);
    g_assert_cmphex(rtc_get(RTC_HOURS), ==, 0x00);
    g_assert_cmphex(rtc_get(RTC_DAY_OF_WEEK), ==, 6); /* a Friday */
    date = qobject_to(QDict, object_property_get_qobject(
                                 qdev_get_machine(), "rtc-time", &error_abort));
    g_assert_cmpint(qdict_get_int(date, "tm_year"), ==, 124);
    qobject_unref(date);

    /* Binary, twelve hours. */
    rtc_put(RTC_REG_B, REG_B_SET | REG_B_DM);
    rtc_set(19, 99, 12, 31, 0x80 | 11, 59, 59);
    rtc_run();
    s->base_rtc += 1;
    g_assert_cmpint(rtc_get(RTC_CENTURY), ==, 20);
    g_assert_cmpint(rtc_get(RTC_YEAR), ==, 0);
    g_assert_cmphex(rtc_get(RTC_HOURS), ==, 12); /* midnight */
    s->base_rtc += 13 * 3600;
    g_assert_cmphex(rtc_get(RTC_HOURS), ==, 0x81);
    rtc_put(RTC_REG_B, REG_B_24H);

    /* A flag that is set interrupts when it may. */
    s->cmos_data[RTC_REG_C] = REG_C_UF;
    rtc_put(RTC_REG_B, REG_B_24H | REG_B_UIE);
    g_assert_cmpint(line, ==, 1);
    g_assert_cmphex(rtc_get(RTC_REG_C), ==, REG_C_UF | REG_C_IRQF);
    g_assert_cmpint(line, ==, 0);
    g_assert_cmphex(rtc_get(RTC_REG_C), ==, 0);

    /* RAM. */
    rtc_put(0x5b, 0xa5);
    g_assert_cmphex(mc146818rtc_get_cmos_data(s, 0x5b), ==, 0xa5);
    mc146818rtc_set_cmos_data(s, 0x5c, 0x5a);
    g_assert_cmphex(rtc_get(0x5c), ==, 0x5a);

    /* The alarm: in a day, in an hour, at once. */
    rtc_set(0x20, 0x24, 0x02, 0x28, 0x12, 0x00, 0x00);
    rtc_put(RTC_HOURS_ALARM, 0x12);
    rtc_put(RTC_MINUTES_ALARM, 0x00);
    rtc_put(RTC_SECONDS_ALARM, 0x00);
    rtc_run();
    g_assert_cmpint((s->next_alarm_time - s->last_update) /
                        NANOSECONDS_PER_SECOND,
                    ==, 86399);
    rtc_put(RTC_HOURS_ALARM, 0xff);
    g_assert_cmpint((s->next_alarm_time - s->last_update) /
                        NANOSECONDS_PER_SECOND,
                    ==, 3599);
    rtc_put(RTC_MINUTES_ALARM, 0xff);
    rtc_put(RTC_SECONDS_ALARM, 0xff);
    g_assert_cmpint(
        (s->next_alarm_time - s->last_update) / NANOSECONDS_PER_SECOND, ==, 0);
    rtc_put(RTC_SECONDS_ALARM, 0x99); /* never */
    g_assert_cmphex(s->next_alarm_time, ==, INT64_MAX);

    for (int i = 0; i < 50; i++) {
        random_accesses(&address_space_io, 0x70, 4, 100);
        for (int j = 0; j < 16; j++) {
            rtc_put(j, g_test_rand_int());
            rtc_get(j);
        }
        rtc_put(RTC_REG_B, REG_B_SET); /* the time stands still */
        save_and_load(DEVICE(s));
    }
    object_property_del(qdev_get_machine(), "rtc-time");
    unplug(s);
    qemu_free_irq(irq);
}

/* ---- the bus ------------------------------------------------------------- */

static void test_bus(void)
{
    Error *err = NULL;
    ISADevice *dev;

    g_assert_null(isa_bus_new(NULL, NULL, NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Can't create a second ISA bus");
    error_free(err);
    err = NULL;

    dev = isa_new(TYPE_ISA_SERIAL);
    qdev_prop_set_uint32(DEVICE(dev), "index", 4);
    g_assert_false(isa_realize_and_unref(dev, bus, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Max. supported number of ISA serial ports is 4.");
    error_free(err);
    err = NULL;

    dev = isa_new("isa-debug-exit");
    qdev_prop_set_uint32(DEVICE(dev), "iobase", 0xffff);
    g_assert_false(isa_realize_and_unref(dev, bus, &err));
    error_free(err);
    err = NULL;
    g_assert_false(isa_realize_and_unref(isa_new("isa-debugcon"), bus, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Can't create debugcon device, empty char device");
    error_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    memory_map_init();
    machine_run_board_init(
        machine_create(machine_find_class("none", &error_abort)), NULL,
        &error_abort);
    bus = isa_bus_new(NULL, get_system_memory(), get_system_io(), &error_abort);
    g_test_add_func("/pc/pic/flow", test_pic_flow);
    g_test_add_func("/pc/pic/modes", test_pic_modes);
    g_test_add_func("/pc/pic/random", test_pic_random);
    g_test_add_func("/pc/pit/waves", test_pit_waves);
    g_test_add_func("/pc/pit/ports", test_pit_ports);
    g_test_add_func("/pc/ioapic", test_ioapic);
    g_test_add_func("/pc/rtc", test_rtc_registers);
    g_test_add_func("/pc/bus", test_bus);
    return g_test_run();
}
