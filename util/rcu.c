/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU's slow side: which threads read, waiting for them, and the thread that
 * calls what was handed to call_rcu().
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "rcu-internal.h"
#include "trace.h"

/* How long callbacks are gathered for one grace period. */
#define GATHER_MS 10
/* How often readers are asked to make way for drain_call_rcu(). */
#define FORCE_MS 10
/* So many callbacks at a time under the big lock, then others get a chance. */
#define CALLBACKS_PER_LOCK 256

#define STATIC_MUTEX                                                           \
    {                                                                          \
        .lock = PTHREAD_MUTEX_INITIALIZER, .initialized = true                 \
    }

typedef struct rcu_reader_data {
    bool registered;
    void *record; /* liburcu's */
    Notifier at_exit;
    NotifierList force_rcu; /* under registry_lock */
    QLIST_ENTRY(rcu_reader_data) node;
} RCUThread;

static __thread RCUThread self;
static QLIST_HEAD(, rcu_reader_data) registry =
    QLIST_HEAD_INITIALIZER(registry);

/* Held for a grace period; and for changes of the registry. In this order. */
static QemuMutex sync_lock = STATIC_MUTEX;
static QemuMutex registry_lock = STATIC_MUTEX;

/* Grace periods begun and ended; written under sync_lock. */
static unsigned long periods_begun, periods_ended;

/* Callbacks to call, the last one first, and how many. */
static struct rcu_head *pending;
static struct rcu_head *pending_unlocked; /* without the big lock */
static unsigned pending_count;
static QemuEvent pending_event;
static bool reclaim_running;
/* Calls of drain_call_rcu() that wait; posting wakes the gathering thread. */
static unsigned drainers;
static QemuSemaphore hurry;
static void (*drain_hook)(void);

/* rcu_disable_atfork() minus rcu_enable_atfork(). */
static int atfork_disabled;

/*
 * fork() copies only the thread that calls it. Taking both locks first makes
 * sure that liburcu's own are free, then the other threads are struck off.
 */
static void before_fork(void)
{
    if (qatomic_read(&atfork_disabled) <= 0) {
        qemu_mutex_lock(&sync_lock);
        qemu_mutex_lock(&registry_lock);
    }
}

static void after_fork_parent(void)
{
    if (qatomic_read(&atfork_disabled) <= 0) {
        qemu_mutex_unlock(&registry_lock);
        qemu_mutex_unlock(&sync_lock);
    }
}

static void after_fork_child(void)
{
    RCUThread *thread, *next;

    if (qatomic_read(&atfork_disabled) > 0) {
        return;
    }
    QLIST_FOREACH_SAFE(thread, &registry, node, next) {
        if (thread != &self) {
            rcu_backend_forget(thread->record);
            QLIST_REMOVE(thread, node);
        }
    }
    qatomic_set(&reclaim_running, false);
    after_fork_parent();
}

void rcu_enable_atfork(void)
{
    qatomic_dec(&atfork_disabled);
}

void rcu_disable_atfork(void)
{
    qatomic_inc(&atfork_disabled);
}

static void init_once(void)
{
    qemu_event_init(&pending_event, false);
    qemu_sem_init(&hurry, 0);
    pthread_atfork(before_fork, after_fork_parent, after_fork_child);
}

static void ensure_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init_once);
}

static void unregister_at_exit(Notifier *n, void *data)
{
    rcu_unregister_thread();
}

void rcu_register_thread(void)
{
    ensure_init();
    if (self.registered) {
        return;
    }
    /* A thread that forgets to unregister must not leave its record behind. */
    if (!self.at_exit.notify) {
        self.at_exit.notify = unregister_at_exit;
        qemu_thread_atexit_add(&self.at_exit);
    }
    QEMU_LOCK_GUARD(&registry_lock);
    self.registered = true;
    self.record = rcu_backend_register();
    notifier_list_init(&self.force_rcu);
    QLIST_INSERT_HEAD(&registry, &self, node);
}

void rcu_unregister_thread(void)
{
    assert(rcu_reader_depth == 0);
    if (!self.registered) {
        return;
    }
    QEMU_LOCK_GUARD(&registry_lock);
    self.registered = false;
    QLIST_REMOVE(&self, node);
    rcu_backend_unregister();
}

void rcu_register_reader(void)
{
    rcu_register_thread();
}

struct rcu_reader_data *get_ptr_rcu_reader(void)
{
    return &self;
}

void rcu_add_force_rcu_notifier(Notifier *n)
{
    QEMU_LOCK_GUARD(&registry_lock);
    notifier_list_add(&self.force_rcu, n);
}

void rcu_remove_force_rcu_notifier(Notifier *n)
{
    QEMU_LOCK_GUARD(&registry_lock);
    notifier_remove(n);
}

/* Asks threads in long read sections to leave them. */
static void force_readers(void)
{
    RCUThread *thread;

    QEMU_LOCK_GUARD(&registry_lock);
    QLIST_FOREACH(thread, &registry, node) {
        notifier_list_notify(&thread->force_rcu, NULL);
    }
}

