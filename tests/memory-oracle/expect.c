/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What listeners should hear in a commit, in QEMU's order.
 *
 * Begin comes to all whose address space changes, by priority. Then for each of
 * these spaces, the oldest first: what goes, by address, each to the listeners
 * in reverse order of priority; then what comes, what stays and changes of the
 * dirty log, by address, in order of priority; then eventfds. Then commit, to
 * all again.
 */
#include "qemu/osdep.h"
#include "hear.h"

void expect(Model *m, EventType type, int listener, const ModelRange *r,
            int old_log, int new_log)
{
    ModelEvent ev = {
        .type = type,
        .listener = listener,
        .old_log = old_log,
        .new_log = new_log,
    };

    if (r) {
        ev.range = *r;
    }
    g_array_append_val(m->expected, ev);
}

static bool earlier(const ModelListener *a, const ModelListener *b)
{
    return a->real.priority != b->real.priority
               ? a->real.priority < b->real.priority
               : a->id < b->id;
}

/* Listeners of @space (-1: of any) in order. */
static unsigned in_order(Model *m, int space, int *out)
{
    unsigned n = 0;

    for (int i = 0; i < MODEL_LISTENERS; i++) {
        unsigned j = n;

        if (!m->listener[i].used ||
            (space >= 0 && m->listener[i].space != space)) {
            continue;
        }
        for (; j && earlier(&m->listener[i], &m->listener[out[j - 1]]); j--) {
            out[j] = out[j - 1];
        }
        out[j] = i;
        n++;
    }
    return n;
}

static bool changes(const ModelSpace *s)
{
    if (s->now->len != s->next->len) {
        return true;
    }
    for (guint i = 0; i < s->now->len; i++) {
        if (!stays(at(s->now, i), at(s->next, i)) ||
            at(s->now, i)->log != at(s->next, i)->log) {
            return true;
        }
    }
    return false;
}

static void expect_stay(Model *m, const int *l, unsigned nr,
                        const ModelRange *old, const ModelRange *new)
{
    for (unsigned i = 0; i < nr; i++) {
        if (m->listener[l[i]].real.region_nop) {
            expect(m, EV_NOP, l[i], new, 0, 0);
        }
    }
    for (unsigned i = 0; (new->log & ~old->log) && i < nr; i++) {
        expect(m, EV_LOG_START, l[i], new, old->log, new->log);
    }
    for (unsigned i = nr; (old->log & ~new->log) && i--;) {
        expect(m, EV_LOG_STOP, l[i], new, old->log, new->log);
    }
}

static void expect_space(Model *m, int space)
{
    ModelSpace *s = &m->space[space];
    int l[MODEL_LISTENERS];
    unsigned nr = in_order(m, space, l);

    for (guint i = 0; i < s->now->len; i++) {
        if (!in_other(at(s->now, i), s->next)) {
            for (unsigned j = nr; j--;) {
                expect(m, EV_DEL, l[j], at(s->now, i), 0, 0);
            }
        }
    }
    for (guint i = 0; i < s->next->len; i++) {
        ModelRange *new = at(s->next, i);

        if (in_other(new, s->now)) {
            expect_stay(m, l, nr, at(s->now, place(s->now, new->start)), new);
            continue;
        }
        for (unsigned j = 0; j < nr; j++) {
            expect(m, EV_ADD, l[j], new, 0, 0);
        }
    }
}

static bool changed_listener(Model *m, int l)
{
    return changes(&m->space[m->listener[l].space]);
}

static void expect_frame(Model *m, EventType type)
{
    int l[MODEL_LISTENERS];
    unsigned nr = in_order(m, -1, l);

    for (unsigned i = 0; i < nr; i++) {
        if (changed_listener(m, l[i])) {
            expect(m, type, l[i], NULL, 0, 0);
        }
    }
}

/* The spaces in use, the oldest first. */
static unsigned spaces_by_age(Model *m, int *out)
{
    unsigned n = 0;

    for (int i = 0; i < MODEL_SPACES; i++) {
        unsigned j = n;

        if (!m->space[i].as) {
            continue;
        }
        for (; j && m->space[out[j - 1]].id > m->space[i].id; j--) {
            out[j] = out[j - 1];
        }
        out[j] = i;
        n++;
    }
    return n;
}

static void expect_prepares(Model *m, const int *space, unsigned nr)
{
    int l[MODEL_LISTENERS];

    for (unsigned i = 0; i < nr; i++) {
        ModelSpace *s = &m->space[space[i]];
        unsigned nr_l = in_order(m, space[i], l);
        bool adds = false;

        for (guint j = 0; j < s->next->len && !adds; j++) {
            adds = !in_other(at(s->next, j), s->now);
        }
        for (unsigned j = 0; adds && j < nr_l; j++) {
            if (m->listener[l[j]].real.prepare) {
                g_array_append_val(m->to_ask, l[j]);
            }
        }
    }
}

