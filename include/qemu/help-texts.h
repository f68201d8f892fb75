/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What -version and -help end with. */
#ifndef QEMU_HELP_TEXTS_H
#define QEMU_HELP_TEXTS_H

#define QEMU_COPYRIGHT "Copyright (c) 2026 the Plateau authors"
#define QEMU_HELP_BOTTOM                                                 \
    "Plateau is free software: GNU GPL, version 2 or later."

#endif
