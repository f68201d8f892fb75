/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a RISC-V CPU is made of: one flag per extension, the sizes that are
 * implementation choices, the identity registers.
 *
 * ext_NAME is true while the extension NAME is on. cpu-features.c makes
 * properties of them and checks that they fit together at realize; after
 * that they do not change. A flag of an extension that we do not implement
 * is always false; it is here so that sources written for QEMU compile.
 * The single letter extensions are bits of CPURISCVState.misa_ext.
 */
#ifndef RISCV_CPU_CFG_H
#define RISCV_CPU_CFG_H

/*
 * Modes of satp.MODE as bit numbers. @map: what the CPU has: the highest bit
 * is the largest mode. @init: what the user has set, to on or off.
 * @supported: what the model could have.
 */
typedef struct {
    uint16_t map, init, supported;
} RISCVSATPMap;

struct RISCVCPUConfig {
    /* Integer and bit manipulation. */
    bool ext_zba, ext_zbb, ext_zbc, ext_zbkb, ext_zbkc, ext_zbkx, ext_zbs,
        ext_zicond, ext_zmmul;
    /* Scalar cryptography. */
    bool ext_zk, ext_zkn, ext_zknd, ext_zkne, ext_zknh, ext_zkr, ext_zks,
        ext_zksed, ext_zksh, ext_zkt;
    /* Compressed. */
    bool ext_zca, ext_zcb, ext_zcd, ext_zce, ext_zcf, ext_zcmop, ext_zcmp,
        ext_zcmt;
    /* Atomic memory operations and waiting. */
    bool ext_zaamo, ext_zabha, ext_zacas, ext_zalrsc, ext_zama16b, ext_zawrs,
        ext_ztso;
    /* Floating point; in integer registers: *inx. */
    bool ext_zdinx, ext_zfa, ext_zfbfmin, ext_zfh, ext_zfhmin, ext_zfinx,
        ext_zhinx, ext_zhinxmin;
    /*
     * CSRs, counters, fences, hints, cache blocks, may-be operations,
     * control flow integrity.
     */
    bool ext_zicbom, ext_zicbop, ext_zicboz, ext_zicfilp, ext_zicfiss,
        ext_zicntr, ext_zicsr, ext_zifencei, ext_zihintntl, ext_zihintpause,
        ext_zihpm, ext_zimop;
    /* Vectors. */
    bool ext_zvbb, ext_zvbc, ext_zve32f, ext_zve32x, ext_zve64d, ext_zve64f,
        ext_zve64x, ext_zvfbfmin, ext_zvfbfwma, ext_zvfh, ext_zvfhmin,
        ext_zvkb, ext_zvkg, ext_zvkn, ext_zvknc, ext_zvkned, ext_zvkng,
        ext_zvknha, ext_zvknhb, ext_zvks, ext_zvksc, ext_zvksed, ext_zvksg,
        ext_zvksh, ext_zvkt;
    /* Supervisor level. */
    bool ext_ssaia, ext_ssccfg, ext_sscofpmf, ext_sscsrind, ext_ssctr,
        ext_ssdbltrp, ext_ssnpm, ext_sspm, ext_sstc, ext_supm, ext_svadu,
        ext_svinval, ext_svnapot, ext_svpbmt, ext_svukte, ext_svvptc;
    /* Machine level. */
    bool ext_smaia, ext_smcdeleg, ext_smcntrpmf, ext_smcsrind, ext_smctr,
        ext_smdbltrp, ext_smepmp, ext_smmpm, ext_smnpm, ext_smrnmi,
        ext_smstateen;

    /* Identity registers. */
    uint32_t mvendorid;
    uint64_t marchid;
    uint64_t mimpid;

    /* Features that have a name but are no switch of their own. */
    bool ext_sha, ext_ssstateen, ext_svade, ext_zic64b, ext_ziccrse;
    /* At least that version of the privileged architecture. */
    bool has_priv_1_11, has_priv_1_12, has_priv_1_13;

    /* Extensions of vendors. */
    bool ext_XVentanaCondOps, ext_xtheadba, ext_xtheadbb, ext_xtheadbs,
        ext_xtheadcmo, ext_xtheadcondmov, ext_xtheadfmemidx, ext_xtheadfmv,
        ext_xtheadmac, ext_xtheadmemidx, ext_xtheadmempair, ext_xtheadsync;

    /* Vectors: tails and masked-off elements; how vl is chosen. */
    bool rvv_ta_all_1s, rvv_ma_all_1s, rvv_vl_half_avl;

    /* Bit n: hpmcounter n exists. */
    uint32_t pmu_mask;
    /* In bytes, but elen in bits. */
    uint16_t vlenb, elen;
    uint16_t cbom_blocksize, cbop_blocksize, cboz_blocksize;

    bool mmu;
    bool pmp;
    /* The trigger module. */
    bool debug;
    /* misa may be written. */
    bool misa_w;
    /* riscv,isa without the multi-letter extensions. */
    bool short_isa_string;

    RISCVSATPMap satp_mode;
};

typedef struct RISCVCPUConfig RISCVCPUConfig;

static inline bool always_true_p(const RISCVCPUConfig *cfg)
{
    return true;
}

#endif
