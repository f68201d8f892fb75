/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory backends: host memory that the user describes once, and that a board
 * or a device then shows to the guest as RAM.
 *
 * `-object memory-backend-KIND,id=ID,size=SIZE,...` makes one. When it is
 * complete, its memory exists: host_memory_backend_get_memory() is a region of
 * it, which one user at a time maps (host_memory_backend_set_mapped()); a
 * mapped backend cannot be deleted. Kinds differ in alloc() only. What is
 * common (merging, dumps, NUMA policy, preallocation, huge pages, pinning) is
 * in the base class, backends/mem/hostmem.c.
 *
 * Everything needs the big lock.
 */
#ifndef SYSTEM_HOSTMEM_H
#define SYSTEM_HOSTMEM_H

#include "exec/memory.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/bitmap.h"
#include "qemu/thread-context.h"
#include "qom/object.h"
#include "system/numa.h"

#define TYPE_MEMORY_BACKEND "memory-backend"
OBJECT_DECLARE_TYPE(HostMemoryBackend, HostMemoryBackendClass, MEMORY_BACKEND)

/* Anonymous memory. */
#define TYPE_MEMORY_BACKEND_RAM "memory-backend-ram"
/* A file, which is made if need be, or one without a name in a directory. */
#define TYPE_MEMORY_BACKEND_FILE "memory-backend-file"
/* A file that exists in memory only and has no name. */
#define TYPE_MEMORY_BACKEND_MEMFD "memory-backend-memfd"
/* POSIX shared memory. */
#define TYPE_MEMORY_BACKEND_SHM "memory-backend-shm"
/* Ours: memory that exists already, taken over by file descriptor. */
#define TYPE_MEMORY_BACKEND_FD "memory-backend-fd"

struct HostMemoryBackendClass {
    ObjectClass parent_class;

    /*
     * Initializes backend->mr as RAM of backend->size bytes with the flags
     * that the properties ask for. False with @errp set on failure.
     */
    bool (*alloc)(HostMemoryBackend *backend, Error **errp);

    /* Ours: what of the kind the common checks must know. */
    bool anonymous; /* without a file: thp works */
};

struct HostMemoryBackend {
    /* private: */
    Object parent;

    /* The properties. */
    uint64_t size;
    bool merge, dump, use_canonical_path;
    bool prealloc, is_mapped, share, reserve;
    bool guest_memfd, aligned;
    uint32_t prealloc_threads;
    ThreadContext *prealloc_context;
    DECLARE_BITMAP(host_nodes, MAX_NODES + 1);
    HostMemPolicy policy;

    MemoryRegion mr;

    /* Ours. */
    OnOffAuto thp;
    bool prefault;
    bool pin, pinned;         /* wanted; discards are disabled for it */
    bool decommit, decommits; /* wanted; discards are required for it */
};

/* Whether the memory is there: from complete() on. */
bool host_memory_backend_mr_inited(HostMemoryBackend *backend);
/* The region, owned by the backend; NULL before it is there. */
MemoryRegion *host_memory_backend_get_memory(HostMemoryBackend *backend);

/* Whether somebody uses the memory, and nobody else may. */
void host_memory_backend_set_mapped(HostMemoryBackend *backend, bool mapped);
bool host_memory_backend_is_mapped(HostMemoryBackend *backend);

/* The page size of what lies behind it, in bytes. */
size_t host_memory_backend_pagesize(HostMemoryBackend *memdev);
/* The name of its RAM block; the caller frees it. */
char *host_memory_backend_get_name(HostMemoryBackend *backend);

/*
 * The smallest page size behind RAM of the guest, and the largest one that any
 * backend has, in bytes.
 */
long qemu_minrampagesize(void);
long qemu_maxrampagesize(void);

/* ---- ours ---------------------------------------------------------------- */

/*
 * Gives the pages of [@offset, @offset + @size) back to the host; they read as
 * zero afterwards. Fails if the backend is pinned, or anything else forbids
 * it, and if the range is not within the backend or not of whole pages.
 */
bool host_memory_backend_discard(HostMemoryBackend *backend, uint64_t offset,
                                 uint64_t size, Error **errp);

/*
 * From here on, complete() starts preallocation and does not wait for it;
 * until the end, which waits for all that was started. Several backends are
 * then prepared at once.
 */
void host_memory_backends_begin_async(void);
bool host_memory_backends_end_async(Error **errp);

/* -overcommit mem-lock=on or on-fault: all memory is locked, for ever. */
void host_memory_backends_set_locked(bool locked);

/*
 * The descriptor that the user calls @name: what "getfd" stored under that
 * name, or a copy of the one with that number. The caller's to close. The
 * monitor registers the hook for names; without it only numbers are known.
 */
int host_memory_get_fd(const char *name, Error **errp);
void host_memory_set_fd_hook(int (*get_fd)(const char *name, Error **errp));

#endif
