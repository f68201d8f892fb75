/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine base type: the options of -machine, -smp, -m, -boot and
 * -kernel as properties, and the steps from the class to a built board.
 * The topology is in machine-smp.c, the RAM in machine-ram.c.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/sysbus.h"
#include "machine-internal.h"
#include "memory/ram.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "system/numa.h"
#include "system/qtest.h"
#include "system/system.h"

MachineState *current_machine;

/*** Plain strings and flags. ***/

#define STRING_ACCESSORS(fn, field)                                            \
    static char *machine_get_##fn(Object *obj, Error **errp)                   \
    {                                                                          \
        return g_strdup(MACHINE(obj)->field);                                  \
    }                                                                          \
    static void machine_set_##fn(Object *obj, const char *value, Error **errp) \
    {                                                                          \
        MachineState *ms = MACHINE(obj);                                       \
                                                                               \
        g_free(ms->field);                                                     \
        ms->field = g_strdup(value);                                           \
    }

#define FLAG_ACCESSORS(field)                                                  \
    static bool machine_get_##field(Object *obj, Error **errp)                 \
    {                                                                          \
        return MACHINE(obj)->field;                                            \
    }                                                                          \
    static void machine_set_##field(Object *obj, bool value, Error **errp)     \
    {                                                                          \
        MACHINE(obj)->field = value;                                           \
    }

STRING_ACCESSORS(kernel, kernel_filename)
STRING_ACCESSORS(initrd, initrd_filename)
STRING_ACCESSORS(shim, shim_filename)
STRING_ACCESSORS(append, kernel_cmdline)
STRING_ACCESSORS(dtb, dtb)
STRING_ACCESSORS(dumpdtb, dumpdtb)
STRING_ACCESSORS(dt_compatible, dt_compatible)
STRING_ACCESSORS(firmware, firmware)

FLAG_ACCESSORS(enable_graphics)
FLAG_ACCESSORS(suppress_vmdesc)

static bool machine_get_usb(Object *obj, Error **errp)
{
    return MACHINE(obj)->usb;
}

static void machine_set_usb(Object *obj, bool value, Error **errp)
{
    MachineState *ms = MACHINE(obj);

    ms->usb = value;
    ms->usb_disabled = !value;
}

static void machine_phandle_start_access(Object *obj, Visitor *v,
                                         const char *name, void *opaque,
                                         Error **errp)
{
    MachineState *ms = MACHINE(obj);
    int64_t value = ms->phandle_start;

    if (visit_type_int(v, name, &value, errp)) {
        ms->phandle_start = value;
    }
}

/*** Memory. ***/

static bool machine_get_dump_guest_core(Object *obj, Error **errp)
{
    return MACHINE(obj)->dump_guest_core;
}

static bool machine_get_mem_merge(Object *obj, Error **errp)
{
    return MACHINE(obj)->mem_merge;
}

static void use_advice(MachineState *ms)
{
    ram_set_default_advice(ms->mem_merge, ms->dump_guest_core);
}

static void machine_set_dump_guest_core(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->dump_guest_core = value;
    use_advice(MACHINE(obj));
}

static void machine_set_mem_merge(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->mem_merge = value;
    use_advice(MACHINE(obj));
}

static bool machine_get_aux_ram_share(Object *obj, Error **errp)
{
    return MACHINE(obj)->aux_ram_share;
}

static void machine_set_aux_ram_share(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->aux_ram_share = value;
    ram_set_default_shared(value);
}

static bool machine_get_memory_placement(Object *obj, Error **errp)
{
    return !MACHINE(obj)->no_memory_placement;
}

static void machine_set_memory_placement(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->no_memory_placement = !value;
}

static void machine_get_mem(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    MachineState *ms = MACHINE(obj);
    MemorySizeConfiguration mem = {
        .has_size = true,
        .size = ms->ram_size,
        .has_max_size = !!ms->ram_slots,
        .max_size = ms->maxram_size,
        .has_slots = !!ms->ram_slots,
        .slots = ms->ram_slots,
    };
    MemorySizeConfiguration *p = &mem;

    visit_type_MemorySizeConfiguration(v, name, &p, &error_abort);
}

