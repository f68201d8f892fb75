/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Atomic accesses and memory barriers, on the compiler's __atomic builtins.
 *
 * From weak to strong:
 *   qatomic_read, qatomic_set           not torn, not ordered
 *   qatomic_rcu_read, qatomic_rcu_set   publish a pointer and follow it
 *   qatomic_load_acquire, qatomic_store_release
 *   everything that reads and writes    sequentially consistent
 * Barriers: smp_mb() full, smp_rmb()/smp_mb_acquire() loads before it with
 * all after it, smp_wmb()/smp_mb_release() all before it with stores after it.
 * barrier() and signal_barrier() are for the compiler alone.
 *
 * Objects are at most as wide as a pointer; 64-bit ones on any host go
 * through qatomic_read_i64() and its siblings.
 */
#ifndef QEMU_ATOMIC_H
#define QEMU_ATOMIC_H

#include <stdint.h>
#include "qemu/compiler.h"

/* The type of @expr without const, volatile or _Atomic. */
#ifndef typeof_strip_qual
#define typeof_strip_qual(expr) __typeof__((void)0, (expr))
#endif

#define barrier()        ({ __asm__ volatile("" : : : "memory"); (void)0; })
#define signal_barrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)

#define smp_mb()                                                         \
    ({                                                                   \
        barrier();                                                       \
        __atomic_thread_fence(__ATOMIC_SEQ_CST);                         \
    })
#define smp_mb_release()                                                 \
    ({                                                                   \
        barrier();                                                       \
        __atomic_thread_fence(__ATOMIC_RELEASE);                         \
    })
#define smp_mb_acquire()                                                 \
    ({                                                                   \
        barrier();                                                       \
        __atomic_thread_fence(__ATOMIC_ACQUIRE);                         \
    })
#define smp_wmb() smp_mb_release()
#define smp_rmb() smp_mb_acquire()

/*
 * A load through a pointer comes after the load of the pointer. Every host
 * but Alpha does so by itself; ThreadSanitizer must be told.
 */
#if defined(QEMU_SANITIZE_THREAD) || defined(__alpha__)
#define QATOMIC_CONSUME_             __ATOMIC_ACQUIRE
#define smp_read_barrier_depends()   smp_mb_acquire()
#else
#define QATOMIC_CONSUME_             __ATOMIC_RELAXED
#define smp_read_barrier_depends()   barrier()
#endif

/* On some hosts a read-modify-write is a full barrier already. */
#if !defined(QEMU_SANITIZE_THREAD) &&                                    \
    (defined(__x86_64__) || defined(__i386__) || defined(__s390x__))
#define smp_mb__before_rmw() signal_barrier()
#define smp_mb__after_rmw()  signal_barrier()
#else
#define smp_mb__before_rmw() smp_mb()
#define smp_mb__after_rmw()  smp_mb()
#endif

#define ATOMIC_REG_SIZE sizeof(void *)
#define QATOMIC_CHECK_(ptr)                                              \
    _Static_assert(sizeof(*(ptr)) <= ATOMIC_REG_SIZE,                    \
                   "too wide for an atomic access")

#define qatomic_read__nocheck(ptr)   __atomic_load_n(ptr, __ATOMIC_RELAXED)
#define qatomic_set__nocheck(ptr, i)                                     \
    __atomic_store_n(ptr, i, __ATOMIC_RELAXED)

#define qatomic_read(ptr)                                                \
    ({                                                                   \
        QATOMIC_CHECK_(ptr);                                             \
        qatomic_read__nocheck(ptr);                                      \
    })
#define qatomic_set(ptr, i)                                              \
    do {                                                                 \
        QATOMIC_CHECK_(ptr);                                             \
        qatomic_set__nocheck(ptr, i);                                    \
    } while (0)

/* The reader's and the writer's half of publishing a structure. */
#define qatomic_rcu_read_(ptr, val_)                                     \
    ({                                                                   \
        QATOMIC_CHECK_(ptr);                                             \
        typeof_strip_qual(*(ptr)) val_;                                  \
        __atomic_load(ptr, &val_, QATOMIC_CONSUME_);                     \
        barrier();                                                       \
        val_;                                                            \
    })
#define qatomic_rcu_read(ptr)                                            \
    qatomic_rcu_read_((ptr), MAKE_IDENTIFIER(rcu_val_))
#define qatomic_rcu_set(ptr, i)      qatomic_store_release(ptr, i)

#define qatomic_load_acquire_(ptr, val_)                                 \
    ({                                                                   \
        QATOMIC_CHECK_(ptr);                                             \
        typeof_strip_qual(*(ptr)) val_;                                  \
        __atomic_load(ptr, &val_, __ATOMIC_ACQUIRE);                     \
        val_;                                                            \
    })
#define qatomic_load_acquire(ptr)                                        \
    qatomic_load_acquire_((ptr), MAKE_IDENTIFIER(acq_val_))
