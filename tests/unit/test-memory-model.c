/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory core against a model of it (tests/memory-oracle): random sequences
 * of all operations. PLATEAU_MODEL_SEED and PLATEAU_MODEL_STEPS choose one
 * sequence.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "../memory-oracle/model.h"

/* By default: so many steps in all, in sequences of this length. */
#ifdef QEMU_SANITIZE_ADDRESS
#define STEPS 1000000
#else
#define STEPS 3000000
#endif
#define LENGTH 2000

static uint64_t chosen_seed, chosen_steps;

/* splitmix64 */
static uint32_t draw(Model *m)
{
    uint64_t *state = m->opaque, z;

    z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (z ^ (z >> 31)) >> 32;
}

static void run(uint64_t seed, uint64_t steps)
{
    g_autofree Model *m = g_new0(Model, 1);
    uint64_t state = seed;

    printf("# PLATEAU_MODEL_SEED=%" PRIu64 " PLATEAU_MODEL_STEPS=%" PRIu64 "\n",
           seed, steps);
    fflush(stdout);
    model_init(m, draw, &state);
    for (uint64_t i = 0; i < steps; i++) {
        model_step(m);
        if (i % 500 == 0) {
            drain_call_rcu();
        }
    }
    model_fini(m);
    printf("# %u commits, %u refusals, %zu ranges, %zu events\n", m->commits,
           m->refusals, m->ranges, m->events);
    g_assert_cmpuint(m->commits, >, steps / 10);
}

static void test_random(void)
{
    uint64_t seed;

    if (chosen_seed) {
        run(chosen_seed, chosen_steps ?: LENGTH);
        return;
    }
    seed = (uint64_t)(uint32_t)g_test_rand_int() << 16;
    for (uint64_t done = 0; done < (chosen_steps ?: STEPS); done += LENGTH) {
        run(++seed, LENGTH);
    }
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;

    if (text && parse_uint_full(text, 0, &value) < 0) {
        fprintf(stderr, "'%s' is not a number\n", text);
        exit(1);
    }
    return value;
}

int main(int argc, char **argv)
{
    chosen_seed = number(g_getenv("PLATEAU_MODEL_SEED"));
    chosen_steps = number(g_getenv("PLATEAU_MODEL_STEPS"));
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/model", test_random);
    return g_test_run();
}
