/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of a stream, opened once more. */
#include "qemu/osdep.h"
#include "channel.h"
#include "io/channel-file.h"
#include "qapi/error.h"
#include "qemu/cutils.h"

/*
 * The set that the stream's file was taken from, if it was: from there comes
 * the same file once more, for a process that may not open it itself.
 */
static char *fdset_path;

void migration_channel_note_path(const char *path)
{
    g_free(fdset_path);
    fdset_path =
        path && strstart(path, "/dev/fdset/", NULL) ? g_strdup(path) : NULL;
}

static QIOChannelFile *open_again(QIOChannel *ioc, int flags, Error **errp)
{
    g_autofree char *path = NULL;

    if (!object_dynamic_cast(OBJECT(ioc), TYPE_QIO_CHANNEL_FILE)) {
        error_setg(errp, "Migration requires seekable transport (e.g. file)");
        return NULL;
    }
    /* The very file, whatever its name is by now. */
    path = fdset_path
               ? g_strdup(fdset_path)
               : g_strdup_printf("/proc/self/fd/%d", QIO_CHANNEL_FILE(ioc)->fd);
    return qio_channel_file_new_path(path, flags, 0, errp);
}

QIOChannel *migration_channel_again(QIOChannel *ioc, bool writing, Error **errp)
{
    QIOChannelFile *again =
        open_again(ioc, writing ? O_WRONLY : O_RDONLY, errp);

    return again ? QIO_CHANNEL(again) : NULL;
}

/* What O_DIRECT wants, or where that is not told, what is always enough. */
static void direct_alignment(int fd, size_t *memory_align, size_t *file_align)
{
    *memory_align = *file_align = 4096;
#ifdef STATX_DIOALIGN
    struct statx st;

    if (!statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) &&
        (st.stx_mask & STATX_DIOALIGN) && st.stx_dio_offset_align) {
        *memory_align = st.stx_dio_mem_align;
        *file_align = st.stx_dio_offset_align;
    }
#endif
}

QIOChannel *migration_channel_direct(QIOChannel *ioc, bool writing,
                                     size_t *memory_align, size_t *file_align,
                                     Error **errp)
{
    ERRP_GUARD();
    QIOChannelFile *again =
        open_again(ioc, (writing ? O_WRONLY : O_RDONLY) | O_DIRECT, errp);

    if (!again) {
        error_prepend(errp, "direct-io: the file cannot be opened past the "
                            "host's cache: ");
        if (fdset_path) {
            error_append_hint(errp,
                              "%s needs a second descriptor of the file, "
                              "opened with O_DIRECT.\n",
                              fdset_path);
        } else {
            error_append_hint(errp, "Its file system has to know O_DIRECT; "
                                    "switch the parameter direct-io off.\n");
        }
        return NULL;
    }
    direct_alignment(again->fd, memory_align, file_align);
    return QIO_CHANNEL(again);
}
