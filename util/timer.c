/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers, the lists they are in, and running them.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/prctl.h>
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/rcu_queue.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "timer-heap.h"
#include "trace.h"

/* A list's deadline when it is empty; times are never negative. */
#define NO_DEADLINE UINT64_MAX

struct QEMUTimerList {
    QEMUClockType type;
    QemuMutex lock;
    QEMUTimer *heap;   /* under lock */
    uint64_t next_seq; /* under lock */
    uint64_t deadline; /* of the top; read without the lock */
    QEMUTimerListNotifyCB *notify_cb;
    void *notify_opaque;
    QemuEvent idle; /* reset while callbacks run */
    QLIST_ENTRY(QEMUTimerList) node;
};

typedef struct {
    bool disabled;
    QLIST_HEAD(, QEMUTimerList) lists; /* under clocks_lock */
} QEMUClock;

QEMUTimerListGroup main_loop_tlg;
static QEMUClock clocks[QEMU_CLOCK_MAX];
static QemuMutex clocks_lock = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .initialized = true,
};

QEMUTimerList *timerlist_new(QEMUClockType type, QEMUTimerListNotifyCB *cb,
                             void *opaque)
{
    QEMUTimerList *list = g_new0(QEMUTimerList, 1);

    list->type = type;
    list->deadline = NO_DEADLINE;
    list->notify_cb = cb;
    list->notify_opaque = opaque;
    qemu_mutex_init(&list->lock);
    qemu_event_init(&list->idle, true);
    QEMU_LOCK_GUARD(&clocks_lock);
    QLIST_INSERT_HEAD(&clocks[type].lists, list, node);
    return list;
}

void timerlist_free(QEMUTimerList *timer_list)
{
    assert(!timerlist_has_timers(timer_list));
    WITH_QEMU_LOCK_GUARD(&clocks_lock) {
        QLIST_REMOVE(timer_list, node);
    }
    qemu_event_destroy(&timer_list->idle);
    qemu_mutex_destroy(&timer_list->lock);
    g_free(timer_list);
}

bool timerlist_has_timers(QEMUTimerList *timer_list)
{
    return qatomic_read(&timer_list->deadline) != NO_DEADLINE;
}

QEMUClockType timerlist_get_clock(QEMUTimerList *timer_list)
{
    return timer_list->type;
}

bool timerlist_expired(QEMUTimerList *timer_list)
{
    uint64_t deadline = qatomic_read(&timer_list->deadline);

    return deadline != NO_DEADLINE &&
           (int64_t)deadline <= qemu_clock_get_ns(timer_list->type);
}

/* Nanoseconds from now to @deadline, none of them negative. */
static int64_t time_left(QEMUClockType type, uint64_t deadline)
{
    if (deadline == NO_DEADLINE) {
        return -1;
    }
    return MAX((int64_t)deadline - qemu_clock_get_ns(type), 0);
}

int64_t timerlist_deadline_ns(QEMUTimerList *timer_list)
{
    QEMUClockType type = timer_list->type;
    int64_t left;

    if (qatomic_read(&clocks[type].disabled)) {
        return -1;
    }
    left = time_left(type, qatomic_read(&timer_list->deadline));
    return left > 0 && timer_clock_stands(type) ? -1 : left;
}

void timerlist_notify(QEMUTimerList *timer_list)
{
    if (timer_list->notify_cb) {
        timer_list->notify_cb(timer_list->notify_opaque, timer_list->type);
    } else {
        qemu_notify_event();
    }
}

/* After a change of the heap, with the lock: whether its top is sooner now. */
static bool update_deadline(QEMUTimerList *list)
{
    uint64_t old = list->deadline;
    uint64_t now = list->heap ? list->heap->expire_time : NO_DEADLINE;

    qatomic_set(&list->deadline, now);
    return now < old;
}

static void unlink_timer(QEMUTimerList *list, QEMUTimer *ts)
{
    if (ts->expire_time != -1) {
        timer_heap_remove(&list->heap, ts);
        qatomic_set(&ts->expire_time, -1);
    }
}

