#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel with each interrupt controller of the board `virt`: what the
guest found, that interrupts come from the controller to all harts, and what
the monitor tells of it.

    boot_interrupts.py EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, images, linux, run_tap  # noqa: E402

COMMAND = sys.argv[1:]


def counts(guest, word):
    """A row of /proc/interrupts: the counts of the harts, and who sends it."""
    row = guest.shell(f"grep -m1 '{word}' /proc/interrupts").split()
    harts = [int(n) for n in row[1:] if n.isdigit()]
    return harts, " ".join(row)


def last_hart(guest):
    """Of Linux's last CPU: its first is the hart that firmware starts with."""
    return int(guest.shell("grep '^hart[^ ]*:' /proc/cpuinfo").split()[-1])


def boot(aia, harts, chip, shown, counted, *more):
    arguments = linux("quiet")
    arguments[1] = f"virt,aia={aia}"
    with Guest(COMMAND, *arguments, "-smp", str(harts), *more) as guest:
        guest.expect(PROMPT)
        console, row = counts(guest, "ttyS0")
        assert sum(console) > 0 and chip in row, row
        # Each hart in turn has the console's interrupt.
        irq = row.split(":")[0]
        for hart in range(harts):
            guest.shell(f"echo {hart} > /proc/irq/{irq}/smp_affinity_list")
            before = counts(guest, "ttyS0")[0]
            guest.shell("echo some more output, and a line of input")
            after = counts(guest, "ttyS0")[0]
            assert after[hart] > before[hart], (hart, before, after)
        pic, statistics = guest.hmp("info pic"), guest.hmp("info irq")
        shown = shown.replace("TARGET", f"{last_hart(guest) << 18 | 1:#010x}")
        assert re.search(shown, pic, re.M), pic
        assert re.search(counted, statistics), statistics
        guest.type("poweroff -f\n")
        assert guest.wait() == 0


def plic_4_harts():
    boot("none", 4, "SiFive PLIC", r"context 7: hart 3 S threshold 0",
         r"riscv\.sifive\.plic:\r?\n10: \d")


def aplic_1_hart():
    boot("aplic", 1, "APLIC", "source 10: level1 target TARGET.* enabled",
         r"riscv\.aplic:\r?\n10: \d")


def aplic_4_harts():
    boot("aplic", 4, "APLIC", "source 10: level1 target TARGET.* enabled",
         r"riscv\.aplic:\r?\n10: \d")


def imsic_1_hart():
    boot("aplic-imsic", 1, "APLIC-MSI", r"file 0: eidelivery 1",
         r"riscv\.aplic:\r?\n10: \d")


def imsic_2_sockets():
    boot("aplic-imsic", 4, "APLIC-MSI", r"IMSIC: hart 3 S, 255 identities",
         r"riscv\.imsic:\r?\n 1: \d",
         "-object", "memory-backend-ram,id=m0,size=256M",
         "-object", "memory-backend-ram,id=m1,size=256M",
         "-numa", "node,memdev=m0,cpus=0-1", "-numa", "node,memdev=m1,cpus=2-3")


if __name__ == "__main__":
    images()
    sys.exit(run_tap([plic_4_harts, aplic_1_hart, aplic_4_harts, imsic_1_hart,
                      imsic_2_sockets]))
