# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of floating-point instructions."""
import model as m
from case import (Address, FLAG_ANY_FS, FLAG_DIRTY, FLAG_FS_OFF, LOAD_PAGE,
                  READ_ONLY, STORE_PAGE, UNMAPPED, WINDOW, access, loaded,
                  operands, r_type, stored)


MODE_NAMES = ["rne", "rtz", "rdn", "rup", "rmm"]
NUMBERS = {"h": [], "s": [], "d": []}


def numbers(fmt):
    """Operands that are hard: zeros, limits, halves, NaNs."""
    known = NUMBERS[fmt.name]
    if known:
        return known
    one = fmt.bias << fmt.fbits
    half = one - (1 << fmt.fbits)
    positive = [0, 1, (1 << fmt.fbits) - 1, 1 << fmt.fbits,
                (1 << fmt.fbits) + 1, half - 1, half, half + 1, one - 1, one,
                one + 1, one + (1 << fmt.fbits),
                one + (1 << fmt.fbits) + (1 << (fmt.fbits - 1)),
                one + (fmt.fbits << fmt.fbits) - 1, fmt.max - 1, fmt.max,
                fmt.inf]
    known += positive + [x | fmt.sign_bit for x in positive]
    known += [fmt.nan, fmt.inf | 1, fmt.nan | fmt.sign_bit | 5]
    return known


def random_number(rnd, fmt):
    kind = rnd.randrange(4)
    if kind == 0:
        return rnd.choice(numbers(fmt))
    bits = rnd.getrandbits(fmt.width)
    if kind == 1:               # near one
        exponent = fmt.bias + rnd.randint(-3, fmt.fbits + 3)
        exponent = min(exponent, 2 * fmt.bias)
        mask = ((1 << fmt.ebits) - 1) << fmt.fbits
        bits = bits & ~mask | exponent << fmt.fbits
    if rnd.randrange(3) == 0:   # few bits set
        bits &= ~((1 << rnd.randrange(fmt.fbits)) - 1)
    return bits


def f_operands(rnd, fmt, count, pairs):
    known = numbers(fmt)
    if count == 1:
        yield from ((a,) for a in known)
    elif count == 2:
        few = known[::2] + known[-3:]
        yield from ((a, b) for a in few for b in few)
    for _ in range(pairs):
        yield tuple(random_number(rnd, fmt) for _ in range(count))


class Rounding:
    """The rounding mode of a case: in the instruction, or in frm."""

    def __init__(self, rnd):
        self.mode = rnd.choice((0, 0, 1, 2, 3, 4))
        self.static = rnd.randrange(2)
        # What frm has must not matter then, even if it is reserved.
        self.frm = rnd.choice((0, 1, 2, 3, 4, 5, 7)) if self.static else \
            self.mode
        self.before = self.frm << 5 | rnd.choice((0, 0, 31, 4))

    def text(self):
        return ", " + (MODE_NAMES[self.mode] if self.static else "dyn")

    def number(self):
        return self.mode if self.static else 7

    def fcsr(self, flags):
        return self.before, self.before | flags


def fp_word(funct7, rs2, rs1, rm, rd):
    return r_type(funct7, rs2, rs1, rm, rd, 0x53)


def add_fp(c, code, ins, outs, fcsr, flags=FLAG_DIRTY):
    c.add(code, ins, outs, fcsr=fcsr, flags=flags)


def once_per_code(c, first):
    """FS off, and reserved rounding modes, for what was added since @first."""
    seen = set()
    for case in c.list[first:]:
        name = case.code.split()[0]
        if case.code.startswith(".4byte"):
            name = case.code[:11]
        if name in seen:
            continue
        seen.add(name)
        c.illegal(case.code, flags=FLAG_FS_OFF, ins=case.ins, fcsr=(
            case.fcsr[0], case.fcsr[0]))


