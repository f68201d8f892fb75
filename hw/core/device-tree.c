/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flattened device trees. libfdt does the work; here are paths instead of
 * offsets, and messages instead of numbers.
 */
#include "qemu/osdep.h"
#include <libfdt.h>
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/guest-random.h"
#include "system/device_tree.h"

/* A user's tree may be this large; boards add little to it. */
#define FILE_MAX (64 * 1024 * 1024)

/*** Trees. ***/

G_NORETURN static void die(const char *what, const char *path,
                           const char *property, int err)
{
    error_report("Device tree: cannot %s %s%s%s: %s", what, path,
                 property ? ", property " : "", property ?: "",
                 fdt_strerror(err));
    exit(1);
}

void *create_device_tree(int *sizep)
{
    void *fdt = g_malloc0(DEVICE_TREE_MAX_SIZE);
    int ret = fdt_create_empty_tree(fdt, DEVICE_TREE_MAX_SIZE);

    if (ret < 0) {
        die("create", "an empty tree", NULL, ret);
    }
    *sizep = DEVICE_TREE_MAX_SIZE;
    return fdt;
}

void *load_device_tree_or_error(const char *filename, int *sizep, Error **errp)
{
    g_autoptr(GError) gerr = NULL;
    g_autofree char *blob = NULL;
    void *fdt;
    gsize len;
    int ret, room;

    if (!g_file_get_contents(filename, &blob, &len, &gerr)) {
        error_setg(errp, "Cannot load device tree '%s': %s", filename,
                   gerr->message);
        return NULL;
    }
    if (len > FILE_MAX) {
        error_setg(errp,
                   "Cannot load device tree '%s': it has %zu bytes; not "
                   "more than %d can be",
                   filename, len, FILE_MAX);
        return NULL;
    }
    ret = fdt_check_full(blob, len);
    if (ret < 0) {
        error_setg(errp, "Cannot load device tree '%s': %s", filename,
                   fdt_strerror(ret));
        return NULL;
    }
    room = (len + 10000) * 2;
    fdt = g_malloc0(room);
    ret = fdt_open_into(blob, fdt, room);
    if (ret < 0) {
        error_setg(errp, "Cannot load device tree '%s': %s", filename,
                   fdt_strerror(ret));
        g_free(fdt);
        return NULL;
    }
    *sizep = room;
    return fdt;
}

void *load_device_tree(const char *filename_path, int *sizep)
{
    Error *err = NULL;
    void *fdt;

    *sizep = 0;
    fdt = load_device_tree_or_error(filename_path, sizep, &err);
    if (!fdt) {
        error_report_err(err);
    }
    return fdt;
}

bool device_tree_dump(const void *fdt, const char *filename, Error **errp)
{
    g_autoptr(GError) gerr = NULL;

    if (!g_file_set_contents(filename, fdt, fdt_totalsize(fdt), &gerr)) {
        error_setg(errp, "Error saving FDT to file %s: %s", filename,
                   gerr->message);
        return false;
    }
    return true;
}

/* Folders are nodes, files are properties. */
static void add_folder(void *fdt, const char *folder, const char *node)
{
    g_autoptr(GError) gerr = NULL;
    GDir *dir = g_dir_open(folder, 0, &gerr);
    const char *name;

    if (!dir) {
        error_report("Device tree: %s", gerr->message);
        exit(1);
    }
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *value = NULL;
        gsize len;

        if (g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            continue;
        }
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            g_autofree char *child = g_strdup_printf(
                "%s/%s", g_str_equal(node, "/") ? "" : node, name);

            qemu_fdt_add_subnode(fdt, child);
            add_folder(fdt, path, child);
        } else if (g_file_get_contents(path, &value, &len, &gerr)) {
            qemu_fdt_setprop(fdt, node, name, value, len);
        } else {
            error_report("Device tree: %s", gerr->message);
            exit(1);
        }
    }
    g_dir_close(dir);
}

void *load_device_tree_from_sysfs(void)
{
    int size;
    void *fdt = create_device_tree(&size);

    add_folder(fdt, "/proc/device-tree", "/");
    return fdt;
}

