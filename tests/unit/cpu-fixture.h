/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU of the tests' own, "toy", and the accelerator that runs it: a thread
 * that counts in place of guest code, until somebody asks for the CPU.
 */
#ifndef TESTS_CPU_FIXTURE_H
#define TESTS_CPU_FIXTURE_H

#include "hw/core/cpu.h"

#define TYPE_TOY_CPU  "toy-cpu"
#define TOY_CPU_MODEL "basic-" TYPE_TOY_CPU

typedef struct ToyCPU {
    CPUState parent_obj;
    uint64_t pc;       /* what follows a CPUState: its "env" */
    uint64_t counter;  /* goes up while it runs; atomic */
    uint64_t private;  /* goes up with it, but is not atomic */
    bool in_guest;     /* atomic */
    int debug_changes; /* how often the accelerator heard of breakpoints */
    int resets;
    bool feature;
    int32_t node_id, socket_id, core_id;
} ToyCPU;

#define TOY_CPU(obj) ((ToyCPU *)(obj))

/* Virtual pages of the toy: n is physical n + 1; 15 is not mapped. */
#define TOY_UNMAPPED_PAGE 15

/* The machine that toy_init() builds: "none" unless a test sets it before. */
extern const char *toy_machine;
/* Sets up the program; with the BQL afterwards. */
void toy_init(int *argc, char ***argv);
/* From here on CPUs get threads. */
void toy_use_accel(void);
/* A realized one; and its end. */
ToyCPU *toy_new(void);
void toy_free(ToyCPU *cpu);

#endif