static void expect_round(Model *m, const int *space, unsigned nr)
{
    expect_prepares(m, space, nr);
    expect_frame(m, EV_BEGIN);
    for (unsigned i = 0; i < nr; i++) {
        if (changes(&m->space[space[i]])) {
            expect_space(m, space[i]);
        }
    }
    expect_frame(m, EV_COMMIT);
}

/* The second round, if the meddler hears the first one. */
static void expect_meddling(Model *m, const int *space, unsigned nr)
{
    ModelState *meddled = &m->region[m->meddled].now;
    GArray *was[MODEL_SPACES];

    if (!m->listener[m->meddler].used || !changed_listener(m, m->meddler)) {
        m->meddler = -1;
        return;
    }
    m->two_rounds = true;
    meddled->enabled = !meddled->enabled;
    for (unsigned i = 0; i < nr; i++) {
        ModelSpace *s = &m->space[space[i]];

        was[i] = s->now;
        s->now = s->next;
        s->next = ranges_new();
        oracle_flatten(m, s->root, s->next);
    }
    expect_round(m, space, nr);
    for (unsigned i = 0; i < nr; i++) {
        ModelSpace *s = &m->space[space[i]];

        g_array_unref(s->now);
        s->now = was[i];
    }
    meddled->enabled = !meddled->enabled;
}

void hear_expect(Model *m)
{
    int space[MODEL_SPACES];
    unsigned nr = spaces_by_age(m, space);

    g_array_set_size(m->heard, 0);
    g_array_set_size(m->expected, 0);
    g_array_set_size(m->to_ask, 0);
    m->prepares = 0;
    m->refused = false;
    m->two_rounds = false;
    for (unsigned i = 0; i < nr; i++) {
        ModelSpace *s = &m->space[space[i]];

        oracle_flatten(m, s->root, s->next);
        if (s->fresh) {
            ranges_copy(s->now, s->next);
        }
    }
    expect_round(m, space, nr);
    if (m->meddler >= 0) {
        expect_meddling(m, space, nr);
    }
}

/* ---- comparing ----------------------------------------------------------- */

static const char *const event_names[] = { "begin",  "del",       "add",
                                           "nop",    "log_start", "log_stop",
                                           "commit", "prepare",   "cancel" };

static void print_events(const char *what, const GArray *events)
{
    fprintf(stderr, "%s:\n", what);
    for (guint i = 0; i < events->len; i++) {
        ModelEvent *ev = &g_array_index(events, ModelEvent, i);

        fprintf(stderr, "  l%d %s %" PRIx64 "-%" PRIx64 " %d %d\n",
                ev->listener, event_names[ev->type], ev->range.start,
                ev->range.last, ev->old_log, ev->new_log);
    }
}

static bool same_event(const ModelEvent *a, const ModelEvent *b)
{
    return a->type == b->type && a->listener == b->listener &&
           same_section(&a->range, &b->range) && a->old_log == b->old_log &&
           a->new_log == b->new_log;
}

/* Takes the events of @type out of what was heard; returns their listeners. */
static GArray *take(Model *m, EventType type)
{
    GArray *who = g_array_new(false, false, sizeof(int));
    guint keep = 0;

    for (guint i = 0; i < m->heard->len; i++) {
        ModelEvent ev = g_array_index(m->heard, ModelEvent, i);

        if (ev.type == type) {
            g_array_append_val(who, ev.listener);
        } else {
            g_array_index(m->heard, ModelEvent, keep++) = ev;
        }
    }
    g_array_set_size(m->heard, keep);
    return who;
}

/* All are asked that would hear of something new, until one refuses. */
static void check_prepares(Model *m, bool refused)
{
    g_autoptr(GArray) asked = take(m, EV_PREPARE);
    g_autoptr(GArray) cancelled = take(m, EV_CANCEL);
    unsigned nr = m->to_ask->len;

    if (m->undoable && refused != (m->refuse_at && m->refuse_at <= nr)) {
        model_fail(m, "%s, though %u of %u was to refuse",
                   refused ? "refused" : "not refused", m->refuse_at, nr);
    }
    if (refused) {
        nr = m->refuse_at;
    }
    if (asked->len != nr ||
        (nr && memcmp(asked->data, m->to_ask->data, nr * sizeof(int)))) {
        model_fail(m, "%u were asked to prepare, not %u, or others", asked->len,
                   nr);
    }
    if (cancelled->len != (refused ? nr - 1 : 0)) {
        model_fail(m, "%u were told to cancel", cancelled->len);
    }
    for (guint i = 0; i < cancelled->len; i++) {
        if (g_array_index(cancelled, int, i) !=
            g_array_index(asked, int, nr - 2 - i)) {
            model_fail(m, "cancelled in the wrong order");
        }
    }
}

