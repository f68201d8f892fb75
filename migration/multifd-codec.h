/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the pages of a multifd packet become bytes, and bytes pages. A codec has
 * a state for each channel and direction, since a packet builds upon those
 * before it.
 */
#ifndef MIGRATION_MULTIFD_CODEC_H
#define MIGRATION_MULTIFD_CODEC_H

#include "multifd-packet.h"
#include "qapi/qapi-types-migration.h"

/* No packet has more data than that. */
#define MULTIFD_MAX_DATA (2 * MULTIFD_PACKET_SIZE)

typedef struct MultiFDCodec {
    uint32_t flag; /* in packets */
    /* A state, or NULL with @errp. */
    void *(*encoder_new)(Error **errp);
    void (*encoder_free)(void *state);
    /*
     * Pages, which may change meanwhile, to *@data, which stays the state's.
     * The bytes, or 0 with @errp.
     */
    size_t (*encode)(void *state, uint8_t *const *pages, unsigned n,
                     uint8_t **data, Error **errp);
    void *(*decoder_new)(Error **errp);
    void (*decoder_free)(void *state);
    /* All of @data, no more and no less, to @n pages. False with @errp. */
    bool (*decode)(void *state, const uint8_t *data, size_t size,
                   uint8_t *const *pages, unsigned n, Error **errp);
} MultiFDCodec;

/* NULL for none at all; or with @errp, if it was not built in. */
const MultiFDCodec *multifd_codec(MultiFDCompression compression, Error **errp);

/* multifd-zlib.c, multifd-zstd.c */
extern const MultiFDCodec multifd_zlib, multifd_zstd;

#endif
