#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random RISC-V instructions on two emulators, compared.

    difffuzz.py EMULATOR [--reference PROGRAM] [--instructions N] [--seconds N]
                [--seed S] [--cpu NAME] [--mode msu] [--only NAME,...]

Blocks of random instructions run on the board `virt` of both (harness.S): the
integer and floating-point registers, flags, memory, and of every trap its
cause, value and place must be the same at the end of each block. Most of the
instructions come from our decoder's tables, with random operands; some are
random words. The first block that differs is printed with its disassembly and
the command that runs it again.

What the specification leaves open, or what the reference does wrong, is kept
out: see reviewed.txt.
"""
import argparse
import json
import os
import pathlib
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from qmp import Failed, Qmp  # noqa: E402

TABLES = ROOT / "target" / "riscv" / "insns"
SKIP = 77

RAM = 0x80000000
BLOCKS = 0x80100000
CODE = 0x81000000
RESULTS = 0x84000000
TABLE_ROOT = 0x80080000
SCRATCH = 0x80090000
SCRATCH_SIZE = 0x50000        # 16 KiB for x8, 64 pages behind PAGED
USER_OFFSET = 0x40000000
PAGED = 0x100000000
PAGES = 64
BLOCK = struct.Struct("<QQ32Q32QQ")
RESULT_SIZE = 1344
LOGGED = 32
TRAP_COUNT, TRAP_HASH, TRAP_LAST, STATUS = 65, 66, 67, 70
END = 0x7E57
MEMORY = "128M"
TIMEOUT = 30 * float(os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))

# What both emulators are told to have: what most programs meet, and all that we
# know. The seed chooses.
CPUS = {
    "plain": "rv64,h=off,v=off,zfa=on,zfh=off,zfhmin=off,svadu=off,smaia=off,"
             "ssaia=off,zicond=on,zbc=on,zbkb=off,zacas=off,zabha=off,zcb=off,"
             "zimop=off,zcmop=off,zawrs=on,svnapot=on,svpbmt=on,svinval=on,"
             "zicfilp=off,zicfiss=off,zama16b=off,zihintntl=on,"
             "zihintpause=on,smstateen=off,smcntrpmf=off,sscofpmf=off,"
             "svvptc=off",
    "full": "rv64,h=off,v=off,zfa=on,zfh=on,svadu=on,smaia=off,ssaia=off,"
            "zicond=on,zbc=on,zbkb=on,zbkc=on,zbkx=on,zacas=on,zabha=on,"
            "zcb=on,zimop=on,zcmop=on,zawrs=on,svnapot=on,svpbmt=on,"
            "svinval=on,zicfilp=off,zicfiss=off,zama16b=off,zihintntl=on,"
            "zihintpause=on,smstateen=off,smcntrpmf=off,sscofpmf=off,"
            "svvptc=off",
}
# The reference's translator takes amocas for something else where it knows the
# value that is compared; instruction by instruction it does not.
REFERENCE_ARGS = {"plain": [], "full": ["-accel", "tcg,one-insn-per-tb=on"]}


def reviewed(kind):
    """The lines of reviewed.txt of a kind: [what, ...], the reason last."""
    lines = (HERE / "reviewed.txt").read_text(encoding="utf-8").split("\n")
    words = 4 if kind == "csr" else 3
    return [line.split(None, words - 1)[1:] for line in lines
            if line.split()[:1] == [kind]]


SKIPPED = {insn for insn, _ in reviewed("skip")}
SKIPPED_IN_U = {insn for insn, _ in reviewed("skip-u")}
RESULT_READ = {insn for insn, _ in reviewed("read")}

# CSRs that a block may read and write: others are swept by csrsweep.py. Not
# sepc, whose bit 0 differs (reviewed.txt).
CSRS = [0x001, 0x002, 0x003, 0x140, 0x142, 0x143, 0x105, 0x106,
        0x306, 0x342, 0x343, 0xF11, 0xF14, 0x301]
READ_ONLY_USE = {0x301}

# Formats of what jumps
JUMPS = {"B", "J", "Cb", "Cj"}

SPECIAL = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF,
           0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
           0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF80000000, 0xFFFFFFFF7FFFFFFF]
DOUBLES = [0, 1 << 63, 0x3FF << 52, 0xBFF << 52, 0x7FF << 52, 0xFFF << 52,
           0x7FF8 << 48, 0x7FF0000000000001, 0xFFF8000000000000, 1, 0xFFFFF,
           0x0010000000000000, 0x000FFFFFFFFFFFFF, 0x7FEFFFFFFFFFFFFF,
           0x41DFFFFFFFC00000, 0xC1E0000000000000, 0x43E0000000000000,
           0x3FE0000000000000, 0x4000000000000000, 0x36A0000000000000]
SINGLES = [0, 1 << 31, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000,
           0x7FC00000, 0x7F800001, 1, 0x7FFFFF, 0x800000, 0x7F7FFFFF,
           0x4F000000, 0xCF000000, 0x5F000000, 0x3F000000, 0x33800000]


def mask64(value):
    return value & (1 << 64) - 1


class Insns:
    """The instructions of the tables, in a form that can be filled."""

    def __init__(self, only=None):
        with tempfile.TemporaryDirectory() as tmp:
            path = f"{tmp}/list.json"
            tables = sorted(TABLES.glob("*.table"),
                            key=lambda p: (p.name != "formats.table", p.name))
            subprocess.run([sys.executable, ROOT / "scripts/decodetable.py",
                            "--list", path, *tables], check=True)
            with open(path, encoding="utf-8") as file:
                insns = json.load(file)
        # CSR instructions have CSRs of their own choice below.
        self.all = [i for i in insns if i["name"] not in SKIPPED
                    and i["format"] not in ("Csr", "Csri")
                    and (not only or i["name"] in only)]
        self.skipped = [(i["width"], i["mask"], i["match"]) for i in insns
                        if i["name"] in SKIPPED]
        self.not_u = [i["match"] for i in insns if i["name"] in SKIPPED_IN_U]
        self.read = [(i["mask"], i["match"]) for i in insns
                     if i["name"] in RESULT_READ]
        if not self.all:
            sys.exit("difffuzz: no such instruction")

    def is_skipped(self, word, width):
        """A line may match what an earlier one is for (c.mv, c.jr)."""
        return any(width == w and word & mask == match
                   for w, mask, match in self.skipped)

    @staticmethod
    def bits(text):
        """The places of a field's bits, lowest first, if it is whole."""
        match = re.fullmatch(r"(?:8\+)?(\d+):(\d+)", text)
        return (int(match[2]), int(match[1]) - int(match[2]) + 1,
                text.startswith("8+")) if match else None


