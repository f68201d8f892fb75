/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The accelerator that runs nothing: a test plays the guest (system/qtest.c),
 * and the virtual clock stands until the test moves it.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qemu/accel.h"
#include "qemu/atomic.h"
#include "qemu/module.h"
#include "system/cpu-timers.h"
#include "system/cpus.h"
#include "system/qtest.h"

static int64_t clock_ns;

static int64_t qtest_get_virtual_clock(void)
{
    return qatomic_read_i64(&clock_ns);
}

static void qtest_set_virtual_clock(int64_t ns)
{
    qatomic_set_i64(&clock_ns, ns);
}

static const VirtualClockOps qtest_clock = {
    .get_virtual_clock = qtest_get_virtual_clock,
    .set_virtual_clock = qtest_set_virtual_clock,
};

static int qtest_init_machine(MachineState *ms)
{
    cpus_register_virtual_clock(&qtest_clock);
    return 0;
}

static void qtest_accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "QTest";
    ac->init_machine = qtest_init_machine;
    ac->allowed = &qtest_allowed;
}

static void qtest_accel_ops_class_init(ObjectClass *oc, void *data)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(oc);

    ops->create_vcpu_thread = dummy_start_vcpu_thread;
    ops->get_virtual_clock = qtest_get_virtual_clock;
    ops->set_virtual_clock = qtest_set_virtual_clock;
}

static const TypeInfo qtest_accel_types[] = {
    {
        .name = ACCEL_CLASS_NAME("qtest"),
        .parent = TYPE_ACCEL,
        .class_init = qtest_accel_class_init,
    },
    {
        .name = ACCEL_OPS_NAME("qtest"),
        .parent = TYPE_ACCEL_OPS,
        .abstract = true,
        .class_init = qtest_accel_ops_class_init,
    },
};

DEFINE_TYPES(qtest_accel_types)
