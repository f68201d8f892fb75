/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up hooks, and modules that are loaded when they are needed.
 *
 * type_init(fn) and its siblings register fn before main(); the program runs
 * all of a kind with module_call_init(). Within a kind they run in the order
 * of registration. In a shared object they run when it is loaded, for the
 * kinds that have been called already.
 *
 * A module is a shared object NAME.so in one of the module directories:
 * $PLATEAU_MODULE_DIR, $QEMU_MODULE_DIR (each a list separated by ':'), then
 * CONFIG_MODDIR below the place of installation. What it holds is known
 * without loading it from a text file NAME.modinfo beside it:
 *   obj TYPE      a QOM type that it registers
 *   dep NAME      another module that must be loaded before it
 *   arch NAME     only for this target
 *   opts GROUP    an option group that it adds
 *   version N     the version of Plateau that it was built for; another one is
 *                 refused when it is to be loaded
 * One word pair a line; '#' starts a comment; a line of any other kind is
 * ignored. The directories are read once, at the first question.
 *
 * All this runs under the big lock or before threads start.
 */
#ifndef QEMU_MODULE_H
#define QEMU_MODULE_H

#include <stdbool.h>
#include "qemu/compiler.h"
#include "qemu/typedefs.h"

typedef enum {
    MODULE_INIT_MIGRATION,
    MODULE_INIT_BLOCK,
    MODULE_INIT_OPTS,
    MODULE_INIT_QOM,
    MODULE_INIT_TRACE,
    MODULE_INIT_XEN_BACKEND,
    MODULE_INIT_LIBQOS,
    MODULE_INIT_FUZZ_TARGET,
    MODULE_INIT_MAX
} module_init_type;

/* Use one of those below instead. */
#define module_init(function, type)                                      \
    static void __attribute__((constructor))                             \
        glue(do_qemu_init_, function)(void)                              \
    {                                                                    \
        register_module_init(function, type);                            \
    }

#define migration_init(function) module_init(function, MODULE_INIT_MIGRATION)
#define block_init(function)  module_init(function, MODULE_INIT_BLOCK)
#define opts_init(function)   module_init(function, MODULE_INIT_OPTS)
#define type_init(function)   module_init(function, MODULE_INIT_QOM)
#define trace_init(function)  module_init(function, MODULE_INIT_TRACE)
#define xen_backend_init(function)                                       \
    module_init(function, MODULE_INIT_XEN_BACKEND)
#define libqos_init(function) module_init(function, MODULE_INIT_LIBQOS)
#define fuzz_target_init(function)                                       \
    module_init(function, MODULE_INIT_FUZZ_TARGET)

/* What the macros call. @fn runs at module_call_init(@type), once. */
void register_module_init(void (*fn)(void), module_init_type type);
/* QEMU's name for the same from a shared object. */
void register_dso_module_init(void (*fn)(void), module_init_type type);

/* Runs what is registered for @type; a second call runs what is new. */
void module_call_init(module_init_type type);

/*
 * Loads module @prefix@name ("chardev-" "spice") and those it depends on:
 * 1 when it was loaded now, 2 when it is there already or built in, 0 when
 * it or one that it needs is not installed, -1 with @errp set when it is
 * there but cannot be used.
 */
int module_load(const char *prefix, const char *name, Error **errp);
#define block_module_load(lib, errp) module_load("block-", lib, errp)
#define ui_module_load(lib, errp)    module_load("ui-", lib, errp)
#define audio_module_load(lib, errp) module_load("audio-", lib, errp)

/* The same for the module that holds QOM type @type; 0: no module has it. */
int module_load_qom(const char *type, Error **errp);
/* Loads every module that holds a QOM type; warns once of each that fails. */
void module_load_qom_all(void);
/* Calls @fn for each QOM type that a module not yet loaded has. */
void module_foreach_qom(void (*fn)(const char *type, void *opaque),
                        void *opaque);
/* Loads those with @group as an option group; as module_load(). */
int module_load_opts(const char *group, Error **errp);
/* Modules with an `arch` line are for this one only. Not copied. */
void module_allow_arch(const char *arch);

/*
 * What a module's source says of itself. These put lines as of the .modinfo
 * file into the object's section ".modinfo", which a build makes that file of:
 *   objcopy -O binary -j .modinfo NAME.so NAME.modinfo
 * In the main program (without BUILD_DSO) they are nothing.
 */
#ifdef BUILD_DSO
#define MODINFO_CAT_(a, b) a##b
#define MODINFO_NAME_(n) MODINFO_CAT_(modinfo_, n)
#define modinfo(kind, value)                                             \
    static const char MODINFO_NAME_(__COUNTER__)[]                       \
        __attribute__((used, section(".modinfo"))) =                     \
            stringify(kind) " " value "\n"
/* Said by every source that includes this. */
modinfo(version, PLATEAU_VERSION);
#else
#define modinfo(kind, value)                                             \
    _Static_assert(1, "module information is for modules")
#endif
#define module_obj(name)     modinfo(obj, name)
#define module_dep(name)     modinfo(dep, name)
#define module_arch(name)    modinfo(arch, name)
#define module_opts(name)    modinfo(opts, name)
#define module_kconfig(name) modinfo(kconfig, #name)

/* A table of modules, for a program that has it built in. */
typedef struct QemuModinfo QemuModinfo;
struct QemuModinfo {
    const char *name;
    const char *arch;
    const char **objs;
    const char **deps;
    const char **opts;
};
/* Adds the table (ended by an entry without name) to what is known. */
void module_init_info(const QemuModinfo *info);

#endif
