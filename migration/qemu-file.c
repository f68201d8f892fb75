/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMUFile: a buffered stream over a channel.
 *
 * A writer gathers pieces, those that are copied in its buffer, and sends them
 * all at once; the buffer is full or empty at one time with the pieces. A
 * reader has the bytes from @pos to @end of the buffer.
 */
#include "qemu/osdep.h"
#include "io/channel.h"
#include "migration-stats.h"
#include "migration/qemu-file.h"
#include "qemu/units.h"
#include "migration/trace.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/madvise.h"
#include "qemu/main-loop.h"
#include "qemu/queue.h"
#include "qemu/thread.h"

#define BUF_SIZE   (256 * KiB)
#define MAX_PIECES MIN_CONST(IOV_MAX, 512)

/* A descriptor that came with data and nobody has asked for yet. */
typedef struct PassedFd {
    QSIMPLEQ_ENTRY(PassedFd) next;
    int fd;
} PassedFd;

struct QEMUFile {
    QIOChannel *ioc;
    bool is_writable;
    bool can_pass_fd;
    QSIMPLEQ_HEAD(, PassedFd) fds;

    size_t pos; /* the next byte to write or to read */
    size_t end; /* reader: behind the last that has come */

    /* writer */
    struct iovec piece[MAX_PIECES];
    unsigned int npieces;
    DECLARE_BITMAP(may_free, MAX_PIECES);
    size_t queued; /* bytes in the pieces */
    uint64_t sent; /* bytes that have left */

    QemuMutex error_lock; /* for changes of these two */
    int last_error;
    Error *last_error_obj;

    uint8_t buf[BUF_SIZE];
};

/*** Opening and failing. ***/

static const char *channel_name(QEMUFile *f)
{
    return f->ioc->name ?: "the channel";
}

static QEMUFile *new_file(QIOChannel *ioc, bool is_writable)
{
    QEMUFile *f = g_new0(QEMUFile, 1);

    f->ioc = QIO_CHANNEL(object_ref(ioc));
    f->is_writable = is_writable;
    f->can_pass_fd = qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_FD_PASS);
    QSIMPLEQ_INIT(&f->fds);
    qemu_mutex_init(&f->error_lock);
    return f;
}

QEMUFile *qemu_file_new_input(QIOChannel *ioc)
{
    return new_file(ioc, false);
}

QEMUFile *qemu_file_new_output(QIOChannel *ioc)
{
    return new_file(ioc, true);
}

QEMUFile *qemu_file_get_return_path(QEMUFile *f)
{
    return new_file(f->ioc, !f->is_writable);
}

QIOChannel *qemu_file_get_ioc(QEMUFile *file)
{
    return file->ioc;
}

int qemu_file_get_error(QEMUFile *f)
{
    return qatomic_read(&f->last_error);
}

void qemu_file_set_error_obj(QEMUFile *f, int ret, Error *err)
{
    bool first = false;

    qemu_mutex_lock(&f->error_lock);
    if (!f->last_error && ret) {
        f->last_error_obj = err;
        qatomic_set(&f->last_error, ret);
        first = true;
    }
    qemu_mutex_unlock(&f->error_lock);
    if (!first && err) {
        error_report_err(err);
    }
}

void qemu_file_set_error(QEMUFile *f, int ret)
{
    qemu_file_set_error_obj(f, ret, NULL);
}

int qemu_file_get_error_obj(QEMUFile *f, Error **errp)
{
    int ret;

    qemu_mutex_lock(&f->error_lock);
    ret = f->last_error;
    if (ret && errp) {
        if (f->last_error_obj) {
            *errp = error_copy(f->last_error_obj);
        } else {
            error_setg_errno(errp, -ret, "Channel error");
        }
    }
    qemu_mutex_unlock(&f->error_lock);
    return ret;
}

int qemu_file_get_error_obj_any(QEMUFile *f1, QEMUFile *f2, Error **errp)
{
    int ret = f1 ? qemu_file_get_error_obj(f1, errp) : 0;

    if (!ret && f2) {
        ret = qemu_file_get_error_obj(f2, errp);
    }
    return ret;
}

