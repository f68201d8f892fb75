/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Features: their names, what the user wants of them, what the host has.
 */
#include "qemu/osdep.h"
#include "cpu-features.h"
#include "kvm/kvm_i386.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "system/kvm.h"

#define CPUID(_eax, _ecx, _reg)                                                \
    .eax = _eax, .ecx = _ecx, .has_ecx = true, .reg = _reg
#define CPUID_LEAF(_eax, _reg) .eax = _eax, .reg = _reg
#define MSR(_msr)              .msr = _msr

const X86FeatureWord x86_feature_words[FEATURE_WORDS] = {
    [FEAT_1_EDX] = {
        CPUID_LEAF(1, R_EDX),
        .no_auto = CPUID_HT,
        .names = "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge "
                 "mca cmov pat pse36 pn clflush - ds acpi mmx fxsr sse "
                 "sse2 ss ht tm ia64 pbe",
    },
    [FEAT_1_ECX] = {
        CPUID_LEAF(1, R_ECX),
        .names = "pni pclmulqdq dtes64 monitor ds-cpl vmx smx est tm2 "
                 "ssse3 cid - fma cx16 xtpr pdcm - pcid dca sse4.1 sse4.2 "
                 "x2apic movbe popcnt tsc-deadline aes xsave - avx f16c "
                 "rdrand hypervisor",
    },
    [FEAT_8000_0001_EDX] = {
        CPUID_LEAF(0x80000001, R_EDX),
        .names = "- - - - - - - - - - - syscall - - - - - - - - nx - "
                 "mmxext - - fxsr-opt pdpe1gb rdtscp - lm 3dnowext 3dnow",
    },
    [FEAT_8000_0001_ECX] = {
        CPUID_LEAF(0x80000001, R_ECX),
        .no_auto = CPUID_EXT3_TOPOEXT,
        .names = "lahf-lm cmp-legacy svm extapic cr8legacy abm sse4a "
                 "misalignsse 3dnowprefetch osvw ibs xop skinit wdt - lwp "
                 "fma4 tce - nodeid-msr - tbm topoext perfctr-core "
                 "perfctr-nb",
    },
    [FEAT_C000_0001_EDX] = {
        CPUID_LEAF(0xC0000001, R_EDX),
        .names = "- - xstore xstore-en - - xcrypt xcrypt-en ace2 ace2-en "
                 "phe phe-en pmm pmm-en",
    },
    [FEAT_KVM] = {
        CPUID_LEAF(0x40000001, R_EAX),
        .names = "kvmclock kvm-nopiodelay kvm-mmu kvmclock kvm-asyncpf "
                 "kvm-steal-time kvm-pv-eoi kvm-pv-unhalt - "
                 "kvm-pv-tlb-flush kvm-asyncpf-vmexit kvm-pv-ipi "
                 "kvm-poll-control kvm-pv-sched-yield kvm-asyncpf-int "
                 "kvm-msi-ext-dest-id - - - - - - - - kvmclock-stable-bit",
    },
    [FEAT_KVM_HINTS] = {
        CPUID_LEAF(0x40000001, R_EDX),
        .no_auto = UINT64_MAX,
        .names = "kvm-hint-dedicated",
    },
    [FEAT_SVM] = {
        CPUID_LEAF(0x8000000A, R_EDX),
        .names = "npt lbrv svm-lock nrip-save tsc-scale vmcb-clean "
                 "flushbyasid decodeassists - - pause-filter - "
                 "pfthreshold avic - v-vmsave-vmload vgif - - - - - - - - "
                 "vnmi - - svme-addr-chk",
    },
    [FEAT_7_0_EBX] = {
        CPUID(7, 0, R_EBX),
        .names = "fsgsbase tsc-adjust sgx bmi1 hle avx2 fdp-excptn-only "
                 "smep bmi2 erms invpcid rtm - zero-fcs-fds mpx - avx512f "
                 "avx512dq rdseed adx smap avx512ifma pcommit clflushopt "
                 "clwb intel-pt avx512pf avx512er avx512cd sha-ni "
                 "avx512bw avx512vl",
    },
    [FEAT_7_0_ECX] = {
        CPUID(7, 0, R_ECX),
        .names = "- avx512vbmi umip pku - waitpkg avx512vbmi2 - gfni vaes "
                 "vpclmulqdq avx512vnni avx512bitalg - avx512-vpopcntdq - "
                 "la57 - - - - - rdpid - bus-lock-detect cldemote - "
                 "movdiri movdir64b - sgxlc pks",
    },
    [FEAT_7_0_EDX] = {
        CPUID(7, 0, R_EDX),
        .names = "- - avx512-4vnniw avx512-4fmaps fsrm - - - "
                 "avx512-vp2intersect - md-clear - - - serialize - "
                 "tsx-ldtrk - - arch-lbr - - amx-bf16 avx512-fp16 "
                 "amx-tile amx-int8 spec-ctrl stibp flush-l1d "
                 "arch-capabilities core-capability ssbd",
    },
    [FEAT_7_1_EAX] = {
        CPUID(7, 1, R_EAX),
        .names = "sha512 sm3 sm4 - avx-vnni avx512-bf16 - cmpccxadd - - "
                 "fzrm fsrs fsrc - - - - fred lkgs wrmsrns - amx-fp16 - "
                 "avx-ifma - - lam",
    },
    [FEAT_7_1_EDX] = {
        CPUID(7, 1, R_EDX),
        .names = "- - - - avx-vnni-int8 avx-ne-convert - - amx-complex - "
                 "avx-vnni-int16 - - - prefetchiti - - - - avx10",
    },
    [FEAT_7_2_EDX] = {
        CPUID(7, 2, R_EDX),
        .names = "intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl "
                 "mcdt-no",
    },
    [FEAT_24_0_EBX] = {
        CPUID(0x24, 0, R_EBX),
        .names = "- - - - - - - - - - - - - - - - avx10-128 avx10-256 "
                 "avx10-512",
    },
    [FEAT_8000_0007_EDX] = {
        CPUID_LEAF(0x80000007, R_EDX),
        .unmigratable = CPUID_APM_INVTSC,
        .names = "- - - - - - - - invtsc",
    },
    [FEAT_8000_0007_EBX] = {
        CPUID_LEAF(0x80000007, R_EBX),
        .names = "overflow-recov succor",
    },
    [FEAT_8000_0008_EBX] = {
        CPUID_LEAF(0x80000008, R_EBX),
        .names = "clzero - xsaveerptr - - - - - - wbnoinvd - - ibpb - "
                 "ibrs amd-stibp - stibp-always-on - - - - - - amd-ssbd "
                 "virt-ssbd amd-no-ssb - amd-psfd",
    },
    [FEAT_8000_0021_EAX] = {
        CPUID_LEAF(0x80000021, R_EAX),
        .names = "no-nested-data-bp - lfence-always-serializing - - - "
                 "null-sel-clr-base - auto-ibrs - - - - - - - - - - - - - "
                 "- - eraps - - sbpb ibpb-brtype srso-no "
                 "srso-user-kernel-no",
    },
    [FEAT_8000_0021_EBX] = {
        CPUID_LEAF(0x80000021, R_EBX),
    },
    [FEAT_8000_0022_EAX] = {
        CPUID_LEAF(0x80000022, R_EAX),
        .names = "perfmon-v2",
    },
    [FEAT_XSAVE] = {
        CPUID(0xd, 1, R_EAX),
        .names = "xsaveopt xsavec xgetbv1 xsaves xfd",
    },
    [FEAT_XSAVE_XSS_LO] = {
        CPUID(0xD, 1, R_ECX),
    },
    [FEAT_XSAVE_XSS_HI] = {
        CPUID(0xD, 1, R_EDX),
    },
    [FEAT_6_EAX] = {
        CPUID_LEAF(6, R_EAX),
        .names = "- - arat",
    },
    [FEAT_XSAVE_XCR0_LO] = {
        CPUID(0xD, 0, R_EAX),
    },
    [FEAT_XSAVE_XCR0_HI] = {
        CPUID(0xD, 0, R_EDX),
    },
    [FEAT_ARCH_CAPABILITIES] = {
        MSR(MSR_IA32_ARCH_CAPABILITIES),
        .names = "rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no "
                 "pschange-mc-no tsx-ctrl taa-no - - - - sbdr-ssdp-no "
                 "fbsdp-no psdp-no - fb-clear - - bhi-no - - - pbrsb-no - "
                 "gds-no rfds-no rfds-clear",
    },
    [FEAT_CORE_CAPABILITY] = {
        MSR(MSR_IA32_CORE_CAPABILITY),
        .names = "- - - - - split-lock-detect",
    },
    [FEAT_PERF_CAPABILITIES] = {
        MSR(MSR_IA32_PERF_CAPABILITIES),
        .names = "- - - - - - - - - - - - - full-width-write",
    },
    [FEAT_14_0_ECX] = {
        CPUID(0x14, 0, R_ECX),
        .names = "- - - - - - - - - - - - - - - - - - - - - - - - - - - - "
                 "- - - intel-pt-lip",
    },
    [FEAT_SGX_12_0_EBX] = {
        CPUID(0x12, 0, R_EBX),
        .names = "sgx-exinfo",
    },
    [FEAT_SGX_12_1_EAX] = {
        CPUID(0x12, 1, R_EAX),
        .names = "- sgx-debug sgx-mode64 - sgx-provisionkey sgx-tokenkey "
                 "- sgx-kss - - sgx-aex-notify",
    },
};

