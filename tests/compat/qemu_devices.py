# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's device sources, and how they are compiled against our headers.

A device's own header comes from QEMU when we have no such device. Everything
else that it includes is ours: buses, the core, what it calls.
"""
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

# Folders of hw/ that have devices for which we have the bus.
KINDS = ("adc", "block", "char", "display", "dma", "gpio", "i2c", "input",
         "intc", "mem", "misc", "net", "nvram", "pci-bridge", "pci-host", "rtc",
         "sd", "sensor", "ssi", "timer", "virtio", "watchdog")
# Headers there that are no device's own.
SHARED = {"hw/ssi/ssi.h", "hw/i2c/i2c.h", "hw/i2c/bitbang_i2c.h",
          "hw/i2c/smbus_slave.h", "hw/i2c/smbus_master.h",
          "hw/i2c/smbus_eeprom.h", "hw/sd/sd.h", "hw/block/block.h",
          "hw/block/flash.h", "hw/nvram/fw_cfg.h"}
# More folders of headers: systems on a chip, which devices' headers name.
SYSTEMS = ("arm", "riscv", "cpu")

FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64",
         "-fno-strict-aliasing", "-fwrapv", "-fno-common",
         "-Werror=implicit-function-declaration",
         "-Werror=incompatible-pointer-types", "-Werror=int-conversion",
         '-DCONFIG_DEVICES="config-devices.h"']


def source():
    """QEMU's tree, from Debian's package; ends the test when out of reach."""
    patterns = [f"*/hw/{k}/*" for k in KINDS] + ["*/include/hw/*"]
    done = subprocess.run(
        [TOP / "scripts/debian-cache", "source", "trixie", "qemu", *patterns],
        stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        if done.returncode != 77:
            sys.exit("debian-cache failed")
        print("1..0 # SKIP no mirror: QEMU's source is out of reach")
        sys.exit(0)
    return pathlib.Path(done.stdout.strip())


class Tree:
    """What is in front of, and behind, our headers."""

    def __init__(self, qemu, build, out):
        self.qemu, self.build, self.out = qemu, build, out
        (out / "trace").mkdir(parents=True, exist_ok=True)
        (out / "config-devices.h").write_text("")
        for kind in KINDS:
            self.make_trace(f"hw/{kind}")
        for kind in KINDS + SYSTEMS:
            self.take_headers(qemu / "include/hw" / kind)
        glib = subprocess.run(["pkg-config", "--cflags", "glib-2.0",
                               "pixman-1"], check=True, capture_output=True,
                              text=True).stdout.split()
        self.flags = [*FLAGS, *(f"-I{i}" for i in (
            out, TOP / "include", TOP, build / "include", build,
            build / "qapi", out / "own")), *glib]

    def make_trace(self, folder):
        """Its trace events, all switched off."""
        events = self.qemu / folder / "trace-events"
        if events.exists():
            name = "trace-" + folder.replace("/", "_").replace("-", "_")
            subprocess.run(
                [sys.executable, TOP / "scripts/tracetool/__main__.py",
                 "--folder", folder, "--backends", "nop",
                 "--header", self.out / f"trace/{name}.h",
                 "--source", self.out / f"trace/{name}.c", events],
                check=True)

    def take_headers(self, folder):
        for header in folder.rglob("*.h"):
            name = header.relative_to(self.qemu / "include")
            if (TOP / "include" / name).exists() or str(name) in SHARED:
                continue
            to = self.out / "own" / name
            to.parent.mkdir(parents=True, exist_ok=True)
            if not to.is_symlink():
                to.symlink_to(header)
