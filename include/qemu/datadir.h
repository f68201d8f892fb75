/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where firmware and other data files are looked for: the folders of -L, in
 * their order, then what the installation has.
 */
#ifndef QEMU_DATADIR_H
#define QEMU_DATADIR_H

#define QEMU_FILE_TYPE_BIOS   0     /* in the folder itself */
#define QEMU_FILE_TYPE_KEYMAP 1     /* in its keymaps/ */

/*
 * The path of @name for g_free(): @name if there is such a file, else the first
 * folder that has it; NULL if none has.
 */
char *qemu_find_file(int type, const char *name);
/* Adds a folder, which becomes the list's (g_free()); NULL does nothing. */
void qemu_add_data_dir(char *path);
/* Adds what the installation has. */
void qemu_add_default_firmwarepath(void);
/* Prints the folders, one a line (-L help). */
void qemu_list_data_dirs(void);

#endif
