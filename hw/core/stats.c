/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has statistics, and the commands that ask them. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-stats.h"
#include "qemu/queue.h"
#include "system/stats.h"

typedef struct Source {
    StatsProvider provider;
    StatRetrieveFunc *values;
    SchemaRetrieveFunc *schemas;
    QTAILQ_ENTRY(Source) next;
} Source;

static QTAILQ_HEAD(, Source) sources = QTAILQ_HEAD_INITIALIZER(sources);

void add_stats_callbacks(StatsProvider provider, StatRetrieveFunc *stats_fn,
                         SchemaRetrieveFunc *schemas_fn)
{
    Source *s = g_new(Source, 1);

    *s = (Source){ provider, stats_fn, schemas_fn };
    QTAILQ_INSERT_TAIL(&sources, s, next);
}

void add_stats_entry(StatsResultList **stats_results, StatsProvider provider,
                     const char *id, StatsList *stats_list)
{
    StatsResult *r = g_new0(StatsResult, 1);

    r->provider = provider;
    r->qom_path = g_strdup(id);
    r->stats = stats_list;
    QAPI_LIST_PREPEND(*stats_results, r);
}

void add_stats_schema(StatsSchemaList **schema_results, StatsProvider provider,
                      StatsTarget target, StatsSchemaValueList *stats_list)
{
    StatsSchema *s = g_new0(StatsSchema, 1);

    s->provider = provider;
    s->target = target;
    s->stats = stats_list;
    QAPI_LIST_PREPEND(*schema_results, s);
}

bool apply_str_list_filter(const char *string, strList *list)
{
    bool any = list;

    while (list && !g_str_equal(list->value, string)) {
        list = list->next;
    }
    return list || !any;
}

/* @names is of one request; an empty list, other than none, asks for nothing. */
static bool ask(const Source *s, const StatsFilter *filter, bool has_names,
                strList *names, StatsResultList **result, Error **errp)
{
    ERRP_GUARD();
    strList *targets = NULL;

    if (has_names && !names) {
        return true;
    }
    if (filter->target == STATS_TARGET_VCPU && filter->u.vcpu.has_vcpus) {
        targets = filter->u.vcpu.vcpus;
        if (!targets) {
            return true;
        }
    }
    s->values(result, filter->target, names, targets, errp);
    return !*errp;
}

static bool ask_as_requested(const Source *s, const StatsFilter *filter,
                             StatsResultList **result, Error **errp)
{
    bool ok = true;

    if (!filter->has_providers) {
        return ask(s, filter, false, NULL, result, errp);
    }
    for (StatsRequestList *l = filter->providers; l && ok; l = l->next) {
        const StatsRequest *r = l->value;

        if (r->provider == s->provider) {
            ok = ask(s, filter, r->has_names, r->names, result, errp);
        }
    }
    return ok;
}

StatsResultList *qmp_query_stats(StatsFilter *filter, Error **errp)
{
    StatsResultList *result = NULL;
    Source *s;

    QTAILQ_FOREACH(s, &sources, next) {
        if (!ask_as_requested(s, filter, &result, errp)) {
            qapi_free_StatsResultList(result);
            return NULL;
        }
    }
    return result;
}

StatsSchemaList *qmp_query_stats_schemas(bool has_provider,
                                         StatsProvider provider, Error **errp)
{
    ERRP_GUARD();
    StatsSchemaList *result = NULL;
    Source *s;

    QTAILQ_FOREACH(s, &sources, next) {
        if (has_provider && provider != s->provider) {
            continue;
        }
        s->schemas(&result, errp);
        if (*errp) {
            qapi_free_StatsSchemaList(result);
            return NULL;
        }
    }
    return result;
}
