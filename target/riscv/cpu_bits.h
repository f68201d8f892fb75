/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V privileged architecture's numbers: CSRs (in cpu_csrs.h), their
 * fields, traps, interrupts, page table entries. Names and values only; what
 * they do is in csr*.c, trap.c, mmu.c and pmp.c.
 *
 * A field's mask carries its position: get_field(reg, MASK) gives the field's
 * value, set_field(reg, MASK, value) the register with the field replaced.
 * Values are those of "The RISC-V Instruction Set Manual, Volume II", the
 * "Advanced Interrupt Architecture" and the "Debug Support" specifications.
 */
#ifndef TARGET_RISCV_CPU_BITS_H
#define TARGET_RISCV_CPU_BITS_H

#include "cpu_csrs.h"

/* The lowest bit of a contiguous mask, as a factor. */
#define get_field(reg, mask)                                                   \
    (((reg) & (uint64_t)(mask)) / ((mask) & ~((mask) << 1)))
#define set_field(reg, mask, val)                                              \
    (((reg) & ~(uint64_t)(mask)) |                                             \
     (((uint64_t)(val) * ((mask) & ~((mask) << 1))) & (uint64_t)(mask)))

/* Any field of extension status: off, initial, clean, dirty */
#define EXT_STATUS_MASK           0x3ULL

/* fcsr: accrued exceptions and rounding mode */
#define FSR_RD_SHIFT              5
#define FSR_RD                    (0x7 << FSR_RD_SHIFT)
#define FPEXC_NX                  0x01
#define FPEXC_UF                  0x02
#define FPEXC_OF                  0x04
#define FPEXC_DZ                  0x08
#define FPEXC_NV                  0x10
#define FSR_AEXC_SHIFT            0
#define FSR_NVA                   (FPEXC_NV << FSR_AEXC_SHIFT)
#define FSR_OFA                   (FPEXC_OF << FSR_AEXC_SHIFT)
#define FSR_UFA                   (FPEXC_UF << FSR_AEXC_SHIFT)
#define FSR_DZA                   (FPEXC_DZ << FSR_AEXC_SHIFT)
#define FSR_NXA                   (FPEXC_NX << FSR_AEXC_SHIFT)
#define FSR_AEXC \
    (FSR_NVA | FSR_OFA | FSR_UFA | FSR_DZA | FSR_NXA)

/* vcsr */
#define VCSR_VXSAT_SHIFT          0
#define VCSR_VXSAT                (0x1 << VCSR_VXSAT_SHIFT)
#define VCSR_VXRM_SHIFT           1
#define VCSR_VXRM                 (0x3 << VCSR_VXRM_SHIFT)

/* mstateen0..3 and their kin */
#define SMSTATEEN_MAX_COUNT       4
#define SMSTATEEN0_CS             (1ULL << 0)
#define SMSTATEEN0_FCSR           (1ULL << 1)
#define SMSTATEEN0_JVT            (1ULL << 2)
#define SMSTATEEN0_CTR            (1ULL << 54)
#define SMSTATEEN0_P1P13          (1ULL << 56)
#define SMSTATEEN0_HSCONTXT       (1ULL << 57)
#define SMSTATEEN0_IMSIC          (1ULL << 58)
#define SMSTATEEN0_AIA            (1ULL << 59)
#define SMSTATEEN0_SVSLCT         (1ULL << 60)
#define SMSTATEEN0_HSENVCFG       (1ULL << 62)
#define SMSTATEEN_STATEEN         (1ULL << 63)