/* Other names that users know. */
static const struct {
    const char *alias;
    FeatureWord w;
    int bit;
} aliases[] = {
    { "sse3", FEAT_1_ECX, 0 },         { "pclmuldq", FEAT_1_ECX, 1 },
    { "sse4-1", FEAT_1_ECX, 19 },      { "sse4-2", FEAT_1_ECX, 20 },
    { "sse4_1", FEAT_1_ECX, 19 },      { "sse4_2", FEAT_1_ECX, 20 },
    { "xd", FEAT_8000_0001_EDX, 20 },  { "ffxsr", FEAT_8000_0001_EDX, 25 },
    { "i64", FEAT_8000_0001_EDX, 29 },
};

/* ---- names --------------------------------------------------------------- */

static char **names_of[FEATURE_WORDS];

const char *x86_feature_name(FeatureWord w, int bit)
{
    if (!x86_feature_words[w].names) {
        return NULL;
    }
    if (!names_of[w]) {
        names_of[w] = g_strsplit(x86_feature_words[w].names, " ", -1);
    }
    for (int i = 0; names_of[w][i]; i++) {
        if (i == bit) {
            return strcmp(names_of[w][i], "-") ? names_of[w][i] : NULL;
        }
    }
    return NULL;
}

static uint64_t named_bits(FeatureWord w)
{
    uint64_t mask = 0;

    for (int bit = 0; bit < 64; bit++) {
        if (x86_feature_name(w, bit)) {
            mask |= BIT_ULL(bit);
        }
    }
    return mask;
}

