/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes ACPI tables.
 *
 * AML: each aml_*() function is a term of ASL with its name and makes one piece
 * of byte code (ACPI 6.5, chapter 20.2). A piece becomes part of another with
 * aml_append(), which copies it: fill a Device() first, append it to its
 * Scope() then. Where an operator has a target, NULL is none. Pieces belong to
 * the allocator: after init_aml_allocator(), which returns the outermost, all
 * live until free_aml_allocator(). One table at a time, under the big lock.
 *
 *   Aml *table = init_aml_allocator();
 *   Aml *dev = aml_device("RTC");
 *
 *   aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0B00")));
 *   aml_append(table, dev);
 *   (copy table->buf to its table)
 *   free_aml_allocator();
 *
 * Tables: bytes are appended to a GArray, between acpi_table_begin() and
 * acpi_table_end(), which has the linker (bios-linker-loader.h) make the sum.
 * Names that do not encode, or more bits than there are, are bugs of the caller.
 */
#ifndef HW_ACPI_AML_BUILD_H
#define HW_ACPI_AML_BUILD_H

#include "hw/acpi/acpi-defs.h"
#include "hw/acpi/bios-linker-loader.h"

/* Who made the tables, where a board says nothing else. */
#define ACPI_BUILD_APPNAME6 "BOCHS "
#define ACPI_BUILD_APPNAME8 "BXPC    "

/* Files of fw_cfg. */
#define ACPI_BUILD_TABLE_FILE  "etc/acpi/tables"
#define ACPI_BUILD_RSDP_FILE   "etc/acpi/rsdp"
#define ACPI_BUILD_TPMLOG_FILE "etc/tpm/log"
#define ACPI_BUILD_LOADER_FILE "etc/table-loader"

#define AML_NOTIFY_METHOD "NTFY"

/* What aml_append() puts before a piece's bytes. */
typedef enum {
    AML_NO_OPCODE = 0, /* nothing */
    AML_OPCODE,        /* the opcode */
    AML_PACKAGE,       /* the opcode and a PkgLength */
    AML_EXT_PACKAGE,   /* the same after ExtOpPrefix */
    AML_BUFFER,        /* those of a buffer, and its size */
    AML_RES_TEMPLATE,  /* the same, and behind them the end tag */
} AmlBlockFlags;

struct Aml {
    GArray *buf;

    /* private */
    uint8_t op;
    AmlBlockFlags block_flags;
};

/* ---- bits of terms ------------------------------------------------------- */

typedef enum {
    AML_COMPATIBILITY = 0,
    AML_TYPEA = 1,
    AML_TYPEB = 2,
    AML_TYPEF = 3,
} AmlDmaType;

typedef enum {
    AML_NOTBUSMASTER = 0,
    AML_BUSMASTER = 1,
} AmlDmaBusMaster;

typedef enum {
    AML_TRANSFER8 = 0,
    AML_TRANSFER8_16 = 1,
    AML_TRANSFER16 = 2,
} AmlTransferSize;

typedef enum {
    AML_DECODE10 = 0,
    AML_DECODE16 = 1,
} AmlIODecode;

typedef enum {
    AML_ANY_ACC = 0,
    AML_BYTE_ACC = 1,
    AML_WORD_ACC = 2,
    AML_DWORD_ACC = 3,
    AML_QWORD_ACC = 4,
    AML_BUFFER_ACC = 5,
} AmlAccessType;

typedef enum {
    AML_NOLOCK = 0,
    AML_LOCK = 1,
} AmlLockRule;

typedef enum {
    AML_PRESERVE = 0,
    AML_WRITE_AS_ONES = 1,
    AML_WRITE_AS_ZEROS = 2,
} AmlUpdateRule;

typedef enum {
    AML_AS_SYSTEM_MEMORY = 0x00,
    AML_AS_SYSTEM_IO = 0x01,
    AML_AS_PCI_CONFIG = 0x02,
    AML_AS_EMBEDDED_CTRL = 0x03,
    AML_AS_SMBUS = 0x04,
    AML_AS_FFH = 0x7f,
} AmlAddressSpace;

typedef enum {
    AML_SYSTEM_MEMORY = 0x00,
    AML_SYSTEM_IO = 0x01,
    AML_PCI_CONFIG = 0x02,
} AmlRegionSpace;

typedef enum {
    AML_MEMORY_RANGE = 0,
    AML_IO_RANGE = 1,
    AML_BUS_NUMBER_RANGE = 2,
} AmlResourceType;

