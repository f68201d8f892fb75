/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that go from one emulator to the next. */
#include "qemu/osdep.h"
#include "cpr-fds.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"

/* Longer names are no names. */
#define MAX_NAME 1024

typedef struct CprFd {
    uint32_t namelen; /* with the zero at the end */
    char *name;
    int32_t id;
    int32_t fd;
    QLIST_ENTRY(CprFd) next;

    bool came;   /* from the process before */
    bool unused; /* it came, and nobody has asked for it */
} CprFd;

typedef struct CprState {
    QLIST_HEAD(, CprFd) fds;

    QEMUFile *loading;
} CprState;

static CprState state;

static CprFd *find(const char *name, int id)
{
    CprFd *elem;

    QLIST_FOREACH(elem, &state.fds, next) {
        if (elem->id == id && !strcmp(elem->name, name)) {
            return elem;
        }
    }
    return NULL;
}

static void discard(CprFd *elem)
{
    QLIST_REMOVE(elem, next);
    g_free(elem->name);
    g_free(elem);
}

void cpr_save_fd(const char *name, int id, int fd)
{
    CprFd *elem = find(name, id);

    if (!elem) {
        elem = g_new0(CprFd, 1);
        elem->name = g_strdup(name);
        elem->namelen = strlen(name) + 1;
        elem->id = id;
        QLIST_INSERT_HEAD(&state.fds, elem, next);
    }
    elem->fd = fd;
    elem->came = elem->unused = false;
}

void cpr_delete_fd(const char *name, int id)
{
    CprFd *elem = find(name, id);

    if (elem) {
        discard(elem);
    }
}

static int take(CprFd *elem)
{
    elem->unused = false;
    return elem->fd;
}

int cpr_find_fd(const char *name, int id)
{
    CprFd *elem = find(name, id);

    return elem ? take(elem) : -1;
}

/* ---- by name alone ------------------------------------------------------- */

static CprFd *first_unused(const char *name)
{
    CprFd *elem, *first = NULL;

    QLIST_FOREACH(elem, &state.fds, next) {
        if (elem->unused && !strcmp(elem->name, name) &&
            (!first || elem->id < first->id)) {
            first = elem;
        }
    }
    return first;
}

int cpr_fds_take(const char *name)
{
    CprFd *first = first_unused(name);

    return first ? take(first) : -1;
}

bool cpr_fds_is_left(const char *name)
{
    return first_unused(name);
}

void cpr_fds_add(const char *name, int fd)
{
    CprFd *elem;
    int id = 0;

    QLIST_FOREACH(elem, &state.fds, next) {
        if (elem->fd == fd) {
            return; /* that is where it comes from */
        }
    }
    while (find(name, id)) {
        id++;
    }
    cpr_save_fd(name, id, fd);
}

void cpr_fds_remove(int fd)
{
    CprFd *elem, *next;

    QLIST_FOREACH_SAFE(elem, &state.fds, next, next) {
        if (elem->fd == fd && !elem->unused) {
            discard(elem);
        }
    }
}

bool cpr_fds_came(int fd)
{
    CprFd *elem;

    QLIST_FOREACH(elem, &state.fds, next) {
        if (elem->fd == fd) {
            return elem->came && !elem->unused;
        }
    }
    return false;
}

void cpr_fds_close_unused(void)
{
    CprFd *elem, *next;

    QLIST_FOREACH_SAFE(elem, &state.fds, next, next) {
        if (elem->unused) {
            close(elem->fd);
            discard(elem);
        }
    }
}

/* ---- in the stream ------------------------------------------------------- */

static bool name_is_sane(void *opaque, int version_id)
{
    const CprFd *elem = opaque;

    return elem->namelen && elem->namelen <= MAX_NAME;
}

/* What does not come back from here is not in the list, and is closed. */
static int fd_post_load(void *opaque, int version_id)
{
    CprFd *elem = opaque;

    if (elem->fd < 0) {
        error_report("a descriptor is missing in the CPR state");
        return -EINVAL;
    }
    if (elem->name[elem->namelen - 1] || find(elem->name, elem->id)) {
        error_report("the CPR state has no name, or one twice, for a "
                     "descriptor");
        close(elem->fd);
        return -EINVAL;
    }
    elem->came = elem->unused = true;
    return 0;
}

static const VMStateDescription vmstate_cpr_fd = {
    .name = "cpr fd",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = fd_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(namelen, CprFd),
            VMSTATE_VALIDATE("short name", name_is_sane),
            VMSTATE_VBUFFER_ALLOC_UINT32(name, CprFd, 0, NULL, namelen),
            VMSTATE_INT32(id, CprFd),
            VMSTATE_FD(fd, CprFd),
            VMSTATE_END_OF_LIST(),
        },
};

/* Behind the last byte it is looked for a subsection, which is no error. */
static bool all_was_there(void *opaque, int version_id)
{
    CprState *s = opaque;

    return !s->loading || !qemu_file_get_error(s->loading);
}

static const VMStateDescription vmstate_cpr_state = {
    .name = "CprState",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_QLIST_V(fds, CprState, 1, vmstate_cpr_fd, CprFd, next),
            VMSTATE_VALIDATE("complete", all_was_there),
            VMSTATE_END_OF_LIST(),
        },
};

int cpr_fds_save(QEMUFile *f)
{
    return vmstate_save_state(f, &vmstate_cpr_state, &state, NULL);
}

int cpr_fds_load(QEMUFile *f)
{
    int ret;

    state.loading = f;
    ret = vmstate_load_state(f, &vmstate_cpr_state, &state, 1);
    state.loading = NULL;
    return ret;
}
