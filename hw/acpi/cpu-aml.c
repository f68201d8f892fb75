/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AML for CPU slots: PRES has the registers, \_SB.CPUS methods with the slot as
 * argument and a device (ACPI0007) for each slot that calls them. The registers
 * are those of one slot at a time, hence the mutex.
 */
#include "qemu/osdep.h"
#include "hw/acpi/cpu.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"

#define REGISTERS "PRES"
#define REGION    "PRST"
#define LOCK      "CPLK"
#define CPUS      "\\_SB.CPUS"
#define SLOT_NAME "C%.03X"
#define WAIT      0xffff

/* Fields of the registers. */
#define SELECTOR  "CSEL"
#define COMMAND   "CCMD"
#define DATA      "CDAT"
#define ENABLED   "CPEN"
#define INSERTING "CINS"
#define REMOVING  "CRMV"
#define EJECT     "CEJ0"
#define FW_EJECT  "CEJF"

/* cpu.h's commands. */
enum {
    CMD_NEXT_WITH_EVENT = 0,
    CMD_OST_EVENT = 1,
    CMD_OST_STATUS = 2,
};

/* Notify()'s and _STA's numbers (ACPI 6.5, 5.6.6, 6.3.7). */
enum {
    NOTIFY_DEVICE_CHECK = 1,
    NOTIFY_EJECT_REQUEST = 3,
    STATUS_THERE = 0xf,
};

#define SMI_CPU_HOTPLUG 4   /* what OVMF knows as a call for its CPUs */
#define XAPIC_IDS       255 /* below: what Processor() can be for */

/* What all parts need to know. */
typedef struct Build {
    Aml *cpus;
    const CPUArchIdList *slots;
    const CPUHotplugFeatures *opts;
    const char *regs; /* the path of PRES */
} Build;

static Aml *reg(const Build *b, const char *name)
{
    return aml_name("%s.%s", b->regs, name);
}

/* ---- registers ----------------------------------------------------------- */

static void add_fields(Aml *dev)
{
    static const char *const flags[] = { ENABLED, INSERTING, REMOVING, EJECT,
                                         FW_EJECT };
    Aml *field;

    /* Written are commands: no bit but the one that is meant. */
    field = aml_field(REGION, AML_BYTE_ACC, AML_NOLOCK, AML_WRITE_AS_ZEROS);
    aml_append(field, aml_reserved_field(4 * 8));
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        aml_append(field, aml_named_field(flags[i], 1));
    }
    aml_append(field, aml_reserved_field(8 - ARRAY_SIZE(flags)));
    aml_append(field, aml_named_field(COMMAND, 8));
    aml_append(dev, field);

    field = aml_field(REGION, AML_DWORD_ACC, AML_NOLOCK, AML_PRESERVE);
    aml_append(field, aml_named_field(SELECTOR, 32));
    aml_append(field, aml_reserved_field(4 * 8));
    aml_append(field, aml_named_field(DATA, 32));
    aml_append(dev, field);
}

static Aml *registers(const Build *b, hwaddr base, AmlRegionSpace rs)
{
    Aml *dev = aml_device("%s", b->regs), *crs, *method;

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0A06")));
    aml_append(dev, aml_name_decl("_UID", aml_string("CPU Hotplug resources")));
    aml_append(dev, aml_mutex(LOCK, 0));
    if (rs == AML_SYSTEM_IO) {
        /* Ports belong to a bus, which must not give them to others. */
        crs = aml_resource_template();
        aml_append(
            crs, aml_io(AML_DECODE16, base, base, 1, ACPI_CPU_HOTPLUG_REG_LEN));
        aml_append(dev, aml_name_decl("_CRS", crs));
    }
    aml_append(dev, aml_operation_region(REGION, rs, aml_int(base),
                                         ACPI_CPU_HOTPLUG_REG_LEN));
    add_fields(dev);
    if (b->opts->has_legacy_cphp) {
        /* The old registers go when 0 is written to them; slot 0 is fine. */
        method = aml_method("_INI", 0, AML_SERIALIZED);
        aml_append(method, aml_store(aml_int(0), aml_name(SELECTOR)));
        aml_append(dev, method);
    }
    return dev;
}

