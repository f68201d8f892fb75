/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mux: several front ends on one device. All of them write to it; what comes
 * in goes to the one that has the focus. The escape character, Ctrl-A unless
 * -echr says otherwise, begins a command for the mux itself: see mux_help.
 */
#include "qemu/osdep.h"
#include "chardev-internal.h"
#include "chardev/char-io.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/timer.h"

int term_escape_char = 0x01;

/* Off while the command line is being worked through. */
static bool muxes_opened = true;
static void (*quit_hook)(void);

void qemu_chr_set_quit_hook(void (*quit)(void))
{
    quit_hook = quit;
}

/* ---- Output ---- */

static void mux_write_timestamp(MuxChardev *d)
{
    g_autofree char *stamp = NULL;
    int64_t ms = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);

    if (d->timestamps_start == -1) {
        d->timestamps_start = ms;
    }
    ms -= d->timestamps_start;
    stamp = g_strdup_printf("[%02d:%02d:%02d.%03d] ", (int)(ms / 3600000),
                            (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
                            (int)(ms % 1000));
    qemu_chr_fe_write_all(&d->chr, (uint8_t *)stamp, strlen(stamp));
}

static int mux_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    MuxChardev *d = MUX_CHARDEV(chr);
    int done = 0;

    if (!d->timestamps) {
        return qemu_chr_fe_write(&d->chr, buf, len);
    }
    /* A line, or what there is of it, at a time. */
    while (done < len) {
        const uint8_t *line = buf + done;
        const uint8_t *end = memchr(line, '\n', len - done);
        int part = end ? end - line + 1 : len - done;
        int ret;

        if (d->linestart) {
            mux_write_timestamp(d);
            d->linestart = false;
        }
        ret = qemu_chr_fe_write(&d->chr, line, part);
        if (ret < 0) {
            return done ? done : ret;
        }
        done += ret;
        if (ret < part) {
            break;
        }
        d->linestart = end != NULL;
    }
    return done;
}

static void mux_print_help(Chardev *chr)
{
    static const char *const mux_help[] = {
        "% h    print this help\n\r",
        "% x    exit emulator\n\r",
        "% s    save disk data back to file (if -snapshot)\n\r",
        "% t    toggle console timestamps\n\r",
        "% b    send break (magic sysrq)\n\r",
        "% c    switch between console and monitor\n\r",
        "% %  sends %\n\r",
    };
    g_autoptr(GString) text = g_string_new("\n\r");
    g_autofree char *escape = NULL;

    if (term_escape_char > 0 && term_escape_char < 26) {
        escape = g_strdup_printf("C-%c", term_escape_char - 1 + 'a');
    } else {
        g_string_append_printf(text,
                               "\n\rEscape-Char set to Ascii: 0x%02x\n\r\n\r",
                               term_escape_char);
        escape = g_strdup("Escape-Char");
    }
    for (size_t i = 0; i < ARRAY_SIZE(mux_help); i++) {
        for (const char *p = mux_help[i]; *p; p++) {
            if (*p == '%') {
                g_string_append(text, escape);
            } else {
                g_string_append_c(text, *p);
            }
        }
    }
    qemu_chr_write_all(chr, (uint8_t *)text->str, text->len);
}

/* ---- Events ---- */

static void mux_send_event(MuxChardev *d, unsigned int nr, QEMUChrEvent event)
{
    CharBackend *be = d->backends[nr];

    if (be && be->chr_event) {
        be->chr_event(be->opaque, event);
    }
}

static void mux_chr_be_event(Chardev *chr, QEMUChrEvent event)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    if (d->focus != -1) {
        mux_send_event(d, d->focus, event);
    }
}

void mux_chr_send_all_event(Chardev *chr, QEMUChrEvent event)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    if (!muxes_opened || d->held) {
        return;
    }
    for (unsigned int i = 0; i < MAX_MUX; i++) {
        mux_send_event(d, i, event);
    }
}

