/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File descriptors that clients pass: "getfd" gives one a name within its
 * monitor, "add-fd" puts it into a set that is opened as /dev/fdset/N.
 *
 * A set lives while it has descriptors or copies of them are in use.
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qmp/qerror.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "monitor-internal.h"

typedef struct FdsetFd {
    int fd;
    char *opaque;
    QLIST_ENTRY(FdsetFd) next;
} FdsetFd;

typedef struct FdsetDup {
    int fd;
    QLIST_ENTRY(FdsetDup) next;
} FdsetDup;

typedef struct Fdset {
    int64_t id;
    QLIST_HEAD(, FdsetFd) fds;
    QLIST_HEAD(, FdsetDup) dups;
    QLIST_ENTRY(Fdset) next;
} Fdset;

/* Sorted by id. Guarded by fdsets_lock, since files are opened anywhere. */
static QLIST_HEAD(, Fdset) fdsets = QLIST_HEAD_INITIALIZER(fdsets);
static QemuMutex fdsets_lock;

static void __attribute__((__constructor__)) init_lock(void)
{
    qemu_mutex_init(&fdsets_lock);
}

/* --- Descriptors as they arrive ----------------------------------------- */

void monitor_msgfds_close(MonitorMsgFds *fds)
{
    while (fds->n) {
        close(fds->fd[--fds->n]);
    }
}

void monitor_msgfds_move(MonitorMsgFds *to, MonitorMsgFds *from)
{
    monitor_msgfds_close(to);
    *to = *from;
    from->n = 0;
}

void monitor_msgfds_receive(MonitorMsgFds *fds, CharBackend *chr)
{
    MonitorMsgFds new;

    new.n = qemu_chr_fe_get_msgfds(chr, new.fd, MONITOR_MSGFDS_MAX);
    if (new.n > 0) {
        monitor_msgfds_move(fds, &new);
    }
}

/* The first descriptor that came with the request; the others are closed. */
static int take_msgfd(Monitor *mon)
{
    int fd = -1;

    QEMU_LOCK_GUARD(&mon->mon_lock);
    if (mon->msgfds.n) {
        fd = mon->msgfds.fd[0];
        mon->msgfds.fd[0] = mon->msgfds.fd[--mon->msgfds.n];
        monitor_msgfds_close(&mon->msgfds);
    }
    return fd;
}

/* --- Named descriptors -------------------------------------------------- */

static MonitorFd *find_fd(Monitor *mon, const char *name)
{
    MonitorFd *f;

    QLIST_FOREACH(f, &mon->fds, next) {
        if (!strcmp(f->name, name)) {
            return f;
        }
    }
    return NULL;
}

/* Forgets @f and returns its descriptor. */
static int release_fd(MonitorFd *f)
{
    int fd = f->fd;

    QLIST_REMOVE(f, next);
    g_free(f->name);
    g_free(f);
    return fd;
}

static void put_fd(Monitor *mon, const char *name, int fd)
{
    MonitorFd *f = find_fd(mon, name);

    if (f) {
        close(f->fd);
    } else {
        f = g_new0(MonitorFd, 1);
        f->name = g_strdup(name);
        QLIST_INSERT_HEAD(&mon->fds, f, next);
    }
    f->fd = fd;
}

void monitor_fds_cleanup(Monitor *mon)
{
    while (!QLIST_EMPTY(&mon->fds)) {
        close(release_fd(QLIST_FIRST(&mon->fds)));
    }
}

void qmp_getfd(const char *fdname, Error **errp)
{
    Monitor *mon = monitor_cur();
    int fd = take_msgfd(mon);

    if (fd < 0) {
        error_setg(errp, "No file descriptor supplied via SCM_RIGHTS");
        return;
    }
    if (qemu_isdigit(fdname[0])) {
        close(fd);
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "fdname",
                   "a name not starting with a digit");
        return;
    }
    QEMU_LOCK_GUARD(&mon->mon_lock);
    put_fd(mon, fdname, fd);
}

