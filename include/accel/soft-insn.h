/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vocabulary of instruction tables: what the handlers that
 * scripts/decodetable.py generates are written with. Included by the one file
 * of a target that includes the generated code, after its CPUArchState.
 *
 * A handler keeps env, insn and tlb in registers and calls nothing on its fast
 * path. A miss of the TLB tail-calls the instruction's slow handler, which runs
 * the same semantics with calls in place of the inline accesses; it names itself
 * in SoftHot.insn, from which the pc is found if the access faults.
 *
 * The target defines before: RD, RS1, RS2, RS3 (lvalues and values of the
 * register files), FP_BEGIN().
 */
#ifndef ACCEL_SOFT_INSN_H
#define ACCEL_SOFT_INSN_H

#include "accel/soft.h"
#include "exec/target_page.h"
#include "hw/core/cpu.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"

/*
 * Handlers end with calls that the compiler must turn into jumps. Where it is
 * not sure to (no optimization, sanitizers), they return to a loop instead.
 */
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) &&          \
    !defined(__SANITIZE_THREAD__) && !defined(SOFT_NO_TAIL_CALLS)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define SOFT_TAIL_CALLS 1
#endif
#else
#define SOFT_TAIL_CALLS 1
#endif
#endif

#if defined(SOFT_TAIL_CALLS) && defined(__clang__)
#define SOFT_MUSTTAIL __attribute__((musttail))
#else
#define SOFT_MUSTTAIL
#endif

#ifdef SOFT_TAIL_CALLS
#define SOFT_GO(i)                                                       \
    do {                                                                 \
        const SoftInsn *go_ = (i);                                       \
        SOFT_MUSTTAIL return go_->fn(env, go_, tlb);                     \
    } while (0)
#else
#define SOFT_GO(i) return (i)
#endif

#define SOFT_ARGS                                                        \
    CPUArchState *env, const SoftInsn *insn, SoftTLBEntry *tlb
#define SOFT_OP(name)                                                    \
    static G_GNUC_UNUSED const SoftInsn *name(SOFT_ARGS)
#define SOFT_SLOW_OP(name)                                               \
    static __attribute__((noinline)) const SoftInsn *name(SOFT_ARGS)
#define SOFT_HANDLER(name) name

/* CPUState stands before the target's state (hw/core/cpu.h). */
static inline SoftHot *soft_hot(CPUArchState *env)
{
    return &((CPUState *)env - 1)->neg.soft;
}

/* Whether another thread, or a helper, wants the CPU to leave its blocks. */
static inline bool soft_poll(CPUArchState *env)
{
    CPUState *cpu = (CPUState *)env - 1;

    return (int32_t)qatomic_read(&cpu->neg.icount_decr.u32) < 0;
}

/* ---- what the slow paths call (accel/soft/) ------------------------------- */

/*
 * Accesses of @size bytes with the CPU's data mmu index; they raise, with the
 * pc of SoftHot.insn. Values are in host order, zero-extended.
 */
uint64_t soft_load(CPUArchState *env, vaddr addr, unsigned size);
void soft_store(CPUArchState *env, vaddr addr, unsigned size, uint64_t val);
/*
 * The host address for an atomic access, which is aligned and may be written;
 * NULL if what is there is no RAM. Raises.
 */
void *soft_atomic(CPUArchState *env, vaddr addr, unsigned size);
/* Atomic accesses to what is no RAM are made with the big lock held. */
void soft_io_begin(CPUArchState *env);
void soft_io_end(CPUArchState *env);
/* The load between them; if it fails, that is the failure of a store. */
uint64_t soft_io_load(CPUArchState *env, vaddr addr, unsigned size);
/* Follows @link, which is not linked yet or must not be followed now. */
const SoftInsn *soft_follow_slow(CPUArchState *env, const SoftInsn *link,
                                 SoftTLBEntry *tlb);
/* Goes to the pc that the target's state has. */
const SoftInsn *soft_jump_slow(CPUArchState *env, const SoftInsn *insn,
                               SoftTLBEntry *tlb);
/* After a slow handler: on to the next, or out if its block has gone. */
const SoftInsn *soft_next_slow(CPUArchState *env, const SoftInsn *insn,
                               SoftTLBEntry *tlb);
