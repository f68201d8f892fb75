/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hostile destination against the source of a migration: any messages on the
 * way back, at any time of precopy, postcopy, and postcopy that goes on after
 * the connection was lost. They are refused with a reason, or RAM is sent as
 * they ask; counters stay right, and nothing hangs.
 *
 * The thread for answers is the real one, the channel is memory. What the input
 * says is a sequence of steps; mostly the next begins when that thread waits
 * for more, or has ended, so that an input does the same again.
 *
 * An input of up to 8 bytes is a seed, from which come many others: so builds
 * without libFuzzer fuzz a little, too.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/iov.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "../../migration/migration-stats.h"
#include "../../migration/options.h"
#include "../../migration/ram-postcopy.h"
#include "../../migration/ram.h"
#include "../../migration/received.h"
#include "../../migration/source.h"
#include "../unit/migration-fixture.h"
#include "../unit/ram-helpers.h"
#include "fuzz-input.h"

#define PAGE     ((size_t)TARGET_PAGE_SIZE)
#define BIG_PAGE (16 * PAGE)
#define RECIPE   8
#define INPUTS   50
#define LONGEST  400
#define ENDING   UINT64_C(0x0123456789abcdef)

/* libFuzzer's, if it is there. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
    __attribute__((weak));

/* ---- the connection ------------------------------------------------------ */

typedef struct Wire {
    QIOChannel parent;
    QemuMutex lock; /* for the rest */
    QemuCond more;
    GByteArray *bytes; /* from the destination */
    size_t at;         /* so many are read */
    bool ended;
    bool waiting;        /* somebody does for more */
    QemuSemaphore *wake; /* when that begins */
} Wire;

typedef struct WireClass {
    QIOChannelClass parent_class;
} WireClass;

#define TYPE_WIRE "fuzz-wire"
OBJECT_DECLARE_TYPE(Wire, WireClass, WIRE)

static ssize_t wire_readv(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                          int **fds, size_t *nfds, int flags, Error **errp)
{
    Wire *w = WIRE(ioc);
    size_t len;

    QEMU_LOCK_GUARD(&w->lock);
    while (w->at == w->bytes->len && !w->ended) {
        w->waiting = true;
        qemu_sem_post(w->wake);
        qemu_cond_wait(&w->more, &w->lock);
    }
    len = MIN(iov[0].iov_len, w->bytes->len - w->at);
    if (len) {
        memcpy(iov[0].iov_base, w->bytes->data + w->at, len);
        w->at += len;
    }
    return len;
}

static ssize_t wire_writev(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, int *fds, size_t nfds, int flags,
                           Error **errp)
{
    Wire *w = WIRE(ioc);

    QEMU_LOCK_GUARD(&w->lock);
    if (w->ended) {
        error_setg(errp, "the wire is cut");
        return -1;
    }
    return iov_size(iov, niov);
}

static int wire_shutdown(QIOChannel *ioc, QIOChannelShutdown how, Error **errp)
{
    Wire *w = WIRE(ioc);

    QEMU_LOCK_GUARD(&w->lock);
    w->ended = true;
    w->waiting = false;
    qemu_cond_broadcast(&w->more);
    return 0;
}

static int wire_close(QIOChannel *ioc, Error **errp)
{
    return 0;
}

static int wire_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    return 0;
}

static void wire_init(Object *obj)
{
    Wire *w = WIRE(obj);

    qemu_mutex_init(&w->lock);
    qemu_cond_init(&w->more);
    w->bytes = g_byte_array_new();
    qio_channel_set_feature(QIO_CHANNEL(w), QIO_CHANNEL_FEATURE_SHUTDOWN);
}

static void wire_finalize(Object *obj)
{
    Wire *w = WIRE(obj);

    g_byte_array_unref(w->bytes);
    qemu_cond_destroy(&w->more);
    qemu_mutex_destroy(&w->lock);
}

static void wire_class_init(ObjectClass *oc, void *data)
{
    QIOChannelClass *ioc = QIO_CHANNEL_CLASS(oc);

    ioc->io_readv = wire_readv;
    ioc->io_writev = wire_writev;
    ioc->io_shutdown = wire_shutdown;
    ioc->io_close = wire_close;
    ioc->io_set_blocking = wire_set_blocking;
}

