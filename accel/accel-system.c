/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The base type of accelerators, and starting the machine's one. */
#include "qemu/osdep.h"
#include "qemu/accel.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/cpus.h"

AccelClass *accel_find(const char *opt_name)
{
    g_autofree char *type = g_strdup_printf("%s" ACCEL_CLASS_SUFFIX, opt_name);
    ObjectClass *oc = module_object_class_by_name(type);

    return oc ? (AccelClass *)object_class_dynamic_cast(oc, TYPE_ACCEL) : NULL;
}

AccelState *current_accel(void)
{
    return current_machine ? current_machine->accelerator : NULL;
}

const char *current_accel_name(void)
{
    AccelState *accel = current_accel();

    return accel ? ACCEL_GET_CLASS(accel)->name : NULL;
}

int accel_init_machine(AccelState *accel, MachineState *ms)
{
    AccelClass *ac = ACCEL_GET_CLASS(accel);
    int ret;

    ms->accelerator = accel;
    if (ac->allowed) {
        *ac->allowed = true;
    }
    ret = ac->init_machine ? ac->init_machine(ms) : 0;
    if (ret < 0) {
        ms->accelerator = NULL;
        if (ac->allowed) {
            *ac->allowed = false;
        }
        return ret;
    }
    object_set_accelerator_compat_props(ac->compat_props);
    return ret;
}

/* The class of operations of @oc or of the nearest parent that has one. */
static AccelOpsClass *find_ops(ObjectClass *oc)
{
    for (; oc; oc = object_class_get_parent(oc)) {
        g_autofree char *name =
            g_strconcat(object_class_get_name(oc), ACCEL_OPS_SUFFIX, NULL);
        ObjectClass *ops = module_object_class_by_name(name);

        if (ops) {
            return ACCEL_OPS_CLASS(ops);
        }
    }
    return NULL;
}

void accel_init_interfaces(AccelClass *ac)
{
    AccelOpsClass *ops = find_ops(OBJECT_CLASS(ac));

    if (!ops) {
        return; /* it has no CPUs */
    }
    if (ops->ops_init) {
        ops->ops_init(ops);
    }
    cpus_register_accel(ops);
}

void accel_cpu_instance_init(CPUState *cpu)
{
    /* None of our accelerators changes the defaults of a model. */
}

void accel_setup_post(MachineState *ms)
{
    AccelState *accel = ms->accelerator;
    AccelClass *ac = accel ? ACCEL_GET_CLASS(accel) : NULL;

    if (ac && ac->setup_post) {
        ac->setup_post(ms, accel);
    }
}

bool accel_cpu_common_realize(CPUState *cpu, Error **errp)
{
    AccelState *accel = current_accel();
    AccelClass *ac = accel ? ACCEL_GET_CLASS(accel) : NULL;

    return ac && ac->cpu_common_realize ? ac->cpu_common_realize(cpu, errp)
                                        : true;
}

void accel_cpu_common_unrealize(CPUState *cpu)
{
    AccelState *accel = current_accel();
    AccelClass *ac = accel ? ACCEL_GET_CLASS(accel) : NULL;

    if (ac && ac->cpu_common_unrealize) {
        ac->cpu_common_unrealize(cpu);
    }
}

int accel_supported_gdbstub_sstep_flags(void)
{
    AccelState *accel = current_accel();
    AccelClass *ac = accel ? ACCEL_GET_CLASS(accel) : NULL;

    return ac && ac->gdbstub_supported_sstep_flags
               ? ac->gdbstub_supported_sstep_flags()
               : 0;
}

char **accel_list_names(void)
{
    GSList *classes = object_class_get_list_sorted(TYPE_ACCEL, false);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (GSList *l = classes; l; l = l->next) {
        const char *type = object_class_get_name(l->data);

        /* The one for tests runs nothing. */
        if (g_str_has_suffix(type, ACCEL_CLASS_SUFFIX) &&
            strcmp(type, ACCEL_CLASS_NAME("qtest")) != 0) {
            g_autofree char *name =
                g_strndup(type, strlen(type) - strlen(ACCEL_CLASS_SUFFIX));

            g_strv_builder_add(names, name);
        }
    }
    g_slist_free(classes);
    return g_strv_builder_end(names);
}

GString *accel_help(void)
{
    g_auto(GStrv) names = accel_list_names();
    GString *s = g_string_new("Accelerators supported in QEMU binary:\n");

    for (char **n = names; *n; n++) {
        g_string_append_printf(s, "%s\n", *n);
    }
    return s;
}

static void accel_finalize(Object *obj)
{
    error_free(ACCEL(obj)->error);
}

static const TypeInfo accel_types[] = {
    {
        .name = TYPE_ACCEL,
        .parent = TYPE_OBJECT,
        .class_size = sizeof(AccelClass),
        .instance_size = sizeof(AccelState),
        .instance_finalize = accel_finalize,
        .abstract = true,
    },
    {
        .name = TYPE_ACCEL_OPS,
        .parent = TYPE_OBJECT,
        .class_size = sizeof(AccelOpsClass),
        .abstract = true,
    },
};

DEFINE_TYPES(accel_types)
