/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what a driver does to one of the virtio devices (the first byte
 * says which, on which transport). The driver knows the rings of both formats
 * and each device's requests, so that an input need not: most of its commands
 * make good rings, and some spoil them afterwards. Nothing crashes, leaks or
 * hangs, and after a reset the device serves a good request.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "exec/address-spaces.h"
#include "hw/virtio/virtio-balloon.h"
#include "hw/virtio/virtio-mem.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_blk.h"
#include "standard-headers/linux/virtio_console.h"
#include "standard-headers/linux/virtio_mem.h"
#include "system/runstate.h"
#include "system/system.h"
#include "virtio-target.h"
#include "fuzz-input.h"
#include "../unit/vmstate-helpers.h"

#define QUEUES   8
#define RING(n)  (RAM + (n)*RINGS)
#define RINGS    0x8000 /* of one queue, which can have 1024 descriptors */
#define TABLES   (RAM + 0x40000) /* indirect: 32 of 16 descriptors */
#define BUFFERS  (RAM + 0x42000)
#define USED_UP  0x58000 /* of RAM, by the driver */
#define DISK     512     /* sectors of the small disk */
#define MAX_OPS  200
#define MAX_BUFS 8

typedef struct Queue {
    unsigned num;
    uint16_t avail; /* split: index; packed: the next descriptor */
    uint16_t next;  /* split: the next descriptor */
    bool wrap;
} Queue;

typedef struct Buf {
    uint64_t addr;
    uint32_t len;
    bool write;
} Buf;

static uint8_t *ram;
static Target *target;
static Queue queues[QUEUES];
static bool packed;
static unsigned arena, tables;

static uint8_t *host(uint64_t addr)
{
    return ram + (addr - RAM);
}

static void run_loop(void)
{
    for (int i = 0; i < 30; i++) {
        main_loop_wait(true);
    }
}

/* ---- rings --------------------------------------------------------------- */

static void put_desc(uint8_t *p, const Buf *b, uint16_t flags, uint16_t link)
{
    flags |= b->write ? VRING_DESC_F_WRITE : 0;
    stq_le_p(p, b->addr);
    stl_le_p(p + 8, b->len);
    stw_le_p(p + 12, packed ? link : flags);
    stw_le_p(p + 14, packed ? flags : link);
}

static Buf make_table(const Buf *bufs, unsigned count)
{
    uint64_t at = TABLES + tables++ % 32 * 256;

    for (unsigned i = 0; i < count; i++) {
        bool more = i + 1 < count && !packed;

        put_desc(host(at) + i * 16, &bufs[i], more ? VRING_DESC_F_NEXT : 0,
                 more ? i + 1 : 0);
    }
    return (Buf){ at, count * 16, false };
}

static void add_split(unsigned n, const Buf *bufs, unsigned count,
                      uint16_t flags)
{
    Queue *q = &queues[n];
    uint8_t *avail = host(RING(n) + q->num * 16);
    uint16_t head = q->next;

    for (unsigned i = 0; i < count; i++) {
        uint16_t at = q->next;

        q->next = (at + 1) % q->num;
        put_desc(host(RING(n) + at * 16), &bufs[i],
                 flags | (i + 1 < count ? VRING_DESC_F_NEXT : 0), q->next);
    }
    stw_le_p(avail + 4 + q->avail % q->num * 2, head);
    stw_le_p(avail + 2, ++q->avail);
}

/* The first descriptor's flags come last. */
static void add_packed(unsigned n, const Buf *bufs, unsigned count,
                       uint16_t flags)
{
    Queue *q = &queues[n];
    uint16_t id = q->avail;

    for (unsigned i = 0; i < count; i++) {
        uint16_t ready = 1u << (q->wrap ? VRING_PACKED_DESC_F_AVAIL
                                        : VRING_PACKED_DESC_F_USED);

        put_desc(host(RING(n) + q->avail * 16), &bufs[i],
                 flags | ready | (i + 1 < count ? VRING_DESC_F_NEXT : 0), id);
        if (++q->avail == q->num) {
            q->avail = 0;
            q->wrap = !q->wrap;
        }
    }
}

/* @how: bit 0, by a table; bit 1, not told. */
static void add_chain(unsigned n, const Buf *bufs, unsigned count, uint8_t how)
{
    uint16_t flags = 0;
    Queue *q = &queues[n];
    Buf table;

    if (!q->num || count > q->num || !count) {
        return;
    }
    if (how & 1) {
        table = make_table(bufs, count);
        bufs = &table;
        count = 1;
        flags = VRING_DESC_F_INDIRECT;
    }
    if (packed) {
        add_packed(n, bufs, count, flags);
    } else {
        add_split(n, bufs, count, flags);
    }
    if (!(how & 2)) {
        target_kick(target, n, q->avail | (packed && q->wrap) << 15);
    }
}