def arithmetic(c, fmt):
    f, first = fmt.name, len(c.list)
    box = fmt.box
    fa0, fa1, fa2 = 10, 11, 12
    for name, function in (("fadd", m.fadd), ("fsub", m.fsub),
                           ("fmul", m.fmul), ("fdiv", m.fdiv)):
        rnd = c.random(name + f)
        for a, b in f_operands(rnd, fmt, 2, 200):
            mode = Rounding(rnd)
            result, flags = function(fmt, a, b, mode.mode)
            add_fp(c, f"{name}.{f} fa0, fa1, fa2{mode.text()}",
                   {"fa1": box(a), "fa2": box(b)}, {"fa0": box(result)},
                   mode.fcsr(flags))
        for rm in (5, 6):
            funct7 = {"fadd": 0, "fsub": 4, "fmul": 8, "fdiv": 12}[name] | \
                {"s": 0, "d": 1, "h": 2}[f]
            c.illegal(fp_word(funct7, fa2, fa1, rm, fa0))
        for frm in (5, 6, 7):
            c.illegal(f"{name}.{f} fa0, fa1, fa2, dyn",
                      fcsr=(frm << 5, frm << 5))
        # Operands that are not boxed are NaNs.
        if f != "d":
            one = fmt.bias << fmt.fbits
            for a, b in ((one, box(one)), (box(one), one | 5 << 40)):
                add_fp(c, f"{name}.{f} fa0, fa1, fa2, rne",
                       {"fa1": a, "fa2": b}, {"fa0": box(fmt.nan)}, (0, 0))
    rnd = c.random("fsqrt" + f)
    for (a,) in f_operands(rnd, fmt, 1, 150):
        mode = Rounding(rnd)
        result, flags = m.fsqrt(fmt, a, mode.mode)
        add_fp(c, f"fsqrt.{f} ft11, ft0{mode.text()}", {"ft0": box(a)},
               {"ft11": box(result)}, mode.fcsr(flags))
    for name in m.FMA_SIGNS:
        rnd = c.random(name + f)
        cases = list(f_operands(rnd, fmt, 3, 300))
        few = numbers(fmt)[::4] + [fmt.nan, fmt.inf | 1, fmt.inf]
        cases += [(x, y, z) for x in few for y in few[::2] for z in few]
        for a, b, d in cases:
            mode = Rounding(rnd)
            result, flags = m.fused(name, fmt, a, b, d, mode.mode)
            add_fp(c, f"{name}.{f} fa0, fa1, fa2, fa3{mode.text()}",
                   {"fa1": box(a), "fa2": box(b), "fa3": box(d)},
                   {"fa0": box(result)}, mode.fcsr(flags))
        # a * b + c near cancellation
        for _ in range(60):
            a, b = random_number(rnd, fmt), random_number(rnd, fmt)
            if any(fmt.is_nan(x) or fmt.is_inf(x) for x in (a, b)):
                continue
            d = m.fmul(fmt, a, b, rnd.randrange(5))[0] ^ fmt.sign_bit
            mode = Rounding(rnd)
            result, flags = m.fused(name, fmt, a, b, d, mode.mode)
            add_fp(c, f"{name}.{f} fa0, fa1, fa2, fa3{mode.text()}",
                   {"fa1": box(a), "fa2": box(b), "fa3": box(d)},
                   {"fa0": box(result)}, mode.fcsr(flags))
    once_per_code(c, first)


