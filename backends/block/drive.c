/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -drive: a node and a backend at once, and where they go. */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qobject/qdict.h"
#include "system/blockdev.h"

static const char *const if_names[IF_COUNT] = {
    [IF_NONE] = "none",     [IF_IDE] = "ide",       [IF_SCSI] = "scsi",
    [IF_FLOPPY] = "floppy", [IF_PFLASH] = "pflash", [IF_MTD] = "mtd",
    [IF_SD] = "sd",         [IF_VIRTIO] = "virtio", [IF_XEN] = "xen",
};

/* Units per bus; 0: there is one bus with any number. */
static int units_per_bus[IF_COUNT] = { [IF_IDE] = 2, [IF_SCSI] = 7 };

/* Made, and not asked for by drive_get() yet. */
static GHashTable *claimed;

#define OPT(n, t, h)                                                           \
    {                                                                          \
        .name = n, .type = QEMU_OPT_##t, .help = h                             \
    }

QemuOptsList qemu_drive_opts = {
    .name = "drive",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_drive_opts.head),
    .desc = { OPT("if", STRING, "what the board connects it to, or none"),
              OPT("bus", NUMBER, "the bus"),
              OPT("unit", NUMBER, "the unit on the bus"),
              OPT("index", NUMBER, "the number over all buses"),
              OPT("media", STRING, "disk or cdrom"),
              OPT("file", STRING, "the image"),
              OPT("format", STRING, "raw"),
              OPT("driver", STRING, "the same"),
              OPT("node-name", STRING, "the name of the node"),
              OPT("readonly", BOOL, "do not write"),
              OPT("read-only", BOOL, "do not write"),
              OPT("auto-read-only", BOOL, "do not write if that is forbidden"),
              OPT("force-share", BOOL, "share it in every way"),
              OPT("snapshot", BOOL, "off"),
              OPT("cache", STRING,
                  "writeback, writethrough, none, directsync "
                  "or unsafe"),
              OPT("cache.writeback", BOOL, "complete writes early"),
              OPT("cache.direct", BOOL, "go past the host's page cache"),
              OPT("cache.no-flush", BOOL, "ignore flushes"),
              OPT("aio", STRING, "threads or io_uring"),
              OPT("locking", STRING, "on, off or auto"),
              OPT("discard", STRING, "ignore or unmap"),
              OPT("detect-zeroes", STRING, "off, on or unmap"),
              OPT("werror", STRING, "what a failed write does"),
              OPT("rerror", STRING, "what a failed read does"),
              { 0 } },
};

/*** Finding drives. ***/

void override_max_devs(BlockInterfaceType type, int max_devs)
{
    if (max_devs > 0) {
        units_per_bus[type] = max_devs;
    }
}

static DriveInfo *find(BlockInterfaceType type, int bus, int unit)
{
    BlockBackend *blk = NULL;

    while ((blk = blk_next(blk))) {
        DriveInfo *d = blk_legacy_dinfo(blk);

        if (d && d->type == type && d->bus == bus && d->unit == unit) {
            return d;
        }
    }
    return NULL;
}

DriveInfo *drive_get(BlockInterfaceType type, int bus, int unit)
{
    DriveInfo *d = find(type, bus, unit);

    if (d) {
        if (!claimed) {
            claimed = g_hash_table_new(NULL, NULL);
        }
        g_hash_table_add(claimed, d);
    }
    return d;
}

DriveInfo *drive_get_by_index(BlockInterfaceType type, int index)
{
    int units = units_per_bus[type];

    return units ? drive_get(type, index / units, index % units)
                 : drive_get(type, 0, index);
}

int drive_get_max_bus(BlockInterfaceType type)
{
    BlockBackend *blk = NULL;
    int bus = -1;

    while ((blk = blk_next(blk))) {
        DriveInfo *d = blk_legacy_dinfo(blk);

        if (d && d->type == type) {
            bus = MAX(bus, d->bus);
        }
    }
    return bus;
}

void drive_check_orphaned(void)
{
    BlockBackend *blk = NULL;
    bool orphans = false;

    while ((blk = blk_next(blk))) {
        DriveInfo *d = blk_legacy_dinfo(blk);
        Location loc;

        if (!d || d->type == IF_NONE || d->is_default ||
            blk_get_attached_dev(blk) ||
            (claimed && g_hash_table_contains(claimed, d))) {
            continue;
        }
        loc_push_none(&loc);
        qemu_opts_loc_restore(d->opts);
        error_report("machine type does not support if=%s,bus=%d,unit=%d",
                     if_names[d->type], d->bus, d->unit);
        loc_pop(&loc);
        orphans = true;
    }
    if (orphans) {
        exit(EXIT_FAILURE);
    }
}

