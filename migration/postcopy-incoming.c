/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy at the destination: the commands that lead to it. ADVISE says that
 * it may come to that; DISCARDs, which pages are old; a PACKAGE has LISTEN, the
 * state of devices, and RUN.
 */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "io/channel-buffer.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "postcopy.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "ram-postcopy.h"
#include "vmstate/blocker.h"

/* A package is no larger, whatever the stream says; it is read in pieces. */
#define MAX_PACKAGE   (256 * MiB)
#define PACKAGE_PIECE (64 * KiB)

static PostcopyState state;

PostcopyState postcopy_state_get(void)
{
    return qatomic_read(&state);
}

PostcopyState postcopy_state_set(PostcopyState new_state)
{
    return qatomic_xchg(&state, new_state);
}

bool postcopy_is_listening(void)
{
    PostcopyState now = postcopy_state_get();

    return now == POSTCOPY_INCOMING_LISTENING ||
           now == POSTCOPY_INCOMING_RUNNING;
}

static bool is_in_postcopy(bool advised)
{
    PostcopyState now = postcopy_state_get();

    return now != POSTCOPY_INCOMING_END &&
           now >=
               (advised ? POSTCOPY_INCOMING_ADVISE : POSTCOPY_INCOMING_DISCARD);
}

void postcopy_incoming_init(void)
{
    migration_incoming_postcopy_hook = is_in_postcopy;
}

/* ---- the commands -------------------------------------------------------- */

static bool wrong_state(const char *command, Error **errp)
{
    error_setg(errp, "CMD_POSTCOPY_%s in wrong postcopy state (%d)", command,
               postcopy_state_get());
    return false;
}

static bool advise(uint16_t len, const uint8_t *data, Error **errp)
{
    bool wanted = migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM);

    if (postcopy_state_get() != POSTCOPY_INCOMING_NONE) {
        return wrong_state("ADVISE", errp);
    }
    if (len != 0 && len != 16) {
        error_setg(errp, "CMD_POSTCOPY_ADVISE invalid length (%d)", len);
        return false;
    }
    if (wanted != (len == 16)) {
        error_setg(errp, "RAM postcopy is %s but have %d byte advise",
                   wanted ? "enabled" : "disabled", len);
        return false;
    }
    if (!wanted) {
        return true;
    }
    if (ldq_be_p(data) != ram_postcopy_page_sizes()) {
        error_setg(errp,
                   "Postcopy needs matching RAM page sizes (s=%" PRIx64
                   " d=%" PRIx64 ")",
                   ldq_be_p(data), ram_postcopy_page_sizes());
        return false;
    }
    if (ldq_be_p(data + 8) != TARGET_PAGE_SIZE) {
        error_setg(errp,
                   "Postcopy needs matching target page sizes (s=%" PRIu64
                   " d=%" PRIu64 ")",
                   ldq_be_p(data + 8), (uint64_t)TARGET_PAGE_SIZE);
        return false;
    }
    if (!postcopy_ram_supported_by_host(migration_incoming_get_current(),
                                        errp) ||
        !postcopy_memory_prepare(errp)) {
        return false;
    }
    postcopy_state_set(POSTCOPY_INCOMING_ADVISE);
    return true;
}

/* A version, a name with its length and a zero, then starts and lengths. */
static bool discard(uint16_t len, const uint8_t *data, Error **errp)
{
    const uint8_t *end = data + len;
    char name[256];

    if (postcopy_state_get() != POSTCOPY_INCOMING_ADVISE &&
        postcopy_state_get() != POSTCOPY_INCOMING_DISCARD) {
        return wrong_state("RAM_DISCARD", errp);
    }
    if (len < 3 || len < 3 + data[1] + 16 || (len - 3 - data[1]) % 16) {
        error_setg(errp, "CMD_POSTCOPY_RAM_DISCARD invalid length (%d)", len);
        return false;
    }
    if (data[0]) {
        error_setg(errp, "CMD_POSTCOPY_RAM_DISCARD invalid version (%d)",
                   data[0]);
        return false;
    }
    if (data[2 + data[1]]) {
        error_setg(errp, "CMD_POSTCOPY_RAM_DISCARD missing nil (%d)",
                   data[2 + data[1]]);
        return false;
    }
    memcpy(name, data + 2, data[1]);
    name[data[1]] = 0;
    postcopy_state_set(POSTCOPY_INCOMING_DISCARD);
    for (data += 3 + data[1]; data < end; data += 16) {
        if (!postcopy_memory_discard(name, ldq_be_p(data), ldq_be_p(data + 8),
                                     errp)) {
            return false;
        }
    }
    return true;
}

