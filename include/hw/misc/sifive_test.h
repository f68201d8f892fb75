/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "test finisher" of SiFive's boards: one register, by which a guest ends
 * the machine. The low half of what is written says how, the high half is the
 * exit status of the process.
 */
#ifndef HW_SIFIVE_TEST_H
#define HW_SIFIVE_TEST_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_SIFIVE_TEST "riscv.sifive.test"

typedef struct SiFiveTestState SiFiveTestState;
DECLARE_INSTANCE_CHECKER(SiFiveTestState, SIFIVE_TEST, TYPE_SIFIVE_TEST)

struct SiFiveTestState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
};

enum {
    FINISHER_FAIL = 0x3333,  /* the end, as after a panic */
    FINISHER_PASS = 0x5555,  /* power off */
    FINISHER_RESET = 0x7777, /* start again */
};

/* For a board: makes, realizes and maps one at @addr. The machine owns it. */
DeviceState *sifive_test_create(hwaddr addr);

#endif
