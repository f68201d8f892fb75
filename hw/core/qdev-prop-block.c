/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties that are block backends, and what devices ask of these. */
#include "qemu/osdep.h"
#include "hw/block/block.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qapi/qapi-types-block-core.h"
#include "qapi/visitor.h"
#include "system/block-backend.h"
#include "system/blockdev.h"
#include "qdev-prop-internal.h"

/*** Drives. ***/

static void drive_get_prop(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    BlockBackend *blk = *(BlockBackend **)object_field_prop_ptr(obj, opaque);
    const char *text = blk ? blk_name(blk) : "";
    char *copy;

    if (blk && !*text && blk_bs(blk)) {
        text = bdrv_get_node_name(blk_bs(blk));
    }
    copy = g_strdup(text);
    visit_type_str(v, name, &copy, errp);
    g_free(copy);
}

/* The backend of that name, or a new one with the node. A reference. */
static BlockBackend *find_backend(Object *obj, const char *prop,
                                  const char *name, Error **errp)
{
    BlockBackend *blk = blk_by_name(name);
    BlockDriverState *bs;

    if (blk) {
        blk_ref(blk);
        return blk;
    }
    bs = bdrv_find_node(name);
    if (bs) {
        return blk_new_with_bs(bs, 0, BLK_PERM_ALL, errp);
    }
    error_setg(errp, "Property '%s.%s' can't find value '%s'",
               object_get_typename(obj), prop, name);
    return NULL;
}

static bool attach(BlockBackend *blk, DeviceState *dev, const char *name,
                   Error **errp)
{
    DriveInfo *d = blk_legacy_dinfo(blk);

    if (blk_attach_dev(blk, dev) == 0) {
        return true;
    }
    if (d && d->type != IF_NONE) {
        error_setg(errp,
                   "Drive '%s' is already in use because it has been "
                   "automatically connected to another device (did you need "
                   "'if=none' in the drive options?)",
                   name);
    } else {
        error_setg(errp, "Drive '%s' is already in use by another device",
                   name);
    }
    return false;
}

static void release_backend(DeviceState *dev, BlockBackend **field)
{
    if (*field) {
        blockdev_auto_del(*field);
        blk_detach_dev(*field, dev);
        *field = NULL;
    }
}

static void drive_set_prop(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    BlockBackend **field = object_field_prop_ptr(obj, opaque);
    DeviceState *dev = DEVICE(obj);
    g_autofree char *value = NULL;
    BlockBackend *blk;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    if (!*value) {
        release_backend(dev, field);
        return;
    }
    blk = find_backend(obj, name, value, errp);
    if (!blk) {
        return;
    }
    if (attach(blk, dev, value, errp)) {
        release_backend(dev, field);
        *field = blk;
    }
    blk_unref(blk); /* being attached is another reference */
}

static void drive_release(Object *obj, const char *name, void *opaque)
{
    release_backend(DEVICE(obj), object_field_prop_ptr(obj, opaque));
}

const PropertyInfo qdev_prop_drive = {
    .type = "str",
    .description = "Node name or ID of a block device to use as a backend",
    .realized_set_allowed = false,
    .get = drive_get_prop,
    .set = drive_set_prop,
    .release = drive_release,
};

const PropertyInfo qdev_prop_drive_iothread = {
    .type = "str",
    .description = "Node name or ID of a block device to use as a backend",
    .realized_set_allowed = false,
    .get = drive_get_prop,
    .set = drive_set_prop,
    .release = drive_release,
};

bool qdev_prop_set_drive_err(DeviceState *dev, const char *name,
                             BlockBackend *value, Error **errp)
{
    const char *text = "";

    if (value) {
        text = blk_name(value);
        if (!*text && blk_bs(value)) {
            text = bdrv_get_node_name(blk_bs(value));
        }
    }
    return object_property_set_str(OBJECT(dev), name, text, errp);
}

void qdev_prop_set_drive(DeviceState *dev, const char *name,
                         BlockBackend *value)
{
    qdev_prop_set_drive_err(dev, name, value, &error_abort);
}

