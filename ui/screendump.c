/* SPDX-License-Identifier: GPL-2.0-or-later */
/* screendump: what a console shows, as PPM or PNG. */
#include "qemu/osdep.h"
#include "image-file.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qapi/util.h"
#include "qobject/qdict.h"
#include "ui/console.h"

static QemuConsole *find_console(const char *device, bool has_head,
                                 int64_t head, Error **errp)
{
    QemuConsole *con;

    if (device) {
        return qemu_console_lookup_by_device_name(device, has_head ? head : 0,
                                                  errp);
    }
    if (has_head) {
        error_setg(errp, "'head' must be specified together with 'device'");
        return NULL;
    }
    con = qemu_console_lookup_by_index(0);
    if (!con) {
        error_setg(errp, "There is no console to take a screendump from");
    }
    return con;
}

void qmp_screendump(const char *filename, const char *device, bool has_head,
                    int64_t head, bool has_format, ImageFormat format,
                    Error **errp)
{
    QemuConsole *con = find_console(device, has_head, head, errp);
    g_autoptr(pixman_image_t) image = NULL;
    struct stat st;
    bool ok, regular;
    int fd;

    if (!con) {
        return;
    }
    graphic_hw_update(con);
    if (!qemu_console_surface(con)) {
        error_setg(errp, "no surface");
        return;
    }
    image = pixman_image_ref(qemu_console_surface(con)->image);
    fd = qemu_open_old(filename, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) {
        error_setg(errp, "failed to open file '%s': %s", filename,
                   strerror(errno));
        return;
    }
    ok = has_format && format == IMAGE_FORMAT_PNG ? png_save(fd, image, errp)
                                                  : ppm_save(fd, image, errp);
    regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (close(fd) < 0 && ok) {
        error_setg_errno(errp, errno, "cannot write '%s'", filename);
        ok = false;
    }
    if (!ok && regular) { /* no device of the host's goes away */
        unlink(filename);
    }
}

void hmp_screendump(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_try_str(qdict, "device");
    const char *name = qdict_get_try_str(qdict, "format");
    Error *err = NULL;
    int format =
        qapi_enum_parse(&ImageFormat_lookup, name, IMAGE_FORMAT_PPM, &err);

    if (!err) {
        qmp_screendump(qdict_get_str(qdict, "filename"), device, device != NULL,
                       qdict_get_try_int(qdict, "head", 0), true, format, &err);
    }
    hmp_handle_error(mon, err);
}