void blockdev_mark_auto_del(BlockBackend *blk)
{
    DriveInfo *d = blk_legacy_dinfo(blk);

    if (d) {
        d->auto_del = 1;
    }
}

void blockdev_auto_del(BlockBackend *blk)
{
    DriveInfo *d = blk_legacy_dinfo(blk);

    if (d && d->auto_del) {
        monitor_remove_blk(blk);
        blk_unref(blk);
    }
}

/*** Where it goes. ***/

static bool parse_if(const char *text, BlockInterfaceType fallback,
                     BlockInterfaceType *type, Error **errp)
{
    int i = 0;

    if (!text) {
        *type = fallback == IF_DEFAULT ? IF_NONE : fallback;
        return true;
    }
    while (i < IF_COUNT && strcmp(text, if_names[i])) {
        i++;
    }
    if (i == IF_COUNT) {
        error_setg(errp, "unsupported bus type '%s'", text);
        return false;
    }
    *type = i;
    return true;
}

static bool parse_place(QemuOpts *opts, DriveInfo *d, Error **errp)
{
    int64_t index = qemu_opt_get_number(opts, "index", -1);
    int64_t bus = qemu_opt_get_number(opts, "bus", 0);
    int64_t unit = qemu_opt_get_number(opts, "unit", -1);
    int units = units_per_bus[d->type];

    if (index != -1) {
        if (bus != 0 || unit != -1) {
            error_setg(errp, "index cannot be used with bus and unit");
            return false;
        }
        bus = units ? index / units : 0;
        unit = units ? index % units : index;
    }
    if (unit == -1) {
        /* The first place that is free. */
        for (unit = 0; find(d->type, bus, unit); unit++) {
            if (units && unit + 1 == units) {
                unit = -1;
                bus++;
            }
        }
    }
    if (bus < 0 || bus > INT_MAX || unit < 0 || unit > INT_MAX) {
        error_setg(errp, "bus, unit and index must be 0 to %d", INT_MAX);
        return false;
    }
    if (units && unit >= units) {
        error_setg(errp, "unit %d too big (max is %d)", (int)unit, units - 1);
        return false;
    }
    if (find(d->type, bus, unit)) {
        error_setg(errp, "drive with bus=%d, unit=%d (index=%d) exists",
                   (int)bus, (int)unit, (int)index);
        return false;
    }
    d->bus = bus;
    d->unit = unit;
    return true;
}

static bool parse_media(QemuOpts *opts, DriveInfo *d, Error **errp)
{
    const char *media = qemu_opt_get(opts, "media");

    d->media_cd = media && !strcmp(media, "cdrom");
    if (media && !d->media_cd && strcmp(media, "disk")) {
        error_setg(errp, "'%s' invalid media", media);
        return false;
    }
    return true;
}

static char *default_id(const DriveInfo *d)
{
    const char *media = d->type != IF_IDE && d->type != IF_SCSI ? ""
                        : d->media_cd                           ? "-cd"
                                                                : "-hd";

    return units_per_bus[d->type]
               ? g_strdup_printf("%s%i%s%i", if_names[d->type], d->bus, media,
                                 d->unit)
               : g_strdup_printf("%s%s%i", if_names[d->type], media, d->unit);
}

/*** The image. ***/

typedef struct CacheMode {
    bool writeback, direct, no_flush;
} CacheMode;

static bool parse_cache(QemuOpts *opts, CacheMode *mode, Error **errp)
{
    static const struct {
        const char *name;
        CacheMode mode;
    } modes[] = {
        { "writeback", { true, false, false } },
        { "none", { true, true, false } },
        { "off", { true, true, false } },
        { "writethrough", { false, false, false } },
        { "directsync", { false, true, false } },
        { "unsafe", { true, false, true } },
    };
    const char *name = qemu_opt_get(opts, "cache") ?: "writeback";
    size_t i = 0;

    while (i < ARRAY_SIZE(modes) && strcmp(name, modes[i].name)) {
        i++;
    }
    if (i == ARRAY_SIZE(modes)) {
        error_setg(errp, "invalid cache option");
        return false;
    }
    *mode = modes[i].mode;
    mode->writeback =
        qemu_opt_get_bool(opts, "cache.writeback", mode->writeback);
    mode->direct = qemu_opt_get_bool(opts, "cache.direct", mode->direct);
    mode->no_flush = qemu_opt_get_bool(opts, "cache.no-flush", mode->no_flush);
    return true;
}

