/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compiler attributes and the small macros that C itself lacks.
 *
 * Names and meanings are those of QEMU 10.0. Nothing here includes anything
 * but <stddef.h>, so that any header may use it.
 */
#ifndef QEMU_COMPILER_H
#define QEMU_COMPILER_H

#include <stddef.h>

#if !defined(__GNUC__)
#error "Plateau needs GCC or clang"
#endif

#define QEMU_NORETURN          __attribute__((__noreturn__))
#define QEMU_PACKED            __attribute__((packed))
#define QEMU_ALIGNED(X)        __attribute__((aligned(X)))
#define QEMU_ALWAYS_INLINE     __attribute__((__always_inline__))
#define QEMU_WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#define QEMU_SENTINEL          __attribute__((sentinel))
#define QEMU_ERROR(X)          __attribute__((error(X)))
#define QEMU_FLATTEN           __attribute__((flatten))
#define QEMU_USED              __attribute__((used))
#define QEMU_DISABLE_CFI

#ifdef __has_feature
#define PLATEAU_HAS_FEATURE(x) __has_feature(x)
#else
#define PLATEAU_HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || PLATEAU_HAS_FEATURE(address_sanitizer)
#define QEMU_SANITIZE_ADDRESS 1
#endif
#if defined(__SANITIZE_THREAD__) || PLATEAU_HAS_FEATURE(thread_sanitizer)
#define QEMU_SANITIZE_THREAD 1
#endif

#ifdef __clang__
#define QEMU_NONSTRING
#else
#define QEMU_NONSTRING         __attribute__((nonstring))
#endif

#ifndef glue
#define xglue(x, y) x##y
#define glue(x, y)  xglue(x, y)
#define stringify(s)  tostring(s)
#define tostring(s)   #s
#endif

/* Tells the compiler which way a condition mostly goes. */
#ifndef likely
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/* The structure of @type whose @member is at @ptr. */
#ifndef container_of
#define container_of(ptr, type, member)                                  \
    ({                                                                   \
        const __typeof__(((type *)NULL)->member) *member_ptr_ = (ptr);   \
        (type *)((char *)member_ptr_ - offsetof(type, member));          \
    })
#endif

#define sizeof_field(type, field)    sizeof(((type *)NULL)->field)
#define endof(container, field)                                          \
    (offsetof(container, field) + sizeof_field(container, field))

/* As container_of(), for a @dev that the caller has as some other type. */
#define DO_UPCAST(type, field, dev)                                      \
    (__extension__({                                                     \
        char __attribute__((unused))                                     \
            offset_must_be_zero[-offsetof(type, field)];                 \
        container_of(dev, type, field);                                  \
    }))

/* Zero, but only when both have one type. */
#define type_check(t1, t2) \
    QEMU_BUILD_BUG_ON_ZERO(!__builtin_types_compatible_p(t1, t2))
#define typeof_field(type, field) __typeof__(((type *)0)->field)
#define type_is_unsigned(t)  ((t)-1 > 0)

#define QEMU_BUILD_BUG_MSG(x, msg) _Static_assert(!(x), msg)
#define QEMU_BUILD_BUG_ON(x) QEMU_BUILD_BUG_MSG(x, "not expecting: " #x)
#define QEMU_BUILD_BUG_ON_STRUCT(x)                                      \
    struct {                                                             \
        int : (x) ? -1 : 1;                                              \
    }
/* Zero, or a compile error when @x is true. */
#define QEMU_BUILD_BUG_ON_ZERO(x)                                        \
    (sizeof(QEMU_BUILD_BUG_ON_STRUCT(x)) -                               \
     sizeof(QEMU_BUILD_BUG_ON_STRUCT(x)))

/* A branch that the optimizer must remove, or the build fails. */
extern void QEMU_NORETURN QEMU_ERROR("code path is reachable")
    qemu_build_not_reached_always(void);
#if defined(__OPTIMIZE__) && !defined(__NO_INLINE__)
#define qemu_build_not_reached() qemu_build_not_reached_always()
#else
#define qemu_build_not_reached() g_assert_not_reached()
#endif
#define qemu_build_assert(test)                                          \
    do {                                                                 \
        if (!(test)) {                                                   \
            qemu_build_not_reached();                                    \
        }                                                                \
    } while (0)

/* A different identifier at every use: PREFIX followed by a number. */
#define MAKE_IDENTIFIER(prefix) glue(prefix, __COUNTER__)

#ifdef __clang__
#define TSA(x) __attribute__((x))
#else
#define TSA(x)
#endif
#define TSA_CAPABILITY(x)      TSA(capability(x))
#define TSA_REQUIRES(...)      TSA(requires_capability(__VA_ARGS__))
#define TSA_EXCLUDES(...)      TSA(locks_excluded(__VA_ARGS__))
#define TSA_GUARDED_BY(x)      TSA(guarded_by(x))
#define TSA_ACQUIRE(...)       TSA(acquire_capability(__VA_ARGS__))
#define TSA_RELEASE(...)       TSA(release_capability(__VA_ARGS__))
#define TSA_ACQUIRE_SHARED(...)  TSA(acquire_shared_capability(__VA_ARGS__))
#define TSA_RELEASE_SHARED(...)  TSA(release_shared_capability(__VA_ARGS__))
#define TSA_NO_TSA             TSA(no_thread_safety_analysis)
#define TSA_ASSERT(x)          TSA(assert_capability(x))
#define coroutine_fn
#define no_coroutine_fn
#define coroutine_mixed_fn

#endif
