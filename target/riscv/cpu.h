/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A 64-bit RISC-V hart.
 *
 * RISCVCPU is the QOM object: a CPUState, then the architectural state
 * (CPURISCVState, "env"), then the configuration (cpu_cfg.h), which is fixed
 * once the CPU is realized. The engine (accel/soft) runs the instructions of
 * insns/ on env; here are the parts it calls: mmu.c and pmp.c translate
 * addresses, trap.c takes exceptions and interrupts, csr*.c are the CSRs,
 * soft-ops.c ties them to the engine.
 *
 * env belongs to the thread of its hart. Other threads may only change it
 * while the hart is stopped, or through the functions that say so
 * (riscv_cpu_update_mip()).
 */
#ifndef RISCV_CPU_H
#define RISCV_CPU_H

#include "cpu-param.h"
#include "hw/core/cpu.h"
#include "hw/registerfields.h"
#include "hw/qdev-properties.h"
#include "exec/cpu-common.h"
#include "exec/cpu-defs.h"
#include "exec/gdbstub.h"
#include "qemu/cpu-float.h"
#include "qemu/int128.h"
#include "qemu/timer.h"
#include "qom/object.h"
#include "cpu_bits.h"
#include "cpu_cfg.h"
#include "qapi/qapi-types-common.h"
#include "cpu-qom.h"

typedef struct CPUArchState CPURISCVState;

#define CPU_RESOLVING_TYPE  TYPE_RISCV_CPU
#define TYPE_RISCV_CPU_BASE TYPE_RISCV_CPU_BASE64

/* ---- extensions ---------------------------------------------------------- */

/* The bit of a single-letter extension in misa. */
#define RV(x) ((target_ulong)1 << (x - 'A'))

#define RVA RV('A')
#define RVB RV('B')
#define RVC RV('C')
#define RVD RV('D')
#define RVE RV('E')
#define RVF RV('F')
#define RVG RV('G')
#define RVH RV('H')
#define RVI RV('I')
#define RVM RV('M')
#define RVS RV('S')
#define RVU RV('U')
#define RVV RV('V')
#define RVX RV('X')

/* All RV* that have a property, 0 at the end; a letter; what it stands for. */
extern const uint32_t misa_bits[];
const char *riscv_get_misa_ext_name(uint32_t bit);
const char *riscv_get_misa_ext_description(uint32_t bit);

/* An extension with several letters, by its place in RISCVCPUConfig. */
#define CPU_CFG_OFFSET(_prop) offsetof(struct RISCVCPUConfig, _prop)
#define ENV_CSR_OFFSET(_csr)  offsetof(CPURISCVState, _csr)

/*
 * A set of extensions with a name (RVA22S64): what a CPU must have to be
 * called so. @ext_offsets ends with RISCV_PROFILE_EXT_LIST_END; a parent's
 * extensions belong to it too.
 */
typedef struct riscv_cpu_profile {
    const struct riscv_cpu_profile *u_parent;
    const struct riscv_cpu_profile *s_parent;
    const char *name;
    uint32_t misa_ext;
    int priv_spec;
    int satp_mode;
    const int32_t ext_offsets[];
} RISCVCPUProfile;

#define RISCV_PROFILE_EXT_LIST_END (-1)
#define RISCV_PROFILE_ATTR_UNUSED  (-1)

/* All profiles, NULL at the end. */
extern const RISCVCPUProfile *const riscv_profiles[];

/* Versions of the privileged architecture, and their names as a property. */
#define PRIV_VER_1_10_0_STR "v1.10.0"
#define PRIV_VER_1_11_0_STR "v1.11.0"
#define PRIV_VER_1_12_0_STR "v1.12.0"
#define PRIV_VER_1_13_0_STR "v1.13.0"
enum {
    PRIV_VERSION_1_10_0 = 0,
    PRIV_VERSION_1_11_0,
    PRIV_VERSION_1_12_0,
    PRIV_VERSION_1_13_0,

    PRIV_VERSION_LATEST = PRIV_VERSION_1_13_0,
};

/* NULL if there is no such version. */
const char *priv_spec_to_str(int priv_version);

#define VEXT_VERSION_1_00_0 0x00010000
#define VEXT_VER_1_00_0_STR "v1.0"

