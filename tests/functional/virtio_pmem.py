#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's virtio_pmem on virtio-mmio: what it writes is in the file of the
host, and there in the next run; in the window of memory devices, and without
one behind PCI's.

    virtio_pmem.py EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...
"""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, images, linux, run_tap  # noqa: E402

COMMAND = sys.argv[1:]
MODULES = "virtio_mmio,virtio_pmem,nd_pmem"
TEXT = "kept by the host"


def start(path, *args):
    guest = Guest(COMMAND, *linux("quiet", images(MODULES)), "-global",
                  "virtio-mmio.force-legacy=off", "-object",
                  f"memory-backend-file,id=mem0,size=128M,mem-path={path},"
                  "share=on", "-device", "virtio-pmem,id=p0,memdev=mem0",
                  *args)
    guest.expect(PROMPT)
    return guest


def run_twice(address, *args):
    with tempfile.TemporaryDirectory(prefix="plateau-pmem-") as folder:
        path = pathlib.Path(folder) / "file"
        with start(path, *args) as guest:
            data = guest.command("query-memory-devices")[0]["data"]
            assert data == {"id": "p0", "memaddr": address, "size": 128 << 20,
                            "memdev": "/objects/mem0"}, data
            size = guest.shell("cat /sys/block/pmem0/size")
            assert size == str((128 << 20) // 512), guest.tail()
            guest.shell(f"echo '{TEXT}' > /tmp/t; "
                        "dd if=/tmp/t of=/dev/pmem0 bs=4096 seek=1000 "
                        "conv=fsync,sync 2>/dev/null")
        with open(path, "rb") as file:
            file.seek(4096 * 1000)
            assert file.read(len(TEXT)) == TEXT.encode()
        with start(path, *args) as guest:
            got = guest.shell("dd if=/dev/pmem0 bs=4096 skip=1000 count=1 "
                              "2>/dev/null | head -1")
            assert got == TEXT, got


def in_the_window():
    run_twice(0xc0000000, "-m", "512M,maxmem=4G")


def without_a_window():
    run_twice(0x800000000)


if __name__ == "__main__":
    images(MODULES)
    sys.exit(run_tap([in_the_window, without_a_window]))
