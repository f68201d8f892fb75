/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What users write: -chardev options, and the short forms of -serial,
 * -monitor and their like, which are turned into the options first.
 */
#include "qemu/osdep.h"
#include "chardev-internal.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "system/system.h"

QemuOptsList qemu_chardev_opts = {
    .name = "chardev",
    .implied_opt_name = "backend",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_chardev_opts.head),
    .desc = { { .name = "backend", .type = QEMU_OPT_STRING },
              { .name = "path", .type = QEMU_OPT_STRING },
              { .name = "input-path", .type = QEMU_OPT_STRING },
              { .name = "host", .type = QEMU_OPT_STRING },
              { .name = "port", .type = QEMU_OPT_STRING },
              { .name = "fd", .type = QEMU_OPT_STRING },
              { .name = "localaddr", .type = QEMU_OPT_STRING },
              { .name = "localport", .type = QEMU_OPT_STRING },
              { .name = "to", .type = QEMU_OPT_NUMBER },
              { .name = "ipv4", .type = QEMU_OPT_BOOL },
              { .name = "ipv6", .type = QEMU_OPT_BOOL },
              { .name = "wait", .type = QEMU_OPT_BOOL },
              { .name = "server", .type = QEMU_OPT_BOOL },
              { .name = "delay", .type = QEMU_OPT_BOOL },
              { .name = "nodelay", .type = QEMU_OPT_BOOL },
              { .name = "reconnect", .type = QEMU_OPT_NUMBER },
              { .name = "reconnect-ms", .type = QEMU_OPT_NUMBER },
              { .name = "telnet", .type = QEMU_OPT_BOOL },
              { .name = "tn3270", .type = QEMU_OPT_BOOL },
              { .name = "tls-creds", .type = QEMU_OPT_STRING },
              { .name = "tls-authz", .type = QEMU_OPT_STRING },
              { .name = "websocket", .type = QEMU_OPT_BOOL },
              { .name = "width", .type = QEMU_OPT_NUMBER },
              { .name = "height", .type = QEMU_OPT_NUMBER },
              { .name = "cols", .type = QEMU_OPT_NUMBER },
              { .name = "rows", .type = QEMU_OPT_NUMBER },
              { .name = "mux", .type = QEMU_OPT_BOOL },
              { .name = "signal", .type = QEMU_OPT_BOOL },
              { .name = "name", .type = QEMU_OPT_STRING },
              { .name = "debug", .type = QEMU_OPT_NUMBER },
              { .name = "size", .type = QEMU_OPT_SIZE },
              { .name = "chardev", .type = QEMU_OPT_STRING },
              /* As many as a hub has places (MAX_HUB) */
              { .name = "chardevs.0", .type = QEMU_OPT_STRING },
              { .name = "chardevs.1", .type = QEMU_OPT_STRING },
              { .name = "chardevs.2", .type = QEMU_OPT_STRING },
              { .name = "chardevs.3", .type = QEMU_OPT_STRING },
              { .name = "append", .type = QEMU_OPT_BOOL },
              { .name = "logfile", .type = QEMU_OPT_STRING },
              { .name = "logappend", .type = QEMU_OPT_BOOL },
              { .name = "mouse", .type = QEMU_OPT_BOOL },
              { .name = "clipboard", .type = QEMU_OPT_BOOL },
              { .name = "tight", .type = QEMU_OPT_BOOL, .def_value_str = "on" },
              { .name = "abstract", .type = QEMU_OPT_BOOL },
              { /* end of list */ } },
};

static void (*mux_monitor_hook)(Chardev *chr, bool use_readline, Error **errp);

void qemu_chr_set_mux_monitor_hook(void (*monitor_init_hmp)(Chardev *chr,
                                                            bool use_readline,
                                                            Error **errp))
{
    mux_monitor_hook = monitor_init_hmp;
}

