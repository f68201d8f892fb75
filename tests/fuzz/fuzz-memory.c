/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as operations on regions, address spaces and listeners, compared
 * with the model of tests/memory-oracle/ after each of them.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "../memory-oracle/model.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Bytes {
    const uint8_t *data;
    size_t left;
} Bytes;

/* A byte each; zeros when they are used up. */
static uint32_t draw(Model *m)
{
    Bytes *bytes = m->opaque;

    if (!bytes->left) {
        return 0;
    }
    bytes->left--;
    return *bytes->data++;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree Model *m = g_new0(Model, 1);
    Bytes bytes = { data, MIN(size, 1500) };

    model_init(m, draw, &bytes);
    while (bytes.left) {
        model_step(m);
    }
    model_fini(m);
    return 0;
}
