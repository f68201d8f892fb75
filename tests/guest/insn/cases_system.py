# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of system instructions: traps, fences, CSRs, cache blocks."""
from case import (ALL, Address, BEFORE, FLAG_DIRTY, FLAG_FS_OFF, M, READ_ONLY,
                  S, STORE_PAGE, SV, U, UNMAPPED, UV, r_type, word)


def system(c):
    for mode, cause in ((M, 11), (S, 9), (SV, 9), (U, 8), (UV, 8)):
        c.add("ecall", cause=cause, epc=Address("start"), tval=0, modes=mode)
    c.add("ebreak", epc=Address("start"))
    c.add(".option norvc\nebreak", epc=Address("start"))
    back = {"a1": Address("end")}
    c.add("csrw mepc, a1\nmret\nebreak", back, modes=M)
    c.add("csrw sepc, a1\nsret\nebreak", back, modes=M | S)
    c.illegal("mret", modes=ALL & ~M)
    c.illegal("sret", modes=U | UV)
    # An interrupt that is enabled and pending ends the wait at once.
    c.add("csrsi mie, 2\ncsrsi mip, 2\nwfi\ncsrci mip, 2\ncsrci mie, 2",
          modes=M)
    c.illegal("wfi", modes=U | UV)
    c.add("wrs.nto")
    c.add("wrs.sto")
    c.add("pause")
    for code in ("sfence.vma", "sfence.vma a1", "sfence.vma zero, a2",
                 "sfence.vma a1, a2", r_type(0x0b, 12, 11, 0, 0, 0x73)):
        c.add(code, {"a1": Address("window")}, modes=ALL & ~(U | UV))
        c.illegal(code, modes=U | UV)
    # The reference allows these two in U mode, the manual does not.
    for code in (r_type(0x0c, 0, 0, 0, 0, 0x73),        # sfence.w.inval
                 r_type(0x0c, 1, 0, 0, 0, 0x73)):       # sfence.inval.ir
        c.add(code, modes=ALL & ~(U | UV))
        c.illegal(code, modes=U | UV)
    for code in ("fence", "fence r, w", "fence iorw, iorw", "fence.tso",
                 "fence.i", word(0x0ff5050f), word(0x1ff5150f)):
        c.add(code)
    for code in ("prefetch.i 0(a1)", "prefetch.r 32(a1)", "prefetch.w -32(a1)"):
        c.add(code, {"a1": Address("window")})
        c.add(code, {"a1": 0x7f00000000})
    # Holes of the major opcodes, and a CSR instruction without a function.
    for bits in (0xffffffff, 0x0000707f, 0x00007003, 0x00002063, 0xf2004033,
                 0x0000001f, 0x0000500f, 0xc0004073):
        c.illegal(word(bits))
    # What has no operands must have zeros there.
    for number in (0x000, 0x001, 0x00d, 0x01d, 0x102, 0x105, 0x180, 0x181,
                   0x302):
        for bit in (*range(7, 12), *range(15, 20)):
            c.illegal(word(number << 20 | 1 << bit | 0x73))


