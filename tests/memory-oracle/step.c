/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations: each is done to the model, then to the real thing, and the
 * two are compared. Here those on address spaces, listeners and transactions.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/rcu.h"
#include "step.h"

/* ---- messages ------------------------------------------------------------ */

void model_note(Model *m, const char *fmt, ...)
{
    char **slot = &m->log[m->steps % ARRAY_SIZE(m->log)];
    va_list ap;

    va_start(ap, fmt);
    g_free(*slot);
    *slot = g_strdup_vprintf(fmt, ap);
    va_end(ap);
}

static void print_regions(Model *m)
{
    static const char *const kinds[] = { "container", "io",   "ram",
                                         "rom",       "romd", "ram-device",
                                         "alias",     "iommu" };

    for (int i = 0; i < MODEL_REGIONS; i++) {
        ModelRegion *r = &m->region[i];

        if (r->used) {
            fprintf(
                stderr,
                "r%d %s in r%d at %" PRIx64 " size %" PRIx64 "%016" PRIx64
                " prio %d order %" PRIu64 " alias r%d+%" PRIx64 "%s%s%s%s%s\n",
                i, kinds[r->kind], r->now.container, r->now.addr,
                (uint64_t)(r->now.size >> 64), (uint64_t)r->now.size,
                r->now.priority, r->now.order, r->alias, r->now.alias_offset,
                r->now.enabled ? "" : " disabled", r->now.readonly ? " ro" : "",
                r->now.nonvolatile ? " nv" : "",
                r->now.unmergeable ? " unm" : "",
                r->now.romd ? "" : " no-romd");
            for (unsigned j = 0; j < r->now.nr_coalesced; j++) {
                fprintf(stderr, "  coalesced %" PRIx64 "+%" PRIx64 "\n",
                        r->now.coalesced[j].offset, r->now.coalesced[j].size);
            }
            for (unsigned j = 0; j < r->now.nr_fd; j++) {
                fprintf(stderr, "  eventfd %" PRIx64 "+%x\n", r->now.fd[j].addr,
                        r->now.fd[j].size);
            }
        }
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        if (m->space[i].as) {
            fprintf(stderr, "space %d: root r%d\n", i, m->space[i].root);
        }
    }
}

void model_fail(Model *m, const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    for (unsigned i = 0; i < ARRAY_SIZE(m->log); i++) {
        const char *op = m->log[(m->steps + 1 + i) % ARRAY_SIZE(m->log)];

        if (op) {
            fprintf(stderr, "  %s\n", op);
        }
    }
    print_regions(m);
    fprintf(stderr, "step %u: ", m->steps);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n");
    abort();
}

/* ---- around each operation ----------------------------------------------- */

void before(Model *m)
{
    if (!m->depth) {
        hear_expect(m);
    }
}

void after(Model *m)
{
    if (!m->depth) {
        m->commits++;
        oracle_check(m);
        hear_check(m, false);
        oracle_check_find(m, pick_region(m, NULL), pick_addr(m),
                          1 + 0x800 * pick(m, 20));
    }
}

/* ---- address spaces and listeners ---------------------------------------- */

static void space_remove(Model *m, int i)
{
    ModelSpace *s = &m->space[i];
    AddressSpace *as = s->as;

    for (int l = 0; l < MODEL_LISTENERS; l++) {
        if (m->listener[l].used && m->listener[l].space == i) {
            hear_unregister(m, l);
        }
    }
    if (m->on_space) {
        m->on_space(m, i, false);
    }
    s->as = NULL;
    g_array_set_size(s->now, 0);
    g_array_set_size(s->next, 0);
    before(m);
    address_space_destroy_free(as);
    after(m);
}

/* One below which much can be seen, mostly. */
static int pick_root(Model *m)
{
    int best = pick_region(m, NULL);

    for (unsigned i = pick(m, 30); i && best >= 0; i--) {
        int r = pick_region(m, NULL);

        if (r >= 0 && oracle_paths(m, r, MODEL_PATHS) >
                          oracle_paths(m, best, MODEL_PATHS)) {
            best = r;
        }
    }
    return best;
}

