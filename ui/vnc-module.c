/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VNC server, as a module: the half under the big lock (vnc-internal.h).
 * One VncDisplay is one -vnc.
 */
#include "qemu/osdep.h"
#include "crypto/secret.h"
#include "io/channel-socket.h"
#include "io/net-listener.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-events-ui.h"
#include "qapi/qapi-visit-sockets.h"
#include "qapi/qapi-visit-ui.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"
#include "system/system.h"
#include "vnc-internal.h"

#define BASE_PORT 5900
#define BACKLOG   32

typedef struct VncDisplay {
    char *id;
    char *device; /* display=, for query-vnc-servers */
    QIONetListener *listener;
    DisplayChangeListener dcl;
    DisplaySurface *surface;
    pixman_image_t *shadow; /* an image on shared.shadow */
    VncShared shared;
    QemuThread thread;
    QTAILQ_HEAD(, VncClient) clients;
    QTAILQ_ENTRY(VncDisplay) next;
} VncDisplay;

static QTAILQ_HEAD(, VncDisplay) servers = QTAILQ_HEAD_INITIALIZER(servers);

/*** The picture. ***/

static void vnc_refresh(DisplayChangeListener *dcl)
{
    graphic_hw_update(dcl->con);
}

static void vnc_update(DisplayChangeListener *dcl, int x, int y, int w, int h)
{
    VncDisplay *vd = container_of(dcl, VncDisplay, dcl);

    WITH_QEMU_LOCK_GUARD(&vd->shared.lock) {
        pixman_image_composite(PIXMAN_OP_SRC, vd->surface->image, NULL,
                               vd->shadow, x, y, 0, 0, x, y, w, h);
        vnc_mark(&vd->shared, x, y, w, h);
    }
    event_notifier_set(&vd->shared.wake);
}

/* Another shadow where the size has changed; with the lock. */
static void resize_shadow(VncDisplay *vd, int width, int height)
{
    VncShared *s = &vd->shared;

    if (s->shadow && s->width == width && s->height == height) {
        return;
    }
    qemu_pixman_image_unref(vd->shadow);
    g_free(s->shadow);
    s->shadow = g_new0(uint32_t, (size_t)width * height);
    s->width = width;
    s->height = height;
    vd->shadow = pixman_image_create_bits(PIXMAN_BE_r8g8b8x8, width, height,
                                          s->shadow, width * sizeof(uint32_t));
}

static void vnc_switch(DisplayChangeListener *dcl, DisplaySurface *surface)
{
    VncDisplay *vd = container_of(dcl, VncDisplay, dcl);

    QEMU_LOCK_GUARD(&vd->shared.lock);
    vd->surface = surface; /* all of it is updated next */
    resize_shadow(vd, surface_width(surface), surface_height(surface));
}

static const DisplayChangeListenerOps vnc_dcl_ops = {
    .dpy_name = "vnc",
    .dpy_refresh = vnc_refresh,
    .dpy_gfx_update = vnc_update,
    .dpy_gfx_switch = vnc_switch,
    .dpy_gfx_check_format = qemu_pixman_check_format,
};

/*** Clients: what the thread tells. ***/

static VncServerInfo *server_info(VncDisplay *vd);

static void release_keys(VncDisplay *vd, VncClient *c)
{
    for (int code = 0; code < Q_KEY_CODE__MAX; code++) {
        if (c->down[code]) {
            qemu_input_event_send_key_qcode(vd->dcl.con, code, false);
            c->down[code] = false;
        }
    }
}

/* Ctrl-Alt-1 shows the first console, and so on. */
static bool switch_console(VncDisplay *vd, VncClient *c, uint32_t keysym)
{
    bool ctrl = c->down[Q_KEY_CODE_CTRL] || c->down[Q_KEY_CODE_CTRL_R];
    bool alt = c->down[Q_KEY_CODE_ALT] || c->down[Q_KEY_CODE_ALT_R];
    QemuConsole *con;

    if (!ctrl || !alt || keysym < '1' || keysym > '9') {
        return false;
    }
    con = qemu_console_lookup_by_index(keysym - '1');
    if (con) {
        release_keys(vd, c);
        unregister_displaychangelistener(&vd->dcl);
        vd->dcl.con = con;
        register_displaychangelistener(&vd->dcl);
    }
    return true;
}

