/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local APICs of two CPUs that nothing runs, and an I/O APIC: registers,
 * priorities, who a message is for, what CPUs send each other, ends of
 * interrupts, the timer's arithmetic, errors, the PIC at LINT0, random
 * accesses with the state saved and loaded.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/intc/i8259.h"
#include "hw/intc/ioapic.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "system/reset.h"

#define CPUS 2
#define HARD CPU_INTERRUPT_HARD

/* Registers. */
enum {
    ID = 0x20,
    VERSION = 0x30,
    TPR = 0x80,
    PPR = 0xa0,
    EOI = 0xb0,
    LDR = 0xd0,
    DFR = 0xe0,
    SVR = 0xf0,
    ISR = 0x100,
    TMR = 0x180,
    IRR = 0x200,
    ESR = 0x280,
    ICR = 0x300,
    ICR_HIGH = 0x310,
    LVT_TIMER = 0x320,
    LVT_LINT0 = 0x350,
    LVT_LINT1 = 0x360,
    LVT_ERROR = 0x370,
    INITIAL = 0x380,
    CURRENT = 0x390,
    DIVIDE = 0x3e0
};

static int64_t now_ns;

static int64_t read_clock(void)
{
    return now_ns;
}

static const VirtualClockOps test_clock = { .get_virtual_clock = read_clock };

static void go_to(int64_t ns)
{
    now_ns = ns;
    qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
}

static X86CPU *cpu[CPUS];
static DeviceState *apic[CPUS];
static qemu_irq *ioapic_in;

/* ---- accesses of CPU @n -------------------------------------------------- */

static void put(int n, int reg, uint32_t value)
{
    current_cpu = CPU(cpu[n]);
    address_space_stl_le(&address_space_memory, APIC_DEFAULT_ADDRESS + reg,
                         value, MEMTXATTRS_UNSPECIFIED, NULL);
    current_cpu = NULL;
}

static uint32_t get(int n, int reg)
{
    uint32_t value;

    current_cpu = CPU(cpu[n]);
    value =
        address_space_ldl_le(&address_space_memory, APIC_DEFAULT_ADDRESS + reg,
                             MEMTXATTRS_UNSPECIFIED, NULL);
    current_cpu = NULL;
    return value;
}

