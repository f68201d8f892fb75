/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the CPU base class share. */
#ifndef HW_CORE_CPU_INTERNAL_H
#define HW_CORE_CPU_INTERNAL_H

#include "hw/core/cpu.h"

/* The default of CPUClass.parse_features: "prop=value,..." to globals. */
void cpu_common_parse_features(const char *typename, char *features,
                               Error **errp);

#endif
