/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons not to migrate. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "blocker.h"
#include "registry.h"

#define ALL_MODES (BIT(MIG_MODE__MAX) - 1)

bool (*migration_busy_hook)(void);

static GSList *blockers[MIG_MODE__MAX];

GSList *migration_blocker_list(MigMode mode)
{
    return blockers[mode];
}

/* The reason becomes the error. */
static int refuse(Error **reasonp, Error **errp, const char *why, int ret)
{
    error_propagate_prepend(errp, *reasonp,
                            "disallowing migration blocker (%s) for: ", why);
    *reasonp = NULL;
    return ret;
}

static int add(Error **reasonp, Error **errp, unsigned long modes)
{
    int mode;

    if (migration_busy_hook && migration_busy_hook()) {
        return refuse(reasonp, errp, "migration/snapshot in progress", -EBUSY);
    }
    for (mode = 0; mode < MIG_MODE__MAX; mode++) {
        if (modes & BIT(mode)) {
            blockers[mode] = g_slist_prepend(blockers[mode], *reasonp);
        }
    }
    return 0;
}

static int add_if_allowed(Error **reasonp, Error **errp, unsigned long modes)
{
    if (only_migratable && (modes & BIT(MIG_MODE_NORMAL))) {
        return refuse(reasonp, errp, "--only-migratable", -EACCES);
    }
    return add(reasonp, errp, modes);
}

int migrate_add_blocker(Error **reasonp, Error **errp)
{
    return add_if_allowed(reasonp, errp, ALL_MODES);
}

int migrate_add_blocker_internal(Error **reasonp, Error **errp)
{
    return add(reasonp, errp, ALL_MODES);
}

int migrate_add_blocker_normal(Error **reasonp, Error **errp)
{
    return add_if_allowed(reasonp, errp, BIT(MIG_MODE_NORMAL));
}

int migrate_add_blocker_modes(Error **reasonp, Error **errp, MigMode mode, ...)
{
    unsigned long modes = 0;
    int next = mode;
    va_list ap;

    va_start(ap, mode);
    for (; next != -1 && next != MIG_MODE_ALL; next = va_arg(ap, int)) {
        assert(next >= 0 && next < MIG_MODE__MAX);
        modes |= BIT(next);
    }
    va_end(ap);
    return add_if_allowed(reasonp, errp,
                          next == MIG_MODE_ALL ? ALL_MODES : modes);
}

void migrate_del_blocker(Error **reasonp)
{
    int mode;

    if (!*reasonp) {
        return;
    }
    for (mode = 0; mode < MIG_MODE__MAX; mode++) {
        blockers[mode] = g_slist_remove(blockers[mode], *reasonp);
    }
    error_free(*reasonp);
    *reasonp = NULL;
}
