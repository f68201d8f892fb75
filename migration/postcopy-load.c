/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM at the destination, in postcopy. The pages of a host page come one after
 * the other, and are put in place at once, so that nobody sees a half.
 */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "migration/qemu-file.h"
#include "postcopy-load.h"
#include "qapi/error.h"
#include "ram.h"

void postcopy_channel_init(PostcopyChannel *c)
{
    *c = (PostcopyChannel){ .page = g_malloc(postcopy_largest_page()) };
}

void postcopy_channel_free(PostcopyChannel *c)
{
    g_free(g_steal_pointer(&c->page));
}

static bool came(QEMUFile *f, Error **errp)
{
    return !qemu_file_get_error_obj(f, errp);
}

static bool find_block(PostcopyChannel *c, QEMUFile *f, unsigned flags,
                       Error **errp)
{
    char name[256];

    if (flags & RAM_SAVE_FLAG_CONTINUE) {
        if (!c->block) {
            error_setg(errp, "a page goes on with a block, but none has begun");
        }
        return c->block;
    }
    qemu_get_counted_string(f, name);
    if (!came(f, errp)) {
        return false;
    }
    c->block = postcopy_block(name);
    if (!c->block) {
        error_setg(errp, "Can't find block %s", name);
    }
    return c->block;
}

/* It is the first of a host page, or the next. */
static bool check_offset(PostcopyChannel *c, uint64_t offset, Error **errp)
{
    size_t size = postcopy_block_page_size(c->block);

    if (offset >= postcopy_block_length(c->block)) {
        error_setg(errp, "Illegal RAM offset 0x%" PRIx64 " in block '%s'",
                   offset, postcopy_block_name(c->block));
        return false;
    }
    if (!c->filled) {
        c->offset = QEMU_ALIGN_DOWN(offset, size);
        c->all_zero = true;
    }
    if (offset != c->offset + c->filled) {
        error_setg(errp,
                   "a page of block '%s' at 0x%" PRIx64 " comes in the place "
                   "of that at 0x%" PRIx64,
                   postcopy_block_name(c->block), offset,
                   c->offset + c->filled);
        return false;
    }
    return true;
}

static bool load_page(PostcopyChannel *c, QEMUFile *f, uint64_t offset,
                      unsigned flags, Error **errp)
{
    PostcopyBlock *before = c->block;
    uint8_t *to;

    if (!find_block(c, f, flags, errp)) {
        return false;
    }
    if (c->filled && c->block != before) {
        error_setg(errp, "a page of block '%s' comes in the middle of another",
                   postcopy_block_name(c->block));
        return false;
    }
    if (!check_offset(c, offset, errp)) {
        return false;
    }
    to = c->page + c->filled;
    if (flags & RAM_SAVE_FLAG_ZERO) {
        int value = qemu_get_byte(f);

        if (value) {
            error_setg(errp, "Found a zero page with value %d", value);
            return false;
        }
        memset(to, 0, TARGET_PAGE_SIZE);
    } else {
        qemu_get_buffer(f, to, TARGET_PAGE_SIZE);
        c->all_zero = false;
    }
    if (!came(f, errp)) {
        return false;
    }
    c->filled += TARGET_PAGE_SIZE;
    if (c->filled < postcopy_block_page_size(c->block)) {
        return true;
    }
    c->filled = 0;
    return postcopy_place_page(c->block, c->offset,
                               c->all_zero ? NULL : c->page, errp);
}

bool postcopy_load_pages(PostcopyChannel *c, QEMUFile *f, Error **errp)
{
    for (;;) {
        uint64_t addr = qemu_get_be64(f);
        unsigned flags = addr & ~TARGET_PAGE_MASK;

        addr &= TARGET_PAGE_MASK;
        if (!came(f, errp)) {
            return false;
        }
        switch (flags & ~RAM_SAVE_FLAG_CONTINUE) {
        case RAM_SAVE_FLAG_ZERO:
        case RAM_SAVE_FLAG_PAGE:
            if (!load_page(c, f, addr, flags, errp)) {
                return false;
            }
            break;
        case RAM_SAVE_FLAG_EOS:
            return true;
        default:
            error_setg(errp,
                       "Unknown combination of migration flags: 0x%x (postcopy "
                       "mode)",
                       flags);
            return false;
        }
    }
}
