/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSRs between the kernel and the CPU's state. One that the host's KVM does not
 * know is left out; one that it refuses is named, and the others go on. Without
 * those by which the guest's kernel is entered it must not.
 */
#include "qemu/osdep.h"
#include "kvm-internal.h"
#include "qemu/error-report.h"
#include "system/runstate.h"

#define MAX_MSRS 256

typedef struct Msr {
    uint32_t index;
    uint16_t offset; /* in CPUX86State */
    uint8_t size;
    uint8_t level;   /* KVM_PUT_* that writes it */
    uint8_t feature; /* bit + 1 of FEAT_KVM that it belongs to; 0: none */
} Msr;

#define FIELD(_index, _field, _level, _feature)                                \
    {                                                                          \
        _index, offsetof(CPUX86State, _field),                                 \
            sizeof(((CPUX86State *)NULL)->_field), _level, _feature            \
    }
#define RUNTIME(_index, _field) FIELD(_index, _field, KVM_PUT_RUNTIME_STATE, 0)
#define RESET(_index, _field)   FIELD(_index, _field, KVM_PUT_RESET_STATE, 0)
#define PARAVIRT(_index, _field, _bit)                                         \
    FIELD(_index, _field, KVM_PUT_RESET_STATE, (_bit) + 1)

static const Msr msrs[] = {
    RUNTIME(MSR_IA32_SYSENTER_CS, sysenter_cs),
    RUNTIME(MSR_IA32_SYSENTER_ESP, sysenter_esp),
    RUNTIME(MSR_IA32_SYSENTER_EIP, sysenter_eip),
    RUNTIME(MSR_PAT, pat),
    RUNTIME(MSR_STAR, star),
    RUNTIME(MSR_CSTAR, cstar),
    RUNTIME(MSR_KERNELGSBASE, kernelgsbase),
    RUNTIME(MSR_FMASK, fmask),
    RUNTIME(MSR_LSTAR, lstar),
    RUNTIME(MSR_VM_HSAVE_PA, vm_hsave),
    RUNTIME(MSR_TSC_AUX, tsc_aux),
    RUNTIME(MSR_TSC_ADJUST, tsc_adjust),
    RUNTIME(MSR_IA32_MISC_ENABLE, msr_ia32_misc_enable),
    RUNTIME(MSR_IA32_SMBASE, smbase),
    RUNTIME(MSR_SMI_COUNT, msr_smi_count),
    RUNTIME(MSR_IA32_BNDCFGS, msr_bndcfgs),
    RUNTIME(MSR_IA32_XSS, xss),
    RUNTIME(MSR_IA32_UMWAIT_CONTROL, umwait),
    RUNTIME(MSR_IA32_PKRS, pkrs),
    RUNTIME(MSR_IA32_SPEC_CTRL, spec_ctrl),
    RUNTIME(MSR_IA32_TSX_CTRL, tsx_ctrl),
    RUNTIME(MSR_VIRT_SSBD, virt_ssbd),
    RUNTIME(MSR_K7_HWCR, msr_hwcr),
    RESET(MSR_IA32_FEATURE_CONTROL, msr_ia32_feature_control),
    RESET(MSR_MCG_STATUS, mcg_status),
    RESET(MSR_MCG_CTL, mcg_ctl),
    RESET(MSR_MCG_EXT_CTL, mcg_ext_ctl),
    RESET(MSR_MTRRdefType, mtrr_deftype),
    PARAVIRT(MSR_KVM_SYSTEM_TIME, system_time_msr, KVM_FEATURE_CLOCKSOURCE),
    PARAVIRT(MSR_KVM_WALL_CLOCK, wall_clock_msr, KVM_FEATURE_CLOCKSOURCE),
    PARAVIRT(MSR_KVM_ASYNC_PF_EN, async_pf_en_msr, KVM_FEATURE_ASYNC_PF),
    PARAVIRT(MSR_KVM_ASYNC_PF_INT, async_pf_int_msr, KVM_FEATURE_ASYNC_PF_INT),
    PARAVIRT(MSR_KVM_STEAL_TIME, steal_time_msr, KVM_FEATURE_STEAL_TIME),
    PARAVIRT(MSR_KVM_PV_EOI_EN, pv_eoi_en_msr, KVM_FEATURE_PV_EOI),
    PARAVIRT(MSR_KVM_POLL_CONTROL, poll_control_msr, KVM_FEATURE_POLL_CONTROL),
};