static bool start_listening(LoadVM *l, Error **errp)
{
    uint32_t ram;

    if (postcopy_state_get() != POSTCOPY_INCOMING_ADVISE &&
        postcopy_state_get() != POSTCOPY_INCOMING_DISCARD) {
        return wrong_state("LISTEN", errp);
    }
    /* Outside of a package, both would read the same stream. */
    if (!loadvm_in_package(l)) {
        error_setg(errp, "CMD_POSTCOPY_LISTEN is not in a package");
        return false;
    }
    if (!migration_incoming_get_current()->to_src) {
        error_setg(errp, "CMD_POSTCOPY_LISTEN received with no return path");
        return false;
    }
    if (!loadvm_find_section(l, "ram", &ram)) {
        error_setg(errp, "CMD_POSTCOPY_LISTEN before the section 'ram'");
        return false;
    }
    if (!postcopy_wait_for_urgent(errp)) {
        return false;
    }
    /* Who ends the process waits for this thread, but for no other. */
    if (postcopy_is_given_up()) {
        error_setg(errp, "the process ends before the guest has come");
        return false;
    }
    if (!postcopy_memory_watch(errp)) {
        return false;
    }
    postcopy_state_set(POSTCOPY_INCOMING_LISTENING);
    postcopy_listen_start(ram);
    return true;
}

static bool run(LoadVM *l, Error **errp)
{
    if (postcopy_state_get() != POSTCOPY_INCOMING_LISTENING) {
        return wrong_state("RUN", errp);
    }
    postcopy_state_set(POSTCOPY_INCOMING_RUNNING);
    loadvm_stop(l);
    return true;
}

/* Memory is taken as bytes come. */
static QIOChannelBuffer *read_package(QEMUFile *f, size_t size, Error **errp)
{
    ERRP_GUARD();
    QIOChannelBuffer *buf = qio_channel_buffer_new(0);
    g_autofree uint8_t *piece = g_malloc(PACKAGE_PIECE);

    qio_channel_set_name(QIO_CHANNEL(buf), "migration-loadvm-buffer");
    while (buf->usage < size) {
        size_t part = MIN(size - buf->usage, PACKAGE_PIECE);

        if (qemu_get_buffer(f, piece, part) != part) {
            qemu_file_get_error_obj(f, errp);
            error_prepend(errp, "CMD_PACKAGED: only %zu of %zu bytes come: ",
                          buf->usage, size);
            object_unref(OBJECT(buf));
            return NULL;
        }
        qio_channel_write(QIO_CHANNEL(buf), (char *)piece, part, &error_abort);
    }
    qio_channel_io_seek(QIO_CHANNEL(buf), 0, SEEK_SET, NULL);
    return buf;
}

static bool load_package(LoadVM *l, uint32_t size, Error **errp)
{
    ERRP_GUARD();
    QIOChannelBuffer *buf;
    QEMUFile *f;
    bool ok;

    if (size > MAX_PACKAGE) {
        error_setg(errp, "Unreasonably large packaged state: %" PRIu32, size);
        return false;
    }
    if (loadvm_in_package(l)) {
        error_setg(errp, "a package is in a package");
        return false;
    }
    buf = read_package(loadvm_file(l), size, errp);
    if (!buf) {
        return false;
    }
    f = qemu_file_new_input(QIO_CHANNEL(buf));
    ok = loadvm_package(l, f, errp);
    if (ok && postcopy_state_get() == POSTCOPY_INCOMING_LISTENING) {
        /* Two would read what follows. */
        error_setg(errp, "a package ends before the guest runs");
        ok = false;
    }
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return ok;
}

bool postcopy_load_command(LoadVM *l, enum qemu_vm_cmd command, uint16_t len,
                           const uint8_t *data, Error **errp)
{
    switch (command) {
    case MIG_CMD_POSTCOPY_ADVISE:
        return advise(len, data, errp);
    case MIG_CMD_POSTCOPY_RAM_DISCARD:
        return discard(len, data, errp);
    case MIG_CMD_POSTCOPY_LISTEN:
        return start_listening(l, errp);
    case MIG_CMD_POSTCOPY_RUN:
        return run(l, errp);
    case MIG_CMD_PACKAGED:
        return load_package(l, ldl_be_p(data), errp);
    default:
        error_setg(errp, "a command of postcopy's recovery, but there is "
                         "nothing to recover");
        return false;
    }
}
