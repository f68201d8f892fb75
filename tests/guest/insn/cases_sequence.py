# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of several instructions: traps, random programs, pairs."""
import model as m
from case import (Address, BARE, BEFORE, EDGES, ILLEGAL, LOADS, NOWHERE, PAGED,
                  STORES, UNKNOWN_R, UNMAPPED, WINDOW, WINDOW_AT, X, loaded,
                  operands, pattern, stored)


def exact_traps(c):
    """What stands before a trap has happened, what stands behind has not."""
    for before in (0, 1, 2, 3, 7, 62, 63, 64, 65, 126, 127, 128, 129, 200):
        for after in (0, 3):
            for rvc in ("", ".option norvc\n"):
                size = 2 if not rvc else 4
                code = rvc + "addi a0, a0, 1\n" * before
                tail = "\naddi a0, a0, 1" * after
                at = Address("start", size * before)
                nowhere = NOWHERE
                value = pattern(X["a0"]) + before
                for name, bare, paged in (("ld", 5, 13), ("lb", 5, 13),
                                          ("sd", 7, 15), ("amoadd.d", 7, 15)):
                    insn = f"{name} a2, a2, (a1)" if "amo" in name else \
                        f".option norvc\n{name} a2, 0(a1)"
                    for modes, cause in ((BARE, bare), (PAGED, paged)):
                        c.add(code + insn + tail, {"a1": nowhere},
                              {"a0": value}, modes=modes, cause=cause, epc=at,
                              tval=nowhere)
                c.add(code + ".4byte 0xffffffff" + tail, {}, {"a0": value},
                      cause=ILLEGAL, epc=at, tval="insn")
                c.add(code + "csrrw a0, 0x7ff, a0" + tail, {}, {"a0": value},
                      cause=ILLEGAL, epc=at, tval="insn")
                c.add(code + "fadd.d fa0, fa1, fa2, dyn" + tail, {},
                      {"a0": value}, cause=ILLEGAL, epc=at, tval="insn",
                      fcsr=(0xe0, 0xe0))
    # An instruction that lies on two pages, the second of which may be missing.
    insn, stop = 0x00550513, 0x00100073         # addi a0, a0, 5; ebreak
    data = stored(34, 4, stop, stored(30, 4, insn))
    write = ("sh a2, 30(a1)\nsrli a2, a2, 16\n{}sh a2, 32(a1)\n"
             "sw a3, 34(a1)\n{}fence.i\naddi a1, a1, 30\n"
             ".option norvc\njr a1")
    ins = {"a1": Address("window"), "a2": insn, "a3": stop}
    outs = {"a1": Address("window", 30), "a2": insn >> 16}
    c.add(write.format("", ""), ins, outs | {"a0": pattern(10) + 5},
          epc=Address("window", 34), window=data)
    half = stored(30, 2, insn)
    c.add("sh a2, 30(a1)\nsrli a2, a2, 16\nfence.i\naddi a1, a1, 30\n"
          ".option norvc\njr a1", ins, outs, modes=UNMAPPED, cause=12,
          epc=Address("window", 30), tval=Address("window", 32), window=half)
    # Code that changes itself, and is run before and after.
    c.add("la a3, 1f\nli a4, 3\n2: .option norvc\n1: addi a0, a0, 1\n"
          "lw a5, 0(a3)\nlui a2, 0x100\nadd a5, a5, a2\nsw a5, 0(a3)\n"
          "fence.i\naddi a4, a4, -1\nbnez a4, 2b\n"
          # Back to what it was.
          "li a2, 0x150513\nsw a2, 0(a3)\nfence.i\n"
          "li a2, 0\nli a3, 0\nli a5, 0",
          {"a2": 0, "a3": 0, "a4": 0, "a5": 0},
          {"a0": pattern(10) + 1 + 2 + 3})


