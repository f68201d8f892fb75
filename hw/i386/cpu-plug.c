/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs come into an x86 machine's slots and leave them. A slot is a place in
 * the topology, which is the same as an APIC id. A guest hears of it by the
 * board's ACPI device; one that cannot be asked keeps the CPUs that it uses.
 */
#include "qemu/osdep.h"
#include "hw/i386/x86.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "system/hw_accel.h"
#include "system/kvm.h"
#include "system/kvm_abi.h"
#include "system/numa.h"
#include "system/reset.h"
#include "target/x86/cpu.h"

/* ---- which slot ---------------------------------------------------------- */

typedef struct Level {
    const char *name;
    int32_t *id; /* the CPU's, -1 if nobody has said */
    unsigned count;
    unsigned by_apic; /* what the APIC id says */
} Level;

#define NR_LEVELS 5

/* From the largest to the smallest. */
static void fill_levels(Level *levels, X86CPU *cpu, const X86CPUTopoIDs *ids)
{
    const CpuTopology *smp = &current_machine->smp;
    const Level all[NR_LEVELS] = {
        { "socket", &cpu->socket_id, smp->sockets, ids->pkg_id },
        { "die", &cpu->die_id, smp->dies, ids->die_id },
        { "module", &cpu->module_id, smp->modules, ids->module_id },
        { "core", &cpu->core_id, smp->cores, ids->core_id },
        { "thread", &cpu->thread_id, smp->threads, ids->smt_id },
    };

    memcpy(levels, all, sizeof(all));
}

static bool is_optional(const Level *level)
{
    return level->count <= 1 && (g_str_equal(level->name, "die") ||
                                 g_str_equal(level->name, "module"));
}

static bool check_levels(const Level *levels, Error **errp)
{
    for (int i = 0; i < NR_LEVELS; i++) {
        const Level *l = &levels[i];

        if (*l->id < 0 && is_optional(l)) {
            *l->id = 0;
        }
        if (*l->id < 0) {
            error_setg(errp, "CPU %s-id is not set", l->name);
            return false;
        }
        if (*l->id >= l->count) {
            error_setg(errp, "Invalid CPU %s-id: %d must be in range 0:%u",
                       l->name, *l->id, l->count - 1);
            return false;
        }
    }
    return true;
}

/* What both say must be the same; what only the APIC id says is taken. */
static bool agree(const Level *levels, uint32_t apic_id, Error **errp)
{
    for (int i = 0; i < NR_LEVELS; i++) {
        const Level *l = &levels[i];

        if (*l->id >= 0 && *l->id != l->by_apic) {
            error_setg(errp,
                       "property %s-id: %d doesn't match set apic-id: 0x%x "
                       "(%s-id: %u)",
                       l->name, *l->id, apic_id, l->name, l->by_apic);
            return false;
        }
        *l->id = l->by_apic;
    }
    return true;
}

static CPUArchId *find_slot(MachineState *ms, uint32_t apic_id, int *index)
{
    for (int i = 0; i < ms->possible_cpus->len; i++) {
        if (ms->possible_cpus->cpus[i].arch_id == apic_id) {
            *index = i;
            return &ms->possible_cpus->cpus[i];
        }
    }
    return NULL;
}

/* The APIC id and the places in the topology, each from the other. */
static bool place(X86MachineState *x86ms, X86CPU *cpu, Error **errp)
{
    X86CPUTopoIDs ids = { 0 };
    Level levels[NR_LEVELS];
    X86CPUTopoInfo topo;

    init_topo_info(&topo, x86ms);
    fill_levels(levels, cpu, &ids);
    if (cpu->apic_id == UNASSIGNED_APIC_ID) {
        if (!check_levels(levels, errp)) {
            return false;
        }
        ids = (X86CPUTopoIDs){
            .pkg_id = cpu->socket_id,
            .die_id = cpu->die_id,
            .module_id = cpu->module_id,
            .core_id = cpu->core_id,
            .smt_id = cpu->thread_id,
        };
        cpu->apic_id = x86_apicid_from_topo_ids(&topo, &ids);
        return true;
    }
    x86_topo_ids_from_apicid(cpu->apic_id, &topo, &ids);
    fill_levels(levels, cpu, &ids);
    return agree(levels, cpu->apic_id, errp);
}

/* ---- the guest's part ---------------------------------------------------- */

