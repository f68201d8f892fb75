#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast RISC-V guests run: riscv.py EMULATOR [--reference PROGRAM] [--quick]

 - mips/: an integer workload (sieve, CRC, list, matrix, sort), bare-metal, in
   millions of instructions a second; checksums compared with the reference's;
 - the same on two harts, as a ratio to one;
 - Debian's kernel, from exec to the first line of userspace, and the memory
   that the emulator has then beyond the guest's RAM.

Each figure is the best of some runs, by the clock and by the processor time the
emulator took: on a busy machine only the second tells something. The reference
is Debian's QEMU 10.0. Prints; asserts only the checksums.
"""
import argparse
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SKIP = 77
LINE = re.compile(r"(\w+) hart (\d+) insns (\d+) ticks (\d+) sum (\d+)")
FLAGS = ["-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany", "-O2",
         "-ffreestanding", "-fno-builtin", "-fno-pic", "-no-pie", "-nostdlib",
         "-static", "-fno-tree-loop-distribute-patterns",
         "-Wl,--build-id=none", "-Wl,-z,noexecstack",
         "-Wl,--no-warn-rwx-segments"]


def build(folder, harts, rounds):
    """The workload's ELF file."""
    compiler = shutil.which("riscv64-linux-gnu-gcc")
    if not compiler:
        print("bench: needs riscv64-linux-gnu-gcc (gcc-riscv64-linux-gnu)")
        sys.exit(SKIP)
    out = folder / f"mips-{harts}-{rounds}.elf"
    subprocess.run([compiler, *FLAGS, f"-DHARTS={harts}", f"-DROUNDS={rounds}",
                    f"-Wl,-T,{HERE}/mips/mips.ld", HERE / "mips/start.S",
                    HERE / "mips/mips.c", "-o", out], check=True)
    return out


def run(emulator, elf, harts):
    """(parts by hart, processor time in seconds)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*emulator, "-M", "virt", "-smp", str(harts), "-m", "64", "-bios",
         "none", "-kernel", elf, "-nodefaults", "-display", "none",
         "-chardev", "stdio,id=serial0", "-serial", "chardev:serial0"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        timeout=300, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode == SKIP:
        return None, 0
    if "end\n" not in done.stdout:
        sys.exit(f"bench: {emulator[-1]} did not end:\n{done.stdout}")
    parts = {(m[1], int(m[2])): tuple(map(int, m.groups()[2:]))
             for m in LINE.finditer(done.stdout)}
    return parts, (after.ru_utime + after.ru_stime - before.ru_utime -
                   before.ru_stime)


def best(emulator, elf, harts, runs):
    """The best ticks of each part, the best processor time; sums."""
    ticks, cpu, found = {}, 1e9, None
    for _ in range(runs):
        parts, used = run(emulator, elf, harts)
        if parts is None:
            return None
        found, cpu = parts, min(cpu, used)
        for key, (_, t, _) in parts.items():
            ticks[key] = min(t, ticks.get(key, t))
    return found, ticks, cpu


def workload(emulator, reference, folder, runs):
    elf = build(folder, 1, 3)
    ours = best(emulator, elf, 1, runs)
    theirs = reference and best(reference, elf, 1, max(1, runs // 2))
    found, ticks, cpu = ours
    total = sum(insns for insns, _, _ in found.values())
    clock = sum(ticks.values()) / 1e7
    print(f"{'':12}{'MIPS':>8}{'QEMU':>8}{'ratio':>8}")
    for key, (insns, _, checksum) in found.items():
        text = f"{key[0]:12}{insns / ticks[key] * 10:8.0f}"
        if theirs:
            if theirs[0][key][2] != checksum:
                sys.exit(f"bench: {key[0]}: checksum {checksum}, reference "
                         f"{theirs[0][key][2]}")
            text += (f"{insns / theirs[1][key] * 10:8.0f}"
                     f"{theirs[1][key] / ticks[key]:8.2f}")
        print(text)
    text = f"{'all':12}{total / clock / 1e6:8.0f}"
    if theirs:
        other = sum(theirs[1].values()) / 1e7
        text += f"{total / other / 1e6:8.0f}{other / clock:8.2f}"
    print(text)
    print(f"{'processor':12}{total / cpu / 1e6:8.0f}"
          + (f"{total / theirs[2] / 1e6:8.0f}{theirs[2] / cpu:8.2f}"
             if theirs else "") + "   (with start and end)")


def two_harts(emulator, folder, runs):
    one = best(emulator, build(folder, 1, 3), 1, runs)
    two = best(emulator, build(folder, 2, 3), 2, runs)
    slowest = max(sum(t for (_, h), t in two[1].items() if h == hart)
                  for hart in (0, 1))
    print(f"two harts do {2 * sum(one[1].values()) / slowest:.2f} times the "
          "work of one by the clock, and take "
          f"{two[2] / one[2]:.2f} times the processor time")


def cpu_time(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(
        encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps").read_text(encoding="ascii")
    ram = other = 0
    size = 0
    for line in text.splitlines():
        match = re.match(r"(Size|Pss):\s+(\d+) kB", line)
        if match and match[1] == "Size":
            size = int(match[2])
        elif match:
            if size >= 512 * 1024:
                ram += int(match[2])
            else:
                other += int(match[2])
    return ram, other


def boot(name, emulator, linux, wanted):
    with tempfile.TemporaryDirectory() as tmp:
        started = time.monotonic()
        out = pathlib.Path(tmp) / "serial"
        process = subprocess.Popen(
            [str(a) for a in [*emulator, *linux, "-nodefaults", "-display",
                              "none", "-chardev", f"file,id=serial0,path={out}",
                              "-serial", "chardev:serial0"]],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while time.monotonic() < started + 120:
                time.sleep(0.005)
                if process.poll() is not None:
                    break
                if out.exists() and wanted in out.read_bytes():
                    took = time.monotonic() - started
                    used = cpu_time(process.pid)
                    time.sleep(1)
                    ram, other = rss(process.pid)
                    return took, used, ram, other
        finally:
            process.kill()
            process.wait()
    print(f"{name}: the kernel does not reach userspace")
    return None


def boots(emulator, reference, runs):
    sys.path.insert(0, str(ROOT / "tests" / "guest"))
    import guest  # pylint: disable=import-error,import-outside-toplevel
    linux = guest.linux("quiet")
    results = {}
    for name, command in (("ours", emulator), ("QEMU", reference)):
        found = [r for r in (command and boot(name, command, linux, b"guest")
                             for _ in range(runs)) if r]
        if found:
            results[name] = [min(column) for column in zip(*found)]
            clock, used, ram, other = results[name]
            print(f"{name}: userspace after {clock:.2f} s, {used:.2f} s of the "
                  f"processor; {other / 1024:.1f} MiB beyond the guest's "
                  f"{ram / 1024:.0f} MiB in use")
    if len(results) == 2:
        print("ratio to QEMU: "
              f"{results['ours'][0] / results['QEMU'][0]:.2f} by the clock, "
              f"{results['ours'][1] / results['QEMU'][1]:.2f} by the processor")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("emulator")
    parser.add_argument("--reference",
                        default=str(ROOT / "scripts" / "reference-qemu"))
    parser.add_argument("--quick", action="store_true", help="one run of each")
    args = parser.parse_args()
    runs = 1 if args.quick else 5
    emulator = [args.emulator]
    reference = [args.reference] if args.reference else None
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        workload(emulator, reference, folder, runs)
        two_harts(emulator, folder, runs)
    boots(emulator, reference, 1 if args.quick else 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
