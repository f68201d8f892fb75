/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The half of the VNC server that talks to clients: see vnc-internal.h. */
#include "qemu/osdep.h"
#include <poll.h>
#include <rfb/rfb.h>
#include <rfb/rfbregion.h>
#include <sys/select.h>
#include "qemu/lockable.h"
#include "vnc-internal.h"

/* Tiles that are compared before they are sent. */
#define TILE 32
/* A client that says half a message gets so long for the rest. */
#define MAX_WAIT_MS 2000

typedef struct VncThread {
    VncShared *shared;
    rfbScreenInfo *screen;
    uint32_t *pixels; /* what clients have or get */
} VncThread;

void vnc_region_init(VncShared *s)
{
    s->dirty = sraRgnCreate();
}

void vnc_region_free(VncShared *s)
{
    sraRgnDestroy(s->dirty);
}

void vnc_mark(VncShared *s, int x, int y, int w, int h)
{
    sraRegionPtr rect = sraRgnCreateRect(x, y, x + w, y + h);

    sraRgnOr(s->dirty, rect);
    sraRgnDestroy(rect);
}

/*** Events for the other half. ***/

static void post(VncShared *s, VncEvent event)
{
    VncEvent *e = g_memdup2(&event, sizeof(event));

    while (qatomic_read(&s->num_events) > VNC_EVENTS_MAX &&
           event.kind != VNC_EVENT_GONE && !qatomic_read(&s->quit)) {
        g_usleep(1000); /* the machine is busy: so is the client, then */
    }
    WITH_QEMU_LOCK_GUARD(&s->events_lock) {
        QSIMPLEQ_INSERT_TAIL(&s->events, e, next);
        qatomic_inc(&s->num_events);
    }
    qemu_bh_schedule(s->bh);
}

static VncShared *shared_of(rfbClientRec *cl)
{
    return cl->screen->screenData;
}

static void on_key(rfbBool down, rfbKeySym keysym, rfbClientRec *cl)
{
    post(shared_of(cl), (VncEvent){ .kind = VNC_EVENT_KEY,
                                    .client = cl->clientData,
                                    .down = down,
                                    .keysym = keysym });
}

static void on_pointer(int buttons, int x, int y, rfbClientRec *cl)
{
    post(shared_of(cl), (VncEvent){ .kind = VNC_EVENT_POINTER,
                                    .client = cl->clientData,
                                    .x = x,
                                    .y = y,
                                    .buttons = buttons });
    rfbDefaultPtrAddEvent(buttons, x, y, cl);
}

static void on_gone(rfbClientRec *cl)
{
    post(shared_of(cl),
         (VncEvent){ .kind = VNC_EVENT_GONE, .client = cl->clientData });
}

/*** Passwords. ***/

static rfbBool check_password(rfbClientRec *cl, const char *response, int len)
{
    VncShared *s = shared_of(cl);
    uint8_t wanted[CHALLENGESIZE];
    bool ok = false;

    memcpy(wanted, cl->authChallenge, CHALLENGESIZE);
    qemu_mutex_lock(&s->lock);
    if (s->password && len == CHALLENGESIZE && time(NULL) < s->expires) {
        rfbEncryptBytes(wanted, s->password);
        ok = memcmp(wanted, response, CHALLENGESIZE) == 0;
    }
    qemu_mutex_unlock(&s->lock);
    return ok;
}

/*** The picture. ***/

/* Copies a tile if it differs. */
static void refresh_tile(VncThread *t, int x, int y, int w, int h)
{
    int stride = t->screen->width;
    bool same = true;

    for (int row = y; row < y + h; row++) {
        uint32_t *to = t->pixels + (size_t)row * stride + x;
        const uint32_t *from = t->shared->shadow + (size_t)row * stride + x;

        if (memcmp(to, from, w * sizeof(*to))) {
            memcpy(to, from, w * sizeof(*to));
            same = false;
        }
    }
    if (!same) {
        rfbMarkRectAsModified(t->screen, x, y, x + w, y + h);
    }
}

static void refresh_rect(VncThread *t, const sraRect *r)
{
    int right = MIN(r->x2, t->screen->width);
    int bottom = MIN(r->y2, t->screen->height);

    for (int y = r->y1; y < bottom; y += TILE) {
        for (int x = r->x1; x < right; x += TILE) {
            refresh_tile(t, x, y, MIN(TILE, right - x), MIN(TILE, bottom - y));
        }
    }
}

/* What has changed in the shadow comes to the picture; with the lock. */
static void refresh(VncThread *t)
{
    VncShared *s = t->shared;
    sraRectangleIterator *it;
    sraRect rect;

    if (s->width != t->screen->width || s->height != t->screen->height) {
        uint32_t *old = t->pixels;
        size_t size = (size_t)s->width * s->height * sizeof(uint32_t);

        t->pixels = g_memdup2(s->shadow, size);
        rfbNewFramebuffer(t->screen, (char *)t->pixels, s->width, s->height, 8,
                          3, 4);
        g_free(old);
        sraRgnMakeEmpty(s->dirty);
        return;
    }
    it = sraRgnGetIterator(s->dirty);
    while (sraRgnIteratorNext(it, &rect)) {
        refresh_rect(t, &rect);
    }
    sraRgnReleaseIterator(it);
    sraRgnMakeEmpty(s->dirty);
}

