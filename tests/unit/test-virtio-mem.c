/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem on virtio-mmio: every request and response through real rings;
 * random requests, with listeners that register, leave and refuse, replays and
 * a log of dirty memory, against an array of bool after each; memory slots;
 * resets; saving and loading; what stays resident.
 *
 * With QEMU_VIRTIO_MEM the device is QEMU's own source (tests/compat): it is no
 * memory device by itself, so the test maps it, and has one slot.
 */
#include "qemu/osdep.h"
#include "hw/mem/memory-device.h"
#include "hw/mem/pc-dimm.h"
#ifdef QEMU_VIRTIO_MEM
#include "hw/virtio/virtio-mem.h"
#else
#include "hw/virtio/virtio-mem-internal.h"
#endif
#include "io/channel-buffer.h"
#include "migration/misc.h"
#include "migration/qemu-file-types.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "system/reset.h"
#include "virtio-fixture.h"
#include "vmstate-helpers.h"

#define WINDOW      (8 * GiB)
#define WINDOW_SIZE (16 * GiB)
#define BLOCK       (2 * MiB)
#define REQ_AT      0x200000
#define RESP_AT     0x200100

static VirtIOMEM *vmem;
static Drv drv;
static unsigned backends;

static const TypeInfo machine_type = {
    .name = MACHINE_TYPE_NAME("memory-devices"),
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
    current_machine->maxram_size = GiB + WINDOW_SIZE;
    memory_map_init();
    memory_region_init_ram(ram, NULL, "ram", VF_RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), VF_RAM_BASE, ram);
    vf_ram = memory_region_get_ram_ptr(ram);
    machine_memory_devices_init(current_machine, WINDOW, WINDOW_SIZE);
}

/* ---- a device and its driver --------------------------------------------- */

static HostMemoryBackend *new_backend(uint64_t size)
{
    g_autofree char *id = g_strdup_printf("mem%u", backends++);
    g_autofree char *bytes = g_strdup_printf("%" PRIu64, size);

    return MEMORY_BACKEND(object_new_with_props(
        "memory-backend-ram", object_get_objects_root(), id, &error_abort,
        "size", bytes, "reserve", "off", NULL));
}

#ifdef QEMU_VIRTIO_MEM
static void realize_and_plug(DeviceState *dev)
{
    DeviceMemoryState *dms = current_machine->device_memory;
    VirtIOMEMClass *vmc = VIRTIO_MEM_GET_CLASS(dev);

    dms->required_memslots = 1;
    qdev_prop_set_uint64(dev, "memaddr", WINDOW);
    qdev_realize(dev, BUS(&vf_mmio->bus), &error_abort);
    memory_region_add_subregion(
        &dms->mr, 0, vmc->get_memory_region(VIRTIO_MEM(dev), &error_abort));
}

static void unplug(DeviceState *dev)
{
    VirtIOMEMClass *vmc = VIRTIO_MEM_GET_CLASS(dev);

    memory_region_del_subregion(
        &current_machine->device_memory->mr,
        vmc->get_memory_region(VIRTIO_MEM(dev), &error_abort));
}
#else
static void realize_and_plug(DeviceState *dev)
{
    memory_device_pre_plug(MEMORY_DEVICE(dev), current_machine, &error_abort);
    qdev_realize(dev, BUS(&vf_mmio->bus), &error_abort);
    memory_device_plug(MEMORY_DEVICE(dev), current_machine);
}

static void unplug(DeviceState *dev)
{
    memory_device_unplug(MEMORY_DEVICE(dev), current_machine);
}
#endif

/* @props: pairs of names and values, then NULL. */
static void create(uint64_t size, const char *const *props)
{
    DeviceState *mmio = qdev_new(TYPE_VIRTIO_MMIO);
    DeviceState *dev = qdev_new(TYPE_VIRTIO_MEM);

    qdev_prop_set_bit(mmio, "force-legacy", false);
    qdev_prop_set_bit(mmio, "ioeventfd", false);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(mmio), &error_abort);
    sysbus_mmio_map(SYS_BUS_DEVICE(mmio), 0, VF_MMIO);
    vf_mmio = VIRTIO_MMIO(mmio);
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

