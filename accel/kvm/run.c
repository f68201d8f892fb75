/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU's thread: into the guest, out with an exit, that done, and in again.
 *
 * To get a CPU out, its thread is sent SIG_IPI. If it is in the guest, the
 * kernel returns; if it is just about to enter, the handler has set the flag
 * immediate_exit, which makes the kernel return at once. The flag is cleared
 * before requests are looked at, so none is lost.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/ioport.h"
#include "kvm-accel.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "system/accel-blocker.h"
#include "system/runstate.h"
#include "trace.h"

/* ---- kicks --------------------------------------------------------------- */

static void ipi_signal(int sig)
{
    CPUState *cpu = current_cpu;

    if (cpu && cpu->kvm_run) {
        qatomic_set(&cpu->kvm_run->immediate_exit, 1);
    }
}

void kvm_init_cpu_signals(CPUState *cpu)
{
    struct sigaction action = { .sa_handler = ipi_signal };
    sigset_t set;

    sigaction(SIG_IPI, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIG_IPI);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void kvm_set_sigmask_len(KVMState *s, unsigned int sigmask_len)
{
    s->sigmask_len = sigmask_len;
}

/* ---- registers ----------------------------------------------------------- */

/* The machine cannot go on: says why, and stops it. */
static void stop_broken(CPUState *cpu)
{
    cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
    vm_stop(RUN_STATE_INTERNAL_ERROR);
}

static void registers_failed(CPUState *cpu, const char *what, int ret,
                             Error *err)
{
    if (err) {
        error_reportf_err(err, "%s: ", what);
    } else {
        error_report("%s: %s", what, strerror(-ret));
    }
    stop_broken(cpu);
}

static void do_synchronize_state(CPUState *cpu, run_on_cpu_data arg)
{
    if (!cpu->vcpu_dirty && !kvm_state->guest_state_protected) {
        Error *err = NULL;
        int ret = kvm_arch_get_registers(cpu, &err);

        if (ret < 0) {
            /* What is here is all there is. */
            cpu->vcpu_dirty = true;
            registers_failed(cpu, "Failed to get registers", ret, err);
        }
        cpu->vcpu_dirty = true;
    }
}

void kvm_cpu_synchronize_state(CPUState *cpu)
{
    if (!cpu->vcpu_dirty && cpu->kvm_fd >= 0) {
        run_on_cpu(cpu, do_synchronize_state, RUN_ON_CPU_NULL);
    }
}

static bool put_registers(CPUState *cpu, int level, const char *what)
{
    Error *err = NULL;
    int ret = kvm_arch_put_registers(cpu, level, &err);

    if (ret < 0) {
        registers_failed(cpu, what, ret, err);
        return false;
    }
    cpu->vcpu_dirty = false;
    return true;
}

static void do_post_reset(CPUState *cpu, run_on_cpu_data arg)
{
    put_registers(cpu, KVM_PUT_RESET_STATE, "Restoring registers after reset");
}

static void do_post_init(CPUState *cpu, run_on_cpu_data arg)
{
    put_registers(cpu, KVM_PUT_FULL_STATE, "Putting registers after init");
}

static void do_pre_loadvm(CPUState *cpu, run_on_cpu_data arg)
{
    cpu->vcpu_dirty = true;
}

void kvm_cpu_synchronize_post_reset(CPUState *cpu)
{
    run_on_cpu(cpu, do_post_reset, RUN_ON_CPU_NULL);
}

void kvm_cpu_synchronize_post_init(CPUState *cpu)
{
    if (!kvm_state->guest_state_protected) {
        run_on_cpu(cpu, do_post_init, RUN_ON_CPU_NULL);
    }
}

void kvm_cpu_synchronize_pre_loadvm(CPUState *cpu)
{
    run_on_cpu(cpu, do_pre_loadvm, RUN_ON_CPU_NULL);
}

/* ---- exits --------------------------------------------------------------- */

static void handle_io(const struct kvm_run *run, MemTxAttrs attrs)
{
    uint8_t *data = (uint8_t *)run + run->io.data_offset;

    for (uint32_t i = 0; i < run->io.count; i++) {
        address_space_rw(&address_space_io, run->io.port, attrs, data,
                         run->io.size, run->io.direction == KVM_EXIT_IO_OUT);
        data += run->io.size;
    }
}

static int handle_internal_error(CPUState *cpu, const struct kvm_run *run)
{
    fprintf(stderr, "KVM internal error. Suberror: %d\n",
            run->internal.suberror);
    for (uint32_t i = 0; i < run->internal.ndata; i++) {
        fprintf(stderr, "extra data[%u]: 0x%016" PRIx64 "\n", i,
                (uint64_t)run->internal.data[i]);
    }
    if (run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION) {
        fprintf(stderr, "emulation failure\n");
        if (!kvm_arch_stop_on_emulation_error(cpu)) {
            cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
            return EXCP_INTERRUPT;
        }
    }
    return -1;
}

static int handle_system_event(CPUState *cpu, const struct kvm_run *run)
{
    switch (run->system_event.type) {
    case KVM_SYSTEM_EVENT_SHUTDOWN:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        return EXCP_INTERRUPT;
    case KVM_SYSTEM_EVENT_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return EXCP_INTERRUPT;
    case KVM_SYSTEM_EVENT_CRASH:
        bql_lock();
        kvm_cpu_synchronize_state(cpu);
        qemu_system_guest_panicked(cpu_get_crash_info(cpu));
        bql_unlock();
        return 0;
    default:
        return kvm_arch_handle_exit(cpu, (struct kvm_run *)run);
    }
}

static int handle_ring_full(CPUState *cpu)
{
    KVMState *s = kvm_state;

    qemu_mutex_lock(&s->slots_lock);
    kvm_dirty_ring_reap(s, NULL);
    qemu_mutex_unlock(&s->slots_lock);
    return 0;
}

/* 0: run on; EXCP_*: see to what was asked; negative: it is broken. */
static int handle_exit(CPUState *cpu, struct kvm_run *run, MemTxAttrs attrs)
{
    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        handle_io(run, attrs);
        return 0;
    case KVM_EXIT_MMIO:
        address_space_rw(&address_space_memory, run->mmio.phys_addr, attrs,
                         run->mmio.data, run->mmio.len, run->mmio.is_write);
        return 0;
    case KVM_EXIT_IRQ_WINDOW_OPEN:
        return EXCP_INTERRUPT;
    case KVM_EXIT_SHUTDOWN:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return EXCP_INTERRUPT;
    case KVM_EXIT_UNKNOWN:
        fprintf(stderr, "KVM: unknown exit, hardware reason %" PRIx64 "\n",
                (uint64_t)run->hw.hardware_exit_reason);
        return -1;
    case KVM_EXIT_INTERNAL_ERROR:
        return handle_internal_error(cpu, run);
    case KVM_EXIT_DIRTY_RING_FULL:
        return handle_ring_full(cpu);
    case KVM_EXIT_SYSTEM_EVENT:
        return handle_system_event(cpu, run);
    case KVM_EXIT_MEMORY_FAULT:
        return kvm_handle_memory_fault(cpu, kvm_run_memory_fault(run));
    default:
        return kvm_arch_handle_exit(cpu, run);
    }
}