/* mstatus, sstatus; _64 and _32: of that register length */
#define MSTATUS_UIE               0x00000001
#define MSTATUS_SIE               0x00000002
#define MSTATUS_MIE               0x00000008
#define MSTATUS_UPIE              0x00000010
#define MSTATUS_SPIE              0x00000020
#define MSTATUS_UBE               0x00000040
#define MSTATUS_MPIE              0x00000080
#define MSTATUS_SPP               0x00000100
#define MSTATUS_VS                0x00000600
#define MSTATUS_MPP               0x00001800
#define MSTATUS_FS                0x00006000
#define MSTATUS_XS                0x00018000
#define MSTATUS_MPRV              0x00020000
#define MSTATUS_SUM               0x00040000
#define MSTATUS_MXR               0x00080000
#define MSTATUS_TVM               0x00100000
#define MSTATUS_TW                0x00200000
#define MSTATUS_TSR               0x00400000
#define MSTATUS_SPELP             0x00800000
#define MSTATUS_SDT               0x01000000
#define MSTATUS_MPELP             0x020000000000
#define MSTATUS_GVA               0x4000000000ULL
#define MSTATUS_MPV               0x8000000000ULL
#define MSTATUS_MDT               0x40000000000ULL
#define MSTATUS64_UXL             0x0000000300000000ULL
#define MSTATUS64_SXL             0x0000000C00000000ULL
#define MSTATUS32_SD              0x80000000
#define MSTATUS64_SD              0x8000000000000000ULL
#define MSTATUSH128_SD            0x8000000000000000ULL
#define SSTATUS_UIE               0x00000001
#define SSTATUS_SIE               0x00000002
#define SSTATUS_UPIE              0x00000010
#define SSTATUS_SPIE              0x00000020
#define SSTATUS_SPP               0x00000100
#define SSTATUS_VS                0x00000600
#define SSTATUS_FS                0x00006000
#define SSTATUS_XS                0x00018000
#define SSTATUS_SUM               0x00040000
#define SSTATUS_MXR               0x00080000
#define SSTATUS_SPELP             MSTATUS_SPELP
#define SSTATUS_SDT               MSTATUS_SDT
#define SSTATUS64_UXL             0x0000000300000000ULL
#define SSTATUS32_SD              0x80000000
#define SSTATUS64_SD              0x8000000000000000ULL

/* misa.MXL */
#define MISA32_MXL                0xC0000000
#define MISA64_MXL                0xC000000000000000ULL

/* An encoded register length, as in misa.MXL. */
typedef enum {
    MXL_RV32 = 1,
    MXL_RV64 = 2,
    MXL_RV128 = 3,
} RISCVMXL;

/* hstatus, vsstatus */
#define HSTATUS_VSBE              0x00000020
#define HSTATUS_GVA               0x00000040
#define HSTATUS_SPV               0x00000080
#define HSTATUS_SPVP              0x00000100
#define HSTATUS_HU                0x00000200
#define HSTATUS_VGEIN             0x0003F000
#define HSTATUS_VTVM              0x00100000
#define HSTATUS_VTW               0x00200000
#define HSTATUS_VTSR              0x00400000
#define HSTATUS_HUKTE             0x01000000
#define HSTATUS_VSXL              0x300000000
#define HSTATUS_HUPMM             0x3000000000000
#define HSTATUS32_WPRI            0xFF8FF87E
#define HSTATUS64_WPRI            0xFFFFFFFFFF8FF87EULL
#define VSSTATUS64_UXL            0x0000000300000000ULL

/* mcounteren, scounteren, mcountinhibit (the latter without TM) */
#define COUNTEREN_CY              (1 << 0)
#define COUNTEREN_TM              (1 << 1)
#define COUNTEREN_IR              (1 << 2)
#define COUNTEREN_HPM3            (1 << 3)

/* Privilege levels */
#define PRV_U                     0
#define PRV_S                     1
#define PRV_RESERVED              2
#define PRV_M                     3

/* satp */
#define SATP32_MODE               0x80000000
#define SATP32_ASID               0x7fc00000
#define SATP32_PPN                0x003fffff
#define SATP64_MODE               0xF000000000000000ULL
#define SATP64_ASID               0x0FFFF00000000000ULL
#define SATP64_PPN                0x00000FFFFFFFFFFFULL

/* mnstatus */
#define MNSTATUS_NMIE             0x00000008
#define MNSTATUS_MNPV             0x00000080
#define MNSTATUS_MNPELP           0x00000200
#define MNSTATUS_MNPP             0x00001800

/* satp.MODE, privileged architecture 1.10 and later */
#define VM_1_10_MBARE             0
#define VM_1_10_SV32              1
#define VM_1_10_SV39              8
#define VM_1_10_SV48              9
#define VM_1_10_SV57              10
#define VM_1_10_SV64              11

