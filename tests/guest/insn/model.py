# SPDX-License-Identifier: GPL-2.0-or-later
"""What RISC-V instructions compute, from the manuals, on Python's integers.

Integers are unsigned 64-bit register values. Floating-point numbers are bit
patterns; arithmetic is exact on fractions and then rounded once.
"""
from fractions import Fraction
from math import isqrt

M64 = (1 << 64) - 1
M32 = (1 << 32) - 1


def s64(x):
    return (x & M64) - ((x & M64) >> 63 << 64)


def s32(x):
    return (x & M32) - ((x & M32) >> 31 << 32)


def sext(x, bits):
    x &= (1 << bits) - 1
    return (x - (x >> (bits - 1) << bits)) & M64


def sx32(x):
    return sext(x, 32)


def divide(a, b, bits):
    """Quotient and remainder of signed numbers, towards zero."""
    if b == 0:
        return -1, a
    q = abs(a) // abs(b)
    if (a < 0) != (b < 0):
        q = -q
    return q, a - q * b


def clz(x, bits):
    return bits - x.bit_length()


def ctz(x, bits):
    return (x & -x).bit_length() - 1 if x else bits


def rotate_left(x, n, bits):
    mask = (1 << bits) - 1
    x &= mask
    n %= bits
    return (x << n | x >> (bits - n)) & mask


def by_bytes(x, function):
    return int.from_bytes(bytes(function(b) for b in x.to_bytes(8, "little")),
                          "little")


def carryless(a, b):
    product = 0
    for i in range(64):
        if b >> i & 1:
            product ^= a << i
    return product


def xperm(a, b, width):
    out, mask = 0, (1 << width) - 1
    for i in range(0, 64, width):
        index = b >> i & mask
        if index < 64 // width:
            out |= (a >> index * width & mask) << i
    return out


# rd of register-register instructions.
BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "sll": lambda a, b: a << (b & 63),
    "slt": lambda a, b: int(s64(a) < s64(b)),
    "sltu": lambda a, b: int(a < b),
    "xor": lambda a, b: a ^ b,
    "srl": lambda a, b: a >> (b & 63),
    "sra": lambda a, b: s64(a) >> (b & 63),
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "addw": lambda a, b: sx32(a + b),
    "subw": lambda a, b: sx32(a - b),
    "sllw": lambda a, b: sx32(a << (b & 31)),
    "srlw": lambda a, b: sx32((a & M32) >> (b & 31)),
    "sraw": lambda a, b: s32(a) >> (b & 31),
    "mul": lambda a, b: a * b,
    "mulh": lambda a, b: s64(a) * s64(b) >> 64,
    "mulhsu": lambda a, b: s64(a) * b >> 64,
    "mulhu": lambda a, b: a * b >> 64,
    "div": lambda a, b: divide(s64(a), s64(b), 64)[0],
    "divu": lambda a, b: a // b if b else M64,
    "rem": lambda a, b: divide(s64(a), s64(b), 64)[1],
    "remu": lambda a, b: a % b if b else a,
    "mulw": lambda a, b: sx32(a * b),
    "divw": lambda a, b: sx32(divide(s32(a), s32(b), 32)[0]),
    "divuw": lambda a, b: sx32((a & M32) // (b & M32)) if b & M32 else M64,
    "remw": lambda a, b: sx32(divide(s32(a), s32(b), 32)[1]),
    "remuw": lambda a, b: sx32((a & M32) % (b & M32) if b & M32 else a),
    "add.uw": lambda a, b: (a & M32) + b,
    "sh1add": lambda a, b: (a << 1) + b,
    "sh2add": lambda a, b: (a << 2) + b,
    "sh3add": lambda a, b: (a << 3) + b,
    "sh1add.uw": lambda a, b: ((a & M32) << 1) + b,
    "sh2add.uw": lambda a, b: ((a & M32) << 2) + b,
    "sh3add.uw": lambda a, b: ((a & M32) << 3) + b,
    "andn": lambda a, b: a & ~b,
    "orn": lambda a, b: a | ~b,
    "xnor": lambda a, b: ~(a ^ b),
    "max": lambda a, b: max(s64(a), s64(b)),
    "maxu": max,
    "min": lambda a, b: min(s64(a), s64(b)),
    "minu": min,
    "rol": lambda a, b: rotate_left(a, b & 63, 64),
    "ror": lambda a, b: rotate_left(a, -b & 63, 64),
    "rolw": lambda a, b: sx32(rotate_left(a, b & 31, 32)),
    "rorw": lambda a, b: sx32(rotate_left(a, -b & 31, 32)),
    "clmul": carryless,
    "clmulh": lambda a, b: carryless(a, b) >> 64,
    "clmulr": lambda a, b: carryless(a, b) >> 63,
    "bclr": lambda a, b: a & ~(1 << (b & 63)),
    "bext": lambda a, b: a >> (b & 63) & 1,
    "binv": lambda a, b: a ^ 1 << (b & 63),
    "bset": lambda a, b: a | 1 << (b & 63),
    "pack": lambda a, b: a & M32 | b << 32,
    "packh": lambda a, b: a & 0xff | (b & 0xff) << 8,
    "packw": lambda a, b: sx32(a & 0xffff | (b & 0xffff) << 16),
    "xperm4": lambda a, b: xperm(a, b, 4),
    "xperm8": lambda a, b: xperm(a, b, 8),
    "czero.eqz": lambda a, b: a if b else 0,
    "czero.nez": lambda a, b: 0 if b else a,
}

