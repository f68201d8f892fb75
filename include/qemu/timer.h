/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks, and callbacks at points of time on them.
 *
 * A QEMUTimer belongs to a QEMUTimerList: one clock's pending timers, run by
 * one thread. A QEMUTimerListGroup is one list per clock; there is one for the
 * main loop and one in each AioContext (block/aio.h). Arming a timer is
 * O(1), the next deadline is one load, expiry O(log n) amortized
 * (util/timer-heap.c). Timers of equal times run in the order of arming.
 *
 * Time is int64_t nanoseconds; -1 as a timeout or deadline means never. All
 * functions may be called from any thread, unless they say otherwise.
 */
#ifndef QEMU_TIMER_H
#define QEMU_TIMER_H

#include "qemu/bitops.h"
#include "qemu/notify.h"
#include "qemu/host-utils.h"

#define NANOSECONDS_PER_SECOND 1000000000LL

/* Nanoseconds in a unit: what a timer counts in. */
#define SCALE_MS 1000000
#define SCALE_US 1000
#define SCALE_NS 1

/*
 * REALTIME: the host's monotonic clock; runs always; for what the guest does
 * not see. VIRTUAL: the guest's time; stands while the machine is stopped.
 * HOST: the host's time of day; may jump. VIRTUAL_RT: as VIRTUAL, but in real
 * time even where the guest's time is counted in instructions.
 */
typedef enum {
    QEMU_CLOCK_REALTIME = 0,
    QEMU_CLOCK_VIRTUAL = 1,
    QEMU_CLOCK_HOST = 2,
    QEMU_CLOCK_VIRTUAL_RT = 3,
    QEMU_CLOCK_MAX
} QEMUClockType;

/* The timer serves the outside world, so the guest's state is unaffected. */
#define QEMU_TIMER_ATTR_EXTERNAL ((int)BIT(0))
#define QEMU_TIMER_ATTR_ALL      0xffffffff

typedef struct QEMUTimerList QEMUTimerList;

struct QEMUTimerListGroup {
    QEMUTimerList *tl[QEMU_CLOCK_MAX];
};
typedef struct QEMUTimerListGroup QEMUTimerListGroup;

typedef void QEMUTimerCB(void *opaque);
/* Told that the next deadline of a list has become an earlier one. */
typedef void QEMUTimerListNotifyCB(void *opaque, QEMUClockType type);

/* Private members; embed it or allocate it with timer_new(). */
struct QEMUTimer {
    int64_t expire_time;        /* in nanoseconds; -1 when not pending */
    QEMUTimerList *timer_list;
    QEMUTimerCB *cb;
    void *opaque;
    uint64_t seq;               /* number of the arming, orders equals */
    QEMUTimer *child;           /* first of those that expire after it */
    QEMUTimer *next;            /* its next sibling */
    QEMUTimer *prev;            /* its sibling before, or its parent */
    int attributes;
    int scale;
};

/* The main loop's lists. */
extern QEMUTimerListGroup main_loop_tlg;

/* The time of a clock. */
int64_t qemu_clock_get_ns(QEMUClockType type);

static inline int64_t qemu_clock_get_ms(QEMUClockType type)
{
    return qemu_clock_get_ns(type) / SCALE_MS;
}

static inline int64_t qemu_clock_get_us(QEMUClockType type)
{
    return qemu_clock_get_ns(type) / SCALE_US;
}

/* Whether the main loop has timers of this clock; and one that is due. */
bool qemu_clock_has_timers(QEMUClockType type);
bool qemu_clock_expired(QEMUClockType type);

/* Whether a deadline on this clock is one in real time, to poll with. */
bool qemu_clock_use_for_deadline(QEMUClockType type);

/*
 * Nanoseconds to the next deadline in any list of the clock, of the timers
 * that have no attribute outside @attr_mask; -1 if there is none.
 */
int64_t qemu_clock_deadline_ns_all(QEMUClockType type, int attr_mask);

/* Tells everyone who waits on timers of the clock that its time jumped. */
void qemu_clock_notify(QEMUClockType type);

/*
 * Lets the clock's timers run or not; they do at the start. Disabling waits
 * for callbacks that run in other threads.
 */
void qemu_clock_enable(QEMUClockType type, bool enabled);

/* Runs what is due in the main loop's lists; whether there was any. */
bool qemu_clock_run_timers(QEMUClockType type);
bool qemu_clock_run_all_timers(void);

/*
 * Moves a hand-driven virtual clock forward to @target_ns, running each timer
 * at its own time. The time reached. With the big lock, in the main thread.
 */
int64_t qemu_clock_advance_virtual_time(int64_t target_ns);

/*
 * A list of timers for a clock. @cb(@opaque) is told of earlier deadlines; by
 * default the main loop is woken up. timerlist_free() needs it to be empty.
 */
QEMUTimerList *timerlist_new(QEMUClockType type,
                             QEMUTimerListNotifyCB *cb, void *opaque);
void timerlist_free(QEMUTimerList *timer_list);
bool timerlist_has_timers(QEMUTimerList *timer_list);
/* Whether a timer is due. */
bool timerlist_expired(QEMUTimerList *timer_list);
/*
 * How long to sleep until one is, in nanoseconds; 0 if one is now, -1 if none
 * will be, for example because the clock stands.
 */
int64_t timerlist_deadline_ns(QEMUTimerList *timer_list);
QEMUClockType timerlist_get_clock(QEMUTimerList *timer_list);
/* Runs the callbacks that are due; whether there was any. */
bool timerlist_run_timers(QEMUTimerList *timer_list);
/* Calls the list's notification callback. */
void timerlist_notify(QEMUTimerList *timer_list);

