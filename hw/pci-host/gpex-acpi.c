/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The generic host bridge in ACPI: the bridge PCI0, and a link device for each
 * of its four lines (PNP0C0F), to which the routing table refers.
 */
#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "hw/pci-host/gpex.h"
#include "hw/pci/pci.h"
#include "qemu/units.h"

/* PCI Firmware Specification 3.3, 4.5.1: what _OSC is asked with. */
#define OSC_UUID "33DB4D5B-1FF7-401C-9657-7441C03DD766"
/* The same, 4.6.1: of _DSM. */
#define DSM_UUID "E5C937D0-3553-4D7A-9117-EA4D19C3434D"

enum {
    OSC_BAD_UUID = 1 << 2,
    OSC_BAD_REVISION = 1 << 3,
    OSC_MASKED = 1 << 4, /* not all that was asked for is given */
    /* Hot plug of both kinds, power management, errors, the capability. */
    OSC_ALL = 0x1f,
};

/* ---- lines --------------------------------------------------------------- */

static Aml *one_line(uint32_t gsi)
{
    Aml *crs = aml_resource_template();

    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_HIGH,
                                  AML_EXCLUSIVE, &gsi, 1));
    return crs;
}

static void add_links(Aml *scope, uint32_t irq)
{
    for (int i = 0; i < PCI_NUM_PINS; i++) {
        Aml *link = aml_device("L00%X", i);

        aml_append(link, aml_name_decl("_HID", aml_string("PNP0C0F")));
        aml_append(link, aml_name_decl("_UID", aml_int(i)));
        aml_append(link, aml_name_decl("_PRS", one_line(irq + i)));
        aml_append(link, aml_name_decl("_CRS", one_line(irq + i)));
        aml_append(link, aml_method("_SRS", 1, AML_NOTSERIALIZED));
        aml_append(scope, link);
    }
}

/* Slots take turns, as gpex's own wiring does. */
static Aml *routing_table(void)
{
    Aml *table = aml_varpackage(PCI_SLOT_MAX * PCI_NUM_PINS);

    for (int slot = 0; slot < PCI_SLOT_MAX; slot++) {
        for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
            Aml *row = aml_package(4);

            aml_append(row, aml_int(slot << 16 | 0xffff));
            aml_append(row, aml_int(pin));
            aml_append(row, aml_name("L00%X", (slot + pin) % PCI_NUM_PINS));
            aml_append(row, aml_int(0));
            aml_append(table, row);
        }
    }
    return table;
}

/* ---- who is in charge ---------------------------------------------------- */

static Aml *or_into(const char *name, int bits)
{
    return aml_or(aml_name("%s", name), aml_int(bits), aml_name("%s", name));
}

static Aml *if_not_equal(Aml *a, Aml *b, Aml *then)
{
    Aml *block = aml_if(aml_lnot(aml_equal(a, b)));

    aml_append(block, then);
    return block;
}

/* The guest gets all that it asks for and that there is. */
static Aml *osc_method(void)
{
    Aml *method = aml_method("_OSC", 4, AML_NOTSERIALIZED), *block;

    aml_append(method, aml_create_dword_field(aml_arg(3), aml_int(0), "CDW1"));
    block = aml_if(aml_equal(aml_arg(0), aml_touuid(OSC_UUID)));
    aml_append(block, aml_create_dword_field(aml_arg(3), aml_int(4), "CDW2"));
    aml_append(block, aml_create_dword_field(aml_arg(3), aml_int(8), "CDW3"));
    aml_append(block, aml_store(aml_name("CDW2"), aml_name("SUPP")));
    aml_append(block, aml_store(aml_name("CDW3"), aml_name("CTRL")));
    aml_append(block,
               aml_and(aml_name("CTRL"), aml_int(OSC_ALL), aml_name("CTRL")));
    aml_append(block, if_not_equal(aml_arg(1), aml_int(1),
                                   or_into("CDW1", OSC_BAD_REVISION)));
    aml_append(block, if_not_equal(aml_name("CDW3"), aml_name("CTRL"),
                                   or_into("CDW1", OSC_MASKED)));
    aml_append(block, aml_store(aml_name("CTRL"), aml_name("CDW3")));
    aml_append(block, aml_return(aml_arg(3)));
    aml_append(method, block);
    block = aml_else();
    aml_append(block, or_into("CDW1", OSC_BAD_UUID));
    aml_append(block, aml_return(aml_arg(3)));
    aml_append(method, block);
    return method;
}