/* ---- properties ---------------------------------------------------------- */

typedef struct FeatureProperty {
    FeatureWord w;
    uint64_t mask;
} FeatureProperty;

static void get_feature(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    FeatureProperty *p = opaque;
    bool value = (X86_CPU(obj)->env.features[p->w] & p->mask) == p->mask;

    visit_type_bool(v, name, &value, errp);
}

static void set_feature(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    FeatureProperty *p = opaque;
    CPUX86State *env = &X86_CPU(obj)->env;
    bool value;

    if (DEVICE(obj)->realized) {
        error_setg(errp,
                   "Attempt to set property '%s' on device '%s' (type '%s') "
                   "after it was realized",
                   name, DEVICE(obj)->id ?: "", object_get_typename(obj));
        return;
    }
    if (!visit_type_bool(v, name, &value, errp)) {
        return;
    }
    env->features[p->w] =
        value ? env->features[p->w] | p->mask : env->features[p->w] & ~p->mask;
    env->user_features[p->w] |= p->mask;
}

static void add_property(ObjectClass *oc, const char *name, FeatureWord w,
                         uint64_t mask)
{
    ObjectProperty *op = object_class_property_find(oc, name);
    FeatureProperty *p;

    /* kvmclock is two bits. */
    if (op) {
        ((FeatureProperty *)op->opaque)->mask |= mask;
        return;
    }
    p = g_new0(FeatureProperty, 1);
    p->w = w;
    p->mask = mask;
    object_class_property_add(oc, name, "bool", get_feature, set_feature, NULL,
                              p);
}

void x86_cpu_class_properties(ObjectClass *oc)
{
    for (int w = 0; w < FEATURE_WORDS; w++) {
        for (int bit = 0; bit < 64; bit++) {
            const char *name = x86_feature_name(w, bit);

            if (name) {
                add_property(oc, name, w, BIT_ULL(bit));
            }
        }
    }
    for (int i = 0; i < ARRAY_SIZE(aliases); i++) {
        add_property(oc, aliases[i].alias, aliases[i].w,
                     BIT_ULL(aliases[i].bit));
    }
}

