/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the program is, and what belongs to it from there. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"

static char *exec_dir;

void qemu_init_exec_dir(const char *argv0)
{
    g_autofree char *path = NULL;

    if (exec_dir) {
        return;
    }
    path = g_file_read_link("/proc/self/exe", NULL);
    if (!path && argv0) {
        path = realpath(argv0, NULL);
    }
    exec_dir = path ? g_path_get_dirname(path) : g_strdup(CONFIG_BINDIR);
}

const char *qemu_get_exec_dir(void)
{
    return exec_dir;
}

/* The part of @path below @dir, without slashes at its start; NULL: none. */
static const char *path_below(const char *path, const char *dir)
{
    size_t len = strlen(dir);

    while (len > 0 && dir[len - 1] == '/') {
        len--;
    }
    if (strncmp(path, dir, len) != 0 ||
        (path[len] != '/' && path[len] != '\0')) {
        return NULL;
    }
    return path + len + strspn(path + len, "/");
}

/*
 * In a build directory a data directory "/usr/share/plateau" is looked for as
 * "BUILD/qemu-bundle/usr/share/plateau", as QEMU does; otherwise it has the
 * place relative to the program that the configuration gave it.
 */
char *get_relocated_path(const char *dir)
{
    const char *below = path_below(dir, CONFIG_PREFIX);
    const char *bin = path_below(CONFIG_BINDIR, CONFIG_PREFIX);
    g_autoptr(GString) path = NULL;

    assert(exec_dir);
    path = g_string_new(exec_dir);
    g_string_append(path, "/qemu-bundle");
    if (access(path->str, R_OK) == 0) {
        g_string_append(path, dir);
        return g_string_free(g_steal_pointer(&path), FALSE);
    }
    if (!below || !bin) {
        return g_strdup(dir);
    }
    g_string_assign(path, exec_dir);
    for (; *bin; bin += strcspn(bin, "/"), bin += strspn(bin, "/")) {
        g_string_append(path, "/..");
    }
    if (*below) {
        g_string_append_printf(path, "/%s", below);
    }
    return g_string_free(g_steal_pointer(&path), FALSE);
}
