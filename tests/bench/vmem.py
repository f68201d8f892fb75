#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-mem under Linux's driver: vmem.py EMULATOR [--rounds N]

From qom-set of requested-size until size is the same, for 1 GiB plugged and
unplugged. No released QEMU has virtio-mem on riscv64, so the reference is Debian's
QEMU 10.0 for arm64, with Debian's arm64 kernel, which has the driver. The guests
have one CPU and 512 MiB of their own. Prints medians; asserts that the host has
nothing resident of what is unplugged.
"""
import argparse
import gzip
import importlib.machinery
import importlib.util
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "guest"))
from guest import PROMPT, Guest, GuestError, deadline, images  # noqa: E402
from memory import GIB, resident  # noqa: E402

APPEND = "quiet memhp_default_state=online_movable"


def cached(*args):
    done = subprocess.run([ROOT / "scripts/debian-cache", "binary", "trixie",
                           *args], text=True, stdout=subprocess.PIPE,
                          check=False)
    return pathlib.Path(done.stdout.strip()) if done.returncode == 0 else None


def guest_images():
    """What makes the guests' archives, as a module."""
    loader = importlib.machinery.SourceFileLoader(
        "guest_images", str(ROOT / "tests/guest/images"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def riscv(emulator):
    folder = images("virtio_mmio,virtio_mem")
    return [emulator], [
        "-M", "virt", "-bios", folder / "fw_dynamic.bin",
        "-kernel", folder / "Image", "-initrd", folder / "initramfs.cpio.gz",
        "-append", f"console=ttyS0 {APPEND}",
        "-global", "virtio-mmio.force-legacy=off",
        "-device", "virtio-mem,id=vm0,memdev=mem0"]


def arm64(tmp):
    """The reference's command and arguments, or None."""
    kernel = cached("linux-image-arm64", "--arch", "arm64",
                    "--follow", r"linux-image-[0-9].*")
    busybox = cached("busybox-static", "--arch", "arm64")
    if not kernel or not busybox:
        return None
    make = guest_images()
    archive = make.Cpio()
    for name in ("bin", "dev", "etc", "lib", "proc", "sys", "tmp"):
        archive.folder(name)
    archive.node("dev/console", 5, 1)
    archive.node("dev/null", 1, 3)
    archive.file("bin/busybox", (busybox / "usr/bin/busybox").read_bytes())
    archive.file("init", (ROOT / "tests/guest/init").read_bytes())
    modules = make.module_closure(kernel, ["virtio_pci", "virtio_mem"])
    for number, (name, data) in enumerate(modules):
        archive.file(f"lib/{number:02}-{name}.ko", data, 0o644)
    initrd = pathlib.Path(tmp, "initramfs")
    initrd.write_bytes(gzip.compress(archive.bytes(), 1))
    return [ROOT / "scripts/reference-qemu", "--target", "aarch64"], [
        "-M", "virt", "-cpu", "cortex-a57",
        "-kernel", next(kernel.glob("boot/vmlinu*")), "-initrd", initrd,
        "-append", f"console=ttyAMA0 {APPEND}",
        "-device", "virtio-mem-pci,id=vm0,memdev=mem0"]


def resize(guest, size):
    """Milliseconds."""
    path = "/machine/peripheral/vm0"
    begin = time.monotonic()
    guest.command("qom-set", path=path, property="requested-size", value=size)
    end = deadline(120)
    while guest.command("qom-get", path=path, property="size") != size:
        if time.monotonic() > end:
            raise GuestError(f"the guest did not follow; {guest.tail()}")
        time.sleep(0.001)
    return (time.monotonic() - begin) * 1000


def measure(command, args, rounds):
    """Medians: plug and unplug in ms."""
    with Guest(command, *args, "-m", "512M,maxmem=8G", "-smp", "1", "-object",
               "memory-backend-ram,id=mem0,size=3G") as guest:
        guest.expect(PROMPT, 300)
        plug, unplug = [], []
        for _ in range(rounds):
            plug.append(resize(guest, GIB))
            # The guest settles: memory goes online after it was plugged.
            guest.shell("sleep 1", 120)
            unplug.append(resize(guest, 0))
            left = resident(guest.process.pid, 3 * GIB)
            if left:
                sys.exit(f"bench: {left} bytes of unplugged memory are "
                         "resident")
            guest.shell("sleep 1", 120)
        return statistics.median(plug), statistics.median(unplug)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("emulator")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    print("virtio-mem, 1 GiB, ms from qom-set to the size:", flush=True)
    theirs = None
    try:
        ours = measure(*riscv(args.emulator), args.rounds)
        with tempfile.TemporaryDirectory() as tmp:
            reference = arm64(tmp)
            if reference:
                theirs = measure(*reference, args.rounds)
    except GuestError as err:
        print(f"  {err}")
        return 1
    for i, name in enumerate(("plug", "unplug")):
        text = f"  {name:8}{ours[i]:8.0f}"
        if theirs:
            text += (f"   QEMU, arm64 {theirs[i]:8.0f}   "
                     f"ratio {ours[i] / theirs[i]:.2f}")
        print(text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
