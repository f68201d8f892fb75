/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -object secret,id=ID,data=TEXT or file=PATH[,format=base64]: a secret, which
 * other objects and options name by its id. Encrypted ones (keyid=) are
 * refused.
 */
#ifndef QCRYPTO_SECRET_H
#define QCRYPTO_SECRET_H

#include "crypto/secret_common.h"

#define TYPE_QCRYPTO_SECRET "secret"

typedef struct QCryptoSecret QCryptoSecret;
DECLARE_INSTANCE_CHECKER(QCryptoSecret, QCRYPTO_SECRET, TYPE_QCRYPTO_SECRET)

struct QCryptoSecret {
    Object parent_obj;

    char *data, *file, *format;
    uint8_t *raw; /* what it is, and a 0; NULL until it is complete */
    size_t rawlen;
};

#endif
