/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptions: which callbacks are called when, what refuses a stream and in
 * which words, and the kinds of values that are not just numbers.
 */
/* clang-format off */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cpu-float.h"
#include "qemu/error-report.h"
#include "qemu/fifo8.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "vmstate-helpers.h"

/*** The messages, and the stream between saving and loading. ***/

static GString *messages;

static int keep(const char *fmt, va_list ap)
{
    int before = messages->len;

    g_string_append_vprintf(messages, fmt, ap);
    return messages->len - before;
}

static bool is_active(void)
{
    return true;
}

static void assert_said(const char *text)
{
    if (!strstr(messages->str, text)) {
        g_error("'%s' is not in '%s'", text, messages->str);
    }
    g_string_truncate(messages, 0);
}

static GByteArray *stream;

static int save_err(const VMStateDescription *vmsd, void *obj, Error **errp)
{
    int ret;

    g_clear_pointer(&stream, g_byte_array_unref);
    ret = save_to_bytes(vmsd, obj, vmsd->version_id, NULL, &stream, errp);
    g_byte_array_append(stream, (const uint8_t *)"", 1);
    return ret;
}

static void save(const VMStateDescription *vmsd, void *obj)
{
    g_assert_cmpint(save_err(vmsd, obj, &error_abort), ==, 0);
}

static int load(const VMStateDescription *vmsd, void *obj)
{
    return load_from_bytes(vmsd, obj, vmsd->version_id, stream->data,
                           stream->len);
}

/*** Callbacks and their order. ***/

typedef struct Thing {
    uint32_t a, b;
    int fail;
    bool extra;
    GString *log;
} Thing;

#define CALLBACK(name, letter)                                           \
    static int name(void *opaque)                                        \
    {                                                                    \
        Thing *t = opaque;                                               \
                                                                         \
        g_string_append_c(t->log, letter);                               \
        return t->fail == letter ? -EBUSY : 0;                           \
    }
CALLBACK(thing_pre_save, 's')
CALLBACK(thing_post_save, 'S')
CALLBACK(thing_pre_load, 'l')
CALLBACK(extra_pre_save, 'x')
CALLBACK(extra_post_save, 'X')

static int thing_post_load(void *opaque, int version_id)
{
    Thing *t = opaque;

    g_string_append_printf(t->log, "L%d", version_id);
    return t->fail == 'L' ? -EBUSY : 0;
}

static bool extra_needed(void *opaque)
{
    return ((Thing *)opaque)->extra;
}

static bool a_is_even(void *opaque, int version_id)
{
    return ((Thing *)opaque)->a % 2 == 0;
}

static const VMStateDescription vmstate_extra = {
    .name = "thing/extra",
    .version_id = 300,
    .minimum_version_id = 300,
    .needed = extra_needed,
    .pre_save = extra_pre_save,
    .post_save = extra_post_save,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(b, Thing),
        VMSTATE_END_OF_LIST(),
    },
};

static const VMStateDescription vmstate_thing = {
    .name = "thing",
    .version_id = 3,
    .minimum_version_id = 2,
    .pre_save = thing_pre_save,
    .post_save = thing_post_save,
    .pre_load = thing_pre_load,
    .post_load = thing_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(a, Thing),
        VMSTATE_VALIDATE("a is even", a_is_even),
        VMSTATE_END_OF_LIST(),
    },
    .subsections = (const VMStateDescription *const[]) {
        &vmstate_extra,
        NULL,
    },
};

static void assert_log(Thing *t, const char *log)
{
    g_assert_cmpstr(t->log->str, ==, log);
    g_string_truncate(t->log, 0);
}

