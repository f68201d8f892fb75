/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stream as the source writes it. */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "hw/boards.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qobject/json-writer.h"
#include "savevm.h"
#include "system/cpus.h"
#include "vmstate/blocker.h"
#include "vmstate/registry.h"

struct SaveVM {
    QEMUFile *f;
    JSONWriter *desc; /* NULL if the machine wants none */
};

SaveVM *savevm_new(QEMUFile *f)
{
    SaveVM *s = g_new0(SaveVM, 1);

    s->f = f;
    if (!current_machine->suppress_vmdesc) {
        s->desc = json_writer_new(false);
    }
    return s;
}

void savevm_free(SaveVM *s)
{
    if (s && s->desc) {
        json_writer_free(s->desc);
    }
    g_free(s);
}

#define FOR_EACH_ENTRY(se)                                                     \
    for (SaveStateEntry *se = savevm_next_entry(NULL); se;                     \
         se = savevm_next_entry(se))

/* ---- whether it is possible ---------------------------------------------- */

static bool is_unmigratable(const SaveStateEntry *se)
{
    return se->vmsd && se->vmsd->unmigratable;
}

bool savevm_is_blocked(Error **errp)
{
    GSList *blockers = migration_blocker_list(migrate_mode());

    FOR_EACH_ENTRY(se)
    {
        if (is_unmigratable(se)) {
            error_setg(errp, "State blocked by non-migratable device '%s'",
                       se->idstr);
            return true;
        }
    }
    if (blockers) {
        error_propagate(errp, error_copy(blockers->data));
        return true;
    }
    return false;
}

strList *savevm_blocked_reasons(void)
{
    GSList *blocker = migration_blocker_list(migrate_mode());
    strList *reasons = NULL;

    FOR_EACH_ENTRY(se)
    {
        if (is_unmigratable(se)) {
            QAPI_LIST_PREPEND(
                reasons,
                g_strdup_printf("non-migratable device: %s", se->idstr));
        }
    }
    for (; blocker; blocker = blocker->next) {
        QAPI_LIST_PREPEND(reasons, g_strdup(error_get_pretty(blocker->data)));
    }
    return reasons;
}

bool savevm_prepare(Error **errp)
{
    FOR_EACH_ENTRY(se)
    {
        if (se->ops && se->ops->save_prepare &&
            (!se->ops->is_active || se->ops->is_active(se->opaque)) &&
            se->ops->save_prepare(se->opaque, errp) < 0) {
            return false;
        }
    }
    return true;
}

/* ---- framing ------------------------------------------------------------- */

static void begin_section(QEMUFile *f, SaveStateEntry *se, int kind)
{
    qemu_put_byte(f, kind);
    qemu_put_be32(f, se->section_id);
    if (kind == QEMU_VM_SECTION_FULL || kind == QEMU_VM_SECTION_START) {
        qemu_put_counted_string(f, se->idstr);
        qemu_put_be32(f, se->instance_id);
        qemu_put_be32(f, se->version_id);
    }
}

static void end_section(QEMUFile *f, SaveStateEntry *se)
{
    qemu_put_byte(f, QEMU_VM_SECTION_FOOTER);
    qemu_put_be32(f, se->section_id);
}

void savevm_put_command(QEMUFile *f, enum qemu_vm_cmd command, uint16_t len,
                        const void *data)
{
    qemu_put_byte(f, QEMU_VM_COMMAND);
    qemu_put_be16(f, command);
    qemu_put_be16(f, len);
    qemu_put_buffer(f, data, len);
    qemu_fflush(f);
}

void savevm_set_file(SaveVM *s, QEMUFile *f)
{
    s->f = f;
}

void savevm_put_header(SaveVM *s)
{
    qemu_put_be32(s->f, QEMU_VM_FILE_MAGIC);
    qemu_put_be32(s->f, QEMU_VM_FILE_VERSION);
    if (s->desc) {
        json_writer_start_object(s->desc, NULL);
        json_writer_start_object(s->desc, "configuration");
    }
    qemu_put_byte(s->f, QEMU_VM_CONFIGURATION);
    savevm_put_configuration(s->f, s->desc);
    if (s->desc) {
        json_writer_end_object(s->desc);
    }
}

/* ---- one entry ----------------------------------------------------------- */

/* What has neither description nor rounds; described as so many bytes. */
static void save_by_handler(SaveVM *s, SaveStateEntry *se)
{
    uint64_t before = qemu_file_transferred(s->f), size;

    se->ops->save_state(s->f, se->opaque);
    if (!s->desc) {
        return;
    }
    size = qemu_file_transferred(s->f) - before;
    json_writer_int64(s->desc, "size", size);
    json_writer_start_array(s->desc, "fields");
    json_writer_start_object(s->desc, NULL);
    json_writer_str(s->desc, "name", "data");
    json_writer_int64(s->desc, "size", size);
    json_writer_str(s->desc, "type", "buffer");
    json_writer_end_object(s->desc);
    json_writer_end_array(s->desc);
}