static const TypeInfo wire_type = {
    .name = TYPE_WIRE,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(Wire),
    .instance_init = wire_init,
    .instance_finalize = wire_finalize,
    .class_size = sizeof(WireClass),
    .class_init = wire_class_init,
};

static void wire_feed(Wire *w, const void *data, size_t size)
{
    QEMU_LOCK_GUARD(&w->lock);
    g_byte_array_append(w->bytes, data, size);
    if (size) {
        w->waiting = false;
        qemu_cond_broadcast(&w->more);
    }
}

/* ---- the source ---------------------------------------------------------- */

enum { PLAIN, ONE_PAGE, BIG_PAGES, BLOCKS };

static const struct {
    const char *name;
    size_t size, page;
} kinds[BLOCKS] = {
    [PLAIN] = { "plain", 300 * PAGE, PAGE },
    [ONE_PAGE] = { "one-page", PAGE, PAGE },
    [BIG_PAGES] = { "big-pages", 5 * BIG_PAGE, BIG_PAGE },
};

static RAMBlock *blocks[BLOCKS];

typedef struct Source {
    MigrationState s;
    SaveVM *vm;
    Wire *wire;
    bool left;     /* the guest has */
    bool resuming; /* what has arrived is being told */
    bool in_sync;  /* the next byte fed begins a message */
    int asked;     /* the block of the last request; -1: none */
} Source;

static void init(void)
{
    fixture_init();
    bql_unlock();
    ram_helpers_init();
    type_register_static(&wire_type);
    ram_mig_init();
    for (int i = 0; i < BLOCKS; i++) {
        MemoryRegion *mr = region_new();

        memory_region_init_ram_nomigrate(mr, owner, kinds[i].name,
                                         kinds[i].size, &error_abort);
        vmstate_register_ram_global(mr);
        blocks[i] = mr->ram_block;
        /* The host may have no such pages. */
        blocks[i]->page_size = kinds[i].page;
        for (size_t at = 0; at < kinds[i].size; at += 3 * PAGE) {
            blocks[i]->host[at] = 1;
        }
    }
    migrate_set_capability(MIGRATION_CAPABILITY_RETURN_PATH, true,
                           &error_abort);
}

static Wire *wire_new(Source *src)
{
    Wire *w = WIRE(object_new(TYPE_WIRE));

    w->wake = &src->s.answer_sem;
    return w;
}

static void connect_to(Source *src)
{
    src->wire = wire_new(src);
    src->s.to_dst = qemu_file_new_output(QIO_CHANNEL(src->wire));
    src->in_sync = true;
}

static void begin(Source *src)
{
    MigrationState *s = &src->s;

    qemu_mutex_init(&s->lock);
    qemu_sem_init(&s->rate_sem, 0);
    qemu_sem_init(&s->pause_sem, 0);
    qemu_sem_init(&s->answer_sem, 0);
    memset(&mig_stats, 0, sizeof(mig_stats));
    src->asked = -1;
    connect_to(src);
    src->vm = savevm_new(s->to_dst);
    g_assert(savevm_prepare(&error_abort));
    savevm_put_header(src->vm);
    g_assert(savevm_setup(src->vm, &error_abort));
    g_assert(source_return_open(s, &error_abort));
}

static void close_urgent(Source *src)
{
    ram_postcopy_set_urgent(NULL);
    if (src->s.to_dst_urgent) {
        qemu_fclose(g_steal_pointer(&src->s.to_dst_urgent));
    }
}

static void disconnect(Source *src)
{
    MigrationState *s = &src->s;

    source_return_close(s);
    g_assert(qatomic_read(&s->return_ended));
    close_urgent(src);
    qemu_fclose(g_steal_pointer(&s->from_dst));
    qemu_fclose(g_steal_pointer(&s->to_dst));
    object_unref(OBJECT(g_steal_pointer(&src->wire)));
}

static void end(Source *src)
{
    disconnect(src);
    savevm_cleanup();
    g_assert(!ram_postcopy_is_active() && !ram_bytes_remaining());
    savevm_free(src->vm);
    error_free(src->s.error);
    qemu_mutex_destroy(&src->s.lock);
}

