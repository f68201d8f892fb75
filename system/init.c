/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the command line to a machine, in the order in which things need each
 * other, and back down at the end.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/gdbstub.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/target.h"
#include "memory/listener.h"
#include "migration/migration-init.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/accel.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/datadir.h"
#include "qemu/help_option.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "qom/object_interfaces.h"
#include "qom/qom-qobject.h"
#include "system/blockdev.h"
#include "system/cmdline.h"
#include "system/cpus.h"
#include "system/hostmem.h"
#include "system/numa.h"
#include "system/qtest.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "system/system.h"
#include "trace/control.h"
#include "ui/console.h"

static CmdLine cmdline;
static bool machine_ready;
static NotifierList init_done_notifiers =
    NOTIFIER_LIST_INITIALIZER(init_done_notifiers);
static NotifierList exit_notifiers = NOTIFIER_LIST_INITIALIZER(exit_notifiers);

bool defaults_enabled(void)
{
    return !cmdline.nodefaults;
}

/* Notifiers */

void qemu_add_exit_notifier(Notifier *notify)
{
    notifier_list_add(&exit_notifiers, notify);
}

void qemu_remove_exit_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

/* exit() is called in many places: what must be undone hangs on atexit(). */
static void run_exit_notifiers(void)
{
    bool locked = bql_locked();

    if (!locked) {
        bql_lock();
    }
    notifier_list_notify(&exit_notifiers, NULL);
    if (!locked) {
        bql_unlock();
    }
}

void qemu_add_machine_init_done_notifier(Notifier *notify)
{
    notifier_list_add(&init_done_notifiers, notify);
    if (machine_ready) {
        notify->notify(notify, NULL);
    }
}

void qemu_remove_machine_init_done_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

void qemu_run_machine_init_done_notifiers(void)
{
    machine_ready = true;
    notifier_list_notify(&init_done_notifiers, NULL);
}

/* Before the machine */

void qemu_init_subsystems(void)
{
    Error *err = NULL;

    module_call_init(MODULE_INIT_TRACE);
    module_call_init(MODULE_INIT_QOM);
    os_setup_early_signal_handling();
    cmdline_register_lists();
    module_call_init(MODULE_INIT_OPTS);
    if (qemu_init_main_loop(&err)) {
        cmdline_fail(err);
    }
}

static void setup_logging(const CmdLine *cl)
{
    Error *err = NULL;
    int mask = cl->log_mask ? qemu_str_to_log_mask(cl->log_mask) : 0;

    if (!qemu_set_log_filename_flags(cl->log_file, mask, &err)) {
        cmdline_fail(err);
    }
    if (!trace_init_backends()) {
        exit(EXIT_FAILURE);
    }
    trace_init_file();
}

/* Outlives the command line: removed at the very end. */
static char *pidfile;

static void unlink_pidfile(void)
{
    unlink(pidfile);
}

static void write_pidfile(void)
{
    Error *err = NULL;

    if (!cmdline.pidfile) {
        return;
    }
    pidfile = g_canonicalize_filename(cmdline.pidfile, NULL);
    if (!qemu_write_pidfile(pidfile, &err)) {
        cmdline_fail(err);
    }
    atexit(unlink_pidfile);
}

static int make_chardev(void *opaque, QemuOpts *opts, Error **errp)
{
    ERRP_GUARD();

    if (!qemu_chr_new_from_opts(opts, NULL, errp)) {
        if (!*errp) {
            exit(0); /* it was help */
        }
        return -1;
    }
    return 0;
}

/*
 * -object: memory backends come later, when the machine's size is known; qtest
 * when there are character devices; what shows memory when there is some.
 */
static bool is_late_object(const char *type)
{
    return g_str_has_prefix(type, "memory-backend-") ||
           g_str_has_prefix(type, "playground-") || !strcmp(type, "qtest");
}

