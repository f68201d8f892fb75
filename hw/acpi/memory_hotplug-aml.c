/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AML for DIMM slots: MHPC has the registers and methods with the slot as
 * argument, and in it a device (PNP0C80) for each slot that calls them. The
 * registers are those of one slot at a time, hence the mutex.
 *
 * Integers have 64 bits: the DSDT's revision is 2.
 */
#include "qemu/osdep.h"
#include "hw/acpi/memory_hotplug.h"

#define REGION "HPMR"
#define LOCK   "MLCK"
#define WAIT   0xffff

/* Offsets in a QWordMemory descriptor (6.4.3.5.1). */
enum {
    QWORD_MIN = 14,
    QWORD_MAX = 22,
    QWORD_LEN = 38,
};

/* Notify()'s and _STA's numbers (5.6.6, 6.3.7). */
enum {
    NOTIFY_DEVICE_CHECK = 1,
    NOTIFY_EJECT_REQUEST = 3,
    STATUS_THERE = 0xf,
};

static void add_registers(Aml *dev, AmlRegionSpace rs, hwaddr base)
{
    static const char *const read[] = { "MRBL", "MRBH", "MRLL", "MRLH", "MPX" };
    static const char *const written[] = { "MSEL", "MOEV", "MOSC" };
    static const char *const flags[] = { "MES", "MINS", "MRMV", "MEJ" };
    Aml *field;

    aml_append(dev, aml_operation_region(REGION, rs, aml_int(base),
                                         MEMORY_HOTPLUG_IO_LEN));
    field = aml_field(REGION, AML_DWORD_ACC, AML_NOLOCK, AML_PRESERVE);
    for (size_t i = 0; i < ARRAY_SIZE(read); i++) {
        aml_append(field, aml_named_field(read[i], 32));
    }
    aml_append(dev, field);
    field = aml_field(REGION, AML_DWORD_ACC, AML_NOLOCK, AML_PRESERVE);
    for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
        aml_append(field, aml_named_field(written[i], 32));
    }
    aml_append(dev, field);
    /* Written are commands: no bit but the one that is meant. */
    field = aml_field(REGION, AML_BYTE_ACC, AML_NOLOCK, AML_WRITE_AS_ZEROS);
    aml_append(field, aml_reserved_field(0x14 * 8));
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        aml_append(field, aml_named_field(flags[i], 1));
    }
    aml_append(dev, field);
}

/* A method whose first argument is the slot, which is selected. */
static Aml *slot_method(const char *name, int args)
{
    Aml *method = aml_method(name, args, AML_SERIALIZED);

    aml_append(method, aml_acquire(aml_name(LOCK), WAIT));
    aml_append(method, aml_store(aml_arg(0), aml_name("MSEL")));
    return method;
}

static void end_method(Aml *dev, Aml *method, Aml *result)
{
    aml_append(method, aml_release(aml_name(LOCK)));
    if (result) {
        aml_append(method, aml_return(result));
    }
    aml_append(dev, method);
}

static void add_status(Aml *dev)
{
    Aml *method = slot_method("MRST", 1), *block;

    aml_append(method, aml_store(aml_int(0), aml_local(0)));
    block = aml_if(aml_equal(aml_name("MES"), aml_int(1)));
    aml_append(block, aml_store(aml_int(STATUS_THERE), aml_local(0)));
    aml_append(method, block);
    end_method(dev, method, aml_local(0));

    method = slot_method("MPXM", 1);
    aml_append(method, aml_store(aml_name("MPX"), aml_local(0)));
    end_method(dev, method, aml_local(0));
}

/* High and low half as one number. */
static Aml *joined(const char *high, const char *low, Aml *target)
{
    return aml_or(aml_shiftleft(aml_name("%s", high), aml_int(32)),
                  aml_name("%s", low), target);
}

static void add_resources(Aml *dev)
{
    Aml *method = slot_method("MCRS", 1), *template = aml_resource_template();

    aml_append(template,
               aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED, AML_MAX_FIXED,
                                AML_CACHEABLE, AML_READ_WRITE, 0, 0,
                                UINT64_MAX - 1, 0, UINT64_MAX));
    aml_append(method, aml_name_decl("MR64", template));
    aml_append(method, aml_create_qword_field(aml_name("MR64"),
                                              aml_int(QWORD_MIN), "MMIN"));
    aml_append(method, aml_create_qword_field(aml_name("MR64"),
                                              aml_int(QWORD_MAX), "MMAX"));
    aml_append(method, aml_create_qword_field(aml_name("MR64"),
                                              aml_int(QWORD_LEN), "MLEN"));
    aml_append(method, joined("MRBH", "MRBL", aml_name("MMIN")));
    aml_append(method, joined("MRLH", "MRLL", aml_name("MLEN")));
    aml_append(method,
               aml_subtract(aml_add(aml_name("MMIN"), aml_name("MLEN"), NULL),
                            aml_int(1), aml_name("MMAX")));
    end_method(dev, method, aml_name("MR64"));
}

