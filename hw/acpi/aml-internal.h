/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the makers of AML share. */
#ifndef HW_ACPI_AML_INTERNAL_H
#define HW_ACPI_AML_INTERNAL_H

#include "hw/acpi/aml-build.h"

/* A piece of the allocator's. */
Aml *aml_piece(uint8_t op, AmlBlockFlags flags);
/* A path, encoded (20.2.2). */
void aml_append_path(GArray *array, const char *path);
/* A PkgLength for @content bytes behind it, itself counted if @with_itself. */
void aml_append_length(GArray *array, unsigned content, bool with_itself);

static inline void aml_byte(GArray *array, uint8_t value)
{
    g_array_append_val(array, value);
}

#endif