static const uint32_t mtrr_fixed[] = {
    MSR_MTRRfix64K_00000, MSR_MTRRfix16K_80000, MSR_MTRRfix16K_A0000,
    MSR_MTRRfix4K_C0000,  MSR_MTRRfix4K_C8000,  MSR_MTRRfix4K_D0000,
    MSR_MTRRfix4K_D8000,  MSR_MTRRfix4K_E0000,  MSR_MTRRfix4K_E8000,
    MSR_MTRRfix4K_F0000,  MSR_MTRRfix4K_F8000,
};

/* ---- which the host knows ------------------------------------------------ */

bool kvm_x86_has_msr(uint32_t index)
{
    static GHashTable *known;

    if (!known) {
        struct kvm_msr_list probe = { 0 };
        g_autofree struct kvm_msr_list *list = NULL;
        int ret;

        known = g_hash_table_new(NULL, NULL);
        /* This one fails, and tells how many there are. */
        kvm_ioctl(kvm_state, KVM_GET_MSR_INDEX_LIST, &probe);
        list = g_malloc0(sizeof(*list) + probe.nmsrs * sizeof(uint32_t));
        list->nmsrs = probe.nmsrs;
        ret = kvm_ioctl(kvm_state, KVM_GET_MSR_INDEX_LIST, list);
        if (ret < 0) {
            warn_report("KVM does not tell which MSRs it knows: %s; those of "
                        "CPUs are neither reset nor migrated",
                        strerror(-ret));
            list->nmsrs = 0;
        }
        for (uint32_t i = 0; i < list->nmsrs; i++) {
            g_hash_table_add(known, GUINT_TO_POINTER(list->indices[i]));
        }
    }
    return g_hash_table_contains(known, GUINT_TO_POINTER(index));
}

static bool wanted(X86CPU *cpu, const Msr *m)
{
    if (m->feature &&
        !(cpu->env.features[FEAT_KVM] & BIT_ULL(m->feature - 1))) {
        return false;
    }
    /* The pair of kvmclock comes without being listed; so do MTRRs. */
    return kvm_x86_has_msr(m->index) || m->index == MSR_MTRRdefType;
}

static bool has_mtrrs(X86CPU *cpu)
{
    return cpu->env.features[FEAT_1_EDX] & CPUID_MTRR;
}

/* ---- the list ------------------------------------------------------------ */

static struct kvm_msrs *fresh_list(X86CPU *cpu)
{
    if (!cpu->kvm_msr_buf) {
        cpu->kvm_msr_buf = g_malloc0(sizeof(struct kvm_msrs) +
                                     MAX_MSRS * sizeof(struct kvm_msr_entry));
    }
    cpu->kvm_msr_buf->nmsrs = 0;
    return cpu->kvm_msr_buf;
}

static void list_add(struct kvm_msrs *list, uint32_t index, uint64_t data)
{
    assert(list->nmsrs < MAX_MSRS);
    list->entries[list->nmsrs++] =
        (struct kvm_msr_entry){ .index = index, .data = data };
}

static uint64_t load_field(X86CPU *cpu, const Msr *m)
{
    void *p = (char *)&cpu->env + m->offset;

    return m->size == 4 ? *(uint32_t *)p : *(uint64_t *)p;
}

static void store_field(X86CPU *cpu, const Msr *m, uint64_t data)
{
    void *p = (char *)&cpu->env + m->offset;

    if (m->size == 4) {
        *(uint32_t *)p = data;
    } else {
        *(uint64_t *)p = data;
    }
}

typedef void ArrayMsrFn(void *opaque, uint32_t index, uint64_t *field);

/* As many counters as leaf 0xa of CPUID says that the guest has. */
static void each_pmu_msr(X86CPU *cpu, ArrayMsrFn *fn, void *opaque)
{
    CPUX86State *env = &cpu->env;
    uint32_t eax = 0, ebx, ecx, edx = 0, version;

    if (env->cpuid_level >= 0xa) {
        cpu_x86_cpuid(env, 0xa, 0, &eax, &ebx, &ecx, &edx);
    }
    version = eax & 0xff;
    for (int i = 0; version && i < MIN(eax >> 8 & 0xff, MAX_GP_COUNTERS); i++) {
        fn(opaque, MSR_P6_PERFCTR0 + i, &env->msr_gp_counters[i]);
        fn(opaque, MSR_P6_EVNTSEL0 + i, &env->msr_gp_evtsel[i]);
    }
    if (version < 2) {
        return;
    }
    for (int i = 0; i < MIN(edx & 0x1f, MAX_FIXED_COUNTERS); i++) {
        fn(opaque, MSR_CORE_PERF_FIXED_CTR0 + i, &env->msr_fixed_counters[i]);
    }
    fn(opaque, MSR_CORE_PERF_GLOBAL_STATUS, &env->msr_global_status);
    fn(opaque, MSR_CORE_PERF_FIXED_CTR_CTRL, &env->msr_fixed_ctr_ctrl);
    fn(opaque, MSR_CORE_PERF_GLOBAL_CTRL, &env->msr_global_ctrl);
}

