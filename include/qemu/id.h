/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ids that users give to devices, drives and so on, and those that we make
 * up, which begin with '#' so that they cannot collide.
 */
#ifndef QEMU_ID_H
#define QEMU_ID_H

#include <stdbool.h>

typedef enum IdSubSystems {
    ID_QDEV,
    ID_BLOCK,
    ID_CHR,
    ID_NET,
    ID_MAX
} IdSubSystems;

/* A new one, "#block123"; NULL for a bad @id. The caller frees it. */
char *id_generate(IdSubSystems id);
/* A letter, then letters, digits, '-', '.' and '_'. */
bool id_wellformed(const char *id);

#endif
