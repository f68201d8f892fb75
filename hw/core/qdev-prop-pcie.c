/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties for links of PCI Express: speeds and widths as registers have them. */
#include "qemu/osdep.h"
#include "hw/pci/pcie_regs.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-common.h"
#include "qapi/visitor.h"
#include "qdev-prop-internal.h"

/* By the interface's numbers, what is in the field. */
static const int speeds[PCIE_LINK_SPEED__MAX] = {
    [PCIE_LINK_SPEED_2_5] = QEMU_PCI_EXP_LNK_2_5GT,
    [PCIE_LINK_SPEED_5] = QEMU_PCI_EXP_LNK_5GT,
    [PCIE_LINK_SPEED_8] = QEMU_PCI_EXP_LNK_8GT,
    [PCIE_LINK_SPEED_16] = QEMU_PCI_EXP_LNK_16GT,
    [PCIE_LINK_SPEED_32] = QEMU_PCI_EXP_LNK_32GT,
    [PCIE_LINK_SPEED_64] = QEMU_PCI_EXP_LNK_64GT,
};

static const int widths[PCIE_LINK_WIDTH__MAX] = {
    [PCIE_LINK_WIDTH_1] = QEMU_PCI_EXP_LNK_X1,
    [PCIE_LINK_WIDTH_2] = QEMU_PCI_EXP_LNK_X2,
    [PCIE_LINK_WIDTH_4] = QEMU_PCI_EXP_LNK_X4,
    [PCIE_LINK_WIDTH_8] = QEMU_PCI_EXP_LNK_X8,
    [PCIE_LINK_WIDTH_12] = QEMU_PCI_EXP_LNK_X12,
    [PCIE_LINK_WIDTH_16] = QEMU_PCI_EXP_LNK_X16,
    [PCIE_LINK_WIDTH_32] = QEMU_PCI_EXP_LNK_X32,
};

static int find(const int *values, int n, int value)
{
    for (int i = 0; i < n; i++) {
        if (values[i] == value) {
            return i;
        }
    }
    /* A device that has not been given one. */
    return 0;
}

static void get_speed(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int *field = object_field_prop_ptr(obj, opaque);
    int speed = find(speeds, ARRAY_SIZE(speeds), *field);

    visit_type_enum(v, name, &speed, &PCIELinkSpeed_lookup, errp);
}

static void set_speed(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int *field = object_field_prop_ptr(obj, opaque);
    int speed;

    if (visit_type_enum(v, name, &speed, &PCIELinkSpeed_lookup, errp)) {
        *field = speeds[speed];
    }
}

static void get_width(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int *field = object_field_prop_ptr(obj, opaque);
    int width = find(widths, ARRAY_SIZE(widths), *field);

    visit_type_enum(v, name, &width, &PCIELinkWidth_lookup, errp);
}

static void set_width(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int *field = object_field_prop_ptr(obj, opaque);
    int width;

    if (visit_type_enum(v, name, &width, &PCIELinkWidth_lookup, errp)) {
        *field = widths[width];
    }
}

const PropertyInfo qdev_prop_pcie_link_speed = {
    .type = "PCIELinkSpeed",
    .description = "2_5/5/8/16/32/64",
    .enum_table = &PCIELinkSpeed_lookup,
    .get = get_speed,
    .set = set_speed,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

const PropertyInfo qdev_prop_pcie_link_width = {
    .type = "PCIELinkWidth",
    .description = "1/2/4/8/12/16/32",
    .enum_table = &PCIELinkWidth_lookup,
    .get = get_width,
    .set = set_width,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};
