/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86 CPU as a device: its models, its properties, how it comes into
 * being, its reset.
 */
#include "qemu/osdep.h"
#include "arch_dump.h"
#include "cpu-features.h"
#include "hw/boards.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/qdev-properties.h"
#include "kvm/kvm_i386.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/accel.h"
#include "qemu/hw-version.h"
#include "qemu/module.h"
#include "system/cpus.h"
#include "system/qtest.h"

#define RESET_PAT 0x0007040600070406ULL

/* ---- the state that follows from other state ----------------------------- */

void x86_update_hflags(CPUX86State *env)
{
    uint32_t h = env->hflags & (HF_SMM_MASK | HF_INHIBIT_IRQ_MASK);

    h |= (env->segs[R_SS].flags >> DESC_DPL_SHIFT) & HF_CPL_MASK;
    h |= (env->cr[0] & CR0_PE_MASK) << (HF_PE_SHIFT - CR0_PE_SHIFT);
    h |= (env->cr[0] << (HF_MP_SHIFT - CR0_MP_SHIFT)) &
         (HF_MP_MASK | HF_EM_MASK | HF_TS_MASK);
    h |= env->eflags & (HF_TF_MASK | HF_VM_MASK | HF_IOPL_MASK);
    if (env->cr[4] & CR4_OSFXSR_MASK) {
        h |= HF_OSFXSR_MASK;
    }
    if (env->efer & MSR_EFER_LMA) {
        h |= HF_LMA_MASK;
    }
    if ((h & HF_LMA_MASK) && (env->segs[R_CS].flags & DESC_L_MASK)) {
        h |= HF_CS32_MASK | HF_SS32_MASK | HF_CS64_MASK;
    } else {
        h |= env->segs[R_CS].flags & DESC_B_MASK ? HF_CS32_MASK : 0;
        h |= env->segs[R_SS].flags & DESC_B_MASK ? HF_SS32_MASK : 0;
        if (!(env->cr[0] & CR0_PE_MASK) || (env->eflags & VM_MASK) ||
            !(h & HF_CS32_MASK)) {
            h |= HF_ADDSEG_MASK;
        } else if (env->segs[R_DS].base | env->segs[R_ES].base |
                   env->segs[R_SS].base) {
            h |= HF_ADDSEG_MASK;
        }
    }
    env->hflags = h;
}

void cpu_x86_load_seg_cache(CPUX86State *env, X86Seg seg, unsigned int selector,
                            target_ulong base, unsigned int limit,
                            unsigned int flags)
{
    env->segs[seg] = (SegmentCache){ selector, base, limit, flags };
    x86_update_hflags(env);
}

/* ---- reset (Intel SDM volume 3, 10.1.1) ---------------------------------- */

static void reset_segments(CPUX86State *env)
{
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK | DESC_A_MASK;

    for (int i = 0; i < 6; i++) {
        env->segs[i] = (SegmentCache){ 0, 0, 0xffff, data };
    }
    env->segs[R_CS] =
        (SegmentCache){ 0xf000, 0xffff0000, 0xffff, data | DESC_CS_MASK };
    env->gdt.limit = 0xffff;
    env->idt.limit = 0xffff;
    env->ldt.limit = 0xffff;
    env->ldt.flags = DESC_P_MASK | 2 << DESC_TYPE_SHIFT;
    env->tr.limit = 0xffff;
    env->tr.flags = DESC_P_MASK | 11 << DESC_TYPE_SHIFT;
}

static void reset_mtrrs(CPUX86State *env)
{
    env->mtrr_deftype = 0;
    memset(env->mtrr_var, 0, sizeof(env->mtrr_var));
    memset(env->mtrr_fixed, 0, sizeof(env->mtrr_fixed));
}