int qemu_file_shutdown(QEMUFile *f)
{
    Error *err = NULL;

    /*
     * First of all: the other thread may see the end of the connection at
     * once, and must not take what it got for data.
     */
    if (!qemu_file_get_error(f)) {
        qemu_file_set_error(f, -EIO);
    }
    if (!qio_channel_has_feature(f->ioc, QIO_CHANNEL_FEATURE_SHUTDOWN)) {
        return -ENOSYS;
    }
    if (qio_channel_shutdown(f->ioc, QIO_CHANNEL_SHUTDOWN_BOTH, &err) < 0) {
        error_report_err(err);
        return -EIO;
    }
    return 0;
}

int qemu_fclose(QEMUFile *f)
{
    int ret = qemu_fflush(f);
    int closed = qio_channel_close(f->ioc, NULL);
    PassedFd *passed;

    while ((passed = QSIMPLEQ_FIRST(&f->fds))) {
        QSIMPLEQ_REMOVE_HEAD(&f->fds, next);
        warn_report("qemu_fclose: received fd %d was never claimed",
                    passed->fd);
        close(passed->fd);
        g_free(passed);
    }
    object_unref(OBJECT(f->ioc));
    error_free(f->last_error_obj);
    qemu_mutex_destroy(&f->error_lock);
    g_free(f);
    trace_qemu_file_fclose();
    return ret < 0 ? ret : closed;
}

bool qemu_file_set_blocking(QEMUFile *f, bool block, Error **errp)
{
    return qio_channel_set_blocking(f->ioc, block, errp) == 0;
}

bool qemu_file_is_seekable(QEMUFile *f)
{
    return qio_channel_has_feature(f->ioc, QIO_CHANNEL_FEATURE_SEEKABLE);
}

/*** Writing. ***/

size_t qemu_file_queued(const QEMUFile *f)
{
    return f->queued;
}

uint64_t qemu_file_transferred(QEMUFile *f)
{
    return f->sent + f->queued;
}

static void count_sent(QEMUFile *f, size_t size)
{
    f->sent += size;
    stat64_add(&mig_stats.qemu_file_transferred, size);
}

/* Gives pages back that were sent, neighbours in one call. */
static void release_pieces(QEMUFile *f)
{
    unsigned int i = find_first_bit(f->may_free, f->npieces);

    while (i < f->npieces) {
        struct iovec run = f->piece[i];

        for (;;) {
            i = find_next_bit(f->may_free, f->npieces, i + 1);
            if (i >= f->npieces ||
                f->piece[i].iov_base != (char *)run.iov_base + run.iov_len) {
                break;
            }
            run.iov_len += f->piece[i].iov_len;
        }
        if (qemu_madvise(run.iov_base, run.iov_len, QEMU_MADV_DONTNEED) < 0) {
            error_report("migrate: madvise DONTNEED failed %p %zd: %s",
                         run.iov_base, run.iov_len, strerror(errno));
        }
    }
}

/* Where there is nothing to read, or no room to write. */
static void wait_for_channel(QEMUFile *f, GIOCondition condition)
{
    bool locked = bql_locked();

    /* Others may go on meanwhile; this may be at any place of a section. */
    if (locked) {
        bql_unlock();
    }
    qio_channel_wait(f->ioc, condition);
    if (locked) {
        bql_lock();
    }
}

/* *@left becomes how much has left, also when it fails in between. */
static bool write_pieces(QEMUFile *f, size_t *left, Error **errp)
{
    struct iovec copy[MAX_PIECES], *iov = copy;
    unsigned int n = f->npieces;

    *left = 0;
    memcpy(copy, f->piece, n * sizeof(*copy));
    while (n) {
        ssize_t len = qio_channel_writev(f->ioc, iov, n, errp);

        if (len == QIO_CHANNEL_ERR_BLOCK) {
            wait_for_channel(f, G_IO_OUT);
        } else if (len < 0) {
            return false;
        } else {
            iov_discard_front(&iov, &n, len);
            *left += len;
        }
    }
    return true;
}

