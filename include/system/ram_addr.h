/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The later name of exec/ram_addr.h. */
#include "exec/ram_addr.h"
