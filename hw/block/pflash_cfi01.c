/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NOR flash: Common Flash Interface (JESD68) and Intel's basic command set
 * (0001), as in the data sheet of the 28F128J3. The bank may be made of several
 * chips side by side that get the same commands. Erasing and programming take
 * no time, so the status is always "ready".
 */
#include "qemu/osdep.h"
#include "hw/block/flash.h"
#include "hw/block/block.h"
#include "hw/qdev-properties-system.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "system/block-backend.h"
#include "system/blockdev.h"
#include "system/runstate.h"
#include "trace/trace-hw_block.h"

enum {
    /* What the stream has for "reads as memory"; the chips' own is 0xff. */
    CMD_NONE = 0x00,
    CMD_LOCK_SET = 0x01,
    CMD_PROGRAM_ALT = 0x10,
    CMD_ERASE = 0x20,
    CMD_PROGRAM = 0x40,
    CMD_CLEAR_STATUS = 0x50,
    CMD_LOCK = 0x60,
    CMD_STATUS = 0x70,
    CMD_IDENTIFY = 0x90,
    CMD_QUERY = 0x98,
    CMD_CONFIRM = 0xd0,
    CMD_BUFFER = 0xe8,
    CMD_AMD_RESET = 0xf0,
    CMD_READ_ARRAY = 0xff,

    STATUS_READY = 0x80,
    STATUS_ERASE_ERROR = 0x20,
    STATUS_PROGRAM_ERROR = 0x10,
};

/* wcycle: what the next write is. */
enum {
    EXPECT_COMMAND,
    EXPECT_SECOND, /* of two, or the count of CMD_BUFFER */
    EXPECT_DATA,
    EXPECT_CONFIRM,
};

enum { FEATURE_BIG_ENDIAN, FEATURE_SECURE };

#define NO_BUFFER UINT32_MAX

/* The members' names are those of the migration stream. */
struct PFlashCFI01 {
    SysBusDevice parent_obj;

    BlockBackend *blk;
    uint32_t num_blocks;
    uint64_t sector_len;
    uint8_t bank_width;
    uint8_t device_width; /* 0: boards of old, which did not say */
    uint8_t max_device_width;
    uint32_t features;
    uint16_t ident[4];
    bool old_multiple_chip_handling;
    char *name;

    MemoryRegion mem;
    uint8_t *storage; /* mem's */
    bool ro;
    uint8_t wcycle;
    uint8_t cmd;
    uint8_t status;
    uint64_t counter; /* of what is still to come into the buffer */
    uint8_t cfi_table[0x52];

    uint32_t writeblock_size;
    uint8_t *blk_bytes; /* the buffer, and where it goes */
    uint32_t blk_offset;

    VMChangeStateEntry *vmstate; /* writes back what was loaded */
};

static uint64_t bank_size(const PFlashCFI01 *s)
{
    return s->sector_len * s->num_blocks;
}

static bool has_feature(const PFlashCFI01 *s, int feature)
{
    return s->features & 1u << feature;
}

/*** Contents. ***/

/* Writes @size bytes at @offset back to the backend, whole sectors of it. */
static void write_back(PFlashCFI01 *s, uint64_t offset, uint64_t size)
{
    uint64_t end = QEMU_ALIGN_UP(offset + size, BDRV_SECTOR_SIZE);
    uint64_t begin = QEMU_ALIGN_DOWN(offset, BDRV_SECTOR_SIZE);
    int ret;

    if (!s->blk) {
        return;
    }
    end = MIN(end, bank_size(s));
    ret = blk_pwrite(s->blk, begin, end - begin, s->storage + begin, 0);
    if (ret < 0) {
        error_report("Could not update PFLASH: %s", strerror(-ret));
    }
}

static uint64_t load(PFlashCFI01 *s, hwaddr offset, unsigned size)
{
    uint64_t value = has_feature(s, FEATURE_BIG_ENDIAN)
                         ? ldn_be_p(s->storage + offset, size)
                         : ldn_le_p(s->storage + offset, size);

    trace_pflash_data_read(s->name, offset, size, value);
    return value;
}

