/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of a block have arrived, as the destination tells the source when
 * a postcopy goes on after the connection was lost: the length of the bitmap in
 * bytes, a multiple of eight, the bitmap with the first page in the lowest bit
 * of the first byte, and a number that ends it.
 */
#ifndef MIGRATION_RECEIVED_H
#define MIGRATION_RECEIVED_H

#include "migration/qemu-file-types.h"

/* Sends @map, which has a bit for each of @pages, and flushes. */
int received_put(QEMUFile *f, const unsigned long *map, uint64_t pages);
/*
 * Reads it into @map, which has room for @pages bits, up to a multiple of 64.
 * False with @errp if it does not come, or is not for so many pages.
 */
bool received_get(QEMUFile *f, unsigned long *map, uint64_t pages,
                  Error **errp);

#endif
