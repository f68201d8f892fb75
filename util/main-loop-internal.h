/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UTIL_MAIN_LOOP_INTERNAL_H
#define UTIL_MAIN_LOOP_INTERNAL_H

/* Lets signals arrive in the main loop. 0, or -errno and @errp. */
int main_loop_init_signals(Error **errp);

#endif
