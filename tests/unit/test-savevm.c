/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream as a whole: its bytes, written by hand once; random entries there
 * and back; streams that are cut short or changed.
 */
#include "qemu/osdep.h"
#include "migration-fixture.h"
#include "migration/misc.h"
#include "migration/register.h"
#include "migration/blocker.h"
#include "migration/vmstate.h"
#include "../../migration/options.h"

/* ---- bytes --------------------------------------------------------------- */

static void put(GByteArray *a, const char *hex)
{
    for (; *hex; hex += 2) {
        unsigned value;
        uint8_t byte;

        while (*hex == ' ') {
            hex++;
        }
        g_assert_cmpint(sscanf(hex, "%2x", &value), ==, 1);
        byte = value;
        g_byte_array_append(a, &byte, 1);
    }
}

typedef struct Thing {
    uint32_t number;
    uint16_t extra;
} Thing;

static bool extra_needed(void *opaque)
{
    return ((Thing *)opaque)->extra;
}

static const VMStateDescription vmstate_extra = {
    .name = "thing/extra",
    .version_id = 3,
    .minimum_version_id = 1,
    .needed = extra_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(extra, Thing),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_thing = {
    .name = "thing",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(number, Thing),
            VMSTATE_END_OF_LIST(),
        },
    .subsections = (const VMStateDescription *const[]){ &vmstate_extra, NULL },
};

static const VMStateDescription vmstate_early = {
    .name = "early",
    .version_id = 1,
    .early_setup = true,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(number, Thing),
            VMSTATE_END_OF_LIST(),
        },
};

/* Sends "abcdef...", a letter in the setup and each round, the rest at last. */
typedef struct Letters {
    const char *next;
    char got[64];
    unsigned cleanups;
} Letters;

static int letters_setup(QEMUFile *f, void *opaque, Error **errp)
{
    Letters *l = opaque;

    qemu_put_byte(f, 1);
    qemu_put_byte(f, *l->next++);
    return 0;
}

static int letters_iterate(QEMUFile *f, void *opaque)
{
    Letters *l = opaque;

    qemu_put_byte(f, 1);
    qemu_put_byte(f, *l->next++);
    return !l->next[1];
}

static int letters_complete(QEMUFile *f, void *opaque)
{
    Letters *l = opaque;

    qemu_put_counted_string(f, l->next);
    return 0;
}

static void letters_pending(void *opaque, uint64_t *must, uint64_t *can)
{
    *must += strlen(((Letters *)opaque)->next);
}

static void letters_cleanup(void *opaque)
{
    ((Letters *)opaque)->cleanups++;
}

static int letters_load(QEMUFile *f, void *opaque, int version_id)
{
    Letters *l = opaque;
    char text[256];
    size_t len = qemu_get_counted_string(f, text);

    if (version_id != 7 || len + strlen(l->got) >= sizeof(l->got)) {
        return -EINVAL;
    }
    strcat(l->got, text);
    return 0;
}

static const SaveVMHandlers letters_handlers = {
    .save_setup = letters_setup,
    .save_live_iterate = letters_iterate,
    .save_live_complete_precopy = letters_complete,
    .state_pending_exact = letters_pending,
    .state_pending_estimate = letters_pending,
    .save_cleanup = letters_cleanup,
    .load_state = letters_load,
};

static Thing thing, early;
static Letters letters;

static void set_up(void)
{
    thing = (Thing){ 0x11223344, 0x5566 };
    early = (Thing){ 0xaabbccdd };
    letters = (Letters){ .next = "abcdef" };
    vmstate_register(NULL, 5, &vmstate_thing, &thing);
    register_savevm_live("letters", 0, 7, &letters_handlers, &letters);
    vmstate_register(NULL, 0, &vmstate_early, &early);
}

static void tear_down(void)
{
    vmstate_unregister(NULL, &vmstate_thing, &thing);
    vmstate_unregister(NULL, &vmstate_early, &early);
    unregister_savevm(NULL, "letters", &letters);
}

