/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access to control and status registers: does the register exist, may this
 * level touch it, then the read and the write of its row.
 */
#include "qemu/osdep.h"

#include "csr.h"

riscv_csr_operations csr_ops[CSR_TABLE_SIZE];
__thread bool riscv_debugger;
/* For registers that are plain fields: where, in CPURISCVState. */
static uint16_t csr_fields[CSR_TABLE_SIZE];

void riscv_get_csr_ops(int csrno, riscv_csr_operations *ops)
{
    *ops = csr_ops[csrno & (CSR_TABLE_SIZE - 1)];
}

void riscv_set_csr_ops(int csrno, riscv_csr_operations *ops)
{
    csr_ops[csrno & (CSR_TABLE_SIZE - 1)] = *ops;
}

/* ---- predicates and bodies that many share ------------------------------- */

RISCVException riscv_csr_any(CPURISCVState *env, int csrno)
{
    return RISCV_EXCP_NONE;
}

RISCVException riscv_csr_umode(CPURISCVState *env, int csrno)
{
    return riscv_has_ext(env, RVU) ? RISCV_EXCP_NONE : RISCV_EXCP_ILLEGAL_INST;
}

RISCVException riscv_csr_smode(CPURISCVState *env, int csrno)
{
    return riscv_has_ext(env, RVS) ? RISCV_EXCP_NONE : RISCV_EXCP_ILLEGAL_INST;
}

RISCVException smstateen_acc_ok(CPURISCVState *env, int index, uint64_t bit)
{
    bool allowed = true;

    if (env->priv == PRV_M || !riscv_cpu_cfg(env)->ext_smstateen) {
        return RISCV_EXCP_NONE;
    }
    allowed = env->mstateen[index] & bit;
    if (env->priv == PRV_U && riscv_has_ext(env, RVS)) {
        allowed = allowed && (env->sstateen[index] & bit);
    }
    return allowed ? RISCV_EXCP_NONE : RISCV_EXCP_ILLEGAL_INST;
}

RISCVException riscv_csr_read_zero(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = 0;
    return RISCV_EXCP_NONE;
}

RISCVException riscv_csr_write_ignore(CPURISCVState *env, int csrno,
                                      target_ulong val)
{
    return RISCV_EXCP_NONE;
}

static target_ulong *field_of(CPURISCVState *env, int csrno)
{
    return (target_ulong *)((char *)env + csr_fields[csrno]);
}

static RISCVException read_field(CPURISCVState *env, int csrno,
                                 target_ulong *val)
{
    *val = *field_of(env, csrno);
    return RISCV_EXCP_NONE;
}

static RISCVException write_field(CPURISCVState *env, int csrno,
                                  target_ulong val)
{
    *field_of(env, csrno) = val;
    return RISCV_EXCP_NONE;
}

/* ---- the table ----------------------------------------------------------- */

static void enter_row(const RISCVCSRRow *row)
{
    bool plain = !row->read && !row->write && !row->op;

    for (int i = 0; i < MAX(row->count, 1); i++) {
        g_autofree char *name =
            row->count ? g_strdup_printf("%s%d", row->name, row->base + i)
                       : g_strdup(row->name);

        csr_ops[row->csrno + i] = (riscv_csr_operations){
            .name = g_intern_string(name),
            .predicate = row->predicate,
            .read = plain ? read_field : row->read,
            .write = plain ? write_field : row->write,
            .op = row->op,
            .min_priv_ver = row->min_priv_ver,
        };
        csr_fields[row->csrno + i] = row->field;
    }
}

void riscv_csr_init(void)
{
    static const RISCVCSRRow *const tables[] = {
        riscv_csrs_user,     riscv_csrs_supervisor, riscv_csrs_machine,
        riscv_csrs_counters, riscv_csrs_aia,
    };

    for (int i = 0; i < ARRAY_SIZE(tables); i++) {
        for (const RISCVCSRRow *row = tables[i]; row->name; row++) {
            enter_row(row);
        }
    }
}

/* ---- access -------------------------------------------------------------- */

/* The number says which level it is of and whether it can be written (2.1). */
static RISCVException check_access(CPURISCVState *env, int csrno, bool write)
{
    const riscv_csr_operations *ops = &csr_ops[csrno];
    bool read_only = extract32(csrno, 10, 2) == 3;
    unsigned level = extract32(csrno, 8, 2);

    if (!riscv_cpu_cfg(env)->ext_zicsr || !ops->predicate ||
        env->priv_ver < ops->min_priv_ver || (write && read_only) ||
        (env->priv < level && !riscv_debugger)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    return ops->predicate(env, csrno);
}

static RISCVException access_csr(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask)
{
    const riscv_csr_operations *ops = &csr_ops[csrno];
    target_ulong old = 0;
    RISCVException ret;

    if (ops->op) {
        return ops->op(env, csrno, ret_value, new_value, write_mask);
    }
    /*
     * Without @ret_value no read takes place, for its side effects; there are
     * none, but a read may fail where a write does not.
     */
    if (ret_value || (write_mask && write_mask != (target_ulong)-1)) {
        if (!ops->read) {
            return RISCV_EXCP_ILLEGAL_INST;
        }
        ret = ops->read(env, csrno, &old);
        if (ret != RISCV_EXCP_NONE) {
            return ret;
        }
    }
    if (write_mask && ops->write) {
        ret = ops->write(env, csrno,
                         (old & ~write_mask) | (new_value & write_mask));
        if (ret != RISCV_EXCP_NONE) {
            return ret;
        }
    }
    if (ret_value) {
        *ret_value = old;
    }
    return RISCV_EXCP_NONE;
}

RISCVException riscv_csrr(CPURISCVState *env, int csrno,
                          target_ulong *ret_value)
{
    RISCVException ret;

    csrno &= CSR_TABLE_SIZE - 1;
    ret = check_access(env, csrno, false);
    if (ret != RISCV_EXCP_NONE) {
        return ret;
    }
    return access_csr(env, csrno, ret_value, 0, 0);
}

RISCVException riscv_csrrw(CPURISCVState *env, int csrno,
                           target_ulong *ret_value, target_ulong new_value,
                           target_ulong write_mask)
{
    RISCVException ret;

    csrno &= CSR_TABLE_SIZE - 1;
    ret = check_access(env, csrno, true);
    if (ret != RISCV_EXCP_NONE) {
        return ret;
    }
    return access_csr(env, csrno, ret_value, new_value, write_mask);
}

RISCVException riscv_csrrw_debug(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask)
{
    RISCVException ret;

    riscv_debugger = true;
    if (write_mask) {
        ret = riscv_csrrw(env, csrno, ret_value, new_value, write_mask);
    } else {
        ret = riscv_csrr(env, csrno, ret_value);
    }
    riscv_debugger = false;
    return ret;
}
