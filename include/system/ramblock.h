/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The later name of exec/ramblock.h. */
#include "exec/ramblock.h"