static void make_object(DictOption *o)
{
    Error *err = NULL;
    g_autoptr(QDict) props = qdict_clone_shallow(o->dict);
    g_autofree char *type = g_strdup(qdict_get_try_str(props, "qom-type"));
    g_autofree char *id = g_strdup(qdict_get_try_str(props, "id"));
    Visitor *v;

    loc_restore(&o->loc);
    if (!type || !id) {
        error_setg(&err, "Parameter '%s' is missing", type ? "id" : "qom-type");
        cmdline_fail(err);
    }
    qdict_del(props, "qom-type");
    qdict_del(props, "id");
    v = *o->arg == '{' ? qobject_input_visitor_new(QOBJECT(props))
                       : qobject_input_visitor_new_keyval(QOBJECT(props));
    object_unref(user_creatable_add_type(type, id, props, v, &err));
    visit_free(v);
    if (err) {
        suggest_property(&err, type, props);
        if (!object_class_by_name(type)) {
            suggest_type(&err, type, TYPE_USER_CREATABLE);
        }
        cmdline_fail(err);
    }
}

static void make_objects(const CmdLine *cl, bool late)
{
    for (guint i = 0; i < cl->objects->len; i++) {
        DictOption *o = g_ptr_array_index(cl->objects, i);
        const char *type = qdict_get_try_str(o->dict, "qom-type") ?: "";

        if (is_late_object(type) == late) {
            make_object(o);
        }
    }
    loc_set_none();
}

/* The machine */

static MachineClass *select_machine(QDict *dict)
{
    Error *err = NULL;
    const char *type = qdict_get_try_str(dict, "type");
    MachineClass *mc;

    if (type) {
        mc = machine_find_class(type, &err);
    } else {
        mc = machine_find_default();
        if (!mc) {
            error_setg(&err, "No machine specified, and there is no default");
            error_append_hint(&err, "Use -machine help to list the machines\n");
        }
    }
    if (!mc) {
        if (type) {
            suggest_machine(&err, type);
        }
        cmdline_fail(err);
    }
    qdict_del(dict, "type");
    return mc;
}

/* Those of the machine, if it is said which. */
static void help_cpus(CmdLine *cl)
{
    if (cl->machine && qdict_haskey(cl->machine, "type")) {
        machine_create(select_machine(cl->machine));
    }
    list_cpus();
}

/* Until it is here, disks are the source's. */
static bool waits_for_guest(void)
{
    return runstate_check(RUN_STATE_INMIGRATE);
}

static void create_machine(CmdLine *cl)
{
    machine_create(select_machine(cl->machine));
    migration_object_init();
    if (cl->incoming) {
        runstate_set(RUN_STATE_INMIGRATE);
        bdrv_starts_inactive_hook = waits_for_guest;
        rom_set_incoming(true);
    }
    if (cl->incoming_cpr) {
        if (!cl->incoming) {
            error_report("-incoming: with a channel 'cpr' there must be one "
                         "of the type 'main', or 'defer'");
            exit(EXIT_FAILURE);
        }
        migration_incoming_load_cpr(cl->incoming_cpr);
    }
}

/* -machine has some of KVM's options, from before there was -accel. */
static void hand_on_to_kvm(QDict *machine, const char *name)
{
    const char *value = qdict_get_try_str(machine, name);

    if (value) {
        object_register_sugar_prop(ACCEL_CLASS_NAME("kvm"), name, value, false);
        qdict_del(machine, name);
    }
}

static void set_machine_properties(CmdLine *cl)
{
    Error *err = NULL;
    const char *accel = qdict_get_try_str(cl->machine, "accel");
    const char *memdev = qdict_get_try_str(cl->machine, "memory-backend");

    if (accel) {
        cl->accel = g_strdup(accel);
        qdict_del(cl->machine, "accel");
    }
    if (memdev) {
        if (cl->mem_path) {
            error_report("'-mem-path' can't be used together with "
                         "'-machine memory-backend'");
            exit(EXIT_FAILURE);
        }
        cl->ram_memdev = g_strdup(memdev);
        qdict_del(cl->machine, "memory-backend");
    }
    hand_on_to_kvm(cl->machine, "kernel-irqchip");
    hand_on_to_kvm(cl->machine, "kvm-shadow-mem");
    object_set_properties_from_keyval(OBJECT(current_machine), cl->machine,
                                      false, &err);
    if (err) {
        suggest_property(&err, object_get_typename(OBJECT(current_machine)),
                         cl->machine);
        cmdline_fail(err);
    }
}