typedef enum {
    AML_SUB_DECODE = 1 << 1,
    AML_POS_DECODE = 0,
} AmlDecode;

typedef enum {
    AML_MAX_FIXED = 1 << 3,
    AML_MAX_NOT_FIXED = 0,
} AmlMaxFixed;

typedef enum {
    AML_MIN_FIXED = 1 << 2,
    AML_MIN_NOT_FIXED = 0,
} AmlMinFixed;

typedef enum {
    AML_ISA_ONLY = 1,
    AML_NON_ISA_ONLY = 2,
    AML_ENTIRE_RANGE = 3,
} AmlISARanges;

typedef enum {
    AML_NON_CACHEABLE = 0,
    AML_CACHEABLE = 1,
    AML_WRITE_COMBINING = 2,
    AML_PREFETCHABLE = 3,
} AmlCacheable;

typedef enum {
    AML_READ_ONLY = 0,
    AML_READ_WRITE = 1,
} AmlReadAndWrite;

typedef enum {
    AML_CONSUMER_PRODUCER = 0,
    AML_CONSUMER = 1,
} AmlConsumerAndProducer;

typedef enum {
    AML_LEVEL = 0,
    AML_EDGE = 1,
} AmlLevelAndEdge;

typedef enum {
    AML_ACTIVE_HIGH = 0,
    AML_ACTIVE_LOW = 1,
} AmlActiveHighAndLow;

typedef enum {
    AML_EXCLUSIVE = 0,
    AML_SHARED = 1,
    AML_EXCLUSIVE_AND_WAKE = 2,
    AML_SHARED_AND_WAKE = 3,
} AmlShared;

typedef enum {
    AML_NOTSERIALIZED = 0,
    AML_SERIALIZED = 1,
} AmlSerializeFlag;

typedef enum {
    AML_INTERRUPT_CONNECTION = 0,
    AML_IO_CONNECTION = 1,
} AmlGpioConnectionType;

typedef enum {
    AML_PULL_DEFAULT = 0,
    AML_PULL_UP = 1,
    AML_PULL_DOWN = 2,
    AML_PULL_NONE = 3,
} AmlPinConfig;

#define AML_SERIAL_BUS_TYPE_I2C  1
#define AML_SERIAL_BUS_TYPE_SPI  2
#define AML_SERIAL_BUS_TYPE_UART 3

#define AML_SERIAL_BUS_FLAG_MASTER_DEVICE (1 << 0)
#define AML_SERIAL_BUS_FLAG_CONSUME_ONLY  (1 << 1)

/* Of memory in the SRAT (table 5.61). */
typedef enum {
    MEM_AFFINITY_NOFLAGS = 0,
    MEM_AFFINITY_ENABLED = 1 << 0,
    MEM_AFFINITY_HOTPLUGGABLE = 1 << 1,
    MEM_AFFINITY_NON_VOLATILE = 1 << 2,
} MemoryAffinityFlags;

/* ---- pieces -------------------------------------------------------------- */

Aml *init_aml_allocator(void);
void free_aml_allocator(void);
/* Copies @child, complete, to the end of @parent_ctx. */
void aml_append(Aml *parent_ctx, Aml *child);

/* ---- names and values ---------------------------------------------------- */

