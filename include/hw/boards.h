/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines: what a board file defines and what it is given.
 *
 * A machine type is a class derived from TYPE_MACHINE and called NAME-machine.
 * Its class_init describes the board (limits, defaults, compat properties);
 * its init method builds it, from a MachineState in which the user's options
 * already are, as properties of the object /machine.
 * Versioned types ("virt-10.0") are made with the MACHINE_VER_* macros.
 * See hw/target.h for the architecture that a machine belongs to.
 */
#ifndef HW_BOARDS_H
#define HW_BOARDS_H

#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "system/blockdev.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "hw/qdev-core.h"
#include "hw/resettable.h"
#include "hw/target.h"

#define TYPE_MACHINE_SUFFIX "-machine"

/* The QOM type of the machine that "-M machinename" means. */
#define MACHINE_TYPE_NAME(machinename) (machinename TYPE_MACHINE_SUFFIX)

#define TYPE_MACHINE "machine"
#undef MACHINE /* BSD has one */
OBJECT_DECLARE_TYPE(MachineState, MachineClass, MACHINE)

/* The machine of this process, NULL before it is created. */
extern MachineState *current_machine;

/* The CPU type when the user names none, or NULL. */
const char *machine_class_default_cpu_type(MachineClass *mc);

/*
 * Puts the CPU slots that @props matches (the ids that it has) into the node
 * props->node_id. An error when a slot is in another node, when @props has an
 * id that the machine's slots do not, or when no slot matches.
 */
void machine_set_cpu_numa_node(MachineState *machine,
                               const CpuInstanceProperties *props,
                               Error **errp);

/*
 * Ours: the machine's CPU type from -cpu @option, or the default if NULL. False
 * with @errp when the machine cannot have it; what is no model ends the program.
 */
bool machine_set_cpu(MachineState *ms, const char *option, Error **errp);

/*
 * Ours: makes the machine of class @mc, with its containers and the system
 * bus, and puts its compat properties in force. At most once. Sets
 * current_machine.
 */
MachineState *machine_create(MachineClass *mc);

/* Builds the board: checks what the user asked for and calls the init method */
void machine_run_board_init(MachineState *machine, const char *mem_path,
                            Error **errp);

/*
 * The memory of @backend, of which @machine is from now on the only user; ends
 * the program with a message if there is one already. For boards that have RAM
 * beside machine->ram.
 */
MemoryRegion *machine_consume_memdev(MachineState *machine,
                                     HostMemoryBackend *backend);

/* Values of machine properties. */
bool machine_usb(MachineState *machine);
int machine_phandle_start(MachineState *machine);
bool machine_dump_guest_core(MachineState *machine);
bool machine_mem_merge(MachineState *machine);

/*
 * Works out ms->smp from what -smp gives: fills in what was left out, and
 * fails when it does not multiply up or the machine does not know a level.
 */
void machine_parse_smp_config(MachineState *ms,
                              const SMPConfiguration *config, Error **errp);
unsigned int machine_topo_get_cores_per_socket(const MachineState *ms);
unsigned int machine_topo_get_threads_per_socket(const MachineState *ms);

/*
 * System bus devices cannot be added by the user, except the types that a
 * machine allows in its class_init. The others tell whether a type, or a
 * device (any device), is such a one; derived types are.
 */
void machine_class_allow_dynamic_sysbus_dev(MachineClass *mc,
                                            const char *type);
bool device_type_is_dynamic_sysbus(MachineClass *mc, const char *type);
bool device_is_dynamic_sysbus(MachineClass *mc, DeviceState *dev);

/*
 * A CPU slot: its id on this architecture, the threads it provides, its place
 * in the topology, the CPU if present, and the type that fits.
 */
typedef struct CPUArchId {
    uint64_t arch_id;
    int64_t vcpus_count;
    CpuInstanceProperties props;
    CPUState *cpu;
    const char *type;
} CPUArchId;

typedef struct {
    int len;
    CPUArchId cpus[];
} CPUArchIdList;

