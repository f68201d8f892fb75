/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP commands about CPUs, and the CPU that a monitor has selected: others,
 * such as x and $pc in expressions, are about that one.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "exec/gdbstub.h"
#include "exec/target_page.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qemu/accel.h"
#include "system/hw_accel.h"
#include "monitor-internal.h"

/* --- The selected CPU --------------------------------------------------- */

/* By its path: it may be unplugged. The first one takes its place then. */
CPUState *mon_get_cpu(Monitor *mon)
{
    CPUState *cpu = NULL;

    if (mon->cpu_path) {
        cpu =
            (CPUState *)object_resolve_path_type(mon->cpu_path, TYPE_CPU, NULL);
        if (!cpu) {
            g_free(mon->cpu_path);
            mon->cpu_path = NULL;
        }
    }
    cpu = cpu ?: first_cpu;
    if (cpu) {
        cpu_synchronize_state(cpu);
    }
    return cpu;
}

int monitor_get_cpu_index(Monitor *mon)
{
    CPUState *cpu = mon ? mon_get_cpu(mon) : first_cpu;

    return cpu ? cpu->cpu_index : UNASSIGNED_CPU_INDEX;
}

int monitor_set_cpu(Monitor *mon, int cpu_index)
{
    CPUState *cpu = qemu_get_cpu(cpu_index);

    if (!cpu) {
        return -1;
    }
    g_free(mon->cpu_path);
    mon->cpu_path = object_get_canonical_path(OBJECT(cpu));
    return 0;
}

void hmp_cpu(Monitor *mon, const QDict *qdict)
{
    if (monitor_set_cpu(mon, qdict_get_int(qdict, "index")) < 0) {
        monitor_printf(mon, "invalid CPU index\n");
    }
}

/* $name in expressions. */
static bool read_register(Monitor *mon, const char *name, int64_t *value)
{
    CPUState *cpu = mon_get_cpu(mon);

    if (!cpu || strcmp(name, "pc") || !cpu->cc->get_pc) {
        return false;
    }
    *value = cpu->cc->get_pc(cpu);
    return true;
}

static void __attribute__((constructor)) init_register_reader(void)
{
    monitor_set_register_reader(read_register);
}

/* --- What there is ------------------------------------------------------ */

void hmp_info_cpus(Monitor *mon, const QDict *qdict)
{
    CpuInfoFastList *list = qmp_query_cpus_fast(NULL);
    int selected = monitor_get_cpu_index(mon);

    for (CpuInfoFastList *l = list; l; l = l->next) {
        monitor_printf(mon, "%c CPU #%" PRId64 ": thread_id=%" PRId64 "\n",
                       l->value->cpu_index == selected ? '*' : ' ',
                       l->value->cpu_index, l->value->thread_id);
    }
    qapi_free_CpuInfoFastList(list);
}

static void print_registers(Monitor *mon, CPUState *cpu)
{
    monitor_printf(mon, "\nCPU#%d\n", cpu->cpu_index);
    cpu_dump_state(cpu, NULL, CPU_DUMP_FPU);
}

void hmp_info_registers(Monitor *mon, const QDict *qdict)
{
    int vcpu = qdict_get_try_int(qdict, "vcpu", -1);
    CPUState *cpu;

    if (qdict_get_try_bool(qdict, "cpustate_all", false)) {
        CPU_FOREACH(cpu)
        {
            print_registers(mon, cpu);
        }
        return;
    }
    cpu = vcpu >= 0 ? qemu_get_cpu(vcpu) : mon_get_cpu(mon);
    if (cpu) {
        print_registers(mon, cpu);
    } else if (vcpu >= 0) {
        monitor_printf(mon, "CPU#%d not available\n", vcpu);
    } else {
        monitor_printf(mon, "No CPU available\n");
    }
}

