/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders of firmware and other data files. */
#include "qemu/osdep.h"
#include "qemu/datadir.h"
#include "config-host.h"

static GPtrArray *data_dirs;

char *qemu_find_file(int type, const char *name)
{
    const char *sub = type == QEMU_FILE_TYPE_KEYMAP ? "keymaps" : "";

    if (access(name, R_OK) == 0) {
        return g_strdup(name);
    }
    for (guint i = 0; data_dirs && i < data_dirs->len; i++) {
        char *path =
            g_build_filename(g_ptr_array_index(data_dirs, i), sub, name, NULL);

        if (access(path, R_OK) == 0) {
            return path;
        }
        g_free(path);
    }
    return NULL;
}

void qemu_add_data_dir(char *path)
{
    if (!path) {
        return;
    }
    if (!data_dirs) {
        data_dirs = g_ptr_array_new_with_free_func(g_free);
    }
    if (g_ptr_array_find_with_equal_func(data_dirs, path, g_str_equal, NULL)) {
        g_free(path);
        return;
    }
    g_ptr_array_add(data_dirs, path);
}

void qemu_add_default_firmwarepath(void)
{
    qemu_add_data_dir(g_strdup(CONFIG_DATADIR));
    qemu_add_data_dir(g_strdup("/usr/share/qemu"));
}

void qemu_list_data_dirs(void)
{
    for (guint i = 0; data_dirs && i < data_dirs->len; i++) {
        printf("%s\n", (char *)g_ptr_array_index(data_dirs, i));
    }
}
