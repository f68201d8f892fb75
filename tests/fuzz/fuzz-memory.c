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
#include "fuzz-input.h"
#include "../memory-oracle/model.h"

static uint32_t draw_byte(Model *m)
{
    return draw(m->opaque, 1);
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

    model_init(m, draw_byte, &bytes);
    while (bytes.left) {
        model_step(m);
    }
    model_fini(m);
    return 0;
}
