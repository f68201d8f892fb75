/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QOM types of RISC-V CPUs, for code that does not need the CPU's state.
 *
 * A model "NAME" is the type "NAME-riscv-cpu". Below TYPE_RISCV_CPU stand
 * the abstract TYPE_RISCV_DYNAMIC_CPU (models whose extensions the user may
 * change: rv64, max), TYPE_RISCV_BARE_CPU (models that begin with a bare base
 * ISA, and profiles) and TYPE_RISCV_VENDOR_CPU (models of real chips).
 * Not every name below is a model that we have: see `-cpu help`.
 */
#ifndef RISCV_CPU_QOM_H
#define RISCV_CPU_QOM_H

#include "hw/core/cpu.h"

#define TYPE_RISCV_CPU         "riscv-cpu"
#define TYPE_RISCV_DYNAMIC_CPU "riscv-dynamic-cpu"
#define TYPE_RISCV_BARE_CPU    "riscv-bare-cpu"
#define TYPE_RISCV_VENDOR_CPU  "riscv-vendor-cpu"

#define RISCV_CPU_TYPE_SUFFIX     "-" TYPE_RISCV_CPU
#define RISCV_CPU_TYPE_NAME(name) (name RISCV_CPU_TYPE_SUFFIX)

/* Generic models */
#define TYPE_RISCV_CPU_MAX      RISCV_CPU_TYPE_NAME("max")
#define TYPE_RISCV_CPU_MAX32    RISCV_CPU_TYPE_NAME("max32")
#define TYPE_RISCV_CPU_BASE32   RISCV_CPU_TYPE_NAME("rv32")
#define TYPE_RISCV_CPU_BASE64   RISCV_CPU_TYPE_NAME("rv64")
#define TYPE_RISCV_CPU_BASE128  RISCV_CPU_TYPE_NAME("x-rv128")
#define TYPE_RISCV_CPU_RV32I    RISCV_CPU_TYPE_NAME("rv32i")
#define TYPE_RISCV_CPU_RV32E    RISCV_CPU_TYPE_NAME("rv32e")
#define TYPE_RISCV_CPU_RV64I    RISCV_CPU_TYPE_NAME("rv64i")
#define TYPE_RISCV_CPU_RV64E    RISCV_CPU_TYPE_NAME("rv64e")
#define TYPE_RISCV_CPU_RVA22U64 RISCV_CPU_TYPE_NAME("rva22u64")
#define TYPE_RISCV_CPU_RVA22S64 RISCV_CPU_TYPE_NAME("rva22s64")
#define TYPE_RISCV_CPU_RVA23U64 RISCV_CPU_TYPE_NAME("rva23u64")
#define TYPE_RISCV_CPU_RVA23S64 RISCV_CPU_TYPE_NAME("rva23s64")
#define TYPE_RISCV_CPU_HOST     RISCV_CPU_TYPE_NAME("host")

/* Chips */
#define TYPE_RISCV_CPU_IBEX            RISCV_CPU_TYPE_NAME("lowrisc-ibex")
#define TYPE_RISCV_CPU_SHAKTI_C        RISCV_CPU_TYPE_NAME("shakti-c")
#define TYPE_RISCV_CPU_SIFIVE_E31      RISCV_CPU_TYPE_NAME("sifive-e31")
#define TYPE_RISCV_CPU_SIFIVE_E34      RISCV_CPU_TYPE_NAME("sifive-e34")
#define TYPE_RISCV_CPU_SIFIVE_E51      RISCV_CPU_TYPE_NAME("sifive-e51")
#define TYPE_RISCV_CPU_SIFIVE_U34      RISCV_CPU_TYPE_NAME("sifive-u34")
#define TYPE_RISCV_CPU_SIFIVE_U54      RISCV_CPU_TYPE_NAME("sifive-u54")
#define TYPE_RISCV_CPU_THEAD_C906      RISCV_CPU_TYPE_NAME("thead-c906")
#define TYPE_RISCV_CPU_TT_ASCALON      RISCV_CPU_TYPE_NAME("tt-ascalon")
#define TYPE_RISCV_CPU_VEYRON_V1       RISCV_CPU_TYPE_NAME("veyron-v1")
#define TYPE_RISCV_CPU_XIANGSHAN_NANHU RISCV_CPU_TYPE_NAME("xiangshan-nanhu")

OBJECT_DECLARE_CPU_TYPE(RISCVCPU, RISCVCPUClass, RISCV_CPU)

#endif
