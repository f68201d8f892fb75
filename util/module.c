/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up hooks and loadable modules: see include/qemu/module.h.
 *
 * The index of what modules hold is built from .modinfo files at the first
 * question about a type, so that a start that needs no module reads nothing.
 */
#include "qemu/osdep.h"
#include <dlfcn.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

typedef void InitFn(void);

/* The hooks of a kind: those before @next have run. */
typedef struct {
    InitFn **fns;
    size_t count, next;
    bool called;
} InitList;

static InitList init_lists[MODULE_INIT_MAX];

void register_module_init(void (*fn)(void), module_init_type type)
{
    InitList *list = &init_lists[type];

    /* Grows at powers of two. */
    if ((list->count & (list->count - 1)) == 0) {
        list->fns = g_renew(InitFn *, list->fns, MAX(1, 2 * list->count));
    }
    list->fns[list->count++] = fn;
}

void register_dso_module_init(void (*fn)(void), module_init_type type)
{
    register_module_init(fn, type);
}

void module_call_init(module_init_type type)
{
    InitList *list = &init_lists[type];

    list->called = true;
    while (list->next < list->count) {
        list->fns[list->next++]();
    }
}

/* Runs what a module that was just loaded has registered. */
static void run_late_hooks(void)
{
    for (int type = 0; type < MODULE_INIT_MAX; type++) {
        if (init_lists[type].called) {
            module_call_init(type);
        }
    }
}

/* --- The index ----------------------------------------------------------- */

typedef struct {
    char *name;
    char *path; /* of the shared object; NULL: not looked for yet */
    char *arch;
    char *version; /* of the headers that it was built with; NULL: not told */
    GPtrArray *objs, *deps, *opts;
    bool loaded, loading, warned;
} Module;

/* By name; NULL until it is needed. Modules live as long as the program. */
static GHashTable *modules;
static bool dirs_scanned;
static const char *allowed_arch;

static Module *get_module(const char *name)
{
    Module *m;

    if (!modules) {
        modules = g_hash_table_new(g_str_hash, g_str_equal);
    }
    m = g_hash_table_lookup(modules, name);
    if (!m) {
        m = g_new0(Module, 1);
        m->name = g_strdup(name);
        m->objs = g_ptr_array_new();
        m->deps = g_ptr_array_new();
        m->opts = g_ptr_array_new();
        g_hash_table_insert(modules, m->name, m);
    }
    return m;
}

static bool has_word(const GPtrArray *words, const char *word)
{
    for (guint i = 0; i < words->len; i++) {
        if (g_str_equal(words->pdata[i], word)) {
            return true;
        }
    }
    return false;
}

/* "obj virtio-gpu  # text" */
static void read_line(Module *m, char *line)
{
    g_auto(GStrv) words = NULL;
    char *value;

    line[strcspn(line, "#\r")] = '\0';
    words = g_strsplit_set(g_strstrip(line), " \t", 2);
    if (!words[0] || !words[1]) {
        return;
    }
    value = g_strstrip(words[1]);
    if (g_str_equal(words[0], "obj")) {
        g_ptr_array_add(m->objs, g_strdup(value));
    } else if (g_str_equal(words[0], "dep")) {
        g_ptr_array_add(m->deps, g_strdup(value));
    } else if (g_str_equal(words[0], "opts")) {
        g_ptr_array_add(m->opts, g_strdup(value));
    } else if (g_str_equal(words[0], "arch")) {
        g_free(m->arch);
        m->arch = g_strdup(value);
    } else if (g_str_equal(words[0], "version")) {
        g_free(m->version);
        m->version = g_strdup(value);
    }
}

static void read_modinfo(const char *dir, const char *file)
{
    g_autofree char *name = g_strndup(file, strlen(file) - strlen(".modinfo"));
    g_autofree char *path = g_build_filename(dir, file, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    gsize len;
    Module *m = get_module(name);

    /* What a directory that is searched earlier has wins. */
    if (m->path || !g_file_get_contents(path, &text, &len, NULL)) {
        return;
    }
    /* A section taken out of an object has NUL bytes between the lines. */
    for (gsize i = 0; i < len; i++) {
        text[i] = text[i] ? text[i] : '\n';
    }
    m->path = g_strdup_printf("%s/%s" CONFIG_HOST_DSOSUF, dir, name);
    lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i]; i++) {
        read_line(m, lines[i]);
    }
}

/* The directories in the order of the search; the caller frees them. */
static char **module_dirs(void)
{
    static const char *const variables[] = { "PLATEAU_MODULE_DIR",
                                             "QEMU_MODULE_DIR" };
    GPtrArray *dirs = g_ptr_array_new();

    for (int i = 0; i < ARRAY_SIZE(variables); i++) {
        const char *list = g_getenv(variables[i]);
        g_auto(GStrv) parts = g_strsplit(list ? list : "", ":", -1);

        for (int j = 0; parts[j]; j++) {
            if (*parts[j]) {
                g_ptr_array_add(dirs, g_strdup(parts[j]));
            }
        }
    }
    g_ptr_array_add(dirs, qemu_get_exec_dir()
                              ? get_relocated_path(CONFIG_MODDIR)
                              : g_strdup(CONFIG_MODDIR));
    g_ptr_array_add(dirs, NULL);
    return (char **)g_ptr_array_free(dirs, FALSE);
}

