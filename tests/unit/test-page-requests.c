/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that a postcopy's destination waits for, against a hash table; and which
 * have arrived, there and back.
 */
#include "qemu/osdep.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/module.h"
#include "../../migration/page-requests.h"
#include "../../migration/received.h"

#define BLOCKS 3

static const uint64_t sizes[BLOCKS] = { 1, 700, 5000 };

static gpointer key_of(unsigned block, uint64_t page)
{
    return GUINT_TO_POINTER(block * 10000 + page + 1);
}

static void test_order(void)
{
    PageRequests *r = page_requests_new();
    unsigned block;
    uint64_t page;

    g_assert_cmpuint(page_requests_add_block(r, 100), ==, 0);
    g_assert_false(page_requests_take(r, &block, &page));
    for (int i = 0; i < 100; i++) {
        g_assert_true(page_requests_add(r, 0, (i * 37) % 100));
        g_assert_false(page_requests_add(r, 0, (i * 37) % 100));
    }
    for (int i = 0; i < 100; i++) {
        g_assert_true(page_requests_take(r, &block, &page));
        g_assert_cmpuint(page, ==, (i * 37) % 100);
    }
    g_assert_cmpuint(page_requests_count(r), ==, 0);
    page_requests_free(r);
}

static void test_model(void)
{
    PageRequests *r = page_requests_new();
    GHashTable *model = g_hash_table_new(NULL, NULL);
    unsigned block;
    uint64_t page;

    for (int i = 0; i < BLOCKS; i++) {
        page_requests_add_block(r, sizes[i]);
    }
    for (int i = 0; i < 200000; i++) {
        /* Full and empty in turns. */
        if (g_test_rand_int_range(0, 10) < (i / 5000 % 2 ? 7 : 3)) {
            block = g_test_rand_int_range(0, BLOCKS);
            page = g_test_rand_int_range(0, sizes[block]);
            g_assert_cmpint(page_requests_add(r, block, page), ==,
                            g_hash_table_add(model, key_of(block, page)));
        } else if (page_requests_take(r, &block, &page)) {
            g_assert_true(g_hash_table_remove(model, key_of(block, page)));
        } else {
            g_assert_cmpuint(g_hash_table_size(model), ==, 0);
        }
        g_assert_cmpuint(page_requests_count(r), ==, g_hash_table_size(model));
    }
    page_requests_clear(r);
    g_assert_cmpuint(page_requests_count(r), ==, 0);
    g_assert_true(page_requests_add(r, 2, 4999));
    g_hash_table_unref(model);
    page_requests_free(r);
}

static bool there_and_back(const unsigned long *map, unsigned long *got,
                           uint64_t pages, uint64_t wanted, size_t cut,
                           Error **errp)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(0);
    QEMUFile *out = qemu_file_new_output(QIO_CHANNEL(buf)), *in;
    bool ok;

    g_assert_cmpint(received_put(out, map, pages), ==, 0);
    qio_channel_io_seek(QIO_CHANNEL(buf), 0, SEEK_SET, NULL);
    buf->usage -= MIN(cut, buf->usage);
    in = qemu_file_new_input(QIO_CHANNEL(buf));
    ok = received_get(in, got, wanted, errp);
    qemu_fclose(in);
    qemu_fclose(out);
    object_unref(OBJECT(buf));
    return ok;
}

static void test_received(void)
{
    for (int i = 0; i < 300; i++) {
        uint64_t pages = g_test_rand_int_range(1, 1000);
        g_autofree unsigned long *map = bitmap_new(1024);
        g_autofree unsigned long *got = bitmap_new(1024);
        Error *err = NULL;

        for (uint64_t page = 0; page < pages; page++) {
            if (g_test_rand_bit()) {
                set_bit(page, map);
            }
        }
        g_assert_true(there_and_back(map, got, pages, pages, 0, &error_abort));
        g_assert_true(bitmap_equal(map, got, pages));
        g_assert_false(there_and_back(map, got, pages, pages,
                                      g_test_rand_int_range(1, 24), &err));
        g_assert_nonnull(strstr(error_get_pretty(err), "cannot be read"));
        error_free(g_steal_pointer(&err));
        g_assert_false(there_and_back(map, got, pages, pages + 64, 0, &err));
        g_assert_nonnull(strstr(error_get_pretty(err), "size mismatch"));
        error_free(err);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/page-requests/order", test_order);
    g_test_add_func("/page-requests/model", test_model);
    g_test_add_func("/received/there-and-back", test_received);
    return g_test_run();
}
