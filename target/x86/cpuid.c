/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CPUID answers (Intel SDM volume 2A, AMD APM volume 3 appendix E), from
 * the feature words, the topology and the model.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/boards.h"
#include "kvm/kvm_i386.h"
#include "system/kvm.h"
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

/* ---- the host's ---------------------------------------------------------- */

void host_cpuid(uint32_t function, uint32_t count, uint32_t *eax, uint32_t *ebx,
                uint32_t *ecx, uint32_t *edx)
{
    uint32_t v[4] = { 0 };

#if defined(__x86_64__) || defined(__i386__)
    __cpuid_count(function, count, v[0], v[1], v[2], v[3]);
#endif
    uint32_t *to[] = { eax, ebx, ecx, edx };

    for (int i = 0; i < 4; i++) {
        if (to[i]) {
            *to[i] = v[i];
        }
    }
}

uint32_t host_cpu_phys_bits(void)
{
    uint32_t eax;

    host_cpuid(0x80000000, 0, &eax, NULL, NULL, NULL);
    if (eax < 0x80000008) {
        return 36;
    }
    host_cpuid(0x80000008, 0, &eax, NULL, NULL, NULL);
    return eax & 0xff;
}

void x86_cpu_vendor_words2str(char *dst, uint32_t vendor1, uint32_t vendor2,
                              uint32_t vendor3)
{
    stl_le_p(dst, vendor1);
    stl_le_p(dst + 4, vendor2);
    stl_le_p(dst + 8, vendor3);
    dst[CPUID_VENDOR_SZ] = '\0';
}

/* ---- XSAVE --------------------------------------------------------------- */

void x86_xsave_component(int index, uint32_t *offset, uint32_t *size)
{
    /* As all of Intel's chips have it; AMD's have PKRU elsewhere. */
    static const struct {
        uint16_t offset, size;
    } usual[] = {
        [XSTATE_YMM_BIT] = { 576, 256 },
        [XSTATE_BNDREGS_BIT] = { 960, 64 },
        [XSTATE_BNDCSR_BIT] = { 1024, 64 },
        [XSTATE_OPMASK_BIT] = { 1088, 64 },
        [XSTATE_ZMM_Hi256_BIT] = { 1152, 512 },
        [XSTATE_Hi16_ZMM_BIT] = { 1664, 1024 },
        [XSTATE_PKRU_BIT] = { 2688, 8 },
    };

    if (kvm_enabled()) {
        *size = kvm_arch_get_supported_cpuid(kvm_state, 0xd, index, R_EAX);
        *offset = kvm_arch_get_supported_cpuid(kvm_state, 0xd, index, R_EBX);
    } else {
        *size = index < ARRAY_SIZE(usual) ? usual[index].size : 0;
        *offset = index < ARRAY_SIZE(usual) ? usual[index].offset : 0;
    }
}

static uint64_t xcr0(const CPUX86State *env)
{
    return env->features[FEAT_XSAVE_XCR0_LO] | env->features[FEAT_XSAVE_XCR0_HI]
                                                   << 32;
}

/* The bytes for components @mask. */
static uint32_t xsave_size(uint64_t mask)
{
    uint32_t end = 0x240; /* the old 512 and the header */

    for (int i = 2; i < 63; i++) {
        uint32_t offset, size;

        if (mask & BIT_ULL(i)) {
            x86_xsave_component(i, &offset, &size);
            end = MAX(end, offset + size);
        }
    }
    return end;
}

typedef struct Leaf {
    uint32_t eax, ebx, ecx, edx;
} Leaf;

static void leaf_xsave(CPUX86State *env, uint32_t count, Leaf *l)
{
    uint64_t mask = xcr0(env);

    if (!(env->features[FEAT_1_ECX] & CPUID_EXT_XSAVE)) {
        return;
    }
    if (count == 0) {
        l->eax = mask;
        l->edx = mask >> 32;
        l->ecx = xsave_size(mask);
        l->ebx = xsave_size(env->xcr0 ?: XSTATE_FP_MASK);
    } else if (count == 1) {
        l->eax = env->features[FEAT_XSAVE];
        l->ecx = env->features[FEAT_XSAVE_XSS_LO];
        l->edx = env->features[FEAT_XSAVE_XSS_HI];
        l->ebx = xsave_size(mask);
    } else if (count < 63 && (mask & BIT_ULL(count))) {
        x86_xsave_component(count, &l->ebx, &l->eax);
        if (kvm_enabled()) {
            l->ecx = kvm_arch_get_supported_cpuid(kvm_state, 0xd, count, R_ECX);
        }
    }
}

