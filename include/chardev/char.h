/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices, as seen by their drivers and by whoever creates them.
 *
 * A Chardev is a QOM object of type "chardev-KIND": stdio, file, pipe, pty,
 * socket, udp, ringbuf, mux, hub, null ... Those with a label live under
 * /chardevs and are found by it. Its user, the front end (a serial port, a
 * monitor), holds a CharBackend (char-fe.h) that is attached to it. Data from
 * outside goes up with qemu_chr_be_write() when qemu_chr_be_can_write() says
 * there is room, state with qemu_chr_be_event(); what the front end writes
 * comes down to the driver's chr_write, which takes what it can at once and
 * returns -1 with EAGAIN otherwise: nothing here makes the main loop wait.
 *
 * Everything needs the big lock, or, for a chardev that was moved to another
 * GMainContext, the thread of that context; writing is thread-safe.
 */
#ifndef QEMU_CHAR_H
#define QEMU_CHAR_H

#include "qapi/qapi-types-char.h"
#include "qemu/bitmap.h"
#include "qemu/thread.h"
#include "qom/object.h"

/* What telnet says: commands and the byte that begins each. */
#define IAC_EOR   239
#define IAC_SE    240
#define IAC_NOP   241
#define IAC_BREAK 243
#define IAC_IP    244
#define IAC_SB    250
#define IAC       255

typedef struct CharBackend CharBackend;

typedef enum {
    CHR_EVENT_BREAK,   /* a serial break came in */
    CHR_EVENT_OPENED,  /* someone is at the other end now */
    CHR_EVENT_MUX_IN,  /* this front end has the focus of its mux now */
    CHR_EVENT_MUX_OUT, /* it is about to lose it */
    CHR_EVENT_CLOSED   /* nothing more will be read (until OPENED) */
} QEMUChrEvent;

/* The most that a driver hands up at a time. */
#define CHR_READ_BUF_LEN 4096

typedef enum {
    /* The peer can go and come again: see qemu_chr_wait_connected(). */
    QEMU_CHAR_FEATURE_RECONNECTABLE,
    /* Descriptors can travel along. */
    QEMU_CHAR_FEATURE_FD_PASS,
    /* Recorded or replayed. */
    QEMU_CHAR_FEATURE_REPLAY,
    /* The front end may choose the GMainContext. */
    QEMU_CHAR_FEATURE_GCONTEXT,

    QEMU_CHAR_FEATURE_LAST,
} ChardevFeature;

#define qemu_chr_replay(chr) qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_REPLAY)

struct Chardev {
    Object parent_obj;

    QemuMutex chr_write_lock; /* around chr_write and the log */
    CharBackend *be;          /* who uses it, or NULL */
    char *label;
    char *filename; /* what "info chardev" shows */
    int logfd;      /* copy of all that is written, or -1 */
    int be_open;
    /* The lock of a device that is being replaced goes to its successor. */
    bool handover_yank_instance;
    GSource *gsource;       /* watches for input, while attached */
    GMainContext *gcontext; /* where the sources of the driver run */
    DECLARE_BITMAP(features, QEMU_CHAR_FEATURE_LAST);
};

/*
 * Creates what -chardev @opts says. NULL with @errp set; also NULL, without
 * an error, when the user asked for help and got it.
 */
Chardev *qemu_chr_new_from_opts(QemuOpts *opts, GMainContext *context,
                                Error **errp);

/* logfile= and logappend= of @opts into @backend. */
void qemu_chr_parse_common(QemuOpts *opts, ChardevCommon *backend);

/* @opts as the structure that chardev-add takes; NULL with @errp set. */
ChardevBackend *qemu_chr_parse_opts(QemuOpts *opts, Error **errp);

/*
 * Creates the device that @filename describes in the style of -serial
 * ("stdio", "tcp:HOST:PORT,server=on", "mon:stdio", "chardev:ID" ...). NULL
 * after printing an error. The _mux_mon form attaches a monitor when the
 * device is a mux ("mon:"). @context NULL is the main loop.
 */
Chardev *qemu_chr_new(const char *label, const char *filename,
                      GMainContext *context);
Chardev *qemu_chr_new_mux_mon(const char *label, const char *filename,
                              GMainContext *context);
Chardev *qemu_chr_new_noreplay(const char *label, const char *filename,
                               bool permit_mux_mon, GMainContext *context);

/* Replaces the device that the id of @opts names by what @opts says. */
void qemu_chr_change(QemuOpts *opts, Error **errp);

/* Deletes every chardev, at exit. */
void qemu_chr_cleanup(void);

/* Must CLOSED wait, since the front end has more to write? After end of file. */
bool qemu_chr_be_busy(Chardev *s);

/* How many bytes the front end can take now; 0 without one. */
int qemu_chr_be_can_write(Chardev *s);

/* Hands @len bytes, no more than it can take, to the front end. */
void qemu_chr_be_write(Chardev *s, const uint8_t *buf, int len);
/* The same past any recording. */
void qemu_chr_be_write_impl(Chardev *s, const uint8_t *buf, int len);

/* Has the driver watch for input in @context from now on. */
void qemu_chr_be_update_read_handlers(Chardev *s, GMainContext *context);

/* Tells the front end; OPENED and CLOSED also set be_open. */
void qemu_chr_be_event(Chardev *s, QEMUChrEvent event);

/* Gives the connected socket @fd to @s. 0, or -1: it cannot take it. */
int qemu_chr_add_client(Chardev *s, int fd);
/* The chardev with the label @name, or NULL. */
Chardev *qemu_chr_find(const char *name);

