/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of fields, and registers by description, driven through a region. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/qdev-core.h"
#include "hw/register.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

REG32(CTRL, 0x0)
    FIELD(CTRL, EN, 0, 1)
    FIELD(CTRL, MODE, 4, 4)
REG32(STATUS, 0x8)
    SHARED_FIELD(LEVEL, 8, 8)
REG64(WIDE, 0x10)
    FIELD(WIDE, TOP, 32, 32)
#define REGS 4

/*** Names. ***/

static void test_fields(void)
{
    uint32_t regs[REGS] = { 0 };
    uint64_t wide = 0;

    g_assert_cmphex(A_STATUS, ==, 8);
    g_assert_cmphex(R_STATUS, ==, 2);
    g_assert_cmphex(R_WIDE, ==, 2);
    g_assert_cmphex(R_CTRL_MODE_MASK, ==, 0xf0);
    g_assert_cmphex(R_WIDE_TOP_MASK, ==, 0xffffffff00000000);
    g_assert_cmphex(LEVEL_MASK, ==, 0xff00);
    ARRAY_FIELD_DP32(regs, CTRL, MODE, 0xa);
    g_assert_cmphex(regs[R_CTRL], ==, 0xa0);
    g_assert_cmphex(ARRAY_FIELD_EX32(regs, CTRL, MODE), ==, 0xa);
    g_assert_cmpint((int32_t)FIELD_SEX32(regs[0], CTRL, MODE), ==, -6);
    g_assert_cmphex(FIELD_SDP32(0, CTRL, MODE, -1), ==, 0xf0);
    wide = FIELD_DP64(wide, WIDE, TOP, 0x12345678);
    g_assert_cmphex(wide, ==, 0x1234567800000000);
    g_assert_cmphex(FIELD_EX64(wide, WIDE, TOP), ==, 0x12345678);
    SHARED_ARRAY_FIELD_DP32(regs, R_STATUS, LEVEL, 0x7f);
    g_assert_cmphex(SHARED_FIELD_EX32(regs[R_STATUS], LEVEL), ==, 0x7f);
}

/*** A device. ***/

#define TYPE_BLOCK "test-register-block"
OBJECT_DECLARE_SIMPLE_TYPE(Block, BLOCK)

struct Block {
    DeviceState parent_obj;

    RegisterInfoArray *array;
    RegisterInfo info[REGS];
    uint32_t regs[REGS];
    int posts;
};

static uint64_t ctrl_pre_write(RegisterInfo *reg, uint64_t val)
{
    return val | 0x100;
}

static void ctrl_post_write(RegisterInfo *reg, uint64_t val)
{
    BLOCK(reg->opaque)->posts++;
}

static uint64_t status_post_read(RegisterInfo *reg, uint64_t val)
{
    return val | 0x80000000;
}

static const RegisterAccessInfo block_info[] = {
    { .name = "CTRL", .addr = A_CTRL, .reset = 0x3, .ro = 0xff00,
      .rsvd = 0xff0000, .unimp = 0x8, .pre_write = ctrl_pre_write,
      .post_write = ctrl_post_write },
    { .name = "STATUS", .addr = A_STATUS, .reset = 0xff, .w1c = 0x0f,
      .cor = 0x10, .post_read = status_post_read },
};

static const MemoryRegionOps block_ops = {
    .read = register_read_memory,
    .write = register_write_memory,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

static void block_instance_init(Object *obj)
{
    Block *b = BLOCK(obj);

    b->array = register_init_block32(DEVICE(obj), block_info,
                                     ARRAY_SIZE(block_info), b->info, b->regs,
                                     &block_ops, false, REGS * 4);
}

static void block_instance_finalize(Object *obj)
{
    register_finalize_block(BLOCK(obj)->array);
}

static const TypeInfo types[] = {
    {
        .name = TYPE_BLOCK,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Block),
        .instance_init = block_instance_init,
        .instance_finalize = block_instance_finalize,
    },
};

static uint32_t get(hwaddr addr)
{
    return address_space_ldl_le(&address_space_memory, addr,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void put(hwaddr addr, uint32_t value)
{
    address_space_stl_le(&address_space_memory, addr, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_block(void)
{
    Block *b = BLOCK(object_new(TYPE_BLOCK));

    memory_region_add_subregion(get_system_memory(), 0, &b->array->mem);
    for (int i = 0; i < b->array->num_elements; i++) {
        register_reset(b->array->r[i]);
    }
    g_assert_cmpint(b->posts, ==, 1);
    g_assert_cmphex(get(A_CTRL), ==, 3);
    put(A_CTRL, 0xffffffff);
    g_assert_cmphex(b->regs[R_CTRL], ==, 0xff0001ff);
    g_assert_cmpint(b->posts, ==, 2);
    /* The bytes that a narrow write does not have, stay. */
    address_space_stb(&address_space_memory, A_CTRL, 0x12,
                      MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmphex(get(A_CTRL), ==, 0xff000112);

    g_assert_cmphex(get(A_STATUS), ==, 0x800000ff);
    g_assert_cmphex(get(A_STATUS), ==, 0x800000ef);
    put(A_STATUS, 0x5);
    g_assert_cmphex(b->regs[R_STATUS], ==, 0x0a);
    /* No register there. */
    put(4, 1);
    g_assert_cmphex(get(4), ==, 0);
    for (int i = 0; i < 2000; i++) {
        uint8_t buf[4] = { g_test_rand_int(), g_test_rand_int(), 0, 1 };

        address_space_rw(&address_space_memory, g_test_rand_int_range(0, 20),
                         MEMTXATTRS_UNSPECIFIED, buf,
                         g_test_rand_int_range(1, 5), g_test_rand_bit());
    }
    memory_region_del_subregion(get_system_memory(), &b->array->mem);
    object_unref(OBJECT(b));
    drain_call_rcu();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(types, ARRAY_SIZE(types));
    qemu_init_main_loop(&error_abort);
    bql_lock();
    qdev_create_fake_machine();
    memory_map_init();
    g_test_add_func("/register/fields", test_fields);
    g_test_add_func("/register/block", test_block);
    return g_test_run();
}
