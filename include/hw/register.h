/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers by description: a device lists what the bits of each register do
 * (RegisterAccessInfo), and reads and writes are carried out accordingly.
 *
 *   static const RegisterAccessInfo info[] = {
 *       { .name = "CTRL", .addr = A_CTRL, .reset = 1, .ro = 0xff00 }, ... };
 *   s->array = register_init_block32(dev, info, ARRAY_SIZE(info), s->reg_info,
 *                                    s->regs, &ops, false, R_MAX * 4);
 *
 * with register_read_memory() and register_write_memory() in @ops. The names of
 * addresses and fields come from hw/registerfields.h. Big lock.
 */
#ifndef REGISTER_H
#define REGISTER_H

#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "hw/registerfields.h"
#include "qom/object.h"

typedef struct RegisterInfo RegisterInfo;
typedef struct RegisterAccessInfo RegisterAccessInfo;
typedef struct RegisterInfoArray RegisterInfoArray;

/* What a register is. Masks say for which bits something holds. */
struct RegisterAccessInfo {
    const char *name;
    uint64_t ro;        /* writes do not change it */
    uint64_t w1c;       /* writing 1 clears it, writing 0 does nothing */
    uint64_t reset;     /* the value after reset */
    uint64_t cor;       /* reading clears it */
    uint64_t rsvd;      /* not changed; a guest that tries is logged */
    uint64_t unimp;     /* a guest that sets it is logged */

    /* Before a write: returns what is written. */
    uint64_t (*pre_write)(RegisterInfo *reg, uint64_t val);
    /* After a write, and after reset. */
    void (*post_write)(RegisterInfo *reg, uint64_t val);
    /* Returns what a read gives. */
    uint64_t (*post_read)(RegisterInfo *reg, uint64_t val);

    hwaddr addr;        /* in the block */
};

/* A register of one device. */
struct RegisterInfo {
    /* private: */
    DeviceState parent_obj;

    /* public: */
    void *data;         /* the value, in host byte order */
    int data_size;      /* 1, 2, 4 or 8 */
    const RegisterAccessInfo *access;   /* NULL: not there */
    void *opaque;       /* the device */
};

#define TYPE_REGISTER "qemu-register"
DECLARE_INSTANCE_CHECKER(RegisterInfo, REGISTER, TYPE_REGISTER)

/* The registers of a block and the region that shows them. */
struct RegisterInfoArray {
    MemoryRegion mem;

    int num_elements;
    RegisterInfo **r;

    bool debug;
    const char *prefix; /* the device's type, for messages */
};

/* Sets up @reg, in memory of the caller, as a child object would be. */
void register_init(RegisterInfo *reg);
/* Gives it the value after reset; calls post_write. */
void register_reset(RegisterInfo *reg);

/*
 * Writes those bits of @val that @we has, as the description says; reads those
 * that @re has. @prefix goes before the name in messages; @debug logs each.
 */
void register_write(RegisterInfo *reg, uint64_t val, uint64_t we,
                    const char *prefix, bool debug);
uint64_t register_read(RegisterInfo *reg, uint64_t re, const char *prefix,
                       bool debug);

/*
 * A block: @ri and @data are arrays of the device, of which the elements at
 * addr / width of each of the @num descriptions are used. Returns the block,
 * with ->mem of @memory_size bytes for the device to map.
 */
RegisterInfoArray *register_init_block8(DeviceState *owner,
                                        const RegisterAccessInfo *rae, int num,
                                        RegisterInfo *ri, uint8_t *data,
                                        const MemoryRegionOps *ops,
                                        bool debug_enabled,
                                        uint64_t memory_size);
RegisterInfoArray *register_init_block32(DeviceState *owner,
                                         const RegisterAccessInfo *rae, int num,
                                         RegisterInfo *ri, uint32_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size);
RegisterInfoArray *register_init_block64(DeviceState *owner,
                                         const RegisterAccessInfo *rae, int num,
                                         RegisterInfo *ri, uint64_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size);
/* Frees the block, in the device's instance_finalize and nowhere else. */
void register_finalize_block(RegisterInfoArray *r_array);

/* The callbacks of a block's region; @opaque is the RegisterInfoArray. */
void register_write_memory(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size);
uint64_t register_read_memory(void *opaque, hwaddr addr, unsigned size);

#endif
