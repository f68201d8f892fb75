/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets by their ids: passwords and keys that are not on the command line of
 * what uses them. See include/crypto/secret.h for the objects.
 */
#ifndef QCRYPTO_SECRET_COMMON_H
#define QCRYPTO_SECRET_COMMON_H

#include "qom/object.h"

/*
 * The bytes of the secret @secretid, of /objects: *@data, *@datalen of them
 * and a 0; g_free(). 0, or -1 with @errp set.
 */
int qcrypto_secret_lookup(const char *secretid, uint8_t **data, size_t *datalen,
                          Error **errp);
/* The same as text, which is valid UTF-8; NULL with @errp set. */
char *qcrypto_secret_lookup_as_utf8(const char *secretid, Error **errp);

#endif