static void test_callbacks(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    Thing from = { .a = 2, .b = 7, .extra = true, .log = log };
    Thing to = { .log = log };
    static const uint8_t wire[] = "\0\0\0\2\5\vthing/extra\0\0\1\x2c\0\0\0\7";
    Error *err = NULL;

    save(&vmstate_thing, &from);
    assert_log(&from, "sxXS");
    g_assert_cmpmem(stream->data, stream->len, wire, sizeof(wire));
    g_assert_cmpint(load(&vmstate_thing, &to), ==, 0);
    assert_log(&to, "lL3");
    g_assert_cmpint(to.b, ==, 7);

    from.fail = 's';
    g_assert_cmpint(save_err(&vmstate_thing, &from, &err), ==, -EBUSY);
    g_assert_cmpstr(error_get_pretty(err), ==, "pre-save failed: thing");
    error_free_or_abort(&err);
    assert_log(&from, "s");
    from.fail = 'S';
    g_assert_cmpint(save_err(&vmstate_thing, &from, &err), ==, -EBUSY);
    g_assert_cmpstr(error_get_pretty(err), ==, "post-save failed: thing");
    error_free_or_abort(&err);
    assert_log(&from, "sxXS");
    from.fail = 'x';
    g_assert_cmpint(save_err(&vmstate_thing, &from, &err), ==, -EBUSY);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "pre-save failed: thing/extra");
    error_free_or_abort(&err);
    assert_log(&from, "sxS");

    from.fail = 0;
    from.extra = false;
    save(&vmstate_thing, &from);
    assert_log(&from, "sS");
    to.fail = 'l';
    g_assert_cmpint(load(&vmstate_thing, &to), ==, -EBUSY);
    assert_log(&to, "l");
    to.fail = 'L';
    g_assert_cmpint(load(&vmstate_thing, &to), ==, -EBUSY);
    assert_log(&to, "lL3");
}

static void test_refused(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    Thing t = { .a = 3, .log = log };
    Error *err = NULL;

    g_assert_cmpint(save_err(&vmstate_thing, &t, &err), ==, -EINVAL);
    error_free_or_abort(&err);
    assert_said("Output state validation failed: thing/a is even");

    t.a = 4;
    save(&vmstate_thing, &t);
    stream->data[3] = 5;
    g_assert_cmpint(load(&vmstate_thing, &t), <, 0);
    assert_said("Input validation failed: thing/a is even");
    g_assert_cmpint(load_from_bytes(&vmstate_thing, &t, 4, stream->data,
                                    stream->len), ==, -EINVAL);
    assert_said("thing: incoming version_id 4 is too new "
                "for local version_id 3");
    g_assert_cmpint(load_from_bytes(&vmstate_thing, &t, 1, stream->data,
                                    stream->len), ==, -EINVAL);
    assert_said("thing: incoming version_id 1 is too old "
                "for local minimum version_id  2");
    g_assert_cmpint(load_from_bytes(&vmstate_thing, &t, 3, stream->data, 2),
                    ==, -EIO);
    assert_said("Failed to load thing:a");
}

/* What may stand where a subsection is looked for. */
static void test_subsections(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    Thing t = { .log = log };
    static const struct {
        const char *bytes;
        size_t size;
        int ret;
    } cases[] = {
        { "\0\0\0\2\5\vthing/other\0\0\0\1", 21, -ENOENT },
        { "\0\0\0\2\5\vthink/other\0\0\0\1", 21, 0 }, /* not ours */
        { "\0\0\0\2\5\2th\0", 9, 0 },                 /* nor this */
        { "\0\0\0\2\5\vthing/extra\0\0\0\1", 21, -EINVAL },
        { "\0\0\0\2\5\vthing/extra\0\0\1\x2c\0\0\0\7\5\vthing/extra\0\0\1\x2c",
          42, -EINVAL },
        { "\0\0\0\2\5\vthing/ext", 15, -EIO },
        { "\0\0\0\2\5\vthi", 9, -EIO },
        /* No name of ours, though the stream ends before such a name would. */
        { "\0\0\0\2\5\377", 7, 0 },
        { "\0\0\0\2\5\vthink", 11, 0 },
    };
    int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        g_assert_cmpint(load_from_bytes(&vmstate_thing, &t, 3,
                                        (const uint8_t *)cases[i].bytes,
                                        cases[i].size),
                        ==, cases[i].ret);
    }
    assert_said("Subsection thing/extra comes twice");
}

/*** Values that must match. ***/

typedef struct Equal {
    uint8_t u8;
    uint16_t u16;
    int32_t i32;
    uint32_t u32;
    uint64_t u64;
    int32_t limit;
} Equal;

