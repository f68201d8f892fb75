/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers by gdb's numbers, and their descriptions.
 *
 * The core registers come first, as the CPU class has them. Features follow,
 * each with the registers that its description numbers.
 */
#include "qemu/osdep.h"
#include "internals.h"
#include "system/hw_accel.h"

/* The registers of a feature of a CPU */
typedef struct GDBRegisterState {
    int base_reg;
    gdb_get_reg_cb get_reg;
    gdb_set_reg_cb set_reg;
    const GDBFeature *feature;
} GDBRegisterState;

const GDBFeature *gdb_find_static_feature(const char *xmlname)
{
    for (const GDBFeature *f = gdb_static_features; f->xmlname; f++) {
        if (g_str_equal(f->xmlname, xmlname)) {
            return f;
        }
    }
    return NULL;
}

static void add_registers(CPUState *cpu, int base_reg, gdb_get_reg_cb get_reg,
                          gdb_set_reg_cb set_reg, const GDBFeature *feature)
{
    GDBRegisterState state = { base_reg, get_reg, set_reg, feature };

    g_array_append_val(cpu->gdb_regs, state);
}

void gdb_init_cpu(CPUState *cpu)
{
    const GDBFeature *feature = NULL;

    cpu->gdb_regs = g_array_new(false, false, sizeof(GDBRegisterState));
    if (cpu->cc->gdb_core_xml_file) {
        feature = gdb_find_static_feature(cpu->cc->gdb_core_xml_file);
        add_registers(cpu, 0, cpu->cc->gdb_read_register,
                      cpu->cc->gdb_write_register, feature);
    }
    if (cpu->cc->gdb_num_core_regs) {
        cpu->gdb_num_regs = cpu->cc->gdb_num_core_regs;
    } else if (feature) {
        cpu->gdb_num_regs = feature->num_regs;
    }
    cpu->gdb_num_g_regs = cpu->gdb_num_regs;
}

void gdb_register_coprocessor(CPUState *cpu, gdb_get_reg_cb get_reg,
                              gdb_set_reg_cb set_reg, const GDBFeature *feature,
                              int g_pos)
{
    int base = cpu->gdb_num_regs;

    for (guint i = 0; i < cpu->gdb_regs->len; i++) {
        if (g_array_index(cpu->gdb_regs, GDBRegisterState, i).feature ==
            feature) {
            return;
        }
    }
    add_registers(cpu, base, get_reg, set_reg, feature);
    cpu->gdb_num_regs += feature->num_regs;
    if (g_pos) {
        g_assert(g_pos == base);
        cpu->gdb_num_g_regs = cpu->gdb_num_regs;
    }
}

void gdb_unregister_coprocessor_all(CPUState *cpu)
{
    g_array_free(cpu->gdb_regs, true);
    cpu->gdb_regs = NULL;
    cpu->gdb_num_regs = 0;
    cpu->gdb_num_g_regs = 0;
}

/* Who has register @reg, which becomes the feature's own number. */
static const GDBRegisterState *find_register(CPUState *cpu, int *reg)
{
    for (guint i = 0; i < cpu->gdb_regs->len; i++) {
        const GDBRegisterState *r =
            &g_array_index(cpu->gdb_regs, GDBRegisterState, i);

        if (*reg >= r->base_reg && *reg < r->base_reg + r->feature->num_regs) {
            *reg -= r->base_reg;
            return r;
        }
    }
    return NULL;
}

int gdb_read_register(CPUState *cpu, GByteArray *buf, int reg)
{
    const GDBRegisterState *r;

    cpu_synchronize_state(cpu);
    if (reg < cpu->cc->gdb_num_core_regs) {
        return cpu->cc->gdb_read_register(cpu, buf, reg);
    }
    r = find_register(cpu, &reg);
    return r ? r->get_reg(cpu, buf, reg) : 0;
}

int gdb_write_register(CPUState *cpu, uint8_t *buf, int reg)
{
    const GDBRegisterState *r;

    cpu_synchronize_state(cpu);
    if (reg < cpu->cc->gdb_num_core_regs) {
        return cpu->cc->gdb_write_register(cpu, buf, reg);
    }
    r = find_register(cpu, &reg);
    return r ? r->set_reg(cpu, buf, reg) : 0;
}