static void scan_dirs(void)
{
    g_auto(GStrv) dirs = NULL;

    if (dirs_scanned) {
        return;
    }
    dirs_scanned = true;
#ifdef CONFIG_MODULES
    dirs = module_dirs();
    for (int i = 0; dirs[i]; i++) {
        g_autoptr(GDir) dir = g_dir_open(dirs[i], 0, NULL);
        const char *file;

        while (dir && (file = g_dir_read_name(dir))) {
            if (g_str_has_suffix(file, ".modinfo")) {
                read_modinfo(dirs[i], file);
            }
        }
    }
#else
    (void)module_dirs;
    (void)read_modinfo;
#endif
}

static void add_words(GPtrArray *words, const char **list)
{
    for (; list && *list; list++) {
        g_ptr_array_add(words, (char *)*list);
    }
}

void module_init_info(const QemuModinfo *info)
{
    for (; info->name; info++) {
        Module *m = get_module(info->name);

        m->arch = g_strdup(info->arch);
        add_words(m->objs, info->objs);
        add_words(m->deps, info->deps);
        add_words(m->opts, info->opts);
    }
}

void module_allow_arch(const char *arch)
{
    allowed_arch = arch;
}

static bool wrong_arch(const Module *m)
{
    return m->arch && allowed_arch && !g_str_equal(m->arch, allowed_arch);
}

/* --- Loading --------------------------------------------------------------- */

/* Finds the shared object of one that has no .modinfo. */
static bool find_object(Module *m)
{
    g_auto(GStrv) dirs = m->path ? NULL : module_dirs();

    for (int i = 0; dirs && dirs[i] && !m->path; i++) {
        g_autofree char *path =
            g_strdup_printf("%s/%s" CONFIG_HOST_DSOSUF, dirs[i], m->name);

        if (access(path, F_OK) == 0) {
            m->path = g_steal_pointer(&path);
        }
    }
    return m->path != NULL;
}

static int load(Module *m, Error **errp);

static int load_deps(Module *m, Error **errp)
{
    for (guint i = 0; i < m->deps->len; i++) {
        int ret = load(get_module(m->deps->pdata[i]), errp);

        if (ret <= 0) {
            return ret;
        }
    }
    return 1;
}

static int load(Module *m, Error **errp)
{
    int ret;

    if (m->loaded || m->loading) {
        return 2;
    }
    if (wrong_arch(m)) {
        error_setg(errp, "module arch does not match: expected '%s', got '%s'",
                   allowed_arch, m->arch);
        return -1;
    }
    if (!find_object(m)) {
        return 0;
    }
    /* Structures may have changed: it could not even be asked. */
    if (m->version && !g_str_equal(m->version, PLATEAU_VERSION)) {
        error_setg(errp, "module '%s' was built for version %s, and this is "
                   "%s: compile it again",
                   m->path, m->version, PLATEAU_VERSION);
        return -1;
    }
    /* Modules that name each other would never end. */
    m->loading = true;
    ret = load_deps(m, errp);
    m->loading = false;
    if (ret <= 0) {
        return ret;
    }
    /* A symbol that is missing is an error here, not a crash at its use. */
    if (!dlopen(m->path, RTLD_NOW | RTLD_GLOBAL)) {
        error_setg(errp, "failed to open module: %s", dlerror());
        return -1;
    }
    m->loaded = true;
    run_late_hooks();
    return 1;
}

int module_load(const char *prefix, const char *name, Error **errp)
{
#ifdef CONFIG_MODULES
    g_autofree char *full = g_strconcat(prefix, name, NULL);

    /* Names come from the command line: never a path. */
    if (strchr(full, '/')) {
        return 0;
    }
    scan_dirs();
    if (!modules || !g_hash_table_contains(modules, full)) {
        Module probe = { .name = full };
        bool found = find_object(&probe);

        /* Do not remember every name that was ever asked for. */
        g_free(probe.path);
        if (!found) {
            return 0;
        }
    }
    return load(get_module(full), errp);
#else
    return 0;
#endif
}

int module_load_qom(const char *type, Error **errp)
{
    GHashTableIter iter;
    Module *m;

    assert(type);
    scan_dirs();
    if (!modules) {
        return 0;
    }
    g_hash_table_iter_init(&iter, modules);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&m)) {
        if (!wrong_arch(m) && has_word(m->objs, type)) {
            return load(m, errp);
        }
    }
    return 0;
}

int module_load_opts(const char *group, Error **errp)
{
    int result = 0;

    scan_dirs();
    if (modules) {
        g_autoptr(GList) list = g_hash_table_get_values(modules);

        for (GList *l = list; l; l = l->next) {
            Module *m = l->data;

            if (!wrong_arch(m) && has_word(m->opts, group)) {
                int ret = load(m, errp);

                if (ret < 0) {
                    return ret;
                }
                result = MAX(result, ret);
            }
        }
    }
    return result;
}

void module_load_qom_all(void)
{
    g_autoptr(GList) list = NULL;

    scan_dirs();
    list = modules ? g_hash_table_get_values(modules) : NULL;
    for (GList *l = list; l; l = l->next) {
        Module *m = l->data;

        if (m->objs->len && !wrong_arch(m) && !m->warned) {
            m->warned = load(m, &error_warn) < 0;
        }
    }
}

void module_foreach_qom(void (*fn)(const char *type, void *opaque),
                        void *opaque)
{
    g_autoptr(GList) list = NULL;

    scan_dirs();
    list = modules ? g_hash_table_get_values(modules) : NULL;
    for (GList *l = list; l; l = l->next) {
        Module *m = l->data;

        for (guint i = 0; !m->loaded && !wrong_arch(m) && i < m->objs->len;
             i++) {
            fn(m->objs->pdata[i], opaque);
        }
    }
}
