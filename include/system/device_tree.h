/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flattened device trees (Devicetree Specification, chapter 5), on libfdt: what
 * a board tells its kernel about itself.
 *
 * A board makes a tree with room to grow, adds nodes by path and properties to
 * them, and puts the blob into guest memory. That a board's own tree cannot be
 * built is a bug or a lack of room, so functions that change it end the process
 * with a message; those that look things up in a tree of the user's take an
 * Error **. Any thread that owns the blob.
 */
#ifndef DEVICE_TREE_H
#define DEVICE_TREE_H

/* ---- trees --------------------------------------------------------------- */

/* The largest blob (FDT_MAX_SIZE of QEMU). Ours. */
#define DEVICE_TREE_MAX_SIZE 0x100000

/* An empty tree with room for *@sizep (is set) bytes, for g_free(). */
void *create_device_tree(int *sizep);

/*
 * The tree in a file, for g_free(), with as much room again and some more;
 * *@sizep is the size of the blob with it. NULL after a message if the file
 * cannot be read or is no valid tree.
 */
void *load_device_tree(const char *filename_path, int *sizep);

/* The same with an error that says so. Ours. */
void *load_device_tree_or_error(const char *filename, int *sizep, Error **errp);

#ifdef CONFIG_LINUX
/* The tree of the host, from /proc/device-tree; ends the process on errors. */
void *load_device_tree_from_sysfs(void);
#endif

/*
 * Writes the tree to @filename: `-machine dumpdtb=FILE` is this and the end of
 * the process. Ours.
 */
bool device_tree_dump(const void *fdt, const char *filename, Error **errp);

/* ---- nodes --------------------------------------------------------------- */

/*
 * Adds a node by its path, of which the parent must be there (the second: the
 * parents are added too, and a node that is there is fine). Returns its offset
 * in the blob; the second one, a negative libfdt error if that fails.
 */
int qemu_fdt_add_subnode(void *fdt, const char *name);
int qemu_fdt_add_path(void *fdt, const char *path);

/* Overwrites a node, and what is below it, with FDT_NOP. Returns 0. */
int qemu_fdt_nop_node(void *fdt, const char *node_path);

/*
 * The paths of the nodes that are "compatible" with @compat and have the name
 * @name, unless it is NULL; the second, of all called @name or @name@UNIT. For
 * g_strfreev(); empty if there is none, NULL on an error.
 */
char **qemu_fdt_node_path(void *fdt, const char *name, const char *compat,
                          Error **errp);
char **qemu_fdt_node_unit_path(void *fdt, const char *name, Error **errp);

/* ---- properties ---------------------------------------------------------- */

/* Each returns 0. Cells and u64 are stored big endian. */
int qemu_fdt_setprop(void *fdt, const char *node_path, const char *property,
                     const void *val, int size);
int qemu_fdt_setprop_cell(void *fdt, const char *node_path,
                          const char *property, uint32_t val);
int qemu_fdt_setprop_u64(void *fdt, const char *node_path, const char *property,
                         uint64_t val);
int qemu_fdt_setprop_string(void *fdt, const char *node_path,
                            const char *property, const char *string);
/* @len strings, each with its NUL. */
int qemu_fdt_setprop_string_array(void *fdt, const char *node_path,
                                  const char *prop, char **array, int len);
/* The phandle of the node @target_node_path. */
int qemu_fdt_setprop_phandle(void *fdt, const char *node_path,
                             const char *property,
                             const char *target_node_path);

/* Any number of cells. */
#define qemu_fdt_setprop_cells(fdt, node_path, property, ...)             \
    do {                                                                  \
        uint32_t qdt_tmp[] = { __VA_ARGS__ };                             \
        for (size_t i_ = ARRAY_SIZE(qdt_tmp); i_-- > 0;) {                \
            qdt_tmp[i_] = cpu_to_be32(qdt_tmp[i_]);                       \
        }                                                                 \
        qemu_fdt_setprop(fdt, node_path, property, qdt_tmp,               \
                         sizeof(qdt_tmp));                                \
    } while (0)

/*
 * @values are @numvalues pairs: how many cells, 1 or 2, and a value, as
 * #address-cells and #size-cells of the parent demand. -1 if a number of cells
 * is another one or a value does not fit.
 */
int qemu_fdt_setprop_sized_cells_from_array(void *fdt, const char *node_path,
                                            const char *property, int numvalues,
                                            uint64_t *values);
#define qemu_fdt_setprop_sized_cells(fdt, node_path, property, ...)       \
    ({                                                                    \
        uint64_t qdt_tmp[] = { __VA_ARGS__ };                             \
        qemu_fdt_setprop_sized_cells_from_array(                          \
            fdt, node_path, property, ARRAY_SIZE(qdt_tmp) / 2, qdt_tmp);  \
    })

/*
 * The value of a property, which lies in the blob, and its length in *@lenp; if
 * there is none, NULL, an error, and *@lenp a negative libfdt error. @lenp may
 * be NULL.
 */
const void *qemu_fdt_getprop(void *fdt, const char *node_path,
                             const char *property, int *lenp, Error **errp);
/* The same for one cell; *@lenp is -EINVAL if it has another length. */
uint32_t qemu_fdt_getprop_cell(void *fdt, const char *node_path,
                               const char *property, int *lenp, Error **errp);

/* Of the node at @path, which must have one. */
uint32_t qemu_fdt_get_phandle(void *fdt, const char *path);
/*
 * One that was not given before, by a counter that all trees share: it begins
 * with -machine phandle-start=, else with 0x8000 (both once).
 */
uint32_t qemu_fdt_alloc_phandle(void *fdt);
/* Fills every property "rng-seed" with new random bytes. */
void qemu_fdt_randomize_seeds(void *fdt);

/* phys.hi of PCI ranges (IEEE 1275 PCI binding, 2.2.1.1). */
#define FDT_PCI_RANGE_RELOCATABLE  0x80000000
#define FDT_PCI_RANGE_PREFETCHABLE 0x40000000
#define FDT_PCI_RANGE_ALIASED      0x20000000
#define FDT_PCI_RANGE_TYPE_MASK    0x03000000
#define FDT_PCI_RANGE_MMIO_64BIT   0x03000000
#define FDT_PCI_RANGE_MMIO         0x02000000
#define FDT_PCI_RANGE_IOPORT       0x01000000
#define FDT_PCI_RANGE_CONFIG       0x00000000

#endif