bool chardev_mux_monitor(Chardev *chr, Error **errp)
{
    Error *err = NULL;

    if (!mux_monitor_hook) {
        error_setg(errp, "'%s' cannot have a monitor: there is none here",
                   chr->label);
        return false;
    }
    mux_monitor_hook(chr, true, &err);
    if (err) {
        error_propagate(errp, err);
        return false;
    }
    return true;
}

/* ---- The short forms ---- */

/*
 * Splits "HOST:PORT" off @p; the host may be empty or in square brackets, the
 * port ends at one of @stop. Returns what follows it, or NULL.
 */
static const char *split_host_port(const char *p, const char *stop, char **host,
                                   char **port)
{
    size_t hostlen, portlen;
    const char *name = p;

    if (*p == '[' && strchr(p, ']')) {
        name = p + 1;
        hostlen = strcspn(name, "]");
        p = name + hostlen + 1;
    } else {
        hostlen = strcspn(p, ":");
        p += hostlen;
    }
    if (*p != ':' || hostlen > 64) {
        return NULL;
    }
    portlen = strcspn(++p, stop);
    if (!portlen || portlen > 32) {
        return NULL;
    }
    *host = g_strndup(name, hostlen);
    *port = g_strndup(p, portlen);
    return p + portlen;
}

static void opt_set(QemuOpts *opts, const char *name, const char *value)
{
    qemu_opt_set(opts, name, value, &error_abort);
}

static bool compat_tcp(QemuOpts *opts, const char *p, const char *mode,
                       Error **errp)
{
    g_autofree char *host = NULL, *port = NULL;
    const char *rest = split_host_port(p, ",", &host, &port);

    if (!rest) {
        error_setg(errp, "'%s' is not an address; expected HOST:PORT", p);
        return false;
    }
    opt_set(opts, "backend", "socket");
    opt_set(opts, "host", host);
    opt_set(opts, "port", port);
    if (mode) {
        opt_set(opts, mode, "on");
    }
    return !*rest || qemu_opts_do_parse(opts, rest + 1, NULL, errp);
}

static bool compat_udp(QemuOpts *opts, const char *p, Error **errp)
{
    g_autofree char *host = NULL, *port = NULL;
    g_autofree char *localhost = NULL, *localport = NULL;
    const char *rest = split_host_port(p, "@,", &host, &port);

    if (rest && *rest == '@') {
        rest = split_host_port(rest + 1, ",", &localhost, &localport);
    }
    if (!rest) {
        error_setg(errp,
                   "'%s' is not an address; expected "
                   "[HOST]:PORT[@[LOCALHOST]:LOCALPORT]",
                   p);
        return false;
    }
    opt_set(opts, "backend", "udp");
    opt_set(opts, "host", host);
    opt_set(opts, "port", port);
    if (localport) {
        opt_set(opts, "localaddr", localhost);
        opt_set(opts, "localport", localport);
    }
    return true;
}

static bool compat_vc(QemuOpts *opts, const char *p, Error **errp)
{
    int width, height, end = 0;
    const char *names[] = { "width", "height" };
    g_autofree char *w = NULL, *h = NULL;

    opt_set(opts, "backend", "vc");
    if (!*p) {
        return true;
    }
    if (sscanf(p, ":%dCx%dC%n", &width, &height, &end) == 2 && end) {
        names[0] = "cols";
        names[1] = "rows";
    } else if (sscanf(p, ":%dx%d%n", &width, &height, &end) != 2 || !end) {
        end = 0;
    }
    if (!end || p[end] || width < 0 || height < 0) {
        error_setg(errp,
                   "'vc%s' has no valid size; expected vc:WxH or "
                   "vc:WCxHC",
                   p);
        return false;
    }
    w = g_strdup_printf("%d", width);
    h = g_strdup_printf("%d", height);
    opt_set(opts, names[0], w);
    opt_set(opts, names[1], h);
    return true;
}

