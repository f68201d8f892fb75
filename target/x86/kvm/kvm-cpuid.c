/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID under KVM: what the host can give (KVM_GET_SUPPORTED_CPUID, with what
 * it forgets to say), and what a CPU gets (KVM_SET_CPUID2).
 */
#include "qemu/osdep.h"
#include "kvm-internal.h"
#include "qemu/error-report.h"

#define MAX_ENTRIES 256

#define LEAF_KVM          0x40000000
#define LEAF_KVM_FEATURES 0x40000001

/* ---- what the host can give ---------------------------------------------- */

static struct kvm_cpuid2 *supported(KVMState *s)
{
    static struct kvm_cpuid2 *cached;

    for (int max = 64; !cached && max <= 4096; max *= 2) {
        struct kvm_cpuid2 *c =
            g_malloc0(sizeof(*c) + max * sizeof(c->entries[0]));
        int ret;

        c->nent = max;
        ret = kvm_ioctl(s, KVM_GET_SUPPORTED_CPUID, c);
        if (ret == 0) {
            cached = c;
            break;
        }
        g_free(c);
        if (ret != -E2BIG) {
            error_report("KVM_GET_SUPPORTED_CPUID failed: %s", strerror(-ret));
            break;
        }
    }
    return cached;
}

static uint32_t register_of(const struct kvm_cpuid_entry2 *e, int reg)
{
    switch (reg) {
    case R_EAX:
        return e->eax;
    case R_EBX:
        return e->ebx;
    case R_ECX:
        return e->ecx;
    default:
        return e->edx;
    }
}

static uint32_t find(KVMState *s, uint32_t function, uint32_t index, int reg)
{
    struct kvm_cpuid2 *c = supported(s);

    for (uint32_t i = 0; c && i < c->nent; i++) {
        if (c->entries[i].function == function &&
            c->entries[i].index == index) {
            return register_of(&c->entries[i], reg);
        }
    }
    return 0;
}

uint32_t kvm_arch_get_supported_cpuid(KVMState *s, uint32_t function,
                                      uint32_t index, int reg)
{
    uint32_t ret = find(s, function, index, reg);

    if (function == 1 && reg == R_EDX) {
        ret |= CPUID_MTRR | CPUID_PAT | CPUID_MCE | CPUID_MCA;
    } else if (function == 1 && reg == R_ECX) {
        /* The guest is to know; these two depend on more than the host. */
        ret |= CPUID_EXT_HYPERVISOR;
        if (!kvm_irqchip_in_kernel()) {
            ret &= ~(CPUID_EXT_X2APIC | CPUID_EXT_TSC_DEADLINE_TIMER);
        } else if (kvm_check_extension(s, KVM_CAP_TSC_DEADLINE_TIMER)) {
            ret |= CPUID_EXT_TSC_DEADLINE_TIMER;
        }
    } else if (function == 6 && reg == R_EAX) {
        ret |= CPUID_6_EAX_ARAT;
    } else if (function == 0x80000001 && reg == R_EDX) {
        /* AMD repeats those of leaf 1 here. */
        ret |= find(s, 1, 0, R_EDX) & CPUID_EXT2_AMD_ALIASES;
    } else if (function == LEAF_KVM_FEATURES && reg == R_EAX) {
        if (!kvm_irqchip_in_kernel()) {
            ret &=
                ~(CPUID_KVM_PV_UNHALT | CPUID_KVM_PV_EOI | CPUID_KVM_ASYNCPF |
                  CPUID_KVM_ASYNCPF_INT | 1u << KVM_FEATURE_PV_SEND_IPI);
        }
    } else if (function == LEAF_KVM_FEATURES && reg == R_EDX) {
        ret |= CPUID_KVM_HINTS_REALTIME;
    }
    return ret;
}