static GByteArray *save_all(void)
{
    Saving s;

    saving_begin(&s);
    while (!saving_round(&s)) {
        /* more letters */
    }
    return saving_end(&s);
}

static void test_bytes(void)
{
    GByteArray *got, *want = g_byte_array_new();
    uint64_t must, can;
    Saving s;

    set_up(); /* sections 0, 1 and 2 */
    saving_begin(&s);
    g_assert_false(saving_round(&s));
    bql_unlock();
    savevm_pending(true, &must, &can);
    bql_lock();
    g_assert_cmpuint(must, ==, 4);
    g_assert_cmpuint(can, ==, 0);
    got = saving_end(&s);
    g_assert_cmpuint(letters.cleanups, ==, 1);

    put(want, "5145564d 00000003");    /* QEVM, version */
    put(want, "07 00000004 62617265"); /* "bare" */
    put(want, "01 00000001 07 6c657474657273 00000000 00000007 01 61"
              "7e 00000001"); /* START of letters: a */
    put(want, "04 00000002 05 6561726c79 00000000 00000001 aabbccdd"
              "7e 00000002");                         /* FULL: early */
    put(want, "02 00000001 01 62 7e 00000001");       /* PART: b */
    put(want, "03 00000001 04 63646566 7e 00000001"); /* END: cdef */
    put(want, "04 00000000 05 7468696e67 00000005 00000002 11223344"
              "05 0b 7468696e672f6578747261 00000003 5566"
              "7e 00000000"); /* FULL: thing, thing/extra */
    put(want, "00 06");       /* EOF, the description */
    g_assert_cmpuint(got->len, >, want->len + 4);
    g_assert_cmpmem(got->data, want->len, want->data, want->len);
    g_assert_cmpuint(ldl_be_p(got->data + want->len), ==,
                     got->len - want->len - 4);
    g_assert_true(
        !memcmp(got->data + want->len + 4, "{\"configuration\": {", 19));
    g_byte_array_append(got, (const uint8_t[]){ 0 }, 1);
    g_assert_nonnull(strstr((char *)got->data + want->len + 4,
                            "\"page_size\": 4096, \"devices\": [{\"name\": "
                            "\"early\", \"instance_id\": 0"));

    tear_down();
    g_byte_array_unref(got);
    g_byte_array_unref(want);
}

