/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM with a PIC of ours, and perhaps local APICs of ours too: how interrupts,
 * the task priority and requests to start get to a CPU.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "hw/i386/apic.h"
#include "kvm-internal.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "system/hw_accel.h"

/* ---- before the guest runs ----------------------------------------------- */

/* Gives the CPU an interrupt, or asks to be told when it can take one. */
static void inject_interrupt(CPUState *cs, struct kvm_run *run)
{
    CPUX86State *env = cpu_env(cs);
    struct kvm_interrupt intr;
    int irq, ret;

    if (run->ready_for_interrupt_injection && (env->eflags & IF_MASK)) {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_HARD);
        irq = cpu_get_pic_interrupt(env);
        if (irq >= 0) {
            intr.irq = irq;
            ret = kvm_vcpu_ioctl(cs, KVM_INTERRUPT, &intr);
            if (ret < 0) {
                error_report("KVM does not take interrupt %d: %s", irq,
                             strerror(-ret));
            }
        }
    }
    /* There may be another one. */
    run->request_interrupt_window =
        !!(cs->interrupt_request & CPU_INTERRUPT_HARD);
}

void kvm_x86_give_interrupt(CPUState *cs, struct kvm_run *run)
{
    X86CPU *cpu = X86_CPU(cs);

    run->request_interrupt_window = 0;
    if (qatomic_read(&cs->interrupt_request) & CPU_INTERRUPT_HARD) {
        bql_lock();
        inject_interrupt(cs, run);
        bql_unlock();
    }
    if (cpu->apic_state) {
        run->cr8 = cpu_get_apic_tpr(cpu->apic_state);
    }
}

/* ---- after it ------------------------------------------------------------ */

/* Only this thread changes them, so that they may be read without the lock. */
void kvm_x86_take_apic(X86CPU *cpu, const struct kvm_run *run)
{
    DeviceState *apic = cpu->apic_state;

    if (cpu_get_apic_tpr(apic) == run->cr8 &&
        cpu_get_apic_base(apic) == run->apic_base) {
        return;
    }
    bql_lock();
    cpu_set_apic_tpr(apic, run->cr8);
    cpu_set_apic_base(apic, run->apic_base);
    bql_unlock();
}

int kvm_x86_handle_halt(CPUState *cs)
{
    uint32_t request = cs->interrupt_request;

    if ((request & CPU_INTERRUPT_NMI) ||
        ((request & CPU_INTERRUPT_HARD) && (cpu_env(cs)->eflags & IF_MASK))) {
        return 0;
    }
    cs->halted = 1;
    return EXCP_HLT;
}

/* ---- requests ------------------------------------------------------------ */

/* An INIT leaves the x87, SIMD, MTRRs and most MSRs (SDM volume 3, 10.1.1). */
static void do_cpu_init(X86CPU *cpu)
{
    CPUState *cs = CPU(cpu);
    CPUX86State *env = &cpu->env;
    g_autofree CPUX86State *old = g_memdup2(env, sizeof(*env));
    uint32_t sipi = cs->interrupt_request & CPU_INTERRUPT_SIPI;

    cpu_reset(cs);
    cs->interrupt_request = sipi;
    memcpy(&env->fpstt, &old->fpstt,
           offsetof(CPUX86State, system_time_msr) -
               offsetof(CPUX86State, fpstt));
    memcpy(env->mtrr_fixed, old->mtrr_fixed, sizeof(env->mtrr_fixed));
    memcpy(env->mtrr_var, old->mtrr_var, sizeof(env->mtrr_var));
    env->mtrr_deftype = old->mtrr_deftype;
    apic_init_reset(cpu->apic_state);
}

int kvm_arch_process_async_events(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);

    /* One that is halted, or waits to be started, does so in the kernel. */
    if (!cpu->apic_state) {
        return 0;
    }
    if (cs->interrupt_request & CPU_INTERRUPT_INIT) {
        cpu_synchronize_state(cs);
        do_cpu_init(cpu);
    }
    if (cs->interrupt_request & CPU_INTERRUPT_POLL) {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_POLL);
        apic_poll_irq(cpu->apic_state);
    }
    if (((cs->interrupt_request & CPU_INTERRUPT_HARD) &&
         (cpu->env.eflags & IF_MASK)) ||
        (cs->interrupt_request & CPU_INTERRUPT_NMI)) {
        cs->halted = 0;
    }
    if (cs->interrupt_request & CPU_INTERRUPT_SIPI) {
        cpu_synchronize_state(cs);
        apic_sipi(cpu->apic_state);
    }
    return cs->halted;
}
