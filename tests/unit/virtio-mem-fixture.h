/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine with a window for memory devices, one virtio-mem with blocks of 2
 * MiB on a virtio-mmio transport, and its driver.
 *
 * With QEMU_VIRTIO_MEM the device is QEMU's own source (tests/compat): it is no
 * memory device by itself, so it is mapped here, and has one slot.
 */
#ifndef TESTS_VIRTIO_MEM_FIXTURE_H
#define TESTS_VIRTIO_MEM_FIXTURE_H

#include "hw/mem/memory-device.h"
#ifdef QEMU_VIRTIO_MEM
#include "hw/virtio/virtio-mem.h"
#else
#include "hw/virtio/virtio-mem-internal.h"
#endif
#include "qemu/units.h"
#include "virtio-fixture.h"

/* The window of a test that needs no larger one. */
#define WINDOW      (8 * GiB)
#define WINDOW_SIZE (16 * GiB)

#define BLOCK   (2 * MiB)
#define REQ_AT  0x200000
#define RESP_AT 0x200100

static VirtIOMEM *vmem;
static Drv drv;
static unsigned backends;

static const TypeInfo machine_type = {
    .name = MACHINE_TYPE_NAME("memory-devices"),
    .parent = TYPE_MACHINE,
};

/* Once: the main loop, a machine with a window for memory devices, RAM. */
static inline void init(hwaddr window, uint64_t window_size)
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
    current_machine->maxram_size = GiB + window_size;
    memory_map_init();
    memory_region_init_ram(ram, NULL, "ram", VF_RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), VF_RAM_BASE, ram);
    vf_ram = memory_region_get_ram_ptr(ram);
    machine_memory_devices_init(current_machine, window, window_size);
}

/* ---- a device and its driver --------------------------------------------- */

static inline HostMemoryBackend *new_backend(uint64_t size)
{
    g_autofree char *id = g_strdup_printf("mem%u", backends++);
    g_autofree char *bytes = g_strdup_printf("%" PRIu64, size);

    return MEMORY_BACKEND(object_new_with_props(
        "memory-backend-ram", object_get_objects_root(), id, &error_abort,
        "size", bytes, "reserve", "off", NULL));
}

#ifdef QEMU_VIRTIO_MEM
static inline void realize_and_plug(DeviceState *dev)
{
    DeviceMemoryState *dms = current_machine->device_memory;
    VirtIOMEMClass *vmc = VIRTIO_MEM_GET_CLASS(dev);

    dms->required_memslots = 1;
    qdev_prop_set_uint64(dev, "memaddr", dms->base);
    qdev_realize(dev, BUS(&vf_mmio->bus), &error_abort);
    memory_region_add_subregion(
        &dms->mr, 0, vmc->get_memory_region(VIRTIO_MEM(dev), &error_abort));
}

static inline void unplug(DeviceState *dev)
{
    VirtIOMEMClass *vmc = VIRTIO_MEM_GET_CLASS(dev);

    memory_region_del_subregion(
        &current_machine->device_memory->mr,
        vmc->get_memory_region(VIRTIO_MEM(dev), &error_abort));
}
#else
static inline void realize_and_plug(DeviceState *dev)
{
    memory_device_pre_plug(MEMORY_DEVICE(dev), current_machine, &error_abort);
    qdev_realize(dev, BUS(&vf_mmio->bus), &error_abort);
    memory_device_plug(MEMORY_DEVICE(dev), current_machine);
}

static inline void unplug(DeviceState *dev)
{
    memory_device_unplug(MEMORY_DEVICE(dev), current_machine);
}
#endif

/* @props: pairs of names and values, then NULL. */
static inline void create(uint64_t size, const char *const *props)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_MEM);

    vf_create_transport(false);
    qdev_prop_set_bit(dev, "packed", true);
    vmem = VIRTIO_MEM(dev);
    vf_vdev = VIRTIO_DEVICE(dev);
    object_property_set_link(OBJECT(dev), "memdev", OBJECT(new_backend(size)),
                             &error_abort);
    object_property_set_uint(OBJECT(dev), "block-size", BLOCK, &error_abort);
    for (; props && *props; props += 2) {
        object_property_parse(OBJECT(dev), props[0], props[1], &error_abort);
    }
    realize_and_plug(dev);
    object_unref(OBJECT(dev));
}

static inline void destroy(void)
{
    HostMemoryBackend *memdev = vmem->memdev;

    unplug(DEVICE(vmem));
    object_unparent(OBJECT(vf_mmio));
    g_assert_false(host_memory_backend_is_mapped(memdev));
    object_unparent(OBJECT(memdev));
    vmem = NULL;
}

static inline void start_driver(bool packed)
{
    uint64_t features = BIT_ULL(VIRTIO_F_VERSION_1) |
                        BIT_ULL(VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE) |
                        (packed ? BIT_ULL(VIRTIO_F_RING_PACKED) : 0);

    vf_negotiate(features);
    drv_init(&drv, vf_ram, VF_RAM_BASE, packed, false, 16);
    vf_start_queue(&drv, 0);
}

/* What is in the ring is as the caller has put it; true if it was answered. */
static inline bool send_chain(unsigned req_len, unsigned resp_len)
{
    DrvChain c = {
        .nbufs = 2,
        .buf = { { VF_RAM_BASE + REQ_AT, req_len, false },
                 { VF_RAM_BASE + RESP_AT, resp_len, true } },
    };
    uint32_t len;

    memset(vf_ram + RESP_AT, 0xee, resp_len);
    drv_add(&drv, &c, false);
    vf_write(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    if (drv_get(&drv, &len) < 0) {
        return false;
    }
    g_assert_cmpuint(len, ==, sizeof(struct virtio_mem_resp));
    return true;
}

static inline unsigned request(unsigned type, uint64_t gpa, unsigned nb_blocks)
{
    uint8_t *p = vf_ram + REQ_AT;

    memset(p, 0, sizeof(struct virtio_mem_req));
    stw_le_p(p, type);
    stq_le_p(p + 8, gpa);
    stw_le_p(p + 16, nb_blocks);
    g_assert_true(send_chain(sizeof(struct virtio_mem_req),
                             sizeof(struct virtio_mem_resp)));
    return lduw_le_p(vf_ram + RESP_AT);
}

static inline unsigned last_state(void)
{
    return lduw_le_p(vf_ram + RESP_AT + 8);
}

#define ask(type, block, nb)                                                   \
    request(VIRTIO_MEM_REQ_##type, vmem->addr + (block)*BLOCK, nb)

static inline void want(uint64_t size)
{
    object_property_set_uint(OBJECT(vmem), "requested-size", size,
                             &error_abort);
}

/* Of all memory devices. */
static inline unsigned slots_used(void)
{
    return current_machine->device_memory->used_memslots;
}

#endif