/* ---- what must hold ------------------------------------------------------ */

static bool has_ended(Source *src)
{
    return qatomic_read(&src->s.return_ended);
}

static bool is_waiting(Source *src)
{
    QEMU_LOCK_GUARD(&src->wire->lock);
    return src->wire->waiting;
}

/* Until the thread for answers has taken all there is, or has ended. */
static void settle(Source *src)
{
    while (!has_ended(src) && !is_waiting(src)) {
        qemu_sem_wait(&src->s.answer_sem);
    }
}

static uint64_t bits_of(int block)
{
    return bitmap_count_one(blocks[block]->bmap, kinds[block].size / PAGE);
}

static void check(Source *src)
{
    uint64_t bits = 0;

    for (int i = 0; i < BLOCKS; i++) {
        bits += bits_of(i);
    }
    g_assert(src->resuming || bits * PAGE == ram_bytes_remaining());
    for (uint64_t page = 0; src->left && page < 5; page++) {
        /* Sent as a whole, or not at all. */
        uint64_t first = page * (BIG_PAGE / PAGE), last = first + 15;

        g_assert(find_next_zero_bit(blocks[BIG_PAGES]->bmap, last + 1, first) >
                     last ||
                 find_next_bit(blocks[BIG_PAGES]->bmap, last + 1, first) >
                     last);
    }
    /* One that has ended has said why, or that all is well. */
    g_assert(!has_ended(src) || qatomic_read(&src->s.return_ok) ||
             qemu_file_get_error(src->s.to_dst));
}

/* ---- messages ------------------------------------------------------------ */

/* @count bytes, zeros when none is left. */
static size_t draw_raw(Bytes *in, uint8_t *to, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = draw(in, 1);
    }
    return count;
}

/* A block's name; or that of before, or any. Its length. */
static size_t draw_name(Bytes *in, char *name)
{
    unsigned which = draw(in, 1) % 32;

    memset(name, 0, 256);
    if (which == 31) {
        return draw_raw(in, (uint8_t *)name, draw(in, 1));
    }
    if (which < 28) {
        strcpy(name, kinds[which % BLOCKS].name);
    }
    return strlen(name);
}

/* A part of the block; or what is near it, or anything. */
static void draw_range(Bytes *in, int block, uint64_t *start, uint32_t *length)
{
    size_t page = kinds[block].page, pages = kinds[block].size / page;
    uint8_t how = draw(in, 1) % 32;

    *start = draw(in, 2) % pages;
    *length = 1 + draw(in, 1) % (pages - *start) * page;
    *start *= page;
    *length = ROUND_UP(*length, page);
    switch (how) {
    case 28:
        *length = draw(in, 1) % 100 * PAGE;
        break;
    case 29:
        *start += draw(in, 1) % 100 * PAGE;
        break;
    case 30:
        *start = draw(in, 8);
        break;
    case 31:
        *length = draw(in, 4);
        break;
    }
}

static int find_block(const char *name)
{
    for (int i = 0; i < BLOCKS; i++) {
        if (!strcmp(name, kinds[i].name)) {
            return i;
        }
    }
    return -1;
}

/* Whether it must be taken, and what must be gone if it goes at once. */
static bool is_right(Source *src, const char *name, uint64_t start,
                     uint64_t length)
{
    int block = *name ? find_block(name) : src->asked;

    if (!src->left || block < 0 || !length ||
        (start | length) % kinds[block].page || start >= kinds[block].size ||
        length > kinds[block].size - start) {
        return false;
    }
    src->asked = block;
    return true;
}

static void put_message(Source *src, uint16_t kind, uint16_t len,
                        const void *data, size_t size)
{
    uint8_t header[4];

    stw_be_p(header, kind);
    stw_be_p(header + 2, len);
    wire_feed(src->wire, header, sizeof(header));
    wire_feed(src->wire, data, size);
}