static void x86_cpu_reset_hold(Object *obj, ResetType type)
{
    CPUState *cs = CPU(obj);
    X86CPU *cpu = X86_CPU(obj);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(obj);
    CPUX86State *env = &cpu->env;

    if (xcc->parent_phases.hold) {
        xcc->parent_phases.hold(obj, type);
    }
    memset(env, 0, offsetof(CPUX86State, end_reset_fields));
    env->hflags2 = HF2_GIF_MASK | HF2_VGIF_MASK;
    env->a20_mask = ~0;
    env->smbase = 0x30000;
    env->cr[0] = 0x60000010;
    env->eip = 0xfff0;
    env->eflags = 0x2;
    env->regs[R_EDX] = env->cpuid_version;
    reset_segments(env);
    for (int i = 0; i < 8; i++) {
        env->fptags[i] = 1;
    }
    env->fpuc = 0x37f;
    env->mxcsr = 0x1f80;
    env->xstate_bv = XSTATE_FP_MASK | XSTATE_SSE_MASK;
    env->pat = RESET_PAT;
    env->xcr0 = 1;
    env->dr[6] = DR6_FIXED_1;
    env->dr[7] = DR7_FIXED_1;
    env->msr_ia32_misc_enable = MSR_IA32_MISC_ENABLE_DEFAULT;
    if (env->features[FEAT_1_ECX] & CPUID_EXT_MONITOR) {
        env->msr_ia32_misc_enable |= MSR_IA32_MISC_ENABLE_MWAIT;
    }
    reset_mtrrs(env);
    env->mcg_ext_ctl = 0;
    env->interrupt_injected = -1;
    env->exception_nr = -1;
    env->exception_pending = 0;
    env->exception_injected = 0;
    env->exception_has_payload = false;
    env->exception_payload = 0;
    env->nmi_injected = false;
    env->triple_fault_pending = false;
    x86_update_hflags(env);
    /* The others wait for the first one to start them. */
    cs->halted = !cpu_is_bsp(cpu);
    if (kvm_enabled()) {
        kvm_arch_reset_vcpu(cs);
    }
}

/* ---- models -------------------------------------------------------------- */

static void set_vendor(CPUX86State *env, const char *vendor)
{
    env->cpuid_vendor1 = ldl_le_p(vendor);
    env->cpuid_vendor2 = ldl_le_p(vendor + 4);
    env->cpuid_vendor3 = ldl_le_p(vendor + 8);
}

static void set_model_id(CPUX86State *env, const char *id)
{
    char text[48] = "";

    memcpy(text, id, MIN(strlen(id), sizeof(text)));
    for (int i = 0; i < ARRAY_SIZE(env->cpuid_model); i++) {
        env->cpuid_model[i] = ldl_le_p(text + 4 * i);
    }
}

/* Families above 15 and models above 15 need the extended fields. */
static void set_family(CPUX86State *env, int family)
{
    env->cpuid_version &= ~0xff00f00;
    env->cpuid_version |= MIN(family, 0xf) << 8 | MAX(family - 0xf, 0) << 20;
}

static void set_model(CPUX86State *env, int model)
{
    env->cpuid_version &= ~0xf00f0;
    env->cpuid_version |= (model & 0xf) << 4 | model >> 4 << 16;
}

static void set_stepping(CPUX86State *env, int stepping)
{
    env->cpuid_version = (env->cpuid_version & ~0xf) | stepping;
}

void x86_cpu_load_model(X86CPU *cpu, const X86CPUModel *model)
{
    CPUX86State *env = &cpu->env;

    env->cpuid_min_level = model->level;
    env->cpuid_min_xlevel = model->xlevel;
    set_vendor(env, model->vendor);
    set_family(env, model->family);
    set_model(env, model->model);
    set_stepping(env, model->stepping);
    set_model_id(env, model->model_id ?: "");
    memcpy(env->features, model->words, sizeof(env->features));
    /* Whoever runs it here is a hypervisor. */
    env->features[FEAT_1_ECX] |= CPUID_EXT_HYPERVISOR;
}

