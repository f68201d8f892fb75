/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of block/block.h elsewhere; here all of it. */
#ifndef BLOCK_IO_H
#define BLOCK_IO_H

#include "block/block.h"

#endif