/* How a translation of an address ends. */
enum {
    TRANSLATE_SUCCESS,
    TRANSLATE_FAIL,         /* the page table says no */
    TRANSLATE_PMP_FAIL,     /* PMP says no, to the walk or to the access */
    TRANSLATE_G_STAGE_FAIL, /* with H only */
    TRANSLATE_PMA_FAIL,     /* a page table that is not RAM */
};

/* mstatus.FS and its kin. */
typedef enum {
    EXT_STATUS_DISABLED = 0,
    EXT_STATUS_INITIAL,
    EXT_STATUS_CLEAN,
    EXT_STATUS_DIRTY,
} RISCVExtStatus;

/* ---- the hart ------------------------------------------------------------ */

#define MMU_USER_IDX 3

#define MAX_RISCV_PMPS 16

#define RV_MAX_MHPMEVENTS   32
#define RV_MAX_MHPMCOUNTERS 32

#include "pmp.h"
#include "debug.h"

/*
 * A counter: its value when it was last written, started or stopped, and how
 * many of its events there had been at that moment (see pmu.c).
 */
typedef struct PMUCTRState {
    target_ulong mhpmcounter_val;
    target_ulong mhpmcounter_prev;
} PMUCTRState;

/* gpr[] has a place to which instructions write when their rd is x0. */
#define RISCV_GPR_SINK 32

/*
 * What QEMU's name has, we have: fields that only H, V or RV32 would use are
 * left out. "Own": not in QEMU.
 */
struct CPUArchState {
    /* gpr[0] is 0 at all times; decoders replace rd 0 by RISCV_GPR_SINK. */
    target_ulong gpr[RISCV_GPR_SINK + 1];
    target_ulong pc;
    uint64_t fpr[32];

    /* The address that LR reserved, or -1; and what it loaded. */
    target_ulong load_res;
    target_ulong load_val;

    target_ulong frm;
    float_status fp_status;
    /* Own: fflags in the migration stream. */
    target_ulong saved_fflags;

    /* Of the exception that is being raised: xtval, and the instruction. */
    target_ulong badaddr;
    target_ulong bins;
    /* As QEMU has it; never true without H. */
    bool two_stage_lookup;
    bool two_stage_indirect_lookup;
    bool virt_enabled;

    target_ulong priv_ver;
    target_ulong vext_ver;

    uint32_t misa_mxl;
    /* The single-letter extensions: now, and those misa could turn on. */
    uint32_t misa_ext;
    uint32_t misa_ext_mask;
    uint32_t xl;

    /* The current privilege level, PRV_*. */
    target_ulong priv;
    uint64_t menvcfg;
    target_ulong senvcfg;

    uint64_t resetvec;
    target_ulong mhartid;

    uint64_t mstatus;

    /*
     * Pending interrupts; other threads change it, under the big lock, with
     * riscv_cpu_update_mip(). SEIP is the OR of two sources, kept apart here.
     */
    uint64_t mip;
    bool external_seip;
    bool software_seip;
    /* MIP_* that a device drives: software cannot write them. */
    uint64_t miclaim;
    uint64_t mie;
    uint64_t mideleg;
    /* Bits of sie that are no alias of mie (mvien set, mideleg clear). */
    uint64_t sie;

    target_ulong satp;
    target_ulong stval;
    target_ulong medeleg;
    target_ulong stvec;
    target_ulong sepc;
    target_ulong scause;
    target_ulong sscratch;
    target_ulong mtvec;
    target_ulong mepc;
    target_ulong mcause;
    target_ulong mtval;
    target_ulong mtval2;
    target_ulong mtinst;
    target_ulong mscratch;

    /* AIA: priorities by interrupt number; see aia.c. */
    uint8_t miprio[64];
    uint8_t siprio[64];
    target_ulong miselect;
    target_ulong siselect;
    uint64_t mvien;
    uint64_t mvip;
    target_ulong geilen;

    uint32_t scounteren;
    uint32_t mcounteren;
    uint32_t mcountinhibit;

    /* Counter 0 is mcycle, 2 minstret, 3 and up mhpmcounter. */
    PMUCTRState pmu_ctrs[RV_MAX_MHPMCOUNTERS];
    target_ulong mhpmevent_val[RV_MAX_MHPMEVENTS];
    /* Own: TLB misses since power-on, by MMUAccessType. */
    uint64_t tlb_misses[3];

    /* Sstc. */
    uint64_t stimecmp;

    pmp_table_t pmp_state;
    target_ulong mseccfg;