/* The virtual address of @insn; and after it. From a table: slow. */
vaddr soft_insn_pc(CPUArchState *env, const SoftInsn *insn);
vaddr soft_insn_npc(CPUArchState *env, const SoftInsn *insn);

static inline SoftTLBEntry *soft_tlb_entry(SoftTLBEntry *tlb, uint64_t addr)
{
    uintptr_t offset = (addr >> (TARGET_PAGE_BITS - SOFT_TLB_ENTRY_BITS)) &
                       ((SOFT_TLB_SIZE - 1) << SOFT_TLB_ENTRY_BITS);

    return (SoftTLBEntry *)((uintptr_t)tlb + offset);
}

/* ---- operands ------------------------------------------------------------ */

#define IMM      ((int64_t)insn->imm)
#define PAGE     (soft_hot(env)->page)
#define PC_AUX   (soft_hot(env)->page + insn->aux)
#define PC_SLOW  soft_insn_pc(env, insn)
#define NPC_SLOW soft_insn_npc(env, insn)
/* The last instruction's link knows where it ends. */
#define NPC_END  (soft_hot(env)->page + insn[1].imm)

/* ---- control flow -------------------------------------------------------- */

#define NEXT()                                                           \
    do {                                                                 \
        const SoftInsn *next_ = insn + 1;                                \
        SOFT_GO(next_);                                                  \
    } while (0)

#define SLOW_BEGIN() (soft_hot(env)->insn = insn)
#define NEXT_SLOW()  return soft_next_slow(env, insn, tlb)

/* Follows a link of the block. */
#define SOFT_FOLLOW(l)                                                   \
    do {                                                                 \
        const SoftInsn *link_ = (l);                                     \
        const SoftInsn *to_ = link_->next;                               \
        if (unlikely(!to_) || unlikely(soft_poll(env))) {                \
            SOFT_MUSTTAIL return soft_follow_slow(env, link_, tlb);      \
        }                                                                \
        soft_hot(env)->insns += link_->aux;                              \
        SOFT_GO(to_);                                                    \
    } while (0)

#define BRANCH(cond)                                                     \
    do {                                                                 \
        if (cond) {                                                      \
            SOFT_FOLLOW(insn + 2);                                       \
        } else {                                                         \
            SOFT_FOLLOW(insn + 1);                                       \
        }                                                                \
    } while (0)

#define JUMP_NEAR() SOFT_FOLLOW(insn + 1)

/* The pseudo-instruction at the end of a block that nothing else ends. */
SOFT_OP(soft_op_end)
{
    SOFT_FOLLOW(insn + 1);
}

/* To any address: through the TLB's tag for fetches and the jump cache. */
#define JUMP_FAR(target)                                                 \
    do {                                                                 \
        SoftHot *hot_ = soft_hot(env);                                   \
        uint64_t to_ = (target);                                         \
        const SoftTLBEntry *x_ = soft_tlb_entry(hot_->xtlb, to_);        \
        uintptr_t host_ = (to_ + x_->addend) ^ hot_->key;                \
        const SoftJump *jump_ =                                          \
            &hot_->jumps[(host_ >> 1) & (SOFT_JUMP_SIZE - 1)];           \
        hot_->insns += insn[1].aux;                                      \
        if (unlikely(qatomic_read(&x_->tag[MMU_INST_FETCH]) !=           \
                     (to_ & TARGET_PAGE_MASK)) ||                        \
            unlikely(jump_->host != host_) || unlikely(soft_poll(env))) { \
            env->pc = to_;                                               \
            SOFT_MUSTTAIL return soft_jump_slow(env, insn, tlb);         \
        }                                                                \
        hot_->page = to_ & TARGET_PAGE_MASK;                             \
        SOFT_GO(jump_->insn);                                            \
    } while (0)

/* Leaves the block, to look at the CPU's mode again. */
#define LEAVE(target)                                                    \
    do {                                                                 \
        uint64_t to_ = (target);                                         \
        soft_hot(env)->insns += insn[1].aux;                             \
        soft_hot(env)->insn = NULL;                                      \
        env->pc = to_;                                                   \
        return NULL;                                                     \
    } while (0)

