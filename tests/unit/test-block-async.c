/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backends whose requests call back: random requests, many at a time, against
 * a plain copy of the image in memory, for each way to carry them out; errors;
 * draining; thread pools and deferred calls.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "block/aio-wait.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/defer-call.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "qemu/units.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "system/block-backend.h"
#include "system/blockdev.h"

/* What the emulator has elsewhere. */
void blk_error_action(BlockBackend *blk, BlockErrorAction action, bool is_read,
                      int error)
{
}

#define SIZE  (256 * KiB)
#define DEPTH 24

static uint32_t seed;
static char *image;

static void make_image(void)
{
    g_autofree char *data = g_malloc0(SIZE);
    int fd = g_file_open_tmp("block-async-XXXXXX", &image, NULL);

    close(fd);
    g_assert_true(g_file_set_contents(image, data, SIZE, NULL));
}

static void remove_image(void)
{
    g_unlink(image);
    g_clear_pointer(&image, g_free);
}

/* A backend for the node that @json says; %s in it is the image. */
static BlockBackend *open_backend(const char *json)
{
    g_auto(GStrv) parts = g_strsplit(json, "%s", 2);
    g_autofree char *text = g_strjoinv(image, parts);
    QDict *dict = qobject_to(QDict, qobject_from_json(text, &error_abort));
    BlockBackend *blk;
    Error *err = NULL;

    if (!blockdev_add_dict(dict, false, &err)) {
        g_test_skip(error_get_pretty(err));
        error_free(err);
        qobject_unref(dict);
        return NULL;
    }
    blk = blk_new_with_bs(bdrv_find_node(qdict_get_str(dict, "node-name")),
                          BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE |
                              BLK_PERM_RESIZE,
                          BLK_PERM_ALL, &error_abort);
    qobject_unref(dict);
    return blk;
}

static void close_backend(BlockBackend *blk)
{
    blk_unref(blk);
    blockdev_close_all();
}

/*** Random requests. ***/

typedef struct Op {
    int kind; /* -1: free; 0 read, 1 write, 2 zero, 3 discard */
    int64_t offset, bytes;
    uint8_t *buf;
    QEMUIOVector qiov;
    struct Run *run;
} Op;

typedef struct Run {
    BlockBackend *blk;
    uint8_t *model;
    int64_t size;
    int64_t unit; /* offsets and sizes are multiples of it */
    bool discard_zeroes;
    Op ops[DEPTH];
    int busy;
    int done;
    GRand *rand;
} Run;

static void op_done(void *opaque, int ret)
{
    Op *op = opaque;
    Run *run = op->run;

    g_assert_cmpint(ret, ==, 0);
    if (op->kind == 0) {
        g_autofree uint8_t *got = g_malloc(op->bytes);

        qemu_iovec_to_buf(&op->qiov, 0, got, op->bytes);
        g_assert_cmpmem(got, op->bytes, run->model + op->offset, op->bytes);
    }
    qemu_iovec_destroy(&op->qiov);
    qemu_vfree(op->buf);
    op->kind = -1;
    run->busy--;
    run->done++;
}

static bool overlaps(Run *run, int64_t offset, int64_t bytes, int kind)
{
    for (int i = 0; i < DEPTH; i++) {
        Op *op = &run->ops[i];

        if (op->kind >= 0 && (op->kind || kind) &&
            offset < op->offset + op->bytes && op->offset < offset + bytes) {
            return true;
        }
    }
    return false;
}

static void start_op(Run *run, Op *op, int kind, int64_t offset, int64_t bytes)
{
    int64_t at = 0;

    op->kind = kind;
    op->offset = offset;
    op->bytes = bytes;
    op->run = run;
    op->buf = qemu_memalign(4096, bytes);
    qemu_iovec_init(&op->qiov, 1);
    while (at < bytes) {
        int64_t part =
            MIN(bytes - at, g_rand_int_range(run->rand, 1, 20) * 512);

        qemu_iovec_add(&op->qiov, op->buf + at, part);
        at += part;
    }
    run->busy++;
    switch (kind) {
    case 0:
        blk_aio_preadv(run->blk, offset, &op->qiov, 0, op_done, op);
        break;
    case 1:
        for (at = 0; at < bytes; at++) {
            op->buf[at] = g_rand_int(run->rand);
        }
        memcpy(run->model + offset, op->buf, bytes);
        blk_aio_pwritev(run->blk, offset, &op->qiov, 0, op_done, op);
        break;
    case 2:
        memset(run->model + offset, 0, bytes);
        blk_aio_pwrite_zeroes(
            run->blk, offset, bytes,
            g_rand_boolean(run->rand) ? BDRV_REQ_MAY_UNMAP : 0, op_done, op);
        break;
    default:
        if (run->discard_zeroes) {
            memset(run->model + offset, 0, bytes);
        }
        blk_aio_pdiscard(run->blk, offset, bytes, op_done, op);
        break;
    }
}