/* ---- methods ------------------------------------------------------------- */

static Aml *locked_method(const Build *b, const char *name, int args)
{
    Aml *method = aml_method(name, args, AML_SERIALIZED);

    aml_append(method, aml_acquire(reg(b, LOCK), WAIT));
    return method;
}

/* One whose first argument is the slot, which is selected. */
static Aml *slot_method(const Build *b, const char *name, int args)
{
    Aml *method = locked_method(b, name, args);

    aml_append(method, aml_store(aml_arg(0), reg(b, SELECTOR)));
    return method;
}

static void end_method(const Build *b, Aml *method, Aml *result)
{
    aml_append(method, aml_release(reg(b, LOCK)));
    if (result) {
        aml_append(method, aml_return(result));
    }
    aml_append(b->cpus, method);
}

static void call_firmware(const Build *b, Aml *context)
{
    aml_append(context, aml_store(aml_int(SMI_CPU_HOTPLUG),
                                  aml_name("%s", b->opts->smi_path)));
}

static void add_status(const Build *b)
{
    Aml *method = slot_method(b, "CSTA", 1), *block;

    aml_append(method, aml_store(aml_int(0), aml_local(0)));
    block = aml_if(aml_equal(reg(b, ENABLED), aml_int(1)));
    aml_append(block, aml_store(aml_int(STATUS_THERE), aml_local(0)));
    aml_append(method, block);
    end_method(b, method, aml_local(0));
}

static void add_commands(const Build *b)
{
    Aml *method = slot_method(b, "COST", 4);

    aml_append(method, aml_store(aml_int(CMD_OST_EVENT), reg(b, COMMAND)));
    aml_append(method, aml_store(aml_arg(1), reg(b, DATA)));
    aml_append(method, aml_store(aml_int(CMD_OST_STATUS), reg(b, COMMAND)));
    aml_append(method, aml_store(aml_arg(2), reg(b, DATA)));
    end_method(b, method, NULL);

    method = slot_method(b, "CEJ0", 1);
    if (b->opts->fw_unplugs_cpu) {
        aml_append(method, aml_store(aml_int(1), reg(b, FW_EJECT)));
        call_firmware(b, method);
    } else {
        aml_append(method, aml_store(aml_int(1), reg(b, EJECT)));
    }
    end_method(b, method, NULL);
}

static void add_notify(const Build *b)
{
    Aml *method = aml_method("CTFY", 2, AML_NOTSERIALIZED);

    for (int i = 0; i < b->slots->len; i++) {
        Aml *block = aml_if(aml_equal(aml_arg(0), aml_int(i)));

        aml_append(block, aml_notify(aml_name(SLOT_NAME, i), aml_arg(1)));
        aml_append(method, block);
    }
    aml_append(b->cpus, method);
}

/* ---- the scan ------------------------------------------------------------ */

/*
 * If the slot's @flag is set: tell its device, clear the flag, go on. A
 * firmware that has to know of new CPUs comes first; it selects other slots.
 */
static Aml *if_flag(const Build *b, const char *flag, int notification)
{
    Aml *block = aml_if(aml_equal(reg(b, flag), aml_int(1)));

    aml_append(block, aml_store(reg(b, DATA), aml_local(1)));
    if (b->opts->smi_path && notification == NOTIFY_DEVICE_CHECK) {
        call_firmware(b, block);
        aml_append(block, aml_store(aml_local(1), reg(b, SELECTOR)));
    }
    aml_append(block, aml_call2("CTFY", aml_local(1), aml_int(notification)));
    aml_append(block, aml_store(aml_int(1), reg(b, flag)));
    aml_append(block, aml_store(aml_int(1), aml_local(0)));
    return block;
}