static const VMStateDescription vmstate_equal = {
    .name = "equal",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_EQUAL(u8, Equal, "buy a new one"),
        VMSTATE_UINT16_EQUAL(u16, Equal, NULL),
        VMSTATE_INT32_EQUAL(i32, Equal, NULL),
        VMSTATE_UINT32_EQUAL(u32, Equal, NULL),
        VMSTATE_UINT64_EQUAL(u64, Equal, NULL),
        VMSTATE_INT32_POSITIVE_LE(limit, Equal),
        VMSTATE_END_OF_LIST(),
    },
};

static void test_equal(void)
{
    const Equal good = { 0x10, 0x2000, -1, 0xabcdef01, 1ull << 40, 9 };
    const Equal bad[] = {
        { 0x11, 0x2000, -1, 0xabcdef01, 1ull << 40, 9 },
        { 0x10, 0x2001, -1, 0xabcdef01, 1ull << 40, 9 },
        { 0x10, 0x2000, -2, 0xabcdef01, 1ull << 40, 9 },
        { 0x10, 0x2000, -1, 0xabcdef02, 1ull << 40, 9 },
        { 0x10, 0x2000, -1, 0xabcdef01, 1ull << 41, 9 },
        { 0x10, 0x2000, -1, 0xabcdef01, 1ull << 40, 8 },
        { 0x10, 0x2000, -1, 0xabcdef01, 1ull << 40, -1 },
    };
    const char *words[] = {
        "11 != 10", "2001 != 2000", "fffffffe != ffffffff",
        "abcdef02 != abcdef01", "20000000000 != 10000000000",
        "Invalid value 9 expecting positive value <= 8",
        "Invalid value 9 expecting positive value <= -1",
    };
    Equal t = good;
    int i;

    save(&vmstate_equal, &t);
    t.limit = 20;
    g_assert_cmpint(load(&vmstate_equal, &t), ==, 0);
    g_assert_cmpint(t.limit, ==, 9);
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        t = bad[i];
        g_assert_cmpint(load(&vmstate_equal, &t), ==, -EINVAL);
        if (i == 0) {
            g_assert_nonnull(strstr(messages->str, "buy a new one"));
        }
        assert_said(words[i]);
    }
}

/*** Memory that a bad stream asks for, and that is not there. ***/

typedef struct Memory {
    uint32_t count;
    uint32_t size;
    uint64_t *array;
    uint8_t *bytes;
    uint32_t nfixed;
    uint64_t *fixed; /* NULL */
} Memory;

static const VMStateDescription vmstate_memory = {
    .name = "memory",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(count, Memory),
        VMSTATE_VARRAY_UINT32_ALLOC(array, Memory, count, 0,
                                    vmstate_info_uint64, uint64_t),
        VMSTATE_UINT32(size, Memory),
        VMSTATE_VBUFFER_ALLOC_UINT32(bytes, Memory, 0, NULL, size),
        VMSTATE_UINT32(nfixed, Memory),
        VMSTATE_VARRAY_UINT32(fixed, Memory, nfixed, 0, vmstate_info_uint64,
                              uint64_t),
        VMSTATE_END_OF_LIST(),
    },
};

static int load_text(const VMStateDescription *vmsd, void *obj,
                     const char *bytes, size_t size)
{
    return load_from_bytes(vmsd, obj, vmsd->version_id,
                           (const uint8_t *)bytes, size);
}

static void test_memory(void)
{
    Memory m = { 0 };
    Error *err = NULL;

    g_assert_cmpint(load_text(&vmstate_memory, &m, "\xff\xff\xff\xff\0", 5),
                    ==, -EINVAL);
    assert_said("Failed to load memory:array");
    g_assert_cmpint(load_text(&vmstate_memory, &m, "\x20\0\0\0\0", 5), ==,
                    -EINVAL);
    assert_said("out of range");
    g_assert_cmpint(load_text(&vmstate_memory, &m,
                              "\0\0\0\0\xff\xff\xff\xff\0", 9), ==, -EINVAL);
    assert_said("Failed to load memory:bytes");
    g_assert_cmpint(load_text(&vmstate_memory, &m,
                              "\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0",
                              21), ==, -EINVAL);
    assert_said("Failed to load memory:fixed");
    g_assert_null(m.array);
    g_assert_null(m.bytes);

    m.nfixed = 2;
    g_assert_cmpint(save_err(&vmstate_memory, &m, &err), ==, -EINVAL);
    g_assert_nonnull(strstr(error_get_pretty(err),
                            "Save of field memory/fixed failed"));
    error_free(err);
}