static void store(PFlashCFI01 *s, uint8_t *to, uint64_t value, unsigned size)
{
    if (has_feature(s, FEATURE_BIG_ENDIAN)) {
        stn_be_p(to, size, value);
    } else {
        stn_le_p(to, size, value);
    }
}

static void program_word(PFlashCFI01 *s, hwaddr offset, uint64_t value,
                         unsigned size)
{
    trace_pflash_data_write(s->name, offset, size, value);
    if (s->ro) {
        s->status |= STATUS_PROGRAM_ERROR;
    } else {
        store(s, s->storage + offset, value, size);
        memory_region_set_dirty(&s->mem, offset, size);
        write_back(s, offset, size);
    }
}

static void erase_sector(PFlashCFI01 *s, hwaddr offset)
{
    offset -= offset % s->sector_len;
    trace_pflash_write_block_erase(s->name, offset, s->sector_len);
    if (s->ro) {
        s->status |= STATUS_ERASE_ERROR;
    } else {
        memset(s->storage + offset, 0xff, s->sector_len);
        memory_region_set_dirty(&s->mem, offset, s->sector_len);
        write_back(s, offset, s->sector_len);
    }
    s->status |= STATUS_READY;
}

/*** The write buffer: a copy of the block of its size that is written to. ***/

static void buffer_open(PFlashCFI01 *s, hwaddr offset)
{
    trace_pflash_write_block_start(s->name, s->counter);
    s->blk_offset = QEMU_ALIGN_DOWN(offset, s->writeblock_size);
    memcpy(s->blk_bytes, s->storage + s->blk_offset, s->writeblock_size);
}

static void buffer_drop(PFlashCFI01 *s)
{
    if (s->blk_offset != NO_BUFFER) {
        trace_pflash_write_block_abort(s->name);
        s->blk_offset = NO_BUFFER;
    }
}

/* All of it is copied: what was not written to is what was there. */
static void buffer_flush(PFlashCFI01 *s)
{
    if (s->blk_offset == NO_BUFFER) {
        return;
    }
    trace_pflash_write_block_flush(s->name);
    memcpy(s->storage + s->blk_offset, s->blk_bytes, s->writeblock_size);
    memory_region_set_dirty(&s->mem, s->blk_offset, s->writeblock_size);
    write_back(s, s->blk_offset, s->writeblock_size);
    s->blk_offset = NO_BUFFER;
}

static void buffer_store(PFlashCFI01 *s, hwaddr offset, uint64_t value,
                         unsigned size)
{
    uint64_t at;

    if (s->blk_offset == NO_BUFFER) {
        buffer_open(s, offset);
    }
    at = offset - s->blk_offset;
    if (s->ro || offset < s->blk_offset || at > s->writeblock_size - size) {
        /* All of a buffer has to go to one block. */
        s->status |= STATUS_PROGRAM_ERROR;
        return;
    }
    trace_pflash_data_write_block(s->name, offset, size, value, s->counter);
    store(s, s->blk_bytes + at, value, size);
}

/*** Reading. ***/

/* The chips' addresses count words of the width that they have at most. */
static hwaddr chip_address(PFlashCFI01 *s, hwaddr offset)
{
    return offset >> (ctz32(s->bank_width) + ctz32(s->max_device_width) -
                      ctz32(s->device_width));
}

/* Every chip of the bank answers the same. */
static uint32_t all_chips(PFlashCFI01 *s, uint32_t answer, unsigned width)
{
    uint32_t all = answer;

    for (unsigned i = s->device_width; s->device_width && i < MIN(width, 4);
         i += s->device_width) {
        all |= answer << 8 * i;
    }
    return all;
}

static uint32_t cfi_byte(PFlashCFI01 *s, hwaddr at)
{
    return at < sizeof(s->cfi_table) ? s->cfi_table[at] : 0;
}

