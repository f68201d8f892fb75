/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device for tests of I/O paths (QEMU's docs/specs/pci-testdev.rst): memory
 * and ports, each with three tests. Writing a test's number to byte 0 starts
 * it; then the region shows its header, which says where to write what, and
 * counts the writes that come here rather than to an event notifier.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/event_notifier.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"

#define TYPE_PCI_TEST_DEV "pci-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(PCITestDevState, PCI_TEST_DEV)

#define MEM_SIZE  2048
#define PORT_SIZE 128

#define TESTS_EACH 3 /* of memory, then as many of ports */
#define TESTS      (2 * TESTS_EACH)
#define NO_TEST    (-1)

#define DATA_MATCH 0xfa
#define DATA_ANY   0xce

/* What the guest reads, byte by byte; the numbers are little-endian. */
#define HDR_TEST   0
#define HDR_WIDTH  1
#define HDR_OFFSET 4
#define HDR_DATA   8
#define HDR_COUNT  12
#define HDR_NAME   16
#define HDR_MAX    64

typedef struct Test {
    const char *name;
    bool has_notifier;
    bool any_data;
} Test;

static const Test tests[TESTS] = {
    { "mmio-no-eventfd", false, false },
    { "mmio-wildcard-eventfd", true, true },
    { "mmio-datamatch-eventfd", true, false },
    { "portio-no-eventfd", false, false },
    { "portio-wildcard-eventfd", true, true },
    { "portio-datamatch-eventfd", true, false },
};

struct PCITestDevState {
    PCIDevice parent_obj;

    MemoryRegion mmio;
    MemoryRegion portio;
    MemoryRegion membar;
    uint64_t membar_size; /* a property; 0: none */
    EventNotifier notifiers[TESTS];
    int notifiers_made;

    int32_t current; /* the test that runs */
    uint32_t count;
    int32_t in_stream; /* current, until it is known to be one */
};

/* ---- tests --------------------------------------------------------------- */

static bool is_port(int t)
{
    return t >= TESTS_EACH;
}

static uint32_t test_offset(int t)
{
    return (is_port(t) ? PORT_SIZE : MEM_SIZE) + t;
}

static uint8_t test_data(int t)
{
    return tests[t].any_data ? DATA_ANY : DATA_MATCH;
}

/* Of memory, one that takes any data takes any size, too. */
static unsigned test_size(int t)
{
    return tests[t].any_data && !is_port(t) ? 0 : 1;
}

static void attach(PCITestDevState *s, int t, bool on)
{
    MemoryRegion *mr = is_port(t) ? &s->portio : &s->mmio;

    if (!tests[t].has_notifier) {
        return;
    }
    if (on) {
        event_notifier_test_and_clear(&s->notifiers[t]);
        memory_region_add_eventfd(mr, test_offset(t), test_size(t),
                                  !tests[t].any_data, test_data(t),
                                  &s->notifiers[t]);
    } else {
        memory_region_del_eventfd(mr, test_offset(t), test_size(t),
                                  !tests[t].any_data, test_data(t),
                                  &s->notifiers[t]);
    }
}

static void stop(PCITestDevState *s)
{
    if (s->current != NO_TEST) {
        attach(s, s->current, false);
        s->current = NO_TEST;
    }
}

static void start(PCITestDevState *s, int t)
{
    s->count = 0;
    s->current = t;
    attach(s, t, true);
}

/* ---- the regions --------------------------------------------------------- */

static void test_write(PCITestDevState *s, hwaddr addr, uint64_t val,
                       int first_test)
{
    if (addr == HDR_TEST) {
        stop(s);
        if (val < TESTS_EACH) {
            start(s, first_test + val);
        }
    } else if (s->current != NO_TEST && addr == test_offset(s->current) &&
               (tests[s->current].any_data || val == test_data(s->current))) {
        s->count++;
    }
}

static void mmio_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    test_write(opaque, addr, val, 0);
}

static void port_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    test_write(opaque, addr, val, TESTS_EACH);
}

static uint64_t test_read(void *opaque, hwaddr addr, unsigned size)
{
    PCITestDevState *s = opaque;
    uint8_t hdr[HDR_MAX] = { 0 };

    if (s->current == NO_TEST) {
        return 0;
    }
    hdr[HDR_TEST] = s->current;
    hdr[HDR_WIDTH] = 1;
    stl_le_p(hdr + HDR_OFFSET, test_offset(s->current));
    hdr[HDR_DATA] = test_data(s->current);
    stl_le_p(hdr + HDR_COUNT, s->count);
    g_strlcpy((char *)hdr + HDR_NAME, tests[s->current].name,
              HDR_MAX - HDR_NAME);
    if (tests[s->current].has_notifier) {
        event_notifier_test_and_clear(&s->notifiers[s->current]);
    }
    return addr < HDR_MAX ? hdr[addr] : 0;
}