static bool check_mem(MachineClass *mc, MemorySizeConfiguration *mem,
                      Error **errp)
{
    if (mem->size > RAM_ADDR_MAX - 8191) {
        error_setg(errp, "ram size %llu exceeds permitted maximum %llu",
                   (unsigned long long)mem->size,
                   (unsigned long long)RAM_ADDR_MAX);
        return false;
    }
    /* What a machine's pages could be, at most */
    mem->size = QEMU_ALIGN_UP(mem->size, 8192);
    if (mc->fixup_ram_size) {
        mem->size = mc->fixup_ram_size(mem->size);
    }

    if (!mem->has_max_size) {
        if (mem->has_slots) {
            error_setg(errp, "slots specified but no max-size");
            return false;
        }
        return true;
    }
    if (mem->max_size < mem->size) {
        error_setg(errp,
                   "invalid value of maxmem: "
                   "maximum memory size (0x%" PRIx64 ") must be at least "
                   "the initial memory size (0x%" PRIx64 ")",
                   mem->max_size, mem->size);
        return false;
    }
    if (mem->has_slots && mem->slots && mem->max_size == mem->size) {
        error_setg(errp,
                   "invalid value of maxmem: "
                   "memory slots were specified but maximum memory size "
                   "(0x%" PRIx64 ") is equal to the initial memory size "
                   "(0x%" PRIx64 ")",
                   mem->max_size, mem->size);
        return false;
    }
    return true;
}

static void machine_set_mem(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    MachineState *ms = MACHINE(obj);
    MachineClass *mc = MACHINE_GET_CLASS(obj);
    MemorySizeConfiguration *mem;

    if (!visit_type_MemorySizeConfiguration(v, name, &mem, errp)) {
        return;
    }
    if (!mem->size) { /* -m 0 stands for it, too */
        mem->size = mc->default_ram_size;
    }
    if (check_mem(mc, mem, errp)) {
        ms->ram_size = mem->size;
        ms->maxram_size = mem->has_max_size ? mem->max_size : mem->size;
        ms->ram_slots = mem->has_slots ? mem->slots : 0;
    }
    qapi_free_MemorySizeConfiguration(mem);
}

/*** The order of boot devices, which are letters from a to p. ***/

static void clear_boot_config(MachineState *ms)
{
    g_free(ms->boot_config.order);
    g_free(ms->boot_config.once);
    g_free(ms->boot_config.splash);
}

/* Takes over the strings in @config. */
static void use_boot_config(MachineState *ms, const BootConfiguration *config)
{
    clear_boot_config(ms);
    ms->boot_config = *config;
    if (!ms->boot_config.order) {
        ms->boot_config.order =
            g_strdup(MACHINE_GET_CLASS(ms)->default_boot_order);
    }
}

static void machine_get_boot(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    BootConfiguration *config = &MACHINE(obj)->boot_config;

    visit_type_BootConfiguration(v, name, &config, &error_abort);
}

static void machine_set_boot(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ERRP_GUARD();
    BootConfiguration *config;

    if (!visit_type_BootConfiguration(v, name, &config, errp)) {
        return;
    }
    if (config->order) {
        validate_bootdevices(config->order, errp);
    }
    if (!*errp && config->once) {
        validate_bootdevices(config->once, errp);
    }
    if (*errp) {
        qapi_free_BootConfiguration(config);
        return;
    }
    use_boot_config(MACHINE(obj), config);
    g_free(config);
}

/*** Topology. ***/

static void machine_get_smp(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    const CpuTopology *smp = &MACHINE(obj)->smp;
    SMPConfiguration config = {
        .has_cpus = true,
        .cpus = smp->cpus,
        .has_drawers = true,
        .drawers = smp->drawers,
        .has_books = true,
        .books = smp->books,
        .has_sockets = true,
        .sockets = smp->sockets,
        .has_dies = true,
        .dies = smp->dies,
        .has_clusters = true,
        .clusters = smp->clusters,
        .has_modules = true,
        .modules = smp->modules,
        .has_cores = true,
        .cores = smp->cores,
        .has_threads = true,
        .threads = smp->threads,
        .has_maxcpus = true,
        .maxcpus = smp->max_cpus,
    };
    SMPConfiguration *p = &config;

    visit_type_SMPConfiguration(v, name, &p, &error_abort);
}

static void machine_set_smp(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    g_autoptr(SMPConfiguration) config = NULL;

    if (visit_type_SMPConfiguration(v, name, &config, errp)) {
        machine_parse_smp_config(MACHINE(obj), config, errp);
    }
}

/*** What others ask of a machine. ***/

bool machine_usb(MachineState *machine)
{
    return machine->usb;
}

int machine_phandle_start(MachineState *machine)
{
    return machine->phandle_start;
}

bool machine_dump_guest_core(MachineState *machine)
{
    return machine->dump_guest_core;
}

bool machine_mem_merge(MachineState *machine)
{
    return machine->mem_merge;
}

const char *machine_class_default_cpu_type(MachineClass *mc)
{
    /* A list of one is as good as a default. */
    if (mc->valid_cpu_types && mc->valid_cpu_types[0] &&
        !mc->valid_cpu_types[1]) {
        return mc->valid_cpu_types[0];
    }
    return mc->default_cpu_type;
}

void machine_class_allow_dynamic_sysbus_dev(MachineClass *mc, const char *type)
{
    QAPI_LIST_PREPEND(mc->allowed_dynamic_sysbus_devices, g_strdup(type));
}

