/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands that look at guest memory.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-memory-map.h"

MemoryAtList *qmp_x_query_memory_at(uint64_t address, const char *address_space,
                                    Error **errp)
{
    error_setg(errp, "not yet");
    return NULL;
}

void qmp_x_memory_map_svg(const char *filename, const char *address_space,
                          Error **errp)
{
    error_setg(errp, "not yet");
}

HumanReadableText *qmp_x_query_ramblock(Error **errp)
{
    error_setg(errp, "not yet");
    return NULL;
}

void qmp_pmemsave(int64_t val, int64_t size, const char *filename, Error **errp)
{
    error_setg(errp, "not yet");
}
