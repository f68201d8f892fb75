/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers between the kernel and the CPU's state: general, system, XSAVE,
 * events, debug, the local APIC. MSRs are in kvm-msr.c.
 */
#include "qemu/osdep.h"
#include "hw/i386/apic.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/memalign.h"

/* ---- general registers --------------------------------------------------- */

/* In kvm_regs they stand in another order than instructions number them. */
static __u64 *kvm_gpr(struct kvm_regs *r, int n)
{
    switch (n) {
    case R_EAX:
        return &r->rax;
    case R_ECX:
        return &r->rcx;
    case R_EDX:
        return &r->rdx;
    case R_EBX:
        return &r->rbx;
    case R_ESP:
        return &r->rsp;
    case R_EBP:
        return &r->rbp;
    case R_ESI:
        return &r->rsi;
    case R_EDI:
        return &r->rdi;
    default:
        return &r->r8 + (n - R_R8);
    }
}

static int put_regs(X86CPU *cpu)
{
    struct kvm_regs regs = { .rip = cpu->env.eip, .rflags = cpu->env.eflags };

    for (int i = 0; i < CPU_NB_REGS; i++) {
        *kvm_gpr(&regs, i) = cpu->env.regs[i];
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_REGS, &regs);
}

static int get_regs(X86CPU *cpu)
{
    struct kvm_regs regs;
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_REGS, &regs);

    if (ret < 0) {
        return ret;
    }
    for (int i = 0; i < CPU_NB_REGS; i++) {
        cpu->env.regs[i] = *kvm_gpr(&regs, i);
    }
    cpu->env.eip = regs.rip;
    cpu->env.eflags = regs.rflags;
    return 0;
}

/* ---- system registers ---------------------------------------------------- */

static void to_kvm_segment(struct kvm_segment *to, const SegmentCache *from,
                           bool v8086)
{
    uint32_t f = from->flags;

    *to = (struct kvm_segment){
        .selector = from->selector,
        .base = from->base,
        .limit = from->limit,
    };
    if (v8086) {
        to->type = 3;
        to->present = 1;
        to->dpl = 3;
        to->s = 1;
        return;
    }
    to->type = (f & DESC_TYPE_MASK) >> DESC_TYPE_SHIFT;
    to->present = !!(f & DESC_P_MASK);
    to->dpl = (f & DESC_DPL_MASK) >> DESC_DPL_SHIFT;
    to->db = !!(f & DESC_B_MASK);
    to->s = !!(f & DESC_S_MASK);
    to->l = !!(f & DESC_L_MASK);
    to->g = !!(f & DESC_G_MASK);
    to->avl = !!(f & DESC_AVL_MASK);
    to->unusable = !to->present;
}

static void from_kvm_segment(SegmentCache *to, const struct kvm_segment *from)
{
    to->selector = from->selector;
    to->base = from->base;
    to->limit = from->limit;
    to->flags = (uint32_t)from->type << DESC_TYPE_SHIFT |
                (from->present && !from->unusable) * DESC_P_MASK |
                (uint32_t)from->dpl << DESC_DPL_SHIFT |
                (uint32_t)from->db << DESC_B_SHIFT | from->s * DESC_S_MASK |
                (uint32_t)from->l << DESC_L_SHIFT | from->g * DESC_G_MASK |
                from->avl * DESC_AVL_MASK;
}

/* struct kvm_sregs and kvm_sregs2 begin in the same way. */
#define SREGS_COMMON(_action)                                                  \
    _action(cs, segs[R_CS]) _action(ds, segs[R_DS]) _action(es, segs[R_ES])    \
        _action(fs, segs[R_FS]) _action(gs, segs[R_GS])                        \
            _action(ss, segs[R_SS])

QEMU_BUILD_BUG_ON(offsetof(struct kvm_sregs, apic_base) !=
                  offsetof(struct kvm_sregs2, apic_base));

static void fill_sregs(X86CPU *cpu, struct kvm_sregs2 *s)
{
    CPUX86State *env = &cpu->env;
    bool v8086 = env->eflags & VM_MASK;

#define PUT(_to, _from) to_kvm_segment(&s->_to, &env->_from, v8086);
    SREGS_COMMON(PUT)
#undef PUT
    to_kvm_segment(&s->tr, &env->tr, false);
    to_kvm_segment(&s->ldt, &env->ldt, false);
    s->idt.limit = env->idt.limit;
    s->idt.base = env->idt.base;
    s->gdt.limit = env->gdt.limit;
    s->gdt.base = env->gdt.base;
    s->cr0 = env->cr[0];
    s->cr2 = env->cr[2];
    s->cr3 = env->cr[3];
    s->cr4 = env->cr[4];
    s->cr8 = cpu->apic_state ? cpu_get_apic_tpr(cpu->apic_state) : cpu->cr8;
    s->apic_base =
        cpu->apic_state ? cpu_get_apic_base(cpu->apic_state) : cpu->apic_base;
    s->efer = env->efer;
}