GArray *gdb_get_register_list(CPUState *cpu)
{
    GArray *list = g_array_new(true, true, sizeof(GDBRegDesc));

    for (guint i = 0; i < cpu->gdb_regs->len; i++) {
        const GDBRegisterState *r =
            &g_array_index(cpu->gdb_regs, GDBRegisterState, i);

        for (int n = 0; n < r->feature->num_regs; n++) {
            GDBRegDesc desc = { r->base_reg + n, r->feature->regs[n],
                                r->feature->name };

            if (desc.name) {
                g_array_append_val(list, desc);
            }
        }
    }
    return list;
}

/*** Descriptions. ***/

static char *target_text(CPUState *cpu)
{
    GString *xml = g_string_new("<?xml version=\"1.0\"?>"
                                "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                                "<target>");

    if (cpu->cc->gdb_arch_name) {
        g_string_append_printf(xml, "<architecture>%s</architecture>",
                               cpu->cc->gdb_arch_name(cpu));
    }
    for (guint i = 0; i < cpu->gdb_regs->len; i++) {
        const GDBFeature *feature =
            g_array_index(cpu->gdb_regs, GDBRegisterState, i).feature;

        g_string_append_printf(xml, "<xi:include href=\"%s\"/>",
                               feature->xmlname);
    }
    g_string_append(xml, "</target>");
    return g_string_free(xml, false);
}

char *gdb_feature_text(CPUState *cpu, const char *name, size_t len)
{
    if (len == strlen("target.xml") && !strncmp(name, "target.xml", len)) {
        return cpu->cc->gdb_core_xml_file ? target_text(cpu) : NULL;
    }
    for (guint i = 0; i < cpu->gdb_regs->len; i++) {
        const GDBFeature *f =
            g_array_index(cpu->gdb_regs, GDBRegisterState, i).feature;

        if (strlen(f->xmlname) == len && !strncmp(f->xmlname, name, len)) {
            return g_strdup(f->xml);
        }
    }
    return NULL;
}

void gdb_feature_builder_init(GDBFeatureBuilder *builder, GDBFeature *feature,
                              const char *name, const char *xmlname,
                              int base_reg)
{
    g_autofree char *head = g_markup_printf_escaped(
        "<?xml version=\"1.0\"?><!DOCTYPE feature SYSTEM \"gdb-target.dtd\">"
        "<feature name=\"%s\">",
        name);

    *builder = (GDBFeatureBuilder){
        .feature = feature,
        .xml = g_ptr_array_new_with_free_func(g_free),
        .regs = g_ptr_array_new(),
        .base_reg = base_reg,
    };
    feature->name = name;
    feature->xmlname = xmlname;
    g_ptr_array_add(builder->xml, g_steal_pointer(&head));
}

void gdb_feature_builder_append_tag(const GDBFeatureBuilder *builder,
                                    const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(builder->xml, g_markup_vprintf_escaped(format, ap));
    va_end(ap);
}

void gdb_feature_builder_append_reg(const GDBFeatureBuilder *builder,
                                    const char *name, int bitsize, int regnum,
                                    const char *type, const char *group)
{
    if ((guint)regnum >= builder->regs->len) {
        g_ptr_array_set_size(builder->regs, regnum + 1);
    }
    builder->regs->pdata[regnum] = (void *)name;
    gdb_feature_builder_append_tag(
        builder, "<reg name=\"%s\" bitsize=\"%d\" regnum=\"%d\" type=\"%s\"",
        name, bitsize, builder->base_reg + regnum, type);
    if (group) {
        gdb_feature_builder_append_tag(builder, " group=\"%s\"", group);
    }
    gdb_feature_builder_append_tag(builder, "/>");
}

void gdb_feature_builder_end(const GDBFeatureBuilder *builder)
{
    GString *xml = g_string_new(NULL);

    for (guint i = 0; i < builder->xml->len; i++) {
        g_string_append(xml, builder->xml->pdata[i]);
    }
    g_string_append(xml, "</feature>");
    builder->feature->xml = g_string_free(xml, false);
    builder->feature->num_regs = builder->regs->len;
    builder->feature->regs =
        (const char *const *)g_ptr_array_free(builder->regs, false);
    g_ptr_array_free(builder->xml, true);
}
