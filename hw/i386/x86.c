/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What x86 boards have in common: options, CPUs, GSIs, firmware. */
#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "hw/i386/apic.h"
#include "hw/i386/x86.h"
#include "hw/intc/i8259.h"
#include "hw/irq.h"
#include "hw/loader.h"
#include "hw/machine-options.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "system/kvm.h"
#include "system/numa.h"
#include "system/reset.h"
#include "target/x86/cpu.h"
#include "target/x86/kvm/kvm_i386.h"

/* ---- CPUs ---------------------------------------------------------------- */

void init_topo_info(X86CPUTopoInfo *topo_info, const X86MachineState *x86ms)
{
    const MachineState *ms = MACHINE(x86ms);

    *topo_info = (X86CPUTopoInfo){
        .dies_per_pkg = ms->smp.dies,
        .modules_per_die = ms->smp.modules,
        .cores_per_module = ms->smp.cores,
        .threads_per_core = ms->smp.threads,
    };
}

uint32_t x86_cpu_apic_id_from_index(X86MachineState *x86ms,
                                    unsigned int cpu_index)
{
    X86CPUTopoInfo topo;

    init_topo_info(&topo, x86ms);
    return x86_apicid_from_cpu_idx(&topo, cpu_index);
}

static void make_cpu(X86MachineState *x86ms, int index)
{
    MachineState *ms = MACHINE(x86ms);
    const CPUArchId *slot = &ms->possible_cpus->cpus[index];
    Object *cpu = object_new(slot->type);

    object_property_set_uint(cpu, "apic-id", slot->arch_id, &error_fatal);
    object_property_set_int(cpu, "socket-id", slot->props.socket_id,
                            &error_fatal);
    object_property_set_int(cpu, "core-id", slot->props.core_id, &error_fatal);
    object_property_set_int(cpu, "thread-id", slot->props.thread_id,
                            &error_fatal);
    if (slot->props.has_node_id) {
        object_property_set_int(cpu, "node-id", slot->props.node_id,
                                &error_fatal);
    }
    qdev_realize(DEVICE(cpu), NULL, &error_fatal);
    object_unref(cpu);
}

void x86_cpus_init(X86MachineState *x86ms, int default_cpu_version)
{
    MachineState *ms = MACHINE(x86ms);

    MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);
    x86ms->apic_id_limit =
        x86_cpu_apic_id_from_index(x86ms, ms->smp.max_cpus - 1) + 1;
    if (x86ms->apic_id_limit > 255) {
        error_report("%u CPUs need APIC ids up to %u; at most 254 can be had: "
                     "use fewer CPUs, or another topology (-smp)",
                     ms->smp.max_cpus, x86ms->apic_id_limit - 1);
        exit(EXIT_FAILURE);
    }
    for (int i = 0; i < ms->smp.cpus; i++) {
        make_cpu(x86ms, i);
    }
}

static const CPUArchIdList *possible_cpus(MachineState *ms)
{
    X86MachineState *x86ms = X86_MACHINE(ms);
    unsigned max = ms->smp.max_cpus;
    X86CPUTopoInfo topo;

    if (ms->possible_cpus) {
        return ms->possible_cpus;
    }
    init_topo_info(&topo, x86ms);
    ms->possible_cpus =
        g_malloc0(sizeof(CPUArchIdList) + max * sizeof(CPUArchId));
    ms->possible_cpus->len = max;
    for (unsigned i = 0; i < max; i++) {
        CPUArchId *slot = &ms->possible_cpus->cpus[i];
        X86CPUTopoIDs ids;

        x86_topo_ids_from_idx(&topo, i, &ids);
        slot->type = ms->cpu_type;
        slot->vcpus_count = 1;
        slot->arch_id = x86_apicid_from_topo_ids(&topo, &ids);
        slot->props.has_socket_id = true;
        slot->props.socket_id = ids.pkg_id;
        slot->props.has_core_id = true;
        slot->props.core_id = ids.core_id;
        slot->props.has_thread_id = true;
        slot->props.thread_id = ids.smt_id;
    }
    return ms->possible_cpus;
}

static CpuInstanceProperties index_to_props(MachineState *ms, unsigned index)
{
    const CPUArchIdList *list = possible_cpus(ms);

    assert(index < list->len);
    return list->cpus[index].props;
}

static int64_t default_node(const MachineState *ms, int idx)
{
    X86CPUTopoInfo topo;
    X86CPUTopoIDs ids;

    init_topo_info(&topo, X86_MACHINE(ms));
    x86_topo_ids_from_idx(&topo, idx, &ids);
    return ms->numa_state->num_nodes ? ids.pkg_id % ms->numa_state->num_nodes
                                     : 0;
}

