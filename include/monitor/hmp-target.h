/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an architecture adds to HMP: the names of its registers, for "$name" in
 * expressions, and commands that only make sense with its CPUs. A target fills
 * a table of MonitorDef, ended by an entry without a name.
 */
#ifndef MONITOR_HMP_TARGET_H
#define MONITOR_HMP_TARGET_H

typedef struct MonitorDef MonitorDef;

#ifdef COMPILING_PER_TARGET
#include "cpu.h"
struct MonitorDef {
    const char *name;
    int offset;         /* into the CPU's state, when there is no get_value */
    target_long (*get_value)(Monitor *mon, const struct MonitorDef *md,
                             int val);
    int type;           /* MD_*: what lies at the offset */
};
#endif

#define MD_TLONG 0
#define MD_I32   1

/* The architecture's table of register names. */
const MonitorDef *target_monitor_defs(void);

/*
 * Reads the register @name of @cs that is not in the table into @pval.
 * Returns 0, or a negative value if there is no such register.
 */
int target_get_monitor_def(CPUState *cs, const char *name, uint64_t *pval);

/* The state of the CPU that @mon's "cpu" command selected; NULL without. */
CPUArchState *mon_get_cpu_env(Monitor *mon);

#endif
