/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether guest code is run by software, for sources that ask for TCG. */
#ifndef SYSTEM_TCG_H
#define SYSTEM_TCG_H

extern bool tcg_allowed;
#define tcg_enabled() (tcg_allowed)

#endif