bool device_type_is_dynamic_sysbus(MachineClass *mc, const char *type)
{
    ObjectClass *oc = object_class_by_name(type);

    for (strList *l = mc->allowed_dynamic_sysbus_devices; l; l = l->next) {
        if (oc && object_class_dynamic_cast(oc, l->value)) {
            return true;
        }
    }
    return false;
}

bool device_is_dynamic_sysbus(MachineClass *mc, DeviceState *dev)
{
    Object *obj = OBJECT(dev);

    return object_dynamic_cast(obj, TYPE_SYS_BUS_DEVICE) &&
           device_type_is_dynamic_sysbus(mc, object_get_typename(obj));
}

/*** From the class to the board. ***/

MachineState *machine_create(MachineClass *mc)
{
    MachineState *ms = MACHINE(object_new_with_class(OBJECT_CLASS(mc)));

    assert(!current_machine);
    current_machine = ms;
    phase_advance(PHASE_MACHINE_CREATED);
    object_property_add_child(object_get_root(), "machine", OBJECT(ms));
    object_unref(OBJECT(ms));

    object_property_add_new_container(OBJECT(ms), "unattached");
    memory_map_attach(machine_get_container("unattached"));
    object_property_add_new_container(OBJECT(ms), "peripheral");
    object_property_add_new_container(OBJECT(ms), "peripheral-anon");
    object_property_add_child(machine_get_container("unattached"), "sysbus",
                              OBJECT(sysbus_get_default()));

    object_set_machine_compat_props(mc->compat_props);
    return ms;
}

void machine_run_board_init(MachineState *machine, const char *mem_path,
                            Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);

    if (!machine_prepare_ram(machine, mem_path, errp)) {
        return;
    }

    if (machine->numa_state && machine->numa_state->num_nodes) {
        numa_complete_cpus(machine);
    }

    /* Steps that had nothing to do, such as that of the accelerator */
    for (int phase = PHASE_MACHINE_CREATED;
         phase <= PHASE_LATE_BACKENDS_CREATED; phase++) {
        if (!phase_check(phase)) {
            phase_advance(phase);
        }
    }

    if (mc->init) {
        mc->init(machine);
    }
    phase_advance(PHASE_MACHINE_INITIALIZED);
}

/*** The type. ***/

/* Here, since what builds machines asks: set by the accelerator qtest. */
bool qtest_allowed;

static bool machine_get_hmat(Object *obj, Error **errp)
{
    return MACHINE(obj)->numa_state->hmat_enabled;
}

static void machine_set_hmat(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->numa_state->hmat_enabled = value;
}

static void machine_init(Object *obj)
{
    MachineState *ms = MACHINE(obj);
    MachineClass *mc = MACHINE_GET_CLASS(obj);

    ms->dump_guest_core = true;
    ms->mem_merge = true;
    use_advice(ms);
    ms->enable_graphics = true;
    ms->kernel_cmdline = g_strdup("");
    ms->ram_size = mc->default_ram_size;
    ms->maxram_size = mc->default_ram_size;
    ms->smp = (CpuTopology){
        .cpus = mc->default_cpus,
        .max_cpus = mc->default_cpus,
        .drawers = 1,
        .books = 1,
        .sockets = 1,
        .dies = 1,
        .clusters = 1,
        .modules = 1,
        .cores = 1,
        .threads = 1,
    };
    use_boot_config(ms, &(BootConfiguration){ 0 });
    if (mc->cpu_index_to_instance_props && mc->get_default_cpu_node_id) {
        ms->numa_state = g_new0(NumaState, 1);
        object_property_add_bool(obj, "hmat", machine_get_hmat,
                                 machine_set_hmat);
        object_property_set_description(
            obj, "hmat",
            "Set on/off to enable/disable ACPI Heterogeneous Memory Attribute "
            "Table (HMAT)");
    }
}

static void machine_finalize(Object *obj)
{
    MachineState *ms = MACHINE(obj);

    clear_boot_config(ms);
    g_free(ms->kernel_filename);
    g_free(ms->initrd_filename);
    g_free(ms->shim_filename);
    g_free(ms->kernel_cmdline);
    g_free(ms->dtb);
    g_free(ms->dumpdtb);
    g_free(ms->dt_compatible);
    g_free(ms->firmware);
    g_free(ms->possible_cpus);
    numa_state_free(ms->numa_state);
}

static void add_string_property(ObjectClass *oc, const char *name,
                                char *(*get)(Object *, Error **),
                                void (*set)(Object *, const char *, Error **),
                                const char *description)
{
    object_class_property_add_str(oc, name, get, set);
    object_class_property_set_description(oc, name, description);
}

