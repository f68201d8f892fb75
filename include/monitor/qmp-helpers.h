/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces of QMP commands that depend on what was built in.
 *
 * "add_client" hands a connected socket to a server in the emulator. Each
 * function here does so for one kind of server; those of displays live beside
 * the display. They own @fd only when they return true.
 */
#ifndef MONITOR_QMP_HELPERS_H
#define MONITOR_QMP_HELPERS_H

bool qmp_add_client_spice(int fd, bool has_skipauth, bool skipauth,
                          bool has_tls, bool tls, Error **errp);
#ifdef CONFIG_VNC
bool qmp_add_client_vnc(int fd, bool has_skipauth, bool skipauth,
                        bool has_tls, bool tls, Error **errp);
#endif
#ifdef CONFIG_DBUS_DISPLAY
bool qmp_add_client_dbus_display(int fd, bool has_skipauth, bool skipauth,
                                 bool has_tls, bool tls, Error **errp);
#endif

/* The character device @protocol; it must be a listening socket. */
bool qmp_add_client_char(int fd, bool has_skipauth, bool skipauth,
                         bool has_tls, bool tls, const char *protocol,
                         Error **errp);

#endif
