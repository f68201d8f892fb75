/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger module ("RISC-V Debug Support", Sdtrig): RV_MAX_TRIGGERS
 * triggers that stop at addresses (mcontrol, mcontrol6) and raise a breakpoint
 * exception. tselect chooses the one that tdata1..3 show.
 *
 * An address trigger becomes a breakpoint or watchpoint of the CPU
 * (cpu_breakpoint_insert() with BP_CPU); when the engine reports a hit,
 * riscv_cpu_debug_excp_handler() decides by the hart's mode whether it counts.
 */
#ifndef RISCV_DEBUG_H
#define RISCV_DEBUG_H

#define RV_MAX_TRIGGERS 2

enum {
    TDATA1 = 0,
    TDATA2,
    TDATA3,
    TDATA_NUM
};

/* tdata1.type */
typedef enum {
    TRIGGER_TYPE_NO_EXIST = 0,
    TRIGGER_TYPE_AD_MATCH = 2,
    TRIGGER_TYPE_INST_CNT = 3,
    TRIGGER_TYPE_INT = 4,
    TRIGGER_TYPE_EXCP = 5,
    TRIGGER_TYPE_AD_MATCH6 = 6,
    TRIGGER_TYPE_EXT_SRC = 7,
    TRIGGER_TYPE_UNAVAIL = 15,
    TRIGGER_TYPE_NUM
} trigger_type_t;

/* The field action; only a breakpoint exception is implemented. */
typedef enum {
    DBG_ACTION_NONE = -1,
    DBG_ACTION_BP = 0,
    DBG_ACTION_DBG_MODE,
    DBG_ACTION_TRACE0,
    DBG_ACTION_TRACE1,
    DBG_ACTION_TRACE2,
    DBG_ACTION_TRACE3,
    DBG_ACTION_EXT_DBG0 = 8,
    DBG_ACTION_EXT_DBG1
} trigger_action_t;

/* tdata1 of any type */
#define RV32_TYPE(t)   ((uint32_t)(t) << 28)
#define RV32_TYPE_MASK (0xf << 28)
#define RV32_DMODE     BIT(27)
#define RV32_DATA_MASK 0x7ffffff
#define RV64_TYPE(t)   ((uint64_t)(t) << 60)
#define RV64_TYPE_MASK (0xfULL << 60)
#define RV64_DMODE     BIT_ULL(59)
#define RV64_DATA_MASK 0x7ffffffffffffff

/* mcontrol */
#define TYPE2_LOAD   BIT(0)
#define TYPE2_STORE  BIT(1)
#define TYPE2_EXEC   BIT(2)
#define TYPE2_U      BIT(3)
#define TYPE2_S      BIT(4)
#define TYPE2_M      BIT(6)
#define TYPE2_MATCH  (0xf << 7)
#define TYPE2_CHAIN  BIT(11)
#define TYPE2_ACTION (0xf << 12)
#define TYPE2_SIZELO (0x3 << 16)
#define TYPE2_TIMING BIT(18)
#define TYPE2_SELECT BIT(19)
#define TYPE2_HIT    BIT(20)
#define TYPE2_SIZEHI (0x3 << 21)

/* mcontrol6 */
#define TYPE6_LOAD   BIT(0)
#define TYPE6_STORE  BIT(1)
#define TYPE6_EXEC   BIT(2)
#define TYPE6_U      BIT(3)
#define TYPE6_S      BIT(4)
#define TYPE6_M      BIT(6)
#define TYPE6_MATCH  (0xf << 7)
#define TYPE6_CHAIN  BIT(11)
#define TYPE6_ACTION (0xf << 12)
#define TYPE6_SIZE   (0xf << 16)
#define TYPE6_TIMING BIT(20)
#define TYPE6_SELECT BIT(21)
#define TYPE6_HIT    BIT(22)
#define TYPE6_VU     BIT(23)
#define TYPE6_VS     BIT(24)

/* The size fields */
enum {
    SIZE_ANY = 0,
    SIZE_1B,
    SIZE_2B,
    SIZE_4B,
    SIZE_6B,
    SIZE_8B,
    SIZE_10B,
    SIZE_12B,
    SIZE_14B,
    SIZE_16B,
    SIZE_NUM = 16
};

/* textra.mhselect */
#define MHSELECT_IGNORE   0
#define MHSELECT_MCONTEXT 4

/* The CSRs, of the trigger that tselect chooses. */
bool tdata_available(CPURISCVState *env, int tdata_index);
target_ulong tselect_csr_read(CPURISCVState *env);
void tselect_csr_write(CPURISCVState *env, target_ulong val);
target_ulong tdata_csr_read(CPURISCVState *env, int tdata_index);
void tdata_csr_write(CPURISCVState *env, int tdata_index, target_ulong val);
target_ulong tinfo_csr_read(CPURISCVState *env);

/* Called by the engine: CPUClass's hooks of the same names. */
void riscv_cpu_debug_excp_handler(CPUState *cs);
bool riscv_cpu_debug_check_breakpoint(CPUState *cs);
bool riscv_cpu_debug_check_watchpoint(CPUState *cs, CPUWatchpoint *wp);

void riscv_trigger_realize(CPURISCVState *env);
void riscv_trigger_reset_hold(CPURISCVState *env);
/* After a load of state: makes the break- and watchpoints of the triggers. */
void riscv_trigger_post_load(CPURISCVState *env);

#endif
