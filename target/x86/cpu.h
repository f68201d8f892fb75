/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86-64 CPU, which KVM runs.
 *
 * CPUX86State is the state of the architecture, with QEMU's names for what
 * migrates; while the guest runs it lies in the kernel, and kvm_arch_*()
 * (target/x86/kvm) moves it (cpu_synchronize_state()). X86CPU is the device: a
 * model (cpu-models.c) gives feature words (cpu-features.c), which the user
 * changes by properties and the host filters when the CPU is realized; what
 * CPUID answers follows from them (cpuid.c).
 *
 * There is no engine of ours for this architecture. Functions need the BQL.
 */
#ifndef I386_CPU_H
#define I386_CPU_H

#include "cpu-cpuid.h"
#include "cpu-param.h"
#include "cpu-qom.h"
#include "cpu-regs.h"
#include "exec/cpu-defs.h"
#include "exec/memory.h"
#include "hw/i386/topology.h"
#include "hw/resettable.h"
#include "qapi/qapi-types-common.h"
#include "qemu/bitops.h"
#include "system/runstate.h"

#define I386_ELF_MACHINE  EM_X86_64
#define ELF_MACHINE_UNAME "x86_64"

/* By the numbers that instructions have. */
enum {
    R_EAX, R_ECX, R_EDX, R_EBX, R_ESP, R_EBP, R_ESI, R_EDI,
    R_R8, R_R9, R_R10, R_R11, R_R12, R_R13, R_R14, R_R15,
};
#define CPU_NB_REGS 16

typedef enum X86Seg {
    R_ES, R_CS, R_SS, R_DS, R_FS, R_GS, R_LDTR, R_TR,
} X86Seg;

/* Interrupt requests (CPUState.interrupt_request). */
#define CPU_INTERRUPT_POLL   CPU_INTERRUPT_TGT_EXT_1
#define CPU_INTERRUPT_SMI    CPU_INTERRUPT_TGT_EXT_2
#define CPU_INTERRUPT_NMI    CPU_INTERRUPT_TGT_EXT_3
#define CPU_INTERRUPT_MCE    CPU_INTERRUPT_TGT_EXT_4
#define CPU_INTERRUPT_VIRQ   CPU_INTERRUPT_TGT_INT_0
#define CPU_INTERRUPT_SIPI   CPU_INTERRUPT_TGT_INT_1
#define CPU_INTERRUPT_TPR    CPU_INTERRUPT_TGT_INT_2
#define CPU_INTERRUPT_INIT   CPU_INTERRUPT_RESET

/* ---- features ------------------------------------------------------------ */

/* Registers of 32 bits of CPUID, and MSRs, that list features. */
typedef enum FeatureWord {
    FEAT_1_EDX,
    FEAT_1_ECX,
    FEAT_7_0_EBX,
    FEAT_7_0_ECX,
    FEAT_7_0_EDX,
    FEAT_7_1_EAX,
    FEAT_8000_0001_EDX,
    FEAT_8000_0001_ECX,
    FEAT_8000_0007_EBX,
    FEAT_8000_0007_EDX,
    FEAT_8000_0008_EBX,
    FEAT_8000_0021_EAX,
    FEAT_8000_0021_EBX,
    FEAT_8000_0022_EAX,
    FEAT_C000_0001_EDX,
    FEAT_KVM,       /* 0x40000001 EAX */
    FEAT_KVM_HINTS, /* 0x40000001 EDX */
    FEAT_SVM,       /* 0x8000000A EDX */
    FEAT_XSAVE,     /* 0xD.1 EAX */
    FEAT_6_EAX,
    FEAT_XSAVE_XCR0_LO, /* 0xD.0 EAX */
    FEAT_XSAVE_XCR0_HI, /* 0xD.0 EDX */
    FEAT_ARCH_CAPABILITIES,
    FEAT_CORE_CAPABILITY,
    FEAT_PERF_CAPABILITIES,
    FEAT_VMX_PROCBASED_CTLS,
    FEAT_VMX_SECONDARY_CTLS,
    FEAT_VMX_PINBASED_CTLS,
    FEAT_VMX_EXIT_CTLS,
    FEAT_VMX_ENTRY_CTLS,
    FEAT_VMX_MISC,
    FEAT_VMX_EPT_VPID_CAPS,
    FEAT_VMX_BASIC,
    FEAT_VMX_VMFUNC,
    FEAT_14_0_ECX,
    FEAT_SGX_12_0_EAX,
    FEAT_SGX_12_0_EBX,
    FEAT_SGX_12_1_EAX,
    FEAT_XSAVE_XSS_LO, /* 0xD.1 ECX */
    FEAT_XSAVE_XSS_HI, /* 0xD.1 EDX */
    FEAT_7_1_EDX,
    FEAT_7_2_EDX,
    FEAT_24_0_EBX,
    FEATURE_WORDS,
} FeatureWord;

