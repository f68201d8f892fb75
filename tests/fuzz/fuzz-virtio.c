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
#include "io/channel-buffer.h"
#include "memory/listener.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "system/qtest.h"
#include "system/runstate.h"

#define RAM      0x80000000ull
#define RAM_SIZE 0x40000
#define SLOT(n)  (0x10000000ull + (n) * 0x1000)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    WRITE_REG,  /* register, 4 bytes */
    WRITE_BYTES,/* where in the first page of rings, how many, they */
    DESCRIPTOR, /* which, how its address is meant, length, flags, next */
    SETUP,      /* how the queue is set up: format, size, features */
    AVAILABLE,  /* an index and heads */
    KICK,
    RUN,        /* the main loop */
    SWITCH,     /* to the other device: legacy or modern */
    COMMANDS,
};

typedef struct Input {
    const uint8_t *data;
    size_t left;
} Input;

static uint8_t *ram;
static VirtIODevice *devices[2];
static int which;

static uint64_t take(Input *in, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size && in->left; i++, in->left--) {
        value |= (uint64_t)*in->data++ << 8 * i;
    }
    return value;
}

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

static void write_bytes(Input *in)
{
    size_t at = take(in, 2) % 0x4000, count = take(in, 1) % 64;

    for (size_t i = 0; i < count; i++) {
        ram[at + i] = take(in, 1);
    }
}

static void write_descriptor(Input *in)
{
    uint8_t *p = ram + take(in, 1) * 16;
    uint8_t kind = take(in, 1);
    uint64_t addr = take(in, kind & 1 ? 2 : 8);

    stq_le_p(p, kind & 1 ? RAM + addr : addr);
    stl_le_p(p + 8, take(in, kind & 2 ? 1 : 4));
    stw_le_p(p + 12, take(in, kind & 4 ? 1 : 2));
    stw_le_p(p + 14, take(in, kind & 8 ? 1 : 2));
}

static void setup(Input *in)
{
    uint32_t num = take(in, 1) + 1;
    uint8_t features = take(in, 1);

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

static void write_available(Input *in)
{
    VirtIODevice *vdev = devices[which];
    hwaddr avail = virtio_queue_get_avail_addr(vdev, 0);
    uint8_t *p = avail >= RAM && avail < RAM + 0x4000 ? ram + (avail - RAM)
                                                      : ram + 0x1000;
    uint8_t heads = take(in, 1) % 16;

    for (int i = 0; i < heads; i++) {
        stw_le_p(p + 4 + i * 2, take(in, 1));
    }
    stw_le_p(p + 2, lduw_le_p(p + 2) + heads);
}

static void one_command(Input *in)
{
    switch (take(in, 1) % COMMANDS) {
    case WRITE_REG: {
        hwaddr offset = take(in, 1) * 2;

        reg(offset & ~3ull, take(in, offset & 2 ? 1 : 4));
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
    QIOChannelBuffer *out = qio_channel_buffer_new(0);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(out));
    QIOChannelBuffer *in;

    g_assert(vmstate_save_state(f, vmsd, vdev, NULL) == 0);
    qemu_put_byte(f, 0);
    qemu_fflush(f);
    in = qio_channel_buffer_new(out->usage);
    memcpy(in->data, out->data, out->usage);
    in->usage = out->usage;
    qemu_fclose(f);
    f = qemu_file_new_input(QIO_CHANNEL(in));
    vmstate_load_state(f, vmsd, vdev, vmsd->version_id);
    qemu_fclose(f);
    object_unref(OBJECT(in));
    object_unref(OBJECT(out));
}

/* A split ring with one buffer, which has to be filled. */
static void still_works(int n)
{
    Input none = { NULL, 0 };
    hwaddr used;

    which = n;
    memset(ram, 0, 0x4000);
    setup(&none); /* one descriptor */
    g_assert(!devices[n]->broken);
    stq_le_p(ram, RAM + 0x8000);
    stl_le_p(ram + 8, 16);
    stw_le_p(ram + 12, VRING_DESC_F_WRITE);
    write_available(&(Input) { (const uint8_t[]) { 1, 0 }, 2 });
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
    Input in = { data, size };

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
