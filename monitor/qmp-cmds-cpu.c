/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands about CPUs.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "hw/boards.h"
#include "hw/nmi.h"
#include "hw/target.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/qmp/qerror.h"
#include "qapi/type-helpers.h"
#include "qapi/util.h"
#include "qobject/qdict.h"
#include "system/numa.h"
#include "system/runstate.h"
#include "monitor-internal.h"
#include <glib/gstdio.h>

/* --- Those that there are ----------------------------------------------- */

CpuInfoFastList *qmp_query_cpus_fast(Error **errp)
{
    MachineState *ms = current_machine;
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    int target =
        qapi_enum_parse(&SysEmuTarget_lookup, target_name(), -1, &error_abort);
    CpuInfoFastList *list = NULL, **tail = &list;
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        CpuInfoFast *info = g_new0(CpuInfoFast, 1);

        info->cpu_index = cpu->cpu_index;
        info->qom_path = object_get_canonical_path(OBJECT(cpu));
        info->thread_id = cpu->thread_id;
        info->target = target;
        if (mc->cpu_index_to_instance_props) {
            CpuInstanceProperties props =
                mc->cpu_index_to_instance_props(ms, cpu->cpu_index);

            info->props = QAPI_CLONE(CpuInstanceProperties, &props);
        }
        if (cpu->cc->query_cpu_fast) {
            cpu->cc->query_cpu_fast(cpu, info);
        }
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

HotpluggableCPUList *qmp_query_hotpluggable_cpus(Error **errp)
{
    MachineState *ms = current_machine;
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    HotpluggableCPUList *list = NULL;

    if (!mc->has_hotpluggable_cpus) {
        error_setg(errp, "machine does not support hot-plugging CPUs");
        return NULL;
    }
    mc->possible_cpu_arch_ids(ms);
    for (int i = 0; i < ms->possible_cpus->len; i++) {
        CPUArchId *slot = &ms->possible_cpus->cpus[i];
        HotpluggableCPU *info = g_new0(HotpluggableCPU, 1);

        info->type = g_strdup(slot->type);
        info->vcpus_count = slot->vcpus_count;
        info->props = QAPI_CLONE(CpuInstanceProperties, &slot->props);
        if (slot->cpu) {
            info->qom_path = object_get_canonical_path(OBJECT(slot->cpu));
        }
        QAPI_LIST_PREPEND(list, info);
    }
    return list;
}

HumanReadableText *qmp_x_query_numa(Error **errp)
{
    NumaState *numa = current_machine->numa_state;
    int nr_nodes = numa ? numa->num_nodes : 0;
    g_autofree NumaNodeMem *mem = g_new0(NumaNodeMem, MAX(nr_nodes, 1));
    g_autoptr(GString) text = g_string_new(NULL);
    CpuInfoFastList *cpus = qmp_query_cpus_fast(&error_abort);

    g_string_append_printf(text, "%d nodes\n", nr_nodes);
    query_numa_node_mem(mem, current_machine);
    for (int i = 0; i < nr_nodes; i++) {
        g_string_append_printf(text, "node %d cpus:", i);
        for (CpuInfoFastList *l = cpus; l; l = l->next) {
            CpuInstanceProperties *props = l->value->props;

            if (props && props->has_node_id && props->node_id == i) {
                g_string_append_printf(text, " %" PRIi64, l->value->cpu_index);
            }
        }
        g_string_append_printf(text, "\nnode %d size: %" PRIu64 " MB\n", i,
                               mem[i].node_mem >> 20);
        g_string_append_printf(text, "node %d plugged: %" PRIu64 " MB\n", i,
                               mem[i].node_plugged_mem >> 20);
    }
    qapi_free_CpuInfoFastList(cpus);
    return human_readable_text_from_str(text);
}

/* --- Models ------------------------------------------------------------- */

CpuDefinitionInfoList *qmp_query_cpu_definitions(Error **errp)
{
    g_autoptr(GSList) classes = cpu_models();
    CpuDefinitionInfoList *list = NULL;

    for (GSList *l = classes; l; l = l->next) {
        CPUClass *cc = CPU_CLASS(l->data);
        CpuDefinitionInfo *info = g_new0(CpuDefinitionInfo, 1);

        info->q_typename = g_strdup(object_class_get_name(l->data));
        info->name = cpu_model_from_type(info->q_typename);
        info->q_static = cc->static_model;
        info->deprecated = cc->deprecation_note != NULL;
        if (cc->describe_model) {
            cc->describe_model(cc, info);
        }
        QAPI_LIST_PREPEND(list, info);
    }
    return list;
}

CpuModelExpansionInfo *qmp_query_cpu_model_expansion(CpuModelExpansionType type,
                                                     CpuModelInfo *model,
                                                     Error **errp)
{
    g_autoptr(GSList) classes = cpu_models();
    CPUClass *family = classes ? CPU_CLASS(classes->data) : NULL;

    if (!family || !family->expand_model) {
        error_setg(errp, "this target does not support CPU model expansion");
        return NULL;
    }
    if (model->props && !qobject_to(QDict, model->props)) {
        error_setg(errp, "Invalid parameter type for 'model.props', expected: "
                         "object");
        return NULL;
    }
    return family->expand_model(type, model, errp);
}

/* --- Memory as a CPU sees it -------------------------------------------- */

static bool save_virtual(FILE *f, CPUState *cpu, uint64_t addr, uint64_t size,
                         const char *filename, Error **errp)
{
    uint64_t start = addr, all = size;
    uint8_t buf[4096];

    while (size) {
        size_t len = MIN(size, sizeof(buf));

        if (cpu_memory_rw_debug(cpu, addr, buf, len, false)) {
            error_setg(errp,
                       "Invalid addr 0x%016" PRIx64 "/size %" PRIu64
                       " specified",
                       start, all);
            return false;
        }
        if (fwrite(buf, 1, len, f) != len) {
            error_setg(errp, "writing memory to '%s' failed", filename);
            return false;
        }
        addr += len;
        size -= len;
    }
    return true;
}

void qmp_memsave(uint64_t val, uint64_t size, const char *filename,
                 bool has_cpu_index, int64_t cpu_index, Error **errp)
{
    CPUState *cpu = qemu_get_cpu(has_cpu_index ? cpu_index : 0);
    FILE *f;
    bool ok;

    if (!cpu) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "cpu-index",
                   "a CPU number");
        return;
    }
    f = g_fopen(filename, "wbe");
    if (!f) {
        error_setg_file_open(errp, errno, filename);
        return;
    }
    ok = save_virtual(f, cpu, val, size, filename, errp);
    if (fclose(f) != 0 && ok) {
        error_setg(errp, "writing memory to '%s' failed", filename);
    }
}

/* --- Signals to the guest ----------------------------------------------- */

void qmp_inject_nmi(Error **errp)
{
    nmi_monitor_handle(monitor_get_cpu_index(monitor_cur()), errp);
}

void qmp_system_wakeup(Error **errp)
{
    if (!qemu_wakeup_suspend_enabled()) {
        error_setg(errp, "wake-up from suspend is not supported by this guest");
        return;
    }
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, errp);
}

CurrentMachineParams *qmp_query_current_machine(Error **errp)
{
    CurrentMachineParams *params = g_new0(CurrentMachineParams, 1);

    params->wakeup_suspend_support = qemu_wakeup_suspend_enabled();
    return params;
}
