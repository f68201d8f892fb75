/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the properties of a CPU (cpu-properties.c) and what follows from
 * them (cpu-features.c). See cpu.h for what others use.
 */
#ifndef RISCV_CPU_FEATURES_H
#define RISCV_CPU_FEATURES_H

#include "cpu.h"

/* A single-letter extension; on in rv64? Not implemented? */
typedef struct {
    uint32_t bit;
    const char *name;
    const char *description;
    bool on;
    bool missing;
} RISCVLetter;

/* NULL name at the end. */
extern const RISCVLetter riscv_letters[];

void riscv_cpu_switch_letter(RISCVCPU *cpu, uint32_t bit, bool on);
/* The user switches the extension at @offset of cfg. */
void riscv_cpu_user_ext(RISCVCPU *cpu, uint32_t offset, bool on);

bool riscv_cpu_has_profile(RISCVCPU *cpu, const RISCVCPUProfile *profile);
/* With its parents; as the user's choice. */
void riscv_cpu_switch_profile(RISCVCPU *cpu, const RISCVCPUProfile *profile,
                              bool on);
/* An extension of @profile or of its parents that we do not have, or NULL. */
const char *riscv_profile_missing(const RISCVCPUProfile *profile);

/* Settles cfg.satp_mode.map. */
bool riscv_cpu_finalize_satp(RISCVCPU *cpu, Error **errp);

/* The properties of TYPE_RISCV_CPU that are not added to each object. */
void riscv_cpu_class_properties(DeviceClass *dc);

/* CPUClass.expand_model. */
CpuModelExpansionInfo *riscv_cpu_expand_model(CpuModelExpansionType type,
                                              CpuModelInfo *model,
                                              Error **errp);

#endif