static Buf buffer(uint32_t len, bool write)
{
    Buf b = { BUFFERS + arena, len, write };

    arena = (arena + ROUND_UP(len, 16)) % 0x10000;
    return b;
}

/* One that the device reads, with what it reads. */
static Buf filled(const void *data, uint32_t len)
{
    Buf b = buffer(len, false);

    memcpy(host(b.addr), data, len);
    return b;
}

/* Some are cut in two: framing is the driver's affair. */
static void submit(unsigned n, Buf *bufs, unsigned count, uint8_t how)
{
    Buf cut[2 * MAX_BUFS];
    unsigned pieces = 0;

    for (unsigned i = 0; i < count; i++) {
        cut[pieces++] = bufs[i];
        if ((how & 4) && bufs[i].len > 1) {
            uint32_t first = 1 + (how >> 3) % (bufs[i].len - 1);

            cut[pieces] = bufs[i];
            cut[pieces].addr += first;
            cut[pieces].len -= first;
            cut[pieces - 1].len = first;
            pieces++;
        }
    }
    add_chain(n, cut, pieces, how);
}

/* ---- set up -------------------------------------------------------------- */

static void set_up_queue(unsigned n, uint8_t size)
{
    unsigned max = target_queue_num(target, n);
    unsigned num = packed && (size & 0x80) ? size & 0x7f : 1u << (size & 7);

    queues[n] = (Queue){ .wrap = true };
    if (!max) {
        return;
    }
    memset(host(RING(n)), 0, RINGS);
    queues[n].num = target_set_queue(target, n, MIN(MAX(num, 1), max), RING(n));
}

static void set_up(Bytes *in)
{
    uint8_t what = draw(in, 1), size = draw(in, 1);
    uint64_t offered, features;

    target_set_status(target, 0);
    target_set_status(target, 3);
    offered = target_offered(target);
    /* The device's own, and some of the rings'. */
    features = what & 0x20 ? 0 : 0xffffff | 0x3full << 50;
    if (!target_legacy(target)) {
        features |= BIT_ULL(VIRTIO_F_VERSION_1) | BIT_ULL(VIRTIO_F_RING_RESET);
        features |= what & 1 ? BIT_ULL(VIRTIO_F_RING_PACKED) : 0;
        features |= what & 2 ? BIT_ULL(VIRTIO_F_IN_ORDER) : 0;
        features |= what & 4 ? BIT_ULL(VIRTIO_F_NOTIFICATION_DATA) : 0;
    }
    features |= what & 8 ? BIT_ULL(VIRTIO_RING_F_EVENT_IDX) : 0;
    features |= what & 16 ? 0 : BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC);
    target_set_features(target, features & offered);
    target_set_status(target, target_legacy(target) ? 3 : 0xb);
    packed = virtio_vdev_has_feature(target->vdev, VIRTIO_F_RING_PACKED);
    for (unsigned n = 0; n < QUEUES; n++) {
        set_up_queue(n, size);
    }
    if (!(what & 0x40)) {
        target_set_status(target, target_legacy(target) ? 7 : 0xf);
    }
}

/* ---- requests ------------------------------------------------------------ */

static void blk_request(Bytes *in, uint8_t how)
{
    static const uint32_t types[] = { 0,  0,  1, 1,          4, 8,
                                      11, 13, 2, 0x80000000, 3, 0xff };
    static const uint16_t lens[] = { 512, 1024, 4096, 20, 16, 0, 513, 8192 };
    struct virtio_blk_outhdr header = {};
    uint32_t type = types[draw(in, 1) % ARRAY_SIZE(types)];
    uint8_t sector = draw(in, 1), len = draw(in, 1);
    Buf bufs[4];
    unsigned count = 0;

    stl_le_p(&header.type, type);
    /* Around the end, too. */
    stq_le_p(&header.sector, sector < 0x80 ? sector : DISK - 0xc0 + sector);
    bufs[count++] = filled(&header, sizeof(header));
    if (type == VIRTIO_BLK_T_DISCARD || type == VIRTIO_BLK_T_WRITE_ZEROES) {
        struct virtio_blk_discard_write_zeroes range = {};

        stq_le_p(&range.sector, sector);
        stl_le_p(&range.num_sectors, draw(in, 1));
        stl_le_p(&range.flags, len & 3);
        bufs[count++] = filled(&range, len & 4 ? 8 : sizeof(range));
    } else if (type != VIRTIO_BLK_T_FLUSH) {
        bufs[count++] = buffer(lens[len % 8], !(type & 1));
        if (!bufs[count - 1].len) {
            count--;
        }
    }
    bufs[count++] = buffer(1, true);
    submit(how >> 7, bufs, count, how);
}