UNARY = {
    "clz": lambda a: clz(a, 64),
    "ctz": lambda a: ctz(a, 64),
    "cpop": lambda a: bin(a).count("1"),
    "clzw": lambda a: clz(a & M32, 32),
    "ctzw": lambda a: ctz(a & M32, 32),
    "cpopw": lambda a: bin(a & M32).count("1"),
    "sext.b": lambda a: sext(a, 8),
    "sext.h": lambda a: sext(a, 16),
    "zext.h": lambda a: a & 0xffff,
    "orc.b": lambda a: by_bytes(a, lambda b: 255 if b else 0),
    "rev8": lambda a: int.from_bytes(a.to_bytes(8, "little"), "big"),
    "brev8": lambda a: by_bytes(a, lambda b: int(f"{b:08b}"[::-1], 2)),
    "zext.b": lambda a: a & 0xff,
    "zext.w": lambda a: a & M32,
    "not": lambda a: ~a,
}

# Immediate forms: which register form, and the immediates that they have.
IMMEDIATE = {
    "addi": ("add", "i"), "slti": ("slt", "i"), "sltiu": ("sltu", "i"),
    "xori": ("xor", "i"), "ori": ("or", "i"), "andi": ("and", "i"),
    "addiw": ("addw", "i"), "slli": ("sll", 6), "srli": ("srl", 6),
    "srai": ("sra", 6), "slliw": ("sllw", 5), "srliw": ("srlw", 5),
    "sraiw": ("sraw", 5), "rori": ("ror", 6), "roriw": ("rorw", 5),
    "bclri": ("bclr", 6), "bexti": ("bext", 6), "binvi": ("binv", 6),
    "bseti": ("bset", 6), "slli.uw": (None, 6),
}
BINARY_IMMEDIATE = {"slli.uw": lambda a, b: (a & M32) << b}

BRANCH = {
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: s64(a) < s64(b),
    "bge": lambda a, b: s64(a) >= s64(b),
    "bltu": lambda a, b: a < b,
    "bgeu": lambda a, b: a >= b,
}

# What an atomic operation leaves in memory; values of the access's width.
AMO = {
    "amoswap": lambda old, new, signed: new,
    "amoadd": lambda old, new, signed: old + new,
    "amoxor": lambda old, new, signed: old ^ new,
    "amoand": lambda old, new, signed: old & new,
    "amoor": lambda old, new, signed: old | new,
    "amomin": lambda old, new, signed: min(old, new, key=signed),
    "amomax": lambda old, new, signed: max(old, new, key=signed),
    "amominu": lambda old, new, signed: min(old, new),
    "amomaxu": lambda old, new, signed: max(old, new),
}


# ---- floating point --------------------------------------------------------

NX, UF, OF, DZ, NV = 1, 2, 4, 8, 16
RNE, RTZ, RDN, RUP, RMM = range(5)


