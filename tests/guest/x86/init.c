/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only program of a Linux guest that moves (migration_guest.py): it writes
 * and checks memory, and answers at the console. Where a kernel is slow, as
 * under a KVM in software, most of it runs as a user, and few calls are made.
 *
 *     uptime       seconds of the clock, with its fraction
 *     load         "N rounds", or what was wrong
 *     more         some more memory is taken, and written and checked with it
 *
 * cc -O2 -nostdlib -static -ffreestanding
 */
#include "../programs/linux.h"

#define PAGE      4096UL
#define WORDS     (PAGE / 8)
#define MOST      4096 /* pages */
#define PIECE     512UL
#define PER_ROUND 128
#define PAUSE_MS  20

static u64 *pages[MOST], keys[MOST], n_pages, state = 1, rounds, last_ns;
static const char *bad;

static u64 mix(u64 x)
{
    x ^= x >> 31;
    x *= 0x9e3779b97f4a7c15;
    return x ^ x >> 29;
}

static u64 random_below(u64 n)
{
    state += 0x9e3779b97f4a7c15;
    return (mix(mix(state)) >> 8) % n;
}

static void fill(u64 i)
{
    keys[i] = random_below(~0UL);
    for (u64 word = 0; word < WORDS; word++) {
        pages[i][word] = mix(keys[i] + word);
    }
}

static void check(u64 i)
{
    for (u64 word = 0; word < WORDS; word++) {
        if (*(volatile u64 *)&pages[i][word] != mix(keys[i] + word)) {
            bad = "a wrong word";
        }
    }
}

/* Another piece: at once, since each fault takes the kernel long. */
static void more(void)
{
    const long populate = 0x8000, anonymous = 0x20, private = 2;
    long at = n_pages + PIECE > MOST
                  ? -1
                  : syscall6(NR_mmap, 0, PIECE * PAGE, 3,
                             populate | anonymous | private, -1, 0);

    if (at < 0 && at > -4096) {
        put("none is left\n");
        return;
    }
    for (u64 i = 0; i < PIECE; i++) {
        pages[n_pages] = (u64 *)(at + i * PAGE);
        fill(n_pages++);
    }
}

static void a_round(void)
{
    for (unsigned i = 0; i < PER_ROUND; i++) {
        const u64 page = random_below(n_pages);

        check(page);
        fill(page);
    }
    rounds++;
}

/* In ns, of CLOCK_MONOTONIC. */
static u64 now(void)
{
    u64 at[2], ns;

    call2(NR_clock_gettime, 1, at);
    ns = at[0] * 1000000000 + at[1];
    if (ns < last_ns) {
        bad = "the clock has gone back";
    }
    last_ns = ns;
    return ns;
}

static void uptime(void)
{
    const u64 ms = now() / 1000000;

    put_number(ms / 1000, 10);
    put(".");
    put_number(ms / 100 % 10, 10);
    put_number(ms / 10 % 10, 10);
    put_number(ms % 10, 10);
    put("\n");
}

static void load(void)
{
    if (bad) {
        put(bad);
    } else {
        put_number(rounds, 10);
        put(" rounds");
    }
    put("\n");
}

static void answer(void)
{
    char line[128];

    if (call3(NR_read, 0, line, sizeof(line)) <= 0) {
        return;
    }
    if (line[0] == 'u') {
        uptime();
    } else if (line[0] == 'l') {
        load();
    } else if (line[0] == 'm') {
        more();
    }
    put("guest# ");
}

void start(u64 argc, char **argv)
{
    struct {
        int fd;
        short events, found;
    } console = { 0, 1, 0 };

    more();
    put("guest# ");
    for (;;) {
        a_round();
        if (rounds % 16 == 0) {
            now();
        }
        if (call3(NR_poll, &console, 1, PAUSE_MS) == 1) {
            answer();
        }
    }
}
