/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a buffer all zeroes? Migration and block copies ask for every page.
 *
 * The ends of the buffer are read unaligned and overlap with the middle,
 * which is read by 64 bytes at a time and ORed together; there is one branch
 * for 64 bytes. With AVX2 a function of its own does the same with wider
 * registers. Which one is used is found out at the first call.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"

typedef bool ZeroFn(const uint8_t *buf, size_t len);

/* A vector that may lie anywhere. */
typedef uint64_t V16 __attribute__((vector_size(16), aligned(1)));
#ifdef __x86_64__
typedef uint64_t V32 __attribute__((vector_size(32), aligned(1)));
#endif

#define OR_BLOCK_(v) (((v)[0] | (v)[1]) | ((v)[2] | (v)[3]))

/*
 * For @len >= 4 * sizeof(Vec). The last block is aligned to the end of the
 * buffer, so that the loop needs no remainder.
 */
#define DEFINE_IS_ZERO_(name, Vec, attributes)                                 \
    attributes static bool name(const uint8_t *buf, size_t len)                \
    {                                                                          \
        enum { BLOCK = 4 * sizeof(Vec), LANES = sizeof(Vec) / 8 };             \
        const uint8_t *last = buf + len - BLOCK;                               \
                                                                               \
        for (;; buf += BLOCK) {                                                \
            const Vec *v = (const Vec *)(buf < last ? buf : last);             \
            Vec all = OR_BLOCK_(v);                                            \
            uint64_t bits = 0;                                                 \
                                                                               \
            for (int i = 0; i < LANES; i++) {                                  \
                bits |= all[i];                                                \
            }                                                                  \
            if (bits) {                                                        \
                return false;                                                  \
            }                                                                  \
            if (buf >= last) {                                                 \
                return true;                                                   \
            }                                                                  \
        }                                                                      \
    }

DEFINE_IS_ZERO_(is_zero_v16, V16, )
#ifdef __x86_64__
DEFINE_IS_ZERO_(is_zero_v32, V32, __attribute__((target("avx2"))))
#endif

/* The portable one, and the last that a test gets to. */
static bool is_zero_int(const uint8_t *buf, size_t len)
{
    uint64_t bits = ldq_he_p(buf + len - 8);
    size_t i;

    for (i = 0; i + 64 <= len; i += 64) {
        for (int j = 0; j < 64; j += 8) {
            bits |= ldq_he_p(buf + i + j);
        }
        if (bits) {
            return false;
        }
    }
    for (; i + 8 <= len; i += 8) {
        bits |= ldq_he_p(buf + i);
    }
    return bits == 0;
}

/* From fast to slow. */
static ZeroFn *const implementations[] = {
#ifdef __x86_64__
    is_zero_v32,
#endif
    is_zero_v16,
    is_zero_int,
};

/* Which of them is in use; -1 before the first call. */
static int chosen = -1;

static int best_implementation(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? 0 : 1;
#else
    return 0;
#endif
}

bool buffer_is_zero_ge256(const void *vbuf, size_t len)
{
    int i = qatomic_read(&chosen);

    if (unlikely(i < 0)) {
        i = best_implementation();
        qatomic_set(&chosen, i);
    }
    return implementations[i](vbuf, len);
}

bool buffer_is_zero_ool(const void *vbuf, size_t len)
{
    const uint8_t *buf = vbuf;

    if (len == 0) {
        return true;
    }
    if (!buffer_is_zero_sample3(vbuf, len)) {
        return false;
    }
    if (likely(len >= 256)) {
        return buffer_is_zero_ge256(vbuf, len);
    }
    if (len >= 8) {
        return is_zero_int(buf, len);
    }
    for (size_t i = 1; i + 1 < len; i++) {
        if (buf[i]) {
            return false;
        }
    }
    return true;
}

bool test_buffer_is_zero_next_accel(void)
{
    int i = qatomic_read(&chosen);

    if (i < 0) {
        i = best_implementation();
    }
    if (i + 1 >= (int)ARRAY_SIZE(implementations)) {
        return false;
    }
    qatomic_set(&chosen, i + 1);
    return true;
}