static void test_there_and_back(void)
{
    GByteArray *bytes;

    set_up();
    bytes = save_all();
    memset(&thing, 0, sizeof(thing));
    memset(&early, 0, sizeof(early));
    g_assert_true(load_bytes(bytes->data, bytes->len, &error_abort));
    g_assert_cmphex(thing.number, ==, 0x11223344);
    g_assert_cmphex(thing.extra, ==, 0x5566);
    g_assert_cmphex(early.number, ==, 0xaabbccdd);
    g_assert_cmpstr(letters.got, ==, "abcdef");

    /* Without the subsection, what it has stays. */
    g_byte_array_unref(bytes);
    thing.extra = 0;
    letters = (Letters){ .next = "abc" };
    bytes = save_all();
    thing = (Thing){ 1, 2 };
    g_assert_true(load_bytes(bytes->data, bytes->len, &error_abort));
    g_assert_cmphex(thing.number, ==, 0x11223344);
    g_assert_cmphex(thing.extra, ==, 2);
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_no_description(void)
{
    GByteArray *bytes;

    set_up();
    current_machine->suppress_vmdesc = true;
    bytes = save_all();
    g_assert_cmpuint(bytes->data[bytes->len - 1], ==, QEMU_VM_EOF);
    g_assert_true(load_bytes(bytes->data, bytes->len, &error_abort));
    current_machine->suppress_vmdesc = false;
    g_byte_array_unref(bytes);
    tear_down();
}

/* ---- refused ------------------------------------------------------------- */

static void expect_failure(GByteArray *bytes, const char *text)
{
    Error *err = NULL;

    letters.got[0] = 0;
    g_assert_false(load_bytes(bytes->data, bytes->len, &err));
    if (!strstr(error_get_pretty(err), text)) {
        g_error("'%s' lacks '%s'", error_get_pretty(err), text);
    }
    error_free(err);
}

static size_t find(GByteArray *bytes, const char *text)
{
    for (size_t i = 0; i + strlen(text) <= bytes->len; i++) {
        if (!memcmp(bytes->data + i, text, strlen(text))) {
            return i;
        }
    }
    g_error("no '%s'", text);
}

static void with_change(GByteArray *bytes, size_t at, uint8_t value,
                        const char *text)
{
    uint8_t old = bytes->data[at];

    g_assert_cmpuint(at, <, bytes->len);
    bytes->data[at] = value;
    expect_failure(bytes, text);
    bytes->data[at] = old;
}

static void test_refused(void)
{
    GByteArray *bytes;
    size_t letters_at, thing_at;
    g_autofree char *text = NULL;

    set_up();
    bytes = save_all();
    letters_at = find(bytes, "\007letters");
    thing_at = find(bytes, "\005thing");

    with_change(bytes, 0, 0, "Not a migration stream");
    with_change(bytes, 7, 2, "obsolete");
    with_change(bytes, 7, 9, "Unsupported migration stream version");
    with_change(bytes, 8, 1, "Configuration section missing");
    with_change(bytes, 13, 'c', "the configuration does not fit");
    with_change(bytes, 17, 9, "Unknown savevm section type 9");
    with_change(bytes, letters_at + 1, 'L',
                "Unknown savevm section or instance 'Letters' 0");
    with_change(bytes, letters_at + 11, 1,
                "Unknown savevm section or instance 'letters' 1");
    with_change(bytes, letters_at + 15, 8,
                "savevm: unsupported version 8 for 'letters' v7");
    with_change(bytes, letters_at + 15, 6,
                "error while loading state for instance 0x0 of device "
                "'letters'");
    with_change(bytes, letters_at + 18, 0x7d,
                "Missing section footer for letters");
    text = g_strdup_printf("Mismatched section id in footer for letters - "
                           "read 0x7f expected 0x%x",
                           bytes->data[letters_at - 1]);
    with_change(bytes, letters_at + 22, 0x7f, text);
    with_change(bytes, thing_at + 13, 1,
                "error while loading state for instance 0x5 of device "
                "'thing'");
    with_change(bytes, thing_at - 5, 1, "comes in parts");
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_commands(void)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        { "08 0000 0000", "MIG_CMD 0x0 unknown" },
        { "08 000c 0000", "MIG_CMD 0xc unknown" },
        { "08 0008 0000", "MIG_CMD 0x8 unknown" },
        { "08 0004 0001 00",
          "POSTCOPY_LISTEN received with bad length - expecting 0" },
        { "08 0002 0003 000000",
          "PING received with bad length - expecting 4" },
        { "08 0002 0004 0000", "a command cannot be read" },
        { "08 000b 0000 01 00000063", "the name of a section" },
        { "02 00000063", "Unknown savevm section 99" },
        { "09", "Unknown savevm section type 9" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        GByteArray *bytes = g_byte_array_new();

        put(bytes, "5145564d 00000003 07 00000004 62617265");
        put(bytes, rows[i].hex);
        expect_failure(bytes, rows[i].text);
        g_byte_array_unref(bytes);
    }
}

static const VMStateDescription vmstate_stuck = {
    .name = "stuck",
    .unmigratable = 1,
};

static void test_blocked(void)
{
    Error *reason = NULL, *err = NULL;
    strList *reasons;

    g_assert_false(savevm_is_blocked(&error_abort));
    vmstate_register(NULL, 0, &vmstate_stuck, &thing);
    g_assert_true(savevm_is_blocked(&err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "State blocked by non-migratable device 'stuck'");
    error_free(err);
    vmstate_unregister(NULL, &vmstate_stuck, &thing);

    error_setg(&reason, "a reason");
    migrate_add_blocker(&reason, &error_abort);
    err = NULL;
    g_assert_true(savevm_is_blocked(&err));
    g_assert_cmpstr(error_get_pretty(err), ==, "a reason");
    error_free(err);
    reasons = savevm_blocked_reasons();
    g_assert_cmpstr(reasons->value, ==, "a reason");
    g_assert_null(reasons->next);
    qapi_free_strList(reasons);
    migrate_del_blocker(&reason);
    g_assert_false(savevm_is_blocked(&error_abort));
}

/* Each length, and each byte changed: no crash, and cut streams fail. */
static void test_hostile(void)
{
    GByteArray *bytes;

    set_up();
    bytes = save_all();
    for (guint len = 0; len < bytes->len; len++) {
        Error *err = NULL;

        letters.got[0] = 0;
        g_assert_false(load_bytes(bytes->data, len, &err));
        error_free(err);
    }
    for (guint i = 0; i < bytes->len; i++) {
        Error *err = NULL;

        letters.got[0] = 0;
        bytes->data[i] ^= 1 << g_test_rand_int_range(0, 8);
        load_bytes(bytes->data, bytes->len, &err);
        error_free(err);
        bytes->data[i] = g_test_rand_int();
    }
    g_byte_array_unref(bytes);
    tear_down();
}

/* ---- random entries ------------------------------------------------------ */

static int random_between(int low, int high)
{
    return g_test_rand_int_range(low, high + 1);
}

/* Things of random names, priorities and content, and letters. */
static void test_random(void)
{
    for (int round = 0; round < 50; round++) {
        int count = random_between(0, 20);
        g_autofree Thing *things = g_new0(Thing, count + 1);
        g_autofree Thing *before = g_new0(Thing, count + 1);
        g_autofree VMStateDescription *vmsds =
            g_new0(VMStateDescription, count + 1);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        GByteArray *bytes;

        letters = (Letters){ .next = "abcdefghijklmnop" };
        register_savevm_live("letters", 0, 7, &letters_handlers, &letters);
        for (int i = 0; i < count; i++) {
            char *name = g_strdup_printf("n%d", random_between(0, 5));

            g_ptr_array_add(names, name);
            vmsds[i] = vmstate_early;
            vmsds[i].name = name;
            vmsds[i].early_setup = random_between(0, 1);
            vmsds[i].priority = random_between(0, MIG_PRI_MAX);
            things[i].number = before[i].number = g_test_rand_int();
            vmstate_register_any(NULL, &vmsds[i], &things[i]);
        }
        bytes = save_all();
        memset(things, 0, count * sizeof(Thing));
        g_assert_true(load_bytes(bytes->data, bytes->len, &error_abort));
        g_assert_cmpmem(things, count * sizeof(Thing), before,
                        count * sizeof(Thing));
        g_assert_cmpstr(letters.got, ==, "abcdefghijklmnop");
        for (int i = 0; i < count; i++) {
            vmstate_unregister(NULL, &vmsds[i], &things[i]);
        }
        unregister_savevm(NULL, "letters", &letters);
        g_byte_array_unref(bytes);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_init();
    g_test_add_func("/savevm/bytes", test_bytes);
    g_test_add_func("/savevm/there-and-back", test_there_and_back);
    g_test_add_func("/savevm/no-description", test_no_description);
    g_test_add_func("/savevm/refused", test_refused);
    g_test_add_func("/savevm/commands", test_commands);
    g_test_add_func("/savevm/blocked", test_blocked);
    g_test_add_func("/savevm/hostile", test_hostile);
    g_test_add_func("/savevm/random", test_random);
    return g_test_run();
}
