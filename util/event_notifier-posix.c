/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EventNotifier on eventfd.
 */
#include "qemu/osdep.h"
#include <sys/eventfd.h>
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"

int event_notifier_init(EventNotifier *e, int active)
{
    int fd = eventfd(active ? 1 : 0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd < 0) {
        return -errno;
    }
    event_notifier_init_fd(e, fd);
    return 0;
}

void event_notifier_init_fd(EventNotifier *e, int fd)
{
    *e = (EventNotifier){ .rfd = fd, .wfd = fd, .initialized = true };
}

void event_notifier_cleanup(EventNotifier *e)
{
    if (!e->initialized) {
        return;
    }
    if (e->rfd != e->wfd) {
        close(e->wfd);
    }
    close(e->rfd);
    *e = (EventNotifier){ .rfd = -1, .wfd = -1 };
}

int event_notifier_get_fd(const EventNotifier *e)
{
    return e->rfd;
}

int event_notifier_get_wfd(const EventNotifier *e)
{
    return e->wfd;
}

int event_notifier_set(EventNotifier *e)
{
    static const uint64_t one = 1;

    if (!e->initialized) {
        return -1;
    }
    /* EAGAIN: the counter is at its end, which is as set as it can be. */
    if (RETRY_ON_EINTR(write(e->wfd, &one, sizeof(one))) < 0 &&
        errno != EAGAIN) {
        return -errno;
    }
    return 0;
}

int event_notifier_test_and_clear(EventNotifier *e)
{
    uint64_t count;

    if (!e->initialized) {
        return 0;
    }
    return RETRY_ON_EINTR(read(e->rfd, &count, sizeof(count))) > 0;
}

void event_notifier_set_handler(EventNotifier *e, EventNotifierHandler *handler)
{
    aio_set_event_notifier(iohandler_get_aio_context(), e, handler, NULL, NULL);
}