/* One list per clock, with the same callback. */
void timerlistgroup_init(QEMUTimerListGroup *tlg,
                         QEMUTimerListNotifyCB *cb, void *opaque);
void timerlistgroup_deinit(QEMUTimerListGroup *tlg);
bool timerlistgroup_run_timers(QEMUTimerListGroup *tlg);
/* The soonest deadline, of the clocks that are in real time. */
int64_t timerlistgroup_deadline_ns(QEMUTimerListGroup *tlg);

/*
 * Prepares @ts, not pending, to call @cb(@opaque). It goes to the list of
 * clock @type in @timer_list_group; NULL is the main loop's. @scale is the
 * unit of timer_mod()'s times. The short forms take the main loop's group.
 */
void timer_init_full(QEMUTimer *ts, QEMUTimerListGroup *timer_list_group,
                     QEMUClockType type, int scale, int attributes,
                     QEMUTimerCB *cb, void *opaque);

static inline void timer_init(QEMUTimer *ts, QEMUClockType type, int scale,
                              QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, NULL, type, scale, 0, cb, opaque);
}

static inline void timer_init_ns(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_NS, cb, opaque);
}

static inline void timer_init_us(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_US, cb, opaque);
}

static inline void timer_init_ms(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_MS, cb, opaque);
}

/* The same with a new timer, which the caller frees with timer_free(). */
static inline QEMUTimer *timer_new_full(QEMUTimerListGroup *timer_list_group,
                                        QEMUClockType type,
                                        int scale, int attributes,
                                        QEMUTimerCB *cb, void *opaque)
{
    QEMUTimer *ts = g_new0(QEMUTimer, 1);

    timer_init_full(ts, timer_list_group, type, scale, attributes, cb, opaque);
    return ts;
}

static inline QEMUTimer *timer_new(QEMUClockType type, int scale,
                                   QEMUTimerCB *cb, void *opaque)
{
    return timer_new_full(NULL, type, scale, 0, cb, opaque);
}

static inline QEMUTimer *timer_new_ns(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_NS, cb, opaque);
}

static inline QEMUTimer *timer_new_us(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_US, cb, opaque);
}

static inline QEMUTimer *timer_new_ms(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_MS, cb, opaque);
}

/* Parts @ts, not pending, from its list: timer_del() stays allowed. */
void timer_deinit(QEMUTimer *ts);

/*
 * Stops @ts; nothing if it is not pending. Its callback may be running in the
 * list's thread.
 */
void timer_del(QEMUTimer *ts);

/* Stops and frees a timer of timer_new*(); NULL is allowed. */
static inline void timer_free(QEMUTimer *ts)
{
    if (ts) {
        timer_del(ts);
        g_free(ts);
    }
}

/*
 * Arms @ts for a time of its clock, pending or not. The _anticipate forms keep
 * the earlier of the two times. In the timer's unit, or in nanoseconds.
 */
void timer_mod(QEMUTimer *ts, int64_t expire_time);
void timer_mod_ns(QEMUTimer *ts, int64_t expire_time);
void timer_mod_anticipate(QEMUTimer *ts, int64_t expire_time);
void timer_mod_anticipate_ns(QEMUTimer *ts, int64_t expire_time);

/* Whether @ts is armed and has not run. */
bool timer_pending(QEMUTimer *ts);
/* Whether @timer_head (NULL: no) is due at @current_time, in its unit. */
bool timer_expired(QEMUTimer *timer_head, int64_t current_time);
/* The time it is armed for in nanoseconds; all ones when it is not. */
uint64_t timer_expire_time_ns(QEMUTimer *ts);

/* Reads and writes the time it is armed for in a migration stream. */
void timer_get(QEMUFile *f, QEMUTimer *ts);
void timer_put(QEMUFile *f, QEMUTimer *ts);

/* A timeout for poll(): rounded up, never less than the time; -1 stays. */
int qemu_timeout_ns_to_ms(int64_t ns);
/* As g_poll(), in nanoseconds. */
int qemu_poll_ns(GPollFD *fds, guint nfds, int64_t timeout);

/* The sooner of two timeouts: -1, never, is the largest unsigned number. */
static inline int64_t qemu_soonest_timeout(int64_t timeout1, int64_t timeout2)
{
    return MIN((uint64_t)timeout1, (uint64_t)timeout2);
}

/* Makes the main loop's lists; qemu_init_main_loop() calls it. */
void init_clocks(QEMUTimerListNotifyCB *notify_cb);

/* How far the guest's clock may lag before a timer stops catching up. */
static inline int64_t get_max_clock_jump(void)
{
    return 60 * NANOSECONDS_PER_SECOND;
}

/* The host's time of day, in nanoseconds since 1970. */
static inline int64_t get_clock_realtime(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

/* The host's monotonic clock when the process started; always in use. */
extern int64_t clock_start;
extern int use_rt_clock;

/* The host's monotonic clock. */
static inline int64_t get_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

/* A counter of the host CPU that is cheap to read, of whatever frequency. */
static inline int64_t cpu_get_host_ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t val;

    __asm__ __volatile__("mrs %0, cntvct_el0" : "=r"(val));
    return val;
#elif defined(__riscv) && __riscv_xlen == 64
    uint64_t val;

    __asm__ __volatile__("rdtime %0" : "=r"(val));
    return val;
#else
    return get_clock();
#endif
}

#endif