typedef uint64_t FeatureWordArray[FEATURE_WORDS];

/* ---- the state ----------------------------------------------------------- */

typedef struct SegmentCache {
    uint32_t selector;
    target_ulong base;
    uint32_t limit;
    uint32_t flags; /* the second word of the descriptor: DESC_* */
} SegmentCache;

/* A register of the x87: 80 bits, of which the low 64 are an MMX register. */
typedef struct FPReg {
    uint64_t low;
    uint16_t high;
} FPReg;

typedef union ZMMReg {
    uint8_t b[64];
    uint64_t q[8];
} ZMMReg;
#define ZMM_Q(n) q[n]

typedef struct BNDReg {
    uint64_t lb;
    uint64_t ub;
} BNDReg;

typedef struct BNDCSReg {
    uint64_t cfgu;
    uint64_t sts;
} BNDCSReg;

typedef struct MTRRVar {
    uint64_t base;
    uint64_t mask;
} MTRRVar;

#define NB_OPMASK_REGS     8
#define MAX_FIXED_COUNTERS 3
#define MAX_GP_COUNTERS    (MSR_IA32_PERF_STATUS - MSR_P6_EVNTSEL0)

typedef struct CPUArchState {
    target_ulong regs[CPU_NB_REGS];
    target_ulong eip;
    target_ulong eflags;
    uint32_t hflags;  /* HF_*: follow from the rest, and migrate */
    uint32_t hflags2; /* HF2_* */

    SegmentCache segs[6];
    SegmentCache ldt;
    SegmentCache tr;
    SegmentCache gdt; /* base and limit */
    SegmentCache idt;

    target_ulong cr[5];

    bool pdptrs_valid;
    uint64_t pdptrs[4];
    int32_t a20_mask;

    BNDReg bnd_regs[4];
    BNDCSReg bndcs_regs;
    uint64_t msr_bndcfgs;
    uint64_t efer;

    /* x87 and SIMD */
    unsigned int fpstt; /* the top of the stack */
    uint16_t fpus;
    uint16_t fpuc;
    uint8_t fptags[8]; /* 1: empty */
    FPReg fpregs[8];
    uint16_t fpop;
    uint64_t fpip;
    uint64_t fpdp;
    uint32_t mxcsr;
    ZMMReg xmm_regs[32] QEMU_ALIGNED(16);
    uint64_t opmask_regs[NB_OPMASK_REGS];

    uint32_t sysenter_cs;
    target_ulong sysenter_esp;
    target_ulong sysenter_eip;
    uint64_t star;
    uint64_t vm_hsave;
    target_ulong lstar;
    target_ulong cstar;
    target_ulong fmask;
    target_ulong kernelgsbase;

    uint64_t tsc_adjust;
    uint64_t tsc_deadline;
    uint64_t tsc_aux;

    uint64_t xcr0;

    uint64_t mcg_status;
    uint64_t msr_ia32_misc_enable;
    uint64_t msr_ia32_feature_control;

    uint64_t msr_fixed_ctr_ctrl;
    uint64_t msr_global_ctrl;
    uint64_t msr_global_status;
    uint64_t msr_global_ovf_ctrl;
    uint64_t msr_fixed_counters[MAX_FIXED_COUNTERS];
    uint64_t msr_gp_counters[MAX_GP_COUNTERS];
    uint64_t msr_gp_evtsel[MAX_GP_COUNTERS];

    uint64_t pat;
    uint32_t smbase;
    uint64_t msr_smi_count;

    uint32_t pkru;
    uint32_t pkrs;
    uint32_t tsx_ctrl;

    uint64_t spec_ctrl;
    uint64_t virt_ssbd;

    uint64_t system_time_msr;
    uint64_t wall_clock_msr;
    uint64_t steal_time_msr;
    uint64_t async_pf_en_msr;
    uint64_t async_pf_int_msr;
    uint64_t pv_eoi_en_msr;
    uint64_t poll_control_msr;

    uint64_t msr_hwcr;

    int error_code;
    target_ulong dr[8];

    uint8_t nmi_injected;
    uint8_t nmi_pending;

    /* A reset clears what stands above. */
    struct {} end_reset_fields;

    uint32_t cpuid_level_func7;
    uint32_t cpuid_min_level_func7;
    /* At least what the features need */
    uint32_t cpuid_min_level, cpuid_min_xlevel, cpuid_min_xlevel2;
    /* What CPUID says; UINT32_MAX: by the features */
    uint32_t cpuid_level, cpuid_xlevel, cpuid_xlevel2;
    uint32_t cpuid_vendor1;
    uint32_t cpuid_vendor2;
    uint32_t cpuid_vendor3;
    uint32_t cpuid_version;
    FeatureWordArray features;
    FeatureWordArray user_features; /* what the user has set or cleared */
    uint32_t cpuid_model[12];

    uint64_t mtrr_fixed[11];
    uint64_t mtrr_deftype;
    MTRRVar mtrr_var[MSR_MTRRcap_VCNT];

    /* KVM's events */
    uint32_t mp_state;
    int32_t exception_nr;
    int32_t interrupt_injected;
    uint8_t soft_interrupt;
    uint8_t exception_pending;
    uint8_t exception_injected;
    uint8_t has_error_code;
    uint8_t exception_has_payload;
    uint64_t exception_payload;
    uint8_t triple_fault_pending;
    uint32_t sipi_vector;
    bool tsc_valid;
    int64_t tsc_khz;
    int64_t user_tsc_khz;
    uint64_t tsc;
    void *xsave_buf; /* as KVM_GET_XSAVE2 has it */
    uint32_t xsave_buf_len;

    uint64_t mcg_cap;
    uint64_t mcg_ctl;
    uint64_t mcg_ext_ctl;
    uint64_t mce_banks[MCE_BANKS_DEF * 4];
    uint64_t xstate_bv;

    /* As older streams have them */
    uint16_t fpus_vmstate;
    uint16_t fptag_vmstate;
    uint16_t fpregs_format_vmstate;

    uint64_t xss;
    uint32_t umwait;

    X86CPUTopoInfo topo_info;
} CPUX86State;

