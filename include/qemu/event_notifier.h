/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flag with a file descriptor: setting it makes the descriptor readable.
 *
 * An eventfd, so that KVM, vhost and other processes can set it too. Setting
 * is possible from any thread and from signal handlers. To be called when it
 * is set: event_notifier_set_handler() in qemu/main-loop.h.
 */
#ifndef QEMU_EVENT_NOTIFIER_H
#define QEMU_EVENT_NOTIFIER_H

struct EventNotifier {
    /*< private >*/
    int rfd;
    int wfd;
    bool initialized;
};

typedef void EventNotifierHandler(EventNotifier *);

/* Opens it, set if @active. 0 or a negative errno. */
int event_notifier_init(EventNotifier *e, int active);
/* Closes it; does nothing if it is not open. */
void event_notifier_cleanup(EventNotifier *e);
/* Sets it. 0 or a negative errno. */
int event_notifier_set(EventNotifier *e);
/* Clears it; 1 if it was set, 0 if not. */
int event_notifier_test_and_clear(EventNotifier *e);

/* Uses an eventfd from elsewhere, which it owns from then on. */
void event_notifier_init_fd(EventNotifier *e, int fd);
/* The descriptor to wait on; the one to write to. */
int event_notifier_get_fd(const EventNotifier *e);
int event_notifier_get_wfd(const EventNotifier *e);

#endif
