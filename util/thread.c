/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads, mutexes and conditions: POSIX threads, with wrong use fatal.
 */
#include "qemu/osdep.h"
#include <sched.h>
#include "qemu/bitmap.h"
#include "qemu/notify.h"
#include "qemu/thread.h"

static bool name_threads;

/* Aborts because the pthread function @what returned @err. */
static G_NORETURN void pthread_failed(int err, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(err));
    abort();
}

static inline void check(int err, const char *what)
{
    if (unlikely(err)) {
        pthread_failed(err, what);
    }
}

void qemu_thread_naming(bool enable)
{
    name_threads = enable;
}

void qemu_mutex_init(QemuMutex *mutex)
{
    check(pthread_mutex_init(&mutex->lock, NULL), __func__);
    mutex->initialized = true;
}

void qemu_mutex_destroy(QemuMutex *mutex)
{
    assert(mutex->initialized);
    mutex->initialized = false;
    check(pthread_mutex_destroy(&mutex->lock), __func__);
}

void qemu_mutex_lock_impl(QemuMutex *mutex, const char *file, const int line)
{
    assert(mutex->initialized);
    check(pthread_mutex_lock(&mutex->lock), __func__);
}

int qemu_mutex_trylock_impl(QemuMutex *mutex, const char *file, const int line)
{
    int err;

    assert(mutex->initialized);
    err = pthread_mutex_trylock(&mutex->lock);
    if (err && err != EBUSY) {
        pthread_failed(err, __func__);
    }
    return -err;
}

void qemu_mutex_unlock_impl(QemuMutex *mutex, const char *file, const int line)
{
    assert(mutex->initialized);
    check(pthread_mutex_unlock(&mutex->lock), __func__);
}

void qemu_rec_mutex_init(QemuRecMutex *mutex)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    check(pthread_mutex_init(&mutex->m.lock, &attr), __func__);
    pthread_mutexattr_destroy(&attr);
    mutex->m.initialized = true;
}

void qemu_rec_mutex_destroy(QemuRecMutex *mutex)
{
    qemu_mutex_destroy(&mutex->m);
}

void qemu_rec_mutex_lock_impl(QemuRecMutex *mutex, const char *file, int line)
{
    qemu_mutex_lock_impl(&mutex->m, file, line);
}

int qemu_rec_mutex_trylock_impl(QemuRecMutex *mutex, const char *file, int line)
{
    return qemu_mutex_trylock_impl(&mutex->m, file, line);
}

void qemu_rec_mutex_unlock_impl(QemuRecMutex *mutex, const char *file, int line)
{
    qemu_mutex_unlock_impl(&mutex->m, file, line);
}

void qemu_cond_init(QemuCond *cond)
{
    pthread_condattr_t attr;

    /* Waiting with a timeout must not depend on the time of day. */
    pthread_condattr_init(&attr);
    check(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), __func__);
    check(pthread_cond_init(&cond->cond, &attr), __func__);
    pthread_condattr_destroy(&attr);
    cond->initialized = true;
}

void qemu_cond_destroy(QemuCond *cond)
{
    assert(cond->initialized);
    cond->initialized = false;
    check(pthread_cond_destroy(&cond->cond), __func__);
}

void qemu_cond_signal(QemuCond *cond)
{
    assert(cond->initialized);
    check(pthread_cond_signal(&cond->cond), __func__);
}

void qemu_cond_broadcast(QemuCond *cond)
{
    assert(cond->initialized);
    check(pthread_cond_broadcast(&cond->cond), __func__);
}

void qemu_cond_wait_impl(QemuCond *cond, QemuMutex *mutex, const char *file,
                         const int line)
{
    assert(cond->initialized);
    check(pthread_cond_wait(&cond->cond, &mutex->lock), __func__);
}

bool qemu_cond_timedwait_impl(QemuCond *cond, QemuMutex *mutex, int ms,
                              const char *file, const int line)
{
    struct timespec until;
    int err;

    assert(cond->initialized);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    err = pthread_cond_timedwait(&cond->cond, &mutex->lock, &until);
    if (err && err != ETIMEDOUT) {
        pthread_failed(err, __func__);
    }
    return err != ETIMEDOUT;
}