static void key_event(VncDisplay *vd, VncClient *c, const VncEvent *e)
{
    QKeyCode code = vnc_keysym_to_qcode(e->keysym);
    QemuConsole *con = vd->dcl.con;
    bool ctrl;

    if (e->down && switch_console(vd, c, e->keysym)) {
        return;
    }
    c->down[code] = e->down && code != Q_KEY_CODE_UNMAPPED;
    ctrl = c->down[Q_KEY_CODE_CTRL] || c->down[Q_KEY_CODE_CTRL_R];
    con = con ?: qemu_console_lookup_default();
    if (con && QEMU_IS_TEXT_CONSOLE(con)) {
        int text = vnc_keysym_to_text(e->keysym, ctrl);

        if (e->down && text) {
            qemu_text_console_put_keysym(QEMU_TEXT_CONSOLE(con), text);
        }
    } else if (code != Q_KEY_CODE_UNMAPPED) {
        qemu_input_event_send_key_qcode(vd->dcl.con, code, e->down);
    }
}

static void pointer_event(VncDisplay *vd, VncClient *c, const VncEvent *e)
{
    static uint32_t map[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = 1,        [INPUT_BUTTON_MIDDLE] = 2,
        [INPUT_BUTTON_RIGHT] = 4,       [INPUT_BUTTON_WHEEL_UP] = 8,
        [INPUT_BUTTON_WHEEL_DOWN] = 16,
    };
    QemuConsole *con = vd->dcl.con;

    qemu_input_update_buttons(con, map, c->buttons, e->buttons);
    if (qemu_input_is_absolute(con)) {
        qemu_input_queue_abs(con, INPUT_AXIS_X, e->x, 0, vd->shared.width);
        qemu_input_queue_abs(con, INPUT_AXIS_Y, e->y, 0, vd->shared.height);
    } else {
        qemu_input_queue_rel(con, INPUT_AXIS_X, e->x - c->x);
        qemu_input_queue_rel(con, INPUT_AXIS_Y, e->y - c->y);
    }
    qemu_input_event_sync();
    c->buttons = e->buttons;
    c->x = e->x;
    c->y = e->y;
}

static void client_free(VncClient *c)
{
    qapi_free_VncClientInfo(c->info);
    g_free(c);
}

static void client_gone(VncDisplay *vd, VncClient *c)
{
    VncServerInfo *server = server_info(vd);
    VncEvent up = { .x = c->x, .y = c->y };

    if (server) {
        qapi_event_send_vnc_disconnected(server, c->info);
        qapi_free_VncServerInfo(server);
    }
    release_keys(vd, c);
    if (c->buttons) {
        pointer_event(vd, c, &up);
    }
    QTAILQ_REMOVE(&vd->clients, c, next);
    client_free(c);
    if (QTAILQ_EMPTY(&vd->clients)) {
        unregister_displaychangelistener(&vd->dcl); /* nobody looks */
    }
}

static void client_ready(VncDisplay *vd, VncClient *c)
{
    VncServerInfo *server = server_info(vd);

    if (server) {
        qapi_event_send_vnc_initialized(server, c->info);
        qapi_free_VncServerInfo(server);
    }
}

/* NULL when there is none. */
static VncEvent *next_event(VncShared *s)
{
    VncEvent *e;

    QEMU_LOCK_GUARD(&s->events_lock);
    e = QSIMPLEQ_FIRST(&s->events);
    if (e) {
        QSIMPLEQ_REMOVE_HEAD(&s->events, next);
        qatomic_dec(&s->num_events);
    }
    return e;
}

static void take_events(void *opaque)
{
    VncDisplay *vd = opaque;
    VncEvent *e;

    /* Not more than there can be: others want the loop, too. */
    for (int i = 0; i < VNC_EVENTS_MAX; i++) {
        e = next_event(&vd->shared);
        if (!e) {
            return;
        }
        switch (e->kind) {
        case VNC_EVENT_READY:
            client_ready(vd, e->client);
            break;
        case VNC_EVENT_KEY:
            key_event(vd, e->client, e);
            break;
        case VNC_EVENT_POINTER:
            pointer_event(vd, e->client, e);
            break;
        case VNC_EVENT_GONE:
            client_gone(vd, e->client);
            break;
        }
        g_free(e);
    }
    qemu_bh_schedule(vd->shared.bh);
}

