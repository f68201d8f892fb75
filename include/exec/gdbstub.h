/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CPUs and the rest of the emulator use of the gdb stub: registers beyond
 * the core ones come in features, each with an XML description and functions
 * that read and write its registers.
 */
#ifndef GDBSTUB_H
#define GDBSTUB_H

#include "qemu/typedefs.h"

/* A description of registers: as XML, and their names. */
typedef struct GDBFeature {
    const char *xmlname;
    const char *xml;
    const char *name;
    const char *const *regs;
    int num_regs;
} GDBFeature;

/* A description that is being written. */
typedef struct GDBFeatureBuilder {
    GDBFeature *feature;
    GPtrArray *xml;
    GPtrArray *regs;
    int base_reg;
} GDBFeatureBuilder;

/* Register @reg of a feature: its size in bytes, 0 if there is none. */
typedef int (*gdb_get_reg_cb)(CPUState *cpu, GByteArray *buf, int reg);
typedef int (*gdb_set_reg_cb)(CPUState *cpu, uint8_t *buf, int reg);

/* For a CPU's instance_init: its core registers. */
void gdb_init_cpu(CPUState *cpu);
/*
 * Adds @feature to a CPU; it is numbered after those that are there. @g_pos
 * non-zero: the registers belong to the packet g, at that number.
 */
void gdb_register_coprocessor(CPUState *cpu, gdb_get_reg_cb get_reg,
                              gdb_set_reg_cb set_reg,
                              const GDBFeature *feature, int g_pos);
/* Takes all registers from a CPU again, the core ones, too. */
void gdb_unregister_coprocessor_all(CPUState *cpu);

/* @cpu is no longer in the list: the debugger looks at another. Big lock. */
void gdb_forget_cpu(CPUState *cpu);

/* Starts the server at a character device ("tcp::1234"). False with @errp. */
bool gdbserver_start(const char *port_or_device, Error **errp);

/* Before the process ends with @code: tells the debugger. */
void gdb_exit(int code);

/*
 * Writes a feature: @name and the file's name, first register's number; then
 * parts of it; the end fills in the feature, which lives as long as the CPU.
 */
void gdb_feature_builder_init(GDBFeatureBuilder *builder, GDBFeature *feature,
                              const char *name, const char *xmlname,
                              int base_reg);
void G_GNUC_PRINTF(2, 3)
    gdb_feature_builder_append_tag(const GDBFeatureBuilder *builder,
                                   const char *format, ...);
/* A register of @bitsize bits, number @regnum in the feature; @group or NULL */
void gdb_feature_builder_append_reg(const GDBFeatureBuilder *builder,
                                    const char *name, int bitsize, int regnum,
                                    const char *type, const char *group);
void gdb_feature_builder_end(const GDBFeatureBuilder *builder);

/* The built-in description with that file name. */
const GDBFeature *gdb_find_static_feature(const char *xmlname);

/* Appends register @reg of all of a CPU's to @buf; its size. */
int gdb_read_register(CPUState *cpu, GByteArray *buf, int reg);

typedef struct {
    int gdb_reg;
    const char *name;
    const char *feature_name;
} GDBRegDesc;

/* All of a CPU's: GDBRegDesc; the array is the caller's. */
GArray *gdb_get_register_list(CPUState *cpu);

/* The next stop that is told to the debugger was @cpu's. */
void gdb_set_stop_cpu(CPUState *cpu);

extern const GDBFeature gdb_static_features[];

#endif