def sequences(c):
    """Random programs without jumps, run by the model too."""
    rnd = c.random("sequences")
    names = ["a0", "a1", "a2", "a3"]
    binary = [n for n in m.BINARY if n not in UNKNOWN_R]
    unary = [n for n in m.UNARY if n not in ("zext.b", "zext.w", "not")]
    for _ in range(400):
        values = {n: rnd.choice(EDGES + [rnd.getrandbits(64)] * 6)
                  for n in names}
        ins, memory, code = dict(values), BEFORE, [".option norvc"] * \
            rnd.randrange(2)
        ins["a3"] = values["a3"] = Address("window", 16)
        for _ in range(rnd.randrange(2, 14)):
            kind = rnd.randrange(8)
            rd = rnd.choice(names[:3])
            rs1, rs2 = (rnd.choice(names[:3]) for _ in range(2))
            a, b = values[rs1], values[rs2]
            if kind < 3:
                name = rnd.choice(binary)
                code.append(f"{name} {rd}, {rs1}, {rs2}")
                values[rd] = m.BINARY[name](a, b) & m.M64
            elif kind == 3:
                name = rnd.choice(unary)
                code.append(f"{name} {rd}, {rs1}")
                values[rd] = m.UNARY[name](a) & m.M64
            elif kind < 6:
                name, (base, bits) = rnd.choice(list(m.IMMEDIATE.items()))
                imm = rnd.randrange(-2048, 2048) if bits == "i" else \
                    rnd.randrange(1 << bits)
                function = m.BINARY_IMMEDIATE.get(name) or m.BINARY[base]
                code.append(f"{name} {rd}, {rs1}, {imm}")
                values[rd] = function(a, imm & m.M64) & m.M64
            elif kind == 6:
                name, (size, signed) = rnd.choice(list(LOADS.items()))
                offset = rnd.randrange(0, 41)
                code.append(f"{name} {rd}, {offset - 16}(a3)")
                values[rd] = loaded(offset, size, signed, memory)
            else:
                name, size = rnd.choice(list(STORES.items()))
                offset = rnd.randrange(0, 41)
                code.append(f"{name} {rs1}, {offset - 16}(a3)")
                memory = stored(offset, size, a, memory)
        c.add("\n".join(code), ins,
              {n: values[n] for n in names[:3]}, window=memory)


class Tiny:
    """Runs a few instructions on the model."""

    def __init__(self, registers, memory=BEFORE):
        self.x = {"zero": 0} | registers
        self.memory, self.trap, self.taken = memory, None, False

    def reg(self, name):
        return self.x.get(name, pattern(X[name]))

    def write(self, name, value):
        if name != "zero":
            self.x[name] = value & m.M64

    def address(self, where, store):
        """Where in the window; None, and a trap, if it is not there."""
        where &= m.M64
        if not WINDOW_AT <= where <= WINDOW_AT + WINDOW - 8:
            self.trap = (store, where)
            return None
        return where - WINDOW_AT

    def step(self, name, operands, start=0):
        if name in ("lui", "auipc"):
            value = m.sx32(operands[1] << 12)
            self.write(operands[0], value + (start if name == "auipc" else 0))
        elif name in m.IMMEDIATE:
            base = m.IMMEDIATE[name][0]
            function = m.BINARY_IMMEDIATE.get(name) or m.BINARY[base]
            self.write(operands[0], function(self.reg(operands[1]),
                                             operands[2] & m.M64))
        elif name in m.BINARY:
            self.write(operands[0], m.BINARY[name](self.reg(operands[1]),
                                                   self.reg(operands[2])))
        elif name in m.BRANCH:
            self.taken = m.BRANCH[name](self.reg(operands[0]),
                                        self.reg(operands[1]))
        elif name in LOADS:
            at = self.address(self.reg(operands[2]) + operands[1], False)
            if at is not None:
                self.write(operands[0], loaded(at, *LOADS[name], self.memory))
        else:
            at = self.address(self.reg(operands[2]) + operands[1], True)
            if at is not None:
                self.memory = stored(at, STORES[name], self.reg(operands[0]),
                                     self.memory)


def spell(name, operands):
    if name in LOADS or name in STORES:
        return f"{name} {operands[0]}, {operands[1]}({operands[2]})"
    if name in m.BRANCH:
        return f"{name} {operands[0]}, {operands[1]}, 1f"
    return f"{name} " + ", ".join(str(o) for o in operands)


def immediate(rnd, name):
    kind = m.IMMEDIATE[name][1]
    return rnd.choice((0, 1, -1, 8, 255, -2048, rnd.randrange(-2048, 2048))) \
        if kind == "i" else rnd.choice((0, 1, 3, 31, rnd.randrange(1 << kind)))