/* Page table entries */
#define PTE_V                     0x001
#define PTE_R                     0x002
#define PTE_W                     0x004
#define PTE_X                     0x008
#define PTE_U                     0x010
#define PTE_G                     0x020
#define PTE_A                     0x040
#define PTE_D                     0x080
#define PTE_SOFT                  0x300
#define PTE_PBMT                  0x6000000000000000ULL
#define PTE_N                     0x8000000000000000ULL
#define PTE_RESERVED              0x1FC0000000000000ULL
#define PTE_ATTR                  (PTE_N | PTE_PBMT)
#define PTE_PPN_SHIFT             10
#define PTE_PPN_MASK              0x3FFFFFFFFFFC00ULL
#define PGSHIFT                   12

/* Where a hart starts, if its board says nothing */
#define DEFAULT_RSTVEC            0x1000
#define DEFAULT_RNMI_IRQVEC       0x0
#define DEFAULT_RNMI_EXCPVEC      0x0

/* Synchronous exceptions: mcause without its top bit. */
typedef enum RISCVException {
    RISCV_EXCP_NONE = -1, /* no exception: not a cause */
    RISCV_EXCP_INST_ADDR_MIS = 0,
    RISCV_EXCP_INST_ACCESS_FAULT = 1,
    RISCV_EXCP_ILLEGAL_INST = 2,
    RISCV_EXCP_BREAKPOINT = 3,
    RISCV_EXCP_LOAD_ADDR_MIS = 4,
    RISCV_EXCP_LOAD_ACCESS_FAULT = 5,
    RISCV_EXCP_STORE_AMO_ADDR_MIS = 6,
    RISCV_EXCP_STORE_AMO_ACCESS_FAULT = 7,
    RISCV_EXCP_U_ECALL = 8,
    RISCV_EXCP_S_ECALL = 9,
    RISCV_EXCP_VS_ECALL = 10,
    RISCV_EXCP_M_ECALL = 11,
    RISCV_EXCP_INST_PAGE_FAULT = 12,
    RISCV_EXCP_LOAD_PAGE_FAULT = 13,
    RISCV_EXCP_STORE_PAGE_FAULT = 15,
    RISCV_EXCP_DOUBLE_TRAP = 16,
    RISCV_EXCP_SW_CHECK = 18,
    RISCV_EXCP_HW_ERR = 19,
    RISCV_EXCP_INST_GUEST_PAGE_FAULT = 20,
    RISCV_EXCP_LOAD_GUEST_ACCESS_FAULT = 21,
    RISCV_EXCP_VIRT_INSTRUCTION_FAULT = 22,
    RISCV_EXCP_STORE_GUEST_AMO_ACCESS_FAULT = 23,
    RISCV_EXCP_SEMIHOST = 63, /* not architectural */
} RISCVException;

/* xtval of a software check exception (Zicfilp, Zicfiss) */
#define RISCV_EXCP_SW_CHECK_FCFI_TVAL 2
#define RISCV_EXCP_SW_CHECK_BCFI_TVAL 3

/* In CPUState.exception_index: an interrupt, and its number */
#define RISCV_EXCP_INT_FLAG       0x80000000
#define RISCV_EXCP_INT_MASK       0x7fffffff

/* Interrupt numbers; IRQ_LOCAL_*: how many there are */
#define IRQ_U_SOFT                0
#define IRQ_S_SOFT                1
#define IRQ_VS_SOFT               2
#define IRQ_M_SOFT                3
#define IRQ_U_TIMER               4
#define IRQ_S_TIMER               5
#define IRQ_VS_TIMER              6
#define IRQ_M_TIMER               7
#define IRQ_U_EXT                 8
#define IRQ_S_EXT                 9
#define IRQ_VS_EXT                10
#define IRQ_M_EXT                 11
#define IRQ_S_GEXT                12
#define IRQ_PMU_OVF               13
#define IRQ_LOCAL_MAX             64
#define IRQ_LOCAL_GUEST_MAX       (TARGET_LONG_BITS - 1)

