/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of monitor/ share.
 *
 *   monitor.c       the list of monitors, life and death, input from a chardev
 *   output.c        the output buffer and what happens when nobody reads it
 *   io-thread.c     the thread that reads from QMP clients
 *   qmp.c           a QMP conversation: parse, queue, dispatch, reply
 *   events.c        qapi_event_emit() and its rate limits (event-throttle.c)
 *   fds.c           descriptors that clients passed
 *   hmp.c           an HMP conversation and how it runs a command line
 *   hmp-args.c, hmp-expr.c, hmp-help.c, hmp-completion.c, hmp-table.c
 *   qmp-cmds*.c, hmp-cmds*.c   the handlers
 *
 * Locks, outermost first: the big lock; monitor_lock (the list, events);
 * MonitorQMP.queue_lock; Monitor.mon_lock (output, descriptors).
 */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include "chardev/char-fe.h"
#include "monitor/monitor.h"
#include "qapi/qapi-types-control.h"
#include "qapi/qmp-registry.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "qobject/json-parser.h"
#include "qobject/qdict.h"

/* As many descriptors can come with one message. */
#define MONITOR_MSGFDS_MAX 16

/* Descriptors that came along with some input; they are owned. */
typedef struct MonitorMsgFds {
    int n;
    int fd[MONITOR_MSGFDS_MAX];
} MonitorMsgFds;

/* A descriptor that "getfd" stored. */
typedef struct MonitorFd {
    char *name;
    int fd;
    QLIST_ENTRY(MonitorFd) next;
} MonitorFd;

struct Monitor {
    CharBackend chr;
    bool is_qmp;
    bool skip_flush;        /* output stays in the buffer, for its creator */
    bool use_io_thread;
    GMainContext *context;  /* where input is handled; NULL: main loop */
    GSource *kick;          /* goes on with input in that context */
    int suspend_cnt;        /* atomic */
    bool backlogged;        /* atomic: too much output waits */
    QTAILQ_ENTRY(Monitor) entry;
    char *cpu_path;         /* the selected CPU, with the big lock */

    /* Used in the context that handles input. */
    GByteArray *inbuf;      /* read, but not consumed yet */
    MonitorMsgFds new_fds;  /* came with the request being read */

    /* The descriptors of the request being run. */
    MonitorMsgFds msgfds;

    QemuMutex mon_lock;     /* protects what follows */
    QLIST_HEAD(, MonitorFd) fds;
    GString *outbuf;
    size_t outpos;          /* what lies before is written already */
    guint out_watch;
    bool events_dropped;
    int mux_out;
    int reset_seen;
};

struct MonitorHMP {
    Monitor common;
    bool use_readline;
    ReadLineState *rs;      /* used in the main loop's thread */
};

typedef struct MonitorQMP {
    Monitor common;
    JSONMessageParser parser;
    bool pretty;
    /* qmp_cap_negotiation_commands, or later qmp_commands. Atomic. */
    const QmpCommandList *commands;
    bool capab_offered[QMP_CAPABILITY__MAX];
    bool capab[QMP_CAPABILITY__MAX];
    unsigned connection;    /* changes with each one; atomic */
    bool reset_pending;     /* it has ended, and is not cleaned up yet; atomic */
    QemuMutex queue_lock;
    GQueue *requests;       /* QMPRequest, oldest first */
    int n_requests;         /* its length, atomic */
    bool running;           /* a request taken out of it is being run */
} MonitorQMP;

/* A row of HMP's tables. */
typedef struct HMPCommand {
    const char *name;       /* alternatives are separated by '|' */
    /*
     * The arguments as "name:type,name:type...". A type is a letter:
     *   F, B, s  file name, block device, string: one word or a "..." string
     *   S        the rest of the line
     *   O        a list of options of the QemuOptsList that is named so
     *   i, l     an expression with a value of 32, 64 bits
     *   M        an expression, in MiB
     *   o        a size; without a suffix it is in MiB
     *   T        seconds, or with suffix ms, us, ns
     *   b        on or off
     *   /        a format like /4xw
     *   -x, -xs  the flag -x; with s it has a value
     * All but the last two may be followed by '?': the argument can be left
     * out; i and l also by '.': then a dot introduces it.
     */
    const char *args_type;
    const char *params;     /* for the help: what to write after the name */
    const char *help;
    const char *flags;      /* "p": allowed before the machine exists */
    void (*cmd)(Monitor *mon, const QDict *qdict);
    /* Instead of cmd, for a command that prints the text of a QMP command. */
    HumanReadableText *(*cmd_info_hrt)(Error **errp);
    /* Commands of a second level; cmd then prints their help. */
    struct HMPCommand *sub_table;
    void (*command_completion)(ReadLineState *rs, int nb_args,
                               const char *str);
} HMPCommand;

typedef QTAILQ_HEAD(MonitorList, Monitor) MonitorList;

/* --- monitor.c ---------------------------------------------------------- */

extern QemuMutex monitor_lock;
extern MonitorList mon_list;

static inline bool monitor_is_qmp(const Monitor *mon)
{
    return mon->is_qmp;
}

/* @mon as what it is. */
static inline MonitorQMP *monitor_to_qmp(Monitor *mon)
{
    return container_of(mon, MonitorQMP, common);
}

static inline MonitorHMP *monitor_to_hmp(Monitor *mon)
{
    return container_of(mon, MonitorHMP, common);
}

