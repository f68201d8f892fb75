/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiFive's test finisher: how a guest powers off, or starts again. */
#include "qemu/osdep.h"
#include "hw/misc/sifive_test.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "system/runstate.h"

#define FINISHER_REG  0x0
#define FINISHER_SIZE 0x1000

static uint64_t sifive_test_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

/* How to end; false when the guest wrote nothing that we know. */
static bool finish(unsigned how, int status)
{
    switch (how) {
    case FINISHER_PASS:
        qemu_system_shutdown_request_with_code(SHUTDOWN_CAUSE_GUEST_SHUTDOWN,
                                               status);
        return true;
    case FINISHER_FAIL:
        qemu_system_shutdown_request_with_code(SHUTDOWN_CAUSE_GUEST_PANIC,
                                               status);
        return true;
    case FINISHER_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return true;
    default:
        return false;
    }
}

static void sifive_test_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
    if (addr != FINISHER_REG ||
        !finish(extract64(value, 0, 16), extract64(value, 16, 16))) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: write: addr=0x%x val=0x%016" PRIx64 "\n", __func__,
                      (int)addr, value);
    }
}

static const MemoryRegionOps sifive_test_ops = {
    .read = sifive_test_read,
    .write = sifive_test_write,
    .valid = { .min_access_size = 2, .max_access_size = 4 },
    .endianness = DEVICE_NATIVE_ENDIAN,
};

static void sifive_test_init(Object *obj)
{
    SiFiveTestState *s = SIFIVE_TEST(obj);

    memory_region_init_io(&s->mmio, obj, &sifive_test_ops, s, TYPE_SIFIVE_TEST,
                          FINISHER_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

DeviceState *sifive_test_create(hwaddr addr)
{
    return sysbus_create_simple(TYPE_SIFIVE_TEST, addr, NULL);
}

static const TypeInfo sifive_test_types[] = {
    {
        .name = TYPE_SIFIVE_TEST,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(SiFiveTestState),
        .instance_init = sifive_test_init,
    },
};

DEFINE_TYPES(sifive_test_types)
