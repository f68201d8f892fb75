/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The example of docs/devel/vmstate.rst, which includes the parts between the
 * marks, and what the page says about it.
 */
/* clang-format off */
/* [device] */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qemu/fifo8.h"
#include "qemu/module.h"
#include "qemu/timer.h"

#define TYPE_BELL "bell"
OBJECT_DECLARE_SIMPLE_TYPE(BellState, BELL)

#define BELL_SLOTS 4

struct BellState {
    DeviceState parent_obj;

    QEMUTimer timer;
    Fifo8 input;
    uint32_t control;
    uint32_t slot[BELL_SLOTS];
    int32_t next; /* in slot[] */
    uint64_t volume;
    bool loud; /* follows from volume */
};
/* [device-end] */

#define LOUD 100

#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "vmstate-helpers.h"

/* [vmsd] */
static bool bell_volume_needed(void *opaque)
{
    BellState *s = opaque;

    return s->volume != 0;
}

static const VMStateDescription vmstate_bell_volume = {
    .name = "bell/volume",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = bell_volume_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(volume, BellState),
        VMSTATE_END_OF_LIST(),
    },
};

static bool bell_next_is_valid(void *opaque, int version_id)
{
    BellState *s = opaque;

    return s->next >= 0 && s->next < BELL_SLOTS;
}

static int bell_post_load(void *opaque, int version_id)
{
    BellState *s = opaque;

    s->loud = s->volume > LOUD;
    return 0;
}

static const VMStateDescription vmstate_bell = {
    .name = TYPE_BELL,
    .version_id = 2,
    .minimum_version_id = 1,
    .post_load = bell_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_TIMER(timer, BellState),
        VMSTATE_FIFO8(input, BellState),
        VMSTATE_UINT32(control, BellState),
        VMSTATE_UINT32_ARRAY(slot, BellState, BELL_SLOTS),
        VMSTATE_INT32_V(next, BellState, 2),
        VMSTATE_VALIDATE("next is in slot[]", bell_next_is_valid),
        VMSTATE_END_OF_LIST(),
    },
    .subsections = (const VMStateDescription *const[]) {
        &vmstate_bell_volume,
        NULL,
    },
};
/* [class] */
static void bell_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_bell;
}
/* [end] */

static void bell_ring(void *opaque)
{
}

static void bell_init(Object *obj)
{
    BellState *s = BELL(obj);

    timer_init_ns(&s->timer, QEMU_CLOCK_VIRTUAL, bell_ring, s);
    fifo8_create(&s->input, 8);
}

static void bell_finalize(Object *obj)
{
    BellState *s = BELL(obj);

    timer_del(&s->timer);
    fifo8_destroy(&s->input);
}

static const TypeInfo types[] = {
    {
        .name = TYPE_BELL,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(BellState),
        .instance_init = bell_init,
        .instance_finalize = bell_finalize,
        .class_init = bell_class_init,
    },
};
DEFINE_TYPES(types)

/* [test] */
static void test_bell(void)
{
    BellState *from = BELL(qdev_new(TYPE_BELL));
    BellState *to = BELL(qdev_new(TYPE_BELL));
    g_autoptr(GByteArray) bytes = NULL;

    from->control = 3;
    from->slot[2] = 7;
    from->next = 2;
    from->volume = 200;
    fifo8_push(&from->input, 'x');
    timer_mod_ns(&from->timer, 1000);
    save_to_bytes(&vmstate_bell, from, 2, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);

    g_assert_cmpint(load_from_bytes(&vmstate_bell, to, 2, bytes->data,
                                    bytes->len), ==, 0);
    g_assert_cmpint(to->slot[2], ==, 7);
    g_assert_cmpint(to->next, ==, 2);
    g_assert_true(to->loud);
    g_assert_cmpint(timer_expire_time_ns(&to->timer), ==, 1000);
    /* [test-end] */
    g_assert_cmpint(to->control, ==, 3);
    g_assert_cmpint(fifo8_pop(&to->input), ==, 'x');

    /* A slot that there is not. */
    from->next = BELL_SLOTS;
    g_byte_array_unref(bytes);
    g_assert_cmpint(save_to_bytes(&vmstate_bell, from, 2, NULL, &bytes, NULL),
                    <, 0);

    /* Version 1 had no next; and a quiet bell has no subsection. */
    from->next = 0;
    from->volume = 0;
    g_byte_array_unref(bytes);
    save_to_bytes(&vmstate_bell, from, 1, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    g_assert_cmpuint(bytes->len, ==, 8 + (8 + 4 + 4) + 4 + 16 + 1);
    g_assert_cmpint(load_from_bytes(&vmstate_bell, to, 1, bytes->data,
                                    bytes->len), ==, 0);
    g_assert_cmpint(to->next, ==, 2);
    object_unref(OBJECT(from));
    object_unref(OBJECT(to));
}

int main(int argc, char **argv)
{
    g_setenv("QTEST_SILENT_ERRORS", "1", true);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    qdev_create_fake_machine();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vmstate/doc", test_bell);
    return g_test_run();
}