/* Linux's KVM offers more than the model, and what it lacks none of them has */
static void kvm_defaults(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    env->features[FEAT_KVM] |=
        BIT(0) | BIT(1) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(24);
    env->features[FEAT_1_EDX] &= ~(uint64_t)CPUID_ACPI;
    env->features[FEAT_1_ECX] &= ~(uint64_t)CPUID_EXT_MONITOR;
    env->features[FEAT_8000_0001_ECX] &= ~(uint64_t)CPUID_EXT3_SVM;
    if (kvm_irqchip_in_kernel()) {
        env->features[FEAT_1_ECX] |= CPUID_EXT_X2APIC;
    } else {
        /* They are its local APIC's. */
        env->features[FEAT_KVM] &= ~(uint64_t)(BIT(4) | BIT(6));
    }
}

static void load_host(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    uint32_t eax, limit;

    host_cpuid(0, 0, NULL, &env->cpuid_vendor1, &env->cpuid_vendor3,
               &env->cpuid_vendor2);
    host_cpuid(1, 0, &env->cpuid_version, NULL, NULL, NULL);
    env->cpuid_version &= 0x0fff0fff;
    host_cpuid(0x80000000, 0, &limit, NULL, NULL, NULL);
    for (int i = 0; i < 3 && limit >= 0x80000004; i++) {
        uint32_t *m = &env->cpuid_model[4 * i];

        host_cpuid(0x80000002 + i, 0, &m[0], &m[1], &m[2], &m[3]);
    }
    eax = kvm_arch_get_supported_cpuid(kvm_state, 0, 0, R_EAX);
    env->cpuid_min_level = eax;
    env->cpuid_min_xlevel =
        kvm_arch_get_supported_cpuid(kvm_state, 0x80000000, 0, R_EAX);
    env->cpuid_min_xlevel2 =
        kvm_arch_get_supported_cpuid(kvm_state, 0xc0000000, 0, R_EAX);
    cpu->host_phys_bits = true;
}

static void load_max(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    cpu->max_features = true;
    cpu->enable_pmu = true;
    if (kvm_enabled()) {
        load_host(cpu);
        return;
    }
    set_vendor(env, CPUID_VENDOR_AMD);
    set_family(env, 15);
    set_model(env, 107);
    set_stepping(env, 1);
    set_model_id(env, "QEMU TCG CPU version " QEMU_HW_VERSION);
}

/* ---- properties of the model --------------------------------------------- */

static void get_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint32_t ver = X86_CPU(obj)->env.cpuid_version;
    uint64_t value;

    switch (*name) {
    case 'f':
        value = extract32(ver, 8, 4);
        value += value == 0xf ? extract32(ver, 20, 8) : 0;
        break;
    case 'm':
        value = extract32(ver, 4, 4) | extract32(ver, 16, 4) << 4;
        break;
    default:
        value = ver & 0xf;
        break;
    }
    visit_type_uint64(v, name, &value, errp);
}

static void set_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    uint64_t value, max = *name == 'f' ? 0xff + 0xf : *name == 'm' ? 0xff : 0xf;

    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (value > max) {
        error_setg(errp, "parameter '%s' can be at most %" PRIu64, name, max);
    } else if (*name == 'f') {
        set_family(env, value);
    } else if (*name == 'm') {
        set_model(env, value);
    } else {
        set_stepping(env, value);
    }
}

static char *get_vendor(Object *obj, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    char *text = g_malloc(CPUID_VENDOR_SZ + 1);

    x86_cpu_vendor_words2str(text, env->cpuid_vendor1, env->cpuid_vendor2,
                             env->cpuid_vendor3);
    return text;
}

static void set_vendor_property(Object *obj, const char *value, Error **errp)
{
    if (strlen(value) != CPUID_VENDOR_SZ) {
        error_setg(errp,
                   "value of property 'vendor' must consist of exactly 12 "
                   "characters");
        return;
    }
    set_vendor(&X86_CPU(obj)->env, value);
}

static char *get_model_id(Object *obj, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    char text[49] = "";

    for (int i = 0; i < ARRAY_SIZE(env->cpuid_model); i++) {
        stl_le_p(text + 4 * i, env->cpuid_model[i]);
    }
    return g_strdup(text);
}

static void set_model_id_property(Object *obj, const char *value, Error **errp)
{
    set_model_id(&X86_CPU(obj)->env, value);
}

