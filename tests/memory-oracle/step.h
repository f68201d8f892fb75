/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of operations share: choices, and what stands around each
 * operation.
 */
#ifndef TESTS_MEMORY_ORACLE_STEP_H
#define TESTS_MEMORY_ORACLE_STEP_H

#include "model.h"

/* ---- choose.c ------------------------------------------------------------ */

/* A number below @n. */
unsigned pick(Model *m, unsigned n);
bool one_in(Model *m, unsigned n);
hwaddr pick_addr(Model *m);
/* As memory_region_init() takes it; and as what it stands for. */
uint64_t pick_size(Model *m, Kind kind);
u128 wide_size(uint64_t size);
/* A region in use for which @ok, if given, holds; or -1. */
int pick_region(Model *m, bool (*ok)(Model *m, int r));
bool is_ram(Kind kind);
bool is_container(Model *m, int r);

/* ---- step.c -------------------------------------------------------------- */

/* The model has changed; the real thing is about to. */
void before(Model *m);
/* It has: compares. */
void after(Model *m);

/* ---- step-region.c ------------------------------------------------------- */

void do_create(Model *m);
void do_destroy(Model *m);
void do_add(Model *m);
void do_slot(Model *m);
void do_delete(Model *m);
void do_set_address(Model *m);
void do_set_size(Model *m);
void do_set_offset(Model *m);
void do_set_flag(Model *m);
void do_set_log(Model *m);
void do_eventfd(Model *m);
void do_coalesced(Model *m);
/* Whether an alias shows @r, or an address space begins with it. */
bool is_needed(Model *m, int r);
/* @r goes, if it is not needed; its children stay. */
void destroy(Model *m, int r);

#endif
