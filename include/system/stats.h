/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics for query-stats: a provider registers two functions, one that
 * tells the values and one that tells what they mean. Both run with the BQL,
 * and put what they have in front of a list.
 */
#ifndef STATS_H
#define STATS_H

#include "qapi/qapi-types-stats.h"

/*
 * Adds values about @target to @result: those in @names, of the objects whose
 * QOM paths are in @targets; NULL is all of them.
 */
typedef void StatRetrieveFunc(StatsResultList **result, StatsTarget target,
                              strList *names, strList *targets, Error **errp);
/* Adds all that the provider has, with its meaning. */
typedef void SchemaRetrieveFunc(StatsSchemaList **result, Error **errp);

/* Registers @provider's functions, for good. */
void add_stats_callbacks(StatsProvider provider, StatRetrieveFunc *stats_fn,
                         SchemaRetrieveFunc *schemas_fn);

/* Adds an object's values, which the list owns then; @id is its path or NULL. */
void add_stats_entry(StatsResultList **stats_results, StatsProvider provider,
                     const char *id, StatsList *stats_list);
/* Adds the meaning of values, which the list owns then. */
void add_stats_schema(StatsSchemaList **schema_results, StatsProvider provider,
                      StatsTarget target, StatsSchemaValueList *stats_list);

/* Whether @string is in @list; an empty list has all. */
bool apply_str_list_filter(const char *string, strList *list);

#endif