def comparisons(c, fmt):
    f, first = fmt.name, len(c.list)
    box = fmt.box
    for name in ("fmin", "fmax", "fminm", "fmaxm"):
        rnd = c.random(name + f)
        for a, b in f_operands(rnd, fmt, 2, 60):
            result, flags = m.fminmax(name, fmt, a, b)
            code = f"{name}.{f} fa0, fa1, fa2"
            if name.endswith("m"):
                code = fp_word(0x14 | "sdh".index(f), 12, 11,
                               2 + (name == "fmaxm"), 10)
            add_fp(c, code, {"fa1": box(a), "fa2": box(b)},
                   {"fa0": box(result)}, (0, flags))
    for name in ("feq", "flt", "fle", "fleq", "fltq"):
        rnd = c.random(name + f)
        for a, b in f_operands(rnd, fmt, 2, 60):
            result, flags = m.fcompare(name, fmt, a, b)
            code = f"{name}.{f} a0, fa1, fa2"
            if name.endswith("q") and name != "feq":
                code = fp_word(0x50 | "sdh".index(f), 12, 11,
                               4 + (name == "fltq"), 10)
            add_fp(c, code, {"fa1": box(a), "fa2": box(b)}, {"a0": result},
                   (0, flags), FLAG_ANY_FS)
    for name, sign in (("fsgnj", lambda a, b: b), ("fsgnjn", lambda a, b: ~b),
                       ("fsgnjx", lambda a, b: a ^ b)):
        for a, b in f_operands(c.random(name + f), fmt, 2, 30):
            result = fmt.magnitude(a) | sign(a, b) & fmt.sign_bit
            add_fp(c, f"{name}.{f} fa0, fa1, fa2",
                   {"fa1": box(a), "fa2": box(b)}, {"fa0": box(result)},
                   (0, 0))
    for (a,) in f_operands(c.random("fclass" + f), fmt, 1, 40):
        add_fp(c, f"fclass.{f} a0, fa1", {"fa1": box(a)},
               {"a0": m.fclass(fmt, a)}, (0, 0), 0)
    if f != "d":
        add_fp(c, f"fclass.{f} a0, fa1", {"fa1": 0}, {"a0": 1 << 9}, (0, 0), 0)
        add_fp(c, f"fsgnj.{f} fa0, fa1, fa2", {"fa1": 0, "fa2": 0},
               {"fa0": box(fmt.nan)}, (0, 0))
    once_per_code(c, first)


def conversions(c, fmt):
    f, first = fmt.name, len(c.list)
    box = fmt.box
    for kind in ("w", "wu", "l", "lu"):
        rnd = c.random(kind + f)
        values = [a for (a,) in f_operands(rnd, fmt, 1, 60)]
        # Around the limits of the integers.
        for limit in (2**31, 2**32, 2**63, 2**64):
            for sign in (1, -1):
                for delta in (-1.5, -1, -0.5, -0.25, 0, 0.5, 1):
                    near, _ = fmt.round(m.Fraction(sign * limit) +
                                        m.Fraction(delta), m.RNE)
                    values.append(near)
        for delta in (0.25, 0.5, 0.75, 1.5, 2.5, -0.25, -0.5, -1.5, -2.5):
            values.append(fmt.round(m.Fraction(delta), m.RNE)[0])
        for a in values:
            mode = Rounding(rnd)
            result, flags = m.to_integer(kind, fmt, a, mode.mode)
            add_fp(c, f"fcvt.{kind}.{f} a0, fa1{mode.text()}",
                   {"fa1": box(a)}, {"a0": result}, mode.fcsr(flags),
                   FLAG_ANY_FS)
        for (a,) in operands(rnd, 1):
            exact = f == "d" and kind[0] == "w"
            mode = Rounding(rnd)
            result, flags = m.from_integer(kind, fmt, a, mode.mode)
            text = "" if exact else mode.text()
            add_fp(c, f"fcvt.{f}.{kind} fa0, a1{text}", {"a1": a},
                   {"fa0": box(result)}, mode.fcsr(flags))
    for other in m.FORMATS.values():
        if other is fmt:
            continue
        rnd = c.random(f + other.name)
        for (a,) in f_operands(rnd, other, 1, 100):
            mode = Rounding(rnd)
            result, flags = m.convert(fmt, other, a, mode.mode)
            text = mode.text() if fmt.width < other.width else ""
            add_fp(c, f"fcvt.{f}.{other.name} fa0, fa1{text}",
                   {"fa1": other.box(a)}, {"fa0": box(result)},
                   mode.fcsr(flags))
    once_per_code(c, first)