static void mux_chr_event(void *opaque, QEMUChrEvent event)
{
    mux_chr_send_all_event(CHARDEV(opaque), event);
}

void suspend_mux_open(void)
{
    muxes_opened = false;
}

static gboolean mux_release(gpointer opaque)
{
    Chardev *chr = CHARDEV(opaque);
    MuxChardev *d = MUX_CHARDEV(opaque);

    d->held = false;
    /* Their device was open before they could say so. */
    if (qemu_chr_fe_backend_open(&d->chr)) {
        chr->be_open = 1;
        mux_chr_send_all_event(chr, CHR_EVENT_OPENED);
    }
    return G_SOURCE_REMOVE;
}

static int mux_open_now(Object *obj, void *opaque)
{
    Chardev *chr = CHARDEV(obj);
    MuxChardev *d;

    if (!CHARDEV_IS_MUX(chr) || !MUX_CHARDEV(chr)->held) {
        return 0;
    }
    d = MUX_CHARDEV(chr);
    if (!chr->gcontext) {
        mux_release(chr);
    } else if (!d->open_source) {
        /* Another thread may be at work on it. */
        d->open_source = qemu_chr_timeout_add_ms(chr, 0, mux_release, chr);
    }
    return 0;
}

void resume_mux_open(void)
{
    muxes_opened = true;
    object_child_foreach(get_chardevs_root(), mux_open_now, NULL);
}

/* ---- Input ---- */

void mux_set_focus(Chardev *chr, unsigned int focus)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    assert(focus < MAX_MUX);
    assert(d->mux_bitset & (1UL << focus));
    if (d->focus != -1) {
        mux_send_event(d, d->focus, CHR_EVENT_MUX_OUT);
    }
    d->focus = focus;
    chr->be = d->backends[focus];
    mux_send_event(d, focus, CHR_EVENT_MUX_IN);
}

static void mux_next_focus(MuxChardev *d)
{
    for (unsigned int i = 1; i <= MAX_MUX; i++) {
        unsigned int next = (d->focus + i) % MAX_MUX;

        if (d->mux_bitset & (1UL << next)) {
            mux_set_focus(CHARDEV(d), next);
            return;
        }
    }
}

static void mux_quit(Chardev *chr)
{
    static const char term[] = "QEMU: Terminated\n\r";

    qemu_chr_write_all(chr, (const uint8_t *)term, strlen(term));
    if (quit_hook) {
        quit_hook();
    }
}

/* What follows the escape character. */
static void mux_command(MuxChardev *d, int ch)
{
    Chardev *chr = CHARDEV(d);

    switch (ch) {
    case '?':
    case 'h':
        mux_print_help(chr);
        break;
    case 'x':
        mux_quit(chr);
        break;
    case 's':
        /* There are no temporary disks to write back. */
        break;
    case 'b':
        qemu_chr_be_event(chr, CHR_EVENT_BREAK);
        break;
    case 'c':
        mux_next_focus(d);
        break;
    case 't':
        d->timestamps = !d->timestamps;
        d->timestamps_start = -1;
        d->linestart = false;
        break;
    default:
        break;
    }
}

/* Takes commands out of the input. True: @ch is for the front end. */
static bool mux_proc_byte(MuxChardev *d, int ch)
{
    if (d->term_got_escape) {
        d->term_got_escape = false;
        if (ch == term_escape_char) {
            return true;
        }
        mux_command(d, ch);
        return false;
    }
    if (ch == term_escape_char) {
        d->term_got_escape = true;
        return false;
    }
    return true;
}

/* How many bytes at @buf are neither a command nor a part of one? */
static size_t mux_plain_length(const MuxChardev *d, const uint8_t *buf,
                               size_t size)
{
    const uint8_t *escape;

    if (d->term_got_escape) {
        return 0;
    }
    if (term_escape_char < 0 || term_escape_char > UINT8_MAX) {
        return size;
    }
    escape = memchr(buf, term_escape_char, size);
    return escape ? (size_t)(escape - buf) : size;
}

