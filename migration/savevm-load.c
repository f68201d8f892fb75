/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream as the destination reads it. What comes may be hostile: nothing
 * is believed but what the entries check themselves.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "savevm.h"
#include "system/cpus.h"
#include "vmstate/registry.h"

/* A section that has begun, as the stream calls it. */
typedef struct OpenSection {
    char *idstr;
    uint32_t instance_id;
    uint32_t version_id;
} OpenSection;

struct LoadVM {
    QEMUFile *f;
    QEMUFile *outer; /* while @f is a package: what it came in */
    bool stopped;
    GHashTable *sections; /* number -> OpenSection */
    LoadVMCommand *command;
    void *opaque;
};

static void free_section(gpointer p)
{
    OpenSection *open = p;

    g_free(open->idstr);
    g_free(open);
}

/* Whether all that was read so far was there. */
static bool is_complete(QEMUFile *f, const char *what, Error **errp)
{
    ERRP_GUARD();
    Error *err = NULL;
    int ret = qemu_file_get_error_obj(f, &err);

    if (!ret) {
        error_free(err);
        return true;
    }
    error_propagate(errp, err);
    if (!*errp) {
        error_setg_errno(errp, -ret, "the stream ends");
    }
    error_prepend(errp, "%s cannot be read: ", what);
    return false;
}

/* ---- sections ------------------------------------------------------------ */

static bool check_footer(LoadVM *l, const OpenSection *open, uint32_t number,
                         Error **errp)
{
    int kind = qemu_get_byte(l->f);
    uint32_t got;

    if (!is_complete(l->f, "the footer of a section", errp)) {
        error_prepend(errp, "section '%s': ", open->idstr);
        return false;
    }
    if (kind != QEMU_VM_SECTION_FOOTER) {
        error_setg(errp, "Missing section footer for %s", open->idstr);
        return false;
    }
    got = qemu_get_be32(l->f);
    if (!is_complete(l->f, "the footer of a section", errp)) {
        return false;
    }
    if (got != number) {
        error_setg(errp,
                   "Mismatched section id in footer for %s - read "
                   "0x%x expected 0x%x",
                   open->idstr, got, number);
        return false;
    }
    return true;
}

/* Gives the entry what the section has for it. */
static bool load_entry(LoadVM *l, const OpenSection *open, uint32_t number,
                       Error **errp)
{
    ERRP_GUARD();
    SaveStateEntry *se = savevm_find_entry(open->idstr, open->instance_id);
    int ret;

    /* Again, in case it went while there was nothing to read. */
    if (!se) {
        error_setg(errp, "'%s' has gone while it was loaded", open->idstr);
        return false;
    }
    if (se->vmsd) {
        ret = vmstate_load_state(l->f, se->vmsd, se->opaque, open->version_id);
    } else if (se->ops && se->ops->load_state) {
        ret = se->ops->load_state(l->f, se->opaque, open->version_id);
    } else {
        ret = -EINVAL;
    }
    ret = ret ?: qemu_file_get_error(l->f);
    if (ret < 0) {
        Error *err = NULL;

        if (!qemu_file_get_error_obj(l->f, &err)) {
            error_setg_errno(&err, -ret, "it is not as it must be");
        }
        error_setg(errp,
                   "error while loading state for instance 0x%" PRIx32
                   " of device '%s': %s",
                   open->instance_id, open->idstr, error_get_pretty(err));
        error_free(err);
        return false;
    }
    se->loaded = true;
    return check_footer(l, open, number, errp);
}

static bool load_first_part(LoadVM *l, int kind, Error **errp)
{
    OpenSection *open = g_new0(OpenSection, 1);
    char idstr[256];
    uint32_t number;
    SaveStateEntry *se;

    number = qemu_get_be32(l->f);
    qemu_get_counted_string(l->f, idstr);
    open->instance_id = qemu_get_be32(l->f);
    open->version_id = qemu_get_be32(l->f);
    if (!is_complete(l->f, "the name of a section", errp)) {
        g_free(open);
        return false;
    }
    open->idstr = g_strdup(idstr);
    g_hash_table_insert(l->sections, GUINT_TO_POINTER(number), open);

    se = savevm_find_entry(idstr, open->instance_id);
    if (!se) {
        error_setg(errp,
                   "Unknown savevm section or instance '%s' %" PRIu32 ". Make "
                   "sure that your current VM setup matches your saved VM "
                   "setup, including any hotplugged devices",
                   idstr, open->instance_id);
        return false;
    }
    if (open->version_id > (uint32_t)se->version_id) {
        error_setg(errp, "savevm: unsupported version %u for '%s' v%d",
                   open->version_id, idstr, se->version_id);
        return false;
    }
    if (kind == QEMU_VM_SECTION_START && se->vmsd) {
        error_setg(errp, "section '%s' comes in parts, but its state is one",
                   idstr);
        return false;
    }
    return load_entry(l, open, number, errp);
}

