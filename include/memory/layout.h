/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout resolver: where things lie in a guest's physical address space.
 *
 * A board states requests: ranges that are fixed or must stay free, windows for
 * MMIO below or above 4 GiB, RAM for each NUMA node, and private memory behind
 * all of that; and the PCIe root complexes that need configuration windows. One
 * pure function turns them into a sorted layout without overlaps, or says which
 * request could not be met and why. It knows no board, no CPU and no host, and
 * keeps no state: the same requests give the same layout for ever. Guests and
 * migration streams rely on it (docs/devel/layout.rst states the rules).
 */
#ifndef MEMORY_LAYOUT_H
#define MEMORY_LAYOUT_H

#include "exec/hwaddr.h"

/* What sizes and alignments are counted in, for all that is not fixed. */
#define LAYOUT_PAGE         4096
/* PCIe Base Specification, 7.2.2: what the functions of one bus occupy. */
#define LAYOUT_ECAM_PER_BUS (1024 * 1024)

/* Where a request goes; also the order in which they are placed. */
typedef enum LayoutPlace {
    LAYOUT_RESERVED,    /* at an address; to be kept free, nothing is there */
    LAYOUT_FIXED,       /* at an address */
    LAYOUT_MMIO32,      /* in one piece below 4 GiB, as high as it fits */
    LAYOUT_RAM,         /* in pieces, upwards, in the order of requests */
    LAYOUT_MMIO64,      /* in one piece above RAM and 4 GiB, as low as fits */
    LAYOUT_AFTER_MMIO,  /* in one piece above all these, in order of requests */
    LAYOUT_PLACE__MAX,
} LayoutPlace;

typedef struct LayoutRequest {
    const char *name;   /* for errors and those who read the layout */
    LayoutPlace place;
    hwaddr addr;        /* if reserved or fixed */
    uint64_t size;      /* if neither: a multiple of LAYOUT_PAGE */
    /*
     * A power of two. If reserved or fixed: 0, or what @addr must be a multiple
     * of. Else at least LAYOUT_PAGE; for RAM, every piece begins at a multiple
     * of it and every piece but the last is as long as a multiple of it.
     */
    uint64_t align;
    unsigned node;      /* of RAM */
} LayoutRequest;

/*
 * A PCIe root complex with the buses [first_bus, last_bus] of a segment. The
 * root complexes of one segment share one ECAM window, of all buses from their
 * lowest to their highest, and each has its part of it.
 */
typedef struct LayoutRootComplex {
    const char *name;
    uint16_t segment;
    uint8_t first_bus, last_bus;
    LayoutPlace place;  /* MMIO32, MMIO64 or FIXED; the same in a segment */
    hwaddr addr;        /* if fixed: of the first bus */
} LayoutRootComplex;

typedef struct LayoutInput {
    const LayoutRequest *requests;
    size_t nr_requests;
    const LayoutRootComplex *root_complexes;
    size_t nr_root_complexes;
    hwaddr ram_base;    /* no RAM lies below */
    /*
     * Physical addresses have so many bits: nothing but what is reserved may
     * lie above. It is checked in the end and moves nothing. 0: unchecked.
     */
    unsigned address_bits;
} LayoutInput;

/* The range of a segment's ECAM window has no request. */
#define LAYOUT_NO_REQUEST UINT_MAX

typedef struct LayoutRange {
    hwaddr start, last;
    LayoutPlace place;
    unsigned request;   /* index in the input, or LAYOUT_NO_REQUEST */
    unsigned node;      /* of RAM */
    char *name;
} LayoutRange;

/* One root complex's part of its segment's ECAM window. */
typedef struct LayoutEcam {
    hwaddr start, last;
    hwaddr window_start, window_last;   /* of the segment */
    uint8_t window_first_bus, window_last_bus;
} LayoutEcam;

typedef struct MemoryLayout {
    LayoutRange *ranges;    /* sorted, without overlaps */
    size_t nr_ranges;
    LayoutEcam *ecam;       /* for each root complex, in the caller's order */
    size_t nr_ecam;
    /*
     * The last address of what the guest is told of (neither reserved nor after
     * MMIO), and of all that is not reserved; 0 if there is nothing.
     */
    hwaddr guest_last, last;
} MemoryLayout;

/*
 * Resolves @in. Returns the layout, or NULL with an error: a bad size, a bad
 * alignment, two requests at overlapping addresses (both are named), no room
 * (for which request, where, and what was free), beyond the address width.
 */
MemoryLayout *memory_layout_resolve(const LayoutInput *in, Error **errp);

/* Frees @layout and the names in it; NULL is fine. */
void memory_layout_free(MemoryLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MemoryLayout, memory_layout_free)

/*
 * The first range of request number @request: all of it, unless it is RAM, of
 * which more pieces may follow at higher addresses.
 */
const LayoutRange *memory_layout_find(const MemoryLayout *layout,
                                      unsigned request);

/* "32-bit MMIO", "RAM" ... */
const char *layout_place_str(LayoutPlace place);

/* A table for people, a line for each range. The caller frees it. */
char *memory_layout_format(const MemoryLayout *layout);

#endif
