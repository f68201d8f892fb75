/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The later name of exec/ramlist.h. */
#include "exec/ramlist.h"