/* Backends are there now: which of them is the machine's RAM? */
static void connect_memdev(const CmdLine *cl)
{
    Error *err = NULL;
    QDict *mem = qobject_to(QDict, qdict_get(cl->machine, "memory"));
    Object *obj;

    if (!cl->ram_memdev) {
        return;
    }
    obj = object_resolve_path_type(cl->ram_memdev, TYPE_MEMORY_BACKEND, NULL);
    if (!obj) {
        error_report("Memory backend '%s' not found", cl->ram_memdev);
        exit(EXIT_FAILURE);
    }
    if (!mem || !qdict_haskey(mem, "size")) {
        current_machine->ram_size = MEMORY_BACKEND(obj)->size;
        current_machine->maxram_size =
            MAX(current_machine->maxram_size, current_machine->ram_size);
    }
    if (!object_property_set_link(OBJECT(current_machine), "memory-backend",
                                  obj, &err)) {
        cmdline_fail(err);
    }
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    if (running) {
        memory_vm_running();
    }
}

/* Memory stops tracking dirty pages only while the machine runs. */
static void memory_follow_runstate(void)
{
    memory_set_vm_running_hook(runstate_is_running);
    qemu_add_vm_change_state_handler(vm_state_changed, NULL);
}

/* Memory backends, which are prepared side by side. */
static void make_memory(const CmdLine *cl)
{
    Error *err = NULL;

    if (cl->mem_prealloc) {
        object_register_sugar_prop(TYPE_MEMORY_BACKEND, "prealloc", "on",
                                   false);
    }
    host_memory_backends_set_locked(mlock_state != MLOCK_OFF);
    host_memory_backends_begin_async();
    make_objects(cl, true);
    if (!host_memory_backends_end_async(&err)) {
        cmdline_fail(err);
    }
    connect_memdev(cl);
}

/* One -accel, or one name of -machine accel=a:b. True when it runs. */
static bool try_accel(const char *name, QemuOpts *opts, Error **errp)
{
    AccelClass *ac = accel_find(name);
    Error *err = NULL;
    AccelState *accel;
    int ret;

    if (!ac) {
        error_setg(errp, "invalid accelerator %s", name);
        suggest_type(errp, name, TYPE_ACCEL);
        return false;
    }
    accel = ACCEL(object_new_with_class(OBJECT_CLASS(ac)));
    object_apply_compat_props(OBJECT(accel));
    if (opts) {
        g_autoptr(QDict) props = qemu_opts_to_qdict(opts, NULL);

        qdict_del(props, "accel");
        qdict_del(props, "id");
        object_set_properties_from_keyval(OBJECT(accel), props, false, &err);
        if (err) {
            suggest_property(&err, object_get_typename(OBJECT(accel)), props);
            cmdline_fail(err);
        }
    }
    ret = accel_init_machine(accel, current_machine);
    if (ret < 0) {
        if (accel->error) {
            error_propagate_prepend(errp, g_steal_pointer(&accel->error),
                                    "failed to initialize %s: ", name);
        } else {
            error_setg_errno(errp, -ret, "failed to initialize %s", name);
        }
        object_unref(OBJECT(accel));
        return false;
    }
    accel_init_interfaces(ac);
    return true;
}

static int accel_from_opts(void *opaque, QemuOpts *opts, Error **errp)
{
    bool *failed = opaque;
    Error *err = NULL;

    if (try_accel(qemu_opt_get(opts, "accel"), opts, &err)) {
        return 1;
    }
    error_report_err(err); /* there may be another one to try */
    *failed = true;
    return 0;
}

static bool accel_from_names(const char *list, bool *failed)
{
    g_auto(GStrv) names = g_strsplit(list, ":", -1);
    Error *err = NULL;

    for (char **name = names; *name; name++) {
        if (try_accel(*name, NULL, &err)) {
            return true;
        }
        error_report_err(err);
        err = NULL;
        *failed = true;
    }
    return false;
}

