/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resource descriptors (6.4): what a device's _CRS consists of. */
#include "qemu/osdep.h"
#include "aml-internal.h"

/* First bytes: small items with their length, large items. */
enum {
    ITEM_IRQ = 0x22,
    ITEM_DMA = 0x2a,
    ITEM_IO = 0x47,
    ITEM_MEMORY32_FIXED = 0x86,
    ITEM_DWORD_SPACE = 0x87,
    ITEM_WORD_SPACE = 0x88,
    ITEM_INTERRUPT = 0x89,
    ITEM_QWORD_SPACE = 0x8a,
    ITEM_GPIO = 0x8c,
    ITEM_SERIAL_BUS = 0x8e,
};

Aml *aml_resource_template(void)
{
    return aml_piece(0, AML_RES_TEMPLATE);
}

static Aml *item(uint8_t first)
{
    Aml *piece = aml_piece(0, AML_NO_OPCODE);

    aml_byte(piece->buf, first);
    return piece;
}

/* @length: of what is behind it. */
static Aml *large_item(uint8_t first, uint16_t length)
{
    Aml *piece = item(first);

    build_append_int_noprefix(piece->buf, length, 2);
    return piece;
}

/* ---- small items --------------------------------------------------------- */

Aml *aml_io(AmlIODecode dec, uint16_t min_base, uint16_t max_base, uint8_t aln,
            uint8_t len)
{
    Aml *piece = item(ITEM_IO);

    build_append_int_noprefix(piece->buf, dec, 1);
    build_append_int_noprefix(piece->buf, min_base, 2);
    build_append_int_noprefix(piece->buf, max_base, 2);
    build_append_int_noprefix(piece->buf, aln, 1);
    build_append_int_noprefix(piece->buf, len, 1);
    return piece;
}

Aml *aml_irq_no_flags(uint8_t irq)
{
    Aml *piece = item(ITEM_IRQ);

    assert(irq < 16);
    build_append_int_noprefix(piece->buf, 1 << irq, 2);
    return piece;
}

Aml *aml_dma(AmlDmaType typ, AmlDmaBusMaster bm, AmlTransferSize sz,
             uint8_t channel)
{
    Aml *piece = item(ITEM_DMA);

    assert(channel < 8);
    build_append_int_noprefix(piece->buf, 1 << channel, 1);
    build_append_int_noprefix(piece->buf, sz | bm << 2 | typ << 5, 1);
    return piece;
}

/* ---- large items --------------------------------------------------------- */

Aml *aml_memory32_fixed(uint32_t addr, uint32_t size,
                        AmlReadAndWrite read_and_write)
{
    Aml *piece = large_item(ITEM_MEMORY32_FIXED, 9);

    build_append_int_noprefix(piece->buf, read_and_write, 1);
    build_append_int_noprefix(piece->buf, addr, 4);
    build_append_int_noprefix(piece->buf, size, 4);
    return piece;
}

Aml *aml_interrupt(AmlConsumerAndProducer con_and_pro,
                   AmlLevelAndEdge level_and_edge,
                   AmlActiveHighAndLow high_and_low, AmlShared shared,
                   uint32_t *irq_list, uint8_t irq_count)
{
    Aml *piece = large_item(ITEM_INTERRUPT, 2 + 4 * irq_count);

    build_append_int_noprefix(
        piece->buf,
        con_and_pro | level_and_edge << 1 | high_and_low << 2 | shared << 3, 1);
    build_append_int_noprefix(piece->buf, irq_count, 1);
    for (int i = 0; i < irq_count; i++) {
        build_append_int_noprefix(piece->buf, irq_list[i], 4);
    }
    return piece;
}

Aml *aml_gpio_int(AmlConsumerAndProducer con_and_pro,
                  AmlLevelAndEdge edge_level, AmlActiveHighAndLow active_level,
                  AmlShared shared, AmlPinConfig pin_config,
                  uint16_t debounce_timeout, const uint32_t pin_list[],
                  uint32_t pin_count, const char *resource_source_name,
                  const uint8_t *vendor_data, uint16_t vendor_data_len)
{
    const uint16_t header = 23; /* up to the pins; offsets begin at the item */
    const uint16_t name = header + 2 * pin_count;
    const uint16_t name_len = strlen(resource_source_name) + 1;
    const uint16_t vendor = name + name_len;
    Aml *piece = large_item(ITEM_GPIO, vendor + vendor_data_len - 3);
    GArray *buf = piece->buf;

    build_append_int_noprefix(buf, 1, 1); /* revision */
    build_append_int_noprefix(buf, AML_INTERRUPT_CONNECTION, 1);
    build_append_int_noprefix(buf, con_and_pro, 2);
    build_append_int_noprefix(buf, edge_level | active_level << 1 | shared << 3,
                              2);
    build_append_int_noprefix(buf, pin_config, 1);
    build_append_int_noprefix(buf, 0, 2); /* drive strength */
    build_append_int_noprefix(buf, debounce_timeout, 2);
    build_append_int_noprefix(buf, header, 2);
    build_append_int_noprefix(buf, 0, 1); /* index of the source */
    build_append_int_noprefix(buf, name, 2);
    build_append_int_noprefix(buf, vendor, 2);
    build_append_int_noprefix(buf, vendor_data_len, 2);
    for (uint32_t i = 0; i < pin_count; i++) {
        build_append_int_noprefix(buf, pin_list[i], 2);
    }
    g_array_append_vals(buf, resource_source_name, name_len);
    if (vendor_data) {
        g_array_append_vals(buf, vendor_data, vendor_data_len);
    }
    return piece;
}

