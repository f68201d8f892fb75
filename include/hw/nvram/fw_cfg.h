/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware configuration device (fw_cfg): what a board tells its firmware
 * and kernel, as items that have a 16-bit key and bytes. From FW_CFG_FILE_FIRST
 * on, items are files with a name, which the directory at FW_CFG_FILE_DIR lists,
 * sorted by name. The guest selects a key and reads the item byte by byte, or
 * asks for a copy by DMA.
 *
 * Boards create one with fw_cfg_init_*() and add items while they are built;
 * its path is /machine/fw_cfg. Everything here needs the big lock.
 */
#ifndef FW_CFG_H
#define FW_CFG_H

#include "exec/hwaddr.h"
#include "hw/sysbus.h"
#include "qom/object.h"
#include "standard-headers/linux/qemu_fw_cfg.h"
#include "system/dma.h"

#define TYPE_FW_CFG     "fw_cfg"
#define TYPE_FW_CFG_IO  "fw_cfg_io"
#define TYPE_FW_CFG_MEM "fw_cfg_mem"
#define TYPE_FW_CFG_DATA_GENERATOR_INTERFACE "fw_cfg-data-generator"

OBJECT_DECLARE_SIMPLE_TYPE(FWCfgState, FW_CFG)
OBJECT_DECLARE_SIMPLE_TYPE(FWCfgIoState, FW_CFG_IO)
OBJECT_DECLARE_SIMPLE_TYPE(FWCfgMemState, FW_CFG_MEM)

typedef struct FWCfgDataGeneratorClass FWCfgDataGeneratorClass;
DECLARE_CLASS_CHECKERS(FWCfgDataGeneratorClass, FW_CFG_DATA_GENERATOR,
                       TYPE_FW_CFG_DATA_GENERATOR_INTERFACE)

/* Objects that make the content of a file (-fw_cfg gen_id=). */
struct FWCfgDataGeneratorClass {
    InterfaceClass parent_class;

    /*
     * The bytes, for g_byte_array_unref(); NULL with @errp set if it failed,
     * without if there is to be no file.
     */
    GByteArray *(*get_data)(Object *obj, Error **errp);
};

typedef struct fw_cfg_file FWCfgFile;

/* The content of FW_CFG_FILE_DIR, big endian. */
typedef struct FWCfgFiles {
    uint32_t count;
    FWCfgFile f[];
} FWCfgFiles;

typedef struct fw_cfg_dma_access FWCfgDmaAccess;

/* The guest is about to read the item. */
typedef void (*FWCfgCallback)(void *opaque);
/* The guest has written [@start, +@len) of the item, by DMA. */
typedef void (*FWCfgWriteCallback)(void *opaque, off_t start, size_t len);

typedef struct FWCfgEntry FWCfgEntry;

struct FWCfgState {
    /* private: */
    SysBusDevice parent_obj;

    uint16_t file_slots;
    FWCfgEntry *entries[2];     /* generic, of the architecture */
    int *entry_order;           /* of files, for legacy_fw_cfg_order */
    FWCfgFiles *files;
    uint16_t cur_entry;
    uint32_t cur_offset;
    Notifier machine_ready;

    int fw_cfg_order_override;

    bool dma_enabled;
    dma_addr_t dma_addr;
    AddressSpace *dma_as;
    MemoryRegion dma_iomem;

    /* Sizes of ACPI tables, from a migration stream. */
    bool acpi_mr_restore;
    uint64_t table_mr_size;
    uint64_t linker_mr_size;
    uint64_t rsdp_mr_size;
};

struct FWCfgIoState {
    /* private: */
    FWCfgState parent_obj;

    MemoryRegion comb_iomem;    /* selector and data */
};

struct FWCfgMemState {
    /* private: */
    FWCfgState parent_obj;

    MemoryRegion ctl_iomem, data_iomem;
    uint32_t data_width;
    MemoryRegionOps wide_data_ops;
};

/* ---- devices ------------------------------------------------------------- */

/*
 * One of ports: selector and data at @iobase, and unless @dma_iobase is 0 the
 * DMA register there, which works on @dma_as.
 */
FWCfgState *fw_cfg_init_io_dma(uint32_t iobase, uint32_t dma_iobase,
                               AddressSpace *dma_as);
