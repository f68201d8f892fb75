/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts a kernel without a reset of the machine:
 *
 *     kexec KERNEL AT INITRD AT TREE AT
 *
 * Each is a file, or a disk that has one, and the address where it goes. The
 * new kernel finds its devices as the old one left them.
 */
#include "linux.h"

#define MIB          (1UL << 20)
#define PAGE         4096UL
#define CHUNK        (64 * MIB)
#define ARCH_RISCV   (243L << 16)
#define REBOOT_KEXEC 0x45584543L

typedef struct {
    void *buf;
    u64 bufsz;
    u64 mem;
    u64 memsz;
} Segment;

static void fail(const char *what, long status)
{
    put("kexec: ");
    put(what);
    put(": error ");
    put_number(-status, 10);
    put("\n");
    exit(1);
}

static Segment load(const char *name, const char *at)
{
    Segment s = { .mem = number(at) };
    long fd = syscall6(NR_openat, -100, (long)name, 0, 0, 0, 0);
    long got = syscall6(NR_mmap, 0, CHUNK, 3, 0x22, -1, 0);

    if (fd < 0) {
        fail(name, fd);
    }
    if (got < 0) {
        fail("no memory", got);
    }
    s.buf = (void *)got;
    while (s.bufsz < CHUNK) {
        got = call3(NR_read, fd, (char *)s.buf + s.bufsz, CHUNK - s.bufsz);
        if (got < 0) {
            fail(name, got);
        }
        if (!got) {
            break;
        }
        s.bufsz += got;
    }
    call1(NR_close, fd);
    s.memsz = (s.bufsz + PAGE - 1) & -PAGE;
    return s;
}

void start(u64 argc, char **argv)
{
    Segment segments[3];
    long status;

    if (argc != 7) {
        put("kexec KERNEL AT INITRD AT TREE AT\n");
        exit(2);
    }
    for (int i = 0; i < 3; i++) {
        segments[i] = load(argv[1 + 2 * i], argv[2 + 2 * i]);
    }
    status = syscall6(NR_kexec_load, segments[0].mem, 3, (long)segments,
                      ARCH_RISCV, 0, 0);
    if (status) {
        fail("kexec_load", status);
    }
    call1(NR_sync, 0);
    status = syscall6(NR_reboot, 0xfee1dead, 672274793, REBOOT_KEXEC, 0, 0, 0);
    fail("reboot", status);
}
