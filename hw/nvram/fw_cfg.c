/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The items of the firmware configuration device, and their directory. How a
 * guest gets at them is in fw_cfg-device.c.
 *
 * Files have consecutive keys in the order of their names: adding one moves
 * those behind it up. Firmware looks only when all are there.
 */
#include "qemu/osdep.h"
#include "fw_cfg-internal.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

/*** Tables. ***/

bool fw_cfg_alloc_entries(FWCfgState *s, Error **errp)
{
    uint32_t most = (UINT16_MAX & FW_CFG_ENTRY_MASK) - FW_CFG_FILE_FIRST + 1;

    if (s->file_slots < FW_CFG_FILE_SLOTS_MIN) {
        error_setg(errp, "\"file_slots\" must be at least 0x%x",
                   FW_CFG_FILE_SLOTS_MIN);
        return false;
    }
    if (s->file_slots > most) {
        error_setg(errp, "\"file_slots\" must not exceed 0x%" PRIx32, most);
        return false;
    }
    s->entries[0] = g_new0(FWCfgEntry, fw_cfg_max_entry(s));
    s->entries[1] = g_new0(FWCfgEntry, fw_cfg_max_entry(s));
    s->entry_order = g_new0(int, fw_cfg_max_entry(s));
    return true;
}

static void free_data(FWCfgEntry *e)
{
    if (e->owned) {
        g_free(e->data);
    }
    e->data = NULL;
    e->owned = false;
}

void fw_cfg_free_entries(FWCfgState *s)
{
    for (int arch = 0; arch < 2; arch++) {
        for (uint32_t i = 0; s->entries[arch] && i < fw_cfg_max_entry(s); i++) {
            free_data(&s->entries[arch][i]);
        }
        g_free(s->entries[arch]);
    }
    g_free(s->entry_order);
    g_free(s->files);
}

FWCfgEntry *fw_cfg_entry(FWCfgState *s, uint16_t key)
{
    return &s->entries[!!(key & FW_CFG_ARCH_LOCAL)][key & FW_CFG_ENTRY_MASK];
}

static void set_entry(FWCfgEntry *e, void *data, size_t len, bool owned)
{
    assert(len < UINT32_MAX);
    *e = (FWCfgEntry){ .data = data, .len = len, .owned = owned };
}

/*** Items by key. ***/

static void add_bytes(FWCfgState *s, uint16_t key, void *data, size_t len,
                      bool owned)
{
    key &= ~FW_CFG_WRITE_CHANNEL;
    assert((key & FW_CFG_ENTRY_MASK) < fw_cfg_max_entry(s));
    assert(!fw_cfg_entry(s, key)->data);
    set_entry(fw_cfg_entry(s, key), data, len, owned);
}

static void modify_bytes(FWCfgState *s, uint16_t key, const void *data,
                         size_t len)
{
    FWCfgEntry *e;

    key &= ~FW_CFG_WRITE_CHANNEL;
    assert((key & FW_CFG_ENTRY_MASK) < fw_cfg_max_entry(s));
    e = fw_cfg_entry(s, key);
    free_data(e);
    set_entry(e, g_memdup2(data, len), len, true);
}

void fw_cfg_add_bytes(FWCfgState *s, uint16_t key, void *data, size_t len)
{
    add_bytes(s, key, data, len, false);
}

void fw_cfg_add_string(FWCfgState *s, uint16_t key, const char *value)
{
    add_bytes(s, key, g_strdup(value), strlen(value) + 1, true);
}

void fw_cfg_modify_string(FWCfgState *s, uint16_t key, const char *value)
{
    modify_bytes(s, key, value, strlen(value) + 1);
}

#define NUMBER_ITEM(bits)                                                      \
    void fw_cfg_add_i##bits(FWCfgState *s, uint16_t key, uint##bits##_t value) \
    {                                                                          \
        value = cpu_to_le##bits(value);                                        \
        add_bytes(s, key, g_memdup2(&value, sizeof(value)), sizeof(value),     \
                  true);                                                       \
    }                                                                          \
                                                                               \
    void fw_cfg_modify_i##bits(FWCfgState *s, uint16_t key,                    \
                               uint##bits##_t value)                           \
    {                                                                          \
        value = cpu_to_le##bits(value);                                        \
        modify_bytes(s, key, &value, sizeof(value));                           \
    }

NUMBER_ITEM(16)
NUMBER_ITEM(32)
NUMBER_ITEM(64)

/*** Files. ***/

void fw_cfg_set_order_override(FWCfgState *s, int order)
{
    assert(s->fw_cfg_order_override == 0);
    s->fw_cfg_order_override = order;
}

void fw_cfg_reset_order_override(FWCfgState *s)
{
    assert(s->fw_cfg_order_override != 0);
    s->fw_cfg_order_override = 0;
}

/* What the order of old machines has for a file that nobody put in place. */
#define ORDER_OTHER 200

static bool legacy_order(void)
{
    return current_machine &&
           MACHINE_GET_CLASS(current_machine)->legacy_fw_cfg_order;
}

