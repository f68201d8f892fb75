/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions of RAM for tests: an owner, a region on the heap, its end. */
#ifndef TESTS_RAM_HELPERS_H
#define TESTS_RAM_HELPERS_H

#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

#define TYPE_RAM_OWNER "test-ram-owner"

static Object *owner;

/*
 * The reclaim thread is there from now on: what it maps first does not take the
 * place of memory that a test sees go.
 */
static void start_reclaim_thread(void)
{
    struct {
        struct rcu_head rcu;
    } *dummy = g_malloc(sizeof(*dummy));

    g_free_rcu(dummy, rcu);
    drain_call_rcu();
}

static void ram_helpers_init(void)
{
    static const TypeInfo info = {
        .name = TYPE_RAM_OWNER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
    };

    module_call_init(MODULE_INIT_QOM);
    type_register_static(&info);
    owner = object_new(TYPE_RAM_OWNER);
    bql_lock();
    start_reclaim_thread();
}

static inline MemoryRegion *region_new(void)
{
    return g_new0(MemoryRegion, 1);
}

/* Ends @mr and frees it, once nobody can see its block. */
static inline void region_end(MemoryRegion *mr)
{
    object_unparent(OBJECT(mr));
    drain_call_rcu();
    g_free(mr);
}

/* Whether page @ptr is mapped; and is in memory. */
static inline bool is_mapped(void *ptr)
{
    unsigned char vec;

    return mincore(QEMU_ALIGN_PTR_DOWN(ptr, qemu_real_host_page_size()), 1,
                   &vec) == 0;
}

static inline size_t resident_pages(void *ptr, size_t size)
{
    size_t pages = size / qemu_real_host_page_size(), n = 0;
    g_autofree unsigned char *vec = g_malloc(pages);

    g_assert_cmpint(mincore(ptr, size, vec), ==, 0);
    for (size_t i = 0; i < pages; i++) {
        n += vec[i] & 1;
    }
    return n;
}

/* A file with a name of its own in the temporary directory, of @size bytes. */
static inline char *temp_file(off_t size, int *fdp)
{
    char *path;
    int fd = g_file_open_tmp("plateau-ram-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, size), ==, 0);
    if (fdp) {
        *fdp = fd;
    } else {
        close(fd);
    }
    return path;
}

/* That @err says @text, and its end. */
static inline void expect_error(Error *err, const char *text)
{
    g_assert_nonnull(err);
    if (!strstr(error_get_pretty(err), text)) {
        g_test_message("got: %s", error_get_pretty(err));
        g_test_message("expected: %s", text);
        g_test_fail();
    }
    error_free(err);
}

#endif