/*** Temporaries. ***/

typedef struct Celsius {
    double degrees;
    int finished;
} Celsius;

typedef struct Kelvin {
    Celsius *parent;
    uint32_t millikelvin;
    uint16_t size;
    uint8_t *name;
} Kelvin;

static int kelvin_pre_save(void *opaque)
{
    Kelvin *k = opaque;

    g_assert_null(k->name); /* it is zeroed */
    k->millikelvin = (k->parent->degrees + 273.15) * 1000;
    return 0;
}

static int kelvin_post_load(void *opaque, int version_id)
{
    Kelvin *k = opaque;

    k->parent->degrees = k->millikelvin / 1000.0 - 273.15;
    k->parent->finished++;
    g_free(k->name);
    return k->millikelvin > 10000000 ? -ERANGE : 0;
}

static const VMStateDescription vmstate_kelvin = {
    .name = "kelvin",
    .pre_save = kelvin_pre_save,
    .post_load = kelvin_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(size, Kelvin),
        VMSTATE_VARRAY_UINT16_ALLOC(name, Kelvin, size, 0, vmstate_info_uint8,
                                    uint8_t),
        VMSTATE_UINT32(millikelvin, Kelvin),
        VMSTATE_END_OF_LIST(),
    },
};

static const VMStateDescription vmstate_celsius = {
    .name = "celsius",
    .fields = (const VMStateField[]) {
        VMSTATE_WITH_TMP(Celsius, Kelvin, vmstate_kelvin),
        VMSTATE_END_OF_LIST(),
    },
};

static void test_tmp(void)
{
    Celsius c = { .degrees = 100 };

    save(&vmstate_celsius, &c);
    c.degrees = 0;
    g_assert_cmpint(load(&vmstate_celsius, &c), ==, 0);
    g_assert_cmpfloat_with_epsilon(c.degrees, 100, 0.01);
    g_assert_cmpint(c.finished, ==, 1);

    /* Refused after it was loaded; and cut: nothing is left behind. */
    g_assert_cmpint(load_text(&vmstate_celsius, &c,
                              "\0\3abc\x7f\xff\xff\xff\0", 10), ==, -ERANGE);
    g_assert_cmpint(c.finished, ==, 2);
    g_assert_cmpint(load_text(&vmstate_celsius, &c, "\0\3abc\x7f", 6), ==,
                    -EIO);
    g_assert_cmpint(c.finished, ==, 2);
}

/*** The rest. ***/

typedef struct Odds {
    QEMUTimer *timer, idle;
    CPU_DoubleU d;
    Fifo8 fifo;
    uint8_t buf[8];
    uint16_t grid[2][3];
    uint32_t factor;
    uint8_t pixels[12];
    struct {
        uint16_t x;
    } dot[3];
    uint8_t ndots;
} Odds;

static const VMStateDescription vmstate_dot = {
    .name = "dot",
    .fields = (const VMStateField[]) {
        { .name = "x", .size = 2, .info = &vmstate_info_uint16,
          .flags = VMS_SINGLE },
        VMSTATE_END_OF_LIST(),
    },
};

static const VMStateDescription vmstate_odds = {
    .name = "odds",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_TIMER_PTR(timer, Odds),
        VMSTATE_TIMER(idle, Odds),
        VMSTATE_SINGLE(d, Odds, 0, vmstate_info_cpudouble, CPU_DoubleU),
        VMSTATE_FIFO8(fifo, Odds),
        VMSTATE_PARTIAL_BUFFER(buf, Odds, 2),
        VMSTATE_BUFFER_START_MIDDLE(buf, Odds, 6),
        VMSTATE_UINT16_2DARRAY(grid, Odds, 2, 3),
        VMSTATE_UINT32(factor, Odds),
        VMSTATE_VARRAY_MULTIPLY(pixels, Odds, factor, 4, vmstate_info_uint8,
                                uint8_t),
        VMSTATE_UNUSED_VARRAY_UINT32(Odds, NULL, 0, factor, 3),
        VMSTATE_UINT8(ndots, Odds),
        VMSTATE_STRUCT_VARRAY_UINT8(dot, Odds, ndots, 1, vmstate_dot,
                                    typeof_elt_of_field(Odds, dot)),
        VMSTATE_UINT16_SUB_ARRAY(grid[1], Odds, 1, 2),
        VMSTATE_END_OF_LIST(),
    },
};