/* Local0: whether there was a slot with an event, and so there may be more. */
static void add_scan(const Build *b)
{
    Aml *method = locked_method(b, "CSCN", 0), *loop, *otherwise;

    aml_append(method, aml_store(aml_int(1), aml_local(0)));
    loop = aml_while(aml_local(0));
    aml_append(loop, aml_store(aml_int(0), aml_local(0)));
    aml_append(loop, aml_store(aml_int(0), reg(b, SELECTOR)));
    aml_append(loop, aml_store(aml_int(CMD_NEXT_WITH_EVENT), reg(b, COMMAND)));
    aml_append(loop, if_flag(b, INSERTING, NOTIFY_DEVICE_CHECK));
    otherwise = aml_else();
    aml_append(otherwise, if_flag(b, REMOVING, NOTIFY_EJECT_REQUEST));
    aml_append(loop, otherwise);
    aml_append(method, loop);
    end_method(b, method, NULL);
}

/* ---- slots --------------------------------------------------------------- */

static Aml *slot_device(const Build *b, int slot, build_madt_cpu_fn build_entry)
{
    const CPUArchId *cpu = &b->slots->cpus[slot];
    g_autoptr(GArray) entry = g_array_new(false, true, 1);
    Aml *dev, *method;

    if (b->opts->acpi_1_compatible && cpu->arch_id < XAPIC_IDS) {
        dev = aml_processor(slot, 0, 0, SLOT_NAME, slot);
    } else {
        dev = aml_device(SLOT_NAME, slot);
        aml_append(dev, aml_name_decl("_HID", aml_string("ACPI0007")));
        aml_append(dev, aml_name_decl("_UID", aml_int(slot)));
    }
    method = aml_method("_STA", 0, AML_SERIALIZED);
    aml_append(method, aml_return(aml_call1("CSTA", aml_int(slot))));
    aml_append(dev, method);
    build_entry(slot, b->slots, entry, true);
    aml_append(dev, aml_name_decl("_MAT",
                                  aml_buffer(entry->len, (void *)entry->data)));
    if (!cpu->cpu || cpu->cpu != first_cpu) {
        method = aml_method("_EJ0", 1, AML_NOTSERIALIZED);
        aml_append(method, aml_call1("CEJ0", aml_int(slot)));
        aml_append(dev, method);
    }
    method = aml_method("_OST", 3, AML_SERIALIZED);
    aml_append(method, aml_call4("COST", aml_int(slot), aml_arg(0), aml_arg(1),
                                 aml_arg(2)));
    aml_append(dev, method);
    /* Linux forgets what SRAT says of a CPU that is not there. */
    if (cpu->props.has_node_id) {
        aml_append(dev, aml_name_decl("_PXM", aml_int(cpu->props.node_id)));
    }
    return dev;
}

void build_cpus_aml(Aml *table, MachineState *machine, CPUHotplugFeatures opts,
                    build_madt_cpu_fn build_madt_cpu, hwaddr base_addr,
                    const char *res_root, const char *event_handler_method,
                    AmlRegionSpace rs)
{
    g_autofree char *regs = g_strdup_printf("%s." REGISTERS, res_root);
    Build b = {
        .cpus = aml_device(CPUS),
        .slots = MACHINE_GET_CLASS(machine)->possible_cpu_arch_ids(machine),
        .opts = &opts,
        .regs = regs,
    };
    Aml *scope = aml_scope("_SB"), *method;

    aml_append(scope, registers(&b, base_addr, rs));
    aml_append(b.cpus, aml_name_decl("_HID", aml_string("ACPI0010")));
    aml_append(b.cpus, aml_name_decl("_CID", aml_eisaid("PNP0A05")));
    add_notify(&b);
    add_status(&b);
    add_commands(&b);
    add_scan(&b);
    for (int i = 0; i < b.slots->len; i++) {
        aml_append(b.cpus, slot_device(&b, i, build_madt_cpu));
    }
    aml_append(scope, b.cpus);
    aml_append(table, scope);

    method = aml_method(event_handler_method, 0, AML_NOTSERIALIZED);
    aml_append(method, aml_call0(CPUS ".CSCN"));
    aml_append(table, method);
}