/*
 * What runs when a thread ends. A pthread key, so that it also works for
 * threads that others (GLib) have made.
 */
static __thread NotifierList atexit_list;
static pthread_key_t atexit_key;

static void run_atexit_list(void *arg)
{
    notifier_list_notify(arg, NULL);
}

static void make_atexit_key(void)
{
    check(pthread_key_create(&atexit_key, run_atexit_list), __func__);
}

void qemu_thread_atexit_add(struct Notifier *notifier)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_atexit_key);
    pthread_setspecific(atexit_key, &atexit_list);
    notifier_list_add(&atexit_list, notifier);
}

void qemu_thread_atexit_remove(struct Notifier *notifier)
{
    notifier_remove(notifier);
}

typedef struct {
    void *(*start_routine)(void *);
    void *arg;
    char *name;
} ThreadStart;

static void *thread_main(void *opaque)
{
    ThreadStart start = *(ThreadStart *)opaque;

    g_free(opaque);
    if (start.name) {
        /* The kernel keeps 15 characters. */
        char name[16];

        g_strlcpy(name, start.name, sizeof(name));
        pthread_setname_np(pthread_self(), name);
        g_free(start.name);
    }
    return start.start_routine(start.arg);
}

void qemu_thread_create(QemuThread *thread, const char *name,
                        void *(*start_routine)(void *), void *arg, int mode)
{
    sigset_t blocked, before;
    pthread_attr_t attr;
    ThreadStart *start = g_new(ThreadStart, 1);

    *start = (ThreadStart){
        .start_routine = start_routine,
        .arg = arg,
        .name = name_threads ? g_strdup(name) : NULL,
    };

    /* Signals are for the main thread, except faults of one's own. */
    sigfillset(&blocked);
    sigdelset(&blocked, SIGSEGV);
    sigdelset(&blocked, SIGFPE);
    sigdelset(&blocked, SIGILL);
    sigdelset(&blocked, SIGBUS);

    pthread_attr_init(&attr);
    if (mode == QEMU_THREAD_DETACHED) {
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    check(pthread_create(&thread->thread, &attr, thread_main, start), __func__);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
}

int qemu_thread_set_affinity(QemuThread *thread, unsigned long *host_cpus,
                             unsigned long nbits)
{
    size_t size = CPU_ALLOC_SIZE(nbits);
    cpu_set_t *set = CPU_ALLOC(nbits);
    unsigned long cpu;
    int err;

    CPU_ZERO_S(size, set);
    for (cpu = find_first_bit(host_cpus, nbits); cpu < nbits;
         cpu = find_next_bit(host_cpus, nbits, cpu + 1)) {
        CPU_SET_S(cpu, size, set);
    }
    err = pthread_setaffinity_np(thread->thread, size, set);
    CPU_FREE(set);
    return -err;
}

int qemu_thread_get_affinity(QemuThread *thread, unsigned long **host_cpus,
                             unsigned long *nbits)
{
    unsigned long n = sysconf(_SC_NPROCESSORS_CONF);
    cpu_set_t *set;
    size_t size;
    int err;

    /* The kernel may know of more CPUs, and says EINVAL then. */
    for (;; n *= 2) {
        size = CPU_ALLOC_SIZE(n);
        set = CPU_ALLOC(n);
        err = pthread_getaffinity_np(thread->thread, size, set);
        if (err != EINVAL || n > 1 << 20) {
            break;
        }
        CPU_FREE(set);
    }
    if (!err) {
        *nbits = n;
        *host_cpus = bitmap_new(n);
        for (unsigned long cpu = 0; cpu < n; cpu++) {
            if (CPU_ISSET_S(cpu, size, set)) {
                set_bit(cpu, *host_cpus);
            }
        }
    }
    CPU_FREE(set);
    return -err;
}

void *qemu_thread_join(QemuThread *thread)
{
    void *ret;

    check(pthread_join(thread->thread, &ret), __func__);
    return ret;
}

void qemu_thread_get_self(QemuThread *thread)
{
    thread->thread = pthread_self();
}

bool qemu_thread_is_self(QemuThread *thread)
{
    return pthread_equal(pthread_self(), thread->thread);
}

void qemu_thread_exit(void *retval)
{
    pthread_exit(retval);
}
