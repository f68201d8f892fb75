/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "event-throttle.h"

/* An open period. There are few of them at any time. */
typedef struct Period {
    int type;
    char *about;
    int64_t end;
    int64_t length;
    QDict *event; /* to be sent at its end, or NULL */
} Period;

struct EventThrottle {
    EventDeliverFn *deliver;
    void *opaque;
    GHashTable *periods; /* a set of Period */
};

static guint period_hash(gconstpointer key)
{
    const Period *p = key;

    return p->type * 31 + (p->about ? g_str_hash(p->about) : 0);
}

static gboolean period_equal(gconstpointer a, gconstpointer b)
{
    const Period *p = a;
    const Period *q = b;

    return p->type == q->type && !g_strcmp0(p->about, q->about);
}

static void period_free(gpointer data)
{
    Period *p = data;

    qobject_unref(p->event);
    g_free(p->about);
    g_free(p);
}

EventThrottle *event_throttle_new(EventDeliverFn *deliver, void *opaque)
{
    EventThrottle *t = g_new0(EventThrottle, 1);

    t->deliver = deliver;
    t->opaque = opaque;
    t->periods =
        g_hash_table_new_full(period_hash, period_equal, period_free, NULL);
    return t;
}

void event_throttle_free(EventThrottle *t)
{
    if (t) {
        g_hash_table_destroy(t->periods);
        g_free(t);
    }
}

void event_throttle_put(EventThrottle *t, int type, const char *about,
                        QDict *event, int64_t now, int64_t length)
{
    Period key = { .type = type, .about = (char *)about };
    Period *p = g_hash_table_lookup(t->periods, &key);

    if (p) {
        qobject_unref(p->event);
        p->event = qobject_ref(event);
        return;
    }
    p = g_new0(Period, 1);
    p->type = type;
    p->about = g_strdup(about);
    p->length = length;
    p->end = now + length;
    g_hash_table_add(t->periods, p);
    t->deliver(t->opaque, type, event);
}

void event_throttle_run(EventThrottle *t, int64_t now)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, t->periods);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Period *p = key;

        if (p->end > now) {
            continue;
        }
        if (!p->event) {
            g_hash_table_iter_remove(&iter);
            continue;
        }
        t->deliver(t->opaque, p->type, p->event);
        qobject_unref(p->event);
        p->event = NULL;
        p->end = now + p->length;
    }
}

int64_t event_throttle_deadline(const EventThrottle *t)
{
    int64_t deadline = INT64_MAX;
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, t->periods);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        deadline = MIN(deadline, ((Period *)key)->end);
    }
    return deadline;
}
