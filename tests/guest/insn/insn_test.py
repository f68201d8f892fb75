#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every RISC-V instruction, in M, S and U mode, against a model in Python.

    insn_test.py EMULATOR [ARGUMENT...]

Each line of target/riscv/insns/*.table must have a case. The cases
(cases*.py) are assembled with Debian's riscv64 binutils and run on the board
virt by harness.S, which compares. Any emulator with QEMU's command line will
do; PLATEAU_SEED chooses other random operands.
"""
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import case as k
import cases
import cases_absent

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
PREFIX = "riscv64-linux-gnu-"
ARCH = ("rv64gc_zba_zbb_zbc_zbs_zbkb_zbkc_zbkx_zicbom_zicboz_zicbop_"
        "zihintpause_zawrs_zicsr_zifencei_zfh_svinval")
CPU = ("rv64,zicond=on,zbkb=on,zbkc=on,zbkx=on,zacas=on,zabha=on,zcb=on,"
       "zfh=on,zimop=on,zcmop=on,svinval=on")
MODES = ["M", "S", "U", "S+Sv39", "U+Sv39", "S+Sv39, page unmapped",
         "S+Sv39, page read-only"]
WHAT = {64: "sscratch", 256: "mcause", 257: "mepc", 258: "mtval",
        259: "fcsr", 260: "mstatus.FS"}
CASE = struct.Struct("<Q4B3BB4Q3Q3QQIIQQ")
assert CASE.size == 128


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], check=False, text=True,
                          capture_output=True, **more)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr}")
    return done.stdout


class Program:
    """The cases, assembled, linked and packed."""

    def __init__(self, folder, case_list, modes, rvc=True):
        self.folder, self.cases, self.modes = folder, case_list, modes
        self.slots, self.windows, self.window_at = {}, [], {}
        for case in case_list:
            self.slots.setdefault(case.code, len(self.slots))
        arch = ARCH if rvc else ARCH.replace("gc_", "g_")
        (folder / "slots.S").write_text(self.slots_text(rvc))
        self.assemble("slots", folder / "slots.S", arch)
        self.assemble("harness", HERE / "harness.S", "rv64g_zicsr")
        self.records = folder / "records.bin"
        self.records.write_bytes(b"")
        self.elf = folder / "insn.elf"
        self.link()
        self.symbols = {"window": k.WINDOW_AT}
        for line in run(PREFIX + "nm", self.elf).splitlines():
            address, _, name = line.split()
            self.symbols[name] = int(address, 16)
        assert self.symbols["window"] == k.WINDOW_AT
        code = folder / "text.bin"
        run(PREFIX + "objcopy", "-O", "binary", "-j", ".text", self.elf, code)
        self.code = code.read_bytes()
        self.records.write_bytes(b"".join(
            self.pack(i, case) for i, case in enumerate(case_list)) +
            b"".join(self.windows))
        self.link()

    def slots_text(self, rvc):
        lines = ["# Made by insn_test.py.", ".section .slots, \"ax\"",
                 ".option norelax"]
        for code, number in self.slots.items():
            lines += [".option push",
                      f"slot{number}:", code.replace("@", str(number)),
                      f"end{number}: ebreak", ".option pop"]
            if not rvc:
                lines.append(".balign 4")
        return "\n".join(lines) + "\n"

    def assemble(self, name, source, arch):
        run(PREFIX + "as", "-march=" + arch, "-mno-arch-attr", "-I", HERE,
            "-o", self.folder / f"{name}.o", source)

    def link(self):
        # The first time there are none: only the addresses are wanted.
        size = min(self.records.stat().st_size, CASE.size * len(self.cases))
        (self.folder / "records.S").write_text(
            ".section .cases, \"aw\"\n.globl modes_to_run, cases, cases_end\n"
            f".balign 8\nmodes_to_run: .dword {self.modes}\n"
            f"cases: .incbin \"{self.records}\", 0, {size}\ncases_end:\n"
            f".globl windows\nwindows: .incbin \"{self.records}\", {size}\n")
        self.assemble("records", self.folder / "records.S", "rv64g_zicsr")
        run(PREFIX + "ld", "--no-relax", "--no-warn-rwx-segments",
            "-T", HERE / "insn.ld", "-o", self.elf,
            *(self.folder / f"{n}.o" for n in ("harness", "slots", "records")))

    def address(self, number, value):
        """The value of a number or an Address in slot @number."""
        if not isinstance(value, k.Address):
            return value & k.m.M64
        name = {"start": f"slot{number}", "end": f"end{number}"}.get(
            value.label, value.label.replace("@", str(number)))
        return self.symbols[name] + value.offset & k.m.M64

    def insn_at(self, address):
        at = address - 0x80000000
        low, = struct.unpack_from("<H", self.code, at)
        if low & 3 == 3:
            low |= struct.unpack_from("<H", self.code, at + 2)[0] << 16
        return low

    def window(self, data):
        """The address at which the expected window @data will stand."""
        if data is None:
            return 0
        if data not in self.window_at:
            self.window_at[data] = len(self.windows)
            self.windows.append(data)
        return self.symbols["cases"] + CASE.size * len(self.cases) + \
            k.WINDOW * self.window_at[data]

    def pack(self, index, case):
        number = self.slots[case.code]
        ins = [(k.REGISTERS[r], self.address(number, v))
               for r, v in case.ins.items()]
        outs = [(k.REGISTERS[r], self.address(number, v))
                for r, v in case.outs.items()]
        ins += [(255, 0)] * (4 - len(ins))
        outs += [(255, 0)] * (3 - len(outs))
        epc = self.address(number, case.epc)
        flags, tval = case.flags, case.tval
        if tval is None:
            flags |= k.FLAG_ANY_TVAL
            tval = 0
        elif tval == "insn":
            tval = self.insn_at(epc)
        else:
            tval = self.address(number, tval)
        return CASE.pack(
            self.symbols[f"slot{number}"], *(r for r, _ in ins),
            *(r for r, _ in outs), case.modes, *(v for _, v in ins),
            *(v for _, v in outs), case.cause, epc, tval,
            self.window(case.window), *case.fcsr, flags, index)

    def words(self):
        """All instructions of the slots."""
        for number in self.slots.values():
            at = self.symbols[f"slot{number}"]
            end = self.symbols[f"end{number}"]
            while at < end:
                bits = self.insn_at(at)
                yield bits
                at += 4 if bits & 3 == 3 else 2


def covered(tables, programs):
    """Lines of the tables that no case has."""
    lines = {2: [], 4: []}
    for entry in tables:
        lines[entry["width"] // 8].append(entry)
    missing = {id(e): e for e in tables}
    for program, aligned in programs:
        for bits in set(program.words()):
            size = 4 if bits & 3 == 3 else 2
            found = [e for e in lines[size]
                     if bits & e["mask"] == e["match"] and
                     ("!Zca" in e["when"]) <= aligned]
            if found:
                best = max(bin(e["mask"]).count("1") for e in found)
                for entry in found:
                    if bin(entry["mask"]).count("1") == best:
                        missing.pop(id(entry), None)
    return list(missing.values())


def read_tables(path):
    """All lines of the instruction tables."""
    run(sys.executable, TOP / "scripts/decodetable.py", "--list", path,
        *sorted((TOP / "target/riscv/insns").glob("*.table")))
    return json.loads(path.read_text())


def read_pairs():
    """The pairs of instructions that one handler runs."""
    pairs = {}
    for path in sorted((TOP / "target/riscv/insns").glob("*.table")):
        for line in path.read_text().splitlines():
            if line.startswith("FUSE "):
                pairs[tuple(line.split()[1:3])] = None
    return list(pairs)


class Tap:
    def __init__(self, count):
        self.number = 0
        self.failed = False
        print(f"1..{count}", flush=True)

    def result(self, good, name, lines=()):
        self.number += 1
        self.failed |= not good
        for line in lines:
            print("# " + line)
        print(f"{'ok' if good else 'not ok'} {self.number} {name}", flush=True)


def emulate(command, cpu, elf):
    """The program's output; what the emulator says otherwise."""
    slowness = float(os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))
    try:
        done = subprocess.run(
            [*command, "-M", "virt", "-cpu", cpu, "-m", "128M", "-bios",
             "none", "-display", "none", "-nodefaults", "-serial",
             "stdio", "-no-reboot", "-kernel", str(elf)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300 * slowness, check=False)
    except subprocess.TimeoutExpired as err:
        return (err.stdout or b"").decode(), "timeout"
    return done.stdout, done.stderr


def explain(program, line):
    words = [int(w, 16) for w in line.split()[1:]]
    if len(words) != 5:
        return line
    index, mode, what, got, want = words
    case = program.cases[index]
    if what < 32:
        name = [r for r, n in k.X.items() if n == what][0]
    elif what < 64:
        name = [r for r, n in k.F.items() if n == what][0]
    elif what >= 512:
        name = f"window+{8 * (what - 512)}"
    else:
        name = WHAT[what]
    return (f"{MODES[mode.bit_length() - 1]}: {case.describe()} "
            f"fcsr {case.fcsr[0]:#x}: {name} is {got:#x}, not {want:#x}")


def check(tap, name, program, command, cpu):
    out, err = emulate(command, cpu, program.elf)
    lines = out.replace("\r", "").splitlines()
    bad = [explain(program, line) for line in lines
           if line.startswith("FAIL")]
    done = [line for line in lines if line.startswith("DONE")]
    bad += [line for line in lines if line.startswith("STRAY")]
    if not done:
        bad.append("it did not end: " + err.strip()[-500:])
    else:
        count, failures = (int(w, 16) for w in done[0].split()[1:])
        name += f" ({count} runs)"
        if failures:
            bad.append(f"{failures} runs failed")
    tap.result(not bad, name, bad)


def main():
    if shutil.which(PREFIX + "as") is None:
        print("1..0 # SKIP no binutils-riscv64-linux-gnu")
        return 0
    command = sys.argv[1:]
    seed = int(os.environ.get("PLATEAU_SEED", random.getrandbits(32)))
    print(f"# PLATEAU_SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="plateau-insn-") as folder:
        folder = pathlib.Path(os.environ.get("PLATEAU_KEEP", folder))
        tables = read_tables(folder / "tables.json")
        (folder / "a").mkdir(exist_ok=True)
        (folder / "b").mkdir(exist_ok=True)
        (folder / "c").mkdir(exist_ok=True)
        tap = Tap(4)
        all_modes = (1 << len(MODES)) - 1
        full = Program(folder / "a", cases.everything(seed, read_pairs()),
                       all_modes)
        wide = Program(folder / "b", cases.aligned_only(seed), all_modes,
                       False)
        missing = covered(tables, ((full, False), (wide, True)))
        tap.result(not missing, "every line of the tables has a case",
                   [f"{e['where']}: {e['name']}" for e in missing])
        check(tap, "all instructions", full, command, CPU)
        few = Program(folder / "c", cases_absent.absent(seed, tables),
                      all_modes)
        check(tap, "extensions that are off", few, command, cases_absent.CPU)
        check(tap, "without 16-bit instructions", wide, command,
              "rv64,c=off,zcb=off")
    return int(tap.failed)


if __name__ == "__main__":
    sys.exit(main())