/* A device's message. */
static void message(uint8_t dest, bool logical, uint32_t data)
{
    address_space_stl_le(&address_space_memory,
                         APIC_DEFAULT_ADDRESS | dest << 12 | logical << 2, data,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static bool hard(int n)
{
    return CPU(cpu[n])->interrupt_request & HARD;
}

static bool has(int n, uint32_t bits)
{
    return (CPU(cpu[n])->interrupt_request & bits) == bits;
}

static bool requested(int n, int vector)
{
    return get(n, IRR + vector / 32 * 16) >> vector % 32 & 1;
}

/* As after a reset, and on. */
static void start(void)
{
    for (int i = 0; i < CPUS; i++) {
        device_cold_reset(apic[i]);
        CPU(cpu[i])->interrupt_request = 0;
        put(i, SVR, 0x1ff);
    }
}

/* ---- registers ----------------------------------------------------------- */

static void test_registers(void)
{
    start();
    device_cold_reset(apic[1]);
    g_assert_cmphex(get(1, ID), ==, 0x01000000);
    g_assert_cmphex(get(1, VERSION), ==, 0x50014);
    g_assert_cmphex(get(1, SVR), ==, 0xff);
    g_assert_cmphex(get(1, DFR), ==, 0xffffffff);
    g_assert_cmphex(get(1, LVT_TIMER), ==, 0x10000);
    g_assert_cmphex(get(1, LVT_LINT0), ==, 0x10000);
    g_assert_cmphex(get(1, CURRENT), ==, 0);
    put(1, VERSION, 0);
    put(1, IRR, ~0);
    put(1, DFR, 0);
    g_assert_cmphex(get(1, VERSION), ==, 0x50014);
    g_assert_cmphex(get(1, IRR), ==, 0);
    g_assert_cmphex(get(1, DFR), ==, 0x0fffffff);
    /* Off, nothing can be unmasked. */
    put(1, LVT_TIMER, 0x20040);
    g_assert_cmphex(get(1, LVT_TIMER), ==, 0x30040);
    put(1, SVR, 0x1ff);
    put(1, LVT_TIMER, 0xffffffff);
    g_assert_cmphex(get(1, LVT_TIMER), ==, 0x300ff);
    put(1, LVT_ERROR, 0x40);
    put(1, SVR, 0xff);
    g_assert_cmphex(get(1, LVT_ERROR), ==, 0x10040);

    /* There is no x2APIC mode; base and on are the CPU's. */
    g_assert_cmpint(cpu_set_apic_base(apic[1], 0xfee00c00), ==, -1);
    g_assert_cmphex(cpu_get_apic_base(apic[1]), ==, 0xfee00800);
    g_assert_cmphex(cpu_get_apic_base(apic[0]), ==, 0xfee00900);
    g_assert_cmpint(cpu_set_apic_base(apic[1], 0xfee00000), ==, 0);
    g_assert_false(cpu_is_apic_enabled(apic[1]));
    message(1, false, 0x41);
    g_assert_false(hard(1));
    /* Where KVM has it. */
    g_assert_cmpint(apic_get_interrupt(NULL), ==, -1);
    g_assert_cmpint(cpu_get_apic_tpr(NULL), ==, 0);
}

/* ---- priorities ---------------------------------------------------------- */

static void test_priorities(void)
{
    start();
    message(0, false, 0x41);
    g_assert_true(hard(0));
    g_assert_false(hard(1));
    message(0, false, 0x61);
    g_assert_cmpint(apic_get_highest_priority_irr(apic[0]), ==, 0x61);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x61);
    g_assert_cmphex(get(0, PPR), ==, 0x60);
    g_assert_false(hard(0));
    message(0, false, 0x6f); /* of the same class */
    g_assert_false(hard(0));
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, -1);
    message(0, false, 0x70);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x70);
    put(0, EOI, 0);
    g_assert_false(hard(0));
    put(0, EOI, 0);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x6f);
    put(0, EOI, 0);

    /* The task priority, as a register and as CR8. */
    put(0, TPR, 0x50);
    g_assert_cmpint(cpu_get_apic_tpr(apic[0]), ==, 5);
    g_assert_false(hard(0));
    cpu_set_apic_tpr(apic[0], 4);
    g_assert_false(hard(0));
    cpu_set_apic_tpr(apic[0], 3);
    g_assert_true(hard(0));
    g_assert_cmphex(get(0, TPR), ==, 0x30);
    put(0, TPR, 0x3f);
    cpu_set_apic_tpr(apic[0], 3); /* keeps what it does not have */
    g_assert_cmphex(get(0, TPR), ==, 0x3f);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x41);
    put(0, EOI, 0);
    put(0, EOI, 0); /* of nothing */
}

/* ---- who is meant -------------------------------------------------------- */

static void check_sent(uint8_t dest, bool logical, uint32_t mode, int mask)
{
    message(dest, logical, mode << 8 | 0x55);
    for (int i = 0; i < CPUS; i++) {
        g_assert_cmpint(requested(i, 0x55), ==, mask >> i & 1);
        if (requested(i, 0x55)) {
            g_assert_cmpint(apic_get_interrupt(apic[i]), ==, 0x55);
            put(i, EOI, 0);
        }
    }
}

static void test_destinations(void)
{
    start();
    check_sent(0, false, APIC_DM_FIXED, 1);
    check_sent(1, false, APIC_DM_FIXED, 2);
    check_sent(2, false, APIC_DM_FIXED, 0);
    check_sent(0xff, false, APIC_DM_FIXED, 3);
    put(0, LDR, 0x10000000);
    put(1, LDR, 0x20000000);
    check_sent(0x30, true, APIC_DM_FIXED, 3);
    check_sent(0x20, true, APIC_DM_FIXED, 2);
    check_sent(0x40, true, APIC_DM_FIXED, 0);
    /* Clusters: 1.0 and 2.1. */
    put(0, DFR, 0);
    put(1, DFR, 0);
    put(0, LDR, 0x11000000);
    put(1, LDR, 0x22000000);
    check_sent(0x11, true, APIC_DM_FIXED, 1);
    check_sent(0x1f, true, APIC_DM_FIXED, 1);
    check_sent(0x22, true, APIC_DM_FIXED, 2);
    check_sent(0x21, true, APIC_DM_FIXED, 0);
    check_sent(0xff, true, APIC_DM_FIXED, 3);
    /* The less busy one. */
    put(0, TPR, 0x10);
    check_sent(0xff, false, APIC_DM_LOWPRI, 2);
    put(1, TPR, 0x20);
    check_sent(0xff, false, APIC_DM_LOWPRI, 1);
    put(0, SVR, 0xff);
    check_sent(0xff, false, APIC_DM_LOWPRI, 2);
    message(1, false, APIC_DM_NMI << 8);
    g_assert_true(has(1, CPU_INTERRUPT_NMI));
}

