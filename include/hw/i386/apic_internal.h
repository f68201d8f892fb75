/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kinds of local APICs have in common: the registers' fields (Intel SDM
 * volume 3, chapter 11), the state, as it migrates. A kind derives from
 * TYPE_APIC_COMMON and sets the class's functions; "apic" is ours. A CPU makes
 * it, sets `cpu', and realizes it before it runs.
 */
#ifndef QEMU_APIC_INTERNAL_H
#define QEMU_APIC_INTERNAL_H

#include "exec/memory.h"
#include "hw/pci/msi.h"
#include "hw/qdev-core.h"
#include "qemu/timer.h"
#include "qom/object.h"
#include "target/x86/cpu.h"

/* Entries of the local vector table. */
#define APIC_LVT_TIMER   0
#define APIC_LVT_THERMAL 1
#define APIC_LVT_PERFORM 2
#define APIC_LVT_LINT0   3
#define APIC_LVT_LINT1   4
#define APIC_LVT_ERROR   5
#define APIC_LVT_NB      6

/* Delivery modes. */
#define APIC_DM_FIXED  0
#define APIC_DM_LOWPRI 1
#define APIC_DM_SMI    2
#define APIC_DM_NMI    4
#define APIC_DM_INIT   5
#define APIC_DM_SIPI   6
#define APIC_DM_EXTINT 7

#define APIC_DESTMODE_PHYSICAL        0
#define APIC_DESTMODE_LOGICAL         1
#define APIC_DESTMODE_LOGICAL_FLAT    0xf
#define APIC_DESTMODE_LOGICAL_CLUSTER 0

#define APIC_TRIGGER_EDGE  0
#define APIC_TRIGGER_LEVEL 1

#define APIC_VECTOR_MASK 0xff
#define APIC_DCR_MASK    0xf

#define APIC_LVT_TIMER_SHIFT         17
#define APIC_LVT_MASKED_SHIFT        16
#define APIC_LVT_LEVEL_TRIGGER_SHIFT 15
#define APIC_LVT_REMOTE_IRR_SHIFT    14
#define APIC_LVT_INT_POLARITY_SHIFT  13
#define APIC_LVT_DELIV_STS_SHIFT     12
#define APIC_LVT_DELIV_MOD_SHIFT     8

#define APIC_LVT_TIMER_TSCDEADLINE (2 << APIC_LVT_TIMER_SHIFT)
#define APIC_LVT_TIMER_PERIODIC    (1 << APIC_LVT_TIMER_SHIFT)
#define APIC_LVT_MASKED            (1 << APIC_LVT_MASKED_SHIFT)
#define APIC_LVT_LEVEL_TRIGGER     (1 << APIC_LVT_LEVEL_TRIGGER_SHIFT)
#define APIC_LVT_REMOTE_IRR        (1 << APIC_LVT_REMOTE_IRR_SHIFT)
#define APIC_LVT_INT_POLARITY      (1 << APIC_LVT_INT_POLARITY_SHIFT)
#define APIC_LVT_DELIV_STS         (1 << APIC_LVT_DELIV_STS_SHIFT)
#define APIC_LVT_DELIV_MOD         (7 << APIC_LVT_DELIV_MOD_SHIFT)

#define APIC_ESR_ILL_ADDRESS_SHIFT    7
#define APIC_ESR_RECV_ILL_VECT_SHIFT  6
#define APIC_ESR_SEND_ILL_VECT_SHIFT  5
#define APIC_ESR_RECV_ACCEPT_SHIFT    3
#define APIC_ESR_SEND_ACCEPT_SHIFT    2
#define APIC_ESR_RECV_CHECK_SUM_SHIFT 1

#define APIC_ESR_ILLEGAL_ADDRESS   (1 << APIC_ESR_ILL_ADDRESS_SHIFT)
#define APIC_ESR_RECV_ILLEGAL_VECT (1 << APIC_ESR_RECV_ILL_VECT_SHIFT)
#define APIC_ESR_SEND_ILLEGAL_VECT (1 << APIC_ESR_SEND_ILL_VECT_SHIFT)
#define APIC_ESR_RECV_ACCEPT       (1 << APIC_ESR_RECV_ACCEPT_SHIFT)
#define APIC_ESR_SEND_ACCEPT       (1 << APIC_ESR_SEND_ACCEPT_SHIFT)
#define APIC_ESR_RECV_CHECK_SUM    (1 << APIC_ESR_RECV_CHECK_SUM_SHIFT)
#define APIC_ESR_SEND_CHECK_SUM    1

#define APIC_ICR_DEST_SHIFT        24
#define APIC_ICR_DEST_SHORT_SHIFT  18
#define APIC_ICR_TRIGGER_MOD_SHIFT 15
#define APIC_ICR_LEVEL_SHIFT       14
#define APIC_ICR_DELIV_STS_SHIFT   12
#define APIC_ICR_DEST_MOD_SHIFT    11
#define APIC_ICR_DELIV_MOD_SHIFT   8

#define APIC_ICR_DEST_SHORT  (3 << APIC_ICR_DEST_SHORT_SHIFT)
#define APIC_ICR_TRIGGER_MOD (1 << APIC_ICR_TRIGGER_MOD_SHIFT)
#define APIC_ICR_LEVEL       (1 << APIC_ICR_LEVEL_SHIFT)
#define APIC_ICR_DELIV_STS   (1 << APIC_ICR_DELIV_STS_SHIFT)
#define APIC_ICR_DEST_MOD    (1 << APIC_ICR_DEST_MOD_SHIFT)
#define APIC_ICR_DELIV_MOD   (7 << APIC_ICR_DELIV_MOD_SHIFT)

#define APIC_PR_CLASS_SHIFT 4
#define APIC_PR_SUB_CLASS   0xf

#define APIC_LOGDEST_XAPIC_SHIFT 4
#define APIC_LOGDEST_XAPIC_ID    0xf

#define APIC_SPURIO_FOCUS_SHIFT   9
#define APIC_SPURIO_ENABLED_SHIFT 8
#define APIC_SPURIO_FOCUS         (1 << APIC_SPURIO_FOCUS_SHIFT)
#define APIC_SPURIO_ENABLED       (1 << APIC_SPURIO_ENABLED_SHIFT)

#define APIC_SV_DIRECTED_IO (1 << 12)
#define APIC_SV_ENABLE      (1 << 8)

typedef struct APICCommonState APICCommonState;
typedef struct APICCommonClass APICCommonClass;

#define TYPE_APIC_COMMON "apic-common"
DECLARE_OBJ_CHECKERS(APICCommonState, APICCommonClass, APIC_COMMON,
                     TYPE_APIC_COMMON)

struct APICCommonClass {
    DeviceClass parent_class;

    DeviceRealize realize;
    DeviceUnrealize unrealize;
    int (*set_base)(APICCommonState *s, uint64_t val);
    void (*set_tpr)(APICCommonState *s, uint8_t val);
    uint8_t (*get_tpr)(APICCommonState *s);
    void (*external_nmi)(APICCommonState *s);
    /* Fetch the state before it is saved; put it after it is loaded. */
    void (*pre_save)(APICCommonState *s);
    void (*post_load)(APICCommonState *s);
    void (*reset)(APICCommonState *s);
    /* Takes a message for any of them. */
    void (*send_msi)(MSIMessage *msi);
};

struct APICCommonState {
    DeviceState parent_obj;

    MemoryRegion io_memory;
    X86CPU *cpu; /* whose it is */
    uint32_t apicbase;
    uint8_t id; /* as the guest has set it */
    uint32_t initial_apic_id;
    uint8_t version;
    uint8_t arb_id;
    uint8_t tpr;
    uint32_t spurious_vec;
    uint8_t log_dest;
    uint8_t dest_mode;
    uint32_t isr[8]; /* in service */
    uint32_t tmr[8]; /* level-triggered */
    uint32_t irr[8]; /* requested */
    uint32_t lvt[APIC_LVT_NB];
    uint32_t esr;
    uint32_t icr[2];

    /* The timer: ticks of 1 << count_shift ns, times in ns. */
    uint32_t divide_conf;
    int count_shift;
    uint32_t initial_count;
    int64_t initial_count_load_time;
    int64_t next_time;
    QEMUTimer *timer;
    int64_t timer_expiry; /* -1: it does not run */
    int sipi_vector;
    int wait_for_sipi;
};

/* When the timer fires next after @current_time; false: it does not. */
bool apic_next_timer(APICCommonState *s, int64_t current_time);
uint32_t apic_get_current_count(APICCommonState *s);
/* The processor priority. */
int apic_get_ppr(APICCommonState *s);

/* Bits of isr, tmr, irr. */
static inline void apic_set_bit(uint32_t *tab, int index)
{
    tab[index >> 5] |= 1u << (index & 0x1f);
}

static inline void apic_reset_bit(uint32_t *tab, int index)
{
    tab[index >> 5] &= ~(1u << (index & 0x1f));
}

static inline int apic_get_bit(uint32_t *tab, int index)
{
    return tab[index >> 5] >> (index & 0x1f) & 1;
}

#endif