/* A path: "\\_SB.PCI0", "^ABC"; segments of up to four characters. */
Aml *aml_name(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
Aml *aml_name_decl(const char *name, Aml *val);
Aml *aml_alias(const char *source_object, const char *alias_object);
Aml *aml_int(const uint64_t val);
Aml *aml_string(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
/* A string of 16-bit characters. */
Aml *aml_unicode(const char *str);
/* An id like "PNP0A03", as a number. */
Aml *aml_eisaid(const char *str);
/* A buffer of 16 bytes, as ToUUID() makes it. */
Aml *aml_touuid(const char *uuid);
/* @byte_list NULL: zeroes. */
Aml *aml_buffer(int buffer_size, uint8_t *byte_list);
Aml *aml_package(uint8_t num_elements);
Aml *aml_varpackage(uint32_t num_elements);
Aml *aml_arg(int pos);
Aml *aml_local(int num);
Aml *aml_debug(void);

/* ---- blocks -------------------------------------------------------------- */

Aml *aml_scope(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
Aml *aml_device(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
Aml *aml_processor(uint8_t proc_id, uint32_t pblk_addr, uint8_t pblk_len,
                   const char *name_format, ...) G_GNUC_PRINTF(4, 5);
Aml *aml_method(const char *name, int arg_count, AmlSerializeFlag sflag);
Aml *aml_if(Aml *predicate);
/* Right behind the If(). */
Aml *aml_else(void);
Aml *aml_while(Aml *predicate);
Aml *aml_break(void);
Aml *aml_return(Aml *val);

/* ---- operators ----------------------------------------------------------- */

Aml *aml_store(Aml *val, Aml *target);
Aml *aml_and(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_or(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_land(Aml *arg1, Aml *arg2);
Aml *aml_lor(Aml *arg1, Aml *arg2);
Aml *aml_lnot(Aml *arg);
Aml *aml_equal(Aml *arg1, Aml *arg2);
Aml *aml_lless(Aml *arg1, Aml *arg2);
Aml *aml_lgreater(Aml *arg1, Aml *arg2);
Aml *aml_lgreater_equal(Aml *arg1, Aml *arg2);
Aml *aml_shiftleft(Aml *arg1, Aml *count);
Aml *aml_shiftright(Aml *arg1, Aml *count, Aml *dst);
Aml *aml_add(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_subtract(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_increment(Aml *arg);
Aml *aml_decrement(Aml *arg);
Aml *aml_index(Aml *arg1, Aml *idx);
Aml *aml_refof(Aml *arg);
Aml *aml_derefof(Aml *arg);
Aml *aml_sizeof(Aml *arg);
Aml *aml_object_type(Aml *object);
Aml *aml_concatenate(Aml *source1, Aml *source2, Aml *target);
Aml *aml_to_integer(Aml *arg);
Aml *aml_to_hexstring(Aml *src, Aml *dst);
Aml *aml_to_decimalstring(Aml *src, Aml *dst);
Aml *aml_to_buffer(Aml *src, Aml *dst);
Aml *aml_notify(Aml *arg1, Aml *arg2);
Aml *aml_sleep(uint64_t msec);
Aml *aml_mutex(const char *name, uint8_t sync_level);
/* @timeout in milliseconds; 0xffff: none. */
Aml *aml_acquire(Aml *mutex, uint16_t timeout);
Aml *aml_release(Aml *mutex);
/* A method with that many arguments. */
Aml *aml_call0(const char *method);
Aml *aml_call1(const char *method, Aml *arg1);
Aml *aml_call2(const char *method, Aml *arg1, Aml *arg2);
Aml *aml_call3(const char *method, Aml *arg1, Aml *arg2, Aml *arg3);
Aml *aml_call4(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4);
Aml *aml_call5(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4,
               Aml *arg5);
Aml *aml_call6(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4,
               Aml *arg5, Aml *arg6);

/* ---- fields -------------------------------------------------------------- */

Aml *aml_operation_region(const char *name, AmlRegionSpace rs, Aml *offset,
                          uint32_t len);
/* Fields of the region @name; named and reserved ones, in bits, follow. */
Aml *aml_field(const char *name, AmlAccessType type, AmlLockRule lock,
               AmlUpdateRule rule);
Aml *aml_named_field(const char *name, unsigned length);
Aml *aml_reserved_field(unsigned length);
Aml *aml_create_field(Aml *srcbuf, Aml *bit_index, Aml *num_bits,
                      const char *name);
Aml *aml_create_dword_field(Aml *srcbuf, Aml *index, const char *name);
Aml *aml_create_qword_field(Aml *srcbuf, Aml *index, const char *name);

/* ---- resources (6.4) ----------------------------------------------------- */

/* What the following are appended to. */
Aml *aml_resource_template(void);
Aml *aml_io(AmlIODecode dec, uint16_t min_base, uint16_t max_base, uint8_t aln,
            uint8_t len);
Aml *aml_irq_no_flags(uint8_t irq);
Aml *aml_dma(AmlDmaType typ, AmlDmaBusMaster bm, AmlTransferSize sz,
             uint8_t channel);
Aml *aml_memory32_fixed(uint32_t addr, uint32_t size,
                        AmlReadAndWrite read_and_write);
Aml *aml_interrupt(AmlConsumerAndProducer con_and_pro,
                   AmlLevelAndEdge level_and_edge,
                   AmlActiveHighAndLow high_and_low, AmlShared shared,
                   uint32_t *irq_list, uint8_t irq_count);
Aml *aml_gpio_int(AmlConsumerAndProducer con_and_pro,
                  AmlLevelAndEdge edge_level, AmlActiveHighAndLow active_level,
                  AmlShared shared, AmlPinConfig pin_config,
                  uint16_t debounce_timeout, const uint32_t pin_list[],
                  uint32_t pin_count, const char *resource_source_name,
                  const uint8_t *vendor_data, uint16_t vendor_data_len);
Aml *aml_i2c_serial_bus_device(uint16_t address, const char *resource_source);
Aml *aml_word_bus_number(AmlMinFixed min_fixed, AmlMaxFixed max_fixed,
                         AmlDecode dec, uint16_t addr_gran, uint16_t addr_min,
                         uint16_t addr_max, uint16_t addr_trans, uint16_t len);
Aml *aml_word_io(AmlMinFixed min_fixed, AmlMaxFixed max_fixed, AmlDecode dec,
                 AmlISARanges isa_ranges, uint16_t addr_gran, uint16_t addr_min,
                 uint16_t addr_max, uint16_t addr_trans, uint16_t len);
Aml *aml_dword_io(AmlMinFixed min_fixed, AmlMaxFixed max_fixed, AmlDecode dec,
                  AmlISARanges isa_ranges, uint32_t addr_gran,
                  uint32_t addr_min, uint32_t addr_max, uint32_t addr_trans,
                  uint32_t len);
Aml *aml_dword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write, uint32_t addr_gran,
                      uint32_t addr_min, uint32_t addr_max, uint32_t addr_trans,
                      uint32_t len);
Aml *aml_qword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write, uint64_t addr_gran,
                      uint64_t addr_min, uint64_t addr_max, uint64_t addr_trans,
                      uint64_t len);

/* ---- tables (5.2) -------------------------------------------------------- */

/* All that goes to the guest. */
typedef struct AcpiBuildTables {
    GArray *table_data; /* ACPI_BUILD_TABLE_FILE */
    GArray *rsdp;       /* ACPI_BUILD_RSDP_FILE */
    GArray *tcpalog;
    GArray *vmgenid;
    GArray *hardware_errors;
    BIOSLinker *linker; /* ACPI_BUILD_LOADER_FILE */
} AcpiBuildTables;

void acpi_build_tables_init(AcpiBuildTables *tables);
/* @mfre: the bytes of rsdp and the linker's script, too. */
void acpi_build_tables_cleanup(AcpiBuildTables *tables, bool mfre);

/* The low @size bytes (1 to 8) of @value, in little endian. */
void build_append_int_noprefix(GArray *table, uint64_t value, int size);
/* @size zeroes; valid until more is appended. */
void *acpi_data_push(GArray *table_data, unsigned size);
unsigned acpi_data_len(GArray *table);
/* Notes, in an array of uint32_t, that a table begins at the end of the data. */
void acpi_add_table(GArray *table_offsets, GArray *table_data);
/* Name(PATH, DWord): returns where the number, 0 now, is in @array. */
int build_append_named_dword(GArray *array, const char *name_format, ...)
    G_GNUC_PRINTF(2, 3);

void build_append_gas(GArray *table, AmlAddressSpace as, uint8_t bit_width,
                      uint8_t bit_offset, uint8_t access_width,
                      uint64_t address);

static inline void
build_append_gas_from_struct(GArray *table, const struct AcpiGenericAddress *s)
{
    build_append_gas(table, s->space_id, s->bit_width, s->bit_offset,
                     s->access_width, s->address);
}

typedef struct AcpiTable {
    const char *sig;
    const uint8_t rev;
    const char *oem_id;
    const char *oem_table_id;
    /* private */
    GArray *array;
    unsigned table_offset;
} AcpiTable;

/* Appends the header of @desc to @array; what follows until the end is in it. */
void acpi_table_begin(AcpiTable *desc, GArray *array);
void acpi_table_end(BIOSLinker *linker, AcpiTable *table);

void build_rsdp(GArray *tbl, BIOSLinker *linker, AcpiRsdpData *rsdp_data);
void build_rsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id);
void build_xsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id);
void build_fadt(GArray *tbl, BIOSLinker *linker, const AcpiFadtData *f,
                const char *oem_id, const char *oem_table_id);
/* One range of memory in an SRAT. */
void build_srat_memory(GArray *table_data, uint64_t base, uint64_t len,
                       int node, MemoryAffinityFlags flags);
/* Distances of the machine's nodes. */
void build_slit(GArray *table_data, BIOSLinker *linker, MachineState *ms,
                const char *oem_id, const char *oem_table_id);

#endif
