/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serial: a serial port of the host. */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <termios.h>
#include "chardev/char-fd.h"
#include "chardev/char-serial.h"
#include "io/channel-file.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

/* The host's constant for the slowest rate that is not below @speed. */
static speed_t host_speed(int speed)
{
    static const struct {
        int rate;
        speed_t constant;
    } speeds[] = {
        { 50, B50 },           { 75, B75 },           { 110, B110 },
        { 134, B134 },         { 150, B150 },         { 200, B200 },
        { 300, B300 },         { 600, B600 },         { 1200, B1200 },
        { 1800, B1800 },       { 2400, B2400 },       { 4800, B4800 },
        { 9600, B9600 },       { 19200, B19200 },     { 38400, B38400 },
        { 57600, B57600 },     { 115200, B115200 },   { 230400, B230400 },
        { 460800, B460800 },   { 500000, B500000 },   { 576000, B576000 },
        { 921600, B921600 },   { 1000000, B1000000 }, { 1152000, B1152000 },
        { 1500000, B1500000 }, { 2000000, B2000000 }, { 2500000, B2500000 },
        { 3000000, B3000000 }, { 3500000, B3500000 }, { 4000000, B4000000 },
    };

    /* Guests divide a clock, and come out a little off. */
    speed -= speed / 50;
    for (size_t i = 0; i < ARRAY_SIZE(speeds); i++) {
        if (speed <= speeds[i].rate) {
            return speeds[i].constant;
        }
    }
    return B4000000;
}

static void serial_set_params(int fd, const QEMUSerialSetParams *p)
{
    static const tcflag_t sizes[] = { CS5, CS6, CS7, CS8 };
    struct termios tty;

    if (tcgetattr(fd, &tty) < 0) {
        return;
    }
    cfmakeraw(&tty);
    cfsetispeed(&tty, host_speed(p->speed));
    cfsetospeed(&tty, host_speed(p->speed));
    tty.c_cflag &= ~(CSIZE | PARENB | PARODD | CRTSCTS | CSTOPB);
    tty.c_cflag |= sizes[MIN(MAX(p->data_bits, 5), 8) - 5];
    if (p->parity == 'E') {
        tty.c_cflag |= PARENB;
    } else if (p->parity == 'O') {
        tty.c_cflag |= PARENB | PARODD;
    }
    if (p->stop_bits == 2) {
        tty.c_cflag |= CSTOPB;
    }
    tcsetattr(fd, TCSANOW, &tty);
}

static const struct {
    int host, ours;
} modem_lines[] = {
    { TIOCM_CTS, CHR_TIOCM_CTS }, { TIOCM_CAR, CHR_TIOCM_CAR },
    { TIOCM_DSR, CHR_TIOCM_DSR }, { TIOCM_RI, CHR_TIOCM_RI },
    { TIOCM_DTR, CHR_TIOCM_DTR }, { TIOCM_RTS, CHR_TIOCM_RTS },
};

static void serial_get_tiocm(int fd, int *lines)
{
    int host = 0;

    ioctl(fd, TIOCMGET, &host);
    *lines = 0;
    for (size_t i = 0; i < ARRAY_SIZE(modem_lines); i++) {
        if (host & modem_lines[i].host) {
            *lines |= modem_lines[i].ours;
        }
    }
}

static void serial_set_tiocm(int fd, int lines)
{
    int host = 0;

    ioctl(fd, TIOCMGET, &host);
    for (size_t i = 0; i < ARRAY_SIZE(modem_lines); i++) {
        host &= ~modem_lines[i].host;
        if (lines & modem_lines[i].ours) {
            host |= modem_lines[i].host;
        }
    }
    ioctl(fd, TIOCMSET, &host);
}

static int serial_ioctl(Chardev *chr, int cmd, void *arg)
{
    int fd = QIO_CHANNEL_FILE(FD_CHARDEV(chr)->ioc_in)->fd;

    switch (cmd) {
    case CHR_IOCTL_SERIAL_SET_PARAMS:
        serial_set_params(fd, arg);
        return 0;
    case CHR_IOCTL_SERIAL_SET_BREAK:
        if (*(int *)arg) {
            tcsendbreak(fd, 1);
        }
        return 0;
    case CHR_IOCTL_SERIAL_GET_TIOCM:
        serial_get_tiocm(fd, arg);
        return 0;
    case CHR_IOCTL_SERIAL_SET_TIOCM:
        serial_set_tiocm(fd, *(int *)arg);
        return 0;
    default:
        return -ENOTSUP;
    }
}

static void serial_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                        Error **errp)
{
    static const QEMUSerialSetParams params = {
        .speed = 115200, .parity = 'N', .data_bits = 8, .stop_bits = 1
    };
    ChardevHostdev *serial = backend->u.serial.data;
    int fd =
        qmp_chardev_open_file_source(serial->device, O_RDWR | O_NONBLOCK, errp);

    if (fd >= 0) {
        serial_set_params(fd, &params);
        qemu_chr_open_fd(chr, fd, fd);
    }
}

static void serial_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    ChardevHostdev *serial;

    if (!path) {
        error_setg(errp, "chardev: serial/tty: no device path given");
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_SERIAL;
    serial = backend->u.serial.data = g_new0(ChardevHostdev, 1);
    qemu_chr_parse_common(opts, qapi_ChardevHostdev_base(serial));
    serial->device = g_strdup(path);
}

static void char_serial_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = serial_parse;
    cc->open = serial_open;
    cc->chr_ioctl = serial_ioctl;
}

static const TypeInfo char_serial_type_info = {
    .name = TYPE_CHARDEV_SERIAL,
    .parent = TYPE_CHARDEV_FD,
    .class_init = char_serial_class_init,
};

static void register_types(void)
{
    type_register_static(&char_serial_type_info);
}

type_init(register_types);