/* ---- the device ---------------------------------------------------------- */

struct ArchCPU {
    CPUState parent_obj;

    CPUX86State env;

    uint64_t ucode_rev;
    uint32_t apic_id;

    bool check_cpuid;   /* warn of features that the host does not have */
    bool enforce_cpuid; /* refuse to go on then */
    bool force_features; /* take them as they are */
    bool max_features;  /* all that the host has, but what the user clears */
    bool migratable;    /* of these only those that migrate */
    bool expose_kvm;
    bool legacy_cache;
    bool enable_l3_cache;
    bool cache_info_passthrough;
    bool enable_cpuid_0xb;
    bool enable_pmu;
    bool enable_lmce;
    bool full_cpuid_auto_level;
    bool fill_mtrr_mask;
    bool host_phys_bits;
    bool kvm_pv_enforce_cpuid;
    uint8_t host_phys_bits_limit;
    uint32_t phys_bits; /* 0: what fits */
    uint32_t guest_phys_bits;

    int32_t node_id;
    int32_t socket_id;
    int32_t die_id;
    int32_t module_id;
    int32_t core_id;
    int32_t thread_id;

    DeviceState *apic_state; /* NULL: it is in the kernel, with these: */
    uint64_t apic_base;
    uint8_t cr8;
    uint8_t lapic[1024]; /* KVM_GET_LAPIC */
    struct kvm_msrs *kvm_msr_buf;
    VMChangeStateEntry *vmsentry;
};

