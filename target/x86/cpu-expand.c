/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-cpu-model-expansion: what a model with some properties amounts to on
 * this host. "static" is in terms of the model "base", which has nothing.
 * query-cpu-definitions: what of a model the host does not have.
 */
#include "qemu/osdep.h"
#include "cpu-features.h"
#include "qapi/error.h"
#include "qapi/qapi-types-machine.h"
#include "qapi/util.h"
#include "qobject/qdict.h"
#include "qom/qom-qobject.h"
#include "system/kvm.h"

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

/* A CPU of the model @oc, for asking: alone in its machine, and quiet. */
static X86CPU *new_specimen(ObjectClass *oc)
{
    X86CPU *cpu = X86_CPU(object_new_with_class(oc));

    cpu->env.topo_info = (X86CPUTopoInfo){ 1, 1, 1, 1 };
    cpu->check_cpuid = false;
    cpu->enforce_cpuid = false; /* of -global */
    return cpu;
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
    cpu = new_specimen(oc);
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

/* ---- query-cpu-definitions ----------------------------------------------- */

static strList *lost_features(const FeatureWordArray wanted,
                              const FeatureWordArray left)
{
    strList *list = NULL, **tail = &list;

    for (int w = 0; w < FEATURE_WORDS; w++) {
        for (int bit = 0; bit < 64; bit++) {
            const char *name = x86_feature_name(w, bit);

            if (name && (wanted[w] & ~left[w] & BIT_ULL(bit))) {
                QAPI_LIST_APPEND(tail, g_strdup(name));
            }
        }
    }
    return list;
}

static strList *unavailable_features(ObjectClass *oc)
{
    X86CPU *cpu = new_specimen(oc);
    FeatureWordArray wanted;
    strList *list = NULL;

    x86_cpu_expand_features(cpu, &error_abort);
    memcpy(wanted, cpu->env.features, sizeof(wanted));
    x86_cpu_filter_features(cpu, &error_abort);
    list = lost_features(wanted, cpu->env.features);
    object_unref(OBJECT(cpu));
    return list;
}

void x86_cpu_describe_model(CPUClass *cc, CpuDefinitionInfo *info)
{
    X86CPUClass *xcc = X86_CPU_CLASS(cc);

    info->has_migration_safe = true;
    info->migration_safe = !xcc->max_features;
    info->has_unavailable_features = true;
    if (kvm_enabled()) {
        info->unavailable_features = unavailable_features(OBJECT_CLASS(cc));
    } else {
        /* Nothing else here runs x86. */
        QAPI_LIST_PREPEND(info->unavailable_features, g_strdup("kvm"));
    }
}
