/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test can tell the machine through qtest: one function for each kind of
 * command, and a table of them. Whatever a test sends gets an answer: OK with a
 * value, or FAIL with a reason.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/core/cpu.h"
#include "exec/ioport.h"
#include "exec/memory.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "system/qtest-internal.h"

typedef struct Call {
    CharBackend *chr;
    char **words;
    int nr_args;
    int variant; /* of the command: a size, or in and out */
} Call;

#define reply(call, ...) qtest_sendf((call)->chr, __VA_ARGS__)

/* Where memory commands go: what the CPUs see. */
static AddressSpace *guest_memory(void)
{
    return first_cpu ? first_cpu->as : &address_space_memory;
}

/*** Arguments. Each sends FAIL and returns false if it is not one. ***/

static bool arg_u64(Call *call, int n, uint64_t *value)
{
    const char *text = call->words[n];

    if (qemu_strtou64(text, NULL, 0, value) < 0) {
        reply(call, "FAIL '%s' is not a number of 64 bits\n", text);
        return false;
    }
    return true;
}

static bool arg_i64(Call *call, int n, int64_t *value)
{
    const char *text = call->words[n];

    if (qemu_strtoi64(text, NULL, 0, value) < 0) {
        reply(call, "FAIL '%s' is not a number of 64 bits\n", text);
        return false;
    }
    return true;
}

static bool arg_int(Call *call, int n, int *value)
{
    const char *text = call->words[n];

    if (qemu_strtoi(text, NULL, 0, value) < 0) {
        reply(call, "FAIL '%s' is not a number of 32 bits\n", text);
        return false;
    }
    return true;
}

static bool arg_port(Call *call, int n, uint64_t *port)
{
    if (!arg_u64(call, n, port)) {
        return false;
    }
    if (*port >= MAX_IOPORTS) {
        reply(call, "FAIL there is no port 0x%" PRIx64 "\n", *port);
        return false;
    }
    return true;
}

/* ADDR SIZE as arguments 1 and 2. */
static bool arg_range(Call *call, uint64_t *addr, uint64_t *size)
{
    if (!arg_u64(call, 1, addr) || !arg_u64(call, 2, size)) {
        return false;
    }
    if (*size > QTEST_MAX_SIZE) {
        reply(call, "FAIL size 0x%" PRIx64 " is above the limit of 0x%x\n",
              *size, QTEST_MAX_SIZE);
        return false;
    }
    if (*size && *addr + (*size - 1) < *addr) {
        reply(call, "FAIL 0x%" PRIx64 "+0x%" PRIx64 " is beyond 2^64\n", *addr,
              *size);
        return false;
    }
    return true;
}

static bool arg_device(Call *call, int n, DeviceState **dev)
{
    Object *obj = object_resolve_path(call->words[n], NULL);

    *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);
    if (!*dev) {
        reply(call, "FAIL Unknown device\n");
        return false;
    }
    return true;
}

/*** Interrupt lines. ***/

static DeviceState *intercepted; /* lines of one device at a time */
static GArray *levels;           /* of int: as last told, by line number */

static int *level_of(int n)
{
    if (!levels) {
        levels = g_array_new(false, true, sizeof(int));
    }
    if (n >= (int)levels->len) {
        g_array_set_size(levels, n + 1);
    }
    return &g_array_index(levels, int, n);
}

void qtest_forget_levels(void)
{
    if (levels) {
        g_array_set_size(levels, 0);
    }
}

static void tell_level(void *opaque, int n, int level)
{
    qemu_irq *former = opaque;
    int *known = level_of(n);

    qemu_set_irq(*former, level);
    if (*known != level) {
        *known = level;
        qtest_sendf(NULL, "IRQ %s %d\n", level ? "raise" : "lower", n);
    }
}

static void intercept_out(DeviceState *dev, NamedGPIOList *list)
{
    for (int i = 0; i < list->num_out; i++) {
        /* Lives as long as the line does: for ever, as far as we know. */
        qemu_irq *former = g_new0(qemu_irq, 1);
        qemu_irq line = qemu_allocate_irq(tell_level, former, i);

        *former = qdev_intercept_gpio_out(dev, line, list->name, i);
    }
}

