/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The integer workload of the speed requirement, bare-metal in M mode: a sieve,
 * a CRC, a linked list, a matrix product, a sort. Each prints
 *
 *   NAME hart H insns N ticks T sum S
 *
 * on the UART (N by instret, T by time, 10 MHz); "end" comes last, and then the
 * test finisher ends the machine. How many rounds (x100 %) and how many harts
 * work at the same time is poked into "config" by the runner's -D macros.
 */
#include <stdint.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef HARTS
#define HARTS 1
#endif

#define UART ((volatile uint8_t *)0x10000000)
#define TEST ((volatile uint32_t *)0x100000)

void run(uint64_t hart);
void trapped(uint64_t cause, uint64_t pc, uint64_t value);

char stacks[8 << 14] __attribute__((aligned(16)));
static volatile int ready, go, done, printing;

static uint64_t instret(void)
{
    uint64_t v;

    __asm__ volatile("csrr %0, minstret" : "=r"(v));
    return v;
}

static uint64_t ticks(void)
{
    uint64_t v;

    __asm__ volatile("csrr %0, time" : "=r"(v));
    return v;
}

static void put(const char *s)
{
    while (*s) {
        *UART = *s++;
    }
}

static void put_number(uint64_t v)
{
    char buf[24], *p = buf + sizeof(buf) - 1;

    *p = 0;
    do {
        *--p = '0' + v % 10;
        v /= 10;
    } while (v);
    put(p);
}

void trapped(uint64_t cause, uint64_t pc, uint64_t value)
{
    put("trap ");
    put_number(cause);
    put(" at ");
    put_number(pc);
    put(" value ");
    put_number(value);
    put("\n");
    *TEST = 0x3333 | 1 << 16;
}

/* Of each hart, so that they share nothing but code. */
#define LIST   4096
#define SIEVE  (1 << 16)
#define MATRIX 48
#define SORT   4096

typedef struct Node {
    struct Node *next;
    uint64_t value;
} Node;

typedef struct Work {
    uint8_t composite[SIEVE];
    Node nodes[LIST];
    int32_t a[MATRIX][MATRIX], b[MATRIX][MATRIX], c[MATRIX][MATRIX];
    uint32_t keys[SORT];
    uint32_t crc_table[256];
    uint8_t text[SIEVE];
    uint64_t seed;
} Work;

static Work works[HARTS] __attribute__((aligned(4096)));

static uint32_t next_random(Work *w)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return w->seed >> 33;
}

static uint64_t sieve(Work *w)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < SIEVE; i++) {
        w->composite[i] = 0;
    }
    for (unsigned i = 2; i < SIEVE; i++) {
        if (!w->composite[i]) {
            count++;
            for (unsigned j = i * 2; j < SIEVE; j += i) {
                w->composite[j] = 1;
            }
        }
    }
    return count;
}

static uint64_t crc(Work *w)
{
    uint32_t c = ~0u;

    for (unsigned i = 0; i < 256; i++) {
        uint32_t v = i;

        for (int bit = 0; bit < 8; bit++) {
            v = v & 1 ? 0xedb88320u ^ v >> 1 : v >> 1;
        }
        w->crc_table[i] = v;
    }
    for (unsigned i = 0; i < SIEVE; i++) {
        w->text[i] = next_random(w);
    }
    for (unsigned i = 0; i < SIEVE; i++) {
        c = w->crc_table[(c ^ w->text[i]) & 0xff] ^ c >> 8;
    }
    return ~c;
}

static uint64_t list(Work *w)
{
    uint64_t sum = 0;
    Node *head = 0;

    for (unsigned i = 0; i < LIST; i++) {
        Node *n = &w->nodes[(i * 1021) % LIST];

        n->value = next_random(w);
        n->next = head;
        head = n;
    }
    for (int round = 0; round < 40; round++) {
        Node *last = 0;

        for (Node *n = head; n; n = n->next) {
            sum = sum * 31 + n->value;
            if (n->value & 1) {
                n->value = n->value * 3 + 1;
            } else {
                n->value >>= 1;
            }
        }
        /* Reversed. */
        while (head) {
            Node *next = head->next;

            head->next = last;
            last = head;
            head = next;
        }
        head = last;
    }
    return sum;
}

static uint64_t matrix(Work *w)
{
    uint64_t sum = 0;

    for (int i = 0; i < MATRIX; i++) {
        for (int j = 0; j < MATRIX; j++) {
            w->a[i][j] = next_random(w) & 1023;
            w->b[i][j] = next_random(w) & 1023;
        }
    }
    for (int i = 0; i < MATRIX; i++) {
        for (int j = 0; j < MATRIX; j++) {
            int32_t s = 0;

            for (int k = 0; k < MATRIX; k++) {
                s += w->a[i][k] * w->b[k][j];
            }
            w->c[i][j] = s;
            sum = sum * 7 + (uint32_t)s;
        }
    }
    return sum;
}

static void quicksort(uint32_t *keys, int low, int high)
{
    while (low < high) {
        uint32_t pivot = keys[(low + high) / 2];
        int i = low, j = high;

        while (i <= j) {
            while (keys[i] < pivot) {
                i++;
            }
            while (keys[j] > pivot) {
                j--;
            }
            if (i <= j) {
                uint32_t t = keys[i];

                keys[i++] = keys[j];
                keys[j--] = t;
            }
        }
        quicksort(keys, low, j);
        low = i;
    }
}

static uint64_t sort(Work *w)
{
    uint64_t sum = 0;

    for (int i = 0; i < SORT; i++) {
        w->keys[i] = next_random(w);
    }
    quicksort(w->keys, 0, SORT - 1);
    for (int i = 0; i < SORT; i++) {
        sum = sum * 33 + w->keys[i];
    }
    return sum;
}

static const struct {
    const char *name;
    uint64_t (*run)(Work *w);
    int rounds;
} parts[] = {
    { "sieve", sieve, 60 * ROUNDS },  { "crc", crc, 60 * ROUNDS },
    { "list", list, 40 * ROUNDS },    { "matrix", matrix, 60 * ROUNDS },
    { "sort", sort, 60 * ROUNDS },
};

static void lock(void)
{
    while (__atomic_exchange_n(&printing, 1, __ATOMIC_ACQUIRE)) {
    }
}

static void unlock(void)
{
    __atomic_store_n(&printing, 0, __ATOMIC_RELEASE);
}

void run(uint64_t hart)
{
    Work *w = &works[hart];

    if (hart >= HARTS) {
        return;
    }
    w->seed = 12345;
    /* All begin together. */
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < HARTS) {
    }
    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        uint64_t insns = instret(), t = ticks(), sum = 0;

        for (int round = 0; round < parts[i].rounds; round++) {
            sum += parts[i].run(w);
        }
        insns = instret() - insns;
        t = ticks() - t;
        lock();
        put(parts[i].name);
        put(" hart ");
        put_number(hart);
        put(" insns ");
        put_number(insns);
        put(" ticks ");
        put_number(t);
        put(" sum ");
        put_number(sum);
        put("\n");
        unlock();
    }
    if (__atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST) == HARTS) {
        put("end\n");
        *TEST = 0x5555;
    }
}
