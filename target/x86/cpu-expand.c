/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-cpu-model-expansion: what a model with some properties amounts to on
 * this host. "static" is in terms of the model "base", which has nothing.
 */
#include "qemu/osdep.h"
#include "cpu-features.h"
#include "qapi/error.h"
#include "qapi/qapi-types-machine.h"
#include "qobject/qdict.h"
#include "qom/qom-qobject.h"

static void put_property(QDict *dict, Object *obj, const char *name)
{
    qdict_put_obj(dict, name,
                  object_property_get_qobject(obj, name, &error_abort));
}

static QDict *get_properties(X86CPU *cpu)
{
    static const char *const others[] = {
        "vendor",    "family",         "model",  "stepping",
        "model-id",  "level",          "xlevel", "xlevel2",
        "min-level", "min-xlevel",     "pmu",    "phys-bits",
        "kvm",       "l3-cache",       "lmce",   "check",
        "enforce",   "host-phys-bits",
    };
    QDict *dict = qdict_new();

    for (int i = 0; i < ARRAY_SIZE(others); i++) {
        put_property(dict, OBJECT(cpu), others[i]);
    }
    for (int w = 0; w < FEATURE_WORDS; w++) {
        for (int bit = 0; bit < 64; bit++) {
            const char *name = x86_feature_name(w, bit);

            if (name) {
                put_property(dict, OBJECT(cpu), name);
            }
        }
    }
    return dict;
}

CpuModelExpansionInfo *x86_cpu_expand_model(CpuModelExpansionType type,
                                            CpuModelInfo *model, Error **errp)
{
    ERRP_GUARD();
    CpuModelExpansionInfo *info;
    ObjectClass *oc = cpu_class_by_name(TYPE_X86_CPU, model->name);
    bool is_static = type == CPU_MODEL_EXPANSION_TYPE_STATIC;
    X86CPU *cpu;

    if (!oc) {
        error_setg(errp, "CPU model '%s' not found", model->name);
        return NULL;
    }
    cpu = X86_CPU(object_new_with_class(oc));
    cpu->env.topo_info = (X86CPUTopoInfo){ 1, 1, 1, 1 };
    cpu->check_cpuid = false;
    if (model->props) {
        object_set_properties_from_keyval(
            OBJECT(cpu), qobject_to(QDict, model->props), true, errp);
    }
    if (!*errp) {
        x86_cpu_expand_features(cpu, errp);
    }
    if (*errp || !x86_cpu_filter_features(cpu, errp)) {
        object_unref(OBJECT(cpu));
        return NULL;
    }
    info = g_new0(CpuModelExpansionInfo, 1);
    info->model = g_new0(CpuModelInfo, 1);
    info->model->name = g_strdup(is_static ? "base" : model->name);
    info->model->props = QOBJECT(get_properties(cpu));
    object_unref(OBJECT(cpu));
    return info;
}
