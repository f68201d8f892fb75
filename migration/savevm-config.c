/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration section: what both sides must have in common before it
 * makes sense to read on.
 */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "hw/boards.h"
#include "migration/vmstate.h"
#include "migration/qemu-file-types.h"
#include "options.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/error-report.h"
#include "qemu/uuid.h"
#include "savevm.h"
#include "system/system.h"

/* Longer names are no names. */
#define MAX_NAME 1024

typedef struct Configuration {
    uint32_t len;
    char *name;
    uint32_t target_page_bits;
    uint32_t caps_count;
    MigrationCapability *capabilities;
    QemuUUID uuid;
} Configuration;

static const char *machine_name(void)
{
    return MACHINE_GET_CLASS(current_machine)->name;
}

/* ---- capabilities -------------------------------------------------------- */

static bool any_compared(void)
{
    for (int cap = 0; cap < MIGRATION_CAPABILITY__MAX; cap++) {
        if (migrate_capability_compared(cap) && migrate_capability(cap)) {
            return true;
        }
    }
    return false;
}

static int get_capability(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field)
{
    MigrationCapability *cap = pv;
    char name[256];
    size_t len = qemu_get_counted_string(f, name);
    int value =
        len ? qapi_enum_parse(&MigrationCapability_lookup, name, -1, NULL) : -1;

    if (value < 0) {
        error_report("Received unknown capability %s", len ? name : "''");
        return -EINVAL;
    }
    *cap = value;
    return 0;
}

static int put_capability(QEMUFile *f, void *pv, size_t size,
                          const VMStateField *field, JSONWriter *vmdesc)
{
    MigrationCapability *cap = pv;

    qemu_put_counted_string(f, MigrationCapability_str(*cap));
    return 0;
}

static const VMStateInfo info_capability = {
    .name = "capability",
    .get = get_capability,
    .put = put_capability,
};

static bool capabilities_needed(void *opaque)
{
    return any_compared();
}

static bool has_capability(const Configuration *c, MigrationCapability cap)
{
    for (uint32_t i = 0; i < c->caps_count; i++) {
        if (c->capabilities[i] == cap) {
            return true;
        }
    }
    return false;
}

static bool capabilities_match(const Configuration *c)
{
    bool match = true;

    for (int cap = 0; cap < MIGRATION_CAPABILITY__MAX; cap++) {
        bool here = migrate_capability(cap), there = has_capability(c, cap);

        if (migrate_capability_compared(cap) && here != there) {
            error_report("Capability %s is %s, but received capability is %s",
                         MigrationCapability_str(cap), here ? "on" : "off",
                         there ? "on" : "off");
            match = false;
        }
    }
    return match;
}

/* The number is checked before the array is allocated. */
static bool caps_count_is_sane(void *opaque, int version_id)
{
    Configuration *c = opaque;

    return c->caps_count <= MIGRATION_CAPABILITY__MAX;
}

static const VMStateDescription vmstate_capabilities = {
    .name = "configuration/capabilities",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = capabilities_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_V(caps_count, Configuration, 1),
            VMSTATE_VALIDATE("few capabilities", caps_count_is_sane),
            VMSTATE_VARRAY_UINT32_ALLOC(capabilities, Configuration, caps_count,
                                        1, info_capability,
                                        MigrationCapability),
            VMSTATE_END_OF_LIST(),
        },
};

/* ---- others -------------------------------------------------------------- */

static bool page_bits_needed(void *opaque)
{
    return qemu_target_page_bits() > qemu_target_page_bits_min();
}

static const VMStateDescription vmstate_page_bits = {
    .name = "configuration/target-page-bits",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = page_bits_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(target_page_bits, Configuration),
            VMSTATE_END_OF_LIST(),
        },
};

static bool uuid_needed(void *opaque)
{
    return qemu_uuid_set &&
           migrate_capability(MIGRATION_CAPABILITY_VALIDATE_UUID);
}

static int uuid_post_load(void *opaque, int version_id)
{
    Configuration *c = opaque;
    char there[UUID_STR_LEN], here[UUID_STR_LEN];

    if (!qemu_uuid_set || qemu_uuid_is_equal(&c->uuid, &qemu_uuid)) {
        return 0;
    }
    qemu_uuid_unparse(&c->uuid, there);
    qemu_uuid_unparse(&qemu_uuid, here);
    error_report("UUID received is %s and local is %s", there, here);
    return -EINVAL;
}

static const VMStateDescription vmstate_uuid = {
    .name = "configuration/uuid",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = uuid_needed,
    .post_load = uuid_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8_ARRAY_V(uuid.data, Configuration, sizeof(QemuUUID),
                                  1),
            VMSTATE_END_OF_LIST(),
        },
};

/* ---- the whole ----------------------------------------------------------- */

static bool name_is_sane(void *opaque, int version_id)
{
    Configuration *c = opaque;

    return c->len <= MAX_NAME;
}

static int configuration_post_load(void *opaque, int version_id)
{
    Configuration *c = opaque;
    const char *name = machine_name();

    if (c->len != strlen(name) || memcmp(c->name, name, c->len)) {
        error_report("Machine type received is '%.*s' and local is '%s'",
                     (int)c->len, c->name, name);
        return -EINVAL;
    }
    if (c->target_page_bits != qemu_target_page_bits()) {
        error_report("Received TARGET_PAGE_BITS is %u but local is %d",
                     c->target_page_bits, qemu_target_page_bits());
        return -EINVAL;
    }
    return capabilities_match(c) ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_configuration = {
    .name = "configuration",
    .version_id = 1,
    .post_load = configuration_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(len, Configuration),
            VMSTATE_VALIDATE("short machine name", name_is_sane),
            VMSTATE_VBUFFER_ALLOC_UINT32(name, Configuration, 0, NULL, len),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_page_bits,
            &vmstate_capabilities,
            &vmstate_uuid,
            NULL,
        },
};

static void free_configuration(Configuration *c)
{
    g_free(c->name);
    g_free(c->capabilities);
}

int savevm_put_configuration(QEMUFile *f, JSONWriter *desc)
{
    Configuration c = {
        .len = strlen(machine_name()),
        .name = g_strdup(machine_name()),
        .target_page_bits = qemu_target_page_bits(),
        .capabilities = g_new0(MigrationCapability, MIGRATION_CAPABILITY__MAX),
        .uuid = qemu_uuid,
    };
    int ret;

    for (int cap = 0; cap < MIGRATION_CAPABILITY__MAX; cap++) {
        if (migrate_capability_compared(cap) && migrate_capability(cap)) {
            c.capabilities[c.caps_count++] = cap;
        }
    }
    ret = vmstate_save_state(f, &vmstate_configuration, &c, desc);
    free_configuration(&c);
    return ret;
}

int loadvm_get_configuration(QEMUFile *f)
{
    /* As sources with fixed pages, which say nothing about them. */
    Configuration c = { .target_page_bits = qemu_target_page_bits_min() };
    int ret = vmstate_load_state(f, &vmstate_configuration, &c, 0)
                  ?: qemu_file_get_error(f);

    free_configuration(&c);
    return ret;
}