/* ---- from CPU to CPU ----------------------------------------------------- */

static void test_commands(void)
{
    SegmentCache *cs = &cpu[1]->env.segs[R_CS];

    start();
    put(0, ICR_HIGH, 0x01000000);
    put(0, ICR, 0x4041);
    g_assert_true(requested(1, 0x41) && !requested(0, 0x41));
    put(0, ICR, 0x44042); /* itself */
    g_assert_true(!requested(1, 0x42) && requested(0, 0x42));
    put(0, ICR, 0x84043); /* all */
    g_assert_true(requested(1, 0x43) && requested(0, 0x43));
    put(1, ICR, 0xc4044); /* the others */
    g_assert_true(!requested(1, 0x44) && requested(0, 0x44));
    put(0, ICR, 0x44500); /* an INIT of itself cannot be */
    g_assert_false(has(0, CPU_INTERRUPT_INIT));

    put(0, ICR, 0xc500);
    g_assert_true(has(1, CPU_INTERRUPT_INIT));
    CPU(cpu[1])->interrupt_request = 0;
    put(0, ICR, 0x8500); /* its end */
    g_assert_false(has(1, CPU_INTERRUPT_INIT));
    apic_init_reset(apic[1]);
    g_assert_false(requested(1, 0x41));
    put(0, ICR, 0x4612);
    g_assert_true(has(1, CPU_INTERRUPT_SIPI));
    CPU(cpu[1])->halted = 1;
    cpu[1]->env.eip = 0xfff0;
    apic_sipi(apic[1]);
    g_assert_false(has(1, CPU_INTERRUPT_SIPI));
    g_assert_cmpint(CPU(cpu[1])->halted, ==, 0);
    g_assert_cmphex(cs->selector, ==, 0x1200);
    g_assert_cmphex(cs->base, ==, 0x12000);
    g_assert_cmphex(cpu[1]->env.eip, ==, 0);
    /* One that runs does not start again. */
    put(0, ICR, 0x4613);
    apic_sipi(apic[1]);
    g_assert_cmphex(cs->selector, ==, 0x1200);
}

/* ---- ends ---------------------------------------------------------------- */