/* Another device may come to the same address in memory. */
static void forget_device(DeviceListener *listener, DeviceState *dev)
{
    if (dev == intercepted) {
        intercepted = NULL;
    }
}

static DeviceListener device_listener = { .unrealize = forget_device };

static void remember_device(DeviceState *dev)
{
    static bool listening;

    if (!listening) {
        device_listener_register(&device_listener);
        listening = true;
    }
    intercepted = dev;
}

static bool intercept(DeviceState *dev, bool out, const char *name)
{
    NamedGPIOList *list;
    bool found = false;

    QLIST_FOREACH(list, &dev->gpios, node) {
        if (!out) {
            qemu_irq_intercept_in(list->in, tell_level, list->num_in);
            found = true;
        } else if (!g_strcmp0(list->name, name)) {
            intercept_out(dev, list);
            found = true;
        }
    }
    return found;
}

enum { IN, OUT };

static void cmd_intercept(Call *call)
{
    const char *name = call->nr_args > 1 ? call->words[2] : NULL;
    DeviceState *dev;

    if (!arg_device(call, 1, &dev)) {
        return;
    }
    if (name && call->variant == IN) {
        reply(call, "FAIL Interception of named in-GPIOs not yet supported\n");
    } else if (intercepted && intercepted != dev) {
        reply(call, "FAIL IRQ intercept already enabled\n");
    } else if (intercepted) {
        reply(call, "OK\n");
    } else if (intercept(dev, call->variant == OUT, name)) {
        remember_device(dev);
        reply(call, "OK\n");
    } else {
        reply(call, "FAIL No intercepts installed\n");
    }
}

static qemu_irq find_input(DeviceState *dev, const char *name, int n)
{
    NamedGPIOList *list;

    QLIST_FOREACH(list, &dev->gpios, node) {
        if (!g_strcmp0(list->name, name) && n >= 0 && n < list->num_in) {
            return list->in[n];
        }
    }
    return NULL;
}

static void cmd_set_irq_in(Call *call)
{
    const char *name = call->words[2];
    DeviceState *dev;
    qemu_irq irq;
    int n, level;

    if (!arg_device(call, 1, &dev) || !arg_int(call, 3, &n) ||
        !arg_int(call, 4, &level)) {
        return;
    }
    irq = find_input(dev, strcmp(name, "unnamed-gpio-in") ? name : NULL, n);
    if (!irq) {
        reply(call, "FAIL Unknown line\n");
        return;
    }
    qemu_set_irq(irq, level);
    reply(call, "OK\n");
}

/*** Ports. ***/

static void cmd_out(Call *call)
{
    uint64_t port, value;

    if (!arg_port(call, 1, &port) || !arg_u64(call, 2, &value)) {
        return;
    }
    switch (call->variant) {
    case 1:
        cpu_outb(port, value);
        break;
    case 2:
        cpu_outw(port, value);
        break;
    case 4:
        cpu_outl(port, value);
        break;
    }
    reply(call, "OK\n");
}

static void cmd_in(Call *call)
{
    uint64_t port;
    uint32_t value = 0;

    if (!arg_port(call, 1, &port)) {
        return;
    }
    switch (call->variant) {
    case 1:
        value = cpu_inb(port);
        break;
    case 2:
        value = cpu_inw(port);
        break;
    case 4:
        value = cpu_inl(port);
        break;
    }
    reply(call, "OK 0x%04x\n", value);
}

/*** Single values in memory; all targets are little-endian. ***/

static void cmd_write_value(Call *call)
{
    uint64_t addr, value;
    uint8_t buf[8];

    if (!arg_u64(call, 1, &addr) || !arg_u64(call, 2, &value)) {
        return;
    }
    stq_le_p(buf, value);
    address_space_write(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, buf,
                        call->variant);
    reply(call, "OK\n");
}

static void cmd_read_value(Call *call)
{
    uint8_t buf[8] = { 0 };
    uint64_t addr;

    if (!arg_u64(call, 1, &addr)) {
        return;
    }
    address_space_read(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, buf,
                       call->variant);
    reply(call, "OK 0x%016" PRIx64 "\n", ldq_le_p(buf));
}

