/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU in a migration stream. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/core/cpu.h"
#include "migration/cpu.h"
#include "migration/vmstate.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "system/kvm.h"

static const VMStateDescription vmstate_segment = {
    .name = "segment",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(selector, SegmentCache),
            VMSTATE_UINT64(base, SegmentCache),
            VMSTATE_UINT32(limit, SegmentCache),
            VMSTATE_UINT32(flags, SegmentCache),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_fpreg = {
    .name = "fpreg",
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(low, FPReg),
            VMSTATE_UINT16(high, FPReg),
            VMSTATE_END_OF_LIST(),
        },
};

#define PART_OF_ZMM(_id, _name, _version, ...)                                 \
    static const VMStateDescription _id = {                                    \
        .name = _name,                                                         \
        .version_id = _version,                                                \
        .minimum_version_id = _version,                                        \
        .fields =                                                              \
            (const VMStateField[]){ __VA_ARGS__, VMSTATE_END_OF_LIST() },      \
    }

PART_OF_ZMM(vmstate_xmm, "xmm_reg", 1, VMSTATE_UINT64(ZMM_Q(0), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(1), ZMMReg));
PART_OF_ZMM(vmstate_ymmh, "ymmh_reg", 1, VMSTATE_UINT64(ZMM_Q(2), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(3), ZMMReg));
PART_OF_ZMM(vmstate_zmmh, "zmmh_reg", 1, VMSTATE_UINT64(ZMM_Q(4), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(5), ZMMReg), VMSTATE_UINT64(ZMM_Q(6), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(7), ZMMReg));
PART_OF_ZMM(vmstate_hi16, "Hi16_zmm_reg", 1, VMSTATE_UINT64(ZMM_Q(0), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(1), ZMMReg), VMSTATE_UINT64(ZMM_Q(2), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(3), ZMMReg), VMSTATE_UINT64(ZMM_Q(4), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(5), ZMMReg), VMSTATE_UINT64(ZMM_Q(6), ZMMReg),
            VMSTATE_UINT64(ZMM_Q(7), ZMMReg));
PART_OF_ZMM(vmstate_mtrr_var, "mtrr_var", 1, VMSTATE_UINT64(base, MTRRVar),
            VMSTATE_UINT64(mask, MTRRVar));
PART_OF_ZMM(vmstate_bnd, "bnd_regs", 1, VMSTATE_UINT64(lb, BNDReg),
            VMSTATE_UINT64(ub, BNDReg));

/* ---- what is not always there -------------------------------------------- */

/* Members that are in the stream when one of them, @_if, is not @_usual. */
#define SUBSECTION(_id, _name, _if, _usual, ...)                               \
    static bool _id##_needed(void *opaque)                                     \
    {                                                                          \
        return X86_CPU(opaque)->env._if != (_usual);                           \
    }                                                                          \
    static const VMStateDescription vmstate_##_id = {                          \
        .name = "cpu/" _name,                                                  \
        .version_id = 1,                                                       \
        .minimum_version_id = 1,                                               \
        .needed = _id##_needed,                                                \
        .fields =                                                              \
            (const VMStateField[]){ __VA_ARGS__, VMSTATE_END_OF_LIST() },      \
    }

#define MSR_SUBSECTION(_id, _name, _field, _usual)                             \
    SUBSECTION(_id, _name, _field, _usual, VMSTATE_UINT64(env._field, X86CPU))

MSR_SUBSECTION(async_pf, "async_pf_msr", async_pf_en_msr, 0);
MSR_SUBSECTION(async_pf_int, "async_pf_int_msr", async_pf_int_msr, 0);
MSR_SUBSECTION(pv_eoi, "async_pv_eoi_msr", pv_eoi_en_msr, 0);
MSR_SUBSECTION(steal_time, "steal_time_msr", steal_time_msr, 0);
MSR_SUBSECTION(poll_control, "poll_control_msr", poll_control_msr, 1);
MSR_SUBSECTION(tsc_adjust, "msr_tsc_adjust", tsc_adjust, 0);
MSR_SUBSECTION(tsc_deadline, "msr_tscdeadline", tsc_deadline, 0);
MSR_SUBSECTION(misc_enable, "msr_ia32_misc_enable", msr_ia32_misc_enable,
               MSR_IA32_MISC_ENABLE_DEFAULT);
MSR_SUBSECTION(feature_control, "msr_ia32_feature_control",
               msr_ia32_feature_control, 0);
