/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option lists of the program by name, and configuration files that fill
 * them (-readconfig):
 *
 *   # comment
 *   [group]
 *     key = "value"
 *   [group "id"]
 *     key = "value"
 */
#ifndef QEMU_CONFIG_FILE_H
#define QEMU_CONFIG_FILE_H

/* Gets one group of a file: its settings as strings, the id among them. */
typedef void QEMUConfigCB(const char *group, QDict *qdict, void *opaque,
                          Error **errp);

/* Loads modules that provide option lists, if any; there are none now. */
void qemu_load_module_for_opts(const char *group);

/* The list of that name. The first form reports that there is none itself. */
QemuOptsList *qemu_find_opts(const char *group);
QemuOptsList *qemu_find_opts_err(const char *group, Error **errp);
/* The options without id of that list, created if need be. */
QemuOpts *qemu_find_opts_singleton(const char *group);

/* The registered lists; NULL ends each array. */
extern QemuOptsList *vm_config_groups[];
extern QemuOptsList *drive_config_groups[];

/* Registers @list, which is static. */
void qemu_add_opts(QemuOptsList *list);
void qemu_add_drive_opts(QemuOptsList *list);

/*
 * Reads a file into @lists (NULL ends). The number of groups, or -EINVAL or
 * -EIO with @errp, which names file and line.
 */
int qemu_config_parse(FILE *fp, QemuOptsList **lists, const char *fname,
                      Error **errp);

/* For qemu_read_config_file(): @opaque is the array of lists. */
void qemu_config_do_parse(const char *group, QDict *qdict, void *opaque,
                          Error **errp);

/* Reads a file and calls @f for each group; as qemu_config_parse(). */
int qemu_read_config_file(const char *filename, QEMUConfigCB *f,
                          Error **errp);

/*
 * Moves "group.key" and "group.0.key" members of @options into @lists;
 * what belongs to none of them stays.
 */
bool qemu_config_parse_qdict(QDict *options, QemuOptsList **lists,
                             Error **errp);

#endif