/*
 * Calls a helper that may raise, or that looks at the pc or the count of
 * instructions.
 */
#define CALL(expr)                                                       \
    ({                                                                   \
        soft_hot(env)->insn = insn;                                      \
        (expr);                                                          \
    })

/* ---- memory -------------------------------------------------------------- */

/* Whether an aligned access of @size bytes at @addr is as fast as can be. */
#define SOFT_HIT(entry, access, addr, size)                              \
    likely(qatomic_read(&(entry)->tag[access]) ==                        \
           ((addr) & (TARGET_PAGE_MASK | ((size) - 1))))

#define LOAD_FAST(slow, type, address)                                   \
    ({                                                                   \
        uint64_t a_ = (address);                                         \
        const SoftTLBEntry *e_ = soft_tlb_entry(tlb, a_);                \
        if (!SOFT_HIT(e_, MMU_DATA_LOAD, a_, sizeof(type))) {            \
            SOFT_MUSTTAIL return slow(env, insn, tlb);                   \
        }                                                                \
        soft_get_##type((void *)(a_ + e_->addend));                      \
    })

#define LOAD_SLOW(type, address)                                         \
    ((type)soft_load(env, (address), sizeof(type)))

#define STORE_FAST(slow, type, address, value)                           \
    do {                                                                 \
        uint64_t a_ = (address);                                         \
        const SoftTLBEntry *e_ = soft_tlb_entry(tlb, a_);                \
        if (!SOFT_HIT(e_, MMU_DATA_STORE, a_, sizeof(type))) {           \
            SOFT_MUSTTAIL return slow(env, insn, tlb);                   \
        }                                                                \
        soft_put_##type((void *)(a_ + e_->addend), (value));             \
    } while (0)

#define STORE_SLOW(type, address, value)                                 \
    soft_store(env, (address), sizeof(type), (value))

/* The guest is little-endian. Threads of the guest race as they like. */
#define SOFT_ACCESSORS(type, utype, swap)                                \
    static inline type soft_get_##type(void *host)                       \
    {                                                                    \
        return (type)swap(qatomic_read__nocheck((utype *)host));         \
    }                                                                    \
    static inline void soft_put_##type(void *host, uint64_t val)         \
    {                                                                    \
        qatomic_set__nocheck((utype *)host, swap((utype)val));           \
    }

#define soft_same(x) (x)
SOFT_ACCESSORS(int8_t, uint8_t, soft_same)
SOFT_ACCESSORS(uint8_t, uint8_t, soft_same)
SOFT_ACCESSORS(int16_t, uint16_t, le16_to_cpu)
SOFT_ACCESSORS(uint16_t, uint16_t, le16_to_cpu)
SOFT_ACCESSORS(int32_t, uint32_t, le32_to_cpu)
SOFT_ACCESSORS(uint32_t, uint32_t, le32_to_cpu)
SOFT_ACCESSORS(int64_t, uint64_t, le64_to_cpu)
SOFT_ACCESSORS(uint64_t, uint64_t, le64_to_cpu)

/* ---- atomics: on the host's, sequentially consistent --------------------- */

