# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of integer instructions: arithmetic, jumps, memory, atomics."""
import model as m
from case import (Address, BARE, EDGES, LOADS, LOAD_MISALIGNED, LOAD_PAGE,
                  NOWHERE, PAGED, READ_ONLY, STORES, STORE_MISALIGNED,
                  STORE_PAGE, UNMAPPED, WINDOW, X, access, loaded, operands,
                  pattern, r_type, reg_reg, stored)


def integer(c):
    for name, function in m.BINARY.items():
        rnd = c.random(name)
        code = reg_reg(name, "a0", "a1", "a2")
        for a, b in operands(rnd, 2):
            c.add(code, {"a1": a, "a2": b}, {"a0": function(a, b)})
        # Other registers: the same ones, x0, the last ones.
        a, b = rnd.getrandbits(64), rnd.getrandbits(64)
        c.add(reg_reg(name, "a1", "a1", "a2"), {"a1": a, "a2": b},
              {"a1": function(a, b)})
        c.add(reg_reg(name, "a2", "a1", "a2"), {"a1": a, "a2": b},
              {"a2": function(a, b)})
        c.add(reg_reg(name, "t6", "t6", "t6"), {"t6": a},
              {"t6": function(a, a)})
        c.add(reg_reg(name, "zero", "a1", "a2"), {"a1": a, "a2": b})
        if name not in ("add.uw", "pack", "packw"):
            c.add(reg_reg(name, "ra", "zero", "sp"), {"sp": b},
                  {"ra": function(0, b)})
            c.add(reg_reg(name, "s11", "s10", "zero"), {"s10": a},
                  {"s11": function(a, 0)})
    for name, function in m.UNARY.items():
        if name in ("zext.b", "zext.w", "not"):
            continue            # assembled as something else
        for (a,) in operands(c.random(name), 1):
            c.add(f"{name} a0, a1", {"a1": a}, {"a0": function(a)})
        c.add(f"{name} a1, a1", {"a1": 0x80f1}, {"a1": function(0x80f1)})
        c.add(f"{name} zero, a1", {"a1": 5})
        c.add(f"{name} t5, t6", {"t6": m.M64}, {"t5": function(m.M64)})
    for name, (base, kind) in m.IMMEDIATE.items():
        function = m.BINARY_IMMEDIATE.get(name) or m.BINARY[base]
        rnd = c.random(name)
        values = [0, 1, -1, 2047, -2048, 255, -256, 0x555] if kind == "i" \
            else [0, 1, 7, 8, 31] + ([32, 33, 63] if kind == 6 else [16])
        for imm in values:
            for (a,) in operands(rnd, 1):
                c.add(f"{name} a0, a1, {imm}", {"a1": a},
                      {"a0": function(a, imm & m.M64)})
        c.add(f"{name} t6, t6, {values[-1]}", {"t6": 0x8000000080000001},
              {"t6": function(0x8000000080000001, values[-1] & m.M64)})
        c.add(f".option norvc\n{name} zero, a1, {values[3]}", {"a1": 77})
    for imm in (0, 1, 0x7ffff, 0x80000, 0xfffff, 0x12345):
        value = m.sx32(imm << 12)
        c.add(f".option norvc\nlui a0, {imm:#x}", {}, {"a0": value})
        c.add(f"auipc a0, {imm:#x}", {}, {"a0": Address("start", value)})
    c.add(".option norvc\nlui zero, 5")
    c.add("auipc zero, 5")


def branches(c):
    for name, taken in m.BRANCH.items():
        for a, b in operands(c.random(name), 2):
            # Forward; an EBREAK stands behind the branch.
            c.add(f"{name} a1, a2, 1f\nebreak\n1:", {"a1": a, "a2": b},
                  epc=Address("end") if taken(a, b) else Address("start", 4))
        for a, b in ((1, 1), (1, 2), (m.M64, 1)):
            c.add(f"j 2f\n1: j 3f\n2: {name} a1, a2, 1b\nno@: ebreak\n"
                  "3:", {"a1": a, "a2": b},
                  epc=Address("end" if taken(a, b) else "no@"))
        c.add(f"{name} zero, zero, 1f\nebreak\n1:",
              epc=Address("end") if taken(0, 0) else Address("start", 4))
        # Far: the target is on another page; not taken goes straight on.
        c.add(f"{name} a1, a2, 1f\nebreak\n.skip 4000\n1:",
              {"a1": 1, "a2": 1},
              epc=Address("end") if taken(1, 1) else Address("start", 4))
    for gap in (0, 64, 3000, 5000, 40000):
        c.add(f".option norvc\njal a0, 1f\nebreak\n.skip {gap}\n1:", {},
              {"a0": Address("start", 4)})
        c.add(f".option norvc\njal zero, 1f\nebreak\n.skip {gap}\n1:")
    c.add("j 2f\n1: j 3f\n2: .option norvc\nb@: jal ra, 1b\nebreak\n3:",
          {}, {"ra": Address("b@", 4)})
    for offset in (0, 4, -4, 2047, -2048):
        c.add(f".option norvc\njalr a0, {offset}(a1)\nebreak",
              {"a1": Address("end", -offset)}, {"a0": Address("start", 4)})
    c.add(".option norvc\njalr a1, 0(a1)\nebreak", {"a1": Address("end")},
          {"a1": Address("start", 4)})
    c.add(".option norvc\njalr zero, 0(a1)\nebreak", {"a1": Address("end")})
    # Bit 0 of the sum is dropped.
    c.add(".option norvc\njalr a0, 1(a1)\nebreak", {"a1": Address("end")},
          {"a0": Address("start", 4)})
    c.add(".option norvc\njalr a0, 0(a1)\nebreak", {"a1": Address("end", 1)},
          {"a0": Address("start", 4)})
    # To where nothing may be executed: the trap is that of the target.
    c.add(".option norvc\njalr a0, 0(a1)", {"a1": 0x4000000000},
          {"a0": Address("start", 4)}, modes=PAGED, cause=12,
          epc=0x4000000000, tval=0x4000000000)
    c.add(".option norvc\njalr a0, 0(a1)", {"a1": 0x8}, {
        "a0": Address("start", 4)}, modes=BARE, cause=1, epc=8, tval=8)


