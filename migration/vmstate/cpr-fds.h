/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors of cpr-transfer, for the code of its channel. */
#ifndef VMSTATE_CPR_FDS_H
#define VMSTATE_CPR_FDS_H

#include "migration/cpr.h"

/* 0 or a negative errno value, after a message. */
int cpr_fds_save(QEMUFile *f);
/* As above. What came is not used until somebody asks for it. */
int cpr_fds_load(QEMUFile *f);

/* The next of those named @name that nobody has taken yet; -1 if none is. */
int cpr_fds_take(const char *name);
/* Saves @fd under @name and the lowest number that is free. */
void cpr_fds_add(const char *name, int fd);
/* Deletes what has @fd, if anything has. */
void cpr_fds_remove(int fd);
/* Whether @fd came and was taken. */
bool cpr_fds_came(int fd);
/* Whether one named @name came that nobody has taken. */
bool cpr_fds_is_left(const char *name);
/* Closes what came and was not taken. */
void cpr_fds_close_unused(void);

#endif
