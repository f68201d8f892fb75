/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices as the user handles them: -device and device_add, device_del, help,
 * and "info qtree". The command handlers themselves are thin callers of this.
 */
#ifndef MONITOR_QDEV_H
#define MONITOR_QDEV_H

void hmp_info_qtree(Monitor *mon, const QDict *qdict);
void hmp_info_qdm(Monitor *mon, const QDict *qdict);
void qmp_device_add(QDict *qdict, QObject **ret_data, Error **errp);

/*
 * Handles "-device help" and "-device TYPE,help": prints and returns 1; 0 when
 * @opts does not ask for help. The QDict form also knows "-device" in JSON.
 */
int qdev_device_help(QemuOpts *opts);

/*
 * Creates and realizes the device that @opts describe ("driver", "bus", "id";
 * the rest are properties). Returns it with a reference that the caller drops,
 * or NULL with @errp set. @from_json: the values have their own types, else
 * they are all strings.
 */
DeviceState *qdev_device_add(QemuOpts *opts, Error **errp);
DeviceState *qdev_device_add_from_qdict(const QDict *opts, bool from_json,
                                        Error **errp);

/*
 * Puts an unrealized @dev into the tree: at /machine/peripheral/ID when @id is
 * given (which @dev then owns), at /machine/peripheral-anon/device[n] when it
 * is NULL. Returns the name there, which is the property's; NULL with @errp,
 * and @id freed, when the id is taken.
 */
const char *qdev_set_id(DeviceState *dev, char *id, Error **errp);

/*
 * Ours from here. The device with this id (under /machine/peripheral) or this
 * QOM path, or NULL with @errp of class DeviceNotFound. With @use_generic_error
 * an object that exists but is no hotpluggable device gets a GenericError, as
 * for device_del.
 */
DeviceState *find_device_state(const char *id, bool use_generic_error,
                               Error **errp);

/* What device_del does. */
void qdev_device_del(const char *id, Error **errp);

/*
 * Prints "info qtree" to @mon through @put, piece by piece: bus classes print
 * what they know of a device to the monitor themselves. @details: properties.
 * The other form makes a string, without those parts.
 */
void qdev_put_tree(Monitor *mon, bool details,
                   void (*put)(Monitor *mon, const char *text));
GString *qdev_print_tree(bool details);

/* The text of "info qdm": all models, also those that a user cannot add. */
GString *qdev_print_models(void);

/*
 * The texts of "-device help" and "-device TYPE,help". qdev_help_device()
 * returns NULL with @errp set when there is no such device.
 */
GString *qdev_help_devices(void);
GString *qdev_help_device(const char *driver, Error **errp);

/* Completion candidates: a list of new strings, freed with g_free each. */
GSList *qdev_complete_ids(const char *prefix);
GSList *qdev_complete_models(const char *prefix);

#endif
