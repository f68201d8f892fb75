/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem on virtio-mmio: every request and response through real rings;
 * random requests, with listeners that register, leave and refuse, replays and
 * a log of dirty memory, against an array of bool after each; resets; saving
 * and loading; what stays resident. QEMU's device passes, too (tests/compat).
 */
#include "qemu/osdep.h"
#include "io/channel-buffer.h"
#include "migration/misc.h"
#include "migration/qemu-file-types.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "system/reset.h"
#include "virtio-mem-fixture.h"
#include "vmstate-helpers.h"

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
    init(WINDOW, WINDOW_SIZE);
    g_test_add_func("/virtio-mem/requests", test_requests);
    g_test_add_func("/virtio-mem/broken", test_broken);
    g_test_add_func("/virtio-mem/features", test_features);
    g_test_add_func("/virtio-mem/properties", test_properties);
    g_test_add_func("/virtio-mem/random", test_random);
    g_test_add_func("/virtio-mem/reset", test_reset);
    g_test_add_func("/virtio-mem/saving", test_saving);
    g_test_add_func("/virtio-mem/resident", test_resident);
    return g_test_run();
}
