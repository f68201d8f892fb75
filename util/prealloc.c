/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preallocating memory, in threads: qemu_prealloc_mem() of qemu/osdep.h.
 *
 * The kernel does it for a range at once (MADV_POPULATE_WRITE) and says when
 * there is no memory. Where it cannot, pages are touched one by one; no memory
 * is a SIGBUS then, from which the touching thread jumps back.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/mmap-alloc.h"
#include "qemu/prealloc.h"
#include "qemu/thread.h"
#include "qemu/units.h"

#define MAX_THREADS 16
/* Less is not worth a thread. */
#define MIN_PER_THREAD (64 * MiB)

typedef struct PreallocJob PreallocJob;

/* What one thread does. */
typedef struct PreallocPart {
    PreallocJob *job;
    QemuThread thread;
    char *area;
    size_t size;
    int ret; /* 0 or -errno */
} PreallocPart;

struct PreallocJob {
    size_t page_size;
    bool populate; /* by MADV_POPULATE_WRITE */
    bool failed;   /* some part has: the others stop; atomic */
    PreallocJob *next;
    unsigned nr;
    PreallocPart part[];
};

/* Begun with async, not finished. The big lock. */
static PreallocJob *async_jobs;
static PreallocThreadCreate *thread_create;
static bool populate_allowed = true;

void qemu_prealloc_set_thread_create(PreallocThreadCreate *create)
{
    thread_create = create;
}

void qemu_prealloc_set_populate(bool use)
{
    populate_allowed = use;
}

/* --- Touching ---------------------------------------------------------------*/

/* Where the thread goes on at a SIGBUS; NULL when it is not touching. */
static __thread sigjmp_buf *touch_env;
/* One touching job at a time has the handler. */
static GMutex sigbus_lock;
static struct sigaction sigbus_before;

static void sigbus_handler(int signal, siginfo_t *info, void *context)
{
    if (touch_env) {
        siglongjmp(*touch_env, 1);
    }
    /* Somebody else's: as if this handler were not there. */
    if (sigbus_before.sa_flags & SA_SIGINFO) {
        sigbus_before.sa_sigaction(signal, info, context);
    } else if (sigbus_before.sa_handler == SIG_DFL) {
        /* It is thrown again when the instruction is repeated. */
        sigaction(SIGBUS, &sigbus_before, NULL);
    } else if (sigbus_before.sa_handler != SIG_IGN) {
        sigbus_before.sa_handler(signal);
    }
}

static int touch_pages(PreallocPart *part)
{
    size_t page_size = part->job->page_size;
    sigjmp_buf env;
    sigset_t bus, before;
    int ret = 0;

    sigemptyset(&bus);
    sigaddset(&bus, SIGBUS);
    pthread_sigmask(SIG_UNBLOCK, &bus, &before);
    if (sigsetjmp(env, 1)) {
        ret = -EFAULT;
    } else {
        touch_env = &env;
        barrier();
        for (size_t at = 0; at < part->size; at += page_size) {
            volatile char *byte = part->area + at;

            if (qatomic_read(&part->job->failed)) {
                break;
            }
            /* The value stays: the content may matter. */
            *byte = *byte;
        }
    }
    barrier();
    touch_env = NULL;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ret;
}

/* --- Populating ------------------------------------------------------------ */

static bool populate_works(char *area, size_t page_size)
{
    return populate_allowed &&
           (qemu_madvise(area, page_size, QEMU_MADV_POPULATE_WRITE) == 0 ||
            errno != EINVAL);
}

/* In pieces, so that others' failure is noticed. */
static int populate_pages(PreallocPart *part)
{
    size_t piece = ROUND_UP(1 * GiB, part->job->page_size);

    for (size_t at = 0; at < part->size; at += piece) {
        size_t n = MIN(piece, part->size - at);

        if (qatomic_read(&part->job->failed)) {
            return 0;
        }
        if (RETRY_ON_EINTR(qemu_madvise(part->area + at, n,
                                        QEMU_MADV_POPULATE_WRITE)) < 0) {
            return -errno;
        }
    }
    return 0;
}

/* --- Jobs ------------------------------------------------------------------ */

static void *run_part(void *opaque)
{
    PreallocPart *part = opaque;

    part->ret = part->job->populate ? populate_pages(part) : touch_pages(part);
    if (part->ret) {
        qatomic_set(&part->job->failed, true);
    }
    return NULL;
}