static void destroy(void)
{
    HostMemoryBackend *memdev = vmem->memdev;

    unplug(DEVICE(vmem));
    object_unparent(OBJECT(vf_mmio));
    g_assert_false(host_memory_backend_is_mapped(memdev));
    object_unparent(OBJECT(memdev));
    vmem = NULL;
}

static void start_driver(bool packed)
{
    uint64_t features = BIT_ULL(VIRTIO_F_VERSION_1) |
                        BIT_ULL(VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE) |
                        (packed ? BIT_ULL(VIRTIO_F_RING_PACKED) : 0);

    vf_negotiate(features);
    drv_init(&drv, vf_ram, VF_RAM_BASE, packed, false, 16);
    vf_start_queue(&drv, 0);
}

/* What is in the ring is as the caller has put it; true if it was answered. */
static bool send_chain(unsigned req_len, unsigned resp_len)
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

static unsigned request(unsigned type, uint64_t gpa, unsigned nb_blocks)
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

static unsigned last_state(void)
{
    return lduw_le_p(vf_ram + RESP_AT + 8);
}

#define ask(type, block, nb)                                                   \
    request(VIRTIO_MEM_REQ_##type, vmem->addr + (block)*BLOCK, nb)

static void want(uint64_t size)
{
    object_property_set_uint(OBJECT(vmem), "requested-size", size,
                             &error_abort);
}

/* ---- each request and response ------------------------------------------- */

static void check_requests(bool packed)
{
    create(GiB, NULL);
    start_driver(packed);
    g_assert_cmphex(vmem->addr, ==, WINDOW);
    /* Nothing is wanted yet, so nothing is usable. */
    g_assert_cmpuint(ask(PLUG, 0, 1), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(ask(STATE, 0, 1), ==, VIRTIO_MEM_RESP_ERROR);
    want(64 * MiB);
    g_assert_cmpuint(vmem->usable_region_size, ==, 64 * MiB + 256 * MiB);
    g_assert_cmpuint(ask(PLUG, 0, 33), ==, VIRTIO_MEM_RESP_NACK);
    g_assert_cmpuint(ask(PLUG, 4, 8), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(vmem->size, ==, 16 * MiB);
    g_assert_cmpuint(ask(PLUG, 0, 25), ==, VIRTIO_MEM_RESP_NACK);
    g_assert_cmpuint(ask(PLUG, 11, 2), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(ask(UNPLUG, 11, 2), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(ask(STATE, 4, 8), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(last_state(), ==, VIRTIO_MEM_STATE_PLUGGED);
    g_assert_cmpuint(ask(STATE, 12, 8), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(last_state(), ==, VIRTIO_MEM_STATE_UNPLUGGED);
    g_assert_cmpuint(ask(STATE, 3, 2), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(last_state(), ==, VIRTIO_MEM_STATE_MIXED);
    /* Ranges that are none. */
    g_assert_cmpuint(ask(PLUG, 0, 0), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(ask(STATE, 159, 2), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(ask(STATE, 159, 1), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(ask(STATE, -1, 1), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(request(VIRTIO_MEM_REQ_PLUG, vmem->addr + MiB, 1), ==,
                     VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(request(VIRTIO_MEM_REQ_PLUG, -(uint64_t)BLOCK, 2), ==,
                     VIRTIO_MEM_RESP_ERROR);
    /* While RAM is sent, nothing changes. */
    migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_SETUP, NULL);
    g_assert_cmpuint(ask(PLUG, 0, 1), ==, VIRTIO_MEM_RESP_BUSY);
    g_assert_cmpuint(ask(UNPLUG, 4, 1), ==, VIRTIO_MEM_RESP_BUSY);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_BUSY);
    g_assert_cmpuint(ask(PLUG, 0, 33), ==, VIRTIO_MEM_RESP_NACK);
    g_assert_cmpuint(vmem->size, ==, 16 * MiB);
    migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_DONE, NULL);
    g_assert_cmpuint(ask(UNPLUG, 5, 2), ==, VIRTIO_MEM_RESP_ACK);
    /* The usable region shrinks when nothing is plugged, not before. */
    want(0);
    g_assert_cmpuint(vmem->usable_region_size, ==, 320 * MiB);
    g_assert_cmpuint(ask(PLUG, 0, 1), ==, VIRTIO_MEM_RESP_NACK);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(vmem->size, ==, 0);
    g_assert_cmpuint(vmem->usable_region_size, ==, 0);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    destroy();
}

static void test_requests(void)
{
    check_requests(false);
    check_requests(true);
}

static void check_broken(unsigned type, unsigned req_len, unsigned resp_len)
{
    create(GiB, NULL);
    start_driver(false);
    stw_le_p(vf_ram + REQ_AT, type);
    g_assert_false(send_chain(req_len, resp_len));
    g_assert_true(vf_vdev->broken);
    g_assert_true(vf_read(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET);
    start_driver(false);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    destroy();
}

static void test_broken(void)
{
    const unsigned req = sizeof(struct virtio_mem_req);
    const unsigned resp = sizeof(struct virtio_mem_resp);

    check_broken(4, req, resp);
    check_broken(0xffff, req, resp);
    check_broken(VIRTIO_MEM_REQ_UNPLUG_ALL, req - 1, resp);
    check_broken(VIRTIO_MEM_REQ_UNPLUG_ALL, req, resp - 1);
}

/* A driver that does not know that unplugged memory must be left alone. */
static void test_features(void)
{
    const char *const off[] = { "unplugged-inaccessible", "off", NULL };
    const char *const automatic[] = { "unplugged-inaccessible", "auto", NULL };

    create(GiB, NULL);
    vf_write(VIRTIO_MMIO_STATUS, 0);
    vf_write(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    vf_write(VIRTIO_MMIO_DRIVER_FEATURES, 1);
    vf_write(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    vf_write(VIRTIO_MMIO_DRIVER_FEATURES, 0);
    vf_write(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE |
                                     VIRTIO_CONFIG_S_DRIVER |
                                     VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_false(vf_read(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK);
    destroy();

    create(GiB, off);
    g_assert_false(vf_vdev->host_features &
                   BIT_ULL(VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE));
    vf_negotiate(BIT_ULL(VIRTIO_F_VERSION_1));
    g_assert_true(vf_read(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK);
    destroy();

    create(GiB, automatic);
    g_assert_cmpint(vmem->unplugged_inaccessible, !=, ON_OFF_AUTO_AUTO);
    destroy();
}

/* ---- properties ---------------------------------------------------------- */

static void check_refused(const char *name, uint64_t value, const char *why)
{
    Error *err = NULL;

    g_assert_false(object_property_set_uint(OBJECT(vmem), name, value, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, why);
    error_free(err);
}

static void test_properties(void)
{
    Error *err = NULL;

    create(GiB, NULL);
    check_refused("requested-size", MiB,
                  "'requested-size' has to be multiples of 'block-size' "
                  "(0x200000)");
    check_refused("requested-size", 2 * GiB,
                  "'requested-size' cannot exceed the memory backend "
                  "size(0x40000000)");
    check_refused("block-size", MiB, "'block-size' cannot be changed");
    start_driver(false);
    want(4 * MiB);
    g_assert_cmpuint(ask(PLUG, 0, 1), ==, VIRTIO_MEM_RESP_ACK);
    VIRTIO_MEM_GET_CLASS(vmem)->unplug_request_check(vmem, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "virtio-mem device cannot get unplugged while some of its "
                    "memory is still plugged");
    error_free(err);
    err = NULL;
    g_assert_cmpuint(ask(UNPLUG, 0, 1), ==, VIRTIO_MEM_RESP_ACK);
    VIRTIO_MEM_GET_CLASS(vmem)->unplug_request_check(vmem, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "virtio-mem device cannot get unplugged while "
                    "'requested-size' != '0'");
    error_free(err);
    want(0);
    VIRTIO_MEM_GET_CLASS(vmem)->unplug_request_check(vmem, &error_abort);
    destroy();
}

/* ---- listeners, against a model ------------------------------------------ */

enum { LISTENERS = 5, BLOCKS = 300, UNITS = BLOCKS * 2 /* MiB */ };

typedef struct {
    RamDiscardListener rdl;
    bool registered, refuse;
    unsigned from, to; /* in MiB */
    bool view[UNITS];
} Listener;

static Listener listener[LISTENERS];
static bool model[BLOCKS];

static unsigned below(unsigned n)
{
    return g_test_rand_int_range(0, n);
}

static void mark(Listener *l, MemoryRegionSection *s, bool populated,
                 bool may_be_already)
{
    uint64_t from = s->offset_within_region / MiB;
    uint64_t to = from + int128_get64(s->size) / MiB;

    g_assert_cmphex(s->offset_within_address_space, ==,
                    WINDOW + s->offset_within_region);
    g_assert_true(from >= l->from && to <= l->to && from < to);
    for (uint64_t i = from; i < to; i++) {
        g_assert_true(may_be_already || l->view[i] != populated);
        l->view[i] = populated;
    }
}

static int on_populate(RamDiscardListener *rdl, MemoryRegionSection *s)
{
    Listener *l = container_of(rdl, Listener, rdl);

    if (l->refuse) {
        return -ENOSPC;
    }
    mark(l, s, true, false);
    return 0;
}

static void on_discard(RamDiscardListener *rdl, MemoryRegionSection *s)
{
    Listener *l = container_of(rdl, Listener, rdl);

    mark(l, s, false, rdl->double_discard_supported);
}

static MemoryRegionSection section_of(unsigned from, unsigned to)
{
    return (MemoryRegionSection){
        .mr = &vmem->memdev->mr,
        .offset_within_region = from * MiB,
        .offset_within_address_space = WINDOW + from * MiB,
        .size = int128_make64((to - from) * MiB),
    };
}

static void toggle_listener(Listener *l)
{
    RamDiscardManager *rdm = RAM_DISCARD_MANAGER(vmem);

    if (l->registered) {
        ram_discard_manager_unregister_listener(rdm, &l->rdl);
        l->registered = false;
        for (int i = 0; i < UNITS; i++) {
            g_assert_false(l->view[i]);
        }
    } else {
        MemoryRegionSection s;

        l->from = below(UNITS - 1);
        l->to = l->from + 1 + below(UNITS - l->from);
        s = section_of(l->from, l->to);
        ram_discard_listener_init(&l->rdl, on_populate, on_discard, below(2));
        ram_discard_manager_register_listener(rdm, &l->rdl, &s);
        l->registered = true;
    }
}

static bool model_all(unsigned first, unsigned nr, bool plugged)
{
    for (unsigned i = first; i < first + nr; i++) {
        if (model[i] != plugged) {
            return false;
        }
    }
    return true;
}

static void check_views(void)
{
    unsigned plugged = 0;

    for (unsigned b = 0; b < BLOCKS; b++) {
        plugged += model[b];
        g_assert_cmpint(test_bit(b, vmem->bitmap), ==, model[b]);
    }
    g_assert_cmpuint(vmem->size, ==, plugged * BLOCK);
    for (int i = 0; i < LISTENERS; i++) {
        const Listener *l = &listener[i];

        for (unsigned u = l->from; l->registered && u < l->to; u++) {
            g_assert_cmpint(l->view[u], ==, model[u / 2]);
        }
    }
}

/* Replays into these. */
static bool replayed[UNITS];

static int replay_populated(MemoryRegionSection *s, void *opaque)
{
    for (uint64_t i = 0; i < int128_get64(s->size) / MiB; i++) {
        replayed[s->offset_within_region / MiB + i] = true;
    }
    return 0;
}

static void replay_discarded(MemoryRegionSection *s, void *opaque)
{
    for (uint64_t i = 0; i < int128_get64(s->size) / MiB; i++) {
        g_assert_true(replayed[s->offset_within_region / MiB + i]);
        replayed[s->offset_within_region / MiB + i] = false;
    }
}

static void check_replays(void)
{
    RamDiscardManager *rdm = RAM_DISCARD_MANAGER(vmem);
    unsigned from = below(UNITS - 1), to = from + 1 + below(UNITS - from);
    MemoryRegionSection s = section_of(from, to);
    bool all = true;

    memset(replayed, 0, sizeof(replayed));
    ram_discard_manager_replay_populated(rdm, &s, replay_populated, NULL);
    for (unsigned u = 0; u < UNITS; u++) {
        bool expected = u >= from && u < to && model[u / 2];

        g_assert_cmpint(replayed[u], ==, expected);
        all = all && (expected || u < from || u >= to);
        replayed[u] = u >= from && u < to;
    }
    g_assert_cmpint(ram_discard_manager_is_populated(rdm, &s), ==, all);
    ram_discard_manager_replay_discarded(rdm, &s, replay_discarded, NULL);
    for (unsigned u = from; u < to; u++) {
        g_assert_cmpint(replayed[u], ==, model[u / 2]);
    }
}

/* A log of dirty memory, as of a device that writes: what is plugged is dirty. */
static bool dirty[UNITS];

static int mark_dirty(MemoryRegionSection *s, void *opaque)
{
    const uint64_t from = s->offset_within_region / MiB;

    g_assert_cmphex(s->offset_within_address_space, ==,
                    WINDOW + s->offset_within_region);
    for (uint64_t i = 0; i < int128_get64(s->size) / MiB; i++) {
        g_assert_false(dirty[from + i]);
        dirty[from + i] = true;
    }
    return 0;
}

static void sync_dirty(MemoryListener *listener, MemoryRegionSection *section)
{
    if (memory_region_has_ram_discard_manager(section->mr)) {
        ram_discard_manager_replay_populated(RAM_DISCARD_MANAGER(vmem), section,
                                             mark_dirty, NULL);
    }
}

static MemoryListener dirty_log = {
    .name = "dirty-log",
    .log_sync = sync_dirty,
};

static void check_dirty(void)
{
    memset(dirty, 0, sizeof(dirty));
    memory_global_dirty_log_sync(false);
    for (unsigned u = 0; u < UNITS; u++) {
        g_assert_cmpint(dirty[u], ==, model[u / 2]);
    }
}

/* Whether a listener that refuses hears of the range. */
static bool refused(unsigned first, unsigned nr)
{
    for (int i = 0; i < LISTENERS; i++) {
        const Listener *l = &listener[i];

        if (l->registered && l->refuse && first * 2 < l->to &&
            l->from < (first + nr) * 2) {
            return true;
        }
    }
    return false;
}

static void random_change(bool plug)
{
    unsigned first = below(BLOCKS), nr = 1 + below(below(4) ? 8 : 80);
    unsigned usable = vmem->usable_region_size / BLOCK, expected;

    if (first + nr > usable) {
        expected = VIRTIO_MEM_RESP_ERROR;
    } else if (plug && vmem->size + nr * BLOCK > vmem->requested_size) {
        expected = VIRTIO_MEM_RESP_NACK;
    } else if (!model_all(first, nr, !plug)) {
        expected = VIRTIO_MEM_RESP_ERROR;
    } else if (plug && refused(first, nr)) {
        expected = VIRTIO_MEM_RESP_BUSY;
    } else {
        expected = VIRTIO_MEM_RESP_ACK;
        memset(&model[first], plug, nr);
    }
    g_assert_cmpuint(plug ? ask(PLUG, first, nr) : ask(UNPLUG, first, nr), ==,
                     expected);
}

static void random_step(void)
{
    switch (below(11)) {
    case 0:
        want(below(BLOCKS + 1) * BLOCK);
        break;
    case 1:
        if (below(8) == 0) {
            g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
            memset(model, 0, sizeof(model));
        }
        break;
    case 2:
        toggle_listener(&listener[below(LISTENERS)]);
        break;
    case 3:
    case 4: {
        Listener *l = &listener[below(LISTENERS)];

        l->refuse = true;
        random_change(true);
        l->refuse = false;
        break;
    }
    case 5:
    case 6:
    case 7:
        random_change(false);
        break;
    default:
        random_change(true);
        break;
    }
}

static void run_random(const char *const *props, int steps)
{
    create(BLOCKS * BLOCK, props);
    start_driver(below(2));
    memset(model, 0, sizeof(model));
    memory_listener_register(&dirty_log, &address_space_memory);
    g_assert_true(
        memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &error_abort));
    for (int i = 0; i < steps; i++) {
        random_step();
        check_views();
        check_replays();
        check_dirty();
    }
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    memory_listener_unregister(&dirty_log);
    for (int i = 0; i < LISTENERS; i++) {
        if (listener[i].registered) {
            toggle_listener(&listener[i]);
        }
    }
#ifdef QEMU_VIRTIO_MEM /* it cannot go with slots that are in use */
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
#endif
    destroy();
}

static void test_random(void)
{
    const char *const slots[] = { "dynamic-memslots", "on", NULL };

    run_random(NULL, 6000);
    run_random(slots, 2000);
}

/* ---- memory slots -------------------------------------------------------- */

static unsigned slots_used(void)
{
    return current_machine->device_memory->used_memslots;
}

#ifndef QEMU_VIRTIO_MEM
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
    MemoryListener listener = { .name = "limited",
                                .prepare = limited_prepare };
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
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "no room for 1073741824 bytes");
    error_free(err);
    g_assert_cmpuint(current_machine->device_memory->used_region_size, ==, 0);
    g_assert_cmpuint(memory_devices_get_reserved_memslots(), ==, 0);
    room = GiB;
    g_assert_true(pc_dimm_try_plug(PC_DIMM(dev), current_machine,
                                   &error_abort));
    pc_dimm_unplug(PC_DIMM(dev), current_machine);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    current_machine->ram_slots = 0;
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
#endif

/* ---- resets, saving and loading ------------------------------------------ */

static void test_reset(void)
{
    create(GiB, NULL);
    start_driver(false);
    want(64 * MiB);
    g_assert_cmpuint(ask(PLUG, 100, 8), ==, VIRTIO_MEM_RESP_ACK);
    want(2 * MiB);
    qemu_devices_reset(RESET_TYPE_WAKEUP);
    g_assert_cmpuint(vmem->size, ==, 16 * MiB);
    device_cold_reset(DEVICE(vmem));
    g_assert_cmpuint(vmem->size, ==, 16 * MiB);
    migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_SETUP, NULL);
    qemu_devices_reset(RESET_TYPE_COLD);
    g_assert_cmpuint(vmem->size, ==, 16 * MiB);
    migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_FAILED, NULL);
    qemu_devices_reset(RESET_TYPE_COLD);
    g_assert_cmpuint(vmem->size, ==, 0);
    g_assert_cmpuint(vmem->usable_region_size, ==, 258 * MiB);
    destroy();
}

static GByteArray *save(const VMStateDescription *vmsd)
{
    GByteArray *bytes;

    g_assert_cmpint(save_to_bytes(vmsd, vmem, 1, NULL, &bytes, &error_abort),
                    ==, 0);
    g_byte_array_append(bytes, (const uint8_t[]){ 0 }, 1);
    return bytes;
}

static int load(const VMStateDescription *vmsd, const GByteArray *bytes)
{
    return load_from_bytes(vmsd, vmem, 1, bytes->data, bytes->len);
}

static void check_saving(const char *early, const char *slots)
{
    const char *const props[] = { "x-early-migration", early,
                                  "dynamic-memslots", slots, NULL };
    const VMStateDescription *first = NULL, *second;
    const bool is_early = !strcmp(early, "on");
    g_autoptr(GByteArray) a = NULL, b = NULL;
    Listener *l = &listener[0];

#ifndef QEMU_VIRTIO_MEM
    first = &vmstate_virtio_mem_device_early;
#endif
    create(4 * GiB, props);
    second = VIRTIO_DEVICE_GET_CLASS(vmem)->vmsd;
    start_driver(false);
    want(GiB);
    g_assert_cmpuint(ask(PLUG, 7, 30), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(ask(PLUG, 200, 9), ==, VIRTIO_MEM_RESP_ACK);
    a = is_early ? save(first) : NULL;
    b = save(second);
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    destroy();

    create(4 * GiB, props);
    memset(model, 0, sizeof(model));
    toggle_listener(l);
    if (is_early) {
        g_assert_cmpint(load(first, a), ==, 0);
    }
    g_assert_cmpint(load(second, b), ==, 0);
    memset(&model[7], true, 30);
    memset(&model[200], true, 9);
    check_views();
    toggle_listener(l);
    g_assert_cmpuint(vmem->requested_size, ==, GiB);
    g_assert_cmpuint(vmem->usable_region_size, ==, GiB + 256 * MiB);
    g_assert_cmpuint(slots_used(), ==, 1);
    qemu_devices_reset(RESET_TYPE_COLD);
    destroy();
    if (!is_early) {
        return;
    }
    /* A size that is not that of the bitmap; a device of another size. */
    create(4 * GiB, props);
    a->data[8 + 8 + 8 + 4 + 5] ^= 1;
    g_assert_cmpint(load(first, a), <, 0);
    destroy();
    create(2 * GiB, props);
    g_assert_cmpint(load(first, a), ==, -EINVAL);
    destroy();
}

static void test_saving(void)
{
    check_saving("off", "off");
    check_saving("off", "on");
#ifndef QEMU_VIRTIO_MEM
    check_saving("on", "off");
    check_saving("on", "on");
#endif
}

/* ---- the host's memory --------------------------------------------------- */

/* Pages of the region that are there. */
static unsigned resident(void)
{
    char *p = memory_region_get_ram_ptr(&vmem->memdev->mr);
    const size_t size = memory_region_size(&vmem->memdev->mr);
    const size_t pages = size / qemu_real_host_page_size();
    g_autofree unsigned char *vec = g_malloc(pages);
    unsigned n = 0;

    g_assert_cmpint(mincore(p, size, vec), ==, 0);
    for (size_t i = 0; i < pages; i++) {
        n += vec[i] & 1;
    }
    return n;
}

static void fill(unsigned block, unsigned nr)
{
    char *p = memory_region_get_ram_ptr(&vmem->memdev->mr);

    memset(p + block * BLOCK, 0x55, nr * BLOCK);
}

static void test_resident(void)
{
    const unsigned pages = BLOCK / qemu_real_host_page_size();
    const char *const prealloc[] = { "prealloc", "on", NULL };

    create(256 * MiB, NULL);
    start_driver(false);
    want(128 * MiB);
    g_assert_cmpuint(ask(PLUG, 3, 10), ==, VIRTIO_MEM_RESP_ACK);
    fill(3, 10);
    g_assert_cmpuint(resident(), ==, 10 * pages);
    g_assert_cmpuint(ask(UNPLUG, 4, 2), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(resident(), ==, 8 * pages);
    fill(20, 1); /* a guest that uses what it has not plugged */
    g_assert_cmpuint(ask(UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(resident(), ==, 0);
    destroy();

    create(256 * MiB, prealloc);
    start_driver(false);
    want(128 * MiB);
    g_assert_cmpuint(ask(PLUG, 3, 4), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(resident(), ==, 4 * pages);
    listener[0].refuse = false;
    g_assert_cmpuint(ask(UNPLUG, 3, 4), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(resident(), ==, 0);
    destroy();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    init();
    g_test_add_func("/virtio-mem/requests", test_requests);
    g_test_add_func("/virtio-mem/broken", test_broken);
    g_test_add_func("/virtio-mem/features", test_features);
    g_test_add_func("/virtio-mem/properties", test_properties);
    g_test_add_func("/virtio-mem/random", test_random);
#ifndef QEMU_VIRTIO_MEM
    g_test_add_func("/virtio-mem/slots", test_slots);
    g_test_add_func("/virtio-mem/slot-limits", test_slot_limits);
    g_test_add_func("/virtio-mem/refused", test_refused);
#endif
    g_test_add_func("/virtio-mem/reset", test_reset);
    g_test_add_func("/virtio-mem/saving", test_saving);
    g_test_add_func("/virtio-mem/resident", test_resident);
    return g_test_run();
}
