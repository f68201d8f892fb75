/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Features by name, and models: what cpu.c, the properties and the answers to
 * query-cpu-* share. A feature word is a register of CPUID or an MSR; its bits
 * have names, which are properties of every CPU.
 */
#ifndef X86_CPU_FEATURES_H
#define X86_CPU_FEATURES_H

#include "cpu.h"

typedef struct X86FeatureWord {
    uint32_t eax; /* the leaf of CPUID */
    uint32_t ecx;
    bool has_ecx;
    int reg;           /* R_EAX to R_EDX */
    uint32_t msr;      /* or the MSR, if not 0 */
    const char *names; /* from bit 0 on; "-": has none */
    uint64_t unmigratable;
    uint64_t no_auto; /* "max" leaves them off */
} X86FeatureWord;

extern const X86FeatureWord x86_feature_words[FEATURE_WORDS];

/* The name of bit @bit of @w, or NULL. */
const char *x86_feature_name(FeatureWord w, int bit);

/* -cpu's "+x", "-x", "x", "x=on", "p=v". */
void x86_cpu_parse_featurestr(const char *typename, char *features,
                              Error **errp);
/* Adds a property for each feature, and those of the model. */
void x86_cpu_class_properties(ObjectClass *oc);

/* The features that the model and the user want, before the host is asked. */
void x86_cpu_expand_features(X86CPU *cpu, Error **errp);
/* Takes out what the host does not have; false if the user forbids that. */
bool x86_cpu_filter_features(X86CPU *cpu, Error **errp);

struct X86CPUModel {
    const char *name;
    const char *vendor;
    const char *model_id; /* NULL: NAME as it is */
    uint32_t level;
    uint32_t xlevel;
    int family;
    int model;
    int stepping;
    FeatureWordArray words;
};

extern const X86CPUModel x86_cpu_models[];
extern const size_t x86_cpu_models_len;

/* Sets the CPU up as @model says. */
void x86_cpu_load_model(X86CPU *cpu, const X86CPUModel *model);

CpuModelExpansionInfo *x86_cpu_expand_model(CpuModelExpansionType type,
                                            CpuModelInfo *model, Error **errp);

void x86_cpu_describe_model(CPUClass *cc, CpuDefinitionInfo *info);

/* Makes the local APIC, if it is ours (apic.c). */
bool x86_cpu_apic_create(X86CPU *cpu, Error **errp);

#endif