static void configure_accelerators(const CmdLine *cl)
{
    QemuOptsList *list = qemu_find_opts("accel");
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);
    bool failed = false, done;

    if (!QTAILQ_EMPTY(&list->head)) {
        if (cl->accel) {
            error_report("The -accel and \"-machine accel=\" options are "
                         "incompatible");
            exit(EXIT_FAILURE);
        }
        done = qemu_opts_foreach(list, accel_from_opts, &failed, NULL);
    } else if (cl->accel || machine_class_default_cpu_type(mc)) {
        done = accel_from_names(cl->accel ?: "soft", &failed);
    } else {
        return; /* a machine without CPUs needs none */
    }
    if (!done) {
        exit(EXIT_FAILURE); /* said why */
    }
    if (failed && !cl->qtest) {
        error_report("falling back to %s", current_accel_name());
    }
}

static void select_cpu(const CmdLine *cl)
{
    Error *err = NULL;

    if (!machine_set_cpu(current_machine, cl->cpu, &err)) {
        cmdline_fail(err);
    }
}

/* Fails here, where the location names the option. */
static void QEMU_NORETURN fail_device(QemuOpts *opts, Error *err)
{
    g_autoptr(QDict) dict = qemu_opts_to_qdict(opts, NULL);
    const char *driver = qdict_get_try_str(dict, "driver");

    if (driver && object_class_by_name(driver)) {
        suggest_property(&err, driver, dict);
    } else if (driver) {
        suggest_type(&err, driver, TYPE_DEVICE);
    }
    cmdline_fail(err);
}

static int make_device(void *opaque, QemuOpts *opts, Error **errp)
{
    Error *err = NULL;
    DeviceState *dev = qdev_device_add(opts, &err);

    if (err) {
        fail_device(opts, err);
    }
    object_unref(OBJECT(dev)); /* NULL where it is not made yet */
    return 0;
}

static void make_devices(const CmdLine *cl)
{
    Error *err = NULL;

    qemu_opts_foreach(&qemu_device_opts, make_device, NULL, &error_abort);
    for (guint i = 0; i < cl->json_devices->len; i++) {
        DictOption *o = g_ptr_array_index(cl->json_devices, i);
        DeviceState *dev;

        loc_restore(&o->loc);
        dev = qdev_device_add_from_qdict(o->dict, true, &err);
        if (!dev) {
            cmdline_fail(err);
        }
        object_unref(OBJECT(dev));
    }
    loc_set_none();
}

static void start_qtest(const CmdLine *cl)
{
    Error *err = NULL;

    if (qtest_enabled()) {
        /* What the test sees must depend on its own clock alone. */
        monitor_set_event_clock(QEMU_CLOCK_VIRTUAL);
    }
    if (cl->qtest) {
        qtest_server_init(cl->qtest, cl->qtest_log, &err);
        if (err) {
            cmdline_fail(err);
        }
    }
}

/* Serial ports and monitors */

static GPtrArray *serials;

Chardev *serial_hd(int i)
{
    return serials && i < (int)serials->len ? g_ptr_array_index(serials, i)
                                            : NULL;
}

static void connect_serial(const char *arg)
{
    g_autofree char *label = NULL;
    Chardev *chr = NULL;

    if (!serials) {
        serials = g_ptr_array_new();
    }
    label = g_strdup_printf("serial%u", serials->len);
    if (strcmp(arg, "none")) {
        chr = qemu_chr_new_mux_mon(label, arg, NULL);
        if (!chr && g_str_has_prefix(arg, "chardev:")) {
            error_report("could not connect serial device to character "
                         "backend '%s'",
                         arg);
        }
        if (!chr) {
            exit(EXIT_FAILURE); /* said why */
        }
    }
    g_ptr_array_add(serials, chr);
}

static void connect_monitor(const char *arg, const char *mode, bool pretty)
{
    static int number;
    Error *err = NULL;
    QemuOpts *opts;
    const char *chardev;
    g_autofree char *label = NULL;

    if (strstart(arg, "chardev:", &chardev)) {
        label = g_strdup(chardev);
    } else {
        label = g_strdup_printf("compat_monitor%d", number++);
        opts = qemu_chr_parse_compat(label, arg, true);
        if (!opts) {
            exit(EXIT_FAILURE);
        }
        qemu_opts_del(opts);
        if (!qemu_chr_new(label, arg, NULL)) {
            exit(EXIT_FAILURE); /* said why */
        }
    }
    opts = qemu_opts_create(&qemu_mon_opts, label, 1, &err);
    if (!opts) {
        cmdline_fail(err);
    }
    qemu_opt_set(opts, "mode", mode, &error_abort);
    qemu_opt_set(opts, "chardev", label, &error_abort);
    if (pretty) {
        qemu_opt_set_bool(opts, "pretty", true, &error_abort);
    }
}