static uint32_t query(PFlashCFI01 *s, hwaddr offset)
{
    hwaddr at;
    uint32_t answer;

    if (!s->device_width) {
        /* Two chips of 16 bits, roughly. */
        at = (offset & 0xff) >> ctz32(s->bank_width);
        return cfi_byte(s, at);
    }
    at = chip_address(s, offset);
    answer = cfi_byte(s, at);
    if (s->device_width != s->max_device_width) {
        /* Wider chips used as narrow ones show each byte as often. */
        if (s->device_width != 1 || s->bank_width > 4) {
            trace_pflash_unsupported_device_configuration(
                s->name, s->device_width, s->max_device_width);
            return 0;
        }
        for (unsigned i = 1; i < MIN(s->max_device_width, 4); i++) {
            answer |= cfi_byte(s, at) << 8 * i;
        }
    }
    return s->device_width < s->bank_width ? all_chips(s, answer, s->bank_width)
                                           : answer;
}

static uint32_t identify(PFlashCFI01 *s, hwaddr offset)
{
    hwaddr at;

    if (!s->device_width) {
        at = (offset & 0xff) >> ctz32(s->bank_width);
        return at > 1 ? 0 : s->ident[2 * at] << 8 | s->ident[2 * at + 1];
    }
    at = chip_address(s, offset) & 0xff; /* the rest names a block */
    if (at > 1) {
        trace_pflash_device_info(s->name, offset);
        return 0; /* no block is locked */
    }
    if (at) {
        trace_pflash_device_id(s->name, s->ident[1]);
    } else {
        trace_pflash_manufacturer_id(s->name, s->ident[0]);
    }
    return s->device_width < s->bank_width
               ? all_chips(s, s->ident[at], s->bank_width)
               : s->ident[at];
}

static uint32_t read_status(PFlashCFI01 *s, unsigned size)
{
    uint32_t status = s->status;

    if (!s->device_width && size > 2) {
        status |= s->status << 16;
    } else if (s->device_width && size > s->device_width) {
        status = all_chips(s, s->status, size);
    }
    trace_pflash_read_status(s->name, status);
    return status;
}

static uint64_t flash_read(PFlashCFI01 *s, hwaddr offset, unsigned size)
{
    uint64_t value;

    switch (s->cmd) {
    case CMD_IDENTIFY:
    case CMD_QUERY:
        /* A bank wider than 4 bytes is asked in words of 4. */
        value = s->cmd == CMD_QUERY ? query(s, offset) : identify(s, offset);
        if (size > 4 || (s->device_width && size > s->bank_width)) {
            value |= value << 32;
        }
        break;
    case CMD_PROGRAM_ALT:
    case CMD_PROGRAM:
    case CMD_ERASE:
    case CMD_CLEAR_STATUS:
    case CMD_LOCK:
    case CMD_STATUS:
    case CMD_BUFFER:
        value = read_status(s, size);
        break;
    default:
        value = load(s, offset, size);
        break;
    }
    trace_pflash_io_read(s->name, offset, size, value, s->cmd, s->wcycle);
    return value;
}

/*** Commands. ***/

static void read_array(PFlashCFI01 *s)
{
    trace_pflash_mode_read_array(s->name);
    buffer_drop(s);
    s->cmd = CMD_NONE;
    s->wcycle = EXPECT_COMMAND;
    memory_region_rom_device_set_romd(&s->mem, true);
}

static void refuse(PFlashCFI01 *s, hwaddr offset, uint64_t value)
{
    qemu_log_mask(
        LOG_UNIMP,
        "pflash_write: Unimplemented flash cmd sequence (offset " HWADDR_FMT_plx
        ", wcycle 0x%x cmd 0x%x value 0x%x)\n",
        offset, s->wcycle, s->cmd, (unsigned)value);
    read_array(s);
}

static void first_write(PFlashCFI01 *s, hwaddr offset, uint64_t value)
{
    uint8_t cmd = value;

    memory_region_rom_device_set_romd(&s->mem, false);
    switch (cmd) {
    case CMD_NONE:
    case CMD_AMD_RESET: /* drivers try whether it is another make's */
    case CMD_READ_ARRAY:
        read_array(s);
        return;
    case CMD_CLEAR_STATUS:
        s->status = 0;
        read_array(s);
        return;
    case CMD_STATUS:
    case CMD_IDENTIFY:
        s->cmd = cmd; /* what follows is a command again */
        return;
    case CMD_ERASE:
        erase_sector(s, offset);
        break;
    case CMD_BUFFER:
        s->status |= STATUS_READY;
        break;
    case CMD_PROGRAM_ALT:
    case CMD_PROGRAM:
    case CMD_LOCK:
    case CMD_QUERY:
        break;
    default:
        refuse(s, offset, value);
        return;
    }
    s->cmd = cmd;
    s->wcycle = EXPECT_SECOND;
}