bool qemu_chr_has_feature(Chardev *chr, ChardevFeature feature);
void qemu_chr_set_feature(Chardev *chr, ChardevFeature feature);
/* What qemu_chr_new() reads, as options; NULL after printing an error. */
QemuOpts *qemu_chr_parse_compat(const char *label, const char *filename,
                                bool permit_mux_mon);
/*
 * Writes to the driver, past any front end. Returns the bytes written, or a
 * negative value with errno set; @write_all waits until all is written.
 */
int qemu_chr_write(Chardev *s, const uint8_t *buf, int len, bool write_all);
#define qemu_chr_write_all(s, buf, len) qemu_chr_write(s, buf, len, true)
/* Waits until someone is connected. 0, or -1 with @errp set. */
int qemu_chr_wait_connected(Chardev *chr, Error **errp);

#define TYPE_CHARDEV "chardev"
OBJECT_DECLARE_TYPE(Chardev, ChardevClass, CHARDEV)

#define TYPE_CHARDEV_NULL     "chardev-null"
#define TYPE_CHARDEV_MUX      "chardev-mux"
#define TYPE_CHARDEV_HUB      "chardev-hub"
#define TYPE_CHARDEV_RINGBUF  "chardev-ringbuf"
#define TYPE_CHARDEV_PTY      "chardev-pty"
#define TYPE_CHARDEV_CONSOLE  "chardev-console"
#define TYPE_CHARDEV_STDIO    "chardev-stdio"
#define TYPE_CHARDEV_PIPE     "chardev-pipe"
#define TYPE_CHARDEV_MEMORY   "chardev-memory"
#define TYPE_CHARDEV_PARALLEL "chardev-parallel"
#define TYPE_CHARDEV_FILE     "chardev-file"
#define TYPE_CHARDEV_SERIAL   "chardev-serial"
#define TYPE_CHARDEV_SOCKET   "chardev-socket"
#define TYPE_CHARDEV_UDP      "chardev-udp"

#define CHARDEV_IS_RINGBUF(chr)                                          \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_RINGBUF)
#define CHARDEV_IS_PTY(chr) object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_PTY)

/* The driver's side. All but parse and open are optional. */
struct ChardevClass {
    ObjectClass parent_class;

    bool internal; /* not for users to create */
    bool supports_yank;

    /* Reads -chardev options into @backend. */
    void (*parse)(QemuOpts *opts, ChardevBackend *backend, Error **errp);

    /*
     * Opens the device, once, after construction. *@be_opened is true on
     * entry: OPENED follows on success, unless the driver clears it.
     */
    void (*open)(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                 Error **errp);

    /*
     * Takes some of @buf, without waiting; the bytes taken, or -1 with errno
     * (EAGAIN: watch for G_IO_OUT). Called with chr_write_lock held.
     */
    int (*chr_write)(Chardev *s, const uint8_t *buf, int len);

    /* Reads into @buf, waiting. Bytes, or -1 with errno. */
    int (*chr_sync_read)(Chardev *s, const uint8_t *buf, int len);

    /* A source for G_IO_OUT or G_IO_HUP, or NULL; the caller attaches it. */
    GSource *(*chr_add_watch)(Chardev *s, GIOCondition cond);

    /* The front end's handlers or gcontext have changed. */
    void (*chr_update_read_handler)(Chardev *s);

    /* CHR_IOCTL_*; -ENOTSUP for what it does not know. */
    int (*chr_ioctl)(Chardev *s, int cmd, void *arg);

    /* Descriptors that came with the last read, and for the next write. */
    int (*get_msgfds)(Chardev *s, int *fds, int num);
    int (*set_msgfds)(Chardev *s, int *fds, int num);

    /* Takes over a connected socket; 0 or -1. */
    int (*chr_add_client)(Chardev *chr, int fd);

    int (*chr_wait_connected)(Chardev *chr, Error **errp);

    void (*chr_disconnect)(Chardev *chr);

    /* The front end has room again. */
    void (*chr_accept_input)(Chardev *chr);

    void (*chr_set_echo)(Chardev *chr, bool echo);

    /* The front end is ready for data, or no longer. */
    void (*chr_set_fe_open)(Chardev *chr, int fe_open);

    /* Hands an event up; the base class passes it to the front end. */
    void (*chr_be_event)(Chardev *s, QEMUChrEvent event);

    /* Forgets a path that it listens on, which its successor needs. */
    void (*chr_listener_cleanup)(Chardev *chr);
};

/*
 * Creates and opens a chardev of type @typename, a child of /chardevs under
 * its label @id (NULL: one is made up). object_unparent() deletes it. NULL
 * with @errp set on failure.
 */
Chardev *qemu_chardev_new(const char *id, const char *typename,
                          ChardevBackend *backend, GMainContext *context,
                          Error **errp);

/* The byte that begins a mux command: 1 is Ctrl-A. */
extern int term_escape_char;

/* @func after @ms milliseconds in the context of @chr; a reference to it. */
GSource *qemu_chr_timeout_add_ms(Chardev *chr, guint ms, GSourceFunc func,
                                 void *private);

/* Between these, muxes hold OPENED back; then all of it is sent. */
void suspend_mux_open(void);
void resume_mux_open(void);

/*
 * Ours: the monitor registers how to attach itself to a mux that a user asked
 * for with "mon:". Without it such a device is an error. @monitor_init_hmp
 * sets @errp on failure.
 */
void qemu_chr_set_mux_monitor_hook(void (*monitor_init_hmp)(Chardev *chr,
                                                            bool use_readline,
                                                            Error **errp));
/* Ours: what C-a x calls. Without it C-a x only says good-bye. */
void qemu_chr_set_quit_hook(void (*quit)(void));
/* Ours: from now on "stdio" is an error, since -daemonize takes it away. */
void qemu_chr_forbid_stdio(void);

#endif
