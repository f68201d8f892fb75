/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listeners: what each of them hears, and what it makes of that.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hear.h"

static ModelListener *mine(MemoryListener *l)
{
    return container_of(l, ModelListener, real);
}

static ModelRange from_section(const MemoryRegionSection *s)
{
    return (ModelRange){
        .start = s->offset_within_address_space,
        .last = s->offset_within_address_space +
                int128_get64(int128_sub(s->size, int128_one())),
        .mr = s->mr,
        .offset = s->offset_within_region,
        .readonly = s->readonly,
        .nonvolatile = s->nonvolatile,
        .unmergeable = s->unmergeable,
    };
}

/* ---- what is heard ------------------------------------------------------- */

static void hear(ModelListener *l, EventType type,
                 const MemoryRegionSection *section, int old_log, int new_log)
{
    ModelEvent ev = {
        .type = type,
        .listener = number(l),
        .old_log = old_log,
        .new_log = new_log,
    };

    if (section) {
        ev.range = from_section(section);
        if (l->heard_fds) {
            model_fail(l->model, "l%d hears of a range after eventfds",
                       number(l));
        }
    }
    if (type != EV_BEGIN && type != EV_PREPARE && type != EV_CANCEL &&
        !l->in_round) {
        model_fail(l->model, "l%d hears %d outside of begin and commit",
                   number(l), type);
    }
    g_array_append_val(l->model->heard, ev);
}

static void on_begin(MemoryListener *real)
{
    ModelListener *l = mine(real);

    hear(l, EV_BEGIN, NULL, 0, 0);
    if (l->in_round) {
        model_fail(l->model, "l%d hears begin twice", number(l));
    }
    l->in_round = true;
    g_array_set_size(l->rebuilt, 0);
}

static void on_commit(MemoryListener *real)
{
    ModelListener *l = mine(real);

    Model *m = l->model;

    hear(l, EV_COMMIT, NULL, 0, 0);
    l->in_round = false;
    l->heard_fds = false;
    if (m->meddler == number(l)) {
        ModelRegion *r = &m->region[m->meddled];

        m->meddlings++;
        m->meddler = -1;
        r->now.enabled = !r->now.enabled;
        memory_region_set_enabled(r->mr, r->now.enabled);
    }
}

static void on_add(MemoryListener *real, MemoryRegionSection *section)
{
    ModelListener *l = mine(real);
    ModelRange r = from_section(section);
    guint i = place(l->known, r.start);

    hear(l, EV_ADD, section, 0, 0);
    if ((i < l->known->len && at(l->known, i)->start <= r.last) ||
        (i && at(l->known, i - 1)->last >= r.start)) {
        model_fail(l->model, "l%d hears of %" PRIx64 " over what is there",
                   number(l), r.start);
    }
    g_array_insert_val(l->known, i, r);
    g_array_append_val(l->rebuilt, r);
}

static void on_del(MemoryListener *real, MemoryRegionSection *section)
{
    ModelListener *l = mine(real);
    ModelRange r = from_section(section);
    guint i = place(l->known, r.start);

    hear(l, EV_DEL, section, 0, 0);
    if (i == l->known->len || !same_section(at(l->known, i), &r)) {
        model_fail(l->model, "l%d loses %" PRIx64 ", which it did not have",
                   number(l), r.start);
    }
    g_array_remove_index(l->known, i);
}

static void on_nop(MemoryListener *real, MemoryRegionSection *section)
{
    ModelListener *l = mine(real);
    ModelRange r = from_section(section);

    hear(l, EV_NOP, section, 0, 0);
    g_array_append_val(l->rebuilt, r);
}

static void on_log(MemoryListener *real, MemoryRegionSection *section, int old,
                   int new, EventType type)
{
    ModelListener *l = mine(real);
    ModelRange r = from_section(section);
    guint i = place(l->known, r.start);

    hear(l, type, section, old, new);
    if (i == l->known->len || !same_section(at(l->known, i), &r)) {
        model_fail(l->model, "l%d logs %" PRIx64 ", which it does not have",
                   number(l), r.start);
    }
}

static void on_log_start(MemoryListener *real, MemoryRegionSection *section,
                         int old, int new)
{
    on_log(real, section, old, new, EV_LOG_START);
}

static void on_log_stop(MemoryListener *real, MemoryRegionSection *section,
                        int old, int new)
{
    on_log(real, section, old, new, EV_LOG_STOP);
}

static bool on_global_start(MemoryListener *real, Error **errp)
{
    mine(real)->global = true;
    return true;
}

static void on_global_stop(MemoryListener *real)
{
    mine(real)->global = false;
}

static ModelFd fd_from(ModelListener *l, MemoryRegionSection *section,
                       bool match, uint64_t data, EventNotifier *e)
{
    return (ModelFd){
        .addr = section->offset_within_address_space,
        .size = int128_get64(section->size),
        .match = match,
        .data = data,
        .e = e - l->model->notifier,
    };
}

static void on_eventfd_add(MemoryListener *real, MemoryRegionSection *section,
                           bool match, uint64_t data, EventNotifier *e)
{
    ModelListener *l = mine(real);
    ModelFd fd = fd_from(l, section, match, data, e);

    l->heard_fds = l->in_round;
    g_array_append_val(l->fds, fd);
}

static void on_eventfd_del(MemoryListener *real, MemoryRegionSection *section,
                           bool match, uint64_t data, EventNotifier *e)
{
    ModelListener *l = mine(real);
    ModelFd fd = fd_from(l, section, match, data, e);

    l->heard_fds = l->in_round;
    for (guint i = 0; i < l->fds->len; i++) {
        if (same_fd(&g_array_index(l->fds, ModelFd, i), &fd)) {
            g_array_remove_index(l->fds, i);
            return;
        }
    }
    model_fail(l->model, "l%d loses an eventfd at %" PRIx64 " it did not have",
               number(l), fd.addr);
}