/* ---- caches -------------------------------------------------------------- */

typedef struct Cache {
    uint8_t type; /* 1 data, 2 instructions, 3 both */
    uint8_t level;
    uint8_t ways;
    uint16_t sets;
} Cache;

#define LINE 64

/* What models without caches of their own have always had. */
static const Cache caches[] = {
    { 1, 1, 8, 64 },     /* 32 KiB */
    { 2, 1, 8, 64 },     /* 32 KiB */
    { 3, 2, 16, 4096 },  /* 4 MiB */
    { 3, 3, 16, 16384 }, /* 16 MiB, of all in the package */
};

static uint32_t threads_of_core(CPUX86State *env)
{
    return env->topo_info.threads_per_core;
}

static uint32_t cores_of_package(CPUX86State *env)
{
    return env->topo_info.cores_per_module * env->topo_info.modules_per_die *
           env->topo_info.dies_per_pkg;
}

static uint32_t threads_of_package(CPUX86State *env)
{
    return threads_of_core(env) * cores_of_package(env);
}

static void leaf_caches(X86CPU *cpu, uint32_t count, Leaf *l)
{
    CPUX86State *env = &cpu->env;
    const Cache *c;
    uint32_t cores = 1u << (apicid_pkg_offset(&env->topo_info) -
                            apicid_core_offset(&env->topo_info));
    uint32_t sharing;

    if (cpu->cache_info_passthrough) {
        host_cpuid(4, count, &l->eax, &l->ebx, &l->ecx, &l->edx);
        l->eax &= ~0xfc000000u;
        l->eax |= l->eax & 31 ? (cores - 1) << 26 : 0;
        return;
    }
    if (count >= ARRAY_SIZE(caches) || (count == 3 && !cpu->enable_l3_cache)) {
        return;
    }
    c = &caches[count];
    sharing = 1u << (c->level == 3 ? apicid_pkg_offset(&env->topo_info)
                                   : apicid_core_offset(&env->topo_info));
    l->eax = c->type | c->level << 5 | 1 << 8 | (sharing - 1) << 14 |
             (cores - 1) << 26;
    l->ebx = (LINE - 1) | (c->ways - 1) << 22;
    l->ecx = c->sets - 1;
    l->edx = c->level == 3 ? 0x6 : 0x1;
}

/* ---- topology ------------------------------------------------------------ */

static void leaf_topology(CPUX86State *env, uint32_t count, bool all, Leaf *l)
{
    X86CPUTopoInfo *t = &env->topo_info;
    struct {
        int type;
        unsigned shift;
        uint32_t cpus;
    } level[5];
    int n = 0;

    level[n].type = CPUID_B_ECX_TOPO_LEVEL_SMT;
    level[n].shift = apicid_core_offset(t);
    level[n++].cpus = threads_of_core(env);
    if (!all) {
        level[n].type = CPUID_B_ECX_TOPO_LEVEL_CORE;
        level[n].shift = apicid_pkg_offset(t);
        level[n++].cpus = threads_of_package(env);
    } else {
        level[n].type = CPUID_1F_ECX_TOPO_LEVEL_CORE;
        level[n].shift = apicid_module_offset(t);
        level[n++].cpus = threads_of_core(env) * t->cores_per_module;
        if (t->modules_per_die > 1) {
            level[n].type = CPUID_1F_ECX_TOPO_LEVEL_MODULE;
            level[n].shift = apicid_die_offset(t);
            level[n].cpus = level[n - 1].cpus * t->modules_per_die;
            n++;
        }
        if (t->dies_per_pkg > 1) {
            level[n].type = CPUID_1F_ECX_TOPO_LEVEL_DIE;
            level[n].cpus = threads_of_package(env);
            n++;
        }
        level[n - 1].shift = apicid_pkg_offset(t);
    }
    l->ecx = count & 0xff;
    l->edx = env_archcpu(env)->apic_id;
    if (count < n) {
        l->eax = level[count].shift;
        l->ebx = level[count].cpus & 0xffff;
        l->ecx |= level[count].type << 8;
    }
}