class Generator:
    """Blocks of a seed."""

    # These point at memory and stay as they are (but for c.addi16sp): a stray
    # store would change the code of the block.
    BASES = (2, 8, 9)

    def __init__(self, rng, insns, modes):
        self.rng, self.insns, self.modes = rng, insns, modes

    def register(self, fp=False):
        r = self.rng.randrange(32)
        return r if fp or r not in self.BASES else 10 + r % 2

    def value(self):
        rng = self.rng
        kind = rng.randrange(4)
        if kind == 0:
            return mask64(rng.choice(SPECIAL) + rng.randrange(-2, 3))
        if kind == 1:
            return rng.getrandbits(64)
        if kind == 2:
            return mask64(rng.getrandbits(32) - (1 << 31))
        return rng.getrandbits(64) >> rng.randrange(64)

    def float_value(self):
        rng = self.rng
        kind = rng.randrange(6)
        if kind == 0:
            return rng.choice(DOUBLES)
        if kind == 1:
            return 0xFFFFFFFF << 32 | rng.choice(SINGLES)
        if kind == 2:     # near 1
            return (rng.getrandbits(1) << 63 | (1023 + rng.randrange(-60, 60))
                    << 52 | rng.getrandbits(52))
        if kind == 3:
            return (0xFFFFFFFF << 32 | rng.getrandbits(1) << 31
                    | (127 + rng.randrange(-30, 30)) << 23
                    | rng.getrandbits(23))
        if kind == 4:
            return 0xFFFFFFFF << 32 | rng.getrandbits(32)
        return rng.getrandbits(64)

    def fill(self, insn):
        """A word for one table line."""
        rng = self.rng
        width = insn["width"]
        word = rng.getrandbits(width) & ~insn["mask"] | insn["match"]
        fields = insn["fields"]
        memory = insn["format"] in self.memory_formats
        for field in ("rd", "rs1", "rs2"):
            place = Insns.bits(fields.get(field, ""))
            if not place:
                continue
            low, size, compressed = place
            if field == "rs1" and fields.get("rd") == fields["rs1"]:
                continue
            fixed = insn["mask"] >> low & (1 << size) - 1
            if fixed not in (0, 1):    # 1: an even register
                continue
            if field == "rs1" and memory:
                value = rng.choice(self.BASES)
                if rng.random() < 0.02:
                    value = 0     # nothing is there
            elif field == "rd":
                value = self.register()
                while fixed and value & 1:
                    value = self.register()
            else:
                value = rng.randrange(32)
            if compressed:
                value = rng.randrange(2, 8) if field == "rd" else (
                    value - 8 if memory else rng.randrange(8))
                if memory and field == "rs1":
                    value = rng.randrange(2)  # x8, x9
            word = word & ~((1 << size) - 1 - fixed << low) | (
                value & (1 << size) - 1 - fixed) << low
        return word, width // 8, insn if insn["format"] in JUMPS else None

    memory_formats = {"L", "S", "Fl", "Fs", "Lr", "Amo", "Cbo", "Pre", "Clw",
                      "Cld", "Cfld", "Csw", "Csd", "Cfsd", "Clb", "Clh",
                      "Csb", "Csh2"}

    @staticmethod
    def aim(insn, word, offset):
        """The branch or jump, going there."""
        text = insn["fields"]["imm"]
        places, bit = [], 0
        for part in reversed(text.lstrip("s").split(",")):
            if part.startswith("0*"):
                bit += int(part[2:])
                continue
            high, _, low = part.partition(":")
            low = low or high
            for place in range(int(low), int(high) + 1):
                places.append((place, bit))
                bit += 1
        for place, bit in places:
            word = word & ~(1 << place) | (offset >> bit & 1) << place
        return word

    def csr(self):
        rng = self.rng
        number = rng.choice(CSRS)
        funct = rng.choice((1, 2, 3, 5, 6, 7))
        rs1 = rng.randrange(32)
        if number in READ_ONLY_USE:
            funct, rs1 = rng.choice((2, 3, 6, 7)), 0
        return (number << 20 | rs1 << 15 | funct << 12
                | self.register() << 7 | 0x73)

    def reserved_pair(self):
        """LR, then SC to the same place."""
        rng = self.rng
        size = rng.choice((2, 3))
        rd = self.register()
        base = rng.choice(self.BASES)
        order = rng.randrange(4) << 25
        return [0x2 << 27 | order | base << 15 | size << 12 | rd << 7 | 0x2F,
                0x3 << 27 | order | rng.randrange(32) << 20 | base << 15
                | size << 12 | self.register() << 7 | 0x2F]

    def jump_pair(self):
        """auipc and jalr, to just behind."""
        rng = self.rng
        rd = rng.choice((5, 6, 7, 28, 29))
        return [rd << 7 | 0x17,
                (8 + rng.randrange(2)) << 20 | rd << 15
                | self.register() << 7 | 0x67]

    def random_word(self):
        """Any 32 bits that could not leave the block or stop the harness."""
        while True:
            word = self.rng.getrandbits(32) | 3
            kind = self.rng.random()
            if kind < 0.1:
                # Near ecall and its like, or an atomic access
                word = word & 0x0FF00F80 | 0x73
            elif kind < 0.2:
                word = word & ~0x707F | 0x2F | self.rng.choice((2, 3)) << 12
            opcode = word & 0x7F
            if opcode in (0x6F, 0x67, 0x63) or (
                    opcode == 0x73 and word & 0x7000):
                continue
            if opcode == 0x73 and self.mode == 0 and word in self.insns.not_u:
                continue
            if self.insns.is_skipped(word, 32):
                continue
            if opcode in (0x03, 0x07, 0x23, 0x27, 0x2F):
                word = word & ~(31 << 15) | self.rng.choice(self.BASES) << 15
            if (word >> 7 & 31) in self.BASES:
                continue
            return word

    def instruction(self):
        """What must stay together: [(word, bytes, jump or None)]"""
        rng = self.rng
        kind = rng.random()
        if kind < 0.02:
            return [(self.csr(), 4, None)]
        if kind < 0.03:
            return [(w, 4, None) for w in self.reserved_pair()]
        if kind < 0.04:
            return [(w, 4, None) for w in self.jump_pair()]
        if kind < 0.07:
            word = self.random_word()
            return [(word, 4, None)] + self.reader(word, 4)
        if kind < 0.075:
            return [(rng.choice((0x73, 0x100073)), 4, None)]
        while True:
            insn = rng.choice(self.insns.all)
            if self.mode == 0 and insn["name"] in SKIPPED_IN_U:
                continue
            one = self.fill(insn)
            if not self.insns.is_skipped(one[0], one[1] * 8):
                return [one] + self.reader(one[0], one[1])

    def reader(self, word, width):
        """For some floating-point results, fsd rd, 8*n(sp)."""
        if width == 4 and any(word & mask == match
                              for mask, match in self.insns.read):
            return [(self.rng.randrange(16) << 25 | (word >> 7 & 31) << 20
                     | 2 << 15 | 3 << 12 | 0x27, 4, None)]
        return []

    def code(self, length):
        """A block of about so many instructions; (bytes, count)"""
        groups = [self.instruction() for _ in range(length)]
        starts = [0]
        for group in groups:
            starts.append(starts[-1] + sum(width for _, width, _ in group))
        out, count = b"", 0
        for i, group in enumerate(groups):
            for word, width, jump in group:
                if jump:
                    # Forward only: every block ends.
                    target = starts[min(i + self.rng.randrange(1, 9), length)]
                    word = self.aim(jump, word, target - len(out))
                out += word.to_bytes(width, "little")
                count += 1
        # Nops, then li a7, END; ecall
        out += b"\x01\x00" * 4
        out += struct.pack("<II", (END + 0x800 >> 12) << 12 | 17 << 7 | 0x37,
                           (END & 0xFFF) << 20 | 17 << 15 | 17 << 7 | 0x13)
        out += struct.pack("<I", 0x73)
        return out, count

    def block(self, address):
        rng = self.rng
        mode = self.mode = rng.choice(self.modes)
        code, count = self.code(60)
        x = [self.value() for _ in range(32)]
        x[8] = SCRATCH + 0x2000 + (rng.randrange(8) if rng.random() < 0.3
                                   else 8 * rng.randrange(32))
        x[9] = PAGED + rng.randrange(1, PAGES - 1) * 4096 + rng.choice(
            (0, 8, 0x7F8, 0xFF8, rng.randrange(4096)))
        if mode == 3:
            x[9] = SCRATCH + 0x4000 + rng.randrange(4096)
        x[2] = SCRATCH + 0x1000 + 16 * rng.randrange(64)
        if mode == 0:
            x[8] += USER_OFFSET
            x[2] += USER_OFFSET
        f = [self.float_value() for _ in range(32)]
        place = address + (USER_OFFSET if mode == 0 else 0)
        fcsr = rng.randrange(8) << 5 if rng.random() < 0.1 \
            else rng.randrange(5) << 5
        if rng.random() < 0.5:
            fcsr |= rng.randrange(32)
        return BLOCK.pack(mode, place, *x, *f, fcsr), code, count


