/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine of nothing, and whole streams to bytes and back, for tests. */
#ifndef TESTS_MIGRATION_FIXTURE_H
#define TESTS_MIGRATION_FIXTURE_H

#include "hw/boards.h"
#include "io/channel-buffer.h"
#include "io/channel-file.h"
#include "migration/migration-init.h"
#include "../../migration/savevm.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

#define MACHINE_NAME "bare"

static const TypeInfo fixture_machine_type = {
    .name = MACHINE_TYPE_NAME(MACHINE_NAME),
    .parent = TYPE_MACHINE,
};

static inline void fixture_init(void)
{
    Object *machine;

    module_call_init(MODULE_INIT_QOM);
    type_register_static(&fixture_machine_type);
    qemu_init_main_loop(&error_abort);
    if (!bql_locked()) {
        bql_lock();
    }
    machine = object_new(fixture_machine_type.name);
    object_property_add_child(object_get_root(), "machine", machine);
    object_property_add_new_container(machine, "unattached");
    current_machine = MACHINE(machine);
}

/* A stream being written. */
typedef struct Saving {
    QIOChannelBuffer *buf; /* NULL if it goes to a file */
    QEMUFile *f;
    SaveVM *vm;
} Saving;

static inline void saving_begin_on(Saving *s, QIOChannel *ioc)
{
    s->f = qemu_file_new_output(ioc);
    s->vm = savevm_new(s->f);
    g_assert_true(savevm_prepare(&error_abort));
    savevm_put_header(s->vm);
    g_assert_true(savevm_setup(s->vm, &error_abort));
}

static inline void saving_begin(Saving *s)
{
    s->buf = qio_channel_buffer_new(0);
    saving_begin_on(s, QIO_CHANNEL(s->buf));
}

/* The file must be empty. */
static inline void saving_begin_file(Saving *s, const char *path)
{
    QIOChannelFile *file = qio_channel_file_new_path(
        path, O_RDWR | O_CREAT | O_TRUNC, 0600, &error_abort);

    s->buf = NULL;
    saving_begin_on(s, QIO_CHANNEL(file));
    object_unref(OBJECT(file));
}

static inline bool saving_round(Saving *s)
{
    bool finished;

    bql_unlock();
    g_assert_true(savevm_iterate(s->vm, &finished, &error_abort));
    bql_lock();
    return finished;
}

/* The bytes; none if they are in a file. */
static inline GByteArray *saving_end(Saving *s)
{
    GByteArray *bytes = g_byte_array_new();

    g_assert_true(savevm_complete_to_end(s->vm, &error_abort));
    g_assert_true(savevm_put_end(s->vm, &error_abort));
    savevm_cleanup();
    savevm_free(s->vm);
    if (s->buf) {
        g_byte_array_append(bytes, s->buf->data, s->buf->usage);
    }
    g_assert_cmpint(qemu_fclose(s->f), ==, 0);
    if (s->buf) {
        object_unref(OBJECT(s->buf));
    }
    return bytes;
}

static inline bool load_bytes(const uint8_t *bytes, size_t size, Error **errp)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(size + 1);
    QEMUFile *f;
    bool ok;

    memcpy(buf->data, bytes, size);
    buf->usage = size;
    f = qemu_file_new_input(QIO_CHANNEL(buf));
    ok = loadvm(f, NULL, NULL, errp);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return ok;
}

static inline bool load_file(const char *path, Error **errp)
{
    QIOChannelFile *file =
        qio_channel_file_new_path(path, O_RDONLY, 0, &error_abort);
    QEMUFile *f = qemu_file_new_input(QIO_CHANNEL(file));
    bool ok = loadvm(f, NULL, NULL, errp);

    qemu_fclose(f);
    object_unref(OBJECT(file));
    return ok;
}

#endif