/* MTRRs, machine checks, counters: arrays. Calls @fn for each. */
static void each_array_msr(X86CPU *cpu, ArrayMsrFn *fn, void *opaque)
{
    CPUX86State *env = &cpu->env;

    for (int i = 0; has_mtrrs(cpu) && i < ARRAY_SIZE(mtrr_fixed); i++) {
        fn(opaque, mtrr_fixed[i], &env->mtrr_fixed[i]);
    }
    for (int i = 0; has_mtrrs(cpu) && i < MSR_MTRRcap_VCNT; i++) {
        fn(opaque, MSR_MTRRphysBase(i), &env->mtrr_var[i].base);
        fn(opaque, MSR_MTRRphysMask(i), &env->mtrr_var[i].mask);
    }
    for (int i = 0; i < (env->mcg_cap & 0xff) * 4; i++) {
        fn(opaque, MSR_MC0_CTL + i, &env->mce_banks[i]);
    }
    each_pmu_msr(cpu, fn, opaque);
}

/*
 * Masks of the variable MTRRs have as many bits as physical addresses do. A
 * guest that is migrated to where addresses are wider must find the bits above
 * set, as it would have set them: fill-mtrr-mask.
 */
static void fill_mtrr_masks(X86CPU *cpu)
{
    uint64_t above =
        MAKE_64BIT_MASK(0, 52) & ~MAKE_64BIT_MASK(0, cpu->phys_bits);

    for (int i = 0; cpu->fill_mtrr_mask && i < MSR_MTRRcap_VCNT; i++) {
        cpu->env.mtrr_var[i].mask |= above;
    }
}

static uint64_t trim_mtrr_mask(X86CPU *cpu, uint32_t index, uint64_t data)
{
    bool is_mask = index > MSR_MTRRphysBase(0) &&
                   index <= MSR_MTRRphysMask(MSR_MTRRcap_VCNT - 1) &&
                   (index & 1);

    /* The CPU does not take bits that its addresses do not have. */
    return is_mask ? data & MAKE_64BIT_MASK(0, cpu->phys_bits) : data;
}

/* CPUs hand their registers over without the big lock. */
G_LOCK_DEFINE_STATIC(told);

/* Whether nobody has been told of it, yet: once for each that is refused. */
static bool is_news(GHashTable **told, uint32_t index)
{
    bool news;

    G_LOCK(told);
    if (!*told) {
        *told = g_hash_table_new(NULL, NULL);
    }
    news = g_hash_table_add(*told, GUINT_TO_POINTER(index));
    G_UNLOCK(told);
    return news;
}

/* ---- put ----------------------------------------------------------------- */

/* A guest that has set one would go astray with another value. */
static bool is_vital(const struct kvm_msr_entry *e)
{
    switch (e->index) {
    case MSR_IA32_SYSENTER_CS:
    case MSR_IA32_SYSENTER_ESP:
    case MSR_IA32_SYSENTER_EIP:
    case MSR_STAR:
    case MSR_CSTAR:
    case MSR_LSTAR:
    case MSR_FMASK:
    case MSR_KERNELGSBASE:
        return e->data != 0;
    default:
        return false;
    }
}

/* What the kernel refuses is left out, and the rest goes on, if it can. */
static int set_all(X86CPU *cpu, struct kvm_msrs *list)
{
    static GHashTable *told;

    while (list->nmsrs) {
        int done = kvm_vcpu_ioctl(CPU(cpu), KVM_SET_MSRS, list);
        struct kvm_msr_entry *bad;

        if (done < 0) {
            return done;
        }
        if (done >= list->nmsrs) {
            break;
        }
        bad = &list->entries[done];
        if (is_vital(bad)) {
            error_report("KVM refuses to set MSR 0x%x to 0x%" PRIx64
                         ", without which the guest cannot go on",
                         bad->index, (uint64_t)bad->data);
            return -EINVAL;
        }
        if (is_news(&told, bad->index)) {
            warn_report("KVM refuses to set MSR 0x%x to 0x%" PRIx64
                        ": it keeps its value",
                        bad->index, (uint64_t)bad->data);
        }
        list->nmsrs -= done + 1;
        memmove(list->entries, bad + 1, list->nmsrs * sizeof(*bad));
    }
    return 0;
}

