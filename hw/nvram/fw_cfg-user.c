/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items from files, from the user, and from objects that generate them. */
#include "qemu/osdep.h"
#include "fw_cfg-internal.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

void load_image_to_fw_cfg(FWCfgState *fw_cfg, uint16_t size_key,
                          uint16_t data_key, const char *image_name,
                          bool try_decompress)
{
    g_autoptr(GError) err = NULL;
    uint8_t *data = NULL;
    ssize_t packed = -1;
    gsize size;

    if (!image_name) {
        return;
    }
    if (try_decompress) {
        packed = load_image_gzipped_buffer(image_name,
                                           LOAD_IMAGE_MAX_GUNZIP_BYTES, &data);
        size = packed;
    }
    if (packed < 0 &&
        !g_file_get_contents(image_name, (char **)&data, &size, &err)) {
        error_report("failed to load \"%s\": %s", image_name, err->message);
        exit(1);
    }
    fw_cfg_add_i32(fw_cfg, size_key, size);
    fw_cfg_add_bytes(fw_cfg, data_key, data, size);
}

bool fw_cfg_add_file_from_generator(FWCfgState *s, Object *parent,
                                    const char *part, const char *filename,
                                    Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GByteArray) data = NULL;
    Object *obj = object_resolve_path_component(parent, part);

    if (!obj) {
        error_setg(errp, "Cannot find object ID '%s'", part);
        return false;
    }
    if (!object_dynamic_cast(obj, TYPE_FW_CFG_DATA_GENERATOR_INTERFACE)) {
        error_setg(errp, "Object ID '%s' is not a '%s' subclass", part,
                   TYPE_FW_CFG_DATA_GENERATOR_INTERFACE);
        return false;
    }
    data = FW_CFG_DATA_GENERATOR_GET_CLASS(obj)->get_data(obj, errp);
    if (*errp) {
        return false;
    }
    if (data) {
        fw_cfg_add_file_copy(s, filename, data->data, data->len);
    }
    return true;
}

bool fw_cfg_add_user_item(FWCfgState *s, const char *name, const char *file,
                          const char *string, const char *gen_id, Error **errp)
{
    int sources = (file && *file) + (string && *string) + (gen_id && *gen_id);
    g_autoptr(GError) gerr = NULL;
    g_autofree char *data = NULL;
    gsize size;
    bool ok;

    if (!s) {
        error_setg(errp, "fw_cfg device not available");
        return false;
    }
    if (!name || !*name || sources != 1) {
        error_setg(errp, "name, plus exactly one of file, string and gen_id, "
                         "are needed");
        return false;
    }
    if (strlen(name) > FW_CFG_MAX_FILE_PATH - 1) {
        error_setg(errp, "name too long (max. %d char)",
                   FW_CFG_MAX_FILE_PATH - 1);
        return false;
    }
    if (!g_str_has_prefix(name, "opt/") && !(gen_id && *gen_id)) {
        warn_report("externally provided fw_cfg item names should be prefixed "
                    "with \"opt/\"");
    }
    fw_cfg_set_order_override(s, FW_CFG_ORDER_OVERRIDE_USER);
    if (file && *file) {
        ok = g_file_get_contents(file, &data, &size, &gerr);
        if (ok) {
            fw_cfg_add_file_copy(s, name, data, size);
        } else {
            error_setg(errp, "can't load %s: %s", file, gerr->message);
        }
    } else if (string && *string) {
        /* Without its NUL. */
        fw_cfg_add_file_copy(s, name, string, strlen(string));
        ok = true;
    } else {
        ok = fw_cfg_add_file_from_generator(s, object_get_objects_root(),
                                            gen_id, name, errp);
    }
    fw_cfg_reset_order_override(s);
    return ok;
}

static const TypeInfo fw_cfg_user_types[] = {
    {
        .name = TYPE_FW_CFG_DATA_GENERATOR_INTERFACE,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(FWCfgDataGeneratorClass),
    },
};

DEFINE_TYPES(fw_cfg_user_types)