void check_events(Model *m)
{
    guint i = 0;

    m->events += m->expected->len;
    while (i < MIN(m->heard->len, m->expected->len) &&
           same_event(&g_array_index(m->heard, ModelEvent, i),
                      &g_array_index(m->expected, ModelEvent, i))) {
        i++;
    }
    if (i == m->heard->len && i == m->expected->len) {
        return;
    }
    print_events("expected", m->expected);
    print_events("heard", m->heard);
    model_fail(m, "events differ at %u", i);
}

void check_known(ModelListener *l, const GArray *known, const GArray *all,
                 const char *what)
{
    for (guint i = 0; i < MIN(known->len, all->len); i++) {
        if (!same_section(at(known, i), at(all, i))) {
            model_fail(l->model, "l%d has %s a wrong range at %" PRIx64,
                       number(l), what, at(all, i)->start);
        }
    }
    if (known->len != all->len) {
        model_fail(l->model, "l%d has %s %u ranges, not %u", number(l), what,
                   known->len, all->len);
    }
}

/* [a, a + a_len) and [b, b + b_len) touch, in QEMU's sense: length 0 counts. */
static bool intersect(i128 a, i128 a_len, i128 b, i128 b_len)
{
    return (a <= b && b < a + a_len) || (b <= a && a < b + b_len);
}

/*
 * @fd of a region's own is seen in @r of it. Where it would begin below address
 * 0 there is no address to tell: QEMU aborts, here nobody hears of it.
 */
static bool shows_fd(const ModelRange *r, const ModelFd *fd)
{
    i128 addr = (i128)fd->addr + r->start - r->offset;

    return addr >= 0 &&
           intersect(r->start, (i128)r->last - r->start + 1, addr, fd->size);
}

static void check_fds(ModelListener *l, const GArray *all)
{
    Model *m = l->model;
    unsigned nr = 0;

    for (guint i = 0; i < all->len; i++) {
        ModelRange *r = at(all, i);
        ModelState *s = &m->region[r->region].now;

        for (unsigned j = 0; j < s->nr_fd; j++) {
            ModelFd fd = s->fd[j];
            bool found = false;

            if (!shows_fd(r, &fd)) {
                continue;
            }
            fd.addr += r->start - r->offset;
            for (guint k = 0; k < l->fds->len && !found; k++) {
                found = same_fd(&g_array_index(l->fds, ModelFd, k), &fd);
            }
            if (!found) {
                model_fail(m, "l%d lacks an eventfd at %" PRIx64, number(l),
                           fd.addr);
            }
            nr++;
        }
    }
    if (nr != l->fds->len) {
        model_fail(m, "l%d has %u eventfds, not %u", number(l), l->fds->len,
                   nr);
    }
}

static void check_coalesced(ModelListener *l, const GArray *all)
{
    Model *m = l->model;
    unsigned nr = 0;

    for (guint i = 0; i < all->len; i++) {
        ModelRange *r = at(all, i);
        ModelState *s = &m->region[r->region].now;

        for (unsigned j = 0; j < s->nr_coalesced; j++) {
            i128 start = (i128)s->coalesced[j].offset + r->start - r->offset;
            i128 end = start + s->coalesced[j].size;
            bool found = false;

            start = MAX(start, (i128)r->start);
            end = MIN(end, (i128)r->last + 1);
            if (start >= end) {
                continue;
            }
            for (guint k = 0; k < l->coalesced->len && !found; k++) {
                found = at(l->coalesced, k)->start == start &&
                        at(l->coalesced, k)->last == end - 1;
            }
            if (!found) {
                oracle_print(m, "expected", all);
                oracle_print(m, "coalesced", l->coalesced);
                model_fail(m, "l%d lacks coalesced %" PRIx64, number(l),
                           (hwaddr)start);
            }
            nr++;
        }
    }
    if (nr != l->coalesced->len) {
        model_fail(m, "l%d has %u coalesced ranges, not %u", number(l),
                   l->coalesced->len, nr);
    }
}

void hear_check(Model *m, bool refused)
{
    check_prepares(m, refused);
    if (refused) {
        g_array_set_size(m->expected, 0);
    }
    check_events(m);
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        ModelListener *l = &m->listener[i];
        ModelSpace *s = &m->space[l->space];
        const GArray *all = refused ? s->now : s->next;
        bool heard;

        if (!l->used) {
            continue;
        }
        heard = !refused && changes(s);
        if (l->in_round) {
            model_fail(m, "l%d did not hear commit", i);
        }
        if (l->global != m->tracking) {
            model_fail(m, "l%d is wrong about the global dirty log", i);
        }
        check_known(l, l->known, all, "by differences");
        if (heard && l->real.region_nop) {
            check_known(l, l->rebuilt, all, "rebuilt");
        }
        if (l->real.eventfd_add) {
            check_fds(l, all);
        }
        if (l->real.coalesced_io_add) {
            check_coalesced(l, all);
        }
    }
    for (int i = 0; i < MODEL_SPACES && !refused; i++) {
        ModelSpace *s = &m->space[i];

        if (s->as) {
            ranges_copy(s->now, s->next);
            s->fresh = false;
        }
    }
}