/*** Many bytes. ***/

static void cmd_read(Call *call)
{
    g_autofree uint8_t *data = NULL;
    g_autoptr(GString) hex = NULL;
    uint64_t addr, size;

    if (!arg_range(call, &addr, &size)) {
        return;
    }
    if (!size) {
        reply(call, "FAIL nothing to read: the size is 0\n");
        return;
    }
    data = g_malloc0(size);
    address_space_read(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, data,
                       size);
    hex = g_string_sized_new(2 * size + 1);
    for (uint64_t i = 0; i < size; i++) {
        g_string_append_c(hex, "0123456789abcdef"[data[i] >> 4]);
        g_string_append_c(hex, "0123456789abcdef"[data[i] & 15]);
    }
    reply(call, "OK 0x%s\n", hex->str);
}

/* Hex digits to bytes, zeros where there are too few; false for others. */
static bool decode_hex(const char *digits, uint8_t *data, uint64_t size)
{
    for (uint64_t i = 0; *digits; i++, digits++) {
        int value = g_ascii_xdigit_value(*digits);

        if (value < 0) {
            return false;
        }
        if (i / 2 < size && (i % 2 || digits[1])) {
            data[i / 2] |= i % 2 ? value : value << 4;
        }
    }
    return true;
}

static void cmd_write(Call *call)
{
    g_autofree uint8_t *data = NULL;
    const char *hex = call->words[3];
    uint64_t addr, size;

    if (!arg_range(call, &addr, &size)) {
        return;
    }
    if (strlen(hex) < 3) {
        reply(call, "ERR invalid argument size\n");
        return;
    }
    data = g_malloc0(MAX(size, 1));
    if (!g_str_has_prefix(hex, "0x") || !decode_hex(hex + 2, data, size)) {
        reply(call, "FAIL the data is not 0x and hexadecimal digits\n");
        return;
    }
    address_space_write(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, data,
                        size);
    reply(call, "OK\n");
}

static void cmd_b64read(Call *call)
{
    g_autofree uint8_t *data = NULL;
    g_autofree char *text = NULL;
    uint64_t addr, size;

    if (!arg_range(call, &addr, &size)) {
        return;
    }
    data = g_malloc0(MAX(size, 1));
    address_space_read(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, data,
                       size);
    text = g_base64_encode(data, size);
    reply(call, "OK %s\n", text);
}

static void cmd_b64write(Call *call)
{
    g_autofree uint8_t *data = NULL;
    uint64_t addr, size;
    gsize len;

    if (!arg_range(call, &addr, &size)) {
        return;
    }
    if (strlen(call->words[3]) < 3) {
        reply(call, "ERR invalid argument size\n");
        return;
    }
    data = g_base64_decode(call->words[3], &len);
    if (len != size) {
        qtest_log("b64write: data length mismatch (told %" PRIu64
                  ", found %zu)\n",
                  size, len);
    }
    address_space_write(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, data,
                        MIN(len, size));
    reply(call, "OK\n");
}

static void cmd_memset(Call *call)
{
    g_autofree uint8_t *data = NULL;
    uint64_t addr, size, value;

    if (!arg_range(call, &addr, &size) || !arg_u64(call, 3, &value)) {
        return;
    }
    data = g_malloc(MAX(size, 1));
    memset(data, value, size);
    address_space_write(guest_memory(), addr, MEMTXATTRS_UNSPECIFIED, data,
                        size);
    reply(call, "OK\n");
}

static void cmd_endianness(Call *call)
{
    reply(call, "OK little\n");
}

/*** The clock. ***/

static void cmd_clock_step(Call *call)
{
    int64_t before = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), step, now;

    if (call->nr_args) {
        if (!arg_i64(call, 1, &step)) {
            return;
        }
    } else {
        step =
            qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, QEMU_TIMER_ATTR_ALL);
        if (step < 0) {
            reply(call, "FAIL cannot advance clock to the next deadline "
                        "because there is no pending deadline\n");
            return;
        }
    }
    if (step > INT64_MAX - before) {
        reply(call, "FAIL the clock ends at %" PRId64 "\n", INT64_MAX);
        return;
    }
    now = qemu_clock_advance_virtual_time(before + step);
    if (now > before) {
        reply(call, "OK %" PRId64 "\n", now);
    } else {
        reply(call, "FAIL could not advance time\n");
    }
}