static void on_coalesced_add(MemoryListener *real, MemoryRegionSection *section,
                             hwaddr addr, hwaddr len)
{
    ModelListener *l = mine(real);
    ModelRange r = { .start = addr, .last = addr + len - 1 };

    g_array_append_val(l->coalesced, r);
}

static void on_coalesced_del(MemoryListener *real, MemoryRegionSection *section,
                             hwaddr addr, hwaddr len)
{
    ModelListener *l = mine(real);

    for (guint i = 0; i < l->coalesced->len; i++) {
        if (at(l->coalesced, i)->start == addr &&
            at(l->coalesced, i)->last == addr + len - 1) {
            g_array_remove_index(l->coalesced, i);
            return;
        }
    }
    model_fail(l->model, "l%d loses coalesced %" PRIx64 " it did not have",
               number(l), addr);
}

/* ---- prepare ------------------------------------------------------------- */

/* Compares the sections with those of @all that are not in @other. */
static void check_sections(ModelListener *l, const MemoryRegionSection *s,
                           size_t nr, const GArray *all, const GArray *other)
{
    size_t n = 0;

    for (guint i = 0; i < all->len; i++) {
        ModelRange r;

        if (in_other(at(all, i), other)) {
            continue;
        }
        if (n < nr) {
            r = from_section(&s[n]);
        }
        if (n == nr || !same_section(&r, at(all, i))) {
            model_fail(l->model, "l%d is asked about other sections",
                       number(l));
        }
        n++;
    }
    if (n != nr) {
        model_fail(l->model, "l%d is asked about too much", number(l));
    }
}

static bool on_prepare(MemoryListener *real, const MemoryRegionSection *add,
                       size_t nr_add, const MemoryRegionSection *del,
                       size_t nr_del, Error **errp)
{
    ModelListener *l = mine(real);
    Model *m = l->model;
    ModelSpace *s = &m->space[l->space];

    hear(l, EV_PREPARE, NULL, 0, 0);
    if (!m->two_rounds) {
        check_sections(l, add, nr_add, s->next, s->now);
        check_sections(l, del, nr_del, s->now, s->next);
    }
    if (++m->prepares == m->refuse_at) {
        m->refused = true;
        error_setg(errp, "listener %d refuses", number(l));
        return false;
    }
    return true;
}

static void on_cancel(MemoryListener *real)
{
    hear(mine(real), EV_CANCEL, NULL, 0, 0);
}

/* ---- coming and going ---------------------------------------------------- */

void hear_init(Model *m, int i)
{
    ModelListener *l = &m->listener[i];

    l->model = m;
    l->known = ranges_new();
    l->rebuilt = ranges_new();
    l->coalesced = ranges_new();
    l->fds = g_array_new(false, false, sizeof(ModelFd));
    l->real = (MemoryListener){
        .begin = on_begin,
        .commit = on_commit,
        .region_add = on_add,
        .region_del = on_del,
        .log_start = on_log_start,
        .log_stop = on_log_stop,
        .log_global_start = on_global_start,
        .log_global_stop = on_global_stop,
        .name = "model",
    };
    if (i % 2) {
        l->real.region_nop = on_nop;
    }
    if (i % 3 != 1) {
        l->real.prepare = on_prepare;
        l->real.cancel = on_cancel;
    }
    if (i % 3 != 2) {
        l->real.eventfd_add = on_eventfd_add;
        l->real.eventfd_del = on_eventfd_del;
    }
    if (i % 4 != 3) {
        l->real.coalesced_io_add = on_coalesced_add;
        l->real.coalesced_io_del = on_coalesced_del;
    }
}

void hear_fini(Model *m, int i)
{
    g_array_unref(m->listener[i].known);
    g_array_unref(m->listener[i].rebuilt);
    g_array_unref(m->listener[i].coalesced);
    g_array_unref(m->listener[i].fds);
}

void hear_register(Model *m, int i, int space)
{
    ModelListener *l = &m->listener[i];
    GArray *now = m->space[space].now;

    g_array_set_size(m->heard, 0);
    g_array_set_size(m->expected, 0);
    l->used = true;
    l->space = space;
    l->id = ++m->ids;
    expect(m, EV_BEGIN, i, NULL, 0, 0);
    for (guint j = 0; j < now->len; j++) {
        expect(m, EV_ADD, i, at(now, j), 0, 0);
        if (at(now, j)->log) {
            expect(m, EV_LOG_START, i, at(now, j), 0, at(now, j)->log);
        }
    }
    expect(m, EV_COMMIT, i, NULL, 0, 0);
    memory_listener_register(&l->real, m->space[space].as);
    check_events(m);
    check_known(l, l->known, now, "at first");
}

void hear_unregister(Model *m, int i)
{
    ModelListener *l = &m->listener[i];
    GArray *now = m->space[l->space].now;

    g_array_set_size(m->heard, 0);
    g_array_set_size(m->expected, 0);
    expect(m, EV_BEGIN, i, NULL, 0, 0);
    for (guint j = 0; j < now->len; j++) {
        if (at(now, j)->log) {
            expect(m, EV_LOG_STOP, i, at(now, j), at(now, j)->log, 0);
        }
        expect(m, EV_DEL, i, at(now, j), 0, 0);
    }
    expect(m, EV_COMMIT, i, NULL, 0, 0);
    memory_listener_unregister(&l->real);
    check_events(m);
    if (l->known->len || l->fds->len || l->coalesced->len) {
        model_fail(m, "l%d is left with something", i);
    }
    l->used = false;
    l->global = false;
}