/* One of MMIO: the addresses of the selector and of the data, one byte wide. */
FWCfgState *fw_cfg_init_mem(hwaddr ctl_addr, hwaddr data_addr);
/* The same, with data of @data_width bytes, and DMA unless @dma_addr is 0. */
FWCfgState *fw_cfg_init_mem_wide(hwaddr ctl_addr, hwaddr data_addr,
                                 uint32_t data_width, hwaddr dma_addr,
                                 AddressSpace *dma_as);

/* The machine's, or NULL if there is none, or not just one. */
FWCfgState *fw_cfg_find(void);
/* Whether @opaque, an FWCfgState, has DMA. */
bool fw_cfg_dma_enabled(void *opaque);

/* ---- items by key -------------------------------------------------------- */

/*
 * A key, without FW_CFG_WRITE_CHANNEL, may be added once. Bytes are not copied
 * and must stay; strings, with their NUL, and numbers, which the guest sees in
 * little endian, are. What modify replaces, add or modify had made.
 */
void fw_cfg_add_bytes(FWCfgState *s, uint16_t key, void *data, size_t len);
void fw_cfg_add_string(FWCfgState *s, uint16_t key, const char *value);
void fw_cfg_modify_string(FWCfgState *s, uint16_t key, const char *value);
void fw_cfg_add_i16(FWCfgState *s, uint16_t key, uint16_t value);
void fw_cfg_modify_i16(FWCfgState *s, uint16_t key, uint16_t value);
void fw_cfg_add_i32(FWCfgState *s, uint16_t key, uint32_t value);
void fw_cfg_modify_i32(FWCfgState *s, uint16_t key, uint32_t value);
void fw_cfg_add_i64(FWCfgState *s, uint16_t key, uint64_t value);
void fw_cfg_modify_i64(FWCfgState *s, uint16_t key, uint64_t value);

/*
 * Loads the file @image_name, unpacked if @try_decompress and it can be, as
 * item @data_key, and its size as the i32 @size_key. NULL: nothing. Ends the
 * process with a message if the file cannot be read.
 */
void load_image_to_fw_cfg(FWCfgState *fw_cfg, uint16_t size_key,
                          uint16_t data_key, const char *image_name,
                          bool try_decompress);

/* ---- files --------------------------------------------------------------- */

/*
 * Adds the file @filename; the bytes are not copied and must stay. A name that
 * is there already is a bug of the board, unless the user gave it (-fw_cfg).
 */
void fw_cfg_add_file(FWCfgState *s, const char *filename, void *data,
                     size_t len);
/*
 * The same. @select_cb is called when the guest selects the file, @write_cb when
 * it has written to it, which it may unless @read_only. Both may be NULL.
 */
void fw_cfg_add_file_callback(FWCfgState *s, const char *filename,
                              FWCfgCallback select_cb,
                              FWCfgWriteCallback write_cb,
                              void *callback_opaque, void *data, size_t len,
                              bool read_only);
/*
 * Replaces what a file has, and its callbacks by none. Returns the old bytes,
 * which are the caller's; NULL if there was no such file: then it is added.
 */
void *fw_cfg_modify_file(FWCfgState *s, const char *filename, void *data,
                         size_t len);
/*
 * Adds what the object @part below @parent generates. False with @errp set if
 * there is no such object, it is no generator, or it fails.
 */
bool fw_cfg_add_file_from_generator(FWCfgState *s, Object *parent,
                                    const char *part, const char *filename,
                                    Error **errp);

/*
 * What `-fw_cfg name=,file=|string=,gen_id=` asks for: exactly one of the three
 * is neither NULL nor empty. @s may be NULL, for an error. Ours.
 */
bool fw_cfg_add_user_item(FWCfgState *s, const char *name, const char *file,
                          const char *string, const char *gen_id, Error **errp);

/* The places of files in the directory of machines with legacy_fw_cfg_order. */
#define FW_CFG_ORDER_OVERRIDE_VGA    70
#define FW_CFG_ORDER_OVERRIDE_NIC    80
#define FW_CFG_ORDER_OVERRIDE_USER   100
#define FW_CFG_ORDER_OVERRIDE_DEVICE 110

/* Files that are added until reset get @order there. */
void fw_cfg_set_order_override(FWCfgState *fw_cfg, int order);
void fw_cfg_reset_order_override(FWCfgState *fw_cfg);

/* What @key, of FW_CFG_ARCH_LOCAL, is called; NULL if it has no name. */
const char *fw_cfg_arch_key_name(uint16_t key);

#endif