/*** Clients. ***/

static void add_client(VncThread *t, const VncNewSocket *n)
{
    rfbClientRec *cl;

    /* libvncserver has sets of descriptors, which end there. */
    if (n->fd >= FD_SETSIZE) {
        close(n->fd);
        post(t->shared,
             (VncEvent){ .kind = VNC_EVENT_GONE, .client = n->client });
        return;
    }
    cl = rfbNewClient(t->screen, n->fd);
    if (!cl) {
        post(t->shared,
             (VncEvent){ .kind = VNC_EVENT_GONE, .client = n->client });
        return;
    }
    cl->clientData = n->client;
    cl->clientGoneHook = on_gone;
}

/* Takes what the other half has put down; false: it is over. */
static bool look(VncThread *t)
{
    VncShared *s = t->shared;
    g_autoptr(GArray) sockets = NULL;
    bool quit;

    qemu_mutex_lock(&s->lock);
    quit = s->quit;
    sockets = s->sockets;
    s->sockets = g_array_new(false, false, sizeof(VncNewSocket));
    if (!quit) {
        refresh(t);
    }
    qemu_mutex_unlock(&s->lock);
    for (guint i = 0; i < sockets->len; i++) {
        VncNewSocket *n = &g_array_index(sockets, VncNewSocket, i);

        if (quit) {
            close(n->fd);
            post(s, (VncEvent){ .kind = VNC_EVENT_GONE, .client = n->client });
        } else {
            add_client(t, n);
        }
    }
    return !quit;
}

/* Whether something has changed where it asked: it may not ask for all. */
static bool is_owed(rfbClientRec *cl)
{
    sraRegion *region = sraRgnCreateRgn(cl->modifiedRegion);
    bool owed;

    sraRgnOr(region, cl->copyRegion);
    sraRgnAnd(region, cl->requestedRegion);
    owed = !sraRgnEmpty(region);
    sraRgnDestroy(region);
    return owed;
}

/* Sleeps until a client says something, or the other half does. */
static void wait_for_work(VncThread *t)
{
    g_autoptr(GArray) fds = g_array_new(false, true, sizeof(struct pollfd));
    struct pollfd p = { .fd = event_notifier_get_fd(&t->shared->wake),
                        .events = POLLIN };
    rfbClientIteratorPtr it = rfbGetClientIterator(t->screen);
    rfbClientRec *cl;
    int timeout = -1;

    g_array_append_val(fds, p);
    while ((cl = rfbClientIteratorNext(it))) {
        p.fd = cl->sock;
        if (cl->sock < 0) {
            timeout = 0; /* it is to be taken away */
        } else {
            g_array_append_val(fds, p);
        }
        if (is_owed(cl)) {
            timeout = 0; /* so far it was told another size alone */
        }
    }
    rfbReleaseClientIterator(it);
    poll(&g_array_index(fds, struct pollfd, 0), fds->len, timeout);
    event_notifier_test_and_clear(&t->shared->wake);
}

/* Clients that take part since the last time. */
static void tell_ready(VncThread *t)
{
    rfbClientIteratorPtr it = rfbGetClientIterator(t->screen);
    rfbClientRec *cl;

    while ((cl = rfbClientIteratorNext(it))) {
        VncClient *client = cl->clientData;

        if (client && cl->state == RFB_NORMAL && !client->ready) {
            client->ready = true;
            post(t->shared,
                 (VncEvent){ .kind = VNC_EVENT_READY, .client = client });
        }
    }
    rfbReleaseClientIterator(it);
}

/* With the lock. */
static rfbScreenInfo *make_screen(VncThread *t)
{
    VncShared *s = t->shared;
    rfbScreenInfo *screen =
        rfbGetScreen(NULL, NULL, s->width, s->height, 8, 3, 4);

    screen->screenData = s;
    screen->desktopName = s->name;
    screen->frameBuffer = (char *)t->pixels;
    screen->port = screen->ipv6port = 0; /* the other half listens */
    screen->autoPort = FALSE;
    screen->cursor = NULL;
    screen->kbdAddEvent = on_key;
    screen->ptrAddEvent = on_pointer;
    screen->deferUpdateTime = 0;
    screen->deferPtrUpdateTime = 0;
    screen->maxClientWait = MAX_WAIT_MS;
    screen->handleEventsEagerly = TRUE;
    screen->alwaysShared = s->shared;
    screen->neverShared = FALSE;
    screen->permitFileTransfer = FALSE;
    if (s->ask_password) {
        screen->authPasswdData = s; /* anything: it is asked for */
        screen->passwordCheck = check_password;
    }
    rfbInitServer(screen);
    return screen;
}

void *vnc_thread(void *opaque)
{
    VncThread t = { .shared = opaque };

    rfbLogEnable(FALSE);
    WITH_QEMU_LOCK_GUARD(&t.shared->lock) {
        t.pixels = g_new0(uint32_t, (size_t)t.shared->width * t.shared->height);
        t.screen = make_screen(&t);
    }
    while (look(&t)) {
        rfbProcessEvents(t.screen, 0);
        tell_ready(&t);
        wait_for_work(&t);
    }
    rfbShutdownServer(t.screen, TRUE);
    rfbScreenCleanup(t.screen);
    g_free(t.pixels);
    return NULL;
}