static void add_commands(Aml *dev)
{
    Aml *method = slot_method("MOST", 3);

    aml_append(method, aml_store(aml_arg(1), aml_name("MOEV")));
    aml_append(method, aml_store(aml_arg(2), aml_name("MOSC")));
    end_method(dev, method, NULL);

    method = slot_method("MEJ0", 1);
    aml_append(method, aml_store(aml_int(1), aml_name("MEJ")));
    end_method(dev, method, NULL);
}

/* If the slot's @flag is set: tell its device, clear the flag. */
static Aml *if_flag(const char *flag, int notification)
{
    Aml *block = aml_if(aml_equal(aml_name("%s", flag), aml_int(1)));

    aml_append(block, aml_call2("MTFY", aml_local(0), aml_int(notification)));
    aml_append(block, aml_store(aml_int(1), aml_name("%s", flag)));
    return block;
}

static void add_scan(Aml *dev, uint32_t slots)
{
    Aml *method = aml_method(MEMORY_SLOT_SCAN_METHOD, 0, AML_SERIALIZED);
    Aml *loop, *otherwise;

    aml_append(method, aml_acquire(aml_name(LOCK), WAIT));
    aml_append(method, aml_store(aml_int(0), aml_local(0)));
    loop = aml_while(aml_lless(aml_local(0), aml_int(slots)));
    aml_append(loop, aml_store(aml_local(0), aml_name("MSEL")));
    aml_append(loop, if_flag("MINS", NOTIFY_DEVICE_CHECK));
    otherwise = aml_else();
    aml_append(otherwise, if_flag("MRMV", NOTIFY_EJECT_REQUEST));
    aml_append(loop, otherwise);
    aml_append(loop, aml_increment(aml_local(0)));
    aml_append(method, loop);
    end_method(dev, method, NULL);

    method = aml_method("MTFY", 2, AML_NOTSERIALIZED);
    for (uint32_t i = 0; i < slots; i++) {
        Aml *block = aml_if(aml_equal(aml_arg(0), aml_int(i)));

        aml_append(block, aml_notify(aml_name("MP%02X", i), aml_arg(1)));
        aml_append(method, block);
    }
    aml_append(dev, method);
}

static Aml *returning(const char *name, const char *callee, uint32_t slot)
{
    Aml *method = aml_method(name, 0, AML_NOTSERIALIZED);

    aml_append(method, aml_return(aml_call1(callee, aml_int(slot))));
    return method;
}

static Aml *slot_device(uint32_t slot)
{
    Aml *dev = aml_device("MP%02X", slot), *method;

    aml_append(dev, aml_name_decl("_UID", aml_string("0x%02X", slot)));
    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0C80")));
    aml_append(dev, returning("_CRS", "MCRS", slot));
    aml_append(dev, returning("_STA", "MRST", slot));
    aml_append(dev, returning("_PXM", "MPXM", slot));
    method = aml_method("_OST", 3, AML_NOTSERIALIZED);
    aml_append(method,
               aml_call3("MOST", aml_int(slot), aml_arg(0), aml_arg(1)));
    aml_append(dev, method);
    method = aml_method("_EJ0", 1, AML_NOTSERIALIZED);
    aml_append(method, aml_call1("MEJ0", aml_int(slot)));
    aml_append(dev, method);
    return dev;
}

void build_memory_hotplug_aml(Aml *table, uint32_t nr_mem, const char *res_root,
                              const char *event_handler_method,
                              AmlRegionSpace rs, hwaddr memhp_io_base)
{
    Aml *dev = aml_device(MEMORY_DEVICES_CONTAINER), *method;

    assert(nr_mem <= ACPI_MAX_RAM_SLOTS);
    aml_append(dev, aml_name_decl("_HID", aml_string("PNP0A06")));
    aml_append(dev,
               aml_name_decl("_UID", aml_string("Memory hotplug resources")));
    aml_append(dev, aml_mutex(LOCK, 0));
    add_registers(dev, rs, memhp_io_base);
    add_status(dev);
    add_resources(dev);
    add_commands(dev);
    add_scan(dev, nr_mem);
    for (uint32_t i = 0; i < nr_mem; i++) {
        aml_append(dev, slot_device(i));
    }
    aml_append(table, dev);
    if (rs == AML_SYSTEM_IO && res_root) {
        /* Ports belong to a bus, which must not give them to others. */
        Aml *holder = aml_device("%s.MHPD", res_root);
        Aml *crs = aml_resource_template();

        aml_append(holder, aml_name_decl("_HID", aml_string("PNP0A06")));
        aml_append(crs, aml_io(AML_DECODE16, memhp_io_base, memhp_io_base, 0,
                               MEMORY_HOTPLUG_IO_LEN));
        aml_append(holder, aml_name_decl("_CRS", crs));
        aml_append(table, holder);
    }
    if (event_handler_method) {
        method = aml_method(event_handler_method, 0, AML_NOTSERIALIZED);
        aml_append(method, aml_call0(MEMORY_DEVICES_CONTAINER
                                     "." MEMORY_SLOT_SCAN_METHOD));
        aml_append(table, method);
    }
}