    target_ulong trigger_cur;
    target_ulong tdata1[RV_MAX_TRIGGERS];
    target_ulong tdata2[RV_MAX_TRIGGERS];
    target_ulong tdata3[RV_MAX_TRIGGERS];
    target_ulong mcontext;
    struct CPUBreakpoint *cpu_breakpoint[RV_MAX_TRIGGERS];
    struct CPUWatchpoint *cpu_watchpoint[RV_MAX_TRIGGERS];

    /* Set with riscv_cpu_set_rdtime_fn(). */
    uint64_t (*rdtime_fn)(void *);
    void *rdtime_fn_arg;
    /* Own: ticks of time in a second; a board may change it. */
    uint32_t timebase_freq;

/*
 * The indirect registers of an interrupt file, as the callbacks take them in
 * one number: selector, privilege level, virtual?, guest file, XLEN.
 */
#define AIA_MAKE_IREG(__isel, __priv, __virt, __vgein, __xlen)                 \
    ((((__xlen) & 0xff) << 24) | (((__vgein) & 0x3f) << 20) |                  \
     (((__virt) & 0x1) << 18) | (((__priv) & 0x3) << 16) | ((__isel) & 0xffff))
#define AIA_IREG_ISEL(__ireg)  ((__ireg) & 0xffff)
#define AIA_IREG_PRIV(__ireg)  (((__ireg) >> 16) & 0x3)
#define AIA_IREG_VIRT(__ireg)  (((__ireg) >> 18) & 0x1)
#define AIA_IREG_VGEIN(__ireg) (((__ireg) >> 20) & 0x3f)
#define AIA_IREG_XLEN(__ireg)  (((__ireg) >> 24) & 0xff)
    /* Set with riscv_cpu_set_aia_ireg_rmw_fn(), by privilege level. */
    int (*aia_ireg_rmw_fn[4])(void *arg, target_ulong reg, target_ulong *val,
                              target_ulong new_val, target_ulong write_mask);
    void *aia_ireg_rmw_fn_arg[4];


    uint64_t mstateen[SMSTATEEN_MAX_COUNT];
    uint64_t sstateen[SMSTATEEN_MAX_COUNT];

    /* What follows stays as it is when the hart is reset. */
    QEMUTimer *stimer;

    hwaddr kernel_addr;
    hwaddr fdt_addr;
};

struct ArchCPU {
    CPUState parent_obj;

    /* Directly behind CPUState: env_cpu() and env_archcpu() rely on it. */
    CPURISCVState env;

    /* The description of the CSRs for gdb, made at realize. */
    GDBFeature dyn_csr_feature;

    RISCVCPUConfig cfg;

    /* Bit n: counter n can be programmed. */
    uint32_t pmu_avail_ctrs;

    /*
     * Own: the extensions that the user has set, on or off: bits of misa, and
     * a set of offsets in RISCVCPUConfig. What follows from other extensions
     * does not change them.
     */
    uint32_t user_misa;
    GHashTable *user_exts;
    /* Own: bit n: the user has set riscv_profiles[n]; and it is on. */
    uint32_t user_profiles;
    uint32_t profiles;
};

/*
 * @parent_realize, @parent_phases: of the class above.
 * @misa_mxl_max: the register length of the models of this class.
 */
struct RISCVCPUClass {
    CPUClass parent_class;

    DeviceRealize parent_realize;
    ResettablePhases parent_phases;
    RISCVMXL misa_mxl_max;
};

static inline int riscv_has_ext(CPURISCVState *env, target_ulong ext)
{
    return (env->misa_ext & ext) != 0;
}

#include "cpu_user.h"

/* "x0/zero" ..., "f0/ft0" ... */
extern const char *const riscv_int_regnames[];
extern const char *const riscv_fpr_regnames[];

static inline RISCVMXL riscv_cpu_mxl(CPURISCVState *env)
{
    return MXL_RV64;
}
#define riscv_cpu_mxl_bits(env) (1UL << (4 + riscv_cpu_mxl(env)))

static inline const RISCVCPUConfig *riscv_cpu_cfg(CPURISCVState *env)
{
    return &env_archcpu(env)->cfg;
}

/* The privilege level of loads and stores: MPRV lends that of MPP. */
static inline int cpu_address_mode(CPURISCVState *env)
{
    if (env->priv == PRV_M && (env->mstatus & MSTATUS_MPRV)) {
        return get_field(env->mstatus, MSTATUS_MPP);
    }
    return env->priv;
}

