/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of system/block-backend.h elsewhere; here all of it. */
#ifndef BLOCK_BACKEND_IO_H
#define BLOCK_BACKEND_IO_H

#include "system/block-backend.h"

#endif
