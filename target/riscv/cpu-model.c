/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query-cpu-model-expansion: what a model with some properties amounts to. */
#include "qemu/osdep.h"

#include "cpu-features.h"
#include "qapi/error.h"
#include "qapi/qapi-types-machine.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qom/qom-qobject.h"

static void put_property(QDict *dict, Object *obj, const char *name)
{
    qdict_put_obj(dict, name,
                  object_property_get_qobject(obj, name, &error_abort));
}

/* Extensions and profiles, by property; features that are none. */
static QDict *get_properties(RISCVCPU *cpu)
{
    const RISCVCPUMultiExtConfig *ext;
    QDict *dict = qdict_new();

    for (ext = riscv_cpu_extensions; ext->name; ext++) {
        put_property(dict, OBJECT(cpu), ext->name);
    }
    for (ext = riscv_cpu_named_features; ext->name; ext++) {
        qdict_put_bool(dict, ext->name, isa_ext_is_enabled(cpu, ext->offset));
    }
    for (int i = 0; riscv_profiles[i]; i++) {
        put_property(dict, OBJECT(cpu), riscv_profiles[i]->name);
    }
    put_property(dict, OBJECT(cpu), "mmu");
    put_property(dict, OBJECT(cpu), "pmp");
    return dict;
}

CpuModelExpansionInfo *riscv_cpu_expand_model(CpuModelExpansionType type,
                                              CpuModelInfo *model, Error **errp)
{
    ERRP_GUARD();
    CpuModelExpansionInfo *info;
    ObjectClass *oc;
    Object *obj;

    if (type != CPU_MODEL_EXPANSION_TYPE_FULL) {
        error_setg(errp, "The requested expansion type is not supported");
        return NULL;
    }
    oc = cpu_class_by_name(TYPE_RISCV_CPU, model->name);
    if (!oc || object_class_is_abstract(oc)) {
        error_setg(errp, "The CPU type '%s' is not a known RISC-V CPU type",
                   model->name);
        return NULL;
    }
    obj = object_new_with_class(oc);
    if (model->props) {
        object_set_properties_from_keyval(obj, qobject_to(QDict, model->props),
                                          true, errp);
    }
    if (!*errp) {
        riscv_cpu_finalize_features(RISCV_CPU(obj), errp);
    }
    if (*errp) {
        object_unref(obj);
        return NULL;
    }
    info = g_new0(CpuModelExpansionInfo, 1);
    info->model = g_new0(CpuModelInfo, 1);
    info->model->name = g_strdup(model->name);
    info->model->props = QOBJECT(get_properties(RISCV_CPU(obj)));
    object_unref(obj);
    return info;
}