static void serial_request(Bytes *in, uint8_t how)
{
    uint8_t queue = draw(in, 1) % QUEUES;
    uint8_t text[32];
    unsigned len = 0;
    Buf b;

    if (queue == 3) {
        struct virtio_console_control c = {};

        stl_le_p(&c.id, draw(in, 1) % 4);
        stw_le_p(&c.event, draw(in, 1) % 8);
        stw_le_p(&c.value, draw(in, 1) % 4);
        b = filled(&c, sizeof(c));
    } else if (queue & 1) {
        len = 1 + draw(in, 1) % sizeof(text);
        for (unsigned i = 0; i < len; i++) {
            text[i] = draw(in, 1);
        }
        b = filled(text, len);
    } else {
        b = buffer(1 + draw(in, 1), true);
    }
    submit(queue, &b, 1, how);
}

static void balloon_request(Bytes *in, uint8_t how)
{
    uint8_t queue = draw(in, 1) % 5;
    uint8_t data[64];
    unsigned len = 0, count = draw(in, 1) % 6;
    Buf b;

    for (unsigned i = 0; i < count; i++) {
        if (queue < 2) {
            /* Pages that the driver does not use itself; some are no RAM. */
            stl_le_p(data + len, RAM / 4096 + 0x100 + draw(in, 1) * 16);
            len += 4;
        } else {
            stw_le_p(data + len, draw(in, 1) % 12);
            stq_le_p(data + len + 2, draw(in, 2));
            len += 10;
        }
    }
    if (queue == 4) {
        b = (Buf){ RAM + 0x100000 + draw(in, 1) * 4096, count * 4096, true };
    } else {
        b = filled(data, len);
    }
    submit(queue, &b, 1, how);
}

static void mem_request(Bytes *in, uint8_t how)
{
    struct virtio_mem_req req = {};
    VirtIOMEM *mem = VIRTIO_MEM(target->vdev);
    uint64_t block = draw(in, 1);
    Buf bufs[2];

    stw_le_p(&req.type, draw(in, 1) % 5);
    /* plug, unplug and state have the same shape; at times misaligned */
    stq_le_p(&req.u.plug.addr, mem->addr + (block & 0x7f) * mem->block_size +
                                   (block & 0x80 ? 4096 : 0));
    stw_le_p(&req.u.plug.nb_blocks, draw(in, 1));
    bufs[0] = filled(&req, sizeof(req));
    bufs[1] = buffer(sizeof(struct virtio_mem_resp), true);
    submit(0, bufs, 2, how);
}

static void pmem_request(Bytes *in, uint8_t how)
{
    uint32_t type = draw(in, 1) & 1;
    Buf bufs[] = { filled(&type, 4), buffer(4, true) };

    submit(0, bufs, 2, how);
}

static void rng_request(Bytes *in, uint8_t how)
{
    Buf bufs[4];
    unsigned count = 1 + draw(in, 1) % 4;

    for (unsigned i = 0; i < count; i++) {
        bufs[i] = buffer(1 + draw(in, 1), true);
    }
    submit(0, bufs, count, how);
}

static void request(Bytes *in)
{
    static void (*const makers[])(Bytes *, uint8_t) = {
        [RNG] = rng_request,         [BLK] = blk_request,
        [BLK_FILE] = blk_request,    [SERIAL] = serial_request,
        [BALLOON] = balloon_request, [MEM] = mem_request,
        [PMEM] = pmem_request,
    };
    uint8_t how = draw(in, 1);

    makers[target->kind](in, how);
}