class Format:
    """An IEEE 754 binary format; numbers are (sign, value) or special."""

    def __init__(self, name, exponent, fraction):
        self.name, self.ebits, self.fbits = name, exponent, fraction
        self.width = 1 + exponent + fraction
        self.bias = (1 << (exponent - 1)) - 1
        self.emin = 1 - self.bias
        self.emax = self.bias
        self.inf = ((1 << exponent) - 1) << fraction
        self.nan = self.inf | 1 << (fraction - 1)
        self.sign_bit = 1 << (self.width - 1)
        self.max = self.inf - 1

    def sign(self, x):
        return x >> (self.width - 1) & 1

    def magnitude(self, x):
        return x & (self.sign_bit - 1)

    def is_nan(self, x):
        return self.magnitude(x) > self.inf

    def is_snan(self, x):
        return self.is_nan(x) and not x >> (self.fbits - 1) & 1

    def is_inf(self, x):
        return self.magnitude(x) == self.inf

    def is_zero(self, x):
        return self.magnitude(x) == 0

    def value(self, x):
        """The finite number as a fraction."""
        exponent = self.magnitude(x) >> self.fbits
        fraction = x & ((1 << self.fbits) - 1)
        if exponent:
            fraction |= 1 << self.fbits
        else:
            exponent = 1
        value = Fraction(fraction) * \
            Fraction(2) ** (exponent - self.bias - self.fbits)
        return -value if self.sign(x) else value

    def box(self, x):
        """As a register holds it."""
        return x | M64 >> self.width << self.width

    def unbox(self, register):
        x = register & ((1 << self.width) - 1)
        return x if self.box(x) == register else self.nan

    def round(self, value, mode, zero_sign=0):
        """A fraction as bits and flags."""
        if value == 0:
            return zero_sign * self.sign_bit, 0
        sign = int(value < 0)
        value = abs(value)
        exponent = floor_log2(value)
        # Tininess is seen after rounding, as if exponents had no limit.
        free, _ = round_integer(
            value / Fraction(2) ** (exponent - self.fbits), sign, mode)
        tiny = Fraction(free) * Fraction(2) ** (exponent - self.fbits) < \
            Fraction(2) ** self.emin
        quantum = max(exponent, self.emin) - self.fbits
        number, inexact = round_integer(value / Fraction(2) ** quantum, sign,
                                        mode)
        flags = NX if inexact else 0
        if inexact and tiny:
            flags |= UF
        limit = (2 - Fraction(2) ** -self.fbits) * Fraction(2) ** self.emax
        if number * Fraction(2) ** quantum > limit:
            to_inf = mode in (RNE, RMM) or mode == (RDN if sign else RUP)
            return sign * self.sign_bit | (self.inf if to_inf else self.max), \
                OF | NX
        if number >> self.fbits:
            while number >> (self.fbits + 1):
                number >>= 1
                quantum += 1
            biased = quantum + self.fbits + self.bias
            bits = biased << self.fbits | number & ((1 << self.fbits) - 1)
        else:
            bits = number
        return sign * self.sign_bit | bits, flags


def floor_log2(value):
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    return exponent if Fraction(2) ** exponent <= value else exponent - 1


def round_integer(value, sign, mode):
    """A positive fraction to an integer; whether that was inexact."""
    number = value.numerator // value.denominator
    rest = value - number
    if rest == 0:
        return number, False
    half = Fraction(1, 2)
    if mode == RNE:
        up = rest > half or rest == half and number & 1
    elif mode == RMM:
        up = rest >= half
    elif mode == RTZ:
        up = False
    else:
        up = mode == (RDN if sign else RUP)
    return number + int(bool(up)), True


HALF, SINGLE, DOUBLE = (Format("h", 5, 10), Format("s", 8, 23),
                        Format("d", 11, 52))
FORMATS = {"h": HALF, "s": SINGLE, "d": DOUBLE}


def nan_result(fmt, *operands):
    """The result if an operand is a NaN, else None."""
    if any(fmt.is_nan(x) for x in operands):
        return fmt.nan, NV if any(fmt.is_snan(x) for x in operands) else 0
    return None


