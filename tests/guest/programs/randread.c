/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the guest: random reads of 4 KiB from /dev/vda, past the page cache, 32
 * at a time, for some seconds. Prints how many.
 */
#include "linux.h"

typedef unsigned int u32;

#define DEPTH   32
#define BLOCK   4096
#define SECONDS 5

struct iocb {
    u64 data;
    u32 key, rw_flags;
    unsigned short opcode;
    short prio;
    u32 fd;
    u64 buf, bytes;
    long offset;
    u64 reserved;
    u32 flags, resfd;
};

struct event {
    u64 data, obj;
    long res, res2;
};

static char data[DEPTH][BLOCK] __attribute__((aligned(BLOCK)));
static struct iocb blocks[DEPTH];
static struct event events[DEPTH];
static u64 seed = 88172645463325252ul;

static u64 random_number(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static u64 now_us(void)
{
    long t[2];

    call2(NR_clock_gettime, 1, t);
    return t[0] * 1000000ul + t[1] / 1000;
}

static void report(const char *text, u64 value)
{
    put(text);
    put_number(value, 10);
    put("\n");
}

static void fail(const char *what, long error)
{
    report(what, -error);
    exit(1);
}

static void submit(u64 ctx, int fd, int i, u64 count)
{
    struct iocb *one = &blocks[i];
    long ret;

    *one = (struct iocb){ .data = i,
                          .fd = fd,
                          .buf = (u64)data[i],
                          .bytes = BLOCK,
                          .offset = random_number() % count * BLOCK };
    ret = call3(NR_io_submit, ctx, 1, &one);
    if (ret != 1) {
        fail("bench: io_submit failed with ", ret);
    }
}

void start(u64 argc, char **argv)
{
    u64 ctx = 0, reads = 0, begin, end, count;
    long ret;
    int fd = call3(NR_openat, -100, "/dev/vda", 040000); /* O_DIRECT */

    if (fd < 0) {
        fail("bench: no disk, ", fd);
    }
    count = call3(NR_lseek, fd, 0, 2) / BLOCK;
    ret = call2(NR_io_setup, DEPTH, &ctx);
    if (ret < 0) {
        fail("bench: io_setup failed with ", ret);
    }
    begin = now_us();
    for (int i = 0; i < DEPTH; i++) {
        submit(ctx, fd, i, count);
    }
    do {
        ret = syscall6(NR_io_getevents, ctx, 1, DEPTH, (long)events, 0, 0);
        for (long i = 0; i < ret; i++) {
            if (events[i].res != BLOCK) {
                fail("bench: a read failed with ", events[i].res);
            }
            submit(ctx, fd, events[i].data, count);
        }
        reads += ret;
        end = now_us();
    } while (end - begin < SECONDS * 1000000ul);
    report("bench: reads ", reads);
    report("bench: us ", end - begin);
    exit(0);
}