static bool load_next_part(LoadVM *l, Error **errp)
{
    uint32_t number = qemu_get_be32(l->f);
    OpenSection *open;

    if (!is_complete(l->f, "the number of a section", errp)) {
        return false;
    }
    open = g_hash_table_lookup(l->sections, GUINT_TO_POINTER(number));
    if (!open) {
        error_setg(errp, "Unknown savevm section %u", number);
        return false;
    }
    return load_entry(l, open, number, errp);
}

/* ---- commands ------------------------------------------------------------ */

/* -1 is any length; those without a name are not supported. */
static const struct {
    const char *name;
    int len;
} commands[MIG_CMD_MAX] = {
    [MIG_CMD_OPEN_RETURN_PATH] = { "OPEN_RETURN_PATH", 0 },
    [MIG_CMD_PING] = { "PING", 4 },
    [MIG_CMD_POSTCOPY_ADVISE] = { "POSTCOPY_ADVISE", -1 },
    [MIG_CMD_POSTCOPY_LISTEN] = { "POSTCOPY_LISTEN", 0 },
    [MIG_CMD_POSTCOPY_RUN] = { "POSTCOPY_RUN", 0 },
    [MIG_CMD_POSTCOPY_RAM_DISCARD] = { "POSTCOPY_RAM_DISCARD", -1 },
    [MIG_CMD_PACKAGED] = { "PACKAGED", 4 },
    [MIG_CMD_POSTCOPY_RESUME] = { "POSTCOPY_RESUME", 0 },
    [MIG_CMD_RECV_BITMAP] = { "RECV_BITMAP", -1 },
    [MIG_CMD_SWITCHOVER_START] = { "SWITCHOVER_START", 0 },
};

static bool tell_switchover(Error **errp)
{
    for (SaveStateEntry *se = savevm_next_entry(NULL); se;
         se = savevm_next_entry(se)) {
        if (se->ops && se->ops->switchover_start &&
            se->ops->switchover_start(se->opaque) < 0) {
            error_setg(errp, "'%s' is not ready for its last part", se->idstr);
            return false;
        }
    }
    return true;
}

unsigned savevm_switchover_acks(void)
{
    unsigned needed = 0;

    for (SaveStateEntry *se = savevm_next_entry(NULL); se;
         se = savevm_next_entry(se)) {
        needed += se->ops && se->ops->switchover_ack_needed &&
                  se->ops->switchover_ack_needed(se->opaque);
    }
    return needed;
}

bool loadvm_get_command(QEMUFile *f, enum qemu_vm_cmd *command, uint16_t *len,
                        uint8_t **data, Error **errp)
{
    unsigned cmd = qemu_get_be16(f);

    *len = qemu_get_be16(f);
    if (!is_complete(f, "a command", errp)) {
        return false;
    }
    if (cmd >= MIG_CMD_MAX || !commands[cmd].name) {
        error_setg(errp, "MIG_CMD 0x%x unknown (len 0x%x)", cmd, *len);
        return false;
    }
    if (commands[cmd].len >= 0 && *len != commands[cmd].len) {
        error_setg(errp, "%s received with bad length - expecting %d, got %u",
                   commands[cmd].name, commands[cmd].len, *len);
        return false;
    }
    *command = cmd;
    *data = g_malloc(*len + 1);
    qemu_get_buffer(f, *data, *len);
    if (!is_complete(f, "a command", errp)) {
        g_free(g_steal_pointer(data));
        return false;
    }
    return true;
}

static bool load_command(LoadVM *l, Error **errp)
{
    g_autofree uint8_t *data = NULL;
    enum qemu_vm_cmd cmd;
    uint16_t len;

    if (!loadvm_get_command(l->f, &cmd, &len, &data, errp)) {
        return false;
    }
    if (cmd == MIG_CMD_SWITCHOVER_START) {
        return tell_switchover(errp);
    }
    return !l->command || l->command(l, cmd, len, data, l->opaque, errp);
}

/* ---- the whole ----------------------------------------------------------- */

static bool load_header(LoadVM *l, Error **errp)
{
    uint32_t magic = qemu_get_be32(l->f), version;
    int kind;

    if (!is_complete(l->f, "the stream's magic number", errp)) {
        return false;
    }
    if (magic != QEMU_VM_FILE_MAGIC) {
        error_setg(errp, "Not a migration stream");
        return false;
    }
    version = qemu_get_be32(l->f);
    kind = qemu_get_byte(l->f);
    if (!is_complete(l->f, "the stream's version", errp)) {
        return false;
    }
    if (version == QEMU_VM_FILE_VERSION_COMPAT) {
        error_setg(errp, "SaveVM v2 format is obsolete and don't work anymore");
        return false;
    }
    if (version != QEMU_VM_FILE_VERSION) {
        error_setg(errp, "Unsupported migration stream version");
        return false;
    }
    if (kind != QEMU_VM_CONFIGURATION) {
        error_setg(errp, "Configuration section missing");
        return false;
    }
    if (loadvm_get_configuration(l->f)) {
        error_setg(errp, "the configuration does not fit this machine");
        return false;
    }
    return true;
}

