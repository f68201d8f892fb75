/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * userfaultfd: this process is told when a thread of its own, or the kernel on
 * its behalf, touches a page that is missing or protected; that thread waits
 * until the page is there, or may be written.
 *
 * A descriptor is opened with the features that are wanted; ranges of memory
 * are registered with it; uffd_read_events() says who waits for what, and
 * copying, zeroing or unprotecting a page lets it go on. Addresses and lengths
 * are multiples of the host's page (of the mapping's, for huge pages). All
 * functions are for any thread, and return a negative errno value on failure;
 * they report nothing themselves.
 */
#ifndef USERFAULTFD_H
#define USERFAULTFD_H

#ifdef CONFIG_LINUX

#include <linux/userfaultfd.h>

/*
 * A descriptor without the handshake, with open()'s @flags: from
 * /dev/userfaultfd where that can be opened, otherwise by the system call,
 * which may need a privilege. The caller closes it.
 */
int uffd_open(int flags);
/* 0, and what the host's kernel offers: UFFD_FEATURE_* bits. */
int uffd_query_features(uint64_t *features);
/*
 * A descriptor with the UFFD_FEATURE_* bits of @features, for
 * uffd_close_fd(). @non_blocking makes uffd_read_events() return 0 at once
 * when there are none.
 */
int uffd_create_fd(uint64_t features, bool non_blocking);
void uffd_close_fd(int uffd_fd);

/*
 * Begins to watch @length bytes at @addr, for @mode: UFFDIO_REGISTER_MODE_*.
 * @ioctls, unless NULL, gets a bit for each operation that the memory there is
 * fit for: 1 << _UFFDIO_*.
 */
int uffd_register_memory(int uffd_fd, void *addr, uint64_t length,
                         uint64_t mode, uint64_t *ioctls);
/* Ends that, and wakes whoever waits there. */
int uffd_unregister_memory(int uffd_fd, void *addr, uint64_t length);

/* Forbids (@wp) or allows writing; who waits is woken unless @dont_wake. */
int uffd_change_protection(int uffd_fd, void *addr, uint64_t length, bool wp,
                           bool dont_wake);

/*
 * Puts a copy of @src_addr, or zeros, where no page is yet: at once, as seen
 * by other threads. -EEXIST if there is one. Wakes unless @dont_wake.
 */
int uffd_copy_page(int uffd_fd, void *dst_addr, void *src_addr,
                   uint64_t length, bool dont_wake);
int uffd_zero_page(int uffd_fd, void *addr, uint64_t length, bool dont_wake);
/* Wakes who waits there. */
int uffd_wakeup(int uffd_fd, void *addr, uint64_t length);

/* Reads at most @count events. How many they were, or 0 for none yet. */
int uffd_read_events(int uffd_fd, struct uffd_msg *msgs, int count);

#endif /* CONFIG_LINUX */

#endif