void qmp_closefd(const char *fdname, Error **errp)
{
    Monitor *mon = monitor_cur();
    MonitorFd *f;

    QEMU_LOCK_GUARD(&mon->mon_lock);
    f = find_fd(mon, fdname);
    if (f) {
        close(release_fd(f));
    } else {
        error_setg(errp, "File descriptor named '%s' not found", fdname);
    }
}

int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp)
{
    MonitorFd *f;

    QEMU_LOCK_GUARD(&mon->mon_lock);
    f = find_fd(mon, fdname);
    if (!f) {
        error_setg(errp, "File descriptor named '%s' has not been found",
                   fdname);
        return -1;
    }
    return release_fd(f);
}

int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp)
{
    int fd;

    if (mon && !qemu_isdigit(fdname[0])) {
        return monitor_get_fd(mon, fdname, errp);
    }
    if (qemu_strtoi(fdname, NULL, 10, &fd) < 0 || fd < 0) {
        error_setg(errp, "Invalid file descriptor number '%s'", fdname);
        return -1;
    }
    return fd;
}

void hmp_getfd(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_getfd(qdict_get_str(qdict, "fdname"), &err);
    hmp_handle_error(mon, err);
}

void hmp_closefd(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_closefd(qdict_get_str(qdict, "fdname"), &err);
    hmp_handle_error(mon, err);
}

/* --- Sets --------------------------------------------------------------- */

static Fdset *find_fdset(int64_t id)
{
    Fdset *set;

    QLIST_FOREACH(set, &fdsets, next) {
        if (set->id == id) {
            return set;
        }
    }
    return NULL;
}

/* A new set with this id, or with @id < 0 with the lowest free one. */
static Fdset *new_fdset(int64_t id)
{
    Fdset *set = g_new0(Fdset, 1);
    Fdset *after = NULL;
    Fdset *s;

    if (id < 0) {
        id = 0;
        QLIST_FOREACH(s, &fdsets, next) {
            if (s->id > id) {
                break;
            }
            id = s->id + 1;
            after = s;
        }
    } else {
        QLIST_FOREACH(s, &fdsets, next) {
            if (s->id > id) {
                break;
            }
            after = s;
        }
    }
    set->id = id;
    if (after) {
        QLIST_INSERT_AFTER(after, set, next);
    } else {
        QLIST_INSERT_HEAD(&fdsets, set, next);
    }
    return set;
}

static void free_fdset_fd(FdsetFd *f)
{
    QLIST_REMOVE(f, next);
    close(f->fd);
    g_free(f->opaque);
    g_free(f);
}

/* Forgets a set that nothing is left of. */
static void free_fdset_if_empty(Fdset *set)
{
    if (QLIST_EMPTY(&set->fds) && QLIST_EMPTY(&set->dups)) {
        QLIST_REMOVE(set, next);
        g_free(set);
    }
}

void monitor_fdsets_cleanup(void)
{
    Fdset *set, *next;

    QEMU_LOCK_GUARD(&fdsets_lock);
    QLIST_FOREACH_SAFE(set, &fdsets, next, next) {
        while (!QLIST_EMPTY(&set->fds)) {
            free_fdset_fd(QLIST_FIRST(&set->fds));
        }
        free_fdset_if_empty(set);
    }
}

AddfdInfo *monitor_fdset_add_fd(int fd, bool has_fdset_id, int64_t fdset_id,
                                const char *opaque, Error **errp)
{
    AddfdInfo *info;
    FdsetFd *f;
    Fdset *set = NULL;

    if (has_fdset_id && fdset_id < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "fdset-id",
                   "a non-negative value");
        return NULL;
    }
    QEMU_LOCK_GUARD(&fdsets_lock);
    if (has_fdset_id) {
        set = find_fdset(fdset_id);
    }
    if (!set) {
        set = new_fdset(has_fdset_id ? fdset_id : -1);
    }
    f = g_new0(FdsetFd, 1);
    f->fd = fd;
    f->opaque = g_strdup(opaque);
    QLIST_INSERT_HEAD(&set->fds, f, next);

    info = g_new0(AddfdInfo, 1);
    info->fdset_id = set->id;
    info->fd = fd;
    return info;
}

