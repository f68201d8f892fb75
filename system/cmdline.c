/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks argv and hands each option to its handler; prints --help.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "system/cmdline.h"

static void chardev_option_free(gpointer p)
{
    ChardevOption *o = p;

    g_free(o->arg);
    g_free(o);
}

static void dict_option_free(gpointer p)
{
    DictOption *o = p;

    qobject_unref(o->dict);
    g_free(o->arg);
    g_free(o);
}

static void cmdline_init(CmdLine *cl)
{
    *cl = (CmdLine){
        .machine = qdict_new(),
        .objects = g_ptr_array_new_with_free_func(dict_option_free),
        .json_devices = g_ptr_array_new_with_free_func(dict_option_free),
        .chardevs = g_ptr_array_new_with_free_func(chardev_option_free),
    };
}

void cmdline_free(CmdLine *cl)
{
    qobject_unref(cl->machine);
    g_free(cl->accel);
    g_free(cl->cpu);
    g_free(cl->ram_memdev);
    g_free(cl->mem_path);
    g_ptr_array_unref(cl->objects);
    g_ptr_array_unref(cl->json_devices);
    g_ptr_array_unref(cl->chardevs);
    g_free(cl->log_file);
    g_free(cl->log_mask);
    g_free(cl->pidfile);
    g_free(cl->chroot_dir);
    g_free(cl->incoming);
    g_free(cl->incoming_cpr);
    g_free(cl->qtest);
    g_free(cl->qtest_log);
    g_free(cl->display);
}

const CmdOption *cmdline_find_option(const char *name)
{
    for (const CmdOption *o = cmdline_options; o->name || o->synopsis; o++) {
        if ((o->name && !strcmp(o->name, name)) ||
            (o->alias && !strcmp(o->alias, name))) {
            return o;
        }
    }
    return NULL;
}

void cmdline_fail(Error *err)
{
    g_autofree char *hint = g_strdup(error_get_hint(err));

    if (hint && *g_strstrip(hint)) {
        g_strdelimit(hint, "\n", ' ');
        error_report("%s (%s)", error_get_pretty(err), hint);
        error_free(err);
    } else {
        error_report("%s", error_get_pretty(err));
        error_free(err);
    }
    exit(EXIT_FAILURE);
}

/* Handles argv[@i]; returns the index of the next word. */
static int parse_option(CmdLine *cl, int argc, char **argv, int i)
{
    const char *word = argv[i];
    const char *name = word + 1, *arg = NULL;
    const CmdOption *o;
    Error *err = NULL;

    if (*name == '-') {
        name++; /* --machine is -machine */
    }
    loc_set_cmdline(argv, i, 1);
    o = cmdline_find_option(name);
    if (!o) {
        error_setg(&err, "invalid option");
        suggest_option(&err, name);
        cmdline_fail(err);
    }
    if (o->synopsis) {
        if (i + 1 >= argc) {
            error_setg(&err, "requires an argument: %s", o->synopsis);
            cmdline_fail(err);
        }
        arg = argv[++i];
        loc_set_cmdline(argv, i - 1, 2);
    }
    o->handle(cl, arg, &err);
    if (err) {
        cmdline_fail(err);
    }
    return i + 1;
}

/* The user's own defaults, from /etc; -no-user-config leaves them out. */
static void read_user_config(CmdLine *cl, int argc, char **argv)
{
    g_autofree char *dir = get_relocated_path(CONFIG_SYSCONFDIR);
    g_autofree char *path = g_build_filename(dir, "plateau.conf", NULL);
    Error *err = NULL;

    for (int i = 1; i < argc; i++) {
        if (g_str_equal(argv[i], "-no-user-config") ||
            g_str_equal(argv[i], "--no-user-config") ||
            g_str_equal(argv[i], "-nodefconfig")) {
            return;
        }
    }
    if (access(path, R_OK) == 0) {
        cmdline_read_config(cl, path, &err);
        if (err) {
            cmdline_fail(err);
        }
    }
}

void cmdline_parse(CmdLine *cl, int argc, char **argv)
{
    int i = 1;

    cmdline_init(cl);
    read_user_config(cl, argc, argv);
    while (i < argc) {
        if (argv[i][0] != '-') {
            loc_set_cmdline(argv, i, 1);
            error_report("not an option, and disk images come with a later "
                         "version; see %s -help",
                         g_get_prgname());
            exit(EXIT_FAILURE);
        }
        i = parse_option(cl, argc, argv, i);
    }
    loc_set_none();
}

/* --help */

static void print_lines(const char *text, int indent)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (int i = 0; lines[i]; i++) {
        printf("%*s%s\n", i ? indent : 0, "", lines[i]);
    }
}

void cmdline_print_help(void)
{
    printf("usage: %s [options]\n", g_get_prgname());
    for (const CmdOption *o = cmdline_options; o->name || o->synopsis; o++) {
        g_autofree char *head = NULL;

        if (!o->name) {
            printf("\n%s:\n", o->synopsis);
            continue;
        }
        head = g_strdup_printf("-%s%s%s%s%s", o->name, o->alias ? " or -" : "",
                               o->alias ? o->alias : "", o->synopsis ? " " : "",
                               o->synopsis ? o->synopsis : "");
        printf("%-15s ", head);
        if (strlen(head) > 15) {
            printf("\n%16s", "");
        }
        print_lines(o->help, 16);
    }
    printf("\nHMP, QMP and the options of objects are described by the monitor "
           "command\n'help', by query-qmp-schema, and by 'help' as a value: "
           "-device TYPE,help\n");
}
