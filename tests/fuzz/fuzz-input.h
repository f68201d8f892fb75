/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libFuzzer calls, and the bytes that it has made up. */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Bytes {
    const uint8_t *data;
    size_t left;
} Bytes;

/* The next @count bytes as a little-endian number; zeros when none is left. */
static inline uint64_t draw(Bytes *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count && bytes->left; i++) {
        value |= (uint64_t)*bytes->data++ << i * 8;
        bytes->left--;
    }
    return value;
}

#endif
