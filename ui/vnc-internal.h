/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VNC server, in two halves. vnc-module.c runs under the big lock: it
 * listens, draws what has changed into a picture of its own (`shadow'), and
 * gives keys and moves to the guest. vnc-thread.c is a thread that talks to
 * clients through libvncserver, which may wait for them: it must never make the
 * machine wait. Between the two stand struct VncShared, under its lock, and a
 * queue of events.
 */
#ifndef UI_VNC_INTERNAL_H
#define UI_VNC_INTERNAL_H

#include "block/aio.h"
#include "qemu/event_notifier.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "ui/console.h"

struct sraRegion;

/* A client as the first half knows it. */
typedef struct VncClient {
    VncClientInfo *info;
    bool ready; /* it has proven who it is */
    bool down[Q_KEY_CODE__MAX];
    unsigned buttons;
    int x, y;
    QTAILQ_ENTRY(VncClient) next;
} VncClient;

typedef enum VncEventKind {
    VNC_EVENT_READY,
    VNC_EVENT_KEY,
    VNC_EVENT_POINTER,
    VNC_EVENT_GONE, /* the last one of a client */
} VncEventKind;

typedef struct VncEvent {
    VncEventKind kind;
    VncClient *client;
    bool down;
    uint32_t keysym; /* of X11 */
    int x, y;
    unsigned buttons;
    QSIMPLEQ_ENTRY(VncEvent) next;
} VncEvent;

/* More than that wait for the machine: clients wait, too. */
#define VNC_EVENTS_MAX 1000

/* Where the two halves meet. */
typedef struct VncShared {
    QemuMutex lock; /* of all up to `events_lock' */
    uint32_t *shadow; /* rows follow each other: bytes red, green, blue, 0 */
    int width, height;
    struct sraRegion *dirty; /* what differs from what clients have */
    GArray *sockets;         /* VncNewSocket: of new clients */
    char *password;          /* NULL: nobody gets in */
    time_t expires;
    bool quit;

    bool ask_password, shared; /* set before the thread starts */
    char *name;
    QemuMutex events_lock;
    QSIMPLEQ_HEAD(, VncEvent) events;
    unsigned num_events;
    QEMUBH *bh;          /* takes them */
    EventNotifier wake;  /* the thread has to look */
} VncShared;

typedef struct VncNewSocket {
    int fd;
    VncClient *client;
} VncNewSocket;

/* The thread; @opaque is the VncShared. Ends at `quit'. */
void *vnc_thread(void *opaque);

/* The region [@x, @x + @w) times [@y, @y + @h) has changed; with the lock. */
void vnc_mark(VncShared *s, int x, int y, int w, int h);
void vnc_region_init(VncShared *s);
void vnc_region_free(VncShared *s);

/* The key that makes @keysym on a US keyboard; Q_KEY_CODE_UNMAPPED: none. */
QKeyCode vnc_keysym_to_qcode(uint32_t keysym);
/* What a text console gets for it (QEMU_KEY_*, Unicode); 0: nothing. */
int vnc_keysym_to_text(uint32_t keysym, bool ctrl);

#endif