def memory(c):
    nowhere = NOWHERE
    for name, (size, signed) in LOADS.items():
        for offset in range(0, WINDOW - size + 1):
            access(c, f".option norvc\n{name} a0, 0(a1)", offset, size,
                   {"outs": {"a0": loaded(offset, size, signed)}}, LOAD_PAGE,
                   {}, UNMAPPED)
        for imm in (1, -8, 2047, -2048):
            c.add(f"{name} a0, {imm}(a1)", {"a1": Address("window", 8 - imm)},
                  {"a0": loaded(8, size, signed)})
        c.add(f".option norvc\n{name} a1, 0(a1)", {"a1": Address("window")},
              {"a1": loaded(0, size, signed)})
        c.add(f"{name} zero, 0(a1)", {"a1": Address("window")})
        c.add(f".option norvc\n{name} a0, 8(a1)", {"a1": nowhere - 8},
              modes=PAGED, cause=LOAD_PAGE, epc=Address("start"), tval=nowhere)
        c.add(f".option norvc\n{name} a1, 8(a1)", {"a1": nowhere - 8},
              modes=BARE, cause=5, epc=Address("start"), tval=nowhere)
        # Not canonical: the upper bits are no sign extension.
        c.add(f".option norvc\n{name} a0, 0(a1)", {"a1": 1 << 40},
              modes=PAGED, cause=LOAD_PAGE, epc=Address("start"), tval=1 << 40)
    value = 0x1122334455667788
    for name, size in STORES.items():
        for offset in range(0, WINDOW - size + 1):
            access(c, f".option norvc\n{name} a2, 0(a1)", offset, size,
                   {"window": stored(offset, size, value)}, STORE_PAGE,
                   {"a2": value}, UNMAPPED | READ_ONLY)
        for imm in (1, -8, 2047, -2048):
            c.add(f"{name} a2, {imm}(a1)",
                  {"a1": Address("window", 8 - imm), "a2": value},
                  window=stored(8, size, value))
        c.add(f"{name} zero, 0(a1)", {"a1": Address("window")},
              window=stored(0, size, 0))
        c.add(f".option norvc\n{name} a2, 8(a1)", {"a1": nowhere - 8},
              modes=PAGED, cause=STORE_PAGE, epc=Address("start"),
              tval=nowhere)
        c.add(f".option norvc\n{name} a2, 8(a1)", {"a1": nowhere - 8},
              modes=BARE, cause=7, epc=Address("start"), tval=nowhere)


def amo_word(name, order, rd, rs2, rs1):
    """Zabha and Zacas, which the assembler does not know."""
    operation, size = name.split(".")
    funct5 = {"amoswap": 1, "amoadd": 0, "amoxor": 4, "amoand": 12,
              "amoor": 8, "amomin": 16, "amomax": 20, "amominu": 24,
              "amomaxu": 28, "amocas": 5}[operation]
    bits = {"": 0, ".rl": 1, ".aq": 2, ".aqrl": 3}[order]
    return r_type(funct5 << 2 | bits, X[rs2], X[rs1], "bhwdq".index(size),
                  X[rd], 0x2f)


SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}