/*** Addresses. ***/

/* Fills @info with @addr; false: it is of a kind that clients cannot use. */
static bool fill_address(VncBasicInfo *info, const SocketAddress *addr)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        info->host = g_strdup(addr->u.inet.host);
        info->service = g_strdup(addr->u.inet.port);
        info->family = strchr(info->host, ':') ? NETWORK_ADDRESS_FAMILY_IPV6
                                               : NETWORK_ADDRESS_FAMILY_IPV4;
        return true;
    case SOCKET_ADDRESS_TYPE_UNIX:
        info->host = g_strdup("");
        info->service = g_strdup(addr->u.q_unix.path);
        info->family = NETWORK_ADDRESS_FAMILY_UNIX;
        return true;
    default:
        return false;
    }
}

static bool fill_local(VncBasicInfo *info, QIOChannelSocket *sioc)
{
    g_autoptr(SocketAddress) addr =
        qio_channel_socket_get_local_address(sioc, NULL);

    return addr && fill_address(info, addr);
}

static VncPrimaryAuth auth_of(const VncDisplay *vd)
{
    return vd->shared.ask_password ? VNC_PRIMARY_AUTH_VNC
                                   : VNC_PRIMARY_AUTH_NONE;
}

/* The first address, for events; NULL: there is none. */
static VncServerInfo *server_info(VncDisplay *vd)
{
    VncServerInfo *info = g_new0(VncServerInfo, 1);

    info->auth = g_strdup(VncPrimaryAuth_str(auth_of(vd)));
    if (!vd->listener->nsioc ||
        !fill_local(qapi_VncServerInfo_base(info), vd->listener->sioc[0])) {
        qapi_free_VncServerInfo(info);
        return NULL;
    }
    return info;
}