bool x86_has_cpu_slots(const X86MachineState *x86ms)
{
    const CpuTopology *smp = &MACHINE(x86ms)->smp;

    return smp->max_cpus > smp->cpus;
}

/* The device that tells the guest of CPUs; NULL if nothing does. */
static HotplugHandler *messenger(const X86MachineState *x86ms)
{
    return x86_has_cpu_slots(x86ms) ? x86ms->acpi_dev : NULL;
}

/* ---- coming -------------------------------------------------------------- */

void x86_cpu_pre_plug(HotplugHandler *hotplug_dev, DeviceState *dev,
                      Error **errp)
{
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    MachineState *ms = MACHINE(hotplug_dev);
    X86CPU *cpu = X86_CPU(dev);
    CPUArchId *slot;
    int index;

    if (!object_dynamic_cast(OBJECT(dev), ms->cpu_type)) {
        error_setg(errp, "Invalid CPU type, expected cpu type: '%s'",
                   ms->cpu_type);
        return;
    }
    if (!place(x86ms, cpu, errp)) {
        return;
    }
    slot = find_slot(ms, cpu->apic_id, &index);
    if (!slot) {
        error_setg(errp,
                   "Invalid CPU [socket: %d, die: %d, module: %d, core: %d, "
                   "thread: %d] with APIC ID %" PRIu32
                   ", valid index range 0:%d",
                   cpu->socket_id, cpu->die_id, cpu->module_id, cpu->core_id,
                   cpu->thread_id, cpu->apic_id, ms->possible_cpus->len - 1);
    } else if (slot->cpu) {
        error_setg(errp, "CPU[%d] with APIC ID %" PRIu32 " exists", index,
                   cpu->apic_id);
    } else {
        CPU(dev)->cpu_index = index;
        numa_cpu_pre_plug(slot, dev, errp);
    }
}

static void reset_cpu(void *opaque)
{
    cpu_reset(opaque);
}

static void tell_firmware(X86MachineState *x86ms)
{
    if (x86ms->fw_cfg) {
        fw_cfg_modify_i16(x86ms->fw_cfg, FW_CFG_NB_CPUS, x86ms->boot_cpus);
    }
}

void x86_cpu_plug(HotplugHandler *hotplug_dev, DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    int index;

    if (messenger(x86ms)) {
        hotplug_handler_plug(messenger(x86ms), dev, errp);
        if (*errp) {
            return;
        }
    }
    find_slot(MACHINE(x86ms), X86_CPU(dev)->apic_id, &index)->cpu = CPU(dev);
    qemu_register_reset(reset_cpu, dev);
    x86ms->boot_cpus++;
    tell_firmware(x86ms);
}

/* ---- leaving ------------------------------------------------------------- */

/* Nobody has started it since the machine was reset. */
static bool is_unused(CPUState *cs)
{
#ifdef CONFIG_KVM_IS_POSSIBLE
    cpu_synchronize_state(cs);
    return X86_CPU(cs)->env.mp_state == KVM_MP_STATE_UNINITIALIZED;
#else
    return false;
#endif
}

void x86_cpu_unplug_request_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp)
{
    ERRP_GUARD();
    int index = -1;

    find_slot(MACHINE(hotplug_dev), X86_CPU(dev)->apic_id, &index);
    if (index == 0) {
        error_setg(errp, "Boot CPU is unpluggable");
        return;
    }
    if (messenger(X86_MACHINE(hotplug_dev))) {
        hotplug_handler_unplug_request(messenger(X86_MACHINE(hotplug_dev)), dev,
                                       errp);
        return;
    }
    if (!is_unused(CPU(dev))) {
        error_setg(errp, "CPU hot unplug not supported without ACPI");
        error_append_hint(errp, "The guest uses the CPU, and cannot be asked "
                                "to stop that.\n");
        return;
    }
    hotplug_handler_unplug(hotplug_dev, dev, errp);
    object_unparent(OBJECT(dev));
}

void x86_cpu_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                       Error **errp)
{
    ERRP_GUARD();
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    int index;

    if (messenger(x86ms)) {
        hotplug_handler_unplug(messenger(x86ms), dev, errp);
        if (*errp) {
            return;
        }
    }
    find_slot(MACHINE(x86ms), X86_CPU(dev)->apic_id, &index)->cpu = NULL;
    qemu_unregister_reset(reset_cpu, dev);
    qdev_unrealize(dev);
    x86ms->boot_cpus--;
    tell_firmware(x86ms);
}