/* The number of words, as one chip gets it, less 1. */
static void start_buffer(PFlashCFI01 *s, uint64_t value)
{
    unsigned width = s->device_width ?: s->bank_width;

    s->counter = extract64(value, 0, 8 * MIN(width, 4));
    s->wcycle = EXPECT_DATA;
}

/* What confirms a command; anything that does not ends it. */
static void second_of_two(PFlashCFI01 *s, hwaddr offset, uint64_t value)
{
    uint8_t cmd = value;
    bool confirms =
        cmd == CMD_CONFIRM || (s->cmd == CMD_LOCK && cmd == CMD_LOCK_SET);

    if (confirms) {
        s->status |= STATUS_READY;
        s->wcycle = EXPECT_COMMAND;
    } else if (cmd == CMD_READ_ARRAY || s->cmd == CMD_LOCK) {
        read_array(s);
    } else {
        refuse(s, offset, value);
    }
}

static void second_write(PFlashCFI01 *s, hwaddr offset, uint64_t value,
                         unsigned size)
{
    switch (s->cmd) {
    case CMD_PROGRAM_ALT:
    case CMD_PROGRAM:
        program_word(s, offset, value, size);
        s->status |= STATUS_READY;
        s->wcycle = EXPECT_COMMAND;
        break;
    case CMD_ERASE:
    case CMD_LOCK:
        second_of_two(s, offset, value);
        break;
    case CMD_BUFFER:
        start_buffer(s, value);
        break;
    case CMD_QUERY:
        if ((uint8_t)value == CMD_READ_ARRAY) {
            read_array(s);
        }
        break;
    default:
        refuse(s, offset, value);
        break;
    }
}

static void data_write(PFlashCFI01 *s, hwaddr offset, uint64_t value,
                       unsigned size)
{
    buffer_store(s, offset, value, size);
    s->status |= STATUS_READY;
    if (s->counter) {
        s->counter--;
    } else {
        s->wcycle = EXPECT_CONFIRM;
    }
}

static void confirm_write(PFlashCFI01 *s, uint64_t value)
{
    if ((uint8_t)value != CMD_CONFIRM || (s->status & STATUS_PROGRAM_ERROR)) {
        read_array(s); /* which drops the buffer */
        return;
    }
    buffer_flush(s);
    s->status |= STATUS_READY;
    s->wcycle = EXPECT_COMMAND;
}

static void flash_write(PFlashCFI01 *s, hwaddr offset, uint64_t value,
                        unsigned size)
{
    trace_pflash_io_write(s->name, offset, size, value, s->wcycle);
    switch (s->wcycle) {
    case EXPECT_COMMAND:
        first_write(s, offset, value);
        break;
    case EXPECT_SECOND:
        second_write(s, offset, value, size);
        break;
    case EXPECT_DATA:
        data_write(s, offset, value, size);
        break;
    case EXPECT_CONFIRM:
        confirm_write(s, value);
        break;
    }
}

/* Commands of the insecure world do not reach a secure flash. */
static MemTxResult flash_read_attrs(void *opaque, hwaddr addr, uint64_t *value,
                                    unsigned size, MemTxAttrs attrs)
{
    PFlashCFI01 *s = opaque;
    bool plain = has_feature(s, FEATURE_SECURE) && !attrs.secure;

    *value = plain ? load(s, addr, size) : flash_read(s, addr, size);
    return MEMTX_OK;
}

static MemTxResult flash_write_attrs(void *opaque, hwaddr addr, uint64_t value,
                                     unsigned size, MemTxAttrs attrs)
{
    PFlashCFI01 *s = opaque;

    if (has_feature(s, FEATURE_SECURE) && !attrs.secure) {
        return MEMTX_ERROR;
    }
    flash_write(s, addr, value, size);
    return MEMTX_OK;
}