static VncInfo2List *vnc_query_servers(void)
{
    VncInfo2List *list = NULL, **tail = &list;
    VncDisplay *vd;
    VncClient *c;

    QTAILQ_FOREACH(vd, &servers, next) {
        VncInfo2 *info = g_new0(VncInfo2, 1);
        VncServerInfo2List **addresses = &info->server;
        VncClientInfoList **clients = &info->clients;

        info->id = g_strdup(vd->id);
        info->auth = auth_of(vd);
        info->display = g_strdup(vd->device);
        for (size_t i = 0; i < vd->listener->nsioc; i++) {
            VncServerInfo2 *one = g_new0(VncServerInfo2, 1);

            one->auth = info->auth;
            if (fill_local(qapi_VncServerInfo2_base(one),
                           vd->listener->sioc[i])) {
                QAPI_LIST_APPEND(addresses, one);
            } else {
                qapi_free_VncServerInfo2(one);
            }
        }
        QTAILQ_FOREACH(c, &vd->clients, next) {
            QAPI_LIST_APPEND(clients, QAPI_CLONE(VncClientInfo, c->info));
        }
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

/*** New clients. ***/

static void accept_client(QIONetListener *listener, QIOChannelSocket *sioc,
                          gpointer opaque)
{
    VncDisplay *vd = opaque;
    VncClient *c = g_new0(VncClient, 1);
    VncBasicInfo *base;
    g_autoptr(SocketAddress) remote =
        qio_channel_socket_get_remote_address(sioc, NULL);
    VncServerInfo *server = server_info(vd);
    VncNewSocket n = { .client = c };

    c->info = g_new0(VncClientInfo, 1);
    base = qapi_VncClientInfo_base(c->info);
    if (!remote || !fill_address(base, remote)) {
        base->host = g_strdup("");
        base->service = g_strdup("");
        base->family = NETWORK_ADDRESS_FAMILY_UNKNOWN;
    }
    n.fd = qemu_dup(sioc->fd);
    if (n.fd < 0) {
        client_free(c);
        qapi_free_VncServerInfo(server);
        return;
    }
    if (server) {
        qapi_event_send_vnc_connected(server, base);
        qapi_free_VncServerInfo(server);
    }
    if (QTAILQ_EMPTY(&vd->clients)) {
        register_displaychangelistener(&vd->dcl);
    }
    QTAILQ_INSERT_TAIL(&vd->clients, c, next);
    WITH_QEMU_LOCK_GUARD(&vd->shared.lock) {
        g_array_append_val(vd->shared.sockets, n);
    }
    event_notifier_set(&vd->shared.wake);
}

/*** -vnc. ***/

/* "HOST:DISPLAY" or "unix:PATH". NULL with @errp set. */
static SocketAddress *parse_address(QemuOpts *opts, Error **errp)
{
    const char *text = qemu_opt_get(opts, "vnc"), *path, *colon;
    g_autoptr(SocketAddress) addr = g_new0(SocketAddress, 1);
    InetSocketAddress *inet = &addr->u.inet;
    int display;

    if (strstart(text, "unix:", &path)) {
        addr->type = SOCKET_ADDRESS_TYPE_UNIX;
        addr->u.q_unix.path = g_strdup(path);
        return g_steal_pointer(&addr);
    }
    addr->type = SOCKET_ADDRESS_TYPE_INET;
    colon = strrchr(text, ':');
    if (!colon) {
        error_setg(errp, "no vnc port specified");
        return NULL;
    }
    if (!colon[1]) {
        error_setg(errp, "vnc port cannot be empty");
        return NULL;
    }
    if (qemu_strtoi(colon + 1, NULL, 10, &display) < 0) {
        error_setg(errp, "can't convert to a number: %s", colon + 1);
        return NULL;
    }
    if (display < 0 || display > 65535 - BASE_PORT) {
        error_setg(errp, "port %s out of range", colon + 1);
        return NULL;
    }
    inet->host = *text == '[' && colon[-1] == ']'
                     ? g_strndup(text + 1, colon - text - 2)
                     : g_strndup(text, colon - text);
    inet->port = g_strdup_printf("%d", display + BASE_PORT);
    inet->has_to = qemu_opt_get(opts, "to") != NULL;
    inet->to = BASE_PORT + qemu_opt_get_number(opts, "to", 0);
    inet->has_ipv4 = qemu_opt_get(opts, "ipv4") != NULL;
    inet->ipv4 = qemu_opt_get_bool(opts, "ipv4", false);
    inet->has_ipv6 = qemu_opt_get(opts, "ipv6") != NULL;
    inet->ipv6 = qemu_opt_get_bool(opts, "ipv6", false);
    return g_steal_pointer(&addr);
}

static bool set_share(VncDisplay *vd, const char *share, Error **errp)
{
    if (!share || !strcmp(share, "allow-exclusive")) {
        return true;
    }
    if (strcmp(share, "force-shared") && strcmp(share, "ignore")) {
        error_setg(errp, "unknown vnc share= option");
        return false;
    }
    vd->shared.shared = true;
    return true;
}

static bool set_up_password(VncDisplay *vd, QemuOpts *opts, Error **errp)
{
    const char *secret = qemu_opt_get(opts, "password-secret");
    bool password = qemu_opt_get_bool(opts, "password", false);

    if (secret) {
        if (qemu_opt_get(opts, "password")) {
            error_setg(errp, "'password' flag is redundant with "
                             "'password-secret'");
            return false;
        }
        vd->shared.password = qcrypto_secret_lookup_as_utf8(secret, errp);
        if (!vd->shared.password) {
            return false;
        }
    }
    vd->shared.ask_password = password || secret;
    vd->shared.expires = TIME_MAX;
    return true;
}

static bool set_console(VncDisplay *vd, QemuOpts *opts, Error **errp)
{
    const char *device = qemu_opt_get(opts, "display");

    if (!device) {
        return true;
    }
    vd->dcl.con = qemu_console_lookup_by_device_name(
        device, qemu_opt_get_number(opts, "head", 0), errp);
    vd->device = g_strdup(device);
    return vd->dcl.con != NULL;
}

static void display_free(VncDisplay *vd)
{
    VncShared *s = &vd->shared;
    VncEvent *e;

    qio_net_listener_disconnect(vd->listener);
    object_unref(OBJECT(vd->listener));
    qemu_pixman_image_unref(vd->shadow);
    g_free(s->shadow);
    g_array_free(s->sockets, true);
    while ((e = next_event(s))) {
        g_free(e);
    }
    qemu_mutex_destroy(&s->events_lock);
    vnc_region_free(s);
    g_free(s->password);
    g_free(s->name);
    qemu_mutex_destroy(&s->lock);
    g_free(vd->device);
    g_free(vd->id);
    g_free(vd);
}

static void start_thread(VncDisplay *vd)
{
    VncShared *s = &vd->shared;
    int width = qemu_console_get_width(vd->dcl.con, 640);
    int height = qemu_console_get_height(vd->dcl.con, 480);

    resize_shadow(vd, width, height);
    s->name =
        qemu_name ? g_strdup_printf("QEMU (%s)", qemu_name) : g_strdup("QEMU");
    s->bh = qemu_bh_new(take_events, vd);
    qemu_thread_create(&vd->thread, "vnc", vnc_thread, s, QEMU_THREAD_JOINABLE);
}

static bool vnc_open(QemuOpts *opts, Error **errp)
{
    g_autoptr(SocketAddress) addr = parse_address(opts, errp);
    VncDisplay *vd;
    VncShared *s;
    int ret;

    if (!addr) {
        return false;
    }
    vd = g_new0(VncDisplay, 1);
    s = &vd->shared;
    vd->id = g_strdup(qemu_opts_id(opts));
    vd->dcl.ops = &vnc_dcl_ops;
    QTAILQ_INIT(&vd->clients);
    qemu_mutex_init(&s->lock);
    s->sockets = g_array_new(false, false, sizeof(VncNewSocket));
    qemu_mutex_init(&s->events_lock);
    QSIMPLEQ_INIT(&s->events);
    vnc_region_init(s);
    vd->listener = qio_net_listener_new();
    qio_net_listener_set_name(vd->listener, "vnc-listen");
    if (!set_share(vd, qemu_opt_get(opts, "share"), errp) ||
        !set_up_password(vd, opts, errp) || !set_console(vd, opts, errp) ||
        qio_net_listener_open_sync(vd->listener, addr, BACKLOG, errp) < 0) {
        display_free(vd);
        return false;
    }
    ret = event_notifier_init(&s->wake, false);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "vnc: cannot make an event notifier");
        display_free(vd);
        return false;
    }
    QTAILQ_INSERT_TAIL(&servers, vd, next);
    start_thread(vd);
    qio_net_listener_set_client_func(vd->listener, accept_client, vd, NULL);
    return true;
}