/*** Nodes. ***/

static int find_node(void *fdt, const char *path)
{
    int offset = fdt_path_offset(fdt, path);

    if (offset < 0) {
        die("find node", path, NULL, offset);
    }
    return offset;
}

int qemu_fdt_add_subnode(void *fdt, const char *name)
{
    const char *base = strrchr(name, '/');
    g_autofree char *parent = NULL;
    int ret;

    if (!base) {
        die("add node", name, NULL, -FDT_ERR_BADPATH);
    }
    parent = base == name ? g_strdup("/") : g_strndup(name, base - name);
    ret = fdt_add_subnode(fdt, find_node(fdt, parent), base + 1);
    if (ret < 0) {
        die("add node", name, NULL, ret);
    }
    return ret;
}

int qemu_fdt_add_path(void *fdt, const char *path)
{
    int node = 0;

    if (path[0] != '/') {
        return -FDT_ERR_BADPATH;
    }
    while (*path) {
        int len, next;

        path++;
        len = strcspn(path, "/");
        if (len) {
            next = fdt_subnode_offset_namelen(fdt, node, path, len);
            if (next == -FDT_ERR_NOTFOUND) {
                next = fdt_add_subnode_namelen(fdt, node, path, len);
            }
            if (next < 0) {
                die("add node", path, NULL, next);
            }
            node = next;
        }
        path += len;
    }
    return node;
}

int qemu_fdt_nop_node(void *fdt, const char *node_path)
{
    int ret = fdt_nop_node(fdt, find_node(fdt, node_path));

    if (ret < 0) {
        die("remove node", node_path, NULL, ret);
    }
    return ret;
}

/* The full path of a node for g_free(), or NULL with a libfdt error. */
static char *path_of(void *fdt, int node, int *err)
{
    for (int size = 256;; size *= 2) {
        g_autofree char *path = g_malloc(size);

        *err = fdt_get_path(fdt, node, path, size);
        if (*err == 0) {
            return g_steal_pointer(&path);
        }
        if (*err != -FDT_ERR_NOSPACE) {
            return NULL;
        }
    }
}

static bool has_name(void *fdt, int node, const char *name, bool any_unit)
{
    int len;
    const char *is = fdt_get_name(fdt, node, &len);
    size_t n = name ? strlen(name) : 0;

    if (!name) {
        return true;
    }
    return is && !strncmp(is, name, n) &&
           (!is[n] || (any_unit && is[n] == '@'));
}

static char **node_paths(void *fdt, const char *name, const char *compat,
                         bool any_unit, Error **errp)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    int node = -1, err = 0;

    for (;;) {
        node = compat ? fdt_node_offset_by_compatible(fdt, node, compat)
                      : fdt_next_node(fdt, node, NULL);
        if (node < 0) {
            break;
        }
        if (has_name(fdt, node, name, any_unit)) {
            char *path = path_of(fdt, node, &err);

            if (!path) {
                node = err;
                break;
            }
            g_ptr_array_add(paths, path);
        }
    }
    if (node != -FDT_ERR_NOTFOUND) {
        error_setg(errp, "Device tree: cannot look for nodes %s%s%s: %s",
                   name ?: "", compat ? " compatible with " : "", compat ?: "",
                   fdt_strerror(node));
        return NULL;
    }
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}

char **qemu_fdt_node_path(void *fdt, const char *name, const char *compat,
                          Error **errp)
{
    return node_paths(fdt, name, compat, false, errp);
}

char **qemu_fdt_node_unit_path(void *fdt, const char *name, Error **errp)
{
    return node_paths(fdt, name, NULL, true, errp);
}

/*** Properties. ***/

int qemu_fdt_setprop(void *fdt, const char *node_path, const char *property,
                     const void *val, int size)
{
    int ret = fdt_setprop(fdt, find_node(fdt, node_path), property, val, size);

    if (ret < 0) {
        die("set", node_path, property, ret);
    }
    return ret;
}

int qemu_fdt_setprop_cell(void *fdt, const char *node_path,
                          const char *property, uint32_t val)
{
    val = cpu_to_be32(val);
    return qemu_fdt_setprop(fdt, node_path, property, &val, sizeof(val));
}