static void get_tsc_frequency(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    int64_t value = X86_CPU(obj)->env.tsc_khz * 1000;

    visit_type_int(v, name, &value, errp);
}

static void set_tsc_frequency(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    int64_t value;

    if (!visit_type_int(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "parameter 'tsc-frequency' cannot be negative");
        return;
    }
    env->tsc_khz = env->user_tsc_khz = value / 1000;
}

/* ---- life ---------------------------------------------------------------- */

/* The widths that KVM can give are the host's. */
static bool set_phys_bits(X86CPU *cpu, Error **errp)
{
    uint32_t host = kvm_enabled() ? host_cpu_phys_bits() : 40;

    if (cpu->host_phys_bits && kvm_enabled()) {
        cpu->phys_bits = cpu->host_phys_bits_limit
                             ? MIN(host, cpu->host_phys_bits_limit)
                             : host;
    } else if (!cpu->phys_bits) {
        cpu->phys_bits = 40;
    }
    if (!(cpu->env.features[FEAT_8000_0001_EDX] & CPUID_EXT2_LM)) {
        cpu->phys_bits = MIN(cpu->phys_bits, 36);
    }
    if (cpu->phys_bits < 32 || cpu->phys_bits > TARGET_PHYS_ADDR_SPACE_BITS) {
        error_setg(errp, "phys-bits should be between 32 and %u  (but is %u)",
                   TARGET_PHYS_ADDR_SPACE_BITS, cpu->phys_bits);
        return false;
    }
    if (cpu->guest_phys_bits == -1 || cpu->guest_phys_bits > cpu->phys_bits) {
        cpu->guest_phys_bits = 0;
    }
    return true;
}

static void set_topology(X86CPU *cpu)
{
    MachineState *ms = current_machine;

    cpu->env.topo_info = (X86CPUTopoInfo){ 1, 1, 1, 1 };
    if (ms && ms->smp.threads) {
        cpu->env.topo_info = (X86CPUTopoInfo){
            .dies_per_pkg = MAX(1, ms->smp.dies),
            .modules_per_die = MAX(1, ms->smp.modules),
            .cores_per_module = MAX(1, ms->smp.cores),
            .threads_per_core = ms->smp.threads,
        };
    }
}

static bool can_run(X86CPU *cpu, Error **errp)
{
    const char *accel = current_accel_name();
    X86CPUClass *xcc = X86_CPU_GET_CLASS(cpu);

    if (xcc->host_cpuid_required && !kvm_enabled()) {
        g_autofree char *name =
            cpu_model_from_type(object_get_typename(OBJECT(cpu)));

        error_setg(errp, "CPU model '%s' requires KVM", name);
        return false;
    }
    if (accel && !qtest_enabled() && !kvm_enabled()) {
        error_setg(errp,
                   "the accelerator '%s' cannot run x86 CPUs: KVM can, on an "
                   "x86 host (-accel kvm)",
                   accel);
        return false;
    }
    return true;
}

/* All models have the caches that QEMU calls legacy; the host's are asked for
 * by host-cache-info. */
static bool check_caches(X86CPU *cpu, Error **errp)
{
    if (!cpu->legacy_cache && !cpu->cache_info_passthrough) {
        g_autofree char *name =
            cpu_model_from_type(object_get_typename(OBJECT(cpu)));

        error_setg(errp, "CPU model '%s' doesn't support legacy-cache=off",
                   name);
        return false;
    }
    return true;
}