typedef struct X86CPUModel X86CPUModel;

struct X86CPUClass {
    CPUClass parent_class;

    const X86CPUModel *model; /* NULL: host, max, base */
    bool host_cpuid_required; /* only with KVM */
    bool max_features;        /* all that the accelerator can do */
    const char *model_description;

    DeviceRealize parent_realize;
    ResettablePhases parent_phases;
};

extern const VMStateDescription vmstate_x86_cpu;

#define IS_VENDOR_(env, name)                                             \
    ((env)->cpuid_vendor1 == CPUID_VENDOR_##name##_1 &&                   \
     (env)->cpuid_vendor2 == CPUID_VENDOR_##name##_2 &&                   \
     (env)->cpuid_vendor3 == CPUID_VENDOR_##name##_3)
#define IS_INTEL_CPU(env) IS_VENDOR_(env, INTEL)
#define IS_AMD_CPU(env)   IS_VENDOR_(env, AMD)

#define UNASSIGNED_APIC_ID 0xFFFFFFFF
#define APIC_DEFAULT_ADDRESS 0xfee00000

/* The privilege level, from the code segment in use. */
static inline int x86_cpl(const CPUX86State *env)
{
    return env->hflags & HF_CPL_MASK;
}

/* hflags from the control registers and segments. */
void x86_update_hflags(CPUX86State *env);
/* Fills in one segment register's cache. */
void cpu_x86_load_seg_cache(CPUX86State *env, X86Seg seg,
                            unsigned int selector, target_ulong base,
                            unsigned int limit, unsigned int flags);

/* ---- CPUID (cpuid.c) ----------------------------------------------------- */

/* What CPUID with EAX @index and ECX @count answers. */
void cpu_x86_cpuid(CPUX86State *env, uint32_t index, uint32_t count,
                   uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx);
/* The host's own answer; zeros where the host is no x86. */
void host_cpuid(uint32_t function, uint32_t count, uint32_t *eax,
                uint32_t *ebx, uint32_t *ecx, uint32_t *edx);
uint32_t host_cpu_phys_bits(void);
/* Twelve characters from three registers; @dst has 13. */
void x86_cpu_vendor_words2str(char *dst, uint32_t vendor1, uint32_t vendor2,
                              uint32_t vendor3);
/* Where XSAVE (not compacted) puts component @index; size 0: unknown. */
void x86_xsave_component(int index, uint32_t *offset, uint32_t *size);

/* ---- features (cpu-features.c) ------------------------------------------- */

/* The features of word @w that the accelerator can give to @cpu. */
uint64_t x86_cpu_get_supported_feature_word(X86CPU *cpu, FeatureWord w);

/* ---- reset and the like -------------------------------------------------- */

/* The one that starts when the machine does. */
static inline bool cpu_is_bsp(X86CPU *cpu)
{
    return cpu->apic_id == 0;
}

/* Takes the vector that the interrupt controllers have for the CPU, -1: none
 * (any more). The board's. */
int cpu_get_pic_interrupt(CPUX86State *env);
hwaddr x86_cpu_get_phys_page_attrs_debug(CPUState *cpu, vaddr addr,
                                         MemTxAttrs *attrs);
void x86_cpu_dump_state(CPUState *cs, FILE *f, int flags);
int x86_cpu_gdb_read_register(CPUState *cpu, GByteArray *buf, int reg);
int x86_cpu_gdb_write_register(CPUState *cpu, uint8_t *buf, int reg);
/* The x87's tags and status word, put together. */
uint16_t x86_fpu_status(const CPUX86State *env);

/* XSAVE's memory image, and the registers in it. */
void x86_cpu_xsave_all_areas(X86CPU *cpu, void *buf, uint32_t buflen);
void x86_cpu_xrstor_all_areas(X86CPU *cpu, const void *buf, uint32_t buflen);

#endif