static int mux_room(CharBackend *be)
{
    return be && be->chr_can_read && be->chr_read ? be->chr_can_read(be->opaque)
                                                  : 0;
}

/* Gives the front end with the focus what it takes; returns how much. */
static size_t mux_deliver(MuxChardev *d, const uint8_t *buf, size_t size)
{
    CharBackend *be = d->backends[d->focus];
    size_t done = 0;
    int room;

    while (done < size && (room = mux_room(be)) > 0) {
        size_t len = MIN(size - done, (size_t)room);

        be->chr_read(be->opaque, buf + done, len);
        done += len;
        /* Reading it may have ended the front end. */
        if (d->focus == -1 || d->backends[d->focus] != be) {
            break;
        }
    }
    return done;
}

static void mux_chr_accept_input(Chardev *chr)
{
    MuxChardev *d = MUX_CHARDEV(chr);
    int m = d->focus;
    GByteArray *waiting;
    size_t done;

    if (m == -1 || !d->waiting[m]->len) {
        return;
    }
    /* Taken out, since the front end may call this again. */
    waiting = d->waiting[m];
    d->waiting[m] = g_byte_array_new();
    done = mux_deliver(d, waiting->data, waiting->len);
    g_byte_array_remove_range(waiting, 0, done);
    g_byte_array_append(waiting, d->waiting[m]->data, d->waiting[m]->len);
    g_byte_array_unref(d->waiting[m]);
    d->waiting[m] = waiting;
}

static int mux_chr_can_read(void *opaque)
{
    MuxChardev *d = MUX_CHARDEV(opaque);
    int m = d->focus;

    if (m == -1 || d->held) {
        return 0;
    }
    return MAX(mux_room(d->backends[m]),
               MUX_BUFFER_SIZE - (int)d->waiting[m]->len);
}

/* @buf has no commands. What the front end does not take now waits. */
static void mux_feed(MuxChardev *d, const uint8_t *buf, size_t size)
{
    int m = d->focus;
    size_t done = 0;

    if (m == -1) {
        return;
    }
    if (!d->waiting[m]->len) {
        done = mux_deliver(d, buf, size);
    }
    g_byte_array_append(d->waiting[m], buf + done, size - done);
}

static void mux_chr_read(void *opaque, const uint8_t *buf, int size)
{
    Chardev *chr = CHARDEV(opaque);
    MuxChardev *d = MUX_CHARDEV(opaque);
    int full = -1; /* whose input nobody has room for: it is lost */

    mux_chr_accept_input(chr);
    if (mux_chr_can_read(d) <= 0) {
        full = d->focus;
    }
    for (int i = 0, len; i < size; i += len) {
        len = mux_plain_length(d, buf + i, size - i);
        if (len && d->focus != full) {
            mux_feed(d, buf + i, len);
        } else if (!len) {
            len = 1;
            if (mux_proc_byte(d, buf[i]) && d->focus != full) {
                mux_feed(d, &buf[i], 1);
            }
            /* The focus may have moved to where something waits. */
            mux_chr_accept_input(chr);
        }
    }
}

/* Is a front end still at work on the input, or will it be? */
static bool mux_chr_busy(void *opaque)
{
    MuxChardev *d = MUX_CHARDEV(opaque);

    for (int i = 0; i < MAX_MUX; i++) {
        CharBackend *be = d->backends[i];

        if (be && be->chr_busy &&
            ((i == d->focus && d->waiting[i]->len) ||
             be->chr_busy(be->opaque))) {
            return true;
        }
    }
    return false;
}

static void mux_update_read_handlers(Chardev *chr)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    qemu_chr_fe_set_handlers_full(&d->chr, mux_chr_can_read, mux_chr_read,
                                  mux_chr_event, NULL, chr, chr->gcontext, true,
                                  false);
    qemu_chr_fe_set_busy_handler(&d->chr, mux_chr_busy);
}

