/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What time it is: the host's clocks, and the machine's, which stands while
 * the machine is stopped.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/seqlock.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "timer-heap.h"

int use_rt_clock = 1;
int64_t clock_start;

/*
 * While running, the machine's time is the host's plus an offset; while
 * stopped, it is the offset alone. Written under the lock, read with the
 * sequence.
 */
static struct {
    QemuSeqLock seq;
    QemuSpin lock;
    bool running;
    int64_t ticks_offset;
    int64_t clock_offset;
} machine_time;

static const VirtualClockOps *virtual_clock;

static void __attribute__((constructor)) note_start(void)
{
    clock_start = get_clock();
}

void cpu_timers_init(void)
{
    cpu_timers_set_state(0, 0);
}

static int64_t read_time(const int64_t *offset, int64_t (*host_time)(void))
{
    int64_t time;
    unsigned start;

    do {
        start = seqlock_read_begin(&machine_time.seq);
        time = qatomic_read(offset);
        if (qatomic_read(&machine_time.running)) {
            time += host_time();
        }
    } while (seqlock_read_retry(&machine_time.seq, start));
    return time;
}

int64_t cpu_get_ticks(void)
{
    return read_time(&machine_time.ticks_offset, cpu_get_host_ticks);
}

/* Weak, so that a test can bring a clock of its own. */
int64_t __attribute__((weak)) cpu_get_clock(void)
{
    return read_time(&machine_time.clock_offset, get_clock);
}

/* Starts or stops at this moment; @sign is that of the host's times. */
static void set_running(bool running)
{
    int sign = running ? -1 : 1;

    seqlock_write_lock(&machine_time.seq, &machine_time.lock);
    if (machine_time.running != running) {
        qatomic_set(&machine_time.ticks_offset,
                    machine_time.ticks_offset + sign * cpu_get_host_ticks());
        qatomic_set(&machine_time.clock_offset,
                    machine_time.clock_offset + sign * get_clock());
        qatomic_set(&machine_time.running, running);
    }
    seqlock_write_unlock(&machine_time.seq, &machine_time.lock);
}

void cpu_enable_ticks(void)
{
    set_running(true);
    /* Whoever sleeps does so as if the clock stood: timer_clock_stands(). */
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL_RT);
}

void cpu_disable_ticks(void)
{
    set_running(false);
}

void cpu_timers_get_state(int64_t *ticks, int64_t *clock_ns)
{
    *ticks = cpu_get_ticks();
    *clock_ns = read_time(&machine_time.clock_offset, get_clock);
}

void cpu_timers_set_state(int64_t ticks, int64_t clock_ns)
{
    seqlock_write_lock(&machine_time.seq, &machine_time.lock);
    qatomic_set(&machine_time.running, false);
    qatomic_set(&machine_time.ticks_offset, ticks);
    qatomic_set(&machine_time.clock_offset, clock_ns);
    seqlock_write_unlock(&machine_time.seq, &machine_time.lock);
}

void cpus_register_virtual_clock(const VirtualClockOps *ops)
{
    qatomic_set(&virtual_clock, ops);
}

int64_t cpus_get_virtual_clock(void)
{
    const VirtualClockOps *ops = qatomic_read(&virtual_clock);

    return ops && ops->get_virtual_clock ? ops->get_virtual_clock()
                                         : cpu_get_clock();
}

void cpus_set_virtual_clock(int64_t new_time)
{
    const VirtualClockOps *ops = qatomic_read(&virtual_clock);

    if (ops && ops->set_virtual_clock) {
        ops->set_virtual_clock(new_time);
    }
}

int64_t cpus_get_elapsed_ticks(void)
{
    const VirtualClockOps *ops = qatomic_read(&virtual_clock);

    return ops && ops->get_elapsed_ticks ? ops->get_elapsed_ticks()
                                         : cpu_get_ticks();
}

bool timer_clock_stands(QEMUClockType type)
{
    const VirtualClockOps *ops = qatomic_read(&virtual_clock);

    switch (type) {
    case QEMU_CLOCK_VIRTUAL:
        if (ops && ops->get_virtual_clock) {
            /* One that can be set is moved by hand. */
            return ops->set_virtual_clock;
        }
        return !qatomic_read(&machine_time.running);
    case QEMU_CLOCK_VIRTUAL_RT:
        return !qatomic_read(&machine_time.running);
    default:
        return false;
    }
}

int64_t qemu_clock_get_ns(QEMUClockType type)
{
    switch (type) {
    case QEMU_CLOCK_REALTIME:
        return get_clock();
    case QEMU_CLOCK_VIRTUAL:
        return cpus_get_virtual_clock();
    case QEMU_CLOCK_HOST:
        return get_clock_realtime();
    case QEMU_CLOCK_VIRTUAL_RT:
        return cpu_get_clock();
    default:
        g_assert_not_reached();
    }
}

int64_t qemu_clock_advance_virtual_time(int64_t target_ns)
{
    QEMUTimerList *aio_list =
        qemu_get_aio_context()->tlg.tl[QEMU_CLOCK_VIRTUAL];
    int64_t now = cpus_get_virtual_clock();

    while (now < target_ns) {
        int64_t next =
            qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, QEMU_TIMER_ATTR_ALL);
        int64_t before = now;

        cpus_set_virtual_clock(now +
                               qemu_soonest_timeout(next, target_ns - now));
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
        timerlist_run_timers(aio_list);
        now = cpus_get_virtual_clock();
        if (now == before && next != 0) {
            break; /* a clock that cannot be set */
        }
    }
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
    return now;
}

void qemu_timer_notify_cb(void *opaque, QEMUClockType type)
{
    qemu_notify_event();
}