/* Which levels of topology a machine has, and whether sockets come first. */
typedef struct {
    bool prefer_sockets;
    bool dies_supported;
    bool clusters_supported;
    bool has_clusters; /* the user has named clusters */
    bool books_supported;
    bool drawers_supported;
    bool modules_supported;
    bool cache_supported[CACHE_LEVEL_AND_TYPE__MAX];
    bool has_caches; /* the user has described caches */
} SMPCompatProps;

struct MachineClass {
    ObjectClass parent_class;

    const char *family;
    char *name; /* as -M takes it; allocated */
    const char *alias;
    const char *desc;
    const char *deprecation_reason; /* set: deprecated, and what to use */

    void (*init)(MachineState *state);
    /* NULL: qemu_devices_reset() */
    void (*reset)(MachineState *state, ResetType type);
    void (*wakeup)(MachineState *state);
    int (*kvm_type)(MachineState *machine, const char *arg);
    int (*hvf_get_physical_address_range)(MachineState *machine);

    BlockInterfaceType block_default_type;
    int units_per_default_bus;
    int max_cpus; /* 0 counts as 1, as in the two below */
    int min_cpus;
    int default_cpus;
    unsigned int no_serial : 1, no_parallel : 1, no_floppy : 1, no_cdrom : 1,
        pci_allow_0_address : 1, legacy_fw_cfg_order : 1;
    bool auto_create_sdcard;
    bool is_default; /* used when there is no -M */
    const char *default_machine_opts;
    const char *default_boot_order;
    const char *default_display;
    const char *default_nic;
    GPtrArray *compat_props; /* of GlobalProperty, oldest version last */
    const char *hw_version;
    ram_addr_t default_ram_size;
    const char *default_cpu_type;
    bool default_kernel_irqchip_split;
    bool option_rom_has_mr;
    bool rom_file_has_mr;
    int minimum_page_bits; /* no CPU of this board has smaller pages */
    bool has_hotpluggable_cpus;
    /* Old boards: accesses to nothing read as zero instead of faulting */
    bool ignore_memory_transaction_failures;
    int numa_mem_align_shift;
    const char *const *valid_cpu_types; /* NULL-terminated; NULL: any */
    strList *allowed_dynamic_sysbus_devices;
    bool auto_enable_numa_with_memhp;
    bool auto_enable_numa_with_memdev;
    bool ignore_boot_device_suffixes;
    bool smbus_no_migration_support;
    bool nvdimm_supported;
    bool numa_mem_supported;
    bool auto_enable_numa;
    bool cpu_cluster_has_numa_boundary;
    SMPCompatProps smp_props;
    /* The name of the default RAM; NULL: the board has none, -m is ignored */
    const char *default_ram_id;

    /* Who plugs @dev, which is on no bus; NULL: nobody need act */
    HotplugHandler *(*get_hotplug_handler)(MachineState *machine,
                                           DeviceState *dev);
    /* May refuse a hotplug with an error */
    bool (*hotplug_allowed)(MachineState *state, DeviceState *dev,
                            Error **errp);
    CpuInstanceProperties (*cpu_index_to_instance_props)(MachineState *machine,
                                                         unsigned cpu_index);
    /* All slots for CPUs; kept by the machine */
    const CPUArchIdList *(*possible_cpu_arch_ids)(MachineState *machine);
    int64_t (*get_default_cpu_node_id)(const MachineState *ms, int idx);
    ram_addr_t (*fixup_ram_size)(ram_addr_t size);
    uint64_t smbios_memory_device_size;
    bool (*create_default_memdev)(MachineState *ms, const char *path,
                                  Error **errp);

    /* Ours: the targets it belongs to, of char *; NULL: all. hw/target.h */
    GPtrArray *targets;
};