MSR_SUBSECTION(mcg_ext_ctl, "mcg_ext_ctl", mcg_ext_ctl, 0);
MSR_SUBSECTION(xss, "xss", xss, 0);
MSR_SUBSECTION(spec_ctrl, "spec_ctrl", spec_ctrl, 0);
MSR_SUBSECTION(virt_ssbd, "virt_ssbd", virt_ssbd, 0);
MSR_SUBSECTION(hwcr, "msr_hwcr", msr_hwcr, 0);
MSR_SUBSECTION(smi_count, "msr_smi_count", msr_smi_count, 0);
SUBSECTION(pkrs, "pkrs", pkrs, 0, VMSTATE_UINT32(env.pkrs, X86CPU));
SUBSECTION(tsx_ctrl, "msr_tsx_ctrl", tsx_ctrl, 0,
           VMSTATE_UINT32(env.tsx_ctrl, X86CPU));
SUBSECTION(umwait, "umwait", umwait, 0, VMSTATE_UINT32(env.umwait, X86CPU));
SUBSECTION(pkru, "pkru", pkru, 0, VMSTATE_UINT32(env.pkru, X86CPU));
SUBSECTION(tsc_khz, "tsc_khz", tsc_khz, 0, VMSTATE_INT64(env.tsc_khz, X86CPU));
SUBSECTION(exception, "exception_info", exception_pending, 0,
           VMSTATE_UINT8(env.exception_pending, X86CPU),
           VMSTATE_UINT8(env.exception_injected, X86CPU),
           VMSTATE_UINT8(env.exception_has_payload, X86CPU),
           VMSTATE_UINT64(env.exception_payload, X86CPU));
SUBSECTION(triple_fault, "triple_fault", triple_fault_pending, 0,
           VMSTATE_UINT8(env.triple_fault_pending, X86CPU));
SUBSECTION(pdptrs, "pdptrs", pdptrs_valid, false,
           VMSTATE_UINT64_ARRAY(env.pdptrs, X86CPU, 4));

static bool fpop_needed(void *opaque)
{
    CPUX86State *env = &X86_CPU(opaque)->env;

    return env->fpop || env->fpip || env->fpdp;
}

static const VMStateDescription vmstate_fpop = {
    .name = "cpu/fpop_ip_dp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = fpop_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(env.fpop, X86CPU),
            VMSTATE_UINT64(env.fpip, X86CPU),
            VMSTATE_UINT64(env.fpdp, X86CPU),
            VMSTATE_END_OF_LIST(),
        },
};

static bool mpx_needed(void *opaque)
{
    CPUX86State *env = &X86_CPU(opaque)->env;

    return env->msr_bndcfgs ||
           !buffer_is_zero(env->bnd_regs, sizeof(env->bnd_regs)) ||
           !buffer_is_zero(&env->bndcs_regs, sizeof(env->bndcs_regs));
}

static const VMStateDescription vmstate_mpx = {
    .name = "cpu/mpx",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = mpx_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_STRUCT_ARRAY(env.bnd_regs, X86CPU, 4, 0, vmstate_bnd,
                                 BNDReg),
            VMSTATE_UINT64(env.bndcs_regs.cfgu, X86CPU),
            VMSTATE_UINT64(env.bndcs_regs.sts, X86CPU),
            VMSTATE_UINT64(env.msr_bndcfgs, X86CPU),
            VMSTATE_END_OF_LIST(),
        },
};

static bool pmu_needed(void *opaque)
{
    CPUX86State *env = &X86_CPU(opaque)->env;

    return env->msr_fixed_ctr_ctrl || env->msr_global_ctrl ||
           env->msr_global_status || env->msr_global_ovf_ctrl ||
           !buffer_is_zero(env->msr_fixed_counters,
                           sizeof(env->msr_fixed_counters)) ||
           !buffer_is_zero(env->msr_gp_counters,
                           sizeof(env->msr_gp_counters)) ||
           !buffer_is_zero(env->msr_gp_evtsel, sizeof(env->msr_gp_evtsel));
}

static const VMStateDescription vmstate_pmu = {
    .name = "cpu/msr_architectural_pmu",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pmu_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(env.msr_fixed_ctr_ctrl, X86CPU),
            VMSTATE_UINT64(env.msr_global_ctrl, X86CPU),
            VMSTATE_UINT64(env.msr_global_status, X86CPU),
            VMSTATE_UINT64(env.msr_global_ovf_ctrl, X86CPU),
            VMSTATE_UINT64_ARRAY(env.msr_fixed_counters, X86CPU,
                                 MAX_FIXED_COUNTERS),
            VMSTATE_UINT64_ARRAY(env.msr_gp_counters, X86CPU, MAX_GP_COUNTERS),
            VMSTATE_UINT64_ARRAY(env.msr_gp_evtsel, X86CPU, MAX_GP_COUNTERS),
            VMSTATE_END_OF_LIST(),
        },
};