/* ---- interrupts ---------------------------------------------------------- */

/* All CPUs have it at their APICs' LINT0, if these are ours. */
static void pic_irq(void *opaque, int irq, int level)
{
    CPUState *cs;

    if (first_cpu && !X86_CPU(first_cpu)->apic_state) {
        if (level) {
            cpu_interrupt(first_cpu, CPU_INTERRUPT_HARD);
        } else {
            cpu_reset_interrupt(first_cpu, CPU_INTERRUPT_HARD);
        }
        return;
    }
    CPU_FOREACH(cs)
    {
        DeviceState *apic = X86_CPU(cs)->apic_state;

        if (apic_accept_pic_intr(apic)) {
            apic_deliver_pic_intr(apic, level);
        }
    }
}

int cpu_get_pic_interrupt(CPUX86State *env)
{
    DeviceState *apic = env_archcpu(env)->apic_state;
    int vector = apic_get_interrupt(apic);

    if (vector >= 0 || (apic && !apic_accept_pic_intr(apic))) {
        return vector;
    }
    return isa_pic && pic_get_output(isa_pic) ? pic_read_irq(isa_pic) : -1;
}

qemu_irq x86_allocate_cpu_irq(void)
{
    return qemu_allocate_irq(pic_irq, NULL, 0);
}

void gsi_handler(void *opaque, int n, int level)
{
    GSIState *s = opaque;

    if (n < ISA_NUM_IRQS && s->i8259_irq[n]) {
        qemu_set_irq(s->i8259_irq[n], level);
        if (kvm_pic_in_kernel()) {
            return; /* the GSI's routes lead to both */
        }
    }
    if (n < IOAPIC_NUM_PINS) {
        qemu_set_irq(s->ioapic_irq[n], level);
    } else if (n < 2 * IOAPIC_NUM_PINS) {
        qemu_set_irq(s->ioapic2_irq[n - IOAPIC_NUM_PINS], level);
    }
}

static void connect_ioapic(DeviceState *dev, hwaddr addr, qemu_irq *in)
{
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, addr);
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        in[i] = qdev_get_gpio_in(dev, i);
    }
}

void ioapic_init_gsi(GSIState *gsi_state, Object *parent)
{
    DeviceState *dev =
        qdev_new(kvm_ioapic_in_kernel() ? TYPE_KVM_IOAPIC : TYPE_IOAPIC);

    object_property_add_child(parent, "ioapic", OBJECT(dev));
    connect_ioapic(dev, IO_APIC_DEFAULT_ADDRESS, gsi_state->ioapic_irq);
}

DeviceState *ioapic_init_secondary(GSIState *gsi_state)
{
    DeviceState *dev = qdev_new(TYPE_IOAPIC);

    connect_ioapic(dev, IO_APIC_SECONDARY_ADDRESS, gsi_state->ioapic2_irq);
    return dev;
}

/* ---- firmware ------------------------------------------------------------ */

void x86_isa_bios_init(MemoryRegion *isa_bios, MemoryRegion *isa_memory,
                       MemoryRegion *bios, bool read_only)
{
    uint64_t size = memory_region_size(bios);
    uint64_t part = MIN(size, 128 * KiB);

    memory_region_init_alias(isa_bios, NULL, "isa-bios", bios, size - part,
                             part);
    memory_region_add_subregion_overlap(isa_memory, 1 * MiB - part, isa_bios,
                                        1);
    memory_region_set_readonly(isa_bios, read_only);
}

bool x86_load_firmware(X86MachineState *x86ms, const char *default_firmware,
                       MemoryRegion *rom_memory)
{
    const char *name = MACHINE(x86ms)->firmware ?: default_firmware;
    g_autofree char *file = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);
    int64_t size = file ? get_image_size(file) : -1;

    if (size <= 0 && !MACHINE(x86ms)->firmware) {
        return false;
    }
    if (size <= 0 || size % (64 * KiB) || size > 16 * MiB) {
        error_report("could not load PC BIOS '%s': %s", name,
                     size <= 0 ? "there is no such file"
                               : "its size is no multiple of 64 KiB up to "
                                 "16 MiB");
        exit(EXIT_FAILURE);
    }
    /* RAM: what runs there may write to its own copy. */
    memory_region_init_ram(&x86ms->bios, NULL, "pc.bios", size, &error_fatal);
    rom_add_file_fixed(name, (uint32_t)-size, -1);
    x86_isa_bios_init(&x86ms->isa_bios, rom_memory, &x86ms->bios, false);
    memory_region_add_subregion(rom_memory, (uint32_t)-size, &x86ms->bios);
    return true;
}