def fadd(fmt, a, b, mode):
    nan = nan_result(fmt, a, b)
    if nan:
        return nan
    if fmt.is_inf(a) or fmt.is_inf(b):
        if fmt.is_inf(a) and fmt.is_inf(b) and a != b:
            return fmt.nan, NV
        return (a if fmt.is_inf(a) else b), 0
    zero_sign = fmt.sign(a) if fmt.sign(a) == fmt.sign(b) and \
        fmt.is_zero(a) and fmt.is_zero(b) else int(mode == RDN)
    return fmt.round(fmt.value(a) + fmt.value(b), mode, zero_sign)


def fsub(fmt, a, b, mode):
    nan = nan_result(fmt, a, b)
    return nan or fadd(fmt, a, b ^ fmt.sign_bit, mode)


def fmul(fmt, a, b, mode):
    nan = nan_result(fmt, a, b)
    if nan:
        return nan
    sign = fmt.sign(a) ^ fmt.sign(b)
    if fmt.is_inf(a) or fmt.is_inf(b):
        if fmt.is_zero(a) or fmt.is_zero(b):
            return fmt.nan, NV
        return sign * fmt.sign_bit | fmt.inf, 0
    return fmt.round(fmt.value(a) * fmt.value(b), mode, sign)


def fdiv(fmt, a, b, mode):
    nan = nan_result(fmt, a, b)
    if nan:
        return nan
    sign = fmt.sign(a) ^ fmt.sign(b)
    if fmt.is_inf(a):
        return (fmt.nan, NV) if fmt.is_inf(b) else \
            (sign * fmt.sign_bit | fmt.inf, 0)
    if fmt.is_inf(b):
        return sign * fmt.sign_bit, 0
    if fmt.is_zero(b):
        return (fmt.nan, NV) if fmt.is_zero(a) else \
            (sign * fmt.sign_bit | fmt.inf, DZ)
    return fmt.round(fmt.value(a) / fmt.value(b), mode, sign)


def fsqrt(fmt, a, mode):
    nan = nan_result(fmt, a)
    if nan:
        return nan
    if fmt.is_zero(a):
        return a, 0
    if fmt.sign(a):
        return fmt.nan, NV
    if fmt.is_inf(a):
        return a, 0
    scale = 200
    value = fmt.value(a) * 4 ** (scale + 1100)
    number = value.numerator // value.denominator
    root = isqrt(number)
    exact = root * root == number and value.denominator == 1
    # Not exact: between two multiples of a unit far below the last place.
    result = Fraction(2 * root + int(not exact), 2) / 2 ** (scale + 1100)
    return fmt.round(result, mode)


def fma(fmt, a, b, c, mode):
    """a * b + c, rounded once."""
    invalid = (fmt.is_inf(a) and fmt.is_zero(b)) or \
        (fmt.is_zero(a) and fmt.is_inf(b))
    nan = nan_result(fmt, a, b, c)
    if nan:
        return nan[0], nan[1] | (NV if invalid else 0)
    if invalid:
        return fmt.nan, NV
    sign = fmt.sign(a) ^ fmt.sign(b)
    if fmt.is_inf(a) or fmt.is_inf(b):
        if fmt.is_inf(c) and fmt.sign(c) != sign:
            return fmt.nan, NV
        return sign * fmt.sign_bit | fmt.inf, 0
    if fmt.is_inf(c):
        return c, 0
    product = fmt.value(a) * fmt.value(b)
    zero_sign = sign if product == 0 and fmt.is_zero(c) and \
        sign == fmt.sign(c) else int(mode == RDN)
    return fmt.round(product + fmt.value(c), mode, zero_sign)


FMA_SIGNS = {"fmadd": (0, 0), "fmsub": (0, 1), "fnmsub": (1, 0),
             "fnmadd": (1, 1)}


def fused(name, fmt, a, b, c, mode):
    product, addend = FMA_SIGNS[name]
    return fma(fmt, a ^ product * fmt.sign_bit, b, c ^ addend * fmt.sign_bit,
               mode)


def order(fmt, a):
    """Sorts numbers, -0 before +0."""
    return -fmt.magnitude(a) - 1 if fmt.sign(a) else fmt.magnitude(a)


