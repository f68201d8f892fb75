/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of CPUs: starting and ending, work from everywhere, exclusive
 * sections, sleeping and waking, pausing and resuming in a race with all that.
 */
#include "qemu/osdep.h"
#include "cpu-fixture.h"
#include "exec/cpu-common.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "system/cpus.h"

#define NR_CPUS 4

static ToyCPU *cpus[NR_CPUS];

static void start_cpus(void)
{
    for (int i = 0; i < NR_CPUS; i++) {
        cpus[i] = toy_new();
    }
    resume_all_vcpus();
}

static void stop_cpus(void)
{
    for (int i = 0; i < NR_CPUS; i++) {
        toy_free(cpus[i]);
    }
}

/* Lets the CPUs have the BQL for a while. */
static void sleep_unlocked(int ms)
{
    bql_unlock();
    g_usleep(ms * 1000);
    bql_lock();
}

static bool moves(ToyCPU *cpu)
{
    uint64_t before = qatomic_read(&cpu->counter);

    for (int i = 0; i < 2000; i++) {
        if (qatomic_read(&cpu->counter) != before) {
            return true;
        }
        sleep_unlocked(1);
    }
    return false;
}

static void test_life(void)
{
    start_cpus();
    for (int i = 0; i < NR_CPUS; i++) {
        CPUState *cs = CPU(cpus[i]);

        g_assert_true(cs->created);
        g_assert_cmpint(cs->thread_id, !=, qemu_get_thread_id());
        g_assert_false(qemu_cpu_is_self(cs));
        g_assert_true(moves(cpus[i]));
    }
    stop_cpus();
    g_assert_null(first_cpu);
}

static void check_self(CPUState *cs, run_on_cpu_data data)
{
    g_assert_true(qemu_cpu_is_self(cs));
    g_assert_true(current_cpu == cs);
    g_assert_true(qemu_in_vcpu_thread());
    g_assert_true(bql_locked());
    ++*(int *)data.host_ptr;
}

/* From one CPU to the next, waiting. */
static void relay(CPUState *cs, run_on_cpu_data data)
{
    CPUState *next = CPU_NEXT(cs);

    check_self(cs, data);
    if (next) {
        run_on_cpu(next, relay, data);
    }
}

static void test_run_on_cpu(void)
{
    int calls = 0;

    start_cpus();
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < NR_CPUS; i++) {
            run_on_cpu(CPU(cpus[i]), check_self, RUN_ON_CPU_HOST_PTR(&calls));
        }
    }
    g_assert_cmpint(calls, ==, 50 * NR_CPUS);
    run_on_cpu(CPU(cpus[0]), relay, RUN_ON_CPU_HOST_PTR(&calls));
    g_assert_cmpint(calls, ==, 51 * NR_CPUS);
    /* Also while they are stopped. */
    pause_all_vcpus();
    run_on_cpu(CPU(cpus[1]), check_self, RUN_ON_CPU_HOST_PTR(&calls));
    g_assert_cmpint(calls, ==, 51 * NR_CPUS + 1);
    stop_cpus();
}

#define NR_SENDERS 3
#define NR_ITEMS   500

typedef struct Sender {
    QemuThread thread;
    int nr;
} Sender;

/* By CPU and sender: which item is expected; with the BQL. */
static int expected[NR_CPUS][NR_SENDERS];
static int received;

static void receive(CPUState *cs, run_on_cpu_data data)
{
    int sender = data.host_ulong >> 16, item = data.host_ulong & 0xffff;
    int *next = &expected[cs->cpu_index % NR_CPUS][sender];

    g_assert_cmpint(item, ==, *next);
    ++*next;
    received++;
}

static void *send_items(void *opaque)
{
    Sender *s = opaque;

    rcu_register_thread();
    for (int item = 0; item < NR_ITEMS; item++) {
        for (int i = 0; i < NR_CPUS; i++) {
            async_run_on_cpu(CPU(cpus[i]), receive,
                             RUN_ON_CPU_HOST_ULONG(s->nr << 16 | item));
        }
    }
    rcu_unregister_thread();
    return NULL;
}

static void start_senders(Sender *s, void *(*fn)(void *))
{
    for (int i = 0; i < NR_SENDERS; i++) {
        s[i].nr = i;
        qemu_thread_create(&s[i].thread, "sender", fn, &s[i],
                           QEMU_THREAD_JOINABLE);
    }
}

static void join_senders(Sender *s)
{
    bql_unlock();
    for (int i = 0; i < NR_SENDERS; i++) {
        qemu_thread_join(&s[i].thread);
    }
    bql_lock();
}

