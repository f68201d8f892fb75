/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every kind of property: values in, values out, and values refused. */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qemu/module.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qom/qom-qobject.h"

#define TYPE_SAMPLE "test-sample"
OBJECT_DECLARE_SIMPLE_TYPE(Sample, SAMPLE)

struct Sample {
    DeviceState parent_obj;

    uint32_t flags;
    uint64_t flags64;
    bool flag;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32, size32, blocksize, usize;
    int32_t i32, devfn;
    uint64_t u64, mask, size;
    int64_t i64;
    char *text;
    OnOffAuto auto_;
    EndianMode endian;
    QemuUUID uuid;
    DeviceState *link;
    uint32_t len, nstr;
    uint16_t *array;
    char **strings;
    CharBackend chr;
    struct {
        uint8_t a[6];
    } mac;
};

static const Property sample_properties[] = {
    DEFINE_PROP_BIT("bit", Sample, flags, 31, true),
    DEFINE_PROP_BIT64("bit64", Sample, flags64, 63, false),
    DEFINE_PROP_BOOL("bool", Sample, flag, true),
    DEFINE_PROP_UINT8("u8", Sample, u8, 8),
    DEFINE_PROP_UINT16("u16", Sample, u16, 16),
    DEFINE_PROP_UINT32("u32", Sample, u32, 32),
    DEFINE_PROP_UINT64("u64", Sample, u64, UINT64_MAX),
    DEFINE_PROP_INT32("i32", Sample, i32, -32),
    DEFINE_PROP_INT64("i64", Sample, i64, INT64_MIN),
    DEFINE_PROP_SIZE("size", Sample, size, 4096),
    DEFINE_PROP_SIZE32("size32", Sample, size32, 512),
    DEFINE_PROP_UINT64_CHECKMASK("mask", Sample, mask, 0xf0),
    DEFINE_PROP_UNSIGNED("usize", Sample, usize, 3, qdev_prop_usize, uint32_t),
    DEFINE_PROP_STRING("str", Sample, text),
    DEFINE_PROP_ON_OFF_AUTO("auto", Sample, auto_, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_ENDIAN("endian", Sample, endian, ENDIAN_MODE_LITTLE),
    DEFINE_PROP_UUID_NODEFAULT("uuid", Sample, uuid),
    DEFINE_PROP_PCI_DEVFN("addr", Sample, devfn, -1),
    DEFINE_PROP_BLOCKSIZE("blocksize", Sample, blocksize),
    DEFINE_PROP_LINK("link", Sample, link, TYPE_DEVICE, DeviceState *),
    DEFINE_PROP_ARRAY("array", Sample, len, array, qdev_prop_uint16, uint16_t),
    DEFINE_PROP_ARRAY("strings", Sample, nstr, strings, qdev_prop_string,
                      char *),
    DEFINE_PROP_CHR("chr", Sample, chr),
    { .name = "mac",
      .info = &qdev_prop_macaddr,
      .offset = offsetof(Sample, mac) },
};

static void sample_finalize(Object *obj)
{
    g_free(SAMPLE(obj)->array);
    g_free(SAMPLE(obj)->strings);
}

static void sample_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), sample_properties);
}

static void test_defaults(void)
{
    Sample *s = SAMPLE(qdev_new(TYPE_SAMPLE));

    g_assert_cmphex(s->flags, ==, 1u << 31);
    g_assert_cmphex(s->flags64, ==, 0);
    g_assert_true(s->flag);
    g_assert_cmpuint(s->u8, ==, 8);
    g_assert_cmpuint(s->u16, ==, 16);
    g_assert_cmpuint(s->u32, ==, 32);
    g_assert_cmpuint(s->u64, ==, UINT64_MAX);
    g_assert_cmpint(s->i32, ==, -32);
    g_assert_cmpint(s->i64, ==, INT64_MIN);
    g_assert_cmpuint(s->size, ==, 4096);
    g_assert_cmpuint(s->size32, ==, 512);
    g_assert_cmpuint(s->usize, ==, 3);
    g_assert_cmpint(s->auto_, ==, ON_OFF_AUTO_AUTO);
    g_assert_cmpint(s->endian, ==, ENDIAN_MODE_LITTLE);
    g_assert_cmpint(s->devfn, ==, -1);
    g_assert_cmpuint(s->len, ==, 0);
    object_unref(OBJECT(s));
}

