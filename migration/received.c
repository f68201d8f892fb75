/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages have arrived: on the way back. */
#include "qemu/osdep.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "received.h"

#define ENDING   UINT64_C(0x0123456789abcdef)
#define PER_WORD 64

static uint64_t words_of(uint64_t pages)
{
    return DIV_ROUND_UP(pages, PER_WORD);
}

/* The 64 pages from @first on. */
static uint64_t word_of(const unsigned long *map, uint64_t first,
                        uint64_t pages)
{
    uint64_t word = 0;

    for (uint64_t i = first; i < MIN(first + PER_WORD, pages); i++) {
        word |= (uint64_t)test_bit(i, map) << (i - first);
    }
    return word;
}

int received_put(QEMUFile *f, const unsigned long *map, uint64_t pages)
{
    qemu_put_be64(f, words_of(pages) * sizeof(uint64_t));
    for (uint64_t first = 0; first < pages; first += PER_WORD) {
        uint8_t bytes[sizeof(uint64_t)];

        stq_le_p(bytes, word_of(map, first, pages));
        qemu_put_buffer(f, bytes, sizeof(bytes));
    }
    qemu_put_be64(f, ENDING);
    return qemu_fflush(f);
}

static bool came(QEMUFile *f, Error **errp)
{
    Error *err = NULL;

    if (!qemu_file_get_error_obj(f, &err)) {
        return true;
    }
    error_propagate_prepend(errp, err, "a bitmap of pages cannot be read: ");
    return false;
}

bool received_get(QEMUFile *f, unsigned long *map, uint64_t pages, Error **errp)
{
    uint64_t size = qemu_get_be64(f), ending;

    if (!came(f, errp)) {
        return false;
    }
    if (size != words_of(pages) * sizeof(uint64_t)) {
        error_setg(errp,
                   "bitmap size mismatch (0x%" PRIx64 " != 0x%" PRIx64 ")",
                   size, words_of(pages) * sizeof(uint64_t));
        return false;
    }
    bitmap_zero(map, pages);
    for (uint64_t first = 0; first < pages; first += PER_WORD) {
        uint8_t bytes[sizeof(uint64_t)] = { 0 };
        uint64_t word;

        qemu_get_buffer(f, bytes, sizeof(bytes));
        word = ldq_le_p(bytes);
        for (uint64_t i = 0; i < MIN(PER_WORD, pages - first); i++) {
            if (word >> i & 1) {
                set_bit(first + i, map);
            }
        }
    }
    ending = qemu_get_be64(f);
    if (!came(f, errp)) {
        return false;
    }
    if (ending != ENDING) {
        error_setg(errp, "bitmap end mark incorrect: 0x%" PRIx64, ending);
        return false;
    }
    return true;
}