static void take_sregs(X86CPU *cpu, const struct kvm_sregs2 *s)
{
    CPUX86State *env = &cpu->env;

#define GET(_from, _to) from_kvm_segment(&env->_to, &s->_from);
    SREGS_COMMON(GET)
#undef GET
    from_kvm_segment(&env->tr, &s->tr);
    from_kvm_segment(&env->ldt, &s->ldt);
    env->idt.limit = s->idt.limit;
    env->idt.base = s->idt.base;
    env->gdt.limit = s->gdt.limit;
    env->gdt.base = s->gdt.base;
    env->cr[0] = s->cr0;
    env->cr[2] = s->cr2;
    env->cr[3] = s->cr3;
    env->cr[4] = s->cr4;
    cpu->cr8 = s->cr8;
    cpu->apic_base = s->apic_base;
    env->efer = s->efer;
    x86_update_hflags(env);
}

static bool has_sregs2(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_SREGS2) > 0;
}

static int put_sregs(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    union {
        struct kvm_sregs old;
        struct kvm_sregs2 new;
    } s = { 0 };

    fill_sregs(cpu, &s.new);
    if (has_sregs2()) {
        if (env->pdptrs_valid) {
            memcpy(s.new.pdptrs, env->pdptrs, sizeof(env->pdptrs));
            s.new.flags |= KVM_SREGS2_FLAGS_PDPTRS_VALID;
        }
        return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_SREGS2, &s.new);
    }
    if (env->interrupt_injected >= 0) {
        s.old.interrupt_bitmap[env->interrupt_injected / 64] |=
            1ULL << (env->interrupt_injected % 64);
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_SREGS, &s.old);
}

static int get_sregs(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    union {
        struct kvm_sregs old;
        struct kvm_sregs2 new;
    } s = { 0 };
    int ret;

    if (has_sregs2()) {
        ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_SREGS2, &s.new);
        env->pdptrs_valid = s.new.flags &KVM_SREGS2_FLAGS_PDPTRS_VALID;
        memcpy(env->pdptrs, s.new.pdptrs, sizeof(env->pdptrs));
    } else {
        ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_SREGS, &s.old);
    }
    if (ret == 0) {
        take_sregs(cpu, &s.new);
    }
    return ret;
}

/* ---- x87 and SIMD -------------------------------------------------------- */

static void make_xsave_buf(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    int size = kvm_check_extension(kvm_state, KVM_CAP_XSAVE2);

    if (!env->xsave_buf) {
        env->xsave_buf_len = ROUND_UP(MAX(size, 4096), 4096);
        env->xsave_buf = qemu_memalign(4096, env->xsave_buf_len);
        memset(env->xsave_buf, 0, env->xsave_buf_len);
    }
}

static int put_xsave(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    make_xsave_buf(cpu);
    x86_cpu_xsave_all_areas(cpu, env->xsave_buf, env->xsave_buf_len);
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_XSAVE, env->xsave_buf);
}

static int get_xsave(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    bool second = kvm_check_extension(kvm_state, KVM_CAP_XSAVE2) > 0;
    int ret;

    make_xsave_buf(cpu);
    ret = kvm_vcpu_ioctl(CPU(cpu), second ? KVM_GET_XSAVE2 : KVM_GET_XSAVE,
                         env->xsave_buf);
    if (ret == 0) {
        x86_cpu_xrstor_all_areas(cpu, env->xsave_buf, env->xsave_buf_len);
    }
    return ret;
}

static int put_xcrs(X86CPU *cpu)
{
    struct kvm_xcrs xcrs = { .nr_xcrs = 1 };

    if (!(cpu->env.features[FEAT_1_ECX] & CPUID_EXT_XSAVE)) {
        return 0;
    }
    xcrs.xcrs[0].value = cpu->env.xcr0;
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_XCRS, &xcrs);
}

static int get_xcrs(X86CPU *cpu)
{
    struct kvm_xcrs xcrs;
    int ret;

    if (!(cpu->env.features[FEAT_1_ECX] & CPUID_EXT_XSAVE)) {
        return 0;
    }
    ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_XCRS, &xcrs);
    for (uint32_t i = 0; ret == 0 && i < xcrs.nr_xcrs; i++) {
        if (xcrs.xcrs[i].xcr == 0) {
            cpu->env.xcr0 = xcrs.xcrs[i].value;
        }
    }
    return ret;
}

/* ---- events -------------------------------------------------------------- */

