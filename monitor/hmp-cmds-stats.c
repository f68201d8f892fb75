/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "info stats". */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-stats.h"
#include "qemu/cutils.h"
#include "qobject/qdict.h"

/* " ns", "* 2^4 bytes", or nothing. */
static void print_unit(Monitor *mon, const StatsSchemaValue *v)
{
    const char *unit = !v->has_unit                    ? NULL
                       : v->unit == STATS_UNIT_SECONDS ? "s"
                       : v->unit == STATS_UNIT_BYTES   ? "B"
                                                       : NULL;
    int e = v->exponent;

    if (v->has_unit || e) {
        monitor_puts(mon, ", ");
    }
    if (unit && v->base == 10 && e >= -18 && e <= 18 && e % 3 == 0) {
        monitor_puts(mon, si_prefix(e));
    } else if (unit && v->base == 2 && e >= 0 && e <= 60 && e % 10 == 0) {
        monitor_puts(mon, iec_binary_prefix(e));
    } else if (e) {
        monitor_printf(mon, "* %d^%d%s", v->base, e, v->has_unit ? " " : "");
        unit = NULL;
    }
    if (v->has_unit) {
        monitor_puts(mon, unit ?: StatsUnit_str(v->unit));
    }
}

static void print_meaning(Monitor *mon, const StatsSchemaValue *v)
{
    monitor_printf(mon, "    %s (%s", v->name, StatsType_str(v->type));
    print_unit(mon, v);
    if (v->has_bucket_size && v->type == STATS_TYPE_LINEAR_HISTOGRAM) {
        monitor_printf(mon, ", bucket size=%d", v->bucket_size);
    }
    monitor_puts(mon, ")");
}

static void print_value(Monitor *mon, const StatsValue *v)
{
    int i = 1;

    switch (v->type) {
    case QTYPE_QNUM:
        monitor_printf(mon, ": %" PRId64 "\n", v->u.scalar);
        break;
    case QTYPE_QBOOL:
        monitor_printf(mon, ": %s\n", v->u.boolean ? "yes" : "no");
        break;
    default:
        monitor_puts(mon, ": ");
        for (uint64List *l = v->u.list; l; l = l->next) {
            monitor_printf(mon, "[%d]=%" PRId64 " ", i++, l->value);
        }
        monitor_puts(mon, "\n");
        break;
    }
}

static const StatsSchemaValue *find(const StatsSchemaList *schemas,
                                    StatsProvider provider, StatsTarget target,
                                    const char *name)
{
    for (; schemas; schemas = schemas->next) {
        const StatsSchema *s = schemas->value;

        if (s->provider != provider || s->target != target) {
            continue;
        }
        for (StatsSchemaValueList *l = s->stats; l; l = l->next) {
            if (g_str_equal(l->value->name, name)) {
                return l->value;
            }
        }
    }
    return NULL;
}

static void print_result(Monitor *mon, StatsTarget target,
                         const StatsResult *result,
                         const StatsSchemaList *schemas)
{
    for (StatsList *l = result->stats; l; l = l->next) {
        const StatsSchemaValue *v =
            find(schemas, result->provider, target, l->value->name);

        if (!v) {
            monitor_printf(mon, "failed to find schema entry for %s\n",
                           l->value->name);
            continue;
        }
        print_meaning(mon, v);
        print_value(mon, l->value->value);
    }
}

/* @provider may be STATS_PROVIDER__MAX, for any. */
static StatsFilter *make_filter(Monitor *mon, StatsTarget target,
                                const char *names, StatsProvider provider)
{
    StatsFilter *f = g_new0(StatsFilter, 1);
    CPUState *cpu = target == STATS_TARGET_VCPU
                        ? qemu_get_cpu(monitor_get_cpu_index(mon))
                        : NULL;

    f->target = target;
    if (target == STATS_TARGET_VCPU) {
        f->u.vcpu.has_vcpus = true;
    }
    if (cpu) {
        QAPI_LIST_PREPEND(f->u.vcpu.vcpus,
                          object_get_canonical_path(OBJECT(cpu)));
    }
    f->has_providers = names || provider != STATS_PROVIDER__MAX;
    for (int i = 0; f->has_providers && i < STATS_PROVIDER__MAX; i++) {
        StatsRequest *r;

        if (provider != STATS_PROVIDER__MAX && provider != i) {
            continue;
        }
        r = g_new0(StatsRequest, 1);
        r->provider = i;
        r->has_names = names && !g_str_equal(names, "*");
        r->names = r->has_names ? hmp_split_at_comma(names) : NULL;
        QAPI_LIST_PREPEND(f->providers, r);
    }
    return f;
}

static void show(Monitor *mon, StatsTarget target, const char *names,
                 bool has_provider, StatsProvider provider)
{
    g_autoptr(StatsFilter) filter = make_filter(mon, target, names, provider);
    g_autoptr(StatsSchemaList) schemas = NULL;
    g_autoptr(StatsResultList) results = NULL;
    Error *err = NULL;

    schemas = qmp_query_stats_schemas(has_provider, provider, &err);
    if (!err) {
        results = qmp_query_stats(filter, &err);
    }
    if (err) {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
        return;
    }
    for (StatsResultList *l = results; l; l = l->next) {
        if (!has_provider) {
            monitor_printf(mon, "provider: %s\n",
                           StatsProvider_str(l->value->provider));
        }
        print_result(mon, target, l->value, schemas);
    }
}

void hmp_info_stats(Monitor *mon, const QDict *qdict)
{
    const char *about = qdict_get_str(qdict, "target");
    const char *from = qdict_get_try_str(qdict, "provider");
    int target = qapi_enum_parse(&StatsTarget_lookup, about, -1, NULL);
    int provider = from ? qapi_enum_parse(&StatsProvider_lookup, from, -1, NULL)
                        : STATS_PROVIDER__MAX;

    if (target < 0) {
        monitor_printf(mon, "invalid stats target %s\n", about);
    } else if (provider < 0) {
        monitor_printf(mon, "invalid stats provider %s\n", from);
    } else {
        show(mon, target, qdict_get_try_str(qdict, "names"), from != NULL,
             provider);
    }
}