/* Puts new requests next to each other, to meet in one unit of the host. */
static void start_some(Run *run)
{
    defer_call_begin();
    for (int i = 0; i < DEPTH; i++) {
        int64_t bytes, offset;
        int kind = g_rand_int_range(run->rand, 0, 10);

        if (run->ops[i].kind >= 0) {
            continue;
        }
        kind = kind < 4 ? 0 : kind < 8 ? 1 : kind - 6;
        bytes = g_rand_int_range(run->rand, 1, 9) * run->unit;
        if (g_rand_int_range(run->rand, 0, 20) == 0) {
            bytes = QEMU_ALIGN_UP(bytes * 16, run->unit);
        }
        offset = g_rand_int_range(run->rand, 0,
                                  (run->size - bytes) / run->unit + 1) *
                 run->unit;
        if (!overlaps(run, offset, bytes, kind)) {
            start_op(run, &run->ops[i], kind, offset, bytes);
        }
    }
    defer_call_end();
}

static void random_requests(const char *json, int64_t begin, int64_t size,
                            int64_t unit, bool discards)
{
    g_autofree Run *run = g_new0(Run, 1);
    g_autofree char *data = NULL;
    gsize length;

    make_image();
    run->blk = open_backend(json);
    if (run->blk) {
        run->model = g_malloc0(size);
        run->size = size;
        run->unit = unit;
        run->discard_zeroes = discards;
        run->rand = g_rand_new_with_seed(seed);
        for (int i = 0; i < DEPTH; i++) {
            run->ops[i].kind = -1;
        }
        g_assert_cmpint(blk_getlength(run->blk), ==, size);
        while (run->done < 1500) {
            start_some(run);
            aio_poll(qemu_get_aio_context(), true);
        }
        blk_drain(run->blk);
        g_assert_cmpint(run->busy, ==, 0);
        g_assert_cmpint(blk_flush(run->blk), ==, 0);
        close_backend(run->blk);
        g_assert_true(g_file_get_contents(image, &data, &length, NULL));
        g_assert_cmpint(length, ==, SIZE);
        g_assert_cmpmem(data + begin, size, run->model, size);
        for (int64_t i = 0; i < SIZE; i++) {
            if (i < begin || i >= begin + size) {
                g_assert_cmphex(data[i], ==, 0); /* not ours */
            }
        }
        g_rand_free(run->rand);
        g_free(run->model);
    }
    remove_image();
}

#define FILE_NODE "'driver': 'file', 'filename': '%s', 'discard': 'unmap'"

static void test_threads(void)
{
    random_requests("{" FILE_NODE ", 'node-name': 'n', 'aio': 'threads'}", 0,
                    SIZE, 1, true);
}

static void test_threads_direct(void)
{
    random_requests("{" FILE_NODE ", 'node-name': 'n', 'aio': 'threads',"
                    " 'cache': {'direct': true}}",
                    0, SIZE, 1, true);
}

static void test_uring(void)
{
    random_requests("{" FILE_NODE ", 'node-name': 'n', 'aio': 'io_uring'}", 0,
                    SIZE, 1, true);
}

static void test_uring_direct(void)
{
    random_requests("{" FILE_NODE ", 'node-name': 'n', 'aio': 'io_uring',"
                    " 'cache': {'direct': true}}",
                    0, SIZE, 512, true);
}

