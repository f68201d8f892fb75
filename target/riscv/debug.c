/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger module: mcontrol and mcontrol6 triggers that match an address
 * and raise a breakpoint before the access.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "qemu/log.h"

/* ---- registers ----------------------------------------------------------- */

static trigger_type_t type_of(target_ulong tdata1)
{
    return extract64(tdata1, 60, 4);
}

static bool is_supported(trigger_type_t type)
{
    return type == TRIGGER_TYPE_AD_MATCH || type == TRIGGER_TYPE_AD_MATCH6;
}

bool tdata_available(CPURISCVState *env, int tdata_index)
{
    return tdata_index >= 0 && tdata_index < TDATA_NUM;
}

target_ulong tselect_csr_read(CPURISCVState *env)
{
    return env->trigger_cur;
}

void tselect_csr_write(CPURISCVState *env, target_ulong val)
{
    if (val < RV_MAX_TRIGGERS) {
        env->trigger_cur = val;
    }
}

target_ulong tinfo_csr_read(CPURISCVState *env)
{
    return BIT(TRIGGER_TYPE_AD_MATCH) | BIT(TRIGGER_TYPE_AD_MATCH6);
}

target_ulong tdata_csr_read(CPURISCVState *env, int tdata_index)
{
    int current = env->trigger_cur;

    switch (tdata_index) {
    case TDATA1:
        return env->tdata1[current];
    case TDATA2:
        return env->tdata2[current];
    default:
        return env->tdata3[current];
    }
}

/* The field size: of mcontrol it is in two pieces. In bytes, 0: any. */
static int size_field(target_ulong tdata1)
{
    if (type_of(tdata1) == TRIGGER_TYPE_AD_MATCH) {
        return extract64(tdata1, 21, 2) << 2 | extract64(tdata1, 16, 2);
    }
    return extract64(tdata1, 16, 4);
}

static int trigger_size(target_ulong tdata1)
{
    switch (size_field(tdata1)) {
    case SIZE_1B:
        return 1;
    case SIZE_2B:
        return 2;
    case SIZE_4B:
        return 4;
    case SIZE_8B:
        return 8;
    case SIZE_ANY:
        return 0;
    default:
        return -1;
    }
}

/* What tdata1 becomes when @val is written: equal match, breakpoint, early. */
static target_ulong legal_tdata1(target_ulong val)
{
    trigger_type_t type = type_of(val);
    target_ulong mask;

    if (!is_supported(type)) {
        qemu_log_mask(LOG_UNIMP, "trigger type: %d is not supported\n", type);
        return RV64_TYPE(TRIGGER_TYPE_AD_MATCH);
    }
    if (type == TRIGGER_TYPE_AD_MATCH) {
        mask =
            TYPE2_LOAD | TYPE2_STORE | TYPE2_EXEC | TYPE2_U | TYPE2_S | TYPE2_M;
        if (trigger_size(val) >= 0) {
            mask |= TYPE2_SIZELO | TYPE2_SIZEHI;
        }
    } else {
        mask =
            TYPE6_LOAD | TYPE6_STORE | TYPE6_EXEC | TYPE6_U | TYPE6_S | TYPE6_M;
        if (trigger_size(val) >= 0) {
            mask |= TYPE6_SIZE;
        }
    }
    return RV64_TYPE(type) | (val & mask);
}

static target_ulong legal_tdata3(target_ulong val)
{
    target_ulong select = get_field(val, TEXTRA64_MHSELECT);
    target_ulong legal = val & TEXTRA64_MHVALUE;

    /* Of the selections by M level's context only 0 and 4 exist. */
    return set_field(legal, TEXTRA64_MHSELECT,
                     select < MHSELECT_MCONTEXT ? MHSELECT_IGNORE
                                                : MHSELECT_MCONTEXT);
}

/* ---- break- and watchpoints of the engine -------------------------------- */

static void remove_points(CPURISCVState *env, int index)
{
    CPUState *cs = env_cpu(env);

    if (env->cpu_breakpoint[index]) {
        cpu_breakpoint_remove_by_ref(cs, env->cpu_breakpoint[index]);
        env->cpu_breakpoint[index] = NULL;
    }
    if (env->cpu_watchpoint[index]) {
        cpu_watchpoint_remove_by_ref(cs, env->cpu_watchpoint[index]);
        env->cpu_watchpoint[index] = NULL;
    }
}

