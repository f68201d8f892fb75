/* SPDX-License-Identifier: GPL-2.0-or-later */
/* userfaultfd: pages that come, and pages that are protected. */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/mman.h>
#include "qemu/thread.h"
#include "qemu/userfaultfd.h"

#define PAGES 8

static uint8_t *memory;
static size_t page;

static void *touch(void *opaque)
{
    volatile uint8_t *at = opaque;

    *at += 1;
    return NULL;
}

static int open_with(uint64_t features, uint64_t mode, uint64_t operation)
{
    uint64_t there, ioctls = 0;
    int fd, ret = uffd_query_features(&there);

    if (ret < 0 || (there & features) != features) {
        g_test_skip("the host has no such userfaultfd, or not for us");
        return -1;
    }
    fd = uffd_create_fd(features, true);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    ret = uffd_register_memory(fd, memory, PAGES * page, mode, &ioctls);
    g_assert_cmpint(ret, ==, 0);
    g_assert_cmpint(ioctls >> operation & 1, ==, 1);
    return fd;
}

/* Waits for the one fault that is on its way. */
static struct uffd_msg next_fault(int fd)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    struct uffd_msg msg[2];

    g_assert_cmpint(poll(&ready, 1, 60000), ==, 1);
    g_assert_cmpint(uffd_read_events(fd, msg, 2), ==, 1);
    g_assert_cmpint(msg[0].event, ==, UFFD_EVENT_PAGEFAULT);
    return msg[0];
}

static void map(void)
{
    memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    g_assert(memory != MAP_FAILED);
}

static void unmap(void)
{
    munmap(memory, PAGES * page);
}

static void test_missing(void)
{
    g_autofree uint8_t *source = g_malloc0(page);
    struct uffd_msg msg;
    QemuThread thread;
    int fd;

    map();
    fd = open_with(0, UFFDIO_REGISTER_MODE_MISSING, _UFFDIO_COPY);
    if (fd < 0) {
        unmap();
        return;
    }
    g_assert_cmpint(uffd_read_events(fd, &msg, 1), ==, 0);
    qemu_thread_create(&thread, "touch", touch, memory + 3 * page + 5,
                       QEMU_THREAD_JOINABLE);
    msg = next_fault(fd);
    g_assert_cmpint(msg.arg.pagefault.address & -page, ==,
                    (uintptr_t)memory + 3 * page);
    source[5] = 41;
    g_assert_cmpint(uffd_copy_page(fd, memory + 3 * page, source, page, true),
                    ==, 0);
    /* It has come, but who waits does not know yet. */
    g_assert_cmpint(uffd_wakeup(fd, memory + 3 * page, page), ==, 0);
    qemu_thread_join(&thread);
    g_assert_cmpint(memory[3 * page + 5], ==, 42);

    g_assert_cmpint(uffd_copy_page(fd, memory + 3 * page, source, page, false),
                    ==, -EEXIST);
    g_assert_cmpint(uffd_zero_page(fd, memory, page, false), ==, 0);
    g_assert_cmpint(memory[0], ==, 0);
    g_assert_cmpint(uffd_zero_page(fd, memory, page, false), ==, -EEXIST);
    g_assert_cmpint(uffd_unregister_memory(fd, memory, PAGES * page), ==, 0);
    g_assert_cmpint(memory[7 * page], ==, 0); /* by the kernel alone */
    uffd_close_fd(fd);
    unmap();
}

static void test_protected(void)
{
    struct uffd_msg msg;
    QemuThread thread;
    int fd;

    map();
    memset(memory, 7, PAGES * page);
    fd = open_with(UFFD_FEATURE_PAGEFAULT_FLAG_WP, UFFDIO_REGISTER_MODE_WP,
                   _UFFDIO_WRITEPROTECT);
    if (fd < 0) {
        unmap();
        return;
    }
    g_assert_cmpint(
        uffd_change_protection(fd, memory, PAGES * page, true, false), ==, 0);
    g_assert_cmpint(memory[page], ==, 7); /* reading is not forbidden */
    g_assert_cmpint(uffd_read_events(fd, &msg, 1), ==, 0);

    qemu_thread_create(&thread, "touch", touch, memory + page,
                       QEMU_THREAD_JOINABLE);
    msg = next_fault(fd);
    g_assert(msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP);
    g_assert_cmpint(memory[page], ==, 7);
    g_assert_cmpint(
        uffd_change_protection(fd, memory + page, page, false, false), ==, 0);
    qemu_thread_join(&thread);
    g_assert_cmpint(memory[page], ==, 8);

    g_assert_cmpint(uffd_change_protection(fd, memory + 1, page, true, false),
                    ==, -EINVAL);
    uffd_close_fd(fd); /* which ends all protection */
    memory[2 * page] = 9;
    unmap();
}

int main(int argc, char **argv)
{
    page = qemu_real_host_page_size();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/userfaultfd/missing", test_missing);
    g_test_add_func("/userfaultfd/protected", test_protected);
    return g_test_run();
}