/* A FULL section, unless @se has nothing to say. */
static bool save_full(SaveVM *s, SaveStateEntry *se, Error **errp)
{
    ERRP_GUARD();
    int ret = 0;

    if (!se->vmsd && !(se->ops && se->ops->save_state)) {
        return true;
    }
    if (se->vmsd && !vmstate_section_needed(se->vmsd, se->opaque)) {
        return true;
    }
    if (s->desc) {
        json_writer_start_object(s->desc, NULL);
        json_writer_str(s->desc, "name", se->idstr);
        json_writer_int64(s->desc, "instance_id", se->instance_id);
    }
    begin_section(s->f, se, QEMU_VM_SECTION_FULL);
    if (se->vmsd) {
        ret = vmstate_save_state_with_err(s->f, se->vmsd, se->opaque, s->desc,
                                          errp);
    } else {
        save_by_handler(s, se);
    }
    end_section(s->f, se);
    if (s->desc) {
        json_writer_end_object(s->desc);
    }
    if (ret) {
        if (!*errp) {
            error_setg_errno(errp, -ret, "it cannot be saved");
        }
        error_prepend(errp, "state of '%s', instance 0x%" PRIx32 ": ",
                      se->idstr, se->instance_id);
        qemu_file_set_error(s->f, ret);
    }
    return !ret;
}

/* The error of the file, if there is one. */
static bool file_is_fine(QEMUFile *f, Error **errp)
{
    return !qemu_file_get_error_obj(f, errp);
}

static bool is_active(const SaveStateEntry *se)
{
    return !se->ops->is_active || se->ops->is_active(se->opaque);
}

/* Whether it can follow when the guest runs there. */
static bool goes_later(const SaveStateEntry *se)
{
    return se->ops && se->ops->has_postcopy &&
           se->ops->has_postcopy(se->opaque);
}

static bool part_failed(SaveVM *s, SaveStateEntry *se, int ret, Error **errp)
{
    if (ret >= 0) {
        return false;
    }
    if (errp && !*errp && file_is_fine(s->f, errp)) {
        error_setg_errno(errp, -ret, "it cannot be saved");
    }
    error_prepend(errp, "section '%s', instance 0x%" PRIx32 ": ", se->idstr,
                  se->instance_id);
    qemu_file_set_error(s->f, ret);
    return true;
}

/* ---- all entries --------------------------------------------------------- */

/* Also which parts of RAM are there. */
static bool save_early_state(SaveVM *s, Error **errp)
{
    FOR_EACH_ENTRY(se)
    {
        if (se->vmsd && se->vmsd->early_setup && !save_full(s, se, errp)) {
            return false;
        }
    }
    return true;
}

bool savevm_setup(SaveVM *s, Error **errp)
{
    ERRP_GUARD();
    /*
     * Who loads a mapped-ram file has all RAM with the list of its blocks, and
     * channels of multifd may bring pages once it is there.
     */
    bool early_comes_first =
        migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM) ||
        migrate_capability(MIGRATION_CAPABILITY_MULTIFD);

    if (s->desc) {
        json_writer_int64(s->desc, "page_size", qemu_target_page_size());
        json_writer_start_array(s->desc, "devices");
    }
    if (early_comes_first && !save_early_state(s, errp)) {
        return false;
    }
    FOR_EACH_ENTRY(se)
    {
        int ret;

        if (se->vmsd && se->vmsd->early_setup) {
            if (!early_comes_first && !save_full(s, se, errp)) {
                return false;
            }
            continue;
        }
        if (!se->ops || !se->ops->save_setup || !is_active(se)) {
            continue;
        }
        begin_section(s->f, se, QEMU_VM_SECTION_START);
        ret = se->ops->save_setup(s->f, se->opaque, errp);
        end_section(s->f, se);
        if (part_failed(s, se, ret, errp)) {
            return false;
        }
    }
    return file_is_fine(s->f, errp) &&
           !precopy_notify(PRECOPY_NOTIFY_SETUP, errp);
}

bool savevm_iterate_postcopy(SaveVM *s, bool *finished, Error **errp)
{
    ERRP_GUARD();

    *finished = true;
    FOR_EACH_ENTRY(se)
    {
        int ret;

        if (!goes_later(se) || !se->ops->save_live_iterate || !is_active(se)) {
            continue;
        }
        begin_section(s->f, se, QEMU_VM_SECTION_PART);
        ret = se->ops->save_live_iterate(s->f, se->opaque);
        end_section(s->f, se);
        if (part_failed(s, se, ret, errp)) {
            return false;
        }
        *finished = *finished && ret;
    }
    qemu_fflush(s->f);
    return file_is_fine(s->f, errp);
}

bool savevm_complete_postcopy(SaveVM *s, Error **errp)
{
    ERRP_GUARD();

    FOR_EACH_ENTRY(se)
    {
        int ret;

        if (!goes_later(se) || !se->ops->save_live_complete_postcopy ||
            !is_active(se)) {
            continue;
        }
        begin_section(s->f, se, QEMU_VM_SECTION_END);
        ret = se->ops->save_live_complete_postcopy(s->f, se->opaque);
        end_section(s->f, se);
        if (part_failed(s, se, ret, errp)) {
            return false;
        }
    }
    qemu_put_byte(s->f, QEMU_VM_EOF);
    qemu_fflush(s->f);
    return file_is_fine(s->f, errp);
}

