/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bitmap of virtio-mem's blocks, against an array of bool. */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-mem-blocks.h"

enum { MAX = 1000, ROUNDS = 3000 };

typedef struct {
    DECLARE_BITMAP(map, MAX);
    bool model[MAX];
} Pair;

static unsigned below(unsigned n)
{
    return g_test_rand_int_range(0, n);
}

/* A range with a liking for the edges of words. */
static void random_range(unsigned *first, unsigned *nr)
{
    *first = below(2) ? below(MAX) : below(MAX / 64) * 64;
    *nr = 1 + below(MAX - *first);
    if (below(2)) {
        *nr = MIN(MAX - *first, 64 * (1 + below(4)));
    }
}

static bool model_all(const Pair *p, unsigned first, unsigned nr, bool plugged)
{
    for (unsigned i = first; i < first + nr; i++) {
        if (p->model[i] != plugged) {
            return false;
        }
    }
    return true;
}

/* The runs in [from, end) together are what the model says. */
static void check_runs(const Pair *p, unsigned from, unsigned end, bool plugged)
{
    unsigned at = from;
    VirtIOMEMRun run;

    BLOCKS_FOR_EACH_RUN(p->map, from, end, plugged, &run)
    {
        g_assert_cmpuint(run.first, >=, at);
        g_assert_cmpuint(run.nr, >, 0);
        g_assert_cmpuint(run.first + run.nr, <=, end);
        g_assert_true(at == run.first ||
                      model_all(p, at, run.first - at, !plugged));
        g_assert_true(model_all(p, run.first, run.nr, plugged));
        at = run.first + run.nr;
        g_assert_true(at == end || p->model[at] != plugged);
    }
    g_assert_true(at >= end || model_all(p, at, end - at, !plugged));
}

static void test_random(void)
{
    g_autofree Pair *p = g_new0(Pair, 1);

    for (int i = 0; i < ROUNDS; i++) {
        unsigned first, nr;
        bool plugged = below(2);

        random_range(&first, &nr);
        g_assert_cmpint(blocks_all(p->map, first, nr, plugged), ==,
                        model_all(p, first, nr, plugged));
        check_runs(p, first, first + nr, plugged);
        if (below(3) == 0) {
            random_range(&first, &nr);
            blocks_set(p->map, first, nr, plugged);
            for (unsigned b = first; b < first + nr; b++) {
                p->model[b] = plugged;
            }
        }
        check_runs(p, 0, MAX, true);
        check_runs(p, 0, MAX, false);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-mem/blocks/random", test_random);
    return g_test_run();
}
