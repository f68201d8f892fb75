/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key=value,... into nested dictionaries: the syntax of command line options.
 *
 *   key-vals = [ key-val { ',' key-val } [ ',' ] ]
 *   key-val  = key '=' val | help
 *   key      = fragment { '.' fragment }
 *   help     = 'help' | '?'
 *
 * Dots nest; a level whose fragments are all numbers is a list. A comma in a
 * value is written twice. All values are QStrings. The last of several equal
 * keys wins. With an implied key the first value may stand without a key (and
 * then has no commas).
 */
#ifndef KEYVAL_H
#define KEYVAL_H

/*
 * Parses @params into @qdict, on top of what it has. *@p_help becomes whether
 * there was a request for help; with @p_help NULL that is an error. Returns
 * @qdict, or NULL and @errp; @qdict may then be half filled, and stays the
 * caller's.
 */
QDict *keyval_parse_into(QDict *qdict, const char *params,
                         const char *implied_key, bool *p_help, Error **errp);

/* The same into a new dictionary, which the caller owns. */
QDict *keyval_parse(const char *params, const char *implied_key, bool *help,
                    Error **errp);

/*
 * Adds @new to @old: dictionaries are merged member by member, lists joined,
 * scalars replaced. Fails when a key has another type in each.
 */
void keyval_merge(QDict *old, const QDict *new, Error **errp);

#endif