static void wait_for(const int *what, int value)
{
    for (int i = 0; *what != value && i < 20000; i++) {
        sleep_unlocked(1);
    }
    g_assert_cmpint(*what, ==, value);
}

/* Without the BQL, in order, nothing lost, also to CPUs that sleep. */
static void test_async(void)
{
    Sender senders[NR_SENDERS];

    start_cpus();
    for (int i = 0; i < NR_CPUS; i += 2) {
        CPU(cpus[i])->halted = 1;
    }
    memset(expected, 0, sizeof(expected));
    received = 0;
    start_senders(senders, send_items);
    join_senders(senders);
    wait_for(&received, NR_SENDERS * NR_ITEMS * NR_CPUS);
    stop_cpus();
}

static uint64_t exclusive_counter; /* no atomics: that is the point */
static int exclusive_done;

static void exclusively(CPUState *cs, run_on_cpu_data data)
{
    uint64_t sum = 0;

    g_assert_false(bql_locked());
    g_assert_true(cpu_in_exclusive_context(cs));
    for (int i = 0; i < NR_CPUS; i++) {
        g_assert_false(qatomic_read(&cpus[i]->in_guest));
        sum += cpus[i]->private;
    }
    /* They nest. */
    start_exclusive();
    exclusive_counter++;
    end_exclusive();
    g_assert_true(cpu_in_exclusive_context(cs));
    for (int i = 0; i < NR_CPUS; i++) {
        sum -= cpus[i]->private;
    }
    g_assert_cmpuint(sum, ==, 0);
    qatomic_inc(&exclusive_done);
}

static void *send_exclusive(void *opaque)
{
    Sender *s = opaque;

    rcu_register_thread();
    for (int i = 0; i < 100; i++) {
        async_safe_run_on_cpu(CPU(cpus[(i + s->nr) % NR_CPUS]), exclusively,
                              RUN_ON_CPU_NULL);
        if (i % 10 == 0) {
            /* A thread that is no CPU can do it too. */
            start_exclusive();
            exclusive_counter++;
            end_exclusive();
        }
    }
    rcu_unregister_thread();
    return NULL;
}

static void test_exclusive(void)
{
    Sender senders[NR_SENDERS];

    start_cpus();
    exclusive_counter = exclusive_done = 0;
    start_senders(senders, send_exclusive);
    join_senders(senders);
    for (int i = 0;
         qatomic_read(&exclusive_done) != NR_SENDERS * 100 && i < 20000; i++) {
        sleep_unlocked(1);
    }
    g_assert_cmpint(qatomic_read(&exclusive_done), ==, NR_SENDERS * 100);
    stop_cpus();
    g_assert_cmpuint(exclusive_counter, ==, NR_SENDERS * 110);
}

/* A halted CPU does not run; an interrupt wakes it at once. */
static void test_halt(void)
{
    uint64_t before;
    CPUState *cs;

    start_cpus();
    cs = CPU(cpus[0]);
    pause_all_vcpus();
    for (int i = 0; i < NR_CPUS; i++) {
        CPU(cpus[i])->halted = 1;
    }
    resume_all_vcpus();
    sleep_unlocked(20);
    g_assert_true(all_cpu_threads_idle());
    before = qatomic_read(&cpus[0]->counter);
    sleep_unlocked(20);
    g_assert_cmpuint(qatomic_read(&cpus[0]->counter), ==, before);

    cpu_interrupt(cs, CPU_INTERRUPT_HARD);
    g_assert_false(cpu_thread_is_idle(cs));
    g_assert_true(moves(cpus[0]));
    g_assert_cmpint(cs->halted, ==, 0);
    stop_cpus();
}

static void test_pause(void)
{
    uint64_t counters[NR_CPUS];

    start_cpus();
    for (int round = 0; round < 20; round++) {
        pause_all_vcpus();
        for (int i = 0; i < NR_CPUS; i++) {
            g_assert_true(cpu_is_stopped(CPU(cpus[i])));
            g_assert_false(cpu_can_run(CPU(cpus[i])));
            counters[i] = cpus[i]->private;
        }
        sleep_unlocked(1);
        for (int i = 0; i < NR_CPUS; i++) {
            g_assert_cmpuint(cpus[i]->private, ==, counters[i]);
        }
        resume_all_vcpus();
        for (int i = 0; i < NR_CPUS; i++) {
            g_assert_true(moves(cpus[i]));
        }
    }
    /* One alone. */
    cpu_pause(CPU(cpus[2]));
    for (int i = 0; !CPU(cpus[2])->stopped && i < 2000; i++) {
        sleep_unlocked(1);
    }
    g_assert_true(CPU(cpus[2])->stopped);
    g_assert_true(moves(cpus[1]));
    cpu_resume(CPU(cpus[2]));
    g_assert_true(moves(cpus[2]));
    stop_cpus();
}