static const MemoryRegionOps pflash_ops = {
    .read_with_attrs = flash_read_attrs,
    .write_with_attrs = flash_write_attrs,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/*** What a chip says about itself (JESD68, chapter 4). ***/

static void fill_cfi_table(PFlashCFI01 *s)
{
    unsigned chips = s->device_width ? s->bank_width / s->device_width : 1;
    bool old = s->old_multiple_chip_handling;
    uint64_t blocks = old ? s->num_blocks / chips : s->num_blocks;
    uint64_t block_len = old ? s->sector_len : s->sector_len / chips;
    unsigned log_buffer = s->bank_width == 1 ? 8 : 11;
    uint8_t *t = s->cfi_table;

    memcpy(t + 0x10, "QRY", 3);
    stw_le_p(t + 0x13, 0x0001); /* Intel's commands, */
    stw_le_p(t + 0x15, 0x0031); /* whose own table is there, and no others */
    stw_be_p(t + 0x1b, 0x4555); /* supply: 4.5 to 5.5 V */
    t[0x1f] = 7;                /* typical times: word, 2^n us, */
    t[0x20] = 7;                /* buffer, */
    t[0x21] = 10;               /* sector, 2^n ms */
    memset(t + 0x23, 4, 3);     /* at most 2^n times that */
    t[0x27] = ctz64(blocks * block_len);
    stw_le_p(t + 0x28, 0x0002); /* 8 and 16 bits wide */
    stw_le_p(t + 0x2a, log_buffer);
    t[0x2c] = 1; /* all sectors are alike */
    stw_le_p(t + 0x2d, blocks - 1);
    stw_le_p(t + 0x2f, block_len >> 8);
    memcpy(t + 0x31, "PRI10", 5);
    t[0x3f] = 1; /* protection registers */

    s->writeblock_size = 1u << log_buffer;
    if (!old) {
        s->writeblock_size *= MAX(chips, 1);
    }
}

/*** Migration. ***/

static void write_back_loaded(void *opaque, bool running, RunState state)
{
    PFlashCFI01 *s = opaque;

    /* The image is ours now, and the contents may be newer. */
    qemu_del_vm_change_state_handler(s->vmstate);
    s->vmstate = NULL;
    trace_pflash_postload_cb(s->name);
    write_back(s, 0, bank_size(s));
}

static int pflash_post_load(void *opaque, int version_id)
{
    PFlashCFI01 *s = opaque;

    if (s->wcycle > EXPECT_CONFIRM) {
        error_report("pflash '%s': wcycle %u is not 0 to %u", s->name,
                     s->wcycle, EXPECT_CONFIRM);
        return -EINVAL;
    }
    memory_region_rom_device_set_romd(&s->mem, s->wcycle == EXPECT_COMMAND &&
                                                   s->cmd == CMD_NONE);
    if (!s->ro && !s->vmstate) {
        s->vmstate = qemu_add_vm_change_state_handler(write_back_loaded, s);
    }
    return 0;
}

static bool buffer_needed(void *opaque)
{
    return ((PFlashCFI01 *)opaque)->blk_offset != NO_BUFFER;
}

static int buffer_post_load(void *opaque, int version_id)
{
    PFlashCFI01 *s = opaque;

    if (s->blk_offset > bank_size(s) - s->writeblock_size ||
        s->blk_offset % s->writeblock_size) {
        error_report("pflash '%s': there is no block at 0x%x", s->name,
                     s->blk_offset);
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_pflash_buffer = {
    .name = "pflash_cfi01_blk_write",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = buffer_needed,
    .post_load = buffer_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_VBUFFER_UINT32(blk_bytes, PFlashCFI01, 0, NULL,
                                   writeblock_size),
            VMSTATE_UINT32(blk_offset, PFlashCFI01),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_pflash = {
    .name = "pflash_cfi01",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pflash_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(wcycle, PFlashCFI01),
            VMSTATE_UINT8(cmd, PFlashCFI01),
            VMSTATE_UINT8(status, PFlashCFI01),
            VMSTATE_UINT64(counter, PFlashCFI01),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){ &vmstate_pflash_buffer, NULL },
};

/*** The type. ***/

static void pflash_reset_hold(Object *obj, ResetType type)
{
    PFlashCFI01 *s = PFLASH_CFI01(obj);

    trace_pflash_reset(s->name);
    read_array(s);
    s->status = STATUS_READY;
    s->counter = 0;
}

static bool check_width(uint8_t width, const char *what, Error **errp)
{
    if (width != 0 && width != 1 && width != 2 && width != 4 && width != 8) {
        error_setg(errp, "attribute \"%s\" is %u, not 1, 2, 4 or 8.", what,
                   width);
        return false;
    }
    return true;
}

static bool check_shape(PFlashCFI01 *s, Error **errp)
{
    const char *missing = !s->sector_len   ? "sector-length"
                          : !s->num_blocks ? "num-blocks"
                                           : NULL;

    if (missing) {
        error_setg(errp, "attribute \"%s\" not specified or zero.", missing);
        return false;
    }
    if (!s->name) {
        error_setg(errp, "attribute \"name\" not specified.");
        return false;
    }
    if (!check_width(s->bank_width, "width", errp) ||
        !check_width(s->device_width, "device-width", errp) ||
        !check_width(s->max_device_width, "max-device-width", errp)) {
        return false;
    }
    if (s->device_width > MAX(s->bank_width, 1)) {
        error_setg(errp, "attribute \"device-width\" is more than \"width\".");
        return false;
    }
    if (s->max_device_width && s->max_device_width < s->device_width) {
        error_setg(errp, "attribute \"max-device-width\" is less than "
                         "\"device-width\".");
        return false;
    }
    return true;
}

/* The commands address sectors and buffers by bits, in 32 of them. */
static bool check_size(PFlashCFI01 *s, Error **errp)
{
    if (s->sector_len > UINT32_MAX || bank_size(s) > UINT32_MAX) {
        error_setg(errp,
                   "a flash of %u sectors of %" PRIu64 " bytes is too "
                   "large: it must be smaller than 4 GiB",
                   s->num_blocks, s->sector_len);
        return false;
    }
    if (bank_size(s) % s->writeblock_size) {
        error_setg(errp,
                   "a flash of %u sectors of %" PRIu64 " bytes is not a "
                   "multiple of its write buffer of %u bytes",
                   s->num_blocks, s->sector_len, s->writeblock_size);
        return false;
    }
    return true;
}

static bool take_backend(PFlashCFI01 *s, Error **errp)
{
    s->ro = s->blk && !blk_supports_write_perm(s->blk);
    if (!s->blk) {
        return true;
    }
    /* Content that was kept over a restart is newer. */
    return blk_set_perm(s->blk,
                        BLK_PERM_CONSISTENT_READ | (s->ro ? 0 : BLK_PERM_WRITE),
                        BLK_PERM_ALL, errp) == 0 &&
           (memory_region_is_kept(&s->mem) ||
            blk_check_size_and_read_all(s->blk, DEVICE(s), s->storage,
                                        bank_size(s), errp));
}

static void pflash_realize(DeviceState *dev, Error **errp)
{
    PFlashCFI01 *s = PFLASH_CFI01(dev);

    if (!check_shape(s, errp)) {
        return;
    }
    s->bank_width = s->bank_width ?: 1;
    s->max_device_width = s->max_device_width ?: s->device_width;
    fill_cfi_table(s);
    if (!check_size(s, errp) ||
        !memory_region_init_rom_device(&s->mem, OBJECT(dev), &pflash_ops, s,
                                       s->name, bank_size(s), errp)) {
        return;
    }
    s->storage = memory_region_get_ram_ptr(&s->mem);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mem);
    if (!take_backend(s, errp)) {
        vmstate_unregister_ram(&s->mem, dev);
        return;
    }
    s->status = STATUS_READY;
    s->blk_bytes = g_malloc(s->writeblock_size);
    s->blk_offset = NO_BUFFER;
}

static void pflash_unrealize(DeviceState *dev)
{
    PFlashCFI01 *s = PFLASH_CFI01(dev);

    if (s->vmstate) {
        qemu_del_vm_change_state_handler(s->vmstate);
    }
    g_free(s->blk_bytes);
}

static const Property pflash_properties[] = {
    DEFINE_PROP_DRIVE("drive", PFlashCFI01, blk),
    DEFINE_PROP_UINT32("num-blocks", PFlashCFI01, num_blocks, 0),
    DEFINE_PROP_UINT64("sector-length", PFlashCFI01, sector_len, 0),
    DEFINE_PROP_UINT8("width", PFlashCFI01, bank_width, 0),
    DEFINE_PROP_UINT8("device-width", PFlashCFI01, device_width, 0),
    DEFINE_PROP_UINT8("max-device-width", PFlashCFI01, max_device_width, 0),
    DEFINE_PROP_BIT("big-endian", PFlashCFI01, features, FEATURE_BIG_ENDIAN, 0),
    DEFINE_PROP_BIT("secure", PFlashCFI01, features, FEATURE_SECURE, 0),
    DEFINE_PROP_UINT16("id0", PFlashCFI01, ident[0], 0),
    DEFINE_PROP_UINT16("id1", PFlashCFI01, ident[1], 0),
    DEFINE_PROP_UINT16("id2", PFlashCFI01, ident[2], 0),
    DEFINE_PROP_UINT16("id3", PFlashCFI01, ident[3], 0),
    DEFINE_PROP_STRING("name", PFlashCFI01, name),
    DEFINE_PROP_BOOL("old-multiple-chip-handling", PFlashCFI01,
                     old_multiple_chip_handling, false),
};

static void pflash_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = pflash_realize;
    dc->unrealize = pflash_unrealize;
    dc->vmsd = &vmstate_pflash;
    RESETTABLE_CLASS(oc)->phases.hold = pflash_reset_hold;
    device_class_set_props(dc, pflash_properties);
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo pflash_types[] = {
    {
        .name = TYPE_PFLASH_CFI01,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(PFlashCFI01),
        .class_init = pflash_class_init,
    },
};

DEFINE_TYPES(pflash_types)

/*** For boards. ***/

PFlashCFI01 *pflash_cfi01_register(hwaddr base, const char *name, hwaddr size,
                                   BlockBackend *blk, uint32_t sector_len,
                                   int width, uint16_t id0, uint16_t id1,
                                   uint16_t id2, uint16_t id3, int be)
{
    DeviceState *dev = qdev_new(TYPE_PFLASH_CFI01);
    const uint16_t ids[] = { id0, id1, id2, id3 };

    assert(QEMU_IS_ALIGNED(size, sector_len));
    if (blk) {
        qdev_prop_set_drive(dev, "drive", blk);
    }
    qdev_prop_set_string(dev, "name", name);
    qdev_prop_set_uint32(dev, "num-blocks", size / sector_len);
    qdev_prop_set_uint64(dev, "sector-length", sector_len);
    qdev_prop_set_uint8(dev, "width", width);
    qdev_prop_set_bit(dev, "big-endian", be != 0);
    for (int i = 0; i < 4; i++) {
        char prop[] = { 'i', 'd', '0' + i, '\0' };

        qdev_prop_set_uint16(dev, prop, ids[i]);
    }
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, base);
    return PFLASH_CFI01(dev);
}

BlockBackend *pflash_cfi01_get_blk(PFlashCFI01 *fl)
{
    return fl->blk;
}

MemoryRegion *pflash_cfi01_get_memory(PFlashCFI01 *fl)
{
    return &fl->mem;
}

void pflash_cfi01_legacy_drive(PFlashCFI01 *fl, DriveInfo *dinfo)
{
    Location loc;

    if (!dinfo) {
        return;
    }
    loc_push_none(&loc);
    qemu_opts_loc_restore(dinfo->opts);
    if (fl->blk) {
        error_report("clashes with -machine");
        exit(EXIT_FAILURE);
    }
    qdev_prop_set_drive_err(DEVICE(fl), "drive", blk_by_legacy_dinfo(dinfo),
                            &error_fatal);
    loc_pop(&loc);
}