def csrs(c):
    a, b = 0x0123456789abcdef, 0xff00ff00ff00ff00
    top = M | S | SV
    for code, ins, outs, after in (
            ("csrrw a0, sscratch, a1", {"a1": b}, {"a0": a}, b),
            ("csrrw a1, sscratch, a1", {"a1": b}, {"a1": a}, b),
            ("csrrw zero, sscratch, a1", {"a1": b}, {}, b),
            ("csrrw a0, sscratch, zero", {}, {"a0": a}, 0),
            ("csrrs a0, sscratch, a1", {"a1": b}, {"a0": a}, a | b),
            ("csrrs a0, sscratch, zero", {}, {"a0": a}, a),
            ("csrrc a0, sscratch, a1", {"a1": b}, {"a0": a}, a & ~b),
            ("csrrc a0, sscratch, zero", {}, {"a0": a}, a),
            ("csrrwi a0, sscratch, 21", {}, {"a0": a}, 21),
            ("csrrwi zero, sscratch, 31", {}, {}, 31),
            ("csrrsi a0, sscratch, 16", {}, {"a0": a}, a | 16),
            ("csrrsi a0, sscratch, 0", {}, {"a0": a}, a),
            ("csrrci a0, sscratch, 15", {}, {"a0": a}, a & ~15),
            ("csrrci zero, sscratch, 0", {}, {}, a)):
        c.add(code, ins | {"sscratch": a}, outs | {"sscratch": after},
              modes=top)
        c.illegal(code, modes=U | UV, ins=ins)
    # mhartid is read-only: what does not write may be done.
    c.add("csrrs a0, mhartid, zero", {}, {"a0": 0}, modes=M)
    c.add("csrrci a0, mhartid, 0", {}, {"a0": 0}, modes=M)
    for code in ("csrrw a0, mhartid, zero", "csrrs a0, mhartid, a1",
                 "csrrci a0, mhartid, 1", "csrrw zero, mhartid, a1",
                 "csrrw a0, 0x7ff, a1", "csrrs a0, 0xcff, zero"):
        c.illegal(code, ins={"a1": 0})
    for code in ("csrrw a0, mscratch, a1", "csrrs a0, mhartid, zero"):
        c.illegal(code, modes=ALL & ~M)
    for old in (0, 0xff, 0x35):
        for code, ins, out, new in (
                ("fscsr a0, a1", {"a1": 0x7f}, old, 0x7f),
                ("fscsr a0, a1", {"a1": 0xffffff00}, old, 0),
                ("frcsr a0", {}, old, old),
                ("frrm a0", {}, old >> 5, old),
                ("fsrm a0, a1", {"a1": 0xfb}, old >> 5, old & 31 | 0x60),
                ("fsrmi a0, 1", {}, old >> 5, old & 31 | 0x20),
                ("frflags a0", {}, old & 31, old),
                ("fsflags a0, a1", {"a1": 0xeb}, old & 31, old & 0xe0 | 0xb),
                ("fsflagsi a0, 17", {}, old & 31, old & 0xe0 | 17)):
            reads = code.startswith("fr")
            c.add(code, ins, {"a0": out}, fcsr=(old, new),
                  flags=0 if reads else FLAG_DIRTY)
    for code in ("frcsr a0", "fsrmi 0", "fsflags a1"):
        c.illegal(code, flags=FLAG_FS_OFF)


def cache_blocks(c):
    for name in ("inval", "clean", "flush"):
        for offset in (0, 5, 31):
            c.add(f"cbo.{name} (a1)", {"a1": Address("window", offset)},
                  modes=ALL | UNMAPPED | READ_ONLY)
        c.add(f"cbo.{name} (a1)", {"a1": Address("window", 32)},
              modes=ALL | READ_ONLY)
        c.add(f"cbo.{name} (a1)", {"a1": Address("window", 32)},
              modes=UNMAPPED, cause=STORE_PAGE, epc=Address("start"),
              tval=Address("window", 32))
    low, high = bytes(32) + BEFORE[32:], BEFORE[:32] + bytes(32)
    for offset in (0, 7, 31):
        c.add("cbo.zero (a1)", {"a1": Address("window", offset)},
              modes=ALL | UNMAPPED | READ_ONLY, window=low)
    for offset in (32, 63):
        c.add("cbo.zero (a1)", {"a1": Address("window", offset)}, window=high)
        c.add("cbo.zero (a1)", {"a1": Address("window", offset)},
              modes=UNMAPPED | READ_ONLY, cause=STORE_PAGE,
              epc=Address("start"))


def may_be(c):
    """Zimop: every encoding writes 0."""
    for n in range(32):
        bits = 0x81c04073 | (n >> 4) << 30 | (n >> 2 & 3) << 26 | \
            (n & 3) << 20 | 11 << 15 | 10 << 7
        c.add(word(bits), {"a1": 5}, {"a0": 0})
    for n in range(8):
        bits = 0x82004073 | (n >> 2) << 30 | (n & 3) << 26 | 12 << 20 | \
            11 << 15 | 10 << 7
        c.add(word(bits), {"a1": 5}, {"a0": 0})
        c.add(word(bits & ~0xf80), {"a1": 5})
