/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MigMode: ways to migrate (qapi/migration.json). */
#ifndef MIGRATION_MIG_MODE_H
#define MIGRATION_MIG_MODE_H

#include "qapi/qapi-types-migration.h"

#endif
