/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long virtio-mem takes for a request, from the guest's kick to the
 * response in the ring, for devices of 1 GiB to 16 TiB with blocks of 2 MiB.
 * The host's discard is part of an unplug; it is measured alone, too. Medians.
 *
 *     bench-virtio-mem [REQUESTS]
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "hw/mem/memory-device.h"
#include "hw/virtio/virtio-mem-internal.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "../unit/virtio-fixture.h"

#define WINDOW  (1 * TiB)
#define BLOCK   (2 * MiB)
#define REQ_AT  0x200000
#define RESP_AT 0x200100

static VirtIOMEM *vmem;
static Drv drv;
static unsigned rounds = 2000;

static const TypeInfo machine_type = {
    .name = MACHINE_TYPE_NAME("bench"),
    .parent = TYPE_MACHINE,
};

static void init(void)
{
    MemoryRegion *ram = g_new0(MemoryRegion, 1);
    Object *machine;

    module_call_init(MODULE_INIT_QOM);
    type_register_static(&machine_type);
    qemu_init_main_loop(&error_abort);
    if (!bql_locked()) {
        bql_lock();
    }
    qtest_allowed = true;
    machine = object_new(machine_type.name);
    object_property_add_child(object_get_root(), "machine", machine);
    object_property_add_new_container(machine, "unattached");
    current_machine = MACHINE(machine);
    current_machine->ram_size = GiB;
    current_machine->maxram_size = 64 * TiB;
    memory_map_init();
    memory_region_init_ram(ram, NULL, "ram", VF_RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), VF_RAM_BASE, ram);
    vf_ram = memory_region_get_ram_ptr(ram);
    machine_memory_devices_init(current_machine, WINDOW, 32 * TiB);
}

static void create(uint64_t size, bool slots)
{
    DeviceState *mmio = qdev_new(TYPE_VIRTIO_MMIO);
    DeviceState *dev = qdev_new(TYPE_VIRTIO_MEM);
    g_autofree char *bytes = g_strdup_printf("%" PRIu64, size);
    Object *backend = object_new_with_props(
        "memory-backend-ram", object_get_objects_root(), "mem", &error_abort,
        "size", bytes, "reserve", "off", NULL);

    qdev_prop_set_bit(mmio, "force-legacy", false);
    qdev_prop_set_bit(mmio, "ioeventfd", false);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(mmio), &error_abort);
    sysbus_mmio_map(SYS_BUS_DEVICE(mmio), 0, VF_MMIO);
    vf_mmio = VIRTIO_MMIO(mmio);
    vmem = VIRTIO_MEM(dev);
    vf_vdev = VIRTIO_DEVICE(dev);
    object_property_set_link(OBJECT(dev), "memdev", backend, &error_abort);
    object_property_set_uint(OBJECT(dev), "block-size", BLOCK, &error_abort);
    object_property_set_bool(OBJECT(dev), "dynamic-memslots", slots,
                             &error_abort);
    memory_device_pre_plug(MEMORY_DEVICE(dev), current_machine, &error_abort);
    qdev_realize(dev, BUS(&vf_mmio->bus), &error_abort);
    memory_device_plug(MEMORY_DEVICE(dev), current_machine);
    object_unref(OBJECT(dev));
    object_property_set_uint(OBJECT(dev), "requested-size", size, &error_abort);
    vf_negotiate(BIT_ULL(VIRTIO_F_VERSION_1) |
                 BIT_ULL(VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE));
    drv_init(&drv, vf_ram, VF_RAM_BASE, false, false, 16);
    vf_start_queue(&drv, 0);
}

static void destroy(void)
{
    Object *memdev = OBJECT(vmem->memdev);

    memory_device_unplug(MEMORY_DEVICE(vmem), current_machine);
    object_unparent(OBJECT(vf_mmio));
    object_unparent(memdev);
}