/*** What the monitor asks. ***/

static VncDisplay *find_server(const char *id)
{
    VncDisplay *vd;

    QTAILQ_FOREACH(vd, &servers, next) {
        if (!id || !strcmp(id, vd->id)) {
            return vd;
        }
    }
    return NULL;
}

static int vnc_set_password(const char *id, const char *password)
{
    VncDisplay *vd = find_server(id);

    if (!vd || !vd->shared.ask_password) {
        return -EINVAL;
    }
    QEMU_LOCK_GUARD(&vd->shared.lock);
    g_free(vd->shared.password);
    vd->shared.password = g_strdup(password);
    return 0;
}

static int vnc_set_expiry(const char *id, time_t expires)
{
    VncDisplay *vd = find_server(id);

    if (!vd) {
        return -EINVAL;
    }
    QEMU_LOCK_GUARD(&vd->shared.lock);
    vd->shared.expires = expires;
    return 0;
}

static void close_server(VncDisplay *vd)
{
    VncClient *c, *after;

    qio_net_listener_set_client_func(vd->listener, NULL, NULL, NULL);
    WITH_QEMU_LOCK_GUARD(&vd->shared.lock) {
        qatomic_set(&vd->shared.quit, true);
    }
    event_notifier_set(&vd->shared.wake);
    qemu_thread_join(&vd->thread);
    qemu_bh_delete(vd->shared.bh);
    unregister_displaychangelistener(&vd->dcl);
    QTAILQ_FOREACH_SAFE(c, &vd->clients, next, after) {
        client_free(c);
    }
    event_notifier_cleanup(&vd->shared.wake);
    QTAILQ_REMOVE(&servers, vd, next);
    display_free(vd);
}

static void vnc_close_all(void)
{
    while (!QTAILQ_EMPTY(&servers)) {
        close_server(QTAILQ_FIRST(&servers));
    }
}

static const VncModuleOps vnc_ops = {
    .open = vnc_open,
    .set_password = vnc_set_password,
    .set_expiry = vnc_set_expiry,
    .query_servers = vnc_query_servers,
    .close_all = vnc_close_all,
};

static void vnc_register(void)
{
    vnc_module_register(&vnc_ops);
}

type_init(vnc_register);