static bool avx512_needed(void *opaque)
{
    return X86_CPU(opaque)->env.xstate_bv &
           (XSTATE_OPMASK_MASK | XSTATE_ZMM_Hi256_MASK | XSTATE_Hi16_ZMM_MASK);
}

static const VMStateDescription vmstate_avx512 = {
    .name = "cpu/avx512",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = avx512_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64_ARRAY(env.opmask_regs, X86CPU, NB_OPMASK_REGS),
            VMSTATE_STRUCT_SUB_ARRAY(env.xmm_regs, X86CPU, 0, CPU_NB_REGS, 0,
                                     vmstate_zmmh, ZMMReg),
            VMSTATE_STRUCT_SUB_ARRAY(env.xmm_regs, X86CPU, 16, CPU_NB_REGS, 0,
                                     vmstate_hi16, ZMMReg),
            VMSTATE_END_OF_LIST(),
        },
};

/* QEMU's streams have it as a device of its own. */
static bool lapic_needed(void *opaque)
{
    return kvm_irqchip_in_kernel();
}

static const VMStateDescription vmstate_lapic = {
    .name = "cpu/kvm-lapic",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = lapic_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(apic_base, X86CPU),
            VMSTATE_UINT8(cr8, X86CPU),
            VMSTATE_UINT8_ARRAY(lapic, X86CPU, 1024),
            VMSTATE_END_OF_LIST(),
        },
};

/* ---- the rest ------------------------------------------------------------ */

uint16_t x86_fpu_status(const CPUX86State *env)
{
    return (env->fpus & ~0x3800) | (env->fpstt & 7) << 11;
}

static int cpu_pre_save(void *opaque)
{
    CPUX86State *env = &X86_CPU(opaque)->env;

    env->fpus_vmstate = x86_fpu_status(env);
    env->fptag_vmstate = 0;
    for (int i = 0; i < 8; i++) {
        env->fptag_vmstate |= !env->fptags[i] << i;
    }
    env->fpregs_format_vmstate = 0;
    return 0;
}

static int cpu_post_load(void *opaque, int version_id)
{
    CPUX86State *env = &X86_CPU(opaque)->env;

    if (env->user_tsc_khz && env->tsc_khz != env->user_tsc_khz) {
        error_report("the stream's TSC has %" PRId64 " kHz, and "
                     "'tsc-frequency' says %" PRId64,
                     env->tsc_khz, env->user_tsc_khz);
        return -EINVAL;
    }
    if (env->fpregs_format_vmstate) {
        error_report("Unsupported old non-softfloat CPU state");
        return -EINVAL;
    }
    env->fpstt = env->fpus_vmstate >> 11 & 7;
    env->fpus = env->fpus_vmstate & ~0x3800;
    for (int i = 0; i < 8; i++) {
        env->fptags[i] = !(env->fptag_vmstate >> i & 1);
    }
    x86_update_hflags(env);
    return 0;
}