/* The directory is there from the first file on, with room for all. */
static void make_directory(FWCfgState *s)
{
    size_t size = sizeof(uint32_t) + sizeof(FWCfgFile) * s->file_slots;

    if (!s->files) {
        s->files = g_malloc0(size);
        fw_cfg_add_bytes(s, FW_CFG_FILE_DIR, s->files, size);
    }
}

static int find_file(FWCfgState *s, const char *name)
{
    int count = s->files ? be32_to_cpu(s->files->count) : 0;

    for (int i = 0; i < count; i++) {
        if (!strcmp(s->files->f[i].name, name)) {
            return i;
        }
    }
    return -1;
}

/* Moves the files from @index on up by one. */
static void make_slot(FWCfgState *s, int index, int count)
{
    FWCfgEntry *e = &s->entries[0][FW_CFG_FILE_FIRST];

    for (int i = count; i > index; i--) {
        s->files->f[i] = s->files->f[i - 1];
        s->files->f[i].select = cpu_to_be16(FW_CFG_FILE_FIRST + i);
        s->entry_order[i] = s->entry_order[i - 1];
        e[i] = e[i - 1];
    }
    memset(&s->files->f[index], 0, sizeof(FWCfgFile));
    s->files->f[index].select = cpu_to_be16(FW_CFG_FILE_FIRST + index);
}

/* The sizes of ACPI tables go with the migration stream. */
static void note_acpi_size(FWCfgState *s, const char *name, size_t len)
{
    if (!strcmp(name, "etc/acpi/tables")) {
        s->table_mr_size = len;
    } else if (!strcmp(name, "etc/table-loader")) {
        s->linker_mr_size = len;
    } else if (!strcmp(name, "etc/acpi/rsdp")) {
        s->rsdp_mr_size = len;
    }
}

static FWCfgEntry *add_file(FWCfgState *s, const char *filename, void *data,
                            size_t len, bool owned)
{
    char name[FW_CFG_MAX_FILE_PATH];
    int order = 0, count, i;
    FWCfgEntry *e;

    make_directory(s);
    pstrcpy(name, sizeof(name), filename);
    count = be32_to_cpu(s->files->count);
    assert(count < s->file_slots);
    if (find_file(s, name) >= 0) {
        error_report("duplicate fw_cfg file name: %s", name);
        exit(1);
    }
    if (legacy_order()) {
        order = s->fw_cfg_order_override ?: ORDER_OTHER;
    }
    for (i = count; i > 0; i--) {
        if (order ? s->entry_order[i - 1] <= order
                  : strcmp(s->files->f[i - 1].name, name) < 0) {
            break;
        }
    }
    make_slot(s, i, count);
    s->entry_order[i] = order;
    pstrcpy(s->files->f[i].name, sizeof(name), name);
    s->files->f[i].size = cpu_to_be32(len);
    s->files->count = cpu_to_be32(count + 1);
    e = &s->entries[0][FW_CFG_FILE_FIRST + i];
    set_entry(e, data, len, owned);
    note_acpi_size(s, name, len);
    return e;
}

void fw_cfg_add_file_callback(FWCfgState *s, const char *filename,
                              FWCfgCallback select_cb,
                              FWCfgWriteCallback write_cb,
                              void *callback_opaque, void *data, size_t len,
                              bool read_only)
{
    FWCfgEntry *e = add_file(s, filename, data, len, false);

    e->select_cb = select_cb;
    e->write_cb = write_cb;
    e->callback_opaque = callback_opaque;
    e->allow_write = !read_only;
}

void fw_cfg_add_file(FWCfgState *s, const char *filename, void *data,
                     size_t len)
{
    add_file(s, filename, data, len, false);
}

void fw_cfg_add_file_copy(FWCfgState *s, const char *filename, const void *data,
                          size_t len)
{
    add_file(s, filename, g_memdup2(data, len), len, true);
}

void *fw_cfg_modify_file(FWCfgState *s, const char *filename, void *data,
                         size_t len)
{
    int i = find_file(s, filename);
    FWCfgEntry *e;
    void *old;

    if (i < 0) {
        fw_cfg_add_file(s, filename, data, len);
        return NULL;
    }
    e = &s->entries[0][FW_CFG_FILE_FIRST + i];
    old = e->data;
    set_entry(e, data, len, false);
    s->files->f[i].size = cpu_to_be32(len);
    note_acpi_size(s, filename, len);
    return old;
}

/*** Files of the list of ROMs. ***/

static void rom_add(FWCfgState *s, const char *name, FWCfgCallback select_cb,
                    void *opaque, void *data, size_t len, bool read_only)
{
    fw_cfg_add_file_callback(s, name, select_cb, NULL, opaque, data, len,
                             read_only);
}

static void rom_set_order(FWCfgState *s, int order)
{
    if (order) {
        fw_cfg_set_order_override(s, order);
    } else {
        fw_cfg_reset_order_override(s);
    }
}

static void register_rom_ops(void)
{
    static const RomFirmwareOps ops = {
        .add_file = rom_add,
        .modify_file = fw_cfg_modify_file,
        .set_order = rom_set_order,
    };

    rom_register_firmware_ops(&ops);
}
type_init(register_rom_ops)