/* ---- options ------------------------------------------------------------- */

bool x86_machine_is_smm_enabled(const X86MachineState *x86ms)
{
    return x86ms->smm == ON_OFF_AUTO_ON ||
           (x86ms->smm == ON_OFF_AUTO_AUTO && kvm_enabled() && kvm_has_smm());
}

bool x86_machine_is_acpi_enabled(const X86MachineState *x86ms)
{
    return x86ms->acpi == ON_OFF_AUTO_ON ||
           (x86ms->acpi == ON_OFF_AUTO_AUTO && !x86ms->acpi_useless);
}

bool x86_boots_kernel(const X86MachineState *x86ms)
{
    return MACHINE(x86ms)->kernel_filename && !MACHINE(x86ms)->firmware;
}

static char *get_oem_id(Object *obj, Error **errp)
{
    return g_strdup(X86_MACHINE(obj)->oem_id);
}

static char *get_oem_table_id(Object *obj, Error **errp)
{
    return g_strdup(X86_MACHINE(obj)->oem_table_id);
}

static void set_text(char **text, const char *name, size_t max,
                     const char *value, Error **errp)
{
    if (strlen(value) > max) {
        error_setg(errp,
                   "User specified %s value is bigger than %zu bytes in size",
                   name, max);
        return;
    }
    g_free(*text);
    *text = g_strdup(value);
}

static void set_oem_id(Object *obj, const char *value, Error **errp)
{
    set_text(&X86_MACHINE(obj)->oem_id, X86_MACHINE_OEM_ID, 6, value, errp);
}

static void set_oem_table_id(Object *obj, const char *value, Error **errp)
{
    set_text(&X86_MACHINE(obj)->oem_table_id, X86_MACHINE_OEM_TABLE_ID, 8,
             value, errp);
}

static void x86_machine_instance_init(Object *obj)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    x86ms->smm = ON_OFF_AUTO_AUTO;
    x86ms->acpi = ON_OFF_AUTO_AUTO;
    x86ms->pit = ON_OFF_AUTO_AUTO;
    x86ms->pic = ON_OFF_AUTO_AUTO;
    x86ms->above_4g_mem_start = 4 * GiB;
    x86ms->oem_id = g_strdup(ACPI_BUILD_APPNAME6);
    x86ms->oem_table_id = g_strdup(ACPI_BUILD_APPNAME8);
}

static void x86_machine_finalize(Object *obj)
{
    g_free(X86_MACHINE(obj)->oem_id);
    g_free(X86_MACHINE(obj)->oem_table_id);
}

static void x86_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->cpu_index_to_instance_props = index_to_props;
    mc->get_default_cpu_node_id = default_node;
    mc->possible_cpu_arch_ids = possible_cpus;
    machine_add_on_off_auto(oc, X86_MACHINE_SMM, offsetof(X86MachineState, smm),
                            "Enable SMM");
    machine_add_on_off_auto(oc, X86_MACHINE_ACPI,
                            offsetof(X86MachineState, acpi), "Enable ACPI");
    machine_add_on_off_auto(oc, X86_MACHINE_PIT, offsetof(X86MachineState, pit),
                            "Enable i8254 PIT");
    machine_add_on_off_auto(oc, X86_MACHINE_PIC, offsetof(X86MachineState, pic),
                            "Enable i8259 PIC");
    object_class_property_add_str(oc, X86_MACHINE_OEM_ID, get_oem_id,
                                  set_oem_id);
    object_class_property_set_description(
        oc, X86_MACHINE_OEM_ID,
        "Override the default value of field OEMID in ACPI table header."
        "The string may be up to 6 bytes in size");
    object_class_property_add_str(oc, X86_MACHINE_OEM_TABLE_ID,
                                  get_oem_table_id, set_oem_table_id);
    object_class_property_set_description(
        oc, X86_MACHINE_OEM_TABLE_ID,
        "Override the default value of field OEM Table ID in ACPI table "
        "header. The string may be up to 8 bytes in size");
}

static const TypeInfo x86_machine_types[] = {
    {
        .name = TYPE_X86_MACHINE,
        .parent = TYPE_MACHINE,
        .abstract = true,
        .instance_size = sizeof(X86MachineState),
        .instance_init = x86_machine_instance_init,
        .instance_finalize = x86_machine_finalize,
        .class_size = sizeof(X86MachineClass),
        .class_init = x86_machine_class_init,
    },
};

DEFINE_TYPES(x86_machine_types)