static bool race_ends;

static void nothing(CPUState *cs, run_on_cpu_data data)
{
}

static void stop_itself(CPUState *cs, run_on_cpu_data data)
{
    cpu_stop_current();
}

/* Everything that others do to a CPU. */
static void *disturb(void *opaque)
{
    Sender *s = opaque;
    unsigned n = s->nr * 7919;

    rcu_register_thread();
    while (!qatomic_read(&race_ends)) {
        CPUState *cs = CPU(cpus[n / 8 % NR_CPUS]);

        switch (n++ % 8) {
        case 0:
            async_run_on_cpu(cs, nothing, RUN_ON_CPU_NULL);
            break;
        case 1:
            async_safe_run_on_cpu(cs, nothing, RUN_ON_CPU_NULL);
            break;
        case 2:
            bql_lock();
            run_on_cpu(cs, nothing, RUN_ON_CPU_NULL);
            bql_unlock();
            break;
        case 3:
            bql_lock();
            cpu_interrupt(cs, CPU_INTERRUPT_HARD);
            bql_unlock();
            cpu_reset_interrupt(cs, CPU_INTERRUPT_HARD);
            break;
        case 4:
            qemu_cpu_kick(cs);
            break;
        case 5:
            start_exclusive();
            end_exclusive();
            break;
        case 6:
            cpu_exit(cs);
            break;
        case 7:
            async_run_on_cpu(cs, stop_itself, RUN_ON_CPU_NULL);
            break;
        }
        g_usleep(50);
    }
    rcu_unregister_thread();
    return NULL;
}

static void test_race(void)
{
    Sender senders[NR_SENDERS];
    int64_t end;

    start_cpus();
    qatomic_set(&race_ends, false);
    start_senders(senders, disturb);
    end = g_get_monotonic_time() + 1500 * 1000;
    while (g_get_monotonic_time() < end) {
        pause_all_vcpus();
        for (int i = 0; i < NR_CPUS; i++) {
            g_assert_true(CPU(cpus[i])->stopped);
            cpus[i]->private = 0;
        }
        resume_all_vcpus();
        sleep_unlocked(1);
    }
    qatomic_set(&race_ends, true);
    join_senders(senders);
    pause_all_vcpus();
    resume_all_vcpus();
    for (int i = 0; i < NR_CPUS; i++) {
        g_assert_true(moves(cpus[i]));
    }
    stop_cpus();
}

/* CPUs come and go while others run and look at the list. */
static void test_hotplug(void)
{
    start_cpus();
    for (int round = 0; round < 20; round++) {
        ToyCPU *extra = toy_new();

        g_assert_cmpint(CPU(extra)->cpu_index, ==, NR_CPUS);
        cpu_resume(CPU(extra));
        g_assert_true(moves(extra));
        if (round % 2) {
            pause_all_vcpus();
        }
        toy_free(extra);
        resume_all_vcpus();
        g_assert_null(qemu_get_cpu(NR_CPUS));
    }
    stop_cpus();
}

static void test_debug(void)
{
    CPUState *cs;

    start_cpus();
    pause_all_vcpus();
    cs = CPU(cpus[0]);
    cpu_breakpoint_insert(cs, 0x10, BP_GDB, NULL);
    cpu_watchpoint_insert(cs, 0x10, 4, BP_GDB | BP_MEM_READ, NULL);
    cpu_single_step(cs, SSTEP_ENABLE);
    cpu_single_step(cs, SSTEP_ENABLE); /* no change */
    g_assert_cmpint(cpus[0]->debug_changes, ==, 3);
    cpu_single_step(cs, 0);
    cpu_breakpoint_remove_all(cs, BP_GDB);
    cpu_watchpoint_remove_all(cs, BP_GDB);
    g_assert_cmpint(cpus[0]->debug_changes, ==, 6);
    stop_cpus();
}

int main(int argc, char **argv)
{
    toy_init(&argc, &argv);
    toy_use_accel();
    g_test_add_func("/cpu-threads/life", test_life);
    g_test_add_func("/cpu-threads/run-on-cpu", test_run_on_cpu);
    g_test_add_func("/cpu-threads/async", test_async);
    g_test_add_func("/cpu-threads/exclusive", test_exclusive);
    g_test_add_func("/cpu-threads/halt", test_halt);
    g_test_add_func("/cpu-threads/pause", test_pause);
    g_test_add_func("/cpu-threads/race", test_race);
    g_test_add_func("/cpu-threads/hotplug", test_hotplug);
    g_test_add_func("/cpu-threads/debug", test_debug);
    return g_test_run();
}