static void test_part(void)
{
    random_requests("{'driver': 'raw', 'node-name': 'n', 'offset': 1000,"
                    " 'size': 131072, 'discard': 'unmap',"
                    " 'detect-zeroes': 'unmap',"
                    " 'file': {" FILE_NODE ", 'aio': 'io_uring',"
                    " 'cache': {'direct': true}}}",
                    1000, 128 * KiB, 256, true);
}

/*** Errors. ***/

static void store(void *opaque, int ret)
{
    *(int *)opaque = ret;
}

/* The result of one request. */
static int one(BlockBackend *blk, bool write, int64_t offset, int64_t bytes)
{
    g_autofree uint8_t *buf = g_malloc0(MAX(bytes, 1));
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);
    int ret = INT_MAX;

    if (write) {
        blk_aio_pwritev(blk, offset, &qiov, 0, store, &ret);
    } else {
        blk_aio_preadv(blk, offset, &qiov, 0, store, &ret);
    }
    g_assert_cmpint(ret, ==, INT_MAX); /* never at once */
    AIO_WAIT_WHILE_UNLOCKED(NULL, ret == INT_MAX);
    return ret;
}

static void test_errors(void)
{
    BlockBackend *blk, *none = blk_new(NULL, 0, BLK_PERM_ALL);
    int ret = INT_MAX;

    make_image();
    blk = open_backend(
        "{'driver': 'blkdebug', 'node-name': 'n', 'inject-error': ["
        " {'event': 'none', 'iotype': 'write', 'errno': 28, 'sector': 3,"
        "  'once': true},"
        " {'event': 'read_aio', 'sector': 9},"
        " {'event': 'flush_to_disk', 'errno': 30}],"
        " 'image': {" FILE_NODE "}}");
    g_assert_cmpint(one(blk, true, 512, 512), ==, 0);
    g_assert_cmpint(one(blk, true, 1024, 1024), ==, -ENOSPC);
    g_assert_cmpint(one(blk, true, 1024, 1024), ==, 0);
    g_assert_cmpint(one(blk, false, 9 * 512 - 1, 1), ==, 0);
    g_assert_cmpint(one(blk, false, 9 * 512 - 1, 2), ==, -EIO);
    g_assert_cmpint(one(blk, false, 9 * 512 + 511, 2), ==, -EIO);
    g_assert_cmpint(blk_flush(blk), ==, -EROFS);
    blk_aio_flush(blk, store, &ret);
    blk_drain(blk);
    g_assert_cmpint(ret, ==, -EROFS);

    g_assert_cmpint(one(blk, false, SIZE, 1), ==, -EIO);
    g_assert_cmpint(one(blk, true, SIZE - 1, 2), ==, -EIO);
    g_assert_cmpint(one(blk, true, -1, 1), ==, -EIO);
    g_assert_cmpint(one(blk, false, INT64_MAX - 5, 10), ==, -EIO);
    g_assert_cmpint(one(none, false, 0, 1), ==, -ENOMEDIUM);
    g_assert_cmpint(
        blk_set_perm(blk, BLK_PERM_CONSISTENT_READ, BLK_PERM_ALL, &error_abort),
        ==, 0);
    g_assert_cmpint(one(blk, true, 0, 1), ==, -EPERM);
    blk_unref(none);
    close_backend(blk);
    remove_image();
}

static void add_node(const char *json)
{
    QDict *dict = qobject_to(QDict, qobject_from_json(json, &error_abort));

    g_assert_true(blockdev_add_dict(dict, false, &error_abort));
    qobject_unref(dict);
}

static void expect_active(const char *a, bool active)
{
    g_assert_cmpint(bdrv_is_inactive(bdrv_find_node(a)), ==, !active);
}

/* One of them cannot be flushed: all are as they were. */
static void test_inactivate_all(void)
{
    add_node("{'driver': 'null-co', 'node-name': 'below'}");
    add_node("{'driver': 'raw', 'node-name': 'above', 'file': 'below'}");
    add_node("{'driver': 'null-co', 'node-name': 'other'}");
    add_node("{'driver': 'null-co', 'node-name': 'off', 'active': false}");
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(bdrv_inactivate_all(), ==, 0);
        expect_active("below", false);
        expect_active("above", false);
        expect_active("other", false);
        g_assert_true(bdrv_activate(bdrv_find_node("above"), &error_abort));
        g_assert_true(bdrv_activate(bdrv_find_node("other"), &error_abort));
        expect_active("below", true);
        expect_active("off", false);
    }
    add_node("{'driver': 'blkdebug', 'node-name': 'bad', 'inject-error': ["
             " {'event': 'flush_to_disk', 'errno': 30}],"
             " 'image': {'driver': 'null-co', 'node-name': 'under'}}");
    g_assert_cmpint(bdrv_inactivate_all(), ==, -EROFS);
    expect_active("below", true);
    expect_active("above", true);
    expect_active("other", true);
    expect_active("off", false);
    expect_active("bad", true);
    expect_active("under", true);
    blockdev_close_all();
}

