#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-blk from a Linux guest: blk.py EMULATOR [--reference PROGRAM]

Random reads of 4 KiB at depth 32 from an image in memory (tmpfs), by the
default engine, by io_uring, and in an iothread; beside Debian's QEMU 10.0. By the
clock, and by the processor time of the whole emulator for a read, nearly all of which
is the guest's own code: on a busy machine only the second tells something. Prints;
asserts nothing.
"""
import argparse
import os
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "guest"))
from guest import PROMPT, Guest, GuestError, images  # noqa: E402

SIZE = 256 << 20
DISKS = {
    "threads": ["-drive", "if=none,id=d,format=raw,file={}"],
    "io_uring": ["-drive", "if=none,id=d,format=raw,aio=io_uring,file={}"],
    "iothread": ["-object", "iothread,id=io",
                 "-drive", "if=none,id=d,format=raw,file={}"],
}


def cpu_time(pid):
    """Seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(
        encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(emulator, folder, disk, more):
    """Thousands of reads per second; processor time for each, in us."""
    args = ["-M", "virt", "-m", "256M", "-smp", "2",
            "-bios", folder / "fw_dynamic.bin", "-kernel", folder / "Image",
            "-initrd", folder / "initramfs.cpio.gz",
            "-append", "console=ttyS0 quiet",
            *(a.format(disk) for a in more),
            "-device", "virtio-blk-device,drive=d"
            + (",iothread=io" if "-object" in more else "")]
    with Guest(emulator, *args, qmp=False) as guest:
        guest.expect(PROMPT)
        before = cpu_time(guest.process.pid)
        guest.type("randread\n")
        reads = int(guest.expect(r"bench: reads (\d+)\r?\n").group(1))
        time = int(guest.expect(r"bench: us (\d+)\r?\n").group(1))
        used = cpu_time(guest.process.pid) - before
        return reads / time * 1000, used * 1e6 / reads


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("emulator")
    parser.add_argument("--reference",
                        default=str(ROOT / "scripts/reference-qemu"))
    args = parser.parse_args()
    folder = images("virtio_mmio,virtio_blk", "randread")
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as tmp:
        disk = pathlib.Path(tmp, "disk.img")
        disk.write_bytes(b"x" * SIZE)
        print("virtio-blk, random reads of 4 KiB, depth 32: 1000 per second; us of "
              "processor time for one")
        for name, more in DISKS.items():
            figures = []
            for emulator in ([args.emulator], [args.reference]):
                try:
                    figures.append(measure(emulator, folder, disk, more))
                except GuestError as err:
                    print(f"  {name}: {str(err).splitlines()[0]}")
                    figures.append(None)
            ours, theirs = figures
            if ours and theirs:
                print(f"  {name:10} {ours[0]:6.1f} {ours[1]:5.0f}   QEMU "
                      f"{theirs[0]:6.1f} {theirs[1]:5.0f}   ratio "
                      f"{ours[0] / theirs[0]:.2f} {ours[1] / theirs[1]:.2f}",
                      flush=True)
            elif ours:
                print(f"  {name:10} {ours[0]:6.1f} {ours[1]:5.0f}", flush=True)


if __name__ == "__main__":
    main()