int qemu_fflush(QEMUFile *f)
{
    Error *err = NULL;
    size_t left;

    if (!f->is_writable || qemu_file_get_error(f)) {
        return qemu_file_get_error(f);
    }
    if (f->npieces) {
        if (!write_pieces(f, &left, &err)) {
            qemu_file_set_error_obj(f, -EIO, err);
        } else {
            release_pieces(f);
        }
        count_sent(f, left);
        bitmap_zero(f->may_free, MAX_PIECES);
    }
    f->npieces = 0;
    f->queued = 0;
    f->pos = 0;
    return qemu_file_get_error(f);
}

/* Adds bytes that stay where they are. */
static void add_piece(QEMUFile *f, const uint8_t *data, size_t size,
                      bool may_free)
{
    struct iovec *last = f->npieces ? &f->piece[f->npieces - 1] : NULL;

    f->queued += size;
    if (last && data == (uint8_t *)last->iov_base + last->iov_len &&
        may_free == test_bit(f->npieces - 1, f->may_free)) {
        last->iov_len += size;
        return;
    }
    if (may_free) {
        set_bit(f->npieces, f->may_free);
    }
    f->piece[f->npieces++] =
        (struct iovec){ .iov_base = (void *)data, .iov_len = size };
    if (f->npieces == MAX_PIECES) {
        qemu_fflush(f);
    }
}

void qemu_put_buffer_async(QEMUFile *f, const uint8_t *buf, size_t size,
                           bool may_free)
{
    assert(f->is_writable);
    if (!qemu_file_get_error(f)) {
        add_piece(f, buf, size, may_free);
    }
}

void qemu_put_buffer(QEMUFile *f, const uint8_t *buf, size_t size)
{
    assert(f->is_writable);
    while (size && !qemu_file_get_error(f)) {
        size_t part = MIN(size, BUF_SIZE - f->pos);
        uint8_t *copy = f->buf + f->pos;

        memcpy(copy, buf, part);
        f->pos += part;
        add_piece(f, copy, part, false);
        if (f->pos == BUF_SIZE) {
            qemu_fflush(f);
        }
        buf += part;
        size -= part;
    }
}

void qemu_put_byte(QEMUFile *f, int v)
{
    uint8_t byte = v;

    qemu_put_buffer(f, &byte, 1);
}

void qemu_put_be16(QEMUFile *f, unsigned int v)
{
    uint8_t bytes[2];

    stw_be_p(bytes, v);
    qemu_put_buffer(f, bytes, sizeof(bytes));
}

void qemu_put_be32(QEMUFile *f, unsigned int v)
{
    uint8_t bytes[4];

    stl_be_p(bytes, v);
    qemu_put_buffer(f, bytes, sizeof(bytes));
}

void qemu_put_be64(QEMUFile *f, uint64_t v)
{
    uint8_t bytes[8];

    stq_be_p(bytes, v);
    qemu_put_buffer(f, bytes, sizeof(bytes));
}

void qemu_put_counted_string(QEMUFile *f, const char *name)
{
    size_t len = strlen(name);

    assert(len < 256);
    qemu_put_byte(f, len);
    qemu_put_buffer(f, (const uint8_t *)name, len);
}

int qemu_file_put_fd(QEMUFile *f, int fd)
{
    /* A descriptor needs a byte to travel with. */
    struct iovec byte = { .iov_base = (void *)" ", .iov_len = 1 };
    Error *err = NULL;
    int ret = 0;

    qemu_fflush(f);
    if (!f->can_pass_fd) {
        error_setg(&err, "%s does not support fd passing", channel_name(f));
    } else if (qio_channel_writev_full_all(f->ioc, &byte, 1, &fd, 1, 0, &err) ==
               0) {
        count_sent(f, 1);
    }
    if (err) {
        error_report_err(error_copy(err));
        qemu_file_set_error_obj(f, -EIO, err);
        ret = -1;
    }
    trace_qemu_file_put_fd(channel_name(f), fd, ret);
    return ret;
}