static int put_events(X86CPU *cpu, int level)
{
    CPUX86State *env = &cpu->env;
    struct kvm_vcpu_events e = {
        .exception.injected = env->exception_injected,
        .exception.nr = env->exception_nr,
        .exception.has_error_code = env->has_error_code,
        .exception.error_code = env->error_code,
        .interrupt.injected = env->interrupt_injected >= 0,
        .interrupt.nr = env->interrupt_injected,
        .interrupt.soft = env->soft_interrupt,
        .nmi.injected = env->nmi_injected,
        .nmi.pending = env->nmi_pending,
        .nmi.masked = !!(env->hflags2 & HF2_NMI_MASK),
        .sipi_vector = env->sipi_vector,
        .smi.smm = !!(env->hflags & HF_SMM_MASK),
        .smi.smm_inside_nmi = !!(env->hflags2 & HF2_SMM_INSIDE_NMI_MASK),
    };

    if (kvm_x86_smm_is_enabled()) {
        uint32_t smi = CPU_INTERRUPT_SMI;

        /* From now on it is the kernel's. */
        e.smi.pending =
            !!(qatomic_fetch_and(&CPU(cpu)->interrupt_request, ~smi) & smi);
        e.flags |= KVM_VCPUEVENT_VALID_SMM;
    }
    if (level >= KVM_PUT_RESET_STATE) {
        e.flags |=
            KVM_VCPUEVENT_VALID_NMI_PENDING | KVM_VCPUEVENT_VALID_SIPI_VECTOR;
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_VCPU_EVENTS, &e);
}

static void set_bits(uint32_t *word, uint32_t bits, bool set)
{
    *word = set ? *word | bits : *word & ~bits;
}

static int get_events(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    struct kvm_vcpu_events e = { 0 };
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_VCPU_EVENTS, &e);

    if (ret < 0) {
        return ret;
    }
    env->exception_injected = e.exception.injected;
    env->exception_nr = e.exception.injected ? e.exception.nr : -1;
    env->has_error_code = e.exception.has_error_code;
    env->error_code = e.exception.error_code;
    env->interrupt_injected = e.interrupt.injected ? e.interrupt.nr : -1;
    env->soft_interrupt = e.interrupt.soft;
    env->nmi_injected = e.nmi.injected;
    env->nmi_pending = e.nmi.pending;
    set_bits(&env->hflags2, HF2_NMI_MASK, e.nmi.masked);
    set_bits(&env->hflags, HF_INHIBIT_IRQ_MASK, e.interrupt.shadow);
    if (e.flags & KVM_VCPUEVENT_VALID_SMM) {
        set_bits(&env->hflags, HF_SMM_MASK, e.smi.smm);
        set_bits(&env->hflags2, HF2_SMM_INSIDE_NMI_MASK, e.smi.smm_inside_nmi);
        if (e.smi.pending) {
            qatomic_or(&CPU(cpu)->interrupt_request, CPU_INTERRUPT_SMI);
        }
    }
    env->sipi_vector = e.sipi_vector;
    return 0;
}

static int put_mp_state(X86CPU *cpu)
{
    struct kvm_mp_state mp = { .mp_state = cpu->env.mp_state };

    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_MP_STATE, &mp);
}

static int get_mp_state(X86CPU *cpu)
{
    struct kvm_mp_state mp;
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_MP_STATE, &mp);

    if (ret == 0) {
        cpu->env.mp_state = mp.mp_state;
        if (kvm_irqchip_in_kernel()) {
            CPU(cpu)->halted = mp.mp_state == KVM_MP_STATE_HALTED;
        }
    }
    return ret;
}

static int put_debugregs(X86CPU *cpu)
{
    struct kvm_debugregs d = { .dr6 = cpu->env.dr[6], .dr7 = cpu->env.dr[7] };

    for (int i = 0; i < 4; i++) {
        d.db[i] = cpu->env.dr[i];
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_DEBUGREGS, &d);
}

static int get_debugregs(X86CPU *cpu)
{
    struct kvm_debugregs d;
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_DEBUGREGS, &d);

    if (ret < 0) {
        return ret;
    }
    for (int i = 0; i < 4; i++) {
        cpu->env.dr[i] = d.db[i];
    }
    cpu->env.dr[6] = d.dr6;
    cpu->env.dr[7] = d.dr7;
    return 0;
}

/* ---- the local APIC ------------------------------------------------------ */

