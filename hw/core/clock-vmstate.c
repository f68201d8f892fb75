/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a clock is migrated with: its period and, if they matter, factors. */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"

static bool factors_needed(void *opaque)
{
    const Clock *clk = opaque;

    return clk->multiplier != 1 || clk->divider != 1;
}

static int factors_post_load(void *opaque, int version_id)
{
    const Clock *clk = opaque;

    if (!clk->divider) {
        error_report("The divider of the clock %s would be 0",
                     clk->canonical_path ?: "(not in the tree)");
        return -EINVAL;
    }
    return 0;
}

static const VMStateField factors_fields[] = {
    VMSTATE_UINT32(multiplier, Clock),
    VMSTATE_UINT32(divider, Clock),
    VMSTATE_END_OF_LIST(),
};

static const VMStateDescription vmstate_factors = {
    .name = "clock/muldiv",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = factors_needed,
    .post_load = factors_post_load,
    .fields = factors_fields,
};

/* A device may have set others than those that need no subsection. */
static int clock_pre_load(void *opaque)
{
    Clock *clk = opaque;

    clk->multiplier = 1;
    clk->divider = 1;
    return 0;
}

static const VMStateField clock_fields[] = {
    VMSTATE_UINT64(period, Clock),
    VMSTATE_END_OF_LIST(),
};

static const VMStateDescription *const clock_subsections[] = {
    &vmstate_factors,
    NULL,
};

const VMStateDescription vmstate_clock = {
    .name = "clock",
    .version_id = 0,
    .minimum_version_id = 0,
    .pre_load = clock_pre_load,
    .fields = clock_fields,
    .subsections = clock_subsections,
};