static void arm(QEMUTimerList *list, QEMUTimer *ts, int64_t expire_time)
{
    unlink_timer(list, ts);
    qatomic_set(&ts->expire_time, MAX(expire_time, 0));
    ts->seq = list->next_seq++;
    timer_heap_insert(&list->heap, ts);
}

void timer_init_full(QEMUTimer *ts, QEMUTimerListGroup *timer_list_group,
                     QEMUClockType type, int scale, int attributes,
                     QEMUTimerCB *cb, void *opaque)
{
    QEMUTimerListGroup *tlg = timer_list_group ?: &main_loop_tlg;

    *ts = (QEMUTimer){
        .expire_time = -1,
        .timer_list = tlg->tl[type],
        .cb = cb,
        .opaque = opaque,
        .attributes = attributes,
        .scale = scale,
    };
}

void timer_deinit(QEMUTimer *ts)
{
    assert(ts->expire_time == -1);
    ts->timer_list = NULL;
}

void timer_del(QEMUTimer *ts)
{
    QEMUTimerList *list = ts->timer_list;

    if (list) {
        QEMU_LOCK_GUARD(&list->lock);
        unlink_timer(list, ts);
        update_deadline(list);
    }
}

void timer_mod_ns(QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimerList *list = ts->timer_list;
    bool sooner;

    WITH_QEMU_LOCK_GUARD(&list->lock) {
        arm(list, ts, expire_time);
        sooner = update_deadline(list);
    }
    if (sooner) {
        timerlist_notify(list);
    }
}

void timer_mod_anticipate_ns(QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimerList *list = ts->timer_list;
    bool sooner = false;

    WITH_QEMU_LOCK_GUARD(&list->lock) {
        if (ts->expire_time == -1 || ts->expire_time > expire_time) {
            arm(list, ts, expire_time);
            sooner = update_deadline(list);
        }
    }
    if (sooner) {
        timerlist_notify(list);
    }
}

void timer_mod(QEMUTimer *ts, int64_t expire_time)
{
    timer_mod_ns(ts, expire_time * ts->scale);
}

void timer_mod_anticipate(QEMUTimer *ts, int64_t expire_time)
{
    timer_mod_anticipate_ns(ts, expire_time * ts->scale);
}

bool timer_pending(QEMUTimer *ts)
{
    return qatomic_read(&ts->expire_time) >= 0;
}

bool timer_expired(QEMUTimer *timer_head, int64_t current_time)
{
    return timer_head && qatomic_read(&timer_head->expire_time) <=
                             current_time * timer_head->scale;
}

uint64_t timer_expire_time_ns(QEMUTimer *ts)
{
    return qatomic_read(&ts->expire_time);
}

/* Takes the top off if it is due at @now; a copy of it. */
static bool take_expired(QEMUTimerList *list, int64_t now, QEMUTimer *copy)
{
    QEMU_LOCK_GUARD(&list->lock);
    if (!list->heap || list->heap->expire_time > now) {
        return false;
    }
    /* The callback may free the timer, so nothing of it is used after. */
    *copy = *list->heap;
    unlink_timer(list, list->heap);
    update_deadline(list);
    return true;
}

bool timerlist_run_timers(QEMUTimerList *timer_list)
{
    bool progress = false;
    int64_t now;
    QEMUTimer ts;

    if (!timerlist_has_timers(timer_list)) {
        return false;
    }
    /* Reset before looking at the clock: pairs with qemu_clock_enable(). */
    qemu_event_reset(&timer_list->idle);
    smp_mb();
    if (!qatomic_read(&clocks[timer_list->type].disabled)) {
        now = qemu_clock_get_ns(timer_list->type);
        while (take_expired(timer_list, now, &ts)) {
            trace_timer_run(timer_list, ts.cb, now - ts.expire_time);
            ts.cb(ts.opaque);
            progress = true;
        }
    }
    qemu_event_set(&timer_list->idle);
    return progress;
}