Aml *aml_i2c_serial_bus_device(uint16_t address, const char *resource_source)
{
    const uint16_t type_data = 6;
    const uint16_t source_len = strlen(resource_source) + 1;
    Aml *piece = large_item(ITEM_SERIAL_BUS, 9 + type_data + source_len);
    GArray *buf = piece->buf;

    build_append_int_noprefix(buf, 1, 1); /* revision */
    build_append_int_noprefix(buf, 0, 1); /* index of the source */
    build_append_int_noprefix(buf, AML_SERIAL_BUS_TYPE_I2C, 1);
    build_append_int_noprefix(buf, 0, 1); /* the other side is the master */
    build_append_int_noprefix(buf, 0, 2); /* 7 bits of address */
    build_append_int_noprefix(buf, 1, 1); /* revision of the type's data */
    build_append_int_noprefix(buf, type_data, 2);
    build_append_int_noprefix(buf, 100000, 4); /* Hz */
    build_append_int_noprefix(buf, address, 2);
    g_array_append_vals(buf, resource_source, source_len);
    return piece;
}

/* ---- address spaces (6.4.3.5) -------------------------------------------- */

typedef struct Space {
    uint64_t gran, min, max, trans, len;
} Space;

/* @width: bytes of each number. */
static Aml *space_item(uint8_t first, int width, AmlResourceType type,
                       uint8_t flags, uint8_t type_flags, Space s)
{
    Aml *piece = large_item(first, 3 + 5 * width);
    GArray *buf = piece->buf;

    build_append_int_noprefix(buf, type, 1);
    build_append_int_noprefix(buf, flags, 1);
    build_append_int_noprefix(buf, type_flags, 1);
    build_append_int_noprefix(buf, s.gran, width);
    build_append_int_noprefix(buf, s.min, width);
    build_append_int_noprefix(buf, s.max, width);
    build_append_int_noprefix(buf, s.trans, width);
    build_append_int_noprefix(buf, s.len, width);
    return piece;
}

Aml *aml_word_bus_number(AmlMinFixed min_fixed, AmlMaxFixed max_fixed,
                         AmlDecode dec, uint16_t addr_gran, uint16_t addr_min,
                         uint16_t addr_max, uint16_t addr_trans, uint16_t len)
{
    Space s = { addr_gran, addr_min, addr_max, addr_trans, len };

    return space_item(ITEM_WORD_SPACE, 2, AML_BUS_NUMBER_RANGE,
                      min_fixed | max_fixed | dec, 0, s);
}

Aml *aml_word_io(AmlMinFixed min_fixed, AmlMaxFixed max_fixed, AmlDecode dec,
                 AmlISARanges isa_ranges, uint16_t addr_gran, uint16_t addr_min,
                 uint16_t addr_max, uint16_t addr_trans, uint16_t len)
{
    Space s = { addr_gran, addr_min, addr_max, addr_trans, len };

    return space_item(ITEM_WORD_SPACE, 2, AML_IO_RANGE,
                      min_fixed | max_fixed | dec, isa_ranges, s);
}

Aml *aml_dword_io(AmlMinFixed min_fixed, AmlMaxFixed max_fixed, AmlDecode dec,
                  AmlISARanges isa_ranges, uint32_t addr_gran,
                  uint32_t addr_min, uint32_t addr_max, uint32_t addr_trans,
                  uint32_t len)
{
    Space s = { addr_gran, addr_min, addr_max, addr_trans, len };

    return space_item(ITEM_DWORD_SPACE, 4, AML_IO_RANGE,
                      min_fixed | max_fixed | dec, isa_ranges, s);
}

Aml *aml_dword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write, uint32_t addr_gran,
                      uint32_t addr_min, uint32_t addr_max, uint32_t addr_trans,
                      uint32_t len)
{
    Space s = { addr_gran, addr_min, addr_max, addr_trans, len };

    return space_item(ITEM_DWORD_SPACE, 4, AML_MEMORY_RANGE,
                      min_fixed | max_fixed | dec,
                      read_and_write | cacheable << 1, s);
}

Aml *aml_qword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write, uint64_t addr_gran,
                      uint64_t addr_min, uint64_t addr_max, uint64_t addr_trans,
                      uint64_t len)
{
    Space s = { addr_gran, addr_min, addr_max, addr_trans, len };

    return space_item(ITEM_QWORD_SPACE, 8, AML_MEMORY_RANGE,
                      min_fixed | max_fixed | dec,
                      read_and_write | cacheable << 1, s);
}