const PropertyInfo qdev_prop_blockdev_on_error = {
    .type = "BlockdevOnError",
    .description = "Error handling policy, "
                   "report/ignore/enospc/stop/auto",
    .enum_table = &BlockdevOnError_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

/*** What devices ask. ***/

static char *device_name(DeviceState *dev)
{
    return dev->id ? g_strdup(dev->id) : object_get_canonical_path(OBJECT(dev));
}

bool blk_check_size_and_read_all(BlockBackend *blk, DeviceState *dev, void *buf,
                                 hwaddr size, Error **errp)
{
    g_autofree char *name = device_name(dev);
    const char *type = object_get_typename(OBJECT(dev));
    int64_t length = blk_getlength(blk);
    int ret = 0;

    if (length < 0) {
        error_setg_errno(errp, -length, "can't get size of %s block backend",
                         blk_name(blk));
        return false;
    }
    if (length != size) {
        error_setg(errp,
                   "%s device '%s' requires %" HWADDR_PRIu " bytes, %s block "
                   "backend provides %" PRIu64 " bytes",
                   type, name, size, blk_name(blk), length);
        return false;
    }
    for (hwaddr at = 0; at < size && !ret; at += BDRV_REQUEST_MAX_BYTES) {
        ret = blk_pread(blk, at, MIN(size - at, BDRV_REQUEST_MAX_BYTES),
                        (uint8_t *)buf + at, 0);
    }
    if (ret < 0) {
        error_setg_errno(errp, -ret,
                         "can't read %s block backend for %s device '%s'",
                         blk_name(blk), type, name);
        return false;
    }
    return true;
}

/* What was not given: 512 bytes, or with backend_defaults the host's. */
bool blkconf_blocksizes(BlockConf *conf, Error **errp)
{
    BlockSizes sizes = { BDRV_SECTOR_SIZE, BDRV_SECTOR_SIZE };
    bool ask = conf->backend_defaults == ON_OFF_AUTO_ON;

    if (ask && blk_probe_blocksizes(conf->blk, &sizes) < 0) {
        sizes = (BlockSizes){ BDRV_SECTOR_SIZE, BDRV_SECTOR_SIZE };
    }
    if (!conf->physical_block_size) {
        conf->physical_block_size = sizes.phys;
    }
    if (!conf->logical_block_size) {
        conf->logical_block_size = sizes.log;
    }
    if (ask && conf->discard_granularity == -1 &&
        blk_get_request_alignment(conf->blk) != 1) {
        conf->discard_granularity = blk_get_request_alignment(conf->blk);
    }
    if (conf->logical_block_size > conf->physical_block_size) {
        error_setg(errp, "logical_block_size > physical_block_size not "
                         "supported");
        return false;
    }
    if (conf->min_io_size % conf->logical_block_size) {
        error_setg(errp,
                   "min_io_size must be a multiple of logical_block_size");
        return false;
    }
    if (conf->min_io_size / conf->logical_block_size > UINT16_MAX) {
        error_setg(errp, "min_io_size must not exceed %u logical blocks",
                   UINT16_MAX);
        return false;
    }
    if (conf->opt_io_size && conf->opt_io_size % conf->logical_block_size) {
        error_setg(errp,
                   "opt_io_size must be a multiple of logical_block_size");
        return false;
    }
    if (conf->discard_granularity != -1 &&
        conf->discard_granularity % conf->logical_block_size) {
        error_setg(errp, "discard_granularity must be a multiple of "
                         "logical_block_size");
        return false;
    }
    return true;
}

static BlockdevOnError or_default(BlockdevOnError wanted, BlockBackend *blk,
                                  bool is_read)
{
    return wanted == BLOCKDEV_ON_ERROR_AUTO ? blk_get_on_error(blk, is_read)
                                            : wanted;
}

bool blkconf_apply_backend_options(BlockConf *conf, bool readonly,
                                   bool resizable, Error **errp)
{
    BlockBackend *blk = conf->blk;
    uint64_t perm = BLK_PERM_CONSISTENT_READ | (readonly ? 0 : BLK_PERM_WRITE);
    uint64_t shared = BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE_UNCHANGED |
                      (resizable ? BLK_PERM_RESIZE : 0) |
                      (conf->share_rw ? BLK_PERM_WRITE : 0);

    if (blk_set_perm(blk, perm, shared, errp) < 0) {
        return false;
    }
    if (conf->wce != ON_OFF_AUTO_AUTO) {
        blk_set_enable_write_cache(blk, conf->wce == ON_OFF_AUTO_ON);
    }
    blk_set_on_error(blk, or_default(conf->rerror, blk, true),
                     or_default(conf->werror, blk, false));
    block_acct_setup(blk_get_stats(blk), conf->account_invalid,
                     conf->account_failed);
    return true;
}