/*
 * Sets up what both kinds have, in zeroed memory whose chr can be attached
 * already; and tears it down, with what is the kind's own.
 */
void monitor_data_init(Monitor *mon, bool is_qmp, bool skip_flush,
                       bool use_io_thread);
void monitor_data_destroy(Monitor *mon);

/* Puts @mon into the list. */
void monitor_list_append(Monitor *mon);

/*
 * Ends @mon and frees it: main thread, big lock held, outside of its commands.
 * Its character device stays.
 */
void monitor_destroy(Monitor *mon);

/* How many bytes a chardev may deliver: an IOCanReadHandler. */
int monitor_can_read(void *opaque);

/*
 * Is input still worked on, or are answers still to be written? An
 * IOBusyHandler: the device stays open as long.
 */
bool monitor_busy(void *opaque);

/* An IOReadHandler. */
void monitor_read(void *opaque, const uint8_t *buf, int size);

/* May more input of @mon be looked at now? */
bool monitor_input_allowed(Monitor *mon);

/* Makes @mon's context look whether input can go on. Any thread. */
void monitor_kick(Monitor *mon);

/* Forgets input and output of a connection that ended. */
void monitor_reset_io(Monitor *mon);

/* --- io-thread.c -------------------------------------------------------- */

/* The thread's context. Main thread, like the next ones. */
GMainContext *monitor_io_context(void);

/*
 * Runs @fn in that context while the caller waits. The first call starts the
 * thread, after it has run @fn itself.
 */
void monitor_io_run(void (*fn)(void *opaque), void *opaque);

/* Ends the thread, if it runs. */
void monitor_io_stop(void);

/* --- output.c ----------------------------------------------------------- */

/* Appends an event unless the client is too far behind. Returns success. */
bool monitor_put_event(Monitor *mon, const char *json);

/* Takes what a monitor with skip_flush has printed. The caller frees it. */
char *monitor_take_output(Monitor *mon);

/* --- qmp.c -------------------------------------------------------------- */

extern QmpCommandList qmp_commands, qmp_cap_negotiation_commands;

void qmp_init_globals(void);
void qmp_cleanup_globals(void);
size_t qmp_consume_input(MonitorQMP *mon, const uint8_t *buf, size_t size);
void qmp_finish_reset(MonitorQMP *mon);
bool qmp_has_room(MonitorQMP *mon);
bool qmp_has_requests(MonitorQMP *mon);
bool qmp_oob_enabled(MonitorQMP *mon);
void qmp_wake_dispatcher(void);
void qmp_send_response(MonitorQMP *mon, const QDict *rsp);
void monitor_data_destroy_qmp(MonitorQMP *mon);

/* --- qmp-cmds-control.c ------------------------------------------------- */

void qmp_query_qmp_schema(QDict *args, QObject **ret, Error **errp);

/* --- events.c ----------------------------------------------------------- */

void monitor_events_init(void);
void monitor_events_cleanup(void);

/* --- fds.c -------------------------------------------------------------- */

void monitor_fds_cleanup(Monitor *mon);
void monitor_fdsets_cleanup(void);

/* Moves descriptors, closing what @to had. @from becomes empty. */
void monitor_msgfds_move(MonitorMsgFds *to, MonitorMsgFds *from);
void monitor_msgfds_close(MonitorMsgFds *fds);

/* Takes those that the chardev received, if any, in place of @fds'. */
void monitor_msgfds_receive(MonitorMsgFds *fds, CharBackend *chr);

/* --- hmp*.c ------------------------------------------------------------- */

extern HMPCommand hmp_cmds[];
extern HMPCommand hmp_info_cmds[];

size_t hmp_consume_input(MonitorHMP *mon, const uint8_t *buf, size_t size);
void handle_hmp_command(MonitorHMP *mon, const char *cmdline);

/* Is @name one of the alternatives in @list ("stop|s")? */
int hmp_compare_cmd(const char *name, const char *list);

/* The row of @table for the first @len bytes of @name; NULL without. */
const HMPCommand *hmp_find_command(const HMPCommand *table, const char *name,
                                   size_t len);

/* May @cmd run in the phase the machine is in? */
bool hmp_cmd_available(const HMPCommand *cmd);

/*
 * Parses the arguments at @text for @cmd. Prints what is wrong to @mon and
 * returns NULL then.
 */
QDict *hmp_parse_args(Monitor *mon, const HMPCommand *cmd, const char *text);

/*
 * Reads one word, or a quoted string with escapes, and moves *@pp behind it.
 * Returns NULL, printing the reason to @mon (which can be NULL), if there is
 * none or its quotes do not match.
 */
char *hmp_get_word(Monitor *mon, const char **pp);

/*
 * Splits a line into words as hmp_get_word() does. Returns an array that
 * g_strfreev() frees, or NULL if quotes do not match.
 */
char **hmp_split_words(const char *line, int *nb_words);

/*
 * Evaluates the expression at *@pp and moves it behind. Prints what is wrong
 * to @mon and returns false then.
 */
bool hmp_get_expr(Monitor *mon, const char **pp, int64_t *value);

/* The completion_finder of HMP monitors. */
void monitor_find_completion(void *opaque, const char *cmdline);

/* qmp-cmds-block.c: blockdev-add, whose arguments it looks at itself. */
void qmp_blockdev_add(QDict *args, QObject **ret, Error **errp);

#endif