static void put_array_msr(void *opaque, uint32_t index, uint64_t *field)
{
    list_add(opaque, index, *field);
}

int kvm_x86_put_msrs(X86CPU *cpu, int level)
{
    struct kvm_msrs *list = fresh_list(cpu);

    for (int i = 0; i < ARRAY_SIZE(msrs); i++) {
        if (level >= msrs[i].level && wanted(cpu, &msrs[i])) {
            list_add(list, msrs[i].index, load_field(cpu, &msrs[i]));
        }
    }
    if (level >= KVM_PUT_RESET_STATE) {
        list_add(list, MSR_IA32_TSC, cpu->env.tsc);
        each_array_msr(cpu, put_array_msr, list);
        for (uint32_t i = 0; i < list->nmsrs; i++) {
            struct kvm_msr_entry *e = &list->entries[i];

            e->data = trim_mtrr_mask(cpu, e->index, e->data);
        }
    }
    if (kvm_x86_has_msr(MSR_IA32_TSCDEADLINE) && level >= KVM_PUT_RESET_STATE) {
        list_add(list, MSR_IA32_TSCDEADLINE, cpu->env.tsc_deadline);
    }
    return set_all(cpu, list);
}

/* ---- get ----------------------------------------------------------------- */

static void ask_array_msr(void *opaque, uint32_t index, uint64_t *field)
{
    list_add(opaque, index, 0);
}

typedef struct Answer {
    struct kvm_msrs *list;
    int next;
} Answer;

static void take_array_msr(void *opaque, uint32_t index, uint64_t *field)
{
    Answer *a = opaque;

    for (uint32_t i = a->next; i < a->list->nmsrs; i++) {
        if (a->list->entries[i].index == index) {
            *field = a->list->entries[i].data;
            a->next = i + 1;
            return;
        }
    }
}

/* All of the list; what cannot be read is left out. */
static int get_all(X86CPU *cpu, struct kvm_msrs *list)
{
    static GHashTable *told;
    uint32_t total = list->nmsrs, kept = 0, next = 0;
    struct kvm_msrs *part =
        g_malloc0(sizeof(*part) + total * sizeof(part->entries[0]));
    int ret = 0;

    while (next < total) {
        part->nmsrs = total - next;
        memcpy(part->entries, &list->entries[next],
               part->nmsrs * sizeof(part->entries[0]));
        ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_MSRS, part);
        if (ret < 0) {
            break;
        }
        memcpy(&list->entries[kept], part->entries,
               ret * sizeof(part->entries[0]));
        kept += ret;
        next += ret + 1;
        if (next <= total && is_news(&told, part->entries[ret].index)) {
            warn_report("KVM cannot read MSR 0x%x", part->entries[ret].index);
        }
    }
    list->nmsrs = kept;
    g_free(part);
    return ret < 0 ? ret : 0;
}

static uint64_t *find_entry(struct kvm_msrs *list, uint32_t index)
{
    for (uint32_t i = 0; i < list->nmsrs; i++) {
        if (list->entries[i].index == index) {
            return (uint64_t *)&list->entries[i].data;
        }
    }
    return NULL;
}

int kvm_x86_get_msrs(X86CPU *cpu)
{
    struct kvm_msrs *list = fresh_list(cpu);
    CPUX86State *env = &cpu->env;
    Answer answer = { .list = list };
    uint64_t *data;
    int ret;

    for (int i = 0; i < ARRAY_SIZE(msrs); i++) {
        if (wanted(cpu, &msrs[i])) {
            list_add(list, msrs[i].index, 0);
        }
    }
    if (kvm_x86_has_msr(MSR_IA32_TSCDEADLINE)) {
        list_add(list, MSR_IA32_TSCDEADLINE, 0);
    }
    /* While nothing runs, the first value is the one to go on from. */
    if (!env->tsc_valid) {
        list_add(list, MSR_IA32_TSC, 0);
        env->tsc_valid = !runstate_is_running();
    }
    each_array_msr(cpu, ask_array_msr, list);
    ret = get_all(cpu, list);
    if (ret < 0) {
        return ret;
    }
    for (int i = 0; i < ARRAY_SIZE(msrs); i++) {
        data = find_entry(list, msrs[i].index);
        if (data) {
            store_field(cpu, &msrs[i], *data);
        }
    }
    data = find_entry(list, MSR_IA32_TSCDEADLINE);
    env->tsc_deadline = data ? *data : 0;
    data = find_entry(list, MSR_IA32_TSC);
    if (data) {
        env->tsc = *data;
    }
    each_array_msr(cpu, take_array_msr, &answer);
    fill_mtrr_masks(cpu);
    return 0;
}