/* How many resumable NMIs */
#define RNMI_MAX                  16

/* mip and mie */
#define MIP_USIP                  (1 << IRQ_U_SOFT)
#define MIP_SSIP                  (1 << IRQ_S_SOFT)
#define MIP_VSSIP                 (1 << IRQ_VS_SOFT)
#define MIP_MSIP                  (1 << IRQ_M_SOFT)
#define MIP_UTIP                  (1 << IRQ_U_TIMER)
#define MIP_STIP                  (1 << IRQ_S_TIMER)
#define MIP_VSTIP                 (1 << IRQ_VS_TIMER)
#define MIP_MTIP                  (1 << IRQ_M_TIMER)
#define MIP_UEIP                  (1 << IRQ_U_EXT)
#define MIP_SEIP                  (1 << IRQ_S_EXT)
#define MIP_VSEIP                 (1 << IRQ_VS_EXT)
#define MIP_MEIP                  (1 << IRQ_M_EXT)
#define MIP_SGEIP                 (1 << IRQ_S_GEXT)
#define MIP_LCOFIP                (1 << IRQ_PMU_OVF)
#define SIP_SSIP                  MIP_SSIP
#define SIP_STIP                  MIP_STIP
#define SIP_SEIP                  MIP_SEIP
#define SIP_LCOFIP                MIP_LCOFIP
#define MIE_SEIE                  (1 << IRQ_S_EXT)
#define MIE_UEIE                  (1 << IRQ_U_EXT)
#define MIE_STIE                  (1 << IRQ_S_TIMER)
#define MIE_UTIE                  (1 << IRQ_U_TIMER)
#define MIE_SSIE                  (1 << IRQ_S_SOFT)
#define MIE_USIE                  (1 << IRQ_U_SOFT)
#define MIE_LCOFIE                (1 << IRQ_PMU_OVF)

/* The interrupts of each level */
#define M_MODE_INTERRUPTS         ((uint64_t)(MIP_MSIP | MIP_MTIP | MIP_MEIP))
#define S_MODE_INTERRUPTS         ((uint64_t)(MIP_SSIP | MIP_STIP | MIP_SEIP))
#define VS_MODE_INTERRUPTS \
    (uint64_t)(MIP_VSSIP | MIP_VSTIP | MIP_VSEIP)
#define HS_MODE_INTERRUPTS        ((uint64_t)(MIP_SGEIP | VS_MODE_INTERRUPTS))

/* menvcfg, senvcfg, henvcfg */
#define MENVCFG_FIOM              BIT(0)
#define MENVCFG_LPE               BIT(2)
#define MENVCFG_SSE               BIT(3)
#define MENVCFG_CBIE              (3UL << 4)
#define MENVCFG_CBCFE             BIT(6)
#define MENVCFG_CBZE              BIT(7)
#define MENVCFG_PMM               (3ULL << 32)
#define MENVCFG_DTE               (1ULL << 59)
#define MENVCFG_CDE               (1ULL << 60)
#define MENVCFG_ADUE              (1ULL << 61)
#define MENVCFG_PBMTE             (1ULL << 62)
#define MENVCFG_STCE              (1ULL << 63)
#define MENVCFGH_DTE              BIT(27)
#define MENVCFGH_ADUE             BIT(29)
#define MENVCFGH_PBMTE            BIT(30)
#define MENVCFGH_STCE             BIT(31)
#define SENVCFG_FIOM              MENVCFG_FIOM
#define SENVCFG_LPE               MENVCFG_LPE
#define SENVCFG_SSE               MENVCFG_SSE
#define SENVCFG_CBIE              MENVCFG_CBIE
#define SENVCFG_CBCFE             MENVCFG_CBCFE
#define SENVCFG_CBZE              MENVCFG_CBZE
#define SENVCFG_UKTE              BIT(8)
#define SENVCFG_PMM               MENVCFG_PMM
#define HENVCFG_FIOM              MENVCFG_FIOM
#define HENVCFG_LPE               MENVCFG_LPE
#define HENVCFG_SSE               MENVCFG_SSE
#define HENVCFG_CBIE              MENVCFG_CBIE
#define HENVCFG_CBCFE             MENVCFG_CBCFE
#define HENVCFG_CBZE              MENVCFG_CBZE
#define HENVCFG_PMM               MENVCFG_PMM
#define HENVCFG_DTE               MENVCFG_DTE
#define HENVCFG_ADUE              MENVCFG_ADUE
#define HENVCFG_PBMTE             MENVCFG_PBMTE
#define HENVCFG_STCE              MENVCFG_STCE
#define HENVCFGH_DTE              MENVCFGH_DTE
#define HENVCFGH_ADUE             MENVCFGH_ADUE
#define HENVCFGH_PBMTE            MENVCFGH_PBMTE
#define HENVCFGH_STCE             MENVCFGH_STCE

