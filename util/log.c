/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log: see include/qemu/log.h.
 *
 * The stream that messages go to is a counted LogFile. A writer takes a
 * reference and the stream's own lock, so that a message is in one piece and
 * its stream stays open when somebody moves the log meanwhile. log_lock
 * protects the pointers and counts below, never the writing.
 */
#include "qemu/osdep.h"
#include <pthread.h>
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/log.h"

typedef struct LogFile LogFile;
struct LogFile {
    FILE *stream;
    unsigned int refs;
    LogFile *next; /* in all_files */
};

int qemu_loglevel;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
/* Serializes those who set; taken before log_lock. */
static pthread_mutex_t set_lock = PTHREAD_MUTEX_INITIALIZER;
/* Where messages go; NULL while there is no log. Read also without lock. */
static LogFile *current;
/* All that are still open, to find one by its stream. */
static LogFile *all_files;
/* What the log's name was set to, with "%d" for tid; NULL: standard error. */
static char *log_name;
/* Every thread has a file of its own ("tid"). Stays on once it is. */
static bool per_thread;
/* A file that was opened once is not truncated again. */
static bool opened_before;

static void thread_file_done(void *file);
static GPrivate thread_file = G_PRIVATE_INIT(thread_file_done);

/* --- Files -------------------------------------------------------------- */

static void lock_files(void)
{
    pthread_mutex_lock(&log_lock);
}

static void unlock_files(void)
{
    pthread_mutex_unlock(&log_lock);
}

/* Under the lock; with one reference, which is the caller's. */
static LogFile *add_file(FILE *stream)
{
    static bool atfork_done;
    LogFile *file = g_new0(LogFile, 1);

    /* A child must not find the lock held by a thread that it has not. */
    if (!atfork_done) {
        pthread_atfork(lock_files, unlock_files, unlock_files);
        atfork_done = true;
    }
    *file = (LogFile){ .stream = stream, .refs = 1, .next = all_files };
    all_files = file;
    return file;
}

/* Under the lock. The stream to be closed when it was the last reference. */
static FILE *put_file(LogFile *file)
{
    LogFile **p = &all_files;
    FILE *stream;

    if (!file || --file->refs > 0) {
        return NULL;
    }
    while (*p != file) {
        p = &(*p)->next;
    }
    *p = file->next;
    stream = file->stream;
    g_free(file);
    return stream;
}

static void close_stream(FILE *stream)
{
    if (stream && stream != stderr) {
        fclose(stream);
    }
}

static void drop_file(LogFile *file)
{
    FILE *stream;

    lock_files();
    stream = put_file(file);
    unlock_files();
    close_stream(stream);
}

static void thread_file_done(void *file)
{
    drop_file(file);
}

static char *expand_name(const char *name, int id)
{
    const char *at = strstr(name, "%d");

    return at ? g_strdup_printf("%.*s%d%s", (int)(at - name), name, id, at + 2)
              : g_strdup(name);
}

/* The calling thread's file, opened at its first message. */
static LogFile *own_file(void)
{
    LogFile *file = g_private_get(&thread_file);
    g_autofree char *path = NULL;
    FILE *stream;

    if (file) {
        return file;
    }
    lock_files();
    path = log_name ? expand_name(log_name, qemu_get_thread_id()) : NULL;
    unlock_files();
    stream = path ? fopen(path, "w") : NULL;
    if (!stream) {
        return NULL;
    }
    lock_files();
    file = add_file(stream);
    unlock_files();
    g_private_set(&thread_file, file);
    return file;
}

/* --- Writing ------------------------------------------------------------- */

bool qemu_log_enabled(void)
{
    return qatomic_read(&current) != NULL || qatomic_read(&per_thread);
}

bool qemu_log_separate(void)
{
    bool separate;

    lock_files();
    separate = per_thread || (current && current->stream != stderr);
    unlock_files();
    return separate;
}

FILE *qemu_log_trylock(void)
{
    LogFile *file = NULL;

    if (!qemu_log_enabled()) {
        return NULL;
    }
    if (qatomic_read(&per_thread)) {
        file = own_file();
    }
    lock_files();
    file = file ? file : current;
    if (file) {
        file->refs++;
    }
    unlock_files();
    if (!file) {
        return NULL;
    }
    flockfile(file->stream);
    return file->stream;
}