static bool load_sections(LoadVM *l, Error **errp)
{
    uint8_t *next;

    while (!l->stopped) {
        int kind;
        bool ok;

        if (l->outer && !qemu_peek_buffer(l->f, &next, 1, 0)) {
            return true; /* a package has no other end */
        }
        kind = qemu_get_byte(l->f);

        if (!is_complete(l->f, "the next section", errp)) {
            return false;
        }
        switch (kind) {
        case QEMU_VM_SECTION_START:
        case QEMU_VM_SECTION_FULL:
            ok = load_first_part(l, kind, errp);
            break;
        case QEMU_VM_SECTION_PART:
        case QEMU_VM_SECTION_END:
            ok = load_next_part(l, errp);
            break;
        case QEMU_VM_COMMAND:
            ok = load_command(l, errp);
            break;
        case QEMU_VM_EOF:
            return true;
        default:
            error_setg(errp, "Unknown savevm section type %d", kind);
            ok = false;
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

QEMUFile *loadvm_file(LoadVM *l)
{
    return l->f;
}

bool loadvm_in_package(LoadVM *l)
{
    return l->outer;
}

void loadvm_stop(LoadVM *l)
{
    l->stopped = true;
}

bool loadvm_package(LoadVM *l, QEMUFile *f, Error **errp)
{
    bool ok;

    l->outer = l->f;
    l->f = f;
    ok = load_sections(l, errp);
    l->f = g_steal_pointer(&l->outer);
    return ok;
}

bool loadvm_find_section(LoadVM *l, const char *idstr, uint32_t *number)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, l->sections);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        OpenSection *open = value;

        if (!strcmp(open->idstr, idstr)) {
            *number = GPOINTER_TO_UINT(key);
            return true;
        }
    }
    return false;
}

/* It is of no use here, but in the way of who reads on. */
static bool skip_description(LoadVM *l, Error **errp)
{
    uint8_t buf[4096];
    uint32_t left;
    int kind;

    if (current_machine->suppress_vmdesc || l->stopped) {
        return true;
    }
    kind = qemu_get_byte(l->f);
    if (!is_complete(l->f, "the description", errp)) {
        return false;
    }
    if (kind != QEMU_VM_VMDESCRIPTION) {
        /* All state is here: that is no reason to give up. */
        warn_report("Expected vmdescription section, but got %d", kind);
        return true;
    }
    for (left = qemu_get_be32(l->f); left;) {
        size_t got = qemu_get_buffer(l->f, buf, MIN(left, sizeof(buf)));

        if (!got) {
            break;
        }
        left -= got;
    }
    return is_complete(l->f, "the description", errp);
}

static bool setup_entries(QEMUFile *f, Error **errp)
{
    ERRP_GUARD();

    for (SaveStateEntry *se = savevm_next_entry(NULL); se;
         se = savevm_next_entry(se)) {
        se->loaded = false;
        if (!se->ops || !se->ops->load_setup ||
            (se->ops->is_active && !se->ops->is_active(se->opaque))) {
            continue;
        }
        if (se->ops->load_setup(f, se->opaque, errp) < 0) {
            if (!*errp) {
                error_setg(errp, "it is not ready");
            }
            error_prepend(errp, "state of '%s': ", se->idstr);
            return false;
        }
    }
    return true;
}

static void cleanup_entries(void)
{
    for (SaveStateEntry *se = savevm_next_entry(NULL); se;
         se = savevm_next_entry(se)) {
        if (se->ops && se->ops->load_cleanup) {
            se->ops->load_cleanup(se->opaque);
        }
    }
}

bool loadvm(QEMUFile *f, LoadVMCommand *command, void *opaque, Error **errp)
{
    LoadVM l = {
        .f = f,
        .sections = g_hash_table_new_full(NULL, NULL, NULL, free_section),
        .command = command,
        .opaque = opaque,
    };
    bool ok = false;

    if (!savevm_is_blocked(errp) && load_header(&l, errp) &&
        setup_entries(f, errp)) {
        cpu_synchronize_all_pre_loadvm();
        ok = load_sections(&l, errp) && skip_description(&l, errp);
        if (ok) {
            cpu_synchronize_all_post_init();
        }
    }
    cleanup_entries();
    g_hash_table_destroy(l.sections);
    return ok;
}