/* The register length by mode: always 64. */
static inline RISCVMXL cpu_get_xl(CPURISCVState *env, target_ulong mode)
{
    return MXL_RV64;
}

static inline RISCVMXL cpu_recompute_xl(CPURISCVState *env)
{
    return MXL_RV64;
}

static inline int riscv_cpu_xlen(CPURISCVState *env)
{
    return 64;
}

static inline RISCVMXL riscv_cpu_sxl(CPURISCVState *env)
{
    return MXL_RV64;
}

/* Whether instructions may be 16 bits long, and so begin at any even pc. */
static inline bool riscv_cpu_allow_16bit_insn(const RISCVCPUConfig *cfg,
                                              target_long priv_ver,
                                              uint32_t misa_ext)
{
    return priv_ver >= PRIV_VERSION_1_12_0 ? cfg->ext_zca : misa_ext & RVC;
}

/* ---- traps and interrupts (trap.c) --------------------------------------- */

/* "load_page_fault", "s_timer"; "(unknown)" if there is none. */
const char *riscv_cpu_get_trap_name(target_ulong cause, bool async);
/*
 * Raises a synchronous exception and leaves to the engine's loop. @pc: the
 * host address from which env->pc can be restored, 0 if it is right. xtval is
 * env->badaddr for faults, env->bins for illegal instructions.
 */
G_NORETURN void riscv_raise_exception(CPURISCVState *env,
                                      RISCVException exception, uintptr_t pc);
/* Takes cs->exception_index: a trap into M or S mode. */
void riscv_cpu_do_interrupt(CPUState *cs);
/* Takes the most urgent pending interrupt, if one is enabled: true then. */
bool riscv_cpu_exec_interrupt(CPUState *cs, int interrupt_request);
/* Enters a privilege level. */
void riscv_cpu_set_mode(CPURISCVState *env, target_ulong newpriv, bool virt_en);

/*
 * Sets the bits @mask of mip to @value and tells the hart (CPU_INTERRUPT_HARD)
 * whether any interrupt is pending. Any thread; takes the big lock if the
 * caller does not have it. Returns mip as it was.
 */
uint64_t riscv_cpu_update_mip(CPURISCVState *env, uint64_t mask,
                              uint64_t value);
#define BOOL_TO_MASK(x) (-!!(x))
/* Recomputes CPU_INTERRUPT_HARD from mip. With the big lock. */
void riscv_cpu_interrupt(CPURISCVState *env);
/*
 * A device will drive the bits @interrupts of mip, which software then cannot
 * write. -1 if one has another driver.
 */
int riscv_cpu_claim_interrupts(RISCVCPU *cpu, uint64_t interrupts);
/* Resumable NMIs are not implemented: does nothing. */
void riscv_cpu_set_rnmi(RISCVCPU *cpu, uint32_t irq, bool level);
/* mip with what AIA adds: everything that is pending at any level. */
uint64_t riscv_cpu_all_pending(CPURISCVState *env);
/* The most urgent interrupt that is pending for the level, 0 if none. */
int riscv_cpu_mirq_pending(CPURISCVState *env);
int riscv_cpu_sirq_pending(CPURISCVState *env);
/* Default order of major interrupts, AIA 4.2: smaller is more urgent. */
uint8_t riscv_cpu_default_priority(int irq);

bool riscv_cpu_fp_enabled(CPURISCVState *env);
target_ulong riscv_cpu_get_geilen(CPURISCVState *env);
void riscv_cpu_set_geilen(CPURISCVState *env, target_ulong geilen);

/*
 * time: @fn(@arg) is its value, any thread. Without it there is no time CSR
 * (an access is an illegal instruction).
 */
void riscv_cpu_set_rdtime_fn(CPURISCVState *env, uint64_t (*fn)(void *),
                             void *arg);
/*
 * An interrupt file of privilege level @priv (an IMSIC): mireg, sireg, mtopei,
 * stopei go to @rmw_fn, with AIA_MAKE_IREG() as @reg. It returns 0, or another
 * number if there is no such register. @val may be NULL.
 */
void riscv_cpu_set_aia_ireg_rmw_fn(CPURISCVState *env, uint32_t priv,
                                   int (*rmw_fn)(void *arg, target_ulong reg,
                                                 target_ulong *val,
                                                 target_ulong new_val,
                                                 target_ulong write_mask),
                                   void *rmw_fn_arg);