static void request(unsigned type, uint64_t block, unsigned nb_blocks)
{
    static const DrvChain c = {
        .nbufs = 2,
        .buf = { { VF_RAM_BASE + REQ_AT, sizeof(struct virtio_mem_req), false },
                 { VF_RAM_BASE + RESP_AT, sizeof(struct virtio_mem_resp),
                   true } },
    };
    uint8_t *p = vf_ram + REQ_AT;
    uint32_t len;

    stw_le_p(p, type);
    stq_le_p(p + 8, vmem->addr + block * BLOCK);
    stw_le_p(p + 16, nb_blocks);
    drv_add(&drv, &c, false);
    vf_write(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    g_assert_cmpint(drv_get(&drv, &len), >=, 0);
    g_assert_cmpuint(lduw_le_p(vf_ram + RESP_AT), ==, VIRTIO_MEM_RESP_ACK);
}

/* Where request @i goes: all over the device. */
static uint64_t place(unsigned i, unsigned nb)
{
    uint64_t places = vmem->bitmap_size / nb;

    return i * 2654435761ULL % places * nb;
}

enum { PLUG, STATE, UNPLUG, DISCARD, KINDS };

static int64_t *samples[KINDS];

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* In microseconds. */
static double median(int kind)
{
    qsort(samples[kind], rounds, sizeof(int64_t), compare);
    return samples[kind][rounds / 2] / 1000.0;
}

static void measure(unsigned nb)
{
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t at = place(i, nb);
        int64_t t[KINDS + 1];

        t[0] = get_clock();
        request(VIRTIO_MEM_REQ_PLUG, at, nb);
        t[1] = get_clock();
        request(VIRTIO_MEM_REQ_STATE, at, nb);
        t[2] = get_clock();
        request(VIRTIO_MEM_REQ_UNPLUG, at, nb);
        t[3] = get_clock();
        ram_block_discard_range(vmem->memdev->mr.ram_block, at * BLOCK,
                                nb * BLOCK);
        t[4] = get_clock();
        for (int k = 0; k < KINDS; k++) {
            samples[k][i] = t[k + 1] - t[k];
        }
    }
}

static void report(uint64_t size, bool slots, unsigned nb)
{
    create(size, slots);
    nb = MIN(nb, vmem->bitmap_size);
    measure(nb);
    printf("%6" PRIu64 " GiB %s %6u blocks: plug %5.2f  state %5.2f  unplug "
           "%5.2f us, of which the discard is %5.2f\n",
           size / GiB, slots ? "slots" : "     ", nb, median(PLUG),
           median(STATE), median(UNPLUG), median(DISCARD));
    destroy();
}

static int count_part(MemoryRegionSection *s, void *opaque)
{
    ++*(unsigned *)opaque;
    return 0;
}

/* All of the largest device: what is told to a listener, and unplugged. */
static void report_whole(void)
{
    const uint64_t size = 16 * TiB;
    unsigned parts = 0;
    int64_t a, b, c;

    create(size, false);
    for (uint64_t at = 0; at < size / BLOCK; at += 32768) {
        request(VIRTIO_MEM_REQ_PLUG, at, 32767);
    }
    a = get_clock();
    ram_discard_manager_replay_populated(
        RAM_DISCARD_MANAGER(vmem),
        &(MemoryRegionSection){ .mr = &vmem->memdev->mr,
                                .size = int128_make64(size) },
        count_part, &parts);
    b = get_clock();
    request(VIRTIO_MEM_REQ_UNPLUG_ALL, 0, 0);
    c = get_clock();
    printf("16 TiB plugged in %u parts: replay %.0f us, unplug all %.0f us\n",
           parts, (b - a) / 1000.0, (c - b) / 1000.0);
    destroy();
}

int main(int argc, char **argv)
{
    static const uint64_t sizes[] = { GiB, 64 * GiB, TiB, 16 * TiB };

    if (argc > 1) {
        rounds = MAX(1, atoi(argv[1]));
    }
    for (int k = 0; k < KINDS; k++) {
        samples[k] = g_new(int64_t, rounds);
    }
    init();
    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        report(sizes[i], false, 1);
        report(sizes[i], false, 64);
        report(sizes[i], false, 65535);
    }
    report(TiB, true, 64);
    report(16 * TiB, true, 64);
    report_whole();
    return 0;
}
