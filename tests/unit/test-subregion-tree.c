/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of a container's visible children, against a plain array: random
 * insertions, removals and moves; what is on top, what begins next, the hull.
 */
#include "qemu/osdep.h"
#include "memory/subregion-tree.h"

typedef struct Model {
    MemoryRegion c;
    MemoryRegion *pool;
    GPtrArray *in, *out;
    uint64_t next_key;
    hwaddr space;     /* addresses are below */
    unsigned overlap; /* regions are up to so long */
} Model;

static hwaddr random_below(hwaddr limit)
{
    hwaddr r = (hwaddr)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();

    return limit ? r % limit : r;
}

static MemoryRegion *random_of(GPtrArray *array)
{
    return g_ptr_array_index(array, random_below(array->len));
}

static void place(Model *m, MemoryRegion *mr, hwaddr *start, hwaddr *last)
{
    hwaddr length = random_below(m->overlap);

    *start = random_below(m->space);
    *last = length > HWADDR_MAX - *start ? HWADDR_MAX : *start + length;
}

static void put_in(Model *m, MemoryRegion *mr)
{
    uint32_t priority =
        g_test_rand_bit() ? 1u << 31 : (uint32_t)random_below(1u << 31);

    place(m, mr, &mr->node.start, &mr->node.last);
    mr->node.key = (uint64_t)priority << 32 | m->next_key++;
    subregion_tree_insert(&m->c, mr);
    g_ptr_array_remove_fast(m->out, mr);
    g_ptr_array_add(m->in, mr);
}

static void take_out(Model *m, MemoryRegion *mr)
{
    subregion_tree_remove(&m->c, mr);
    g_ptr_array_remove_fast(m->in, mr);
    g_ptr_array_add(m->out, mr);
}

static void move(Model *m, MemoryRegion *mr)
{
    hwaddr start, last;

    place(m, mr, &start, &last);
    subregion_tree_update(&m->c, mr, start, last);
}

static MemoryRegion *slow_top(Model *m, hwaddr x, uint64_t below)
{
    MemoryRegion *best = NULL;

    for (guint i = 0; i < m->in->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(m->in, i);

        if (mr->node.start <= x && x <= mr->node.last && mr->node.key < below &&
            (!best || mr->node.key > best->node.key)) {
            best = mr;
        }
    }
    return best;
}

static bool slow_next(Model *m, hwaddr x, hwaddr last, uint64_t above,
                      hwaddr *start)
{
    bool found = false;

    for (guint i = 0; i < m->in->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(m->in, i);

        if (mr->node.start > x && mr->node.start <= last &&
            mr->node.key > above && (!found || mr->node.start < *start)) {
            *start = mr->node.start;
            found = true;
        }
    }
    return found;
}

/* An address that is of interest: an edge of a child, or any. */
static hwaddr random_address(Model *m)
{
    MemoryRegion *mr = m->in->len ? random_of(m->in) : NULL;

    switch (random_below(mr ? 5 : 1)) {
    case 1:
        return mr->node.start;
    case 2:
        return mr->node.last;
    case 3:
        return mr->node.start - (mr->node.start > 0);
    case 4:
        return mr->node.last + (mr->node.last < HWADDR_MAX);
    default:
        return random_below(m->space);
    }
}

static uint64_t random_key(Model *m)
{
    return m->in->len ? random_of(m->in)->node.key : 1ull << 63;
}

static void compare(Model *m)
{
    hwaddr x = random_address(m), last = random_address(m);
    uint64_t below = g_test_rand_bit() ? SUBREGION_KEY_TOP : random_key(m);
    uint64_t above = g_test_rand_bit() ? 0 : random_key(m);
    hwaddr start = 0, expected = 0;
    bool found;

    g_assert_true(subregion_find_top(&m->c, x, below) == slow_top(m, x, below));
    found = slow_next(m, x, last, above, &expected);
    g_assert_true(subregion_next_start(&m->c, x, last, above, &start) == found);
    g_assert_cmphex(start, ==, expected);
}

/* All children from @x on, run by run, each knowing what lies before it. */
static void compare_runs(Model *m)
{
    hwaddr x = random_address(m), at = x;
    guint nr = 0, expected = 0, before = 0;
    SubregionRun run;
    bool more;

    for (guint i = 0; i < m->in->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(m->in, i);

        expected += mr->node.start >= x;
    }
    before = m->in->len - expected;
    do {
        subregion_run(&m->c, at, &run);
        g_assert_true(run.reached == (before + nr > 0));
        if (run.reached) {
            hwaddr reach = 0;

            for (guint i = 0; i < m->in->len; i++) {
                MemoryRegion *mr = g_ptr_array_index(m->in, i);

                if (mr->node.start < at) {
                    reach = MAX(reach, mr->node.last);
                }
            }
            g_assert_cmphex(run.reach, ==, reach);
        }
        for (; run.at != run.end; run.at++) {
            g_assert_true(run.at->start >= at);
            g_assert_cmphex(run.at->start, ==, run.at->mr->node.start);
            g_assert_cmphex(run.at->last, ==, run.at->mr->node.last);
            at = run.at->start;
            nr++;
        }
        more = run.more;
        if (more) {
            /* Those with the same start may be in two runs. */
            g_assert_true(run.more_start >= at);
            if (run.more_start == at) {
                return;
            }
            at = run.more_start;
        }
    } while (more);
    g_assert_cmpuint(nr, ==, expected);
}