/* Memory that is plugged in at run time: hw/mem/memory-device.h. */
typedef struct DeviceMemoryState {
    hwaddr base;
    MemoryRegion mr; /* the window, a container */
    AddressSpace as; /* of it alone */
    MemoryListener listener;
    uint64_t dimm_size; /* of all DIMMs */
    uint64_t used_region_size;
    unsigned int required_memslots;
    unsigned int used_memslots;
    unsigned int memslot_auto_decision_active;

    /* Ours: the bottom of the window is for DIMMs */
    uint64_t dimm_reserved;
} DeviceMemoryState;

/* For a board: makes ms->device_memory, a window of @size bytes at @base. */
void machine_memory_devices_init(MachineState *ms, hwaddr base, uint64_t size);

/* How many of each level there are in one of the level above. */
typedef struct CpuTopology {
    unsigned int cpus; /* present at start */
    unsigned int drawers;
    unsigned int books;
    unsigned int sockets;
    unsigned int dies;
    unsigned int clusters;
    unsigned int modules;
    unsigned int cores;
    unsigned int threads;
    unsigned int max_cpus; /* the product of all levels */
} CpuTopology;

typedef struct SmpCache {
    SmpCacheProperties props[CACHE_LEVEL_AND_TYPE__MAX];
} SmpCache;

struct MachineState {
    Object parent_obj;

    void *fdt;
    char *dtb;
    char *dumpdtb;
    int phandle_start;
    char *dt_compatible;
    bool dump_guest_core;
    bool mem_merge;
    bool usb;
    bool usb_disabled; /* the user has said usb=off */
    char *firmware;
    bool iommu;
    bool suppress_vmdesc;
    bool enable_graphics;
    ConfidentialGuestSupport *cgs;
    HostMemoryBackend *memdev;
    bool aux_ram_share;
    MemoryRegion *ram; /* the board's RAM as one region */
    DeviceMemoryState *device_memory;
    bool no_memory_placement; /* ours: x-memory-placement=off */

    char *audiodev;

    ram_addr_t ram_size;
    ram_addr_t maxram_size;
    uint64_t ram_slots;
    BootConfiguration boot_config;
    char *kernel_filename;
    char *kernel_cmdline;
    char *shim_filename;
    char *initrd_filename;
    const char *cpu_type;
    AccelState *accelerator;
    CPUArchIdList *possible_cpus;
    CpuTopology smp;
    SmpCache smp_cache;
    struct NVDIMMState *nvdimms_state;
    struct NumaState *numa_state;

    /* Ours: machine_memory_devices_set_fallback(); 0, 0: none */
    hwaddr fallback_memory_base;
    uint64_t fallback_memory_size;
};

/*
 * Versioned machine types. The macros take a version as MAJOR, MINOR or
 * MAJOR, MINOR, MICRO, either followed by _, TAG for a tagged variant.
 *
 * _MACHINE_VER_PICK(ARGS, M5, M4, M3, M2)(...) is the one of the four macros
 * that fits the number of ARGS.
 */
#define _MACHINE_VER_PICK(x1, x2, x3, x4, x5, x6, ...) x6

/* The version for people: "10.0", "10.0.1-tag". */
#define _MACHINE_VER_STR2(major, minor)        #major "." #minor
#define _MACHINE_VER_STR3(major, minor, micro) #major "." #minor "." #micro
#define _MACHINE_VER_STR4(major, minor, _unused_, tag) \
    #major "." #minor "-" #tag
#define _MACHINE_VER_STR5(major, minor, micro, _unused_, tag) \
    #major "." #minor "." #micro "-" #tag
#define MACHINE_VER_STR(...)                                              \
    _MACHINE_VER_PICK(__VA_ARGS__, _MACHINE_VER_STR5, _MACHINE_VER_STR4,  \
                      _MACHINE_VER_STR3, _MACHINE_VER_STR2)               \
    (__VA_ARGS__)

/* The QOM type: "virt-10.0-machine". */
#define _MACHINE_VER_TYPE_NAME2(prefix, major, minor) \
    prefix "-" _MACHINE_VER_STR2(major, minor) TYPE_MACHINE_SUFFIX
#define _MACHINE_VER_TYPE_NAME3(prefix, major, minor, micro) \
    prefix "-" _MACHINE_VER_STR3(major, minor, micro) TYPE_MACHINE_SUFFIX