/* The bits for levels and accesses are at the same places in both types. */
static void insert_points(CPURISCVState *env, int index)
{
    target_ulong control = env->tdata1[index], addr = env->tdata2[index];
    CPUState *cs = env_cpu(env);
    int flags = BP_CPU | BP_STOP_BEFORE_ACCESS;
    int size = trigger_size(control);

    if (!(control & (TYPE2_U | TYPE2_S | TYPE2_M))) {
        return;
    }
    if (control & TYPE2_EXEC) {
        cpu_breakpoint_insert(cs, addr, flags, &env->cpu_breakpoint[index]);
    }
    flags |= control & TYPE2_LOAD ? BP_MEM_READ : 0;
    flags |= control & TYPE2_STORE ? BP_MEM_WRITE : 0;
    if (flags & BP_MEM_ACCESS) {
        size = size > 0 ? size : 8;
        if (addr + size - 1 < addr) {
            size = 1;
        }
        cpu_watchpoint_insert(cs, addr, size, flags,
                              &env->cpu_watchpoint[index]);
    }
}

void tdata_csr_write(CPURISCVState *env, int tdata_index, target_ulong val)
{
    int current = env->trigger_cur;

    switch (tdata_index) {
    case TDATA1:
        env->tdata1[current] = legal_tdata1(val);
        break;
    case TDATA2:
        env->tdata2[current] = val;
        break;
    default:
        env->tdata3[current] = legal_tdata3(val);
        return;
    }
    remove_points(env, current);
    insert_points(env, current);
}

/* ---- hits ---------------------------------------------------------------- */

/* Whether the trigger counts in the hart's level and context. */
static bool is_active(CPURISCVState *env, int index)
{
    target_ulong select = get_field(env->tdata3[index], TEXTRA64_MHSELECT);

    if (!((env->tdata1[index] >> 3) & BIT(env->priv))) {
        return false;
    }
    return select == MHSELECT_IGNORE ||
           get_field(env->tdata3[index], TEXTRA64_MHVALUE) == env->mcontext;
}

bool riscv_cpu_debug_check_breakpoint(CPUState *cs)
{
    CPURISCVState *env = cpu_env(cs);

    for (int i = 0; i < RV_MAX_TRIGGERS; i++) {
        if (env->cpu_breakpoint[i] && env->tdata2[i] == env->pc &&
            is_active(env, i)) {
            env->badaddr = env->pc;
            return true;
        }
    }
    return false;
}

bool riscv_cpu_debug_check_watchpoint(CPUState *cs, CPUWatchpoint *wp)
{
    CPURISCVState *env = cpu_env(cs);

    for (int i = 0; i < RV_MAX_TRIGGERS; i++) {
        if (env->cpu_watchpoint[i] == wp && is_active(env, i)) {
            return true;
        }
    }
    return false;
}

void riscv_cpu_debug_excp_handler(CPUState *cs)
{
    CPURISCVState *env = cpu_env(cs);

    if (cs->watchpoint_hit ? cs->watchpoint_hit->flags & BP_CPU
                           : cpu_breakpoint_test(cs, env->pc, BP_CPU)) {
        riscv_raise_exception(env, RISCV_EXCP_BREAKPOINT, 0);
    }
}

/* ---- life ---------------------------------------------------------------- */

void riscv_trigger_realize(CPURISCVState *env)
{
}

void riscv_trigger_reset_hold(CPURISCVState *env)
{
    for (int i = 0; i < RV_MAX_TRIGGERS; i++) {
        remove_points(env, i);
        env->tdata1[i] = RV64_TYPE(TRIGGER_TYPE_AD_MATCH);
        env->tdata2[i] = 0;
        env->tdata3[i] = 0;
    }
    env->trigger_cur = 0;
    env->mcontext = 0;
}

void riscv_trigger_post_load(CPURISCVState *env)
{
    for (int i = 0; i < RV_MAX_TRIGGERS; i++) {
        remove_points(env, i);
        insert_points(env, i);
    }
}