/* What is not there is an error, and says so. */
static void test_options(void)
{
    static const struct {
        const char *json, *text;
    } wrong[] = {
        { "{'driver': 'file', 'filename': '/dev/null', 'node-name': 'n',"
          " 'aio': 'native'}",
          "aio=native was specified, but is not supported in this build." },
        { "{'driver': 'blkdebug', 'node-name': 'n',"
          " 'image': {'driver': 'null-co'},"
          " 'inject-error': [{'event': 'none', 'errno': 0}]}",
          "errno must be" },
        { "{'driver': 'blkdebug', 'node-name': 'n', 'image': 'm'}", "'m'" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        QDict *dict =
            qobject_to(QDict, qobject_from_json(wrong[i].json, &error_abort));
        Error *err = NULL;

        g_assert_false(blockdev_add_dict(dict, false, &err));
        g_assert_nonnull(strstr(error_get_pretty(err), wrong[i].text));
        error_free(err);
        qobject_unref(dict);
    }
}

/*** Draining. ***/

static int drained, ended;

static void drained_begin(void *opaque)
{
    drained++;
}

static void drained_end(void *opaque)
{
    ended++;
}

static void test_drain(void)
{
    static const BlockDevOps ops = { .drained_begin = drained_begin,
                                     .drained_end = drained_end };
    BlockBackend *blk;
    uint8_t *buf = g_malloc0(64 * KiB);
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, 64 * KiB);
    int ret[3] = { INT_MAX, INT_MAX, INT_MAX };

    make_image();
    blk = open_backend("{" FILE_NODE ", 'node-name': 'n'}");
    blk_set_dev_ops(blk, &ops, NULL);
    blk_aio_pwritev(blk, 0, &qiov, 0, store, &ret[0]);
    bdrv_drained_begin(blk_bs(blk));
    g_assert_cmpint(ret[0], ==, 0);
    g_assert_true(blk_in_drain(blk));
    blk_aio_pwritev(blk, 0, &qiov, 0, store, &ret[1]);
    blk_aio_flush(blk, store, &ret[2]);
    for (int i = 0; i < 20; i++) {
        aio_poll(qemu_get_aio_context(), false);
        g_usleep(200);
    }
    g_assert_cmpint(ret[1], ==, INT_MAX);
    g_assert_cmpint(ret[2], ==, INT_MAX);
    bdrv_drained_end(blk_bs(blk));
    AIO_WAIT_WHILE_UNLOCKED(NULL, ret[1] == INT_MAX || ret[2] == INT_MAX);
    g_assert_cmpint(ret[1] | ret[2], ==, 0);
    bdrv_drain_all();
    g_assert_cmpint(drained, ==, 2);
    g_assert_cmpint(ended, ==, 2);

    /* The node does not go before its requests. */
    ret[0] = INT_MAX;
    blk_aio_pwritev(blk, 0, &qiov, 0, store, &ret[0]);
    close_backend(blk);
    g_assert_cmpint(ret[0], ==, 0);
    remove_image();
    g_free(buf);
}

/*** Thread pools, deferred calls. ***/

static int count_up(void *opaque)
{
    return qatomic_fetch_inc((int *)opaque) + 1;
}

static int sleep_a_bit(void *opaque)
{
    g_usleep(20000);
    return 7;
}