static unsigned count_threads(size_t size, int max_threads)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n = MIN(MAX(size / MIN_PER_THREAD, 1), MAX_THREADS);

    if (cpus > 0) {
        n = MIN(n, (uint64_t)cpus);
    }
    return max_threads > 0 ? MIN(n, (uint64_t)max_threads) : 1;
}

/* Divides the area by whole pages. */
static PreallocJob *job_new(char *area, size_t size, size_t page_size,
                            unsigned nr)
{
    PreallocJob *job = g_malloc0(sizeof(*job) + nr * sizeof(job->part[0]));
    size_t pages = DIV_ROUND_UP(size, page_size);
    size_t at = 0;

    job->page_size = page_size;
    job->nr = nr;
    for (unsigned i = 0; i < nr; i++) {
        size_t n = pages / nr + (i < pages % nr);

        job->part[i].job = job;
        job->part[i].area = area + at;
        job->part[i].size = MIN(n * page_size, size - at);
        at += job->part[i].size;
    }
    return job;
}

static void job_start(PreallocJob *job, ThreadContext *tc)
{
    for (unsigned i = 0; i < job->nr; i++) {
        PreallocPart *part = &job->part[i];

        if (tc && thread_create) {
            thread_create(tc, &part->thread, "touch_pages", run_part, part,
                          QEMU_THREAD_JOINABLE);
        } else {
            qemu_thread_create(&part->thread, "touch_pages", run_part, part,
                               QEMU_THREAD_JOINABLE);
        }
    }
}

/* 0, or the first part's -errno. Frees @job. */
static int job_finish(PreallocJob *job, bool threads)
{
    int ret = 0;

    for (unsigned i = 0; i < job->nr; i++) {
        if (threads) {
            qemu_thread_join(&job->part[i].thread);
        }
        if (!ret) {
            ret = job->part[i].ret;
        }
    }
    g_free(job);
    return ret;
}

static bool report(int ret, Error **errp)
{
    ERRP_GUARD();

    if (ret == 0) {
        return true;
    }
    error_setg_errno(errp, -ret,
                     "qemu_prealloc_mem: preallocating memory failed");
    if (ret == -EFAULT || ret == -ENOMEM) {
        error_append_hint(errp, "There is less memory than was asked for: free "
                                "huge pages, space in the file's file system, "
                                "or the process's limit.\n");
    }
    return false;
}

bool qemu_prealloc_mem(int fd, char *area, size_t sz, int max_threads,
                       ThreadContext *tc, bool async, Error **errp)
{
    size_t page_size = qemu_fd_getpagesize(fd);
    struct sigaction handler = {
        .sa_sigaction = sigbus_handler,
        .sa_flags = SA_SIGINFO,
    };
    PreallocJob *job;
    bool threads, populate;
    int ret;

    if (sz == 0) {
        return true;
    }
    job = job_new(area, sz, page_size, count_threads(sz, max_threads));
    job->populate = populate_works(area, page_size);
    threads = tc || job->nr > 1;

    if (!job->populate) {
        g_mutex_lock(&sigbus_lock);
        sigemptyset(&handler.sa_mask);
        if (sigaction(SIGBUS, &handler, &sigbus_before) < 0) {
            error_setg_errno(errp, errno,
                             "qemu_prealloc_mem: failed to install signal "
                             "handler");
            g_mutex_unlock(&sigbus_lock);
            g_free(job);
            return false;
        }
    }
    if (threads) {
        job_start(job, tc);
        /* The handler for touching must not stay: then one waits here. */
        if (async && tc && job->populate) {
            job->next = async_jobs;
            async_jobs = job;
            return true;
        }
    } else {
        run_part(&job->part[0]);
    }
    populate = job->populate;
    ret = job_finish(job, threads);
    if (!populate) {
        sigaction(SIGBUS, &sigbus_before, NULL);
        g_mutex_unlock(&sigbus_lock);
    }
    return report(ret, errp);
}

bool qemu_finish_async_prealloc_mem(Error **errp)
{
    int ret = 0;

    while (async_jobs) {
        PreallocJob *job = async_jobs;
        int one;

        async_jobs = job->next;
        one = job_finish(job, true);
        ret = ret ? ret : one;
    }
    return report(ret, errp);
}