#define SOFT_AMO_add(p, v)  __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define SOFT_AMO_and(p, v)  __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define SOFT_AMO_or(p, v)   __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define SOFT_AMO_xor(p, v)  __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST)
#define SOFT_AMO_swap(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define SOFT_AMO_PICK(p, v, op)                                          \
    ({                                                                   \
        typeof(*(p)) old_ = __atomic_load_n(p, __ATOMIC_RELAXED);        \
        while (!__atomic_compare_exchange_n(                             \
                   p, &old_, old_ op (v) ? old_ : (v), true,             \
                   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {                \
        }                                                                \
        old_;                                                            \
    })
#define SOFT_AMO_min(p, v)  SOFT_AMO_PICK(p, v, <)
#define SOFT_AMO_max(p, v)  SOFT_AMO_PICK(p, v, >)
#define SOFT_AMO_minu(p, v) SOFT_AMO_PICK(p, v, <)
#define SOFT_AMO_maxu(p, v) SOFT_AMO_PICK(p, v, >)
/* Tables name signed types; minu and maxu compare their unsigned siblings. */
#define SOFT_UNSIGNED_int8_t  uint8_t
#define SOFT_UNSIGNED_int16_t uint16_t
#define SOFT_UNSIGNED_int32_t uint32_t
#define SOFT_UNSIGNED_int64_t uint64_t
#define SOFT_AMO_TYPE_add(t)  t
#define SOFT_AMO_TYPE_and(t)  t
#define SOFT_AMO_TYPE_or(t)   t
#define SOFT_AMO_TYPE_xor(t)  t
#define SOFT_AMO_TYPE_swap(t) t
#define SOFT_AMO_TYPE_min(t)  t
#define SOFT_AMO_TYPE_max(t)  t
#define SOFT_AMO_TYPE_minu(t) SOFT_UNSIGNED_##t
#define SOFT_AMO_TYPE_maxu(t) SOFT_UNSIGNED_##t

#define SOFT_SIGNED_(val, type)                                          \
    (sizeof(type) == 8   ? (uint64_t)(val)                               \
     : sizeof(type) == 4 ? (uint64_t)(int32_t)(val)                      \
     : sizeof(type) == 2 ? (uint64_t)(int16_t)(val)                      \
                         : (uint64_t)(int8_t)(val))

/*
 * AMO(type, op): what was at RS1, which becomes @op of that and RS2. The host
 * has the guest's byte order.
 */
#define AMO_FAST(slow, type, op)                                         \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        const SoftTLBEntry *e_ = soft_tlb_entry(tlb, a_);                \
        if (!SOFT_HIT(e_, MMU_DATA_STORE, a_, sizeof(type))) {           \
            SOFT_MUSTTAIL return slow(env, insn, tlb);                   \
        }                                                                \
        SOFT_SIGNED_(SOFT_AMO_##op(                                      \
                         (SOFT_AMO_TYPE_##op(type) *)(a_ + e_->addend),  \
                         (SOFT_AMO_TYPE_##op(type))RS2), type);          \
    })

#define AMO_SLOW(type, op)                                               \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        SOFT_AMO_TYPE_##op(type) *p_, o_, n_;                            \
        p_ = soft_atomic(env, a_, sizeof(type));                         \
        if (p_) {                                                        \
            o_ = SOFT_AMO_##op(p_, (typeof(n_))RS2);                     \
        } else {                                                         \
            soft_io_begin(env);                                          \
            n_ = o_ = soft_io_load(env, a_, sizeof(type));               \
            SOFT_AMO_##op(&n_, (typeof(n_))RS2);                         \
            soft_store(env, a_, sizeof(type), n_);                       \
            soft_io_end(env);                                            \
        }                                                                \
        SOFT_SIGNED_(o_, type);                                          \
    })

/*
 * LR(type): what is at RS1, which is reserved. SC(type): RS2 goes to RS1 and
 * the result is 0, if RS1 is reserved and still has the value it had; else 1. A
 * reservation is the address and the value (env->load_res and load_val), so
 * that an SC is one compare-and-swap of the host.
 */
#define LR_FAST(slow, type)                                              \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        const SoftTLBEntry *e_ = soft_tlb_entry(tlb, a_);                \
        if (!SOFT_HIT(e_, MMU_DATA_LOAD, a_, sizeof(type))) {            \
            SOFT_MUSTTAIL return slow(env, insn, tlb);                   \
        }                                                                \
        env->load_val = __atomic_load_n((type *)(a_ + e_->addend),       \
                                        __ATOMIC_SEQ_CST);               \
        env->load_res = a_;                                              \
        SOFT_SIGNED_(env->load_val, type);                               \
    })

#define LR_SLOW(type)                                                    \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        env->load_val = soft_load_aligned(env, a_, sizeof(type));        \
        env->load_res = a_;                                              \
        SOFT_SIGNED_(env->load_val, type);                               \
    })

#define SC_FAST(slow, type)                                              \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        type v_ = (type)env->load_val;                                   \
        const SoftTLBEntry *e_ = soft_tlb_entry(tlb, a_);                \
        bool done_;                                                      \
        if (!SOFT_HIT(e_, MMU_DATA_STORE, a_, sizeof(type))) {           \
            SOFT_MUSTTAIL return slow(env, insn, tlb);                   \
        }                                                                \
        done_ = env->load_res == a_ &&                                   \
                __atomic_compare_exchange_n(                             \
                    (type *)(a_ + e_->addend), &v_, (type)RS2, false,    \
                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                 \
        env->load_res = -1;                                              \
        (uint64_t)!done_;                                                \
    })

