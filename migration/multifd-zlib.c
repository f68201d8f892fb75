/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages through zlib: one stream for each channel, flushed with each packet. */
#include "qemu/osdep.h"
#include "multifd-codec.h"
#include "options.h"
#include "qapi/error.h"
#include <zlib.h>

typedef struct Encoder {
    z_stream zs;
    uint8_t page[TARGET_PAGE_SIZE];
    size_t size;
    uint8_t data[];
} Encoder;

static void *encoder_new(Error **errp)
{
    size_t size = MULTIFD_MAX_DATA; /* what it ever adds is far less */
    Encoder *e = g_malloc0(sizeof(*e) + size);

    e->size = size;
    if (deflateInit(&e->zs, migrate_parameters()->multifd_zlib_level) != Z_OK) {
        error_setg(errp, "multifd: zlib cannot be initialized");
        g_free(e);
        return NULL;
    }
    return e;
}

static void encoder_free(void *state)
{
    Encoder *e = state;

    deflateEnd(&e->zs);
    g_free(e);
}

static size_t encode(void *state, uint8_t *const *pages, unsigned n,
                     uint8_t **data, Error **errp)
{
    Encoder *e = state;

    e->zs.next_out = e->data;
    e->zs.avail_out = e->size;
    for (unsigned i = 0; i < n; i++) {
        int ret;

        /* What zlib reads twice must be the same both times. */
        memcpy(e->page, pages[i], TARGET_PAGE_SIZE);
        e->zs.next_in = e->page;
        e->zs.avail_in = TARGET_PAGE_SIZE;
        ret = deflate(&e->zs, i == n - 1 ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        if (ret != Z_OK || e->zs.avail_in || !e->zs.avail_out) {
            error_setg(errp, "multifd: zlib fails to compress (%d)", ret);
            return 0;
        }
    }
    *data = e->data;
    return e->size - e->zs.avail_out;
}

static void *decoder_new(Error **errp)
{
    z_stream *zs = g_new0(z_stream, 1);

    if (inflateInit(zs) != Z_OK) {
        error_setg(errp, "multifd: zlib cannot be initialized");
        g_free(zs);
        return NULL;
    }
    return zs;
}

static void decoder_free(void *state)
{
    inflateEnd(state);
    g_free(state);
}

/* What is left in the decoder would be the next packet's first page. */
static bool is_empty(z_stream *zs)
{
    uint8_t byte;
    int ret;

    zs->next_out = &byte;
    zs->avail_out = 1;
    ret = inflate(zs, Z_SYNC_FLUSH);
    return (ret == Z_OK || ret == Z_BUF_ERROR) && zs->avail_out &&
           !zs->avail_in;
}

static bool decode(void *state, const uint8_t *data, size_t size,
                   uint8_t *const *pages, unsigned n, Error **errp)
{
    z_stream *zs = state;

    zs->next_in = (uint8_t *)data;
    zs->avail_in = size;
    for (unsigned i = 0; i < n; i++) {
        int ret;

        zs->next_out = pages[i];
        zs->avail_out = TARGET_PAGE_SIZE;
        /* One call takes and gives what it can. */
        ret = inflate(zs, Z_SYNC_FLUSH);
        if (ret != Z_OK) {
            error_setg(errp, "multifd: page %u of %u is no zlib data: %s", i, n,
                       zs->msg ?: "it ends too early");
            return false;
        }
        if (zs->avail_out) {
            error_setg(errp, "multifd: zlib data ends in page %u of %u", i, n);
            return false;
        }
    }
    if (!is_empty(zs)) {
        error_setg(errp, "multifd: zlib data goes on after %u pages", n);
        return false;
    }
    return true;
}

const MultiFDCodec multifd_zlib = {
    .flag = MULTIFD_FLAG_ZLIB,
    .encoder_new = encoder_new,
    .encoder_free = encoder_free,
    .encode = encode,
    .decoder_new = decoder_new,
    .decoder_free = decoder_free,
    .decode = decode,
};