def fminmax(name, fmt, a, b):
    flags = NV if fmt.is_snan(a) or fmt.is_snan(b) else 0
    quiet = name in ("fmin", "fmax")
    if fmt.is_nan(a) or fmt.is_nan(b):
        if not quiet or fmt.is_nan(a) and fmt.is_nan(b):
            return fmt.nan, flags
        return (b if fmt.is_nan(a) else a), flags
    pick = min if name.startswith("fmin") else max
    return pick(a, b, key=lambda x: order(fmt, x)), flags


def fcompare(name, fmt, a, b):
    if fmt.is_nan(a) or fmt.is_nan(b):
        loud = name in ("flt", "fle")
        return 0, NV if loud or fmt.is_snan(a) or fmt.is_snan(b) else 0

    def key(x):
        return -fmt.magnitude(x) if fmt.sign(x) else fmt.magnitude(x)
    a, b = key(a), key(b)
    if name == "feq":
        return int(a == b), 0
    return int(a < b if name.startswith("flt") else a <= b), 0


def fclass(fmt, a):
    sign = fmt.sign(a)
    if fmt.is_nan(a):
        return 1 << (8 if fmt.is_snan(a) else 9)
    if fmt.is_inf(a):
        return 1 << (0 if sign else 7)
    if fmt.is_zero(a):
        return 1 << (3 if sign else 4)
    if fmt.magnitude(a) >> fmt.fbits:
        return 1 << (1 if sign else 6)
    return 1 << (2 if sign else 5)


def round_signed(value, mode):
    number, inexact = round_integer(abs(value), int(value < 0), mode)
    return (-number if value < 0 else number), inexact


def to_integer(kind, fmt, a, mode):
    """fcvt.w, wu, l, lu: the register and flags."""
    bits = 32 if kind[0] == "w" else 64
    low, high = (0, (1 << bits) - 1) if kind.endswith("u") else \
        (-1 << (bits - 1), (1 << (bits - 1)) - 1)
    if fmt.is_nan(a):
        number, flags = high, NV
    elif fmt.is_inf(a):
        number, flags = (low if fmt.sign(a) else high), NV
    else:
        number, inexact = round_signed(fmt.value(a), mode)
        flags = NX if inexact else 0
        if number < low or number > high:
            number, flags = (low if number < low else high), NV
    return sext(number, bits), flags


def from_integer(kind, fmt, register, mode):
    bits = 32 if kind[0] == "w" else 64
    number = register & ((1 << bits) - 1)
    if not kind.endswith("u"):
        number = s64(sext(number, bits))
    return fmt.round(Fraction(number), mode)


def convert(target, source, a, mode):
    if source.is_nan(a):
        return target.nan, NV if source.is_snan(a) else 0
    if source.is_inf(a):
        return source.sign(a) * target.sign_bit | target.inf, 0
    return target.round(source.value(a), mode, source.sign(a))


def fround(fmt, a, mode, exact_flag):
    nan = nan_result(fmt, a)
    if nan:
        return nan
    if fmt.is_inf(a):
        return a, 0
    number, inexact = round_signed(fmt.value(a), mode)
    bits, _ = fmt.round(Fraction(number), RTZ, fmt.sign(a))
    return bits, NX if inexact and exact_flag else 0


def fcvtmod(a):
    if DOUBLE.is_nan(a) or DOUBLE.is_inf(a):
        return 0, NV
    number, inexact = round_signed(DOUBLE.value(a), RTZ)
    if not -1 << 31 <= number < 1 << 31:
        return sx32(number), NV
    return sx32(number), NX if inexact else 0


# fli: the values in the manual's order; None: the smallest normal number.
FLI = [-1.0, None, 2.0**-16, 2.0**-15, 2.0**-8, 2.0**-7, 0.0625, 0.125, 0.25,
       0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 1.75,
       2.0, 2.5, 3.0, 4.0, 8.0, 16.0, 128.0, 256.0, 2.0**15, 2.0**16,
       float("inf"), float("nan")]


def fli(fmt, index):
    value = FLI[index]
    if value is None:
        return 1 << fmt.fbits
    if index == 30:
        return fmt.inf
    if index == 31:
        return fmt.nan
    return fmt.round(Fraction(value), RNE)[0]