static bool parse_on_error(QemuOpts *opts, BlockInterfaceType type,
                           const char *name, BlockdevOnError *action,
                           Error **errp)
{
    const char *text = qemu_opt_get(opts, name);

    if (!text) {
        return true;
    }
    if (type != IF_IDE && type != IF_SCSI && type != IF_VIRTIO &&
        type != IF_NONE) {
        error_setg(errp, "%s is not supported by this bus type", name);
        return false;
    }
    if (strcmp(text, "report") && strcmp(text, "ignore") &&
        strcmp(text, "stop") && (*name == 'r' || strcmp(text, "enospc"))) {
        error_setg(errp, "'%s' invalid %s error action", text,
                   *name == 'r' ? "read" : "write");
        return false;
    }
    *action = qapi_enum_parse(&BlockdevOnError_lookup, text, -1, &error_abort);
    return true;
}

static const char *image_format(QemuOpts *opts, Error **errp)
{
    const char *format = qemu_opt_get(opts, "format");
    const char *driver = qemu_opt_get(opts, "driver");

    if (format && driver) {
        error_setg(errp, "Cannot specify both 'driver' and 'format'");
        return NULL;
    }
    return format ?: driver ?: "";
}

/* An image of a format that is served elsewhere is not taken for a raw one. */
static bool looks_raw(const char *path, Error **errp)
{
    static const struct {
        const char *magic;
        const char *format;
    } formats[] = {
        { "QFI\xfb", "qcow2" },     { "KDMV", "vmdk" },
        { "COWD", "vmdk" },         { "vhdxfile", "vhdx" },
        { "conectix", "vpc" },      { "LUKS\xba\xbe", "luks" },
        { "<<< Oracle VM", "vdi" }, { "WithoutFreeSpace", "parallels" },
    };
    g_autofree char *head = g_malloc0(32);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        return true; /* opening it will say why */
    }
    if (read(fd, head, 32) < 0) {
        *head = '\0';
    }
    close(fd);
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        if (g_str_has_prefix(head, formats[i].magic)) {
            error_setg(errp,
                       "'%s' looks like an image of the format %s; give "
                       "format=raw to use its bytes as they are",
                       path, formats[i].format);
            error_append_hint(errp, "qemu-storage-daemon can serve it, over "
                                    "vhost-user.\n");
            return false;
        }
    }
    return true;
}

static const char *on_off(bool on)
{
    return on ? "on" : "off";
}

static void put_opt(QDict *dict, const char *key, QemuOpts *opts,
                    const char *name)
{
    const char *value = qemu_opt_get(opts, name);

    if (value) {
        qdict_put_str(dict, key, value);
    }
}

/* The node below a raw one, which has the same flags. */
static void put_file(QDict *top, QemuOpts *opts, const char *path)
{
    static const char *const same[] = { "read-only", "auto-read-only",
                                        "cache.direct", "cache.no-flush" };
    struct stat st;
    bool device = stat(path, &st) == 0 && S_ISBLK(st.st_mode);

    qdict_put_str(top, "file.driver", device ? "host_device" : "file");
    qdict_put_str(top, "file.filename", path);
    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        g_autofree char *key = g_strdup_printf("file.%s", same[i]);

        qdict_put_str(top, key, qdict_get_str(top, same[i]));
    }
    put_opt(top, "file.force-share", opts, "force-share");
    put_opt(top, "file.discard", opts, "discard");
    put_opt(top, "file.aio", opts, "aio");
    put_opt(top, "file.locking", opts, "locking");
}

/* The options as -blockdev would have them. */
static QDict *node_dict(QemuOpts *opts, const DriveInfo *d, CacheMode cache,
                        Error **errp)
{
    bool read_only = d->media_cd ||
                     qemu_opt_get_bool(opts, "readonly", false) ||
                     qemu_opt_get_bool(opts, "read-only", false);
    const char *path = qemu_opt_get(opts, "file");
    const char *format = image_format(opts, errp);
    g_autoptr(QDict) top = qdict_new();

    if (!format) {
        return NULL;
    }
    if (g_str_has_prefix(path, "file:")) {
        path += strlen("file:");
    }
    if (!*format && !looks_raw(path, errp)) {
        return NULL;
    }
    if (qemu_opt_get_bool(opts, "snapshot", false)) {
        error_setg(errp, "snapshot=on is not supported: there is no format "
                         "that holds changes");
        return NULL;
    }
    qdict_put_str(top, "driver", *format ? format : "raw");
    put_opt(top, "node-name", opts, "node-name");
    qdict_put_str(top, "read-only", on_off(read_only));
    qdict_put_str(top, "auto-read-only",
                  on_off(qemu_opt_get_bool(opts, "auto-read-only", true)));
    qdict_put_str(top, "cache.direct", on_off(cache.direct));
    qdict_put_str(top, "cache.no-flush", on_off(cache.no_flush));
    put_opt(top, "discard", opts, "discard");
    put_opt(top, "detect-zeroes", opts, "detect-zeroes");
    put_opt(top, "force-share", opts, "force-share");
    if (!*format || !strcmp(format, "raw")) {
        put_file(top, opts, path);
    } else {
        qdict_put_str(top, "filename", path);
        put_opt(top, "aio", opts, "aio");
        put_opt(top, "locking", opts, "locking");
    }
    return g_steal_pointer(&top);
}