static bool compat_path(QemuOpts *opts, const char *backend, const char *path)
{
    opt_set(opts, "backend", backend);
    opt_set(opts, "path", path);
    return true;
}

static bool parse_compat(QemuOpts *opts, const char *filename, Error **errp)
{
    static const char *const plain[] = { "null",     "pty",     "msmouse",
                                         "wctablet", "braille", "testdev",
                                         "stdio" };
    static const struct {
        const char *prefix, *mode;
    } tcp[] = {
        { "tcp:", NULL },
        { "telnet:", "telnet" },
        { "tn3270:", "tn3270" },
        { "websocket:", "websocket" },
    };
    const char *p;

    for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
        if (strcmp(filename, plain[i]) == 0) {
            opt_set(opts, "backend", filename);
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(tcp); i++) {
        if (strstart(filename, tcp[i].prefix, &p)) {
            return compat_tcp(opts, p, tcp[i].mode, errp);
        }
    }
    if (strcmp(filename, "vc") == 0 || strstart(filename, "vc:", NULL)) {
        return compat_vc(opts, filename + 2, errp);
    }
    if (strcmp(filename, "con:") == 0) {
        opt_set(opts, "backend", "console");
        return true;
    }
    if (strstart(filename, "COM", NULL)) {
        return compat_path(opts, "serial", filename);
    }
    if (strstart(filename, "file:", &p)) {
        return compat_path(opts, "file", p);
    }
    if (strstart(filename, "pipe:", &p)) {
        return compat_path(opts, "pipe", p);
    }
    if (strstart(filename, "pty:", &p)) {
        return compat_path(opts, "pty", p);
    }
    if (strstart(filename, "udp:", &p)) {
        return compat_udp(opts, p, errp);
    }
    if (strstart(filename, "unix:", &p)) {
        opt_set(opts, "backend", "socket");
        return qemu_opts_do_parse(opts, p, "path", errp);
    }
    if (strstart(filename, "/dev/parport", NULL) ||
        strstart(filename, "/dev/ppi", NULL)) {
        return compat_path(opts, "parallel", filename);
    }
    if (strstart(filename, "/dev/", NULL)) {
        return compat_path(opts, "serial", filename);
    }
    error_setg(errp, "'%s' is not a valid char driver", filename);
    return false;
}

QemuOpts *qemu_chr_parse_compat(const char *label, const char *filename,
                                bool permit_mux_mon)
{
    Error *err = NULL;
    const char *p;
    QemuOpts *opts =
        qemu_opts_create(qemu_find_opts("chardev"), label, 1, &err);

    if (!opts) {
        error_report_err(err);
        return NULL;
    }
    if (strstart(filename, "mon:", &p)) {
        if (!permit_mux_mon) {
            error_report("mon: isn't supported in this context");
            qemu_opts_del(opts);
            return NULL;
        }
        filename = p;
        opt_set(opts, "mux", "on");
        if (strcmp(filename, "stdio") == 0) {
            /* Ctrl-C is for the guest; C-a x ends the emulator. */
            opt_set(opts, "signal", "off");
        }
    }
    if (!parse_compat(opts, filename, &err)) {
        error_report_err(err);
        qemu_opts_del(opts);
        return NULL;
    }
    return opts;
}

/* ---- Options to a device ---- */

void qemu_chr_parse_common(QemuOpts *opts, ChardevCommon *backend)
{
    const char *logfile = qemu_opt_get(opts, "logfile");

    backend->logfile = g_strdup(logfile);
    backend->has_logappend = true;
    backend->logappend = qemu_opt_get_bool(opts, "logappend", false);
}