static const char *hint_for(int err)
{
    switch (err) {
    case EFAULT:
        return "; the host has no memory where the guest accesses some";
    case EBUSY:
        return "; another hypervisor or SMT of the host is in the way";
    default:
        return "";
    }
}

/* Kicks that came are as good as done: who kicked has left a request. */
static void eat_kick(CPUState *cpu)
{
    qatomic_set(&cpu->kvm_run->immediate_exit, 0);
    /* Requests are read after this. */
    smp_mb();
}

/* Into the guest and out of it. */
static int run_once(CPUState *cpu)
{
    struct kvm_run *run = cpu->kvm_run;
    MemTxAttrs attrs;
    int ret;

    kvm_arch_pre_run(cpu, run);
    if (qatomic_read(&cpu->exit_request)) {
        /* What an exit has left to be done, the kernel does before it
         * returns. */
        qatomic_set(&run->immediate_exit, 1);
    }
    ret = kvm_vcpu_ioctl(cpu, KVM_RUN, NULL);
    attrs = kvm_arch_post_run(cpu, run);
    kvm_see_to_sigbus(cpu);
    if (ret == -EINTR || ret == -EAGAIN) {
        eat_kick(cpu);
        return EXCP_INTERRUPT;
    }
    /* A fault of memory comes as an error with a reason. */
    if (ret < 0 &&
        !(ret == -EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT)) {
        fprintf(stderr, "error: kvm run failed %s%s\n", strerror(-ret),
                hint_for(-ret));
        return -1;
    }
    trace_kvm_run_exit(cpu->cpu_index, run->exit_reason);
    return handle_exit(cpu, run, attrs);
}

int kvm_cpu_exec(CPUState *cpu)
{
    int ret;

    if (kvm_arch_process_async_events(cpu)) {
        qatomic_set(&cpu->exit_request, false);
        return EXCP_HLT;
    }
    if (cpu->vcpu_dirty && !put_registers(cpu, KVM_PUT_RUNTIME_STATE,
                                          "Putting registers after init")) {
        return -1;
    }
    bql_unlock();
    cpu_exec_start(cpu);
    do {
        if (unlikely(cpu->vcpu_dirty)) {
            /* An exit's handler has fetched and changed registers. */
            bql_lock();
            ret = put_registers(cpu, KVM_PUT_RUNTIME_STATE, "Putting registers")
                      ? 0
                      : -1;
            bql_unlock();
            if (ret < 0) {
                break;
            }
        }
        ret = run_once(cpu);
    } while (ret == 0);
    cpu_exec_end(cpu);
    bql_lock();
    if (ret < 0) {
        kvm_cpu_synchronize_state(cpu);
        stop_broken(cpu);
    }
    qatomic_set(&cpu->exit_request, false);
    return ret;
}

/* ---- hardware errors ----------------------------------------------------- */

/*
 * A CPU's thread that has touched such memory in the guest gets its SIGBUS in
 * KVM_RUN. The handler only notes it; the CPU sees to it outside the kernel.
 */
static __thread struct {
    bool pending;
    int code;
    void *addr;
} sigbus;

int kvm_on_sigbus_vcpu(CPUState *cpu, int code, void *addr)
{
    if (!kvm_state || sigbus.pending) {
        return 1;
    }
    sigbus.code = code;
    sigbus.addr = addr;
    sigbus.pending = true;
    qatomic_set(&cpu->exit_request, true);
    return 0;
}

void kvm_see_to_sigbus(CPUState *cpu)
{
    if (likely(!sigbus.pending)) {
        return;
    }
    bql_lock();
    kvm_arch_on_sigbus_vcpu(cpu, sigbus.code, sigbus.addr);
    sigbus.pending = false;
    bql_unlock();
}

int kvm_on_sigbus(int code, void *addr)
{
    CPUState *cpu = first_cpu;

    if (!kvm_state || !cpu) {
        return 1;
    }
    kvm_arch_on_sigbus_vcpu(cpu, code, addr);
    return 0;
}