/* ---- -cpu ---------------------------------------------------------------- */

static void register_global(const char *type, const char *name,
                            const char *value)
{
    GlobalProperty *prop = g_new0(GlobalProperty, 1);

    /* Globals live as long as the program. */
    prop->driver = type;
    prop->property = g_strdelimit(g_strdup(name), "_", '-');
    prop->value = g_strdup(value);
    qdev_prop_register_global(prop);
}

/* "tsc-freq=1G" is tsc-frequency, in units of 1000. */
static bool register_tsc_freq(const char *type, const char *value, Error **errp)
{
    g_autofree char *number = NULL;
    uint64_t freq;

    if (qemu_strtosz_metric(value, NULL, &freq) < 0 || freq > INT64_MAX) {
        error_setg(errp, "bad numerical value %s", value);
        return false;
    }
    number = g_strdup_printf("%" PRIu64, freq);
    register_global(type, "tsc-frequency", number);
    return true;
}

void x86_cpu_parse_featurestr(const char *typename, char *features,
                              Error **errp)
{
    g_auto(GStrv) parts = features ? g_strsplit(features, ",", -1) : NULL;

    for (char **p = parts; p && *p; p++) {
        char *eq = strchr(*p, '=');

        if (!**p || **p == '+' || **p == '-') {
            continue;
        }
        if (!eq) {
            register_global(typename, *p, "on");
            continue;
        }
        *eq = '\0';
        if (!strcmp(*p, "tsc-freq") || !strcmp(*p, "tsc_freq")) {
            if (!register_tsc_freq(typename, eq + 1, errp)) {
                return;
            }
        } else {
            register_global(typename, *p, eq + 1);
        }
    }
    /* "+x" wins over "x=off", and "-x" over both. */
    for (int minus = 0; minus < 2; minus++) {
        for (char **p = parts; p && *p; p++) {
            if (**p == (minus ? '-' : '+')) {
                register_global(typename, *p + 1, minus ? "off" : "on");
            }
        }
    }
}

/* ---- what there is ------------------------------------------------------- */

static uint64_t host_word(X86CPU *cpu, FeatureWord w)
{
    const X86FeatureWord *f = &x86_feature_words[w];

    if (!kvm_enabled()) {
        return UINT64_MAX; /* nothing runs: no limits */
    }
    if (f->msr) {
        return kvm_arch_get_supported_msr_feature(kvm_state, f->msr);
    }
    return f->eax
               ? kvm_arch_get_supported_cpuid(kvm_state, f->eax, f->ecx, f->reg)
               : 0;
}

uint64_t x86_cpu_get_supported_feature_word(X86CPU *cpu, FeatureWord w)
{
    uint64_t bits = host_word(cpu, w);

    if (cpu && cpu->migratable) {
        uint64_t known = named_bits(w);

        /* XCR0's bits have no names, and follow from others. */
        if (x86_feature_words[w].names) {
            bits &= known & ~x86_feature_words[w].unmigratable;
        }
    }
    return bits;
}

/* ---- from what is wanted to what there will be --------------------------- */

/* XSAVE's components, by the feature that needs them. */
static const struct {
    FeatureWord w;
    uint64_t bit;
    uint64_t components;
} xsave_needs[] = {
    { FEAT_1_EDX, CPUID_FXSR, XSTATE_FP_MASK | XSTATE_SSE_MASK },
    { FEAT_1_ECX, CPUID_EXT_AVX, XSTATE_YMM_MASK },
    { FEAT_7_0_EBX, CPUID_7_0_EBX_MPX,
      XSTATE_BNDREGS_MASK | XSTATE_BNDCSR_MASK },
    { FEAT_7_0_EBX, CPUID_7_0_EBX_AVX512F,
      XSTATE_OPMASK_MASK | XSTATE_ZMM_Hi256_MASK | XSTATE_Hi16_ZMM_MASK },
    { FEAT_7_0_ECX, CPUID_7_0_ECX_PKU, XSTATE_PKRU_MASK },
};

static void enable_xsave_components(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    uint64_t mask = 0;

    if (env->features[FEAT_1_ECX] & CPUID_EXT_XSAVE) {
        for (int i = 0; i < ARRAY_SIZE(xsave_needs); i++) {
            if (env->features[xsave_needs[i].w] & xsave_needs[i].bit) {
                mask |= xsave_needs[i].components;
            }
        }
        mask |= XSTATE_FP_MASK | XSTATE_SSE_MASK;
    } else {
        env->features[FEAT_XSAVE] = 0;
    }
    env->features[FEAT_XSAVE_XCR0_LO] = (uint32_t)mask;
    env->features[FEAT_XSAVE_XCR0_HI] = mask >> 32;
}

