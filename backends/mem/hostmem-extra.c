/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What backends can do beyond QEMU's: transparent huge pages by choice, early
 * page tables, pinned memory for devices that access it at any time, and
 * memory that goes back to the host. And what of all this cannot be together.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qom/object_interfaces.h"
#include <sys/resource.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

static bool all_locked;

const char *host_memory_id(const HostMemoryBackend *backend)
{
    return object_get_canonical_path_component(OBJECT(backend)) ?: "";
}

bool host_memory_clash(Error **errp, const char *a, const char *b,
                       const char *why)
{
    error_setg(errp, "'%s' and '%s' are incompatible: %s", a, b, why);
    return false;
}

void host_memory_backends_set_locked(bool locked)
{
    all_locked = locked;
}

/*** Clashes. ***/

static bool is_anonymous(const HostMemoryBackend *backend)
{
    return MEMORY_BACKEND_GET_CLASS(backend)->anonymous;
}

static bool check_thp(const HostMemoryBackend *backend, Error **errp)
{
    if (backend->thp != ON_OFF_AUTO_ON) {
        return true;
    }
    if (!is_anonymous(backend)) {
        return host_memory_clash(
            errp, "thp=on", object_get_typename(OBJECT(backend)),
            "only private anonymous memory (memory-backend-ram) is made of "
            "transparent huge pages");
    }
    if (backend->share) {
        return host_memory_clash(
            errp, "thp=on", "share=on",
            "only private anonymous memory is made of transparent huge pages");
    }
    return true;
}

static bool check_pin(const HostMemoryBackend *backend, Error **errp)
{
    if (!backend->pin) {
        return true;
    }
    if (backend->decommit) {
        return host_memory_clash(
            errp, "pin=on", "decommit=on",
            "pages that a device may access at any time cannot be given back");
    }
    if (!backend->reserve) {
        return host_memory_clash(errp, "pin=on", "reserve=off",
                                 "pinned memory is all there from the start");
    }
    if (backend->guest_memfd) {
        return host_memory_clash(
            errp, "pin=on", "guest-memfd=on",
            "pages are discarded whenever they change sides");
    }
    return true;
}

static bool check_decommit(const HostMemoryBackend *backend, Error **errp)
{
    if (!backend->decommit) {
        return true;
    }
    if (all_locked) {
        return host_memory_clash(errp, "decommit=on", "-overcommit mem-lock=on",
                                 "locked pages cannot be given back");
    }
    if (!is_anonymous(backend) && !backend->share) {
        return host_memory_clash(
            errp, "decommit=on", "share=off",
            "a private copy of a file cannot give the file's pages back");
    }
    return true;
}

bool host_memory_check_clashes(const HostMemoryBackend *backend, Error **errp)
{
    if (backend->prefault && backend->prealloc) {
        return host_memory_clash(
            errp, "prefault=on", "prealloc=on",
            "one goes on without the memory, the other fails; choose one");
    }
    return check_thp(backend, errp) && check_pin(backend, errp) &&
           check_decommit(backend, errp);
}

/*** Discarding: required by some, forbidden by others. ***/

typedef struct FindClaim {
    bool require; /* look for one that requires, else one that forbids */
    const HostMemoryBackend *found;
} FindClaim;

static int find_claim(Object *obj, void *opaque)
{
    FindClaim *find = opaque;
    HostMemoryBackend *backend =
        (HostMemoryBackend *)object_dynamic_cast(obj, TYPE_MEMORY_BACKEND);

    if (backend && (find->require ? backend->decommits : backend->pinned)) {
        find->found = backend;
        return 1;
    }
    return 0;
}

/* "'decommit=on' of memory backend 'm0'", or what else it can be. */
static char *who_claims(bool require)
{
    FindClaim find = { .require = require };

    object_child_foreach(object_get_objects_root(), find_claim, &find);
    if (find.found) {
        return g_strdup_printf("'%s' of memory backend '%s'",
                               require ? "decommit=on" : "pin=on",
                               host_memory_id(find.found));
    }
    return g_strdup(require ? "a device or memory that must be able to give "
                              "pages back"
                            : "a device that needs all memory to stay");
}

bool host_memory_claim_discard(HostMemoryBackend *backend, Error **errp)
{
    g_autofree char *other = NULL;
    bool require = backend->decommit;

    if (backend->pin && !ram_block_discard_disable(true)) {
        backend->pinned = true;
    }
    if (backend->decommit && !ram_block_discard_require(true)) {
        backend->decommits = true;
    }
    if (backend->pin == backend->pinned &&
        backend->decommit == backend->decommits) {
        return true;
    }
    other = who_claims(!require);
    error_setg(errp, "'%s' of memory backend '%s' clashes with %s",
               require ? "decommit=on" : "pin=on", host_memory_id(backend),
               other);
    return false;
}

