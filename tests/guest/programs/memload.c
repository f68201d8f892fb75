/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load on a Linux guest's memory while it is plugged and unplugged:
 *
 *     memload SECONDS SEED KEEP
 *
 * Pieces of anonymous and of shared memory get numbers that follow from a key
 * and the place, are looked at again at random times, moved and freed.
 * KEEP MiB of what Linux calls available are left alone: when less is there,
 * since memory goes, pieces are freed. The first wrong word ends it; a line at
 * the end tells what was done.
 *
 * A program without a C library, for riscv64.
 */
#include "linux.h"

#define PAGE   4096UL
#define MIB    (1UL << 20)
#define PIECES 256
#define STRIDE 32 /* words from one that is written to the next */

typedef struct {
    u64 *data;
    u64 words;
    u64 key;
} Piece;

static Piece pieces[PIECES];
static u64 state, written, checked, moved, freed, held, most, floor_kib;

/* ---- what Linux says ----------------------------------------------------- */

static u64 seconds(void)
{
    long now[2];

    call2(NR_clock_gettime, 1, now);
    return now[0];
}

/* What Linux could give away, in KiB. */
static u64 available(void)
{
    static const char name[] = "MemAvailable:";
    char text[1024];
    long fd = syscall6(NR_openat, -100, (long)"/proc/meminfo", 0, 0, 0, 0);
    long n = call3(NR_read, fd, text, sizeof(text) - 1);
    u64 value = 0;

    call1(NR_close, fd);
    for (long i = 0; i + 40 < n; i++) {
        unsigned at = 0;

        while (name[at] && text[i + at] == name[at]) {
            at++;
        }
        if (!name[at]) {
            for (i += at; text[i] == ' '; i++) {
            }
            for (; text[i] >= '0' && text[i] <= '9'; i++) {
                value = value * 10 + text[i] - '0';
            }
            break;
        }
    }
    return value;
}

/* ---- pieces -------------------------------------------------------------- */

static u64 mix(u64 x)
{
    x ^= x >> 31;
    x *= 0x9e3779b97f4a7c15;
    return x ^ x >> 29;
}

static u64 below(u64 n)
{
    state += 0x9e3779b97f4a7c15;
    return (mix(mix(state)) >> 8) % n;
}

static void wrong(const Piece *p, u64 i, u64 found)
{
    put("memload: BAD word ");
    put_number(i, 10);
    put(" of ");
    put_number(p->words, 10);
    put(" at 0x");
    put_number((u64)&p->data[i], 16);
    put(": 0x");
    put_number(found, 16);
    put(" and not 0x");
    put_number(mix(p->key + i), 16);
    put("\n");
    exit(1);
}

static void fill(Piece *p)
{
    p->key = below(~0UL);
    for (u64 i = 0; i < p->words; i += STRIDE) {
        p->data[i] = mix(p->key + i);
    }
    written += p->words * 8;
}

static void check(const Piece *p, u64 from, u64 words)
{
    const u64 end = from + words < p->words ? from + words : p->words;

    for (u64 i = from; i < end; i += STRIDE) {
        const u64 found = *(volatile u64 *)&p->data[i];

        if (found != mix(p->key + i)) {
            wrong(p, i, found);
        }
    }
    checked += (end - from) * 8;
}

/* False if Linux has none. */
static int allocate(Piece *p, u64 pages)
{
    const long shared = below(3) == 0;
    long at =
        syscall6(NR_mmap, 0, pages * PAGE, 3, 0x20 | (shared ? 1 : 2), -1, 0);

    if (at < 0 && at > -4096) {
        return 0;
    }
    p->data = (u64 *)at;
    p->words = pages * PAGE / 8;
    held += pages * PAGE;
    most = held > most ? held : most;
    return 1;
}

static void release(Piece *p)
{
    call2(NR_munmap, p->data, p->words * 8);
    held -= p->words * 8;
    freed++;
    p->data = 0;
}

/* To another place, read there and back by the kernel through a pipe. */
static void move(Piece *p)
{
    long at =
        syscall6(NR_mremap, (long)p->data, p->words * 8, p->words * 8, 1, 0, 0);
    int ends[2];

    if (at > 0) {
        p->data = (u64 *)at;
    }
    if (call2(NR_pipe2, ends, 0) == 0) {
        const u64 page = below(p->words * 8 / PAGE);
        u64 *data = p->data + page * (PAGE / 8);

        call3(NR_write, ends[1], data, PAGE);
        call3(NR_read, ends[0], data, PAGE);
        call1(NR_close, ends[0]);
        call1(NR_close, ends[1]);
    }
    moved++;
}

static void step(void)
{
    Piece *p = &pieces[below(PIECES)];
    const u64 left = available();

    if (left < floor_kib) {
        for (unsigned i = 0, first = below(PIECES); i < PIECES; i++) {
            Piece *q = &pieces[(first + i) % PIECES];

            if (q->data && available() < floor_kib + (16 << 10)) {
                check(q, 0, q->words);
                release(q);
            }
        }
    } else if (!p->data) {
        u64 pages = below(4) ? 1 + below(64) : 1 + below(2048);

        if (left > floor_kib + pages * 4 && allocate(p, pages)) {
            fill(p);
        }
    } else if (below(3) == 0) {
        check(p, 0, p->words);
        release(p);
    } else if (below(3) == 0) {
        fill(p);
    } else if (below(3) == 0) {
        move(p);
    } else {
        check(p, below(p->words / STRIDE) * STRIDE, 64 * PAGE / 8);
    }
}

static void report(const char *what, u64 bytes)
{
    put(what);
    put_number(bytes / MIB, 10);
    put(" MiB");
}

void start(u64 argc, char **argv)
{
    u64 end;

    if (argc != 4) {
        put("memload SECONDS SEED KEEP-MIB\n");
        exit(2);
    }
    end = seconds() + number(argv[1]);
    state = number(argv[2]);
    floor_kib = number(argv[3]) << 10;
    while (seconds() < end) {
        step();
    }
    for (unsigned i = 0; i < PIECES; i++) {
        if (pieces[i].data) {
            check(&pieces[i], 0, pieces[i].words);
        }
    }
    report("memload: good=1, filled ", written);
    report(", checked ", checked);
    report(", at most ", most);
    put(", moved ");
    put_number(moved, 10);
    put(", freed ");
    put_number(freed, 10);
    put("\n");
    exit(0);
}
