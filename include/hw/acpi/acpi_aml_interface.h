/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that describe themselves in the DSDT: build_dev_aml appends a
 * Device() to @scope. A board calls qbus_build_aml() for each bus that it has.
 */
#ifndef ACPI_AML_INTERFACE_H
#define ACPI_AML_INTERFACE_H

#include "hw/acpi/aml-build.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_ACPI_DEV_AML_IF "acpi-dev-aml-interface"
typedef struct AcpiDevAmlIfClass AcpiDevAmlIfClass;
DECLARE_CLASS_CHECKERS(AcpiDevAmlIfClass, ACPI_DEV_AML_IF, TYPE_ACPI_DEV_AML_IF)
#define ACPI_DEV_AML_IF(obj)                                                   \
    INTERFACE_CHECK(AcpiDevAmlIf, (obj), TYPE_ACPI_DEV_AML_IF)

typedef struct AcpiDevAmlIf AcpiDevAmlIf;
typedef void (*dev_aml_fn)(AcpiDevAmlIf *adev, Aml *scope);

struct AcpiDevAmlIfClass {
    InterfaceClass parent_class;

    dev_aml_fn build_dev_aml;
};

/* What @dev describes itself with; NULL if it does not. */
static inline dev_aml_fn get_dev_aml_func(DeviceState *dev)
{
    if (!object_dynamic_cast(OBJECT(dev), TYPE_ACPI_DEV_AML_IF)) {
        return NULL;
    }
    return ACPI_DEV_AML_IF_GET_CLASS(dev)->build_dev_aml;
}

static inline void call_dev_aml_func(DeviceState *dev, Aml *scope)
{
    dev_aml_fn describe = get_dev_aml_func(dev);

    if (describe) {
        describe(ACPI_DEV_AML_IF(dev), scope);
    }
}

/* Appends all devices of @bus that describe themselves. */
void qbus_build_aml(BusState *bus, Aml *scope);

#endif
