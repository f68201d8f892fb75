/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory slots as one more view of the memory model: after each of its random
 * operations the kernel has what the oracle says is seen, in whole pages, and
 * nothing else. With a kernel that is a table, and with the host's.
 * PLATEAU_MODEL_SEED and PLATEAU_MODEL_STEPS choose one sequence.
 */
#include "qemu/osdep.h"
#include "../memory-oracle/model.h"
#include "exec/ram_addr.h"
#include "kvm-fixture.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/rcu.h"

#define STEPS  60000
#define LENGTH 2000
#define PAGE   0x1000
#define PIECE  (3 * PAGE) /* slots are not larger */

static uint64_t chosen_seed, chosen_steps;
static bool real;
static KVMMemoryListener kml[FAKE_SPACES];
static int followed[FAKE_SPACES]; /* a space of the model, or -1 */

/* splitmix64 */
static uint32_t draw(Model *m)
{
    uint64_t *state = m->opaque, z;

    z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (z ^ (z >> 31)) >> 32;
}

/* ---- what there should be ------------------------------------------------ */

static bool expected_slot(Model *m, const ModelRange *r, FakeSlot *slot)
{
    Kind kind = m->region[r->region].kind;
    hwaddr start = ROUND_UP(r->start, PAGE);
    bool readonly = r->readonly || kind == KIND_ROMD;

    if (kind != KIND_RAM && kind != KIND_ROM && kind != KIND_RAM_DEVICE &&
        (kind != KIND_ROMD || !r->romd)) {
        return false;
    }
    if (start < r->start || start > r->last || r->last - start < PAGE - 1) {
        return false;
    }
    *slot = (FakeSlot){
        .start = start,
        .size = ROUND_DOWN(r->last - start + 1, PAGE),
        .ram = (uintptr_t)memory_region_get_ram_ptr(r->mr) + r->offset +
               (start - r->start),
        .flags = (readonly ? KVM_MEM_READONLY : 0) |
                 (r->log ? KVM_MEM_LOG_DIRTY_PAGES : 0),
    };
    return slot->ram % PAGE == 0;
}

static unsigned check_range(Model *m, unsigned as_id, FakeSlot whole)
{
    unsigned n = 0;

    while (whole.size) {
        uint64_t size = MIN(PIECE - whole.start % PIECE, whole.size);
        FakeSlot *slot = fake_slot_at(as_id, whole.start);

        if (!slot || slot->start != whole.start || slot->size != size ||
            slot->ram != whole.ram || slot->flags != whole.flags) {
            model_fail(m,
                       "as %u: slot at 0x%" PRIx64 "+0x%" PRIx64
                       " flags %x is %s0x%" PRIx64 "+0x%" PRIx64 " flags %x",
                       as_id, whole.start, size, whole.flags,
                       slot ? "" : "missing ", slot ? slot->start : 0,
                       slot ? slot->size : 0, slot ? slot->flags : 0);
        }
        n++;
        whole.start += size;
        whole.ram += size;
        whole.size -= size;
    }
    return n;
}

static void check(Model *m)
{
    for (unsigned as = 0; as < FAKE_SPACES; as++) {
        const GArray *now;
        unsigned n = 0;

        if (followed[as] < 0) {
            continue;
        }
        now = m->space[followed[as]].now;
        for (guint i = 0; i < now->len; i++) {
            FakeSlot slot;

            if (expected_slot(m, &g_array_index(now, ModelRange, i), &slot)) {
                n += check_range(m, as, slot);
            }
        }
        if (n != fake_used(as)) {
            model_fail(m, "as %u has %u slots in place of %u", as,
                       fake_used(as), n);
        }
    }
}

/* ---- running it ---------------------------------------------------------- */

static void on_space(Model *m, int space, bool comes)
{
    for (unsigned as = 0; as < FAKE_SPACES && !comes; as++) {
        if (followed[as] == space) {
            kvm_memory_listener_unregister(kvm_state, &kml[as]);
            g_assert_cmpuint(fake_used(as), ==, 0);
            followed[as] = -1;
        }
    }
}

/* A space may be followed twice, as that of SMM is like the other mostly. */
static void follow(Model *m)
{
    for (unsigned as = 0; as < kvm_state->nr_as; as++) {
        unsigned first;

        if (followed[as] >= 0) {
            continue;
        }
        first = draw(m);
        for (int n = 0; n < MODEL_SPACES; n++) {
            int i = (first + n) % MODEL_SPACES;

            if (m->space[i].as && !m->space[i].fresh) {
                kvm_memory_listener_register(kvm_state, &kml[as],
                                             m->space[i].as, as, "kvm-model");
                followed[as] = i;
                break;
            }
        }
    }
}

static void run(uint64_t seed, uint64_t steps)
{
    g_autofree Model *m = g_new0(Model, 1);
    uint64_t state = seed;
    size_t compared = 0;

    printf("# PLATEAU_MODEL_SEED=%" PRIu64 " PLATEAU_MODEL_STEPS=%" PRIu64 "\n",
           seed, steps);
    fflush(stdout);
    model_init(m, draw, &state);
    m->on_space = on_space;
    fake_watch();
    for (uint64_t i = 0; i < steps; i++) {
        unsigned meddlings = m->meddlings;

        model_step(m);
        if (!m->depth) {
            g_autofree char *absent = fake_find_absent();

            check(m);
            /* Unless it went in one change and came in a second. */
            if (absent && meddlings == m->meddlings) {
                model_fail(m, "%s", absent);
            }
            follow(m);
            compared += fake_used(0) + fake_used(1);
        }
        if (i % 500 == 0) {
            drain_call_rcu();
        }
    }
    model_fini(m);
    printf("# %u commits, %u refusals, %zu slots compared\n", m->commits,
           m->refusals, compared);
}

static void run_all(void)
{
    uint64_t seed;

    for (unsigned as = 0; as < FAKE_SPACES; as++) {
        followed[as] = -1;
    }
    g_assert_cmpint(fake_start(real, NULL), ==, 0);
    /* All address spaces go to the model: the host has one, the table two. */
    kvm_memory_listener_unregister(kvm_state, &kvm_state->memory_listener);
    kvm_set_max_memslot_size(PIECE);
    if (chosen_seed) {
        run(chosen_seed, chosen_steps ?: LENGTH);
    } else {
        seed = (uint64_t)(uint32_t)g_test_rand_int() << 16;
        for (uint64_t done = 0; done < (chosen_steps ?: STEPS);
             done += LENGTH) {
            run(++seed, LENGTH);
        }
    }
    fake_stop();
}

static void test_fake(void)
{
    real = false;
    run_all();
}

static void test_real(void)
{
    const char *why = fake_no_kvm();

    if (why) {
        g_autofree char *text = g_strdup_printf("/dev/kvm: %s", why);

        g_test_skip(text);
        return;
    }
    real = true;
    run_all();
}

int main(int argc, char **argv)
{
    uint64_t value = 0;

    if (g_getenv("PLATEAU_MODEL_SEED") &&
        parse_uint_full(g_getenv("PLATEAU_MODEL_SEED"), 0, &value) == 0) {
        chosen_seed = value;
    }
    if (g_getenv("PLATEAU_MODEL_STEPS") &&
        parse_uint_full(g_getenv("PLATEAU_MODEL_STEPS"), 0, &value) == 0) {
        chosen_steps = value;
    }
    fake_setup(&argc, &argv);
    g_test_add_func("/kvm/model/table", test_fake);
    g_test_add_func("/kvm/model/host", test_real);
    return g_test_run();
}
