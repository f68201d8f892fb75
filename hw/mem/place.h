/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a memory device goes: a function from what is plugged to an address.
 */
#ifndef HW_MEM_PLACE_H
#define HW_MEM_PLACE_H

/* A memory device that is plugged, or any range that is taken. */
typedef struct MemoryPlaced {
    uint64_t addr;
    uint64_t size;
    const char *id; /* NULL: it has none */
} MemoryPlaced;

typedef struct MemoryPlaceRequest {
    uint64_t base, size;   /* the window */
    uint64_t lowest;       /* where to begin without @wanted; >= @base */
    uint64_t wanted;       /* a fixed address; 0: the first that fits */
    uint64_t length;       /* of the device, not 0 */
    uint64_t align;        /* a power of two */
    const GArray *placed;  /* of MemoryPlaced, by address */
} MemoryPlaceRequest;

/*
 * The lowest address in the window that is aligned and free, or the wanted one
 * if it is. False with an error that says what is in the way.
 */
bool memory_place(const MemoryPlaceRequest *req, uint64_t *addr, Error **errp);

#endif