static void add_flag_property(ObjectClass *oc, const char *name,
                              bool (*get)(Object *, Error **),
                              void (*set)(Object *, bool, Error **),
                              const char *description)
{
    object_class_property_add_bool(oc, name, get, set);
    object_class_property_set_description(oc, name, description);
}

static void add_struct_property(ObjectClass *oc, const char *name,
                                const char *type, ObjectPropertyAccessor *get,
                                ObjectPropertyAccessor *set,
                                const char *description)
{
    object_class_property_add(oc, name, type, get, set, NULL, NULL);
    object_class_property_set_description(oc, name, description);
}

static void machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->default_ram_size = 128 * MiB;
    mc->create_default_memdev = machine_create_default_memdev;
    mc->rom_file_has_mr = true;
    /* Memory of a node comes in pieces that every guest can add: 8 MiB */
    mc->numa_mem_align_shift = 23;

    add_string_property(oc, "kernel", machine_get_kernel, machine_set_kernel,
                        "Linux kernel image file");
    add_string_property(oc, "shim", machine_get_shim, machine_set_shim,
                        "shim.efi file");
    add_string_property(oc, "initrd", machine_get_initrd, machine_set_initrd,
                        "Linux initial ramdisk file");
    add_string_property(oc, "append", machine_get_append, machine_set_append,
                        "Linux kernel command line");
    add_string_property(oc, "dtb", machine_get_dtb, machine_set_dtb,
                        "Linux kernel device tree file");
    add_string_property(oc, "dumpdtb", machine_get_dumpdtb, machine_set_dumpdtb,
                        "Dump current dtb to a file and quit");
    add_string_property(
        oc, "dt-compatible", machine_get_dt_compatible,
        machine_set_dt_compatible,
        "Overrides the \"compatible\" property of the dt root node");
    add_string_property(oc, "firmware", machine_get_firmware,
                        machine_set_firmware, "Firmware image");

    add_struct_property(oc, "boot", "BootConfiguration", machine_get_boot,
                        machine_set_boot, "Boot configuration");
    add_struct_property(oc, "smp", "SMPConfiguration", machine_get_smp,
                        machine_set_smp, "CPU topology");
    add_struct_property(oc, "memory", "MemorySizeConfiguration",
                        machine_get_mem, machine_set_mem,
                        "Memory size configuration");
    machine_add_ram_properties(oc);
    add_struct_property(oc, "phandle-start", "int",
                        machine_phandle_start_access,
                        machine_phandle_start_access,
                        "The first phandle ID we may generate dynamically");

    add_flag_property(oc, "dump-guest-core", machine_get_dump_guest_core,
                      machine_set_dump_guest_core,
                      "Include guest memory in a core dump");
    add_flag_property(oc, "mem-merge", machine_get_mem_merge,
                      machine_set_mem_merge,
                      "Enable/disable memory merge support");
    add_flag_property(oc, "aux-ram-share", machine_get_aux_ram_share,
                      machine_set_aux_ram_share,
                      "Use anonymous shared memory for auxiliary guest RAMs");
    add_flag_property(oc, "usb", machine_get_usb, machine_set_usb,
                      "Set on/off to enable/disable usb");
    add_flag_property(oc, "graphics", machine_get_enable_graphics,
                      machine_set_enable_graphics,
                      "Set on/off to enable/disable graphics emulation");
    add_flag_property(oc, "suppress-vmdesc", machine_get_suppress_vmdesc,
                      machine_set_suppress_vmdesc,
                      "Set on to disable self-describing migration");
    add_flag_property(oc, "x-memory-placement", machine_get_memory_placement,
                      machine_set_memory_placement,
                      "Migrate where memory devices are; off for a "
                      "destination that does not know of it");
}

static void machine_class_base_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->max_cpus = mc->max_cpus ?: 1;
    mc->min_cpus = mc->min_cpus ?: 1;
    mc->default_cpus = mc->default_cpus ?: 1;
    /* These are not inherited: the copy of the parent's pointer is not ours */
    mc->compat_props = g_ptr_array_new();
    mc->targets = NULL;
    mc->name = NULL;
    if (!object_class_is_abstract(oc)) {
        const char *type = object_class_get_name(oc);

        assert(g_str_has_suffix(type, TYPE_MACHINE_SUFFIX));
        mc->name = g_strndup(type, strlen(type) - strlen(TYPE_MACHINE_SUFFIX));
    }
}

static const TypeInfo machine_types[] = {
    {
        .name = TYPE_MACHINE,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .class_size = sizeof(MachineClass),
        .class_init = machine_class_init,
        .class_base_init = machine_class_base_init,
        .instance_size = sizeof(MachineState),
        .instance_init = machine_init,
        .instance_finalize = machine_finalize,
    },
};

DEFINE_TYPES(machine_types)