static void x86_cpu_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    CPUState *cs = CPU(dev);
    X86CPU *cpu = X86_CPU(dev);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(dev);

    if (!can_run(cpu, errp) || !check_caches(cpu, errp)) {
        return;
    }
    if (cpu->apic_id == UNASSIGNED_APIC_ID) {
        error_setg(errp, "apic-id property was not initialized properly");
        return;
    }
    set_topology(cpu);
    x86_cpu_expand_features(cpu, errp);
    if (*errp || !x86_cpu_filter_features(cpu, errp) ||
        !set_phys_bits(cpu, errp)) {
        return;
    }
    if (!cpu->ucode_rev) {
        cpu->ucode_rev = IS_AMD_CPU(&cpu->env) ? 0x01000065 : 0x100000000ULL;
    }
    if ((cpu->env.cpuid_version >> 8 & 0xf) >= 6 &&
        (cpu->env.features[FEAT_1_EDX] & (CPUID_MCE | CPUID_MCA)) ==
            (CPUID_MCE | CPUID_MCA)) {
        cpu->env.mcg_cap =
            MCE_CAP_DEF | MCE_BANKS_DEF | (cpu->enable_lmce ? MCG_LMCE_P : 0);
        cpu->env.mcg_ctl = UINT64_MAX;
        for (int bank = 0; bank < MCE_BANKS_DEF; bank++) {
            cpu->env.mce_banks[bank * 4] = UINT64_MAX;
        }
    }
    if (!x86_cpu_apic_create(cpu, errp) || !cpu_exec_realizefn(cs, errp)) {
        return;
    }
    qemu_init_vcpu(cs);
    if (!cpu_has_started(cs, errp)) {
        DEVICE_GET_CLASS(dev)->unrealize(dev);
        return;
    }
    cpu_reset(cs);
    xcc->parent_realize(dev, errp);
}

static void x86_cpu_init(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(obj);

    if (xcc->model) {
        x86_cpu_load_model(cpu, xcc->model);
        if (kvm_enabled()) {
            kvm_defaults(cpu);
        }
    } else if (xcc->max_features) {
        load_max(cpu);
    }
}

static void x86_cpu_finalize(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);

    g_free(cpu->kvm_msr_buf);
    qemu_vfree(cpu->env.xsave_buf);
}

/* ---- what the rest of the emulator asks ---------------------------------- */

static void x86_cpu_set_pc(CPUState *cs, vaddr value)
{
    cpu_env(cs)->eip = value;
}

static vaddr x86_cpu_get_pc(CPUState *cs)
{
    CPUX86State *env = cpu_env(cs);

    return env->eip + env->segs[R_CS].base;
}

static int64_t x86_cpu_get_arch_id(CPUState *cs)
{
    return X86_CPU(cs)->apic_id;
}

static bool x86_cpu_has_work(CPUState *cs)
{
    uint32_t mask = CPU_INTERRUPT_NMI | CPU_INTERRUPT_INIT |
                    CPU_INTERRUPT_SIPI | CPU_INTERRUPT_MCE | CPU_INTERRUPT_SMI |
                    CPU_INTERRUPT_POLL;

    if (cpu_env(cs)->eflags & IF_MASK) {
        mask |= CPU_INTERRUPT_HARD;
    }
    return cs->interrupt_request & mask;
}

static bool x86_cpu_get_paging_enabled(const CPUState *cs)
{
    return cpu_env((CPUState *)cs)->cr[0] & CR0_PG_MASK;
}

static bool x86_cpu_virtio_is_big_endian(CPUState *cs)
{
    return false;
}

static const gchar *x86_gdb_arch_name(CPUState *cs)
{
    return "i386:x86-64";
}

static ObjectClass *x86_cpu_class_by_name(const char *cpu_model)
{
    g_autofree char *type = g_strdup_printf(X86_CPU_TYPE_NAME("%s"), cpu_model);

    return object_class_by_name(type);
}

/* ---- classes ------------------------------------------------------------- */