void host_memory_release_discard(HostMemoryBackend *backend)
{
    if (backend->pinned) {
        ram_block_discard_disable(false);
        backend->pinned = false;
    }
    if (backend->decommits) {
        ram_block_discard_require(false);
        backend->decommits = false;
    }
}

bool host_memory_backend_discard(HostMemoryBackend *backend, uint64_t offset,
                                 uint64_t size, Error **errp)
{
    RAMBlock *rb = backend->mr.ram_block;
    size_t page;
    int ret;

    if (ram_block_discard_is_disabled()) {
        g_autofree char *other = who_claims(false);

        error_setg(errp,
                   "memory of '%s' cannot be given back: it clashes with %s",
                   host_memory_id(backend), other);
        return false;
    }
    page = qemu_ram_pagesize(rb);
    if (offset > backend->size || size > backend->size - offset) {
        error_setg(errp,
                   "range 0x%" PRIx64 " + 0x%" PRIx64 " is not within memory "
                   "backend '%s' of 0x%" PRIx64 " bytes",
                   offset, size, host_memory_id(backend), backend->size);
        return false;
    }
    if (!QEMU_IS_ALIGNED(offset, page) || !QEMU_IS_ALIGNED(size, page)) {
        error_setg(errp,
                   "range 0x%" PRIx64 " + 0x%" PRIx64 " is not of whole pages "
                   "of memory backend '%s', which have 0x%zx bytes",
                   offset, size, host_memory_id(backend), page);
        return false;
    }
    ret = size ? ram_block_discard_range(rb, offset, size) : 0;
    if (ret) {
        error_setg_errno(errp, ret < 0 ? -ret : EINVAL,
                         "cannot give memory of '%s' back",
                         host_memory_id(backend));
        return false;
    }
    return true;
}

/*** Transparent huge pages. ***/

/* Whether the host's administrator has turned them off. */
static bool thp_never(void)
{
    g_autofree char *text = NULL;

    return g_file_get_contents("/sys/kernel/mm/transparent_hugepage/enabled",
                               &text, NULL, NULL) &&
           strstr(text, "[never]");
}

bool host_memory_apply_thp(const HostMemoryBackend *backend, void *ptr,
                           uint64_t sz, Error **errp)
{
    switch (backend->thp) {
    case ON_OFF_AUTO_ON:
        if (thp_never()) {
            error_setg(errp,
                       "'thp=on' cannot work: this host has transparent huge "
                       "pages turned off "
                       "(/sys/kernel/mm/transparent_hugepage/enabled)");
            return false;
        }
        if (qemu_madvise(ptr, sz, QEMU_MADV_HUGEPAGE) < 0) {
            error_setg_errno(errp, errno,
                             "'thp=on' cannot work: this host has no "
                             "transparent huge pages");
            return false;
        }
        return true;
    case ON_OFF_AUTO_OFF:
        /* Fails where there are none anyway. */
        qemu_madvise(ptr, sz, QEMU_MADV_NOHUGEPAGE);
        return true;
    default:
        return true;
    }
}

/*** Memory that is there before it is used. ***/

void host_memory_prefault(const HostMemoryBackend *backend, void *ptr,
                          uint64_t sz)
{
    int advice =
        backend->mr.readonly ? MADV_POPULATE_READ : QEMU_MADV_POPULATE_WRITE;

    if (qemu_madvise(ptr, sz, advice) < 0) {
        warn_report("memory backend '%s': not all pages could be prefaulted, "
                    "the guest will wait for them: %s",
                    host_memory_id(backend), strerror(errno));
    }
}

bool host_memory_pin(const HostMemoryBackend *backend, void *ptr, uint64_t sz,
                     Error **errp)
{
    ERRP_GUARD();
    struct rlimit limit;
    int err;

    if (!mlock(ptr, sz)) {
        return true;
    }
    err = errno;
    error_setg_errno(errp, err, "cannot pin the memory of backend '%s'",
                     host_memory_id(backend));
    if (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur < sz) {
        error_append_hint(errp,
                          "This process may lock %" PRIu64
                          " bytes, and %" PRIu64
                          " are wanted: raise the limit (ulimit -l) or run "
                          "privileged.\n",
                          (uint64_t)limit.rlim_cur, sz);
    }
    return false;
}