/* A value as a user writes it, and how it comes back as JSON. */
static void test_good(void)
{
    static const struct {
        const char *name, *value, *json;
    } cases[] = {
        { "bit", "off", "false" },
        { "bit64", "on", "true" },
        { "bool", "yes", "true" },
        { "bool", "n", "false" },
        { "u8", "255", "255" },
        { "u8", "0x10", "16" },
        { "u16", "65535", "65535" },
        { "u32", "4294967295", "4294967295" },
        { "u64", "18446744073709551615", "18446744073709551615" },
        { "i32", "-2147483648", "-2147483648" },
        { "i64", "9223372036854775807", "9223372036854775807" },
        { "size", "4G", "4294967296" },
        { "size", "1.5K", "1536" },
        { "size32", "1M", "1048576" },
        { "size32", "4294967295", "4294967295" },
        { "mask", "0x50", "80" },
        { "usize", "77", "77" },
        { "str", "", "\"\"" },
        { "str", "a,b=c", "\"a,b=c\"" },
        { "auto", "on", "\"on\"" },
        { "endian", "big", "\"big\"" },
        { "uuid", "00112233-4455-6677-8899-aabbccddeeff",
          "\"00112233-4455-6677-8899-aabbccddeeff\"" },
        { "addr", "1f.7", "255" },
        { "addr", "6", "48" },
        { "blocksize", "0", "0" },
        { "blocksize", "2M", "2097152" },
        { "chr", "", "\"\"" },
        { "mac", "52:54:00:12:34:5F", "\"52:54:00:12:34:5f\"" },
        { "mac", "52-54-00-12-34-56", "\"52:54:00:12:34:56\"" },
    };
    Object *obj = OBJECT(qdev_new(TYPE_SAMPLE));

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        QObject *value;
        GString *json;

        object_property_parse(obj, cases[i].name, cases[i].value, &error_abort);
        value = object_property_get_qobject(obj, cases[i].name, &error_abort);
        json = qobject_to_json(value);
        g_assert_cmpstr(json->str, ==, cases[i].json);
        g_string_free(json, TRUE);
        qobject_unref(value);
    }
    object_unref(obj);
}

static void test_bad(void)
{
    static const struct {
        const char *name, *value, *part_of_message;
    } cases[] = {
        { "bit", "2", "bit" },
        { "bool", "maybe", "bool" },
        { "u8", "256", "uint8_t" },
        { "u8", "-1", "uint8_t" },
        { "u8", "", "u8" },
        { "u8", "12x", "u8" },
        { "u16", "65536", "uint16_t" },
        { "u32", "4294967296", "uint32_t" },
        { "u64", "18446744073709551616", "u64" },
        { "i32", "2147483648", "int32_t" },
        { "i64", "9223372036854775808", "i64" },
        { "size", "4Q", "size" },
        { "size", "-1", "size" },
        { "size32", "4G",
          "Property test-sample.size32 doesn't take value "
          "4294967296 (maximum: 4294967295)" },
        { "mask", "0x51",
          "Property value for 'mask' has bits outside mask "
          "'0xf0'" },
        { "auto", "maybe", "maybe" },
        { "endian", "middle", "middle" },
        { "uuid", "0011",
          "Property 'test-sample.uuid' doesn't take value "
          "'0011'" },
        { "addr", "20.0",
          "Property 'test-sample.addr' doesn't take value "
          "'20.0'" },
        { "addr", "1.8", "'1.8'" },
        { "addr", "1.", "'1.'" },
        { "addr", "x", "'x'" },
        { "addr", "", "''" },
        { "blocksize", "100",
          "parameter blocksize must be a power of 2 "
          "between 512 and 2097152" },
        { "blocksize", "4M", "between 512 and 2097152" },
        { "chr", "nobody",
          "Property 'test-sample.chr' can't find value "
          "'nobody'" },
        { "mac", "52:54:00:12:34", "doesn't take value" },
        { "mac", "52:54:00:12:34:5g", "doesn't take value" },
        { "mac", "52:54:00:12:34:56:", "doesn't take value" },
        { "mac", "", "doesn't take value" },
        { "link", "/nowhere", "/nowhere" },
        { "nothing", "1", "nothing" },
    };
    Object *obj = OBJECT(qdev_new(TYPE_SAMPLE));
    Sample before;

    memcpy(&before, SAMPLE(obj), sizeof(before));
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Error *err = NULL;

        g_assert_false(
            object_property_parse(obj, cases[i].name, cases[i].value, &err));
        g_assert_nonnull(err);
        if (!strstr(error_get_pretty(err), cases[i].part_of_message)) {
            g_test_message("%s=%s: %s", cases[i].name, cases[i].value,
                           error_get_pretty(err));
            g_test_fail();
        }
        error_free(err);
    }
    /* None of them has left a trace in the fields. */
    g_assert_cmpmem(
        &SAMPLE(obj)->flags, offsetof(Sample, chr) - offsetof(Sample, flags),
        &before.flags, offsetof(Sample, chr) - offsetof(Sample, flags));
    object_unref(obj);
}