AddfdInfo *qmp_add_fd(bool has_fdset_id, int64_t fdset_id, const char *opaque,
                      Error **errp)
{
    int fd = take_msgfd(monitor_cur());
    AddfdInfo *info;

    if (fd < 0) {
        error_setg(errp, "No file descriptor supplied via SCM_RIGHTS");
        return NULL;
    }
    info = monitor_fdset_add_fd(fd, has_fdset_id, fdset_id, opaque, errp);
    if (!info) {
        close(fd);
    }
    return info;
}

void qmp_remove_fd(int64_t fdset_id, bool has_fd, int64_t fd, Error **errp)
{
    g_autofree char *name = NULL;
    bool found = false;
    FdsetFd *f, *next;
    Fdset *set;

    QEMU_LOCK_GUARD(&fdsets_lock);
    set = find_fdset(fdset_id);
    if (set) {
        QLIST_FOREACH_SAFE(f, &set->fds, next, next) {
            if (!has_fd || f->fd == fd) {
                free_fdset_fd(f);
                found = true;
            }
        }
        if (found || !has_fd) {
            free_fdset_if_empty(set);
            return;
        }
    }
    name = has_fd ? g_strdup_printf("fdset-id:%" PRId64 ", fd:%" PRId64,
                                    fdset_id, fd)
                  : g_strdup_printf("fdset-id:%" PRId64, fdset_id);
    error_setg(errp, "File descriptor named '%s' not found", name);
}

FdsetInfoList *qmp_query_fdsets(Error **errp)
{
    FdsetInfoList *list = NULL;
    FdsetFd *f;
    Fdset *set;

    QEMU_LOCK_GUARD(&fdsets_lock);
    QLIST_FOREACH(set, &fdsets, next) {
        FdsetInfo *info = g_new0(FdsetInfo, 1);

        info->fdset_id = set->id;
        QLIST_FOREACH(f, &set->fds, next) {
            FdsetFdInfo *fd = g_new0(FdsetFdInfo, 1);

            fd->fd = f->fd;
            fd->opaque = g_strdup(f->opaque);
            QAPI_LIST_PREPEND(info->fds, fd);
        }
        QAPI_LIST_PREPEND(list, info);
    }
    return list;
}

int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags, Error **errp)
{
    /* Duplicates share what is set with F_SETFL, so O_DIRECT has to be right */
    const int mask = O_ACCMODE | O_DIRECT;
    FdsetDup *dup;
    FdsetFd *f;
    Fdset *set;
    int fd = -1;

    QEMU_LOCK_GUARD(&fdsets_lock);
    set = find_fdset(fdset_id);
    if (!set) {
        error_setg(errp, "Failed to find fdset /dev/fdset/%" PRId64, fdset_id);
        errno = ENOENT;
        return -1;
    }
    QLIST_FOREACH(f, &set->fds, next) {
        int have = fcntl(f->fd, F_GETFL);

        if (have < 0) {
            error_setg(errp, "Failed to read file status flags for fd=%d",
                       f->fd);
            return -1;
        }
        if ((have & mask) == (flags & mask)) {
            fd = f->fd;
            break;
        }
    }
    if (fd < 0) {
        error_setg(errp,
                   "Failed to find file descriptor with matching flags=0x%x",
                   flags);
        errno = EACCES;
        return -1;
    }
    dup = g_new0(FdsetDup, 1);
    dup->fd = qemu_dup_flags(fd, flags);
    if (dup->fd < 0) {
        g_free(dup);
        error_setg(errp, "Failed to dup() given file descriptor fd=%d", fd);
        return -1;
    }
    QLIST_INSERT_HEAD(&set->dups, dup, next);
    return dup->fd;
}

void monitor_fdset_dup_fd_remove(int dup_fd)
{
    FdsetDup *dup;
    Fdset *set;

    QEMU_LOCK_GUARD(&fdsets_lock);
    QLIST_FOREACH(set, &fdsets, next) {
        QLIST_FOREACH(dup, &set->dups, next) {
            if (dup->fd == dup_fd) {
                QLIST_REMOVE(dup, next);
                g_free(dup);
                free_fdset_if_empty(set);
                return;
            }
        }
    }
}