void qemu_log_unlock(FILE *fd)
{
    LogFile *file;
    FILE *stream;

    if (!fd) {
        return;
    }
    fflush(fd);
    funlockfile(fd);
    lock_files();
    for (file = all_files; file->stream != fd; file = file->next) {
        /* the reference of qemu_log_trylock() keeps it here */
    }
    stream = put_file(file);
    unlock_files();
    close_stream(stream);
}

void qemu_log(const char *fmt, ...)
{
    FILE *f = qemu_log_trylock();
    va_list ap;

    if (f) {
        va_start(ap, fmt);
        vfprintf(f, fmt, ap);
        va_end(ap);
        qemu_log_unlock(f);
    }
}

/* --- Setting -------------------------------------------------------------- */

static bool check_name(const char *name, bool want_tid, Error **errp)
{
    const char *percent = name ? strchr(name, '%') : NULL;

    if (percent && (percent[1] != 'd' || strchr(percent + 2, '%'))) {
        error_setg(errp, "Bad logfile template: %s", name);
        error_append_hint(errp, "'%%d' may appear once, and no other '%%'.\n");
        return false;
    }
    if (want_tid && !percent) {
        error_setg(errp, "Filename template with '%%d' required for 'tid'");
        return false;
    }
    return true;
}

/* Makes @file (whose reference it takes) the one that is written to. */
static void replace_file(LogFile *file)
{
    FILE *old;

    lock_files();
    old = put_file(current);
    qatomic_set(&current, file);
    unlock_files();
    close_stream(old);
}

/* Opens what @name says; stderr for NULL; NULL with @errp. */
static LogFile *open_file(const char *name, Error **errp)
{
    g_autofree char *path = name ? expand_name(name, getpid()) : NULL;
    FILE *stream = stderr;
    LogFile *file;

    if (path) {
        stream = fopen(path, opened_before ? "a" : "w");
        if (!stream) {
            error_setg_errno(errp, errno, "Error opening logfile %s", path);
            return NULL;
        }
        opened_before = true;
    }
    lock_files();
    file = add_file(stream);
    unlock_files();
    return file;
}

/* @set_name: the name is changed to @name, otherwise it stays. */
static bool set_log(bool set_name, const char *name, int flags, Error **errp)
{
    bool want_tid = per_thread || (flags & LOG_PER_THREAD);
    const char *new_name = set_name ? name : log_name;
    LogFile *file = NULL;

    if (new_name && !*new_name) {
        new_name = NULL;
    }
    if (set_name && per_thread) {
        error_setg(errp, "Cannot change log filename after setting 'tid'");
        return false;
    }
    if (!check_name(new_name, want_tid, errp)) {
        return false;
    }
    if (want_tid) {
        flags |= LOG_PER_THREAD;
    }
#ifdef CONFIG_TRACE_LOG
    /* Events have switches of their own: they decide. */
    flags |= LOG_TRACE;
#endif
    if (flags && !want_tid && (set_name || !current)) {
        file = open_file(new_name, errp);
        if (!file) {
            return false;
        }
    }
    if (set_name) {
        char *old = log_name;

        lock_files();
        log_name = g_strdup(new_name);
        unlock_files();
        g_free(old);
    }
    if (file || !flags || want_tid) {
        replace_file(file);
    }
    qatomic_set(&per_thread, want_tid);
    qatomic_set(&qemu_loglevel, flags);
    return true;
}

bool qemu_set_log(int log_flags, Error **errp)
{
    ERRP_GUARD();
    bool ok;

    pthread_mutex_lock(&set_lock);
    ok = set_log(false, NULL, log_flags, errp);
    pthread_mutex_unlock(&set_lock);
    return ok;
}

bool qemu_set_log_filename(const char *filename, Error **errp)
{
    ERRP_GUARD();
    bool ok;

    pthread_mutex_lock(&set_lock);
    ok = set_log(true, filename, qatomic_read(&qemu_loglevel), errp);
    pthread_mutex_unlock(&set_lock);
    return ok;
}

bool qemu_set_log_filename_flags(const char *name, int flags, Error **errp)
{
    ERRP_GUARD();
    bool ok;

    pthread_mutex_lock(&set_lock);
    ok = set_log(true, name, flags, errp);
    pthread_mutex_unlock(&set_lock);
    return ok;
}
