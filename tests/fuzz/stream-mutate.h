/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams of migration taken apart, and changed where it hurts. */
#ifndef TESTS_FUZZ_STREAM_MUTATE_H
#define TESTS_FUZZ_STREAM_MUTATE_H

/*
 * A stream's pieces: the header with the configuration, then sections and
 * commands, the end. Any bytes have at least one.
 */
typedef struct Piece {
    size_t start;
    size_t data; /* behind the section's own header */
    size_t end;
} Piece;

/* An array of Piece; the caller frees it. */
GArray *stream_pieces(const uint8_t *bytes, size_t size);

/*
 * Takes most sections of devices out of a stream, others as @seed says, and RAM
 * or not: what is left loads as well, and sooner. Returns the new size.
 */
size_t stream_thin(uint8_t *bytes, size_t size, uint32_t seed);

/*
 * Changes the stream in @bytes, of @size bytes of @max, as @seed says: sections
 * are cut, repeated, swapped, come from the stream @other; numbers, lengths and
 * names are edited; any bytes. Returns the new size.
 */
size_t stream_mutate(uint8_t *bytes, size_t size, size_t max, uint32_t seed,
                     const GByteArray *other);

#endif