/*** Reading. ***/

/* One read of the channel, waiting until there is something. */
static ssize_t read_more(QEMUFile *f, Error **errp)
{
    struct iovec room = { .iov_base = f->buf + f->end,
                          .iov_len = BUF_SIZE - f->end };
    g_autofree int *fds = NULL;
    size_t i, nfds = 0;
    ssize_t len;

    for (;;) {
        len = qio_channel_readv_full(f->ioc, &room, 1,
                                     f->can_pass_fd ? &fds : NULL,
                                     f->can_pass_fd ? &nfds : NULL, 0, errp);
        if (len != QIO_CHANNEL_ERR_BLOCK) {
            break;
        }
        wait_for_channel(f, G_IO_IN);
    }
    for (i = 0; i < nfds; i++) {
        PassedFd *passed = g_new0(PassedFd, 1);

        passed->fd = fds[i];
        QSIMPLEQ_INSERT_TAIL(&f->fds, passed, next);
    }
    return len;
}

/* Adds to the buffer; false when it fails, or the stream ends, which is one. */
static bool fill_buffer(QEMUFile *f)
{
    Error *err = NULL;
    ssize_t len;

    assert(!f->is_writable);
    memmove(f->buf, f->buf + f->pos, f->end - f->pos);
    f->end -= f->pos;
    f->pos = 0;
    if (qemu_file_get_error(f)) {
        return false;
    }
    len = read_more(f, &err);
    if (len <= 0) {
        qemu_file_set_error_obj(f, -EIO, err);
        return false;
    }
    f->end += len;
    return true;
}

/* Tries to have @size bytes in the buffer; how many there are. */
static size_t have(QEMUFile *f, size_t size)
{
    assert(size <= BUF_SIZE);
    while (f->end - f->pos < size && fill_buffer(f)) {
    }
    return f->end - f->pos;
}

size_t qemu_peek_buffer(QEMUFile *f, uint8_t **buf, size_t size, size_t offset)
{
    size_t there = have(f, offset + size);

    if (there <= offset) {
        return 0;
    }
    *buf = f->buf + f->pos + offset;
    return MIN(size, there - offset);
}

int qemu_peek_byte(QEMUFile *f, int offset)
{
    return have(f, offset + 1) > offset ? f->buf[f->pos + offset] : 0;
}

void qemu_file_skip(QEMUFile *f, int size)
{
    if (size <= f->end - f->pos) {
        f->pos += size;
    }
}

size_t qemu_get_buffer(QEMUFile *f, uint8_t *buf, size_t size)
{
    size_t done = 0;

    while (done < size) {
        /* As it comes: to wait for a full buffer would serve nobody. */
        size_t part = MIN(size - done, have(f, 1));

        if (!part) {
            break;
        }
        memcpy(buf + done, f->buf + f->pos, part);
        f->pos += part;
        done += part;
    }
    return done;
}

size_t qemu_get_buffer_in_place(QEMUFile *f, uint8_t **buf, size_t size)
{
    if (size < BUF_SIZE && have(f, size) >= size) {
        *buf = f->buf + f->pos;
        f->pos += size;
        return size;
    }
    return qemu_get_buffer(f, *buf, size);
}

int qemu_get_byte(QEMUFile *f)
{
    return have(f, 1) ? f->buf[f->pos++] : 0;
}

/* What does not come is zero. */
unsigned int qemu_get_be16(QEMUFile *f)
{
    uint8_t bytes[2] = { 0 };

    qemu_get_buffer(f, bytes, sizeof(bytes));
    return lduw_be_p(bytes);
}

unsigned int qemu_get_be32(QEMUFile *f)
{
    uint8_t bytes[4] = { 0 };

    qemu_get_buffer(f, bytes, sizeof(bytes));
    return (uint32_t)ldl_be_p(bytes);
}