/* ---- leaves from 0 on ---------------------------------------------------- */

static void leaf_1(X86CPU *cpu, Leaf *l)
{
    CPUX86State *env = &cpu->env;
    uint32_t threads = threads_of_package(env);

    l->eax = env->cpuid_version;
    l->ebx = cpu->apic_id << 24 | (LINE / 8) << 8;
    l->ecx = env->features[FEAT_1_ECX];
    if ((l->ecx & CPUID_EXT_XSAVE) && (env->cr[4] & CR4_OSXSAVE_MASK)) {
        l->ecx |= CPUID_EXT_OSXSAVE;
    }
    l->edx = env->features[FEAT_1_EDX];
    if (threads > 1) {
        l->ebx |= threads << 16;
        l->edx |= CPUID_HT;
    }
}

static void leaf_7(CPUX86State *env, uint32_t count, Leaf *l)
{
    switch (count) {
    case 0:
        l->eax = env->cpuid_level_func7;
        l->ebx = env->features[FEAT_7_0_EBX];
        l->ecx = env->features[FEAT_7_0_ECX];
        l->edx = env->features[FEAT_7_0_EDX];
        if ((l->ecx & CPUID_7_0_ECX_PKU) && (env->cr[4] & CR4_PKE_MASK)) {
            l->ecx |= CPUID_7_0_ECX_OSPKE;
        }
        break;
    case 1:
        l->eax = env->features[FEAT_7_1_EAX];
        l->edx = env->features[FEAT_7_1_EDX];
        break;
    case 2:
        l->edx = env->features[FEAT_7_2_EDX];
        break;
    }
}

static void basic_leaf(X86CPU *cpu, uint32_t index, uint32_t count, Leaf *l)
{
    CPUX86State *env = &cpu->env;

    switch (index) {
    case 0:
        *l = (Leaf){ env->cpuid_level, env->cpuid_vendor1, env->cpuid_vendor3,
                     env->cpuid_vendor2 };
        break;
    case 1:
        leaf_1(cpu, l);
        break;
    case 2: /* descriptors of caches */
        if (cpu->cache_info_passthrough) {
            host_cpuid(2, 0, &l->eax, &l->ebx, &l->ecx, &l->edx);
        } else {
            *l = (Leaf){ 1, 0, cpu->enable_l3_cache ? 0x4d : 0, 0x2c307d };
        }
        break;
    case 4:
        leaf_caches(cpu, count, l);
        break;
    case 5:
        l->ecx = CPUID_MWAIT_EMX | CPUID_MWAIT_IBE;
        break;
    case 6:
        l->eax = env->features[FEAT_6_EAX];
        break;
    case 7:
        leaf_7(env, count, l);
        break;
    case 0xa:
        if (cpu->enable_pmu && kvm_enabled()) {
            l->eax = kvm_arch_get_supported_cpuid(kvm_state, 0xa, 0, R_EAX);
            l->ebx = kvm_arch_get_supported_cpuid(kvm_state, 0xa, 0, R_EBX);
            l->ecx = kvm_arch_get_supported_cpuid(kvm_state, 0xa, 0, R_ECX);
            l->edx = kvm_arch_get_supported_cpuid(kvm_state, 0xa, 0, R_EDX);
        }
        break;
    case 0xb:
        if (cpu->enable_cpuid_0xb) {
            leaf_topology(env, count, false, l);
        }
        break;
    case 0x1f:
        if (env->topo_info.dies_per_pkg > 1 ||
            env->topo_info.modules_per_die > 1) {
            leaf_topology(env, count, true, l);
        }
        break;
    case 0xd:
        leaf_xsave(env, count, l);
        break;
    }
}

