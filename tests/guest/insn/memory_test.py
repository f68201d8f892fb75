#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest memory: all of it keeps what was written, in the right order.

    memory_test.py [--full] EMULATOR [ARGUMENT...]

memtest.S over 4 GiB of RAM (without --full: in steps of 64 KiB, and 16 MiB
wholly), and litmus.S with two harts (without --full: a few rounds).
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = "riscv64-linux-gnu-"
MIB = 1 << 20
# Behind the program.
START = 0x80000000 + MIB


def build(folder, name, **symbols):
    """The program @name with these symbols."""
    program = folder / name
    subprocess.run([PREFIX + "as", "-march=rv64g_zihintpause", "-I", HERE,
                    "-mno-arch-attr",
                    *(f"--defsym={s}={v}" for s, v in symbols.items()),
                    "-o", f"{program}.o", HERE / f"{name}.S"], check=True)
    subprocess.run([PREFIX + "ld", "--no-warn-rwx-segments", "--no-relax",
                    "-T", HERE / "insn.ld", "-o", program, f"{program}.o"],
                   check=True)
    return program


def run(command, program, memory, harts, seconds):
    """Lines that the program printed, or that say why there are none."""
    seconds *= float(os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))
    try:
        done = subprocess.run(
            [*command, "-M", "virt", "-m", memory, "-smp", str(harts),
             "-bios", "none", "-nodefaults", "-display", "none", "-serial",
             "stdio", "-no-reboot", "-kernel", str(program)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=seconds, check=False)
    except subprocess.TimeoutExpired as err:
        return [(err.stdout or b"").decode(), f"timeout ({seconds} s)"]
    lines = done.stdout.replace("\r", "").splitlines()
    if not any(line.startswith("DONE") for line in lines):
        lines.append("it did not end: " + done.stderr.strip()[-500:])
    return lines


def good(lines):
    """Whether the last line is DONE with 0 errors, and no other was."""
    return len(lines) == 1 and lines[0].startswith("DONE") and \
        int(lines[0].split()[-1], 16) == 0


def main():
    args = sys.argv[1:]
    full = args[:1] == ["--full"]
    command = args[full:]
    if shutil.which(PREFIX + "as") is None:
        print("1..0 # SKIP no binutils-riscv64-linux-gnu")
        return 0
    whole = 4096 * MIB
    if full:
        runs = [("memtest: 4 GiB", START, START + 2048 * MIB, 8),
                ("memtest: the upper half", 0x80000000 + whole - 2048 * MIB,
                 0x80000000 + whole, 8)]
    else:
        runs = [("memtest: 16 MiB", START, START + 16 * MIB, 8),
                ("memtest: 4 GiB in steps", START, START + 2048 * MIB,
                 256 * 1024),
                ("memtest: the last 16 MiB", 0x80000000 + whole - 16 * MIB,
                 0x80000000 + whole, 64)]
    failed = False
    print(f"1..{len(runs) + 1}", flush=True)
    with tempfile.TemporaryDirectory(prefix="plateau-memory-") as folder:
        folder = pathlib.Path(folder)
        for number, (name, start, end, stride) in enumerate(runs, 1):
            program = build(folder, "memtest", memtest_start=start,
                            memtest_end=end, memtest_stride=stride)
            lines = run(command, program, "4G", 1, 1800 if full else 200)
            for line in [] if good(lines) else lines:
                print("#", line)
            failed |= not good(lines)
            print(f"{'ok' if good(lines) else 'not ok'} {number} {name}",
                  flush=True)
        program = build(folder, "litmus", litmus_rounds=500 if full else 4)
        lines = run(command, program, "128M", 2, 1800 if full else 200)
        for line in [] if good(lines) else lines:
            print("#", line)
        failed |= not good(lines)
        print(f"{'ok' if good(lines) else 'not ok'} {len(runs) + 1} "
              "litmus tests with two harts", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