static void do_space(Model *m)
{
    int i = pick(m, MODEL_SPACES);
    ModelSpace *s = &m->space[i];

    if (s->as) {
        bool listened = false;

        for (int l = 0; l < MODEL_LISTENERS; l++) {
            listened |= m->listener[l].used && m->listener[l].space == i;
        }
        if ((s->fresh && listened) || m->undoable || pick(m, 6)) {
            return;
        }
        model_note(m, "space %d goes", i);
        space_remove(m, i);
        return;
    }
    if (m->undoable || pick(m, 60) > m->steps) {
        return;
    }
    s->root = pick_root(m);
    if (s->root < 0) {
        return;
    }
    model_note(m, "space %d with root r%d", i, s->root);
    s->as = g_new0(AddressSpace, 1);
    s->id = ++m->ids;
    s->fresh = true;
    before(m);
    address_space_init(s->as, m->region[s->root].mr, "model");
    after(m);
    if (m->on_space) {
        m->on_space(m, i, true);
    }
}

static void do_listener(Model *m)
{
    int i = pick(m, MODEL_LISTENERS);
    ModelListener *l = &m->listener[i];
    int space = pick(m, MODEL_SPACES);

    if (l->used) {
        if (one_in(m, 6)) {
            model_note(m, "listener %d goes", i);
            hear_unregister(m, i);
        }
    } else if (m->space[space].as && !m->space[space].fresh) {
        l->real.priority = pick(m, 3);
        model_note(m, "listener %d of space %d, priority %u", i, space,
                   l->real.priority);
        hear_register(m, i, space);
    }
}

static void do_tracking(Model *m)
{
    if (m->depth) {
        return;
    }
    m->tracking = !m->tracking;
    model_note(m, "global dirty log %d", m->tracking);
    before(m);
    if (m->tracking) {
        memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &error_abort);
    } else {
        memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    }
    after(m);
}

/* ---- transactions -------------------------------------------------------- */

static void do_begin(Model *m)
{
    if (m->depth == 3) {
        return;
    }
    m->undoable = m->depth ? m->undoable : pick(m, 2);
    model_note(m, "begin%s", m->undoable && !m->depth ? ", undoable" : "");
    if (m->undoable && (!m->depth || pick(m, 2))) {
        for (int i = 0; i < MODEL_REGIONS && !m->depth; i++) {
            m->region[i].before = m->region[i].now;
        }
        memory_region_transaction_begin_undoable();
    } else {
        memory_region_transaction_begin();
    }
    m->depth++;
}

static void commit_undoable(Model *m)
{
    Error *err = NULL;
    bool ok;

    before(m);
    m->refuse_at =
        m->to_ask->len && pick(m, 3) ? 1 + pick(m, m->to_ask->len) : 0;
    model_note(m, "commit, undoable; %u of %u refuses", m->refuse_at,
               m->to_ask->len);
    ok = memory_region_transaction_commit_undoable(&err);
    if (ok != !err || ok != !m->refused) {
        model_fail(m, "a refusal does not arrive");
    }
    error_free(err);
    m->commits++;
    if (!ok) {
        m->refusals++;
        for (int i = 0; i < MODEL_REGIONS; i++) {
            m->region[i].now = m->region[i].before;
        }
        hear_check(m, true);
        m->refuse_at = 0;
        /* As if nothing had been. */
        before(m);
        oracle_check(m);
    }
    hear_check(m, false);
    if (ok) {
        oracle_check(m);
    }
    m->refuse_at = 0;
    m->undoable = false;
}

/* It cannot fail, but is a warning, which is not for us. */
static void commit_refused(Model *m)
{
    int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    dup2(null, STDERR_FILENO);
    m->refuse_at = 1 + pick(m, m->to_ask->len);
    memory_region_transaction_commit();
    m->refuse_at = 0;
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(null);
}