static void put_request(Source *src, Bytes *in, bool with_name)
{
    uint8_t data[8 + 4 + 1 + 256] = { 0 };
    char name[256] = "";
    size_t len = with_name ? draw_name(in, name) : 0;
    int block = *name ? find_block(name) : src->asked;
    uint64_t start;
    uint32_t length;
    bool live, right;

    draw_range(in, MAX(block, 0), &start, &length);
    settle(src);
    live = src->in_sync && !has_ended(src);
    stq_be_p(data, start);
    stl_be_p(data + 8, length);
    data[12] = len;
    memcpy(data + 13, name, len);
    put_message(src, with_name ? MIG_RP_MSG_REQ_PAGES_ID : MIG_RP_MSG_REQ_PAGES,
                12 + with_name + len, data, 12 + with_name + len);
    if (!live) {
        return;
    }
    right = is_right(src, name, start, length);
    settle(src);
    g_assert(has_ended(src) == !right);
    if (right && src->s.to_dst_urgent) {
        uint64_t end = (start + length) / PAGE;

        g_assert(find_next_bit(blocks[src->asked]->bmap, end, start / PAGE) >=
                 end);
    }
}

/* A bitmap for a block, mostly for @wanted and of the right length. */
static void put_bitmap(Source *src, Bytes *in, const char *wanted)
{
    uint8_t data[1 + 256] = { 0 };
    char name[256];
    size_t len = draw_name(in, name);
    int block;
    uint8_t how = draw(in, 1), fill = draw(in, 1), number[8];
    g_autofree uint8_t *map = NULL;
    size_t size;

    if (wanted && fill % 8) {
        strcpy(name, wanted);
        len = strlen(wanted);
    }
    block = find_block(name);
    size = ROUND_UP(kinds[MAX(block, 0)].size / PAGE, 64) / 8;
    map = g_malloc(size);
    data[0] = len;
    memcpy(data + 1, name, len);
    put_message(src, MIG_RP_MSG_RECV_BITMAP, 1 + len, data, 1 + len);
    stq_be_p(number, how % 16 == 15 ? draw(in, 8) : size);
    wire_feed(src->wire, number, sizeof(number));
    memset(map, fill & 1 ? 0xff : fill, size);
    draw_raw(in, map, MIN(size, how >> 4));
    wire_feed(src->wire, map, size);
    stq_be_p(number, how % 16 == 14 ? draw(in, 8) : ENDING);
    wire_feed(src->wire, number, sizeof(number));
    /* One that is not wanted ends it. */
    src->in_sync &= how % 16 < 14;
}

static void put_number(Source *src, Bytes *in, uint16_t kind)
{
    uint8_t how = draw(in, 1), data[4];

    stl_be_p(data, how < 240 ? 1 + how / 64 : draw(in, 4));
    put_message(src, kind, sizeof(data), data, sizeof(data));
}

/* Any kind, any length, and bytes that need not be so many. */
static void put_wrong(Source *src, Bytes *in)
{
    uint16_t kind = draw(in, 1) % (MIG_RP_MSG_MAX + 2);
    uint8_t how = draw(in, 1), data[300];
    uint16_t len = how & 1 ? draw(in, 2) : draw(in, 1);

    if (how == 0xff) {
        kind = draw(in, 2);
    }
    put_message(src, kind, len, data,
                draw_raw(in, data, MIN(how & 2 ? len : draw(in, 1), 300)));
    src->in_sync = false;
}

static void put_some_message(Source *src, Bytes *in)
{
    switch (draw(in, 1) % 32) {
    case 0:
        put_number(src, in, MIG_RP_MSG_SHUT);
        break;
    case 1:
        put_number(src, in, MIG_RP_MSG_RESUME_ACK);
        break;
    case 2:
        put_bitmap(src, in, NULL);
        break;
    case 3:
        put_wrong(src, in);
        break;
    case 4 ... 5:
        put_number(src, in, MIG_RP_MSG_PONG);
        break;
    case 6:
        put_message(src, MIG_RP_MSG_SWITCHOVER_ACK, 0, NULL, 0);
        break;
    case 7 ... 14:
        put_request(src, in, false);
        break;
    default:
        put_request(src, in, true);
    }
}

/* ---- what the source does meanwhile -------------------------------------- */

/* The guest leaves. */
static void leave(Source *src)
{
    if (!src->left) {
        ram_postcopy_begin(src->s.to_dst);
        src->left = true;
    }
}