int qemu_fdt_setprop_u64(void *fdt, const char *node_path, const char *property,
                         uint64_t val)
{
    val = cpu_to_be64(val);
    return qemu_fdt_setprop(fdt, node_path, property, &val, sizeof(val));
}

int qemu_fdt_setprop_string(void *fdt, const char *node_path,
                            const char *property, const char *string)
{
    return qemu_fdt_setprop(fdt, node_path, property, string,
                            strlen(string) + 1);
}

int qemu_fdt_setprop_string_array(void *fdt, const char *node_path,
                                  const char *prop, char **array, int len)
{
    g_autoptr(GByteArray) all = g_byte_array_new();

    for (int i = 0; i < len; i++) {
        g_byte_array_append(all, (uint8_t *)array[i], strlen(array[i]) + 1);
    }
    return qemu_fdt_setprop(fdt, node_path, prop, all->data, all->len);
}

int qemu_fdt_setprop_phandle(void *fdt, const char *node_path,
                             const char *property, const char *target_node_path)
{
    return qemu_fdt_setprop_cell(fdt, node_path, property,
                                 qemu_fdt_get_phandle(fdt, target_node_path));
}

int qemu_fdt_setprop_sized_cells_from_array(void *fdt, const char *node_path,
                                            const char *property, int numvalues,
                                            uint64_t *values)
{
    g_autofree uint32_t *cells = g_new(uint32_t, numvalues * 2);
    int n = 0;

    for (int i = 0; i < numvalues; i++) {
        uint64_t ncells = values[2 * i], value = values[2 * i + 1];

        if (ncells != 1 && ncells != 2) {
            return -1;
        }
        if (ncells == 2) {
            cells[n++] = cpu_to_be32(value >> 32);
        } else if (value >> 32) {
            return -1;
        }
        cells[n++] = cpu_to_be32(value);
    }
    return qemu_fdt_setprop(fdt, node_path, property, cells,
                            n * sizeof(uint32_t));
}

const void *qemu_fdt_getprop(void *fdt, const char *node_path,
                             const char *property, int *lenp, Error **errp)
{
    int len;
    int node = fdt_path_offset(fdt, node_path);
    const void *value =
        node < 0 ? NULL : fdt_getprop(fdt, node, property, &len);

    if (node < 0) {
        len = node;
    }
    if (!value) {
        error_setg(errp, "Device tree: cannot get %s, property %s: %s",
                   node_path, property, fdt_strerror(len));
    }
    if (lenp) {
        *lenp = len;
    }
    return value;
}

uint32_t qemu_fdt_getprop_cell(void *fdt, const char *node_path,
                               const char *property, int *lenp, Error **errp)
{
    int len;
    const void *value = qemu_fdt_getprop(fdt, node_path, property, &len, errp);

    if (value && len != 4) {
        error_setg(errp,
                   "Device tree: %s, property %s is not 4 bytes long, but "
                   "%d",
                   node_path, property, len);
        len = -EINVAL;
    }
    if (lenp) {
        *lenp = len;
    }
    return value && len == 4 ? ldl_be_p(value) : 0;
}

uint32_t qemu_fdt_get_phandle(void *fdt, const char *path)
{
    uint32_t phandle = fdt_get_phandle(fdt, find_node(fdt, path));

    if (!phandle) {
        die("get the phandle of", path, NULL, -FDT_ERR_NOTFOUND);
    }
    return phandle;
}

uint32_t qemu_fdt_alloc_phandle(void *fdt)
{
    static uint32_t next;

    if (!next && current_machine) {
        next = machine_phandle_start(current_machine);
    }
    if (!next) {
        next = 0x8000;
    }
    return next++;
}

void qemu_fdt_randomize_seeds(void *fdt)
{
    for (int node = fdt_next_node(fdt, -1, NULL); node >= 0;
         node = fdt_next_node(fdt, node, NULL)) {
        int len;
        void *seed = fdt_getprop_w(fdt, node, "rng-seed", &len);

        if (seed && len > 0) {
            qemu_guest_getrandom_nofail(seed, len);
        }
    }
}
