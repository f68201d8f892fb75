/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's CPU model: -cpu, and whether the machine takes it. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

static bool is_valid_type(MachineClass *mc, ObjectClass *oc)
{
    for (int i = 0; mc->valid_cpu_types[i]; i++) {
        if (object_class_dynamic_cast(oc, mc->valid_cpu_types[i])) {
            return true;
        }
    }
    return false;
}

static void refuse_type(MachineClass *mc, const char *type, Error **errp)
{
    g_autofree char *model = cpu_model_from_type(type);
    bool only = !mc->valid_cpu_types[1];

    error_setg(errp, "Invalid CPU model: %s", model);
    error_append_hint(errp, only ? "The only valid type is: "
                                 : "The valid models are: ");
    for (int i = 0; mc->valid_cpu_types[i]; i++) {
        g_autofree char *valid = cpu_model_from_type(mc->valid_cpu_types[i]);

        error_append_hint(errp, "%s%s", i ? ", " : "",
                          valid ?: mc->valid_cpu_types[i]);
    }
    error_append_hint(errp, "\n");
}

bool machine_set_cpu(MachineState *ms, const char *option, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    const char *type = machine_class_default_cpu_type(mc);
    ObjectClass *oc;

    if (option && !type) {
        error_setg(errp, "-cpu %s: machine type '%s' has no CPU models", option,
                   mc->name);
        return false;
    }
    ms->cpu_type = option ? parse_cpu_option(option) : type;
    if (!ms->cpu_type) {
        return true;
    }
    oc = object_class_by_name(ms->cpu_type);
    if (!oc || !object_class_dynamic_cast(oc, TYPE_CPU)) {
        error_setg(errp,
                   "machine type '%s' needs the CPU type '%s', which this "
                   "program does not have",
                   mc->name, ms->cpu_type);
        return false;
    }
    if (mc->valid_cpu_types && !is_valid_type(mc, oc)) {
        refuse_type(mc, ms->cpu_type, errp);
        return false;
    }
    if (CPU_CLASS(oc)->deprecation_note) {
        warn_report("CPU model %s is deprecated -- %s", ms->cpu_type,
                    CPU_CLASS(oc)->deprecation_note);
    }
    return true;
}