/* ---- leaves from 0x80000000 on ------------------------------------------- */

static void leaf_address_sizes(X86CPU *cpu, Leaf *l)
{
    CPUX86State *env = &cpu->env;
    uint32_t threads = threads_of_package(env);

    l->eax = cpu->phys_bits;
    if (env->features[FEAT_8000_0001_EDX] & CPUID_EXT2_LM) {
        l->eax |= (env->features[FEAT_7_0_ECX] & CPUID_7_0_ECX_LA57 ? 57 : 48)
                  << 8;
        l->eax |= cpu->guest_phys_bits << 16;
    }
    l->ebx = env->features[FEAT_8000_0008_EBX];
    if (threads > 1) {
        l->ecx = apicid_pkg_offset(&env->topo_info) << 12 | (threads - 1);
    }
}

static void extended_leaf(X86CPU *cpu, uint32_t index, Leaf *l)
{
    CPUX86State *env = &cpu->env;

    switch (index) {
    case 0x80000000:
        *l = (Leaf){ env->cpuid_xlevel, env->cpuid_vendor1, env->cpuid_vendor3,
                     env->cpuid_vendor2 };
        break;
    case 0x80000001:
        l->eax = env->cpuid_version;
        l->ecx = env->features[FEAT_8000_0001_ECX];
        l->edx = env->features[FEAT_8000_0001_EDX];
        if (threads_of_package(env) > 1 && !IS_INTEL_CPU(env)) {
            l->ecx |= CPUID_EXT3_CMP_LEG;
        }
        break;
    case 0x80000002 ... 0x80000004: {
        const uint32_t *name = &env->cpuid_model[(index - 0x80000002) * 4];

        *l = (Leaf){ name[0], name[1], name[2], name[3] };
        break;
    }
    case 0x80000005: /* TLBs, and AMD's caches of the first level */
        *l = (Leaf){ 0x01ff01ff, 0x01ff01ff, 0x40020140, 0x40020140 };
        break;
    case 0x80000006:
        *l = (Leaf){ 0, 0x42004200, 0x02008140, 0 };
        break;
    case 0x80000007:
        l->ebx = env->features[FEAT_8000_0007_EBX];
        l->edx = env->features[FEAT_8000_0007_EDX];
        break;
    case 0x80000008:
        leaf_address_sizes(cpu, l);
        break;
    case 0x8000000a:
        if (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM) {
            *l = (Leaf){ 1, 0x10, 0, env->features[FEAT_SVM] };
        }
        break;
    case 0x8000001e:
        if (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_TOPOEXT) {
            l->eax = cpu->apic_id;
            l->ebx = (threads_of_core(env) - 1) << 8 |
                     cpu->apic_id >> apicid_core_offset(&env->topo_info);
        }
        break;
    case 0x80000021:
        l->eax = env->features[FEAT_8000_0021_EAX];
        l->ebx = env->features[FEAT_8000_0021_EBX];
        break;
    case 0x80000022:
        l->eax = env->features[FEAT_8000_0022_EAX];
        break;
    case 0xc0000000:
        l->eax = env->cpuid_xlevel2;
        break;
    case 0xc0000001:
        l->edx = env->features[FEAT_C000_0001_EDX];
        break;
    }
}

void cpu_x86_cpuid(CPUX86State *env, uint32_t index, uint32_t count,
                   uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
    X86CPU *cpu = env_archcpu(env);
    Leaf l = { 0 };
    uint32_t limit = index >= 0xc0000000   ? env->cpuid_xlevel2
                     : index >= 0x80000000 ? env->cpuid_xlevel
                                           : env->cpuid_level;

    /* Beyond the end stands the last basic leaf (Intel). */
    if (index > limit && (index < 0x40000000 || index >= 0x80000000)) {
        index = env->cpuid_level;
    }
    if (index >= 0x80000000) {
        extended_leaf(cpu, index, &l);
    } else {
        basic_leaf(cpu, index, count, &l);
    }
    *eax = l.eax;
    *ebx = l.ebx;
    *ecx = l.ecx;
    *edx = l.edx;
}