static void ioapic_reg(int index, uint32_t value)
{
    address_space_stl_le(&address_space_memory, IO_APIC_DEFAULT_ADDRESS, index,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    address_space_stl_le(&address_space_memory, IO_APIC_DEFAULT_ADDRESS + 0x10,
                         value, MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_ends(void)
{
    start();
    ioapic_reg(0x15, 0x01000000);
    ioapic_reg(0x14, 0x8071);
    qemu_irq_raise(ioapic_in[2]);
    for (int i = 0; i < 5; i++) {
        g_assert_true(hard(1));
        g_assert_cmpint(apic_get_interrupt(apic[1]), ==, 0x71);
        g_assert_cmphex(get(1, TMR + 0x30), ==, 1 << 17);
        g_assert_false(hard(1));
        put(1, EOI, 0); /* it is up still */
    }
    g_assert_cmpint(apic_get_interrupt(apic[1]), ==, 0x71);
    qemu_irq_lower(ioapic_in[2]);
    put(1, EOI, 0);
    g_assert_false(hard(1));
    /* An edge has no end that anybody waits for. */
    ioapic_reg(0x14, 0x71);
    qemu_irq_raise(ioapic_in[2]);
    g_assert_cmpint(apic_get_interrupt(apic[1]), ==, 0x71);
    g_assert_cmphex(get(1, TMR + 0x30), ==, 0);
    put(1, EOI, 0);
    g_assert_false(hard(1));
    qemu_irq_lower(ioapic_in[2]);
    ioapic_reg(0x14, 0x10000);
}

/* ---- the timer ----------------------------------------------------------- */

static void test_timer(void)
{
    static const struct {
        uint32_t conf;
        int shift;
    } divide[] = { { 0, 1 }, { 1, 2 }, { 2, 3 },  { 3, 4 },
                   { 8, 5 }, { 9, 6 }, { 10, 7 }, { 11, 0 } };
    APICCommonState *s = APIC_COMMON(apic[0]);

    start();
    for (int i = 0; i < ARRAY_SIZE(divide); i++) {
        put(0, DIVIDE, divide[i].conf | 0xf4);
        g_assert_cmphex(get(0, DIVIDE), ==, divide[i].conf);
        g_assert_cmpint(s->count_shift, ==, divide[i].shift);
    }
    put(0, DIVIDE, 0);
    s->initial_count = 1000000;
    s->initial_count_load_time = 5000;
    s->lvt[APIC_LVT_TIMER] = 0x40;
    g_assert_true(apic_next_timer(s, 5000));
    g_assert_cmpint(s->next_time, ==, 2005000);
    g_assert_true(apic_next_timer(s, 2004999));
    g_assert_false(apic_next_timer(s, 2005000));
    g_assert_cmpint(s->timer_expiry, ==, -1);
    s->lvt[APIC_LVT_TIMER] |= APIC_LVT_TIMER_PERIODIC;
    g_assert_true(apic_next_timer(s, 2005000));
    g_assert_cmpint(s->next_time, ==, 4005000);
    g_assert_true(apic_next_timer(s, 7000000));
    g_assert_cmpint(s->next_time, ==, 8005000);
    /* Not so often that there is time for nothing else. */
    s->initial_count = 1;
    g_assert_true(apic_next_timer(s, 10000000));
    g_assert_cmpint(s->next_time, >=, 10010000);
    s->lvt[APIC_LVT_TIMER] |= APIC_LVT_MASKED;
    g_assert_false(apic_next_timer(s, 5000));

    /* Once, and again and again. */
    go_to(1000000);
    put(0, LVT_TIMER, 0x66);
    put(0, INITIAL, 1000);
    g_assert_cmpint(get(0, CURRENT), ==, 1000);
    go_to(1000600);
    g_assert_cmpint(get(0, CURRENT), ==, 700);
    g_assert_false(hard(0));
    go_to(1002000);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x66);
    g_assert_cmphex(get(0, CURRENT), ==, 0);
    put(0, EOI, 0);
    go_to(2000000);
    g_assert_false(hard(0));
    put(0, LVT_TIMER, 0x20067);
    put(0, INITIAL, 50000);
    for (int i = 1; i < 10; i++) {
        go_to(2000000 + i * 100000 - 1);
        g_assert_false(hard(0));
        go_to(2000000 + i * 100000);
        g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x67);
        g_assert_cmpint(get(0, CURRENT), ==, 50000);
        put(0, EOI, 0);
    }
    /* It goes on where it was. */
    go_to(2950000);
    save_and_load(apic[0]);
    go_to(2999999);
    g_assert_false(hard(0));
    go_to(3000000);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x67);
    put(0, INITIAL, 0);
    g_assert_cmphex(get(0, CURRENT), ==, 0);
}

/* ---- errors -------------------------------------------------------------- */

static void test_errors(void)
{
    start();
    put(0, LVT_ERROR, 0x50);
    get(0, 0x40);
    g_assert_cmphex(get(0, ESR), ==, APIC_ESR_ILLEGAL_ADDRESS);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x50);
    put(0, EOI, 0);
    put(0, 0x40, 1); /* no second time */
    g_assert_false(hard(0));
    put(0, ESR, 0);
    message(0, false, 0x0f);
    g_assert_cmphex(get(0, ESR), ==, APIC_ESR_RECV_ILLEGAL_VECT);
    put(0, ICR, 0x40005);
    g_assert_cmphex(get(0, ESR), ==,
                    APIC_ESR_RECV_ILLEGAL_VECT | APIC_ESR_SEND_ILLEGAL_VECT);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x50);
    /* The vector of the errors may be wrong itself. */
    put(0, ESR, 0);
    put(0, LVT_ERROR, 5);
    get(0, 0x40);
    g_assert_cmphex(get(0, ESR), ==,
                    APIC_ESR_ILLEGAL_ADDRESS | APIC_ESR_RECV_ILLEGAL_VECT);
    put(0, LVT_LINT1, APIC_DM_NMI << 8);
    apic_deliver_nmi(apic[0]);
    g_assert_true(has(0, CPU_INTERRUPT_NMI));
}