/* Whether a VNC server will show consoles. */
static int is_vnc(void *opaque, QemuOpts *opts, Error **errp)
{
    return strcmp(qemu_opt_get(opts, "vnc"), "none") != 0;
}

static bool have_vnc(void)
{
    return qemu_opts_foreach(qemu_find_opts("vnc"), is_vnc, NULL, NULL);
}

/* The machine stands, and all its screens. */
static int open_vnc(void *opaque, QemuOpts *opts, Error **errp)
{
    Error *err = NULL;

    if (vnc_init_func(NULL, opts, &err) < 0) {
        cmdline_fail(err);
    }
    return 0;
}

static void open_displays(void)
{
    qemu_display_init(init_displaystate(), display_options());
    qemu_opts_foreach(qemu_find_opts("vnc"), open_vnc, NULL, &error_abort);
}

static int make_monitor(void *opaque, QemuOpts *opts, Error **errp)
{
    Error *err = NULL;

    if (monitor_init_opts(opts, &err) < 0) {
        cmdline_fail(err);
    }
    return 0;
}

/*
 * What a user gets who asked for nothing: a monitor on the terminal; with a
 * display, what QEMU shows there.
 */
static void connect_defaults(CmdLine *cl)
{
    bool terminal = !cl->daemonize && isatty(STDIN_FILENO) &&
                    isatty(STDOUT_FILENO) && !cl->display;
    const char *vc = have_vnc() ? qemu_display_get_vc(display_options()) : NULL;

    if (cl->nodefaults || cl->have_serial) {
        if (!cl->have_monitor && !cl->nodefaults && cl->nographic) {
            connect_monitor("stdio", "readline", false);
        }
        return;
    }
    if (cl->nographic && cl->daemonize) {
        error_report("-nographic cannot be used with -daemonize");
        exit(EXIT_FAILURE);
    }
    if (vc && !cl->nographic) {
        connect_serial(vc);
        if (!cl->have_monitor) {
            connect_monitor(vc, "readline", false);
        }
    } else if ((cl->nographic || terminal) && !cl->have_monitor) {
        connect_serial("mon:stdio");
    } else if (cl->nographic) {
        connect_serial("stdio");
    } else {
        connect_serial("null");
    }
}

static void connect_chardevs(CmdLine *cl)
{
    for (guint i = 0; i < cl->chardevs->len; i++) {
        ChardevOption *o = g_ptr_array_index(cl->chardevs, i);

        loc_restore(&o->loc);
        switch (o->kind) {
        case DEV_SERIAL:
            connect_serial(o->arg);
            break;
        case DEV_MONITOR:
            connect_monitor(o->arg, "readline", false);
            break;
        case DEV_QMP:
            connect_monitor(o->arg, "control", false);
            break;
        case DEV_QMP_PRETTY:
            connect_monitor(o->arg, "control", true);
            break;
        }
    }
    loc_set_none();
    connect_defaults(cl);
    qemu_opts_foreach(&qemu_mon_opts, make_monitor, NULL, &error_abort);
}

static void lock_memory(void)
{
    Error *err = NULL;

    if (mlock_state != MLOCK_OFF &&
        !os_mlock(mlock_state == MLOCK_ON_FAULT, &err)) {
        cmdline_fail(err);
    }
}

static int apply_sandbox(void *opaque, QemuOpts *opts, Error **errp)
{
    Error *err = NULL;

    seccomp_setup(opts, &err);
    if (err) {
        cmdline_fail(err);
    }
    return 0;
}

static void start_gdbserver(CmdLine *cl)
{
    Error *err = NULL;

    if (!cl->gdb) {
        return;
    }
    loc_restore(&cl->gdb_loc);
    if (!gdbserver_start(cl->gdb, &err)) {
        cmdline_fail(err);
    }
    loc_set_none();
}