static void do_commit(Model *m)
{
    if (!m->depth) {
        return;
    }
    if (!--m->depth && m->undoable) {
        commit_undoable(m);
        return;
    }
    model_note(m, "commit");
    before(m);
    if (!m->depth && m->to_ask->len && one_in(m, 20)) {
        commit_refused(m);
    } else {
        memory_region_transaction_commit();
    }
    after(m);
}

/* A listener changes something itself, which is told in a round of its own. */
static void do_meddle(Model *m)
{
    int r = pick_region(m, NULL);

    if (m->depth || r < 0) {
        return;
    }
    m->meddler = pick(m, MODEL_LISTENERS);
    m->meddled = pick_region(m, NULL);
    model_note(m, "r%d: enabled %d; listener %d then switches r%d", r,
               !m->region[r].now.enabled, m->meddler, m->meddled);
    m->region[r].now.enabled = !m->region[r].now.enabled;
    before(m);
    memory_region_set_enabled(m->region[r].mr, m->region[r].now.enabled);
    m->meddler = -1;
    after(m);
}

/* ---- all together -------------------------------------------------------- */

void model_step(Model *m)
{
    static const struct {
        void (*op)(Model *m);
        unsigned weight;
    } ops[] = {
        { do_create, 10 },    { do_destroy, 2 },     { do_add, 24 },
        { do_delete, 3 },     { do_set_address, 8 }, { do_set_size, 5 },
        { do_set_offset, 4 }, { do_set_flag, 18 },   { do_set_log, 4 },
        { do_eventfd, 4 },    { do_coalesced, 3 },   { do_space, 5 },
        { do_listener, 6 },   { do_tracking, 1 },    { do_begin, 5 },
        { do_commit, 10 },    { do_meddle, 3 },      { do_slot, 5 },
    };
    unsigned total = 0, n;

    m->steps++;
    g_clear_pointer(&m->log[m->steps % ARRAY_SIZE(m->log)], g_free);
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        total += ops[i].weight;
    }
    n = pick(m, total);
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        if (n < ops[i].weight) {
            ops[i].op(m);
            return;
        }
        n -= ops[i].weight;
    }
}

void model_init(Model *m, uint32_t (*draw)(Model *m), void *opaque)
{
    *m = (Model){ .draw = draw, .opaque = opaque };
    m->meddler = -1;
    m->regions = 8 + pick(m, MODEL_REGIONS - 8);
    m->heard = g_array_new(false, false, sizeof(ModelEvent));
    m->expected = g_array_new(false, false, sizeof(ModelEvent));
    m->to_ask = g_array_new(false, false, sizeof(int));
    for (int i = 0; i < MODEL_SPACES; i++) {
        m->space[i].now = g_array_new(false, false, sizeof(ModelRange));
        m->space[i].next = g_array_new(false, false, sizeof(ModelRange));
    }
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        hear_init(m, i);
    }
}

static void take_down(Model *m)
{
    bool again = true;

    while (m->depth) {
        do_commit(m);
    }
    if (m->tracking) {
        do_tracking(m);
    }
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        if (m->listener[i].used) {
            hear_unregister(m, i);
        }
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        if (m->space[i].as) {
            space_remove(m, i);
        }
    }
    while (again) {
        again = false;
        for (int i = 0; i < MODEL_REGIONS; i++) {
            if (m->region[i].used && !is_needed(m, i)) {
                destroy(m, i);
                again = true;
            }
        }
    }
}

void model_fini(Model *m)
{
    model_note(m, "end");
    take_down(m);
    for (int i = 0; i < 5 && m->finalized != m->created; i++) {
        drain_call_rcu();
    }
    if (m->finalized != m->created) {
        model_fail(m, "%u owners of %u are left", m->created - m->finalized,
                   m->created);
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        g_array_unref(m->space[i].now);
        g_array_unref(m->space[i].next);
    }
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        hear_fini(m, i);
    }
    g_array_unref(m->heard);
    g_array_unref(m->expected);
    g_array_unref(m->to_ask);
    for (unsigned i = 0; i < ARRAY_SIZE(m->log); i++) {
        g_free(m->log[i]);
    }
}