def first_of_pair(rnd, name, wanted):
    """Operands that leave @wanted (an address) or anything in a0; registers;
    what a0 must find in the window."""
    source = rnd.choice(("a1", "a1", "a0"))
    if name in ("lui", "auipc"):
        return ("a0", rnd.getrandbits(20)), {}, None
    if name in LOADS:
        offset = rnd.randrange(0, 20)
        regs = {source: WINDOW_AT + rnd.choice((0, 8, 24)) - offset}
        return ("a0", offset, source), regs, wanted
    if name in m.IMMEDIATE:
        imm = immediate(rnd, name)
        value = rnd.choice(EDGES) if wanted is None else wanted - imm
        return ("a0", source, imm), {source: value & m.M64}, None
    b = rnd.choice(EDGES + [rnd.randrange(2048)])
    value = rnd.choice(EDGES) if wanted is None else wanted - b
    return ("a0", source, "a3"), {source: value & m.M64, "a3": b}, None


def second_of_pair(rnd, name):
    rd, other = rnd.choice(("a0", "a4")), rnd.choice(("a2", "a2", "a0", "zero"))
    if name in LOADS:
        return (rd, rnd.choice((0, 8, 16)), "a0")
    if name in STORES:
        return (other, rnd.choice((0, 8, 16)), "a0")
    if name in m.BRANCH:
        return ("a0", other)
    if name in m.IMMEDIATE:
        return (rd, "a0", immediate(rnd, name))
    return (rd, "a0", other)


def fused(c, pairs):
    """Pairs that have one handler, with traps in the first and the second."""
    for one, two in pairs:
        rnd = c.random(one + two)
        address = two in LOADS or two in STORES
        for _ in range(40):
            wanted = None
            if address:
                wanted = rnd.choice((WINDOW_AT, WINDOW_AT + 8, WINDOW_AT + 21,
                                     WINDOW_AT + 32, NOWHERE))
            first, regs, inside = first_of_pair(rnd, one, wanted)
            regs["a2"] = rnd.choice(EDGES)
            second = second_of_pair(rnd, two)
            memory, before = BEFORE, ""
            if inside is not None and LOADS[one][0] == 8:
                # The window must have the pointer: the case stores it.
                at = regs[first[2]] + first[1] - WINDOW_AT
                memory = stored(at, 8, inside)
                before = f"sd a5, {first[1]}({first[2]})\n"
                regs["a5"] = inside
            elif one in LOADS and rnd.randrange(6) == 0:
                regs[first[2]] = NOWHERE
            machine = Tiny(regs, memory)
            at = Address("start", 4 if before else 0)
            if one == "auipc":
                # Only the linker knows the address.
                auipc_pair(c, rnd, two, second)
                continue
            machine.step(one, first)
            if not machine.trap:
                at = Address("start", at.offset + 4)
                machine.step(two, second)
            code = (".option norvc\n" + before + spell(one, first) + "\n" +
                    spell(two, second) +
                    ("\nebreak\n1:" if two in m.BRANCH else ""))
            outs = {r: v for r, v in machine.x.items()
                    if r in ("a0", "a4")}
            if machine.trap:
                store, where = machine.trap
                for modes, cause in ((BARE, 7 if store else 5),
                                     (PAGED, 15 if store else 13)):
                    c.add(code, regs, outs, modes=modes, cause=cause, epc=at,
                          tval=where, window=machine.memory)
            elif two in m.BRANCH and not machine.taken:
                c.add(code, regs, outs, epc=Address("start", at.offset + 4),
                      window=machine.memory)
            else:
                c.add(code, regs, outs, window=machine.memory)


def auipc_pair(c, rnd, two, second):
    offset = rnd.choice((0, 3, 8, 20))
    code = ".option norvc\n1: auipc a0, %pcrel_hi(window + {})\n{}"
    if two == "addi":
        c.add(code.format(offset, "addi a0, a0, %pcrel_lo(1b)"), {},
              {"a0": Address("window", offset)})
        imm = second[2]
        c.add(f".option norvc\nauipc a0, 0x12345\naddi a4, a0, {imm}", {},
              {"a0": Address("start", 0x12345000),
               "a4": Address("start", 0x12345000 + imm)})
        return
    c.add(code.format(offset, f"{two} a0, %pcrel_lo(1b)(a0)"), {},
          {"a0": loaded(offset, *LOADS[two])})
    c.add(f".option norvc\nauipc a0, 0x40000\n{two} a4, 8(a0)", {},
          {"a0": Address("start", 0x40000000)}, cause=5, modes=BARE,
          epc=Address("start", 4), tval=Address("start", 0x40000008))
    c.add(f".option norvc\nauipc a0, 0x40000\n{two} a0, 8(a0)", {},
          {"a0": Address("start", 0x40000000)}, cause=13, modes=PAGED,
          epc=Address("start", 4), tval=Address("start", 0x40000008))