const VMStateDescription vmstate_x86_cpu = {
    .name = "cpu",
    .version_id = 12,
    .minimum_version_id = 11,
    .pre_save = cpu_pre_save,
    .post_load = cpu_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64_ARRAY(env.regs, X86CPU, CPU_NB_REGS),
            VMSTATE_UINT64(env.eip, X86CPU),
            VMSTATE_UINT64(env.eflags, X86CPU),
            VMSTATE_UINT32(env.hflags, X86CPU),
            VMSTATE_UINT16(env.fpuc, X86CPU),
            VMSTATE_UINT16(env.fpus_vmstate, X86CPU),
            VMSTATE_UINT16(env.fptag_vmstate, X86CPU),
            VMSTATE_UINT16(env.fpregs_format_vmstate, X86CPU),
            VMSTATE_STRUCT_ARRAY(env.fpregs, X86CPU, 8, 0, vmstate_fpreg,
                                 FPReg),
            VMSTATE_STRUCT_ARRAY(env.segs, X86CPU, 6, 0, vmstate_segment,
                                 SegmentCache),
            VMSTATE_STRUCT(env.ldt, X86CPU, 0, vmstate_segment, SegmentCache),
            VMSTATE_STRUCT(env.tr, X86CPU, 0, vmstate_segment, SegmentCache),
            VMSTATE_STRUCT(env.gdt, X86CPU, 0, vmstate_segment, SegmentCache),
            VMSTATE_STRUCT(env.idt, X86CPU, 0, vmstate_segment, SegmentCache),
            VMSTATE_UINT32(env.sysenter_cs, X86CPU),
            VMSTATE_UINT64(env.sysenter_esp, X86CPU),
            VMSTATE_UINT64(env.sysenter_eip, X86CPU),
            VMSTATE_UINT64(env.cr[0], X86CPU),
            VMSTATE_UINT64(env.cr[2], X86CPU),
            VMSTATE_UINT64(env.cr[3], X86CPU),
            VMSTATE_UINT64(env.cr[4], X86CPU),
            VMSTATE_UINT64_ARRAY(env.dr, X86CPU, 8),
            VMSTATE_INT32(env.a20_mask, X86CPU),
            VMSTATE_UINT32(env.mxcsr, X86CPU),
            VMSTATE_STRUCT_SUB_ARRAY(env.xmm_regs, X86CPU, 0, CPU_NB_REGS, 0,
                                     vmstate_xmm, ZMMReg),
            VMSTATE_UINT64(env.efer, X86CPU),
            VMSTATE_UINT64(env.star, X86CPU),
            VMSTATE_UINT64(env.lstar, X86CPU),
            VMSTATE_UINT64(env.cstar, X86CPU),
            VMSTATE_UINT64(env.fmask, X86CPU),
            VMSTATE_UINT64(env.kernelgsbase, X86CPU),
            VMSTATE_UINT32(env.smbase, X86CPU),
            VMSTATE_UINT64(env.pat, X86CPU),
            VMSTATE_UINT32(env.hflags2, X86CPU),
            VMSTATE_UINT64(env.vm_hsave, X86CPU),
            VMSTATE_UNUSED(37), /* SVM as a translator has it */
            VMSTATE_UINT64_ARRAY(env.mtrr_fixed, X86CPU, 11),
            VMSTATE_UINT64(env.mtrr_deftype, X86CPU),
            VMSTATE_STRUCT_ARRAY(env.mtrr_var, X86CPU, MSR_MTRRcap_VCNT, 8,
                                 vmstate_mtrr_var, MTRRVar),
            VMSTATE_INT32(env.interrupt_injected, X86CPU),
            VMSTATE_UINT32(env.mp_state, X86CPU),
            VMSTATE_UINT64(env.tsc, X86CPU),
            VMSTATE_INT32(env.exception_nr, X86CPU),
            VMSTATE_UINT8(env.soft_interrupt, X86CPU),
            VMSTATE_UINT8(env.nmi_injected, X86CPU),
            VMSTATE_UINT8(env.nmi_pending, X86CPU),
            VMSTATE_UINT8(env.has_error_code, X86CPU),
            VMSTATE_UINT32(env.sipi_vector, X86CPU),
            VMSTATE_UINT64(env.mcg_cap, X86CPU),
            VMSTATE_UINT64(env.mcg_status, X86CPU),
            VMSTATE_UINT64(env.mcg_ctl, X86CPU),
            VMSTATE_UINT64_ARRAY(env.mce_banks, X86CPU, MCE_BANKS_DEF * 4),
            VMSTATE_UINT64(env.tsc_aux, X86CPU),
            VMSTATE_UINT64(env.system_time_msr, X86CPU),
            VMSTATE_UINT64(env.wall_clock_msr, X86CPU),
            VMSTATE_UINT64_V(env.xcr0, X86CPU, 12),
            VMSTATE_UINT64_V(env.xstate_bv, X86CPU, 12),
            VMSTATE_STRUCT_SUB_ARRAY(env.xmm_regs, X86CPU, 0, CPU_NB_REGS, 12,
                                     vmstate_ymmh, ZMMReg),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_exception,
            &vmstate_async_pf,
            &vmstate_async_pf_int,
            &vmstate_pv_eoi,
            &vmstate_steal_time,
            &vmstate_poll_control,
            &vmstate_fpop,
            &vmstate_tsc_adjust,
            &vmstate_smi_count,
            &vmstate_tsc_deadline,
            &vmstate_misc_enable,
            &vmstate_feature_control,
            &vmstate_mcg_ext_ctl,
            &vmstate_pmu,
            &vmstate_mpx,
            &vmstate_avx512,
            &vmstate_xss,
            &vmstate_umwait,
            &vmstate_tsc_khz,
            &vmstate_pkru,
            &vmstate_pkrs,
            &vmstate_spec_ctrl,
            &vmstate_virt_ssbd,
            &vmstate_tsx_ctrl,
            &vmstate_pdptrs,
            &vmstate_hwcr,
            &vmstate_triple_fault,
            &vmstate_lapic,
            NULL,
        },
};
