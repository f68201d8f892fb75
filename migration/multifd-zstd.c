/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages through zstd: one frame for each channel, flushed with each packet. */
#include "qemu/osdep.h"
#include "multifd-codec.h"
#include "options.h"
#include "qapi/error.h"
#include <zstd.h>

/* The most that the highest level asks for: a stranger must not have more. */
#define MAX_WINDOW_LOG 25

typedef struct Encoder {
    ZSTD_CCtx *ctx;
    uint8_t page[TARGET_PAGE_SIZE];
    size_t size;
    uint8_t data[];
} Encoder;

static void *encoder_new(Error **errp)
{
    size_t size = MULTIFD_MAX_DATA; /* what it ever adds is far less */
    Encoder *e = g_malloc0(sizeof(*e) + size);

    e->size = size;
    e->ctx = ZSTD_createCCtx();
    if (!e->ctx || ZSTD_isError(ZSTD_CCtx_setParameter(
                       e->ctx, ZSTD_c_compressionLevel,
                       migrate_parameters()->multifd_zstd_level))) {
        error_setg(errp, "multifd: zstd cannot be initialized");
        ZSTD_freeCCtx(e->ctx);
        g_free(e);
        return NULL;
    }
    return e;
}

static void encoder_free(void *state)
{
    Encoder *e = state;

    ZSTD_freeCCtx(e->ctx);
    g_free(e);
}

static size_t encode(void *state, uint8_t *const *pages, unsigned n,
                     uint8_t **data, Error **errp)
{
    Encoder *e = state;
    ZSTD_outBuffer out = { .dst = e->data, .size = e->size };

    for (unsigned i = 0; i < n; i++) {
        ZSTD_EndDirective end = i == n - 1 ? ZSTD_e_flush : ZSTD_e_continue;
        ZSTD_inBuffer in = { .src = e->page, .size = TARGET_PAGE_SIZE };
        size_t left;

        /* What it reads twice must be the same both times. */
        memcpy(e->page, pages[i], TARGET_PAGE_SIZE);
        do {
            left = ZSTD_compressStream2(e->ctx, &out, &in, end);
        } while (!ZSTD_isError(left) && out.pos < out.size &&
                 (in.pos < in.size || (end == ZSTD_e_flush && left)));
        if (ZSTD_isError(left) || in.pos < in.size || out.pos == out.size) {
            error_setg(errp, "multifd: zstd fails to compress: %s",
                       ZSTD_isError(left) ? ZSTD_getErrorName(left)
                                          : "there is no room");
            return 0;
        }
    }
    *data = e->data;
    return out.pos;
}

static void *decoder_new(Error **errp)
{
    ZSTD_DCtx *ctx = ZSTD_createDCtx();

    if (!ctx || ZSTD_isError(ZSTD_DCtx_setParameter(ctx, ZSTD_d_windowLogMax,
                                                    MAX_WINDOW_LOG))) {
        error_setg(errp, "multifd: zstd cannot be initialized");
        ZSTD_freeDCtx(ctx);
        return NULL;
    }
    return ctx;
}

static void decoder_free(void *state)
{
    ZSTD_freeDCtx(state);
}

/* What is left in the decoder would be the next packet's first page. */
static bool is_empty(ZSTD_DCtx *ctx, ZSTD_inBuffer *in)
{
    uint8_t byte;
    ZSTD_outBuffer out = { .dst = &byte, .size = 1 };

    return !ZSTD_isError(ZSTD_decompressStream(ctx, &out, in)) && !out.pos &&
           in->pos == in->size;
}

static bool decode(void *state, const uint8_t *data, size_t size,
                   uint8_t *const *pages, unsigned n, Error **errp)
{
    ZSTD_inBuffer in = { .src = data, .size = size };

    for (unsigned i = 0; i < n; i++) {
        ZSTD_outBuffer out = { .dst = pages[i], .size = TARGET_PAGE_SIZE };

        while (out.pos < out.size) {
            size_t in_before = in.pos, out_before = out.pos;
            size_t left = ZSTD_decompressStream(state, &out, &in);

            if (ZSTD_isError(left)) {
                error_setg(errp, "multifd: page %u of %u is no zstd data: %s",
                           i, n, ZSTD_getErrorName(left));
                return false;
            }
            if (in.pos == in_before && out.pos == out_before) {
                error_setg(errp, "multifd: zstd data ends in page %u of %u", i,
                           n);
                return false;
            }
        }
    }
    if (!is_empty(state, &in)) {
        error_setg(errp, "multifd: zstd data goes on after %u pages", n);
        return false;
    }
    return true;
}

const MultiFDCodec multifd_zstd = {
    .flag = MULTIFD_FLAG_ZSTD,
    .encoder_new = encoder_new,
    .encoder_free = encoder_free,
    .encode = encode,
    .decoder_new = decoder_new,
    .decoder_free = decoder_free,
    .decode = decode,
};
