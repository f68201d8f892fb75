/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of any kind, and guards that release a lock when a scope ends.
 *
 * QEMU_LOCK_GUARD(&lock) holds the lock until the end of the scope it stands
 * in; WITH_QEMU_LOCK_GUARD(&lock) { ... } for its block. return, break and
 * goto out of the scope release it too. A lock is a QemuMutex, a QemuRecMutex,
 * a QemuSpin, or a QemuLockable that stands for one.
 */
#ifndef QEMU_LOCKABLE_H
#define QEMU_LOCKABLE_H

#include "qemu/coroutine-core.h"
#include "qemu/thread.h"

typedef void QemuLockUnlockFunc(void *);

/* A lock and how to take it. */
typedef struct QemuLockable {
    void *object;
    QemuLockUnlockFunc *lock;
    QemuLockUnlockFunc *unlock;
} QemuLockable;

/* @lockable, or NULL when it would stand for no lock. */
static inline QEMU_ALWAYS_INLINE QemuLockable *
qemu_make_lockable(void *x, QemuLockable *lockable)
{
    return x ? lockable : NULL;
}

/* For a pointer to void, which can only be NULL. */
static inline QEMU_ALWAYS_INLINE QemuLockable *qemu_null_lockable(void *x)
{
    if (x) {
        qemu_build_not_reached();
    }
    return NULL;
}

static inline void qemu_lockable_mutex_lock(void *x)
{
    qemu_mutex_lock((QemuMutex *)x);
}

static inline void qemu_lockable_mutex_unlock(void *x)
{
    qemu_mutex_unlock((QemuMutex *)x);
}

static inline void qemu_lockable_rec_mutex_lock(void *x)
{
    qemu_rec_mutex_lock((QemuRecMutex *)x);
}

static inline void qemu_lockable_rec_mutex_unlock(void *x)
{
    qemu_rec_mutex_unlock((QemuRecMutex *)x);
}

static inline void qemu_lockable_spin_lock(void *x)
{
    qemu_spin_lock((QemuSpin *)x);
}

static inline void qemu_lockable_spin_unlock(void *x)
{
    qemu_spin_unlock((QemuSpin *)x);
}

#define QML_OBJ_(x, name)                                                \
    (&(QemuLockable){ .object = (x),                                     \
                      .lock = qemu_lockable_##name##_lock,               \
                      .unlock = qemu_lockable_##name##_unlock })

/* A QemuLockable * that lives as long as the scope; NULL for a NULL @x. */
#define QEMU_MAKE_LOCKABLE(x)                                            \
    _Generic((x),                                                        \
        QemuLockable *: (x),                                             \
        void *: qemu_null_lockable(x),                                   \
        QemuMutex *: qemu_make_lockable(x, QML_OBJ_(x, mutex)),          \
        QemuRecMutex *: qemu_make_lockable(x, QML_OBJ_(x, rec_mutex)),   \
        QemuSpin *: qemu_make_lockable(x, QML_OBJ_(x, spin)))

/* The same for an @x that is never NULL. */
#define QEMU_MAKE_LOCKABLE_NONNULL(x)                                    \
    _Generic((x),                                                        \
        QemuLockable *: (x),                                             \
        QemuMutex *: QML_OBJ_(x, mutex),                                 \
        QemuRecMutex *: QML_OBJ_(x, rec_mutex),                          \
        QemuSpin *: QML_OBJ_(x, spin))

static inline void qemu_lockable_lock(QemuLockable *x)
{
    x->lock(x->object);
}

static inline void qemu_lockable_unlock(QemuLockable *x)
{
    x->unlock(x->object);
}

/* What the guards call: lock @x and return it; unlock @x unless NULL. */
static inline QemuLockable *qemu_lockable_auto_lock(QemuLockable *x)
{
    qemu_lockable_lock(x);
    return x;
}

static inline void qemu_lockable_auto_unlock(QemuLockable *x)
{
    if (x) {
        qemu_lockable_unlock(x);
    }
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuLockable, qemu_lockable_auto_unlock)

#define WITH_QEMU_LOCK_GUARD_(x, var)                                    \
    for (g_autoptr(QemuLockable) var =                                   \
             qemu_lockable_auto_lock(QEMU_MAKE_LOCKABLE_NONNULL((x)));   \
         var; qemu_lockable_auto_unlock(var), var = NULL)

#define WITH_QEMU_LOCK_GUARD(x)                                          \
    WITH_QEMU_LOCK_GUARD_((x), glue(qemu_lockable_auto, __COUNTER__))

#define QEMU_LOCK_GUARD(x)                                               \
    g_autoptr(QemuLockable)                                              \
        glue(qemu_lockable_auto, __COUNTER__) G_GNUC_UNUSED =            \
            qemu_lockable_auto_lock(QEMU_MAKE_LOCKABLE((x)))

#endif