#define _MACHINE_VER_TYPE_NAME4(prefix, major, minor, _unused_, tag) \
    prefix "-" _MACHINE_VER_STR4(major, minor, _, tag) TYPE_MACHINE_SUFFIX
#define _MACHINE_VER_TYPE_NAME5(prefix, major, minor, micro, _unused_, tag) \
    prefix "-" _MACHINE_VER_STR5(major, minor, micro, _, tag)             \
        TYPE_MACHINE_SUFFIX
#define MACHINE_VER_TYPE_NAME(prefix, ...)                                \
    _MACHINE_VER_PICK(__VA_ARGS__, _MACHINE_VER_TYPE_NAME5,               \
                      _MACHINE_VER_TYPE_NAME4, _MACHINE_VER_TYPE_NAME3,   \
                      _MACHINE_VER_TYPE_NAME2)                            \
    (prefix, __VA_ARGS__)

/* An identifier: virt_machine_10_0_class_init. */
#define _MACHINE_VER_SYM2(sym, prefix, major, minor) \
    prefix##_machine_##major##_##minor##_##sym
#define _MACHINE_VER_SYM3(sym, prefix, major, minor, micro) \
    prefix##_machine_##major##_##minor##_##micro##_##sym
#define _MACHINE_VER_SYM4(sym, prefix, major, minor, _unused_, tag) \
    prefix##_machine_##major##_##minor##_##tag##_##sym
#define _MACHINE_VER_SYM5(sym, prefix, major, minor, micro, _unused_, tag) \
    prefix##_machine_##major##_##minor##_##micro##_##tag##_##sym
#define MACHINE_VER_SYM(sym, prefix, ...)                                 \
    _MACHINE_VER_PICK(__VA_ARGS__, _MACHINE_VER_SYM5, _MACHINE_VER_SYM4,  \
                      _MACHINE_VER_SYM3, _MACHINE_VER_SYM2)               \
    (sym, prefix, __VA_ARGS__)

/*
 * The life of a versioned type, in major versions (one a year) of the machine
 * interface: deprecated after 3, deleted after 6.
 */
#define MACHINE_VER_DELETION_MAJOR    6
#define MACHINE_VER_DEPRECATION_MAJOR 3

/* The interface version that versioned types are counted against. */
#ifndef QEMU_VERSION_MAJOR
#define QEMU_VERSION_MAJOR 10
#define QEMU_VERSION_MINOR 0
#define QEMU_VERSION_MICRO 0
#endif

#define MACHINE_VER_DEPRECATION_MSG                                       \
    "machines more than " stringify(MACHINE_VER_DEPRECATION_MAJOR)        \
    " years old are subject to deletion after "                           \
    stringify(MACHINE_VER_DELETION_MAJOR) " years"

#define _MACHINE_VER_IS_EXPIRED_IMPL(cutoff, major, minor)                \
    ((QEMU_VERSION_MAJOR - (major)) * 1000 + QEMU_VERSION_MINOR -         \
         (minor) >= (cutoff) * 1000)
#define _MACHINE_VER_IS_EXPIRED2(cutoff, major, minor) \
    _MACHINE_VER_IS_EXPIRED_IMPL(cutoff, major, minor)
#define _MACHINE_VER_IS_EXPIRED3(cutoff, major, minor, micro) \
    _MACHINE_VER_IS_EXPIRED_IMPL(cutoff, major, minor)
#define _MACHINE_VER_IS_EXPIRED4(cutoff, major, minor, _unused, tag) \
    _MACHINE_VER_IS_EXPIRED_IMPL(cutoff, major, minor)
#define _MACHINE_VER_IS_EXPIRED5(cutoff, major, minor, micro, _unused, tag) \
    _MACHINE_VER_IS_EXPIRED_IMPL(cutoff, major, minor)