static const MemoryRegionOps mmio_ops = {
    .read = test_read,
    .write = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

static const MemoryRegionOps port_ops = {
    .read = test_read,
    .write = port_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

/* ---- the type ------------------------------------------------------------ */

static void free_notifiers(PCITestDevState *s)
{
    while (s->notifiers_made) {
        int t = --s->notifiers_made;

        if (tests[t].has_notifier) {
            event_notifier_cleanup(&s->notifiers[t]);
        }
    }
}

static void testdev_realize(PCIDevice *d, Error **errp)
{
    PCITestDevState *s = PCI_TEST_DEV(d);

    if (s->membar_size &&
        (!is_power_of_2(s->membar_size) || s->membar_size < 16)) {
        error_setg(errp, "membar must be a power of two, and 16 or more");
        return;
    }
    s->current = NO_TEST;
    for (int t = 0; t < TESTS; t++) {
        int ret = tests[t].has_notifier
                      ? event_notifier_init(&s->notifiers[t], 0)
                      : 0;

        if (ret < 0) {
            error_setg_errno(errp, -ret, "no event notifier");
            free_notifiers(s);
            return;
        }
        s->notifiers_made = t + 1;
    }
    memory_region_init_io(&s->mmio, OBJECT(s), &mmio_ops, s, "pci-testdev-mmio",
                          MEM_SIZE * 2);
    memory_region_init_io(&s->portio, OBJECT(s), &port_ops, s,
                          "pci-testdev-portio", PORT_SIZE * 2);
    pci_register_bar(d, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
    pci_register_bar(d, 1, PCI_BASE_ADDRESS_SPACE_IO, &s->portio);
    if (s->membar_size) {
        memory_region_init(&s->membar, OBJECT(s), "pci-testdev-membar",
                           s->membar_size);
        pci_register_bar(d, 2,
                         PCI_BASE_ADDRESS_SPACE_MEMORY |
                             PCI_BASE_ADDRESS_MEM_PREFETCH |
                             PCI_BASE_ADDRESS_MEM_TYPE_64,
                         &s->membar);
    }
}

static void testdev_exit(PCIDevice *d)
{
    PCITestDevState *s = PCI_TEST_DEV(d);

    stop(s);
    free_notifiers(s);
}

static void testdev_reset_hold(Object *obj, ResetType type)
{
    stop(PCI_TEST_DEV(obj));
}

static int testdev_pre_save(void *opaque)
{
    PCITestDevState *s = opaque;

    s->in_stream = s->current;
    return 0;
}

static bool in_stream_is_test(void *opaque, int version_id)
{
    PCITestDevState *s = opaque;

    return s->in_stream >= NO_TEST && s->in_stream < TESTS;
}

static int testdev_post_load(void *opaque, int version_id)
{
    PCITestDevState *s = opaque;

    stop(s);
    s->current = s->in_stream;
    if (s->current != NO_TEST) {
        attach(s, s->current, true);
    }
    return 0;
}

static const VMStateDescription vmstate_testdev = {
    .name = "pci-testdev",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = testdev_pre_save,
    .post_load = testdev_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_PCI_DEVICE(parent_obj, PCITestDevState),
            VMSTATE_INT32(in_stream, PCITestDevState),
            VMSTATE_VALIDATE("current is a test", in_stream_is_test),
            VMSTATE_UINT32(count, PCITestDevState),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property testdev_props[] = {
    DEFINE_PROP_SIZE("membar", PCITestDevState, membar_size, 0),
};

static void testdev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = testdev_realize;
    k->exit = testdev_exit;
    k->vendor_id = PCI_VENDOR_ID_REDHAT;
    k->device_id = PCI_DEVICE_ID_REDHAT_TEST;
    k->revision = 0x00;
    k->class_id = PCI_CLASS_OTHERS;
    dc->desc = "PCI Test Device";
    dc->vmsd = &vmstate_testdev;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    RESETTABLE_CLASS(klass)->phases.hold = testdev_reset_hold;
    device_class_set_props(dc, testdev_props);
}

static const TypeInfo testdev_types[] = {
    {
        .name = TYPE_PCI_TEST_DEV,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCITestDevState),
        .class_init = testdev_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { INTERFACE_CONVENTIONAL_PCI_DEVICE },
                {},
            },
    },
};

DEFINE_TYPES(testdev_types)