bool savevm_iterate(SaveVM *s, bool *finished, Error **errp)
{
    ERRP_GUARD();

    *finished = true;
    FOR_EACH_ENTRY(se)
    {
        int ret;

        if (!se->ops || !se->ops->save_live_iterate || !is_active(se) ||
            (se->ops->is_active_iterate &&
             !se->ops->is_active_iterate(se->opaque))) {
            continue;
        }
        if (migration_rate_exceeded(s->f)) {
            *finished = false;
            break;
        }
        begin_section(s->f, se, QEMU_VM_SECTION_PART);
        ret = se->ops->save_live_iterate(s->f, se->opaque);
        end_section(s->f, se);
        if (part_failed(s, se, ret, errp)) {
            return false;
        }
        if (!ret) {
            /* The next waits for this one: it may change as fast. */
            *finished = false;
            break;
        }
    }
    return file_is_fine(s->f, errp);
}

void savevm_pending(bool exact, uint64_t *must_precopy, uint64_t *can_postcopy)
{
    *must_precopy = *can_postcopy = 0;
    FOR_EACH_ENTRY(se)
    {
        if (!se->ops || !is_active(se)) {
            continue;
        }
        if (exact && se->ops->state_pending_exact) {
            se->ops->state_pending_exact(se->opaque, must_precopy,
                                         can_postcopy);
        } else if (!exact && se->ops->state_pending_estimate) {
            se->ops->state_pending_estimate(se->opaque, must_precopy,
                                            can_postcopy);
        }
    }
}

/* Of those that can follow later as well, unless @postcopy. */
static bool complete_rounds(SaveVM *s, bool postcopy, Error **errp)
{
    ERRP_GUARD();

    FOR_EACH_ENTRY(se)
    {
        int ret;

        if (!se->ops || !se->ops->save_live_complete_precopy ||
            !is_active(se) || (postcopy && goes_later(se))) {
            continue;
        }
        begin_section(s->f, se, QEMU_VM_SECTION_END);
        ret = se->ops->save_live_complete_precopy(s->f, se->opaque);
        end_section(s->f, se);
        if (part_failed(s, se, ret, errp)) {
            return false;
        }
    }
    return true;
}

static void put_description(SaveVM *s)
{
    const char *text;

    if (!s->desc) {
        return;
    }
    json_writer_end_array(s->desc);
    json_writer_end_object(s->desc);
    text = json_writer_get(s->desc);
    qemu_put_byte(s->f, QEMU_VM_VMDESCRIPTION);
    qemu_put_be32(s->f, strlen(text));
    qemu_put_buffer(s->f, (const uint8_t *)text, strlen(text));
}

/* What is sent once, and has not gone with the setup. */
static bool save_devices(SaveVM *s, Error **errp)
{
    FOR_EACH_ENTRY(se)
    {
        if (se->vmsd && se->vmsd->early_setup) {
            continue; /* went with the setup */
        }
        if (!save_full(s, se, errp)) {
            return false;
        }
    }
    return true;
}

static void put_end(SaveVM *s)
{
    qemu_put_byte(s->f, QEMU_VM_EOF);
    put_description(s);
    qemu_fflush(s->f);
}

bool savevm_complete_rounds_for_postcopy(SaveVM *s, Error **errp)
{
    cpu_synchronize_all_states();
    return complete_rounds(s, true, errp) && file_is_fine(s->f, errp);
}

bool savevm_put_devices(SaveVM *s, QEMUFile *f, Error **errp)
{
    SaveVM package = { .f = f };

    return save_devices(&package, errp) && file_is_fine(f, errp);
}

bool savevm_complete_rounds(SaveVM *s, Error **errp)
{
    return complete_rounds(s, false, errp);
}

bool savevm_complete_devices(SaveVM *s, QEMUFile *f, Error **errp)
{
    QEMUFile *stream = s->f;
    bool ok;

    cpu_synchronize_all_states();
    s->f = f;
    ok = save_devices(s, errp);
    if (ok) {
        put_end(s);
        ok = file_is_fine(f, errp);
    }
    s->f = stream;
    return ok;
}

bool savevm_complete_to_end(SaveVM *s, Error **errp)
{
    cpu_synchronize_all_states();
    if (!complete_rounds(s, false, errp) || !save_devices(s, errp)) {
        return false;
    }
    qemu_fflush(s->f);
    return file_is_fine(s->f, errp);
}

bool savevm_put_end(SaveVM *s, Error **errp)
{
    uint64_t before = qemu_file_transferred(s->f);

    assert(!qemu_file_queued(s->f));
    put_end(s);
    return qemu_file_transferred(s->f) - qemu_file_queued(s->f) > before ||
           file_is_fine(s->f, errp);
}

void savevm_cleanup(void)
{
    precopy_notify(PRECOPY_NOTIFY_CLEANUP, NULL);
    FOR_EACH_ENTRY(se)
    {
        if (se->ops && se->ops->save_cleanup) {
            se->ops->save_cleanup(se->opaque);
        }
    }
}