def page_tables(rng):
    """Root, middle and leaf of the harness's address space."""
    def entry(address, flags):
        return address >> 12 << 10 | flags

    root, middle, leaf = [0] * 512, [0] * 512, [0] * 512
    valid, rwx, user, ad = 1, 0xE, 0x10, 0xC0
    root[0] = entry(0, valid | rwx | ad)
    root[2] = entry(RAM, valid | rwx | ad)
    root[3] = entry(RAM, valid | rwx | user | ad)
    root[4] = entry(TABLE_ROOT + 4096, valid)
    middle[0] = entry(TABLE_ROOT + 8192, valid)
    for page in range(PAGES):
        flags = rng.choice((
            valid | rwx | user | ad, valid | rwx | user | ad,
            valid | 0x2 | user | ad, valid | 0x6 | user | ad,
            valid | 0x8 | user | ad, valid | 0x4 | user | ad,
            valid | rwx | ad, valid | rwx | user | 0x40,
            valid | rwx | user, valid | 0x6 | user, 0,
            valid | user | ad))
        address = SCRATCH + 0x4000 + page * 4096
        high = rng.choice((0, 0, 0, 0, 0, 1 << 61, 1 << 62, 1 << 54))
        leaf[page] = entry(address, flags) | high
    return b"".join(struct.pack("<512Q", *t) for t in (root, middle, leaf))