/* CPUID must reach the leaves that have something to say. */
static void need_leaf(CPUX86State *env, uint32_t leaf)
{
    uint32_t *level = leaf >> 30 == 3 ? &env->cpuid_min_xlevel2
                      : leaf >> 31    ? &env->cpuid_min_xlevel
                                      : &env->cpuid_min_level;

    *level = MAX(*level, leaf);
}

static void set_levels(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    for (int w = 0; w < FEATURE_WORDS; w++) {
        const X86FeatureWord *f = &x86_feature_words[w];

        if (f->eax && f->eax >> 28 != 4 && env->features[w] &&
            cpu->full_cpuid_auto_level) {
            need_leaf(env, f->eax);
        }
    }
    if (env->features[FEAT_7_1_EAX] || env->features[FEAT_7_1_EDX]) {
        env->cpuid_min_level_func7 = MAX(env->cpuid_min_level_func7, 1);
    }
    if (env->features[FEAT_7_2_EDX]) {
        env->cpuid_min_level_func7 = MAX(env->cpuid_min_level_func7, 2);
    }
    if (cpu->full_cpuid_auto_level && IS_INTEL_CPU(env) &&
        (env->topo_info.dies_per_pkg > 1 ||
         env->topo_info.modules_per_die > 1)) {
        need_leaf(env, 0x1f);
    }
    if (env->features[FEAT_1_ECX] & CPUID_EXT_XSAVE) {
        need_leaf(env, 0xd);
    }
    if (env->cpuid_level_func7 == UINT32_MAX) {
        env->cpuid_level_func7 = env->cpuid_min_level_func7;
    }
    if (env->cpuid_level == UINT32_MAX) {
        env->cpuid_level = env->cpuid_min_level;
    }
    if (env->cpuid_xlevel == UINT32_MAX) {
        env->cpuid_xlevel = env->cpuid_min_xlevel;
    }
    if (env->cpuid_xlevel2 == UINT32_MAX) {
        env->cpuid_xlevel2 = env->cpuid_min_xlevel2;
    }
}

void x86_cpu_expand_features(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;

    if (cpu->max_features) {
        for (int w = 0; w < FEATURE_WORDS; w++) {
            env->features[w] |= x86_cpu_get_supported_feature_word(cpu, w) &
                                ~env->user_features[w] &
                                ~x86_feature_words[w].no_auto &
                                (kvm_enabled() ? UINT64_MAX : named_bits(w));
        }
    }
    if (!kvm_enabled() || !cpu->expose_kvm) {
        env->features[FEAT_KVM] = 0;
    }
    enable_xsave_components(cpu);
    set_levels(cpu);
}

/* ---- the host has the last word ------------------------------------------ */

static void warn_of(FeatureWord w, uint64_t mask)
{
    static const char *const regs[] = { "EAX", "ECX", "EDX", "EBX" };
    const X86FeatureWord *f = &x86_feature_words[w];

    g_autofree char *where =
        f->msr ? g_strdup_printf("MSR(%02XH)", f->msr)
               : g_strdup_printf("CPUID.%02XH:%s", f->eax, regs[f->reg]);

    for (int bit = 0; bit < 64; bit++) {
        const char *name = x86_feature_name(w, bit);

        if (mask & BIT_ULL(bit)) {
            warn_report("host doesn't support requested feature: "
                        "%s%s%s [bit %d]",
                        where, name ? "." : "", name ?: "", bit);
        }
    }
}

bool x86_cpu_filter_features(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;
    bool verbose = cpu->check_cpuid || cpu->enforce_cpuid, any = false;

    for (int w = 0; w < FEATURE_WORDS; w++) {
        uint64_t host = host_word(cpu, w);
        uint64_t missing = env->features[w] & ~host;

        if (!missing) {
            continue;
        }
        if (!cpu->force_features) {
            env->features[w] &= host;
        }
        /* What follows from others is not asked for. */
        if (verbose && x86_feature_words[w].names) {
            warn_of(w, missing);
            any = true;
        }
    }
    if (any && cpu->enforce_cpuid) {
        error_setg(errp, "Host doesn't support requested features");
        return false;
    }
    return true;
}
