/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ringbuf: keeps the last so many bytes of output for ringbuf-read. */
#include "qemu/osdep.h"
#include "chardev-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/host-utils.h"
#include "qemu/lockable.h"
#include "qemu/module.h"
#include "qemu/option.h"

struct RingBufChardev {
    Chardev parent;
    size_t size; /* a power of two */
    /* Count up for ever; their difference is what is in the buffer. */
    size_t prod;
    size_t cons;
    uint8_t *cbuf;
};
typedef struct RingBufChardev RingBufChardev;

DECLARE_INSTANCE_CHECKER(RingBufChardev, RINGBUF_CHARDEV, TYPE_CHARDEV_RINGBUF)

#define RINGBUF_DEFAULT_SIZE 65536

static int ringbuf_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    RingBufChardev *d = RINGBUF_CHARDEV(chr);

    for (int i = 0; i < len; i++) {
        d->cbuf[d->prod++ & (d->size - 1)] = buf[i];
    }
    if (d->prod - d->cons > d->size) {
        d->cons = d->prod - d->size;
    }
    return len;
}

static size_t ringbuf_chr_read(Chardev *chr, uint8_t *buf, size_t len)
{
    RingBufChardev *d = RINGBUF_CHARDEV(chr);
    size_t n = 0;

    while (n < len && d->cons != d->prod) {
        buf[n++] = d->cbuf[d->cons++ & (d->size - 1)];
    }
    return n;
}

static void ringbuf_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                         Error **errp)
{
    RingBufChardev *d = RINGBUF_CHARDEV(chr);
    ChardevRingbuf *opts = backend->u.ringbuf.data;
    int64_t size = opts->has_size ? opts->size : RINGBUF_DEFAULT_SIZE;

    if (size <= 0 || !is_power_of_2(size)) {
        error_setg(errp, "size of ringbuf chardev must be power of two");
        return;
    }
    d->cbuf = g_try_malloc0(size);
    if (!d->cbuf) {
        error_setg(errp, "No memory for a ringbuf chardev of %" PRId64 " bytes",
                   size);
        return;
    }
    d->size = size;
}

static void ringbuf_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevRingbuf *ringbuf;
    uint64_t size = qemu_opt_get_size(opts, "size", 0);

    backend->type = CHARDEV_BACKEND_KIND_RINGBUF;
    ringbuf = backend->u.ringbuf.data = g_new0(ChardevRingbuf, 1);
    qemu_chr_parse_common(opts, qapi_ChardevRingbuf_base(ringbuf));
    if (size) {
        ringbuf->has_size = true;
        ringbuf->size = size;
    }
}

static void char_ringbuf_finalize(Object *obj)
{
    g_free(RINGBUF_CHARDEV(obj)->cbuf);
}

static Chardev *ringbuf_find(const char *device, Error **errp)
{
    Chardev *chr = qemu_chr_find(device);

    if (!chr) {
        error_setg(errp, "Device '%s' not found", device);
        return NULL;
    }
    if (!CHARDEV_IS_RINGBUF(chr)) {
        error_setg(errp, "%s is not a ringbuf device", device);
        return NULL;
    }
    return chr;
}

/* The bytes that @data encodes, or NULL with @errp set. */
static uint8_t *base64_bytes(const char *data, gsize *len, Error **errp)
{
    size_t all = strlen(data);
    size_t valid = strspn(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(data + valid, "=");

    if (valid + padding != all || padding > 2 || all % 4) {
        error_setg(errp, "Base64 data '%s' is not valid", data);
        return NULL;
    }
    return g_base64_decode(data, len);
}

void qmp_ringbuf_write(const char *device, const char *data, bool has_format,
                       enum DataFormat format, Error **errp)
{
    Chardev *chr = ringbuf_find(device, errp);
    g_autofree uint8_t *decoded = NULL;
    gsize len = strlen(data);

    if (!chr) {
        return;
    }
    if (has_format && format == DATA_FORMAT_BASE64) {
        decoded = base64_bytes(data, &len, errp);
        if (!decoded) {
            return;
        }
    }
    if (qemu_chr_write_all(chr, decoded ? decoded : (const uint8_t *)data,
                           len) < 0) {
        error_setg(errp, "Failed to write to device %s", device);
    }
}

char *qmp_ringbuf_read(const char *device, int64_t size, bool has_format,
                       enum DataFormat format, Error **errp)
{
    Chardev *chr = ringbuf_find(device, errp);
    RingBufChardev *d;
    uint8_t *data;
    char *ret;

    if (!chr) {
        return NULL;
    }
    if (size <= 0) {
        error_setg(errp, "size must be greater than zero");
        return NULL;
    }
    d = RINGBUF_CHARDEV(chr);
    WITH_QEMU_LOCK_GUARD(&chr->chr_write_lock) {
        size = MIN((uint64_t)size, d->prod - d->cons);
        data = g_malloc(size + 1);
        ringbuf_chr_read(chr, data, size);
    }
    if (has_format && format == DATA_FORMAT_BASE64) {
        ret = g_base64_encode(data, size);
        g_free(data);
    } else {
        /* Bytes that are no UTF-8 are replaced when it becomes JSON. */
        data[size] = 0;
        ret = (char *)data;
    }
    return ret;
}

static void char_ringbuf_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = ringbuf_parse;
    cc->open = ringbuf_open;
    cc->chr_write = ringbuf_chr_write;
}

static const TypeInfo char_ringbuf_types[] = {
    {
        .name = TYPE_CHARDEV_RINGBUF,
        .parent = TYPE_CHARDEV,
        .class_init = char_ringbuf_class_init,
        .instance_size = sizeof(RingBufChardev),
        .instance_finalize = char_ringbuf_finalize,
    },
    /* Its old name */
    {
        .name = TYPE_CHARDEV_MEMORY,
        .parent = TYPE_CHARDEV_RINGBUF,
    },
};

DEFINE_TYPES(char_ringbuf_types)