static const Property x86_cpu_properties[] = {
    DEFINE_PROP_UINT32("apic-id", X86CPU, apic_id, UNASSIGNED_APIC_ID),
    DEFINE_PROP_INT32("thread-id", X86CPU, thread_id, -1),
    DEFINE_PROP_INT32("core-id", X86CPU, core_id, -1),
    DEFINE_PROP_INT32("module-id", X86CPU, module_id, -1),
    DEFINE_PROP_INT32("die-id", X86CPU, die_id, -1),
    DEFINE_PROP_INT32("socket-id", X86CPU, socket_id, -1),
    DEFINE_PROP_INT32("node-id", X86CPU, node_id, CPU_UNSET_NUMA_NODE_ID),
    DEFINE_PROP_BOOL("pmu", X86CPU, enable_pmu, false),
    DEFINE_PROP_BOOL("check", X86CPU, check_cpuid, true),
    DEFINE_PROP_BOOL("enforce", X86CPU, enforce_cpuid, false),
    DEFINE_PROP_BOOL("x-force-features", X86CPU, force_features, false),
    DEFINE_PROP_BOOL("kvm", X86CPU, expose_kvm, true),
    DEFINE_PROP_UINT32("phys-bits", X86CPU, phys_bits, 0),
    DEFINE_PROP_UINT32("guest-phys-bits", X86CPU, guest_phys_bits, -1),
    DEFINE_PROP_BOOL("host-phys-bits", X86CPU, host_phys_bits, false),
    DEFINE_PROP_UINT8("host-phys-bits-limit", X86CPU, host_phys_bits_limit, 0),
    DEFINE_PROP_BOOL("fill-mtrr-mask", X86CPU, fill_mtrr_mask, true),
    DEFINE_PROP_UINT32("level-func7", X86CPU, env.cpuid_level_func7,
                       UINT32_MAX),
    DEFINE_PROP_UINT32("level", X86CPU, env.cpuid_level, UINT32_MAX),
    DEFINE_PROP_UINT32("xlevel", X86CPU, env.cpuid_xlevel, UINT32_MAX),
    DEFINE_PROP_UINT32("xlevel2", X86CPU, env.cpuid_xlevel2, UINT32_MAX),
    DEFINE_PROP_UINT32("min-level", X86CPU, env.cpuid_min_level, 0),
    DEFINE_PROP_UINT32("min-xlevel", X86CPU, env.cpuid_min_xlevel, 0),
    DEFINE_PROP_UINT32("min-xlevel2", X86CPU, env.cpuid_min_xlevel2, 0),
    DEFINE_PROP_UINT64("ucode-rev", X86CPU, ucode_rev, 0),
    DEFINE_PROP_BOOL("full-cpuid-auto-level", X86CPU, full_cpuid_auto_level,
                     true),
    DEFINE_PROP_BOOL("cpuid-0xb", X86CPU, enable_cpuid_0xb, true),
    DEFINE_PROP_BOOL("lmce", X86CPU, enable_lmce, false),
    DEFINE_PROP_BOOL("l3-cache", X86CPU, enable_l3_cache, true),
    DEFINE_PROP_BOOL("kvm-pv-enforce-cpuid", X86CPU, kvm_pv_enforce_cpuid,
                     false),
    DEFINE_PROP_BOOL("legacy-cache", X86CPU, legacy_cache, true),
    DEFINE_PROP_BOOL("host-cache-info", X86CPU, cache_info_passthrough, false),
};

static const Property max_properties[] = {
    DEFINE_PROP_BOOL("migratable", X86CPU, migratable, true),
};

static const SysemuCPUOps x86_sysemu_ops = {
    .has_work = x86_cpu_has_work,
    .get_paging_enabled = x86_cpu_get_paging_enabled,
    .get_phys_page_attrs_debug = x86_cpu_get_phys_page_attrs_debug,
    .write_elf32_note = x86_cpu_write_elf32_note,
    .write_elf64_note = x86_cpu_write_elf64_note,
    .write_elf32_qemunote = x86_cpu_write_qemunote,
    .write_elf64_qemunote = x86_cpu_write_qemunote,
    .virtio_is_big_endian = x86_cpu_virtio_is_big_endian,
    .legacy_vmsd = &vmstate_x86_cpu,
    .get_dump_info = x86_cpu_get_dump_info,
};