/* The board and all that stands on it, in a machine that is configured. */
static void finish_machine(void)
{
    Error *err = NULL;

    boot_check_options();
    machine_run_board_init(current_machine, cmdline.mem_path, &err);
    if (err) {
        cmdline_fail(err);
    }
    boot_add_fw_cfg_items();
    make_devices(&cmdline);
    drive_check_orphaned();
    qdev_prop_check_globals();
    qemu_run_machine_init_done_notifiers();
    boot_dump_dtb();
    if (rom_check_and_register_reset()) {
        exit(EXIT_FAILURE); /* said why */
    }
    cpu_synchronize_all_post_init();
    qdev_machine_creation_done();
    open_displays();
    lock_memory();
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);

    autostart = !cmdline.stopped;
    os_apply_chroot_and_runas(&cmdline, &err);
    if (err) {
        cmdline_fail(err);
    }
    os_setup_post(&cmdline);
    start_gdbserver(&cmdline);
    if (cmdline.incoming) {
        migration_incoming_start(cmdline.incoming);
    } else if (autostart) {
        vm_start();
    }
}

void qmp_x_exit_preconfig(Error **errp)
{
    if (phase_check(PHASE_MACHINE_INITIALIZED)) {
        error_setg(errp, "The command is permitted only before machine "
                         "initialization");
        return;
    }
    finish_machine();
}

void qemu_init(int argc, char **argv)
{
    Error *err = NULL;
    const char *target = target_from_argv0(argv[0]);

    error_init(argv[0]);
    qemu_init_exec_dir(argv[0]);
    qemu_init_subsystems();
    if (target && !target_select(target, &err)) {
        cmdline_fail(err);
    }
    cmdline_parse(&cmdline, argc, argv);
    if (cmdline.cpu && is_help_option(cmdline.cpu)) {
        help_cpus(&cmdline);
        exit(EXIT_SUCCESS);
    }
    qemu_add_default_firmwarepath(); /* behind those of -L */
    if (cmdline.preconfig && cmdline.daemonize) {
        error_report("'preconfig' and 'daemonize' options are mutually "
                     "exclusive");
        exit(EXIT_FAILURE);
    }

    if (cmdline.daemonize) {
        qemu_chr_forbid_stdio();
        os_daemonize();
    }
    /*
     * Whoever forks from now on executes another program. It must not wait for
     * readers, who may wait for the big lock that it has.
     */
    rcu_disable_atfork();
    bql_lock();
    atexit(run_exit_notifiers);
    setup_logging(&cmdline);
    write_pidfile();
    os_setup_signal_handling();

    memory_map_init();
    memory_follow_runstate();
    rtc_configure(qemu_find_opts_singleton("rtc"), &err);
    if (err) {
        cmdline_fail(err);
    }
    create_machine(&cmdline);
    monitor_init_globals();
    make_objects(&cmdline, false);
    suspend_mux_open(); /* prompts come when all is there */
    qemu_opts_foreach(&qemu_chardev_opts, make_chardev, NULL, &error_fatal);
    block_make_all(); /* the machine's properties may name them */
    set_machine_properties(&cmdline);
    configure_accelerators(&cmdline);
    start_qtest(&cmdline);
    select_cpu(&cmdline);
    make_memory(&cmdline);
    parse_numa_opts(current_machine);
    connect_chardevs(&cmdline);
    qemu_opts_foreach(qemu_find_opts("sandbox"), apply_sandbox, NULL,
                      &error_abort);

    if (!cmdline.preconfig) {
        finish_machine();
    }
    resume_mux_open();
}

int qemu_main_loop(void)
{
    int status = EXIT_SUCCESS;

    while (!main_loop_should_exit(&status)) {
        main_loop_wait(false);
    }
    return status;
}

void qemu_cleanup(int status)
{
    dump_shutdown();
    migration_shutdown();
    vm_shutdown();
    vnc_cleanup();
    monitor_cleanup();
    qemu_chr_cleanup();
    user_creatable_cleanup();
    blockdev_close_all();
    cmdline_free(&cmdline);
    if (serials) {
        g_ptr_array_unref(serials);
    }
}
