/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that the host has lost to a hardware error: a guest hears of its page
 * as of a machine check, if its CPUs have software error recovery (Intel SDM
 * volume 3, 16.6 and 16.9). A page that is nowhere in the guest, and an access
 * of ours, end the emulator.
 */
#include "qemu/osdep.h"
#include "exec/guest-ram.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

#define BANK     9
#define ADDR_LSB 12 /* a page */

/* Data that an instruction needs; and what a scrubber has found. */
#define ERROR_DATA_LOAD 0x134
#define ERROR_SCRUB     0xc0

#ifndef BUS_MCEERR_AR
#define BUS_MCEERR_AR 4
#define BUS_MCEERR_AO 5
#endif

static struct kvm_x86_mce machine_check(hwaddr addr, int code)
{
    bool action = code == BUS_MCEERR_AR;

    return (struct kvm_x86_mce){
        .status = MCI_STATUS_VAL | MCI_STATUS_UC | MCI_STATUS_EN |
                  MCI_STATUS_MISCV | MCI_STATUS_ADDRV | MCI_STATUS_S |
                  (action ? MCI_STATUS_AR | ERROR_DATA_LOAD : ERROR_SCRUB),
        .addr = addr,
        .misc = MCM_ADDR_PHYS << 6 | ADDR_LSB,
        .mcg_status =
            MCG_STATUS_MCIP | (action ? MCG_STATUS_EIPV : MCG_STATUS_RIPV),
        .bank = BANK,
    };
}

typedef struct Injection {
    struct kvm_x86_mce mce;
    int ret;
} Injection;

/*
 * What waits to be written first, for it would undo this. The kernel resets the
 * guest if it does not take machine checks, or is in one already.
 */
static void inject(CPUState *cs, run_on_cpu_data data)
{
    Injection *in = data.host_ptr;
    Error *err = NULL;

    in->ret = 0;
    if (cs->vcpu_dirty) {
        in->ret = kvm_arch_put_registers(cs, KVM_PUT_RUNTIME_STATE, &err);
        error_free(err);
        cs->vcpu_dirty = in->ret < 0;
    }
    if (in->ret == 0) {
        in->ret = kvm_vcpu_ioctl(cs, KVM_X86_SET_MCE, &in->mce);
    }
}

/* From family 6, model 14 on a machine check of Intel's reaches all CPUs. */
static bool reaches_all(CPUX86State *env)
{
    unsigned version = env->cpuid_version;
    unsigned family = (version >> 8 & 0xf) + (version >> 20 & 0xff);
    unsigned model = (version >> 4 & 0xf) | (version >> 12 & 0xf0);

    return IS_INTEL_CPU(env) && (family > 6 || (family == 6 && model >= 14));
}

static void inject_and_free(CPUState *cs, run_on_cpu_data data)
{
    inject(cs, data);
    g_free(data.host_ptr);
}

/* Does not wait for them: one may be here with a page that it touched. */
static void tell_others(CPUState *cs)
{
    const Injection in = {
        .mce.status = MCI_STATUS_VAL | MCI_STATUS_UC,
        .mce.mcg_status = MCG_STATUS_MCIP | MCG_STATUS_RIPV,
        .mce.bank = 1,
    };
    CPUState *other;

    CPU_FOREACH(other)
    {
        if (other != cs) {
            async_run_on_cpu(other, inject_and_free,
                             RUN_ON_CPU_HOST_PTR(g_memdup2(&in, sizeof(in))));
        }
    }
}

static int inject_all(CPUState *cs, hwaddr addr, int code)
{
    Injection in = { .mce = machine_check(addr, code) };
    CPUX86State *env = cpu_env(cs);
    bool local =
        (env->mcg_ext_ctl & MCG_EXT_CTL_LMCE_EN) && code == BUS_MCEERR_AR;

    if ((env->mcg_cap & MCG_CAP_BANKS_MASK) <= BANK) {
        return -ENOSYS;
    }
    if (local) {
        in.mce.mcg_status |= MCG_STATUS_LMCE;
    }
    run_on_cpu(cs, inject, RUN_ON_CPU_HOST_PTR(&in));
    if (in.ret == 0 && !local && reaches_all(env)) {
        tell_others(cs);
    }
    return in.ret;
}

static G_NORETURN void give_up(void *addr)
{
    error_report("Hardware memory error! The guest's page at %p of this "
                 "process is lost, and the guest cannot be told",
                 addr);
    exit(EXIT_FAILURE);
}

void kvm_arch_on_sigbus_vcpu(CPUState *cs, int code, void *addr)
{
    bool can_be_told = (cpu_env(cs)->mcg_cap & MCG_SER_P) && addr;
    ram_addr_t ram_addr =
        can_be_told ? qemu_ram_addr_from_host(addr) : RAM_ADDR_INVALID;
    hwaddr paddr;
    int ret;

    if (ram_addr == RAM_ADDR_INVALID ||
        !kvm_physical_memory_addr_from_host(kvm_state, addr, &paddr)) {
        /* What nobody needs right now may stay broken. */
        if (code != BUS_MCEERR_AO) {
            give_up(addr);
        }
        warn_report("Hardware memory error at %p of this process, which the "
                    "guest does not use",
                    addr);
        return;
    }
    kvm_hwpoison_page_add(ram_addr);
    ret = inject_all(cs, paddr, code);
    if (ret < 0 && code != BUS_MCEERR_AO) {
        give_up(addr);
    }
    warn_report(
        "Guest MCE Memory Error at QEMU addr %p and GUEST addr 0x%" HWADDR_PRIx
        " of type %s %s",
        addr, paddr, code == BUS_MCEERR_AR ? "BUS_MCEERR_AR" : "BUS_MCEERR_AO",
        ret < 0 ? "could not be injected" : "injected");
}