static void x86_cpu_common_class_init(ObjectClass *oc, void *data)
{
    X86CPUClass *xcc = X86_CPU_CLASS(oc);
    CPUClass *cc = CPU_CLASS(oc);
    DeviceClass *dc = DEVICE_CLASS(oc);

    device_class_set_parent_realize(dc, x86_cpu_realize, &xcc->parent_realize);
    resettable_class_set_parent_phases(RESETTABLE_CLASS(oc), NULL,
                                       x86_cpu_reset_hold, NULL,
                                       &xcc->parent_phases);
    device_class_set_props(dc, x86_cpu_properties);
    dc->user_creatable = true;

    cc->class_by_name = x86_cpu_class_by_name;
    cc->parse_features = x86_cpu_parse_featurestr;
    cc->dump_state = x86_cpu_dump_state;
    cc->set_pc = x86_cpu_set_pc;
    cc->get_pc = x86_cpu_get_pc;
    cc->get_arch_id = x86_cpu_get_arch_id;
    cc->gdb_read_register = x86_cpu_gdb_read_register;
    cc->gdb_write_register = x86_cpu_gdb_write_register;
    cc->gdb_arch_name = x86_gdb_arch_name;
    cc->gdb_core_xml_file = "i386-64bit.xml";
    cc->reset_dump_flags = CPU_DUMP_FPU | CPU_DUMP_CCOP;
    cc->sysemu_ops = &x86_sysemu_ops;
    cc->describe_model = x86_cpu_describe_model;
    cc->expand_model = x86_cpu_expand_model;

    object_class_property_add(oc, "family", "int", get_number, set_number, NULL,
                              NULL);
    object_class_property_add(oc, "model", "int", get_number, set_number, NULL,
                              NULL);
    object_class_property_add(oc, "stepping", "int", get_number, set_number,
                              NULL, NULL);
    object_class_property_add_str(oc, "vendor", get_vendor,
                                  set_vendor_property);
    object_class_property_add_str(oc, "model-id", get_model_id,
                                  set_model_id_property);
    object_class_property_add(oc, "tsc-frequency", "int", get_tsc_frequency,
                              set_tsc_frequency, NULL, NULL);
    x86_cpu_class_properties(oc);
}

static void model_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->model = data;
}

static void base_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->model_description = "base CPU model type with no "
                                           "features enabled";
    CPU_CLASS(oc)->static_model = true;
}

static void max_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->max_features = true;
    X86_CPU_CLASS(oc)->model_description =
        "Enables all features supported by the accelerator in the current "
        "host";
    device_class_set_props(DEVICE_CLASS(oc), max_properties);
}

static void host_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->host_cpuid_required = true;
    X86_CPU_CLASS(oc)->model_description =
        "processor with all supported host features ";
}

static const TypeInfo x86_cpu_types[] = {
    {
        .name = TYPE_X86_CPU,
        .parent = TYPE_CPU,
        .instance_size = sizeof(X86CPU),
        .instance_align = __alignof(X86CPU),
        .instance_init = x86_cpu_init,
        .instance_finalize = x86_cpu_finalize,
        .abstract = true,
        .class_size = sizeof(X86CPUClass),
        .class_init = x86_cpu_common_class_init,
    },
    {
        .name = X86_CPU_TYPE_NAME("base"),
        .parent = TYPE_X86_CPU,
        .class_init = base_class_init,
    },
    {
        .name = X86_CPU_TYPE_NAME("max"),
        .parent = TYPE_X86_CPU,
        .class_init = max_class_init,
    },
    {
        .name = X86_CPU_TYPE_NAME("host"),
        .parent = X86_CPU_TYPE_NAME("max"),
        .class_init = host_class_init,
    },
};

static void x86_cpu_register_types(void)
{
    /* They are referred to as long as the program runs. */
    static TypeInfo *models;

    type_register_static_array(x86_cpu_types, ARRAY_SIZE(x86_cpu_types));
    models = g_new0(TypeInfo, x86_cpu_models_len);
    for (size_t i = 0; i < x86_cpu_models_len; i++) {
        models[i].name =
            g_strdup_printf(X86_CPU_TYPE_NAME("%s"), x86_cpu_models[i].name);
        models[i].parent = TYPE_X86_CPU;
        models[i].class_init = model_class_init;
        models[i].class_data = (void *)&x86_cpu_models[i];
    }
    type_register_static_array(models, x86_cpu_models_len);
}

type_init(x86_cpu_register_types)