static void compare_whole(Model *m)
{
    hwaddr start = HWADDR_MAX, last = 0, s, l;

    g_assert_cmpuint(subregion_tree_check(&m->c), ==, m->in->len);
    for (guint i = 0; i < m->in->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(m->in, i);

        start = MIN(start, mr->node.start);
        last = MAX(last, mr->node.last);
    }
    g_assert_true(subregion_tree_hull(&m->c, &s, &l) == (m->in->len > 0));
    if (m->in->len) {
        g_assert_cmphex(s, ==, start);
        g_assert_cmphex(l, ==, last);
    }
    g_assert_true(subregion_tree_only(&m->c) ==
                  (m->in->len == 1 ? g_ptr_array_index(m->in, 0) : NULL));
}

static void model_run(Model *m, unsigned n, unsigned steps)
{
    m->pool = g_new0(MemoryRegion, n);
    m->in = g_ptr_array_new();
    m->out = g_ptr_array_new();
    for (unsigned i = 0; i < n; i++) {
        g_ptr_array_add(m->out, &m->pool[i]);
    }
    for (unsigned i = 0; i < steps; i++) {
        /* Grows, then shrinks, to and fro. */
        bool growing = i / (2 * n) % 2 == 0;
        unsigned what = random_below(10);

        if (m->out->len && (what < (growing ? 6 : 2) || !m->in->len)) {
            put_in(m, random_of(m->out));
        } else if (what < 9 || !m->in->len) {
            if (m->in->len) {
                take_out(m, random_of(m->in));
            }
        } else {
            move(m, random_of(m->in));
        }
        compare(m);
        compare_runs(m);
        if (i % 64 == 0 || m->in->len < 3) {
            compare_whole(m);
        }
    }
    while (m->in->len) {
        take_out(m, random_of(m->in));
        compare_whole(m);
    }
    subregion_tree_free(&m->c);
    g_ptr_array_free(m->in, true);
    g_ptr_array_free(m->out, true);
    g_free(m->pool);
}

static void test_random(const void *opaque)
{
    Model m = *(const Model *)opaque;

    model_run(&m, 8, 2000);
    model_run(&m, 300, 8000);
    model_run(&m, 2500, 12000);
}

/* Children in order of their addresses, up or down, fill their nodes. */
static void test_in_order(const void *opaque)
{
    bool down = GPOINTER_TO_INT(opaque);
    const unsigned n = 5000;
    g_autofree MemoryRegion *pool = g_new0(MemoryRegion, n);
    MemoryRegion c = { 0 };
    hwaddr start, last;

    for (unsigned i = 0; i < n; i++) {
        unsigned at = down ? n - 1 - i : i;

        pool[at].node = (SubregionNode){ at * 16, at * 16 + 7, i };
        subregion_tree_insert(&c, &pool[at]);
    }
    g_assert_cmpuint(subregion_tree_check(&c), ==, n);
    for (unsigned i = 0; i < n; i++) {
        g_assert_true(subregion_find_top(&c, i * 16 + 7, SUBREGION_KEY_TOP) ==
                      &pool[i]);
        g_assert_null(subregion_find_top(&c, i * 16 + 8, SUBREGION_KEY_TOP));
    }
    g_assert_true(subregion_tree_hull(&c, &start, &last));
    g_assert_cmphex(start, ==, 0);
    g_assert_cmphex(last, ==, (n - 1) * 16 + 7);
    for (unsigned i = 0; i < n; i++) {
        subregion_tree_remove(&c, &pool[i]);
    }
    g_assert_cmpuint(subregion_tree_check(&c), ==, 0);
    subregion_tree_free(&c);
}

/* All at one place: ranks alone decide, and each is found to be removed. */
static void test_stack(void)
{
    const unsigned n = 1000;
    g_autofree MemoryRegion *pool = g_new0(MemoryRegion, n);
    MemoryRegion c = { 0 };

    for (unsigned i = 0; i < n; i++) {
        unsigned at = i * 7 % n;

        pool[at].node = (SubregionNode){ 0, HWADDR_MAX, at + 1 };
        subregion_tree_insert(&c, &pool[at]);
    }
    g_assert_cmpuint(subregion_tree_check(&c), ==, n);
    for (unsigned i = n; i-- > 0;) {
        g_assert_true(subregion_find_top(&c, 5, i + 2) == &pool[i]);
        g_assert_true(subregion_find_top(&c, 5, SUBREGION_KEY_TOP) == &pool[i]);
        subregion_tree_remove(&c, &pool[i]);
    }
    subregion_tree_free(&c);
}

int main(int argc, char **argv)
{
    static const Model sparse = { .space = 1 << 20, .overlap = 64 };
    static const Model crowded = { .space = 256, .overlap = 64 };
    static const Model piled = { .space = 3, .overlap = 5 };
    static const Model huge = { .space = 0, .overlap = 0 };

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/subregion-tree/random/sparse", &sparse, test_random);
    g_test_add_data_func("/subregion-tree/random/crowded", &crowded,
                         test_random);
    g_test_add_data_func("/subregion-tree/random/piled", &piled, test_random);
    g_test_add_data_func("/subregion-tree/random/huge", &huge, test_random);
    g_test_add_data_func("/subregion-tree/ascending", GINT_TO_POINTER(0),
                         test_in_order);
    g_test_add_data_func("/subregion-tree/descending", GINT_TO_POINTER(1),
                         test_in_order);
    g_test_add_func("/subregion-tree/stack", test_stack);
    return g_test_run();
}