static void open_urgent(Source *src)
{
    Wire *w;

    if (src->left && !src->s.to_dst_urgent) {
        w = wire_new(src);
        src->s.to_dst_urgent = qemu_file_new_output(QIO_CHANNEL(w));
        object_unref(OBJECT(w));
        ram_postcopy_set_urgent(src->s.to_dst_urgent);
    }
}

static void send_some(Source *src, Bytes *in)
{
    if (src->left && !src->resuming) {
        migration_rate_set(draw(in, 1) % 32 * PAGE);
        migration_rate_reset();
        ram_postcopy_iterate(src->s.to_dst);
    }
}

static void send_all(Source *src)
{
    if (src->left && !src->resuming &&
        ram_postcopy_complete(src->s.to_dst) == 0) {
        g_assert(!ram_bytes_remaining());
    }
}

/* It was lost: another, over which the destination tells what it has. */
static void connect_again(Source *src)
{
    if (!src->left) {
        return;
    }
    disconnect(src);
    connect_to(src);
    savevm_set_file(src->vm, src->s.to_dst);
    source_return_resume(&src->s);
    src->resuming = true;
}

/* Asks for a bitmap, or for leave to go on. */
static void expect(Source *src, Bytes *in)
{
    uint8_t what = draw(in, 1);
    Error *err = NULL;

    if (!src->resuming) {
        return;
    }
    settle(src);
    if (what % 2) {
        const char *block = kinds[what / 2 % BLOCKS].name;

        source_return_expect(&src->s, MIG_RP_MSG_RECV_BITMAP, block);
        put_bitmap(src, in, block);
    } else {
        ram_postcopy_resume(src->s.to_dst);
        src->resuming = false;
        src->asked = -1;
        source_return_expect(&src->s, MIG_RP_MSG_RESUME_ACK, NULL);
        put_number(src, in, MIG_RP_MSG_RESUME_ACK);
    }
    settle(src);
    if (has_ended(src) || qatomic_read(&src->s.expected) == 0) {
        g_assert(source_return_wait_answer(&src->s, &err) == !err);
        error_free(err);
    }
}

static void hang_up(Source *src)
{
    qio_channel_shutdown(QIO_CHANNEL(src->wire), QIO_CHANNEL_SHUTDOWN_BOTH,
                         NULL);
}

static void step(Source *src, Bytes *in)
{
    uint8_t what = draw(in, 1);

    if (has_ended(src) && what % 8) {
        connect_again(src);
    }
    switch (what % 64) {
    case 0:
        hang_up(src);
        break;
    case 1:
        connect_again(src);
        break;
    case 2:
        send_all(src);
        break;
    case 3:
        ram_postcopy_end_urgent();
        close_urgent(src);
        break;
    case 4 ... 5:
        open_urgent(src);
        break;
    case 6 ... 7:
        leave(src);
        break;
    case 8 ... 20:
        send_some(src, in);
        break;
    case 21 ... 31:
        expect(src, in);
        break;
    default:
        put_some_message(src, in);
    }
    /* Else both go on together. */
    if (what < 192) {
        settle(src);
        check(src);
    }
}

static void play(const uint8_t *data, size_t size)
{
    Bytes in = { data, size };
    Source src = { 0 };

    begin(&src);
    while (in.left) {
        step(&src, &in);
    }
    settle(&src);
    check(&src);
    end(&src);
}

static void follow_recipe(const uint8_t *data, size_t size)
{
    Bytes in = { data, size };
    GRand *rand = g_rand_new_with_seed(draw(&in, 4));

    for (unsigned i = 0; i < INPUTS; i++) {
        uint8_t bytes[LONGEST];
        size_t len = g_rand_int_range(rand, RECIPE + 1, sizeof(bytes));

        for (size_t at = 0; at < len; at++) {
            bytes[at] = g_rand_int(rand);
        }
        /* Else it is over before. */
        if (i % 4) {
            bytes[0] = 6;
        }
        play(bytes, len);
    }
    g_rand_free(rand);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!blocks[0]) {
        init();
    }
    if (size <= RECIPE && !LLVMFuzzerMutate) {
        follow_recipe(data, size);
    } else {
        play(data, size);
    }
    return 0;
}