/* A chain of any buffers. */
static void chain(Bytes *in)
{
    unsigned n = draw(in, 1) % QUEUES, count = 1 + draw(in, 1) % MAX_BUFS;
    uint8_t how = draw(in, 1);
    Buf bufs[MAX_BUFS];

    for (unsigned i = 0; i < count; i++) {
        uint8_t what = draw(in, 1);

        bufs[i] = buffer(draw(in, 1), what & 1);
        if (what & 2) {
            stq_le_p(host(bufs[i].addr), draw(in, 8));
        }
        switch (what >> 3) {
        case 1:
            bufs[i].addr = draw(in, 8);
            break;
        case 2:
            bufs[i].len = draw(in, 4);
            break;
        case 3: /* the ring itself */
            bufs[i].addr = RING(n) + draw(in, 2) % RINGS;
            break;
        case 4: /* registers */
            bufs[i].addr = target->base + draw(in, 1);
            break;
        }
    }
    add_chain(n, bufs, count, how);
}

/* ---- what spoils it ------------------------------------------------------ */

static void poke(Bytes *in)
{
    uint32_t at = draw(in, 3) % (USED_UP - 8);
    unsigned size = 1 << draw(in, 1) % 4;
    uint64_t value = draw(in, size);
    uint8_t bytes[8];

    stq_le_p(bytes, value);
    memcpy(ram + at, bytes, size);
}

static void move_index(Bytes *in)
{
    unsigned n = draw(in, 1) % QUEUES;
    int8_t step = draw(in, 1);
    Queue *q = &queues[n];

    if (!q->num) {
        return;
    }
    if (packed) {
        q->avail = (uint8_t)step % q->num;
        q->wrap ^= step < 0;
    } else {
        q->avail += step;
        stw_le_p(host(RING(n) + q->num * 16) + 2, q->avail);
    }
}

static void access_register(Bytes *in)
{
    uint8_t what = draw(in, 1);
    unsigned size = 1 << what % 3, offset = draw(in, 1);
    hwaddr at = what & 8 ? target->config + offset : target->base + offset;
    uint8_t bytes[4];

    if (what & 16) {
        stl_le_p(bytes, draw(in, size));
        address_space_write(&address_space_memory, at, MEMTXATTRS_UNSPECIFIED,
                            bytes, size);
    } else {
        address_space_read(&address_space_memory, at, MEMTXATTRS_UNSPECIFIED,
                           bytes, size);
    }
}

static void reset_queue(Bytes *in)
{
    unsigned n = draw(in, 1) % QUEUES;
    uint8_t size = draw(in, 1);

    target_reset_queue(target, n);
    if (!(size & 8)) {
        set_up_queue(n, size);
    }
}

/* When the driver wants to hear: of the next, of none, of a later one. */
static void want_events(Bytes *in)
{
    unsigned n = draw(in, 1) % QUEUES;
    uint8_t how = draw(in, 1);
    Queue *q = &queues[n];
    uint8_t *avail = host(RING(n) + q->num * 16);

    if (packed) {
        stw_le_p(avail, (how >> 2) | (how & 4) << 13);
        stw_le_p(avail + 2, how & 3);
    } else {
        stw_le_p(avail, how & 1);
        stw_le_p(avail + 4 + q->num * 2, q->avail + (int8_t)(how >> 2));
    }
}

/* ---- what the user does -------------------------------------------------- */

static void serial_action(Bytes *in)
{
    uint8_t what = draw(in, 1);
    int n = MIN(target->transport, PCI_LEGACY);
    g_autofree char *name = g_strdup_printf("chr%d%d", n, what & 1);
    Chardev *chr = qemu_chr_find(name);
    uint8_t text[16];
    int len;

    switch (what >> 1 & 3) {
    case 0:
        len = MIN(qemu_chr_be_can_write(chr), 1 + (what >> 3) % 16);
        for (int i = 0; i < len; i++) {
            text[i] = draw(in, 1);
        }
        if (len > 0) {
            qemu_chr_be_write(chr, text, len);
        }
        break;
    case 1:
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
        break;
    case 2:
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
        break;
    case 3:
        g_free(qmp_ringbuf_read(name, 1024, false, 0, NULL));
        break;
    }
}

static void balloon_action(Bytes *in)
{
    VirtIOBalloon *b = VIRTIO_BALLOON(target->vdev);
    uint8_t what = draw(in, 1);

    if (what & 1) {
        b->num_pages = what * 16;
        virtio_notify_config(target->vdev);
    } else {
        object_property_set_int(OBJECT(b), "guest-stats-polling-interval",
                                what >> 6, &error_abort);
    }
}

static void action(Bytes *in)
{
    switch (target->kind) {
    case SERIAL:
        serial_action(in);
        break;
    case BALLOON:
        balloon_action(in);
        break;
    case MEM:
        object_property_set_int(OBJECT(target->vdev), "requested-size",
                                draw(in, 1) % 65 * 2 * MiB, &error_abort);
        break;
    default:
        break;
    }
}