/* ---- addresses (mmu.c) --------------------------------------------------- */

/* The MMU index (internals.h) of fetches or of loads and stores, now. */
int riscv_env_mmu_index(CPURISCVState *env, bool ifetch);
/* Whether the hart's loads and stores are translated now. */
bool riscv_cpu_virt_mem_enabled(CPURISCVState *env);
/*
 * The engine's question: enters the page of @address into the TLB, or raises
 * the exception (returns false if @probe).
 */
bool riscv_cpu_tlb_fill(CPUState *cs, vaddr address, int size,
                        MMUAccessType access_type, int mmu_idx, bool probe,
                        uintptr_t retaddr);
G_NORETURN void riscv_cpu_do_unaligned_access(CPUState *cs, vaddr addr,
                                              MMUAccessType access_type,
                                              int mmu_idx, uintptr_t retaddr);
/* The access went to nothing, or to a device that refused it. */
void riscv_cpu_do_transaction_failed(CPUState *cs, hwaddr physaddr, vaddr addr,
                                     unsigned size, MMUAccessType access_type,
                                     int mmu_idx, MemTxAttrs attrs,
                                     MemTxResult response, uintptr_t retaddr);
/*
 * The physical page of @addr for a debugger, which neither faults nor sets
 * accessed bits; -1 if there is none.
 */
hwaddr riscv_cpu_get_phys_page_debug(CPUState *cpu, vaddr addr);

/* ---- the configuration (cpu.c, cpu-features.c, cpu-isa.c) ---------------- */

/* "rv64imafdch_zicsr...", to be freed. */
char *riscv_isa_string(RISCVCPU *cpu);
/* Adds riscv,isa, riscv,isa-base and riscv,isa-extensions to a node. */
void riscv_isa_write_fdt(RISCVCPU *cpu, void *fdt, char *nodename);
int riscv_cpu_max_xlen(RISCVCPUClass *mcc);
bool riscv_cpu_is_32bit(RISCVCPU *cpu);
/* The model's name without the suffix; to be freed. */
char *riscv_cpu_get_name(RISCVCPU *cpu);
bool riscv_cpu_is_vendor(Object *cpu_obj);
/* Extensions by offset: is it on; turn it on or off (before realize). */
bool isa_ext_is_enabled(RISCVCPU *cpu, uint32_t ext_offset);
void isa_ext_update_enabled(RISCVCPU *cpu, uint32_t ext_offset, bool en);
/* Sets misa_ext and misa_ext_mask. */
void riscv_cpu_set_misa_ext(CPURISCVState *env, uint32_t ext);
/* Adds the properties to a CPU that is being made; drops what they need. */
void riscv_cpu_add_feature_properties(RISCVCPU *cpu);
void riscv_cpu_free_features(RISCVCPU *cpu);
/* The last checks of a configuration; settles what follows from what. */
void riscv_cpu_finalize_features(RISCVCPU *cpu, Error **errp);
/* The model has these satp modes; the user can take some away. */
void riscv_cpu_set_satp_supported(RISCVCPU *cpu, int largest);
void riscv_add_satp_mode_properties(Object *obj);
/* All extensions that we implement: the model max. */
void riscv_cpu_enable_all(RISCVCPU *cpu);
/* As if the user had asked for the profile. */
void riscv_cpu_enable_profile(RISCVCPU *cpu, const char *name);
/* The largest mode in a map; its name ("sv39"). */
uint8_t satp_mode_max_from_map(uint32_t map);
const char *satp_mode_str(uint8_t satp_mode, bool is_32_bit);
/* By VM_1_10_*: modes that satp.MODE can have. */
extern const bool valid_vm_1_10_32[], valid_vm_1_10_64[];

/* One extension: property, offset in RISCVCPUConfig, on in rv64? */
typedef struct RISCVCPUMultiExtConfig {
    const char *name;
    uint32_t offset;
    bool enabled;
    /* Own: we do not have it; its property can only be off. */
    bool missing;
} RISCVCPUMultiExtConfig;

/* NULL name at the end. */
extern const RISCVCPUMultiExtConfig riscv_cpu_extensions[];
extern const RISCVCPUMultiExtConfig riscv_cpu_named_features[];