/* ---- the PIC ------------------------------------------------------------- */

static void pic_output(void *opaque, int n, int level)
{
    if (apic_accept_pic_intr(apic[0])) {
        apic_deliver_pic_intr(apic[0], level);
    }
}

static void test_pic(void)
{
    ISABus *bus =
        isa_bus_new(NULL, get_system_memory(), get_system_io(), &error_abort);
    qemu_irq *in;

    start();
    g_assert_false(apic_accept_pic_intr(apic[0]));
    in = i8259_init(bus, qemu_allocate_irq(pic_output, NULL, 0));
    device_cold_reset(apic[0]);
    g_assert_true(apic_accept_pic_intr(apic[0]));
    g_assert_false(apic_accept_pic_intr(apic[1]));
    CPU(cpu[0])->interrupt_request = 0;
    qemu_irq_raise(in[1]);
    g_assert_true(hard(0));
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, -1);
    qemu_irq_lower(in[1]);
    g_assert_cmpint(pic_read_irq(isa_pic), ==, 1);
    g_assert_false(hard(0));
    /* As a vector of the APIC. */
    put(0, SVR, 0x1ff);
    put(0, LVT_LINT0, 0x47);
    qemu_irq_raise(in[0]);
    g_assert_cmpint(apic_get_interrupt(apic[0]), ==, 0x47);
    put(0, LVT_LINT0, 0x10700);
    g_assert_false(apic_accept_pic_intr(apic[0]));
    g_assert_false(hard(0));
    g_free(in);
}

/* ---- random -------------------------------------------------------------- */

/* Loads what @s is now, as a stream may have it. */
static void load_itself(APICCommonState *s)
{
    const VMStateDescription *d = qdev_get_vmsd(DEVICE(s));
    GByteArray *bytes;

    save_to_bytes(d, s, d->version_id, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    load_from_bytes(d, s, d->version_id, bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

static void test_random(void)
{
    start();
    for (int i = 0; i < 20000; i++) {
        int n = g_test_rand_int_range(0, CPUS);
        int reg = g_test_rand_int_range(0, 0x40) << 4;

        switch (g_test_rand_int_range(0, 8)) {
        case 0 ... 2:
            put(n, reg, g_test_rand_int());
            break;
        case 3:
            get(n, reg + g_test_rand_int_range(0, 16));
            break;
        case 4:
            message(g_test_rand_int_range(0, 3), g_test_rand_bit(),
                    g_test_rand_int());
            break;
        case 5:
            apic_get_interrupt(apic[n]);
            put(n, SVR, 0x1ff);
            break;
        case 6:
            ioapic_reg(g_test_rand_int_range(0, 0x40), g_test_rand_int());
            qemu_set_irq(ioapic_in[g_test_rand_int_range(0, 24)],
                         g_test_rand_bit());
            break;
        case 7:
            if (i % 16 == 0) {
                save_and_load(apic[n]);
            }
            break;
        }
    }
    /* What a stream may have, and no APIC does. */
    APIC_COMMON(apic[0])->count_shift = 0x7fffffff;
    APIC_COMMON(apic[0])->initial_count_load_time = INT64_MIN;
    APIC_COMMON(apic[0])->initial_count = 1;
    APIC_COMMON(apic[0])->lvt[APIC_LVT_TIMER] = 0x20040;
    load_itself(APIC_COMMON(apic[0]));
    get(0, CURRENT);
    put(0, LVT_TIMER, 0x10000);
}

/* A stream may have the timer begin at the end of time, or long ago. */
static void test_timer_hostile(void)
{
    APICCommonState *s = APIC_COMMON(apic[0]);

    start();
    s->initial_count = UINT32_MAX;
    s->initial_count_load_time = INT64_MAX - 10;
    s->lvt[APIC_LVT_TIMER] = 0x20040;
    s->wait_for_sipi = 1;
    s->sipi_vector = INT_MIN + 8;
    s->next_time = INT64_MIN;
    s->timer_expiry = now_ns;
    load_itself(s);
    g_assert_cmphex(s->sipi_vector, ==, 8);
    go_to(now_ns + 1);
    g_assert_cmpint(s->timer_expiry, ==, -1);
    g_assert_false(timer_pending(s->timer));
    g_assert_cmphex(get(0, IRR + 0x20), ==, 1);

    /* 5e11 periods ago: that is one interrupt. */
    start();
    s->initial_count = 1;
    s->initial_count_load_time = 0;
    s->lvt[APIC_LVT_TIMER] = 0x20040;
    s->next_time = 0;
    s->timer_expiry = 0;
    load_itself(s);
    go_to(10000000000000000);
    g_assert_cmphex(get(0, IRR + 0x20), ==, 1);
    g_assert_cmpint(s->timer_expiry, >, now_ns);
    g_assert_cmpint(s->timer_expiry, <=, now_ns + 20000);
    put(0, LVT_TIMER, 0x10000);
    go_to(1000000);
}

/* ---- set-up -------------------------------------------------------------- */

static void make_apic(int n)
{
    cpu[n] = X86_CPU(object_new(X86_CPU_TYPE_NAME("qemu64")));
    cpu[n]->apic_id = n;
    apic[n] = qdev_new("apic");
    qdev_prop_set_uint32(apic[n], "id", n);
    APIC_COMMON(apic[n])->cpu = cpu[n];
    cpu[n]->apic_state = apic[n];
    object_property_add_child(OBJECT(cpu[n]), "lapic", OBJECT(apic[n]));
    object_unref(OBJECT(apic[n]));
    qdev_realize(apic[n], NULL, &error_abort);
}

static void make_ioapic(void)
{
    DeviceState *dev = qdev_new(TYPE_IOAPIC);

    object_property_add_child(qdev_get_machine(), "ioapic", OBJECT(dev));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_abort);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, IO_APIC_DEFAULT_ADDRESS);
    device_cold_reset(dev);
    ioapic_in = g_new(qemu_irq, IOAPIC_NUM_PINS);
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        ioapic_in[i] = qdev_get_gpio_in(dev, i);
    }
}