static void no_callback(void *opaque)
{
}

static void init_odds(Odds *o)
{
    *o = (Odds){ .timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, no_callback, o) };
    timer_init_ns(&o->idle, QEMU_CLOCK_VIRTUAL, no_callback, o);
    fifo8_create(&o->fifo, 4);
}

static void clear_odds(Odds *o)
{
    timer_free(o->timer);
    timer_del(&o->idle);
    fifo8_destroy(&o->fifo);
}

static void test_odds(void)
{
    static const uint8_t wire[] = {
        0, 0, 0, 1, 0, 0, 0, 0, /* 2^32 ns */
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x3f, 0xf0, 0, 0, 0, 0, 0, 1,
        'x', 'y', 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
        'a', 'b', 'g', 'h',
        0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6,
        0, 0, 0, 2,
        10, 11, 12, 13, 14, 15, 16, 17,
        0, 0, 0, 0, 0, 0,
        2, 0, 7, 0, 8,
        0, 5, 0, 6,
        0,
    };
    Odds from, to;

    init_odds(&from);
    init_odds(&to);
    timer_mod_ns(from.timer, 1ll << 32);
    timer_mod_ns(&to.idle, 5);
    from.d.ll = 0x3ff0000000000001ull;
    fifo8_push(&from.fifo, 'x');
    fifo8_push(&from.fifo, 'y');
    memcpy(from.buf, "abcdefgh", 8);
    memcpy(from.grid, (uint16_t[]){ 1, 2, 3, 4, 5, 6 }, sizeof(from.grid));
    from.factor = 2;
    memcpy(from.pixels, "\n\v\f\r\16\17\20\21", 8);
    from.ndots = 2;
    from.dot[0].x = 7;
    from.dot[1].x = 8;

    save(&vmstate_odds, &from);
    g_assert_cmpmem(stream->data, stream->len, wire, sizeof(wire));
    g_assert_cmpint(load(&vmstate_odds, &to), ==, 0);
    g_assert_cmpint(timer_expire_time_ns(to.timer), ==, 1ll << 32);
    g_assert_false(timer_pending(&to.idle));
    g_assert_cmphex(to.d.ll, ==, from.d.ll);
    g_assert_cmpint(fifo8_pop(&to.fifo), ==, 'x');
    g_assert_cmpint(fifo8_pop(&to.fifo), ==, 'y');
    g_assert_cmpmem(to.buf, 8, "ab\0\0\0\0gh", 8);
    g_assert_cmpmem(to.grid, sizeof(to.grid), from.grid, sizeof(from.grid));
    g_assert_cmpmem(to.pixels, 12, from.pixels, 12);
    g_assert_cmpmem(to.dot, sizeof(to.dot), from.dot, sizeof(from.dot));

    /* A Fifo8 with more bytes than it has room. */
    stream->data[35] = 5;
    g_assert_cmpint(load(&vmstate_odds, &to), ==, -EINVAL);
    assert_said("Fifo8: head 0 or number of bytes 5");
    clear_odds(&from);
    clear_odds(&to);
}

int main(int argc, char **argv)
{
    int ret;

    messages = g_string_new(NULL);
    error_set_sink(keep, is_active);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vmstate/callbacks", test_callbacks);
    g_test_add_func("/vmstate/refused", test_refused);
    g_test_add_func("/vmstate/subsections", test_subsections);
    g_test_add_func("/vmstate/equal", test_equal);
    g_test_add_func("/vmstate/memory", test_memory);
    g_test_add_func("/vmstate/tmp", test_tmp);
    g_test_add_func("/vmstate/odds", test_odds);
    ret = g_test_run();
    g_clear_pointer(&stream, g_byte_array_unref);
    g_string_free(messages, true);
    return ret;
}