/* One extension as the device tree names it; which version introduced it. */
typedef struct isa_ext_data {
    const char *name;
    int min_version;
    int ext_enable_offset;
} RISCVIsaExtData;
/* In the order of the ISA string; NULL name at the end. */
extern const RISCVIsaExtData isa_edata_arr[];

/* ---- control and status registers (csr*.c) ------------------------------- */

/*
 * Reads CSR @csrno into *@ret_value (NULL: no read takes place), then replaces
 * the bits @write_mask by those of @new_value (0: no write takes place).
 * Returns RISCV_EXCP_NONE or the exception to raise: nothing has changed then.
 */
RISCVException riscv_csrrw(CPURISCVState *env, int csrno,
                           target_ulong *ret_value, target_ulong new_value,
                           target_ulong write_mask);
/* Reads a CSR: CSRRS and CSRRC without a source, which do not write. */
RISCVException riscv_csrr(CPURISCVState *env, int csrno,
                          target_ulong *ret_value);
/* The same for a debugger: any privilege level, and @write_mask may be 0. */
RISCVException riscv_csrrw_debug(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask);

static inline void riscv_csr_write(CPURISCVState *env, int csrno,
                                   target_ulong val)
{
    riscv_csrrw(env, csrno, NULL, val, -1);
}

static inline target_ulong riscv_csr_read(CPURISCVState *env, int csrno)
{
    target_ulong val = 0;

    riscv_csrr(env, csrno, &val);
    return val;
}

typedef RISCVException (*riscv_csr_predicate_fn)(CPURISCVState *env,
                                                 int csrno);
typedef RISCVException (*riscv_csr_read_fn)(CPURISCVState *env, int csrno,
                                            target_ulong *ret_value);
typedef RISCVException (*riscv_csr_write_fn)(CPURISCVState *env, int csrno,
                                             target_ulong new_value);
typedef RISCVException (*riscv_csr_op_fn)(CPURISCVState *env, int csrno,
                                          target_ulong *ret_value,
                                          target_ulong new_value,
                                          target_ulong write_mask);

/*
 * A CSR: its name, whether it exists here and now beyond what its number says
 * of privilege, and either how to read and write it, or how to do both (@op).
 */
typedef struct {
    const char *name;
    riscv_csr_predicate_fn predicate;
    riscv_csr_read_fn read;
    riscv_csr_write_fn write;
    riscv_csr_op_fn op;
    uint32_t min_priv_ver;
} riscv_csr_operations;

enum {
    CSR_TABLE_SIZE = 0x1000
};

/* By number; no predicate: there is no such CSR. */
extern riscv_csr_operations csr_ops[CSR_TABLE_SIZE];
void riscv_get_csr_ops(int csrno, riscv_csr_operations *ops);
void riscv_set_csr_ops(int csrno, riscv_csr_operations *ops);

/* Whether bit @bit of [ms]stateen @index lets the current level pass. */
RISCVException smstateen_acc_ok(CPURISCVState *env, int index, uint64_t bit);
/* What a read of seed gives; a write chooses nothing. */
target_ulong riscv_new_csr_seed(target_ulong new_value,
                                target_ulong write_mask);

/* fflags as fp_status has them. */
target_ulong riscv_cpu_get_fflags(CPURISCVState *env);
void riscv_cpu_set_fflags(CPURISCVState *env, target_ulong flags);

/* Events of mhpmevent, numbered as the SBI does. */
enum riscv_pmu_event_idx {
    RISCV_PMU_EVENT_HW_CPU_CYCLES = 0x01,
    RISCV_PMU_EVENT_HW_INSTRUCTIONS = 0x02,
    RISCV_PMU_EVENT_CACHE_DTLB_READ_MISS = 0x10019,
    RISCV_PMU_EVENT_CACHE_DTLB_WRITE_MISS = 0x1001B,
    RISCV_PMU_EVENT_CACHE_ITLB_PREFETCH_MISS = 0x10021,
};

/* ---- gdb ----------------------------------------------------------------- */

/* x0..x31, pc; CPUClass's hooks. */
int riscv_cpu_gdb_read_register(CPUState *cpu, GByteArray *buf, int reg);
int riscv_cpu_gdb_write_register(CPUState *cpu, uint8_t *buf, int reg);
/* Registers the floating-point, virtual and CSR features, at realize. */
void riscv_cpu_register_gdb_regs_for_features(CPUState *cs);

#include "exec/cpu-all.h"

#endif
