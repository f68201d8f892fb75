/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hart without an engine, for tests of target/riscv: not realized, with RAM
 * from TEST_RAM_BASE on.
 */
#ifndef TESTS_RISCV_FIXTURE_H
#define TESTS_RISCV_FIXTURE_H

#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "target/riscv/cpu.h"
#include "target/riscv/internals.h"

#define TEST_RAM_BASE 0x80000000ULL
#define TEST_RAM_SIZE 0x10000ULL

static MemoryRegion test_ram;

/* @features: "prop=on,prop=off...", as after -cpu MODEL; may be NULL. */
static inline RISCVCPU *test_hart_new(const char *model, const char *features)
{
    g_autofree char *type = g_strdup_printf(RISCV_CPU_TYPE_NAME("%s"), model);
    RISCVCPU *cpu = RISCV_CPU(object_new(type));
    g_auto(GStrv) list = g_strsplit(features ?: "", ",", -1);

    for (char **p = list; *p; p++) {
        g_auto(GStrv) pair = g_strsplit(*p, "=", 2);

        object_property_parse(OBJECT(cpu), pair[0], pair[1], &error_abort);
    }
    riscv_cpu_finalize_features(cpu, &error_abort);
    CPU(cpu)->as = &address_space_memory;
    device_cold_reset(DEVICE(cpu));
    return cpu;
}

static inline void test_ram_init(void)
{
    memory_region_init_ram(&test_ram, NULL, "ram", TEST_RAM_SIZE,
                           &error_abort);
    memory_region_add_subregion(get_system_memory(), TEST_RAM_BASE, &test_ram);
}

/* The main program's part that tests with CPUs share. */
static inline void test_riscv_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    memory_map_init();
    test_ram_init();
}

/* Random numbers of the test's seed (--seed). */
static inline uint64_t test_rand64(void)
{
    return (uint64_t)(uint32_t)g_test_rand_int() << 32 |
           (uint32_t)g_test_rand_int();
}

#endif