static void cmd_clock_set(Call *call)
{
    int64_t target, now;

    if (!arg_i64(call, 1, &target)) {
        return;
    }
    now = qemu_clock_advance_virtual_time(target);
    reply(call, "%s %" PRId64 "\n", now == target ? "OK" : "FAIL", now);
}

/*** Modules. ***/

static void cmd_module_load(Call *call)
{
    Error *err = NULL;
    int ret = module_load(call->words[1], call->words[2], &err);

    if (ret < 0) {
        error_report_err(err);
    }
    reply(call, ret > 0 ? "OK\n" : "FAIL\n");
}

/*** The table. ***/

static const struct Command {
    const char *name;
    const char *args; /* for people, when they are wrong */
    int min_args, max_args;
    void (*run)(Call *call);
    int variant;
    bool clock; /* only with the accelerator */
} commands[] = {
    { "irq_intercept_in", "QOM-PATH", 1, 2, cmd_intercept, IN },
    { "irq_intercept_out", "QOM-PATH [NAME]", 1, 2, cmd_intercept, OUT },
    { "set_irq_in", "QOM-PATH NAME NUM LEVEL", 4, 4, cmd_set_irq_in },
    { "outb", "ADDR VALUE", 2, 2, cmd_out, 1 },
    { "outw", "ADDR VALUE", 2, 2, cmd_out, 2 },
    { "outl", "ADDR VALUE", 2, 2, cmd_out, 4 },
    { "inb", "ADDR", 1, 1, cmd_in, 1 },
    { "inw", "ADDR", 1, 1, cmd_in, 2 },
    { "inl", "ADDR", 1, 1, cmd_in, 4 },
    { "writeb", "ADDR VALUE", 2, 2, cmd_write_value, 1 },
    { "writew", "ADDR VALUE", 2, 2, cmd_write_value, 2 },
    { "writel", "ADDR VALUE", 2, 2, cmd_write_value, 4 },
    { "writeq", "ADDR VALUE", 2, 2, cmd_write_value, 8 },
    { "readb", "ADDR", 1, 1, cmd_read_value, 1 },
    { "readw", "ADDR", 1, 1, cmd_read_value, 2 },
    { "readl", "ADDR", 1, 1, cmd_read_value, 4 },
    { "readq", "ADDR", 1, 1, cmd_read_value, 8 },
    { "read", "ADDR SIZE", 2, 2, cmd_read },
    { "write", "ADDR SIZE DATA", 3, 3, cmd_write },
    { "b64read", "ADDR SIZE", 2, 2, cmd_b64read },
    { "b64write", "ADDR SIZE DATA", 3, 3, cmd_b64write },
    { "memset", "ADDR SIZE VALUE", 3, 3, cmd_memset },
    { "endianness", "nothing", 0, 0, cmd_endianness },
    { "clock_step", "[NS]", 0, 1, cmd_clock_step, 0, true },
    { "clock_set", "NS", 1, 1, cmd_clock_set, 0, true },
    { "module_load", "PREFIX NAME", 2, 2, cmd_module_load },
};

static const struct Command *find_command(const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        const struct Command *c = &commands[i];

        if (!strcmp(c->name, name)) {
            return c->clock && !qtest_enabled() ? NULL : c;
        }
    }
    return NULL;
}

void qtest_run_command(CharBackend *chr, char **words)
{
    const struct Command *c = find_command(words[0]);
    Call call = { .chr = chr, .words = words };

    if (!c) {
        if (!qtest_run_extra_command(chr, words)) {
            qtest_sendf(chr, "FAIL Unknown command '%s'\n", words[0]);
        }
        return;
    }
    call.nr_args = g_strv_length(words) - 1;
    call.variant = c->variant;
    if (call.nr_args < c->min_args || call.nr_args > c->max_args) {
        qtest_sendf(chr, "FAIL %s takes %s\n", c->name, c->args);
        return;
    }
    c->run(&call);
}