static GSource *mux_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    Chardev *base = qemu_chr_fe_get_driver(&MUX_CHARDEV(chr)->chr);

    if (!base || !CHARDEV_GET_CLASS(base)->chr_add_watch) {
        return NULL;
    }
    return CHARDEV_GET_CLASS(base)->chr_add_watch(base, cond);
}

/* ---- Birth and death ---- */

bool mux_chr_attach_frontend(MuxChardev *d, CharBackend *b, unsigned int *tag,
                             Error **errp)
{
    unsigned int nr = ctz32(~d->mux_bitset);

    if (nr >= MAX_MUX) {
        error_setg(errp,
                   "too many uses of multiplexed chardev '%s'"
                   " (maximum is " stringify(MAX_MUX) ")",
                   CHARDEV(d)->label);
        return false;
    }
    d->mux_bitset |= 1UL << nr;
    d->backends[nr] = b;
    g_byte_array_set_size(d->waiting[nr], 0);
    *tag = nr;
    return true;
}

bool mux_chr_detach_frontend(MuxChardev *d, unsigned int tag)
{
    if (!(d->mux_bitset & (1UL << tag))) {
        return false;
    }
    d->mux_bitset &= ~(1UL << tag);
    d->backends[tag] = NULL;
    return true;
}

static void mux_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                     Error **errp)
{
    MuxChardev *d = MUX_CHARDEV(chr);
    const char *base = backend->u.mux.data->chardev;
    Chardev *drv = qemu_chr_find(base);

    d->focus = -1;
    if (!drv) {
        error_setg(errp, "mux: base chardev %s not found", base);
        return;
    }
    *be_opened = muxes_opened;
    d->held = !muxes_opened;
    qemu_chr_fe_init(&d->chr, drv, errp);
}

static void mux_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    const char *chardev = qemu_opt_get(opts, "chardev");
    ChardevMux *mux;

    if (!chardev) {
        error_setg(errp, "chardev: mux: no chardev given");
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_MUX;
    mux = backend->u.mux.data = g_new0(ChardevMux, 1);
    qemu_chr_parse_common(opts, qapi_ChardevMux_base(mux));
    mux->chardev = g_strdup(chardev);
}

static void char_mux_init(Object *obj)
{
    MuxChardev *d = MUX_CHARDEV(obj);

    for (int i = 0; i < MAX_MUX; i++) {
        d->waiting[i] = g_byte_array_new();
    }
}

static void char_mux_finalize(Object *obj)
{
    MuxChardev *d = MUX_CHARDEV(obj);

    for (unsigned int i = 0; i < MAX_MUX; i++) {
        CharBackend *be = d->backends[i];

        if (be) {
            be->chr = NULL;
            be->tag = -1;
        }
        g_byte_array_unref(d->waiting[i]);
    }
    if (d->open_source) {
        g_source_destroy(d->open_source);
        g_source_unref(d->open_source);
    }
    /* It is one of those. */
    CHARDEV(d)->be = NULL;
    qemu_chr_fe_deinit(&d->chr, false);
}

static void char_mux_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = mux_parse;
    cc->open = mux_open;
    cc->chr_write = mux_chr_write;
    cc->chr_accept_input = mux_chr_accept_input;
    cc->chr_add_watch = mux_chr_add_watch;
    cc->chr_be_event = mux_chr_be_event;
    cc->chr_update_read_handler = mux_update_read_handlers;
}

static const TypeInfo char_mux_type_info = {
    .name = TYPE_CHARDEV_MUX,
    .parent = TYPE_CHARDEV,
    .class_init = char_mux_class_init,
    .instance_size = sizeof(MuxChardev),
    .instance_init = char_mux_init,
    .instance_finalize = char_mux_finalize,
};

static void register_types(void)
{
    type_register_static(&char_mux_type_info);
}

type_init(register_types);