static void test_many(void)
{
    DeviceState *dev = qdev_new("apic");
    Error *err = NULL;

    qdev_prop_set_uint32(dev, "id", 255);
    g_assert_false(qdev_realize(dev, NULL, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "below 255"));
    error_free(err);
    object_unref(OBJECT(dev));
}

static int resets;

static void fail_to_realize(DeviceState *dev, Error **errp)
{
    error_setg(errp, "not today");
}

static void count_reset(APICCommonState *s)
{
    resets++;
}

static void failing_class_init(ObjectClass *klass, void *data)
{
    APIC_COMMON_CLASS(klass)->realize = fail_to_realize;
    APIC_COMMON_CLASS(klass)->reset = count_reset;
}

static const TypeInfo failing_type = {
    .name = "apic-that-fails",
    .parent = TYPE_APIC_COMMON,
    .class_init = failing_class_init,
};

/* What is not there is not reset. */
static void test_unrealized(void)
{
    DeviceState *dev;
    Error *err = NULL;

    type_register_static(&failing_type);
    dev = qdev_new("apic-that-fails");
    qdev_prop_set_uint32(dev, "id", 7);
    g_assert_false(qdev_realize(dev, NULL, &err));
    error_free(err);
    qemu_devices_reset(RESET_TYPE_COLD);
    g_assert_cmpint(resets, ==, 0);
    object_unref(OBJECT(dev));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    cpus_register_virtual_clock(&test_clock);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    memory_map_init();
    machine_run_board_init(
        machine_create(machine_find_class("none", &error_abort)), NULL,
        &error_abort);
    for (int i = 0; i < CPUS; i++) {
        make_apic(i);
    }
    make_ioapic();
    g_test_add_func("/x86/apic/registers", test_registers);
    g_test_add_func("/x86/apic/priorities", test_priorities);
    g_test_add_func("/x86/apic/destinations", test_destinations);
    g_test_add_func("/x86/apic/commands", test_commands);
    g_test_add_func("/x86/apic/ends", test_ends);
    g_test_add_func("/x86/apic/timer", test_timer);
    g_test_add_func("/x86/apic/errors", test_errors);
    g_test_add_func("/x86/apic/pic", test_pic);
    g_test_add_func("/x86/apic/random", test_random);
    g_test_add_func("/x86/apic/timer-hostile", test_timer_hostile);
    g_test_add_func("/x86/apic/refused", test_many);
    g_test_add_func("/x86/apic/unrealized", test_unrealized);
    return g_test_run();
}