static void test_thread_pool(void)
{
    AioContext *ctx = qemu_get_aio_context();
    int counter = 0, results[100], last = INT_MAX;
    BlockAIOCB *acb;

    for (int i = 0; i < 100; i++) {
        results[i] = INT_MAX;
        thread_pool_submit_aio(count_up, &counter, store, &results[i]);
    }
    for (int i = 0; i < 100; i++) {
        AIO_WAIT_WHILE_UNLOCKED(NULL, results[i] == INT_MAX);
        g_assert_cmpint(results[i], >, 0);
    }
    g_assert_cmpint(counter, ==, 100);

    /* One thread, which is busy: the second can be cancelled. */
    aio_context_set_thread_pool_params(ctx, 0, 1, &error_abort);
    while (true) {
        results[0] = results[1] = INT_MAX;
        thread_pool_submit_aio(sleep_a_bit, NULL, store, &results[0]);
        acb = thread_pool_submit_aio(count_up, &last, store, &results[1]);
        acb->aiocb_info->cancel_async(acb);
        AIO_WAIT_WHILE_UNLOCKED(NULL,
                                results[0] == INT_MAX || results[1] == INT_MAX);
        g_assert_cmpint(results[0], ==, 7);
        if (results[1] == -ECANCELED) {
            break; /* else threads of before were still there */
        }
        last = INT_MAX;
    }
    aio_context_set_thread_pool_params(ctx, 0, 64, &error_abort);
}

static void test_generic_pool(void)
{
    ThreadPool *pool = thread_pool_new();
    int counter = 0;

    g_assert_true(thread_pool_set_max_threads(pool, 2));
    for (int i = 0; i < 50; i++) {
        thread_pool_submit(pool, count_up, &counter, NULL);
    }
    thread_pool_wait(pool);
    g_assert_cmpint(counter, ==, 50);
    /* Fewer threads; those that are too many end, whoever was woken. */
    for (int i = 0; i < 50; i++) {
        thread_pool_submit(pool, count_up, &counter, NULL);
        g_assert_true(thread_pool_set_max_threads(pool, 1 + i % 3));
    }
    thread_pool_wait(pool);
    g_assert_cmpint(counter, ==, 100);
    thread_pool_submit_immediate(pool, count_up, &counter, NULL);
    thread_pool_submit_immediate(pool, count_up, g_new0(int, 1), g_free);
    thread_pool_free(pool);
    g_assert_cmpint(counter, ==, 101);

    /* One that has no threads until its end. */
    pool = thread_pool_new();
    for (int i = 0; i < 5; i++) {
        thread_pool_submit(pool, count_up, &counter, NULL);
    }
    g_assert_cmpint(qatomic_read(&counter), ==, 101);
    thread_pool_free(pool);
    g_assert_cmpint(counter, ==, 106);
}

static void note(void *opaque)
{
    g_string_append(opaque, "x");
}

static void test_defer_call(void)
{
    g_autoptr(GString) a = g_string_new(NULL);
    g_autoptr(GString) b = g_string_new(NULL);

    defer_call(note, a);
    g_assert_cmpuint(a->len, ==, 1);
    defer_call_begin();
    defer_call(note, a);
    defer_call_begin();
    defer_call(note, b);
    defer_call(note, a);
    defer_call_end();
    g_assert_cmpuint(a->len + b->len, ==, 1);
    defer_call_end();
    g_assert_cmpuint(a->len, ==, 2);
    g_assert_cmpuint(b->len, ==, 1);
}

int main(int argc, char **argv)
{
    const char *text = g_getenv("BLOCK_SEED");

    g_test_init(&argc, &argv, NULL);
    seed = text ? strtoul(text, NULL, 0) : g_random_int();
    g_test_message("BLOCK_SEED=%u", seed);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    g_test_add_func("/block/random/threads", test_threads);
    g_test_add_func("/block/random/threads-direct", test_threads_direct);
    g_test_add_func("/block/random/uring", test_uring);
    g_test_add_func("/block/random/uring-direct", test_uring_direct);
    g_test_add_func("/block/random/part", test_part);
    g_test_add_func("/block/errors", test_errors);
    g_test_add_func("/block/inactivate-all", test_inactivate_all);
    g_test_add_func("/block/options", test_options);
    g_test_add_func("/block/drain", test_drain);
    g_test_add_func("/block/thread-pool", test_thread_pool);
    g_test_add_func("/block/generic-pool", test_generic_pool);
    g_test_add_func("/block/defer-call", test_defer_call);
    return g_test_run();
}