def moves(c, fmt):
    f = fmt.name
    letter = {"h": "h", "s": "w", "d": "d"}[f]
    size = fmt.width // 8
    for (a,) in operands(c.random("fmv" + f), 1):
        add_fp(c, f"fmv.x.{letter} a0, fa1", {"fa1": a},
               {"a0": m.sext(a, fmt.width)}, (0, 0), 0)
        add_fp(c, f"fmv.{letter}.x fa0, a1", {"a1": a},
               {"fa0": fmt.box(a & ((1 << fmt.width) - 1))}, (0, 0))
    value = 0x1122334455667788
    for offset in range(0, WINDOW - size + 1):
        access(c, f".option norvc\nfl{letter} fa0, 0(a1)", offset, size,
               {"outs": {"fa0": fmt.box(loaded(offset, size, False))},
                "flags": FLAG_DIRTY}, LOAD_PAGE, {}, UNMAPPED)
        access(c, f".option norvc\nfs{letter} fa2, 0(a1)", offset, size,
               {"window": stored(offset, size, value)}, STORE_PAGE,
               {"fa2": value}, UNMAPPED | READ_ONLY)
    for imm in (2047, -2048):
        at = Address("window", -imm)
        c.add(f"fl{letter} ft11, {imm}(a1)", {"a1": at},
              {"ft11": fmt.box(loaded(0, size, False))}, flags=FLAG_DIRTY)
        c.add(f"fs{letter} ft11, {imm}(a1)", {"a1": at, "ft11": value},
              window=stored(0, size, value))
    for code in (f".option norvc\nfl{letter} fa0, 0(a1)",
                 f".option norvc\nfs{letter} fa0, 0(a1)"):
        c.illegal(code, flags=FLAG_FS_OFF, ins={"a1": Address("window")})
    for code in (f"fmv.x.{letter} a0, fa1", f"fmv.{letter}.x fa0, a1"):
        c.illegal(code, flags=FLAG_FS_OFF)


def zfa(c, fmt):
    f, first = fmt.name, len(c.list)
    which = "sdh".index(f)
    for index in range(32):
        add_fp(c, fp_word(0x78 | which, 1, index, 0, 10), {},
               {"fa0": fmt.box(m.fli(fmt, index))}, (0, 0))
    rnd = c.random("fround" + f)
    halves = [fmt.round(m.Fraction(n, 4), m.RNE)[0] for n in range(-14, 15)]
    for (a,) in list(f_operands(rnd, fmt, 1, 100)) + [(h,) for h in halves]:
        for rs2, exact in ((4, False), (5, True)):
            mode = Rounding(rnd)
            result, flags = m.fround(fmt, a, mode.mode, exact)
            add_fp(c, fp_word(0x20 | which, rs2, 11, mode.number(), 10),
                   {"fa1": fmt.box(a)}, {"fa0": fmt.box(result)},
                   mode.fcsr(flags))
    if f == "d":
        values = [a for (a,) in f_operands(rnd, fmt, 1, 300)]
        values += [fmt.round(m.Fraction(s * 2**n + d), m.RNE)[0]
                   for n in (31, 32, 33, 52, 53, 63, 83, 84, 85)
                   for s in (1, -1) for d in (-1, m.Fraction(-1, 2), 0, 1)]
        for a in values:
            result, flags = m.fcvtmod(a)
            add_fp(c, fp_word(0x61, 8, 11, 1, 10), {"fa1": a}, {"a0": result},
                   (0, flags), FLAG_ANY_FS)
    once_per_code(c, first)


def floating(c):
    for fmt in m.FORMATS.values():
        arithmetic(c, fmt)
        comparisons(c, fmt)
        conversions(c, fmt)
        moves(c, fmt)
        zfa(c, fmt)
