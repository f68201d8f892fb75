# SPDX-License-Identifier: GPL-2.0-or-later
"""All cases."""
from case import Cases
from cases_aligned import align4
from cases_compressed import compressed
from cases_float import floating
from cases_integer import atomics, branches, integer, memory
from cases_sequence import exact_traps, fused, sequences
from cases_system import cache_blocks, csrs, may_be, system


def everything(seed, pairs):
    c = Cases(seed)
    fused(c, pairs)
    for part in (integer, branches, memory, atomics, compressed, system, csrs,
                 cache_blocks, may_be, floating, exact_traps, sequences):
        part(c)
    c.thin(5)
    return c.list


def aligned_only(seed):
    c = Cases(seed)
    align4(c)
    return c.list