static BlockDriverState *open_image(QemuOpts *opts, const DriveInfo *d,
                                    CacheMode cache, Error **errp)
{
    g_autoptr(QDict) flat = node_dict(opts, d, cache, errp);
    QObject *dict = flat ? qdict_crumple(flat, errp) : NULL;
    BlockDriverState *bs = NULL;

    if (dict) {
        bs = blockdev_open_dict(qobject_to(QDict, dict), true, errp);
        qobject_unref(dict);
    }
    return bs;
}

/*** Making one. ***/

static BlockBackend *make_backend(QemuOpts *opts, const DriveInfo *d,
                                  Error **errp)
{
    g_autofree char *id =
        qemu_opts_id(opts) ? g_strdup(qemu_opts_id(opts)) : default_id(d);
    const char *path = qemu_opt_get(opts, "file");
    BlockdevOnError on_read = BLOCKDEV_ON_ERROR_REPORT;
    BlockdevOnError on_write = BLOCKDEV_ON_ERROR_ENOSPC;
    BlockDriverState *bs = NULL;
    BlockBackend *blk;
    CacheMode cache;

    if (!parse_cache(opts, &cache, errp) ||
        !parse_on_error(opts, d->type, "werror", &on_write, errp) ||
        !parse_on_error(opts, d->type, "rerror", &on_read, errp)) {
        return NULL;
    }
    if (path && *path) {
        bs = open_image(opts, d, cache, errp);
        if (!bs) {
            return NULL;
        }
    }
    blk = blk_new(NULL, 0, BLK_PERM_ALL);
    blk_set_enable_write_cache(blk, cache.writeback);
    blk_set_on_error(blk, on_read, on_write);
    if (!monitor_add_blk(blk, id, errp) ||
        (bs && blk_insert_bs(blk, bs, errp) < 0)) {
        blk_unref(blk);
        blk = NULL;
    }
    bdrv_unref(bs);
    return blk;
}

/* The device of if=virtio, on PCI as in QEMU: a board without it refuses. */
static void add_virtio_device(BlockBackend *blk)
{
    QemuOpts *dev =
        qemu_opts_create(qemu_find_opts("device"), NULL, 0, &error_abort);

    qemu_opt_set(dev, "driver", "virtio-blk-pci", &error_abort);
    qemu_opt_set(dev, "drive", blk_name(blk), &error_abort);
}

DriveInfo *drive_new(QemuOpts *opts, BlockInterfaceType block_default_type,
                     Error **errp)
{
    g_autofree DriveInfo *d = g_new0(DriveInfo, 1);
    BlockBackend *blk;

    d->opts = opts;
    if (!parse_if(qemu_opt_get(opts, "if"), block_default_type, &d->type,
                  errp) ||
        !parse_media(opts, d, errp) || !parse_place(opts, d, errp)) {
        return NULL;
    }
    blk = make_backend(opts, d, errp);
    if (!blk) {
        return NULL;
    }
    blk_set_legacy_dinfo(blk, d);
    if (d->type == IF_VIRTIO) {
        add_virtio_device(blk);
    }
    return g_steal_pointer(&d);
}

QemuOpts *drive_add(BlockInterfaceType type, int index, const char *file,
                    const char *optstr)
{
    QemuOpts *opts = qemu_opts_parse_noisily(&qemu_drive_opts, optstr, false);

    if (!opts) {
        return NULL;
    }
    if (type != IF_DEFAULT) {
        qemu_opt_set(opts, "if", if_names[type], &error_abort);
    }
    if (index >= 0) {
        qemu_opt_set_number(opts, "index", index, &error_abort);
    }
    if (file) {
        qemu_opt_set(opts, "file", file, &error_abort);
    }
    return opts;
}

void blockdev_close_all(void)
{
    BlockBackend *blk, *next;

    for (blk = blk_next(NULL); blk; blk = next) {
        next = blk_next(blk);
        if (blk_legacy_dinfo(blk)) {
            /* A device that is still there keeps the backend, not the node. */
            monitor_remove_blk(blk);
            blk_remove_bs(blk);
            blk_unref(blk);
        }
    }
    g_clear_pointer(&claimed, g_hash_table_unref);
    bdrv_close_all();
}