/* Pointer masking as of its first drafts */
#define XS_OFFSET                 0ULL
#define U_OFFSET                  2ULL
#define S_OFFSET                  5ULL
#define M_OFFSET                  8ULL
#define PM_XS_BITS                (EXT_STATUS_MASK << XS_OFFSET)
#define U_PM_ENABLE               (PM_ENABLE << U_OFFSET)
#define U_PM_CURRENT              (PM_CURRENT << U_OFFSET)
#define U_PM_INSN                 (PM_INSN << U_OFFSET)
#define S_PM_ENABLE               (PM_ENABLE << S_OFFSET)
#define S_PM_CURRENT              (PM_CURRENT << S_OFFSET)
#define S_PM_INSN                 (PM_INSN << S_OFFSET)
#define M_PM_ENABLE               (PM_ENABLE << M_OFFSET)
#define M_PM_CURRENT              (PM_CURRENT << M_OFFSET)
#define M_PM_INSN                 (PM_INSN << M_OFFSET)
#define MMTE_PM_XS_BITS           PM_XS_BITS
#define MMTE_U_PM_ENABLE          U_PM_ENABLE
#define MMTE_U_PM_CURRENT         U_PM_CURRENT
#define MMTE_U_PM_INSN            U_PM_INSN
#define MMTE_S_PM_ENABLE          S_PM_ENABLE
#define MMTE_S_PM_CURRENT         S_PM_CURRENT
#define MMTE_S_PM_INSN            S_PM_INSN
#define MMTE_M_PM_ENABLE          M_PM_ENABLE
#define MMTE_M_PM_CURRENT         M_PM_CURRENT
#define MMTE_M_PM_INSN            M_PM_INSN
#define MMTE_MASK \
    (MMTE_U_PM_ENABLE | MMTE_U_PM_CURRENT | MMTE_U_PM_INSN | \
     MMTE_S_PM_ENABLE | MMTE_S_PM_CURRENT | MMTE_S_PM_INSN | \
     MMTE_M_PM_ENABLE | MMTE_M_PM_CURRENT | MMTE_M_PM_INSN | MMTE_PM_XS_BITS)
#define SMTE_PM_XS_BITS           PM_XS_BITS
#define SMTE_U_PM_ENABLE          U_PM_ENABLE
#define SMTE_U_PM_CURRENT         U_PM_CURRENT
#define SMTE_U_PM_INSN            U_PM_INSN
#define SMTE_S_PM_ENABLE          S_PM_ENABLE
#define SMTE_S_PM_CURRENT         S_PM_CURRENT
#define SMTE_S_PM_INSN            S_PM_INSN
#define SMTE_MASK \
    (SMTE_U_PM_ENABLE | SMTE_U_PM_CURRENT | SMTE_U_PM_INSN | \
     SMTE_S_PM_ENABLE | SMTE_S_PM_CURRENT | SMTE_S_PM_INSN | SMTE_PM_XS_BITS)
#define UMTE_U_PM_ENABLE          U_PM_ENABLE
#define UMTE_U_PM_CURRENT         U_PM_CURRENT
#define UMTE_U_PM_INSN            U_PM_INSN
#define UMTE_MASK \
    (UMTE_U_PM_ENABLE | MMTE_U_PM_CURRENT | UMTE_U_PM_INSN)