/* No function of it is there. */
static Aml *dsm_method(void)
{
    Aml *method = aml_method("_DSM", 4, AML_NOTSERIALIZED);
    Aml *ours = aml_if(aml_equal(aml_arg(0), aml_touuid(DSM_UUID)));
    Aml *query = aml_if(aml_equal(aml_arg(2), aml_int(0)));

    aml_append(query, aml_return(aml_buffer(1, NULL)));
    aml_append(ours, query);
    aml_append(method, ours);
    aml_append(method, aml_return(aml_buffer(1, NULL)));
    return method;
}

/* ---- windows ------------------------------------------------------------- */

static Aml *windows(const struct GPEXConfig *cfg)
{
    Aml *crs = aml_resource_template();
    int buses = cfg->ecam.size / MiB;
    const MemMapEntry *e;

    aml_append(crs,
               aml_word_bus_number(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE,
                                   0, 0, buses - 1, 0, buses));
    e = &cfg->mmio32;
    if (e->size) {
        aml_append(crs, aml_dword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                         AML_MAX_FIXED, AML_NON_CACHEABLE,
                                         AML_READ_WRITE, 0, e->base,
                                         e->base + e->size - 1, 0, e->size));
    }
    e = &cfg->pio;
    if (e->size) {
        aml_append(crs, aml_dword_io(AML_MIN_FIXED, AML_MAX_FIXED,
                                     AML_POS_DECODE, AML_ENTIRE_RANGE, 0, 0,
                                     e->size - 1, e->base, e->size));
    }
    e = &cfg->mmio64;
    if (e->size) {
        aml_append(crs, aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                         AML_MAX_FIXED, AML_NON_CACHEABLE,
                                         AML_READ_WRITE, 0, e->base,
                                         e->base + e->size - 1, 0, e->size));
    }
    return crs;
}

/* What nobody else may use: the ECAM. */
static Aml *reservation(const struct GPEXConfig *cfg)
{
    Aml *dev = aml_device("RES0"), *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_string("PNP0C02")));
    aml_append(crs, aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                     AML_MAX_FIXED, AML_NON_CACHEABLE,
                                     AML_READ_WRITE, 0, cfg->ecam.base,
                                     cfg->ecam.base + cfg->ecam.size - 1, 0,
                                     cfg->ecam.size));
    aml_append(dev, aml_name_decl("_CRS", crs));
    return dev;
}

void acpi_dsdt_add_gpex(Aml *scope, struct GPEXConfig *cfg)
{
    Aml *dev = aml_device("PCI0");
    Aml *method = aml_method("_CBA", 0, AML_NOTSERIALIZED);

    aml_append(dev, aml_name_decl("_HID", aml_string("PNP0A08")));
    aml_append(dev, aml_name_decl("_CID", aml_string("PNP0A03")));
    aml_append(dev, aml_name_decl("_SEG", aml_int(0)));
    aml_append(dev, aml_name_decl("_BBN", aml_int(0)));
    aml_append(dev, aml_name_decl("_UID", aml_int(0)));
    aml_append(dev, aml_name_decl("_STR", aml_unicode("PCIe 0 Device")));
    aml_append(dev, aml_name_decl("_CCA", aml_int(1)));
    aml_append(dev, aml_name_decl("_PRT", routing_table()));
    add_links(scope, cfg->irq);
    aml_append(method, aml_return(aml_int(cfg->ecam.base)));
    aml_append(dev, method);
    aml_append(dev, aml_name_decl("_CRS", windows(cfg)));
    aml_append(dev, aml_name_decl("SUPP", aml_int(0)));
    aml_append(dev, aml_name_decl("CTRL", aml_int(0)));
    aml_append(dev, osc_method());
    aml_append(dev, dsm_method());
    aml_append(dev, reservation(cfg));
    aml_append(scope, dev);
}