ChardevBackend *qemu_chr_parse_opts(QemuOpts *opts, Error **errp)
{
    const char *name = qemu_opt_get(opts, "backend");
    const ChardevClass *cc;
    ChardevBackend *backend;
    Error *err = NULL;

    if (!name) {
        error_setg(errp, "chardev: \"%s\" missing backend", qemu_opts_id(opts));
        return NULL;
    }
    cc = char_get_class(name, errp);
    if (!cc) {
        return NULL;
    }

    backend = g_new0(ChardevBackend, 1);
    backend->type = CHARDEV_BACKEND_KIND_NULL;
    if (cc->parse) {
        cc->parse(opts, backend, &err);
        if (err) {
            error_propagate(errp, err);
            qapi_free_ChardevBackend(backend);
            return NULL;
        }
    } else {
        backend->u.null.data = g_new0(ChardevCommon, 1);
        qemu_chr_parse_common(opts, backend->u.null.data);
    }
    return backend;
}

static void print_kinds(void)
{
    g_auto(GStrv) kinds = chardev_kinds();

    qemu_printf("Available chardev backend types: ");
    for (char **kind = kinds; *kind; kind++) {
        qemu_printf("\n  %s", *kind);
    }
    qemu_printf("\n");
}

/* A mux with the label @id on top of @bid. */
static Chardev *mux_new(const char *id, const char *bid, GMainContext *context,
                        Error **errp)
{
    ChardevMux mux = { .chardev = (char *)bid };
    ChardevBackend backend = { .type = CHARDEV_BACKEND_KIND_MUX,
                               .u.mux.data = &mux };

    return qemu_chardev_new(id, TYPE_CHARDEV_MUX, &backend, context, errp);
}

Chardev *qemu_chr_new_from_opts(QemuOpts *opts, GMainContext *context,
                                Error **errp)
{
    const char *id = qemu_opts_id(opts);
    const char *name = qemu_opt_get(opts, "backend");
    g_autofree char *bid = NULL;
    ChardevBackend *backend;
    const ChardevClass *cc;
    Chardev *chr;

    if (name && is_help_option(name)) {
        print_kinds();
        return NULL;
    }
    if (!id) {
        error_setg(errp, "chardev: no id specified");
        return NULL;
    }
    backend = qemu_chr_parse_opts(opts, errp);
    if (!backend) {
        return NULL;
    }
    cc = char_get_class(name, &error_abort);

    if (qemu_opt_get_bool(opts, "mux", false)) {
        bid = g_strdup_printf("%s-base", id);
    }
    chr = qemu_chardev_new(bid ? bid : id,
                           object_class_get_name(OBJECT_CLASS(cc)), backend,
                           context, errp);
    if (chr && bid) {
        Chardev *mux = mux_new(id, bid, context, errp);

        if (!mux) {
            object_unparent(OBJECT(chr));
        }
        chr = mux;
    }
    qapi_free_ChardevBackend(backend);
    return chr;
}

Chardev *qemu_chr_new_noreplay(const char *label, const char *filename,
                               bool permit_mux_mon, GMainContext *context)
{
    const char *p;
    Chardev *chr;
    QemuOpts *opts;
    Error *err = NULL;

    if (strstart(filename, "chardev:", &p)) {
        return qemu_chr_find(p);
    }
    opts = qemu_chr_parse_compat(label, filename, permit_mux_mon);
    if (!opts) {
        return NULL;
    }
    chr = qemu_chr_new_from_opts(opts, context, &err);
    if (chr && permit_mux_mon && qemu_opt_get_bool(opts, "mux", false) &&
        !chardev_mux_monitor(chr, &err)) {
        object_unparent(OBJECT(chr));
        chr = NULL;
    }
    if (err) {
        error_report_err(err);
    }
    qemu_opts_del(opts);
    return chr;
}

Chardev *qemu_chr_new(const char *label, const char *filename,
                      GMainContext *context)
{
    return qemu_chr_new_noreplay(label, filename, false, context);
}

Chardev *qemu_chr_new_mux_mon(const char *label, const char *filename,
                              GMainContext *context)
{
    return qemu_chr_new_noreplay(label, filename, true, context);
}
