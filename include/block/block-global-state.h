/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of block/block.h elsewhere; here all of it. */
#ifndef BLOCK_GLOBAL_STATE_H
#define BLOCK_GLOBAL_STATE_H

#include "block/block.h"

#endif