def atomics(c):
    for operation, function in m.AMO.items():
        for suffix, size in SIZES.items():
            name = f"{operation}.{suffix}"
            known = suffix in "wd"
            bits = 8 * size

            def signed(x, bits=bits):
                return m.s64(m.sext(x, bits))

            def code(order, rd="a0", rs2="a2", name=name, known=known):
                return f"{name}{order} {rd}, {rs2}, (a1)" if known else \
                    amo_word(name, order, rd, rs2, "a1")
            rnd = c.random(name)
            for offset in (0, 32 - size, 32, 40):
                for b in EDGES + [rnd.getrandbits(64)]:
                    old = loaded(offset, size, False)
                    new = function(old, b & ((1 << bits) - 1), signed)
                    access(c, code(rnd.choice(("", ".aq", ".rl", ".aqrl"))),
                           offset, size,
                           {"outs": {"a0": m.sext(old, bits)},
                            "window": stored(offset, size, new)}, STORE_PAGE,
                           {"a2": b}, UNMAPPED | READ_ONLY)
            old = loaded(0, size, False)
            new = function(old, old, signed)
            c.add(code("", "zero", "zero"), {"a1": Address("window")}, {},
                  window=stored(0, size, function(old, 0, signed)))
            c.add(code("", "a2", "a2"),
                  {"a1": Address("window"), "a2": old},
                  {"a2": m.sext(old, bits)}, window=stored(0, size, new))
            for offset in range(1, size):
                c.add(code(""), {"a1": Address("window", offset), "a2": 1},
                      cause=STORE_MISALIGNED, epc=Address("start"),
                      tval=Address("window", offset))
    for suffix, size in SIZES.items():
        for want in (True, False):
            for offset in (0, 32):
                for rd in ("a0", "zero"):
                    old = loaded(offset, size, False)
                    seen = (old if want else old ^ 1) if rd != "zero" else 0
                    hit = want and rd != "zero"
                    outs = {"a0": m.sext(old, 8 * size)} if rd == "a0" else {}
                    ins = {"a0": seen} if rd == "a0" else {}
                    access(c, amo_word(f"amocas.{suffix}", "", rd, "a2", "a1"),
                           offset, size,
                           {"outs": outs, "window": stored(
                               offset, size, 0x5a5a5a5a5a5a5a5a)
                            if hit else None}, STORE_PAGE,
                           {"a2": 0x5a5a5a5a5a5a5a5a} | ins,
                           UNMAPPED | READ_ONLY)
    for want in (True, False):
        for offset in (0, 16, 32):
            low, high = loaded(offset, 8, False), loaded(offset + 8, 8, False)
            # rd is a0 and a1, rs2 a2 and a3, the address a4.
            c.add(amo_word("amocas.q", "", "a0", "a2", "a4"),
                  {"a0": low, "a1": high if want else 0,
                   "a4": Address("window", offset), "a2": 0x11},
                  {"a0": low, "a1": high},
                  window=stored(offset + 8, 8, pattern(X["a3"]),
                                stored(offset, 8, 0x11)) if want else None)
    c.illegal(amo_word("amocas.q", "", "a1", "a2", "a4"))
    c.illegal(amo_word("amocas.q", "", "a0", "a3", "a4"))
    for suffix in "wd":
        size = SIZES[suffix]
        for offset in (0, 32 - size, 32):
            for order in ("", ".aq", ".aqrl"):
                access(c, f"lr.{suffix}{order} a0, (a1)", offset, size,
                       {"outs": {"a0": loaded(offset, size, True)}},
                       LOAD_PAGE, {}, UNMAPPED)
            c.add(f"lr.{suffix} a0, (a1)\nsc.{suffix}.rl a3, a2, (a1)",
                  {"a1": Address("window", offset), "a2": 0x7777777777777777},
                  {"a0": loaded(offset, size, True), "a3": 0},
                  window=stored(offset, size, 0x7777777777777777))
        # Without a reservation; with one elsewhere; a second time.
        c.add(f"sc.{suffix} a0, a2, (a1)", {"a1": Address("window"), "a2": 3},
              {"a0": 1})
        c.add(f"lr.{suffix} a0, (a1)\naddi a1, a1, 8\n"
              f"sc.{suffix} a3, a2, (a1)", {"a1": Address("window")},
              {"a0": loaded(0, size, True), "a1": Address("window", 8),
               "a3": 1})
        c.add(f"lr.{suffix} a0, (a1)\nsc.{suffix} a0, a2, (a1)\n"
              f"sc.{suffix} a3, a1, (a1)",
              {"a1": Address("window"), "a2": 0x123},
              {"a0": 0, "a3": 1}, window=stored(0, size, 0x123))
        # The value has changed in between.
        c.add(f"lr.{suffix} a0, (a1)\nsw zero, 0(a1)\n"
              f"sc.{suffix} a3, a2, (a1)", {"a1": Address("window"), "a2": 5},
              {"a0": loaded(0, size, True), "a3": 1},
              window=stored(0, 4, 0))
        for offset in range(1, size):
            c.add(f"lr.{suffix} a0, (a1)", {"a1": Address("window", offset)},
                  cause=LOAD_MISALIGNED, epc=Address("start"),
                  tval=Address("window", offset))
            c.add(f"lr.{suffix} a0, (a2)\nsc.{suffix} a0, a2, (a1)",
                  {"a1": Address("window", offset), "a2": Address("window")},
                  {"a0": loaded(0, size, True)}, cause=STORE_MISALIGNED,
                  epc=Address("start", 4), tval=Address("window", offset))
    c.illegal(r_type(2 << 2, 1, 11, 2, 10, 0x2f))       # lr with rs2
