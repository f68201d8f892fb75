/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what a driver does to virtio-rng over virtio-mmio: registers,
 * rings of both formats, descriptors, and the device's state in a stream.
 * Nothing crashes or hangs, and a reset makes the device work again.
 *
 * The input is a list of commands (enum below), each with the bytes it needs.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/virtio/virtio-mmio.h"
#include "hw/virtio/virtio-rng.h"
#include "memory/listener.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "system/qtest.h"
#include "system/runstate.h"
#include "fuzz-input.h"
#include "../unit/vmstate-helpers.h"

#define RAM      0x80000000ull
#define RAM_SIZE 0x40000
#define SLOT(n)  (0x10000000ull + (n)*0x1000)

enum {
    WRITE_REG,   /* register, 4 bytes */
    WRITE_BYTES, /* where in the first page of rings, how many, they */
    DESCRIPTOR,  /* which, how its address is meant, length, flags, next */
    SETUP,       /* how the queue is set up: format, size, features */
    AVAILABLE,   /* an index and heads */
    KICK,
    RUN,    /* the main loop */
    SWITCH, /* to the other device: legacy or modern */
    COMMANDS,
};

static uint8_t *ram;
static VirtIODevice *devices[2];
static int which;

static void reg(hwaddr offset, uint32_t value)
{
    address_space_stl_le(&address_space_memory, SLOT(which) + offset, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static void run_loop(void)
{
    for (int i = 0; i < 20 && g_main_context_pending(NULL); i++) {
        main_loop_wait(true);
    }
}

static DeviceState *make_device(int n, bool legacy)
{
    DeviceState *mmio = qdev_new(TYPE_VIRTIO_MMIO);
    DeviceState *dev = qdev_new(TYPE_VIRTIO_RNG);

    qdev_prop_set_bit(mmio, "force-legacy", legacy);
    qdev_prop_set_bit(mmio, "ioeventfd", false);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(mmio), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(mmio), 0, SLOT(n));
    qdev_prop_set_bit(dev, "packed", !legacy);
    qdev_prop_set_bit(dev, "in_order", !legacy);
    qdev_realize_and_unref(dev, BUS(&VIRTIO_MMIO(mmio)->bus), &error_fatal);
    return dev;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    if (!bql_locked()) {
        bql_lock();
    }
    qtest_allowed = true; /* the virtual clock stands */
    qdev_create_fake_machine();
    memory_map_init();
    memory_region_init_ram(mr, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), RAM, mr);
    ram = memory_region_get_ram_ptr(mr);
    runstate_set(RUN_STATE_RUNNING);
    for (int i = 0; i < 2; i++) {
        devices[i] = VIRTIO_DEVICE(make_device(i, i == 0));
        devices[i]->vm_running = true;
    }
    return 0;
}

/* ---- commands ------------------------------------------------------------ */

static void write_bytes(Bytes *in)
{
    size_t at = draw(in, 2) % 0x4000, count = draw(in, 1) % 64;

    for (size_t i = 0; i < count; i++) {
        ram[at + i] = draw(in, 1);
    }
}

static void write_descriptor(Bytes *in)
{
    uint8_t *p = ram + draw(in, 1) * 16;
    uint8_t kind = draw(in, 1);
    uint64_t addr = draw(in, kind & 1 ? 2 : 8);

    stq_le_p(p, kind & 1 ? RAM + addr : addr);
    stl_le_p(p + 8, draw(in, kind & 2 ? 1 : 4));
    stw_le_p(p + 12, draw(in, kind & 4 ? 1 : 2));
    stw_le_p(p + 14, draw(in, kind & 8 ? 1 : 2));
}

