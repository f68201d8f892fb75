# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases for a CPU that has no 16-bit instructions."""
import model as m
from case import (Address, word)


def align4(c):
    """Without 16-bit instructions: jumps to the middle of a word trap."""
    for name, taken in m.BRANCH.items():
        for a, b in ((1, 1), (1, 2), (m.M64, 0)):
            # The branch by 6 of the base format.
            funct3 = {"beq": 0, "bne": 1, "blt": 4, "bge": 5, "bltu": 6,
                      "bgeu": 7}[name]
            bits = 0x63 | funct3 << 12 | 11 << 15 | 12 << 20 | 6 << 7
            if taken(a, b):
                c.add(word(bits), {"a1": a, "a2": b}, cause=0,
                      epc=Address("start"), tval=Address("start", 6))
            else:
                c.add(word(bits), {"a1": a, "a2": b})
            c.add(word(bits & ~(6 << 7) | 8 << 7) + "\nebreak",
                  {"a1": a, "a2": b}, epc=Address("end") if taken(a, b)
                  else Address("start", 4))
    c.add(word(0x0060056f), cause=0, epc=Address("start"),
          tval=Address("start", 6))                     # jal a0, .+6
    c.add(word(0x0080056f) + "\nebreak", {}, {"a0": Address("start", 4)})
    c.add("jalr a0, 0(a1)", {"a1": Address("end", 2)}, cause=0,
          epc=Address("start"), tval=Address("end", 2))
    c.add("jalr a0, 0(a1)\nebreak", {"a1": Address("end", 1)},
          {"a0": Address("start", 4)})
    c.illegal(".2byte 0x4501, 0x4501")
    for name in ("add", "mul", "div"):
        c.add(f"{name} a0, a1, a2", {"a1": 77, "a2": 5},
              {"a0": m.BINARY[name](77, 5)})