void timerlistgroup_init(QEMUTimerListGroup *tlg, QEMUTimerListNotifyCB *cb,
                         void *opaque)
{
    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        tlg->tl[type] = timerlist_new(type, cb, opaque);
    }
}

void timerlistgroup_deinit(QEMUTimerListGroup *tlg)
{
    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        timerlist_free(tlg->tl[type]);
        tlg->tl[type] = NULL;
    }
}

bool timerlistgroup_run_timers(QEMUTimerListGroup *tlg)
{
    bool progress = false;

    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        progress |= timerlist_run_timers(tlg->tl[type]);
    }
    return progress;
}

int64_t timerlistgroup_deadline_ns(QEMUTimerListGroup *tlg)
{
    int64_t deadline = -1;

    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        if (qemu_clock_use_for_deadline(type)) {
            deadline = qemu_soonest_timeout(
                deadline, timerlist_deadline_ns(tlg->tl[type]));
        }
    }
    return deadline;
}

bool qemu_clock_has_timers(QEMUClockType type)
{
    return timerlist_has_timers(main_loop_tlg.tl[type]);
}

bool qemu_clock_expired(QEMUClockType type)
{
    return timerlist_expired(main_loop_tlg.tl[type]);
}

bool qemu_clock_use_for_deadline(QEMUClockType type)
{
    return true;
}

bool qemu_clock_run_timers(QEMUClockType type)
{
    return timerlist_run_timers(main_loop_tlg.tl[type]);
}

bool qemu_clock_run_all_timers(void)
{
    return timerlistgroup_run_timers(&main_loop_tlg);
}

int64_t qemu_clock_deadline_ns_all(QEMUClockType type, int attr_mask)
{
    uint64_t first = NO_DEADLINE;
    QEMUTimerList *list;

    if (qatomic_read(&clocks[type].disabled)) {
        return -1;
    }
    QEMU_LOCK_GUARD(&clocks_lock);
    QLIST_FOREACH(list, &clocks[type].lists, node) {
        QEMU_LOCK_GUARD(&list->lock);
        QEMUTimer *ts = timer_heap_first(list->heap, attr_mask);

        if (ts) {
            first = MIN(first, (uint64_t)ts->expire_time);
        }
    }
    return time_left(type, first);
}

void qemu_clock_notify(QEMUClockType type)
{
    QEMUTimerList *list;

    QEMU_LOCK_GUARD(&clocks_lock);
    QLIST_FOREACH(list, &clocks[type].lists, node) {
        timerlist_notify(list);
    }
}

void qemu_clock_enable(QEMUClockType type, bool enabled)
{
    bool was_disabled = qatomic_xchg(&clocks[type].disabled, !enabled);
    QEMUTimerList *list;

    if (enabled && was_disabled) {
        qemu_clock_notify(type);
    } else if (!enabled && !was_disabled) {
        QEMU_LOCK_GUARD(&clocks_lock);
        QLIST_FOREACH(list, &clocks[type].lists, node) {
            qemu_event_wait(&list->idle);
        }
    }
}

void init_clocks(QEMUTimerListNotifyCB *notify_cb)
{
    if (!main_loop_tlg.tl[0]) {
        /* The kernel would let timeouts be late by 50 microseconds. */
        prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
        timerlistgroup_init(&main_loop_tlg, notify_cb, NULL);
    }
}

int qemu_timeout_ns_to_ms(int64_t ns)
{
    if (ns < 0) {
        return -1;
    }
    return MIN(ns / SCALE_MS + (ns % SCALE_MS > 0), INT_MAX);
}

int qemu_poll_ns(GPollFD *fds, guint nfds, int64_t timeout)
{
    struct timespec ts = {
        .tv_sec = MIN(timeout / NANOSECONDS_PER_SECOND, INT_MAX),
        .tv_nsec = timeout % NANOSECONDS_PER_SECOND,
    };

    return ppoll((struct pollfd *)fds, nfds, timeout < 0 ? NULL : &ts, NULL);
}
