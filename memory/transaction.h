/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions, from the inside: a change to a region is bracketed by
 * memory_region_transaction_begin() and _commit(), and registers how it is
 * undone before it happens, which costs nothing unless the outermost
 * transaction was begun by memory_region_transaction_begin_undoable().
 */
#ifndef MEMORY_TRANSACTION_H
#define MEMORY_TRANSACTION_H

#include "memory/region.h"

/* @mr is about to change: remembers its state unless that is done already. */
void memory_transaction_save(MemoryRegion *mr);

/* @mr goes away: what was in it is in no container after undoing. */
void memory_transaction_forget(const MemoryRegion *mr);

/* Whether a transaction is open. */
bool memory_transaction_active(void);

#endif