uint64_t qemu_get_be64(QEMUFile *f)
{
    uint8_t bytes[8] = { 0 };

    qemu_get_buffer(f, bytes, sizeof(bytes));
    return ldq_be_p(bytes);
}

size_t qemu_get_counted_string(QEMUFile *f, char buf[256])
{
    size_t len = qemu_get_byte(f);
    size_t there = qemu_get_buffer(f, (uint8_t *)buf, len);

    buf[there] = 0;
    return there == len ? len : 0;
}

int qemu_file_get_to_fd(QEMUFile *f, int fd, size_t size)
{
    while (size) {
        size_t part = MIN(size, have(f, 1));
        ssize_t done;

        if (!part) {
            return -EIO;
        }
        done = RETRY_ON_EINTR(write(fd, f->buf + f->pos, part));
        if (done <= 0) {
            return done ? -errno : -EIO;
        }
        f->pos += done;
        size -= done;
    }
    return 0;
}

int qemu_file_get_fd(QEMUFile *f)
{
    PassedFd *passed;
    int fd = -1;

    if (!f->can_pass_fd) {
        Error *err = NULL;

        error_setg(&err, "%s does not support fd passing", channel_name(f));
        error_report_err(error_copy(err));
        qemu_file_set_error_obj(f, -EIO, err);
    } else {
        /* With the byte, the descriptor comes. */
        qemu_peek_byte(f, 0);
        passed = QSIMPLEQ_FIRST(&f->fds);
        if (passed) {
            qemu_get_byte(f);
            QSIMPLEQ_REMOVE_HEAD(&f->fds, next);
            fd = passed->fd;
            g_free(passed);
        }
    }
    trace_qemu_file_get_fd(channel_name(f), fd);
    return fd;
}

/*** Positions. ***/

void qemu_set_offset(QEMUFile *f, off_t off, int whence)
{
    Error *err = NULL;

    if (f->is_writable) {
        qemu_fflush(f);
    } else {
        f->pos = f->end = 0;
    }
    if (qio_channel_io_seek(f->ioc, off, whence, &err) == (off_t)-1) {
        qemu_file_set_error_obj(f, -EIO, err);
    }
}

off_t qemu_get_offset(QEMUFile *f)
{
    Error *err = NULL;
    off_t off;

    qemu_fflush(f);
    off = qio_channel_io_seek(f->ioc, 0, SEEK_CUR, &err);
    if (off == (off_t)-1) {
        qemu_file_set_error_obj(f, -EIO, err);
        return off;
    }
    return off - (f->end - f->pos);
}

/* The result of a transfer at a position: all, or a failure. */
static bool whole(QEMUFile *f, ssize_t done, size_t size, const char *what,
                  Error *err)
{
    if (done == QIO_CHANNEL_ERR_BLOCK) {
        qemu_file_set_error_obj(f, -EAGAIN, NULL);
        return false;
    }
    if (done >= 0 && done != size) {
        error_setg(&err, "Partial %s of size %zu, expected %zu", what,
                   (size_t)done, size);
    }
    if (err) {
        qemu_file_set_error_obj(f, -EIO, err);
        return false;
    }
    return true;
}

void qemu_put_buffer_at(QEMUFile *f, const uint8_t *buf, size_t buflen,
                        off_t pos)
{
    Error *err = NULL;
    ssize_t done;

    if (qemu_fflush(f)) {
        return;
    }
    done = qio_channel_pwrite(f->ioc, (char *)buf, buflen, pos, &err);
    if (whole(f, done, buflen, "write", err)) {
        count_sent(f, buflen);
    }
}

size_t qemu_get_buffer_at(QEMUFile *f, const uint8_t *buf, size_t buflen,
                          off_t pos)
{
    Error *err = NULL;
    ssize_t done;

    if (qemu_file_get_error(f)) {
        return 0;
    }
    done = qio_channel_pread(f->ioc, (char *)buf, buflen, pos, &err);
    return whole(f, done, buflen, "read", err) ? buflen : 0;
}
