/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What code that saves and loads state does with a stream.
 *
 * A QEMUFile is open for writing or for reading. Numbers are big-endian. A
 * failure sticks: from then on what is written goes nowhere and what is read
 * is zero, so that one looks at qemu_file_get_error() once, at the end of a
 * part, and before using something read as a length or an index. The end of
 * the stream is a failure, -EIO. A file is used by one thread at a time.
 *
 * Who opens and closes files, or has a use for the channel below, includes
 * migration/qemu-file.h.
 */
#ifndef MIGRATION_QEMU_FILE_TYPES_H
#define MIGRATION_QEMU_FILE_TYPES_H

/*** Failures. ***/

/* 0, or the first failure: a negative errno value. */
int qemu_file_get_error(QEMUFile *f);
/* Makes @ret (negative) the failure, unless there is one. From any thread. */
void qemu_file_set_error(QEMUFile *f, int ret);

/*** Writing. ***/

/* @size bytes from @buf, which are copied. */
void qemu_put_buffer(QEMUFile *f, const uint8_t *buf, size_t size);
void qemu_put_byte(QEMUFile *f, int v);
#define qemu_put_sbyte qemu_put_byte
void qemu_put_be16(QEMUFile *f, unsigned int v);
void qemu_put_be32(QEMUFile *f, unsigned int v);
void qemu_put_be64(QEMUFile *f, uint64_t v);
/* A byte with the length, and the string: at most 255 bytes. */
void qemu_put_counted_string(QEMUFile *f, const char *name);

/*** Reading. ***/

/* Fills @buf; returns less than @size only when it fails or ends. */
size_t coroutine_mixed_fn qemu_get_buffer(QEMUFile *f, uint8_t *buf,
                                          size_t size);
int qemu_get_byte(QEMUFile *f);
#define qemu_get_sbyte qemu_get_byte
unsigned int qemu_get_be16(QEMUFile *f);
unsigned int qemu_get_be32(QEMUFile *f);
uint64_t qemu_get_be64(QEMUFile *f);
/* The string with a 0 added; its length, or 0 when it did not come whole. */
size_t coroutine_mixed_fn qemu_get_counted_string(QEMUFile *f, char buf[256]);

static inline unsigned int qemu_get_ubyte(QEMUFile *f)
{
    return qemu_get_byte(f);
}

/*** Reading ahead. ***/

/*
 * The byte, or @size bytes, @offset bytes further on, which stay in the
 * stream. *@buf points into the file's own buffer until the next read.
 * Returns the byte, 0 when there is none; or how many bytes there are. At most
 * 32 KiB ahead.
 */
int coroutine_mixed_fn qemu_peek_byte(QEMUFile *f, int offset);
size_t coroutine_mixed_fn qemu_peek_buffer(QEMUFile *f, uint8_t **buf,
                                           size_t size, size_t offset);
/* Drops @size bytes that one has peeked at. */
void qemu_file_skip(QEMUFile *f, int size);

/*** Descriptors, over a channel that can pass them. ***/

/* Sends @fd, which stays the caller's. 0, or -1 and a failure of @f. */
int qemu_file_put_fd(QEMUFile *f, int fd);
/* The next descriptor, which is the caller's from now on, or -1. */
int qemu_file_get_fd(QEMUFile *f);

/*** About the stream. ***/

/* Bytes written so far, sent or not. */
uint64_t qemu_file_transferred(QEMUFile *f);
/* Whether what is below is a file with positions. */
bool qemu_file_is_seekable(QEMUFile *f);
/*
 * Whether more was sent in this interval than the user allows, so that a
 * source of data should wait for the next; also when @f has failed.
 */
bool migration_rate_exceeded(QEMUFile *f);

/*** The same numbers through pointers, for all types. ***/

/* qemu_put_NAMEs(f, pv) and qemu_get_NAMEs(f, pv) */
#define QEMU_FILE_THROUGH_(name, type)                                   \
    static inline void qemu_put_##name##s(QEMUFile *f, const type *pv)   \
    {                                                                    \
        qemu_put_##name(f, *pv);                                         \
    }                                                                    \
    static inline void qemu_get_##name##s(QEMUFile *f, type *pv)         \
    {                                                                    \
        *pv = qemu_get_##name(f);                                        \
    }
/* qemu_put_sNAME(f, v) and qemu_get_sNAME(f) */
#define QEMU_FILE_SIGNED_(name, type)                                    \
    static inline void qemu_put_s##name(QEMUFile *f, type v)             \
    {                                                                    \
        qemu_put_##name(f, v);                                           \
    }                                                                    \
    static inline type qemu_get_s##name(QEMUFile *f)                     \
    {                                                                    \
        return qemu_get_##name(f);                                       \
    }

QEMU_FILE_SIGNED_(be16, int)
QEMU_FILE_SIGNED_(be32, int)
QEMU_FILE_SIGNED_(be64, int64_t)
QEMU_FILE_THROUGH_(be16, uint16_t)
QEMU_FILE_THROUGH_(be32, uint32_t)
QEMU_FILE_THROUGH_(be64, uint64_t)
QEMU_FILE_THROUGH_(sbe16, int16_t)
QEMU_FILE_THROUGH_(sbe32, int32_t)
QEMU_FILE_THROUGH_(sbe64, int64_t)

static inline void qemu_put_8s(QEMUFile *f, const uint8_t *pv)
{
    qemu_put_byte(f, *pv);
}

static inline void qemu_get_8s(QEMUFile *f, uint8_t *pv)
{
    *pv = qemu_get_byte(f);
}

static inline void qemu_put_s8s(QEMUFile *f, const int8_t *pv)
{
    qemu_put_byte(f, *pv);
}

static inline void qemu_get_s8s(QEMUFile *f, int8_t *pv)
{
    *pv = qemu_get_byte(f);
}

#endif
