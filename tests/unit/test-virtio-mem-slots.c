/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory slots of virtio-mem: those that are mapped on demand, how many a
 * device is promised, and what becomes of a request, or of a device, when they
 * or something else that the host must give are not to be had.
 */
#include "qemu/osdep.h"
#include "hw/mem/pc-dimm.h"
#include "migration-fixture.h"
#include "qemu/bswap.h"
#include "virtio-mem-fixture.h"
#include "vmstate-helpers.h"

static unsigned slots_max = 509, slots_free = 400;

static unsigned get_max(void)
{
    return slots_max;
}

static unsigned get_free(void)
{
    return slots_free;
}

static MemslotUser slot_user = {
    .complaint = "hypervisor has not enough free memory slots left",
    .get_max = get_max,
    .get_free = get_free,
};

static void test_slots(void)
{
    const char *const on[] = { "dynamic-memslots", "on", NULL };

    create(4 * GiB, on);
    start_driver(false);
    g_assert_cmpuint(vmem->nb_memslots, ==, 4);
    g_assert_cmpuint(slots_used(), ==, 0);
    g_assert_cmpuint(memory_devices_get_reserved_memslots(), ==, 4);
    g_assert_true(memory_devices_memslot_auto_decision_active());
    want(4 * GiB);
    g_assert_cmpuint(ask(PLUG, 511, 1), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(slots_used(), ==, 1);
    g_assert_cmpuint(ask(PLUG, 1023, 2), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(slots_used(), ==, 3);
    g_assert_cmpuint(ask(UNPLUG, 1023, 1), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(slots_used(), ==, 2);
    g_assert_cmpuint(memory_devices_get_reserved_memslots(), ==, 2);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(slots_used(), ==, 0);
    destroy();
    g_assert_false(memory_devices_memslot_auto_decision_active());
}

/* An accelerator that takes so many bytes of memory devices, and no more. */
static uint64_t room;

static bool limited_prepare(MemoryListener *l, const MemoryRegionSection *add,
                            size_t nr_add, const MemoryRegionSection *del,
                            size_t nr_del, Error **errp)
{
    uint64_t size = 0;

    for (size_t i = 0; i < nr_add; i++) {
        if (add[i].offset_within_address_space >= WINDOW) {
            size += int128_get64(add[i].size);
        }
    }
    if (size > room) {
        error_setg(errp, "no room for %" PRIu64 " bytes", size);
        return false;
    }
    room -= size;
    return true;
}

static void test_refused(void)
{
    const char *const on[] = { "dynamic-memslots", "on", NULL };
    MemoryListener listener = { .name = "limited", .prepare = limited_prepare };
    Error *err = NULL;
    DeviceState *dev;

    room = GiB;
    create(4 * GiB, on);
    memory_listener_register(&listener, &address_space_memory);
    start_driver(false);
    want(4 * GiB);
    /* A guest is told, and may go on with what it has. */
    g_assert_cmpuint(ask(PLUG, 511, 1), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(ask(PLUG, 512, 1), ==, VIRTIO_MEM_RESP_BUSY);
    g_assert_cmpuint(slots_used(), ==, 1);
    g_assert_cmpuint(ask(PLUG, 510, 1), ==, VIRTIO_MEM_RESP_ACK);
    destroy();

    /* And so is who plugs a device. */
    room = 0;
    current_machine->ram_slots = 1;
    dev = qdev_new(TYPE_PC_DIMM);
    object_property_set_link(OBJECT(dev), "memdev", OBJECT(new_backend(GiB)),
                             &error_abort);
    pc_dimm_pre_plug(PC_DIMM(dev), current_machine, &error_abort);
    g_assert_true(qdev_realize(dev, NULL, &error_abort));
    g_assert_false(pc_dimm_try_plug(PC_DIMM(dev), current_machine, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "no room for 1073741824 bytes");
    error_free(err);
    g_assert_cmpuint(current_machine->device_memory->used_region_size, ==, 0);
    g_assert_cmpuint(memory_devices_get_reserved_memslots(), ==, 0);
    room = GiB;
    g_assert_true(
        pc_dimm_try_plug(PC_DIMM(dev), current_machine, &error_abort));
    pc_dimm_unplug(PC_DIMM(dev), current_machine);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    current_machine->ram_slots = 0;
    memory_listener_unregister(&listener);
}

/* What has come is not to be had here: the guest does not run on without it. */
static void test_load_refused(void)
{
    const char *const on[] = { "dynamic-memslots", "on", NULL };
    const VMStateDescription *vmsd = &vmstate_virtio_mem_device_early;
    MemoryListener listener = { .name = "limited", .prepare = limited_prepare };
    GByteArray *bytes;

    room = 2 * GiB;
    memory_listener_register(&listener, &address_space_memory);
    create(4 * GiB, on);
    start_driver(false);
    want(4 * GiB);
    g_assert_cmpuint(ask(PLUG, 511, 2), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpint(save_to_bytes(vmsd, vmem, 1, NULL, &bytes, &error_abort),
                    ==, 0);
    g_byte_array_append(bytes, (const uint8_t[]){ 0 }, 1);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    destroy();
    for (unsigned slots = 0; slots <= 2; slots++) {
        room = slots * GiB;
        create(4 * GiB, on);
        g_assert_cmpint(load_from_bytes(vmsd, vmem, 1, bytes->data, bytes->len),
                        ==, slots < 2 ? -ENOMEM : 0);
        g_assert_cmpuint(slots_used(), ==, slots < 2 ? 0 : 2);
        destroy();
    }
    g_byte_array_unref(bytes);
    memory_listener_unregister(&listener);
}

static void test_slot_limits(void)
{
    const char *const on[] = { "dynamic-memslots", "on", NULL };
    Error *err = NULL;
    DeviceState *dev;

    memslot_user_add(&slot_user);
    slots_max = 508; /* too few to be generous */
    create(8 * GiB, on);
    g_assert_cmpuint(vmem->nb_memslots, ==, 1);
    destroy();
    slots_max = 509;
    slots_free = 6;
    create(16 * GiB, on);
    g_assert_cmpuint(vmem->nb_memslots, ==, 6);
    g_assert_cmpuint(vmem->memslot_size, ==,
                     QEMU_ALIGN_UP(16 * GiB / 6, BLOCK));
    destroy();
    slots_free = 0;
    dev = qdev_new(TYPE_VIRTIO_MEM);
    object_property_set_link(OBJECT(dev), "memdev", OBJECT(new_backend(GiB)),
                             &error_abort);
    memory_device_pre_plug(MEMORY_DEVICE(dev), current_machine, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, slot_user.complaint);
    error_free(err);
    object_unref(OBJECT(dev));
    memslot_user_remove(&slot_user);
}

/* ---- moving to where the source has it ----------------------------------- */

static unsigned refusals;

static bool refuse_once(MemoryListener *l, const MemoryRegionSection *add,
                        size_t nr_add, const MemoryRegionSection *del,
                        size_t nr_del, Error **errp)
{
    if (!refusals) {
        return true;
    }
    refusals--;
    error_setg(errp, "no room");
    return false;
}

/* A stream that begins with where memory devices are. */
static GByteArray *save_places(void)
{
    GByteArray *bytes = g_byte_array_new();
    Saving s;

    saving_begin(&s);
    savevm_cleanup();
    savevm_free(s.vm);
    qemu_fflush(s.f);
    g_byte_array_append(bytes, s.buf->data, s.buf->usage);
    qemu_fclose(s.f);
    object_unref(OBJECT(s.buf));
    return bytes;
}

/* Changes a number in the stream, where it is for the first time. */
static void replace(GByteArray *bytes, uint64_t from, uint64_t to)
{
    guint i = 0;

    while (ldq_be_p(bytes->data + i) != from) {
        i++;
        g_assert_cmpuint(i + 8, <=, bytes->len);
    }
    stq_be_p(bytes->data + i, to);
}

/* Memory cannot be where the source has it: all is as it was before. */
static void test_placement_refused(void)
{
    MachineState *ms = current_machine;
    MemoryListener listener = { .name = "refuses", .prepare = refuse_once };
    DeviceMemoryState *dms = ms->device_memory;
    g_autoptr(GByteArray) bytes = NULL;
    uint64_t used;

    create(GiB, NULL);
    used = dms->used_region_size;
    g_assert_cmpuint(used, ==, GiB);
    bytes = save_places();
    /* Another window, and the device where the one here does not reach. */
    replace(bytes, WINDOW, 4 * WINDOW);
    replace(bytes, WINDOW_SIZE, 4 * WINDOW_SIZE);
    replace(bytes, WINDOW, 4 * WINDOW + 2 * WINDOW_SIZE);
    memory_listener_register(&listener, &address_space_memory);
    for (int i = 0; i < 3; i++) {
        refusals = 1;
        g_assert_false(load_bytes(bytes->data, bytes->len, NULL));
        g_assert_cmpuint(refusals, ==, 0);
        g_assert_true(ms->device_memory == dms);
        g_assert_cmphex(dms->base, ==, WINDOW);
        g_assert_cmpuint(dms->used_region_size, ==, used);
        g_assert_cmpuint(memory_devices_get_reserved_memslots(), ==, 0);
        g_assert_cmpuint(slots_used(), ==, 1);
    }
    memory_listener_unregister(&listener);
    destroy();
    g_assert_cmpuint(dms->used_region_size, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    init(WINDOW, WINDOW_SIZE);
    g_test_add_func("/virtio-mem-slots/used", test_slots);
    g_test_add_func("/virtio-mem-slots/limits", test_slot_limits);
    g_test_add_func("/virtio-mem-slots/refused", test_refused);
    g_test_add_func("/virtio-mem-slots/load-refused", test_load_refused);
    g_test_add_func("/virtio-mem-slots/placement-refused",
                    test_placement_refused);
    return g_test_run();
}
