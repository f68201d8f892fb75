/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which codecs of multifd were built in. */
#include "qemu/osdep.h"
#include "multifd-codec.h"
#include "qapi/error.h"

const MultiFDCodec *multifd_codec(MultiFDCompression compression, Error **errp)
{
    switch (compression) {
    case MULTIFD_COMPRESSION_NONE:
        return NULL;
    case MULTIFD_COMPRESSION_ZLIB:
        return &multifd_zlib;
#ifdef CONFIG_ZSTD
    case MULTIFD_COMPRESSION_ZSTD:
        return &multifd_zstd;
#endif
    default:
        error_setg(errp, "Compression '%s' is not supported",
                   MultiFDCompression_str(compression));
        return NULL;
    }
}
