#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI under Debian's kernel: what it finds, virtio over PCI with lines and with
messages: pci_guest.py EMULATOR.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, images, linux, run_tap  # noqa: E402

COMMAND = sys.argv[1:]
MODULES = "virtio_pci,virtio_rng"
PORT = ["-device", "pcie-root-port,id=rp,chassis=1,slot=1,addr=2"]


def boot(*args):
    return Guest(COMMAND, *linux("quiet", images(MODULES)), *args)


def read_random(guest):
    """Bytes from the device; the kernel asks one that is there."""
    out = guest.shell("dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c")
    assert out == "64", out


def drivers(guest):
    return guest.shell("cat /sys/class/misc/hw_random/rng_available")


def by_line():
    with boot("-device", "virtio-rng-pci-transitional,addr=3,vectors=0") as guest:
        guest.expect(PROMPT)
        assert guest.shell("cat /sys/bus/pci/devices/0000:00:03.0/device") \
            == "0x1005"
        assert "virtio_rng" in drivers(guest), drivers(guest)
        read_random(guest)
        guest.type("poweroff -f\n")
        assert guest.wait() == 0


def by_message():
    """MSI-X, through a root port, to the interrupt files."""
    with boot("-M", "aia=aplic-imsic", *PORT,
              "-device", "virtio-rng-pci,bus=rp,id=r") as guest:
        guest.expect(PROMPT)
        assert guest.shell("ls /sys/bus/pci/devices | tr '\\n' ' '") == \
            "0000:00:00.0 0000:00:02.0 0000:01:00.0"
        assert guest.shell("cat /sys/bus/pci/devices/0000:01:00.0/device") \
            == "0x1044"
        read_random(guest)
        lines = guest.shell("grep -c virtio0 /proc/interrupts")
        assert int(lines) >= 1, guest.shell("cat /proc/interrupts")
        guest.type("poweroff -f\n")
        assert guest.wait() == 0


if __name__ == "__main__":
    images(MODULES)
    sys.exit(run_tap([by_line, by_message]))