/* Control transfer records */
#define XCTRCTL_U                 BIT_ULL(0)
#define XCTRCTL_S                 BIT_ULL(1)
#define XCTRCTL_RASEMU            BIT_ULL(7)
#define XCTRCTL_STE               BIT_ULL(8)
#define XCTRCTL_BPFRZ             BIT_ULL(11)
#define XCTRCTL_LCOFIFRZ          BIT_ULL(12)
#define XCTRCTL_EXCINH            BIT_ULL(33)
#define XCTRCTL_INTRINH           BIT_ULL(34)
#define XCTRCTL_TRETINH           BIT_ULL(35)
#define XCTRCTL_NTBREN            BIT_ULL(36)
#define XCTRCTL_TKBRINH           BIT_ULL(37)
#define XCTRCTL_INDCALLINH        BIT_ULL(40)
#define XCTRCTL_DIRCALLINH        BIT_ULL(41)
#define XCTRCTL_INDJMPINH         BIT_ULL(42)
#define XCTRCTL_DIRJMPINH         BIT_ULL(43)
#define XCTRCTL_CORSWAPINH        BIT_ULL(44)
#define XCTRCTL_RETINH            BIT_ULL(45)
#define XCTRCTL_INDLJMPINH        BIT_ULL(46)
#define XCTRCTL_DIRLJMPINH        BIT_ULL(47)
#define XCTRCTL_MASK \
    (XCTRCTL_U | XCTRCTL_S | XCTRCTL_RASEMU | XCTRCTL_STE | XCTRCTL_BPFRZ | \
     XCTRCTL_LCOFIFRZ | XCTRCTL_EXCINH | XCTRCTL_INTRINH | XCTRCTL_TRETINH | \
     XCTRCTL_NTBREN | XCTRCTL_TKBRINH | XCTRCTL_INDCALLINH | \
     XCTRCTL_DIRCALLINH | XCTRCTL_INDJMPINH | XCTRCTL_DIRJMPINH | \
     XCTRCTL_CORSWAPINH | XCTRCTL_RETINH | XCTRCTL_INDLJMPINH | \
     XCTRCTL_DIRLJMPINH)
#define XCTRCTL_INH_START         32U
#define MCTRCTL_M                 BIT_ULL(2)
#define MCTRCTL_MTE               BIT_ULL(9)
#define MCTRCTL_MASK              (XCTRCTL_MASK | MCTRCTL_M | MCTRCTL_MTE)
#define SCTRCTL_MASK              XCTRCTL_MASK
#define VSCTRCTL_MASK             XCTRCTL_MASK
#define SCTRSTATUS_WRPTR_MASK     0xFF
#define SCTRSTATUS_FROZEN         BIT(31)
#define SCTRSTATUS_MASK           (SCTRSTATUS_WRPTR_MASK | SCTRSTATUS_FROZEN)
#define SCTRDEPTH_MASK            0x7
#define SCTRDEPTH_MIN             0U
#define SCTRDEPTH_MAX             4U
#define CTR_ENTRIES_FIRST         0x200
#define CTR_ENTRIES_LAST          0x2ff
#define CTRSOURCE_VALID           BIT(0)
#define CTRTARGET_MISP            BIT(0)
#define CTRDATA_TYPE_MASK         0xF
#define CTRDATA_CCV               BIT(15)
#define CTRDATA_CCM_MASK          0xFFF0000
#define CTRDATA_CCE_MASK          0xF0000000
#define CTRDATA_MASK \
    (CTRDATA_TYPE_MASK | CTRDATA_CCV | CTRDATA_CCM_MASK | CTRDATA_CCE_MASK)