void synchronize_rcu(void)
{
    unsigned long before;

    assert(rcu_reader_depth == 0);
    /* What the caller did is seen by readers of a period begun after this. */
    smp_mb();
    before = qatomic_load_acquire(&periods_begun);

    QEMU_LOCK_GUARD(&sync_lock);
    if ((long)(periods_ended - before) > 0) {
        /* Somebody else's period began and ended while we waited. */
        return;
    }
    qatomic_set_mb(&periods_begun, periods_begun + 1);
    rcu_backend_synchronize();
    periods_ended = periods_begun;
}

/* Takes all callbacks off @stack, in the order in which they came. */
static struct rcu_head *take_pending(struct rcu_head **stack, unsigned *total)
{
    struct rcu_head *list = qatomic_xchg(stack, NULL);
    struct rcu_head *in_order = NULL;
    unsigned count = 0;

    while (list) {
        struct rcu_head *next = list->next;

        list->next = in_order;
        in_order = list;
        list = next;
        count++;
    }
    qatomic_sub(&pending_count, count);
    *total += count;
    return in_order;
}

static void call_locked(struct rcu_head *list)
{
    bql_lock();
    for (unsigned i = 1; list; i++) {
        struct rcu_head *head = list;

        list = head->next;
        head->func(head);
        if (i % CALLBACKS_PER_LOCK == 0) {
            bql_unlock();
            bql_lock();
        }
    }
    bql_unlock();
}

static void call_unlocked(struct rcu_head *list)
{
    while (list) {
        struct rcu_head *head = list;

        list = head->next;
        head->func(head);
    }
}

static void *reclaim_thread(void *opaque)
{
    rcu_register_thread();
    for (;;) {
        struct rcu_head *locked, *unlocked;
        unsigned count = 0;

        qemu_event_reset(&pending_event);
        if (!qatomic_read(&pending) && !qatomic_read(&pending_unlocked)) {
            qemu_event_wait(&pending_event);
            continue;
        }
        if (!qatomic_read(&drainers)) {
            qemu_sem_timedwait(&hurry, GATHER_MS);
        }
        /* In this order: a drain, which is locked, is behind all before it. */
        locked = take_pending(&pending, &count);
        unlocked = take_pending(&pending_unlocked, &count);
        trace_rcu_reclaim(count);
        synchronize_rcu();

        call_unlocked(unlocked);
        if (locked) {
            call_locked(locked);
        }
    }
    return NULL;
}

static void start_reclaim_thread(void)
{
    QemuThread thread;

    ensure_init();
    if (!qatomic_xchg(&reclaim_running, true)) {
        qemu_thread_create(&thread, "call_rcu", reclaim_thread, NULL,
                           QEMU_THREAD_DETACHED);
    }
}

static void push_pending(struct rcu_head **stack, struct rcu_head *head,
                         RCUCBFunc *func)
{
    struct rcu_head *top = qatomic_read(stack);
    struct rcu_head *seen;

    head->func = func;
    for (;;) {
        head->next = top;
        seen = qatomic_cmpxchg(stack, top, head);
        if (seen == top) {
            break;
        }
        top = seen;
    }
    trace_rcu_call(qatomic_inc_fetch(&pending_count));

    if (unlikely(!qatomic_read(&reclaim_running))) {
        start_reclaim_thread();
    }
    qemu_event_set(&pending_event);
}

void call_rcu1(struct rcu_head *head, RCUCBFunc *func)
{
    push_pending(&pending, head, func);
}

void call_rcu_unlocked(struct rcu_head *head, RCUCBFunc *func)
{
    push_pending(&pending_unlocked, head, func);
}

void rcu_set_drain_hook(void (*hook)(void))
{
    qatomic_set(&drain_hook, hook);
}

typedef struct {
    struct rcu_head rcu;
    QemuSemaphore done;
} Drain;

static void drain_reached(struct rcu_head *head)
{
    qemu_sem_post(&container_of(head, Drain, rcu)->done);
}

void drain_call_rcu(void)
{
    bool locked = bql_locked();
    Drain drain;

    assert(rcu_reader_depth == 0);
    ensure_init();
    qemu_sem_init(&drain.done, 0);
    /* The reclaim thread needs the lock for what comes before us. */
    if (locked) {
        bql_unlock();
    }
    qatomic_inc(&drainers);
    qemu_sem_post(&hurry);
    call_rcu1(&drain.rcu, drain_reached);
    do {
        force_readers();
    } while (qemu_sem_timedwait(&drain.done, FORCE_MS) < 0);
    qatomic_dec(&drainers);
    qemu_sem_destroy(&drain.done);
    if (!locked && !qatomic_read(&drain_hook)) {
        return;
    }
    bql_lock();
    if (qatomic_read(&drain_hook)) {
        drain_hook();
    }
    if (!locked) {
        bql_unlock();
    }
}
