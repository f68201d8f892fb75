/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flat maps against sorted arrays: random splices, large and small, with many
 * versions alive that are freed in random order of their making; walks in both
 * directions; edits that are aborted; and the references of regions.
 */
#include "qemu/osdep.h"
#include "memory/flatnode.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

#define REGIONS 64

static Object *owner[REGIONS];
static MemoryRegion region[REGIONS];

/* What a map should have: FlatRanges in order. */
typedef GArray Oracle;

#define at(oracle, i) g_array_index(oracle, FlatRange, i)

static void setup_regions(void)
{
    for (int i = 0; i < REGIONS; i++) {
        owner[i] = object_new("container");
        region[i].owner = owner[i];
    }
}

static Oracle *oracle_new(void)
{
    return g_array_new(false, false, sizeof(FlatRange));
}

static Oracle *oracle_copy(const Oracle *from)
{
    Oracle *copy = oracle_new();

    if (from->len) {
        g_array_append_vals(copy, from->data, from->len);
    }
    return copy;
}

static unsigned oracle_first_from(const Oracle *o, hwaddr start)
{
    unsigned lo = 0, hi = o->len;

    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;

        if (at(o, mid).start < start) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static void oracle_splice(Oracle *o, hwaddr start, hwaddr last,
                          const FlatRange *with, size_t n)
{
    unsigned from = oracle_first_from(o, start);
    unsigned to = last == UINT64_MAX ? o->len : oracle_first_from(o, last + 1);

    if (to > from) {
        g_array_remove_range(o, from, to - from);
    }
    if (n) {
        g_array_insert_vals(o, from, with, n);
    }
}

/* ---- checks -------------------------------------------------------------- */

static unsigned check_node(const FlatNode *node, unsigned level)
{
    unsigned max = level ? FLAT_INNER_MAX : FLAT_LEAF_MAX, nr = 0;

    g_assert_cmpuint(node->level, ==, level);
    g_assert_cmpuint(node->nr, >, 0);
    g_assert_cmpuint(node->nr, <=, max);
    for (unsigned i = 0; i < max; i++) {
        if (i >= node->nr) {
            g_assert_cmphex(node->key[i], ==, UINT64_MAX);
        } else if (level) {
            g_assert_cmphex(node->key[i], ==, node->inner.child[i]->key[0]);
            nr += check_node(node->inner.child[i], level - 1);
        } else {
            g_assert_cmphex(node->key[i], ==, node->leaf.range[i].start);
            nr++;
        }
        g_assert(!i || i >= node->nr || node->key[i - 1] < node->key[i]);
    }
    return nr;
}

static void check_same(const FlatRange *a, const FlatRange *b)
{
    g_assert_cmpmem(a, sizeof(*a), b, sizeof(*b));
}

static void check_map(const FlatMap *map, const Oracle *o)
{
    const FlatRange *r;
    FlatMapIter it;
    unsigned i = 0;

    g_assert_cmpuint(map->nr, ==, o->len);
    if (!map->root) {
        g_assert_cmpuint(map->height, ==, 0);
        g_assert_cmpuint(o->len, ==, 0);
        g_assert_null(flatmap_iter_from(&it, map, 0));
        g_assert_null(flatmap_iter_to(&it, map, UINT64_MAX));
        return;
    }
    g_assert(map->height == 1 || map->root->nr > 1);
    g_assert_cmpuint(check_node(map->root, map->height - 1), ==, o->len);
    for (r = flatmap_iter_from(&it, map, 0); r; r = flatmap_iter_next(&it)) {
        check_same(r, &at(o, i));
        i++;
    }
    g_assert_cmpuint(i, ==, o->len);
    for (r = flatmap_iter_to(&it, map, UINT64_MAX); r;
         r = flatmap_iter_prev(&it)) {
        i--;
        check_same(r, &at(o, i));
    }
    g_assert_cmpuint(i, ==, 0);
}

/* Every way to look @addr up. */
static void check_lookup(const FlatMap *map, const Oracle *o, hwaddr addr)
{
    unsigned from = oracle_first_from(o, addr);
    bool begins = from < o->len && at(o, from).start == addr;
    unsigned to = from + begins; /* one behind the last at or below */
    const FlatRange *below = to ? &at(o, to - 1) : NULL;
    bool covered = below && addr <= below->last;
    unsigned next = covered ? to - 1 : to;
    const FlatRange *r;
    FlatMapIter it;

    r = flatmap_find_to(map, addr);
    g_assert(!r == !below);
    if (r) {
        check_same(r, below);
        check_same(flatmap_iter_to(&it, map, addr), below);
        r = flatmap_iter_next(&it);
        g_assert(!r == (to == o->len));
    } else {
        g_assert_null(flatmap_iter_to(&it, map, addr));
    }
    r = flatmap_find(map, addr);
    g_assert(!r == !covered);
    if (r) {
        check_same(r, below);
    }
    r = flatmap_find_from(map, addr);
    g_assert(!r == (next == o->len));
    if (r) {
        check_same(r, &at(o, next));
        check_same(flatmap_iter_from(&it, map, addr), &at(o, next));
        r = flatmap_iter_prev(&it);
        g_assert(!r == !next);
        if (r) {
            check_same(r, &at(o, next - 1));
        }
    }
}

static void check_lookups(const FlatMap *map, const Oracle *o, unsigned n)
{
    check_lookup(map, o, 0);
    check_lookup(map, o, UINT64_MAX);
    for (unsigned i = 0; i < n && o->len; i++) {
        const FlatRange *r = &at(o, g_test_rand_int_range(0, o->len));

        check_lookup(map, o, r->start);
        check_lookup(map, o, r->last);
        check_lookup(map, o, r->start - (r->start > 0));
        check_lookup(map, o, r->last + (r->last < UINT64_MAX));
        check_lookup(map, o, r->start + (r->last - r->start) / 2);
    }
}

/* ---- random edits -------------------------------------------------------- */

static uint64_t rand64(void)
{
    return (uint64_t)(uint32_t)g_test_rand_int() << 32 |
           (uint32_t)g_test_rand_int();
}

/* [0, @n): small numbers are likely. */
static unsigned rand_skewed(unsigned n)
{
    unsigned bits = g_test_rand_int_range(0, 32 - clz32(n) + 1);

    return bits ? g_test_rand_int_range(0, MIN(n, 1u << bits)) : 0;
}

/*
 * Addresses in maps are below @top. Ranges begin at multiples of 16 so that
 * there is always room to add some between two.
 */
typedef struct Model {
    FlatMap map;
    Oracle *oracle;
    hwaddr top;
} Model;

/* Up to @n ranges within [@start, @last]. */
static GArray *random_ranges(hwaddr start, hwaddr last, unsigned n)
{
    GArray *ranges = oracle_new();
    hwaddr step = (last - start) / n, at = start;

    for (unsigned i = 0; step && i < n; i++, at += step) {
        FlatRange r = {
            .start = at + rand64() % step,
            .mr = &region[g_test_rand_int_range(0, REGIONS)],
            .offset_in_region = rand64(),
            .path = rand64(),
            .readonly = g_test_rand_bit(),
        };
        r.last = r.start + rand64() % (at + step - r.start);
        g_array_append_val(ranges, r);
    }
    return ranges;
}

static void random_splice(FlatMapEdit *e, Oracle *o, hwaddr top, unsigned most)
{
    g_autoptr(GArray) with = NULL;
    hwaddr start, last;
    unsigned n;

    if (o->len && g_test_rand_int_range(0, 4)) {
        /* From a range's beginning on, over some. */
        unsigned i = g_test_rand_int_range(0, o->len);
        unsigned j = MIN(i + rand_skewed(most), o->len - 1);

        start = at(o, i).start;
        last = at(o, j).last;
    } else {
        /* Anywhere; no range that stays may reach into it. */
        unsigned i;

        start = rand64() % top;
        last = start + rand64() % MIN(top - start, 1 << 20);
        i = oracle_first_from(o, start);
        if (i && at(o, i - 1).last >= start) {
            start = at(o, i - 1).start;
        }
        i = last == UINT64_MAX ? o->len : oracle_first_from(o, last + 1);
        if (i && at(o, i - 1).last > last) {
            last = at(o, i - 1).last;
        }
    }
    n = g_test_rand_int_range(0, 3) ? rand_skewed(most) : 0;
    with = n ? random_ranges(start, last, n) : oracle_new();
    oracle_splice(o, start, last, (FlatRange *)with->data, with->len);
    flatmap_edit_splice(e, start, last, (FlatRange *)with->data, with->len);
}

static void check_refs(unsigned extra)
{
    for (int i = 0; i < REGIONS; i++) {
        g_assert_cmpuint(owner[i]->ref, ==, 1 + extra);
    }
}

static void test_random(void)
{
    Model m = { .oracle = oracle_new(), .top = UINT64_MAX };
    FlatMap old = {};
    Oracle *old_oracle = NULL;
    FlatGarbage *old_garbage = NULL;

    for (int round = 0; round < 2000; round++) {
        unsigned splices = 1 + rand_skewed(20);
        unsigned most = round % 100 ? 40 : 4000;
        Oracle *o = oracle_copy(m.oracle);
        FlatGarbage *garbage;
        FlatMapEdit e;

        flatmap_edit_begin(&e, &m.map);
        for (unsigned i = 0; i < splices; i++) {
            random_splice(&e, o, m.top, most);
        }
        check_map(&e.map, o);
        check_lookups(&e.map, o, 10);
        check_map(&m.map, m.oracle);

        if (!g_test_rand_int_range(0, 4)) {
            flatmap_edit_abort(&e);
            g_array_unref(o);
            check_map(&m.map, m.oracle);
            continue;
        }
        /* The version before this one stays for a while. */
        if (old_oracle) {
            check_map(&old, old_oracle);
            g_array_unref(old_oracle);
        }
        flatgarbage_free(old_garbage);
        old = m.map;
        old_oracle = m.oracle;
        m.map = flatmap_edit_end(&e, &garbage);
        m.oracle = o;
        old_garbage = garbage;
        check_map(&old, old_oracle);
    }
    g_array_unref(old_oracle);
    flatgarbage_free(old_garbage);
    check_map(&m.map, m.oracle);
    flatmap_free(&m.map);
    g_array_unref(m.oracle);
    check_refs(0);
}

/* ---- how well nodes are filled ------------------------------------------- */

static FlatRange page_range(unsigned i)
{
    return (FlatRange){
        .start = i * 0x2000ull,
        .last = i * 0x2000ull + 0xfff,
        .mr = &region[i % REGIONS],
    };
}

static void add_page(FlatMapEdit *e, unsigned i)
{
    FlatRange r = page_range(i);

    flatmap_edit_splice(e, r.start, r.last, &r, 1);
}

static void check_fill(const FlatMap *map, unsigned nr, unsigned percent)
{
    FlatMapStats stats = flatmap_stats(map);

    g_assert_cmpuint(stats.ranges, ==, nr);
    g_test_message("%zu leaves, %zu inner nodes, height %u, least %u: %.1f %%",
                   stats.leaves, stats.inner, stats.height, stats.least,
                   100.0 * nr / (stats.leaves * FLAT_LEAF_MAX));
    g_assert_cmpuint(nr * 100, >=, stats.leaves * FLAT_LEAF_MAX * percent);
}

typedef enum { ASCENDING, DESCENDING, SHUFFLED } Order;

static unsigned *shuffle(unsigned n, Order order)
{
    unsigned *turn = g_new(unsigned, n);

    for (unsigned i = 0; i < n; i++) {
        turn[i] = order == DESCENDING ? n - 1 - i : i;
    }
    for (unsigned i = n; order == SHUFFLED && i > 1; i--) {
        unsigned j = g_test_rand_int_range(0, i);
        unsigned swap = turn[i - 1];

        turn[i - 1] = turn[j];
        turn[j] = swap;
    }
    return turn;
}

static void test_fill(const void *opaque)
{
    Order order = GPOINTER_TO_INT(opaque);
    unsigned n = 20000;
    g_autofree unsigned *turn = shuffle(n, order);
    FlatGarbage *garbage;
    FlatMap map = {};
    FlatMapEdit e;

    /* One edit each for some, one for the others. */
    for (unsigned i = 0; i < n / 2; i++) {
        flatmap_edit_begin(&e, &map);
        add_page(&e, turn[i]);
        map = flatmap_edit_end(&e, &garbage);
        flatgarbage_free(garbage);
    }
    flatmap_edit_begin(&e, &map);
    for (unsigned i = n / 2; i < n; i++) {
        add_page(&e, turn[i]);
    }
    map = flatmap_edit_end(&e, &garbage);
    flatgarbage_free(garbage);
    check_fill(&map, n, order == ASCENDING ? 99 : 75);

    /* Nine of ten go. */
    for (unsigned i = 0; i < n; i++) {
        FlatRange r = page_range(turn[i]);

        if (turn[i] % 10) {
            flatmap_edit_begin(&e, &map);
            flatmap_edit_splice(&e, r.start, r.last, NULL, 0);
            map = flatmap_edit_end(&e, &garbage);
            flatgarbage_free(garbage);
        }
    }
    check_fill(&map, n / 10, 35);
    flatmap_free(&map);
    check_refs(0);
}

static void test_bulk(void)
{
    unsigned n = 32768;
    g_autofree FlatRange *ranges = g_new(FlatRange, n);
    FlatGarbage *garbage;
    FlatMap map = {};
    FlatMapEdit e;
    size_t held, used;

    for (unsigned i = 0; i < n; i++) {
        ranges[i] = page_range(i);
    }
    flatmap_edit_begin(&e, &map);
    flatmap_edit_splice(&e, 0, UINT64_MAX, ranges, n);
    map = flatmap_edit_end(&e, &garbage);
    flatgarbage_free(garbage);
    check_fill(&map, n, 99);

    /* The middle goes and comes back. */
    flatmap_edit_begin(&e, &map);
    flatmap_edit_splice(&e, ranges[1].start, ranges[n - 2].last, NULL, 0);
    g_assert_cmpuint(e.map.nr, ==, 2);
    g_assert_cmpuint(check_node(e.map.root, e.map.height - 1), ==, 2);
    flatmap_edit_splice(&e, ranges[1].start, ranges[n - 2].last, ranges + 1,
                        n - 2);
    map = flatmap_edit_end(&e, &garbage);
    flatgarbage_free(garbage);
    check_fill(&map, n, 98);

    flatmap_edit_begin(&e, &map);
    flatmap_edit_splice(&e, 0, UINT64_MAX, NULL, 0);
    g_assert_null(e.map.root);
    flatmap_edit_abort(&e);
    g_assert_cmpuint(check_node(map.root, map.height - 1), ==, n);
    check_refs(n / REGIONS);
    flatmap_free(&map);
    check_refs(0);
    flatnode_usage(&held, &used);
    g_assert_cmpuint(used, ==, 0);
    g_assert_cmpuint(held, <=, 1 << 20);
}

/* ---- figures: run with -m perf ------------------------------------------- */

static double ns_since(int64_t start, size_t n)
{
    return (g_get_monotonic_time() - start) * 1000.0 / n;
}

static void test_perf(void)
{
    static const unsigned sizes[] = { 16, 256, 4000, 32768 };
    unsigned loops = 2000000, sum = 0;

    for (unsigned s = 0; s < ARRAY_SIZE(sizes); s++) {
        unsigned n = sizes[s];
        g_autofree FlatRange *ranges = g_new(FlatRange, n);
        g_autofree hwaddr *addr = g_new(hwaddr, 4096);
        FlatGarbage *garbage;
        FlatMap map = {};
        FlatMapEdit e;
        int64_t t;

        for (unsigned i = 0; i < n; i++) {
            ranges[i] = page_range(i);
        }
        for (unsigned i = 0; i < 4096; i++) {
            addr[i] = ranges[g_test_rand_int_range(0, n)].start + 8;
        }
        t = g_get_monotonic_time();
        for (unsigned i = 0; i < 100; i++) {
            flatmap_edit_begin(&e, &map);
            flatmap_edit_splice(&e, 0, UINT64_MAX, ranges, n);
            map = flatmap_edit_end(&e, &garbage);
            flatgarbage_free(garbage);
        }
        g_test_message("%u: bulk %.1f ns a range", n, ns_since(t, n * 100));
        t = g_get_monotonic_time();
        for (unsigned i = 0; i < loops; i++) {
            sum += flatmap_find(&map, addr[(i + (sum & 1)) & 4095])->last;
        }
        g_test_message("%u: find %.1f ns", n, ns_since(t, loops));
        t = g_get_monotonic_time();
        for (unsigned i = 0; i < loops; i++) {
            sum += flatmap_find(&map, addr[i & 4095])->last;
        }
        g_test_message("%u: finds %.1f ns", n, ns_since(t, loops));
        t = g_get_monotonic_time();
        for (unsigned i = 0; i < loops; i++) {
            FlatRange *r = &ranges[n / 2];

            flatmap_edit_begin(&e, &map);
            flatmap_edit_splice(&e, r->start, r->last, r, i & 1);
            map = flatmap_edit_end(&e, &garbage);
            flatgarbage_free(garbage);
        }
        g_test_message("%u: toggle %.1f ns", n, ns_since(t, loops));
        flatmap_free(&map);
    }
    g_assert_cmpuint(sum, !=, 1);
}

int main(int argc, char **argv)
{
    module_call_init(MODULE_INIT_QOM);
    g_test_init(&argc, &argv, NULL);
    setup_regions();
    g_test_add_func("/flatmap/random", test_random);
    g_test_add_data_func("/flatmap/fill/ascending", GINT_TO_POINTER(ASCENDING),
                         test_fill);
    g_test_add_data_func("/flatmap/fill/descending",
                         GINT_TO_POINTER(DESCENDING), test_fill);
    g_test_add_data_func("/flatmap/fill/shuffled", GINT_TO_POINTER(SHUFFLED),
                         test_fill);
    g_test_add_func("/flatmap/bulk", test_bulk);
    if (g_test_perf()) {
        g_test_add_func("/flatmap/perf", test_perf);
    }
    return g_test_run();
}