static void print_place(Monitor *mon, const CpuInstanceProperties *p)
{
    const struct {
        const char *name;
        bool has;
        int64_t id;
    } levels[] = {
        { "node-id", p->has_node_id, p->node_id },
        { "drawer-id", p->has_drawer_id, p->drawer_id },
        { "book-id", p->has_book_id, p->book_id },
        { "socket-id", p->has_socket_id, p->socket_id },
        { "die-id", p->has_die_id, p->die_id },
        { "cluster-id", p->has_cluster_id, p->cluster_id },
        { "module-id", p->has_module_id, p->module_id },
        { "core-id", p->has_core_id, p->core_id },
        { "thread-id", p->has_thread_id, p->thread_id },
    };

    monitor_printf(mon, "  CPUInstance Properties:\n");
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        if (levels[i].has) {
            monitor_printf(mon, "    %s: \"%" PRIu64 "\"\n", levels[i].name,
                           levels[i].id);
        }
    }
}

void hmp_info_hotpluggable_cpus(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    HotpluggableCPUList *list = qmp_query_hotpluggable_cpus(&err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "Hotpluggable CPUs:\n");
    for (HotpluggableCPUList *l = list; l; l = l->next) {
        monitor_printf(mon, "  type: \"%s\"\n", l->value->type);
        monitor_printf(mon, "  vcpus_count: \"%" PRIu64 "\"\n",
                       l->value->vcpus_count);
        if (l->value->qom_path) {
            monitor_printf(mon, "  qom_path: \"%s\"\n", l->value->qom_path);
        }
        print_place(mon, l->value->props);
    }
    qapi_free_HotpluggableCPUList(list);
}

/* --- Memory ------------------------------------------------------------- */

void hmp_gdbserver(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_try_str(qdict, "device");
    Error *err = NULL;

    device = device ? device : "tcp::1234";
    if (!gdbserver_start(device, &err)) {
        error_report_err(err);
    } else if (g_str_equal(device, "none")) {
        monitor_printf(mon, "Disabled gdbserver\n");
    } else {
        monitor_printf(mon, "Waiting for gdb connection on device '%s'\n",
                       device);
    }
}

void hmp_gva2gpa(Monitor *mon, const QDict *qdict)
{
    vaddr addr = qdict_get_int(qdict, "addr");
    CPUState *cpu = mon_get_cpu(mon);
    hwaddr page;

    if (!cpu) {
        monitor_printf(mon, "No cpu\n");
        return;
    }
    page = cpu_get_phys_page_debug(cpu, addr & TARGET_PAGE_MASK);
    if (page == (hwaddr)-1) {
        monitor_printf(mon, "Unmapped\n");
    } else {
        monitor_printf(mon, "gpa: %#" HWADDR_PRIx "\n",
                       page + (addr & ~TARGET_PAGE_MASK));
    }
}

void hmp_memsave(Monitor *mon, const QDict *qdict)
{
    int cpu_index = monitor_get_cpu_index(mon);
    Error *err = NULL;

    if (cpu_index < 0) {
        monitor_printf(mon, "No CPU available\n");
        return;
    }
    qmp_memsave(qdict_get_int(qdict, "val"),
                (uint32_t)qdict_get_int(qdict, "size"),
                qdict_get_str(qdict, "filename"), true, cpu_index, &err);
    hmp_handle_error(mon, err);
}

/* --- How it runs --------------------------------------------------------- */

void hmp_one_insn_per_tb(Monitor *mon, const QDict *qdict)
{
    const char *option = qdict_get_try_str(qdict, "option");
    Object *accel = OBJECT(current_accel());

    if (!accel || !object_property_find(accel, "one-insn-per-tb")) {
        monitor_printf(mon, "This accelerator does not support setting "
                            "one-insn-per-tb\n");
    } else if (option && strcmp(option, "on") && strcmp(option, "off")) {
        monitor_printf(mon, "unexpected option %s\n", option);
    } else {
        object_property_set_bool(accel, "one-insn-per-tb",
                                 !option || !strcmp(option, "on"),
                                 &error_abort);
    }
}

/* --- Signals to the guest ----------------------------------------------- */

void hmp_nmi(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_inject_nmi(&err);
    hmp_handle_error(mon, err);
}

void hmp_system_wakeup(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_system_wakeup(&err);
    hmp_handle_error(mon, err);
}