typedef enum CTRType {
    CTRDATA_TYPE_NONE = 0,
    CTRDATA_TYPE_EXCEPTION = 1,
    CTRDATA_TYPE_INTERRUPT = 2,
    CTRDATA_TYPE_EXCEP_INT_RET = 3,
    CTRDATA_TYPE_NONTAKEN_BRANCH = 4,
    CTRDATA_TYPE_TAKEN_BRANCH = 5,
    CTRDATA_TYPE_RESERVED_0 = 6,
    CTRDATA_TYPE_RESERVED_1 = 7,
    CTRDATA_TYPE_INDIRECT_CALL = 8,
    CTRDATA_TYPE_DIRECT_CALL = 9,
    CTRDATA_TYPE_INDIRECT_JUMP = 10,
    CTRDATA_TYPE_DIRECT_JUMP = 11,
    CTRDATA_TYPE_CO_ROUTINE_SWAP = 12,
    CTRDATA_TYPE_RETURN = 13,
    CTRDATA_TYPE_OTHER_INDIRECT_JUMP = 14,
    CTRDATA_TYPE_OTHER_DIRECT_JUMP = 15,
} CTRType;

/* Indirect registers: what [m|s|vs]iselect selects */
#define ISELECT_IPRIO0            0x30
#define ISELECT_IPRIO15           0x3f
#define ISELECT_IMSIC_EIDELIVERY  0x70
#define ISELECT_IMSIC_EITHRESHOLD 0x72
#define ISELECT_IMSIC_EIP0        0x80
#define ISELECT_IMSIC_EIP63       0xbf
#define ISELECT_IMSIC_EIE0        0xc0
#define ISELECT_IMSIC_EIE63       0xff
#define ISELECT_IMSIC_FIRST       ISELECT_IMSIC_EIDELIVERY
#define ISELECT_IMSIC_LAST        ISELECT_IMSIC_EIE63
#define ISELECT_MASK_AIA          0x1ff
#define ISELECT_CD_FIRST          0x40
#define ISELECT_CD_LAST           0x5f
#define ISELECT_MASK_SXCSRIND     0xfff
#define ISELECT_IMSIC_TOPEI       (ISELECT_MASK_AIA + 1)

/* IMSIC: mtopei and its registers */
#define IMSIC_TOPEI_IID_SHIFT     16
#define IMSIC_TOPEI_IID_MASK      0x7ff
#define IMSIC_TOPEI_IPRIO_MASK    0x7ff
#define IMSIC_EIPx_BITS           32
#define IMSIC_EIEx_BITS           32

/* mtopi, stopi */
#define TOPI_IID_SHIFT            16
#define TOPI_IID_MASK             0xfff
#define TOPI_IPRIO_MASK           0xff

/* Interrupt priorities; smaller numbers come first */
#define IPRIO_IRQ_BITS            8
#define IPRIO_MMAXIPRIO           255
#define IPRIO_DEFAULT_UPPER       4
#define IPRIO_DEFAULT_MIDDLE      (IPRIO_DEFAULT_UPPER + 12)
#define IPRIO_DEFAULT_M           IPRIO_DEFAULT_MIDDLE
#define IPRIO_DEFAULT_S           (IPRIO_DEFAULT_M + 3)
#define IPRIO_DEFAULT_SGEXT       (IPRIO_DEFAULT_S + 3)
#define IPRIO_DEFAULT_VS          (IPRIO_DEFAULT_SGEXT + 1)
#define IPRIO_DEFAULT_LOWER       (IPRIO_DEFAULT_VS + 3)

/* hvictl */
#define HVICTL_VTI                0x40000000
#define HVICTL_IID                0x0fff0000
#define HVICTL_IPRIOM             0x00000100
#define HVICTL_IPRIO              0x000000ff
#define HVICTL_VALID_MASK \
    (HVICTL_VTI | HVICTL_IID | HVICTL_IPRIOM | HVICTL_IPRIO)

/* seed */
#define SEED_OPST                 (0b11 << 30)
#define SEED_OPST_BIST            (0b00 << 30)
#define SEED_OPST_WAIT            (0b01 << 30)
#define SEED_OPST_ES16            (0b10 << 30)
#define SEED_OPST_DEAD            (0b11 << 30)