def need_reference(command):
    """Skip where the reference cannot be had."""
    done = subprocess.run([*command, "--version"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode == SKIP:
        print("1..0 # SKIP no reference: " + done.stderr.strip())
        sys.exit(SKIP)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr}")


def build_harness(tmp, name="harness.S", more=""):
    """The program that runs the blocks, as an ELF file."""
    source = f"{tmp}/harness.s"
    try:
        subprocess.run(["cpp", "-P", "-undef", "-x", "assembler-with-cpp",
                        HERE / name, source], check=True)
        with open(source, "a", encoding="utf-8") as file:
            file.write(more)
        subprocess.run(["riscv64-linux-gnu-as", "-march=rv64gc_zifencei",
                        source, "-o", f"{tmp}/harness.o"], check=True)
        subprocess.run(["riscv64-linux-gnu-ld", "-Ttext", hex(RAM),
                        "--no-relax", "--no-warn-rwx-segments", "-N", "-e",
                        "_start", f"{tmp}/harness.o", "-o",
                        f"{tmp}/harness.elf"], check=True)
    except FileNotFoundError as err:
        print(f"1..0 # SKIP no {err.filename}")
        sys.exit(SKIP)
    return f"{tmp}/harness.elf"


class Emulator:
    """One process that runs an image and is read from."""

    def __init__(self, command, tmp, name, cpu, elf, blobs, more=()):
        self.name = name
        self.sockets = []
        serial, qmp = f"{tmp}/{name}-serial", f"{tmp}/{name}-qmp"
        for path in (serial, qmp):
            listener = socket.socket(socket.AF_UNIX)
            if os.path.exists(path):
                os.unlink(path)
            listener.bind(path)
            listener.listen(1)
            listener.settimeout(60)
            self.sockets.append(listener)
        args = [*more, "-M", "virt", "-cpu", cpu, "-m", MEMORY, "-nodefaults",
                "-display", "none", "-bios", "none", "-kernel", elf,
                "-chardev", f"socket,id=s,path={serial}",
                "-serial", "chardev:s", "-qmp", f"unix:{qmp}"]
        for path, address in blobs:
            args += ["-device", f"loader,file={path},addr={address:#x},"
                     "force-raw=on"]
        self.errors = open(f"{tmp}/{name}-stderr", "w+b")
        self.process = subprocess.Popen([*command, *args],
                                        stdin=subprocess.DEVNULL,
                                        stdout=self.errors,
                                        stderr=self.errors)
        try:
            self.serial = self.sockets[0].accept()[0]
            self.serial.settimeout(TIMEOUT)
            self.qmp = Qmp(self.sockets[1].accept()[0].makefile("rwb"))
        except socket.timeout:
            self.errors.seek(0)
            sys.exit(f"difffuzz: {name} did not start: "
                     + self.errors.read().decode(errors="replace"))

    def command(self, name, **arguments):
        try:
            return self.qmp.command(name, **arguments)
        except (OSError, EOFError):
            self.dead()
        except Failed as error:
            sys.exit(f"difffuzz: {self.name}: {error}")

    def dead(self):
        self.errors.seek(0)
        sys.exit(f"difffuzz: {self.name} is gone ({self.process.wait(9)}): "
                 + self.errors.read().decode(errors="replace"))

    def finish(self):
        """Until the blocks are done; False when that takes too long."""
        text = b""
        try:
            while b"done" not in text:
                data = self.serial.recv(256)
                if not data:
                    return False
                text += data
        except socket.timeout:
            return False
        return True

    def state(self):
        """For somebody who wonders why it has not finished."""
        status = self.process.poll()
        if status is not None:
            text = f"it ended with {status}\n"
        else:
            text = self.command("human-monitor-command",
                                **{"command-line": "info registers"})
        self.errors.seek(0)
        return text + self.errors.read().decode(errors="replace")

    def memory(self, tmp, address, size):
        path = f"{tmp}/{self.name}-memory"
        self.command("pmemsave", val=address, size=size, filename=path)
        data = pathlib.Path(path).read_bytes()
        os.unlink(path)
        return data

    def close(self):
        self.process.kill()
        self.process.wait()
        self.errors.close()


NAMES = ([f"x{i}" for i in range(32)] + [f"f{i}" for i in range(32)]
         + ["fcsr", "traps", "hash of traps", "last cause", "last pc",
            "last tval", "mstatus", "-"])


def disassemble(tmp, code, address):
    path = f"{tmp}/block.bin"
    pathlib.Path(path).write_bytes(code)
    text = subprocess.run(
        ["riscv64-linux-gnu-objdump", "-D", "-b", "binary", "-m",
         "riscv:rv64", "-M", "no-aliases",
         f"--adjust-vma={address:#x}", path], capture_output=True, text=True,
        check=False).stdout
    return text.split("<.data>:\n", 1)[-1]


def report(tmp, block, code, results, names):
    fields = BLOCK.unpack(block)
    print(f"in {'US?M'[fields[0]]} mode, code at {fields[1]:#x}:")
    print(disassemble(tmp, code, fields[1]))
    print(f"begins with fcsr {fields[-1]:#x}")
    for i in range(32):
        print(f"  x{i:<3}{fields[2 + i]:016x}  f{i:<3}{fields[34 + i]:016x}")
    ours, theirs = (struct.unpack_from("<72Q", r) for r in results)
    print(f"{'':14}{names[0]:>18}{names[1]:>18}")
    for name, a, b in zip(NAMES, ours, theirs):
        mark = "" if a == b else "  <--"
        if mark or name == "traps":
            print(f"{name:14}{a:18x}{b:18x}{mark}")
    report_traps(results, (ours[TRAP_COUNT], theirs[TRAP_COUNT]))


def report_traps(results, counts):
    for i in range(min(LOGGED, max(counts))):
        pair = [struct.unpack_from("<3Q", r, 72 * 8 + 24 * i)
                if i < c else None for r, c in zip(results, counts)]
        if pair[0] != pair[1]:
            print(f"trap {i} (cause, pc, tval): " + ", reference ".join(
                " ".join(f"{v:x}" for v in p) if p else "none"
                for p in pair))
            break


def run_batch(args, rng, insns, tmp, elf, number):
    cpu = args.cpu or rng.choice(list(CPUS))
    generator = Generator(rng, insns, args.modes)
    table, code, blocks, total = [], b"", [], 0
    while len(table) < args.blocks:
        address = CODE + len(code)
        block, text, count = generator.block(address)
        table.append(block)
        blocks.append(text)
        # Some blocks begin in the middle of a word.
        code += text + b"\x01\x00" * rng.randrange(1, 3)
        total += count
    scratch = rng.randbytes(SCRATCH_SIZE)
    blobs = []
    for name, data, where in (
            ("table", struct.pack("<Q", len(table)) + b"".join(table),
             BLOCKS),
            ("code", code, CODE), ("pages", page_tables(rng), TABLE_ROOT),
            ("scratch", scratch, SCRATCH)):
        path = f"{tmp}/{name}"
        pathlib.Path(path).write_bytes(data)
        blobs.append((path, where))
    assert BLOCKS + 8 + len(table) * BLOCK.size < CODE
    assert CODE + len(code) < RESULTS

    emulators = [Emulator(c, tmp, n, CPUS[cpu], elf, blobs, more)
                 for c, n, more in
                 ((args.emulator, "ours", []),
                  (args.reference, "reference", REFERENCE_ARGS[cpu]))]
    try:
        done = [e.finish() for e in emulators]
        results = [e.memory(tmp, RESULTS, len(table) * RESULT_SIZE)
                   for e in emulators]
        memory = [e.memory(tmp, SCRATCH, SCRATCH_SIZE) for e in emulators]
        pages = [e.memory(tmp, TABLE_ROOT, 3 * 4096) for e in emulators]
    finally:
        for emulator in emulators:
            emulator.close()

    names = [e.name for e in emulators]
    for i, block in enumerate(table):
        pair = [r[i * RESULT_SIZE:(i + 1) * RESULT_SIZE] for r in results]
        if pair[0] != pair[1]:
            print(f"batch {number}, block {i} differs:")
            report(tmp, block, blocks[i], pair, names)
            return None
    for what, (a, b) in (("the scratch memory", memory),
                         ("the page tables", pages)):
        if a != b:
            at = next(i for i in range(len(a)) if a[i] != b[i])
            print(f"batch {number}: {what} differs at offset {at:#x}: "
                  f"{a[at:at + 8].hex()} {b[at:at + 8].hex()}")
            return None
    if not all(done):
        print(f"batch {number}: no end in time: "
              + ", ".join(n for n, d in zip(names, done) if not d))
        for i, block in enumerate(table):
            pair = [r[i * RESULT_SIZE:(i + 1) * RESULT_SIZE] for r in results]
            if not struct.unpack_from("<72Q", pair[0])[STATUS]:
                report(tmp, block, blocks[i], pair, names)
                break
        return None
    return total


def default_seed():
    return int(os.environ.get("PLATEAU_MODEL_SEED")
               or time.time_ns() % 10**12)


def arguments(doc):
    """A parser of what all the programs here understand."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("emulator", type=lambda s: [s])
    parser.add_argument("--reference", type=lambda s: [s],
                        default=[ROOT / "scripts" / "reference-qemu"])
    parser.add_argument("--seed", type=int, default=default_seed())
    return parser


def main():
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=float("inf"),
                        help="begin no batch after that")
    parser.add_argument("--instructions", type=float, default=1e6)
    parser.add_argument("--blocks", type=int, default=4000)
    parser.add_argument("--cpu", choices=CPUS)
    parser.add_argument("--mode", default="msu")
    parser.add_argument("--only", type=lambda s: s.split(","))
    parser.add_argument("--batches", type=int)
    args = parser.parse_args()
    args.modes = [{"m": 3, "s": 1, "u": 0}[m] for m in args.mode]
    insns = Insns(args.only)
    total, number, begin = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="plateau-diff-") as tmp:
        elf = build_harness(tmp)
        need_reference(args.reference)
        while total < args.instructions and number != args.batches and (
                time.monotonic() - begin < args.seconds):
            seed = args.seed + number
            count = run_batch(args, random.Random(seed), insns, tmp, elf,
                              number)
            if count is None:
                print(f"again: {sys.argv[0]} {args.emulator[0]} --seed {seed} "
                      f"--blocks {args.blocks} --mode {args.mode} "
                      + (f"--cpu {args.cpu} " if args.cpu else "") +
                      f"--batches 1"
                      + (f" --only {','.join(args.only)}" if args.only
                         else ""))
                return 1
            total += count
            number += 1
            print(f"# {total} instructions the same, "
                  f"{time.monotonic() - begin:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
