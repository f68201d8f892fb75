#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Traps, protection, paging, triggers, counters and interrupts in a guest.

    priv_test.py [--reference] EMULATOR [ARGUMENT...]

Runs priv.S. With --reference what only we promise is left out: that counters
count each instruction.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
INSN = HERE.parent / "insn"
PREFIX = "riscv64-linux-gnu-"
CPUS = ["rv64", "max", "rv64,sstc=off,smstateen=on,svpbmt=on"]


def build(folder, exact):
    program = folder / "priv"
    subprocess.run([PREFIX + "as", "-march=rv64gc_zicsr", "-mno-arch-attr",
                    "-I", INSN, f"--defsym=exact={int(exact)}",
                    "-o", f"{program}.o", HERE / "priv.S"], check=True)
    subprocess.run([PREFIX + "ld", "--no-warn-rwx-segments", "--no-relax",
                    "-T", INSN / "insn.ld", "-o", program, f"{program}.o"],
                   check=True)
    return program


def run(command, program, cpu):
    """What the program printed, or why it did not end."""
    seconds = 30 * float(os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))
    try:
        done = subprocess.run(
            [*command, "-M", "virt", "-m", "128M", "-cpu", cpu, "-bios",
             "none", "-nodefaults", "-display", "none", "-serial", "stdio",
             "-no-reboot", "-kernel", str(program)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=seconds, check=False)
    except subprocess.TimeoutExpired as err:
        return [*(err.stdout or b"").decode().splitlines()[:20], "timeout"]
    lines = done.stdout.replace("\r", "").splitlines()
    if not lines or not lines[-1].startswith("DONE"):
        lines.append("it did not end: " + done.stderr.strip()[-500:])
    return lines


def main():
    args = sys.argv[1:]
    reference = args[:1] == ["--reference"]
    command = args[reference:]
    cpus = ["rv64,h=off"] if reference else CPUS
    if shutil.which(PREFIX + "as") is None:
        print("1..0 # SKIP no binutils-riscv64-linux-gnu")
        return 0
    failed = False
    print(f"1..{len(cpus)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="plateau-priv-") as tmp:
        program = build(pathlib.Path(tmp), not reference)
        for number, cpu in enumerate(cpus, 1):
            lines = run(command, program, cpu)
            bad = len(lines) != 1
            for line in lines if bad else []:
                print("#", line)
            print("not ok" if bad else "ok", number, "-", cpu, flush=True)
            failed |= bad
    return failed


if __name__ == "__main__":
    sys.exit(main())
