/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listener for tests that writes what it hears into the scene's log, which
 * all of them share.
 */
#ifndef TESTS_LISTENER_EAR_H
#define TESTS_LISTENER_EAR_H

#include "memory-scene.h"

typedef struct Ear {
    MemoryListener l;
    char tag;
    bool refuse; /* in prepare */
    bool fail_global;
    void (*on_add)(struct Ear *ear);
    void (*on_del)(struct Ear *ear);
    void (*on_begin)(struct Ear *ear);
    void (*on_commit)(struct Ear *ear);
    GHashTable *view; /* start -> last, as heard */
} Ear;

static Ear *ear_of(MemoryListener *l)
{
    return container_of(l, Ear, l);
}

static void log_section(MemoryListener *l, const char *what,
                        MemoryRegionSection *s)
{
    g_assert_true(s->fv);
    g_string_append_printf(heard, "%c%s %" PRIx64 "+%" PRIx64 "%s%s\n",
                           ear_of(l)->tag, what, s->offset_within_address_space,
                           int128_getlo(s->size), s->mr ? " " : "",
                           s->mr ? s->mr->name : "");
}

static void on_begin(MemoryListener *l)
{
    g_string_append_printf(heard, "%cbegin\n", ear_of(l)->tag);
    if (ear_of(l)->on_begin) {
        ear_of(l)->on_begin(ear_of(l));
    }
}

static void on_commit(MemoryListener *l)
{
    g_string_append_printf(heard, "%ccommit\n", ear_of(l)->tag);
    if (ear_of(l)->on_commit) {
        ear_of(l)->on_commit(ear_of(l));
    }
}

static void on_add(MemoryListener *l, MemoryRegionSection *s)
{
    log_section(l, "add", s);
    g_assert_true(g_hash_table_insert(
        ear_of(l)->view, (gpointer)s->offset_within_address_space, s->mr));
    if (ear_of(l)->on_add) {
        ear_of(l)->on_add(ear_of(l));
    }
}

static void on_del(MemoryListener *l, MemoryRegionSection *s)
{
    log_section(l, "del", s);
    g_assert_true(g_hash_table_remove(
        ear_of(l)->view, (gpointer)s->offset_within_address_space));
    if (ear_of(l)->on_del) {
        ear_of(l)->on_del(ear_of(l));
    }
}

static bool on_prepare(MemoryListener *l, const MemoryRegionSection *add,
                       size_t nr_add, const MemoryRegionSection *del,
                       size_t nr_del, Error **errp)
{
    g_string_append_printf(heard, "%cprepare", ear_of(l)->tag);
    for (size_t i = 0; i < nr_add; i++) {
        g_string_append_printf(heard, " +%s", add[i].mr->name);
    }
    for (size_t i = 0; i < nr_del; i++) {
        g_string_append_printf(heard, " -%s", del[i].mr->name);
    }
    g_string_append_c(heard, '\n');
    if (ear_of(l)->refuse) {
        error_setg(errp, "%c has no room", ear_of(l)->tag);
        return false;
    }
    return true;
}

static void ear_init(Ear *ear, char tag, unsigned priority)
{
    *ear = (Ear) {
        .l = {
            .name = "ear",
            .begin = on_begin,
            .commit = on_commit,
            .region_add = on_add,
            .region_del = on_del,
            .priority = priority,
        },
        .tag = tag,
        .view = g_hash_table_new(NULL, NULL),
    };
}

static void ear_off(Ear *ear)
{
    memory_listener_unregister(&ear->l);
    g_assert_cmpuint(g_hash_table_size(ear->view), ==, 0);
    g_hash_table_unref(ear->view);
}

#endif