/* Counters by mode: mcyclecfg, minstretcfg, mhpmevent */
#define MCYCLECFG_BIT_MINH        BIT_ULL(62)
#define MCYCLECFGH_BIT_MINH       BIT(30)
#define MCYCLECFG_BIT_SINH        BIT_ULL(61)
#define MCYCLECFGH_BIT_SINH       BIT(29)
#define MCYCLECFG_BIT_UINH        BIT_ULL(60)
#define MCYCLECFGH_BIT_UINH       BIT(28)
#define MCYCLECFG_BIT_VSINH       BIT_ULL(59)
#define MCYCLECFGH_BIT_VSINH      BIT(27)
#define MCYCLECFG_BIT_VUINH       BIT_ULL(58)
#define MCYCLECFGH_BIT_VUINH      BIT(26)
#define MINSTRETCFG_BIT_MINH      BIT_ULL(62)
#define MINSTRETCFGH_BIT_MINH     BIT(30)
#define MINSTRETCFG_BIT_SINH      BIT_ULL(61)
#define MINSTRETCFGH_BIT_SINH     BIT(29)
#define MINSTRETCFG_BIT_UINH      BIT_ULL(60)
#define MINSTRETCFGH_BIT_UINH     BIT(28)
#define MINSTRETCFG_BIT_VSINH     BIT_ULL(59)
#define MINSTRETCFGH_BIT_VSINH    BIT(27)
#define MINSTRETCFG_BIT_VUINH     BIT_ULL(58)
#define MINSTRETCFGH_BIT_VUINH    BIT(26)
#define MHPMEVENT_BIT_OF          BIT_ULL(63)
#define MHPMEVENTH_BIT_OF         BIT(31)
#define MHPMEVENT_BIT_MINH        BIT_ULL(62)
#define MHPMEVENTH_BIT_MINH       BIT(30)
#define MHPMEVENT_BIT_SINH        BIT_ULL(61)
#define MHPMEVENTH_BIT_SINH       BIT(29)
#define MHPMEVENT_BIT_UINH        BIT_ULL(60)
#define MHPMEVENTH_BIT_UINH       BIT(28)
#define MHPMEVENT_BIT_VSINH       BIT_ULL(59)
#define MHPMEVENTH_BIT_VSINH      BIT(27)
#define MHPMEVENT_BIT_VUINH       BIT_ULL(58)
#define MHPMEVENTH_BIT_VUINH      BIT(26)
#define MHPMEVENT_FILTER_MASK \
    (MHPMEVENT_BIT_MINH | MHPMEVENT_BIT_SINH | MHPMEVENT_BIT_UINH | \
     MHPMEVENT_BIT_VSINH | MHPMEVENT_BIT_VUINH)
#define MHPMEVENTH_FILTER_MASK \
    (MHPMEVENTH_BIT_MINH | MHPMEVENTH_BIT_SINH | MHPMEVENTH_BIT_UINH | \
     MHPMEVENTH_BIT_VSINH | MHPMEVENTH_BIT_VUINH)
#define MHPMEVENT_SSCOF_MASK      MAKE_64BIT_MASK(63, 56)
#define MHPMEVENT_IDX_MASK        (~MHPMEVENT_SSCOF_MASK)

/* A pending resumable NMI, in CPUState.interrupt_request */
#define CPU_INTERRUPT_RNMI        CPU_INTERRUPT_TGT_EXT_0

/* jvt */
#define JVT_MODE                  0x3F
#define JVT_BASE                  (~0x3F)

/* textra, mcontext */
#define TEXTRA32_MHVALUE          0xFC000000
#define TEXTRA32_MHSELECT         0x03800000
#define TEXTRA32_SBYTEMASK        0x000C0000
#define TEXTRA32_SVALUE           0x0003FFFC
#define TEXTRA32_SSELECT          0x00000003
#define TEXTRA64_MHVALUE          0xFFF8000000000000ULL
#define TEXTRA64_MHSELECT         0x0007000000000000ULL
#define TEXTRA64_SBYTEMASK        0x000000F000000000ULL
#define TEXTRA64_SVALUE           0x00000003FFFFFFFCULL
#define TEXTRA64_SSELECT          0x0000000000000003ULL
#define MCONTEXT32                0x0000003F
#define MCONTEXT64                0x0000000000001FFFULL
#define MCONTEXT32_HCONTEXT       0x0000007F
#define MCONTEXT64_HCONTEXT       0x0000000000003FFFULL

#endif