#define _MACHINE_IS_EXPIRED(cutoff, ...)                                  \
    _MACHINE_VER_PICK(__VA_ARGS__, _MACHINE_VER_IS_EXPIRED5,              \
                      _MACHINE_VER_IS_EXPIRED4, _MACHINE_VER_IS_EXPIRED3, \
                      _MACHINE_VER_IS_EXPIRED2)                           \
    (cutoff, __VA_ARGS__)

#define MACHINE_VER_IS_DEPRECATED(...) \
    _MACHINE_IS_EXPIRED(MACHINE_VER_DEPRECATION_MAJOR, __VA_ARGS__)
#define MACHINE_VER_SHOULD_DELETE(...) \
    _MACHINE_IS_EXPIRED(MACHINE_VER_DELETION_MAJOR, __VA_ARGS__)

/* For every versioned class_init: marks the class (mc) when it is old. */
#define MACHINE_VER_DEPRECATION(...)                                      \
    do {                                                                  \
        if (MACHINE_VER_IS_DEPRECATED(__VA_ARGS__)) {                     \
            mc->deprecation_reason = MACHINE_VER_DEPRECATION_MSG;         \
        }                                                                 \
    } while (0)

/*
 * For every function that registers a versioned type: leaves it when the type
 * is too old. In 10.0 only if QEMU_DELETE_MACHINES is in the environment.
 */
#define MACHINE_VER_DELETION(...)                                         \
    do {                                                                  \
        if (MACHINE_VER_SHOULD_DELETE(__VA_ARGS__) &&                     \
            (QEMU_VERSION_MAJOR * 100 + QEMU_VERSION_MINOR >= 1001 ||     \
             getenv("QEMU_DELETE_MACHINES"))) {                           \
            return;                                                       \
        }                                                                 \
    } while (0)

/*
 * What devices did differently in a version, for machine types of that version
 * and older: a type's class_init adds the arrays from its own version on, the
 * newest first, with compat_props_add(mc->compat_props, hw_compat_9_2,
 * hw_compat_9_2_len).
 */
#define HW_COMPAT_(version)                                              \
    extern GlobalProperty hw_compat_##version[];                         \
    extern const size_t hw_compat_##version##_len
HW_COMPAT_(9_2);
HW_COMPAT_(9_1);
HW_COMPAT_(9_0);
HW_COMPAT_(8_2);
HW_COMPAT_(8_1);
HW_COMPAT_(8_0);
HW_COMPAT_(7_2);
HW_COMPAT_(7_1);
HW_COMPAT_(7_0);
HW_COMPAT_(6_2);
HW_COMPAT_(6_1);
HW_COMPAT_(6_0);
HW_COMPAT_(5_2);
HW_COMPAT_(5_1);
HW_COMPAT_(5_0);
HW_COMPAT_(4_2);
HW_COMPAT_(4_1);
HW_COMPAT_(4_0);
HW_COMPAT_(3_1);
HW_COMPAT_(3_0);
HW_COMPAT_(2_12);
HW_COMPAT_(2_11);
HW_COMPAT_(2_10);
HW_COMPAT_(2_9);
HW_COMPAT_(2_8);
HW_COMPAT_(2_7);
HW_COMPAT_(2_6);
HW_COMPAT_(2_5);
HW_COMPAT_(2_4);
#undef HW_COMPAT_

/* Defines a machine type with only a class init function, for mc. */
#define DEFINE_MACHINE(namestr, machine_initfn)                           \
    static void machine_initfn##_class_init(ObjectClass *oc, void *data)  \
    {                                                                     \
        machine_initfn(MACHINE_CLASS(oc));                                \
    }                                                                     \
    static const TypeInfo machine_initfn##_typeinfo = {                   \
        .name = MACHINE_TYPE_NAME(namestr),                               \
        .parent = TYPE_MACHINE,                                           \
        .class_init = machine_initfn##_class_init,                        \
    };                                                                    \
    static void machine_initfn##_register_types(void)                     \
    {                                                                     \
        type_register_static(&machine_initfn##_typeinfo);                 \
    }                                                                     \
    type_init(machine_initfn##_register_types)

#endif
