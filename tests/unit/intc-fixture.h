/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Harts that have nothing but interrupt lines, for tests of RISC-V interrupt
 * controllers: the type and the functions that those use of target/riscv.
 */
#ifndef TESTS_INTC_FIXTURE_H
#define TESTS_INTC_FIXTURE_H

#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/intc/intc.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "target/riscv/cpu.h"
#include "target/riscv/time_helper.h"
#include "device-helpers.h"

#define MAX_TEST_HARTS 4

static RISCVCPU *test_hart[MAX_TEST_HARTS];

CPUState *cpu_by_arch_id(int64_t id)
{
    return id >= 0 && id < MAX_TEST_HARTS ? CPU(test_hart[id]) : NULL;
}

int riscv_cpu_claim_interrupts(RISCVCPU *cpu, uint64_t interrupts)
{
    if (cpu->env.miclaim & interrupts) {
        return -1;
    }
    cpu->env.miclaim |= interrupts;
    return 0;
}

void riscv_cpu_set_rdtime_fn(CPURISCVState *env, uint64_t (*fn)(void *),
                             void *arg)
{
    env->rdtime_fn = fn;
    env->rdtime_fn_arg = arg;
}

void riscv_cpu_set_aia_ireg_rmw_fn(CPURISCVState *env, uint32_t priv,
                                   int (*rmw_fn)(void *arg, target_ulong reg,
                                                 target_ulong *val,
                                                 target_ulong new_val,
                                                 target_ulong write_mask),
                                   void *rmw_fn_arg)
{
    env->aia_ireg_rmw_fn[priv] = rmw_fn;
    env->aia_ireg_rmw_fn_arg[priv] = rmw_fn_arg;
}

void riscv_cpu_set_geilen(CPURISCVState *env, target_ulong geilen)
{
    env->geilen = geilen;
}

static unsigned test_timer_updates;

void riscv_timer_update(CPURISCVState *env)
{
    test_timer_updates++;
}

static uint64_t test_guest_lines;

static void hart_line(void *opaque, int n, int level)
{
    RISCVCPU *hart = opaque;
    uint64_t *lines = n < 64 ? &hart->env.mip : &test_guest_lines;

    g_assert_true(bql_locked());
    *lines = deposit64(*lines, n % 64, 1, level);
}

static void hart_init(Object *obj)
{
    qdev_init_gpio_in(DEVICE(obj), hart_line,
                      IRQ_LOCAL_MAX + IRQ_LOCAL_GUEST_MAX);
}

static const TypeInfo hart_types[] = {
    {
        .name = TYPE_RISCV_CPU,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(RISCVCPU),
        .class_size = sizeof(RISCVCPUClass),
        .instance_init = hart_init,
    },
};

static inline void make_harts(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        test_hart[i] = RISCV_CPU(object_new(TYPE_RISCV_CPU));
        test_hart[i]->env.mhartid = i;
    }
    test_guest_lines = 0;
}

static inline void free_harts(void)
{
    for (unsigned i = 0; i < MAX_TEST_HARTS; i++) {
        g_clear_pointer((Object **)&test_hart[i], object_unref);
    }
}

static inline bool hart_has(unsigned hart, int irq)
{
    return extract64(test_hart[hart]->env.mip, irq, 1);
}

/* A device that a create function has put into the machine. */
static inline void destroy(DeviceState *dev)
{
    object_unparent(OBJECT(dev));
}

static inline uint32_t reg_read(hwaddr addr)
{
    MemTxResult result;
    uint32_t v = address_space_ldl_le(&address_space_memory, addr,
                                      MEMTXATTRS_UNSPECIFIED, &result);

    g_assert_cmpint(result, ==, MEMTX_OK);
    return v;
}

static inline void reg_write(hwaddr addr, uint32_t value)
{
    MemTxResult result;

    address_space_stl_le(&address_space_memory, addr, value,
                         MEMTXATTRS_UNSPECIFIED, &result);
    g_assert_cmpint(result, ==, MEMTX_OK);
}

/* Any size, anywhere: nothing but an answer may come of it. */
static inline void random_accesses(hwaddr base, hwaddr size, unsigned n)
{
    while (n-- > 0) {
        hwaddr addr = base + (unsigned)g_test_rand_int() % size;
        unsigned len = 1 << g_test_rand_int_range(0, 4);
        uint8_t buf[8];

        addr &= g_test_rand_bit() ? -(hwaddr)len : -1;
        for (int i = 0; i < 8; i++) {
            buf[i] = g_test_rand_bit() ? g_test_rand_int_range(0, 4)
                                       : g_test_rand_int();
        }
        address_space_rw(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                         buf, len, g_test_rand_bit());
    }
}

/* Creating such a device must fail like this. The properties: "name=value". */
static inline void refused(const char *type, const char *message, ...)
{
    Object *obj = object_new(type);
    Error *err = NULL;
    const char *prop;
    va_list ap;

    va_start(ap, message);
    while ((prop = va_arg(ap, const char *))) {
        g_auto(GStrv) part = g_strsplit(prop, "=", 2);

        object_property_parse(obj, part[0], part[1], &error_abort);
    }
    va_end(ap);
    sysbus_realize(SYS_BUS_DEVICE(obj), &err);
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
    object_unref(obj);
}

static inline char *pic_text(DeviceState *dev)
{
    GString *buf = g_string_new("");

    INTERRUPT_STATS_PROVIDER_GET_CLASS(dev)->print_info(
        INTERRUPT_STATS_PROVIDER(dev), buf);
    return g_string_free(buf, false);
}

static inline void intc_test_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(hart_types, ARRAY_SIZE(hart_types));
    memory_map_init();
    machine_run_board_init(
        machine_create(machine_find_class("none", &error_abort)), NULL,
        &error_abort);
}

#endif
