/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands that look at guest memory.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/ramlist.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-memory-map.h"
#include "qapi/type-helpers.h"
#include <glib/gstdio.h>

MemoryAtList *qmp_x_query_memory_at(uint64_t address, const char *address_space,
                                    Error **errp)
{
    return memory_query_at(address_space, address, errp);
}

/* Files that the caller names may be pipes or devices, too. */
static FILE *open_output(const char *filename, Error **errp)
{
    FILE *f = g_fopen(filename, "wbe");

    if (!f) {
        error_setg_file_open(errp, errno, filename);
    }
    return f;
}

static void close_output(FILE *f, bool ok, const char *what,
                         const char *filename, Error **errp)
{
    if (fclose(f) != 0 || !ok) {
        error_setg(errp, "writing %s to '%s' failed", what, filename);
    }
}

void qmp_x_memory_map_svg(const char *filename, const char *address_space,
                          bool has_disabled, bool disabled, Error **errp)
{
    AddressSpace *as =
        memory_find_address_space(address_space ?: "memory", errp);
    g_autoptr(GString) svg = NULL;
    FILE *f = as ? open_output(filename, errp) : NULL;

    if (f) {
        svg = memory_svg(as, has_disabled && disabled);
        close_output(f, fwrite(svg->str, 1, svg->len, f) == svg->len,
                     "the picture", filename, errp);
    }
}

HumanReadableText *qmp_x_query_ramblock(Error **errp)
{
    g_autoptr(GString) text = ram_block_format();

    return human_readable_text_from_str(text);
}

/* Through the memory API: devices answer, and what nobody has is zero. */
static bool save(FILE *f, hwaddr addr, uint64_t size)
{
    g_autofree uint8_t *buf = g_malloc(64 * 1024);

    while (size) {
        size_t len = MIN(size, 64 * 1024);

        memset(buf, 0, len);
        address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                           buf, len);
        if (fwrite(buf, 1, len, f) != len) {
            return false;
        }
        addr += len;
        size -= len;
    }
    return true;
}

void qmp_pmemsave(uint64_t val, uint64_t size, const char *filename,
                  Error **errp)
{
    FILE *f;

    if (size && size - 1 > UINT64_MAX - val) {
        error_setg(errp,
                   "0x%" PRIx64 " bytes from 0x%" PRIx64 " on go beyond 2^64",
                   size, val);
        return;
    }
    if (size > INT64_MAX) {
        error_setg(errp, "no file can have 0x%" PRIx64 " bytes", size);
        return;
    }
    f = open_output(filename, errp);
    if (f) {
        close_output(f, save(f, val, size), "memory", filename, errp);
    }
}