static void test_array(void)
{
    Object *obj = OBJECT(qdev_new(TYPE_SAMPLE));
    Sample *s = SAMPLE(obj);
    QObject *json = qobject_from_json("[1, 65535, 3]", &error_abort);
    QList *strings = qlist_new();
    Error *err = NULL;
    QObject *back;

    object_property_set_qobject(obj, "array", json, &error_abort);
    g_assert_cmpuint(s->len, ==, 3);
    g_assert_cmpuint(s->array[1], ==, 65535);
    back = object_property_get_qobject(obj, "array", &error_abort);
    g_assert_true(qobject_is_equal(back, json));
    qobject_unref(back);

    g_assert_false(object_property_set_qobject(obj, "array", json, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "array size property array may not be set more than once");
    error_free_or_abort(&err);
    qobject_unref(json);

    qlist_append_str(strings, "one");
    qlist_append_str(strings, "two");
    qdev_prop_set_array(DEVICE(obj), "strings", strings);
    g_assert_cmpstr(s->strings[1], ==, "two");
    object_unref(obj);

    /* The second element fails; the first must not leak. */
    obj = OBJECT(qdev_new(TYPE_SAMPLE));
    json = qobject_from_json("[\"x\", 5]", &error_abort);
    g_assert_false(object_property_set_qobject(obj, "strings", json, &err));
    error_free_or_abort(&err);
    g_assert_cmpuint(SAMPLE(obj)->nstr, ==, 0);
    qobject_unref(json);
    object_unref(obj);
}

static void test_realized(void)
{
    DeviceState *dev = qdev_new(TYPE_SAMPLE);
    Object *target = OBJECT(qdev_new(TYPE_SAMPLE));
    Error *err = NULL;

    object_property_add_child(object_get_root(), "target", target);
    object_property_set_link(OBJECT(dev), "link", target, &error_abort);
    g_assert_true(OBJECT(SAMPLE(dev)->link) == target);
    qdev_realize(dev, NULL, &error_abort);

    g_assert_false(object_property_parse(OBJECT(dev), "u8", "1", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Attempt to set property 'u8' on anonymous device (type "
                    "'test-sample') after it was realized");
    error_free_or_abort(&err);
    dev->id = g_strdup("me");
    g_assert_false(object_property_parse(OBJECT(dev), "u8", "1", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Attempt to set property 'u8' on device 'me' (type "
                    "'test-sample') after it was realized");
    error_free_or_abort(&err);
    g_assert_false(object_property_set_link(OBJECT(dev), "link", NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Attempt to set link property 'link' on device 'me' (type "
                    "'test-sample') after it was realized");
    error_free_or_abort(&err);

    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    object_unparent(target);
    object_unref(target);
}

static void test_chardev(void)
{
    DeviceState *one = qdev_new(TYPE_SAMPLE), *two = qdev_new(TYPE_SAMPLE);
    Chardev *chr =
        qemu_chardev_new("con", TYPE_CHARDEV_NULL, NULL, NULL, &error_abort);
    Error *err = NULL;
    char *label;

    qdev_prop_set_chr(one, "chr", chr);
    label = object_property_get_str(OBJECT(one), "chr", &error_abort);
    g_assert_cmpstr(label, ==, "con");
    g_free(label);
    g_assert_false(object_property_set_str(OBJECT(two), "chr", "con", &err));
    g_assert_true(g_str_has_prefix(error_get_pretty(err),
                                   "Property 'test-sample.chr' can't take "
                                   "value 'con': "));
    error_free_or_abort(&err);
    object_unref(OBJECT(one));
    qdev_prop_set_chr(two, "chr", chr);
    object_unref(OBJECT(two));
    object_unparent(OBJECT(chr));
}

static void test_setters(void)
{
    static const uint8_t mac[6] = { 1, 2, 3, 4, 5, 255 };
    DeviceState *dev = qdev_new(TYPE_SAMPLE);
    Sample *s = SAMPLE(dev);

    qdev_prop_set_bit(dev, "bit64", true);
    qdev_prop_set_uint8(dev, "u8", 200);
    qdev_prop_set_uint16(dev, "u16", 60000);
    qdev_prop_set_uint32(dev, "u32", UINT32_MAX);
    qdev_prop_set_int32(dev, "i32", INT32_MIN);
    qdev_prop_set_uint64(dev, "u64", UINT64_MAX - 1);
    qdev_prop_set_string(dev, "str", "text");
    qdev_prop_set_enum(dev, "auto", ON_OFF_AUTO_OFF);
    qdev_prop_set_macaddr(dev, "mac", mac);
    g_assert_cmphex(s->flags64, ==, UINT64_C(1) << 63);
    g_assert_cmpuint(s->u8, ==, 200);
    g_assert_cmpuint(s->u16, ==, 60000);
    g_assert_cmpuint(s->u32, ==, UINT32_MAX);
    g_assert_cmpint(s->i32, ==, INT32_MIN);
    g_assert_cmpuint(s->u64, ==, UINT64_MAX - 1);
    g_assert_cmpstr(s->text, ==, "text");
    g_assert_cmpint(s->auto_, ==, ON_OFF_AUTO_OFF);
    g_assert_cmpmem(&s->mac, 6, mac, 6);
    object_unref(OBJECT(dev));
}

static void test_alias_and_static(void)
{
    static const Property extra = {
        .name = "extra",
        .info = &qdev_prop_uint32,
        .offset = offsetof(Sample, usize),
        .set_default = true,
        .defval.u = 1234,
    };
    DeviceState *dev = qdev_new(TYPE_SAMPLE);
    Object *outside = object_new(TYPE_CONTAINER);

    qdev_property_add_static(dev, &extra);
    g_assert_cmpuint(SAMPLE(dev)->usize, ==, 1234);
    object_property_add_child(outside, "inner", OBJECT(dev));
    qdev_alias_all_properties(dev, outside);
    object_property_set_uint(outside, "u16", 99, &error_abort);
    g_assert_cmpuint(SAMPLE(dev)->u16, ==, 99);
    object_unref(outside);
    object_unref(OBJECT(dev));
}

static void test_print(void)
{
    Object *obj = OBJECT(qdev_new(TYPE_SAMPLE));
    char *text = object_property_get_str(obj, "legacy-addr", &error_abort);

    g_assert_cmpstr(text, ==, "<unset>");
    g_free(text);
    object_property_set_int(obj, "addr", 0x2b, &error_abort);
    text = object_property_get_str(obj, "legacy-addr", &error_abort);
    g_assert_cmpstr(text, ==, "05.3");
    g_free(text);
    text = object_property_print(obj, "u8", true, &error_abort);
    g_assert_cmpstr(text, ==, "8 (0x8)");
    g_free(text);
    object_unref(obj);
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_SAMPLE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Sample),
        .instance_finalize = sample_finalize,
        .class_init = sample_class_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));
    qdev_create_fake_machine();

    g_test_add_func("/qdev-props/defaults", test_defaults);
    g_test_add_func("/qdev-props/good", test_good);
    g_test_add_func("/qdev-props/bad", test_bad);
    g_test_add_func("/qdev-props/array", test_array);
    g_test_add_func("/qdev-props/realized", test_realized);
    g_test_add_func("/qdev-props/chardev", test_chardev);
    g_test_add_func("/qdev-props/setters", test_setters);
    g_test_add_func("/qdev-props/alias-and-static", test_alias_and_static);
    g_test_add_func("/qdev-props/print", test_print);
    return g_test_run();
}
