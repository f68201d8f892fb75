/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No debugger. Linked only where gdbstub/ is not. */
#include "qemu/osdep.h"
#include "exec/gdbstub.h"
#include "qapi/error.h"

void gdb_set_stop_cpu(CPUState *cpu)
{
}

void gdb_init_cpu(CPUState *cpu)
{
}

void gdb_register_coprocessor(CPUState *cpu, gdb_get_reg_cb get_reg,
                              gdb_set_reg_cb set_reg, const GDBFeature *feature,
                              int g_pos)
{
}

void gdb_unregister_coprocessor_all(CPUState *cpu)
{
}

void gdb_forget_cpu(CPUState *cpu)
{
}

const GDBFeature *gdb_find_static_feature(const char *xmlname)
{
    return NULL;
}

void gdb_feature_builder_init(GDBFeatureBuilder *builder, GDBFeature *feature,
                              const char *name, const char *xmlname,
                              int base_reg)
{
}

void gdb_feature_builder_append_tag(const GDBFeatureBuilder *builder,
                                    const char *format, ...)
{
}

void gdb_feature_builder_append_reg(const GDBFeatureBuilder *builder,
                                    const char *name, int bitsize, int regnum,
                                    const char *type, const char *group)
{
}

void gdb_feature_builder_end(const GDBFeatureBuilder *builder)
{
}

bool gdbserver_start(const char *port_or_device, Error **errp)
{
    error_setg(errp, "there is no gdb server in this program");
    return false;
}