uint64_t kvm_arch_get_supported_msr_feature(KVMState *s, uint32_t index)
{
    union {
        struct kvm_msrs msrs;
        uint8_t room[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
    } u = { .msrs.nmsrs = 1 };
    int ret;

    if (!kvm_check_extension(s, KVM_CAP_GET_MSR_FEATURES)) {
        return 0;
    }
    u.msrs.entries[0].index = index;
    ret = kvm_ioctl(s, KVM_GET_MSRS, &u.msrs);
    if (ret < 0) {
        warn_report("KVM does not tell which features MSR 0x%x lists: %s; the "
                    "guest gets none of them",
                    index, strerror(-ret));
    }
    return ret == 1 ? u.msrs.entries[0].data : 0;
}

/* ---- what a CPU gets ----------------------------------------------------- */

typedef struct kvm_cpuid2 Entries; /* with room for MAX_ENTRIES */

static struct kvm_cpuid_entry2 *add(X86CPU *cpu, Entries *e, uint32_t leaf,
                                    uint32_t index, bool indexed)
{
    struct kvm_cpuid_entry2 *c;

    if (e->nent == MAX_ENTRIES) {
        return NULL;
    }
    c = &e->entries[e->nent++];
    c->function = leaf;
    c->index = index;
    c->flags = indexed ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0;
    cpu_x86_cpuid(&cpu->env, leaf, index, &c->eax, &c->ebx, &c->ecx, &c->edx);
    return c;
}

static void add_kvm_leaves(X86CPU *cpu, Entries *e)
{
    static const char signature[12] = "KVMKVMKVM";
    struct kvm_cpuid_entry2 *c;

    if (!cpu->expose_kvm) {
        return;
    }
    c = &e->entries[e->nent++];
    *c = (struct kvm_cpuid_entry2){ .function = LEAF_KVM,
                                    .eax = LEAF_KVM_FEATURES };
    memcpy(&c->ebx, &signature[0], 4);
    memcpy(&c->ecx, &signature[4], 4);
    memcpy(&c->edx, &signature[8], 4);
    c = &e->entries[e->nent++];
    *c = (struct kvm_cpuid_entry2){
        .function = LEAF_KVM_FEATURES,
        .eax = cpu->env.features[FEAT_KVM],
        .edx = cpu->env.features[FEAT_KVM_HINTS],
    };
}

/* Whether the part @index of @leaf, which was @c, is the last one. */
static bool last_part(X86CPU *cpu, uint32_t leaf, uint32_t index,
                      const struct kvm_cpuid_entry2 *c)
{
    switch (leaf) {
    case 4:
        return !(c->eax & 31);
    case 7:
        return index >= cpu->env.cpuid_level_func7;
    case 0xb:
    case 0x1f:
        return !(c->ecx & 0xff00);
    case 0xd:
        return index == 62;
    default:
        return true;
    }
}

/* False: there is no room for more. */
static bool add_leaf(X86CPU *cpu, Entries *e, uint32_t leaf)
{
    bool indexed =
        leaf == 4 || leaf == 7 || leaf == 0xb || leaf == 0xd || leaf == 0x1f;

    for (uint32_t index = 0;; index++) {
        struct kvm_cpuid_entry2 *c = add(cpu, e, leaf, index, indexed);

        if (!c || last_part(cpu, leaf, index, c)) {
            return c;
        }
        if (leaf == 0xd && index > 1 && !c->eax) {
            e->nent--; /* no such component */
        }
    }
}

/* From @first to @last, if that is not less. */
static bool add_leaves(X86CPU *cpu, Entries *e, uint32_t first, uint32_t last)
{
    for (uint64_t leaf = first; leaf <= last; leaf++) {
        if (!add_leaf(cpu, e, leaf)) {
            return false;
        }
    }
    return true;
}

/*
 * One that was parked has had it. A kernel may refuse what comes after the first
 * KVM_RUN, even if it is the same.
 */
static int give(X86CPU *cpu, const Entries *e)
{
    static GHashTable *given; /* the vCPU's number: its bytes */
    size_t size = sizeof(*e) + e->nent * sizeof(e->entries[0]);
    gpointer id = GUINT_TO_POINTER(kvm_arch_vcpu_id(CPU(cpu)));
    g_autoptr(GBytes) bytes = g_bytes_new(e, size);
    const GBytes *before;
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_SET_CPUID2, e);

    if (!given) {
        given = g_hash_table_new_full(NULL, NULL, NULL,
                                      (GDestroyNotify)g_bytes_unref);
    }
    before = g_hash_table_lookup(given, id);
    if (ret == -EINVAL && before && g_bytes_equal(before, bytes)) {
        return 0;
    }
    if (ret == 0) {
        g_hash_table_insert(given, id, g_steal_pointer(&bytes));
    }
    return ret;
}

int kvm_x86_set_cpuid(X86CPU *cpu)
{
    g_autofree Entries *e =
        g_malloc0(sizeof(*e) + MAX_ENTRIES * sizeof(e->entries[0]));
    CPUX86State *env = &cpu->env;

    add_kvm_leaves(cpu, e);
    if (!add_leaves(cpu, e, 0, env->cpuid_level) ||
        !add_leaves(cpu, e, 0x80000000, env->cpuid_xlevel) ||
        !add_leaves(cpu, e, 0xc0000000, env->cpuid_xlevel2)) {
        return -E2BIG;
    }
    return give(cpu, e);
}