#define SC_SLOW(type)                                                    \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        type v_ = (type)env->load_val;                                   \
        bool done_ = env->load_res == a_;                                \
        type *p_ = soft_atomic(env, a_, sizeof(type));                   \
        if (done_ && p_) {                                               \
            done_ = __atomic_compare_exchange_n(                         \
                p_, &v_, (type)RS2, false, __ATOMIC_SEQ_CST,             \
                __ATOMIC_SEQ_CST);                                       \
        } else if (done_) {                                              \
            soft_io_begin(env);                                          \
            done_ = (type)soft_io_load(env, a_, sizeof(type)) == v_;     \
            if (done_) {                                                 \
                soft_store(env, a_, sizeof(type), RS2);                  \
            }                                                            \
            soft_io_end(env);                                            \
        }                                                                \
        env->load_res = -1;                                              \
        (uint64_t)!done_;                                                \
    })

/* AMOCAS(type): what is at RS1, which becomes RS2 if that equals RD. */
#define AMOCAS_FAST(slow, type)                                          \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        type v_ = (type)SOFT_RD_VALUE;                                   \
        const SoftTLBEntry *e_ = soft_tlb_entry(tlb, a_);                \
        if (!SOFT_HIT(e_, MMU_DATA_STORE, a_, sizeof(type))) {           \
            SOFT_MUSTTAIL return slow(env, insn, tlb);                   \
        }                                                                \
        __atomic_compare_exchange_n((type *)(a_ + e_->addend), &v_,      \
                                    (type)RS2, false, __ATOMIC_SEQ_CST,  \
                                    __ATOMIC_SEQ_CST);                   \
        SOFT_SIGNED_(v_, type);                                          \
    })

#define AMOCAS_SLOW(type)                                                \
    ({                                                                   \
        uint64_t a_ = RS1;                                               \
        type v_ = (type)SOFT_RD_VALUE;                                   \
        type *p_ = soft_atomic(env, a_, sizeof(type));                   \
        if (p_) {                                                        \
            __atomic_compare_exchange_n(p_, &v_, (type)RS2, false,       \
                                        __ATOMIC_SEQ_CST,                \
                                        __ATOMIC_SEQ_CST);               \
        } else {                                                         \
            type o_;                                                     \
            soft_io_begin(env);                                          \
            o_ = (type)soft_io_load(env, a_, sizeof(type));              \
            if (o_ == v_) {                                              \
                soft_store(env, a_, sizeof(type), RS2);                  \
            }                                                            \
            soft_io_end(env);                                            \
            v_ = o_;                                                     \
        }                                                                \
        SOFT_SIGNED_(v_, type);                                          \
    })

/* As soft_load(), of an atomic access: raises where it is not aligned. */
uint64_t soft_load_aligned(CPUArchState *env, vaddr addr, unsigned size);

/* ---- decoding ------------------------------------------------------------ */

#define SOFT_OP_ENDS     (1 << 0)   /* leaves the block */
#define SOFT_OP_FP       (1 << 1)
#define SOFT_OP_BRANCH   (1 << 2)
#define SOFT_OP_JUMP     (1 << 3)   /* to pc + imm */
#define SOFT_OP_INDIRECT (1 << 4)
#define SOFT_OP_PCREL    (1 << 5)   /* imm is to be relative to the page */
#define SOFT_OP_AUX_PC   (1 << 6)   /* aux is to be the pc's offset */
#define SOFT_OP_AUX_NPC  (1 << 7)
#define SOFT_OP_MEMORY   (1 << 8)

/* What the decoder knows of an instruction of the table. */
typedef struct SoftOp {
    const char *name;
    SoftFn *fn;
    SoftFn *far;        /* of a jump to another page */
    uint32_t mask;
    uint32_t match;
    uint8_t format;
    uint8_t size;
    uint16_t flags;
} SoftOp;

#endif
