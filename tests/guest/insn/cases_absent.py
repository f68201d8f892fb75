# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of extensions that the CPU does not have: all are illegal."""
import re

from case import Cases, word

# What the CPU of this run still has, and how to ask for that.
PRESENT = {"F", "D", "Zca", "Zcd", "Zicsr", "Zifencei"}
CPU = ("rv64,m=off,a=off,zba=off,zbb=off,zbc=off,zbs=off,zawrs=off,zfa=off,"
       "zicbom=off,zicbop=off,zicboz=off,zicond=off,svinval=off,"
       "zihintpause=off,zmmul=off,zaamo=off,zalrsc=off")


def present(entry):
    """Whether the CPU has the instruction of a line of the tables."""
    if not entry["when"]:
        return True
    text = re.sub(r"\w+", lambda name: str(name[0] in PRESENT),
                  entry["when"])
    return eval(text.replace("!", " not ")        # pylint: disable=eval-used
                .replace("|", " or ").replace("&", " and "))


def absent(seed, tables):
    c = Cases(seed)
    for entry in tables:
        if present(entry):
            continue
        rnd = c.random(entry["where"])
        for _ in range(4):
            bits = rnd.getrandbits(entry["width"])
            bits = bits & ~entry["mask"] | entry["match"]
            # It may mean something else then: a hint, a wider instruction.
            if any(other["width"] == entry["width"] and present(other) and
                   bits & other["mask"] == other["match"]
                   for other in tables):
                continue
            c.illegal(word(bits) if entry["width"] == 32 else
                      f".2byte {bits:#x}")
    return c.list