static void advance_clock(uint64_t ns)
{
    qemu_clock_advance_virtual_time(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + ns);
}

static void pause_machine(void)
{
    if (runstate_is_running()) {
        vm_stop(RUN_STATE_PAUSED);
    } else {
        vm_start();
    }
}

/* ---- one input ----------------------------------------------------------- */

static void step(Bytes *in)
{
    uint8_t op = draw(in, 1);
    unsigned n;

    switch (op % 32) {
    case 0:
        poke(in);
        break;
    case 1:
        move_index(in);
        break;
    case 2:
    case 3:
        access_register(in);
        break;
    case 4:
        reset_queue(in);
        break;
    case 5:
    case 6:
        want_events(in);
        break;
    case 7:
    case 8:
        action(in);
        break;
    case 9:
        if (op & 0x20) {
            set_up(in);
        }
        break;
    case 10:
        target_set_status(target, draw(in, 1));
        break;
    case 11:
        target_isr(target);
        break;
    case 12:
        if (op & 0x20) {
            pause_machine();
        }
        break;
    case 13:
    case 14:
        n = draw(in, 1) % QUEUES;
        target_kick(target, n, queues[n].avail);
        break;
    case 15 ... 17:
        main_loop_wait(true);
        break;
    case 18:
        advance_clock(draw(in, 1) * NANOSECONDS_PER_SECOND / 64);
        break;
    case 19 ... 22:
        chain(in);
        break;
    default:
        request(in);
        break;
    }
}

static void keep_running(void)
{
    int status;

    main_loop_should_exit(&status);
    if (!runstate_is_running()) {
        vm_start();
    }
}

/* The state can be saved, and what was saved can be loaded. */
static void save_and_load(void)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(target->vdev)->vmsd;
    GByteArray *bytes;

    if (save_to_bytes(vmsd, target->vdev, vmsd->version_id, NULL, &bytes,
                      NULL) == 0) {
        g_byte_array_append(bytes, (const uint8_t *)"", 1);
        load_from_bytes(vmsd, target->vdev, vmsd->version_id, bytes->data,
                        bytes->len);
    }
    g_byte_array_unref(bytes);
}

static void still_works(void)
{
    static const uint8_t nothing[512];
    static const struct {
        int queue;
        unsigned out, in;
    } good[] = {
        [RNG] = { 0, 0, 16 },
        [BLK] = { 0, 16, 513 },
        [BLK_FILE] = { 0, 16, 513 },
        [SERIAL] = { 3, 8, 0 },
        [BALLOON] = { 0, 4, 0 },
        [MEM] = { 0, sizeof(struct virtio_mem_req),
                  sizeof(struct virtio_mem_resp) },
        [PMEM] = { 0, 4, 4 },
    };
    unsigned n = good[target->kind].queue, count = 0;
    const uint8_t *used;
    Buf bufs[2];

    set_up(&(Bytes){ (const uint8_t[]){ 0, 3 }, 2 });
    g_assert(!target->vdev->broken);
    if (good[target->kind].out) {
        bufs[count++] = filled(nothing, good[target->kind].out);
    }
    if (good[target->kind].in) {
        bufs[count++] = buffer(good[target->kind].in, true);
    }
    add_chain(n, bufs, count, 0);
    used = host(target_used(RING(n), queues[n].num));
    for (int i = 0; i < 3000 && lduw_le_p(used + 2) != 1; i++) {
        advance_clock(NANOSECONDS_PER_SECOND / 1000);
        main_loop_wait(true);
        if (i > 1000) {
            g_usleep(1000);
        }
    }
    g_assert(lduw_le_p(used + 2) == 1);
    target_set_status(target, 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    target_init((*argv)[0]);
    ram = memory_region_get_ram_ptr(
        memory_region_find(get_system_memory(), RAM, 1).mr);
    keep_running();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes in = { data, size };
    uint8_t first = draw(&in, 1);

    target = target_get(first % target_count());
    memset(ram, 0, USED_UP);
    arena = tables = 0;
    set_up(&in);
    for (int i = 0; i < MAX_OPS && in.left; i++) {
        step(&in);
    }
    run_loop();
    /* Which takes long. */
    if (size % 32 == 7) {
        save_and_load();
    }
    keep_running();
    device_cold_reset(target->proxy);
    run_loop();
    target = target_get(first % target_count());
    keep_running();
    still_works();
    return 0;
}