#define qatomic_store_release(ptr, i)                                    \
    do {                                                                 \
        QATOMIC_CHECK_(ptr);                                             \
        __atomic_store_n(ptr, i, __ATOMIC_RELEASE);                      \
    } while (0)

/* Stores @i; the old value. */
#define qatomic_xchg__nocheck(ptr, i)                                    \
    __atomic_exchange_n(ptr, (i), __ATOMIC_SEQ_CST)
#define qatomic_xchg(ptr, i)                                             \
    ({                                                                   \
        QATOMIC_CHECK_(ptr);                                             \
        qatomic_xchg__nocheck(ptr, i);                                   \
    })

/* Stores @new if @old is there; what was there, whether it did or not. */
#define qatomic_cmpxchg_(ptr, old, new, old_)                            \
    ({                                                                   \
        typeof_strip_qual(*(ptr)) old_ = (old);                          \
        (void)__atomic_compare_exchange_n(ptr, &old_, new, 0,            \
                                          __ATOMIC_SEQ_CST,              \
                                          __ATOMIC_SEQ_CST);             \
        old_;                                                            \
    })
#define qatomic_cmpxchg__nocheck(ptr, old, new)                          \
    qatomic_cmpxchg_(ptr, old, new, MAKE_IDENTIFIER(cas_old_))
#define qatomic_cmpxchg(ptr, old, new)                                   \
    ({                                                                   \
        QATOMIC_CHECK_(ptr);                                             \
        qatomic_cmpxchg__nocheck(ptr, old, new);                         \
    })

/* Set with a full barrier after it. */
#define qatomic_set_mb(ptr, i)                                           \
    ({                                                                   \
        (void)qatomic_xchg(ptr, i);                                      \
        smp_mb__after_rmw();                                             \
    })

/* fetch_OP: the old value; OP_fetch: the new one; OP alone: nothing. */
#define qatomic_fetch_add(ptr, n) __atomic_fetch_add(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_sub(ptr, n) __atomic_fetch_sub(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_and(ptr, n) __atomic_fetch_and(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_or(ptr, n)  __atomic_fetch_or(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_xor(ptr, n) __atomic_fetch_xor(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_inc(ptr)    qatomic_fetch_add(ptr, 1)
#define qatomic_fetch_dec(ptr)    qatomic_fetch_sub(ptr, 1)

#define qatomic_add_fetch(ptr, n) __atomic_add_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_sub_fetch(ptr, n) __atomic_sub_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_and_fetch(ptr, n) __atomic_and_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_or_fetch(ptr, n)  __atomic_or_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_xor_fetch(ptr, n) __atomic_xor_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_inc_fetch(ptr)    qatomic_add_fetch(ptr, 1)
#define qatomic_dec_fetch(ptr)    qatomic_sub_fetch(ptr, 1)

#define qatomic_add(ptr, n)       ((void)qatomic_fetch_add(ptr, n))
#define qatomic_sub(ptr, n)       ((void)qatomic_fetch_sub(ptr, n))
#define qatomic_and(ptr, n)       ((void)qatomic_fetch_and(ptr, n))
#define qatomic_or(ptr, n)        ((void)qatomic_fetch_or(ptr, n))
#define qatomic_xor(ptr, n)       ((void)qatomic_fetch_xor(ptr, n))
#define qatomic_inc(ptr)          ((void)qatomic_fetch_inc(ptr))
#define qatomic_dec(ptr)          ((void)qatomic_fetch_dec(ptr))

/* Counts up unless it is zero; the old value. */
#define qatomic_fetch_inc_nonzero(ptr)                                   \
    ({                                                                   \
        typeof_strip_qual(*(ptr)) nz_old_ = qatomic_read(ptr);           \
        while (nz_old_ && !__atomic_compare_exchange_n(                  \
                              ptr, &nz_old_, nz_old_ + 1, 0,             \
                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {     \
        }                                                                \
        nz_old_;                                                         \
    })

/* 64-bit integers that are aligned so that they are atomic on any host. */
typedef int64_t aligned_int64_t __attribute__((aligned(8)));
typedef uint64_t aligned_uint64_t __attribute__((aligned(8)));

#define qatomic_read_i64(p)                                              \
    _Generic(*(p), int64_t: qatomic_read__nocheck(p))
#define qatomic_read_u64(p)                                              \
    _Generic(*(p), uint64_t: qatomic_read__nocheck(p))
#define qatomic_set_i64(p, v)                                            \
    _Generic(*(p), int64_t: qatomic_set__nocheck(p, v))
#define qatomic_set_u64(p, v)                                            \
    _Generic(*(p), uint64_t: qatomic_set__nocheck(p, v))

/* QEMU's hook for hosts without 64-bit atomics, of which there are none. */
static inline void qatomic64_init(void)
{
}

#endif
