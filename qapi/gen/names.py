# SPDX-License-Identifier: GPL-2.0-or-later
"""Names: what the schema allows, and what becomes of them in C."""
import re

# Words that C, its dialects and C++ know, or that headers define as macros:
# as an identifier they get the prefix q_.
RESERVED = frozenset("""
    auto break case char const continue default do double else enum extern
    float for goto if int long register return short signed sizeof static
    struct switch typedef union unsigned void volatile while
    inline restrict _Bool _Complex _Imaginary
    _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local
    asm typeof
    bool catch class const_cast delete dynamic_cast explicit false friend
    mutable namespace new operator private protected public reinterpret_cast
    static_cast template this throw true try typeid typename using virtual
    wchar_t
    and and_eq bitand bitor compl not not_eq or or_eq xor xor_eq
    unix errno mips sparc i386 linux
""".split())

# An optional prefix of whoever extends the schema downstream, an optional mark
# of what is experimental, then the name.
# Names of enum values may begin with a digit.
PREFIX = r"(?:__[a-z0-9.-]+_)?(?:x-)?"
NAME = re.compile(PREFIX + r"([a-z][a-z0-9_-]*)$", re.IGNORECASE)
VALUE_NAME = re.compile(PREFIX + r"([a-z0-9][a-z0-9_-]*)$", re.IGNORECASE)
CAMEL_CASE = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$")


def stem(name, is_value=False):
    """@name without its prefixes, or None if it is no name."""
    found = (VALUE_NAME if is_value else NAME).match(name)
    if not found or c_name(name, False).startswith("q_"):
        return None
    return found.group(1)


def c_name(name, protect=True):
    """@name as a C identifier. @protect: it stands alone, and must not be a
    reserved word or begin with a digit."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", name)
    if protect and (name in RESERVED or name[:1].isdigit()):
        return "q_" + name
    return name


def c_upper(name):
    """CamelCase as C constants have it: CAMEL_CASE. A run of capitals is one
    word, whose last letter begins the next word if a small one follows; but
    one capital by itself at the beginning is no word (QCryptoFoo)."""
    name = c_name(name, False)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    name = re.sub(r"(?<=[A-Za-z0-9][A-Z])(?=[A-Z][a-z])", "_", name)
    return name.upper().lstrip("_")


def c_const(type_name, value, prefix=None):
    """The constant for @value of an enum type."""
    if prefix is None:
        prefix = c_upper(type_name)
    return prefix + "_" + c_name(value, False).upper()


def guard(path):
    """The macro that keeps the header @path from being included twice."""
    return c_name(path, False).upper()
