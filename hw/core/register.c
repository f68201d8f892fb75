/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers by description. */
#include "qemu/osdep.h"
#include "hw/register.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/module.h"

/*** The value, in host byte order. ***/

static uint64_t load(const RegisterInfo *reg)
{
    return reg->data ? ldn_he_p(reg->data, reg->data_size) : reg->access->reset;
}

static void store(RegisterInfo *reg, uint64_t value)
{
    if (reg->data) {
        stn_he_p(reg->data, reg->data_size, value);
    }
}

/*** One register. ***/

static bool is_there(const RegisterInfo *reg)
{
    return reg->access && reg->access->name;
}

void register_write(RegisterInfo *reg, uint64_t val, uint64_t we,
                    const char *prefix, bool debug)
{
    const RegisterAccessInfo *ac = reg->access;
    uint64_t old, writable, reserved;

    if (!is_there(reg)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: write of 0x%" PRIx64 " to a "
                      "register that is not there\n",
                      prefix, val);
        return;
    }
    old = load(reg);
    reserved = (old ^ val) & ac->rsvd;
    if (reserved) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s:%s: change of reserved bits 0x%" PRIx64 "\n", prefix,
                      ac->name, reserved);
    }
    if (val & ac->unimp) {
        qemu_log_mask(LOG_UNIMP,
                      "%s:%s: write of 0x%" PRIx64 " sets bits of "
                      "0x%" PRIx64 ", which are not implemented\n",
                      prefix, ac->name, val, ac->unimp);
    }
    /* Ones clear, whether or not the bytes are enabled. */
    writable = we & ~(ac->ro | ac->w1c | ac->rsvd);
    val = (old & ~writable & ~(val & ac->w1c)) | (val & writable);
    if (ac->pre_write) {
        val = ac->pre_write(reg, val);
    }
    if (debug) {
        qemu_log("%s:%s: write of value 0x%" PRIx64 "\n", prefix, ac->name,
                 val);
    }
    store(reg, val);
    if (ac->post_write) {
        ac->post_write(reg, val);
    }
}

uint64_t register_read(RegisterInfo *reg, uint64_t re, const char *prefix,
                       bool debug)
{
    const RegisterAccessInfo *ac = reg->access;
    uint64_t val;

    if (!is_there(reg)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: read of a register that is not "
                      "there\n",
                      prefix);
        return 0;
    }
    val = load(reg);
    if (ac->cor & re) {
        store(reg, val & ~(ac->cor & re));
    }
    val &= re;
    if (ac->post_read) {
        val = ac->post_read(reg, val);
    }
    if (debug) {
        qemu_log("%s:%s: read of value 0x%" PRIx64 "\n", prefix, ac->name, val);
    }
    return val;
}

void register_reset(RegisterInfo *reg)
{
    if (!reg->data || !reg->access) {
        return;
    }
    store(reg, reg->access->reset);
    if (reg->access->post_write) {
        reg->access->post_write(reg, reg->access->reset);
    }
}

void register_init(RegisterInfo *reg)
{
    object_initialize(reg, sizeof(*reg), TYPE_REGISTER);
}

/*** A block. ***/

static RegisterInfo *find(RegisterInfoArray *array, hwaddr addr,
                          const char *what)
{
    for (int i = 0; i < array->num_elements; i++) {
        if (array->r[i]->access->addr == addr) {
            return array->r[i];
        }
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "%s: %s at 0x%" HWADDR_PRIx ", where there "
                  "is no register\n",
                  array->prefix, what, addr);
    return NULL;
}

static uint64_t enabled_bits(const RegisterInfo *reg, unsigned size)
{
    return MAKE_64BIT_MASK(0, MIN(size, reg->data_size) * 8);
}

void register_write_memory(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size)
{
    RegisterInfoArray *array = opaque;
    RegisterInfo *reg = find(array, addr, "write");

    if (reg) {
        register_write(reg, value, enabled_bits(reg, size), array->prefix,
                       array->debug);
    }
}

uint64_t register_read_memory(void *opaque, hwaddr addr, unsigned size)
{
    RegisterInfoArray *array = opaque;
    RegisterInfo *reg = find(array, addr, "read");
    uint64_t value = 0;

    if (reg) {
        value = register_read(reg, enabled_bits(reg, size), array->prefix,
                              array->debug);
    }
    return value & MAKE_64BIT_MASK(0, size * 8);
}

static RegisterInfoArray *init_block(DeviceState *owner,
                                     const RegisterAccessInfo *rae, int num,
                                     RegisterInfo *ri, void *data, int width,
                                     const MemoryRegionOps *ops, bool debug,
                                     uint64_t memory_size)
{
    RegisterInfoArray *array = g_new0(RegisterInfoArray, 1);

    array->r = g_new0(RegisterInfo *, num);
    array->num_elements = num;
    array->debug = debug;
    array->prefix = object_get_typename(OBJECT(owner));
    for (int i = 0; i < num; i++) {
        hwaddr index = rae[i].addr / width;
        RegisterInfo *reg = &ri[index];

        register_init(reg);
        reg->data = (uint8_t *)data + index * width;
        reg->data_size = width;
        reg->access = &rae[i];
        reg->opaque = owner;
        array->r[i] = reg;
    }
    memory_region_init_io(&array->mem, OBJECT(owner), ops, array, array->prefix,
                          memory_size);
    return array;
}

RegisterInfoArray *register_init_block8(DeviceState *owner,
                                        const RegisterAccessInfo *rae, int num,
                                        RegisterInfo *ri, uint8_t *data,
                                        const MemoryRegionOps *ops,
                                        bool debug_enabled,
                                        uint64_t memory_size)
{
    return init_block(owner, rae, num, ri, data, sizeof(*data), ops,
                      debug_enabled, memory_size);
}

RegisterInfoArray *register_init_block32(DeviceState *owner,
                                         const RegisterAccessInfo *rae, int num,
                                         RegisterInfo *ri, uint32_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size)
{
    return init_block(owner, rae, num, ri, data, sizeof(*data), ops,
                      debug_enabled, memory_size);
}

RegisterInfoArray *register_init_block64(DeviceState *owner,
                                         const RegisterAccessInfo *rae, int num,
                                         RegisterInfo *ri, uint64_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size)
{
    return init_block(owner, rae, num, ri, data, sizeof(*data), ops,
                      debug_enabled, memory_size);
}

void register_finalize_block(RegisterInfoArray *array)
{
    object_unparent(OBJECT(&array->mem));
    for (int i = 0; i < array->num_elements; i++) {
        object_unref(OBJECT(array->r[i]));
    }
    g_free(array->r);
    g_free(array);
}

static void register_class_init(ObjectClass *oc, void *data)
{
    /* A part of a device: the board or the user cannot have one. */
    DEVICE_CLASS(oc)->user_creatable = false;
}

static const TypeInfo register_types[] = {
    {
        .name = TYPE_REGISTER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(RegisterInfo),
        .class_init = register_class_init,
    },
};

DEFINE_TYPES(register_types)