static void setup(Bytes *in)
{
    uint32_t num = draw(in, 1) + 1;
    uint8_t features = draw(in, 1);

    reg(VIRTIO_MMIO_STATUS, 0);
    reg(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    reg(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features << 24);
    reg(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    /* VERSION_1, RING_PACKED, IN_ORDER */
    reg(VIRTIO_MMIO_DRIVER_FEATURES, 1 | (features & 3) << 2);
    reg(VIRTIO_MMIO_STATUS, which ? 0xb : 3);
    reg(VIRTIO_MMIO_QUEUE_SEL, 0);
    reg(VIRTIO_MMIO_QUEUE_NUM, num);
    reg(VIRTIO_MMIO_GUEST_PAGE_SIZE, 4096);
    reg(VIRTIO_MMIO_QUEUE_ALIGN, 4096);
    reg(VIRTIO_MMIO_QUEUE_PFN, RAM >> 12);
    reg(VIRTIO_MMIO_QUEUE_DESC_LOW, RAM);
    reg(VIRTIO_MMIO_QUEUE_AVAIL_LOW, RAM + 0x1000);
    reg(VIRTIO_MMIO_QUEUE_USED_LOW, RAM + 0x2000);
    reg(VIRTIO_MMIO_QUEUE_READY, 1);
    reg(VIRTIO_MMIO_STATUS, which ? 0xf : 7);
}

static void write_available(Bytes *in)
{
    VirtIODevice *vdev = devices[which];
    hwaddr avail = virtio_queue_get_avail_addr(vdev, 0);
    uint8_t *p = avail >= RAM && avail < RAM + 0x4000 ? ram + (avail - RAM)
                                                      : ram + 0x1000;
    uint8_t heads = draw(in, 1) % 16;

    for (int i = 0; i < heads; i++) {
        stw_le_p(p + 4 + i * 2, draw(in, 1));
    }
    stw_le_p(p + 2, lduw_le_p(p + 2) + heads);
}

static void one_command(Bytes *in)
{
    switch (draw(in, 1) % COMMANDS) {
    case WRITE_REG: {
        hwaddr offset = draw(in, 1) * 2;

        reg(offset & ~3ull, draw(in, offset & 2 ? 1 : 4));
        break;
    }
    case WRITE_BYTES:
        write_bytes(in);
        break;
    case DESCRIPTOR:
        write_descriptor(in);
        break;
    case SETUP:
        setup(in);
        break;
    case AVAILABLE:
        write_available(in);
        break;
    case KICK:
        reg(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
        break;
    case RUN:
        run_loop();
        break;
    case SWITCH:
        which = !which;
        break;
    }
}

/* ---- after it ------------------------------------------------------------ */

/* The state can be saved, and what was saved can be loaded. */
static void save_and_load(VirtIODevice *vdev)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(vdev)->vmsd;
    GByteArray *bytes;

    g_assert(save_to_bytes(vmsd, vdev, vmsd->version_id, NULL, &bytes,
                           &error_abort) == 0);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    load_from_bytes(vmsd, vdev, vmsd->version_id, bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

/* A split ring with one buffer, which has to be filled. */
static void still_works(int n)
{
    Bytes none = { NULL, 0 };
    hwaddr used;

    which = n;
    memset(ram, 0, 0x4000);
    setup(&none); /* one descriptor */
    g_assert(!devices[n]->broken);
    stq_le_p(ram, RAM + 0x8000);
    stl_le_p(ram + 8, 16);
    stw_le_p(ram + 12, VRING_DESC_F_WRITE);
    write_available(&(Bytes){ (const uint8_t[]){ 1, 0 }, 2 });
    reg(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    used = virtio_queue_get_used_addr(devices[n], 0) - RAM;
    for (int i = 0; i < 100 && lduw_le_p(ram + used + 2) != 1; i++) {
        main_loop_wait(true);
    }
    g_assert(lduw_le_p(ram + used + 2) == 1);
    g_assert(ldl_le_p(ram + used + 8) == 16);
    reg(VIRTIO_MMIO_STATUS, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes in = { data, size };

    memset(ram, 0, RAM_SIZE);
    which = 1;
    for (int i = 0; i < 2; i++) {
        device_cold_reset(DEVICE(devices[i])->parent_bus->parent);
    }
    for (int i = 0; in.left && i < 500; i++) {
        one_command(&in);
    }
    run_loop();
    for (int i = 0; i < 2; i++) {
        save_and_load(devices[i]);
        device_cold_reset(DEVICE(devices[i])->parent_bus->parent);
        still_works(i);
    }
    return 0;
}
