/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the guest: random reads of 4 KiB from /dev/vda, past the page cache, 32
 * at a time, for some seconds. Prints how many; no C library.
 */
typedef unsigned long u64;
typedef unsigned int u32;

#define DEPTH   32
#define BLOCK   4096
#define SECONDS 5

enum {
    SYS_IO_SETUP = 0,
    SYS_IO_SUBMIT = 2,
    SYS_IO_GETEVENTS = 4,
    SYS_OPENAT = 56,
    SYS_LSEEK = 62,
    SYS_WRITE = 64,
    SYS_EXIT = 93,
    SYS_CLOCK_GETTIME = 113,
};

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

static long call(long n, long a, long b, long c, long d, long e)
{
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a7 __asm__("a7") = n;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a7)
                     : "memory");
    return a0;
}

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

    call(SYS_CLOCK_GETTIME, 1, (long)t, 0, 0, 0);
    return t[0] * 1000000ul + t[1] / 1000;
}

static void print(const char *text, u64 number)
{
    char line[64];
    int n = 0, digits = 1;

    while (*text) {
        line[n++] = *text++;
    }
    for (u64 i = number; i >= 10; i /= 10) {
        digits++;
    }
    for (int i = digits; i--; number /= 10) {
        line[n + i] = '0' + number % 10;
    }
    n += digits;
    line[n++] = '\n';
    call(SYS_WRITE, 1, (long)line, n, 0, 0);
}

static void fail(const char *what, long error)
{
    print(what, -error);
    call(SYS_EXIT, 1, 0, 0, 0, 0);
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
    ret = call(SYS_IO_SUBMIT, ctx, 1, (long)&one, 0, 0);
    if (ret != 1) {
        fail("bench: io_submit failed with ", ret);
    }
}

void _start(void)
{
    static const char path[] = "/dev/vda";
    u64 ctx = 0, reads = 0, begin, end, count;
    long ret;
    int fd = call(SYS_OPENAT, -100, (long)path, 040000, 0, 0); /* O_DIRECT */

    if (fd < 0) {
        fail("bench: no disk, ", fd);
    }
    count = call(SYS_LSEEK, fd, 0, 2, 0, 0) / BLOCK;
    ret = call(SYS_IO_SETUP, DEPTH, (long)&ctx, 0, 0, 0);
    if (ret < 0) {
        fail("bench: io_setup failed with ", ret);
    }
    begin = now_us();
    for (int i = 0; i < DEPTH; i++) {
        submit(ctx, fd, i, count);
    }
    do {
        ret = call(SYS_IO_GETEVENTS, ctx, 1, DEPTH, (long)events, 0);
        for (long i = 0; i < ret; i++) {
            if (events[i].res != BLOCK) {
                fail("bench: a read failed with ", events[i].res);
            }
            submit(ctx, fd, events[i].data, count);
        }
        reads += ret;
        end = now_us();
    } while (end - begin < SECONDS * 1000000ul);
    print("bench: reads ", reads);
    print("bench: us ", end - begin);
    call(SYS_EXIT, 0, 0, 0, 0, 0);
}