void kvm_x86_reset_lapic(X86CPU *cpu)
{
    /* Intel SDM volume 3, 11.4.7.1 */
    static const uint16_t lvts[] = { 0x320, 0x330, 0x340, 0x350, 0x360, 0x370 };

    memset(cpu->lapic, 0, sizeof(cpu->lapic));
    stl_le_p(cpu->lapic + 0x20, cpu->apic_id << 24);
    stl_le_p(cpu->lapic + 0x30, 0x00050014);
    stl_le_p(cpu->lapic + 0xe0, UINT32_MAX);
    stl_le_p(cpu->lapic + 0xf0, 0xff);
    for (int i = 0; i < ARRAY_SIZE(lvts); i++) {
        stl_le_p(cpu->lapic + lvts[i], 0x10000);
    }
    /* As firmware leaves it: the PIC is at LINT0 of the first CPU. */
    if (cpu_is_bsp(cpu)) {
        stl_le_p(cpu->lapic + 0x350, 0x700);
    }
    cpu->cr8 = 0;
    cpu->apic_base = 0xfee00000 | MSR_IA32_APICBASE_ENABLE |
                     (cpu_is_bsp(cpu) ? MSR_IA32_APICBASE_BSP : 0);
}

int kvm_get_lapic_regs(CPUState *cpu, void *regs)
{
    return kvm_vcpu_ioctl(cpu, KVM_GET_LAPIC, regs);
}

int kvm_put_lapic_regs(CPUState *cpu, const void *regs)
{
    return kvm_vcpu_ioctl(cpu, KVM_SET_LAPIC, regs);
}

/* ---- all of it ----------------------------------------------------------- */

typedef struct Step {
    const char *what;
    int (*fn)(X86CPU *cpu);
    int level;
} Step;

static int put_lapic(X86CPU *cpu)
{
    return kvm_irqchip_in_kernel() ? kvm_put_lapic_regs(CPU(cpu), cpu->lapic)
                                   : 0;
}

static int get_lapic(X86CPU *cpu)
{
    return kvm_irqchip_in_kernel() ? kvm_get_lapic_regs(CPU(cpu), cpu->lapic)
                                   : 0;
}

static bool failed(const char *verb, const char *what, int ret, Error **errp)
{
    if (ret < 0) {
        error_setg(errp, "Failed to %s %s: %s", verb, what, strerror(-ret));
    }
    return ret < 0;
}

/* A guest that comes from another host goes on, with a clock that is off. */
static void put_tsc_khz(X86CPU *cpu)
{
    if (kvm_x86_set_tsc_khz(cpu) < 0) {
        warn_report_once("this host cannot give the guest a TSC of %" PRId64
                         " kHz, which it had: its clock may be wrong",
                         cpu->env.tsc_khz);
    }
}

/* System registers first: others depend on the mode. */
int kvm_arch_put_registers(CPUState *cs, int level, Error **errp)
{
    static const Step steps[] = {
        { "special registers", put_sregs, KVM_PUT_RUNTIME_STATE },
        { "general purpose registers", put_regs, KVM_PUT_RUNTIME_STATE },
        { "XSAVE", put_xsave, KVM_PUT_RUNTIME_STATE },
        { "XCRs", put_xcrs, KVM_PUT_RUNTIME_STATE },
        { "local APIC", put_lapic, KVM_PUT_RESET_STATE },
    };
    X86CPU *cpu = X86_CPU(cs);
    int ret;

    if (level >= KVM_PUT_FULL_STATE) {
        put_tsc_khz(cpu);
    }
    for (int i = 0; i < ARRAY_SIZE(steps); i++) {
        if (level >= steps[i].level) {
            ret = steps[i].fn(cpu);
            if (failed("set", steps[i].what, ret, errp)) {
                return ret;
            }
        }
    }
    ret = kvm_x86_put_msrs(cpu, level);
    if (failed("set", "MSRs", ret, errp)) {
        return ret;
    }
    ret = put_events(cpu, level);
    if (failed("set", "vcpu events", ret, errp)) {
        return ret;
    }
    if (level >= KVM_PUT_RESET_STATE) {
        ret = put_mp_state(cpu);
        if (failed("set", "MP state", ret, errp)) {
            return ret;
        }
    }
    ret = put_debugregs(cpu);
    return failed("set", "debug registers", ret, errp) ? ret : 0;
}

int kvm_arch_get_registers(CPUState *cs, Error **errp)
{
    static const Step steps[] = {
        { "vcpu events", get_events },
        { "MP state", get_mp_state },
        { "general purpose registers", get_regs },
        { "XSAVE", get_xsave },
        { "XCRs", get_xcrs },
        { "special registers", get_sregs },
        { "MSRs", kvm_x86_get_msrs },
        { "local APIC", get_lapic },
        { "debug registers", get_debugregs },
    };

    for (int i = 0; i < ARRAY_SIZE(steps); i++) {
        int ret = steps[i].fn(X86_CPU(cs));

        if (failed("get", steps[i].what, ret, errp)) {
            return ret;
        }
    }
    return 0;
}
